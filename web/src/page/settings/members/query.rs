//! Members and invitations: reading and changing.

use crate::{
    gql::{
        Ask, Error, UserError, documents, run, settle,
        types::{DateTime, Hue, MemberRole},
    },
    page::review::query::{OneVariables, OneVariablesFields},
    schema,
};

documents! {
    query MembersQuery(OneVariables);
    query InvitationsQuery(OneVariables);
    mutation Invite(InvitationCreateVariables);
    mutation Resend(InvitationVariables);
    mutation TakeBack(InvitationVariables);
    mutation SetRole(MemberUpdateVariables);
    mutation Remove(MemberVariables);
    mutation HandOver(MemberVariables);
    mutation Leave(MemberLeaveVariables);
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Query", variables = "OneVariables")]
struct MembersQuery {
    #[arguments(id: $id)]
    workspace: Option<MembersWorkspace>,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Workspace")]
struct MembersWorkspace {
    members: Vec<Member>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "WorkspaceMember")]
pub(super) struct Member {
    pub(super) user: MemberUser,
    pub(super) role: MemberRole,
    pub(super) since: DateTime,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "User")]
pub(super) struct MemberUser {
    pub(super) id: cynic::Id,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) hue: Hue,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Query", variables = "OneVariables")]
struct InvitationsQuery {
    #[arguments(id: $id)]
    workspace: Option<InvitationsWorkspace>,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Workspace")]
struct InvitationsWorkspace {
    invitations: Option<Vec<Invitation>>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct Invitation {
    pub(super) id: cynic::Id,
    pub(super) email: String,
    pub(super) role: MemberRole,
    pub(super) sent_at: DateTime,
    pub(super) expires_at: DateTime,
    pub(super) is_expired: bool,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct InvitationCreateInput {
    workspace_id: cynic::Id,
    email: String,
    role: MemberRole,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct InvitationInput {
    workspace_id: cynic::Id,
    id: cynic::Id,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct MemberUpdateInput {
    workspace_id: cynic::Id,
    user_id: cynic::Id,
    role: MemberRole,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct MemberInput {
    workspace_id: cynic::Id,
    user_id: cynic::Id,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct MemberLeaveInput {
    workspace_id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
struct InvitationPayload {
    invitation: Option<Invitation>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment)]
struct WorkspacePayload {
    workspace: Option<MembersWorkspace>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment)]
struct MemberLeavePayload {
    left_id: Option<cynic::Id>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryVariables)]
struct InvitationCreateVariables {
    input: InvitationCreateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "InvitationCreateVariables")]
struct Invite {
    #[arguments(input: $input)]
    invitation_create: InvitationPayload,
}

#[derive(cynic::QueryVariables)]
struct InvitationVariables {
    input: InvitationInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "InvitationVariables")]
struct Resend {
    #[arguments(input: $input)]
    invitation_resend: InvitationPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "InvitationVariables")]
struct TakeBack {
    #[arguments(input: $input)]
    invitation_revoke: InvitationPayload,
}

#[derive(cynic::QueryVariables)]
struct MemberUpdateVariables {
    input: MemberUpdateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "MemberUpdateVariables")]
struct SetRole {
    #[arguments(input: $input)]
    member_update: WorkspacePayload,
}

#[derive(cynic::QueryVariables)]
struct MemberVariables {
    input: MemberInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "MemberVariables")]
struct Remove {
    #[arguments(input: $input)]
    member_remove: WorkspacePayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "MemberVariables")]
struct HandOver {
    #[arguments(input: $input)]
    member_transfer_ownership: WorkspacePayload,
}

#[derive(cynic::QueryVariables)]
struct MemberLeaveVariables {
    input: MemberLeaveInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "MemberLeaveVariables")]
struct Leave {
    #[arguments(input: $input)]
    member_leave: MemberLeavePayload,
}

/// Everyone in a workspace, those who joined first first.
pub(super) async fn members(id: cynic::Id) -> Result<Vec<Member>, Error> {
    let answer = run(MembersQuery::build(OneVariables { id })).await?;
    Ok(answer.workspace.ok_or(Error::NotFound)?.members)
}

/// The open invitations; for owners.
pub(super) async fn invitations(id: cynic::Id) -> Result<Vec<Invitation>, Error> {
    let answer = run(InvitationsQuery::build(OneVariables { id })).await?;
    Ok(answer
        .workspace
        .and_then(|workspace| workspace.invitations)
        .unwrap_or_default())
}

/// Invites somebody.
pub(super) async fn invite(
    workspace_id: cynic::Id,
    email: String,
    role: MemberRole,
) -> Result<Invitation, Error> {
    let input = InvitationCreateInput {
        workspace_id,
        email,
        role,
    };
    let payload = run(Invite::build(InvitationCreateVariables { input }))
        .await?
        .invitation_create;
    settle(payload.invitation, payload.user_errors)
}

/// Sends an invitation again.
pub(super) async fn resend(workspace_id: cynic::Id, id: cynic::Id) -> Result<Invitation, Error> {
    let input = InvitationInput { workspace_id, id };
    let payload = run(Resend::build(InvitationVariables { input }))
        .await?
        .invitation_resend;
    settle(payload.invitation, payload.user_errors)
}

/// Takes an invitation back.
pub(super) async fn take_back(workspace_id: cynic::Id, id: cynic::Id) -> Result<(), Error> {
    let input = InvitationInput { workspace_id, id };
    let payload = run(TakeBack::build(InvitationVariables { input }))
        .await?
        .invitation_revoke;
    settle(payload.invitation, payload.user_errors).map(|_| ())
}

/// Gives a member another role.
pub(super) async fn set_role(
    workspace_id: cynic::Id,
    user_id: cynic::Id,
    role: MemberRole,
) -> Result<Vec<Member>, Error> {
    let input = MemberUpdateInput {
        workspace_id,
        user_id,
        role,
    };
    let payload = run(SetRole::build(MemberUpdateVariables { input }))
        .await?
        .member_update;
    settle(payload.workspace, payload.user_errors).map(|workspace| workspace.members)
}

/// Takes a member out.
pub(super) async fn remove(workspace_id: cynic::Id, user_id: cynic::Id) -> Result<Vec<Member>, Error> {
    let input = MemberInput {
        workspace_id,
        user_id,
    };
    let payload = run(Remove::build(MemberVariables { input })).await?.member_remove;
    settle(payload.workspace, payload.user_errors).map(|workspace| workspace.members)
}

/// Makes somebody else the owner in one's own stead.
pub(super) async fn hand_over(workspace_id: cynic::Id, user_id: cynic::Id) -> Result<Vec<Member>, Error> {
    let input = MemberInput {
        workspace_id,
        user_id,
    };
    let payload = run(HandOver::build(MemberVariables { input }))
        .await?
        .member_transfer_ownership;
    settle(payload.workspace, payload.user_errors).map(|workspace| workspace.members)
}

/// Leaves a workspace.
pub(super) async fn leave(workspace_id: cynic::Id) -> Result<(), Error> {
    let input = MemberLeaveInput { workspace_id };
    let payload = run(Leave::build(MemberLeaveVariables { input }))
        .await?
        .member_leave;
    settle(payload.left_id, payload.user_errors).map(|_| ())
}
