//! What a client sees who opens a share link.
//!
//! [`open`] turns a token, and the password where the link has one, into a scope, [`shared_view`] reads what the scope's link exposes. Both
//! run for every request, so that revoking a link or its end takes effect at once. The database
//! enforces the same a second time: the role behind a [`ShareTx`] sees nothing but the link's
//! project, its visible tasks and, where shown, its notes.

pub(crate) mod door;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult, Value};
use smartstack_schema::{Hue, NoteKind, ProjectNoteId, ProjectStatus, Responsible, TaskId, TaskStatus};
use uuid::Uuid;

pub use self::door::{Door, open};
use crate::{
    db::{ShareTx, sql},
    error::DomainError,
    status::{self, PublishedSentence},
    store,
};

/// What a link shows. Fields its owner did not tick are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedView {
    /// Whose work it is: the name of the workspace's owner.
    pub freelancer_name: String,
    /// The workspace's name.
    pub workspace_name: String,
    /// The workspace's colour.
    pub hue: Hue,
    /// For whom.
    pub client_name: Option<String>,
    /// What the project is called.
    pub project_name: String,
    /// Where it stands.
    pub project_status: ProjectStatus,
    /// When work begins, if dates are shown.
    pub start_date: Option<NaiveDate>,
    /// When it is due, if dates are shown.
    pub due_date: Option<NaiveDate>,
    /// How many tasks the client may see, listed or not.
    pub total: i32,
    /// How many of them are done.
    pub done: i32,
    /// Whether tasks are listed.
    pub show_tasks: bool,
    /// Whether estimates are shown.
    pub show_estimates: bool,
    /// Whether dates are shown.
    pub show_due_dates: bool,
    /// Whether notes are shown.
    pub show_notes: bool,
    /// The tasks the client may see, in the order of the board.
    pub tasks: Vec<SharedTask>,
    /// The notes, oldest first.
    pub notes: Vec<SharedNote>,
    /// The newest update published to this link: since when, and its sentences. Those that rest on something the
    /// link does not show any more are left out.
    pub status: Option<(DateTime<Utc>, Vec<PublishedSentence>)>,
    /// When anything shown here last changed.
    pub updated_at: DateTime<Utc>,
    /// When the link ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A task as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedTask {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub title: String,
    /// The column it stands in.
    pub status: TaskStatus,
    /// Who has to do it.
    pub responsible: Responsible,
    /// When it is due, if dates are shown.
    pub due_date: Option<NaiveDate>,
    /// Lower end of the estimate, if estimates are shown.
    pub estimate_min_minutes: Option<i32>,
    /// Upper end.
    pub estimate_max_minutes: Option<i32>,
    /// When it was done.
    pub completed_at: Option<DateTime<Utc>>,
}

/// A note as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedNote {
    /// Its id.
    pub id: ProjectNoteId,
    /// Question, exclusion or decision.
    pub kind: NoteKind,
    /// What it says.
    pub text: String,
    /// Whether it is settled.
    pub resolved: bool,
}

#[derive(FromQueryResult)]
struct Overview {
    freelancer_name: Option<String>,
    workspace_name: String,
    hue: String,
    client_name: Option<String>,
    project_name: String,
    project_status: String,
    start_date: Option<NaiveDate>,
    due_date: Option<NaiveDate>,
    total: i32,
    done: i32,
    show_tasks: bool,
    show_estimates: bool,
    show_due_dates: bool,
    show_notes: bool,
    updated_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct TaskRow {
    id: Uuid,
    title: String,
    status: String,
    responsible: String,
    due_date: Option<NaiveDate>,
    estimate_min_minutes: Option<i32>,
    estimate_max_minutes: Option<i32>,
    completed_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct NoteRow {
    id: Uuid,
    kind: String,
    text: String,
    resolved: bool,
}

/// Everything the link of this transaction shows.
///
/// # Errors
/// [`DomainError::NotFound`] once the link is revoked or over, or its project is deleted.
pub async fn shared_view(tx: &ShareTx) -> Result<SharedView, DomainError> {
    let scope = tx.scope();
    let (workspace, project) = (scope.workspace_id().uuid(), scope.project_id().uuid());
    let link = scope.share_link_id().uuid();
    let overview: Vec<Overview> = rows(
        tx,
        "SELECT
           (SELECT u.name FROM memberships m JOIN users u ON u.id = m.user_id
            WHERE m.workspace_id = $1 AND m.role = 'OWNER' ORDER BY m.created_at, u.id LIMIT 1) AS freelancer_name,
           w.name AS workspace_name, w.hue, c.name AS client_name, p.name AS project_name,
           p.status AS project_status, p.start_date, p.due_date, t.total, t.done,
           l.show_tasks, l.show_estimates, l.show_due_dates, l.show_notes, l.expires_at, l.revoked_at,
           greatest(p.updated_at, l.created_at, t.updated_at,
             (SELECT max(n.updated_at) FROM project_notes n
              WHERE n.workspace_id = $1 AND n.project_id = $2 AND l.show_notes AND n.deleted_at IS NULL)
           ) AS updated_at
         FROM share_links l
         JOIN workspaces w ON w.id = l.workspace_id
         JOIN projects p ON p.workspace_id = l.workspace_id AND p.id = l.project_id
         LEFT JOIN clients c ON c.workspace_id = p.workspace_id AND c.id = p.client_id
         CROSS JOIN LATERAL (
           SELECT count(*)::int4 AS total, count(*) FILTER (WHERE status = 'DONE')::int4 AS done,
             max(updated_at) AS updated_at
           FROM tasks WHERE workspace_id = $1 AND project_id = $2 AND deleted_at IS NULL AND client_visible
         ) t
         WHERE l.workspace_id = $1 AND l.project_id = $2 AND l.id = $3 AND p.deleted_at IS NULL",
        [workspace.into(), project.into(), link.into()],
    )
    .await?;
    let overview = overview.into_iter().next().ok_or(DomainError::NotFound)?;
    if overview.revoked_at.is_some() || overview.expires_at.is_some_and(|at| at <= tx.now()) {
        return Err(DomainError::NotFound);
    }
    let tasks: Vec<TaskRow> = if overview.show_tasks {
        rows(
            tx,
            "SELECT id, title, status, responsible, due_date, estimate_min_minutes, estimate_max_minutes,
               completed_at
             FROM tasks
             WHERE workspace_id = $1 AND project_id = $2 AND deleted_at IS NULL AND client_visible
             ORDER BY array_position(ARRAY['BACKLOG','NEXT','IN_PROGRESS','WAITING','DONE'], status), position, id",
            [workspace.into(), project.into()],
        )
        .await?
    } else {
        Vec::new()
    };
    let notes: Vec<NoteRow> = if overview.show_notes {
        rows(
            tx,
            "SELECT id, kind, text, resolved_at IS NOT NULL AS resolved FROM project_notes
             WHERE workspace_id = $1 AND project_id = $2 AND deleted_at IS NULL
             ORDER BY created_at, id",
            [workspace.into(), project.into()],
        )
        .await?
    } else {
        Vec::new()
    };
    let tasks = tasks
        .into_iter()
        .map(|row| shared_task(row, &overview))
        .collect::<Result<_, _>>()?;
    let notes = notes.into_iter().map(|row| -> Result<_, DomainError> {
        Ok(SharedNote {
            id: row.id.into(),
            kind: store::parse::<NoteKind>(&row.kind)?,
            text: row.text,
            resolved: row.resolved,
        })
    });
    let tasks: Vec<SharedTask> = tasks;
    let notes: Vec<SharedNote> = notes.collect::<Result<_, _>>()?;
    let status = status::latest(tx, &tasks, &notes, overview.show_due_dates).await?;
    Ok(SharedView {
        updated_at: status
            .as_ref()
            .map_or(overview.updated_at, |(at, _)| overview.updated_at.max(*at)),
        status,
        notes,
        tasks,
        freelancer_name: overview.freelancer_name.unwrap_or_default(),
        workspace_name: overview.workspace_name,
        hue: store::parse(&overview.hue)?,
        client_name: overview.client_name,
        project_name: overview.project_name,
        project_status: store::parse(&overview.project_status)?,
        start_date: overview.start_date.filter(|_| overview.show_due_dates),
        due_date: overview.due_date.filter(|_| overview.show_due_dates),
        total: overview.total,
        done: overview.done,
        show_tasks: overview.show_tasks,
        show_estimates: overview.show_estimates,
        show_due_dates: overview.show_due_dates,
        show_notes: overview.show_notes,
        expires_at: overview.expires_at,
    })
}

fn shared_task(row: TaskRow, shown: &Overview) -> Result<SharedTask, DomainError> {
    Ok(SharedTask {
        id: row.id.into(),
        status: store::parse(&row.status)?,
        responsible: store::parse(&row.responsible)?,
        title: row.title,
        due_date: row.due_date.filter(|_| shown.show_due_dates),
        estimate_min_minutes: row.estimate_min_minutes.filter(|_| shown.show_estimates),
        estimate_max_minutes: row.estimate_max_minutes.filter(|_| shown.show_estimates),
        completed_at: row.completed_at,
    })
}

async fn rows<R: FromQueryResult, const N: usize>(
    tx: &ShareTx,
    text: &str,
    values: [Value; N],
) -> Result<Vec<R>, DomainError> {
    let rows: Vec<QueryResult> = tx.conn().query_all_raw(sql(text, values)).await?;
    rows.iter()
        .map(|row| Ok(R::from_query_result(row, "")?))
        .collect()
}
