//! Tasks: the cards of a project's board, with subtasks down to five levels.
//!
//! `write` makes and changes them, `arrange` places them in their columns, `tree` keeps parents and
//! subtasks sound, `history` is what they were. Every writer that places a card or changes a parent first takes the project's
//! arrangement lock ([`store::lock_arrangement`]).

mod arrange;
mod history;
mod tree;
mod write;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, LockType},
};
use serde::Serialize;
use smartstack_schema::{
    NodeKind, OrderDirection, ProjectId, Responsible, SuggestionItemId, TaskId, TaskOrderField, TaskPriority,
    TaskStatus, UserId, WorkspaceId,
};
use uuid::Uuid;

pub(crate) use self::write::{Draft, insert, take_away};
pub use self::{
    arrange::{TaskMove, move_},
    history::{TaskVersion, history, history_count, revert, versions_by_ids},
    tree::{SubtaskCounts, subtask_counts},
    write::{create, delete, restore, update},
};

use crate::{
    cells::{self, Cells, Rows},
    db::{
        WorkspaceTx,
        page::{CursorValue, Keyset, Page, Paged, SortKey},
    },
    entity::task::{Column, Entity, Model},
    error::DomainError,
    input::Patch,
    list, project,
    record::Subject,
    store,
};

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// The project it belongs to, for good.
    pub project_id: ProjectId,
    /// The task it is a part of.
    pub parent_id: Option<TaskId>,
    /// What to do.
    pub title: String,
    /// More about it; empty when there is no more.
    pub description: String,
    /// The column it stands in.
    pub status: TaskStatus,
    /// How pressing it is.
    pub priority: TaskPriority,
    /// Sorts within its column, compared as bytes; equal ones are ordered by id.
    pub position: String,
    /// Who has to do it.
    pub responsible: Responsible,
    /// Which member does it.
    pub assignee_id: Option<UserId>,
    /// Lower end of the estimate; set exactly when the upper end is.
    pub estimate_min_minutes: Option<i32>,
    /// Upper end of the estimate.
    pub estimate_max_minutes: Option<i32>,
    /// The day it has to be done.
    pub due_date: Option<NaiveDate>,
    /// When it was done; set exactly while its status is DONE.
    pub completed_at: Option<DateTime<Utc>>,
    /// Whether the client sees it in shared views that show tasks.
    pub client_visible: bool,
    /// The suggestion item it came from.
    pub source_item_id: Option<SuggestionItemId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i32,
}

/// A task to be made. It goes to the end of its column.
#[derive(Debug, Clone, Serialize)]
pub struct NewTask {
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// What to do; at most 200 characters.
    pub title: String,
    /// More about it; at most 20 000 characters.
    pub description: Option<String>,
    /// BACKLOG when left out.
    pub status: Option<TaskStatus>,
    /// NONE when left out.
    pub priority: Option<TaskPriority>,
    /// FREELANCER when left out.
    pub responsible: Option<Responsible>,
    /// The task it is a part of, in the same project.
    pub parent_id: Option<TaskId>,
    /// A member of the workspace.
    pub assignee_id: Option<UserId>,
    /// Lower end of the estimate; when only one end is given, it stands for both.
    pub estimate_min_minutes: Option<i32>,
    /// Upper end of the estimate.
    pub estimate_max_minutes: Option<i32>,
    /// The day it has to be done.
    pub due_date: Option<NaiveDate>,
    /// Visible when left out.
    pub client_visible: Option<bool>,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl NewTask {
    /// A task with nothing but a title.
    pub fn titled(project_id: ProjectId, title: impl Into<String>) -> Self {
        Self {
            project_id,
            title: title.into(),
            description: None,
            status: None,
            priority: None,
            responsible: None,
            parent_id: None,
            assignee_id: None,
            estimate_min_minutes: None,
            estimate_max_minutes: None,
            due_date: None,
            client_visible: None,
            idempotency_key: None,
        }
    }
}

/// What to change of a task. The fields are those of [`NewTask`].
///
/// A new status puts the task at the end of that column. Of an estimate, an end that is left with
/// nothing takes the other end's value: to remove an estimate, clear both.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "documented on NewTask")]
pub struct TaskPatch {
    pub title: Patch<String>,
    pub description: Patch<String>,
    pub status: Patch<TaskStatus>,
    pub priority: Patch<TaskPriority>,
    pub responsible: Patch<Responsible>,
    pub parent_id: Patch<TaskId>,
    pub assignee_id: Patch<UserId>,
    pub estimate_min_minutes: Patch<i32>,
    pub estimate_max_minutes: Patch<i32>,
    pub due_date: Patch<NaiveDate>,
    pub client_visible: Patch<bool>,
}

/// Which tasks to list; all conditions hold together. Deleted tasks and those of deleted projects
/// are never listed.
#[derive(Debug, Clone, Default)]
pub struct TaskFilter {
    /// Part of the title, in any case.
    pub search: Option<String>,
    /// In one of these columns; in any when empty or left out.
    pub status: Option<Vec<TaskStatus>>,
    /// Of one of these priorities; of any when empty or left out.
    pub priority: Option<Vec<TaskPriority>>,
    /// Of this project.
    pub project_id: Option<ProjectId>,
    /// Of this member.
    pub assignee_id: Option<UserId>,
    /// Only those nobody does, or only those somebody does.
    pub unassigned: Option<bool>,
    /// Direct parts of this task.
    pub parent_id: Option<TaskId>,
    /// Only those that are no part of another, or only those that are.
    pub top_level: Option<bool>,
    /// For this side to do.
    pub responsible: Option<Responsible>,
    /// Due on this day or later.
    pub due_from: Option<NaiveDate>,
    /// Due on this day or earlier.
    pub due_to: Option<NaiveDate>,
    /// Only those not DONE, or only those that are.
    pub open: Option<bool>,
    /// Done after this moment.
    pub completed_after: Option<DateTime<Utc>>,
}

/// In which order to list tasks.
#[derive(Debug, Clone, Copy)]
pub struct TaskOrder {
    /// By what. Tasks without a due date come last when ordered by it, either way.
    pub field: TaskOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

impl Default for TaskOrder {
    fn default() -> Self {
        Self {
            field: TaskOrderField::Position,
            direction: OrderDirection::Asc,
        }
    }
}

/// One task.
///
/// # Errors
/// [`DomainError::NotFound`], for deleted ones and those of a deleted project too.
pub async fn get(tx: &WorkspaceTx, id: TaskId) -> Result<Task, DomainError> {
    by_ids(tx, &[id]).await?.remove(&id).ok_or(DomainError::NotFound)
}

/// The tasks among `ids` that there are, in one statement.
pub async fn by_ids(tx: &WorkspaceTx, ids: &[TaskId]) -> Result<HashMap<TaskId, Task>, DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(Column::Id, ids))
        .filter(Column::DeletedAt.is_null())
        .filter(project::is_live("tasks"))
        .all(tx.conn())
        .await?;
    store::keyed(rows, |row| TaskId::from(row.id))
}

/// A page of tasks.
///
/// # Errors
/// [`DomainError::Validation`] for a cursor of another list.
pub async fn list(
    tx: &WorkspaceTx,
    filter: &TaskFilter,
    order: TaskOrder,
    page: &Page,
) -> Result<Paged<Task>, DomainError> {
    let select = select(tx, filter).filter(project::is_live("tasks"));
    list::page(tx, select, &keyset(order), page).await
}

/// As [`list`], with some columns of tasks, of their projects, those projects' clients, and of who does them.
///
/// # Errors
/// As [`list`].
pub async fn rows(
    tx: &WorkspaceTx,
    filter: &TaskFilter,
    order: TaskOrder,
    page: &Page,
    cells: &Cells,
) -> Result<Rows, DomainError> {
    let select = cells::with_live_projects(select(tx, filter));
    let select = cells.with_assignees(cells.with_clients(select));
    cells::rows(tx, select, &keyset(order), page, cells).await
}

/// How many tasks a filter lets through.
///
/// # Errors
/// Store errors alone.
pub async fn count(tx: &WorkspaceTx, filter: &TaskFilter) -> Result<i64, DomainError> {
    list::count(tx, select(tx, filter).filter(project::is_live("tasks"))).await
}

/// Those of deleted projects among them.
fn select(tx: &WorkspaceTx, filter: &TaskFilter) -> Select<Entity> {
    let mut select = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(Column::DeletedAt.is_null());
    if let Some(search) = list::search(filter.search.as_deref()) {
        select = select.filter(list::contains("tasks.title", &search));
    }
    if let Some(statuses) = filter.status.as_ref().filter(|statuses| !statuses.is_empty()) {
        select = select.filter(Column::Status.is_in(statuses.iter().map(|status| status.as_str())));
    }
    if let Some(priorities) = filter
        .priority
        .as_ref()
        .filter(|priorities| !priorities.is_empty())
    {
        select = select.filter(Column::Priority.is_in(priorities.iter().map(|priority| priority.as_str())));
    }
    if let Some(project) = filter.project_id {
        select = select.filter(Column::ProjectId.eq(project.uuid()));
    }
    if let Some(assignee) = filter.assignee_id {
        select = select.filter(Column::AssigneeId.eq(assignee.uuid()));
    }
    if let Some(parent) = filter.parent_id {
        select = select.filter(Column::ParentId.eq(parent.uuid()));
    }
    if let Some(responsible) = filter.responsible {
        select = select.filter(Column::Responsible.eq(responsible.as_str()));
    }
    if let Some(day) = filter.due_from {
        select = select.filter(Column::DueDate.gte(day));
    }
    if let Some(day) = filter.due_to {
        select = select.filter(Column::DueDate.lte(day));
    }
    if let Some(moment) = filter.completed_after {
        select = select.filter(Column::CompletedAt.gt(moment));
    }
    select = match filter.unassigned {
        Some(true) => select.filter(Column::AssigneeId.is_null()),
        Some(false) => select.filter(Column::AssigneeId.is_not_null()),
        None => select,
    };
    select = match filter.top_level {
        Some(true) => select.filter(Column::ParentId.is_null()),
        Some(false) => select.filter(Column::ParentId.is_not_null()),
        None => select,
    };
    select = match filter.open {
        Some(true) => select.filter(Column::Status.ne(TaskStatus::Done.as_str())),
        Some(false) => select.filter(Column::Status.eq(TaskStatus::Done.as_str())),
        None => select,
    };
    select
}

/// NONE is the least pressing, URGENT the most.
const PRIORITY_RANK: &str = "array_position(ARRAY['NONE','LOW','MEDIUM','HIGH','URGENT'], tasks.priority)";

fn keyset(order: TaskOrder) -> Keyset<Model> {
    let key = match order.field {
        TaskOrderField::Position => SortKey::text(Column::Position.into_expr(), |row: &Model| {
            CursorValue::Text(row.position.clone())
        }),
        TaskOrderField::DueDate => list::day_key(
            order.direction,
            "tasks.due_date",
            |row: &Model| list::day_or_latest(row.due_date),
            |row: &Model| list::day_or_earliest(row.due_date),
        ),
        TaskOrderField::Priority => SortKey::number(Expr::cust(PRIORITY_RANK), |row: &Model| {
            let place = TaskPriority::ALL
                .iter()
                .position(|priority| priority.as_str() == row.priority);
            CursorValue::Number(place.map_or(0, |place| place as i32 + 1))
        }),
        TaskOrderField::Title => SortKey::text(list::name_order("tasks.title"), |row: &Model| {
            CursorValue::Text(row.title.clone())
        }),
        TaskOrderField::CreatedAt => SortKey::time(Column::CreatedAt.into_expr(), |row: &Model| {
            CursorValue::Time(row.created_at)
        }),
        TaskOrderField::UpdatedAt => SortKey::time(Column::UpdatedAt.into_expr(), |row: &Model| {
            CursorValue::Time(row.updated_at)
        }),
    };
    Keyset {
        name: order.field.as_str(),
        direction: order.direction,
        keys: vec![key],
        id: Column::Id.into_expr(),
        id_of: |row| row.id,
    }
}

/// A task's row that is not deleted, nor its project, locked against other writers until this
/// transaction ends. The arrangement lock, where it is needed, comes before.
async fn lock(tx: &WorkspaceTx, id: TaskId, expected_version: Option<i32>) -> Result<Model, DomainError> {
    let row = lock_any(tx, id).await?.filter(|row| row.deleted_at.is_none());
    let row = row.ok_or(DomainError::NotFound)?;
    store::expect_version(row.version, expected_version)?;
    Ok(row)
}

/// As [`lock`], for a row that may be deleted.
async fn lock_any(tx: &WorkspaceTx, id: TaskId) -> Result<Option<Model>, DomainError> {
    Ok(Entity::find_by_id(id.uuid())
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(project::is_live("tasks"))
        .lock(LockType::NoKeyUpdate)
        .one(tx.conn())
        .await?)
}

/// Takes the arrangement lock of the task's project, and returns that project.
async fn lock_arrangement_of(tx: &WorkspaceTx, id: TaskId) -> Result<Uuid, DomainError> {
    let row = Entity::find_by_id(id.uuid())
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .one(tx.conn())
        .await?
        .ok_or(DomainError::NotFound)?;
    store::lock_arrangement(tx, row.project_id).await?;
    Ok(row.project_id)
}

fn subject(row: &Model) -> Subject {
    Subject::new(NodeKind::Task, row.id, Some(row.project_id))
}

impl TryFrom<Model> for Task {
    type Error = DomainError;

    fn try_from(row: Model) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            project_id: row.project_id.into(),
            parent_id: row.parent_id.map(Into::into),
            status: store::parse(&row.status)?,
            priority: store::parse(&row.priority)?,
            responsible: store::parse(&row.responsible)?,
            title: row.title,
            description: row.description,
            position: row.position,
            assignee_id: row.assignee_id.map(Into::into),
            estimate_min_minutes: row.estimate_min_minutes,
            estimate_max_minutes: row.estimate_max_minutes,
            due_date: row.due_date,
            completed_at: row.completed_at,
            client_visible: row.client_visible,
            source_item_id: row.source_item_id.map(Into::into),
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}
