//! How a workspace begins, is hidden, and comes back. What removes it for good is
//! [`crate::retention`].

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::Serialize;
use serde_json::json;
use smartstack_schema::{ChangeOperation, Hue, MemberRole, NodeKind, UserErrorCode, UserId, WorkspaceId};
use uuid::Uuid;

use crate::{
    db::{SystemTx, TenantTx, sql},
    error::DomainError,
    idempotency,
    input::{Checks, NAME_MAX},
    member, store,
};

/// How long a deleted workspace can be restored; [`crate::retention`] keeps it as long.
pub const RESTORABLE: TimeDelta = TimeDelta::days(365);
/// How many workspaces a person may own that are not deleted.
pub const MOST_OWNED: i64 = 20;
/// A workspace to be made.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewWorkspace {
    /// What to call it; at most 120 characters.
    pub name: String,
    /// Its colour; one by chance when left out.
    pub hue: Option<Hue>,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// A workspace that can be restored, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedWorkspace {
    /// Which one.
    pub id: WorkspaceId,
    /// What it is called.
    pub name: String,
    /// Colour.
    pub hue: Hue,
    /// Since when it is hidden.
    pub deleted_at: DateTime<Utc>,
}

impl DeletedWorkspace {
    /// Until when it can be restored.
    pub fn restorable_until(&self) -> DateTime<Utc> {
        self.deleted_at + RESTORABLE
    }
}

/// Makes a workspace that `owner` owns.
///
/// # Errors
/// Every broken rule of the input; [`DomainError::Conflict`] when the idempotency key was used for another
/// request; store errors.
pub async fn create(
    tx: &mut SystemTx,
    owner: UserId,
    address: Option<&str>,
    new: NewWorkspace,
) -> Result<WorkspaceId, DomainError> {
    let mut checks = Checks::default();
    let name = checks.line("name", &new.name, NAME_MAX);
    checks.idempotency_key(new.idempotency_key.as_deref());
    checks.finish()?;
    let (key, id) = (new.idempotency_key.as_deref(), tx.new_id::<WorkspaceId>());
    if let Some(first) = idempotency::claim_for(tx, owner, "workspace.create", key, &new, id.uuid()).await? {
        return Ok(WorkspaceId(first));
    }
    let mut checks = Checks::default();
    // Waits for another request of the same person, so that the limit holds for both together.
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended('workspaces of ' || $1::text, 0))";
    tx.conn().execute_raw(sql(lock, [owner.uuid().into()])).await?;
    if owned(tx, owner).await? >= MOST_OWNED {
        let message = format!("You own {MOST_OWNED} workspaces. Delete one that is not needed any more.");
        checks.fail("name", UserErrorCode::LimitReached, message);
    }
    checks.finish()?;
    found(tx, id, owner, &name, new.hue).await?;
    audit(
        tx,
        id,
        owner,
        address,
        "workspace.create",
        json!({ "name": name }),
    )
    .await?;
    Ok(id)
}

/// Stores a workspace with its owner. The name has been checked.
pub(crate) async fn found(
    tx: &mut SystemTx,
    id: WorkspaceId,
    owner: UserId,
    name: &str,
    hue: Option<Hue>,
) -> Result<(), DomainError> {
    let now = tx.now();
    let hue = hue.unwrap_or_else(|| store::hue_of(id.uuid()));
    let text = "INSERT INTO workspaces (id, name, hue, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)";
    let values = [id.uuid().into(), name.into(), hue.as_str().into(), now.into()];
    tx.conn().execute_raw(sql(text, values)).await?;
    let text = "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)";
    let values = [
        id.uuid().into(),
        owner.uuid().into(),
        MemberRole::Owner.as_str().into(),
        now.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    let text = "INSERT INTO change_sequences (workspace_id) VALUES ($1)";
    tx.conn().execute_raw(sql(text, [id.uuid().into()])).await?;
    Ok(())
}

/// Hides the workspace of the transaction with all that is in it: from its members, from whoever has
/// one of its links or tokens. Its owners can bring it back for [`RESTORABLE`].
///
/// `typed` is its name as the person typed it, against deleting the wrong one.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::Validation`] of `name` when it is
/// not the name; [`DomainError::NotFound`] when it is deleted already.
pub async fn delete(tx: &mut TenantTx, typed: &str) -> Result<(), DomainError> {
    let places = member::own(tx).await?;
    let workspace = super::get(tx).await?;
    if typed.split_whitespace().ne(workspace.name.split_whitespace()) {
        let mut checks = Checks::default();
        let message = format!("Type the workspace's name: {}", workspace.name);
        checks.fail("name", UserErrorCode::Invalid, message);
        checks.finish()?;
    }
    let text = "UPDATE workspaces SET deleted_at = $2, updated_at = $2, version = version + 1 WHERE id = $1";
    let values = [store::workspace(tx).into(), tx.now().into()];
    store::execute(tx, text, values).await?;
    tx.record_change(NodeKind::Workspace, workspace.id, ChangeOperation::Deleted, None);
    let before = json!({ "name": workspace.name });
    tx.audit(
        "workspace.delete",
        NodeKind::Workspace,
        workspace.id,
        Some(before),
        None,
    );
    for person in places.into_keys() {
        tx.access_changed(person);
    }
    Ok(())
}

/// The deleted workspaces `owner` can restore, the last deleted first.
///
/// # Errors
/// Store errors.
pub async fn deleted(tx: &SystemTx, owner: UserId) -> Result<Vec<DeletedWorkspace>, DomainError> {
    let text = "\
SELECT w.id, w.name, w.hue, w.deleted_at FROM workspaces w
JOIN memberships m ON m.workspace_id = w.id AND m.user_id = $1 AND m.role = 'OWNER'
WHERE w.deleted_at > $2 ORDER BY w.deleted_at DESC, w.id";
    let values = [owner.uuid().into(), (tx.now() - RESTORABLE).into()];
    let rows = tx.conn().query_all_raw(sql(text, values)).await?;
    rows.iter().map(deleted_from).collect()
}

/// Brings a deleted workspace back as it was.
///
/// # Errors
/// [`DomainError::NotFound`] for what is not a deleted workspace of this owner, or is gone for good.
pub async fn restore(
    tx: &mut SystemTx,
    owner: UserId,
    id: WorkspaceId,
    address: Option<&str>,
) -> Result<(), DomainError> {
    let text = "\
UPDATE workspaces w SET deleted_at = NULL, updated_at = $4, version = w.version + 1
FROM memberships m
WHERE w.id = $1 AND m.workspace_id = w.id AND m.user_id = $2 AND m.role = 'OWNER' AND w.deleted_at > $3";
    let now = tx.now();
    let values = [
        id.uuid().into(),
        owner.uuid().into(),
        (now - RESTORABLE).into(),
        now.into(),
    ];
    if tx.conn().execute_raw(sql(text, values)).await?.rows_affected() == 0 {
        return Err(DomainError::NotFound);
    }
    audit(tx, id, owner, address, "workspace.restore", json!({})).await
}

fn deleted_from(row: &QueryResult) -> Result<DeletedWorkspace, DomainError> {
    Ok(DeletedWorkspace {
        id: WorkspaceId(row.try_get("", "id")?),
        name: row.try_get("", "name")?,
        hue: store::parse(&row.try_get::<String>("", "hue")?)?,
        deleted_at: row.try_get("", "deleted_at")?,
    })
}

async fn owned(tx: &SystemTx, owner: UserId) -> Result<i64, DomainError> {
    let text = "\
SELECT count(*) AS n FROM memberships m JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL
WHERE m.user_id = $1 AND m.role = 'OWNER'";
    let row = tx.conn().query_one_raw(sql(text, [owner.uuid().into()])).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

async fn audit(
    tx: &mut SystemTx,
    id: WorkspaceId,
    actor: UserId,
    address: Option<&str>,
    action: &str,
    after: serde_json::Value,
) -> Result<(), DomainError> {
    let address: Option<String> = address.map(|text| text.chars().take(100).collect());
    let text = "\
INSERT INTO audit_events (id, workspace_id, actor_id, address, at, action, target_kind, target_id, after)
VALUES ($1, $2, $3, $4, $5, $6, 'WORKSPACE', $2, $7)";
    let values = [
        tx.new_id::<Uuid>().into(),
        id.uuid().into(),
        actor.uuid().into(),
        address.into(),
        tx.now().into(),
        action.into(),
        after.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(())
}
