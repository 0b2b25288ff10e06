//! Documents: texts people paste, and files whose text the worker reads. A text that is there never changes,
//! so that quotes keep their place.
//!
//! [`media`] says what kind a file is, `file` stores one, `read` is what the worker writes.

mod file;
pub mod media;
mod read;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, LockType, SimpleExpr},
};
use smartstack_schema::{
    DocumentId, DocumentKind, DocumentState, NodeKind, OrderDirection, ProjectId, ShareLinkId,
    UnreadableReason, UserErrorCode, UserId, WorkspaceId,
};
use unicode_segmentation::UnicodeSegmentation;

pub(crate) use self::file::{FileDraft, insert_file, make_room};
pub use self::{
    file::{FILES_BYTES_MAX, FILES_MAX, File},
    read::{DocumentEnvelope, Unread, set_text, set_unreadable, unread},
};

use crate::{
    db::{
        TenantTx, WorkspaceTx,
        page::{Keyset, Page, Paged},
    },
    entity::document::{Column, Entity, Model},
    error::DomainError,
    input::{Checks, DOCUMENT_MAX, TITLE_MAX},
    job, list, project,
    record::{self, Subject},
    store,
};

/// Longest title made from a text's first line.
const MADE_TITLE_MAX: usize = 80;

/// For how long a deleted document can be restored.
pub const RESTORABLE_FOR: TimeDelta = TimeDelta::days(30);

/// A text that was pasted, or read out of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// What it is called.
    pub title: String,
    /// Whether it was pasted or uploaded.
    pub kind: DocumentKind,
    /// Whether its text is there.
    pub state: DocumentState,
    /// Why there is no text to be had; with [`DocumentState::Unreadable`].
    pub unreadable_reason: Option<UnreadableReason>,
    /// The uploaded file; with [`DocumentKind::File`].
    pub file: Option<File>,
    /// The text, as pasted or read; empty unless [`DocumentState::Ready`].
    pub text: String,
    /// BCP 47 code of its main language, once a job has read it.
    pub language: Option<String>,
    /// Number of words, by the rules of Unicode (UAX 29).
    pub word_count: i32,
    /// Who pasted or uploaded it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Since when it is deleted; it can be restored for [`RESTORABLE_FOR`].
    pub deleted_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1.
    pub version: i32,
}

impl Document {
    /// Why there is no text of it, and what can be done: said to a person. `None` where there is one, or
    /// will be.
    pub fn reason_message(&self) -> Option<&'static str> {
        self.unreadable_reason.map(unreadable_message)
    }
}

/// Why there is no text to be had from a file, and what can be done: said to a person.
pub const fn unreadable_message(reason: UnreadableReason) -> &'static str {
    match reason {
        UnreadableReason::Empty => {
            "There is no text in this file; it may be a scan. Upload one with text in it, or paste what matters."
        }
        UnreadableReason::Encrypted => {
            "This file is protected by a password. Save it without one and upload it again, or paste its text."
        }
        UnreadableReason::Broken => {
            "This file is damaged, or not quite what it says it is. Save it again, as PDF or plain text, and upload \
             that, or paste its text."
        }
        UnreadableReason::TooLong => {
            "This file has more text than can be read at once: at most 200 000 characters. Upload it in parts, or \
             paste the part that matters."
        }
        UnreadableReason::TooComplex => {
            "Reading this file took more time or memory than it may. Save it in a simpler form, such as plain text, \
             and upload that, or paste its text."
        }
    }
}

/// Where a quote stands in a document's text, in Unicode code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Quote {
    /// The first code point.
    pub start: i32,
    /// One past the last.
    pub end: i32,
}

impl Quote {
    /// The place of a byte range of `text`; `None` when it is empty, reaches beyond the text, or
    /// splits a character.
    pub fn from_bytes(text: &str, start: usize, end: usize) -> Option<Self> {
        let quoted = text.get(start..end).filter(|quoted| !quoted.is_empty())?;
        let start = text.get(..start)?.chars().count();
        let end = start + quoted.chars().count();
        Some(Self {
            start: i32::try_from(start).ok()?,
            end: i32::try_from(end).ok()?,
        })
    }

    /// The quoted passage of `text`; `None` when it is empty or reaches beyond the text.
    pub fn of(self, text: &str) -> Option<&str> {
        let start = usize::try_from(self.start).ok()?;
        let length = usize::try_from(self.end)
            .ok()?
            .checked_sub(start)
            .filter(|length| *length > 0)?;
        let mut offsets = text.char_indices().map(|(offset, _)| offset).chain([text.len()]);
        let from = offsets.nth(start)?;
        let to = offsets.nth(length - 1)?;
        text.get(from..to)
    }
}

/// What a new document consists of, once checked.
pub(crate) struct Draft {
    pub(crate) title: String,
    pub(crate) text: String,
}

/// Checks a pasted text and its title. NUL characters, which some programs put on the clipboard and
/// PostgreSQL cannot store, are removed.
pub(crate) fn check(checks: &mut Checks, text: &str, title: Option<&str>) -> Draft {
    let text = text.replace('\0', "");
    let length = text.chars().count();
    if text.trim().is_empty() {
        checks.fail("text", UserErrorCode::Required, "Paste the text to read.");
    } else if length > DOCUMENT_MAX {
        let message = format!("Keep it to {DOCUMENT_MAX} characters; this has {length}. Paste it in parts.");
        checks.fail("text", UserErrorCode::TooLong, message);
    }
    let title = checks.optional_line("title", title, TITLE_MAX);
    Draft {
        title: title.unwrap_or_else(|| made_title(&text)),
        text,
    }
}

/// Stores a checked document. Its project is there and not deleted.
pub(crate) async fn insert(
    tx: &mut TenantTx,
    project_id: ProjectId,
    draft: Draft,
) -> Result<Document, DomainError> {
    let row = Model {
        id: tx.new_id(),
        workspace_id: store::workspace(tx),
        project_id: project_id.into(),
        title: draft.title,
        word_count: word_count(&draft.text),
        text: draft.text,
        language: None,
        kind: DocumentKind::Text.as_str().to_owned(),
        state: DocumentState::Ready.as_str().to_owned(),
        unreadable_reason: None,
        file_name: None,
        media_type: None,
        file_bytes: None,
        blob_key: None,
        facts: None,
        share_link_id: None,
        created_by: tx.actor_id().map(Into::into),
        created_at: tx.now(),
        deleted_at: None,
        version: 1,
    };
    let row = store::insert(tx, row).await?;
    // The audit log names the document; the text itself is kept once, in its row.
    let logged = serde_json::json!({ "title": row.title, "word_count": row.word_count });
    record::created(tx, "document.create", subject(&row), &logged)?;
    row.try_into()
}

/// Stores what a share link showed, as facts and as text. Its project is there and not deleted.
pub(crate) async fn insert_record(
    tx: &mut TenantTx,
    project_id: ProjectId,
    title: &str,
    text: String,
    facts: serde_json::Value,
    link: ShareLinkId,
) -> Result<DocumentId, DomainError> {
    let row = Model {
        id: tx.new_id(),
        workspace_id: store::workspace(tx),
        project_id: project_id.into(),
        title: title.chars().take(TITLE_MAX).collect(),
        word_count: word_count(&text),
        text,
        language: None,
        kind: DocumentKind::Record.as_str().to_owned(),
        state: DocumentState::Ready.as_str().to_owned(),
        unreadable_reason: None,
        file_name: None,
        media_type: None,
        file_bytes: None,
        blob_key: None,
        facts: Some(facts),
        share_link_id: Some(link.into()),
        created_by: tx.actor_id().map(Into::into),
        created_at: tx.now(),
        deleted_at: None,
        version: 1,
    };
    let row = store::insert(tx, row).await?;
    let logged = serde_json::json!({ "title": row.title, "share_link_id": row.share_link_id });
    record::created(tx, "document.record", subject(&row), &logged)?;
    Ok(row.id.into())
}

/// Words by the rules of Unicode (UAX 29).
fn word_count(text: &str) -> i32 {
    i32::try_from(text.unicode_words().count()).unwrap_or(i32::MAX)
}

/// Deletes a document, and cancels the jobs that are still to read it. It can be restored for
/// [`RESTORABLE_FOR`]; then it goes, with its file and what was suggested from it. What became work stays.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current one.
pub async fn delete(
    tx: &mut TenantTx,
    id: DocumentId,
    expected_version: Option<i32>,
) -> Result<Document, DomainError> {
    let row = lock(tx, id).await?;
    if row.deleted_at.is_some() {
        return row.try_into();
    }
    store::expect_version(row.version, expected_version)?;
    let mut next = row.clone();
    next.deleted_at = Some(tx.now());
    next.version += 1;
    let next = save(tx, &row, next).await?;
    job::cancel_unfinished(tx, job::Of::Document(id)).await?;
    let logged = serde_json::json!({ "title": row.title });
    record::deleted(tx, "document.delete", subject(&next), &logged)?;
    next.try_into()
}

/// Takes deleting back.
///
/// # Errors
/// As [`delete`].
pub async fn restore(
    tx: &mut TenantTx,
    id: DocumentId,
    expected_version: Option<i32>,
) -> Result<Document, DomainError> {
    let row = lock(tx, id).await?;
    if row.deleted_at.is_none() {
        return row.try_into();
    }
    store::expect_version(row.version, expected_version)?;
    if let Some(bytes) = row.file_bytes {
        make_room(tx, bytes).await?;
    }
    let mut next = row.clone();
    next.deleted_at = None;
    next.version += 1;
    let next = save(tx, &row, next).await?;
    let logged = serde_json::json!({ "title": row.title });
    record::created(tx, "document.restore", subject(&next), &logged)?;
    next.try_into()
}

/// Stores a document that was deleted or restored. What was suggested from it is as good as before: its text
/// is the same.
async fn save(tx: &WorkspaceTx, before: &Model, next: Model) -> Result<Model, DomainError> {
    let next = store::save(tx, next).await?;
    store::execute(
        tx,
        "UPDATE suggestions SET document_version = $4
         WHERE workspace_id = $1 AND document_id = $2 AND document_version = $3",
        [
            next.workspace_id.into(),
            next.id.into(),
            before.version.into(),
            next.version.into(),
        ],
    )
    .await?;
    Ok(next)
}

async fn lock(tx: &WorkspaceTx, id: DocumentId) -> Result<Model, DomainError> {
    Entity::find_by_id(id.uuid())
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(project::is_live("documents"))
        .lock(LockType::NoKeyUpdate)
        .one(tx.conn())
        .await?
        .ok_or(DomainError::NotFound)
}

/// Holds for rows of `table` whose document is not deleted.
pub(crate) fn is_live(table: &str) -> SimpleExpr {
    Expr::cust(format!(
        "EXISTS (SELECT 1 FROM documents d WHERE d.workspace_id = {table}.workspace_id \
         AND d.id = {table}.document_id AND d.deleted_at IS NULL)"
    ))
}

fn subject(row: &Model) -> Subject {
    Subject::new(NodeKind::Document, row.id, Some(row.project_id))
}

/// One document; a deleted one too, while it can be restored.
///
/// # Errors
/// [`DomainError::NotFound`].
pub async fn get(tx: &WorkspaceTx, id: DocumentId) -> Result<Document, DomainError> {
    by_ids(tx, &[id]).await?.remove(&id).ok_or(DomainError::NotFound)
}

/// The documents among `ids` that there are, in one statement; deleted ones too, while they can be restored.
///
/// # Errors
/// Store errors alone.
pub async fn by_ids(
    tx: &WorkspaceTx,
    ids: &[DocumentId],
) -> Result<HashMap<DocumentId, Document>, DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(Column::Id, ids))
        .filter(project::is_live("documents"))
        .all(tx.conn())
        .await?;
    store::keyed(rows, |row| DocumentId::from(row.id))
}

/// A page of a project's documents, newest first.
///
/// # Errors
/// [`DomainError::Validation`] for a cursor of another list.
pub async fn list(
    tx: &WorkspaceTx,
    project_id: ProjectId,
    page: &Page,
) -> Result<Paged<Document>, DomainError> {
    let keyset = Keyset {
        name: "NEWEST",
        direction: OrderDirection::Desc,
        keys: vec![],
        id: Column::Id.into_expr(),
        id_of: |row: &Model| row.id,
    };
    list::page(tx, select(tx, project_id), &keyset, page).await
}

/// How many documents a project has.
///
/// # Errors
/// Store errors alone.
pub async fn count(tx: &WorkspaceTx, project_id: ProjectId) -> Result<i64, DomainError> {
    list::count(tx, select(tx, project_id)).await
}

fn select(tx: &WorkspaceTx, project_id: ProjectId) -> Select<Entity> {
    Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(Column::ProjectId.eq(project_id.uuid()))
        .filter(Column::DeletedAt.is_null())
        // Made for an update, and seen beside it: nothing anybody put here.
        .filter(Column::Kind.ne(DocumentKind::Record.as_str()))
        .filter(project::is_live("documents"))
}

/// The first line that says something, cut at a word where it is long.
fn made_title(text: &str) -> String {
    let line = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let line = line
        .map(|line| line.replace(char::is_control, ""))
        .find(|line| !line.is_empty());
    let line = line.unwrap_or_else(|| "Pasted text".to_owned());
    if line.chars().count() <= MADE_TITLE_MAX {
        return line;
    }
    let cut: String = line.chars().take(MADE_TITLE_MAX - 1).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{cut}…")
}

impl TryFrom<Model> for Document {
    type Error = DomainError;

    fn try_from(row: Model) -> Result<Self, DomainError> {
        Ok(Self {
            kind: store::parse(&row.kind)?,
            state: store::parse(&row.state)?,
            unreadable_reason: store::parse_option(row.unreadable_reason.as_deref())?,
            file: File::from_columns(&row)?,
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            project_id: row.project_id.into(),
            title: row.title,
            text: row.text,
            language: row.language,
            word_count: row.word_count,
            created_by: row.created_by.map(Into::into),
            created_at: row.created_at,
            deleted_at: row.deleted_at,
            version: row.version,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_title_is_made_from_the_first_line_that_says_something() {
        assert_eq!(made_title("\n  \n Hello  Ana,\nmore"), "Hello Ana,");
        assert_eq!(made_title(" \n"), "Pasted text");
        let title = made_title(&"word ".repeat(40));
        assert!(
            title.chars().count() <= MADE_TITLE_MAX && title.ends_with("word…"),
            "{title}"
        );
        assert_eq!(made_title(&"ä".repeat(300)).chars().count(), MADE_TITLE_MAX);
    }

    #[test]
    fn quotes_count_code_points() {
        let text = "Grüße 👋🏽 an Zoë.";
        let start = text.find("👋").expect("there");
        let quote = Quote::from_bytes(text, start, start + "👋🏽 an".len()).expect("whole characters");
        assert_eq!((quote.start, quote.end), (6, 11));
        assert_eq!(quote.of(text), Some("👋🏽 an"));
        assert_eq!(Quote::from_bytes(text, 3, 4), None);
        for (start, end) in [(-1, 2), (2, 2), (3, 2), (0, 17), (16, 17)] {
            assert_eq!(Quote { start, end }.of(text), None, "{start} {end}");
        }
        assert_eq!(Quote { start: 0, end: 16 }.of(text), Some(text));
    }

    proptest! {
        #[test]
        fn byte_ranges_and_quotes_agree(text in "\\PC{1,40}", a in 0_usize..40, b in 0_usize..40) {
            let offsets: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
            let (a, b) = (a.min(offsets.len() - 1), b.min(offsets.len() - 1));
            prop_assume!(a < b);
            let quote = Quote::from_bytes(&text, offsets[a], offsets[b]).expect("whole characters");
            prop_assert_eq!((quote.start as usize, quote.end as usize), (a, b));
            prop_assert_eq!(quote.of(&text), text.get(offsets[a]..offsets[b]));
        }
    }
}
