//! Personal access tokens: reading, making, revoking.

use crate::{
    gql::{Ask, Error, UserError, documents, run, settle, types::DateTime},
    schema,
};

documents! {
    query TokensQuery(());
    mutation CreateToken(CreateVariables);
    mutation RevokeToken(RevokeVariables);
}

#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenScope {
    WorkspaceRead,
    WorkspaceWrite,
    MembersRead,
    MembersWrite,
    ClientsRead,
    ClientsWrite,
    ProjectsRead,
    ProjectsWrite,
    TasksRead,
    TasksWrite,
    DocumentsRead,
    DocumentsWrite,
    JobsRead,
    JobsWrite,
    SuggestionsRead,
    SuggestionsWrite,
    SharesRead,
    SharesWrite,
    WebhooksRead,
    WebhooksWrite,
    AuditRead,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Query")]
struct TokensQuery {
    viewer: Option<TokensViewer>,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Viewer")]
struct TokensViewer {
    api_tokens: Vec<ApiToken>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct ApiToken {
    pub(super) id: cynic::Id,
    pub(super) name: String,
    pub(super) hint: String,
    pub(super) scopes: Vec<TokenScope>,
    pub(super) all_workspaces: bool,
    pub(super) workspace: Option<TokenWorkspace>,
    pub(super) created_at: DateTime,
    pub(super) expires_at: DateTime,
    pub(super) last_used_at: Option<DateTime>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Workspace")]
pub(super) struct TokenWorkspace {
    pub(super) name: String,
}

#[derive(cynic::InputObject, Clone, Debug)]
pub(super) struct ApiTokenCreateInput {
    pub(super) name: String,
    pub(super) scopes: Vec<TokenScope>,
    pub(super) workspace_id: Option<cynic::Id>,
    pub(super) expires_in_days: Option<i32>,
}

#[derive(cynic::QueryVariables)]
struct CreateVariables {
    input: ApiTokenCreateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateVariables")]
struct CreateToken {
    #[arguments(input: $input)]
    api_token_create: ApiTokenCreatePayload,
}

#[derive(cynic::QueryFragment)]
struct ApiTokenCreatePayload {
    api_token: Option<ApiToken>,
    secret: Option<String>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct ApiTokenRevokeInput {
    id: cynic::Id,
}

#[derive(cynic::QueryVariables)]
struct RevokeVariables {
    input: ApiTokenRevokeInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RevokeVariables")]
struct RevokeToken {
    #[arguments(input: $input)]
    api_token_revoke: ApiTokenPayload,
}

#[derive(cynic::QueryFragment)]
struct ApiTokenPayload {
    api_token: Option<ApiToken>,
    user_errors: Vec<UserError>,
}

/// The tokens that are good, the newest first.
pub(super) async fn tokens(_: ()) -> Result<Vec<ApiToken>, Error> {
    let viewer = run(TokensQuery::build(())).await?.viewer;
    Ok(viewer.ok_or(Error::SignedOut)?.api_tokens)
}

/// Makes a token. What opens is given this once.
pub(super) async fn create(input: ApiTokenCreateInput) -> Result<(ApiToken, String), Error> {
    let payload = run(CreateToken::build(CreateVariables { input }))
        .await?
        .api_token_create;
    settle(payload.api_token.zip(payload.secret), payload.user_errors)
}

/// Revokes a token.
pub(super) async fn revoke(id: cynic::Id) -> Result<(), Error> {
    let input = ApiTokenRevokeInput { id };
    let payload = run(RevokeToken::build(RevokeVariables { input }))
        .await?
        .api_token_revoke;
    settle(payload.api_token, payload.user_errors).map(|_| ())
}
