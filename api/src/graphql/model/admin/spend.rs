//! What AI did cost, over all workspaces.

use async_graphql::{Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use smartstack_domain::admin;

use super::account::count;
use crate::graphql::model::scalar::{Date, Long};

/// What sums of AI calls tell apart.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AiSpendGrouping {
    /// A sum for each day, in UTC.
    Day,
    /// A sum for each workspace.
    Workspace,
    /// A sum for each model.
    Model,
}

/// What some AI calls took together. What was not told apart is null.
#[derive(SimpleObject)]
pub struct AiSpendSum {
    /// The day, in UTC.
    pub day: Option<Date>,
    /// The id of the workspace.
    pub workspace_id: Option<ID>,
    /// What that workspace is called.
    pub workspace_name: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Calls that were begun.
    pub calls: i32,
    /// Those of them that brought no answer.
    pub failed_calls: i32,
    /// Tokens read, out of the cache or not.
    pub input_tokens: Long,
    /// Tokens written.
    pub output_tokens: Long,
    /// What workspaces were charged, in millionths of a US dollar.
    pub charged_micro_usd: Long,
    /// What calls did cost that nothing came of: nobody is charged for them, but the installation's
    /// provider is paid. In millionths of a US dollar.
    pub absorbed_micro_usd: Long,
}

impl From<admin::SpendSum> for AiSpendSum {
    fn from(sum: admin::SpendSum) -> Self {
        Self {
            day: sum.day.map(Date),
            workspace_id: sum.workspace_id.map(|id| id.to_string().into()),
            workspace_name: sum.workspace_name,
            model: sum.model,
            calls: count(sum.calls),
            failed_calls: count(sum.failed),
            input_tokens: Long(sum.input_tokens),
            output_tokens: Long(sum.output_tokens),
            charged_micro_usd: Long(sum.charged_micro_usd),
            absorbed_micro_usd: Long(sum.absorbed_micro_usd),
        }
    }
}

/// Where the installation stands in the current month (UTC). Money is in millionths of a US dollar.
#[derive(SimpleObject)]
pub struct InstallationAiBudget {
    /// What all workspaces together may spend in a month; null is no limit.
    pub limit_micro_usd: Option<Long>,
    /// What ended calls did cost this month, charged or not.
    pub spent_micro_usd: Long,
    /// What calls under way may still cost.
    pub reserved_micro_usd: Long,
    /// When the next month begins.
    pub resets_at: DateTime<Utc>,
}

impl From<admin::InstallationBudget> for InstallationAiBudget {
    fn from(budget: admin::InstallationBudget) -> Self {
        Self {
            limit_micro_usd: budget.limit_micro_usd.map(Long),
            spent_micro_usd: Long(budget.spent_micro_usd),
            reserved_micro_usd: Long(budget.reserved_micro_usd),
            resets_at: budget.resets_at,
        }
    }
}
