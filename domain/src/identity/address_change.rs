//! Moving an account to another e-mail address: the new one is shown to be its person's before anything
//! changes, and the old one hears of it.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use serde_json::json;
use smartstack_schema::{EmailChangeId, UserErrorCode, UserId};

use super::{Attempt, Client, Identity, Requester, account, proof::session_of, sign_up, throttle};
use crate::db::{SystemTx, sql};
use crate::error::{DomainError, FieldError};
use crate::outbox::{self, Mail, MailContent};

/// How long the link to the new address works.
pub const ADDRESS_CHANGE_TIME: TimeDelta = TimeDelta::hours(24);

/// An address that waits to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingAddress {
    /// The new address.
    pub email: String,
    /// Until when the mailed link works.
    pub expires_at: DateTime<Utc>,
}

/// What became of the link to a new address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressConfirmation {
    /// The account has this address now.
    Done(String),
    /// The link has done its work, or was taken back.
    Used,
    /// The link is too old.
    Expired,
    /// Another account has got the address meanwhile.
    Taken,
    /// The link was not made here, or not whole.
    Unknown,
}

impl Identity {
    /// Takes a wish for another address, from who shows their password. The answer is the same where the
    /// address has an account; its owner hears of it by mail.
    ///
    /// # Errors
    /// A validation error of `email`; [`DomainError::InvalidState`] for an account without a password that
    /// has not just signed in; [`DomainError::Forbidden`] for a token; store errors.
    pub async fn change_address(
        &self,
        requester: &Requester,
        email: &str,
        password: SecretString,
        client: &Client,
    ) -> Result<Attempt<()>, DomainError> {
        session_of(requester)?;
        let email = email.trim().to_lowercase();
        let refuse = |message: &str| Err(FieldError::new(UserErrorCode::Invalid, "email", message).into());
        if !sign_up::is_email(&email) {
            return refuse("Give an e-mail address like name@example.com.");
        }
        if email == requester.user().email {
            return refuse("This is your address already.");
        }
        match self.prove(requester, password).await? {
            Attempt::Done(()) => {}
            other => return Ok(other),
        }
        let user = requester.user().clone();
        let key = self.secrets.throttle_key("address-mail", &user.id.to_string());
        let client = client.clone();
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                if let Some(wait) = throttle::attempt(tx, &key, throttle::MAIL).await? {
                    return Ok(Attempt::Throttled(wait));
                }
                let owner = account::by_email(tx, &email).await?;
                let id = pend(tx, user.id, &email).await?;
                account::audit(tx, user.id, &client, "user.address_change_ask").await?;
                let content = match owner {
                    Some(owner) => MailContent::AlreadyRegistered { name: owner.name },
                    None => MailContent::ConfirmAddress {
                        name: user.name,
                        change_id: id,
                        expires_at: tx.now() + ADDRESS_CHANGE_TIME,
                    },
                };
                tx.enqueue(outbox::MAIL, Mail::new(email, content).payload());
                Ok(Attempt::Done(()))
            })
        });
        work.await
    }

    /// The address that waits for its confirmation, if any.
    ///
    /// # Errors
    /// Store errors.
    pub async fn pending_address(&self, user: UserId) -> Result<Option<PendingAddress>, DomainError> {
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let text = "\
SELECT email, expires_at FROM email_changes
WHERE user_id = $1 AND confirmed_at IS NULL AND cancelled_at IS NULL AND expires_at > $2";
                let values = [user.uuid().into(), tx.now().into()];
                let row = tx.conn().query_one_raw(sql(text, values)).await?;
                row.map(|row| {
                    Ok(PendingAddress {
                        email: row.try_get("", "email")?,
                        expires_at: row.try_get("", "expires_at")?,
                    })
                })
                .transpose()
            })
        });
        work.await
    }

    /// Takes a wish for another address back: its link does nothing any more.
    ///
    /// # Errors
    /// [`DomainError::Forbidden`] for a token; store errors.
    pub async fn keep_address(&self, requester: &Requester) -> Result<(), DomainError> {
        session_of(requester)?;
        let user = requester.user().id;
        let work = self
            .db
            .in_system(move |tx| Box::pin(async move { cancel(tx, user).await }));
        work.await
    }

    /// Moves the account to the new address, by the token of the link mailed there. The old address is told.
    ///
    /// # Errors
    /// Store errors.
    pub async fn confirm_address(
        &self,
        token: &str,
        client: &Client,
    ) -> Result<AddressConfirmation, DomainError> {
        let Some(id) = self.secrets.read_email_change_token(token) else {
            return Ok(AddressConfirmation::Unknown);
        };
        let client = client.clone();
        let work = self
            .db
            .in_system(move |tx| Box::pin(async move { confirm(tx, id, &client).await }));
        match work.await {
            Err(DomainError::Store(error)) if error.constraint() == Some("users_email_unique") => {
                Ok(AddressConfirmation::Taken)
            }
            other => other,
        }
    }
}

async fn cancel(tx: &mut SystemTx, user: UserId) -> Result<(), DomainError> {
    let text = "\
UPDATE email_changes SET cancelled_at = $2 WHERE user_id = $1 AND confirmed_at IS NULL AND cancelled_at IS NULL";
    let values = [user.uuid().into(), tx.now().into()];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(())
}

async fn pend(tx: &mut SystemTx, user: UserId, email: &str) -> Result<EmailChangeId, DomainError> {
    // Two wishes at once wait for each other here; the later one counts.
    let lock = "SELECT 1 FROM users WHERE id = $1 FOR UPDATE";
    tx.conn().query_one_raw(sql(lock, [user.uuid().into()])).await?;
    cancel(tx, user).await?;
    let id: EmailChangeId = tx.new_id();
    let text =
        "INSERT INTO email_changes (id, user_id, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    let values = [
        id.uuid().into(),
        user.uuid().into(),
        email.into(),
        tx.now().into(),
        (tx.now() + ADDRESS_CHANGE_TIME).into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(id)
}

async fn confirm(
    tx: &mut SystemTx,
    id: EmailChangeId,
    client: &Client,
) -> Result<AddressConfirmation, DomainError> {
    let text = "\
SELECT c.user_id, c.email, c.expires_at, c.confirmed_at IS NOT NULL OR c.cancelled_at IS NOT NULL AS over,
       u.email AS old, u.name
FROM email_changes c JOIN users u ON u.id = c.user_id AND u.disabled_at IS NULL WHERE c.id = $1 FOR UPDATE";
    let Some(row) = tx.conn().query_one_raw(sql(text, [id.uuid().into()])).await? else {
        return Ok(AddressConfirmation::Unknown);
    };
    if row.try_get("", "over")? {
        return Ok(AddressConfirmation::Used);
    }
    if row.try_get::<DateTime<Utc>>("", "expires_at")? <= tx.now() {
        return Ok(AddressConfirmation::Expired);
    }
    let user = UserId(row.try_get("", "user_id")?);
    let (old, new): (String, String) = (row.try_get("", "old")?, row.try_get("", "email")?);
    let text = "UPDATE users SET email = $2 WHERE id = $1";
    tx.conn()
        .execute_raw(sql(text, [user.uuid().into(), new.as_str().into()]))
        .await?;
    let text = "UPDATE email_changes SET confirmed_at = $2 WHERE id = $1";
    tx.conn()
        .execute_raw(sql(text, [id.uuid().into(), tx.now().into()]))
        .await?;
    // Links to a new password that lie in the old mailbox.
    account::void_resets(tx, user).await?;
    let text = "\
INSERT INTO audit_events (id, workspace_id, actor_id, address, at, action, target_kind, target_id, before, after)
SELECT gen_random_uuid(), workspace_id, user_id, $2, $3, 'user.address_change', 'USER', user_id, $4, $5
FROM memberships WHERE user_id = $1";
    let values = [
        user.uuid().into(),
        client.address().into(),
        tx.now().into(),
        json!({ "email": old }).into(),
        json!({ "email": new }).into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    // Who asked a moment ago is remembered with the old address, in other processes too.
    tx.access_changed(user);
    let content = MailContent::AddressChanged {
        name: row.try_get("", "name")?,
        address: new.clone(),
        at: tx.now(),
    };
    tx.enqueue(outbox::MAIL, Mail::new(old, content).payload());
    Ok(AddressConfirmation::Done(new))
}
