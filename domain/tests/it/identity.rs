//! Sign-up, sign-in and sessions.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sqlx::{self, Connection, PgConnection};
use secrecy::{ExposeSecret, SecretString};
use smartstack_domain::change::{ChangeFeed, SessionSignal};
use smartstack_domain::clock::Clock;
use smartstack_domain::db::Options;
use smartstack_domain::identity::{
    Attempt, CONFIRMATION_TIME, Client, Confirmation, GRACE, IDLE_TIME, Identity, LONGEST_TIME, NewSignUp,
    Refresh, SignIn, SignedIn,
};
use smartstack_domain::outbox::{self, Mail, MailContent};
use smartstack_domain::secret::Secrets;
use smartstack_domain::testing::TestDb;
use smartstack_domain::{Db, DomainError, identity};
use smartstack_schema::MemberRole;

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "analytical engine";

struct Stand {
    clock: Clock,
    db: TestDb,
    identity: Identity,
    secrets: Arc<Secrets>,
}

fn start() -> DateTime<Utc> {
    "2026-01-05T12:00:00Z".parse().unwrap()
}

async fn stand() -> Stand {
    let clock = Clock::fixed(start());
    let db = TestDb::with_clock(clock.clone()).await;
    let secrets = Arc::new(Secrets::new(&"ab".repeat(32).into()).unwrap());
    let identity = Identity::new(db.api().clone(), secrets.clone());
    Stand {
        clock,
        db,
        identity,
        secrets,
    }
}

fn client() -> Client {
    Client {
        address: Some("192.0.2.1".into()),
        user_agent: Some("a browser".into()),
    }
}

fn wish() -> NewSignUp {
    NewSignUp {
        name: "Ada Lovelace".into(),
        email: " Ada@Example.com".into(),
        password: PASSWORD.into(),
    }
}

impl Stand {
    /// Takes the mails out of the outbox.
    async fn mails(&self) -> Vec<Mail> {
        let work = self.db.worker().in_system(|tx| {
            Box::pin(async move {
                let messages = outbox::claim_unsent(tx, 100).await?;
                for message in &messages {
                    outbox::mark_sent(tx, message.id).await?;
                }
                Ok(messages)
            })
        });
        let messages = work.await.unwrap();
        messages
            .into_iter()
            .map(|message| serde_json::from_value(message.payload).unwrap())
            .collect()
    }

    /// Signs up and returns the token of the mailed link.
    async fn link(&self) -> String {
        assert!(matches!(
            self.identity.sign_up(wish(), &client()).await.unwrap(),
            Attempt::Done(())
        ));
        let mail = self.mails().await.remove(0);
        assert_eq!(mail.to, EMAIL);
        let MailContent::ConfirmSignUp { sign_up_id, .. } = mail.content else {
            panic!("{mail:?}")
        };
        self.secrets.sign_up_token(sign_up_id)
    }

    /// Signs up, confirms, and returns the session.
    async fn ada(&self) -> SignedIn {
        match self
            .identity
            .confirm(&self.link().await, &client())
            .await
            .unwrap()
        {
            Confirmation::SignedIn(signed_in) => *signed_in,
            other => panic!("{other:?}"),
        }
    }

    async fn sign_in(&self, password: &str) -> Attempt<SignedIn> {
        let attempt = self
            .identity
            .sign_in("ADA@example.com ", password.into(), &client())
            .await;
        match attempt.unwrap() {
            Attempt::Done(SignIn::SignedIn(signed_in)) => Attempt::Done(*signed_in),
            Attempt::Done(other) => panic!("{other:?}"),
            Attempt::Wrong => Attempt::Wrong,
            Attempt::Throttled(wait) => Attempt::Throttled(wait),
        }
    }

    async fn refresh(&self, token: &SecretString) -> Option<SecretString> {
        match self.identity.refresh(token.clone(), &client()).await.unwrap() {
            Refresh::Renewed(signed_in) => Some(signed_in.refresh_token),
            Refresh::Refused => None,
        }
    }
}

#[tokio::test]
async fn a_sign_up_becomes_an_account_with_a_workspace_when_confirmed() {
    let stand = stand().await;
    let signed_in = stand.ada().await;
    let requester = &signed_in.requester;
    assert_eq!(
        (requester.user().name.as_str(), requester.user().email.as_str()),
        ("Ada Lovelace", EMAIL)
    );
    let [membership] = requester.memberships() else {
        panic!("{requester:?}")
    };
    assert_eq!(
        (membership.workspace_name(), membership.role()),
        ("Ada's workspace", MemberRole::Owner)
    );
    assert_eq!(
        requester.scope(membership.workspace_id()).unwrap(),
        membership.scope()
    );
    let foreign = requester.scope(smartstack_schema::WorkspaceId(uuid::Uuid::nil()));
    assert!(matches!(foreign, Err(DomainError::NotFound)));
    assert!(matches!(stand.sign_in(PASSWORD).await, Attempt::Done(_)));
    let scope = membership.scope();
    let renamed = stand.db.api().in_tenant(&scope, |tx| {
        Box::pin(async move { identity::rename(tx, " Augusta Ada ").await })
    });
    assert_eq!(renamed.await.unwrap().name, "Augusta Ada");
}

#[tokio::test]
async fn nothing_is_an_account_before_it_is_confirmed() {
    let stand = stand().await;
    stand.link().await;
    assert!(matches!(stand.sign_in(PASSWORD).await, Attempt::Wrong));
}

#[tokio::test]
async fn a_link_works_once_in_its_time_and_only_as_it_was_made() {
    let stand = stand().await;
    let (first, second) = (stand.link().await, stand.link().await);
    let confirm = async |token: &str| stand.identity.confirm(token, &client()).await.unwrap();
    assert!(matches!(
        confirm(&format!("{first}x")).await,
        Confirmation::Unknown
    ));
    assert!(matches!(confirm("").await, Confirmation::Unknown));
    stand.clock.advance(CONFIRMATION_TIME);
    assert!(matches!(confirm(&first).await, Confirmation::Expired));
    let third = stand.link().await;
    assert!(matches!(confirm(&third).await, Confirmation::SignedIn(_)));
    assert!(matches!(confirm(&third).await, Confirmation::Used));
    assert!(matches!(confirm(&second).await, Confirmation::Used));
}

#[tokio::test]
async fn signing_up_says_the_same_for_an_address_that_has_an_account() {
    let stand = stand().await;
    stand.ada().await;
    let mut again = wish();
    again.password = "another password".into();
    assert!(matches!(
        stand.identity.sign_up(again, &client()).await.unwrap(),
        Attempt::Done(())
    ));
    let mail = stand.mails().await.remove(0);
    assert_eq!(
        mail.content,
        MailContent::AlreadyRegistered {
            name: "Ada Lovelace".into()
        }
    );
    assert!(matches!(stand.sign_in("another password").await, Attempt::Wrong));
}

#[tokio::test]
async fn one_address_is_not_flooded_with_mail() {
    let stand = stand().await;
    for _ in 0..12 {
        assert!(matches!(
            stand.identity.sign_up(wish(), &client()).await.unwrap(),
            Attempt::Done(())
        ));
    }
    assert!(stand.mails().await.len() <= 6);
}

#[tokio::test]
async fn guessing_is_slowed_down_by_account_even_from_many_machines() {
    let stand = stand().await;
    stand.ada().await;
    let guess = async |address: u32| {
        let client = Client {
            address: Some(format!("192.0.2.{address}")),
            user_agent: None,
        };
        stand
            .identity
            .sign_in(EMAIL, "a wrong guess".into(), &client)
            .await
            .unwrap()
    };
    let mut tried = 0;
    let wait = loop {
        match guess(tried).await {
            Attempt::Wrong => tried += 1,
            Attempt::Throttled(wait) => break wait,
            Attempt::Done(_) => panic!("the guess was right"),
        }
    };
    assert_eq!(tried, 6, "five are free, the sixth starts the wait");
    assert_eq!(wait, TimeDelta::seconds(1));
    // The right password has to wait as well.
    assert!(matches!(stand.sign_in(PASSWORD).await, Attempt::Throttled(_)));
    stand.clock.advance(wait);
    assert!(matches!(guess(100).await, Attempt::Wrong));
    let Attempt::Throttled(longer) = guess(101).await else {
        panic!("not throttled")
    };
    assert_eq!(longer, TimeDelta::seconds(2));
    stand.clock.advance(longer);
    assert!(matches!(stand.sign_in(PASSWORD).await, Attempt::Done(_)));
    assert!(
        matches!(guess(102).await, Attempt::Wrong),
        "a success clears the account"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_at_the_same_time_are_all_counted() {
    let stand = stand().await;
    stand.ada().await;
    let guesses: Vec<_> = (0..30)
        .map(|_| {
            let identity = stand.identity.clone();
            tokio::spawn(async move {
                identity
                    .sign_in(EMAIL, "a wrong guess".into(), &client())
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut tried = 0;
    for guess in guesses {
        tried += u32::from(matches!(guess.await.unwrap(), Attempt::Wrong));
    }
    assert_eq!(tried, 6);
}

#[tokio::test]
async fn guessing_over_many_accounts_is_slowed_down_by_address() {
    let stand = stand().await;
    for number in 0..31 {
        let email = format!("nobody{number}@example.com");
        let tried = stand
            .identity
            .sign_in(&email, "a wrong guess".into(), &client())
            .await
            .unwrap();
        assert!(matches!(tried, Attempt::Wrong), "{number}");
    }
    let tried = stand
        .identity
        .sign_in("other@example.com", "a wrong guess".into(), &client())
        .await
        .unwrap();
    assert!(matches!(tried, Attempt::Throttled(_)));
}

#[tokio::test]
async fn an_old_hash_is_renewed_when_its_person_signs_in() {
    let stand = stand().await;
    stand.ada().await;
    let mut admin = PgConnection::connect(&stand.db.admin_url()).await.unwrap();
    // The same password under cheaper parameters, made by the reference implementation's format.
    let cheap = {
        use argon2::password_hash::{PasswordHasher, SaltString};
        let params = argon2::Params::new(8 * 1024, 1, 1, None).unwrap();
        let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        let salt = SaltString::encode_b64(b"sixteen bytes ok").unwrap();
        argon2
            .hash_password(PASSWORD.as_bytes(), &salt)
            .unwrap()
            .to_string()
    };
    sqlx::query("UPDATE users SET password_hash = $1")
        .bind(&cheap)
        .execute(&mut admin)
        .await
        .unwrap();
    assert!(matches!(stand.sign_in(PASSWORD).await, Attempt::Done(_)));
    let hash: String = sqlx::query_scalar("SELECT password_hash FROM users")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert!(hash.contains("m=19456,t=2,p=1"), "{hash}");
    assert!(matches!(stand.sign_in(PASSWORD).await, Attempt::Done(_)));
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_stealing_it_ends_the_session() {
    let stand = stand().await;
    let signed_in = stand.ada().await;
    let session = signed_in.requester.session_id().unwrap();
    let second = stand
        .refresh(&signed_in.refresh_token)
        .await
        .expect("a first use");
    assert_ne!(second.expose_secret(), signed_in.refresh_token.expose_secret());
    stand.clock.advance(GRACE + TimeDelta::seconds(1));
    let third = stand.refresh(&second).await.expect("a first use");
    stand.clock.advance(GRACE + TimeDelta::seconds(1));
    // The thief comes with the second token; thief and owner are both out.
    assert!(stand.refresh(&second).await.is_none());
    assert!(stand.refresh(&third).await.is_none());
    assert!(stand.identity.requester(session).await.unwrap().is_none());
    assert!(stand.refresh(&"unknown".into()).await.is_none());
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_both_stay_signed_in() {
    let stand = stand().await;
    let signed_in = stand.ada().await;
    let token = &signed_in.refresh_token;
    let (one, two) = tokio::join!(stand.refresh(token), stand.refresh(token));
    let (one, two) = (one.expect("the first tab"), two.expect("the second tab"));
    assert_ne!(one.expose_secret(), two.expose_secret());
    stand.clock.advance(GRACE);
    assert!(stand.refresh(token).await.is_some(), "to the end of the grace");
    stand.clock.advance(TimeDelta::minutes(5));
    assert!(stand.refresh(&one).await.is_some());
    assert!(stand.refresh(&two).await.is_some());
}

#[tokio::test]
async fn sessions_end_when_idle_and_at_the_latest_after_ninety_days() {
    let stand = stand().await;
    let mut token = stand.ada().await.refresh_token;
    let idle = stand.sign_in(PASSWORD).await;
    let Attempt::Done(idle) = idle else {
        panic!("{idle:?}")
    };
    let mut age = TimeDelta::zero();
    while age + TimeDelta::days(13) < LONGEST_TIME {
        stand.clock.advance(TimeDelta::days(13));
        age += TimeDelta::days(13);
        token = stand.refresh(&token).await.expect("in use");
    }
    stand.clock.advance(LONGEST_TIME - age);
    assert!(stand.refresh(&token).await.is_none(), "ninety days");
    assert!(age > IDLE_TIME);
    assert!(
        stand.refresh(&idle.refresh_token).await.is_none(),
        "fourteen days unused"
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_and_says_so_everywhere() {
    let stand = stand().await;
    let signed_in = stand.ada().await;
    let session = signed_in.requester.session_id().unwrap();
    // Another process of the API.
    let feed = ChangeFeed::start(stand.db.api());
    let mut sessions = feed.sessions();
    assert_eq!(sessions.recv().await.unwrap(), SessionSignal::CheckAll);
    let other = stand.sign_in(PASSWORD).await;
    let Attempt::Done(other) = other else {
        panic!("{other:?}")
    };
    stand.identity.sign_out(session).await.unwrap();
    let heard = tokio::time::timeout(Duration::from_secs(10), sessions.recv())
        .await
        .expect("a signal")
        .unwrap();
    assert_eq!(heard, SessionSignal::Ended(session.uuid()));
    assert!(stand.identity.requester(session).await.unwrap().is_none());
    assert!(stand.refresh(&signed_in.refresh_token).await.is_none());
    stand.identity.sign_out(session).await.unwrap();
    // By the refresh token, when the access token has run out.
    stand
        .identity
        .sign_out_by_token(other.refresh_token)
        .await
        .unwrap();
    assert!(
        stand
            .identity
            .requester(other.requester.session_id().unwrap())
            .await
            .unwrap()
            .is_none()
    );
    stand.identity.sign_out_by_token("unknown".into()).await.unwrap();
}

#[tokio::test]
async fn a_person_is_remembered_for_a_second_and_forgotten_when_rights_change() {
    let stand = stand().await;
    let session = stand.ada().await.requester.session_id().unwrap();
    // Two processes as they are deployed.
    let process = async || {
        let options = Options {
            clock: stand.clock.clone(),
            ..Options::default()
        };
        let db = Db::connect(&stand.db.url("smartstack_api"), options)
            .await
            .unwrap();
        let feed = ChangeFeed::start(&db);
        let mut heard = feed.sessions();
        // What it hears at the start makes it look again.
        assert_eq!(heard.recv().await.unwrap(), SessionSignal::CheckAll);
        (feed, heard, Identity::new(db, stand.secrets.clone()))
    };
    let ((_feed, _, here), (_other, mut heard, there)) = (process().await, process().await);
    let name = async |identity: &Identity| {
        let found = identity.requester(session).await.unwrap();
        found.map(|found| found.user().name.clone())
    };
    let known = Some("Ada Lovelace".to_owned());
    assert_eq!(
        (name(&here).await, name(&there).await),
        (known.clone(), known.clone())
    );
    let mut admin = PgConnection::connect(&stand.db.admin_url()).await.unwrap();
    sqlx::query("UPDATE users SET name = 'Ada King'")
        .execute(&mut admin)
        .await
        .unwrap();
    assert_eq!(name(&here).await, known, "read again although nothing was heard");
    stand.clock.advance(TimeDelta::seconds(1));
    assert_eq!(name(&here).await.as_deref(), Some("Ada King"));
    assert_eq!(name(&there).await.as_deref(), Some("Ada King"));
    // No time passes from here on.
    here.sign_out(session).await.unwrap();
    assert_eq!(name(&here).await, None);
    let signal = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await;
    assert_eq!(
        signal.expect("a signal").unwrap(),
        SessionSignal::Ended(session.uuid())
    );
    assert_eq!(name(&there).await, None);
}

#[tokio::test]
async fn a_disabled_account_has_no_sessions() {
    let stand = stand().await;
    let signed_in = stand.ada().await;
    let mut admin = PgConnection::connect(&stand.db.admin_url()).await.unwrap();
    sqlx::query("UPDATE users SET disabled_at = now()")
        .execute(&mut admin)
        .await
        .unwrap();
    assert!(
        stand
            .identity
            .requester(signed_in.requester.session_id().unwrap())
            .await
            .unwrap()
            .is_none()
    );
    assert!(stand.refresh(&signed_in.refresh_token).await.is_none());
    assert!(matches!(stand.sign_in(PASSWORD).await, Attempt::Wrong));
}

#[tokio::test]
async fn sessions_are_audited_in_their_persons_workspace() {
    let stand = stand().await;
    let signed_in = stand.ada().await;
    stand
        .refresh(&signed_in.refresh_token)
        .await
        .expect("a first use");
    stand.clock.advance(GRACE + TimeDelta::seconds(1));
    assert!(stand.refresh(&signed_in.refresh_token).await.is_none());
    let Attempt::Done(again) = stand.sign_in(PASSWORD).await else {
        panic!("not signed in")
    };
    stand
        .identity
        .end_sessions(again.requester.user().id)
        .await
        .unwrap();
    assert!(
        stand
            .identity
            .requester(again.requester.session_id().unwrap())
            .await
            .unwrap()
            .is_none()
    );
    let mut admin = PgConnection::connect(&stand.db.admin_url()).await.unwrap();
    let mut told: Vec<String> = sqlx::query_scalar("SELECT action || ' ' || address FROM audit_events")
        .fetch_all(&mut admin)
        .await
        .unwrap();
    told.sort();
    let expected = [
        "session.end",
        "session.end",
        "session.open",
        "session.open",
        "session.token_reused",
    ]
    .map(|a| format!("{a} 192.0.2.1"));
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_is_over_is_purged_and_the_rest_stays() {
    let stand = stand().await;
    let old = stand.ada().await;
    stand.clock.advance(IDLE_TIME + TimeDelta::days(8));
    let Attempt::Done(new) = stand.sign_in(PASSWORD).await else {
        panic!("not signed in")
    };
    let purge = stand
        .db
        .worker()
        .in_system(|tx| Box::pin(async move { identity::purge(tx).await }));
    // The sign-up, the old session, and the throttles of that day.
    assert!(purge.await.unwrap() >= 2);
    let mut admin = PgConnection::connect(&stand.db.admin_url()).await.unwrap();
    let sessions: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(sessions, 1);
    assert!(stand.refresh(&old.refresh_token).await.is_none());
    assert!(stand.refresh(&new.refresh_token).await.is_some());
}

#[tokio::test]
async fn no_secret_is_stored_or_printed_in_the_clear() {
    let stand = stand().await;
    let link = stand.link().await;
    let Confirmation::SignedIn(signed_in) = stand.identity.confirm(&link, &client()).await.unwrap() else {
        panic!("not signed in")
    };
    assert!(!format!("{signed_in:?}").contains(signed_in.refresh_token.expose_secret()));
    let mut admin = PgConnection::connect(&stand.db.admin_url()).await.unwrap();
    let all: String = sqlx::query_scalar(
        "SELECT concat((SELECT string_agg(t::text, ' ') FROM users t), (SELECT string_agg(t::text, ' ') FROM sign_ups t), \
         (SELECT string_agg(t::text, ' ') FROM sessions t), (SELECT string_agg(t::text, ' ') FROM refresh_tokens t), \
         (SELECT string_agg(t::text, ' ') FROM throttles t), (SELECT string_agg(t::text, ' ') FROM outbox t))",
    )
    .fetch_one(&mut admin)
    .await
    .unwrap();
    let (_, tag) = link.split_once('.').unwrap();
    for secret in [PASSWORD, signed_in.refresh_token.expose_secret(), tag] {
        assert!(!all.contains(secret), "{secret} is stored");
    }
}
