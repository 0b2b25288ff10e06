//! How an installation gets its first administrator: by whoever runs its programs.

use sea_orm::ConnectionTrait;
use smartstack_schema::UserId;

use super::set_administrator;
use crate::db::{AdminScope, AdminTx, Db, sql};
use crate::error::DomainError;
use crate::identity::{Identity, NewSignUp};

/// What became of making somebody an administrator, or no longer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantOutcome {
    /// It was done.
    Changed,
    /// It was so already, or (where only a first one was wanted) somebody else is one.
    Unchanged,
    /// No account has this address.
    NoAccount,
}

/// Makes the account with this address an administrator.
///
/// # Errors
/// [`DomainError::InvalidState`] for an account that is disabled; store errors.
pub async fn grant(db: &Db, email: &str) -> Result<GrantOutcome, DomainError> {
    change(db, email, true, false).await
}

/// As [`grant`], unless there is an administrator already: a setting that stays in the environment
/// must not undo what administrators decided since.
///
/// # Errors
/// As [`grant`].
pub async fn grant_first(db: &Db, email: &str) -> Result<GrantOutcome, DomainError> {
    change(db, email, true, true).await
}

/// Takes the right away.
///
/// # Errors
/// [`DomainError::InvalidState`] for the last administrator; store errors.
pub async fn revoke(db: &Db, email: &str) -> Result<GrantOutcome, DomainError> {
    change(db, email, false, false).await
}

/// Makes an account and makes it an administrator; the address counts as confirmed. An account that is
/// there keeps its password.
///
/// # Errors
/// Every broken rule of the input; as [`grant`].
pub async fn create(
    db: &Db,
    identity: &Identity,
    wish: NewSignUp,
) -> Result<(bool, GrantOutcome), DomainError> {
    let email = wish.email.clone();
    let made = identity.create_confirmed(wish).await?;
    Ok((made, grant(db, &email).await?))
}

async fn change(
    db: &Db,
    email: &str,
    administrator: bool,
    only_first: bool,
) -> Result<GrantOutcome, DomainError> {
    let email = email.trim().to_lowercase();
    db.in_admin(&AdminScope::COMMAND, move |tx| {
        Box::pin(async move {
            let Some(id) = by_email(tx, &email).await? else {
                return Ok(GrantOutcome::NoAccount);
            };
            if only_first && any(tx).await? {
                return Ok(GrantOutcome::Unchanged);
            }
            Ok(match set_administrator(tx, id, administrator).await? {
                true => GrantOutcome::Changed,
                false => GrantOutcome::Unchanged,
            })
        })
    })
    .await
}

async fn by_email(tx: &AdminTx, email: &str) -> Result<Option<UserId>, DomainError> {
    if email.contains('\0') {
        return Ok(None);
    }
    let text = "SELECT id FROM users WHERE email = $1";
    let row = tx.conn().query_one_raw(sql(text, [email.into()])).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?.map(UserId))
}

async fn any(tx: &AdminTx) -> Result<bool, DomainError> {
    let text = "SELECT EXISTS (SELECT FROM users WHERE administrator AND disabled_at IS NULL) AS there";
    let row = tx.conn().query_one_raw(sql(text, [])).await?;
    Ok(row
        .map(|row| row.try_get("", "there"))
        .transpose()?
        .unwrap_or(false))
}
