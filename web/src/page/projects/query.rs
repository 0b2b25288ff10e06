//! Projects as the list reads them, and what can be done to them.

use crate::{
    fmt::Day,
    gql::{
        self, Ask, Error, UserError, documents, settle,
        types::{ClientRef, Hue, Maybe, MoneyInput, NodeVersionInput, PageInfo, ProjectStatus},
    },
    page::clients::query::Listed,
    schema, session,
};

documents! {
    query ListQuery(ListVariables);
    query ClientsQuery(ClientsVariables);
    mutation CreateMutation(CreateVariables);
    mutation UpdateMutation(UpdateVariables);
    mutation DeleteMutation(VersionVariables);
    mutation RestoreMutation(VersionVariables);
}

/// A project as the list shows it.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Project")]
pub(crate) struct ProjectRow {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) hue: Hue,
    pub(crate) status: ProjectStatus,
    pub(crate) client: Option<ClientRef>,
    pub(crate) due_date: Option<Day>,
    pub(crate) progress: RowProgress,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "ProjectProgress")]
pub(crate) struct RowProgress {
    pub(crate) total: i32,
    pub(crate) done: i32,
    pub(crate) overdue: i32,
    pub(crate) remaining_max_minutes: i32,
}

#[derive(cynic::QueryVariables)]
struct ListVariables {
    id: cynic::Id,
    after: Option<String>,
    search: Option<String>,
    status: Option<Vec<ProjectStatus>>,
    client: Option<cynic::Id>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ListVariables")]
struct ListQuery {
    #[arguments(id: $id)]
    workspace: Option<ListWorkspace>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Workspace", variables = "ListVariables")]
struct ListWorkspace {
    #[arguments(first: 50, after: $after, filter: { search: $search, status: $status, clientId: $client }, orderBy: { field: UPDATED_AT, direction: DESC })]
    projects: ProjectPage,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "ProjectConnection")]
struct ProjectPage {
    nodes: Vec<ProjectRow>,
    page_info: PageInfo,
}

/// What the list is narrowed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Filter {
    pub(crate) search: Option<String>,
    pub(crate) status: Option<ProjectStatus>,
    pub(crate) client: Option<String>,
}

/// Projects, last changed first, `pages` of 50.
pub(crate) async fn list(filter: Filter, pages: usize) -> Result<Listed<ProjectRow>, Error> {
    let mut nodes = Vec::new();
    let mut after = None;
    for _ in 0..pages {
        let variables = ListVariables {
            id: session::workspace_id(),
            after: after.take(),
            search: filter.search.clone(),
            status: filter.status.map(|status| vec![status]),
            client: filter.client.clone().map(cynic::Id::new),
        };
        let page = gql::run(ListQuery::build(variables))
            .await?
            .workspace
            .ok_or(Error::NotFound)?
            .projects;
        nodes.extend(page.nodes);
        if !page.page_info.has_next_page {
            return Ok(Listed { nodes, more: false });
        }
        after = page.page_info.end_cursor;
    }
    Ok(Listed { nodes, more: true })
}

#[derive(cynic::QueryVariables)]
struct ClientsVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ClientsVariables")]
struct ClientsQuery {
    #[arguments(id: $id)]
    workspace: Option<ClientsWorkspace>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Workspace")]
struct ClientsWorkspace {
    #[arguments(first: 100, filter: { archived: false }, orderBy: { field: NAME, direction: ASC })]
    clients: ClientRefs,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "ClientConnection")]
struct ClientRefs {
    nodes: Vec<ClientRef>,
}

/// Clients to choose from.
pub(crate) async fn clients(workspace: cynic::Id) -> Result<Vec<ClientRef>, Error> {
    let answer = gql::run(ClientsQuery::build(ClientsVariables { id: workspace })).await?;
    Ok(answer.workspace.ok_or(Error::NotFound)?.clients.nodes)
}

#[derive(cynic::InputObject, Clone, Debug)]
pub(crate) struct ProjectCreateInput {
    pub(crate) workspace_id: cynic::Id,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) client_id: Option<cynic::Id>,
    pub(crate) status: Option<ProjectStatus>,
    pub(crate) hue: Option<Hue>,
    pub(crate) start_date: Option<Day>,
    pub(crate) due_date: Option<Day>,
    pub(crate) budget: Option<MoneyInput>,
    pub(crate) budget_minutes: Option<i32>,
    pub(crate) hourly_rate: Option<MoneyInput>,
    pub(crate) idempotency_key: Option<String>,
}

/// Changes to a project; what is not named stays.
#[derive(cynic::InputObject, Clone, Debug)]
#[cynic(graphql_type = "ProjectUpdateInput")]
pub(crate) struct ProjectEdit {
    pub(crate) id: cynic::Id,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) expected_version: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) client_id: Maybe<cynic::Id>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<ProjectStatus>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) hue: Option<Hue>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) start_date: Maybe<Day>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) due_date: Maybe<Day>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) budget: Maybe<MoneyInput>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) budget_minutes: Maybe<i32>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) hourly_rate: Maybe<MoneyInput>,
}

impl ProjectEdit {
    /// No change yet.
    pub(crate) fn of(id: &cynic::Id) -> Self {
        Self {
            id: id.clone(),
            expected_version: None,
            name: None,
            description: None,
            client_id: Maybe::Keep,
            status: None,
            hue: None,
            start_date: Maybe::Keep,
            due_date: Maybe::Keep,
            budget: Maybe::Keep,
            budget_minutes: Maybe::Keep,
            hourly_rate: Maybe::Keep,
        }
    }
}

#[derive(cynic::QueryVariables)]
struct CreateVariables {
    input: ProjectCreateInput,
}

#[derive(cynic::QueryVariables)]
struct UpdateVariables {
    input: ProjectEdit,
}

#[derive(cynic::QueryVariables)]
struct VersionVariables {
    input: NodeVersionInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateVariables")]
struct CreateMutation {
    #[arguments(input: $input)]
    project_create: ProjectPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UpdateVariables")]
struct UpdateMutation {
    #[arguments(input: $input)]
    project_update: ProjectPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "VersionVariables")]
struct DeleteMutation {
    #[arguments(input: $input)]
    project_delete: ProjectPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "VersionVariables")]
struct RestoreMutation {
    #[arguments(input: $input)]
    project_restore: ProjectPayload,
}

#[derive(cynic::QueryFragment)]
struct ProjectPayload {
    project: Option<ProjectId>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Project")]
struct ProjectId {
    id: cynic::Id,
}

fn settled(payload: ProjectPayload) -> Result<String, Error> {
    settle(payload.project, payload.user_errors).map(|project| project.id.inner().to_owned())
}

/// Makes a project; gives its id.
pub(crate) async fn create(input: ProjectCreateInput) -> Result<String, Error> {
    settled(
        gql::run(CreateMutation::build(CreateVariables { input }))
            .await?
            .project_create,
    )
}

/// Changes a project.
pub(crate) async fn update(input: ProjectEdit) -> Result<String, Error> {
    settled(
        gql::run(UpdateMutation::build(UpdateVariables { input }))
            .await?
            .project_update,
    )
}

/// Hides a project; [`restore`] brings it back.
pub(crate) async fn delete(id: cynic::Id) -> Result<String, Error> {
    let input = NodeVersionInput {
        id,
        expected_version: None,
    };
    settled(
        gql::run(DeleteMutation::build(VersionVariables { input }))
            .await?
            .project_delete,
    )
}

/// Brings a hidden project back.
pub(crate) async fn restore(id: cynic::Id) -> Result<String, Error> {
    let input = NodeVersionInput {
        id,
        expected_version: None,
    };
    settled(
        gql::run(RestoreMutation::build(VersionVariables { input }))
            .await?
            .project_restore,
    )
}
