//! Which programs are there, and how their parts do, by what they say themselves.

mod reporter;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use smartstack_schema::{PartKind, ProcessKind};

pub use self::reporter::{Probe, Reporter};
use crate::db::{AdminTx, SystemTx, sql};
use crate::error::{DomainError, StoreError};

/// How often a program says that it is there.
pub const EVERY: TimeDelta = TimeDelta::seconds(10);
/// A program that has said nothing for so long counts as down: three words missed.
pub const STALE_AFTER: TimeDelta = TimeDelta::seconds(30);
/// How long the last word of a program that died is kept.
pub const KEPT: TimeDelta = TimeDelta::days(1);
/// Longest text about a part; what is beyond is left out.
const DETAIL_MAX: usize = 300;

/// What a program says of one of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub part: PartKind,
    /// Whether it answers.
    pub ok: bool,
    /// Which one it is, and what is wrong; never a secret.
    pub detail: String,
}

/// A program's last word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Unique over all programs and starts.
    pub process: String,
    /// Which program.
    pub kind: ProcessKind,
    /// Its release.
    pub version: String,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it last said so.
    pub at: DateTime<Utc>,
    /// Whether that is too long ago.
    pub stale: bool,
    /// How its parts do.
    pub parts: Vec<Part>,
}

/// Says that a program is there.
///
/// # Errors
/// Store errors.
pub async fn report(
    tx: &mut SystemTx,
    process: &str,
    kind: ProcessKind,
    version: &str,
    started_at: DateTime<Utc>,
    parts: Vec<Part>,
) -> Result<(), DomainError> {
    let cut = |mut part: Part| {
        part.detail = part
            .detail
            .chars()
            .filter(|c| *c != '\0')
            .take(DETAIL_MAX)
            .collect();
        part
    };
    let parts: Vec<Part> = parts.into_iter().map(cut).collect();
    let text = "\
INSERT INTO heartbeats (process, kind, version, started_at, at, parts) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (process) DO UPDATE SET at = $5, parts = $6";
    let values = [
        process.into(),
        kind.as_str().into(),
        version.into(),
        started_at.into(),
        tx.now().into(),
        serde_json::to_value(parts).map_err(StoreError::fault)?.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(())
}

/// Says that a program stops on purpose: it is not missed.
///
/// # Errors
/// Store errors.
pub async fn leave(tx: &mut SystemTx, process: &str) -> Result<(), DomainError> {
    let text = "DELETE FROM heartbeats WHERE process = $1";
    tx.conn().execute_raw(sql(text, [process.into()])).await?;
    Ok(())
}

/// Every program that was there in the last day and did not leave, newest start first.
///
/// # Errors
/// Store errors.
pub async fn processes(tx: &AdminTx) -> Result<Vec<Process>, DomainError> {
    let text = "\
SELECT process, kind, version, started_at, at, parts FROM heartbeats WHERE at > $1 ORDER BY kind, started_at DESC, process
LIMIT 200";
    let rows = tx
        .conn()
        .query_all_raw(sql(text, [(tx.now() - KEPT).into()]))
        .await?;
    let mut processes = Vec::with_capacity(rows.len());
    for row in rows {
        let kind: String = row.try_get("", "kind")?;
        let at: DateTime<Utc> = row.try_get("", "at")?;
        let parts: serde_json::Value = row.try_get("", "parts")?;
        processes.push(Process {
            process: row.try_get("", "process")?,
            kind: ProcessKind::parse(&kind).ok_or_else(|| StoreError::fault("an unknown program"))?,
            version: row.try_get("", "version")?,
            started_at: row.try_get("", "started_at")?,
            at,
            stale: at + STALE_AFTER < tx.now(),
            // A newer release may know parts that this one does not: those are left out.
            parts: parts
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|part| serde_json::from_value(part.clone()).ok())
                .collect(),
        });
    }
    Ok(processes)
}

/// Forgets programs that died long ago.
///
/// # Errors
/// Store errors.
pub async fn purge(tx: &mut SystemTx, kept: TimeDelta) -> Result<u64, DomainError> {
    let text = "DELETE FROM heartbeats WHERE at < $1";
    let done = tx
        .conn()
        .execute_raw(sql(text, [(tx.now() - kept).into()]))
        .await?;
    Ok(done.rows_affected())
}
