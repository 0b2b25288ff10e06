//! What AI did cost, and what it may.

use crate::{
    fmt::Day,
    gql::{
        Ask, Error, UserError, documents, run, settle,
        types::{DateTime, Maybe},
    },
    schema,
};

documents! {
    query AiQuery(AiVariables);
    mutation UpdateMutation(UpdateVariables);
}

/// What some calls took together.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "AiSpendSum")]
pub(super) struct Sum {
    pub(super) day: Option<Day>,
    pub(super) workspace_id: Option<cynic::Id>,
    pub(super) workspace_name: Option<String>,
    pub(super) model: Option<String>,
    pub(super) calls: i32,
    pub(super) failed_calls: i32,
    pub(super) input_tokens: i64,
    pub(super) output_tokens: i64,
    pub(super) charged_micro_usd: i64,
    pub(super) absorbed_micro_usd: i64,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "InstallationAiBudget")]
pub(super) struct Budget {
    pub(super) limit_micro_usd: Option<i64>,
    pub(super) spent_micro_usd: i64,
    pub(super) reserved_micro_usd: i64,
    pub(super) resets_at: DateTime,
}

/// What administrators decide.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "InstallationSettings")]
pub(in crate::page::admin) struct Settings {
    pub(in crate::page::admin) ai_enabled: bool,
    pub(in crate::page::admin) ai_monthly_cost_micro_usd: i64,
    pub(in crate::page::admin) ai_jobs_per_day: i32,
    pub(in crate::page::admin) ai_total_monthly_cost_micro_usd: Option<i64>,
    pub(in crate::page::admin) version: i32,
    pub(in crate::page::admin) updated_at: DateTime,
}

#[derive(cynic::QueryVariables)]
pub(super) struct AiVariables {
    from: Day,
    to: Day,
    workspace: Option<cynic::Id>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "AiVariables")]
struct AiQuery {
    admin: Option<Ai>,
}

/// Everything the page shows.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Administration", variables = "AiVariables")]
pub(super) struct Ai {
    pub(super) settings: Settings,
    pub(super) ai_budget: Budget,
    #[cynic(rename = "aiSpend", alias)]
    #[arguments(from: $from, to: $to, by: [DAY], workspaceId: $workspace)]
    pub(super) days: Vec<Sum>,
    #[cynic(rename = "aiSpend", alias)]
    #[arguments(from: $from, to: $to, by: [WORKSPACE], workspaceId: $workspace)]
    pub(super) workspaces: Vec<Sum>,
    #[cynic(rename = "aiSpend", alias)]
    #[arguments(from: $from, to: $to, by: [MODEL], workspaceId: $workspace)]
    pub(super) models: Vec<Sum>,
}

/// The page, for the days of a month.
pub(super) async fn ai((from, to, workspace): (Day, Day, Option<String>)) -> Result<Ai, Error> {
    let variables = AiVariables {
        from,
        to,
        workspace: workspace.map(cynic::Id::new),
    };
    run(AiQuery::build(variables)).await?.admin.ok_or(Error::NotFound)
}

#[derive(cynic::InputObject, Default)]
pub(in crate::page::admin) struct AdminSettingsUpdateInput {
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(in crate::page::admin) ai_enabled: Option<bool>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(in crate::page::admin) ai_monthly_cost_micro_usd: Option<i64>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(in crate::page::admin) ai_jobs_per_day: Option<i32>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(in crate::page::admin) ai_total_monthly_cost_micro_usd: Maybe<i64>,
    pub(in crate::page::admin) expected_version: Option<i32>,
}

#[derive(cynic::QueryVariables)]
struct UpdateVariables {
    input: AdminSettingsUpdateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UpdateVariables")]
struct UpdateMutation {
    #[arguments(input: $input)]
    admin_settings_update: AdminSettingsPayload,
}

#[derive(cynic::QueryFragment)]
struct AdminSettingsPayload {
    settings: Option<Settings>,
    user_errors: Vec<UserError>,
}

/// Changes what holds for the whole installation.
pub(in crate::page::admin) async fn update(input: AdminSettingsUpdateInput) -> Result<Settings, Error> {
    let payload = run(UpdateMutation::build(UpdateVariables { input }))
        .await?
        .admin_settings_update;
    settle(payload.settings, payload.user_errors)
}
