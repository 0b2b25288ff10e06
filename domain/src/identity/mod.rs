//! Who someone is: sign-up, sign-in, sessions, and the memberships from which scopes are minted.
//!
//! Answers and times are alike for known and unknown addresses: every path hashes a password, and
//! sign-up says the same whether or not the address has an account. The difference goes by mail, to
//! the address itself.

pub(crate) mod account;
mod password;
mod session;
mod throttle;
mod user;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use smartstack_schema::{MemberRole, SessionId, SignUpId, UserErrorCode, UserId, WorkspaceId};

pub use password::{MAX_BYTES as PASSWORD_MAX_BYTES, MIN_LENGTH as PASSWORD_MIN_LENGTH};
pub use session::{GRACE, IDLE_TIME, LONGEST_TIME, Refresh};
pub use user::{User, rename};

use crate::db::{Db, SystemTx, TenantScope, sql};
use crate::error::{DomainError, FieldError};
use crate::outbox::{self, Mail, MailContent};
use crate::secret::Secrets;
use password::Passwords;

/// How long the link in a confirmation mail works.
pub const CONFIRMATION_TIME: TimeDelta = TimeDelta::hours(24);
/// Longest name of a person, in characters.
pub const NAME_MAX: usize = 120;
/// Longest e-mail address (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: usize = 254;

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

/// A verified person: who they are, through which session, and where they belong.
#[derive(Debug, Clone)]
pub struct Requester {
    user: User,
    session_id: SessionId,
    memberships: Vec<Membership>,
    address: Option<String>,
}

impl Requester {
    /// The person.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The session they come through.
    pub fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// Their workspaces, oldest membership first.
    pub fn memberships(&self) -> &[Membership] {
        &self.memberships
    }

    /// The same person, with the address this request came from, which scopes carry to the audit log.
    #[must_use]
    pub fn from_address(mut self, address: Option<String>) -> Self {
        self.address = address;
        self
    }

    /// The right to work in `workspace`.
    ///
    /// # Errors
    /// [`DomainError::NotFound`] where the person does not belong: existing or not is not told.
    pub fn scope(&self, workspace: WorkspaceId) -> Result<TenantScope, DomainError> {
        let found = self.memberships.iter().find(|m| m.workspace_id == workspace);
        let scope = found.ok_or(DomainError::NotFound)?.scope();
        Ok(match &self.address {
            Some(address) => scope.from_address(address.clone()),
            None => scope,
        })
    }

    /// The rights to work in each of the person's workspaces, oldest membership first.
    pub fn scopes(&self) -> Vec<TenantScope> {
        self.memberships
            .iter()
            .filter_map(|m| self.scope(m.workspace_id).ok())
            .collect()
    }
}

/// A person's place in a workspace, as read from the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    workspace_id: WorkspaceId,
    user_id: UserId,
    role: MemberRole,
    workspace_name: String,
}

impl Membership {
    /// The workspace.
    pub fn workspace_id(&self) -> WorkspaceId {
        self.workspace_id
    }

    /// Its name.
    pub fn workspace_name(&self) -> &str {
        &self.workspace_name
    }

    /// What the person may do there.
    pub fn role(&self) -> MemberRole {
        self.role
    }

    /// The right to work there.
    pub fn scope(&self) -> TenantScope {
        TenantScope::new(self.workspace_id, self.user_id, self.role)
    }
}

/// A session that was just opened or renewed.
#[derive(Debug)]
pub struct SignedIn {
    /// The person.
    pub requester: Requester,
    /// Goes into a cookie, once; only its hash is stored.
    pub refresh_token: SecretString,
    /// When the session ends unless it is refreshed.
    pub expires_at: DateTime<Utc>,
}

/// A wish for an account, as typed.
#[derive(Debug, Clone)]
pub struct NewSignUp {
    /// What the person is called.
    pub name: String,
    /// Where the confirmation goes.
    pub email: String,
    /// The wished-for password.
    pub password: SecretString,
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

/// What became of a confirmation link.
#[derive(Debug)]
pub enum Confirmation {
    /// The account exists now, and the person is signed in.
    SignedIn(Box<SignedIn>),
    /// The link has done its work, or the address got its account by another link: sign in.
    Used,
    /// The link is too old: sign up again.
    Expired,
    /// The link was not made here, or not whole.
    Unknown,
}

/// The operations of identity.
#[derive(Clone)]
pub struct Identity {
    db: Db,
    secrets: Arc<Secrets>,
    passwords: Passwords,
}

impl Identity {
    /// Identity over a database, with an installation's keys.
    pub fn new(db: Db, secrets: Arc<Secrets>) -> Self {
        let passwords = Passwords::new(db.random().clone());
        Self {
            db,
            secrets,
            passwords,
        }
    }

    /// Takes a wish for an account. The answer is the same whether or not the address has one; what
    /// happens next is in the mail.
    ///
    /// # Errors
    /// Every broken rule of the input; store errors.
    pub async fn sign_up(&self, wish: NewSignUp, client: &Client) -> Result<Attempt<()>, DomainError> {
        let (name, email) = check_sign_up(&wish)?;
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
                    None => pend(tx, &email, &name, &hash).await?,
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
            .in_system(move |tx| Box::pin(async move { confirm(tx, id, &client).await }));
        match work.await {
            // Two links of one address at the same moment: the other one was first.
            Err(DomainError::Store(error)) if error.constraint() == Some("users_email_unique") => {
                Ok(Confirmation::Used)
            }
            other => other,
        }
    }

    /// Signs in by e-mail and password.
    ///
    /// # Errors
    /// Store errors.
    pub async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        client: &Client,
    ) -> Result<Attempt<SignedIn>, DomainError> {
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
                session::open(tx, account.id, &client).await
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

    /// Ends all sessions of a person: after a password change, or when the account is disabled.
    ///
    /// # Errors
    /// Store errors.
    pub async fn end_sessions(&self, user: UserId) -> Result<(), DomainError> {
        self.db
            .in_system(move |tx| Box::pin(async move { session::revoke_all(tx, user).await }))
            .await
    }

    /// The person behind a session; `None` when it is over or the account disabled. Asked for each
    /// request and again for open sockets: an access token alone proves only what was true minutes ago.
    ///
    /// # Errors
    /// Store errors.
    pub async fn requester(&self, session: SessionId) -> Result<Option<Requester>, DomainError> {
        self.db
            .in_system(move |tx| Box::pin(async move { session::load(tx, session).await }))
            .await
    }

    /// Makes an account without mail, for demonstrations: nothing happens when the address has one.
    /// Returns whether it was made.
    ///
    /// # Errors
    /// Every broken rule of the input; store errors.
    pub async fn create_confirmed(&self, wish: NewSignUp) -> Result<bool, DomainError> {
        let (name, email) = check_sign_up(&wish)?;
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

/// Removes what is over: unconfirmed sign-ups, ended sessions with their tokens, and attempts long
/// forgotten. Returns how many rows went. For a job that runs once in a while.
///
/// # Errors
/// Store errors.
pub async fn purge(tx: &mut SystemTx) -> Result<u64, DomainError> {
    let now = tx.now();
    // Kept for a week, to be able to say what became of a link or a session.
    let before = now - TimeDelta::days(7);
    let mut gone = 0;
    for text in [
        "DELETE FROM sign_ups WHERE expires_at < $1",
        "DELETE FROM sessions WHERE expires_at < $1 OR revoked_at < $1",
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

/// Keeps a sign-up until its address is confirmed.
async fn pend(tx: &mut SystemTx, email: &str, name: &str, hash: &str) -> Result<MailContent, DomainError> {
    let sign_up_id: SignUpId = tx.new_id();
    let (now, expires_at) = (tx.now(), tx.now() + CONFIRMATION_TIME);
    let text = "\
INSERT INTO sign_ups (id, email, name, password_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        sign_up_id.uuid().into(),
        email.into(),
        name.into(),
        hash.into(),
        now.into(),
        expires_at.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(MailContent::ConfirmSignUp {
        name: name.to_owned(),
        sign_up_id,
        expires_at,
    })
}

async fn confirm(tx: &mut SystemTx, id: SignUpId, client: &Client) -> Result<Confirmation, DomainError> {
    let text =
        "SELECT email, name, password_hash, expires_at, completed_at FROM sign_ups WHERE id = $1 FOR UPDATE";
    let Some(row) = tx.conn().query_one_raw(sql(text, [id.uuid().into()])).await? else {
        return Ok(Confirmation::Unknown);
    };
    let email: String = row.try_get("", "email")?;
    let completed: Option<DateTime<Utc>> = row.try_get("", "completed_at")?;
    if completed.is_some() || account::by_email(tx, &email).await?.is_some() {
        return Ok(Confirmation::Used);
    }
    if row.try_get::<DateTime<Utc>>("", "expires_at")? <= tx.now() {
        return Ok(Confirmation::Expired);
    }
    let (name, hash): (String, String) = (row.try_get("", "name")?, row.try_get("", "password_hash")?);
    let (user, _) = account::create(tx, &email, &name, &hash).await?;
    let text = "UPDATE sign_ups SET completed_at = $2 WHERE id = $1";
    tx.conn()
        .execute_raw(sql(text, [id.uuid().into(), tx.now().into()]))
        .await?;
    Ok(Confirmation::SignedIn(Box::new(
        session::open(tx, user, client).await?,
    )))
}

/// The name and address as they are stored, or every broken rule.
fn check_sign_up(wish: &NewSignUp) -> Result<(String, String), DomainError> {
    let mut errors = Vec::new();
    let name = user::clean_name(&wish.name)
        .map_err(|error| errors.push(error))
        .unwrap_or_default();
    let email = wish.email.trim().to_lowercase();
    if !is_email(&email) {
        let message = "Give an e-mail address like name@example.com.";
        errors.push(FieldError::new(UserErrorCode::Invalid, "email", message));
    }
    errors.extend(password::check_new(&wish.password, &email));
    if errors.is_empty() {
        Ok((name, email))
    } else {
        Err(DomainError::Validation(errors))
    }
}

/// Whether mail could be sent there: the mail itself is the real test. One `@`, no space or control
/// characters, a dot within the domain.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain =
        |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | '<' | '>' | ',' | ';' | '"');
    text.len() <= EMAIL_MAX
        && (1..=64).contains(&local.len())
        && local.chars().all(plain)
        && domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in [
            "a@b.co",
            "first.last+tag@sub.example.com",
            "jürgen@müller.example",
            "o'neil@example.com",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "@",
            "a@",
            "@b.co",
            "a b@c.de",
            "a@b",
            "a@b..co",
            "a@-b.co",
            "a@b@c.de",
            "<a@b.co>",
            "a@b.co\r\nBcc: x@y.z",
            "a,b@c.de",
            "a@b.co\0",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn one_network_counts_as_one() {
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network_of("2001:db8:1:2::1"), "2001:db8:1:2::");
        assert_eq!(network_of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(network_of("192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn every_broken_rule_is_told_at_once() {
        let wish = NewSignUp {
            name: " ".into(),
            email: "nowhere".into(),
            password: "short".into(),
        };
        let Err(DomainError::Validation(errors)) = check_sign_up(&wish) else {
            panic!("it was taken")
        };
        let fields: Vec<_> = errors.iter().map(|error| error.field[0].as_str()).collect();
        assert_eq!(fields, ["name", "email", "password"]);
    }
}
