//! Clients as the list and their own page read them, and what can be done to them.

use crate::{
    fmt::Day,
    gql::{
        self, Ask, Error, UserError, documents, settle,
        types::{ClientKind, DateTime, Hue, Maybe, PageInfo, ProjectStatus},
    },
    schema, session,
};

documents! {
    query ListQuery(ListVariables);
    query OneQuery(OneVariables);
    mutation CreateMutation(CreateVariables);
    mutation UpdateMutation(UpdateVariables);
    mutation ArchiveMutation(ArchiveVariables);
}

/// A client as the list shows it.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Client")]
pub(crate) struct ClientRow {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) kind: ClientKind,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) website: Option<String>,
    pub(crate) notes: String,
    pub(crate) hue: Hue,
    pub(crate) archived_at: Option<DateTime>,
    pub(crate) version: i32,
    pub(crate) project_counts: Counts,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "ClientProjectCounts")]
pub(crate) struct Counts {
    pub(crate) active: i32,
    pub(crate) total: i32,
}

#[derive(cynic::QueryVariables)]
struct ListVariables {
    id: cynic::Id,
    after: Option<String>,
    search: Option<String>,
    archived: Option<bool>,
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
    #[arguments(first: 50, after: $after, filter: { search: $search, archived: $archived }, orderBy: { field: NAME, direction: ASC })]
    clients: ClientPage,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "ClientConnection")]
struct ClientPage {
    nodes: Vec<ClientRow>,
    page_info: PageInfo,
}

/// The first pages of a list, and whether there are more.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listed<T> {
    pub(crate) nodes: Vec<T>,
    pub(crate) more: bool,
}

/// Clients by name, `pages` of 50.
pub(crate) async fn list(
    search: Option<String>,
    archived: bool,
    pages: usize,
) -> Result<Listed<ClientRow>, Error> {
    let mut nodes = Vec::new();
    let mut after = None;
    for _ in 0..pages {
        let variables = ListVariables {
            id: session::workspace_id(),
            after: after.take(),
            search: search.clone(),
            archived: Some(archived),
        };
        let page = gql::run(ListQuery::build(variables))
            .await?
            .workspace
            .ok_or(Error::NotFound)?
            .clients;
        nodes.extend(page.nodes);
        if !page.page_info.has_next_page {
            return Ok(Listed { nodes, more: false });
        }
        after = page.page_info.end_cursor;
    }
    Ok(Listed { nodes, more: true })
}

#[derive(cynic::QueryVariables)]
struct OneVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "OneVariables")]
struct OneQuery {
    #[arguments(id: $id)]
    client: Option<ClientDetail>,
}

/// A client with their projects.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Client")]
pub(crate) struct ClientDetail {
    #[cynic(spread)]
    pub(crate) row: ClientRow,
    pub(crate) created_at: DateTime,
    #[arguments(first: 50, orderBy: { field: UPDATED_AT, direction: DESC })]
    pub(crate) projects: ClientProjects,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "ProjectConnection")]
pub(crate) struct ClientProjects {
    pub(crate) nodes: Vec<ClientProject>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Project")]
pub(crate) struct ClientProject {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) hue: Hue,
    pub(crate) status: ProjectStatus,
    pub(crate) due_date: Option<Day>,
    pub(crate) progress: Done,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "ProjectProgress")]
pub(crate) struct Done {
    pub(crate) total: i32,
    pub(crate) done: i32,
}

/// One client.
pub(crate) async fn one(id: String) -> Result<ClientDetail, Error> {
    gql::run(OneQuery::build(OneVariables {
        id: cynic::Id::new(id),
    }))
    .await?
    .client
    .ok_or(Error::NotFound)
}

#[derive(cynic::InputObject, Clone, Debug)]
pub(crate) struct ClientCreateInput {
    pub(crate) workspace_id: cynic::Id,
    pub(crate) name: String,
    pub(crate) kind: Option<ClientKind>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) website: Option<String>,
    pub(crate) notes: Option<String>,
    pub(crate) hue: Option<Hue>,
    pub(crate) idempotency_key: Option<String>,
}

#[derive(cynic::InputObject, Clone, Debug)]
pub(crate) struct ClientUpdateInput {
    pub(crate) id: cynic::Id,
    pub(crate) expected_version: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<ClientKind>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) email: Maybe<String>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) phone: Maybe<String>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) website: Maybe<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) hue: Option<Hue>,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct ClientArchiveInput {
    id: cynic::Id,
    archived: bool,
}

#[derive(cynic::QueryVariables)]
struct CreateVariables {
    input: ClientCreateInput,
}

#[derive(cynic::QueryVariables)]
struct UpdateVariables {
    input: ClientUpdateInput,
}

#[derive(cynic::QueryVariables)]
struct ArchiveVariables {
    input: ClientArchiveInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateVariables")]
struct CreateMutation {
    #[arguments(input: $input)]
    client_create: ClientPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UpdateVariables")]
struct UpdateMutation {
    #[arguments(input: $input)]
    client_update: ClientPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ArchiveVariables")]
struct ArchiveMutation {
    #[arguments(input: $input)]
    client_archive: ClientPayload,
}

#[derive(cynic::QueryFragment)]
struct ClientPayload {
    client: Option<ClientRow>,
    user_errors: Vec<UserError>,
}

/// Makes a client.
pub(crate) async fn create(input: ClientCreateInput) -> Result<ClientRow, Error> {
    let payload = gql::run(CreateMutation::build(CreateVariables { input }))
        .await?
        .client_create;
    settle(payload.client, payload.user_errors)
}

/// Changes a client.
pub(crate) async fn update(input: ClientUpdateInput) -> Result<ClientRow, Error> {
    let payload = gql::run(UpdateMutation::build(UpdateVariables { input }))
        .await?
        .client_update;
    settle(payload.client, payload.user_errors)
}

/// Puts a client away, or brings them back.
pub(crate) async fn archive(id: cynic::Id, archived: bool) -> Result<(), Error> {
    let input = ClientArchiveInput { id, archived };
    let payload = gql::run(ArchiveMutation::build(ArchiveVariables { input }))
        .await?
        .client_archive;
    settle(payload.client, payload.user_errors).map(|_| ())
}
