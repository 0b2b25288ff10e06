//! How far projects are, counted by the database.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use smartstack_schema::ProjectId;
use uuid::Uuid;

use crate::{db::WorkspaceTx, error::DomainError, store};

/// Counts over a project's tasks, subtasks included, deleted ones left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProjectProgress {
    /// All of them.
    pub total: i32,
    /// In status DONE.
    pub done: i32,
    /// Open and due before today (UTC).
    pub overdue: i32,
    /// Open, and either WAITING or the client's to do.
    pub waiting_for_client: i32,
    /// Open and without a due date.
    pub unscheduled: i32,
    /// Sum of the estimates' lower ends, in minutes.
    pub estimate_min_minutes: i32,
    /// Sum of the estimates' upper ends, in minutes.
    pub estimate_max_minutes: i32,
    /// Sum of the upper ends over open tasks, in minutes.
    pub remaining_max_minutes: i32,
    /// Tasks without an estimate, which the sums leave out.
    pub unestimated: i32,
}

#[derive(FromQueryResult)]
struct Row {
    project_id: Uuid,
    total: i32,
    done: i32,
    overdue: i32,
    waiting_for_client: i32,
    unscheduled: i32,
    estimate_min_minutes: i32,
    estimate_max_minutes: i32,
    remaining_max_minutes: i32,
    unestimated: i32,
}

/// The progress of each project, in one statement. Sums stop at the largest 32-bit number.
pub async fn progress(
    tx: &WorkspaceTx,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, ProjectProgress>, DomainError> {
    let values = [
        store::workspace(tx).into(),
        store::uuids(ids).into(),
        tx.now().date_naive().into(),
    ];
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT project_id,
           count(*)::int4 AS total,
           count(*) FILTER (WHERE status = 'DONE')::int4 AS done,
           count(*) FILTER (WHERE status <> 'DONE' AND due_date < $3)::int4 AS overdue,
           count(*) FILTER (WHERE status <> 'DONE' AND (status = 'WAITING' OR responsible = 'CLIENT'))::int4
             AS waiting_for_client,
           count(*) FILTER (WHERE status <> 'DONE' AND due_date IS NULL)::int4 AS unscheduled,
           least(coalesce(sum(estimate_min_minutes), 0), 2147483647)::int4 AS estimate_min_minutes,
           least(coalesce(sum(estimate_max_minutes), 0), 2147483647)::int4 AS estimate_max_minutes,
           least(coalesce(sum(estimate_max_minutes) FILTER (WHERE status <> 'DONE'), 0), 2147483647)::int4
             AS remaining_max_minutes,
           count(*) FILTER (WHERE estimate_max_minutes IS NULL)::int4 AS unestimated
         FROM tasks
         WHERE workspace_id = $1 AND project_id = ANY($2) AND deleted_at IS NULL
         GROUP BY project_id",
        values,
    )
    .await?;
    let mut found: HashMap<_, _> = ids.iter().map(|id| (*id, ProjectProgress::default())).collect();
    found.extend(rows.into_iter().map(|row| {
        let progress = ProjectProgress {
            total: row.total,
            done: row.done,
            overdue: row.overdue,
            waiting_for_client: row.waiting_for_client,
            unscheduled: row.unscheduled,
            estimate_min_minutes: row.estimate_min_minutes,
            estimate_max_minutes: row.estimate_max_minutes,
            remaining_max_minutes: row.remaining_max_minutes,
            unestimated: row.unestimated,
        };
        (ProjectId::from(row.project_id), progress)
    }));
    Ok(found)
}
