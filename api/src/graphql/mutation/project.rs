//! Making, changing, hiding and restoring projects.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use smartstack_domain::project;
use smartstack_schema::{ProjectId, WorkspaceId};

use super::NodeVersionInput;
use crate::graphql::{
    context::ContextExt,
    loader::ProjectKey,
    model::{
        enums::{Hue, ProjectStatus},
        project::Project,
        scalar::{Date, MoneyInput},
    },
    node,
    payload::{Ids, Outcome, change, patch, payload, write},
};

/// A project to be made.
#[derive(InputObject)]
pub struct ProjectCreateInput {
    /// Where.
    workspace_id: ID,
    /// What it is called, at most 120 characters.
    name: String,
    /// What it is about, at most 20 000 characters.
    description: Option<String>,
    /// For whom.
    client_id: Option<ID>,
    /// Where it stands; ACTIVE when left out.
    status: Option<ProjectStatus>,
    /// Its colour; one is chosen when left out.
    hue: Option<Hue>,
    /// When work begins.
    start_date: Option<Date>,
    /// When it has to be done; not before startDate.
    due_date: Option<Date>,
    /// What it may cost.
    budget: Option<MoneyInput>,
    /// How many minutes of work it may take.
    budget_minutes: Option<i32>,
    /// What an hour of work costs.
    hourly_rate: Option<MoneyInput>,
    /// Sent again with the same key within 24 hours, the request gives the first answer and makes nothing.
    idempotency_key: Option<String>,
}

/// What to change of a project. A field left out stays; null clears.
#[derive(InputObject)]
pub struct ProjectUpdateInput {
    /// The project.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// What it is called, at most 120 characters. Cannot be cleared.
    name: MaybeUndefined<String>,
    /// What it is about, at most 20 000 characters.
    description: MaybeUndefined<String>,
    /// For whom.
    client_id: MaybeUndefined<ID>,
    /// Where it stands. Cannot be cleared.
    status: MaybeUndefined<ProjectStatus>,
    /// Its colour. Cannot be cleared.
    hue: MaybeUndefined<Hue>,
    /// When work begins.
    start_date: MaybeUndefined<Date>,
    /// When it has to be done; not before startDate.
    due_date: MaybeUndefined<Date>,
    /// What it may cost.
    budget: MaybeUndefined<MoneyInput>,
    /// How many minutes of work it may take.
    budget_minutes: MaybeUndefined<i32>,
    /// What an hour of work costs.
    hourly_rate: MaybeUndefined<MoneyInput>,
}

payload! {
    /// What became of a mutation of a project.
    ProjectPayload {
        /// The project as it is now; after a lost race the current one, null when it was not made or is not there.
        project: Project
    }
}

/// Mutations of projects.
#[derive(Default)]
pub struct ProjectMutation;

#[Object]
impl ProjectMutation {
    /// Makes a project.
    async fn project_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project to be made.")] input: ProjectCreateInput,
    ) -> Result<ProjectPayload> {
        ctx.signed_in()?;
        let Some(scope) =
            node::read::<WorkspaceId>(&input.workspace_id).and_then(|id| ctx.requester().scope(id))
        else {
            return Ok(Outcome::not_found("workspaceId").into());
        };
        let mut ids = Ids::default();
        let new = project::NewProject {
            name: input.name,
            description: input.description,
            client_id: ids.optional("clientId", input.client_id.as_ref()),
            status: input.status.map(Into::into),
            hue: input.hue.map(Into::into),
            start_date: input.start_date.map(|day| day.0),
            due_date: input.due_date.map(|day| day.0),
            budget: input.budget.map(Into::into),
            budget_minutes: input.budget_minutes,
            hourly_rate: input.hourly_rate.map(Into::into),
            idempotency_key: input.idempotency_key,
        };
        if let Err(refusal) = ids.finish() {
            return Ok(refusal.into());
        }
        Ok(write(ctx, &scope, "workspaceId", "idempotencyKey", move |tx| {
            Box::pin(async move { project::create(tx, new).await })
        })
        .await?
        .map(Project::new)
        .into())
    }

    /// Changes a project.
    async fn project_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ProjectUpdateInput,
    ) -> Result<ProjectPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<ProjectId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let expected = input.expected_version;
        let mut ids = Ids::default();
        let changes = project::ProjectPatch {
            name: patch(input.name),
            description: patch(input.description),
            client_id: ids.patch("clientId", &input.client_id),
            status: patch(input.status),
            hue: patch(input.hue),
            start_date: patch(input.start_date),
            due_date: patch(input.due_date),
            budget: patch(input.budget),
            budget_minutes: patch(input.budget_minutes),
            hourly_rate: patch(input.hourly_rate),
        };
        if let Err(refusal) = ids.finish() {
            return Ok(refusal.into());
        }
        let outcome = change(
            ctx,
            |ws| ProjectKey(ws, id),
            move |tx| Box::pin(async move { project::update(tx, id, expected, changes).await }),
        );
        Ok(outcome.await?.map(Project::new).into())
    }

    /// Hides a project with everything in it; it can be restored for a year.
    async fn project_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: NodeVersionInput,
    ) -> Result<ProjectPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<ProjectId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = change(
            ctx,
            |ws| ProjectKey(ws, id),
            move |tx| Box::pin(async move { project::delete(tx, id, input.expected_version).await }),
        );
        Ok(outcome.await?.map(Project::new).into())
    }

    /// Brings back a hidden project.
    async fn project_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: NodeVersionInput,
    ) -> Result<ProjectPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<ProjectId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = change(
            ctx,
            |ws| ProjectKey(ws, id),
            move |tx| Box::pin(async move { project::restore(tx, id, input.expected_version).await }),
        );
        Ok(outcome.await?.map(Project::new).into())
    }
}
