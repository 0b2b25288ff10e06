//! What tasks were before, and the way back.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
};
use smartstack_domain::task;
use smartstack_schema::{Responsible, TaskField, TaskId, TaskPriority, TaskStatus};

use super::{
    answer::{Answer, Listed, One},
    body::Sent,
    caller::{Caller, ReadTasks, WriteTasks, id, version},
    choice::Choice,
    task::{self as shown, Task},
};

/// A task as it was after one change.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct TaskVersion {
    /// Unique over everything; begins with `taskver_`.
    id: String,
    /// The number the change gave it; give it to the task's `revert`.
    version: i32,
    /// When it was changed.
    at: DateTime<Utc>,
    /// Who changed it; null where nobody did, such as when an assignee left.
    actor_id: Option<String>,
    /// What differs from the version before; empty for the first.
    changed: Vec<Choice<TaskField>>,
    /// Whether the task was deleted then.
    deleted: bool,
    /// What was to be done.
    title: String,
    /// More about it.
    description: String,
    /// The column it stood in.
    status: Choice<TaskStatus>,
    /// How pressing it was.
    priority: Choice<TaskPriority>,
    /// Who had to act.
    responsible: Choice<Responsible>,
    /// The task it was a part of.
    parent_id: Option<String>,
    /// Which member did it.
    assignee_id: Option<String>,
    /// Lower estimate of the effort, in minutes.
    estimate_min_minutes: Option<i32>,
    /// Upper estimate of the effort, in minutes.
    estimate_max_minutes: Option<i32>,
    /// When it had to be done.
    due_date: Option<NaiveDate>,
    /// Whether clients saw it in shared views that show tasks.
    client_visible: bool,
}

impl From<task::TaskVersion> for TaskVersion {
    fn from(one: task::TaskVersion) -> Self {
        let task = one.task;
        Self {
            id: one.id.to_string(),
            version: task.version,
            at: one.at,
            actor_id: one.actor_id.map(|id| id.to_string()),
            changed: one.changed.into_iter().map(Into::into).collect(),
            deleted: one.deleted,
            title: task.title,
            description: task.description,
            status: task.status.into(),
            priority: task.priority.into(),
            responsible: task.responsible.into(),
            parent_id: task.parent_id.map(|id| id.to_string()),
            assignee_id: task.assignee_id.map(|id| id.to_string()),
            estimate_min_minutes: task.estimate_min_minutes,
            estimate_max_minutes: task.estimate_max_minutes,
            due_date: task.due_date,
            client_visible: task.client_visible,
        }
    }
}

/// Which version a task is to be made again.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct TaskRevert {
    /// The number of a version in its history.
    version: i32,
}

/// The operations on tasks' versions.
pub(super) struct TaskVersions;

#[OpenApi(tag = "super::Tag::Tasks")]
impl TaskVersions {
    /// List a task's versions
    ///
    /// Page by page, the newest first.
    #[oai(
        path = "/workspaces/:workspace/tasks/:task/versions",
        method = "get",
        operation_id = "taskVersionList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadTasks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The task's id.
        task: Path<String>,
        /// At most this many, 0 to 100; 20 when left out.
        #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
        first: Query<Option<i32>>,
        /// Only what follows this cursor: `endCursor` of the page before.
        after: Query<Option<String>>,
    ) -> Answer<Listed<TaskVersion>> {
        let here = caller.enter(&workspace)?;
        let id: TaskId = id(&task)?;
        let page = here.page(first.0, after.0).await?;
        let found = here
            .read(move |tx| {
                Box::pin(async move {
                    task::get(tx, id).await?;
                    task::history(tx, id, &page).await
                })
            })
            .await?;
        Ok(Listed::new(&here, found))
    }

    /// Make a task what it was
    ///
    /// As a new change, so that this can be taken back too.
    #[oai(
        path = "/workspaces/:workspace/tasks/:task/revert",
        method = "post",
        operation_id = "taskRevert"
    )]
    async fn revert(
        &self,
        caller: Caller<WriteTasks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The task's id.
        task: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// To which version.
        body: Sent<TaskRevert>,
    ) -> Answer<One<Task>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (TaskId, _) = (id(&task)?, version(if_match.as_deref())?);
        let wanted = body.0.version;
        let changed = here
            .change(move |tx| Box::pin(async move { task::revert(tx, id, wanted, expected).await }))
            .await?;
        Ok(shown::one(changed))
    }
}
