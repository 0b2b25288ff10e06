//! What administrators did.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::Value;
use smartstack_schema::{AuditEventId, UserId};
use uuid::Uuid;

use super::account::{Account, accounts_where};
use crate::audit::AuditFilter;
use crate::db::page::{Page, Paged};
use crate::db::{AdminTx, Newest, sql};
use crate::error::DomainError;

/// Something an administrator did.
#[derive(Debug, Clone, PartialEq)]
pub struct InstallationEvent {
    /// Which.
    pub id: AuditEventId,
    /// Who; `None` for a command on the server.
    pub actor_id: Option<UserId>,
    /// The address they have now; `None` where the account is gone.
    pub actor_email: Option<String>,
    /// Where from.
    pub address: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// What, as `noun.verb`.
    pub action: String,
    /// To what kind of thing.
    pub target_kind: String,
    /// To which; `None` for the installation itself.
    pub target_id: Option<Uuid>,
    /// What it is called: an address, a workspace's name.
    pub target_name: Option<String>,
    /// What changed, as it was.
    pub before: Option<Value>,
    /// What changed, as it was afterwards.
    pub after: Option<Value>,
}

const COLUMNS: &str = "\
e.id, e.actor_id, a.email AS actor_email, e.address, e.at, e.action, e.target_kind, e.target_id,
coalesce(u.email, w.name) AS target_name, e.before, e.after";
const FROM: &str = "\
installation_audit_events e LEFT JOIN users a ON a.id = e.actor_id
LEFT JOIN users u ON e.target_kind = 'USER' AND u.id = e.target_id
LEFT JOIN workspaces w ON e.target_kind = 'WORKSPACE' AND w.id = e.target_id";

/// Which entries to list. `None` does not restrict.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// As in a workspace's log.
    pub entries: AuditFilter,
    /// By commands on the server alone, or by people alone.
    pub by_command: Option<bool>,
}

/// A page of the installation's audit log, newest first.
///
/// # Errors
/// A filter that makes no sense; a cursor of another list; store errors.
pub async fn events(
    tx: &AdminTx,
    filter: &EventFilter,
    page: &Page,
) -> Result<Paged<InstallationEvent>, DomainError> {
    newest(filter)?.page(tx.conn(), page, read).await
}

/// How many entries a filter lets through.
///
/// # Errors
/// A filter that makes no sense; store errors.
pub async fn count_events(tx: &AdminTx, filter: &EventFilter) -> Result<i64, DomainError> {
    newest(filter)?.count(tx.conn()).await
}

/// The actions that occur in the log, for a filter to choose from.
///
/// # Errors
/// Store errors.
pub async fn event_actions(tx: &AdminTx) -> Result<Vec<String>, DomainError> {
    let text = "SELECT DISTINCT action FROM installation_audit_events ORDER BY action LIMIT 200";
    let rows = tx.conn().query_all_raw(sql(text, [])).await?;
    rows.iter().map(|row| Ok(row.try_get("", "action")?)).collect()
}

/// Who has done something that is in the log, by name: for a filter to choose from.
///
/// # Errors
/// Store errors.
pub async fn event_actors(tx: &AdminTx) -> Result<Vec<Account>, DomainError> {
    accounts_where(
        tx,
        "u.id IN (SELECT actor_id FROM installation_audit_events) ORDER BY u.name, u.id LIMIT 200",
    )
    .await
}

fn newest(filter: &EventFilter) -> Result<Newest<'static>, DomainError> {
    let mut list = Newest {
        name: "INSTALLATION_AUDIT",
        columns: COLUMNS,
        from: FROM,
        conditions: Vec::new(),
        values: Vec::new(),
        time: "e.at",
        id: "e.id",
    };
    filter.entries.narrow(&mut list)?;
    if let Some(by_command) = filter.by_command {
        list.filter("(e.actor_id IS NULL) = {}", by_command);
    }
    Ok(list)
}

fn read(row: &QueryResult) -> Result<InstallationEvent, DomainError> {
    Ok(InstallationEvent {
        id: AuditEventId(row.try_get("", "id")?),
        actor_id: row.try_get::<Option<Uuid>>("", "actor_id")?.map(UserId),
        actor_email: row.try_get("", "actor_email")?,
        address: row.try_get("", "address")?,
        at: row.try_get("", "at")?,
        action: row.try_get("", "action")?,
        target_kind: row.try_get("", "target_kind")?,
        target_id: row.try_get("", "target_id")?,
        target_name: row.try_get("", "target_name")?,
        before: row.try_get("", "before")?,
        after: row.try_get("", "after")?,
    })
}
