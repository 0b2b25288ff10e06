//! A workspace's audit log: who did what to what, from where, before and after. Appended to by every
//! write, altered by nothing, read by the workspace's owners.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::Value;
use smartstack_schema::{AuditEventId, MemberRole, UserErrorCode, UserId};
use uuid::Uuid;

use crate::db::page::{Page, Paged};
use crate::db::{Newest, WorkspaceTx, sql};
use crate::error::{DomainError, FieldError};

/// Something that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// Which.
    pub id: AuditEventId,
    /// Who did it; `None` for a job.
    pub actor_id: Option<UserId>,
    /// What they are called; `None` for a job, for an administrator, and for who left the workspace.
    pub actor_name: Option<String>,
    /// Where from; `None` where that is not known.
    pub address: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// What, as `noun.verb`.
    pub action: String,
    /// To what kind of thing.
    pub target_kind: String,
    /// To which.
    pub target_id: Uuid,
    /// What changed, as it was.
    pub before: Option<Value>,
    /// What changed, as it was afterwards.
    pub after: Option<Value>,
}

/// Which events to list. `None` does not restrict.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// By this person.
    pub actor_id: Option<UserId>,
    /// This action (`task.update`), or any of a noun (`task`).
    pub action: Option<String>,
    /// To things of this kind.
    pub target_kind: Option<String>,
    /// At this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub to: Option<DateTime<Utc>>,
}

/// Longest action and kind that a filter may name; ours are shorter.
const NAME_MAX: usize = 100;

/// A page of the log, newest first.
///
/// # Errors
/// [`DomainError::Forbidden`] for members who are no owner; a filter that makes no sense; a cursor of
/// another list; store errors.
pub async fn list(
    tx: &WorkspaceTx,
    filter: &AuditFilter,
    page: &Page,
) -> Result<Paged<AuditEvent>, DomainError> {
    owned(tx).await?;
    newest(tx, filter)?.page(tx.conn(), page, read).await
}

/// How many events a filter lets through.
///
/// # Errors
/// As [`list`].
pub async fn count(tx: &WorkspaceTx, filter: &AuditFilter) -> Result<i64, DomainError> {
    owned(tx).await?;
    newest(tx, filter)?.count(tx.conn()).await
}

/// The actions that occur in the log, for a filter to choose from.
///
/// # Errors
/// As [`list`].
pub async fn actions(tx: &WorkspaceTx) -> Result<Vec<String>, DomainError> {
    owned(tx).await?;
    let text = "SELECT DISTINCT action FROM audit_events WHERE workspace_id = $1 ORDER BY action LIMIT 200";
    let rows = tx
        .conn()
        .query_all_raw(sql(text, [tx.workspace_id().uuid().into()]))
        .await?;
    rows.iter().map(|row| Ok(row.try_get("", "action")?)).collect()
}

/// Lets owners pass. The database would show others an empty log; this says why it is empty.
async fn owned(tx: &WorkspaceTx) -> Result<(), DomainError> {
    let text = "SELECT role FROM memberships WHERE workspace_id = $1 AND user_id = $2";
    let values = [
        tx.workspace_id().uuid().into(),
        tx.actor_id().map(UserId::uuid).into(),
    ];
    let row = tx.conn().query_one_raw(sql(text, values)).await?;
    let role: Option<String> = row.map(|row| row.try_get("", "role")).transpose()?;
    match role.as_deref().and_then(MemberRole::parse) {
        Some(MemberRole::Owner) => Ok(()),
        _ => Err(DomainError::Forbidden),
    }
}

fn newest(tx: &WorkspaceTx, filter: &AuditFilter) -> Result<Newest<'static>, DomainError> {
    let mut list = Newest {
        name: "AUDIT",
        columns: "e.id, e.actor_id, u.name AS actor_name, e.address, e.at, e.action, e.target_kind, e.target_id, \
                  e.before, e.after",
        from: "audit_events e LEFT JOIN users u ON u.id = e.actor_id",
        conditions: vec!["e.workspace_id = $1".to_owned()],
        values: vec![tx.workspace_id().uuid().into()],
        time: "e.at",
        id: "e.id",
    };
    filter.narrow(&mut list)?;
    Ok(list)
}

impl AuditFilter {
    /// Narrows a log's list, whose entries are `e`: a workspace's or the installation's.
    pub(crate) fn narrow(&self, list: &mut Newest<'_>) -> Result<(), FieldError> {
        if self.from.zip(self.to).is_some_and(|(from, to)| from >= to) {
            let message = "The end has to lie after the beginning.";
            return Err(FieldError::new(UserErrorCode::OutOfRange, "to", message));
        }
        if let Some(actor) = self.actor_id {
            list.filter("e.actor_id = {}", actor.uuid());
        }
        if let Some(action) = name("action", self.action.as_deref())? {
            list.filter("(e.action = {} OR starts_with(e.action, {} || '.'))", action);
        }
        if let Some(kind) = name("targetKind", self.target_kind.as_deref())? {
            list.filter("e.target_kind = {}", kind);
        }
        if let Some(from) = self.from {
            list.filter("e.at >= {}", from);
        }
        if let Some(to) = self.to {
            list.filter("e.at < {}", to);
        }
        Ok(())
    }
}

/// A word of our own making; anything else cannot be in the log.
fn name(field: &str, text: Option<&str>) -> Result<Option<String>, FieldError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    if text.len() > NAME_MAX || !text.chars().all(plain) {
        let message = "Use a name as it stands in the log, such as task.update.";
        return Err(FieldError::new(UserErrorCode::Invalid, field, message));
    }
    Ok(Some(text.to_owned()))
}

fn read(row: &QueryResult) -> Result<AuditEvent, DomainError> {
    Ok(AuditEvent {
        id: AuditEventId(row.try_get("", "id")?),
        actor_id: row.try_get::<Option<Uuid>>("", "actor_id")?.map(UserId),
        actor_name: row.try_get("", "actor_name")?,
        address: row.try_get("", "address")?,
        at: row.try_get("", "at")?,
        action: row.try_get("", "action")?,
        target_kind: row.try_get("", "target_kind")?,
        target_id: row.try_get("", "target_id")?,
        before: row.try_get("", "before")?,
        after: row.try_get("", "after")?,
    })
}
