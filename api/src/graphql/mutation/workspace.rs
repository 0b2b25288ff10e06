//! Changing a workspace.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use smartstack_domain::workspace;
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
}
