//! What holds for the whole installation, and where single workspaces differ: whether AI may be
//! called at all, and how much of it.
//!
//! Money is in millionths of a US dollar, the unit models are priced in.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde_json::{Map, Value, json};
use smartstack_schema::{UserErrorCode, WorkspaceId};

use crate::db::{AdminTx, Conn, WorkspaceTx, sql};
use crate::error::{DomainError, FieldError, StoreError};
use crate::input::Patch;

/// Most a month's AI may be allowed to cost, in millionths of a US dollar: a million dollars.
pub const COST_MAX: i64 = 1_000_000_000_000;
/// Most jobs a day that may be allowed.
pub const JOBS_MAX: i32 = 1_000_000;

/// How much AI a workspace may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AiLimits {
    /// What a calendar month (UTC) may cost, in millionths of a US dollar; 0 allows no paid call.
    pub monthly_cost_micro_usd: i64,
    /// How many jobs may be started on a calendar day (UTC).
    pub jobs_per_day: i32,
}

/// What an administrator decides for the whole installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The kill switch: `false` lets no new call to a model begin.
    pub ai_enabled: bool,
    /// For workspaces without limits of their own.
    pub limits: AiLimits,
    /// What all workspaces together may cost in a calendar month (UTC), in millionths of a US dollar; `None`
    /// is no limit.
    pub total_monthly_cost_micro_usd: Option<i64>,
    /// Counts its changes, from 1.
    pub version: i32,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// Where a workspace differs from the installation; `None` is the installation's default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkspaceLimits {
    /// See [`AiLimits::monthly_cost_micro_usd`].
    pub monthly_cost_micro_usd: Option<i64>,
    /// See [`AiLimits::jobs_per_day`].
    pub jobs_per_day: Option<i32>,
}

/// What holds for a workspace right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AiPolicy {
    /// Whether a call may begin at all.
    pub enabled: bool,
    /// Within which limits.
    pub limits: AiLimits,
}

/// What to change of the installation's settings. `None` leaves as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct SettingsPatch {
    /// The kill switch.
    pub ai_enabled: Option<bool>,
    /// The default of a month's cost.
    pub monthly_cost_micro_usd: Option<i64>,
    /// The default of a day's jobs.
    pub jobs_per_day: Option<i32>,
    /// What all workspaces together may cost in a month; clearing takes the limit away.
    pub total_monthly_cost_micro_usd: Patch<i64>,
}

/// What to change of a workspace's limits. Clearing goes back to the installation's default.
#[derive(Debug, Clone, Copy, Default)]
pub struct LimitsPatch {
    /// A month's cost.
    pub monthly_cost_micro_usd: Patch<i64>,
    /// A day's jobs.
    pub jobs_per_day: Patch<i32>,
}

/// What holds for the transaction's workspace. Read it in the transaction that reserves a call: a
/// switch that was thrown before is seen, whatever was true when the job began.
///
/// # Errors
/// Store errors.
pub async fn ai_policy(tx: &WorkspaceTx) -> Result<AiPolicy, DomainError> {
    let text = "\
SELECT s.ai_enabled,
       coalesce(l.ai_monthly_cost_micro_usd, s.ai_monthly_cost_micro_usd) AS ai_monthly_cost_micro_usd,
       coalesce(l.ai_jobs_per_day, s.ai_jobs_per_day) AS ai_jobs_per_day
FROM installation_settings s LEFT JOIN workspace_limits l ON l.workspace_id = $1";
    let row = one(tx.conn(), sql(text, [tx.workspace_id().uuid().into()])).await?;
    Ok(AiPolicy {
        enabled: row.try_get("", "ai_enabled")?,
        limits: limits(&row)?,
    })
}

/// The installation's settings.
///
/// # Errors
/// Store errors.
pub async fn settings(tx: &AdminTx) -> Result<Settings, DomainError> {
    let text = "SELECT * FROM installation_settings";
    let row = one(tx.conn(), sql(text, [])).await?;
    read(&row)
}

/// Changes the installation's settings. Workers see it with the next call they want to begin.
///
/// # Errors
/// Every value out of range; [`DomainError::Conflict`] when `expected_version` is not the current
/// one; store errors.
pub async fn update(
    tx: &mut AdminTx,
    expected_version: Option<i32>,
    patch: SettingsPatch,
) -> Result<Settings, DomainError> {
    let total = value(&patch.total_monthly_cost_micro_usd);
    check(patch.monthly_cost_micro_usd, patch.jobs_per_day, total)?;
    let row = one(
        tx.conn(),
        sql("SELECT * FROM installation_settings FOR UPDATE", []),
    )
    .await?;
    let before = read(&row)?;
    crate::store::expect_version(before.version, expected_version)?;
    let after = Settings {
        ai_enabled: patch.ai_enabled.unwrap_or(before.ai_enabled),
        limits: AiLimits {
            monthly_cost_micro_usd: patch
                .monthly_cost_micro_usd
                .unwrap_or(before.limits.monthly_cost_micro_usd),
            jobs_per_day: patch.jobs_per_day.unwrap_or(before.limits.jobs_per_day),
        },
        total_monthly_cost_micro_usd: patch
            .total_monthly_cost_micro_usd
            .over(before.total_monthly_cost_micro_usd),
        ..before
    };
    if after == before {
        return Ok(before);
    }
    let after = Settings {
        version: before.version + 1,
        updated_at: tx.now(),
        ..after
    };
    let text = "\
UPDATE installation_settings
SET ai_enabled = $1, ai_monthly_cost_micro_usd = $2, ai_jobs_per_day = $3, version = $4, updated_at = $5,
    ai_total_monthly_cost_micro_usd = $6";
    let values = [
        after.ai_enabled.into(),
        after.limits.monthly_cost_micro_usd.into(),
        after.limits.jobs_per_day.into(),
        after.version.into(),
        after.updated_at.into(),
        after.total_monthly_cost_micro_usd.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    let (old, new) = differences(&shown(&before), &shown(&after));
    tx.audit("installation.update", "INSTALLATION", None, Some(old), Some(new));
    Ok(after)
}

/// A workspace's own limits.
///
/// # Errors
/// Store errors.
pub async fn workspace_limits(tx: &AdminTx, workspace: WorkspaceId) -> Result<WorkspaceLimits, DomainError> {
    let text =
        "SELECT ai_monthly_cost_micro_usd, ai_jobs_per_day FROM workspace_limits WHERE workspace_id = $1";
    let row = tx
        .conn()
        .query_one_raw(sql(text, [workspace.uuid().into()]))
        .await?;
    row.map_or(Ok(WorkspaceLimits::default()), |row| own_limits(&row))
}

/// Changes a workspace's own limits. The workspace's audit log says so, too.
///
/// # Errors
/// Every value out of range; [`DomainError::NotFound`]; store errors.
pub async fn set_workspace_limits(
    tx: &mut AdminTx,
    workspace: WorkspaceId,
    patch: LimitsPatch,
) -> Result<WorkspaceLimits, DomainError> {
    check(
        value(&patch.monthly_cost_micro_usd),
        value(&patch.jobs_per_day),
        None,
    )?;
    let id = workspace.uuid();
    let there = "SELECT id FROM workspaces WHERE id = $1";
    if tx.conn().query_one_raw(sql(there, [id.into()])).await?.is_none() {
        return Err(DomainError::NotFound);
    }
    let before = workspace_limits(tx, workspace).await?;
    let after = WorkspaceLimits {
        monthly_cost_micro_usd: patch.monthly_cost_micro_usd.over(before.monthly_cost_micro_usd),
        jobs_per_day: patch.jobs_per_day.over(before.jobs_per_day),
    };
    if after == before {
        return Ok(before);
    }
    let text = "\
INSERT INTO workspace_limits (workspace_id, ai_monthly_cost_micro_usd, ai_jobs_per_day, updated_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (workspace_id) DO UPDATE
SET ai_monthly_cost_micro_usd = $2, ai_jobs_per_day = $3, updated_at = $4";
    let values = [
        id.into(),
        after.monthly_cost_micro_usd.into(),
        after.jobs_per_day.into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    let (old, new) = differences(&shown_own(&before), &shown_own(&after));
    tx.audit(
        "workspace.limit",
        "WORKSPACE",
        Some(id),
        Some(old),
        Some(new.clone()),
    );
    tx.audit_in(workspace, "workspace.limit", "WORKSPACE", id, Some(new));
    Ok(after)
}

async fn one(conn: &Conn, statement: Statement) -> Result<QueryResult, DomainError> {
    let row = conn.query_one_raw(statement).await?;
    Ok(row.ok_or_else(|| StoreError::fault("the installation has no settings"))?)
}

fn limits(row: &QueryResult) -> Result<AiLimits, DomainError> {
    Ok(AiLimits {
        monthly_cost_micro_usd: row.try_get("", "ai_monthly_cost_micro_usd")?,
        jobs_per_day: row.try_get("", "ai_jobs_per_day")?,
    })
}

pub(crate) fn own_limits(row: &QueryResult) -> Result<WorkspaceLimits, DomainError> {
    Ok(WorkspaceLimits {
        monthly_cost_micro_usd: row.try_get("", "ai_monthly_cost_micro_usd")?,
        jobs_per_day: row.try_get("", "ai_jobs_per_day")?,
    })
}

fn read(row: &QueryResult) -> Result<Settings, DomainError> {
    Ok(Settings {
        ai_enabled: row.try_get("", "ai_enabled")?,
        limits: limits(row)?,
        total_monthly_cost_micro_usd: row.try_get("", "ai_total_monthly_cost_micro_usd")?,
        version: row.try_get("", "version")?,
        updated_at: row.try_get("", "updated_at")?,
    })
}

fn check(cost: Option<i64>, jobs: Option<i32>, total: Option<i64>) -> Result<(), DomainError> {
    let mut errors = Vec::new();
    for (cost, field) in [
        (cost, "aiMonthlyCostMicroUsd"),
        (total, "aiTotalMonthlyCostMicroUsd"),
    ] {
        if cost.is_some_and(|cost| !(0..=COST_MAX).contains(&cost)) {
            let message = "Allow between 0 and 1,000,000 US dollars a month.";
            errors.push(FieldError::new(UserErrorCode::OutOfRange, field, message));
        }
    }
    if jobs.is_some_and(|jobs| !(0..=JOBS_MAX).contains(&jobs)) {
        errors.push(FieldError::new(
            UserErrorCode::OutOfRange,
            "aiJobsPerDay",
            "Allow between 0 and 1,000,000 jobs a day.",
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(DomainError::Validation(errors))
    }
}

fn value<T: Copy>(patch: &Patch<T>) -> Option<T> {
    match patch {
        Patch::Set(value) => Some(*value),
        Patch::Keep | Patch::Clear => None,
    }
}

fn shown(settings: &Settings) -> Value {
    json!({
        "aiEnabled": settings.ai_enabled,
        "aiMonthlyCostMicroUsd": settings.limits.monthly_cost_micro_usd,
        "aiJobsPerDay": settings.limits.jobs_per_day,
        "aiTotalMonthlyCostMicroUsd": settings.total_monthly_cost_micro_usd,
    })
}

fn shown_own(limits: &WorkspaceLimits) -> Value {
    json!({
        "aiMonthlyCostMicroUsd": limits.monthly_cost_micro_usd,
        "aiJobsPerDay": limits.jobs_per_day,
    })
}

/// The fields that differ, as they were and as they are.
fn differences(before: &Value, after: &Value) -> (Value, Value) {
    let (mut old, mut new) = (Map::new(), Map::new());
    for (field, value) in after.as_object().into_iter().flatten() {
        if before.get(field) != Some(value) {
            old.insert(field.clone(), before.get(field).cloned().unwrap_or_default());
            new.insert(field.clone(), value.clone());
        }
    }
    (Value::Object(old), Value::Object(new))
}
