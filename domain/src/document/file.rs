//! Files: what is kept of one, and how many a workspace may keep.

use sea_orm::FromQueryResult;
use smartstack_schema::{DocumentId, DocumentKind, DocumentState, ProjectId, UserErrorCode};

use super::{Document, DocumentEnvelope, media::MediaType, subject};
use crate::{
    db::{TenantTx, WorkspaceTx},
    entity::document::Model,
    error::{DomainError, FieldError},
    input::{Checks, TITLE_MAX},
    outbox, record, store,
};

/// Most files of a workspace: far more than a freelancer gets in years.
pub const FILES_MAX: i64 = 5_000;
/// Most bytes of a workspace's files together: 2 GiB.
pub const FILES_BYTES_MAX: i64 = 2 * 1024 * 1024 * 1024;
/// Longest name of a file, in code points: what file systems allow.
const NAME_MAX: usize = 255;

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What its owner called it; shown, and never part of an address or a path.
    pub name: String,
    /// What kind it is.
    pub media_type: MediaType,
    /// Its size in bytes.
    pub bytes: i32,
    /// Where it lies in the blob store.
    pub blob_key: String,
}

impl File {
    pub(super) fn from_columns(row: &Model) -> Result<Option<Self>, DomainError> {
        let (Some(name), Some(media_type), Some(bytes), Some(blob_key)) =
            (&row.file_name, &row.media_type, row.file_bytes, &row.blob_key)
        else {
            return Ok(None);
        };
        let unknown = || store::fault(format!("a column holds no media type: {media_type:?}"));
        Ok(Some(Self {
            name: name.clone(),
            media_type: MediaType::parse(media_type).ok_or_else(unknown)?,
            bytes,
            blob_key: blob_key.clone(),
        }))
    }
}

/// What a new document with a file consists of, once checked.
pub(crate) struct FileDraft {
    pub(crate) title: String,
    pub(crate) file: File,
}

impl FileDraft {
    /// Checks the name and the title. Of a name with folders in front the last part is kept.
    pub(crate) fn check(checks: &mut Checks, title: Option<&str>, file: File) -> Self {
        let name = file.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = name
            .chars()
            .filter(|c| !c.is_control())
            .take(NAME_MAX)
            .collect::<String>()
            .trim()
            .to_owned();
        let name = if name.is_empty() { "File".to_owned() } else { name };
        let title = checks.optional_line("title", title, TITLE_MAX);
        let stem = match name.rsplit_once('.') {
            Some((stem, _)) if !stem.trim().is_empty() => stem.replace('_', " ").trim().to_owned(),
            _ => name.clone(),
        };
        Self {
            title: title.unwrap_or_else(|| stem.chars().take(TITLE_MAX).collect()),
            file: File { name, ..file },
        }
    }
}

/// Stores a checked document whose text is still to be read, and asks for that. Its project is there and
/// not deleted, and its file is in the blob store.
pub(crate) async fn insert_file(
    tx: &mut TenantTx,
    id: DocumentId,
    project_id: ProjectId,
    draft: FileDraft,
) -> Result<Document, DomainError> {
    make_room(tx, draft.file.bytes).await?;
    let row = Model {
        id: id.into(),
        workspace_id: store::workspace(tx),
        project_id: project_id.into(),
        title: draft.title,
        word_count: 0,
        text: String::new(),
        language: None,
        kind: DocumentKind::File.as_str().to_owned(),
        state: DocumentState::Reading.as_str().to_owned(),
        unreadable_reason: None,
        file_name: Some(draft.file.name),
        media_type: Some(draft.file.media_type.as_str().to_owned()),
        file_bytes: Some(draft.file.bytes),
        facts: None,
        share_link_id: None,
        blob_key: Some(draft.file.blob_key),
        created_by: tx.actor_id().map(Into::into),
        created_at: tx.now(),
        deleted_at: None,
        version: 1,
    };
    let row = store::insert(tx, row).await?;
    let envelope = DocumentEnvelope::new(id, tx.workspace_id());
    tx.enqueue(outbox::DOCUMENT, envelope.payload());
    let logged = serde_json::json!({
        "title": row.title, "file_name": row.file_name, "media_type": row.media_type, "file_bytes": row.file_bytes,
    });
    record::created(tx, "document.upload", subject(&row), &logged)?;
    row.try_into()
}

/// Refuses a file that is one too many. Uploads of one workspace wait for each other here, so that two at
/// once cannot both take the last place.
pub(crate) async fn make_room(tx: &WorkspaceTx, bytes: i32) -> Result<(), DomainError> {
    #[derive(FromQueryResult)]
    struct Kept {
        files: i64,
        bytes: i64,
    }
    let workspace = store::workspace(tx);
    store::query(
        tx,
        "SELECT pg_advisory_xact_lock(hashtextextended('files:' || $1::text, 0))",
        [workspace.into()],
    )
    .await?;
    let kept: Vec<Kept> = store::rows(
        tx,
        "SELECT count(*) AS files, coalesce(sum(file_bytes), 0)::bigint AS bytes FROM documents
         WHERE workspace_id = $1 AND kind = 'FILE' AND deleted_at IS NULL",
        [workspace.into()],
    )
    .await?;
    let kept = kept.first().map_or((0, 0), |kept| (kept.files, kept.bytes));
    if kept.0 >= FILES_MAX {
        let message =
            format!("This workspace keeps {FILES_MAX} files already. Delete some that are no longer needed.");
        return Err(FieldError::new(UserErrorCode::OutOfRange, "file", message).into());
    }
    if kept.1 + i64::from(bytes) > FILES_BYTES_MAX {
        let message = "This workspace’s 2 GiB for files are full. Delete some that are no longer needed.";
        return Err(FieldError::new(UserErrorCode::OutOfRange, "file", message).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_and_never_a_path() {
        let made = |name: &str| {
            let file = File {
                name: name.to_owned(),
                media_type: MediaType::Text,
                bytes: 1,
                blob_key: "k".to_owned(),
            };
            let draft = FileDraft::check(&mut Checks::default(), None, file);
            (draft.file.name, draft.title)
        };
        let of = |name: &str, title: &str| (name.to_owned(), title.to_owned());
        assert_eq!(
            made("Brief_for_Ana.pdf"),
            of("Brief_for_Ana.pdf", "Brief for Ana")
        );
        assert_eq!(made("../../etc/passwd"), of("passwd", "passwd"));
        assert_eq!(made("C:\\Users\\me\\notes.txt"), of("notes.txt", "notes"));
        assert_eq!(made("a\r\nb\0.txt"), of("ab.txt", "ab"));
        assert_eq!(made(""), of("File", "File"));
        assert_eq!(made(".env"), of(".env", ".env"));
        assert_eq!(made(&"ü".repeat(400)).0.chars().count(), NAME_MAX);
    }
}
