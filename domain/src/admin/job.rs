//! Jobs that wait for somebody: which, since when and why; never the text they are about.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::json;
use smartstack_schema::{JobId, JobReason, JobState, JobTrouble, NodeKind, ProjectId, UseCase, WorkspaceId};

use crate::db::page::{Page, Paged};
use crate::db::{AdminTx, JobEnvelope, Newest, sql};
use crate::error::DomainError;
use crate::{job, store};

/// How long a job may wait to be begun before it counts as stuck. Workers look for work ten times a
/// second; ten minutes are an outage.
pub const STUCK_AFTER: TimeDelta = TimeDelta::minutes(10);

/// A job without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Which.
    pub id: JobId,
    /// Whose.
    pub workspace_id: WorkspaceId,
    /// What that workspace is called.
    pub workspace_name: String,
    /// What it is to bring.
    pub use_case: UseCase,
    /// Where it stands.
    pub state: JobState,
    /// What is wrong with it; `None` when nothing is.
    pub trouble: Option<JobTrouble>,
    /// Why it needs a person.
    pub reason: Option<JobReason>,
    /// How often it was begun.
    pub attempt: i32,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the current attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1.
    pub version: i32,
}

/// Which jobs to list. `None` does not restrict.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// In one of these kinds of trouble; in any of them when left out.
    pub trouble: Option<Vec<JobTrouble>>,
    /// Of this workspace.
    pub workspace_id: Option<WorkspaceId>,
}

/// `$1` is now, `$2` the moment before which a waiting job is stuck.
const TROUBLE: &str = "\
CASE WHEN j.state = 'NEEDS_REVIEW' THEN 'NEEDS_REVIEW'
     WHEN j.state = 'RUNNING' AND j.lease_until < $1 THEN 'ABANDONED'
     WHEN j.state = 'QUEUED' AND j.created_at < $2 THEN 'STUCK' END";
const COLUMNS: &str = "\
j.id, j.workspace_id, w.name AS workspace_name, j.use_case, j.state, j.reason, j.attempt, j.created_at, j.started_at,
j.finished_at, j.version";
/// Those of deleted projects are nobody's trouble any more.
const FROM: &str = "\
jobs j JOIN workspaces w ON w.id = j.workspace_id AND w.deleted_at IS NULL
JOIN projects p ON p.workspace_id = j.workspace_id AND p.id = j.project_id AND p.deleted_at IS NULL";

/// A page of jobs in trouble, newest first.
///
/// # Errors
/// A cursor of another list; store errors.
pub async fn jobs(tx: &AdminTx, filter: &JobFilter, page: &Page) -> Result<Paged<JobRecord>, DomainError> {
    let columns = format!("{COLUMNS}, {TROUBLE} AS trouble");
    newest(tx, filter, &columns).page(tx.conn(), page, read).await
}

/// How many jobs are in trouble.
///
/// # Errors
/// Store errors.
pub async fn count_jobs(tx: &AdminTx, filter: &JobFilter) -> Result<i64, DomainError> {
    newest(tx, filter, "").count(tx.conn()).await
}

/// One job.
///
/// # Errors
/// [`DomainError::NotFound`]; store errors.
pub async fn job(tx: &AdminTx, id: JobId) -> Result<JobRecord, DomainError> {
    let text = format!("SELECT {COLUMNS}, {TROUBLE} AS trouble FROM {FROM} WHERE j.id = $3");
    let values = [tx.now().into(), (tx.now() - STUCK_AFTER).into(), id.uuid().into()];
    let row = tx.conn().query_one_raw(sql(&text, values)).await?;
    read(&row.ok_or(DomainError::NotFound)?)
}

/// Queues a job again: one that needs review, was cancelled, was left by its worker or never begun. A
/// message that is still on its way finds it done or at work, and changes nothing.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current
/// one; [`DomainError::InvalidState`] for a job that is being worked on or has its suggestion.
pub async fn retry_job(
    tx: &mut AdminTx,
    id: JobId,
    expected_version: Option<i32>,
) -> Result<JobRecord, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    match (row.state, row.trouble) {
        (JobState::NeedsReview | JobState::Cancelled, _) | (_, Some(_)) => {}
        (JobState::Ready, _) => return refuse("It has already made its suggestion."),
        (JobState::Queued | JobState::Running, None) => return refuse("It is already on its way."),
    }
    set_state(tx, &row, JobState::Queued, "job.retry").await?;
    let payload = JobEnvelope::new(id, row.workspace_id).payload();
    tx.enqueue_in(row.workspace_id, job::TOPIC, payload);
    job(tx, id).await
}

/// Stops a job that has no suggestion yet. A worker that is at it finds out at its next write, which
/// changes nothing.
///
/// # Errors
/// As [`retry_job`].
pub async fn cancel_job(
    tx: &mut AdminTx,
    id: JobId,
    expected_version: Option<i32>,
) -> Result<JobRecord, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    match row.state {
        JobState::Queued | JobState::Running | JobState::NeedsReview => {}
        JobState::Cancelled => return Ok(row),
        JobState::Ready => return refuse("It has already made its suggestion."),
    }
    set_state(tx, &row, JobState::Cancelled, "job.cancel").await?;
    job(tx, id).await
}

async fn lock(tx: &AdminTx, id: JobId, expected_version: Option<i32>) -> Result<JobRecord, DomainError> {
    let text = "SELECT id FROM jobs WHERE id = $1 FOR NO KEY UPDATE";
    tx.conn().query_one_raw(sql(text, [id.uuid().into()])).await?;
    let row = job(tx, id).await?;
    store::expect_version(row.version, expected_version)?;
    Ok(row)
}

async fn set_state(
    tx: &mut AdminTx,
    row: &JobRecord,
    state: JobState,
    action: &str,
) -> Result<(), DomainError> {
    let finished = (state == JobState::Cancelled).then(|| tx.now());
    let text = "\
UPDATE jobs SET state = $2, stage = NULL, stages = '[]', reason = NULL, reason_message = NULL, lease_owner = NULL,
  lease_until = NULL, finished_at = $3, version = version + 1,
  started_at = CASE WHEN $2 = 'QUEUED' THEN NULL ELSE started_at END
WHERE id = $1 RETURNING project_id";
    let values = [row.id.uuid().into(), state.as_str().into(), finished.into()];
    let changed = tx.conn().query_one_raw(sql(text, values)).await?;
    let project = ProjectId(changed.ok_or(DomainError::NotFound)?.try_get("", "project_id")?);
    let (before, after) = (json!({ "state": row.state }), json!({ "state": state }));
    tx.audit(
        action,
        "JOB",
        Some(row.id.uuid()),
        Some(before),
        Some(after.clone()),
    );
    let noted = json!({ "state": state, "by": "administrator" });
    tx.audit_in(row.workspace_id, action, "JOB", row.id.uuid(), Some(noted));
    tx.record_change_in(row.workspace_id, NodeKind::Job, row.id.uuid(), Some(project));
    Ok(())
}

fn newest<'a>(tx: &AdminTx, filter: &JobFilter, columns: &'a str) -> Newest<'a> {
    let mut list = Newest {
        name: "TROUBLED_JOBS",
        columns,
        from: FROM,
        // What the partial index covers.
        conditions: vec!["j.state IN ('QUEUED','RUNNING','NEEDS_REVIEW')".to_owned()],
        values: vec![tx.now().into(), (tx.now() - STUCK_AFTER).into()],
        time: "j.created_at",
        id: "j.id",
    };
    match filter.trouble.as_deref() {
        None | Some([]) => list.conditions.push(format!("({TROUBLE}) IS NOT NULL")),
        Some(wanted) => {
            let wanted: Vec<&str> = wanted.iter().map(|one| one.as_str()).collect();
            let condition = format!("({TROUBLE}) IN (SELECT jsonb_array_elements_text({{}}))");
            list.filter(&condition, json!(wanted));
        }
    }
    if let Some(workspace) = filter.workspace_id {
        list.filter("j.workspace_id = {}", workspace.uuid());
    }
    list
}

fn read(row: &QueryResult) -> Result<JobRecord, DomainError> {
    let text = |name: &str| row.try_get::<String>("", name);
    let maybe = |name: &str| row.try_get::<Option<String>>("", name);
    Ok(JobRecord {
        id: JobId(row.try_get("", "id")?),
        workspace_id: WorkspaceId(row.try_get("", "workspace_id")?),
        workspace_name: text("workspace_name")?,
        use_case: store::parse(&text("use_case")?)?,
        state: store::parse(&text("state")?)?,
        trouble: maybe("trouble")?.as_deref().and_then(JobTrouble::parse),
        reason: store::parse_option(maybe("reason")?.as_deref())?,
        attempt: row.try_get("", "attempt")?,
        created_at: row.try_get("", "created_at")?,
        started_at: row.try_get("", "started_at")?,
        finished_at: row.try_get("", "finished_at")?,
        version: row.try_get("", "version")?,
    })
}

fn refuse<T>(message: &str) -> Result<T, DomainError> {
    Err(DomainError::InvalidState(message.to_owned()))
}
