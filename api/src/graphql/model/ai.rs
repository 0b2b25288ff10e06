//! What AI costs, may cost, and is good for.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use smartstack_domain::ai;

use super::{
    enums::{Engine, RejectReason, UseCase},
    scalar::{Date, Long},
};

/// A model that texts can be read by, or the built-in rules.
#[derive(SimpleObject)]
pub struct AiModel {
    /// Names it; give it to `jobRetry`.
    pub name: String,
    /// Names it to people.
    pub label: String,
    /// Whether it is a model at all.
    pub engine: Engine,
    /// Who gets to see the text.
    pub provider: String,
    /// How able and how dear it is, in the installation's words.
    pub tier: String,
    /// The use cases it answers unless another is chosen.
    pub default_for: Vec<UseCase>,
}

impl From<ai::model::AiModel> for AiModel {
    fn from(model: ai::model::AiModel) -> Self {
        Self {
            name: model.name,
            label: model.label,
            engine: model.engine.into(),
            provider: model.provider,
            tier: model.tier,
            default_for: model.default_for.into_iter().map(Into::into).collect(),
        }
    }
}

/// Where a workspace stands in the current month (UTC). Money is in millionths of a US dollar.
#[derive(SimpleObject)]
pub struct AiBudget {
    /// Whether an administrator has left AI on. The built-in rules work either way.
    pub ai_enabled: bool,
    /// What may be spent in the month.
    pub limit_micro_usd: Long,
    /// What was charged this month.
    pub spent_micro_usd: Long,
    /// What calls under way may still cost.
    pub reserved_micro_usd: Long,
    /// What is left.
    pub left_micro_usd: Long,
    /// How many jobs may ask a model in a day.
    pub jobs_per_day: i32,
    /// How many have today.
    pub jobs_today: i32,
    /// When the next month begins.
    pub resets_at: DateTime<Utc>,
}

impl From<ai::spend::Budget> for AiBudget {
    fn from(budget: ai::spend::Budget) -> Self {
        Self {
            ai_enabled: budget.ai_enabled,
            limit_micro_usd: Long(budget.limit_micro_usd),
            spent_micro_usd: Long(budget.spent_micro_usd),
            reserved_micro_usd: Long(budget.reserved_micro_usd),
            left_micro_usd: Long(budget.left_micro_usd()),
            jobs_per_day: budget.jobs_per_day,
            jobs_today: budget.jobs_today,
            resets_at: budget.resets_at,
        }
    }
}

/// What one model was charged for one use case on one day.
#[derive(SimpleObject)]
pub struct AiSpend {
    /// The day, in UTC.
    pub day: Date,
    /// What for.
    pub use_case: UseCase,
    /// Which model.
    pub model: String,
    /// Calls that were charged.
    pub calls: i32,
    /// Tokens read, out of the cache or not.
    pub input_tokens: Long,
    /// Tokens written.
    pub output_tokens: Long,
    /// What was charged, in millionths of a US dollar.
    pub cost_micro_usd: Long,
}

impl From<ai::spend::Spend> for AiSpend {
    fn from(spend: ai::spend::Spend) -> Self {
        Self {
            day: Date(spend.day),
            use_case: spend.use_case.into(),
            model: spend.model,
            calls: spend.calls,
            input_tokens: Long(spend.input_tokens),
            output_tokens: Long(spend.output_tokens),
            cost_micro_usd: Long(spend.cost_micro_usd),
        }
    }
}

/// What people made of what one version of a prompt proposed. Items added by hand do not count.
#[derive(SimpleObject)]
pub struct AiFeedback {
    /// What for.
    pub use_case: UseCase,
    /// What proposed the items.
    pub engine: Engine,
    /// Which model, if one was asked.
    pub model: Option<String>,
    /// Which version of the prompt, or of the built-in rules.
    pub prompt_version: Option<String>,
    /// Suggestions made.
    pub suggestions: i32,
    /// Items in them; a draft of a reply or of an update counts as one.
    pub items: i32,
    /// Accepted, edited or not: of replies those that somebody changed, of updates those that were published.
    pub accepted: i32,
    /// Accepted after an edit.
    pub edited: i32,
    /// Rejected: of updates those that were put aside unpublished, of replies none.
    pub rejected: i32,
    /// The share of decided items that were accepted, 0 to 1; null while nothing has been decided, and for replies.
    pub acceptance_rate: Option<f64>,
    /// How much of a title (in characters) or of a draft (in words) was changed, from 0 (nothing) to 1 (everything),
    /// on average over all that were accepted; null without any.
    pub edit_distance: Option<f64>,
    /// How often each reason was given for rejecting, most often first.
    pub reject_reasons: Vec<RejectReasonCount>,
}

/// How often a reason was given for rejecting.
#[derive(SimpleObject)]
pub struct RejectReasonCount {
    /// The reason.
    pub reason: RejectReason,
    /// How often.
    pub count: i32,
}

impl From<ai::feedback::Feedback> for AiFeedback {
    fn from(feedback: ai::feedback::Feedback) -> Self {
        Self {
            use_case: feedback.use_case.into(),
            engine: feedback.engine.into(),
            suggestions: feedback.suggestions,
            items: feedback.items,
            accepted: feedback.accepted,
            edited: feedback.edited,
            rejected: feedback.rejected,
            acceptance_rate: feedback.acceptance_rate(),
            edit_distance: feedback.edit_distance,
            reject_reasons: feedback
                .reject_reasons
                .into_iter()
                .map(|(reason, count)| RejectReasonCount {
                    reason: reason.into(),
                    count,
                })
                .collect(),
            model: feedback.model,
            prompt_version: feedback.prompt_version,
        }
    }
}

/// What a workspace's owner has decided about AI.
#[derive(SimpleObject)]
pub struct AiSettings {
    /// Whether items the workspace has accepted, replies its people have changed and updates they have published are
    /// shown to the model as examples of what is wanted.
    pub use_examples: bool,
    /// Counts its changes; give it as `expectedVersion`.
    pub version: i32,
}

impl From<ai::settings::AiSettings> for AiSettings {
    fn from(settings: ai::settings::AiSettings) -> Self {
        Self {
            use_examples: settings.use_examples,
            version: settings.version,
        }
    }
}
