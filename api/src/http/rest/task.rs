//! Tasks.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
    types::MaybeUndefined,
};
use smartstack_domain::task;
use smartstack_schema::{OrderDirection, Responsible, TaskId, TaskOrderField, TaskPriority, TaskStatus};

use super::{
    answer::{Answer, Done, Listed, Made, One},
    body::{Ids, Sent, any_of, filter, patch, patch_with},
    caller::{Caller, ReadTasks, WriteTasks, id, version},
    choice::Choice,
};

/// Something to be done.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct Task {
    /// Unique over everything; begins with `task_`.
    id: String,
    /// The project it belongs to, for good.
    project_id: String,
    /// The task it is a part of.
    parent_id: Option<String>,
    /// What is to be done.
    title: String,
    /// More about it; empty when there is no more.
    description: String,
    /// The column it stands in.
    status: Choice<TaskStatus>,
    /// How pressing it is.
    priority: Choice<TaskPriority>,
    /// Who has to act.
    responsible: Choice<Responsible>,
    /// Which member does it.
    assignee_id: Option<String>,
    /// Lower estimate of the effort, in minutes.
    estimate_min_minutes: Option<i32>,
    /// Upper estimate of the effort, in minutes.
    estimate_max_minutes: Option<i32>,
    /// When it has to be done.
    due_date: Option<NaiveDate>,
    /// When it was done; null while its status is not DONE.
    completed_at: Option<DateTime<Utc>>,
    /// Whether clients see it in shared views that show tasks.
    client_visible: bool,
    /// The suggestion's item it came from.
    source_item_id: Option<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

impl From<task::Task> for Task {
    fn from(task: task::Task) -> Self {
        Self {
            id: task.id.to_string(),
            project_id: task.project_id.to_string(),
            parent_id: task.parent_id.map(|id| id.to_string()),
            title: task.title,
            description: task.description,
            status: task.status.into(),
            priority: task.priority.into(),
            responsible: task.responsible.into(),
            assignee_id: task.assignee_id.map(|id| id.to_string()),
            estimate_min_minutes: task.estimate_min_minutes,
            estimate_max_minutes: task.estimate_max_minutes,
            due_date: task.due_date,
            completed_at: task.completed_at,
            client_visible: task.client_visible,
            source_item_id: task.source_item_id.map(|id| id.to_string()),
            created_at: task.created_at,
            updated_at: task.updated_at,
            version: task.version,
        }
    }
}

pub(super) fn one(task: task::Task) -> One<Task> {
    let version = task.version;
    One::versioned(task, version)
}

/// A task to be made, at the end of its column.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TaskCreate {
    /// The project it is part of.
    project_id: String,
    /// What is to be done, at most 200 characters.
    #[oai(validator(min_length = 1, max_length = 200))]
    title: String,
    /// More about it, at most 20 000 characters.
    description: Option<String>,
    /// The column; BACKLOG when left out.
    status: Option<Choice<TaskStatus>>,
    /// NONE when left out.
    priority: Option<Choice<TaskPriority>>,
    /// FREELANCER when left out.
    responsible: Option<Choice<Responsible>>,
    /// The task of the same project that it is a part of.
    parent_id: Option<String>,
    /// Who does it; a member of the workspace.
    assignee_id: Option<String>,
    /// Lower estimate of the effort, in minutes.
    estimate_min_minutes: Option<i32>,
    /// Upper estimate of the effort, in minutes; not below the lower one.
    estimate_max_minutes: Option<i32>,
    /// When it has to be done.
    due_date: Option<NaiveDate>,
    /// Whether clients see it in shared views that show tasks; true when left out.
    client_visible: Option<bool>,
}

/// What to change of a task. A field left out stays; null clears.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TaskUpdate {
    /// What is to be done, at most 200 characters. Cannot be cleared.
    title: MaybeUndefined<String>,
    /// More about it, at most 20 000 characters.
    description: MaybeUndefined<String>,
    /// The column; at another one's end it is put. Cannot be cleared.
    status: MaybeUndefined<Choice<TaskStatus>>,
    /// How pressing it is. Cannot be cleared.
    priority: MaybeUndefined<Choice<TaskPriority>>,
    /// Who has to act. Cannot be cleared.
    responsible: MaybeUndefined<Choice<Responsible>>,
    /// The task of the same project that it is a part of.
    parent_id: MaybeUndefined<String>,
    /// Who does it; a member of the workspace.
    assignee_id: MaybeUndefined<String>,
    /// Lower estimate of the effort, in minutes.
    estimate_min_minutes: MaybeUndefined<i32>,
    /// Upper estimate of the effort, in minutes.
    estimate_max_minutes: MaybeUndefined<i32>,
    /// When it has to be done.
    due_date: MaybeUndefined<NaiveDate>,
    /// Whether clients see it in shared views that show tasks. Cannot be cleared.
    client_visible: MaybeUndefined<bool>,
}

/// Where a card goes: into a column, between two neighbours.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TaskMove {
    /// The column.
    status: Choice<TaskStatus>,
    /// The card above; null for the top of the column.
    after_id: Option<String>,
    /// The card below; null for the end of the column.
    before_id: Option<String>,
}

/// The operations on tasks.
pub(super) struct Tasks;

#[OpenApi(tag = "super::Tag::Tasks")]
impl Tasks {
    /// List tasks
    ///
    /// Page by page, in the order of the board unless said otherwise. All conditions hold together.
    #[allow(clippy::too_many_arguments, reason = "the parameters of a list")]
    #[oai(
        path = "/workspaces/:workspace/tasks",
        method = "get",
        operation_id = "taskList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadTasks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Part of the title, in any case.
        search: Query<Option<String>>,
        /// In one of these columns.
        status: Query<Option<Vec<Choice<TaskStatus>>>>,
        /// Of one of these priorities.
        priority: Query<Option<Vec<Choice<TaskPriority>>>>,
        /// Of this project.
        #[oai(name = "projectId")]
        project_id: Query<Option<String>>,
        /// Of this member.
        #[oai(name = "assigneeId")]
        assignee_id: Query<Option<String>>,
        /// True for those nobody does, false for those somebody does.
        unassigned: Query<Option<bool>>,
        /// Direct parts of this task.
        #[oai(name = "parentId")]
        parent_id: Query<Option<String>>,
        /// True for those that are no part of another, false for those that are.
        #[oai(name = "topLevel")]
        top_level: Query<Option<bool>>,
        /// For this side to do.
        responsible: Query<Option<Choice<Responsible>>>,
        /// Due on this day or later.
        #[oai(name = "dueFrom")]
        due_from: Query<Option<NaiveDate>>,
        /// Due on this day or earlier.
        #[oai(name = "dueTo")]
        due_to: Query<Option<NaiveDate>>,
        /// True for those not DONE, false for those that are.
        open: Query<Option<bool>>,
        /// Done after this moment.
        #[oai(name = "completedAfter")]
        completed_after: Query<Option<DateTime<Utc>>>,
        /// What to order by; the place on the board when left out.
        #[oai(name = "orderBy")]
        order_by: Query<Option<Choice<TaskOrderField>>>,
        /// Which way; ascending when left out.
        direction: Query<Option<Choice<OrderDirection>>>,
        /// At most this many, 0 to 100; 20 when left out.
        #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
        first: Query<Option<i32>>,
        /// Only what follows this cursor: `endCursor` of the page before.
        after: Query<Option<String>>,
    ) -> Answer<Listed<Task>> {
        let here = caller.enter(&workspace)?;
        let wanted = task::TaskFilter {
            search: search.0,
            status: any_of(status.0),
            priority: any_of(priority.0),
            project_id: filter("projectId", project_id.as_deref())?,
            assignee_id: filter("assigneeId", assignee_id.as_deref())?,
            unassigned: unassigned.0,
            parent_id: filter("parentId", parent_id.as_deref())?,
            top_level: top_level.0,
            responsible: responsible.0.map(|responsible| responsible.0),
            due_from: due_from.0,
            due_to: due_to.0,
            open: open.0,
            completed_after: completed_after.0,
        };
        let standard = task::TaskOrder::default();
        let order = task::TaskOrder {
            field: order_by.0.map_or(standard.field, |field| field.0),
            direction: direction.0.map_or(standard.direction, |direction| direction.0),
        };
        let page = here.page(first.0, after.0).await?;
        let found = here
            .read(move |tx| Box::pin(async move { task::list(tx, &wanted, order, &page).await }))
            .await?;
        Ok(Listed::new(&here, found))
    }

    /// Make a task
    #[oai(
        path = "/workspaces/:workspace/tasks",
        method = "post",
        operation_id = "taskCreate"
    )]
    async fn create(
        &self,
        caller: Caller<WriteTasks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// The task to be made.
        body: Sent<TaskCreate>,
    ) -> Answer<Made<Task>> {
        let here = caller.enter(&workspace)?;
        let (new, mut ids) = (body.0, Ids::default());
        let project_id = ids.optional("projectId", Some(&new.project_id));
        let parent_id = ids.optional("parentId", new.parent_id.as_deref());
        let assignee_id = ids.optional("assigneeId", new.assignee_id.as_deref());
        ids.finish()?;
        let Some(project_id) = project_id else {
            return Err(super::super::problem::Problem::not_found().into());
        };
        let new = task::NewTask {
            project_id,
            title: new.title,
            description: new.description,
            status: new.status.map(|status| status.0),
            priority: new.priority.map(|priority| priority.0),
            responsible: new.responsible.map(|responsible| responsible.0),
            parent_id,
            assignee_id,
            estimate_min_minutes: new.estimate_min_minutes,
            estimate_max_minutes: new.estimate_max_minutes,
            due_date: new.due_date,
            client_visible: new.client_visible,
            idempotency_key: key.0,
        };
        let made = here
            .make(move |tx| Box::pin(async move { task::create(tx, new).await }))
            .await?;
        let id = made.id;
        Ok(one(made).made(&here, "tasks", id))
    }

    /// Read a task
    #[oai(
        path = "/workspaces/:workspace/tasks/:task",
        method = "get",
        operation_id = "taskGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadTasks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The task's id.
        task: Path<String>,
    ) -> Answer<One<Task>> {
        let here = caller.enter(&workspace)?;
        let id: TaskId = id(&task)?;
        let found = here
            .read(move |tx| Box::pin(async move { task::get(tx, id).await }))
            .await?;
        Ok(one(found))
    }

    /// Change a task
    #[oai(
        path = "/workspaces/:workspace/tasks/:task",
        method = "patch",
        operation_id = "taskUpdate"
    )]
    async fn update(
        &self,
        caller: Caller<WriteTasks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The task's id.
        task: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// What to change.
        body: Sent<TaskUpdate>,
    ) -> Answer<One<Task>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (TaskId, _) = (id(&task)?, version(if_match.as_deref())?);
        let (change, mut ids) = (body.0, Ids::default());
        let change = task::TaskPatch {
            title: patch(change.title),
            description: patch(change.description),
            status: patch_with(change.status, |status| status.0),
            priority: patch_with(change.priority, |priority| priority.0),
            responsible: patch_with(change.responsible, |responsible| responsible.0),
            parent_id: ids.patch("parentId", &change.parent_id),
            assignee_id: ids.patch("assigneeId", &change.assignee_id),
            estimate_min_minutes: patch(change.estimate_min_minutes),
            estimate_max_minutes: patch(change.estimate_max_minutes),
            due_date: patch(change.due_date),
            client_visible: patch(change.client_visible),
        };
        ids.finish()?;
        let changed = here
            .change(move |tx| Box::pin(async move { task::update(tx, id, expected, change).await }))
            .await?;
        Ok(one(changed))
    }

    /// Move a task on the board
    #[oai(
        path = "/workspaces/:workspace/tasks/:task/move",
        method = "post",
        operation_id = "taskMove"
    )]
    async fn move_(
        &self,
        caller: Caller<WriteTasks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The task's id.
        task: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// Where to.
        body: Sent<TaskMove>,
    ) -> Answer<One<Task>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (TaskId, _) = (id(&task)?, version(if_match.as_deref())?);
        let mut ids = Ids::default();
        let target = task::TaskMove {
            status: body.0.status.0,
            after_id: ids.optional("afterId", body.0.after_id.as_deref()),
            before_id: ids.optional("beforeId", body.0.before_id.as_deref()),
        };
        ids.finish()?;
        let changed = here
            .change(move |tx| Box::pin(async move { task::move_(tx, id, expected, target).await }))
            .await?;
        Ok(one(changed))
    }

    /// Delete a task
    ///
    /// With its parts; it can be restored.
    #[oai(
        path = "/workspaces/:workspace/tasks/:task",
        method = "delete",
        operation_id = "taskDelete"
    )]
    async fn delete(
        &self,
        caller: Caller<WriteTasks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The task's id.
        task: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Answer<Done> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (TaskId, _) = (id(&task)?, version(if_match.as_deref())?);
        here.change(move |tx| Box::pin(async move { task::delete(tx, id, expected).await }))
            .await?;
        Ok(Done)
    }

    /// Restore a task
    ///
    /// With the parts that were deleted with it.
    #[oai(
        path = "/workspaces/:workspace/tasks/:task/restore",
        method = "post",
        operation_id = "taskRestore"
    )]
    async fn restore(
        &self,
        caller: Caller<WriteTasks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The task's id.
        task: Path<String>,
    ) -> Answer<One<Task>> {
        let here = caller.enter(&workspace)?;
        let id: TaskId = id(&task)?;
        let changed = here
            .change(move |tx| Box::pin(async move { task::restore(tx, id, None).await }))
            .await?;
        Ok(one(changed))
    }
}
