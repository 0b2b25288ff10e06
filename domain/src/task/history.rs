//! What a task was before: the database keeps every version of its row.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use smartstack_schema::{
    OrderDirection, TaskField, TaskId, TaskVersionId, UserErrorCode, UserId, WorkspaceId,
};
use uuid::Uuid;

use super::{Task, TaskPatch, update};
use crate::{
    db::{
        TenantTx, WorkspaceTx,
        page::{CursorValue, Edge, Keyset, Page, Paged, SortKey},
    },
    entity::{
        row_version::{Column, Entity, Model},
        task,
    },
    error::{DomainError, FieldError},
    input::Patch,
    list, store,
};

/// A task as it was after one write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskVersion {
    /// Its id.
    pub id: TaskVersionId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The task as it was, with that version's number.
    pub task: Task,
    /// Whether it was deleted then.
    pub deleted: bool,
    /// Who wrote; `None` for what nobody did, such as an assignee who left.
    pub actor_id: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What differs from the version before; nothing for the first.
    pub changed: Vec<TaskField>,
}

fn of(tx: &WorkspaceTx, id: TaskId) -> Select<Entity> {
    Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(Column::RowId.eq(id.uuid()))
        .filter(Column::Noun.eq("task"))
}

/// A page of a task's versions, the newest first.
///
/// # Errors
/// [`DomainError::Validation`] for a cursor of another list.
pub async fn history(tx: &WorkspaceTx, id: TaskId, page: &Page) -> Result<Paged<TaskVersion>, DomainError> {
    let keyset = Keyset {
        name: "VERSION",
        direction: OrderDirection::Desc,
        keys: vec![SortKey::time(Column::At.into_expr(), |row: &Model| {
            CursorValue::Time(row.at)
        })],
        id: Column::Id.into_expr(),
        id_of: |row| row.id,
    };
    let rows: Paged<Stored> = list::page(tx, of(tx, id), &keyset, page).await?;
    let ids: Vec<Uuid> = rows.edges.iter().map(|edge| edge.node.id).collect();
    let before = before(tx, &ids).await?;
    let mut edges = Vec::with_capacity(rows.edges.len());
    for edge in rows.edges {
        edges.push(Edge {
            cursor: edge.cursor,
            node: edge.node.version(&before)?,
        });
    }
    Ok(Paged {
        edges,
        has_next: rows.has_next,
        has_previous: rows.has_previous,
    })
}

/// The versions among `ids` that there are.
pub async fn versions_by_ids(
    tx: &WorkspaceTx,
    ids: &[TaskVersionId],
) -> Result<HashMap<TaskVersionId, TaskVersion>, DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(Column::Id, ids))
        .filter(Column::Noun.eq("task"))
        .all(tx.conn())
        .await?;
    let before = before(tx, &store::uuids(ids)).await?;
    rows.into_iter()
        .map(|row| {
            let version = Stored::try_from(row)?.version(&before)?;
            Ok((version.id, version))
        })
        .collect()
}

/// What each of these versions was made from; nothing for the first of a task.
async fn before(tx: &WorkspaceTx, ids: &[Uuid]) -> Result<HashMap<Uuid, task::Model>, DomainError> {
    let rows = store::query(
        tx,
        "SELECT v.id, b.row
         FROM row_versions v
         CROSS JOIN LATERAL (
           SELECT e.row FROM row_versions e
           WHERE e.workspace_id = v.workspace_id AND e.row_id = v.row_id AND (e.at, e.id) < (v.at, v.id)
           ORDER BY e.at DESC, e.id DESC LIMIT 1
         ) b
         WHERE v.workspace_id = $1 AND v.id = ANY($2)",
        [store::workspace(tx).into(), ids.to_vec().into()],
    )
    .await?;
    rows.iter()
        .map(|row| {
            let before: serde_json::Value = row.try_get("", "row")?;
            Ok((
                row.try_get("", "id")?,
                serde_json::from_value(before).map_err(store::fault)?,
            ))
        })
        .collect()
}

/// How many versions of a task there are.
///
/// # Errors
/// Store errors alone.
pub async fn history_count(tx: &WorkspaceTx, id: TaskId) -> Result<i64, DomainError> {
    list::count(tx, of(tx, id)).await
}

/// Makes a task what it was at a version, as a new change. Its place among others stays, unless its
/// status changes with it. A deleted task is restored first.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current one;
/// [`DomainError::Validation`] for a version there is not, and for one that no longer fits: its assignee
/// has left, or the task it was a part of is gone.
pub async fn revert(
    tx: &mut TenantTx,
    id: TaskId,
    version: i32,
    expected_version: Option<i32>,
) -> Result<Task, DomainError> {
    let found = of(tx, id)
        .filter(Column::Version.eq(version))
        .order_by_desc(Column::At)
        .one(tx.conn())
        .await?;
    let Some(found) = found else {
        // Of a task that is not there nothing is told.
        super::get(tx, id).await?;
        let message = "This task has no such version; its history names those it has.";
        return Err(FieldError::new(UserErrorCode::NotFound, "version", message).into());
    };
    let was: Task = Stored::try_from(found)?.row.try_into()?;
    let patch = TaskPatch {
        title: Patch::Set(was.title),
        description: Patch::Set(was.description),
        status: Patch::Set(was.status),
        priority: Patch::Set(was.priority),
        responsible: Patch::Set(was.responsible),
        parent_id: set_or_clear(was.parent_id),
        assignee_id: set_or_clear(was.assignee_id),
        estimate_min_minutes: set_or_clear(was.estimate_min_minutes),
        estimate_max_minutes: set_or_clear(was.estimate_max_minutes),
        due_date: set_or_clear(was.due_date),
        client_visible: Patch::Set(was.client_visible),
    };
    update(tx, id, expected_version, patch).await
}

fn set_or_clear<T>(value: Option<T>) -> Patch<T> {
    value.map_or(Patch::Clear, Patch::Set)
}

/// A kept version with its row read.
struct Stored {
    id: Uuid,
    row: task::Model,
    actor_id: Option<Uuid>,
    at: DateTime<Utc>,
}

impl TryFrom<Model> for Stored {
    type Error = DomainError;

    fn try_from(kept: Model) -> Result<Self, DomainError> {
        Ok(Self {
            id: kept.id,
            row: serde_json::from_value(kept.row).map_err(store::fault)?,
            actor_id: kept.actor_id,
            at: kept.at,
        })
    }
}

impl Stored {
    fn version(self, before: &HashMap<Uuid, task::Model>) -> Result<TaskVersion, DomainError> {
        let before = before.get(&self.id);
        Ok(TaskVersion {
            id: self.id.into(),
            changed: before.map_or_else(Vec::new, |before| difference(before, &self.row)),
            workspace_id: self.row.workspace_id.into(),
            deleted: self.row.deleted_at.is_some(),
            task: self.row.try_into()?,
            actor_id: self.actor_id.map(Into::into),
            at: self.at,
        })
    }
}

fn difference(before: &task::Model, after: &task::Model) -> Vec<TaskField> {
    use TaskField as Field;
    let estimate = |row: &task::Model| (row.estimate_min_minutes, row.estimate_max_minutes);
    [
        (Field::Title, before.title != after.title),
        (Field::Description, before.description != after.description),
        (Field::Status, before.status != after.status),
        (Field::Priority, before.priority != after.priority),
        (Field::Responsible, before.responsible != after.responsible),
        (Field::Parent, before.parent_id != after.parent_id),
        (Field::Assignee, before.assignee_id != after.assignee_id),
        (Field::Estimate, estimate(before) != estimate(after)),
        (Field::DueDate, before.due_date != after.due_date),
        (
            Field::ClientVisible,
            before.client_visible != after.client_visible,
        ),
        (Field::Position, before.position != after.position),
        (
            Field::Deleted,
            before.deleted_at.is_some() != after.deleted_at.is_some(),
        ),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}
