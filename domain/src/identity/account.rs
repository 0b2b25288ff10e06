//! Accounts and the workspaces they start with.

use sea_orm::ConnectionTrait;
use smartstack_schema::{UserId, WorkspaceId};

use super::{Client, challenge};
use crate::db::{SystemTx, sql};
use crate::error::DomainError;
use crate::{store, workspace};

/// An account as sign-in needs it.
pub(super) struct Account {
    pub(super) id: UserId,
    pub(super) name: String,
    pub(super) password_hash: String,
    pub(super) disabled: bool,
}

pub(super) async fn by_email(tx: &SystemTx, email: &str) -> Result<Option<Account>, DomainError> {
    let text =
        "SELECT id, name, password_hash, disabled_at IS NOT NULL AS disabled FROM users WHERE email = $1";
    let Some(row) = tx.conn().query_one_raw(sql(text, [email.into()])).await? else {
        return Ok(None);
    };
    Ok(Some(Account {
        id: UserId(row.try_get("", "id")?),
        name: row.try_get("", "name")?,
        password_hash: row.try_get("", "password_hash")?,
        disabled: row.try_get("", "disabled")?,
    }))
}

/// Makes a person and a workspace of their own, which they own. `email` is in lower case.
pub(crate) async fn create(
    tx: &mut SystemTx,
    email: &str,
    name: &str,
    password_hash: &str,
) -> Result<(UserId, WorkspaceId), DomainError> {
    let user = create_person(tx, email, name, password_hash).await?;
    let workspace = tx.new_id::<WorkspaceId>();
    workspace::found(tx, workspace, user, &first_workspace_name(name), None).await?;
    Ok((user, workspace))
}

/// Makes a person who belongs nowhere yet. `email` is in lower case.
pub(super) async fn create_person(
    tx: &mut SystemTx,
    email: &str,
    name: &str,
    password_hash: &str,
) -> Result<UserId, DomainError> {
    let user: UserId = tx.new_id();
    let text =
        "INSERT INTO users (id, email, name, hue, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        user.uuid().into(),
        email.into(),
        name.into(),
        store::hue_of(user.uuid()).as_str().into(),
        password_hash.into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(user)
}

/// Whether a stored hash is one of a password: an account made by another provider has none.
pub(super) fn has_password(hash: &str) -> bool {
    hash.starts_with('$')
}

/// Sets a new password. Whatever else was under way with the old one is over: mailed links to a new
/// password, and sign-ins that wait for a second factor.
pub(super) async fn set_password(tx: &mut SystemTx, user: UserId, hash: &str) -> Result<(), DomainError> {
    let text = "UPDATE users SET password_hash = $2 WHERE id = $1";
    tx.conn()
        .execute_raw(sql(text, [user.uuid().into(), hash.into()]))
        .await?;
    void_resets(tx, user).await?;
    challenge::void(tx, user).await
}

/// Makes mailed links to a new password useless.
pub(super) async fn void_resets(tx: &mut SystemTx, user: UserId) -> Result<(), DomainError> {
    let text = "UPDATE password_resets SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL";
    tx.conn()
        .execute_raw(sql(text, [user.uuid().into(), tx.now().into()]))
        .await?;
    Ok(())
}

/// Notes what somebody did to their account in the audit log of each workspace they belong to.
pub(super) async fn audit(
    tx: &mut SystemTx,
    user: UserId,
    client: &Client,
    action: &str,
) -> Result<(), DomainError> {
    let text = "\
INSERT INTO audit_events (id, workspace_id, actor_id, address, at, action, target_kind, target_id)
SELECT gen_random_uuid(), workspace_id, user_id, $2, $3, $4, 'USER', user_id FROM memberships WHERE user_id = $1";
    let values = [
        user.uuid().into(),
        client.address().into(),
        tx.now().into(),
        action.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(())
}

/// "Ada Lovelace" → "Ada's workspace". Longest names stay within the column's bound.
fn first_workspace_name(name: &str) -> String {
    let first: String = name
        .split_whitespace()
        .next()
        .unwrap_or(name)
        .chars()
        .take(150)
        .collect();
    format!("{first}'s workspace")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_workspace_is_named_after_its_person() {
        assert_eq!(first_workspace_name("Ada Lovelace"), "Ada's workspace");
        assert_eq!(first_workspace_name("Åsa"), "Åsa's workspace");
        assert!(first_workspace_name(&"x".repeat(500)).chars().count() <= 200);
    }
}
