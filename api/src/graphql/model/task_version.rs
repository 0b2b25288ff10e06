//! What tasks were before.

use async_graphql::{Context, ID, Object, Result, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{DomainError, Page, Paged, WorkspaceTx, task};
use smartstack_schema::TaskId;

use super::{
    connection::{List, connection},
    enums::{Responsible, TaskField, TaskPriority, TaskStatus},
    scalar::Date,
    task::Task,
    user::User,
};
use crate::graphql::{
    loader::{TaskKey, UserKey},
    node,
};

/// A task as it was after one change.
pub struct TaskVersion(pub task::TaskVersion);

/// A task as it was after one change. taskRevert makes the task so again.
#[Object]
impl TaskVersion {
    /// Unique over everything; begins with `taskver_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The number the change gave it; give it to taskRevert.
    async fn version(&self) -> i32 {
        self.0.task.version
    }

    /// When it was changed.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Who changed it; null where nobody did (an assignee left), or somebody who has left.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.0.actor_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.0.workspace_id, id)).await?.map(User))
    }

    /// What differs from the version before; empty for the first.
    async fn changed(&self) -> Vec<TaskField> {
        self.0.changed.iter().map(|field| (*field).into()).collect()
    }

    /// Whether the task was deleted then.
    async fn deleted(&self) -> bool {
        self.0.deleted
    }

    /// What was to be done.
    async fn title(&self) -> &str {
        &self.0.task.title
    }

    /// More about it.
    async fn description(&self) -> &str {
        &self.0.task.description
    }

    /// The column it stood in.
    async fn status(&self) -> TaskStatus {
        self.0.task.status.into()
    }

    /// How pressing it was.
    async fn priority(&self) -> TaskPriority {
        self.0.task.priority.into()
    }

    /// Who had to act.
    async fn responsible(&self) -> Responsible {
        self.0.task.responsible.into()
    }

    /// The task it was a part of, as that is now; null at the top level and where that is gone.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Task>> {
        let Some(id) = self.0.task.parent_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, TaskKey(self.0.workspace_id, id)).await?.map(Task))
    }

    /// Who did it; null where nobody was chosen, or somebody who has left.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.0.task.assignee_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.0.workspace_id, id)).await?.map(User))
    }

    /// Lower estimate of the effort, in minutes.
    async fn estimate_min_minutes(&self) -> Option<i32> {
        self.0.task.estimate_min_minutes
    }

    /// Upper estimate of the effort, in minutes.
    async fn estimate_max_minutes(&self) -> Option<i32> {
        self.0.task.estimate_max_minutes
    }

    /// When it had to be done.
    async fn due_date(&self) -> Option<Date> {
        self.0.task.due_date.map(Date)
    }

    /// Whether the client saw it in shared views that show tasks.
    async fn client_visible(&self) -> bool {
        self.0.task.client_visible
    }
}

/// A task's versions, the newest first.
pub struct TaskHistory {
    /// Whose.
    pub task: TaskId,
    /// Which part.
    pub page: Page,
}

#[async_trait]
impl List for TaskHistory {
    type Node = task::TaskVersion;

    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<task::TaskVersion>, DomainError> {
        task::history(tx, self.task, &self.page).await
    }

    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError> {
        task::history_count(tx, self.task).await
    }
}

connection!(
    TaskVersionConnection,
    TaskVersionEdge,
    TaskVersion => TaskVersion,
    task::TaskVersion,
    "versions of a task"
);
