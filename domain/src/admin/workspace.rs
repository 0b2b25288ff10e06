//! Every workspace's size and limits; never what is in it.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use smartstack_schema::WorkspaceId;

use crate::db::page::{Page, Paged};
use crate::db::{AdminTx, Newest, sql};
use crate::error::DomainError;
use crate::installation::{WorkspaceLimits, own_limits};
use crate::list;

/// A workspace from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceSize {
    /// Which.
    pub id: WorkspaceId,
    /// What its owner calls it.
    pub name: String,
    /// The addresses of its owners, oldest first.
    pub owners: Vec<String>,
    /// People in it.
    pub members: i64,
    /// Clients in it.
    pub clients: i64,
    /// Projects that are not deleted.
    pub projects: i64,
    /// Tasks that are not deleted.
    pub tasks: i64,
    /// Documents.
    pub documents: i64,
    /// Bytes of the documents' texts, in UTF-8, and of their files.
    pub document_bytes: i64,
    /// Links that open now.
    pub share_links: i64,
    /// Jobs of the last 24 hours.
    pub jobs_last_day: i64,
    /// Where it differs from the installation.
    pub limits: WorkspaceLimits,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Since when it is deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Which workspaces to list. `None` does not restrict.
#[derive(Debug, Clone, Default)]
pub struct WorkspaceFilter {
    /// Part of the name or of a member's address, in any case.
    pub search: Option<String>,
    /// Deleted, or not.
    pub deleted: Option<bool>,
}

/// Each number is a look at an index that begins with the workspace.
const COLUMNS: &str = "\
w.id, w.name, w.created_at, w.deleted_at,
(SELECT coalesce(jsonb_agg(u.email ORDER BY m.created_at, u.id), '[]') FROM memberships m JOIN users u ON u.id = m.user_id
 WHERE m.workspace_id = w.id AND m.role = 'OWNER') AS owners,
(SELECT count(*) FROM memberships m WHERE m.workspace_id = w.id) AS members,
(SELECT count(*) FROM clients c WHERE c.workspace_id = w.id) AS clients,
(SELECT count(*) FROM projects p WHERE p.workspace_id = w.id AND p.deleted_at IS NULL) AS projects,
(SELECT count(*) FROM tasks t WHERE t.workspace_id = w.id AND t.deleted_at IS NULL) AS tasks,
(SELECT count(*) FROM documents d WHERE d.workspace_id = w.id) AS documents,
(SELECT coalesce(sum(d.text_bytes + coalesce(d.file_bytes, 0)), 0)::bigint FROM documents d WHERE d.workspace_id = w.id) AS document_bytes,
(SELECT count(*) FROM share_links s WHERE s.workspace_id = w.id AND s.revoked_at IS NULL
 AND (s.expires_at IS NULL OR s.expires_at > $1)) AS share_links,
(SELECT count(*) FROM jobs j WHERE j.workspace_id = w.id AND j.created_at > $1 - interval '1 day') AS jobs_last_day,
l.ai_monthly_cost_micro_usd, l.ai_jobs_per_day";
const FROM: &str = "workspaces w LEFT JOIN workspace_limits l ON l.workspace_id = w.id";

/// A page of workspaces, newest first.
///
/// # Errors
/// A cursor of another list; store errors.
pub async fn workspaces(
    tx: &AdminTx,
    filter: &WorkspaceFilter,
    page: &Page,
) -> Result<Paged<WorkspaceSize>, DomainError> {
    newest(tx, filter).page(tx.conn(), page, read).await
}

/// How many workspaces a filter lets through.
///
/// # Errors
/// Store errors.
pub async fn count_workspaces(tx: &AdminTx, filter: &WorkspaceFilter) -> Result<i64, DomainError> {
    newest(tx, filter).count(tx.conn()).await
}

/// One workspace.
///
/// # Errors
/// [`DomainError::NotFound`]; store errors.
pub async fn workspace(tx: &AdminTx, id: WorkspaceId) -> Result<WorkspaceSize, DomainError> {
    let text = format!("SELECT {COLUMNS} FROM {FROM} WHERE w.id = $2");
    let values = [tx.now().into(), id.uuid().into()];
    let row = tx.conn().query_one_raw(sql(&text, values)).await?;
    read(&row.ok_or(DomainError::NotFound)?)
}

fn newest(tx: &AdminTx, filter: &WorkspaceFilter) -> Newest<'static> {
    let mut list = Newest {
        name: "WORKSPACES",
        columns: COLUMNS,
        from: FROM,
        // The moment everything is counted at; a condition so that counting binds it, too.
        conditions: vec!["$1::timestamptz IS NOT NULL".to_owned()],
        values: vec![tx.now().into()],
        time: "w.created_at",
        id: "w.id",
    };
    if let Some(text) = list::search(filter.search.as_deref()) {
        let condition = "(w.name ILIKE {} OR EXISTS (SELECT FROM memberships m JOIN users u ON u.id = m.user_id \
                         WHERE m.workspace_id = w.id AND u.email ILIKE {}))";
        list.filter(condition, list::pattern(&text));
    }
    if let Some(deleted) = filter.deleted {
        list.filter("(w.deleted_at IS NOT NULL) = {}", deleted);
    }
    list
}

fn read(row: &QueryResult) -> Result<WorkspaceSize, DomainError> {
    let owners: serde_json::Value = row.try_get("", "owners")?;
    Ok(WorkspaceSize {
        id: WorkspaceId(row.try_get("", "id")?),
        name: row.try_get("", "name")?,
        owners: serde_json::from_value(owners).map_err(crate::store::fault)?,
        members: row.try_get("", "members")?,
        clients: row.try_get("", "clients")?,
        projects: row.try_get("", "projects")?,
        tasks: row.try_get("", "tasks")?,
        documents: row.try_get("", "documents")?,
        document_bytes: row.try_get("", "document_bytes")?,
        share_links: row.try_get("", "share_links")?,
        jobs_last_day: row.try_get("", "jobs_last_day")?,
        limits: own_limits(row)?,
        created_at: row.try_get("", "created_at")?,
        deleted_at: row.try_get("", "deleted_at")?,
    })
}
