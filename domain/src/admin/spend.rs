//! What AI did cost, over all workspaces: sums, never what was asked.

use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use smartstack_schema::{UserErrorCode, WorkspaceId};
use uuid::Uuid;

use crate::ai::{month_of, start_of};
use crate::db::{AdminTx, sql};
use crate::error::{DomainError, FieldError};

/// Longest time that sums are made over: a leap year.
pub const SPAN_MAX: TimeDelta = TimeDelta::days(366);

/// Which calls to sum up, and what to tell apart.
#[derive(Debug, Clone, Copy)]
pub struct SpendQuery {
    /// The first day, in UTC.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Of this workspace alone.
    pub workspace_id: Option<WorkspaceId>,
    /// A sum for each day.
    pub by_day: bool,
    /// A sum for each workspace.
    pub by_workspace: bool,
    /// A sum for each model.
    pub by_model: bool,
}

/// What some calls took together. What was not told apart is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendSum {
    /// The day, in UTC.
    pub day: Option<NaiveDate>,
    /// Whose.
    pub workspace_id: Option<WorkspaceId>,
    /// What that workspace is called.
    pub workspace_name: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Calls that were begun.
    pub calls: i64,
    /// Those of them that brought no answer.
    pub failed: i64,
    /// Tokens read, out of the cache or not.
    pub input_tokens: i64,
    /// Tokens written.
    pub output_tokens: i64,
    /// What workspaces were charged, in millionths of a US dollar.
    pub charged_micro_usd: i64,
    /// What calls did cost that nothing came of: the installation's alone, in millionths of a US dollar.
    pub absorbed_micro_usd: i64,
}

/// Where the installation stands in the current month (UTC). Money is in millionths of a US dollar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallationBudget {
    /// What all workspaces together may spend in a month; `None` is no limit.
    pub limit_micro_usd: Option<i64>,
    /// What ended calls did cost this month, charged or not.
    pub spent_micro_usd: i64,
    /// What calls under way may still cost.
    pub reserved_micro_usd: i64,
    /// When the next month begins.
    pub resets_at: DateTime<Utc>,
}

/// Sums of calls, the latest day and then the dearest first; at most 1 000.
///
/// # Errors
/// Days in the wrong order or more than a year apart; store errors.
pub async fn ai_spend(tx: &AdminTx, query: SpendQuery) -> Result<Vec<SpendSum>, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        day: Option<NaiveDate>,
        workspace_id: Option<Uuid>,
        workspace_name: Option<String>,
        model: Option<String>,
        calls: i64,
        failed: i64,
        input_tokens: i64,
        output_tokens: i64,
        charged_micro_usd: i64,
        absorbed_micro_usd: i64,
    }
    check(query.from, query.to)?;
    let until = query.to.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    let text = "\
SELECT CASE WHEN $3 THEN (c.at AT TIME ZONE 'UTC')::date END AS day,
  CASE WHEN $4 THEN c.workspace_id END AS workspace_id, CASE WHEN $4 THEN w.name END AS workspace_name,
  CASE WHEN $5 THEN c.model END AS model, count(*) AS calls, count(c.failure) AS failed,
  sum(coalesce(c.input_tokens, 0) + coalesce(c.cache_read_tokens, 0) + coalesce(c.cache_write_tokens, 0))::int8
    AS input_tokens,
  sum(coalesce(c.output_tokens, 0))::int8 AS output_tokens,
  coalesce(sum(c.cost_micro_usd) FILTER (WHERE c.state = 'SETTLED'), 0)::int8 AS charged_micro_usd,
  coalesce(sum(c.cost_micro_usd) FILTER (WHERE c.state = 'RELEASED'), 0)::int8 AS absorbed_micro_usd
FROM ai_calls c JOIN workspaces w ON w.id = c.workspace_id
WHERE c.at >= $1 AND c.at < $2 AND ($6::uuid IS NULL OR c.workspace_id = $6)
GROUP BY 1, 2, 3, 4
ORDER BY day DESC NULLS LAST, coalesce(sum(c.cost_micro_usd), 0) DESC, workspace_id, model LIMIT 1000";
    let values: [Value; 6] = [
        start_of(query.from).into(),
        start_of(until).into(),
        query.by_day.into(),
        query.by_workspace.into(),
        query.by_model.into(),
        query.workspace_id.map(WorkspaceId::uuid).into(),
    ];
    let rows = tx.conn().query_all_raw(sql(text, values)).await?;
    let read = |row| -> Result<SpendSum, DomainError> {
        let row = Row::from_query_result(row, "")?;
        Ok(SpendSum {
            day: row.day,
            workspace_id: row.workspace_id.map(WorkspaceId),
            workspace_name: row.workspace_name,
            model: row.model,
            calls: row.calls,
            failed: row.failed,
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
            charged_micro_usd: row.charged_micro_usd,
            absorbed_micro_usd: row.absorbed_micro_usd,
        })
    };
    rows.iter().map(read).collect()
}

/// Where the installation stands this month.
///
/// # Errors
/// Store errors.
pub async fn ai_budget(tx: &AdminTx) -> Result<InstallationBudget, DomainError> {
    let month = month_of(tx.now());
    let text = "\
SELECT s.ai_total_monthly_cost_micro_usd AS total,
  (SELECT coalesce(sum(cost_micro_usd), 0) FROM ai_calls WHERE at >= $1 AND state <> 'RESERVED')::int8 AS spent,
  (SELECT coalesce(sum(coalesce(cost_micro_usd, reserved_micro_usd)), 0) FROM ai_calls
    WHERE at >= $1 AND state = 'RESERVED')::int8 AS reserved
FROM installation_settings s";
    let row = tx.conn().query_one_raw(sql(text, [month.into()])).await?;
    let row = row.ok_or(DomainError::NotFound)?;
    Ok(InstallationBudget {
        limit_micro_usd: row.try_get("", "total")?,
        spent_micro_usd: row.try_get("", "spent")?,
        reserved_micro_usd: row.try_get("", "reserved")?,
        resets_at: month + Months::new(1),
    })
}

fn check(from: NaiveDate, to: NaiveDate) -> Result<(), DomainError> {
    let message = if to < from {
        "The last day must not lie before the first."
    } else if to - from > SPAN_MAX {
        "Ask for a year at most."
    } else {
        return Ok(());
    };
    Err(FieldError::new(UserErrorCode::OutOfRange, "to", message).into())
}
