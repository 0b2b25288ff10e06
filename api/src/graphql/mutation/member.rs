//! Who belongs to a workspace: roles, leaving, removing, handing over.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use smartstack_domain::{TenantTx, db::Work, member};
use smartstack_schema::{UserId, WorkspaceId};

use super::workspace::WorkspacePayload;
use crate::graphql::{
    context::{CallerAddress, ContextExt},
    model::{enums::MemberRole, workspace::Workspace},
    node,
    payload::{Outcome, UserError, settle, write},
};

/// A member's new role.
#[derive(InputObject)]
pub struct MemberUpdateInput {
    /// Where.
    workspace_id: ID,
    /// Who.
    user_id: ID,
    /// What they may do from now on.
    role: MemberRole,
}

/// A member of a workspace.
#[derive(InputObject)]
pub struct MemberInput {
    /// Where.
    workspace_id: ID,
    /// Who.
    user_id: ID,
}

/// A workspace to be left.
#[derive(InputObject)]
pub struct MemberLeaveInput {
    /// Which one.
    workspace_id: ID,
}

/// What became of leaving.
#[derive(SimpleObject)]
pub struct MemberLeavePayload {
    /// The workspace that was left; null when it was not.
    pub left_id: Option<ID>,
    /// What stood in the way; empty when it was done.
    pub user_errors: Vec<UserError>,
}

/// Mutations of members.
#[derive(Default)]
pub struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Gives a member another role; owners only. Their open connections are closed and come back with the new rights.
    async fn member_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and which role.")] input: MemberUpdateInput,
    ) -> Result<WorkspacePayload> {
        let role = input.role.into();
        of_member(ctx, &input.workspace_id, &input.user_id, move |tx, user| {
            Box::pin(async move { member::change_role(tx, user, role).await })
        })
        .await
    }

    /// Takes a member out of a workspace; owners only. Their rights end at once; what they wrote stays.
    async fn member_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: MemberInput,
    ) -> Result<WorkspacePayload> {
        of_member(ctx, &input.workspace_id, &input.user_id, |tx, user| {
            Box::pin(async move { member::remove(tx, user).await })
        })
        .await
    }

    /// Makes another member the owner in one's own stead; the person becomes a member.
    async fn member_transfer_ownership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To whom.")] input: MemberInput,
    ) -> Result<WorkspacePayload> {
        of_member(ctx, &input.workspace_id, &input.user_id, |tx, user| {
            Box::pin(async move { member::transfer(tx, user).await })
        })
        .await
    }

    /// Leaves a workspace. Its last owner cannot.
    async fn member_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which workspace.")] input: MemberLeaveInput,
    ) -> Result<MemberLeavePayload> {
        ctx.signed_in()?;
        let scope = node::read::<WorkspaceId>(&input.workspace_id).and_then(|id| ctx.requester().scope(id));
        let outcome = match scope {
            None => Outcome::not_found("workspaceId"),
            Some(scope) => {
                let scope = match ctx.data_opt::<CallerAddress>() {
                    Some(address) => scope.from_address(address.0.clone()),
                    None => scope,
                };
                let left = member::leave(&ctx.app().db, &scope).await;
                ctx.reader().release().await;
                settle(left, "workspaceId", "workspaceId")?.map(|()| input.workspace_id)
            }
        };
        Ok(MemberLeavePayload {
            left_id: outcome.resource,
            user_errors: outcome.errors,
        })
    }
}

/// Does something about a member, and shows the workspace as it is afterwards.
async fn of_member<F>(ctx: &Context<'_>, workspace: &ID, user: &ID, work: F) -> Result<WorkspacePayload>
where
    F: for<'t> FnOnce(&'t mut TenantTx, UserId) -> Work<'t, ()> + Send + 'static,
{
    ctx.signed_in()?;
    let Some(scope) = node::read::<WorkspaceId>(workspace).and_then(|id| ctx.requester().scope(id)) else {
        return Ok(Outcome::not_found("workspaceId").into());
    };
    let Some(user) = node::read::<UserId>(user) else {
        return Ok(Outcome::not_found("userId").into());
    };
    let outcome = write(ctx, &scope, "userId", "userId", move |tx| work(tx, user)).await?;
    let workspace = node::workspace(ctx, scope.workspace_id()).await?;
    Ok(Outcome::<Workspace> {
        resource: workspace.filter(|_| outcome.resource.is_some()),
        errors: outcome.errors,
    }
    .into())
}
