//! Workspaces from outside, and their limits.

use crate::{
    gql::{
        Ask, Error, UserError, documents, run, settle,
        types::{DateTime, Maybe, PageInfo},
    },
    page::{admin::collect, clients::query::Listed},
    schema,
};

documents! {
    query ListQuery(ListVariables);
    query OneQuery(OneVariables);
    mutation LimitMutation(LimitVariables);
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "WorkspaceSize")]
pub(super) struct Size {
    pub(super) id: cynic::Id,
    pub(super) name: String,
    pub(super) owners: Vec<String>,
    pub(super) member_count: i32,
    pub(super) project_count: i32,
    pub(super) task_count: i32,
    pub(super) document_bytes: i64,
    pub(super) jobs_last_day: i32,
    pub(super) limits: WorkspaceLimits,
    pub(super) created_at: DateTime,
    pub(super) deleted_at: Option<DateTime>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct WorkspaceLimits {
    pub(super) ai_monthly_cost_micro_usd: Option<i64>,
    pub(super) ai_jobs_per_day: Option<i32>,
}

/// What holds where a workspace has no limits of its own.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "InstallationSettings")]
pub(super) struct Defaults {
    pub(super) ai_monthly_cost_micro_usd: i64,
    pub(super) ai_jobs_per_day: i32,
}

#[derive(cynic::QueryVariables)]
struct ListVariables {
    after: Option<String>,
    search: Option<String>,
    deleted: Option<bool>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ListVariables")]
struct ListQuery {
    admin: Option<ListAdmin>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Administration", variables = "ListVariables")]
struct ListAdmin {
    #[arguments(first: 50, after: $after, filter: { search: $search, deleted: $deleted })]
    workspaces: SizeConnection,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "WorkspaceSizeConnection")]
struct SizeConnection {
    nodes: Vec<Size>,
    page_info: PageInfo,
}

/// Workspaces, newest first, `pages` of 50.
pub(super) async fn list(wanted: (Option<String>, bool, usize)) -> Result<Listed<Size>, Error> {
    let (search, deleted, pages) = wanted;
    collect(pages, |after| {
        let variables = ListVariables {
            after,
            search: search.clone(),
            deleted: Some(deleted),
        };
        async {
            let page = run(ListQuery::build(variables)).await?.admin;
            let page = page.ok_or(Error::NotFound)?.workspaces;
            Ok((page.nodes, page.page_info))
        }
    })
    .await
}

#[derive(cynic::QueryVariables)]
struct OneVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "OneVariables")]
struct OneQuery {
    admin: Option<OneAdmin>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Administration", variables = "OneVariables")]
struct OneAdmin {
    #[arguments(id: $id)]
    workspace: Option<Size>,
    settings: Defaults,
}

/// One workspace, with what holds by default.
pub(super) async fn one(id: String) -> Result<(Size, Defaults), Error> {
    let variables = OneVariables {
        id: cynic::Id::new(id),
    };
    let admin = run(OneQuery::build(variables)).await?.admin;
    let admin = admin.ok_or(Error::NotFound)?;
    Ok((admin.workspace.ok_or(Error::NotFound)?, admin.settings))
}

#[derive(cynic::InputObject)]
pub(super) struct AdminWorkspaceLimitInput {
    pub(super) id: cynic::Id,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(super) ai_monthly_cost_micro_usd: Maybe<i64>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(super) ai_jobs_per_day: Maybe<i32>,
}

#[derive(cynic::QueryVariables)]
struct LimitVariables {
    input: AdminWorkspaceLimitInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "LimitVariables")]
struct LimitMutation {
    #[arguments(input: $input)]
    admin_workspace_limit: AdminWorkspacePayload,
}

#[derive(cynic::QueryFragment)]
struct AdminWorkspacePayload {
    workspace: Option<Size>,
    user_errors: Vec<UserError>,
}

/// Gives a workspace limits of its own, or the installation's again.
pub(super) async fn limit(input: AdminWorkspaceLimitInput) -> Result<Size, Error> {
    let payload = run(LimitMutation::build(LimitVariables { input }))
        .await?
        .admin_workspace_limit;
    settle(payload.workspace, payload.user_errors)
}
