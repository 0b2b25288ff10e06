//! The workspace itself: its name, its members, and the numbers beside the navigation.

mod life;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use smartstack_schema::{Hue, MemberRole, NodeKind, UserId, WorkspaceId};
use uuid::Uuid;

pub(crate) use life::found;
pub use life::{DeletedWorkspace, MOST_OWNED, NewWorkspace, RESTORABLE, create, delete, deleted, restore};

pub use crate::identity::User as Person;
use crate::{
    db::{TenantTx, WorkspaceTx},
    error::DomainError,
    input::{self, Checks, NAME_MAX, Patch},
    record::{self, Subject},
    store,
};

/// A workspace: the tenant everything else belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// What it is called.
    pub name: String,
    /// Colour.
    pub hue: Hue,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i32,
}

/// What to change of a workspace.
#[derive(Debug, Clone, Default)]
pub struct WorkspacePatch {
    /// What it is called; at most 120 characters.
    pub name: Patch<String>,
    /// Colour.
    pub hue: Patch<Hue>,
}

/// Numbers beside the navigation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromQueryResult)]
pub struct WorkspaceCounts {
    /// Suggestions with open items.
    pub suggestions_waiting: i32,
    /// Jobs that need a person.
    pub jobs_needing_review: i32,
    /// Projects in status ACTIVE.
    pub active_projects: i32,
    /// Clients that are not archived.
    pub clients: i32,
}

/// A person's place in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// What they may do.
    pub role: MemberRole,
    /// Since when.
    pub since: DateTime<Utc>,
}

#[derive(FromQueryResult, serde::Serialize)]
struct Row {
    id: Uuid,
    name: String,
    hue: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i32,
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: Uuid,
    name: String,
    email: String,
    hue: String,
    role: String,
    since: DateTime<Utc>,
}

/// The workspace of the transaction.
///
/// # Errors
/// [`DomainError::NotFound`] when it has been deleted.
pub async fn get(tx: &WorkspaceTx) -> Result<Workspace, DomainError> {
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT id, name, hue, created_at, updated_at, version FROM workspaces
         WHERE id = $1 AND deleted_at IS NULL",
        [store::workspace(tx).into()],
    )
    .await?;
    rows.into_iter().next().ok_or(DomainError::NotFound)?.try_into()
}

/// Changes the workspace.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::Conflict`] when
/// `expected_version` is not the current one; [`DomainError::Validation`].
pub async fn update(
    tx: &mut TenantTx,
    expected_version: Option<i32>,
    patch: WorkspacePatch,
) -> Result<Workspace, DomainError> {
    if tx.member_role() != MemberRole::Owner {
        return Err(DomainError::Forbidden);
    }
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT id, name, hue, created_at, updated_at, version FROM workspaces
         WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE",
        [store::workspace(tx).into()],
    )
    .await?;
    let row = rows.into_iter().next().ok_or(DomainError::NotFound)?;
    store::expect_version(row.version, expected_version)?;
    let mut checks = Checks::default();
    let name = checks.line_patch("name", patch.name, &row.name, NAME_MAX);
    let hue = checks
        .not_cleared("hue", patch.hue, store::parse(&row.hue)?)
        .as_str();
    checks.finish()?;
    if name == row.name && hue == row.hue {
        return row.try_into();
    }
    let values = [name.into(), hue.into(), tx.now().into(), row.id.into()];
    let rows: Vec<Row> = store::rows(
        tx,
        "UPDATE workspaces SET name = $1, hue = $2, updated_at = $3, version = version + 1 WHERE id = $4
         RETURNING id, name, hue, created_at, updated_at, version",
        values,
    )
    .await?;
    let next = rows.into_iter().next().ok_or(DomainError::NotFound)?;
    record::updated(
        tx,
        "workspace.update",
        Subject::new(NodeKind::Workspace, row.id, None),
        &row,
        &next,
    )?;
    next.try_into()
}

/// Keeps others from changing the workspace's own row until this transaction ends.
pub(crate) async fn lock(tx: &WorkspaceTx) -> Result<(), DomainError> {
    let text = "SELECT id FROM workspaces WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE";
    let rows = store::query(tx, text, [store::workspace(tx).into()]).await?;
    rows.first().map(|_| ()).ok_or(DomainError::NotFound)
}

/// Numbers beside the navigation, in one statement. What is in deleted projects, and what deleted
/// documents brought, does not count.
///
/// # Errors
/// Store errors alone.
pub async fn counts(tx: &WorkspaceTx) -> Result<WorkspaceCounts, DomainError> {
    let rows: Vec<WorkspaceCounts> = store::rows(
        tx,
        "SELECT
           (SELECT count(*) FROM suggestions s
            JOIN projects p ON p.workspace_id = s.workspace_id AND p.id = s.project_id
            JOIN documents d ON d.workspace_id = s.workspace_id AND d.id = s.document_id
            WHERE s.workspace_id = $1 AND s.state IN ('OPEN', 'PARTLY_APPLIED') AND p.deleted_at IS NULL
              AND d.deleted_at IS NULL
           )::int4 AS suggestions_waiting,
           (SELECT count(*) FROM jobs j
            JOIN projects p ON p.workspace_id = j.workspace_id AND p.id = j.project_id
            JOIN documents d ON d.workspace_id = j.workspace_id AND d.id = j.document_id
            WHERE j.workspace_id = $1 AND j.state = 'NEEDS_REVIEW' AND p.deleted_at IS NULL
              AND d.deleted_at IS NULL
           )::int4 AS jobs_needing_review,
           (SELECT count(*) FROM projects
            WHERE workspace_id = $1 AND status = 'ACTIVE' AND deleted_at IS NULL)::int4 AS active_projects,
           (SELECT count(*) FROM clients WHERE workspace_id = $1 AND archived_at IS NULL)::int4 AS clients",
        [store::workspace(tx).into()],
    )
    .await?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

/// Everyone in the workspace, those who joined first first.
///
/// # Errors
/// Store errors alone.
pub async fn members(tx: &WorkspaceTx) -> Result<Vec<Member>, DomainError> {
    let rows: Vec<PersonRow> = store::rows(
        tx,
        "SELECT u.id, u.name, u.email, u.hue, m.role, m.created_at AS since
         FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.workspace_id = $1 ORDER BY m.created_at, u.id",
        [store::workspace(tx).into()],
    )
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The people among `ids` who are members, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn people_by_ids(tx: &WorkspaceTx, ids: &[UserId]) -> Result<HashMap<UserId, Person>, DomainError> {
    let rows: Vec<PersonRow> = store::rows(
        tx,
        "SELECT u.id, u.name, u.email, u.hue, m.role, m.created_at AS since
         FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.workspace_id = $1 AND m.user_id = ANY($2)",
        [store::workspace(tx).into(), store::uuids(ids).into()],
    )
    .await?;
    rows.into_iter()
        .map(|row| Member::try_from(row).map(|member| (member.person.id, member.person)))
        .collect()
}

/// Fails as a validation error of `field` unless the person is a member.
pub(crate) async fn require_member(tx: &WorkspaceTx, field: &str, id: UserId) -> Result<(), DomainError> {
    match people_by_ids(tx, &[id]).await?.contains_key(&id) {
        true => Ok(()),
        false => Err(input::not_found(
            field,
            "This person is not a member of the workspace.",
        )),
    }
}

impl TryFrom<Row> for Workspace {
    type Error = DomainError;

    fn try_from(row: Row) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.id.into(),
            hue: store::parse(&row.hue)?,
            name: row.name,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}

impl TryFrom<PersonRow> for Member {
    type Error = DomainError;

    fn try_from(row: PersonRow) -> Result<Self, DomainError> {
        let person = Person {
            id: row.id.into(),
            hue: store::parse(&row.hue)?,
            name: row.name,
            email: row.email,
        };
        Ok(Self {
            person,
            role: store::parse(&row.role)?,
            since: row.since,
        })
    }
}
