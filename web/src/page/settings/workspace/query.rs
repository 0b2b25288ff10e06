//! Name and colour of the workspace.

use cynic::MutationBuilder;

use crate::{
    gql::{self, Error, UserError, settle, types::Hue},
    schema,
    session::Workspace,
};

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
