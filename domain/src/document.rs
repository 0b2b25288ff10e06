//! Documents: the texts people paste. A stored text never changes, so that quotes keep their place.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use smartstack_schema::{
    DocumentId, NodeKind, OrderDirection, ProjectId, UserErrorCode, UserId, WorkspaceId,
};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    db::{
        TenantTx, WorkspaceTx,
        page::{Keyset, Page, Paged},
    },
    entity::document::{Column, Entity, Model},
    error::DomainError,
    input::{Checks, DOCUMENT_MAX, TITLE_MAX},
    list, project,
    record::{self, Subject},
    store,
};

/// Longest title made from a text's first line.
const MADE_TITLE_MAX: usize = 80;

/// A pasted text.
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
    /// The text, as pasted.
    pub text: String,
    /// BCP 47 code of its main language, once a job has read it.
    pub language: Option<String>,
    /// Number of words, by the rules of Unicode (UAX 29).
    pub word_count: i32,
    /// Who pasted it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i32,
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
        word_count: i32::try_from(draft.text.unicode_words().count()).unwrap_or(i32::MAX),
        text: draft.text,
        language: None,
        created_by: tx.actor_id().map(Into::into),
        created_at: tx.now(),
        version: 1,
    };
    let row = store::insert(tx, row).await?;
    let subject = Subject::new(NodeKind::Document, row.id, Some(row.project_id));
    // The audit log names the document; the text itself is kept once, in its row.
    let logged = serde_json::json!({ "title": row.title, "word_count": row.word_count });
    record::created(tx, "document.create", subject, &logged)?;
    row.try_into()
}

/// One document.
///
/// # Errors
/// [`DomainError::NotFound`].
pub async fn get(tx: &WorkspaceTx, id: DocumentId) -> Result<Document, DomainError> {
    by_ids(tx, &[id]).await?.remove(&id).ok_or(DomainError::NotFound)
}

/// The documents among `ids` that there are, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn by_ids(
    tx: &WorkspaceTx,
    ids: &[DocumentId],
) -> Result<HashMap<DocumentId, Document>, DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(Column::Id.is_in(store::uuids(ids)))
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
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            project_id: row.project_id.into(),
            title: row.title,
            text: row.text,
            language: row.language,
            word_count: row.word_count,
            created_by: row.created_by.map(Into::into),
            created_at: row.created_at,
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
