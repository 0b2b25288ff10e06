//! Who someone is: sign-up, sign-in, sessions, and the memberships from which scopes are minted.
//!
//! Answers and times are alike for known and unknown addresses: every path hashes a password, and
//! sign-up says the same whether or not the address has an account. The difference goes by mail, to
//! the address itself.

pub(crate) mod account;
mod address_change;
pub mod api_token;
mod challenge;
mod device;
mod joining;
mod link_password;
mod linked;
mod open_session;
mod password;
mod password_change;
mod proof;
mod recent;
mod requester;
mod reset;
mod second_factor;
mod session;
mod sign_up;
mod throttle;
mod user;
mod visit;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use smartstack_schema::{SessionId, UserId};

pub use address_change::{ADDRESS_CHANGE_TIME, AddressConfirmation, PendingAddress};
pub use challenge::{CHALLENGE_TIME, Challenge, SecondStep, SignIn};
pub use joining::Joining;
pub use link_password::{LinkPassword, PASS_TIME, Pass};
pub use linked::{Arrival, LinkedAccount, ProviderPerson, Refusal};
pub use open_session::OpenSession;
pub use password::{
    LINK_MIN_LENGTH as LINK_PASSWORD_MIN_LENGTH, MAX_BYTES as PASSWORD_MAX_BYTES,
    MIN_LENGTH as PASSWORD_MIN_LENGTH,
};
pub use proof::FRESH;
pub use requester::{Credential, Membership, Requester, TokenGrant};
pub use reset::{PasswordReset, RESET_TIME, reset_recipient};
pub use second_factor::{BothFactors, NewFactor, RECOVERY_CODES, SecondFactor, wrong_code};
pub use session::{GRACE, IDLE_TIME, LONGEST_TIME, Refresh};
pub use sign_up::{CONFIRMATION_TIME, Confirmation, EMAIL_MAX, NAME_MAX, NewSignUp};
pub use user::{User, rename};
pub use visit::{NewVisit, RETURN_MAX, VISIT_TIME, Visit};

use crate::db::{Db, SystemTx, sql};
use crate::error::DomainError;
use crate::outbox::{self, Mail, MailContent};
use crate::secret::Secrets;
use password::Passwords;
use recent::Recent;

/// The browser or program a request comes from, as far as it says.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Network address.
    pub address: Option<String>,
    /// `User-Agent` header.
    pub user_agent: Option<String>,
}

impl Client {
    fn address(&self) -> Option<String> {
        self.address
            .as_ref()
            .map(|text| text.chars().filter(|c| *c != '\0').take(100).collect())
    }

    fn user_agent(&self) -> Option<String> {
        self.user_agent
            .as_ref()
            .map(|text| text.chars().filter(|c| *c != '\0').take(500).collect())
    }
}

/// A session that was just opened or renewed.
#[derive(Debug)]
pub struct SignedIn {
    /// The person.
    pub requester: Requester,
    /// The session, as the access token names it.
    pub session_id: SessionId,
    /// Goes into a cookie, once; only its hash is stored.
    pub refresh_token: SecretString,
    /// When the session ends unless it is refreshed.
    pub expires_at: DateTime<Utc>,
}

/// What became of a sign-up or sign-in attempt.
#[derive(Debug)]
pub enum Attempt<T> {
    /// It went through.
    Done(T),
    /// The address or password is wrong; which of them is not told.
    Wrong,
    /// Too many attempts: wait so long.
    Throttled(TimeDelta),
}

/// The operations of identity.
#[derive(Clone)]
pub struct Identity {
    db: Db,
    secrets: Arc<Secrets>,
    passwords: Passwords,
    recent: Recent,
}

impl Identity {
    /// Identity over a database, with an installation's keys.
    pub fn new(db: Db, secrets: Arc<Secrets>) -> Self {
        let passwords = Passwords::new(db.random().clone());
        Self {
            db,
            secrets,
            passwords,
            recent: Recent::default(),
        }
    }

    /// Takes a wish for an account. The answer is the same whether or not the address has one; what
    /// happens next is in the mail.
    ///
    /// # Errors
    /// Every broken rule of the input; store errors.
    pub async fn sign_up(&self, wish: NewSignUp, client: &Client) -> Result<Attempt<()>, DomainError> {
        let (name, email) = sign_up::check(&wish)?;
        let address_key = self.address_key("sign-up", client);
        let wait = self.db.in_system(move |tx| {
            Box::pin(async move { throttle::attempt(tx, &address_key, throttle::BY_ADDRESS).await })
        });
        if let Some(wait) = wait.await? {
            return Ok(Attempt::Throttled(wait));
        }
        let hash = self.passwords.hash(wish.password).await?;
        let mail_key = self.secrets.throttle_key("sign-up-mail", &email);
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                // Silent: the answer must not tell that this address was tried before.
                if throttle::attempt(tx, &mail_key, throttle::MAIL).await?.is_some() {
                    return Ok(());
                }
                let content = match account::by_email(tx, &email).await? {
                    Some(account) => MailContent::AlreadyRegistered { name: account.name },
                    None => sign_up::pend(tx, &email, &name, &hash).await?,
                };
                tx.enqueue(outbox::MAIL, Mail::new(email, content).payload());
                Ok(())
            })
        });
        work.await?;
        Ok(Attempt::Done(()))
    }

    /// Finishes a sign-up by the token of its link, and signs the person in.
    ///
    /// # Errors
    /// Store errors.
    pub async fn confirm(&self, token: &str, client: &Client) -> Result<Confirmation, DomainError> {
        let Some(id) = self.secrets.read_sign_up_token(token) else {
            return Ok(Confirmation::Unknown);
        };
        let client = client.clone();
        let work = self
            .db
            .in_system(move |tx| Box::pin(async move { sign_up::confirm(tx, id, &client).await }));
        match work.await {
            // Two links of one address at the same moment: the other one was first.
            Err(DomainError::Store(error)) if error.constraint() == Some("users_email_unique") => {
                Ok(Confirmation::Used)
            }
            other => other,
        }
    }

    /// Signs in by e-mail and password; where the account has a second factor, it is asked for.
    ///
    /// # Errors
    /// Store errors.
    pub async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        client: &Client,
    ) -> Result<Attempt<SignIn>, DomainError> {
        let email = email.trim().to_lowercase();
        let account_key = self.secrets.throttle_key("sign-in", &email);
        let address_key = self.address_key("sign-in-from", client);
        let keys = (account_key.clone(), address_key.clone());
        let known = email.len() <= EMAIL_MAX && !email.contains('\0');
        let (wait, account) = self
            .db
            .in_system(move |tx| {
                Box::pin(async move {
                    let mut wait = throttle::attempt(tx, &keys.1, throttle::BY_ADDRESS).await?;
                    if wait.is_none() {
                        wait = throttle::attempt(tx, &keys.0, throttle::BY_ACCOUNT).await?;
                    }
                    let account = if known {
                        account::by_email(tx, &email).await?
                    } else {
                        None
                    };
                    Ok((wait, account))
                })
            })
            .await?;
        if let Some(wait) = wait {
            return Ok(Attempt::Throttled(wait));
        }
        // The same length of work whether or not there is an account, and whatever its state.
        let hash = account.as_ref().map(|account| account.password_hash.clone());
        let too_long = secrecy::ExposeSecret::expose_secret(&password).len() > password::MAX_BYTES;
        let given = if too_long {
            SecretString::from("")
        } else {
            password.clone()
        };
        let matches = self.passwords.verify(given, hash).await? && !too_long;
        let Some(account) = account.filter(|account| matches && !account.disabled) else {
            return Ok(Attempt::Wrong);
        };
        let renewed = match password::is_outdated(&account.password_hash) {
            true => Some(self.passwords.hash(password).await?),
            false => None,
        };
        let client = client.clone();
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                throttle::take_back(tx, &address_key).await?;
                throttle::clear(tx, &account_key).await?;
                if let Some(hash) = renewed {
                    // Only if it is still the hash that was verified: a password change wins.
                    let text = "UPDATE users SET password_hash = $2 WHERE id = $1 AND password_hash = $3";
                    let values = [
                        account.id.uuid().into(),
                        hash.into(),
                        account.password_hash.into(),
                    ];
                    tx.conn().execute_raw(sql(text, values)).await?;
                }
                challenge::open_or_ask(tx, account.id, &client).await
            })
        });
        Ok(Attempt::Done(work.await?))
    }

    /// Exchanges a refresh token for the next. A token that was used before ends its session.
    ///
    /// # Errors
    /// Store errors; the token stays good then.
    pub async fn refresh(&self, token: SecretString, client: &Client) -> Result<Refresh, DomainError> {
        let client = client.clone();
        self.db
            .in_system(move |tx| Box::pin(async move { session::refresh(tx, &token, &client).await }))
            .await
    }

    /// Ends a session: its tokens and its open sockets, in every process within a second.
    ///
    /// # Errors
    /// Store errors.
    pub async fn sign_out(&self, session: SessionId) -> Result<(), DomainError> {
        self.db
            .in_system(move |tx| Box::pin(async move { session::revoke(tx, session).await }))
            .await
    }

    /// Ends the session of a refresh token, for a browser whose access token has run out. An unknown
    /// token changes nothing.
    ///
    /// # Errors
    /// Store errors.
    pub async fn sign_out_by_token(&self, token: SecretString) -> Result<(), DomainError> {
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                match session::of_token(tx, &token).await? {
                    Some(session) => session::revoke(tx, session).await,
                    None => Ok(()),
                }
            })
        });
        work.await
    }

    /// Ends all sessions of a person, wherever they are signed in.
    ///
    /// # Errors
    /// Store errors.
    pub async fn end_sessions(&self, user: UserId) -> Result<(), DomainError> {
        self.db
            .in_system(move |tx| Box::pin(async move { session::revoke_all(tx, user, None).await.map(drop) }))
            .await
    }

    /// The person behind a session; `None` when it is over or the account disabled. Asked for each
    /// request and again for open sockets: an access token alone proves only what was true minutes ago.
    /// The answer is at most [`requester_memory`](crate::db::Options::requester_memory) old.
    ///
    /// # Errors
    /// Store errors.
    pub async fn requester(&self, session: SessionId) -> Result<Option<Requester>, DomainError> {
        self.recent.requester(&self.db, session).await
    }

    /// The person behind a personal access token; `None` for a text that opens nothing (any more).
    /// Notes that the token was used, at most once a minute.
    ///
    /// # Errors
    /// Store errors.
    pub async fn bearer(&self, token: SecretString) -> Result<Option<Requester>, DomainError> {
        // What cannot be one of ours costs no look into the database.
        let Some(hash) = api_token::read(&token) else {
            return Ok(None);
        };
        self.db
            .in_system(move |tx| Box::pin(async move { api_token::open(tx, &hash).await }))
            .await
    }

    /// The same person by now, with the rights they have now; `None` when their session or token is
    /// over. Does not count as use of a token.
    ///
    /// # Errors
    /// Store errors.
    pub async fn renew(&self, requester: &Requester) -> Result<Option<Requester>, DomainError> {
        match requester.credential() {
            Credential::Session(session) => self.requester(*session).await,
            Credential::Token(grant) => {
                let id = grant.id();
                self.db
                    .in_system(move |tx| Box::pin(async move { api_token::load(tx, id).await }))
                    .await
            }
        }
    }

    /// Makes an account without mail, for demonstrations: nothing happens when the address has one.
    /// Returns whether it was made.
    ///
    /// # Errors
    /// Every broken rule of the input; store errors.
    pub async fn create_confirmed(&self, wish: NewSignUp) -> Result<bool, DomainError> {
        let (name, email) = sign_up::check(&wish)?;
        let hash = self.passwords.hash(wish.password).await?;
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                if account::by_email(tx, &email).await?.is_some() {
                    return Ok(false);
                }
                account::create(tx, &email, &name, &hash).await?;
                Ok(true)
            })
        });
        work.await
    }

    fn address_key(&self, kind: &str, client: &Client) -> String {
        // Without an address (no proxy header, a test) all count together.
        let network = client
            .address
            .as_deref()
            .map_or_else(|| "unknown".to_owned(), network_of);
        self.secrets.throttle_key(kind, &network)
    }
}

/// What one customer of a provider has: an IPv4 address, or an IPv6 network of 64 bits, within which
/// anyone can take as many addresses as they like.
fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
        Ok(address) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// How long what is over is kept, to be able to say what became of a link or a session.
pub const OVER_KEPT: TimeDelta = TimeDelta::days(7);

/// Removes what is over: unconfirmed sign-ups, links to new passwords and addresses, second factors
/// only begun, visits to other providers, ended sessions with
/// their tokens, personal access tokens that have ended, and attempts long forgotten. Returns how many rows went. For a job that runs once in a while.
///
/// # Errors
/// Store errors.
pub async fn purge(tx: &mut SystemTx) -> Result<u64, DomainError> {
    let now = tx.now();
    let before = now - OVER_KEPT;
    let mut gone = 0;
    for text in [
        "DELETE FROM sign_ups WHERE expires_at < $1",
        "DELETE FROM password_resets WHERE expires_at < $1",
        "DELETE FROM email_changes WHERE expires_at < $1",
        "DELETE FROM sign_in_challenges WHERE expires_at < $1",
        "DELETE FROM oauth_visits WHERE expires_at < $1",
        "DELETE FROM second_factors WHERE confirmed_at IS NULL AND created_at < $1",
        "DELETE FROM sessions WHERE expires_at < $1 OR revoked_at < $1",
        "DELETE FROM api_tokens WHERE expires_at < $1 OR revoked_at < $1",
        "DELETE FROM throttles WHERE first_at < $1 AND (blocked_until IS NULL OR blocked_until < $1)",
    ] {
        gone += tx
            .conn()
            .execute_raw(sql(text, [before.into()]))
            .await?
            .rows_affected();
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_counts_as_one() {
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network_of("2001:db8:1:2::1"), "2001:db8:1:2::");
        assert_eq!(network_of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(network_of("192.0.2.1"), "192.0.2.1");
    }
}
