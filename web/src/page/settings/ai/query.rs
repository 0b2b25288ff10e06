//! What the AI page reads and switches.

use crate::{
    fmt::Day,
    gql::{
        self, Ask, Error, UserError, documents,
        types::{DateTime, Engine, RejectReason, UseCase},
    },
    page::paste::query::AiModel,
    schema,
};

documents! {
    query AiQuery(AiVariables);
    mutation SettingsMutation(SettingsVariables);
}

#[derive(cynic::QueryVariables, Clone)]
pub(super) struct AiVariables {
    pub(super) workspace: cynic::Id,
    pub(super) from: Day,
    pub(super) to: Day,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "AiVariables")]
struct AiQuery {
    #[arguments(id: $workspace)]
    workspace: Option<Ai>,
}

/// Everything the page shows.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Workspace", variables = "AiVariables")]
pub(super) struct Ai {
    pub(super) ai_models: Vec<AiModel>,
    pub(super) ai_budget: Budget,
    #[arguments(from: $from, to: $to)]
    pub(super) ai_spend: Vec<Spend>,
    pub(super) ai_feedback: Vec<Feedback>,
    pub(super) ai_settings: AiSettings,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "AiBudget")]
pub(super) struct Budget {
    pub(super) ai_enabled: bool,
    pub(super) limit_micro_usd: i64,
    pub(super) spent_micro_usd: i64,
    pub(super) reserved_micro_usd: i64,
    pub(super) left_micro_usd: i64,
    pub(super) jobs_per_day: i32,
    pub(super) jobs_today: i32,
    pub(super) resets_at: DateTime,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "AiSpend")]
pub(super) struct Spend {
    pub(super) use_case: UseCase,
    pub(super) model: String,
    pub(super) calls: i32,
    pub(super) cost_micro_usd: i64,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "AiFeedback")]
pub(super) struct Feedback {
    pub(super) use_case: UseCase,
    pub(super) engine: Engine,
    pub(super) model: Option<String>,
    pub(super) prompt_version: Option<String>,
    pub(super) items: i32,
    pub(super) accepted: i32,
    pub(super) edited: i32,
    pub(super) rejected: i32,
    pub(super) acceptance_rate: Option<f64>,
    pub(super) edit_distance: Option<f64>,
    pub(super) reject_reasons: Vec<RejectReasonCount>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct RejectReasonCount {
    pub(super) reason: RejectReason,
    pub(super) count: i32,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct AiSettings {
    pub(super) use_examples: bool,
    pub(super) version: i32,
}

/// Reads the page, with what was spent in the month that holds `today`.
pub(super) async fn ai(workspace: String) -> Result<Ai, Error> {
    let today = Day::today();
    let (year, month, _) = today.civil();
    let variables = AiVariables {
        workspace: workspace.into(),
        from: Day::from_civil(year, month, 1),
        to: today,
    };
    gql::run(AiQuery::build(variables))
        .await?
        .workspace
        .ok_or(Error::NotFound)
}

#[derive(cynic::InputObject, Clone, Debug)]
struct AiSettingsUpdateInput {
    workspace_id: cynic::Id,
    expected_version: Option<i32>,
    use_examples: bool,
}

#[derive(cynic::QueryVariables)]
struct SettingsVariables {
    input: AiSettingsUpdateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "SettingsVariables")]
struct SettingsMutation {
    #[arguments(input: $input)]
    ai_settings_update: SettingsPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "WorkspacePayload")]
struct SettingsPayload {
    workspace: Option<Settings>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Workspace")]
struct Settings {
    ai_settings: AiSettings,
}

/// Switches the examples on or off.
pub(super) async fn use_examples(workspace: cynic::Id, version: i32, on: bool) -> Result<AiSettings, Error> {
    let input = AiSettingsUpdateInput {
        workspace_id: workspace,
        expected_version: Some(version),
        use_examples: on,
    };
    let payload = gql::run(SettingsMutation::build(SettingsVariables { input }))
        .await?
        .ai_settings_update;
    gql::settle(payload.workspace, payload.user_errors).map(|workspace| workspace.ai_settings)
}
