//! Looking after the installation. Every field works as the role that sees no workspace's content.

mod account;
mod event;
mod health;
mod job;
mod settings;
mod spend;
mod workspace;

use async_graphql::{Context, ID, Object, Result};
use smartstack_domain::{AdminScope, DomainError, admin, installation};
use smartstack_schema::{UserId, WorkspaceId};

use self::{account::AccountList, event::EventList, job::JobList, workspace::WorkspaceList};
pub use self::{
    account::{Account, AccountConnection, AccountEdge, AccountFilter},
    event::{InstallationEvent, InstallationEventConnection, InstallationEventEdge, InstallationEventFilter},
    health::InstallationHealth,
    job::{JobRecord, JobRecordConnection, JobRecordEdge, JobRecordFilter},
    settings::{InstallationSettings, WorkspaceLimits},
    spend::{AiSpendGrouping, AiSpendSum, InstallationAiBudget},
    workspace::{WorkspaceSize, WorkspaceSizeConnection, WorkspaceSizeEdge, WorkspaceSizeFilter},
};
use super::{
    connection::{LazyPage, page},
    scalar::Date,
};
use crate::graphql::{
    context::{ContextExt, optional},
    error::from_domain,
    node,
};

/// Looking after the installation.
pub struct Administration(pub AdminScope);

/// Looking after the installation: accounts, sizes, states and costs, never content.
#[Object]
impl Administration {
    /// Everyone's accounts, newest first.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<AccountFilter>,
    ) -> Result<AccountConnection> {
        let list = AccountList::new(filter, page(first, after, last, before)?);
        Ok(AccountConnection(LazyPage::of_installation(ctx, &self.0, list)))
    }

    /// Somebody's account.
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person's id.")] id: ID,
    ) -> Result<Option<Account>> {
        let Some(id) = node::read::<UserId>(&id) else {
            return Ok(None);
        };
        let read = ctx.app().db.in_admin(&self.0, move |tx| {
            Box::pin(async move { admin::account(tx, id).await })
        });
        Ok(optional(read.await)?.map(Account))
    }

    /// Every workspace from outside, newest first.
    async fn workspaces(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<WorkspaceSizeFilter>,
    ) -> Result<WorkspaceSizeConnection> {
        let list = WorkspaceList::new(filter, page(first, after, last, before)?);
        Ok(WorkspaceSizeConnection(LazyPage::of_installation(
            ctx, &self.0, list,
        )))
    }

    /// One workspace from outside.
    async fn workspace(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The workspace's id.")] id: ID,
    ) -> Result<Option<WorkspaceSize>> {
        let Some(id) = node::read::<WorkspaceId>(&id) else {
            return Ok(None);
        };
        let read = ctx.app().db.in_admin(&self.0, move |tx| {
            Box::pin(async move { admin::workspace(tx, id).await })
        });
        Ok(optional(read.await)?.map(WorkspaceSize))
    }

    /// Jobs in trouble, newest first: those that wait for a person, were left by their worker, or were never
    /// begun.
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<JobRecordFilter>,
    ) -> Result<JobRecordConnection> {
        let list = JobList::new(filter, page(first, after, last, before)?)?;
        Ok(JobRecordConnection(LazyPage::of_installation(ctx, &self.0, list)))
    }

    /// What administrators did, newest first.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<InstallationEventFilter>,
    ) -> Result<InstallationEventConnection> {
        let list = EventList::new(filter, page(first, after, last, before)?)?;
        Ok(InstallationEventConnection(LazyPage::of_installation(
            ctx, &self.0, list,
        )))
    }

    /// The actions that occur in `events`, for a filter to choose from.
    async fn event_actions(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let read = ctx.app().db.in_admin(&self.0, |tx| {
            Box::pin(async move { admin::event_actions(tx).await })
        });
        read.await.map_err(|error: DomainError| from_domain(&error))
    }

    /// Who has done something that is in `events`, by name, for a filter to choose from.
    async fn event_actors(&self, ctx: &Context<'_>) -> Result<Vec<Account>> {
        let read = ctx.app().db.in_admin(&self.0, |tx| {
            Box::pin(async move { admin::event_actors(tx).await })
        });
        let actors = read.await.map_err(|error: DomainError| from_domain(&error))?;
        Ok(actors.into_iter().map(Account).collect())
    }

    /// What AI did cost from one day to another, both included, in UTC, a year at most: the latest day and
    /// then the dearest first, and at most 1 000 sums.
    async fn ai_spend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Date,
        #[graphql(desc = "The last day.")] to: Date,
        #[graphql(desc = "What to tell apart; one sum of everything when empty.")] by: Vec<AiSpendGrouping>,
        #[graphql(desc = "Of this workspace alone.")] workspace_id: Option<ID>,
    ) -> Result<Vec<AiSpendSum>> {
        let query = admin::SpendQuery {
            from: from.0,
            to: to.0,
            workspace_id: node::read_filter("workspaceId", workspace_id.as_ref())?,
            by_day: by.contains(&AiSpendGrouping::Day),
            by_workspace: by.contains(&AiSpendGrouping::Workspace),
            by_model: by.contains(&AiSpendGrouping::Model),
        };
        let read = ctx.app().db.in_admin(&self.0, move |tx| {
            Box::pin(async move { admin::ai_spend(tx, query).await })
        });
        let sums = read.await.map_err(|error| from_domain(&error))?;
        Ok(sums.into_iter().map(Into::into).collect())
    }

    /// Where all workspaces together stand in the current month (UTC).
    async fn ai_budget(&self, ctx: &Context<'_>) -> Result<InstallationAiBudget> {
        let read = ctx
            .app()
            .db
            .in_admin(&self.0, |tx| Box::pin(async move { admin::ai_budget(tx).await }));
        read.await
            .map(Into::into)
            .map_err(|error: DomainError| from_domain(&error))
    }

    /// What holds for the whole installation.
    async fn settings(&self, ctx: &Context<'_>) -> Result<InstallationSettings> {
        let read = ctx.app().db.in_admin(&self.0, |tx| {
            Box::pin(async move { installation::settings(tx).await })
        });
        read.await
            .map(InstallationSettings)
            .map_err(|error| from_domain(&error))
    }

    /// How the installation does now.
    async fn health(&self, ctx: &Context<'_>) -> Result<InstallationHealth> {
        let read = ctx
            .app()
            .db
            .in_admin(&self.0, |tx| Box::pin(async move { admin::health(tx).await }));
        read.await
            .map(Into::into)
            .map_err(|error: DomainError| from_domain(&error))
    }
}
