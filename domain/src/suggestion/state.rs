//! The state of a suggestion, which follows from its items until it is dismissed.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use smartstack_schema::{ItemState, SuggestionId, SuggestionState, UseCase};
use uuid::Uuid;

use super::{Suggestion, get, lock, subject};
use crate::{
    db::{TenantTx, WorkspaceTx},
    entity::{suggestion::Model, suggestion_item},
    error::DomainError,
    record, store,
};

/// Sets a suggestion aside. What has been accepted stays.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current
/// one.
pub async fn dismiss(
    tx: &mut TenantTx,
    id: SuggestionId,
    expected_version: Option<i32>,
) -> Result<Suggestion, DomainError> {
    let row = lock(tx, id).await?;
    store::expect_version(row.version, expected_version)?;
    set(tx, "suggestion.dismiss", row, SuggestionState::Dismissed).await?;
    get(tx, id).await
}

/// Takes a dismissed suggestion up again.
///
/// # Errors
/// As [`dismiss`].
pub async fn reopen(
    tx: &mut TenantTx,
    id: SuggestionId,
    expected_version: Option<i32>,
) -> Result<Suggestion, DomainError> {
    let row = lock(tx, id).await?;
    store::expect_version(row.version, expected_version)?;
    if row.state == SuggestionState::Dismissed.as_str() {
        let state = derived(&items(tx, row.id).await?);
        set(tx, "suggestion.reopen", row, state).await?;
    }
    get(tx, id).await
}

/// Keeps what somebody made of the draft of a reply.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current
/// one; [`DomainError::InvalidState`] for a suggestion that is no reply, or is dismissed;
/// [`DomainError::Validation`] for a text that is empty or too long.
pub async fn update_draft(
    tx: &mut TenantTx,
    id: SuggestionId,
    expected_version: Option<i32>,
    draft: &str,
) -> Result<Suggestion, DomainError> {
    let row = lock(tx, id).await?;
    store::expect_version(row.version, expected_version)?;
    refuse_dismissed(&row)?;
    if row.use_case != UseCase::Reply.as_str() {
        return Err(DomainError::InvalidState("Only a reply has a draft.".to_owned()));
    }
    let draft = draft.replace('\0', "");
    super::make::check_draft(&draft)?;
    if row.draft.as_deref() != Some(&draft) {
        let mut next = row.clone();
        super::draft::changed(&mut next, row.draft.as_deref(), &draft);
        next.draft = Some(draft);
        next.version += 1;
        next.updated_at = tx.now();
        let next = store::save(tx, next).await?;
        let logged = |row: &Model| serde_json::json!({ "version": row.version });
        record::updated(
            tx,
            "suggestion.draft",
            subject(&next),
            &logged(&row),
            &logged(&next),
        )?;
    }
    get(tx, id).await
}

async fn set(
    tx: &mut TenantTx,
    action: &'static str,
    row: Model,
    state: SuggestionState,
) -> Result<(), DomainError> {
    if row.state == state.as_str() {
        return Ok(());
    }
    let mut next = row.clone();
    next.state = state.as_str().to_owned();
    next.version += 1;
    next.updated_at = tx.now();
    let next = store::save(tx, next).await?;
    record::updated(tx, action, subject(&next), &row, &next)
}

/// Brings a locked suggestion's state in step with its items, after one of them changed.
/// `project_version` is the project's new version where a decision changed the project.
pub(super) async fn settle(
    tx: &mut TenantTx,
    row: Model,
    project_version: Option<i32>,
) -> Result<(), DomainError> {
    let mut next = row.clone();
    next.state = derived(&items(tx, row.id).await?).as_str().to_owned();
    next.project_version = project_version.unwrap_or(row.project_version);
    next.version += 1;
    next.updated_at = tx.now();
    let next = store::save(tx, next).await?;
    record::updated(tx, "suggestion.settle", subject(&next), &row, &next)
}

/// The items of a suggestion, in their order.
pub(super) async fn items(
    tx: &WorkspaceTx,
    suggestion: Uuid,
) -> Result<Vec<suggestion_item::Model>, DomainError> {
    Ok(suggestion_item::Entity::find()
        .filter(suggestion_item::Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(suggestion_item::Column::SuggestionId.eq(suggestion))
        .order_by_asc(suggestion_item::Column::Ordinal)
        .all(tx.conn())
        .await?)
}

/// Refuses decisions about a suggestion that was set aside.
pub(super) fn refuse_dismissed(row: &Model) -> Result<(), DomainError> {
    if row.state == SuggestionState::Dismissed.as_str() {
        let message = "This suggestion is dismissed. Reopen it first.";
        return Err(DomainError::InvalidState(message.to_owned()));
    }
    Ok(())
}

/// OPEN while nothing is decided, APPLIED once everything is, whichever way.
fn derived(items: &[suggestion_item::Model]) -> SuggestionState {
    let open = items
        .iter()
        .filter(|item| item.state == ItemState::Open.as_str())
        .count();
    match (open, items.len()) {
        (0, 1..) => SuggestionState::Applied,
        (open, total) if open < total => SuggestionState::PartlyApplied,
        _ => SuggestionState::Open,
    }
}
