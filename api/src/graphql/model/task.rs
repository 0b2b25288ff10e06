//! Tasks.

use async_graphql::{Context, ID, InputObject, Object, Result, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{
    DomainError, Page, Paged, WorkspaceTx,
    cells::{Cell, Cells, PersonColumn, ProjectColumn, Rows, TaskColumn as Column},
    task,
};
use smartstack_schema::TaskId;

use super::{
    connection::{LazyPage, List, WrittenList, connection, page},
    enums::{OrderDirection, Responsible, TaskOrderField, TaskPriority, TaskStatus},
    project::Project,
    scalar::Date,
    suggestion_item::SuggestionItem,
    task_version::{TaskHistory, TaskVersionConnection},
    user::User,
};
use crate::graphql::{
    eager::Eager,
    loader::{ProjectKey, SubtaskCountsKey, SuggestionItemKey, TaskKey, UserKey},
    node,
    written::{Link, Write, Written, cell},
};

/// A piece of work.
pub struct Task(pub task::Task);

/// A piece of work in a project.
#[Object]
impl Task {
    /// Unique over everything; begins with `task_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What is to be done, in a line.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// More about it; empty when nobody wrote it down.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// The column of the board it stands in.
    async fn status(&self) -> TaskStatus {
        self.0.status.into()
    }

    /// How pressing it is.
    async fn priority(&self) -> TaskPriority {
        self.0.priority.into()
    }

    /// Sorts within its status column; compare as bytes.
    async fn position(&self) -> &str {
        &self.0.position
    }

    /// Who has to act.
    async fn responsible(&self) -> Responsible {
        self.0.responsible.into()
    }

    /// The project it is part of.
    async fn project(&self, ctx: &Context<'_>) -> Result<Eager<Project>> {
        let key = ProjectKey(self.0.workspace_id, self.0.project_id);
        Ok(Eager(node::load_required(ctx, key).await?.into()))
    }

    /// The task it is a part of; null at the top level.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Task>> {
        let Some(id) = self.0.parent_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, TaskKey(self.0.workspace_id, id)).await?.map(Task))
    }

    /// Who does it; null while nobody is chosen.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Eager<User>>> {
        let Some(id) = self.0.assignee_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.0.workspace_id, id))
            .await?
            .map(|person| Eager(User(person))))
    }

    /// Lower estimate of the effort, in minutes.
    async fn estimate_min_minutes(&self) -> Option<i32> {
        self.0.estimate_min_minutes
    }

    /// Upper estimate of the effort, in minutes.
    async fn estimate_max_minutes(&self) -> Option<i32> {
        self.0.estimate_max_minutes
    }

    /// When it has to be done.
    async fn due_date(&self) -> Option<Date> {
        self.0.due_date.map(Date)
    }

    /// When it was done; null while it is not.
    async fn completed_at(&self) -> Option<DateTime<Utc>> {
        self.0.completed_at
    }

    /// Whether the client sees it in shared views that show tasks.
    async fn client_visible(&self) -> bool {
        self.0.client_visible
    }

    /// How many tasks are direct parts of it.
    async fn subtask_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let counts = node::load(ctx, SubtaskCountsKey(self.0.workspace_id, self.0.id)).await?;
        Ok(counts.unwrap_or_default().total)
    }

    /// How many of its direct parts are done.
    async fn subtask_done_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let counts = node::load(ctx, SubtaskCountsKey(self.0.workspace_id, self.0.id)).await?;
        Ok(counts.unwrap_or_default().done)
    }

    /// The suggestion's item it came from, with its quote; null for tasks made by hand.
    async fn source(&self, ctx: &Context<'_>) -> Result<Option<SuggestionItem>> {
        let Some(id) = self.0.source_item_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, SuggestionItemKey(self.0.workspace_id, id))
            .await?
            .map(SuggestionItem))
    }

    /// What it was after each change, the newest first; taskRevert goes back to one.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
    ) -> Result<TaskVersionConnection> {
        let list = TaskHistory {
            task: self.0.id,
            page: page(first, after, last, before)?,
        };
        Ok(TaskVersionConnection(LazyPage::new(
            ctx,
            self.0.workspace_id,
            list,
        )))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts its changes, from 1; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl Written for Task {
    fn plain(name: &str) -> Option<(Cell, Write)> {
        let (column, write): (_, Write) = match name {
            "id" => (Column::Id, cell::id::<TaskId>),
            "title" => (Column::Title, cell::text),
            "description" => (Column::Description, cell::text),
            "status" => (Column::Status, cell::text),
            "priority" => (Column::Priority, cell::text),
            "position" => (Column::Position, cell::text),
            "responsible" => (Column::Responsible, cell::text),
            "estimateMinMinutes" => (Column::EstimateMinMinutes, cell::number),
            "estimateMaxMinutes" => (Column::EstimateMaxMinutes, cell::number),
            "dueDate" => (Column::DueDate, cell::day),
            "completedAt" => (Column::CompletedAt, cell::moment),
            "clientVisible" => (Column::ClientVisible, cell::flag),
            "createdAt" => (Column::CreatedAt, cell::moment),
            "updatedAt" => (Column::UpdatedAt, cell::moment),
            "version" => (Column::Version, cell::number),
            "subtaskCount" => return Some((Cell::SubtaskCount, cell::number)),
            "subtaskDoneCount" => return Some((Cell::SubtaskDoneCount, cell::number)),
            _ => return None,
        };
        Some((Cell::Task(column), write))
    }

    fn linked(name: &str) -> Option<Link> {
        match name {
            "project" => Some(Link::to::<Project>(Cell::Project(ProjectColumn::Id))),
            "assignee" => Some(Link::to::<User>(Cell::Assignee(PersonColumn::Id))),
            _ => None,
        }
    }
}

/// Which tasks to list. Conditions that are left out do not restrict.
#[derive(InputObject, Default)]
pub struct TaskFilter {
    /// Part of the title, in any case.
    pub search: Option<String>,
    /// In one of these columns.
    pub status: Option<Vec<TaskStatus>>,
    /// Of one of these priorities.
    pub priority: Option<Vec<TaskPriority>>,
    /// In this project.
    pub project_id: Option<ID>,
    /// Done by this person.
    pub assignee_id: Option<ID>,
    /// True for those nobody is to do, false for those somebody is.
    pub unassigned: Option<bool>,
    /// Direct parts of this task.
    pub parent_id: Option<ID>,
    /// True for those that are no part of another, false for parts.
    pub top_level: Option<bool>,
    /// Where this side has to act.
    pub responsible: Option<Responsible>,
    /// Due on this day or later.
    pub due_from: Option<Date>,
    /// Due on this day or earlier.
    pub due_to: Option<Date>,
    /// True for those not done, false for those done.
    pub open: Option<bool>,
    /// Done after this moment.
    pub completed_after: Option<DateTime<Utc>>,
}

/// In which order to list tasks.
#[derive(InputObject)]
pub struct TaskOrder {
    /// By what.
    pub field: TaskOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

/// A list of tasks.
pub struct TaskList {
    /// Which ones.
    pub filter: task::TaskFilter,
    order: task::TaskOrder,
    page: Page,
}

impl TaskList {
    /// From the arguments of a connection.
    ///
    /// # Errors
    /// BAD_USER_INPUT where an id is not one.
    pub fn new(filter: Option<TaskFilter>, order: Option<TaskOrder>, page: Page) -> Result<Self> {
        let filter = filter.unwrap_or_default();
        Ok(Self {
            filter: task::TaskFilter {
                search: filter.search,
                status: filter.status.map(|all| all.into_iter().map(Into::into).collect()),
                priority: filter
                    .priority
                    .map(|all| all.into_iter().map(Into::into).collect()),
                project_id: node::read_filter("projectId", filter.project_id.as_ref())?,
                assignee_id: node::read_filter("assigneeId", filter.assignee_id.as_ref())?,
                unassigned: filter.unassigned,
                parent_id: node::read_filter("parentId", filter.parent_id.as_ref())?,
                top_level: filter.top_level,
                responsible: filter.responsible.map(Into::into),
                due_from: filter.due_from.map(|day| day.0),
                due_to: filter.due_to.map(|day| day.0),
                open: filter.open,
                completed_after: filter.completed_after,
            },
            order: order
                .map(|order| task::TaskOrder {
                    field: order.field.into(),
                    direction: order.direction.into(),
                })
                .unwrap_or_default(),
            page,
        })
    }
}

#[async_trait]
impl List for TaskList {
    type Node = task::Task;

    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<task::Task>, DomainError> {
        task::list(tx, &self.filter, self.order, &self.page).await
    }

    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError> {
        task::count(tx, &self.filter).await
    }
}

#[async_trait]
impl WrittenList for TaskList {
    type Node = Task;

    async fn rows(&self, tx: &WorkspaceTx, cells: &Cells) -> Result<Rows, DomainError> {
        task::rows(tx, &self.filter, self.order, &self.page, cells).await
    }
}

connection!(TaskConnection, TaskEdge, Task => Task, task::Task, "tasks");
