//! Parents and subtasks.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use smartstack_schema::{TaskId, UserErrorCode};
use uuid::Uuid;

use crate::{
    db::WorkspaceTx,
    error::{DomainError, FieldError},
    store,
};

/// How many levels there are, a task without a parent being the first.
const LEVELS_MAX: i32 = 5;

/// The direct parts of a task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SubtaskCounts {
    /// All of them.
    pub total: i32,
    /// In status DONE.
    pub done: i32,
}

/// How many direct parts each task has, in one statement.
pub async fn subtask_counts(
    tx: &WorkspaceTx,
    ids: &[TaskId],
) -> Result<HashMap<TaskId, SubtaskCounts>, DomainError> {
    let rows = store::query(
        tx,
        "SELECT parent_id, count(*)::int4 AS total, count(*) FILTER (WHERE status = 'DONE')::int4 AS done
         FROM tasks
         WHERE workspace_id = $1 AND parent_id = ANY($2) AND deleted_at IS NULL
         GROUP BY parent_id",
        [store::workspace(tx).into(), store::uuids(ids).into()],
    )
    .await?;
    let mut counts: HashMap<_, _> = ids.iter().map(|id| (*id, SubtaskCounts::default())).collect();
    for row in rows {
        let id: Uuid = row.try_get("", "parent_id")?;
        let found = SubtaskCounts {
            total: row.try_get("", "total")?,
            done: row.try_get("", "done")?,
        };
        counts.insert(id.into(), found);
    }
    Ok(counts)
}

/// Refuses a parent that is not there, in another project, a part of the task itself, or so deep
/// that the task's own parts would end below the fifth level. The arrangement lock must be held, or
/// two writers could make each other's task their parent.
pub(super) async fn check_parent(
    tx: &WorkspaceTx,
    project: Uuid,
    task: Option<Uuid>,
    parent: TaskId,
) -> Result<(), DomainError> {
    #[derive(FromQueryResult)]
    struct Above {
        level: i32,
        is_task: bool,
    }
    let refuse = |code, message: &str| Err(FieldError::new(code, "parentId", message).into());
    let above: Vec<Above> = store::rows(
        tx,
        "WITH RECURSIVE above AS (
           SELECT id, parent_id, 1 AS level FROM tasks
           WHERE workspace_id = $1 AND project_id = $2 AND id = $3 AND deleted_at IS NULL
           UNION ALL
           SELECT t.id, t.parent_id, above.level + 1 FROM tasks t JOIN above ON t.id = above.parent_id
           WHERE t.workspace_id = $1 AND above.level < 100
         )
         SELECT level, (id = $4) IS TRUE AS is_task FROM above",
        [
            store::workspace(tx).into(),
            project.into(),
            parent.uuid().into(),
            task.into(),
        ],
    )
    .await?;
    if above.is_empty() {
        return refuse(UserErrorCode::NotFound, "There is no such task in this project.");
    }
    if above.iter().any(|row| row.is_task) {
        return refuse(
            UserErrorCode::Invalid,
            "A task cannot be a part of itself or of its own parts.",
        );
    }
    let levels_above = above.iter().map(|row| row.level).max().unwrap_or_default();
    let own_levels = match task {
        Some(task) => levels_below(tx, task).await?,
        None => 1,
    };
    if levels_above + own_levels > LEVELS_MAX {
        let message = format!("Tasks nest {LEVELS_MAX} levels deep; choose a parent further up.");
        return refuse(UserErrorCode::LimitReached, &message);
    }
    Ok(())
}

/// A task with all its parts that are not deleted, the task first.
pub(super) async fn with_parts(tx: &WorkspaceTx, task: Uuid) -> Result<Vec<Uuid>, DomainError> {
    let rows = store::query(
        tx,
        "WITH RECURSIVE below AS (
           SELECT id, 1 AS level FROM tasks WHERE workspace_id = $1 AND id = $2
           UNION ALL
           SELECT t.id, below.level + 1 FROM tasks t JOIN below ON t.parent_id = below.id
           WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND below.level < 100
         )
         SELECT id FROM below ORDER BY level, id",
        [store::workspace(tx).into(), task.into()],
    )
    .await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// A deleted task with the parts that were deleted together with it, the task first.
pub(super) async fn deleted_together(tx: &WorkspaceTx, task: Uuid) -> Result<Vec<Uuid>, DomainError> {
    let rows = store::query(
        tx,
        "WITH RECURSIVE below AS (
           SELECT id, deleted_at, 1 AS level FROM tasks WHERE workspace_id = $1 AND id = $2
           UNION ALL
           SELECT t.id, t.deleted_at, below.level + 1 FROM tasks t JOIN below ON t.parent_id = below.id
           WHERE t.workspace_id = $1 AND t.deleted_at = below.deleted_at AND below.level < 100
         )
         SELECT id FROM below ORDER BY level, id",
        [store::workspace(tx).into(), task.into()],
    )
    .await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

async fn levels_below(tx: &WorkspaceTx, task: Uuid) -> Result<i32, DomainError> {
    let rows = store::query(
        tx,
        "WITH RECURSIVE below AS (
           SELECT id, 1 AS level FROM tasks WHERE workspace_id = $1 AND id = $2
           UNION ALL
           SELECT t.id, below.level + 1 FROM tasks t JOIN below ON t.parent_id = below.id
           WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND below.level < 100
         )
         SELECT max(level) AS levels FROM below",
        [store::workspace(tx).into(), task.into()],
    )
    .await?;
    let levels: Option<i32> = rows
        .first()
        .map(|row| row.try_get("", "levels"))
        .transpose()?
        .flatten();
    Ok(levels.unwrap_or(1))
}
