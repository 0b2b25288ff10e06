//! How the installation does: database, outbox, queues, and what its programs say of themselves.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use crate::db::{AdminTx, sql};
use crate::error::DomainError;
use crate::presence::{self, Process};

/// How the installation does.
#[derive(Debug, Clone)]
pub struct Health {
    /// PostgreSQL's own version.
    pub database_version: String,
    /// Bytes the database takes on its disk.
    pub database_bytes: i64,
    /// Messages that no worker has taken over yet.
    pub outbox_unsent: i64,
    /// When the oldest of them was written.
    pub outbox_oldest_at: Option<DateTime<Utc>>,
    /// The queues kept in PostgreSQL.
    pub queues: Vec<QueueHealth>,
    /// Programs that were there in the last day and did not leave.
    pub processes: Vec<Process>,
    /// When each purge last finished.
    pub purges: Vec<PurgeRun>,
}

/// How full a queue is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueHealth {
    /// Its name.
    pub queue: String,
    /// Messages that could be received now.
    pub waiting: i64,
    /// Messages in someone's hands, or given back with a delay.
    pub hidden: i64,
    /// Messages put aside.
    pub dead: i64,
    /// When the oldest that waits was sent.
    pub oldest_at: Option<DateTime<Utc>>,
}

/// The last run of a purge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeRun {
    /// Which.
    pub purge: String,
    /// When it ended; `None` when none has ended yet.
    pub finished_at: Option<DateTime<Utc>>,
    /// What it removed.
    pub removed: Option<i64>,
}

/// How the installation does now.
///
/// # Errors
/// Store errors.
pub async fn health(tx: &AdminTx) -> Result<Health, DomainError> {
    let text = "\
SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
       count(o.id) AS unsent, min(o.created_at) AS oldest
FROM (SELECT id, created_at FROM outbox WHERE sent_at IS NULL) o";
    let row = tx.conn().query_one_raw(sql(text, [])).await?;
    let row = row.ok_or(DomainError::NotFound)?;
    let text = "\
SELECT queue, count(*) FILTER (WHERE dead_at IS NULL AND visible_at <= $1) AS waiting,
       count(*) FILTER (WHERE dead_at IS NULL AND visible_at > $1) AS hidden,
       count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead,
       min(created_at) FILTER (WHERE dead_at IS NULL AND visible_at <= $1) AS oldest
FROM queue_messages GROUP BY queue ORDER BY queue";
    let queues = tx.conn().query_all_raw(sql(text, [tx.now().into()])).await?;
    let queues = queues.iter().map(|row| {
        Ok(QueueHealth {
            queue: row.try_get("", "queue")?,
            waiting: row.try_get("", "waiting")?,
            hidden: row.try_get("", "hidden")?,
            dead: row.try_get("", "dead")?,
            oldest_at: row.try_get("", "oldest")?,
        })
    });
    let text = "SELECT purge, finished_at, removed FROM retention_runs ORDER BY purge";
    let purges = tx.conn().query_all_raw(sql(text, [])).await?;
    let purges = purges.iter().map(|row| {
        Ok(PurgeRun {
            purge: row.try_get("", "purge")?,
            finished_at: row.try_get("", "finished_at")?,
            removed: row.try_get("", "removed")?,
        })
    });
    Ok(Health {
        database_version: row.try_get("", "version")?,
        database_bytes: row.try_get("", "bytes")?,
        outbox_unsent: row.try_get("", "unsent")?,
        outbox_oldest_at: row.try_get("", "oldest")?,
        queues: queues.collect::<Result<_, DomainError>>()?,
        processes: presence::processes(tx).await?,
        purges: purges.collect::<Result<_, DomainError>>()?,
    })
}
