//! People as others in their workspace see them.

use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::json;
use smartstack_schema::{ChangeOperation, Hue, NodeKind, UserErrorCode, UserId};
use unicode_segmentation::UnicodeSegmentation;

use super::NAME_MAX;
use crate::db::{TenantTx, sql};
use crate::error::{DomainError, FieldError, StoreError};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// What they are called.
    pub name: String,
    /// Where they sign in and get mail.
    pub email: String,
    /// Their colour.
    pub hue: Hue,
}

impl User {
    fn from_row(row: &QueryResult) -> Result<Self, DomainError> {
        let hue: String = row.try_get("", "hue")?;
        Ok(Self {
            id: UserId(row.try_get("", "id")?),
            name: row.try_get("", "name")?,
            email: row.try_get("", "email")?,
            hue: Hue::parse(&hue).ok_or_else(|| StoreError::fault("an unknown hue"))?,
        })
    }
}

/// Changes the name of the person who acts.
///
/// # Errors
/// A validation error of `name`; store errors.
pub async fn rename(tx: &mut TenantTx, name: &str) -> Result<User, DomainError> {
    let name = clean_name(name)?;
    let id = tx.actor_id().ok_or(DomainError::Forbidden)?;
    let read = "SELECT id, name, email, hue FROM users WHERE id = $1";
    let row = tx
        .conn()
        .query_one_raw(sql(read, [id.uuid().into()]))
        .await?
        .ok_or(DomainError::NotFound)?;
    let before = User::from_row(&row)?;
    if before.name == name {
        return Ok(before);
    }
    let text = "UPDATE users SET name = $2 WHERE id = $1";
    tx.conn()
        .execute_raw(sql(text, [id.uuid().into(), name.clone().into()]))
        .await?;
    tx.record_change(NodeKind::User, id, ChangeOperation::Updated, None);
    let (old, new) = (json!({ "name": before.name }), json!({ "name": name }));
    tx.audit("user.update", NodeKind::User, id, Some(old), Some(new));
    Ok(User { name, ..before })
}

/// A name without space around it, or what is wrong with it.
pub(super) fn clean_name(text: &str) -> Result<String, FieldError> {
    let name = text.trim();
    let refuse = |code, message: &str| Err(FieldError::new(code, "name", message));
    if name.is_empty() {
        return refuse(UserErrorCode::Required, "Say what you are called.");
    }
    if name.graphemes(true).count() > NAME_MAX || name.chars().count() > 200 {
        return refuse(UserErrorCode::TooLong, "Use at most 120 characters.");
    }
    if name.chars().any(char::is_control) {
        return refuse(
            UserErrorCode::Invalid,
            "Leave out line breaks and control characters.",
        );
    }
    Ok(name.to_owned())
}
