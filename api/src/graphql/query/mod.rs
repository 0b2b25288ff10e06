//! Everything that only reads.

use async_graphql::{Context, ID, Object, Result};
use smartstack_domain::invitation;
use smartstack_schema::{
    ClientId, DocumentId, JobId, ProjectId, SuggestionId, TaskId, WebhookEndpointId, WorkspaceId,
};

use super::{
    context::{CallerAddress, ContextExt, optional},
    cost::{self, RateLimit},
    error::bad_input,
    loader::{ClientKey, DocumentKey, JobKey, ProjectKey, SuggestionKey, TaskKey, WebhookEndpointKey},
    model::{
        admin::Administration,
        client::Client,
        document::Document,
        invitation::InvitationOffer,
        job::Job,
        node::Node,
        project::Project,
        shared_view::SharedView,
        suggestion::Suggestion,
        task::Task,
        user::{Installation, Viewer},
        webhook::WebhookEndpoint,
        workspace::Workspace,
    },
    node,
};

/// Most ids one `nodes` takes.
const NODES_MAX: usize = 100;

/// Everything that only reads. What the caller may not see is null, as if it were not there.
#[derive(Default)]
pub struct Query;

/// Everything that only reads. What the caller may not see is null, as if it were not there.
#[Object]
impl Query {
    /// What anyone may know about this installation before signing in.
    async fn installation(&self, ctx: &Context<'_>) -> Installation {
        Installation::new(&ctx.app().config)
    }

    /// Who is signed in; null when nobody is.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        ctx.requester().account().map(Viewer::new)
    }

    /// What the caller may still ask for in this minute, this very request taken off.
    async fn rate_limit(&self, ctx: &Context<'_>) -> RateLimit {
        let key = cost::key(ctx.requester(), ctx.data_unchecked::<CallerAddress>());
        ctx.app().budgets.peek(&key).into()
    }

    /// Anything by its id.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of any kind of thing.")] id: ID,
    ) -> Result<Option<Node>> {
        node::any(ctx, &id).await
    }

    /// Several things by their ids, in the order of the ids; null for those that are not there.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of any kinds, 100 at most.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > NODES_MAX {
            return Err(bad_input(format!("ids: {NODES_MAX} at most at a time.")));
        }
        futures_util::future::try_join_all(ids.iter().map(|id| node::any(ctx, id))).await
    }

    /// The workspace a thing belongs to, by the thing's id: for links that are opened from elsewhere.
    async fn workspace_of(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of any kind of thing.")] id: ID,
    ) -> Result<Option<Workspace>> {
        node::workspace_of(ctx, &id).await
    }

    /// One of the viewer's workspaces.
    async fn workspace(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The workspace's id.")] id: ID,
    ) -> Result<Option<Workspace>> {
        ctx.signed_in()?;
        match node::read::<WorkspaceId>(&id) {
            Some(id) => node::workspace(ctx, id).await,
            None => Ok(None),
        }
    }

    /// A client.
    async fn client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The client's id.")] id: ID,
    ) -> Result<Option<Client>> {
        ctx.signed_in()?;
        let Some(id) = node::read::<ClientId>(&id) else {
            return Ok(None);
        };
        Ok(node::find(ctx, |ws| ClientKey(ws, id)).await?.map(Client))
    }

    /// A project, deleted ones included.
    async fn project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project's id.")] id: ID,
    ) -> Result<Option<Project>> {
        ctx.signed_in()?;
        let Some(id) = node::read::<ProjectId>(&id) else {
            return Ok(None);
        };
        Ok(node::find(ctx, |ws| ProjectKey(ws, id)).await?.map(Into::into))
    }

    /// A task.
    async fn task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task's id.")] id: ID,
    ) -> Result<Option<Task>> {
        ctx.signed_in()?;
        let Some(id) = node::read::<TaskId>(&id) else {
            return Ok(None);
        };
        Ok(node::find(ctx, |ws| TaskKey(ws, id)).await?.map(Task))
    }

    /// A document.
    async fn document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document's id.")] id: ID,
    ) -> Result<Option<Document>> {
        ctx.signed_in()?;
        let Some(id) = node::read::<DocumentId>(&id) else {
            return Ok(None);
        };
        Ok(node::find(ctx, |ws| DocumentKey(ws, id)).await?.map(Document))
    }

    /// A job.
    async fn job(&self, ctx: &Context<'_>, #[graphql(desc = "The job's id.")] id: ID) -> Result<Option<Job>> {
        ctx.signed_in()?;
        let Some(id) = node::read::<JobId>(&id) else {
            return Ok(None);
        };
        Ok(node::find(ctx, |ws| JobKey(ws, id)).await?.map(Job))
    }

    /// A suggestion.
    async fn suggestion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The suggestion's id.")] id: ID,
    ) -> Result<Option<Suggestion>> {
        ctx.signed_in()?;
        let Some(id) = node::read::<SuggestionId>(&id) else {
            return Ok(None);
        };
        Ok(node::find(ctx, |ws| SuggestionKey(ws, id)).await?.map(Suggestion))
    }

    /// A webhook; null to everyone who does not own its workspace.
    async fn webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The webhook's id.")] id: ID,
    ) -> Result<Option<WebhookEndpoint>> {
        ctx.signed_in()?;
        let Some(id) = node::read::<WebhookEndpointId>(&id) else {
            return Ok(None);
        };
        Ok(node::find(ctx, |ws| WebhookEndpointKey(ws, id))
            .await?
            .map(WebhookEndpoint))
    }

    /// Looking after the installation; null to everyone who is no administrator. Sees accounts, sizes and
    /// states, and nothing of what people keep in their workspaces.
    async fn admin(&self, ctx: &Context<'_>) -> Result<Option<Administration>> {
        Ok(ctx.signed_in()?.administration().ok().map(Administration))
    }

    /// What an invitation offers, by the token in the link of its mail; null when the link opens nothing. Nobody has to be signed in.
    async fn invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] token: String,
    ) -> Result<Option<InvitationOffer>> {
        let offer = ctx
            .app()
            .db
            .in_system(move |tx| Box::pin(async move { invitation::offer(tx, &token).await }));
        let signed_in_as = ctx
            .requester()
            .account()
            .map(|account| account.user().email.as_str());
        Ok(optional(offer.await)?.map(|offer| InvitationOffer::new(offer, signed_in_as)))
    }

    /// What a client sees. Answered only to a share session; null to people who are signed in.
    async fn shared_view(&self, ctx: &Context<'_>) -> Result<Option<SharedView>> {
        SharedView::load(ctx).await
    }
}
