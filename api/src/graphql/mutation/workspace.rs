//! Changing a workspace.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use smartstack_domain::{ai, workspace};
use smartstack_schema::WorkspaceId;

use crate::graphql::{
    context::{CallerAddress, ContextExt, Requester},
    error::from_domain,
    model::{enums::Hue, workspace::Workspace},
    node,
    payload::{Outcome, UserError, patch, payload, settle, write},
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
    /// Whether items the workspace has accepted, replies its people have changed and updates they have published are
    /// shown to the model as examples of what is wanted.
    use_examples: bool,
}

/// A workspace to be made.
#[derive(InputObject)]
pub struct WorkspaceCreateInput {
    /// What to call it, at most 120 characters.
    name: String,
    /// Its colour; one by chance when left out.
    hue: Option<Hue>,
    /// Sent again with the same key within 24 hours, the request gives the first answer and makes nothing.
    idempotency_key: Option<String>,
}

/// A workspace to be deleted.
#[derive(InputObject)]
pub struct WorkspaceDeleteInput {
    /// Which one.
    id: ID,
    /// Its name, as the person typed it: against deleting the wrong one.
    name: String,
}

/// A deleted workspace to be brought back.
#[derive(InputObject)]
pub struct WorkspaceRestoreInput {
    /// Which one.
    id: ID,
}

/// What became of deleting a workspace.
#[derive(SimpleObject)]
pub struct WorkspaceDeletePayload {
    /// The workspace that is hidden now; null when it is not.
    pub deleted_id: Option<ID>,
    /// What stood in the way; empty when it was done.
    pub user_errors: Vec<UserError>,
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
    /// Makes a workspace that the person owns.
    async fn workspace_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The workspace to be made.")] input: WorkspaceCreateInput,
    ) -> Result<WorkspacePayload> {
        let user = ctx.signed_in()?.user().id;
        let new = workspace::NewWorkspace {
            name: input.name,
            hue: input.hue.map(Into::into),
            idempotency_key: input.idempotency_key,
        };
        let address = address(ctx);
        let made = ctx.app().db.in_system(move |tx| {
            Box::pin(async move { workspace::create(tx, user, address.as_deref(), new).await })
        });
        let outcome = settle(made.await, "name", "idempotencyKey")?;
        gained(ctx, outcome).await
    }

    /// Hides a workspace with all that is in it; owners only. Its links and tokens open nothing meanwhile. Its owners can bring it back for a year; then it is removed for good.
    async fn workspace_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: WorkspaceDeleteInput,
    ) -> Result<WorkspaceDeletePayload> {
        ctx.signed_in()?;
        let scope = node::read::<WorkspaceId>(&input.id).and_then(|id| ctx.requester().scope(id));
        let outcome = match scope {
            None => Outcome::not_found("id"),
            Some(scope) => {
                let typed = input.name;
                let deleted = write(ctx, &scope, "id", "id", move |tx| {
                    Box::pin(async move { workspace::delete(tx, &typed).await })
                });
                deleted.await?.map(|()| input.id)
            }
        };
        Ok(WorkspaceDeletePayload {
            deleted_id: outcome.resource,
            user_errors: outcome.errors,
        })
    }

    /// Brings back a workspace that its owner deleted within the last year.
    async fn workspace_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: WorkspaceRestoreInput,
    ) -> Result<WorkspacePayload> {
        let user = ctx.signed_in()?.user().id;
        let Some(id) = node::read::<WorkspaceId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let address = address(ctx);
        let restored = ctx.app().db.in_system(move |tx| {
            Box::pin(async move {
                workspace::restore(tx, user, id, address.as_deref()).await?;
                Ok(id)
            })
        });
        let outcome = settle(restored.await, "id", "id")?;
        gained(ctx, outcome).await
    }

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
        .map(Workspace::from);
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
        .map(Workspace::from);
        if outcome.resource.is_none() {
            outcome.resource = node::workspace(ctx, scope.workspace_id()).await?;
        }
        Ok(outcome.into())
    }
}

fn address(ctx: &Context<'_>) -> Option<String> {
    ctx.data_opt::<CallerAddress>().map(|address| address.0.clone())
}

/// Shows a workspace that has just become the person's.
async fn gained(ctx: &Context<'_>, outcome: Outcome<WorkspaceId>) -> Result<WorkspacePayload> {
    let resource = match outcome.resource {
        Some(id) => now_mine(ctx, id).await?,
        None => None,
    };
    Ok(Outcome {
        resource,
        errors: outcome.errors,
    }
    .into())
}

/// A workspace the person belongs to since a moment ago: the request came in with the rights of before.
pub(super) async fn now_mine(ctx: &Context<'_>, id: WorkspaceId) -> Result<Option<Workspace>> {
    let account = ctx.signed_in()?;
    let renewed = ctx.app().identity.renew(account).await;
    if let Some(person) = renewed.map_err(|error| from_domain(&error))? {
        ctx.reader().admit(Requester::signed_in(person));
    }
    node::workspace(ctx, id).await
}
