//! Changing a workspace.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use smartstack_domain::{ai, workspace};
use smartstack_schema::WorkspaceId;

use crate::graphql::{
    context::ContextExt,
    model::{enums::Hue, workspace::Workspace},
    node,
    payload::{Outcome, patch, payload, write},
};

/// What to change of a workspace. A field left out stays.
#[derive(InputObject)]
pub struct WorkspaceUpdateInput {
    /// The workspace.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// What it is called, at most 120 characters. Cannot be cleared.
    name: MaybeUndefined<String>,
    /// Its colour. Cannot be cleared.
    hue: MaybeUndefined<Hue>,
}

/// What to decide about a workspace's AI.
#[derive(InputObject)]
pub struct AiSettingsUpdateInput {
    /// The workspace.
    workspace_id: ID,
    /// The settings' version they were read at; refused if they have changed since. Left out: the last write
    /// wins, on purpose.
    expected_version: Option<i32>,
    /// Whether items the workspace has accepted are shown to the model as examples of what is wanted.
    use_examples: bool,
}

payload! {
    /// What became of a mutation of a workspace.
    WorkspacePayload {
        /// The workspace as it is now; null where it is not there.
        workspace: Workspace
    }
}

/// Mutations of workspaces.
#[derive(Default)]
pub struct WorkspaceMutation;

#[Object]
impl WorkspaceMutation {
    /// Changes a workspace; owners only.
    async fn workspace_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: WorkspaceUpdateInput,
    ) -> Result<WorkspacePayload> {
        ctx.signed_in()?;
        let Some(scope) = node::read::<WorkspaceId>(&input.id).and_then(|id| ctx.requester().scope(id))
        else {
            return Ok(Outcome::not_found("id").into());
        };
        let expected = input.expected_version;
        let changes = workspace::WorkspacePatch {
            name: patch(input.name),
            hue: patch(input.hue),
        };
        let mut outcome = write(ctx, &scope, "id", "expectedVersion", move |tx| {
            Box::pin(async move { workspace::update(tx, expected, changes).await })
        })
        .await?
        .map(Workspace);
        if outcome.resource.is_none() {
            outcome.resource = node::workspace(ctx, scope.workspace_id()).await?;
        }
        Ok(outcome.into())
    }

    /// Decides about a workspace's AI; owners only.
    async fn ai_settings_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to decide.")] input: AiSettingsUpdateInput,
    ) -> Result<WorkspacePayload> {
        ctx.signed_in()?;
        let Some(scope) =
            node::read::<WorkspaceId>(&input.workspace_id).and_then(|id| ctx.requester().scope(id))
        else {
            return Ok(Outcome::not_found("workspaceId").into());
        };
        let (expected, use_examples) = (input.expected_version, input.use_examples);
        let mut outcome = write(ctx, &scope, "workspaceId", "expectedVersion", move |tx| {
            Box::pin(async move {
                ai::settings::update(tx, expected, use_examples).await?;
                workspace::get(tx).await
            })
        })
        .await?
        .map(Workspace);
        if outcome.resource.is_none() {
            outcome.resource = node::workspace(ctx, scope.workspace_id()).await?;
        }
        Ok(outcome.into())
    }
}
