//! What administrators decide.

use async_graphql::{Object, SimpleObject};
use chrono::{DateTime, Utc};
use smartstack_domain::installation;

use crate::graphql::model::scalar::Long;

/// What holds for the whole installation.
pub struct InstallationSettings(pub installation::Settings);

/// What holds for the whole installation.
#[Object]
impl InstallationSettings {
    /// Whether models may be called. When it is off, no new call begins; texts are read by rules alone.
    async fn ai_enabled(&self) -> bool {
        self.0.ai_enabled
    }

    /// What a workspace's models may cost in a calendar month (UTC), in millionths of a US dollar.
    async fn ai_monthly_cost_micro_usd(&self) -> Long {
        Long(self.0.limits.monthly_cost_micro_usd)
    }

    /// How many jobs a workspace may start on a calendar day (UTC).
    async fn ai_jobs_per_day(&self) -> i32 {
        self.0.limits.jobs_per_day
    }

    /// What the models of all workspaces together may cost in a calendar month (UTC), in millionths of a US
    /// dollar; null is no limit.
    async fn ai_total_monthly_cost_micro_usd(&self) -> Option<Long> {
        self.0.total_monthly_cost_micro_usd.map(Long)
    }

    /// Counts its changes, from 1; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Where a workspace differs from the installation.
#[derive(SimpleObject)]
pub struct WorkspaceLimits {
    /// What its models may cost in a calendar month, in millionths of a US dollar; null for the
    /// installation's default.
    pub ai_monthly_cost_micro_usd: Option<Long>,
    /// How many jobs it may start on a calendar day; null for the installation's default.
    pub ai_jobs_per_day: Option<i32>,
}

impl From<installation::WorkspaceLimits> for WorkspaceLimits {
    fn from(limits: installation::WorkspaceLimits) -> Self {
        Self {
            ai_monthly_cost_micro_usd: limits.monthly_cost_micro_usd.map(Long),
            ai_jobs_per_day: limits.jobs_per_day,
        }
    }
}
