//! Requests that may be sent twice: the key of a request is kept, with what it made, for 24 hours.

use chrono::{Duration, TimeDelta};
use sea_orm::{ConnectionTrait, Value};
use serde::Serialize;
use sha2::{Digest, Sha256};
use smartstack_schema::UserId;
use uuid::Uuid;

use crate::{
    db::{SystemTx, WorkspaceTx, sql},
    error::DomainError,
    store,
};

/// How long an answer is remembered.
pub(crate) const KEPT: Duration = Duration::hours(24);

/// Claims a key for the row that is about to be made.
///
/// `None`: go ahead and make the row `id`. `Some(first)`: the same request has made the row
/// `first`; answer with that and write nothing. Two requests at once with one key: the second
/// waits for the first to commit or fail. A request that fails gives its key back, since the claim
/// is undone with its transaction.
///
/// # Errors
/// [`DomainError::Conflict`] when the key came with another request before.
pub(crate) async fn claim(
    tx: &WorkspaceTx,
    operation: &'static str,
    key: Option<&str>,
    request: &impl Serialize,
    id: Uuid,
) -> Result<Option<Uuid>, DomainError> {
    let Some(key) = key else { return Ok(None) };
    let hash = hash(request)?;
    let now = tx.now();
    let scope = |tx: &WorkspaceTx| -> [Value; 4] {
        [
            store::workspace(tx).into(),
            tx.actor_id().map(Uuid::from).into(),
            operation.into(),
            key.into(),
        ]
    };
    let mut values = scope(tx).to_vec();
    values.push((now - KEPT).into());
    store::execute(
        tx,
        "DELETE FROM idempotency_keys
         WHERE workspace_id = $1 AND actor_id = $2 AND operation = $3 AND key = $4 AND created_at < $5",
        values,
    )
    .await?;
    let mut values = scope(tx).to_vec();
    values.extend([
        hash.clone().into(),
        serde_json::json!({ "id": id }).into(),
        now.into(),
    ]);
    let inserted = store::execute(
        tx,
        "INSERT INTO idempotency_keys (workspace_id, actor_id, operation, key, request_hash, response, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING",
        values,
    )
    .await?;
    if inserted == 1 {
        return Ok(None);
    }
    let values = scope(tx);
    let rows = store::query(
        tx,
        "SELECT request_hash, (response ->> 'id')::uuid AS id FROM idempotency_keys
         WHERE workspace_id = $1 AND actor_id = $2 AND operation = $3 AND key = $4",
        values,
    )
    .await?;
    let row = rows.first().ok_or(DomainError::Conflict)?;
    let first_hash: Vec<u8> = row.try_get("", "request_hash")?;
    if first_hash != hash {
        return Err(DomainError::Conflict);
    }
    Ok(Some(row.try_get("", "id")?))
}

/// As [`claim`], for a request of a person that belongs to no workspace.
///
/// # Errors
/// As [`claim`].
pub(crate) async fn claim_for(
    tx: &SystemTx,
    user: UserId,
    operation: &'static str,
    key: Option<&str>,
    request: &impl Serialize,
    id: Uuid,
) -> Result<Option<Uuid>, DomainError> {
    let Some(key) = key else { return Ok(None) };
    let (hash, now) = (hash(request)?, tx.now());
    let scope = || -> [Value; 3] { [user.uuid().into(), operation.into(), key.into()] };
    let text = "\
DELETE FROM account_idempotency_keys WHERE user_id = $1 AND operation = $2 AND key = $3 AND created_at < $4";
    let [user_id, name, under] = scope();
    tx.conn()
        .execute_raw(sql(text, [user_id, name, under, (now - KEPT).into()]))
        .await?;
    let text = "\
INSERT INTO account_idempotency_keys (user_id, operation, key, request_hash, made_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let [user_id, name, under] = scope();
    let values = [user_id, name, under, hash.clone().into(), id.into(), now.into()];
    let inserted = tx.conn().execute_raw(sql(text, values)).await?;
    if inserted.rows_affected() == 1 {
        return Ok(None);
    }
    let text = "\
SELECT request_hash, made_id FROM account_idempotency_keys WHERE user_id = $1 AND operation = $2 AND key = $3";
    let row = tx.conn().query_one_raw(sql(text, scope())).await?;
    let row = row.ok_or(DomainError::Conflict)?;
    if row.try_get::<Vec<u8>>("", "request_hash")? != hash {
        return Err(DomainError::Conflict);
    }
    Ok(Some(row.try_get("", "made_id")?))
}

/// Forgets keys of persons that are too old to be asked for.
///
/// # Errors
/// Store errors.
pub(crate) async fn purge(tx: &mut SystemTx, kept: TimeDelta) -> Result<u64, DomainError> {
    let text = "DELETE FROM account_idempotency_keys WHERE created_at < $1";
    let done = tx
        .conn()
        .execute_raw(sql(text, [(tx.now() - kept).into()]))
        .await?;
    Ok(done.rows_affected())
}

/// Stands for what was asked, so that another request under the same key is told from the same one.
fn hash(request: &impl Serialize) -> Result<Vec<u8>, DomainError> {
    let body = serde_json::to_vec(request).map_err(store::fault)?;
    Ok(Sha256::digest(&body).to_vec())
}
