//! What the worker does to a document: it writes the text it read out of the file, once.

use sea_orm::{FromQueryResult, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;
use smartstack_schema::{DocumentId, NodeKind, UnreadableReason, UserErrorCode, WorkspaceId};
use uuid::Uuid;

use super::{media::MediaType, word_count};
use crate::{
    db::{EnvelopeError, WorkerScope, WorkerTx, WorkspaceTx},
    error::{DomainError, FieldError},
    input::DOCUMENT_MAX,
    record::{self, Subject},
    store,
};

/// What a queue message says about a document whose file is to be read; the worker's scope, as a job's
/// envelope is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentEnvelope {
    document_id: DocumentId,
    workspace_id: WorkspaceId,
}

#[derive(Serialize, Deserialize)]
struct EnvelopeV1 {
    v: u32,
    document_id: DocumentId,
    workspace_id: WorkspaceId,
}

impl DocumentEnvelope {
    pub(crate) fn new(document_id: DocumentId, workspace_id: WorkspaceId) -> Self {
        Self {
            document_id,
            workspace_id,
        }
    }

    /// The envelope as outbox payload and queue message.
    pub fn payload(&self) -> serde_json::Value {
        json!({ "v": 1, "document_id": self.document_id, "workspace_id": self.workspace_id })
    }

    /// Reads a queue message's body.
    ///
    /// # Errors
    /// [`EnvelopeError`] when the body is not an envelope this version understands.
    pub fn decode(body: &str) -> Result<Self, EnvelopeError> {
        let envelope: EnvelopeV1 = serde_json::from_str(body)?;
        if envelope.v != 1 {
            return Err(EnvelopeError::Version(envelope.v));
        }
        Ok(Self::new(envelope.document_id, envelope.workspace_id))
    }

    /// The document.
    pub fn document_id(&self) -> DocumentId {
        self.document_id
    }
}

impl WorkerScope for DocumentEnvelope {
    fn workspace_id(&self) -> WorkspaceId {
        self.workspace_id
    }
}

/// A file that is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Where it lies in the blob store.
    pub blob_key: String,
    /// What kind it is.
    pub media_type: MediaType,
}

/// The file of a document whose text is still to be read; `None` where the text is there, where there is
/// nothing to read it from, and where there is no such document any more.
///
/// # Errors
/// Store errors alone.
pub async fn unread(tx: &WorkspaceTx, id: DocumentId) -> Result<Option<Unread>, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        blob_key: String,
        media_type: String,
    }
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT blob_key, media_type FROM documents
         WHERE workspace_id = $1 AND id = $2 AND kind = 'FILE' AND state <> 'READY' AND deleted_at IS NULL",
        [store::workspace(tx).into(), id.uuid().into()],
    )
    .await?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let unknown = || store::fault(format!("a column holds no media type: {:?}", row.media_type));
    Ok(Some(Unread {
        media_type: MediaType::parse(&row.media_type).ok_or_else(unknown)?,
        blob_key: row.blob_key,
    }))
}

/// Keeps what was read. Nothing happens where another has kept it already.
///
/// # Errors
/// [`DomainError::Validation`] for an empty text or one that is too long: the reader should have said so.
pub async fn set_text(tx: &mut WorkerTx, id: DocumentId, text: &str) -> Result<(), DomainError> {
    let length = text.chars().count();
    if length == 0 || length > DOCUMENT_MAX {
        let message = format!("A text has 1 to {DOCUMENT_MAX} characters; this has {length}.");
        return Err(FieldError::new(UserErrorCode::OutOfRange, "text", message).into());
    }
    let assignments = "text = $3, word_count = $4, state = 'READY', unreadable_reason = NULL";
    let values = vec![text.into(), word_count(text).into()];
    let after = json!({ "state": "READY", "word_count": word_count(text) });
    write(tx, id, assignments, values, after).await
}

/// Keeps that there is no text to be had, and why.
///
/// # Errors
/// Store errors alone.
pub async fn set_unreadable(
    tx: &mut WorkerTx,
    id: DocumentId,
    reason: UnreadableReason,
) -> Result<(), DomainError> {
    let assignments = "state = 'UNREADABLE', unreadable_reason = $3";
    let after = json!({ "state": "UNREADABLE", "unreadable_reason": reason });
    write(tx, id, assignments, vec![reason.as_str().into()], after).await
}

/// Changes a document whose text is not there. `assignments` may use `values` from `$3` on.
async fn write(
    tx: &mut WorkerTx,
    id: DocumentId,
    assignments: &'static str,
    values: Vec<Value>,
    after: serde_json::Value,
) -> Result<(), DomainError> {
    #[derive(FromQueryResult)]
    struct Written {
        project_id: Uuid,
    }
    let sql = format!(
        "UPDATE documents SET {assignments}, version = version + 1
         WHERE workspace_id = $1 AND id = $2 AND kind = 'FILE' AND state <> 'READY' RETURNING project_id"
    );
    let scope: [Value; 2] = [store::workspace(tx).into(), id.uuid().into()];
    let rows: Vec<Written> = store::rows(tx, &sql, scope.into_iter().chain(values)).await?;
    if let Some(row) = rows.first() {
        let subject = Subject::new(NodeKind::Document, id.uuid(), Some(row.project_id));
        record::announce(tx, subject);
        tx.audit("document.read", NodeKind::Document, id, None, Some(after));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_survives_the_queue() {
        let envelope = DocumentEnvelope::new(DocumentId(Uuid::from_u128(1)), WorkspaceId(Uuid::from_u128(2)));
        let body = envelope.payload().to_string();
        assert_eq!(DocumentEnvelope::decode(&body).expect("an envelope"), envelope);
        let newer = body.replace("\"v\":1", "\"v\":2");
        assert!(matches!(
            DocumentEnvelope::decode(&newer),
            Err(EnvelopeError::Version(2))
        ));
    }
}
