//! The ledger of calls: reserved before, known after, settled with the suggestion.
//!
//! A call is made only once its worst cost is reserved under every limit. Its actual cost replaces the
//! worst as soon as it is known; it is charged by the transaction that stores the suggestion
//! ([`job::complete`](crate::job::complete)), so that one suggestion is one charge. Whatever else becomes
//! of the attempt, nothing is charged: what the call did cost is then the installation's alone.

use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use smartstack_schema::{JobId, UseCase};
use uuid::Uuid;

use super::{Usage, month_of, start_of};
use crate::{
    db::{JobEnvelope, SystemTx, WorkerTx, WorkspaceTx, sql},
    error::DomainError,
    store,
};

/// A call that is about to be made.
#[derive(Debug, Clone)]
pub struct NewCall {
    /// The job's attempt it is made in.
    pub attempt: i32,
    /// The how-manieth of the attempt, from 1.
    pub call: i32,
    /// What for.
    pub use_case: UseCase,
    /// Which model is asked.
    pub model: String,
    /// Which prompt it is asked with.
    pub prompt_version: String,
    /// The most it can cost, in millionths of a US dollar.
    pub worst_micro_usd: i64,
}

/// What became of asking for the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// It is set aside; make the call. The id is the call's.
    Reserved(Uuid),
    /// The call must not be made.
    Refused(Refusal),
}

/// Why a call must not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// An administrator has switched AI off.
    AiOff,
    /// It could cost more than the workspace has left this month.
    WorkspaceBudget {
        /// What is left, in millionths of a US dollar.
        left_micro_usd: i64,
        /// The month's limit.
        limit_micro_usd: i64,
    },
    /// The workspace has had its jobs of the day.
    WorkspaceJobs {
        /// How many those are.
        limit: i32,
    },
    /// It could cost more than the installation has left this month.
    InstallationBudget,
}

/// What is committed, and how far it may go.
#[derive(Debug, FromQueryResult)]
struct Standing {
    ai_enabled: bool,
    workspace_limit: i64,
    jobs_limit: i32,
    total_limit: Option<i64>,
    workspace_spent: i64,
    jobs_today: i32,
    total_spent: i64,
}

/// Sets the worst cost of a call aside, under the limits of workspace and installation and only while AI
/// is on; all of it is read in this transaction, which takes turns with every other reservation, so that
/// no two of them can share what is left. Commit before the call.
///
/// # Errors
/// Store errors; among them a refused duplicate of the same call of the same attempt.
pub async fn reserve(
    tx: &mut SystemTx,
    envelope: &JobEnvelope,
    new: &NewCall,
) -> Result<Reservation, DomainError> {
    // A statement of its own: the next one's snapshot has to be taken when the turn has come.
    tx.conn()
        .query_one_raw(sql(
            "SELECT pg_advisory_xact_lock(hashtextextended('ai-budget', 0))",
            [],
        ))
        .await?;
    let standing = standing(tx, envelope).await?;
    if let Some(refusal) = standing.refusal(new.worst_micro_usd) {
        return Ok(Reservation::Refused(refusal));
    }
    let id: Uuid = tx.new_id();
    let values: [Value; 10] = [
        id.into(),
        envelope.workspace_id().uuid().into(),
        envelope.job_id().uuid().into(),
        new.attempt.into(),
        new.call.into(),
        new.use_case.as_str().into(),
        new.model.clone().into(),
        new.prompt_version.clone().into(),
        new.worst_micro_usd.into(),
        tx.now().into(),
    ];
    tx.conn()
        .execute_raw(sql(
            "INSERT INTO ai_calls (id, workspace_id, job_id, attempt, call, use_case, model, prompt_version, state,
               reserved_micro_usd, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'RESERVED', $9, $10)",
            values,
        ))
        .await?;
    Ok(Reservation::Reserved(id))
}

async fn standing(tx: &SystemTx, envelope: &JobEnvelope) -> Result<Standing, DomainError> {
    // `FOR SHARE`: once the transaction that switches AI off has committed, no reservation that began
    // before it goes through.
    let text = "\
SELECT s.ai_enabled, coalesce(l.ai_monthly_cost_micro_usd, s.ai_monthly_cost_micro_usd) AS workspace_limit,
  coalesce(l.ai_jobs_per_day, s.ai_jobs_per_day) AS jobs_limit, s.ai_total_monthly_cost_micro_usd AS total_limit,
  (SELECT coalesce(sum(coalesce(c.cost_micro_usd, c.reserved_micro_usd)), 0) FROM ai_calls c
    WHERE c.workspace_id = $1 AND c.at >= $2 AND c.state <> 'RELEASED')::int8 AS workspace_spent,
  (SELECT count(DISTINCT c.job_id) FROM ai_calls c
    WHERE c.workspace_id = $1 AND c.at >= $3 AND c.state <> 'RELEASED' AND c.job_id <> $4)::int4 AS jobs_today,
  (SELECT coalesce(sum(CASE c.state WHEN 'RELEASED' THEN coalesce(c.cost_micro_usd, 0)
                                    ELSE coalesce(c.cost_micro_usd, c.reserved_micro_usd) END), 0)
    FROM ai_calls c WHERE c.at >= $2)::int8 AS total_spent
FROM installation_settings s LEFT JOIN workspace_limits l ON l.workspace_id = $1
FOR SHARE OF s";
    let now = tx.now();
    let values = [
        envelope.workspace_id().uuid().into(),
        month_of(now).into(),
        start_of(now.date_naive()).into(),
        envelope.job_id().uuid().into(),
    ];
    let row = tx.conn().query_one_raw(sql(text, values)).await?;
    let row = row.ok_or_else(|| store::fault("installation_settings has no row"))?;
    Ok(Standing::from_query_result(&row, "")?)
}

impl Standing {
    fn refusal(&self, worst: i64) -> Option<Refusal> {
        if !self.ai_enabled {
            return Some(Refusal::AiOff);
        }
        if self.jobs_today >= self.jobs_limit {
            return Some(Refusal::WorkspaceJobs {
                limit: self.jobs_limit,
            });
        }
        if self.workspace_spent.saturating_add(worst) > self.workspace_limit {
            return Some(Refusal::WorkspaceBudget {
                left_micro_usd: (self.workspace_limit - self.workspace_spent).max(0),
                limit_micro_usd: self.workspace_limit,
            });
        }
        let total = self.total_spent.saturating_add(worst);
        self.total_limit
            .is_some_and(|limit| total > limit)
            .then_some(Refusal::InstallationBudget)
    }
}

/// Notes what an answered call took. It stays reserved, at this cost, until the job has ended.
///
/// # Errors
/// Store errors alone. A call whose attempt has lost the job has been released; that it did cost
/// something is noted all the same.
pub async fn answered(tx: &mut WorkerTx, call: Uuid, usage: &Usage) -> Result<(), DomainError> {
    let values: [Value; 8] = [
        store::workspace(tx).into(),
        call.into(),
        usage.cost_micro_usd.into(),
        usage.input_tokens.into(),
        usage.output_tokens.into(),
        usage.cache_read_tokens.into(),
        usage.cache_write_tokens.into(),
        tx.now().into(),
    ];
    store::execute(
        tx,
        "UPDATE ai_calls SET cost_micro_usd = $3, input_tokens = $4, output_tokens = $5, cache_read_tokens = $6,
           cache_write_tokens = $7, finished_at = $8
         WHERE workspace_id = $1 AND id = $2",
        values,
    )
    .await?;
    Ok(())
}

/// Releases a call nothing came of. `failure` names the kind in a word.
///
/// # Errors
/// Store errors alone.
pub async fn failed(tx: &mut WorkerTx, call: Uuid, failure: &str) -> Result<(), DomainError> {
    let values: [Value; 4] = [
        store::workspace(tx).into(),
        call.into(),
        failure.into(),
        tx.now().into(),
    ];
    store::execute(
        tx,
        "UPDATE ai_calls SET state = 'RELEASED', failure = $3, finished_at = coalesce(finished_at, $4)
         WHERE workspace_id = $1 AND id = $2 AND state = 'RESERVED'",
        values,
    )
    .await?;
    Ok(())
}

/// Charges the answered calls of a job's attempt: its suggestion is being stored in this transaction.
pub(crate) async fn settle(tx: &WorkspaceTx, job: JobId, attempt: i32) -> Result<(), DomainError> {
    store::execute(
        tx,
        "UPDATE ai_calls SET state = 'SETTLED'
         WHERE workspace_id = $1 AND job_id = $2 AND attempt = $3 AND state = 'RESERVED'
           AND cost_micro_usd IS NOT NULL",
        [store::workspace(tx).into(), job.uuid().into(), attempt.into()],
    )
    .await?;
    release(tx, job, attempt).await
}

/// Releases what a job's attempts up to this one still have reserved: nothing came of them.
pub(crate) async fn release(tx: &WorkspaceTx, job: JobId, attempt: i32) -> Result<(), DomainError> {
    let values: [Value; 4] = [
        store::workspace(tx).into(),
        job.uuid().into(),
        attempt.into(),
        tx.now().into(),
    ];
    store::execute(
        tx,
        "UPDATE ai_calls SET state = 'RELEASED', finished_at = coalesce(finished_at, $4)
         WHERE workspace_id = $1 AND job_id = $2 AND attempt <= $3 AND state = 'RESERVED'",
        values,
    )
    .await?;
    Ok(())
}
