//! The change log: every committed change of a workspace, numbered without gaps in the order of
//! commits, to read from any point and to follow live.

mod feed;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use smartstack_schema::{AnyId, ChangeOperation, NodeKind, ProjectId, UserErrorCode, UserId};
use uuid::Uuid;

pub use feed::{ChangeFeed, ChangeReader, ChangeSignal, SessionSignal};

use crate::db::{WorkspaceTx, sql};
use crate::error::{DomainError, FieldError, StoreError};

/// Most changes read at once.
pub const MAX_BATCH: u16 = 500;

/// How long a change can be replayed. Whoever was away for longer reads everything again.
pub const REPLAYABLE_FOR: TimeDelta = TimeDelta::days(30);

/// Something that happened in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number: one more than the change before it in this workspace, the first being 1.
    pub seq: i64,
    /// What kind of thing changed.
    pub kind: NodeKind,
    /// Which one.
    pub node_id: Uuid,
    /// What happened to it.
    pub operation: ChangeOperation,
    /// Who did it; `None` for a job.
    pub actor_id: Option<UserId>,
    /// The project the thing belongs to, if any.
    pub project_id: Option<ProjectId>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Change {
    /// The thing that changed, by its typed id.
    pub fn id(&self) -> AnyId {
        typed_id(self.kind, self.node_id)
    }

    /// The cursor from which the changes after this one follow.
    pub fn cursor(&self) -> String {
        cursor(self.seq)
    }
}

/// The typed id of a thing of this kind.
pub fn typed_id(kind: NodeKind, id: Uuid) -> AnyId {
    match kind {
        NodeKind::Workspace => AnyId::WorkspaceId(id.into()),
        NodeKind::Client => AnyId::ClientId(id.into()),
        NodeKind::Project => AnyId::ProjectId(id.into()),
        NodeKind::Task => AnyId::TaskId(id.into()),
        NodeKind::ProjectNote => AnyId::ProjectNoteId(id.into()),
        NodeKind::Document => AnyId::DocumentId(id.into()),
        NodeKind::Job => AnyId::JobId(id.into()),
        NodeKind::Suggestion => AnyId::SuggestionId(id.into()),
        NodeKind::SuggestionItem => AnyId::SuggestionItemId(id.into()),
        NodeKind::ShareLink => AnyId::ShareLinkId(id.into()),
        NodeKind::WebhookEndpoint => AnyId::WebhookEndpointId(id.into()),
        NodeKind::User => AnyId::UserId(id.into()),
    }
}

/// The cursor after change `seq`.
pub fn cursor(seq: i64) -> String {
    format!("c{seq}")
}

/// The number in a cursor.
///
/// # Errors
/// A validation error for anything [`cursor`] did not make.
pub fn parse_cursor(text: &str) -> Result<i64, DomainError> {
    let digits = text
        .strip_prefix('c')
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let seq = digits.and_then(|digits| digits.parse().ok());
    seq.ok_or_else(|| {
        let message = "This is not a cursor of the change log. Take changeCursor of the workspace.";
        FieldError::new(UserErrorCode::Invalid, "after", message).into()
    })
}

/// The number of the newest change; 0 when there is none yet.
///
/// # Errors
/// Store errors.
pub async fn head(tx: &WorkspaceTx) -> Result<i64, DomainError> {
    let text = "SELECT seq FROM change_sequences WHERE workspace_id = $1";
    let row = tx
        .conn()
        .query_one_raw(sql(text, [tx.workspace_id().uuid().into()]))
        .await?;
    Ok(row.ok_or(DomainError::NotFound)?.try_get("", "seq")?)
}

/// Whether every change after number `seq` is still in the log: old ones are deleted in time.
///
/// # Errors
/// Store errors.
pub(crate) async fn reaches_back_to(tx: &WorkspaceTx, seq: i64) -> Result<bool, DomainError> {
    let text = "\
SELECT s.seq <= $2 OR EXISTS (SELECT FROM changes c WHERE c.workspace_id = $1 AND c.seq = $2 + 1) AS reaches
FROM change_sequences s WHERE s.workspace_id = $1";
    let row = tx
        .conn()
        .query_one_raw(sql(text, [tx.workspace_id().uuid().into(), seq.into()]))
        .await?;
    Ok(row.ok_or(DomainError::NotFound)?.try_get("", "reaches")?)
}

/// Up to `limit` (at most [`MAX_BATCH`]) changes after number `seq`, in order.
///
/// # Errors
/// Store errors.
pub async fn after(tx: &WorkspaceTx, seq: i64, limit: u16) -> Result<Vec<Change>, DomainError> {
    let text = "\
SELECT seq, kind, node_id, operation, actor_id, project_id, at FROM changes
WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let values = [
        tx.workspace_id().uuid().into(),
        seq.into(),
        i64::from(limit.min(MAX_BATCH)).into(),
    ];
    let rows = tx.conn().query_all_raw(sql(text, values)).await?;
    rows.iter().map(from_row).collect()
}

/// A change from its row, with every column but the workspace.
pub(crate) fn from_row(row: &QueryResult) -> Result<Change, DomainError> {
    let (kind, operation): (String, String) = (row.try_get("", "kind")?, row.try_get("", "operation")?);
    let unknown = || StoreError::fault("a change of an unknown kind");
    Ok(Change {
        seq: row.try_get("", "seq")?,
        kind: NodeKind::parse(&kind).ok_or_else(unknown)?,
        node_id: row.try_get("", "node_id")?,
        operation: ChangeOperation::parse(&operation).ok_or_else(unknown)?,
        actor_id: row.try_get::<Option<Uuid>>("", "actor_id")?.map(Into::into),
        project_id: row.try_get::<Option<Uuid>>("", "project_id")?.map(Into::into),
        at: row.try_get("", "at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_and_other_texts_are_refused() {
        for seq in [0, 1, i64::MAX] {
            assert_eq!(parse_cursor(&cursor(seq)).unwrap(), seq);
        }
        for bad in ["", "c", "c-1", "1", "c1x", "c9223372036854775808", "c+1"] {
            assert!(parse_cursor(bad).is_err(), "{bad:?} was taken");
        }
    }
}
