//! Inviting people, and accepting.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use smartstack_domain::{
    TenantScope,
    invitation::{self, Joined},
};
use smartstack_schema::{InvitationId, UserErrorCode, WorkspaceId};

use super::workspace::{WorkspacePayload, now_mine};
use crate::graphql::{
    context::{CallerAddress, ContextExt},
    error::from_domain,
    model::{enums::MemberRole, invitation::Invitation},
    node,
    payload::{Outcome, UserError, payload, write},
};

/// Somebody to be invited.
#[derive(InputObject)]
pub struct InvitationCreateInput {
    /// Where to.
    workspace_id: ID,
    /// Where the mail goes. An address has one open invitation at a time, so sending this again makes no second one.
    email: String,
    /// What the person may do once they have joined.
    role: MemberRole,
    /// Sent again with the same key within 24 hours, the request gives the first answer, makes nothing and sends
    /// no mail.
    idempotency_key: Option<String>,
}

/// An invitation of a workspace.
#[derive(InputObject)]
pub struct InvitationInput {
    /// The workspace.
    workspace_id: ID,
    /// The invitation.
    id: ID,
}

/// An invitation to be accepted.
#[derive(InputObject)]
pub struct InvitationAcceptInput {
    /// The token in the link of the mail.
    token: String,
}

payload! {
    /// What became of a mutation of an invitation.
    InvitationPayload {
        /// The invitation; null when it was not made or is not there.
        invitation: Invitation
    }
}

/// Mutations of invitations.
#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites somebody by mail; owners only.
    async fn invitation_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: InvitationCreateInput,
    ) -> Result<InvitationPayload> {
        let Some(scope) = scope(ctx, &input.workspace_id)? else {
            return Ok(Outcome::not_found("workspaceId").into());
        };
        let new = invitation::NewInvitation {
            email: input.email,
            role: input.role.into(),
            idempotency_key: input.idempotency_key,
        };
        let secrets = Arc::clone(&ctx.app().secrets);
        let made = write(ctx, &scope, "workspaceId", "idempotencyKey", move |tx| {
            Box::pin(async move { invitation::create(tx, &secrets, new).await })
        });
        Ok(made.await?.map(|invitation| shown(&scope, invitation)).into())
    }

    /// Sends an invitation again, with a new link; the old one ends. Owners only.
    async fn invitation_resend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: InvitationInput,
    ) -> Result<InvitationPayload> {
        let Some(scope) = scope(ctx, &input.workspace_id)? else {
            return Ok(Outcome::not_found("workspaceId").into());
        };
        let Some(id) = node::read::<InvitationId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let secrets = Arc::clone(&ctx.app().secrets);
        let sent = write(ctx, &scope, "id", "id", move |tx| {
            Box::pin(async move { invitation::resend(tx, &secrets, id).await })
        });
        Ok(sent.await?.map(|invitation| shown(&scope, invitation)).into())
    }

    /// Takes an invitation back: its link opens nothing any more. Owners only.
    async fn invitation_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: InvitationInput,
    ) -> Result<InvitationPayload> {
        let Some(scope) = scope(ctx, &input.workspace_id)? else {
            return Ok(Outcome::not_found("workspaceId").into());
        };
        let Some(id) = node::read::<InvitationId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let revoked = write(ctx, &scope, "id", "id", move |tx| {
            Box::pin(async move { invitation::revoke(tx, id).await })
        });
        Ok(revoked.await?.map(|invitation| shown(&scope, invitation)).into())
    }

    /// Accepts an invitation as the person who is signed in; it must have been sent to their address.
    async fn invitation_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: InvitationAcceptInput,
    ) -> Result<WorkspacePayload> {
        let account = ctx.signed_in()?;
        let address = ctx.data_opt::<CallerAddress>().map(|address| address.0.clone());
        let joined = invitation::accept(&ctx.app().db, &input.token, account, address).await;
        let refuse = |code, message: &str| {
            let error = UserError::of(code, "token", message);
            Ok(Outcome::refused(vec![error]).into())
        };
        match joined.map_err(|error| from_domain(&error))? {
            Joined::Done(workspace) => {
                let workspace = now_mine(ctx, workspace).await?;
                Ok(Outcome {
                    resource: workspace,
                    errors: Vec::new(),
                }
                .into())
            }
            Joined::OtherAddress => refuse(
                UserErrorCode::InvalidState,
                "This invitation was sent to another address. Sign in with that one.",
            ),
            Joined::Gone => refuse(
                UserErrorCode::NotFound,
                "This invitation has been used, taken back, or is too old. Ask for a new one.",
            ),
        }
    }
}

fn scope(ctx: &Context<'_>, workspace: &ID) -> Result<Option<TenantScope>> {
    ctx.signed_in()?;
    Ok(node::read::<WorkspaceId>(workspace).and_then(|id| ctx.requester().scope(id)))
}

fn shown(scope: &TenantScope, invitation: invitation::Invitation) -> Invitation {
    Invitation {
        workspace: scope.workspace_id(),
        invitation,
    }
}
