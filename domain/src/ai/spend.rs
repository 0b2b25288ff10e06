//! What was spent, and what is left.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use sea_orm::{FromQueryResult, Value};
use smartstack_schema::UseCase;

use super::{month_of, start_of};
use crate::{db::WorkspaceTx, error::DomainError, store};

/// Where a workspace stands in the current month (UTC). Money is in millionths of a US dollar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Whether an administrator has left AI on.
    pub ai_enabled: bool,
    /// What the workspace may spend in a month.
    pub limit_micro_usd: i64,
    /// What it was charged this month.
    pub spent_micro_usd: i64,
    /// What calls under way may still cost.
    pub reserved_micro_usd: i64,
    /// How many jobs may ask a model in a day.
    pub jobs_per_day: i32,
    /// How many have today.
    pub jobs_today: i32,
    /// When the next month begins.
    pub resets_at: DateTime<Utc>,
}

impl Budget {
    /// What is left of the month's money.
    #[must_use]
    pub fn left_micro_usd(&self) -> i64 {
        (self.limit_micro_usd - self.spent_micro_usd - self.reserved_micro_usd).max(0)
    }
}

/// What one model took for one use case on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spend {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// What for.
    pub use_case: UseCase,
    /// Which model.
    pub model: String,
    /// Calls that were charged.
    pub calls: i32,
    /// Tokens read, out of the cache or not.
    pub input_tokens: i64,
    /// Tokens written.
    pub output_tokens: i64,
    /// What was charged.
    pub cost_micro_usd: i64,
}

/// Where the workspace stands.
///
/// # Errors
/// Store errors alone.
pub async fn budget(tx: &WorkspaceTx) -> Result<Budget, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        ai_enabled: bool,
        limit_micro_usd: i64,
        jobs_per_day: i32,
        spent_micro_usd: i64,
        reserved_micro_usd: i64,
        jobs_today: i32,
    }
    let month = month_of(tx.now());
    let values: [Value; 3] = [
        store::workspace(tx).into(),
        month.into(),
        start_of(tx.now().date_naive()).into(),
    ];
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT s.ai_enabled, coalesce(l.ai_monthly_cost_micro_usd, s.ai_monthly_cost_micro_usd) AS limit_micro_usd,
           coalesce(l.ai_jobs_per_day, s.ai_jobs_per_day) AS jobs_per_day,
           (SELECT coalesce(sum(cost_micro_usd), 0) FROM ai_calls
             WHERE workspace_id = $1 AND at >= $2 AND state = 'SETTLED')::int8 AS spent_micro_usd,
           (SELECT coalesce(sum(coalesce(cost_micro_usd, reserved_micro_usd)), 0) FROM ai_calls
             WHERE workspace_id = $1 AND at >= $2 AND state = 'RESERVED')::int8 AS reserved_micro_usd,
           (SELECT count(DISTINCT job_id) FROM ai_calls
             WHERE workspace_id = $1 AND at >= $3 AND state <> 'RELEASED')::int4 AS jobs_today
         FROM installation_settings s LEFT JOIN workspace_limits l ON l.workspace_id = $1",
        values,
    )
    .await?;
    let row = rows
        .into_iter()
        .next()
        .ok_or_else(|| store::fault("installation_settings has no row"))?;
    Ok(Budget {
        ai_enabled: row.ai_enabled,
        limit_micro_usd: row.limit_micro_usd,
        spent_micro_usd: row.spent_micro_usd,
        reserved_micro_usd: row.reserved_micro_usd,
        jobs_per_day: row.jobs_per_day,
        jobs_today: row.jobs_today,
        resets_at: month + Months::new(1),
    })
}

/// What the workspace was charged from one day to another, both included, by day, use case and model;
/// latest first, and at most 1 000 rows.
///
/// # Errors
/// Store errors alone.
pub async fn by_day(tx: &WorkspaceTx, from: NaiveDate, to: NaiveDate) -> Result<Vec<Spend>, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        day: NaiveDate,
        use_case: String,
        model: String,
        calls: i32,
        input_tokens: i64,
        output_tokens: i64,
        cost_micro_usd: i64,
    }
    let until = to.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    let values: [Value; 3] = [
        store::workspace(tx).into(),
        start_of(from).into(),
        start_of(until).into(),
    ];
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT (at AT TIME ZONE 'UTC')::date AS day, use_case, model, count(*)::int4 AS calls,
           sum(coalesce(input_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0))::int8
             AS input_tokens,
           sum(coalesce(output_tokens, 0))::int8 AS output_tokens, sum(cost_micro_usd)::int8 AS cost_micro_usd
         FROM ai_calls WHERE workspace_id = $1 AND at >= $2 AND at < $3 AND state = 'SETTLED'
         GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3 LIMIT 1000",
        values,
    )
    .await?;
    let convert = |row: Row| -> Result<Spend, DomainError> {
        Ok(Spend {
            day: row.day,
            use_case: store::parse(&row.use_case)?,
            model: row.model,
            calls: row.calls,
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
            cost_micro_usd: row.cost_micro_usd,
        })
    };
    rows.into_iter().map(convert).collect()
}
