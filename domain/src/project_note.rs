//! Notes of a project: open questions, what is not part of it, and what has been decided.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};
use smartstack_schema::{NodeKind, NoteKind, ProjectId, ProjectNoteId, SuggestionItemId, WorkspaceId};
use uuid::Uuid;

use crate::{
    db::{TenantTx, WorkspaceTx},
    entity::project_note::{Column, Entity, Model},
    error::DomainError,
    input::{Checks, NOTE_MAX, Patch},
    project,
    record::{self, Subject},
    store,
};

/// A note. It comes from a suggestion item that a person accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectNote {
    /// Its id.
    pub id: ProjectNoteId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// Question, exclusion or decision.
    pub kind: NoteKind,
    /// What it says.
    pub text: String,
    /// The passage it rests on.
    pub quote: Option<String>,
    /// The suggestion item it came from.
    pub source_item_id: Option<SuggestionItemId>,
    /// Since when it is settled.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i32,
}

/// What to change of a note.
#[derive(Debug, Clone, Default)]
pub struct ProjectNotePatch {
    /// What it says; at most 2 000 characters.
    pub text: Patch<String>,
    /// Whether it is settled.
    pub resolved: Patch<bool>,
}

/// What a new note consists of, once checked.
pub(crate) struct Draft {
    pub(crate) project_id: ProjectId,
    pub(crate) kind: NoteKind,
    pub(crate) text: String,
    pub(crate) quote: Option<String>,
    pub(crate) source_item_id: Option<SuggestionItemId>,
}

/// Stores a checked note. Its project is there and not deleted.
pub(crate) async fn insert(tx: &mut TenantTx, draft: Draft) -> Result<ProjectNote, DomainError> {
    let now = tx.now();
    let row = Model {
        id: tx.new_id(),
        workspace_id: store::workspace(tx),
        project_id: draft.project_id.into(),
        kind: draft.kind.as_str().to_owned(),
        text: draft.text,
        quote: draft.quote,
        source_item_id: draft.source_item_id.map(Into::into),
        resolved_at: None,
        created_at: now,
        updated_at: now,
        deleted_at: None,
        version: 1,
    };
    let row = store::insert(tx, row).await?;
    record::created(tx, "project_note.create", subject(&row), &row)?;
    row.try_into()
}

/// Changes a note.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current
/// one; [`DomainError::Validation`].
pub async fn update(
    tx: &mut TenantTx,
    id: ProjectNoteId,
    expected_version: Option<i32>,
    patch: ProjectNotePatch,
) -> Result<ProjectNote, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    let mut checks = Checks::default();
    let mut next = row.clone();
    match patch.text {
        Patch::Keep => {}
        Patch::Set(text) => next.text = checks.required_text("text", &text, NOTE_MAX),
        Patch::Clear => next.text = checks.required_text("text", "", NOTE_MAX),
    }
    let resolved = checks.not_cleared("resolved", patch.resolved, row.resolved_at.is_some());
    next.resolved_at = if resolved {
        row.resolved_at.or_else(|| Some(tx.now()))
    } else {
        None
    };
    checks.finish()?;
    if next == row {
        return row.try_into();
    }
    next.version += 1;
    next.updated_at = tx.now();
    let next = store::save(tx, next).await?;
    record::updated(tx, "project_note.update", subject(&next), &row, &next)?;
    next.try_into()
}

/// Deletes a note.
///
/// # Errors
/// As [`update`].
pub async fn delete(
    tx: &mut TenantTx,
    id: ProjectNoteId,
    expected_version: Option<i32>,
) -> Result<ProjectNoteId, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    let mut next = row.clone();
    next.deleted_at = Some(tx.now());
    next.updated_at = tx.now();
    next.version += 1;
    let next = store::save(tx, next).await?;
    record::deleted(tx, "project_note.delete", subject(&next), &row)?;
    Ok(id)
}

/// Deletes a note that undoing takes away again; nothing happens when it is gone already.
pub(crate) async fn take_away(tx: &mut TenantTx, id: ProjectNoteId) -> Result<(), DomainError> {
    match delete(tx, id, None).await {
        Ok(_) | Err(DomainError::NotFound) => Ok(()),
        Err(error) => Err(error),
    }
}

/// One note.
///
/// # Errors
/// [`DomainError::NotFound`].
pub async fn get(tx: &WorkspaceTx, id: ProjectNoteId) -> Result<ProjectNote, DomainError> {
    by_ids(tx, &[id]).await?.remove(&id).ok_or(DomainError::NotFound)
}

/// The notes among `ids` that there are, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn by_ids(
    tx: &WorkspaceTx,
    ids: &[ProjectNoteId],
) -> Result<HashMap<ProjectNoteId, ProjectNote>, DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(Column::Id, ids))
        .filter(Column::DeletedAt.is_null())
        .filter(project::is_live("project_notes"))
        .all(tx.conn())
        .await?;
    store::keyed(rows, |row| ProjectNoteId::from(row.id))
}

/// The notes of each project, oldest first, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn by_project_ids(
    tx: &WorkspaceTx,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, Vec<ProjectNote>>, DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(Column::ProjectId, ids))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(tx.conn())
        .await?;
    let mut notes: HashMap<_, Vec<_>> = ids.iter().map(|id| (*id, Vec::new())).collect();
    for row in rows {
        notes
            .entry(ProjectId::from(row.project_id))
            .or_default()
            .push(row.try_into()?);
    }
    Ok(notes)
}

async fn lock(
    tx: &WorkspaceTx,
    id: ProjectNoteId,
    expected_version: Option<i32>,
) -> Result<Model, DomainError> {
    let row = Entity::find_by_id(Uuid::from(id))
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(Column::DeletedAt.is_null())
        .filter(project::is_live("project_notes"))
        .lock(LockType::NoKeyUpdate)
        .one(tx.conn())
        .await?
        .ok_or(DomainError::NotFound)?;
    store::expect_version(row.version, expected_version)?;
    Ok(row)
}

fn subject(row: &Model) -> Subject {
    Subject::new(NodeKind::ProjectNote, row.id, Some(row.project_id))
}

impl TryFrom<Model> for ProjectNote {
    type Error = DomainError;

    fn try_from(row: Model) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            project_id: row.project_id.into(),
            kind: store::parse(&row.kind)?,
            text: row.text,
            quote: row.quote,
            source_item_id: row.source_item_id.map(Into::into),
            resolved_at: row.resolved_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}
