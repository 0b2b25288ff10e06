//! The plan use case's entrance: a text is pasted, and a job is to make a plan of it.

use chrono::NaiveDate;
use serde::Serialize;
use smartstack_schema::{ClientId, JobId, ProjectId, UseCase, UserErrorCode};

use crate::{
    client::{self, NewClient},
    db::TenantTx,
    document,
    error::DomainError,
    idempotency,
    input::{Checks, NAME_MAX},
    job::{self, Job},
    project::{self, NewProject},
};

/// A text to make a plan of.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PlanStart {
    /// The text; at most 200 000 characters. NUL characters are removed.
    pub text: String,
    /// What to call it; its first line when left out.
    pub title: Option<String>,
    /// The project it is for. Give this or `new_project`.
    pub project_id: Option<ProjectId>,
    /// A project to be made for it.
    pub new_project: Option<PlanProject>,
    /// What to make of it; a plan when left out.
    pub use_case: Option<UseCase>,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
    /// The person's calendar day, against which relative dates are read; today in UTC when left out.
    pub today: Option<NaiveDate>,
}

/// A project to be made for a text.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PlanProject {
    /// What to call it.
    pub name: String,
    /// For a client that is there.
    pub client_id: Option<ClientId>,
    /// For a client to be made, a company of this name. Give this or `client_id`, or neither.
    pub new_client_name: Option<String>,
}

/// Stores the text and queues a job for it, with project and client where asked for, all in this one
/// transaction: a job that was promised is never lost.
///
/// # Errors
/// [`DomainError::Validation`] names each field that does not fit; [`DomainError::Conflict`] when
/// the idempotency key was used for another request.
pub async fn start(tx: &mut TenantTx, new: PlanStart) -> Result<Job, DomainError> {
    let mut checks = Checks::default();
    checks.idempotency_key(new.idempotency_key.as_deref());
    checks.day("today", new.today);
    if let Some(use_case) = new.use_case {
        job::check_use_case(&mut checks, use_case);
    }
    let draft = document::check(&mut checks, &new.text, new.title.as_deref());
    check_home(&mut checks, new.project_id, new.new_project.as_ref());
    checks.finish()?;
    let id: JobId = tx.new_id();
    if let Some(first) =
        idempotency::claim(tx, "plan.start", new.idempotency_key.as_deref(), &new, id.uuid()).await?
    {
        return job::get(tx, JobId::from(first)).await;
    }
    let today = new.today.unwrap_or_else(|| tx.now().date_naive());
    let project_id = home(tx, new.project_id, new.new_project).await?;
    let document = document::insert(tx, project_id, draft).await?;
    let use_case = new.use_case.unwrap_or(UseCase::Plan);
    job::enqueue(tx, id, use_case, document.id, project_id, today).await
}

/// Checks where a text is to belong: to a project that is there, or to a new one.
pub(crate) fn check_home(
    checks: &mut Checks,
    project_id: Option<ProjectId>,
    new_project: Option<&PlanProject>,
) {
    match (project_id, new_project) {
        (None, None) => {
            let message = "Choose a project, or name a new one.";
            checks.fail("projectId", UserErrorCode::Required, message);
        }
        (Some(_), Some(_)) => {
            let message = "Give a project or a new one, not both.";
            checks.fail("newProject", UserErrorCode::Invalid, message);
        }
        (None, Some(wanted)) => {
            let mut inner = Checks::default();
            inner.line("name", &wanted.name, NAME_MAX);
            let client_name =
                inner.optional_line("newClientName", wanted.new_client_name.as_deref(), NAME_MAX);
            if wanted.client_id.is_some() && client_name.is_some() {
                let message = "Give a client or the name of a new one, not both.";
                inner.fail("newClientName", UserErrorCode::Invalid, message);
            }
            checks.within("newProject", inner);
        }
        (Some(_), None) => {}
    }
}

/// The project a text is to belong to, made where it is a new one.
pub(crate) async fn home(
    tx: &mut TenantTx,
    project_id: Option<ProjectId>,
    new_project: Option<PlanProject>,
) -> Result<ProjectId, DomainError> {
    match (project_id, new_project) {
        (Some(id), _) => Ok(project::require(tx, "projectId", id).await?.id),
        (None, wanted) => make_project(tx, wanted.unwrap_or_default()).await,
    }
}

async fn make_project(tx: &mut TenantTx, wanted: PlanProject) -> Result<ProjectId, DomainError> {
    let new_client = wanted.new_client_name.filter(|name| !name.trim().is_empty());
    let client_id = match new_client {
        Some(name) => Some(
            client::create(
                tx,
                NewClient {
                    name,
                    ..NewClient::default()
                },
            )
            .await?
            .id,
        ),
        None => wanted.client_id,
    };
    if let Some(id) = wanted.client_id {
        client::require(tx, "newProject.clientId", id).await?;
    }
    let project = NewProject {
        name: wanted.name,
        client_id,
        ..NewProject::default()
    };
    Ok(project::create(tx, project).await?.id)
}
