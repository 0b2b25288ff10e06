//! Name and colour of the workspace, deleting it, and bringing one back.

use crate::{
    gql::{
        self, Ask, Error, UserError, documents, settle,
        types::{DateTime, Hue},
    },
    schema,
    session::Workspace,
};

documents! {
    mutation WorkspaceMutation(WorkspaceVariables);
    query DeletedQuery(());
    mutation DeleteMutation(DeleteVariables);
    mutation RestoreMutation(RestoreVariables);
}

#[derive(cynic::InputObject, Clone, Debug)]
struct WorkspaceUpdateInput {
    id: cynic::Id,
    expected_version: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    hue: Option<Hue>,
}

#[derive(cynic::QueryVariables)]
struct WorkspaceVariables {
    input: WorkspaceUpdateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "WorkspaceVariables")]
struct WorkspaceMutation {
    #[arguments(input: $input)]
    workspace_update: WorkspacePayload,
}

#[derive(cynic::QueryFragment)]
struct WorkspacePayload {
    workspace: Option<Workspace>,
    user_errors: Vec<UserError>,
}

/// Changes name or colour of a workspace.
pub(super) async fn workspace(id: cynic::Id, name: Option<String>, hue: Option<Hue>) -> Result<(), Error> {
    let input = WorkspaceUpdateInput {
        id,
        expected_version: None,
        name,
        hue,
    };
    let payload = gql::run(WorkspaceMutation::build(WorkspaceVariables { input }))
        .await?
        .workspace_update;
    settle(payload.workspace, payload.user_errors).map(|_| ())
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
struct DeletedQuery {
    viewer: Option<DeletedViewer>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Viewer")]
struct DeletedViewer {
    deleted_workspaces: Vec<DeletedWorkspace>,
}

/// A workspace that can be brought back.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct DeletedWorkspace {
    pub(super) id: cynic::Id,
    pub(super) name: String,
    pub(super) hue: Hue,
    pub(super) restorable_until: DateTime,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct WorkspaceDeleteInput {
    id: cynic::Id,
    name: String,
}

#[derive(cynic::QueryVariables)]
struct DeleteVariables {
    input: WorkspaceDeleteInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "DeleteVariables")]
struct DeleteMutation {
    #[arguments(input: $input)]
    workspace_delete: WorkspaceDeletePayload,
}

#[derive(cynic::QueryFragment)]
struct WorkspaceDeletePayload {
    deleted_id: Option<cynic::Id>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct WorkspaceRestoreInput {
    id: cynic::Id,
}

#[derive(cynic::QueryVariables)]
struct RestoreVariables {
    input: WorkspaceRestoreInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RestoreVariables")]
struct RestoreMutation {
    #[arguments(input: $input)]
    workspace_restore: WorkspacePayload,
}

/// What the person owns and can bring back.
pub(super) async fn deleted(_: ()) -> Result<Vec<DeletedWorkspace>, Error> {
    let viewer = gql::run(DeletedQuery::build(())).await?.viewer;
    Ok(viewer.ok_or(Error::SignedOut)?.deleted_workspaces)
}

/// Hides a workspace; `name` as the person typed it.
pub(super) async fn delete(id: cynic::Id, name: String) -> Result<(), Error> {
    let input = WorkspaceDeleteInput { id, name };
    let payload = gql::run(DeleteMutation::build(DeleteVariables { input }))
        .await?
        .workspace_delete;
    settle(payload.deleted_id, payload.user_errors).map(|_| ())
}

/// Brings a workspace back.
pub(super) async fn restore(id: cynic::Id) -> Result<Workspace, Error> {
    let input = WorkspaceRestoreInput { id };
    let payload = gql::run(RestoreMutation::build(RestoreVariables { input }))
        .await?
        .workspace_restore;
    settle(payload.workspace, payload.user_errors)
}
