//! Counts for operators' graphs: what only the database knows, for all workspaces together.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use smartstack_schema::JobState;

use crate::db::{AdminScope, Db, sql};
use crate::error::DomainError;
use crate::store;

/// Jobs of one state that is not their last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobNumbers {
    /// Which state.
    pub state: JobState,
    /// How many.
    pub count: i64,
    /// How long ago the oldest was asked for; nothing where there is none.
    pub oldest: TimeDelta,
}

/// Counts at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    /// Jobs that have not ended, by state; every such state is there.
    pub jobs: Vec<JobNumbers>,
    /// Messages that no worker has taken over yet.
    pub outbox_unsent: i64,
    /// How long the oldest of them has waited; nothing where there is none.
    pub outbox_oldest: TimeDelta,
}

/// The states of jobs that have not ended.
const UNFINISHED: [JobState; 3] = [JobState::Queued, JobState::Running, JobState::NeedsReview];

/// Counts now. For the process itself: no person asks, and nothing is written down.
///
/// # Errors
/// Store errors.
pub async fn numbers(db: &Db) -> Result<Numbers, DomainError> {
    db.in_admin(&AdminScope::COMMAND, |tx| {
        Box::pin(async move {
            let now = tx.now();
            let since = |at: Option<DateTime<Utc>>| at.map_or(TimeDelta::zero(), |at| now - at);
            let text = "\
SELECT state, count(*) AS count, min(created_at) AS oldest FROM jobs
WHERE state IN ('QUEUED','RUNNING','NEEDS_REVIEW') GROUP BY state";
            let rows = tx.conn().query_all_raw(sql(text, [])).await?;
            let mut jobs = UNFINISHED.map(|state| JobNumbers {
                state,
                count: 0,
                oldest: TimeDelta::zero(),
            });
            for row in &rows {
                let state: JobState = store::parse(&row.try_get::<String>("", "state")?)?;
                if let Some(numbers) = jobs.iter_mut().find(|numbers| numbers.state == state) {
                    numbers.count = row.try_get("", "count")?;
                    numbers.oldest = since(row.try_get("", "oldest")?);
                }
            }
            let text =
                "SELECT count(*) AS count, min(created_at) AS oldest FROM outbox WHERE sent_at IS NULL";
            let row = tx.conn().query_one_raw(sql(text, [])).await?;
            let row = row.ok_or(DomainError::NotFound)?;
            Ok(Numbers {
                jobs: jobs.to_vec(),
                outbox_unsent: row.try_get("", "count")?,
                outbox_oldest: since(row.try_get("", "oldest")?),
            })
        })
    })
    .await
}
