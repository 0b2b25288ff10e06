//! Making, changing, moving, deleting and restoring tasks.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use smartstack_domain::task;
use smartstack_schema::{ProjectId, TaskId};

use super::NodeVersionInput;
use crate::graphql::{
    context::ContextExt,
    loader::{ProjectKey, TaskKey},
    model::{
        enums::{Responsible, TaskPriority, TaskStatus},
        scalar::Date,
        task::Task,
    },
    node,
    payload::{Ids, Outcome, UserError, change, patch, payload, write},
};

/// A task to be made.
#[derive(InputObject)]
pub struct TaskCreateInput {
    /// The project it is part of.
    project_id: ID,
    /// What is to be done, at most 200 characters.
    title: String,
    /// More about it, at most 20 000 characters.
    description: Option<String>,
    /// The column, at whose end it is put; BACKLOG when left out.
    status: Option<TaskStatus>,
    /// NONE when left out.
    priority: Option<TaskPriority>,
    /// FREELANCER when left out.
    responsible: Option<Responsible>,
    /// The task of the same project that it is a part of.
    parent_id: Option<ID>,
    /// Who does it; a member of the workspace.
    assignee_id: Option<ID>,
    /// Lower estimate of the effort, in minutes.
    estimate_min_minutes: Option<i32>,
    /// Upper estimate of the effort, in minutes; not below the lower one.
    estimate_max_minutes: Option<i32>,
    /// When it has to be done.
    due_date: Option<Date>,
    /// Whether clients see it in shared views that show tasks; true when left out.
    client_visible: Option<bool>,
    /// Sent again with the same key within 24 hours, the request gives the first answer and makes nothing.
    idempotency_key: Option<String>,
}

/// What to change of a task. A field left out stays; null clears.
#[derive(InputObject)]
pub struct TaskUpdateInput {
    /// The task.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// What is to be done, at most 200 characters. Cannot be cleared.
    title: MaybeUndefined<String>,
    /// More about it, at most 20 000 characters.
    description: MaybeUndefined<String>,
    /// The column; at another one's end it is put. Cannot be cleared.
    status: MaybeUndefined<TaskStatus>,
    /// How pressing it is. Cannot be cleared.
    priority: MaybeUndefined<TaskPriority>,
    /// Who has to act. Cannot be cleared.
    responsible: MaybeUndefined<Responsible>,
    /// The task of the same project that it is a part of.
    parent_id: MaybeUndefined<ID>,
    /// Who does it; a member of the workspace.
    assignee_id: MaybeUndefined<ID>,
    /// Lower estimate of the effort, in minutes.
    estimate_min_minutes: MaybeUndefined<i32>,
    /// Upper estimate of the effort, in minutes; not below the lower one.
    estimate_max_minutes: MaybeUndefined<i32>,
    /// When it has to be done.
    due_date: MaybeUndefined<Date>,
    /// Whether clients see it in shared views that show tasks. Cannot be cleared.
    client_visible: MaybeUndefined<bool>,
}

/// Where a card goes: into a column, between two neighbours.
#[derive(InputObject)]
pub struct TaskMoveInput {
    /// The task.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// The column.
    status: TaskStatus,
    /// The card above; null for the top of the column.
    after_id: Option<ID>,
    /// The card below; null for the end of the column.
    before_id: Option<ID>,
}

/// To which version a task goes back.
#[derive(InputObject)]
pub struct TaskRevertInput {
    /// The task.
    id: ID,
    /// The number of the version, as its history names it.
    version: i32,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
}

payload! {
    /// What became of a mutation of a task.
    TaskPayload {
        /// The task as it is now; after a lost race the current one, null when it was not made or is not there.
        task: Task
    }
}

/// What became of deleting a task.
#[derive(SimpleObject)]
pub struct TaskDeletePayload {
    /// The task that is gone now; null when it was not deleted.
    pub deleted_id: Option<ID>,
    /// What stood in the way; empty when it was done.
    pub user_errors: Vec<UserError>,
}

/// Mutations of tasks.
#[derive(Default)]
pub struct TaskMutation;

#[Object]
impl TaskMutation {
    /// Makes a task at the end of its column.
    async fn task_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task to be made.")] input: TaskCreateInput,
    ) -> Result<TaskPayload> {
        ctx.signed_in()?;
        let missing = || Outcome::not_found("projectId").into();
        let Some(project_id) = node::read::<ProjectId>(&input.project_id) else {
            return Ok(missing());
        };
        let Some(scope) = node::scope_of(ctx, |ws| ProjectKey(ws, project_id)).await? else {
            return Ok(missing());
        };
        let mut ids = Ids::default();
        let new = task::NewTask {
            project_id,
            title: input.title,
            description: input.description,
            status: input.status.map(Into::into),
            priority: input.priority.map(Into::into),
            responsible: input.responsible.map(Into::into),
            parent_id: ids.optional("parentId", input.parent_id.as_ref()),
            assignee_id: ids.optional("assigneeId", input.assignee_id.as_ref()),
            estimate_min_minutes: input.estimate_min_minutes,
            estimate_max_minutes: input.estimate_max_minutes,
            due_date: input.due_date.map(|day| day.0),
            client_visible: input.client_visible,
            idempotency_key: input.idempotency_key,
        };
        if let Err(refusal) = ids.finish() {
            return Ok(refusal.into());
        }
        Ok(write(ctx, &scope, "projectId", "idempotencyKey", move |tx| {
            Box::pin(async move { task::create(tx, new).await })
        })
        .await?
        .map(Task)
        .into())
    }

    /// Changes a task.
    async fn task_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: TaskUpdateInput,
    ) -> Result<TaskPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<TaskId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let expected = input.expected_version;
        let mut ids = Ids::default();
        let changes = task::TaskPatch {
            title: patch(input.title),
            description: patch(input.description),
            status: patch(input.status),
            priority: patch(input.priority),
            responsible: patch(input.responsible),
            parent_id: ids.patch("parentId", &input.parent_id),
            assignee_id: ids.patch("assigneeId", &input.assignee_id),
            estimate_min_minutes: patch(input.estimate_min_minutes),
            estimate_max_minutes: patch(input.estimate_max_minutes),
            due_date: patch(input.due_date),
            client_visible: patch(input.client_visible),
        };
        if let Err(refusal) = ids.finish() {
            return Ok(refusal.into());
        }
        let outcome = change(
            ctx,
            |ws| TaskKey(ws, id),
            move |tx| Box::pin(async move { task::update(tx, id, expected, changes).await }),
        );
        Ok(outcome.await?.map(Task).into())
    }

    /// Moves a card: into a column, between two neighbours.
    async fn task_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which card, and where to.")] input: TaskMoveInput,
    ) -> Result<TaskPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<TaskId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let mut ids = Ids::default();
        let target = task::TaskMove {
            status: input.status.into(),
            after_id: ids.optional("afterId", input.after_id.as_ref()),
            before_id: ids.optional("beforeId", input.before_id.as_ref()),
        };
        if let Err(refusal) = ids.finish() {
            return Ok(refusal.into());
        }
        let outcome = change(
            ctx,
            |ws| TaskKey(ws, id),
            move |tx| Box::pin(async move { task::move_(tx, id, input.expected_version, target).await }),
        );
        Ok(outcome.await?.map(Task).into())
    }

    /// Deletes a task with its parts; taskRestore undoes it.
    async fn task_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which task.")] input: NodeVersionInput,
    ) -> Result<TaskDeletePayload> {
        ctx.signed_in()?;
        let missing = || TaskDeletePayload {
            deleted_id: None,
            user_errors: vec![UserError::not_found("id")],
        };
        let Some(id) = node::read::<TaskId>(&input.id) else {
            return Ok(missing());
        };
        let Some(scope) = node::scope_of(ctx, |ws| TaskKey(ws, id)).await? else {
            return Ok(missing());
        };
        let outcome = write(ctx, &scope, "id", "expectedVersion", move |tx| {
            Box::pin(async move { task::delete(tx, id, input.expected_version).await })
        });
        let outcome = outcome.await?;
        Ok(TaskDeletePayload {
            deleted_id: outcome.resource.map(|id| id.to_string().into()),
            user_errors: outcome.errors,
        })
    }

    /// Brings back a deleted task with the parts that were deleted with it.
    async fn task_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which task.")] input: NodeVersionInput,
    ) -> Result<TaskPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<TaskId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        Ok(node::try_each(ctx, "id", move |tx| {
            Box::pin(async move { task::restore(tx, id, input.expected_version).await })
        })
        .await?
        .map(Task)
        .into())
    }

    /// Makes a task what it was at a version, as a new change. Its place stays unless its column changes.
    async fn task_revert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which task, and which version.")] input: TaskRevertInput,
    ) -> Result<TaskPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<TaskId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let (version, expected) = (input.version, input.expected_version);
        let outcome = change(
            ctx,
            |ws| TaskKey(ws, id),
            move |tx| Box::pin(async move { task::revert(tx, id, version, expected).await }),
        );
        Ok(outcome.await?.map(Task).into())
    }
}
