//! What an administrator does to accounts.

use sea_orm::ConnectionTrait;
use serde_json::json;
use smartstack_schema::{UserId, WorkspaceId};
use uuid::Uuid;

use crate::db::{AdminTx, sql};
use crate::error::DomainError;
use crate::outbox::{self, Mail, MailContent};

/// Held by whoever changes who administers: two who remove each other at once would leave nobody.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended('administrators', 0))";

/// Makes somebody an administrator, or no longer one. Returns whether that changed anything.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::InvalidState`] for the last administrator, and for an
/// account that is disabled; store errors.
pub async fn set_administrator(
    tx: &mut AdminTx,
    id: UserId,
    administrator: bool,
) -> Result<bool, DomainError> {
    let account = lock(tx, id).await?;
    if account.administrator == administrator {
        return Ok(false);
    }
    if administrator && account.disabled {
        return refuse("This account is disabled. Enable it first.");
    }
    if !administrator {
        another_stays(tx, id).await?;
    }
    let text = "UPDATE users SET administrator = $2 WHERE id = $1";
    tx.conn()
        .execute_raw(sql(text, [id.uuid().into(), administrator.into()]))
        .await?;
    let action = if administrator {
        "user.grant_administration"
    } else {
        "user.revoke_administration"
    };
    let (before, after) = (
        json!({ "administrator": !administrator }),
        json!({ "administrator": administrator }),
    );
    tx.audit(action, "USER", Some(id.uuid()), Some(before), Some(after));
    Ok(true)
}

/// Disables an account, which ends its sessions and sockets everywhere within a second, or enables
/// it again. Returns whether that changed anything.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::InvalidState`] for oneself and for the last
/// administrator; store errors.
pub async fn set_disabled(tx: &mut AdminTx, id: UserId, disabled: bool) -> Result<bool, DomainError> {
    let account = lock(tx, id).await?;
    if account.disabled == disabled {
        return Ok(false);
    }
    if disabled {
        if tx.actor_id() == Some(id) {
            return refuse("This is your own account. Another administrator can disable it.");
        }
        if account.administrator {
            another_stays(tx, id).await?;
        }
    }
    let at = disabled.then(|| tx.now());
    let text = "UPDATE users SET disabled_at = $2 WHERE id = $1";
    tx.conn()
        .execute_raw(sql(text, [id.uuid().into(), at.into()]))
        .await?;
    if disabled {
        end_sessions(tx, id).await?;
        // Programs with a token of theirs, too.
        tx.access_changed(id);
    }
    let action = if disabled { "user.disable" } else { "user.enable" };
    let (before, after) = (json!({ "disabled": !disabled }), json!({ "disabled": disabled }));
    tx.audit(action, "USER", Some(id.uuid()), Some(before), Some(after));
    Ok(true)
}

/// Ends all sessions of a person. Returns how many there were.
///
/// # Errors
/// [`DomainError::NotFound`]; store errors.
pub async fn sign_out(tx: &mut AdminTx, id: UserId) -> Result<u64, DomainError> {
    lock(tx, id).await?;
    let ended = end_sessions(tx, id).await?;
    tx.audit(
        "user.sign_out",
        "USER",
        Some(id.uuid()),
        None,
        Some(json!({ "sessions": ended })),
    );
    Ok(ended)
}

/// Takes the second factor off an account whose person has lost it, with its recovery codes, and writes to
/// them that it is gone. Their password and their sessions stay, as when they turn it off themselves;
/// sign-ins that wait for the factor begin again. Returns whether there was one.
///
/// Whoever asks for this has to show in another way who they are: the administrator answers for that, and
/// the log says who did it.
///
/// # Errors
/// [`DomainError::NotFound`]; store errors.
pub async fn reset_second_factor(tx: &mut AdminTx, id: UserId) -> Result<bool, DomainError> {
    let account = lock(tx, id).await?;
    // One that was begun and never confirmed is nothing that sign-in asks for: nobody hears of it.
    let text = "DELETE FROM second_factors WHERE user_id = $1 RETURNING confirmed_at IS NOT NULL AS was_on";
    let row = tx.conn().query_one_raw(sql(text, [id.uuid().into()])).await?;
    let had_one = row
        .map(|row| row.try_get("", "was_on"))
        .transpose()?
        .unwrap_or(false);
    if had_one {
        tx.audit("user.reset_second_factor", "USER", Some(id.uuid()), None, None);
        // In the workspaces' own logs as when they turn it off themselves.
        for workspace in workspaces(tx, id).await? {
            let by = json!({ "by": "administrator" });
            tx.audit_in(workspace, "user.second_factor_off", "USER", id.uuid(), Some(by));
        }
        let content = MailContent::SecondFactorReset {
            name: account.name,
            at: tx.now(),
        };
        tx.enqueue(outbox::MAIL, Mail::new(account.email, content).payload());
    }
    Ok(had_one)
}

struct Account {
    name: String,
    email: String,
    administrator: bool,
    disabled: bool,
}

/// The account, while nobody else changes who administers.
async fn lock(tx: &AdminTx, id: UserId) -> Result<Account, DomainError> {
    tx.conn().execute_raw(sql(LOCK, [])).await?;
    let text =
        "SELECT name, email, administrator, disabled_at IS NOT NULL AS disabled FROM users WHERE id = $1";
    let row = tx.conn().query_one_raw(sql(text, [id.uuid().into()])).await?;
    let row = row.ok_or(DomainError::NotFound)?;
    Ok(Account {
        name: row.try_get("", "name")?,
        email: row.try_get("", "email")?,
        administrator: row.try_get("", "administrator")?,
        disabled: row.try_get("", "disabled")?,
    })
}

async fn another_stays(tx: &AdminTx, id: UserId) -> Result<(), DomainError> {
    let text =
        "SELECT EXISTS (SELECT FROM users WHERE administrator AND disabled_at IS NULL AND id <> $1) AS stays";
    let row = tx.conn().query_one_raw(sql(text, [id.uuid().into()])).await?;
    match row.map(|row| row.try_get("", "stays")).transpose()? {
        Some(true) => Ok(()),
        _ => refuse("This is the last administrator. Make somebody else one first."),
    }
}

/// Ends a person's sessions, noted in each workspace they belong to as when they sign out themselves.
async fn end_sessions(tx: &mut AdminTx, id: UserId) -> Result<u64, DomainError> {
    let text = "UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL RETURNING id, expires_at > $2 AS open";
    let ended = tx
        .conn()
        .query_all_raw(sql(text, [id.uuid().into(), tx.now().into()]))
        .await?;
    let workspaces = workspaces(tx, id).await?;
    let mut open = 0;
    for row in &ended {
        let session: Uuid = row.try_get("", "id")?;
        // Revoked without a word where it had run out by itself.
        if row.try_get("", "open")? {
            open += 1;
            for workspace in &workspaces {
                let whose = json!({ "userId": id, "by": "administrator" });
                tx.audit_in(*workspace, "session.end", "SESSION", session, Some(whose));
            }
        }
        tx.access_changed(session);
    }
    Ok(open)
}

/// The workspaces a person belongs to.
async fn workspaces(tx: &AdminTx, id: UserId) -> Result<Vec<WorkspaceId>, DomainError> {
    let text = "SELECT workspace_id FROM memberships WHERE user_id = $1";
    let rows = tx.conn().query_all_raw(sql(text, [id.uuid().into()])).await?;
    rows.iter()
        .map(|row| Ok(WorkspaceId(row.try_get("", "workspace_id")?)))
        .collect()
}

fn refuse<T>(message: &str) -> Result<T, DomainError> {
    Err(DomainError::InvalidState(message.to_owned()))
}
