//! The second factor, and the sign-in that asks for it.

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use smartstack_domain::identity::{
    Attempt, BothFactors, CHALLENGE_TIME, Challenge, PasswordReset, RECOVERY_CODES, SecondStep, SignIn,
    SignedIn,
};
use smartstack_domain::outbox::MailContent;
use smartstack_domain::{DomainError, admin, retention};
use totp_rs::{Builder, Secret, Totp};

use crate::account::{NEW, PASSWORD, Stand, client, stand};

/// Somebody's authenticator app.
struct App(Totp);

impl App {
    fn scan(secret: &SecretString) -> Self {
        let secret = Secret::try_from_base32(secret.expose_secret()).expect("base 32");
        Self(Builder::new().with_secret(secret).build_noncompliant())
    }

    fn code(&self, stand: &Stand) -> SecretString {
        let now = u64::try_from(stand.clock.now().timestamp()).expect("after 1970");
        self.0.generate(now).to_string().into()
    }

    /// The code of the next half minute, once the clock stands there.
    fn next(&self, stand: &Stand) -> SecretString {
        stand.clock.advance(TimeDelta::seconds(30));
        self.code(stand)
    }
}

async fn turn_on(stand: &Stand, person: &SignedIn) -> (App, Vec<SecretString>) {
    let begun = stand
        .identity
        .begin_second_factor(&person.requester, PASSWORD.into());
    let Attempt::Done(begun) = begun.await.expect("begun") else {
        panic!("not begun")
    };
    let app = App::scan(&begun.secret);
    let uri = begun.uri.expose_secret();
    assert!(uri.starts_with("otpauth://totp/SmartStack:"), "{uri}");
    let confirmed = stand
        .identity
        .confirm_second_factor(&person.requester, app.code(stand), client());
    match confirmed.await.expect("confirmed") {
        Attempt::Done(codes) => (app, codes),
        other => panic!("{other:?}"),
    }
}

async fn challenge(stand: &Stand, password: &str) -> Challenge {
    let attempt = stand
        .identity
        .sign_in("ada@example.com", password.into(), client());
    match attempt.await.expect("an answer") {
        Attempt::Done(SignIn::SecondFactor(challenge)) => challenge,
        other => panic!("{other:?}"),
    }
}

async fn step(stand: &Stand, challenge: &Challenge, code: &SecretString) -> Attempt<SecondStep> {
    stand
        .identity
        .second_step(&challenge.token, code, client())
        .await
        .expect("an answer")
}

fn is_in(attempt: &Attempt<SecondStep>) -> bool {
    matches!(attempt, Attempt::Done(SecondStep::SignedIn(_)))
}

fn is_over(attempt: &Attempt<SecondStep>) -> bool {
    matches!(attempt, Attempt::Done(SecondStep::Over))
}

#[tokio::test]
async fn a_factor_is_asked_for_once_it_is_confirmed_and_each_code_is_good_once() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let begin = |password: &'static str| {
        stand
            .identity
            .begin_second_factor(&ada.requester, password.into())
    };
    assert!(matches!(
        begin("wrong password").await.expect("an answer"),
        Attempt::Wrong
    ));
    let Attempt::Done(first) = begin(PASSWORD).await.expect("begun") else {
        panic!("not begun")
    };
    // Begun is not on; beginning again makes another secret.
    assert!(stand.sign_in("Ada", PASSWORD).await.is_some());
    let old = App::scan(&first.secret);
    let Attempt::Done(second) = begin(PASSWORD).await.expect("begun again") else {
        panic!("not begun")
    };
    let app = App::scan(&second.secret);
    let confirm = |code: SecretString| {
        let (identity, requester) = (stand.identity.clone(), ada.requester.clone());
        async move { identity.confirm_second_factor(&requester, code, client()).await }
    };
    assert!(matches!(
        confirm(old.code(&stand)).await.expect("an answer"),
        Attempt::Wrong
    ));
    let used = app.code(&stand);
    let Attempt::Done(codes) = confirm(used.clone()).await.expect("confirmed") else {
        panic!("not confirmed")
    };
    assert_eq!(codes.len(), RECOVERY_CODES);
    assert!(matches!(
        confirm(app.next(&stand)).await,
        Err(DomainError::InvalidState(_))
    ));
    assert!(matches!(begin(PASSWORD).await, Err(DomainError::InvalidState(_))));
    let mail = stand.mails().await.remove(0).content;
    assert!(
        matches!(mail, MailContent::SecondFactorChanged { on: true, .. }),
        "{mail:?}"
    );

    // The code that confirmed it, and those before, are used up.
    let waiting = challenge(&stand, PASSWORD).await;
    assert!(matches!(step(&stand, &waiting, &used).await, Attempt::Wrong));
    let code = app.next(&stand);
    assert!(is_in(&step(&stand, &waiting, &code).await));
    // Neither the challenge nor the code works again.
    assert!(is_over(&step(&stand, &waiting, &app.next(&stand)).await));
    let again = challenge(&stand, PASSWORD).await;
    stand.clock.advance(TimeDelta::seconds(-30));
    assert!(matches!(step(&stand, &again, &code).await, Attempt::Wrong));
    let factor = stand.identity.second_factor(ada.requester.user().id).await;
    assert_eq!(factor.expect("an answer").expect("on").recovery_codes, 10);
}

#[tokio::test]
async fn two_at_once_with_one_code_open_one_session() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let (app, _) = turn_on(&stand, &ada).await;
    let (one, other) = (
        challenge(&stand, PASSWORD).await,
        challenge(&stand, PASSWORD).await,
    );
    let code = app.next(&stand);
    let (first, second) = tokio::join!(step(&stand, &one, &code), step(&stand, &other, &code));
    assert_ne!(is_in(&first), is_in(&second), "{first:?} {second:?}");
}

#[tokio::test]
async fn a_code_of_the_neighbouring_half_minute_is_taken_and_no_other() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let (app, _) = turn_on(&stand, &ada).await;
    stand.clock.advance(TimeDelta::minutes(5));
    let code = app.code(&stand);
    for (seconds, good) in [(60, false), (30, true)] {
        let waiting = challenge(&stand, PASSWORD).await;
        stand.clock.advance(TimeDelta::seconds(seconds));
        assert_eq!(is_in(&step(&stand, &waiting, &code).await), good, "{seconds}");
        stand.clock.advance(TimeDelta::seconds(-seconds));
    }
}

#[tokio::test]
async fn guesses_are_counted_over_all_challenges() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let (app, _) = turn_on(&stand, &ada).await;
    let mut last = None;
    for _ in 0..8 {
        let waiting = challenge(&stand, PASSWORD).await;
        last = Some(step(&stand, &waiting, &"000000".into()).await);
    }
    assert!(matches!(last, Some(Attempt::Throttled(_))), "{last:?}");
    // Its own person waits, too, and then comes in.
    let waiting = challenge(&stand, PASSWORD).await;
    let code = app.next(&stand);
    assert!(is_in(&step(&stand, &waiting, &code).await));
}

#[tokio::test]
async fn recovery_codes_work_once_each_and_their_use_is_told() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let (app, codes) = turn_on(&stand, &ada).await;
    stand.mails().await;
    let waiting = challenge(&stand, PASSWORD).await;
    // As somebody types it: without dashes, in capitals.
    let typed: SecretString = codes[3].expose_secret().replace('-', " ").to_uppercase().into();
    assert!(is_in(&step(&stand, &waiting, &typed).await));
    let mail = stand.mails().await.remove(0).content;
    assert!(
        matches!(mail, MailContent::RecoveryCodeUsed { left: 9, .. }),
        "{mail:?}"
    );
    let waiting = challenge(&stand, PASSWORD).await;
    assert!(matches!(step(&stand, &waiting, &codes[3]).await, Attempt::Wrong));
    // Nothing of them is in the database.
    for code in &codes {
        let bare = code.expose_secret().replace('-', "");
        let found = format!("recovery_codes WHERE position('{bare}' in encode(hash, 'escape')) > 0");
        assert_eq!(stand.count(&found).await, 0);
    }

    let both = |code: SecretString| BothFactors {
        password: PASSWORD.into(),
        code,
    };
    let renew = |shown| {
        let (identity, requester) = (stand.identity.clone(), ada.requester.clone());
        async move { identity.new_recovery_codes(&requester, shown, client()).await }
    };
    assert!(matches!(
        renew(both("000000".into())).await,
        Err(DomainError::Validation(_))
    ));
    let Attempt::Done(new) = renew(both(app.next(&stand))).await.expect("an answer") else {
        panic!("no new codes")
    };
    assert!(matches!(step(&stand, &waiting, &codes[4]).await, Attempt::Wrong));
    assert!(is_in(&step(&stand, &waiting, &new[0]).await));
}

#[tokio::test]
async fn turning_it_off_asks_for_both_factors() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let (_, codes) = turn_on(&stand, &ada).await;
    let end = |password: &str, code: SecretString| {
        let shown = BothFactors {
            password: password.into(),
            code,
        };
        let (identity, requester) = (stand.identity.clone(), ada.requester.clone());
        async move { identity.end_second_factor(&requester, shown, client()).await }
    };
    let wrong = end("wrong password", codes[0].clone()).await;
    assert!(matches!(wrong.expect("an answer"), Attempt::Wrong));
    assert!(matches!(
        end(PASSWORD, "000000".into()).await,
        Err(DomainError::Validation(_))
    ));
    let waiting = challenge(&stand, PASSWORD).await;
    assert!(matches!(
        end(PASSWORD, codes[0].clone()).await.expect("off"),
        Attempt::Done(())
    ));
    assert!(is_over(&step(&stand, &waiting, &codes[1]).await));
    assert_eq!(stand.count("recovery_codes").await, 0);
    assert!(stand.sign_in("Ada", PASSWORD).await.is_some());
    assert!(matches!(
        end(PASSWORD, codes[1].clone()).await,
        Err(DomainError::InvalidState(_))
    ));
}

#[tokio::test]
async fn a_reset_password_voids_challenges_and_asks_for_the_factor_all_the_same() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let (app, _) = turn_on(&stand, &ada).await;
    stand.mails().await;
    let waiting = challenge(&stand, PASSWORD).await;
    stand
        .identity
        .ask_reset("ada@example.com", client())
        .await
        .expect("asked");
    let MailContent::ResetPassword { reset_id, .. } = stand.mails().await.remove(0).content else {
        panic!("no mail")
    };
    let token = stand.secrets.password_reset_token(reset_id);
    let reset = stand.identity.finish_reset(&token, NEW.into(), client());
    assert_eq!(reset.await.expect("an answer"), PasswordReset::Done);
    assert!(is_over(&step(&stand, &waiting, &app.next(&stand)).await));
    let waiting = challenge(&stand, NEW).await;
    assert!(is_in(&step(&stand, &waiting, &app.next(&stand)).await));
}

#[tokio::test]
async fn challenges_run_out_and_what_was_only_begun_is_purged() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let eve = stand.person("Eve").await;
    let (app, _) = turn_on(&stand, &ada).await;
    let begun = stand
        .identity
        .begin_second_factor(&eve.requester, PASSWORD.into());
    begun.await.expect("begun");
    let waiting = challenge(&stand, PASSWORD).await;
    stand.clock.advance(CHALLENGE_TIME);
    assert!(is_over(&step(&stand, &waiting, &app.code(&stand)).await));
    let unknown = Challenge {
        token: "guess".into(),
        expires_at: stand.clock.now(),
    };
    assert!(is_over(&step(&stand, &unknown, &app.code(&stand)).await));
    stand.clock.advance(TimeDelta::days(8));
    retention::run(stand.db.worker()).await;
    assert_eq!(stand.count("sign_in_challenges").await, 0);
    assert_eq!(stand.count("second_factors").await, 1, "what is on stays");
}

#[tokio::test]
async fn a_secret_moved_to_somebody_else_makes_no_codes_there() {
    let stand = stand().await;
    let (ada, eve) = (stand.person("Ada").await, stand.person("Eve").await);
    let (_, _) = turn_on(&stand, &ada).await;
    let (app, _) = turn_on(&stand, &eve).await;
    let (ada, eve) = (ada.requester.user().id.uuid(), eve.requester.user().id.uuid());
    let moved = format!(
        "UPDATE second_factors SET secret = (SELECT secret FROM second_factors WHERE user_id = '{eve}') WHERE user_id = '{ada}'"
    );
    stand.execute(&moved).await;
    let waiting = challenge(&stand, PASSWORD).await;
    let code = app.next(&stand);
    let tried = stand.identity.second_step(&waiting.token, &code, client());
    assert!(tried.await.is_err());
}

#[tokio::test]
async fn an_administrator_takes_a_lost_factor_away_and_the_log_says_so() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    stand.person("Root").await;
    turn_on(&stand, &ada).await;
    assert!(matches!(
        admin::grant_first(stand.db.api(), "root@example.com")
            .await
            .expect("granted"),
        admin::GrantOutcome::Changed
    ));
    let root = stand.sign_in("Root", PASSWORD).await.expect("signed in");
    let scope = root.requester.administration().expect("the right");
    let user = ada.requester.user().id;
    let reset = async || {
        let work = stand
            .db
            .api()
            .in_admin(&scope, move |tx| Box::pin(admin::reset_second_factor(tx, user)));
        work.await.expect("reset")
    };
    stand.mails().await;
    for expected in [true, false] {
        assert_eq!(reset().await, expected);
    }
    let mails = stand.mails().await;
    assert!(
        matches!(mails.as_slice(), [mail] if mail.to == "ada@example.com"
            && matches!(&mail.content, MailContent::SecondFactorReset { name, .. } if name == "Ada")),
        "{mails:?}"
    );
    assert_eq!(stand.count("recovery_codes").await, 0);
    assert!(stand.sign_in("Ada", PASSWORD).await.is_some());
    // What was begun and never confirmed was no factor: it goes, and nobody is told.
    let begun = stand
        .identity
        .begin_second_factor(&ada.requester, PASSWORD.into());
    assert!(matches!(begun.await.expect("begun"), Attempt::Done(_)));
    assert!(!reset().await);
    assert_eq!(stand.count("second_factors").await, 0);
    assert!(stand.mails().await.is_empty());
    let told = "installation_audit_events WHERE action = 'user.reset_second_factor'";
    assert_eq!(stand.count(told).await, 1);
    // Her workspace's owner reads of it, and not who administers.
    let noted = "audit_events WHERE action = 'user.second_factor_off' AND after ->> 'by' = 'administrator' AND address IS NULL";
    assert_eq!(stand.count(noted).await, 1);
}
