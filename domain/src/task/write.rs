//! Making, changing, deleting and bringing back tasks.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};
use smartstack_schema::{
    NodeKind, ProjectId, Responsible, SuggestionItemId, TaskId, TaskPriority, TaskStatus, UserId,
};
use uuid::Uuid;

use super::{NewTask, Task, TaskPatch, arrange, get, lock, lock_any, lock_arrangement_of, subject, tree};
use crate::{
    db::{TenantTx, WorkspaceTx},
    entity::task::{Column, Entity, Model},
    error::DomainError,
    idempotency,
    input::{Checks, DESCRIPTION_MAX, Patch, TITLE_MAX},
    project,
    record::{self, Subject},
    store, workspace,
};

/// What a new task consists of, once checked.
pub(crate) struct Draft {
    pub(crate) id: Uuid,
    pub(crate) project_id: ProjectId,
    pub(crate) parent_id: Option<TaskId>,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) status: TaskStatus,
    pub(crate) priority: TaskPriority,
    pub(crate) responsible: Responsible,
    pub(crate) assignee_id: Option<UserId>,
    pub(crate) estimate: (Option<i32>, Option<i32>),
    pub(crate) due_date: Option<NaiveDate>,
    /// For a task in status DONE; now when left out.
    pub(crate) completed_at: Option<DateTime<Utc>>,
    pub(crate) client_visible: bool,
    pub(crate) source_item_id: Option<SuggestionItemId>,
}

/// Makes a task, at the end of its column.
///
/// # Errors
/// [`DomainError::Validation`] names each field that does not fit; [`DomainError::Conflict`] when
/// the idempotency key was used for another request.
pub async fn create(tx: &mut TenantTx, new: NewTask) -> Result<Task, DomainError> {
    let mut checks = Checks::default();
    checks.idempotency_key(new.idempotency_key.as_deref());
    let draft = Draft {
        id: tx.new_id(),
        project_id: new.project_id,
        parent_id: new.parent_id,
        title: checks.line("title", &new.title, TITLE_MAX),
        description: checks.text(
            "description",
            new.description.as_deref().unwrap_or_default(),
            DESCRIPTION_MAX,
        ),
        status: new.status.unwrap_or(TaskStatus::Backlog),
        priority: new.priority.unwrap_or(TaskPriority::None),
        responsible: new.responsible.unwrap_or(Responsible::Freelancer),
        assignee_id: new.assignee_id,
        estimate: checks.estimate(new.estimate_min_minutes, new.estimate_max_minutes),
        due_date: checks.day("dueDate", new.due_date),
        completed_at: None,
        client_visible: new.client_visible.unwrap_or(true),
        source_item_id: None,
    };
    checks.finish()?;
    let key = new.idempotency_key.as_deref();
    if let Some(first) = idempotency::claim(tx, "task.create", key, &new, draft.id).await? {
        return get(tx, TaskId::from(first)).await;
    }
    project::require(tx, "projectId", draft.project_id).await?;
    insert(tx, draft).await
}

/// Stores a checked task at the end of its column. Its project is there and not deleted.
pub(crate) async fn insert(tx: &mut TenantTx, draft: Draft) -> Result<Task, DomainError> {
    let project = draft.project_id.uuid();
    store::lock_arrangement(tx, project).await?;
    if let Some(parent) = draft.parent_id {
        tree::check_parent(tx, project, None, parent).await?;
    }
    if let Some(assignee) = draft.assignee_id {
        workspace::require_member(tx, "assigneeId", assignee).await?;
    }
    let now = tx.now();
    let position = arrange::at_end(tx, project, draft.status).await?;
    let row = Model {
        id: draft.id,
        workspace_id: store::workspace(tx),
        project_id: project,
        parent_id: draft.parent_id.map(Into::into),
        title: draft.title,
        description: draft.description,
        status: draft.status.as_str().to_owned(),
        priority: draft.priority.as_str().to_owned(),
        position: position.as_str().to_owned(),
        responsible: draft.responsible.as_str().to_owned(),
        assignee_id: draft.assignee_id.map(Into::into),
        estimate_min_minutes: draft.estimate.0,
        estimate_max_minutes: draft.estimate.1,
        due_date: draft.due_date,
        completed_at: (draft.status == TaskStatus::Done).then(|| draft.completed_at.unwrap_or(now)),
        client_visible: draft.client_visible,
        source_item_id: draft.source_item_id.map(Into::into),
        created_at: now,
        updated_at: now,
        deleted_at: None,
        version: 1,
    };
    let row = store::insert(tx, row).await?;
    record::created(tx, "task.create", subject(&row), &row)?;
    announce_parent(tx, &row);
    row.try_into()
}

/// Changes a task.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current
/// one; [`DomainError::Validation`].
pub async fn update(
    tx: &mut TenantTx,
    id: TaskId,
    expected_version: Option<i32>,
    patch: TaskPatch,
) -> Result<Task, DomainError> {
    if !patch.status.is_keep() || !patch.parent_id.is_keep() {
        lock_arrangement_of(tx, id).await?;
    }
    let row = lock(tx, id, expected_version).await?;
    let mut checks = Checks::default();
    let status = checks.not_cleared("status", patch.status, store::parse(&row.status)?);
    let priority: TaskPriority = checks.not_cleared("priority", patch.priority, store::parse(&row.priority)?);
    let responsible: Responsible =
        checks.not_cleared("responsible", patch.responsible, store::parse(&row.responsible)?);
    let mut next = row.clone();
    next.priority = priority.as_str().to_owned();
    next.responsible = responsible.as_str().to_owned();
    next.title = checks.line_patch("title", patch.title, &row.title, TITLE_MAX);
    next.description = checks.text_patch(
        "description",
        patch.description,
        &row.description,
        DESCRIPTION_MAX,
    );
    next.client_visible = checks.not_cleared("clientVisible", patch.client_visible, row.client_visible);
    next.due_date = checks.day("dueDate", patch.due_date.over(row.due_date));
    (next.estimate_min_minutes, next.estimate_max_minutes) = checks.estimate(
        patch.estimate_min_minutes.over(row.estimate_min_minutes),
        patch.estimate_max_minutes.over(row.estimate_max_minutes),
    );
    checks.finish()?;
    if let Patch::Set(parent) = patch.parent_id {
        tree::check_parent(tx, row.project_id, Some(row.id), parent).await?;
    }
    next.parent_id = patch.parent_id.try_map(|id| Some(id.uuid())).over(row.parent_id);
    if let Patch::Set(assignee) = patch.assignee_id
        && row.assignee_id != Some(assignee.uuid())
    {
        workspace::require_member(tx, "assigneeId", assignee).await?;
    }
    next.assignee_id = patch
        .assignee_id
        .try_map(|id| Some(id.uuid()))
        .over(row.assignee_id);
    if row.status != status.as_str() {
        next.position = arrange::at_end(tx, row.project_id, status)
            .await?
            .as_str()
            .to_owned();
        set_status(tx, &mut next, status);
    }
    save(tx, "task.update", row, next).await
}

/// Deletes a task with its parts. [`restore`] brings them back.
///
/// # Errors
/// As [`update`].
pub async fn delete(
    tx: &mut TenantTx,
    id: TaskId,
    expected_version: Option<i32>,
) -> Result<TaskId, DomainError> {
    lock_arrangement_of(tx, id).await?;
    let row = lock(tx, id, expected_version).await?;
    let rows = tree::with_parts(tx, row.id).await?;
    set_deleted(tx, "task.delete", &rows, Some(tx.now())).await?;
    announce_parent(tx, &row);
    Ok(id)
}

/// Deletes a task that undoing takes away again, whatever has been changed of it since; it can be
/// restored. Nothing happens when it is gone already.
pub(crate) async fn take_away(tx: &mut TenantTx, id: TaskId) -> Result<(), DomainError> {
    match delete(tx, id, None).await {
        Ok(_) | Err(DomainError::NotFound) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Brings back a deleted task with the parts that were deleted together with it.
///
/// # Errors
/// As [`update`]; [`DomainError::InvalidState`] when the task it is a part of is deleted.
pub async fn restore(
    tx: &mut TenantTx,
    id: TaskId,
    expected_version: Option<i32>,
) -> Result<Task, DomainError> {
    lock_arrangement_of(tx, id).await?;
    let row = lock_any(tx, id).await?.ok_or(DomainError::NotFound)?;
    store::expect_version(row.version, expected_version)?;
    if row.deleted_at.is_none() {
        return row.try_into();
    }
    if let Some(parent) = row.parent_id
        && get(tx, TaskId::from(parent)).await.is_err()
    {
        let message = "The task it is a part of is deleted. Restore that one first.";
        return Err(DomainError::InvalidState(message.to_owned()));
    }
    let rows = tree::deleted_together(tx, row.id).await?;
    set_deleted(tx, "task.restore", &rows, None).await?;
    announce_parent(tx, &row);
    get(tx, id).await
}

/// Marks rows as deleted at a moment, or as there again. The rows come parents first.
async fn set_deleted(
    tx: &mut TenantTx,
    action: &'static str,
    ids: &[Uuid],
    deleted_at: Option<DateTime<Utc>>,
) -> Result<(), DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx.conn())
        .await?;
    for row in rows {
        let mut next = row.clone();
        next.deleted_at = deleted_at;
        next.updated_at = tx.now();
        next.version += 1;
        let next = store::save(tx, next).await?;
        if deleted_at.is_some() {
            record::deleted(tx, action, subject(&next), &row)?;
        } else {
            record::created(tx, action, subject(&next), &next)?;
        }
    }
    Ok(())
}

/// Keeps the moment of completion in step with the status.
pub(super) fn set_status(tx: &WorkspaceTx, row: &mut Model, status: TaskStatus) {
    row.status = status.as_str().to_owned();
    row.completed_at = match status {
        TaskStatus::Done => row.completed_at.or_else(|| Some(tx.now())),
        _ => None,
    };
}

/// Stores a changed row of a task that this transaction has locked.
pub(super) async fn save(
    tx: &mut TenantTx,
    action: &'static str,
    row: Model,
    mut next: Model,
) -> Result<Task, DomainError> {
    if next == row {
        return row.try_into();
    }
    next.version += 1;
    next.updated_at = tx.now();
    let next = store::save(tx, next).await?;
    record::updated(tx, action, subject(&next), &row, &next)?;
    if row.parent_id != next.parent_id {
        announce_parent(tx, &row);
    }
    if row.parent_id != next.parent_id || row.status != next.status {
        announce_parent(tx, &next);
    }
    next.try_into()
}

/// A parent shows how many parts it has and how many are done: tell those who watch it.
fn announce_parent(tx: &mut WorkspaceTx, row: &Model) {
    if let Some(parent) = row.parent_id {
        record::announce(tx, Subject::new(NodeKind::Task, parent, Some(row.project_id)));
    }
}
