//! What the worker does to a job it holds: claim, report its stage, finish, give back.
//!
//! The role behind a [`WorkerTx`] may only write the columns named here; it has no grant on work itself.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use smartstack_schema::{JobId, JobReason, JobStage, JobState, NodeKind, SuggestionId};
use uuid::Uuid;

use super::lock;
use crate::{
    ai::ledger,
    db::{WorkerTx, WorkspaceTx},
    entity::job::Model,
    error::DomainError,
    record::{self, Subject},
    store,
    suggestion::{self, SuggestionDraft},
};

/// For how long, and for whom, a job is lent out.
#[derive(Debug, Clone)]
pub struct Lease {
    /// Names the process, for people who look into a failure.
    pub owner: String,
    /// From now on; without a heartbeat in this time the job may be claimed again.
    pub duration: Duration,
}

/// What became of asking for a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is yours.
    Claimed {
        /// The number every write of this attempt carries.
        attempt: i32,
    },
    /// Another worker holds it. Ask again after this moment.
    Held {
        /// When the other's lease ends, unless extended.
        until: DateTime<Utc>,
    },
    /// There is nothing left to do: it is in this state.
    Over(JobState),
    /// There is no such job; it may have gone with its workspace or project.
    Missing,
}

/// What became of a write that carries an attempt's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Written<T = ()> {
    /// It is stored.
    Done(T),
    /// The job is no longer this attempt's: cancelled, claimed by another or finished. Nothing was
    /// changed.
    Fenced,
}

#[derive(FromQueryResult)]
struct Held {
    state: String,
    lease_until: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Touched {
    project_id: Uuid,
    attempt: i32,
}

/// Takes a job that is queued, or whose worker's lease is over, and begins a new attempt.
///
/// # Errors
/// Store errors alone.
pub async fn claim(tx: &mut WorkerTx, id: JobId, lease: &Lease) -> Result<Claim, DomainError> {
    let now = tx.now();
    let values: Vec<Value> = vec![
        store::workspace(tx).into(),
        id.uuid().into(),
        now.into(),
        lease.owner.clone().into(),
        (now + lease.duration).into(),
    ];
    let claimed: Vec<Touched> = store::rows(
        tx,
        "UPDATE jobs SET state = 'RUNNING', attempt = attempt + 1, stage = NULL, stages = '[]', reason = NULL,
           reason_message = NULL, lease_owner = $4, lease_until = $5, started_at = $3, finished_at = NULL,
           version = version + 1
         WHERE workspace_id = $1 AND id = $2 AND (state = 'QUEUED' OR (state = 'RUNNING' AND lease_until <= $3))
         RETURNING project_id, attempt",
        values,
    )
    .await?;
    let Some(claimed) = claimed.into_iter().next() else {
        return unclaimed(tx, id).await;
    };
    let attempt = claimed.attempt;
    // What a worker that is gone had reserved: nothing came of it.
    ledger::release(tx, id, attempt - 1).await?;
    let values: Vec<Value> = vec![
        store::workspace(tx).into(),
        id.uuid().into(),
        attempt.into(),
        now.into(),
    ];
    store::execute(
        tx,
        "UPDATE job_attempts SET finished_at = $4, outcome = 'LEASE_LOST'
         WHERE workspace_id = $1 AND job_id = $2 AND attempt < $3 AND finished_at IS NULL",
        values.clone(),
    )
    .await?;
    store::execute(
        tx,
        "INSERT INTO job_attempts (workspace_id, job_id, attempt, started_at, lease_owner)
         VALUES ($1, $2, $3, $4, $5)",
        values.into_iter().chain([lease.owner.clone().into()]),
    )
    .await?;
    changed(
        tx,
        "job.claim",
        id,
        claimed.project_id,
        json!({ "state": "RUNNING", "attempt": attempt }),
    );
    Ok(Claim::Claimed { attempt })
}

async fn unclaimed(tx: &WorkspaceTx, id: JobId) -> Result<Claim, DomainError> {
    let rows: Vec<Held> = store::rows(
        tx,
        "SELECT state, lease_until FROM jobs WHERE workspace_id = $1 AND id = $2",
        [store::workspace(tx).into(), id.uuid().into()],
    )
    .await?;
    let Some(row) = rows.into_iter().next() else {
        ledger::release(tx, id, i32::MAX).await?;
        return Ok(Claim::Missing);
    };
    match store::parse(&row.state)? {
        JobState::Queued | JobState::Running => Ok(Claim::Held {
            until: row.lease_until.unwrap_or(tx.now()),
        }),
        state => {
            // A worker may have died over it before a person cancelled it.
            ledger::release(tx, id, i32::MAX).await?;
            Ok(Claim::Over(state))
        }
    }
}

/// Extends the lease.
///
/// # Errors
/// Store errors alone.
pub async fn heartbeat(
    tx: &mut WorkerTx,
    id: JobId,
    attempt: i32,
    lease: &Lease,
) -> Result<Written, DomainError> {
    let until = tx.now() + lease.duration;
    let touched = store::execute(
        tx,
        "UPDATE jobs SET lease_until = $4
         WHERE workspace_id = $1 AND id = $2 AND attempt = $3 AND state = 'RUNNING'",
        [
            store::workspace(tx).into(),
            id.uuid().into(),
            attempt.into(),
            until.into(),
        ],
    )
    .await?;
    Ok(if touched == 1 {
        Written::Done(())
    } else {
        Written::Fenced
    })
}

/// Says what the worker is doing now.
///
/// # Errors
/// Store errors alone.
pub async fn set_stage(
    tx: &mut WorkerTx,
    id: JobId,
    attempt: i32,
    stage: JobStage,
) -> Result<Written, DomainError> {
    let began = json!([{ "stage": stage, "at": tx.now() }]);
    let assignments = "stage = $4, stages = stages || $5";
    let touched = touch(
        tx,
        id,
        attempt,
        assignments,
        vec![stage.as_str().into(), began.into()],
    )
    .await?;
    Ok(match touched {
        None => Written::Fenced,
        Some(project) => {
            record::announce(tx, Subject::new(NodeKind::Job, id.uuid(), Some(project)));
            Written::Done(())
        }
    })
}

/// Stores what was found and ends the job as READY, in one transaction: whatever happens, there is
/// one suggestion or none.
///
/// # Errors
/// [`DomainError::Validation`] when the draft breaks a rule (an item without a title, a quote beyond
/// the text, nothing at all): the engine's output is at fault, and nothing was stored.
pub async fn complete(
    tx: &mut WorkerTx,
    id: JobId,
    attempt: i32,
    draft: SuggestionDraft,
) -> Result<Written<SuggestionId>, DomainError> {
    let Some(row) = held(tx, id, attempt).await? else {
        return Ok(Written::Fenced);
    };
    let language = draft.provenance.language.clone();
    let items = suggestion::check(
        tx,
        row.document_id,
        draft.items,
        draft.draft.as_deref(),
        draft.sentences.as_deref(),
    )
    .await?;
    let Some(made) = suggestion::insert(
        tx,
        &row,
        draft.provenance,
        items,
        draft.draft,
        draft.sentences.as_deref(),
    )
    .await?
    else {
        return Ok(Written::Fenced);
    };
    if let Some(language) = language {
        store::execute(
            tx,
            "UPDATE documents SET language = $3 WHERE workspace_id = $1 AND id = $2",
            [
                store::workspace(tx).into(),
                row.document_id.into(),
                language.into(),
            ],
        )
        .await?;
    }
    finish(tx, &row, JobState::Ready, None).await?;
    Ok(Written::Done(made))
}

/// Ends the job as NEEDS_REVIEW. `message` is said to a person: what happened and what can be done.
///
/// # Errors
/// Store errors alone.
pub async fn needs_review(
    tx: &mut WorkerTx,
    id: JobId,
    attempt: i32,
    reason: JobReason,
    message: &str,
) -> Result<Written, DomainError> {
    let Some(row) = held(tx, id, attempt).await? else {
        return Ok(Written::Fenced);
    };
    finish(tx, &row, JobState::NeedsReview, Some((reason, message))).await?;
    Ok(Written::Done(()))
}

/// Gives the job back to the queue, for a worker that is stopping or will try again later.
///
/// # Errors
/// Store errors alone.
pub async fn release(tx: &mut WorkerTx, id: JobId, attempt: i32) -> Result<Written, DomainError> {
    let assignments = "state = 'QUEUED', stage = NULL, lease_owner = NULL, lease_until = NULL";
    let Some(project) = touch(tx, id, attempt, assignments, vec![]).await? else {
        return Ok(Written::Fenced);
    };
    ledger::release(tx, id, attempt).await?;
    end_attempt(tx, id, attempt, "RELEASED", None).await?;
    changed(tx, "job.release", id, project, json!({ "state": "QUEUED" }));
    Ok(Written::Done(()))
}

/// The job's row, locked, while it is this attempt's.
async fn held(tx: &WorkspaceTx, id: JobId, attempt: i32) -> Result<Option<Model>, DomainError> {
    match lock(tx, id).await {
        Ok(row) if row.attempt == attempt && row.state == JobState::Running.as_str() => Ok(Some(row)),
        Ok(_) | Err(DomainError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn finish(
    tx: &mut WorkerTx,
    row: &Model,
    state: JobState,
    reason: Option<(JobReason, &str)>,
) -> Result<(), DomainError> {
    let (id, now) = (JobId::from(row.id), tx.now());
    let message = reason.map(|(_, message)| message.chars().take(2_000).collect::<String>());
    let code = reason.map(|(reason, _)| reason.as_str());
    let assignments = "state = $4, reason = $5, reason_message = $6, finished_at = $7, stage = NULL,
                       lease_owner = NULL, lease_until = NULL";
    let values = vec![
        state.as_str().into(),
        code.into(),
        message.clone().into(),
        now.into(),
    ];
    touch(tx, id, row.attempt, assignments, values).await?;
    // One suggestion, one charge; without a suggestion none.
    if state == JobState::Ready {
        ledger::settle(tx, id, row.attempt).await?;
    } else {
        ledger::release(tx, id, row.attempt).await?;
    }
    end_attempt(tx, id, row.attempt, state.as_str(), message).await?;
    changed(
        tx,
        "job.finish",
        id,
        row.project_id,
        json!({ "state": state, "reason": code }),
    );
    Ok(())
}

/// Changes the job while it is this attempt's, and returns its project. `assignments` may use
/// `values` from `$4` on.
async fn touch(
    tx: &WorkspaceTx,
    id: JobId,
    attempt: i32,
    assignments: &'static str,
    values: Vec<Value>,
) -> Result<Option<Uuid>, DomainError> {
    let sql = format!(
        "UPDATE jobs SET {assignments}, version = version + 1
         WHERE workspace_id = $1 AND id = $2 AND attempt = $3 AND state = 'RUNNING'
         RETURNING project_id, attempt"
    );
    let scope: [Value; 3] = [store::workspace(tx).into(), id.uuid().into(), attempt.into()];
    let rows: Vec<Touched> = store::rows(tx, &sql, scope.into_iter().chain(values)).await?;
    Ok(rows.first().map(|row| row.project_id))
}

async fn end_attempt(
    tx: &WorkspaceTx,
    id: JobId,
    attempt: i32,
    outcome: &'static str,
    detail: Option<String>,
) -> Result<(), DomainError> {
    let values: [Value; 6] = [
        store::workspace(tx).into(),
        id.uuid().into(),
        attempt.into(),
        tx.now().into(),
        outcome.into(),
        detail.into(),
    ];
    store::execute(
        tx,
        "UPDATE job_attempts SET finished_at = $4, outcome = $5, detail = $6
         WHERE workspace_id = $1 AND job_id = $2 AND attempt = $3 AND finished_at IS NULL",
        values,
    )
    .await?;
    Ok(())
}

fn changed(tx: &mut WorkspaceTx, action: &'static str, id: JobId, project: Uuid, after: serde_json::Value) {
    record::announce(tx, Subject::new(NodeKind::Job, id.uuid(), Some(project)));
    tx.audit(action, NodeKind::Job, id, None, Some(after));
}
