//! What people do to jobs: cancel, try again, or do the work by hand.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};
use serde::Serialize;
use smartstack_schema::{
    DocumentId, DocumentKind, Engine, JobId, JobState, ProjectId, UseCase, UserErrorCode,
};

use super::{Job, lock, subject};
use crate::{
    ai,
    db::{JobEnvelope, TenantTx, WorkspaceTx},
    document,
    entity::job::{Column, Entity, Model},
    error::{DomainError, FieldError},
    idempotency,
    input::Checks,
    record,
    status::Sentence,
    store,
    suggestion::{self, Provenance, Suggestion},
};

/// Outbox topic of jobs.
pub(crate) const TOPIC: &str = "job";

/// What stands where a person is to write a reply or an update by themselves.
const GAP: &str = "[what you want to say]";

/// Queues a job for a stored document.
pub(crate) async fn enqueue(
    tx: &mut TenantTx,
    id: JobId,
    use_case: UseCase,
    document_id: DocumentId,
    project_id: ProjectId,
    today: chrono::NaiveDate,
) -> Result<Job, DomainError> {
    let row = Model {
        id: id.into(),
        workspace_id: store::workspace(tx),
        use_case: use_case.as_str().to_owned(),
        state: JobState::Queued.as_str().to_owned(),
        stage: None,
        stages: serde_json::json!([]),
        attempt: 0,
        document_id: document_id.into(),
        project_id: project_id.into(),
        reason: None,
        reason_message: None,
        today,
        model: None,
        lease_owner: None,
        lease_until: None,
        created_by: tx.actor_id().map(Into::into),
        created_at: tx.now(),
        started_at: None,
        finished_at: None,
        version: 1,
    };
    let row = store::insert(tx, row).await?;
    send(tx, id);
    record::created(tx, "job.start", subject(&row), &row)?;
    row.try_into()
}

/// A document to be read once more.
#[derive(Debug, Clone, Serialize)]
pub struct JobStart {
    /// The document.
    pub document_id: DocumentId,
    /// What to make of it.
    pub use_case: UseCase,
    /// The person's calendar day, against which relative dates are read; today in UTC when left out.
    pub today: Option<chrono::NaiveDate>,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Queues a job for a document that is there.
///
/// # Errors
/// [`DomainError::NotFound`], also for a deleted document; [`DomainError::InvalidState`] while another job
/// for the same use is on its way; [`DomainError::Validation`]; [`DomainError::Conflict`] when the
/// idempotency key was used for another request.
pub async fn start(tx: &mut TenantTx, new: JobStart) -> Result<Job, DomainError> {
    let mut checks = Checks::default();
    checks.idempotency_key(new.idempotency_key.as_deref());
    checks.day("today", new.today);
    check_use_case(&mut checks, new.use_case);
    checks.finish()?;
    let id: JobId = tx.new_id();
    let key = new.idempotency_key.as_deref();
    if let Some(first) = idempotency::claim(tx, "job.start", key, &new, id.uuid()).await? {
        return super::get(tx, first.into()).await;
    }
    let document = document::get(tx, new.document_id).await?;
    if document.deleted_at.is_some() || document.kind == DocumentKind::Record {
        return Err(DomainError::NotFound);
    }
    let on_its_way = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(Column::DocumentId.eq(document.id.uuid()))
        .filter(Column::UseCase.eq(new.use_case.as_str()))
        .filter(Column::State.is_in([JobState::Queued.as_str(), JobState::Running.as_str()]))
        .one(tx.conn())
        .await?;
    if on_its_way.is_some() {
        return refuse("This document is being read already.");
    }
    let today = new.today.unwrap_or_else(|| tx.now().date_naive());
    enqueue(tx, id, new.use_case, document.id, document.project_id, today).await
}

/// Refuses what cannot be made of a text.
pub(crate) fn check_use_case(checks: &mut Checks, use_case: UseCase) {
    if use_case == UseCase::Status {
        let message = "An update is drawn from what a share link shows: use statusStart.";
        checks.fail("useCase", UserErrorCode::Invalid, message);
    }
}

/// The first job that was asked for with a document.
pub(crate) async fn first_of(tx: &WorkspaceTx, document: DocumentId) -> Result<Option<Job>, DomainError> {
    let row = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(Column::DocumentId.eq(document.uuid()))
        .order_by_asc(Column::Id)
        .one(tx.conn())
        .await?;
    row.map(Job::try_from).transpose()
}

/// Tries again: queues a job that needs review or was cancelled. `model` names another of the configured
/// models ([`ai::model::list`](crate::ai::model::list)); without it, the one the job went to before.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current
/// one; [`DomainError::InvalidState`] for a job in any other state; [`DomainError::Validation`] for a
/// model that is not configured.
pub async fn retry(
    tx: &mut TenantTx,
    id: JobId,
    expected_version: Option<i32>,
    model: Option<String>,
) -> Result<Job, DomainError> {
    let row = lock(tx, id).await?;
    store::expect_version(row.version, expected_version)?;
    if let Some(model) = &model {
        let configured = ai::model::list(tx).await?;
        if !configured.iter().any(|known| known.name == *model) {
            let message = "This model is not configured here. Choose one of those offered.";
            return Err(FieldError::new(UserErrorCode::Invalid, "model", message).into());
        }
    }
    match store::parse(&row.state)? {
        JobState::NeedsReview | JobState::Cancelled => {}
        JobState::Queued | JobState::Running => return refuse("It is already on its way."),
        JobState::Ready => {
            return refuse("It has already made its suggestion. Paste the text again for another.");
        }
    }
    let mut next = row.clone();
    next.state = JobState::Queued.as_str().to_owned();
    clear(&mut next);
    next.started_at = None;
    next.finished_at = None;
    next.model = model.or(next.model);
    send(tx, id);
    save(tx, "job.retry", row, next).await
}

/// Stops a job. A worker that is at it finds out at its next write, which changes nothing.
///
/// # Errors
/// As [`retry`]; [`DomainError::InvalidState`] for a job that has made its suggestion.
pub async fn cancel(tx: &mut TenantTx, id: JobId, expected_version: Option<i32>) -> Result<Job, DomainError> {
    let row = lock(tx, id).await?;
    store::expect_version(row.version, expected_version)?;
    match store::parse(&row.state)? {
        JobState::Queued | JobState::Running | JobState::NeedsReview => {}
        JobState::Cancelled => return row.try_into(),
        JobState::Ready => return refuse("It has already made its suggestion. Dismiss that instead."),
    }
    let next = cancelled(tx, &row);
    save(tx, "job.cancel", row, next).await
}

/// What is being deleted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of {
    /// A project.
    Project(ProjectId),
    /// A document.
    Document(DocumentId),
}

/// Cancels what is still to be done for something that is being deleted.
pub(crate) async fn cancel_unfinished(tx: &mut TenantTx, of: Of) -> Result<(), DomainError> {
    let of = match of {
        Of::Project(id) => Column::ProjectId.eq(id.uuid()),
        Of::Document(id) => Column::DocumentId.eq(id.uuid()),
    };
    let unfinished = [JobState::Queued.as_str(), JobState::Running.as_str()];
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(of)
        .filter(Column::State.is_in(unfinished))
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx.conn())
        .await?;
    for row in rows {
        let next = cancelled(tx, &row);
        save(tx, "job.cancel", row, next).await?;
    }
    Ok(())
}

/// Opens a suggestion beside the text of a job that could not finish, to work by hand: an empty one, and for a
/// reply or an update a draft that is one gap. Doing it twice gives the same suggestion.
///
/// # Errors
/// As [`retry`]; [`DomainError::InvalidState`] for a job that is on its way or has a suggestion.
pub async fn review_by_hand(
    tx: &mut TenantTx,
    id: JobId,
    expected_version: Option<i32>,
) -> Result<Suggestion, DomainError> {
    let row = lock(tx, id).await?;
    let state: JobState = store::parse(&row.state)?;
    if state == JobState::Ready {
        let made = suggestion::by_job_ids(tx, &[id]).await?.remove(&id);
        return match made {
            Some(made) if made.provenance.engine == Engine::Manual => Ok(made),
            _ => refuse("It has already made its suggestion: open that."),
        };
    }
    store::expect_version(row.version, expected_version)?;
    if matches!(state, JobState::Queued | JobState::Running) {
        return refuse("It is still on its way. Cancel it first to work by hand.");
    }
    let provenance = Provenance {
        engine: Engine::Manual,
        model: None,
        prompt_version: None,
        input_hash: String::new(),
        language: None,
        duration_ms: 0,
        input_tokens: 0,
        output_tokens: 0,
        cost_micro_usd: 0,
    };
    // A draft begins with a gap, as those of the rules have it; a plan begins with nothing.
    let gap = [Sentence {
        text: GAP.to_owned(),
        facts: Vec::new(),
    }];
    let (draft, sentences) = match store::parse(&row.use_case)? {
        UseCase::Plan | UseCase::Notes => (None, None),
        UseCase::Reply => (Some(GAP.to_owned()), None),
        UseCase::Status => (None, Some(gap.as_slice())),
    };
    let made = suggestion::insert(tx, &row, provenance, Vec::new(), draft, sentences).await?;
    let made = made.ok_or(DomainError::Conflict)?;
    let mut next = row.clone();
    next.state = JobState::Ready.as_str().to_owned();
    clear(&mut next);
    next.finished_at = Some(tx.now());
    save(tx, "job.review_by_hand", row, next).await?;
    suggestion::get(tx, made).await
}

fn cancelled(tx: &WorkspaceTx, row: &Model) -> Model {
    let mut next = row.clone();
    next.state = JobState::Cancelled.as_str().to_owned();
    clear(&mut next);
    next.finished_at = Some(tx.now());
    next
}

/// What belongs to an attempt or to its failure.
fn clear(row: &mut Model) {
    row.stage = None;
    row.stages = serde_json::json!([]);
    row.reason = None;
    row.reason_message = None;
    row.lease_owner = None;
    row.lease_until = None;
}

fn send(tx: &mut WorkspaceTx, id: JobId) {
    let envelope = JobEnvelope::new(id, tx.workspace_id());
    tx.enqueue(TOPIC, envelope.payload());
}

async fn save(
    tx: &mut TenantTx,
    action: &'static str,
    row: Model,
    mut next: Model,
) -> Result<Job, DomainError> {
    next.version += 1;
    let next = store::save(tx, next).await?;
    record::updated(tx, action, subject(&next), &row, &next)?;
    next.try_into()
}

fn refuse<T>(message: &str) -> Result<T, DomainError> {
    Err(DomainError::InvalidState(message.to_owned()))
}
