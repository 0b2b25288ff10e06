//! What an invitation offers, and accepting it.

use crate::{
    gql::{Ask, Error, UserError, documents, run, settle, types::MemberRole},
    schema,
    session::Workspace,
};

documents! {
    query OfferQuery(OfferVariables);
    mutation AcceptMutation(AcceptVariables);
}

#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InvitationState {
    Open,
    OtherAddress,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "InvitationOffer")]
pub(super) struct Offer {
    pub(super) state: InvitationState,
    pub(super) workspace_name: Option<String>,
    pub(super) inviter_name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) role: Option<MemberRole>,
    pub(super) has_account: Option<bool>,
}

#[derive(cynic::QueryVariables)]
struct OfferVariables {
    token: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "OfferVariables")]
struct OfferQuery {
    #[arguments(token: $token)]
    invitation: Option<Offer>,
}

#[derive(cynic::InputObject)]
struct InvitationAcceptInput {
    token: String,
}

#[derive(cynic::QueryVariables)]
struct AcceptVariables {
    input: InvitationAcceptInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "AcceptVariables")]
struct AcceptMutation {
    #[arguments(input: $input)]
    invitation_accept: WorkspacePayload,
}

#[derive(cynic::QueryFragment)]
struct WorkspacePayload {
    workspace: Option<Workspace>,
    user_errors: Vec<UserError>,
}

/// What the invitation of this token offers; `None` when it opens nothing.
pub(super) async fn offer(token: String) -> Result<Option<Offer>, Error> {
    Ok(run(OfferQuery::build(OfferVariables { token })).await?.invitation)
}

/// Joins as the person who is signed in.
pub(super) async fn accept(token: String) -> Result<Workspace, Error> {
    let input = InvitationAcceptInput { token };
    let payload = run(AcceptMutation::build(AcceptVariables { input }))
        .await?
        .invitation_accept;
    settle(payload.workspace, payload.user_errors)
}
