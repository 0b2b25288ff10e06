//! Making, changing, hiding and bringing back projects.

use chrono::Duration;
use smartstack_schema::{ProjectId, ProjectStatus, UserErrorCode};
use uuid::Uuid;

use super::{NewProject, Project, ProjectPatch, get, lock, subject};
use crate::{
    client,
    db::{TenantTx, WorkspaceTx},
    entity::project::Model,
    error::DomainError,
    idempotency,
    input::{Checks, DESCRIPTION_MAX, NAME_MAX, Patch},
    job,
    money::Money,
    record, store,
};

/// How long a deleted project can be restored.
pub(crate) const RESTORABLE_FOR: Duration = Duration::days(365);

/// Makes a project.
///
/// # Errors
/// [`DomainError::Validation`] names each field that does not fit; [`DomainError::Conflict`] when
/// the idempotency key was used for another request.
pub async fn create(tx: &mut TenantTx, new: NewProject) -> Result<Project, DomainError> {
    let mut checks = Checks::default();
    checks.idempotency_key(new.idempotency_key.as_deref());
    let id: Uuid = tx.new_id();
    let now = tx.now();
    checks.minutes("budgetMinutes", new.budget_minutes);
    let (budget_cents, budget_currency) = Money::into_columns(checks.money("budget", new.budget.clone()));
    let (hourly_rate_cents, hourly_rate_currency) =
        Money::into_columns(checks.money("hourlyRate", new.hourly_rate.clone()));
    let mut row = Model {
        id,
        workspace_id: store::workspace(tx),
        client_id: new.client_id.map(Into::into),
        name: checks.line("name", &new.name, NAME_MAX),
        description: checks.text(
            "description",
            new.description.as_deref().unwrap_or_default(),
            DESCRIPTION_MAX,
        ),
        status: new.status.unwrap_or(ProjectStatus::Active).as_str().to_owned(),
        hue: new.hue.unwrap_or_else(|| store::hue_of(id)).as_str().to_owned(),
        start_date: checks.day("startDate", new.start_date),
        due_date: checks.day("dueDate", new.due_date),
        budget_cents,
        budget_currency,
        budget_minutes: new.budget_minutes,
        hourly_rate_cents,
        hourly_rate_currency,
        created_at: now,
        updated_at: now,
        deleted_at: None,
        version: 1,
    };
    check_dates(&mut checks, &row);
    checks.finish()?;
    if let Some(first) =
        idempotency::claim(tx, "project.create", new.idempotency_key.as_deref(), &new, id).await?
    {
        return get(tx, ProjectId::from(first)).await;
    }
    if let Some(client_id) = new.client_id {
        let client = client::require(tx, "clientId", client_id).await?;
        if new.hue.is_none() {
            row.hue = client.hue.as_str().to_owned();
        }
    }
    let row = store::insert(tx, row).await?;
    record::created(tx, "project.create", subject(&row), &row)?;
    row.try_into()
}

/// Changes a project that is not deleted.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current
/// one; [`DomainError::Validation`].
pub async fn update(
    tx: &mut TenantTx,
    id: ProjectId,
    expected_version: Option<i32>,
    patch: ProjectPatch,
) -> Result<Project, DomainError> {
    let row = lock(tx, id.into()).await?;
    if row.deleted_at.is_some() {
        return Err(DomainError::NotFound);
    }
    store::expect_version(row.version, expected_version)?;
    let mut checks = Checks::default();
    let status: ProjectStatus = checks.not_cleared("status", patch.status, store::parse(&row.status)?);
    let hue = checks.not_cleared("hue", patch.hue, store::parse(&row.hue)?);
    let mut next = row.clone();
    next.status = status.as_str().to_owned();
    next.hue = hue.as_str().to_owned();
    next.name = checks.line_patch("name", patch.name, &row.name, NAME_MAX);
    next.description = checks.text_patch(
        "description",
        patch.description,
        &row.description,
        DESCRIPTION_MAX,
    );
    next.start_date = checks.day("startDate", patch.start_date.over(row.start_date));
    next.due_date = checks.day("dueDate", patch.due_date.over(row.due_date));
    next.budget_minutes = patch.budget_minutes.over(row.budget_minutes);
    checks.minutes("budgetMinutes", next.budget_minutes);
    if !patch.budget.is_keep() {
        let budget = checks.money("budget", patch.budget.over(None));
        (next.budget_cents, next.budget_currency) = Money::into_columns(budget);
    }
    if !patch.hourly_rate.is_keep() {
        let rate = checks.money("hourlyRate", patch.hourly_rate.over(None));
        (next.hourly_rate_cents, next.hourly_rate_currency) = Money::into_columns(rate);
    }
    check_dates(&mut checks, &next);
    checks.finish()?;
    if let Patch::Set(client_id) = patch.client_id {
        client::require(tx, "clientId", client_id).await?;
    }
    next.client_id = patch.client_id.try_map(|id| Some(id.uuid())).over(row.client_id);
    save(tx, "project.update", row, next).await?.try_into()
}

/// Hides a project with everything in it: its tasks are no longer listed, its share links open
/// nothing, its unfinished jobs are cancelled.
///
/// # Errors
/// As [`update`].
pub async fn delete(
    tx: &mut TenantTx,
    id: ProjectId,
    expected_version: Option<i32>,
) -> Result<Project, DomainError> {
    let row = lock(tx, id.into()).await?;
    store::expect_version(row.version, expected_version)?;
    if row.deleted_at.is_some() {
        return row.try_into();
    }
    let mut next = row.clone();
    let now = tx.now();
    next.deleted_at = Some(now);
    next.updated_at = now;
    next.version += 1;
    let next = store::save(tx, next).await?;
    job::cancel_unfinished(tx, job::Of::Project(id)).await?;
    record::deleted(tx, "project.delete", subject(&next), &row)?;
    next.try_into()
}

/// Brings a deleted project back, with everything in it.
///
/// # Errors
/// As [`update`]; [`DomainError::NotFound`] too when it was deleted more than a year ago.
pub async fn restore(
    tx: &mut TenantTx,
    id: ProjectId,
    expected_version: Option<i32>,
) -> Result<Project, DomainError> {
    let row = lock(tx, id.into()).await?;
    store::expect_version(row.version, expected_version)?;
    let Some(deleted_at) = row.deleted_at else {
        return row.try_into();
    };
    if tx.now() - deleted_at > RESTORABLE_FOR {
        return Err(DomainError::NotFound);
    }
    let mut next = row.clone();
    next.deleted_at = None;
    next.updated_at = tx.now();
    next.version += 1;
    let next = store::save(tx, next).await?;
    // To whoever watches, a project that comes back is one that appears.
    record::created(tx, "project.restore", subject(&next), &next)?;
    next.try_into()
}

/// Stores a changed row of a project that this transaction has locked.
pub(crate) async fn save(
    tx: &mut WorkspaceTx,
    action: &'static str,
    row: Model,
    mut next: Model,
) -> Result<Model, DomainError> {
    if next == row {
        return Ok(row);
    }
    next.version += 1;
    next.updated_at = tx.now();
    let next = store::save(tx, next).await?;
    record::updated(tx, action, subject(&next), &row, &next)?;
    Ok(next)
}

fn check_dates(checks: &mut Checks, row: &Model) {
    if row
        .start_date
        .zip(row.due_date)
        .is_some_and(|(start, due)| due < start)
    {
        checks.fail(
            "dueDate",
            UserErrorCode::OutOfRange,
            "The project would be due before it begins.",
        );
    }
}
