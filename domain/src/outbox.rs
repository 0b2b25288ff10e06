//! The outbox: messages written with the change that causes them, and sent after its commit.
//!
//! The relay of any worker claims unsent messages, hands them to the queue and marks them sent, in one
//! transaction. A crash in between sends a message again: receivers must bear duplicates.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use smartstack_schema::{
    EmailChangeId, InvitationId, MemberRole, PasswordResetId, SignUpId, WebhookDisabledReason, WorkspaceId,
};
use uuid::Uuid;

use crate::db::{SystemTx, sql};
use crate::error::DomainError;

/// Topic of jobs; the payload is [`JobEnvelope::payload`](crate::JobEnvelope::payload).
pub const JOB: &str = "job";
/// Topic of documents whose file is to be read; the payload is
/// [`DocumentEnvelope::payload`](crate::document::DocumentEnvelope::payload).
pub const DOCUMENT: &str = "document";
/// Topic of mail; the payload is a [`Mail`].
pub const MAIL: &str = "mail";

/// Topic of what webhooks are to be told; the payload is an
/// [`Announcement`](crate::webhook::Announcement).
pub const WEBHOOK: &str = "webhook";

/// A mail to be written and sent by the worker. Links are made there, from ids and the master secret:
/// no token lies in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Version of this form; 1.
    pub v: u32,
    /// Address of the one recipient.
    pub to: String,
    /// What it says.
    #[serde(flatten)]
    pub content: MailContent,
}

impl Mail {
    /// A mail in the current form.
    pub fn new(to: impl Into<String>, content: MailContent) -> Self {
        Self {
            v: 1,
            to: to.into(),
            content,
        }
    }

    /// The mail as outbox payload.
    pub fn payload(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// What a mail says, by template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", content = "params", rename_all = "snake_case")]
pub enum MailContent {
    /// The link that finishes a sign-up.
    ConfirmSignUp {
        /// Name of the person.
        name: String,
        /// The sign-up; [`Secrets::sign_up_token`](crate::secret::Secrets::sign_up_token) makes its link.
        sign_up_id: SignUpId,
        /// When the link stops working.
        expires_at: DateTime<Utc>,
    },
    /// The link to a new password. Written for every address that asked; the worker sends it where
    /// [`reset_recipient`](crate::identity::reset_recipient) finds an account.
    ResetPassword {
        /// The reset; [`Secrets::password_reset_token`](crate::secret::Secrets::password_reset_token) makes
        /// its link.
        reset_id: PasswordResetId,
        /// When the link stops working.
        expires_at: DateTime<Utc>,
    },
    /// A password was changed.
    PasswordChanged {
        /// Name of the person.
        name: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// The link that moves an account to the address this goes to.
    ConfirmAddress {
        /// Name of the person.
        name: String,
        /// The change; [`Secrets::email_change_token`](crate::secret::Secrets::email_change_token) makes its
        /// link.
        change_id: EmailChangeId,
        /// When the link stops working.
        expires_at: DateTime<Utc>,
    },
    /// An account has left the address this goes to.
    AddressChanged {
        /// Name of the person.
        name: String,
        /// The account's address from now on.
        address: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// A second factor was turned on or off.
    SecondFactorChanged {
        /// Name of the person.
        name: String,
        /// Whether it is on now.
        on: bool,
        /// When.
        at: DateTime<Utc>,
    },
    /// An administrator took a second factor away, whose person had lost it.
    SecondFactorReset {
        /// Name of the person.
        name: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Somebody signed in with a recovery code.
    RecoveryCodeUsed {
        /// Name of the person.
        name: String,
        /// How many codes are left.
        left: i64,
        /// When.
        at: DateTime<Utc>,
    },
    /// Somebody is asked to join a workspace.
    Invitation {
        /// Name of the workspace.
        workspace: String,
        /// Name of who invites; empty when nobody knows any more.
        inviter: String,
        /// What the person may do once they have joined.
        role: MemberRole,
        /// The invitation; with the nonce it makes the link's
        /// [token](crate::secret::Secrets::invitation_token).
        invitation_id: InvitationId,
        /// What the token is made with, in base64url. Worth nothing without the master secret.
        nonce: String,
        /// When the link stops working.
        expires_at: DateTime<Utc>,
    },
    /// A webhook was switched off, because nothing could be delivered to it.
    WebhookDisabled {
        /// Name of the workspace.
        workspace: String,
        /// Where it was sent to.
        url: String,
        /// Why: gone or failing.
        reason: WebhookDisabledReason,
        /// What the last attempt came to, in words.
        last: String,
    },
    /// Someone tried to sign up with the address of an account.
    AlreadyRegistered {
        /// Name of the account's person.
        name: String,
    },
}

/// A message that waits to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxMessage {
    /// Identifies the message; the same when it is sent again.
    pub id: Uuid,
    /// The workspace it belongs to, if any.
    pub workspace_id: Option<WorkspaceId>,
    /// [`JOB`], [`DOCUMENT`], [`MAIL`] or [`WEBHOOK`].
    pub topic: String,
    /// The message.
    pub payload: serde_json::Value,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Claims up to `max` unsent messages, oldest first, for as long as this transaction lasts. Other
/// relays pass over them meanwhile.
///
/// # Errors
/// Store errors.
pub async fn claim_unsent(tx: &mut SystemTx, max: u16) -> Result<Vec<OutboxMessage>, DomainError> {
    let text = "\
SELECT id, workspace_id, topic, payload, created_at FROM outbox
WHERE sent_at IS NULL ORDER BY created_at, id LIMIT $1 FOR UPDATE SKIP LOCKED";
    let rows = tx
        .conn()
        .query_all_raw(sql(text, [i64::from(max).into()]))
        .await?;
    let mut messages = Vec::with_capacity(rows.len());
    for row in rows {
        messages.push(OutboxMessage {
            id: row.try_get("", "id")?,
            workspace_id: row.try_get::<Option<Uuid>>("", "workspace_id")?.map(Into::into),
            topic: row.try_get("", "topic")?,
            payload: row.try_get("", "payload")?,
            created_at: row.try_get("", "created_at")?,
        });
    }
    Ok(messages)
}

/// Notes that a claimed message has been handed to the queue.
///
/// # Errors
/// Store errors.
pub async fn mark_sent(tx: &mut SystemTx, id: Uuid) -> Result<(), DomainError> {
    let text = "UPDATE outbox SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL";
    tx.conn()
        .execute_raw(sql(text, [id.into(), tx.now().into()]))
        .await?;
    Ok(())
}

/// How long a sent message is kept for whoever looks into what happened.
pub const SENT_KEPT: TimeDelta = TimeDelta::days(7);

/// Removes messages sent longer than `age` ago; returns how many.
///
/// # Errors
/// Store errors.
pub async fn purge_sent(tx: &mut SystemTx, age: TimeDelta) -> Result<u64, DomainError> {
    let text = "DELETE FROM outbox WHERE sent_at < $1";
    let done = tx
        .conn()
        .execute_raw(sql(text, [(tx.now() - age).into()]))
        .await?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_keeps_its_form_on_the_wire() {
        let content = MailContent::AlreadyRegistered {
            name: "Ada".to_owned(),
        };
        let payload = Mail::new("ada@example.com", content).payload();
        let expected = serde_json::json!({
            "v": 1, "to": "ada@example.com", "template": "already_registered", "params": { "name": "Ada" },
        });
        assert_eq!(payload, expected);
        assert!(serde_json::from_value::<Mail>(payload).is_ok());
    }
}
