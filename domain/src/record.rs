//! What every write leaves behind in its own transaction: an entry of the change log for whoever
//! is watching, and one of the audit log for whoever asks later.

use serde::Serialize;
use serde_json::{Map, Value};
use smartstack_schema::{ChangeOperation, NodeKind, ProjectId};
use uuid::Uuid;

use crate::{db::WorkspaceTx, error::DomainError, store};

/// Columns that never enter the audit log: secrets, and what every entry says anyway.
const LEFT_OUT: &[&str] = &["token_hash", "token_nonce", "password_hash", "workspace_id"];

/// The row something was written to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject {
    pub(crate) kind: NodeKind,
    pub(crate) id: Uuid,
    /// The project it belongs to, for those who watch one project only.
    pub(crate) project: Option<ProjectId>,
}

impl Subject {
    pub(crate) fn new(kind: NodeKind, id: Uuid, project: Option<Uuid>) -> Self {
        Self {
            kind,
            id,
            project: project.map(Into::into),
        }
    }
}

/// Records that a row was made.
pub(crate) fn created(
    tx: &mut WorkspaceTx,
    action: &'static str,
    subject: Subject,
    row: &impl Serialize,
) -> Result<(), DomainError> {
    let after = Value::Object(columns(row)?);
    write(tx, action, subject, ChangeOperation::Created, None, Some(after));
    Ok(())
}

/// Records that a row was changed, with the columns that differ.
pub(crate) fn updated<R: Serialize>(
    tx: &mut WorkspaceTx,
    action: &'static str,
    subject: Subject,
    before: &R,
    after: &R,
) -> Result<(), DomainError> {
    let (mut before, mut after) = (columns(before)?, columns(after)?);
    before.retain(|column, value| match after.get(column) {
        Some(now) if now == value => {
            after.remove(column);
            false
        }
        _ => true,
    });
    let (before, after) = (Value::Object(before), Value::Object(after));
    write(
        tx,
        action,
        subject,
        ChangeOperation::Updated,
        Some(before),
        Some(after),
    );
    Ok(())
}

/// Records that a row is gone from sight.
pub(crate) fn deleted(
    tx: &mut WorkspaceTx,
    action: &'static str,
    subject: Subject,
    row: &impl Serialize,
) -> Result<(), DomainError> {
    let before = Value::Object(columns(row)?);
    write(tx, action, subject, ChangeOperation::Deleted, Some(before), None);
    Ok(())
}

fn write(
    tx: &mut WorkspaceTx,
    action: &'static str,
    subject: Subject,
    operation: ChangeOperation,
    before: Option<Value>,
    after: Option<Value>,
) {
    tx.record_change(subject.kind, subject.id, operation, subject.project);
    tx.audit(action, subject.kind, subject.id, before, after);
}

fn columns(row: &impl Serialize) -> Result<Map<String, Value>, DomainError> {
    let Value::Object(mut columns) = serde_json::to_value(row).map_err(store::fault)? else {
        return Ok(Map::new());
    };
    columns.retain(|column, value| !LEFT_OUT.contains(&column.as_str()) && !value.is_null());
    Ok(columns)
}

/// Tells watchers to look again at a row whose derived values changed, though the row did not.
pub(crate) fn announce(tx: &mut WorkspaceTx, subject: Subject) {
    tx.record_change(
        subject.kind,
        subject.id,
        ChangeOperation::Updated,
        subject.project,
    );
}
