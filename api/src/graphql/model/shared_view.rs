//! What a client sees through a shared link.

use async_graphql::{Context, ID, Result, SimpleObject};
use chrono::{DateTime, Utc};
use smartstack_domain::{DomainError, share, status};
use smartstack_schema::ErrorCode;

use super::{
    enums::{Hue, NoteKind, ProjectStatus, Responsible, TaskStatus},
    scalar::Date,
};
use crate::graphql::{
    context::{ContextExt, Requester, Surface},
    error::{coded, from_domain, unauthenticated},
};

/// What a client sees: the one project the link shows, and of it what the owner ticked.
#[derive(SimpleObject)]
pub struct SharedView {
    /// Who does the work.
    freelancer_name: String,
    /// The workspace they do it in.
    workspace_name: String,
    /// The project's colour.
    hue: Hue,
    /// For whom; null for one's own projects.
    client_name: Option<String>,
    /// What the project is called.
    project_name: String,
    /// Where it stands.
    project_status: ProjectStatus,
    /// When work begins; null unless showDueDates.
    start_date: Option<Date>,
    /// When it has to be done; null unless showDueDates.
    due_date: Option<Date>,
    /// How many tasks there are.
    total: i32,
    /// How many of them are done.
    done: i32,
    /// Whether the owner shows tasks.
    show_tasks: bool,
    /// Whether the owner shows estimates.
    show_estimates: bool,
    /// Whether the owner shows due dates.
    show_due_dates: bool,
    /// Whether the owner shows questions, exclusions and decisions.
    show_notes: bool,
    /// The tasks marked as visible to clients; empty unless showTasks.
    tasks: Vec<SharedTask>,
    /// Open questions, exclusions and decisions; empty unless showNotes.
    notes: Vec<SharedNote>,
    /// The newest update the owner published here; null where there is none.
    status: Option<SharedStatus>,
    /// When anything shown here last changed.
    updated_at: DateTime<Utc>,
    /// Until when the link works; null for no end.
    expires_at: Option<DateTime<Utc>>,
}

/// An update as a client sees it.
#[derive(SimpleObject)]
pub struct SharedStatus {
    /// Since when it is to be read.
    published_at: DateTime<Utc>,
    /// Its sentences; one that rests on something that is no longer shown is left out.
    sentences: Vec<SharedSentence>,
}

/// A sentence of an update, with what it rests on.
#[derive(SimpleObject)]
pub struct SharedSentence {
    /// What it says.
    text: String,
    /// What it rests on, in words; empty for what its writer added.
    sources: Vec<String>,
}

/// A task as a client sees it.
#[derive(SimpleObject)]
pub struct SharedTask {
    /// The task's id.
    id: ID,
    /// What is to be done.
    title: String,
    /// Where it stands.
    status: TaskStatus,
    /// Who has to act.
    responsible: Responsible,
    /// When it has to be done; null unless showDueDates.
    due_date: Option<Date>,
    /// Lower estimate in minutes; null unless showEstimates.
    estimate_min_minutes: Option<i32>,
    /// Upper estimate in minutes; null unless showEstimates.
    estimate_max_minutes: Option<i32>,
    /// When it was done; null while it is not.
    completed_at: Option<DateTime<Utc>>,
}

/// A question, exclusion or decision as a client sees it.
#[derive(SimpleObject)]
pub struct SharedNote {
    /// The note's id.
    id: ID,
    /// Question, exclusion or decision.
    kind: NoteKind,
    /// What it says.
    text: String,
    /// Whether it is settled.
    resolved: bool,
}

impl SharedView {
    /// What the requester's link shows.
    ///
    /// # Errors
    /// NOT_FOUND where the link does not stand (any more); UNAUTHENTICATED where it
    /// asks for its password, and for a stranger at the accounts' door; faults of the store.
    pub async fn load(ctx: &Context<'_>) -> Result<Option<Self>> {
        let scope = match ctx.requester() {
            Requester::Share(scope) => scope,
            Requester::Account(_) => return Ok(None),
            Requester::Locked(_) => return Err(locked()),
            Requester::Anonymous => {
                return Err(match ctx.data_unchecked::<Surface>() {
                    Surface::Share(_) => from_domain(&DomainError::NotFound),
                    Surface::Account => unauthenticated(),
                });
            }
        };
        let view = ctx
            .app()
            .db
            .in_share(scope, |tx| Box::pin(async move { share::shared_view(tx).await }));
        view.await
            .map(|view| Some(view.into()))
            .map_err(|error| from_domain(&error))
    }
}

/// Nothing is told of what lies behind the password.
fn locked() -> async_graphql::Error {
    let message = "This page asks for a password. POST it to the page's own address, /password.";
    coded(ErrorCode::Unauthenticated, message)
}

impl From<share::SharedView> for SharedView {
    fn from(view: share::SharedView) -> Self {
        Self {
            freelancer_name: view.freelancer_name,
            workspace_name: view.workspace_name,
            hue: view.hue.into(),
            client_name: view.client_name,
            project_name: view.project_name,
            project_status: view.project_status.into(),
            start_date: view.start_date.map(Date),
            due_date: view.due_date.map(Date),
            total: view.total,
            done: view.done,
            show_tasks: view.show_tasks,
            show_estimates: view.show_estimates,
            show_due_dates: view.show_due_dates,
            show_notes: view.show_notes,
            status: view.status.map(|(published_at, sentences)| SharedStatus {
                published_at,
                sentences: sentences
                    .into_iter()
                    .map(|sentence| SharedSentence {
                        text: sentence.text,
                        sources: sentence.facts.iter().map(status::line).collect(),
                    })
                    .collect(),
            }),
            tasks: view
                .tasks
                .into_iter()
                .map(|task| SharedTask {
                    id: task.id.to_string().into(),
                    title: task.title,
                    status: task.status.into(),
                    responsible: task.responsible.into(),
                    due_date: task.due_date.map(Date),
                    estimate_min_minutes: task.estimate_min_minutes,
                    estimate_max_minutes: task.estimate_max_minutes,
                    completed_at: task.completed_at,
                })
                .collect(),
            notes: view
                .notes
                .into_iter()
                .map(|note| SharedNote {
                    id: note.id.to_string().into(),
                    kind: note.kind.into(),
                    text: note.text,
                    resolved: note.resolved,
                })
                .collect(),
            updated_at: view.updated_at,
            expires_at: view.expires_at,
        }
    }
}
