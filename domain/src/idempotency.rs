//! A create that is sent twice (a lost answer, an impatient program) happens once.
//!
//! The key belongs to one person, workspace and operation, and is kept for [`KEPT`]. Sent again with
//! the same request it gives the first answer; with another request it is a conflict. Two at the same
//! time wait for each other, since both insert the same row.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use smartstack_schema::UserErrorCode;
use uuid::Uuid;

use crate::db::TenantTx;
use crate::db::sql;
use crate::error::{DomainError, FieldError, StoreError};

/// How long a key is remembered.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
/// Longest key taken, in bytes.
pub const MAX_KEY_LENGTH: usize = 200;

/// The first answer to this key, or `None` when the caller is the first: then do the work and
/// [`remember`] its answer in the same transaction. `operation` is the mutation's name.
///
/// # Errors
/// [`DomainError::Conflict`] when the key came with another request before; a validation error for a
/// key that is empty or too long.
pub async fn replayed<T: DeserializeOwned>(
    tx: &mut TenantTx,
    operation: &str,
    key: &str,
    request: &impl Serialize,
) -> Result<Option<T>, DomainError> {
    if key.is_empty() || key.len() > MAX_KEY_LENGTH || key.contains('\0') {
        let message = "Give a key of 1 to 200 bytes, e.g. a UUID.";
        return Err(FieldError::new(UserErrorCode::Invalid, "idempotencyKey", message).into());
    }
    let hash = Sha256::digest(serde_json::to_vec(request).map_err(StoreError::fault)?).to_vec();
    let (workspace, actor) = (Uuid::from(tx.workspace_id()), tx.actor_id().map(Uuid::from));
    let now = tx.now();
    let claim = "\
INSERT INTO idempotency_keys (workspace_id, actor_id, operation, key, request_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (workspace_id, actor_id, operation, key) DO UPDATE
SET request_hash = excluded.request_hash, response = NULL, created_at = excluded.created_at
WHERE idempotency_keys.created_at < $7";
    let values = [
        workspace.into(),
        actor.into(),
        operation.into(),
        key.into(),
        hash.clone().into(),
        now.into(),
        (now - KEPT).into(),
    ];
    if tx.conn().execute_raw(sql(claim, values)).await?.rows_affected() == 1 {
        return Ok(None);
    }
    let read = "\
SELECT request_hash, response FROM idempotency_keys
WHERE workspace_id = $1 AND actor_id = $2 AND operation = $3 AND key = $4";
    let values = [workspace.into(), actor.into(), operation.into(), key.into()];
    let row = tx
        .conn()
        .query_one_raw(sql(read, values))
        .await?
        .ok_or(DomainError::Conflict)?;
    if row.try_get::<Vec<u8>>("", "request_hash")? != hash {
        return Err(DomainError::Conflict);
    }
    let response: Option<Value> = row.try_get("", "response")?;
    let response = response.ok_or_else(|| StoreError::fault("an idempotency key without an answer"))?;
    Ok(Some(serde_json::from_value(response).map_err(StoreError::fault)?))
}

/// Keeps the answer for the key [`replayed`] has claimed in this transaction.
///
/// # Errors
/// Store errors.
pub async fn remember(
    tx: &mut TenantTx,
    operation: &str,
    key: &str,
    response: &impl Serialize,
) -> Result<(), DomainError> {
    let response = serde_json::to_value(response).map_err(StoreError::fault)?;
    let update = "\
UPDATE idempotency_keys SET response = $5
WHERE workspace_id = $1 AND actor_id = $2 AND operation = $3 AND key = $4";
    let (workspace, actor) = (Uuid::from(tx.workspace_id()), tx.actor_id().map(Uuid::from));
    let values = [
        workspace.into(),
        actor.into(),
        operation.into(),
        key.into(),
        response.into(),
    ];
    tx.conn().execute_raw(sql(update, values)).await?;
    Ok(())
}
