//! A new password for who has forgotten theirs, by a link in a mail.
//!
//! Asking runs the same statements for addresses with an account and without: the worker finds out
//! whether there is somebody to write to.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use smartstack_schema::{PasswordResetId, UserErrorCode, UserId};
use uuid::Uuid;

use super::{Attempt, Client, Identity, account, password, session, sign_up, throttle};
use crate::db::{SystemTx, sql};
use crate::error::{DomainError, FieldError};
use crate::outbox::{self, Mail, MailContent};

/// How long the link in the mail works: long enough for slow mail, short for a mailbox left open.
pub const RESET_TIME: TimeDelta = TimeDelta::hours(1);

/// What became of a link to a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordReset {
    /// The password is changed, and every browser is signed out.
    Done,
    /// The link was used, or something newer has taken its place.
    Used,
    /// The link is too old: ask again.
    Expired,
    /// The link was not made here, or not whole.
    Unknown,
}

struct Found {
    user: UserId,
    email: String,
    name: String,
    state: PasswordReset,
}

impl Identity {
    /// Takes a wish for a new password. The answer, and the time it takes, is the same whether or not the
    /// address has an account.
    ///
    /// # Errors
    /// A validation error of `email`; store errors.
    pub async fn ask_reset(&self, email: &str, client: &Client) -> Result<Attempt<()>, DomainError> {
        let email = email.trim().to_lowercase();
        if !sign_up::is_email(&email) {
            let message = "Give an e-mail address like name@example.com.";
            return Err(FieldError::new(UserErrorCode::Invalid, "email", message).into());
        }
        let address_key = self.address_key("reset", client);
        let mail_key = self.secrets.throttle_key("reset-mail", &email);
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                if let Some(wait) = throttle::attempt(tx, &address_key, throttle::BY_ADDRESS).await? {
                    return Ok(Attempt::Throttled(wait));
                }
                // Silent: the answer must not tell that this address was tried before.
                if throttle::attempt(tx, &mail_key, throttle::MAIL).await?.is_none() {
                    pend(tx, email).await?;
                }
                Ok(Attempt::Done(()))
            })
        });
        work.await
    }

    /// Sets a new password by the token of a mailed link. It signs nobody in: a second factor is asked for
    /// as ever.
    ///
    /// # Errors
    /// Every broken rule of the password, which leaves the link good; store errors.
    pub async fn finish_reset(
        &self,
        token: &str,
        new: SecretString,
        client: &Client,
    ) -> Result<PasswordReset, DomainError> {
        let Some(id) = self.secrets.read_password_reset_token(token) else {
            return Ok(PasswordReset::Unknown);
        };
        let work = self
            .db
            .in_system(move |tx| Box::pin(async move { find(tx, id, "").await }));
        let email = match work.await? {
            None => return Ok(PasswordReset::Unknown),
            Some(found) if found.state != PasswordReset::Done => return Ok(found.state),
            Some(found) => found.email,
        };
        if let Some(error) = password::check_new(&new, &email) {
            return Err(error.into());
        }
        let hash = self.passwords.hash(new).await?;
        let sign_in_key = self.secrets.throttle_key("sign-in", &email);
        let client = client.clone();
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                // Again, and locked: of two at once with one link, one is too late.
                let Some(found) = find(tx, id, "FOR UPDATE OF r").await? else {
                    return Ok(PasswordReset::Unknown);
                };
                if found.state == PasswordReset::Done {
                    account::set_password(tx, found.user, &hash).await?;
                    account::audit(tx, found.user, &client, "user.password_reset").await?;
                    session::revoke_all(tx, found.user, None).await?;
                    throttle::clear(tx, &sign_in_key).await?;
                    let content = MailContent::PasswordChanged {
                        name: found.name,
                        at: tx.now(),
                    };
                    tx.enqueue(outbox::MAIL, Mail::new(found.email, content).payload());
                }
                Ok(found.state)
            })
        });
        work.await
    }
}

/// Whom the mail of a reset greets; `None` where the address has no account, the account is disabled or
/// the link is over: then there is nothing to send.
///
/// # Errors
/// Store errors.
pub async fn reset_recipient(tx: &SystemTx, id: PasswordResetId) -> Result<Option<String>, DomainError> {
    let found = find(tx, id, "").await?;
    Ok(found
        .filter(|found| found.state == PasswordReset::Done)
        .map(|found| found.name))
}

async fn pend(tx: &mut SystemTx, email: String) -> Result<(), DomainError> {
    let id: PasswordResetId = tx.new_id();
    let expires_at = tx.now() + RESET_TIME;
    let user = account::by_email(tx, &email).await?;
    let text = "INSERT INTO password_resets (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    let values = [
        id.uuid().into(),
        user.map(|user| Uuid::from(user.id)).into(),
        tx.now().into(),
        expires_at.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    let content = MailContent::ResetPassword {
        reset_id: id,
        expires_at,
    };
    tx.enqueue(outbox::MAIL, Mail::new(email, content).payload());
    Ok(())
}

/// A reset with its person; `Done` as state: it can be. Disabled accounts have none.
async fn find(tx: &SystemTx, id: PasswordResetId, lock: &str) -> Result<Option<Found>, DomainError> {
    let text = [
        "SELECT u.id, u.email, u.name, r.expires_at, r.used_at FROM password_resets r \
         JOIN users u ON u.id = r.user_id AND u.disabled_at IS NULL WHERE r.id = $1 ",
        lock,
    ]
    .concat();
    let Some(row) = tx.conn().query_one_raw(sql(&text, [id.uuid().into()])).await? else {
        return Ok(None);
    };
    let used: Option<DateTime<Utc>> = row.try_get("", "used_at")?;
    let expires: DateTime<Utc> = row.try_get("", "expires_at")?;
    let state = match used {
        Some(_) => PasswordReset::Used,
        None if expires <= tx.now() => PasswordReset::Expired,
        None => PasswordReset::Done,
    };
    Ok(Some(Found {
        user: UserId(row.try_get("", "id")?),
        email: row.try_get("", "email")?,
        name: row.try_get("", "name")?,
        state,
    }))
}
