//! The queue of an installation that has no other: a table, with the promises of SQS.
//!
//! A received message is hidden for a while (its visibility timeout) and has a receipt. Whoever holds
//! the newest receipt may extend, delete or return it; a message that is neither deleted nor extended
//! comes back. Delivery is at least once.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::db::{SystemTx, sql};
use crate::error::DomainError;

/// How long messages that were put aside are kept for people to look at.
pub const DEAD_KEPT: TimeDelta = TimeDelta::days(90);

/// A message in someone's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Identifies the message over all its deliveries.
    pub id: Uuid,
    /// The right to extend, delete or return this delivery.
    pub receipt: Uuid,
    /// The message.
    pub body: String,
    /// How often it has been delivered, this time included.
    pub receive_count: u32,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
}

impl Received {
    fn from_row(row: &QueryResult) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.try_get("", "id")?,
            receipt: row.try_get("", "receipt")?,
            body: row.try_get("", "body")?,
            receive_count: row.try_get::<i32>("", "receive_count")?.unsigned_abs(),
            created_at: row.try_get("", "created_at")?,
        })
    }
}

/// Puts a message into `queue`. Called in the relay's transaction, so that marking the outbox row
/// sent and the message being there are one commit. Returns the message's id.
///
/// # Errors
/// Store errors.
pub async fn send(tx: &mut SystemTx, queue: &str, body: &str) -> Result<Uuid, DomainError> {
    let id: Uuid = tx.new_id();
    let text =
        "INSERT INTO queue_messages (id, queue, body, visible_at, created_at) VALUES ($1, $2, $3, $4, $4)";
    tx.conn()
        .execute_raw(sql(text, [id.into(), queue.into(), body.into(), tx.now().into()]))
        .await?;
    Ok(id)
}

/// Takes up to `max` messages, longest waiting first, and hides them for `visibility`. Several
/// receivers at once get different messages.
///
/// # Errors
/// Store errors.
pub async fn receive(
    tx: &mut SystemTx,
    queue: &str,
    max: u16,
    visibility: TimeDelta,
) -> Result<Vec<Received>, DomainError> {
    let text = "\
UPDATE queue_messages SET visible_at = $3, receive_count = receive_count + 1, receipt = gen_random_uuid()
WHERE id IN (
  SELECT id FROM queue_messages
  WHERE queue = $1 AND dead_at IS NULL AND visible_at <= $2
  ORDER BY visible_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING id, receipt, body, receive_count, created_at";
    let now = tx.now();
    let values = [
        queue.into(),
        now.into(),
        (now + visibility).into(),
        i64::from(max).into(),
    ];
    let rows = tx.conn().query_all_raw(sql(text, values)).await?;
    rows.iter().map(Received::from_row).collect()
}

/// Hides the message for `visibility` from now. `false`: the receipt is no longer the newest, or the
/// message is gone; stop working on it.
///
/// # Errors
/// Store errors.
pub async fn extend(tx: &mut SystemTx, receipt: Uuid, visibility: TimeDelta) -> Result<bool, DomainError> {
    let text = "UPDATE queue_messages SET visible_at = $2 WHERE receipt = $1 AND dead_at IS NULL";
    let done = tx
        .conn()
        .execute_raw(sql(text, [receipt.into(), (tx.now() + visibility).into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes the message: its work is done. `false` when the receipt is no longer the newest.
///
/// # Errors
/// Store errors.
pub async fn delete(tx: &mut SystemTx, receipt: Uuid) -> Result<bool, DomainError> {
    let text = "DELETE FROM queue_messages WHERE receipt = $1 AND dead_at IS NULL";
    Ok(tx
        .conn()
        .execute_raw(sql(text, [receipt.into()]))
        .await?
        .rows_affected()
        == 1)
}

/// Gives the message back, to be received again after `delay`. The receipt ends.
///
/// # Errors
/// Store errors.
pub async fn give_back(tx: &mut SystemTx, receipt: Uuid, delay: TimeDelta) -> Result<bool, DomainError> {
    let text =
        "UPDATE queue_messages SET visible_at = $2, receipt = NULL WHERE receipt = $1 AND dead_at IS NULL";
    let done = tx
        .conn()
        .execute_raw(sql(text, [receipt.into(), (tx.now() + delay).into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts the message aside for people to look at: it is not received again.
///
/// # Errors
/// Store errors.
pub async fn bury(tx: &mut SystemTx, receipt: Uuid) -> Result<bool, DomainError> {
    let text = "UPDATE queue_messages SET dead_at = $2 WHERE receipt = $1 AND dead_at IS NULL";
    Ok(tx
        .conn()
        .execute_raw(sql(text, [receipt.into(), tx.now().into()]))
        .await?
        .rows_affected()
        == 1)
}

/// How full a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Messages that could be received now.
    pub waiting: u64,
    /// Messages in someone's hands, or given back with a delay.
    pub hidden: u64,
    /// Messages put aside.
    pub dead: u64,
}

/// Counts the messages of `queue`, for metrics.
///
/// # Errors
/// Store errors.
pub async fn depth(tx: &mut SystemTx, queue: &str) -> Result<Depth, DomainError> {
    let text = "\
SELECT count(*) FILTER (WHERE dead_at IS NULL AND visible_at <= $2) AS waiting,
       count(*) FILTER (WHERE dead_at IS NULL AND visible_at > $2) AS hidden,
       count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead
FROM queue_messages WHERE queue = $1";
    let row = tx
        .conn()
        .query_one_raw(sql(text, [queue.into(), tx.now().into()]))
        .await?;
    let row = row.ok_or(DomainError::NotFound)?;
    let count = |name: &str| row.try_get::<i64>("", name).map(i64::unsigned_abs);
    Ok(Depth {
        waiting: count("waiting")?,
        hidden: count("hidden")?,
        dead: count("dead")?,
    })
}
