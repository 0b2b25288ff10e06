//! Looking after an account: passwords, addresses, and where one is signed in.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, PgConnection};
use smartstack_domain::clock::Clock;
use smartstack_domain::identity::{
    ADDRESS_CHANGE_TIME, AddressConfirmation, Attempt, Client, Identity, NewSignUp, PasswordReset,
    RESET_TIME, SignIn, SignedIn, reset_recipient,
};
use smartstack_domain::outbox::{self, Mail, MailContent};
use smartstack_domain::secret::Secrets;
use smartstack_domain::testing::TestDb;
use smartstack_domain::{DomainError, retention};
use smartstack_schema::{PasswordResetId, SessionId};

pub(crate) const PASSWORD: &str = "analytical engine";
pub(crate) const NEW: &str = "difference engine";

/// An installation with a clock of its own.
pub(crate) struct Stand {
    pub(crate) clock: Clock,
    pub(crate) db: TestDb,
    pub(crate) identity: Identity,
    pub(crate) secrets: Arc<Secrets>,
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-01-05T12:00:00Z".parse().unwrap()
}

pub(crate) async fn stand() -> Stand {
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

pub(crate) fn client() -> &'static Client {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| Client {
        address: Some("192.0.2.1".into()),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".into()),
    });
    &CLIENT
}

impl Stand {
    /// Takes the mails out of the outbox.
    pub(crate) async fn mails(&self) -> Vec<Mail> {
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

    pub(crate) async fn person(&self, name: &str) -> SignedIn {
        let wish = NewSignUp {
            name: name.into(),
            email: format!("{}@example.com", name.to_lowercase()),
            password: PASSWORD.into(),
        };
        assert!(self.identity.create_confirmed(wish).await.unwrap());
        self.sign_in(name, PASSWORD).await.expect("signed in")
    }

    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Option<SignedIn> {
        let email = format!("{}@example.com", name.to_lowercase());
        let attempt = self.identity.sign_in(&email, password.into(), client());
        match attempt.await.unwrap() {
            Attempt::Done(SignIn::SignedIn(signed_in)) => Some(*signed_in),
            Attempt::Done(SignIn::SecondFactor(_)) => panic!("a second factor is asked for"),
            Attempt::Wrong => None,
            Attempt::Throttled(wait) => panic!("throttled for {wait}"),
        }
    }

    pub(crate) async fn is_open(&self, session: SessionId) -> bool {
        self.identity.requester(session).await.unwrap().is_some()
    }

    pub(crate) async fn count(&self, from: &str) -> i64 {
        let mut admin = PgConnection::connect(&self.db.admin_url()).await.unwrap();
        let text = format!("SELECT count(*) FROM {from}");
        sqlx::query_scalar(AssertSqlSafe(text))
            .fetch_one(&mut admin)
            .await
            .unwrap()
    }

    pub(crate) async fn execute(&self, text: &str) {
        let mut admin = PgConnection::connect(&self.db.admin_url()).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(text.to_owned()))
            .execute(&mut admin)
            .await
            .unwrap();
    }

    async fn ask_reset(&self, email: &str) -> PasswordResetId {
        let asked = self.identity.ask_reset(email, client()).await.unwrap();
        assert!(matches!(asked, Attempt::Done(())));
        match self.mails().await.remove(0).content {
            MailContent::ResetPassword { reset_id, .. } => reset_id,
            other => panic!("{other:?}"),
        }
    }

    async fn recipient(&self, id: PasswordResetId) -> Option<String> {
        let work = self.db.worker();
        work.in_system(move |tx| Box::pin(async move { reset_recipient(tx, id).await }))
            .await
            .unwrap()
    }

    async fn reset(&self, token: &str, password: &str) -> PasswordReset {
        let reset = self.identity.finish_reset(token, password.into(), client());
        reset.await.unwrap()
    }
}

fn fields(outcome: Result<impl std::fmt::Debug, DomainError>) -> Vec<String> {
    match outcome {
        Err(DomainError::Validation(errors)) => errors.iter().map(|e| e.field.join(".")).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_once_by_the_mailed_link() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let (first, second) = (
        stand.ask_reset(" ADA@example.com").await,
        stand.ask_reset("ada@example.com").await,
    );
    assert_eq!(stand.recipient(first).await.as_deref(), Some("Ada"));
    let token = stand.secrets.password_reset_token(first);
    assert_eq!(
        stand.reset(&format!("{token}x"), NEW).await,
        PasswordReset::Unknown
    );
    // What cannot be taken leaves the link good.
    for bad in ["short", "ada@example.com"] {
        let refused = stand.identity.finish_reset(&token, bad.into(), client()).await;
        assert_eq!(fields(refused), ["password"]);
    }
    assert!(stand.is_open(ada.session_id).await);
    assert_eq!(stand.reset(&token, NEW).await, PasswordReset::Done);
    // Everybody is signed out, and nobody in.
    assert!(!stand.is_open(ada.session_id).await);
    assert_eq!(stand.count("sessions WHERE revoked_at IS NULL").await, 0);
    assert!(stand.sign_in("Ada", PASSWORD).await.is_none());
    assert!(stand.sign_in("Ada", NEW).await.is_some());
    // Neither this link nor the other one works again.
    let other = stand.secrets.password_reset_token(second);
    assert_eq!(stand.reset(&token, PASSWORD).await, PasswordReset::Used);
    assert_eq!(stand.reset(&other, PASSWORD).await, PasswordReset::Used);
    assert_eq!(stand.recipient(second).await, None);
    let told = stand.mails().await.remove(0);
    assert_eq!(told.to, "ada@example.com");
    assert!(
        matches!(told.content, MailContent::PasswordChanged { .. }),
        "{told:?}"
    );
    assert_eq!(
        stand
            .count("audit_events WHERE action = 'user.password_reset'")
            .await,
        1
    );
}

#[tokio::test]
async fn a_reset_ends_after_an_hour_and_is_purged() {
    let stand = stand().await;
    stand.person("Ada").await;
    let id = stand.ask_reset("ada@example.com").await;
    let token = stand.secrets.password_reset_token(id);
    stand.clock.advance(RESET_TIME);
    assert_eq!(stand.reset(&token, NEW).await, PasswordReset::Expired);
    assert_eq!(stand.recipient(id).await, None);
    stand.clock.advance(TimeDelta::days(8));
    retention::run(stand.db.worker()).await;
    assert_eq!(stand.count("password_resets").await, 0);
}

#[tokio::test]
async fn asking_is_the_same_for_addresses_without_an_account() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let known = stand.ask_reset("ada@example.com").await;
    let unknown = stand.ask_reset("nobody@example.com").await;
    assert_eq!(stand.recipient(known).await.as_deref(), Some("Ada"));
    assert_eq!(
        stand.recipient(unknown).await,
        None,
        "there is nobody to write to"
    );
    let token = stand.secrets.password_reset_token(unknown);
    assert_eq!(stand.reset(&token, NEW).await, PasswordReset::Unknown);
    // A disabled account gets none either.
    let disable = format!(
        "UPDATE users SET disabled_at = now() WHERE id = '{}'",
        ada.requester.user().id.uuid()
    );
    stand.execute(&disable).await;
    let id = stand.ask_reset("ada@example.com").await;
    assert_eq!(stand.recipient(id).await, None);
    let token = stand.secrets.password_reset_token(id);
    assert_eq!(stand.reset(&token, NEW).await, PasswordReset::Unknown);
    // Mails of one address have an end; the answer stays the same.
    for _ in 0..12 {
        assert!(matches!(
            stand
                .identity
                .ask_reset("nobody@example.com", client())
                .await
                .unwrap(),
            Attempt::Done(())
        ));
    }
    assert!(stand.mails().await.len() < 6);
    assert_eq!(
        fields(stand.identity.ask_reset("nowhere", client()).await),
        ["email"]
    );
}

#[tokio::test]
async fn two_resets_at_once_with_one_link_change_the_password_once() {
    let stand = stand().await;
    stand.person("Ada").await;
    let token = stand
        .secrets
        .password_reset_token(stand.ask_reset("ada@example.com").await);
    let (one, other) = tokio::join!(
        stand.reset(&token, "first new password"),
        stand.reset(&token, "second new password")
    );
    let done = [one, other]
        .iter()
        .filter(|one| **one == PasswordReset::Done)
        .count();
    assert_eq!(done, 1, "{one:?} {other:?}");
}

#[tokio::test]
async fn changing_a_password_asks_for_the_present_one_and_signs_out_elsewhere() {
    let stand = stand().await;
    let here = stand.person("Ada").await;
    let there = stand.sign_in("Ada", PASSWORD).await.unwrap();
    let change = |present: &str, new: &str| {
        let (present, new) = (present.to_owned(), new.to_owned());
        let (identity, requester) = (stand.identity.clone(), here.requester.clone());
        async move {
            identity
                .change_password(&requester, present.into(), new.into(), client())
                .await
        }
    };
    assert!(matches!(
        change("wrong password", NEW).await.unwrap(),
        Attempt::Wrong
    ));
    assert_eq!(fields(change(PASSWORD, "short").await), ["password"]);
    let reset = stand.ask_reset("ada@example.com").await;
    assert!(matches!(change(PASSWORD, NEW).await.unwrap(), Attempt::Done(())));
    assert!(stand.is_open(here.session_id).await);
    assert!(!stand.is_open(there.session_id).await);
    assert!(stand.sign_in("Ada", PASSWORD).await.is_none());
    assert!(stand.sign_in("Ada", NEW).await.is_some());
    let token = stand.secrets.password_reset_token(reset);
    assert_eq!(stand.reset(&token, PASSWORD).await, PasswordReset::Used);
    assert!(matches!(
        stand.mails().await.remove(0).content,
        MailContent::PasswordChanged { .. }
    ));
}

#[tokio::test]
async fn guessing_the_present_password_is_slowed_down() {
    let stand = stand().await;
    let ada = stand.person("Ada").await.requester;
    let mut last = None;
    for _ in 0..8 {
        let guess = stand
            .identity
            .change_password(&ada, "wrong password".into(), NEW.into(), client());
        last = Some(guess.await.unwrap());
    }
    assert!(matches!(last, Some(Attempt::Throttled(_))), "{last:?}");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all() {
    let stand = stand().await;
    let here = stand.person("Ada").await;
    let eve = stand.person("Eve").await;
    stand.clock.advance(TimeDelta::minutes(5));
    let phone = stand.sign_in("Ada", PASSWORD).await.unwrap();
    let other = stand.sign_in("Ada", PASSWORD).await.unwrap();
    let list = || async { stand.identity.sessions(&here.requester).await.unwrap() };
    let sessions = list().await;
    assert_eq!(sessions.len(), 3);
    assert_eq!((sessions[0].id, sessions[0].is_current), (here.session_id, true));
    assert!(sessions[1..].iter().all(|one| !one.is_current));
    assert_eq!(sessions[0].device, "Firefox on Linux");
    assert_eq!(sessions[0].address.as_deref(), Some("192.0.2.1"));
    assert_eq!(sessions[1].last_used_at, start() + TimeDelta::minutes(5));

    let end = |id| stand.identity.end_session(&here.requester, id);
    end(phone.session_id).await.unwrap();
    assert!(!stand.is_open(phone.session_id).await);
    assert!(matches!(end(phone.session_id).await, Err(DomainError::NotFound)));
    assert!(matches!(end(eve.session_id).await, Err(DomainError::NotFound)));
    assert!(stand.is_open(eve.session_id).await);
    assert_eq!(
        stand.identity.end_other_sessions(&here.requester).await.unwrap(),
        1
    );
    assert!(!stand.is_open(other.session_id).await);
    assert!(stand.is_open(here.session_id).await && stand.is_open(eve.session_id).await);
    assert_eq!(list().await.len(), 1);
}

#[tokio::test]
async fn an_address_changes_when_the_new_one_is_confirmed_and_the_old_one_is_told() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    stand.person("Eve").await;
    let change = |email: &'static str, password: &'static str| {
        let (identity, requester) = (stand.identity.clone(), ada.requester.clone());
        async move {
            identity
                .change_address(&requester, email, password.into(), client())
                .await
        }
    };
    assert_eq!(fields(change("nowhere", PASSWORD).await), ["email"]);
    assert_eq!(fields(change("ADA@example.com", PASSWORD).await), ["email"]);
    assert!(matches!(
        change("new@example.com", "wrong").await.unwrap(),
        Attempt::Wrong
    ));
    assert!(stand.mails().await.is_empty());

    // Somebody else's address: the same answer, and nothing to confirm.
    assert!(matches!(
        change("eve@example.com", PASSWORD).await.unwrap(),
        Attempt::Done(())
    ));
    let mail = stand.mails().await.remove(0);
    assert_eq!(mail.to, "eve@example.com");
    assert!(matches!(mail.content, MailContent::AlreadyRegistered { .. }));

    let link = || async {
        let mail = stand.mails().await.remove(0);
        assert_eq!(mail.to, "new@example.com");
        match mail.content {
            MailContent::ConfirmAddress { change_id, .. } => stand.secrets.email_change_token(change_id),
            other => panic!("{other:?}"),
        }
    };
    let confirm = |token: String| {
        let identity = stand.identity.clone();
        async move { identity.confirm_address(&token, client()).await.unwrap() }
    };
    change("new@example.com", PASSWORD).await.unwrap();
    let first = link().await;
    change("new@example.com", PASSWORD).await.unwrap();
    let second = link().await;
    let user = ada.requester.user().id;
    let pending = stand.identity.pending_address(user).await.unwrap();
    assert_eq!(pending.map(|one| one.email).as_deref(), Some("new@example.com"));
    assert_eq!(
        confirm(first).await,
        AddressConfirmation::Used,
        "the newest wish counts"
    );
    assert_eq!(confirm(format!("{second}x")).await, AddressConfirmation::Unknown);
    let seen = |email: &'static str| {
        let (identity, session) = (stand.identity.clone(), ada.session_id);
        async move {
            let person = identity.requester(session).await.unwrap().expect("signed in");
            assert_eq!(person.user().email, email);
        }
    };
    seen("ada@example.com").await;
    let reset = stand.ask_reset("ada@example.com").await;
    assert_eq!(
        confirm(second.clone()).await,
        AddressConfirmation::Done("new@example.com".into())
    );
    // At once, though who asked a moment ago is remembered.
    seen("new@example.com").await;
    assert_eq!(confirm(second).await, AddressConfirmation::Used);
    let told = stand.mails().await.remove(0);
    assert_eq!(told.to, "ada@example.com");
    assert!(matches!(told.content, MailContent::AddressChanged { .. }));
    // A link in the old mailbox opens nothing any more.
    let token = stand.secrets.password_reset_token(reset);
    assert_eq!(stand.reset(&token, NEW).await, PasswordReset::Used);
    assert!(stand.sign_in("Ada", PASSWORD).await.is_none());
    assert!(stand.sign_in("New", PASSWORD).await.is_some());
}

#[tokio::test]
async fn a_change_of_address_can_be_taken_back_runs_out_and_yields_to_who_was_first() {
    let stand = stand().await;
    let ada = stand.person("Ada").await;
    let ask = || async {
        let asked =
            stand
                .identity
                .change_address(&ada.requester, "new@example.com", PASSWORD.into(), client());
        assert!(matches!(asked.await.unwrap(), Attempt::Done(())));
        match stand.mails().await.remove(0).content {
            MailContent::ConfirmAddress { change_id, .. } => stand.secrets.email_change_token(change_id),
            other => panic!("{other:?}"),
        }
    };
    let confirm = |token: String| {
        let identity = stand.identity.clone();
        async move { identity.confirm_address(&token, client()).await.unwrap() }
    };
    let token = ask().await;
    stand.identity.keep_address(&ada.requester).await.unwrap();
    assert_eq!(confirm(token).await, AddressConfirmation::Used);
    let user = ada.requester.user().id;
    assert_eq!(stand.identity.pending_address(user).await.unwrap(), None);

    let token = ask().await;
    stand.clock.advance(ADDRESS_CHANGE_TIME);
    assert_eq!(confirm(token).await, AddressConfirmation::Expired);

    let token = ask().await;
    stand.person("New").await;
    assert_eq!(confirm(token).await, AddressConfirmation::Taken);
    assert!(stand.sign_in("Ada", PASSWORD).await.is_some());

    stand.clock.advance(TimeDelta::days(9));
    retention::run(stand.db.worker()).await;
    assert_eq!(stand.count("email_changes").await, 0);
}
