//! What is told as it happens.
//!
//! Every subscription is a loop of *wait for a sign that something may have
//! changed, then read what did* — signs may come too often, late or twice
//! without harm, since what is told always comes from the database. While the
//! database is away a subscription waits; it neither ends nor skips anything.

use std::{future::Future, sync::Arc, time::Duration};

use async_graphql::{Context, ID, Result, Subscription as GraphqlSubscription};
use futures_util::Stream;
use smartstack_domain::{DomainError, TenantScope, change, job, share};
use smartstack_schema::{JobId, JobState, WorkspaceId};

use super::{
    context::{ContextExt, Requester},
    error::{coded, from_domain, store_is_away},
    loader::JobKey,
    model::{
        change::{Change, ChangeFilter, SharedViewChange},
        job::Job,
    },
    node,
};
use crate::app::App;

/// How long to wait before asking a database again that was away.
const AWAY: Duration = Duration::from_millis(500);

/// What is told as it happens.
#[derive(Default)]
pub struct Subscription;

/// What is told as it happens, over a WebSocket (graphql-transport-ws).
#[GraphqlSubscription]
impl Subscription {
    /// Every committed change of a workspace that the filter lets through, in order, without gap or duplicate;
    /// from the cursor on, or from now.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The workspace.")] workspace_id: ID,
        #[graphql(desc = "Cursor of the last change that was seen, or changeCursor of the workspace.")] after: Option<String>,
        #[graphql(desc = "Which changes; all when left out.")] filter: Option<ChangeFilter>,
    ) -> Result<impl Stream<Item = Result<Change>> + use<>> {
        let workspace = node::read::<WorkspaceId>(&workspace_id);
        ctx.signed_in()?;
        let scope = workspace
            .and_then(|id| ctx.requester().scope(id))
            .ok_or_else(not_found)?;
        let after = after.as_deref().map(change::parse_cursor).transpose();
        let after = after.map_err(|error| from_domain(&error))?;
        let sieve = filter.unwrap_or_default().read()?;
        let followed = Box::pin(ctx.app().feed.follow(&scope, after)).await;
        let mut reader = followed.map_err(|error| from_domain(&error))?;
        Ok(async_stream::stream! {
            loop {
                match reader.next().await {
                    Ok(Some(changes)) => {
                        for change in changes.into_iter().filter(|change| sieve.lets_through(change)) {
                            yield Ok(Change { workspace: scope.workspace_id(), change });
                        }
                    }
                    // The process is stopping.
                    Ok(None) => return,
                    Err(error) if store_is_away(&error) => tokio::time::sleep(AWAY).await,
                    Err(error) => {
                        yield Err(from_domain(&error));
                        return;
                    }
                }
            }
        })
    }

    /// The job now, then after each of its changes, until it has ended.
    async fn job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The job.")] id: ID,
    ) -> Result<impl Stream<Item = Result<Job>> + use<>> {
        ctx.signed_in()?;
        let id = node::read::<JobId>(&id).ok_or_else(not_found)?;
        let found = node::find(ctx, |ws| JobKey(ws, id))
            .await?
            .ok_or_else(not_found)?;
        ctx.reader().release().await;
        let scope = ctx.requester().scope(found.workspace_id).ok_or_else(not_found)?;
        let app = Arc::clone(ctx.app());
        let mut signs = app.feed.workspace(scope.workspace_id());
        Ok(async_stream::stream! {
            let mut told = None;
            loop {
                let job = match patiently(|| job_now(&app, &scope, id)).await {
                    Ok(job) => job,
                    // Deleted together with its project: there is nothing more to tell.
                    Err(DomainError::NotFound) => return,
                    Err(error) => {
                        yield Err(from_domain(&error));
                        return;
                    }
                };
                let ended = matches!(job.state, JobState::Ready | JobState::NeedsReview | JobState::Cancelled);
                if told != Some(job.version) {
                    told = Some(job.version);
                    yield Ok(Job(job));
                }
                if ended {
                    return;
                }
                if !signs.changed().await {
                    return;
                }
            }
        })
    }

    /// Says that what a shared link shows has changed; read sharedView again. Only for a share session.
    async fn shared_view_changed(
        &self,
        ctx: &Context<'_>,
    ) -> Result<impl Stream<Item = Result<SharedViewChange>> + use<>> {
        let Requester::Share(scope) = ctx.requester().clone() else {
            return Err(not_found());
        };
        let app = Arc::clone(ctx.app());
        let mut signs = app.feed.workspace(scope.workspace_id());
        Ok(async_stream::stream! {
            let mut seen = None;
            loop {
                let view = patiently(|| async {
                    app.db.in_share(&scope, |tx| Box::pin(async move { share::shared_view(tx).await })).await
                });
                match view.await {
                    Ok(view) => {
                        // Other projects' changes give a sign too; only what this client sees is told.
                        if seen.as_ref().is_some_and(|seen| *seen != view) {
                            yield Ok(SharedViewChange { at: app.db.clock().now() });
                        }
                        seen = Some(view);
                    }
                    // Revoked or expired. The socket is being closed, but this may arrive first, and an end
                    // without a reason would look like a page that only has nothing new.
                    Err(DomainError::NotFound) => {
                        yield Err(not_found());
                        return;
                    }
                    Err(error) => {
                        yield Err(from_domain(&error));
                        return;
                    }
                }
                if !signs.changed().await {
                    return;
                }
            }
        })
    }
}

fn not_found() -> async_graphql::Error {
    coded(
        smartstack_schema::ErrorCode::NotFound,
        "It does not exist, or not for you.",
    )
}

/// A job as it is at this moment.
pub(super) async fn job_now(app: &App, scope: &TenantScope, id: JobId) -> Result<job::Job, DomainError> {
    app.db
        .read(scope, move |tx| Box::pin(async move { job::get(tx, id).await }))
        .await
}

/// Repeats a read until the database is there to answer it.
async fn patiently<T, F>(read: impl Fn() -> F) -> Result<T, DomainError>
where
    F: Future<Output = Result<T, DomainError>>,
{
    loop {
        match read().await {
            Err(error) if store_is_away(&error) => tokio::time::sleep(AWAY).await,
            other => return other,
        }
    }
}
