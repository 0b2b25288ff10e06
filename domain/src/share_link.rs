//! Share links: addresses that show one project to its client, without an account.
//!
//! The token in the address is made from what is stored and the installation's secret; the database
//! keeps its hash alone. [`crate::share`] is the other side: what happens when a link is opened.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::LockType};
use serde::Serialize;
use smartstack_schema::{
    NodeKind, OrderDirection, ProjectId, ShareLinkId, UserErrorCode, UserId, WorkspaceId,
};
use uuid::Uuid;

use crate::{
    db::{
        ShareScope, TenantTx, WorkspaceTx,
        page::{Keyset, Page, Paged},
    },
    entity::share_link::{Column, Entity, Model},
    error::DomainError,
    idempotency,
    identity::LinkPassword,
    input::{Checks, NAME_MAX, Patch},
    list, project,
    record::{self, Subject},
    secret::{Secrets, token_hash},
    store,
};

/// Bytes of the random part of a link's token.
pub(crate) const NONCE_BYTES: usize = 32;

/// A link as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLink {
    /// Its id.
    pub id: ShareLinkId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// The project it shows.
    pub project_id: ProjectId,
    /// For whom it is; empty when nobody wrote it down.
    pub label: String,
    /// Whether it lists tasks.
    pub show_tasks: bool,
    /// Whether it shows the tasks' estimates.
    pub show_estimates: bool,
    /// Whether it shows the dates of the project and its tasks.
    pub show_due_dates: bool,
    /// Whether it shows the project's notes.
    pub show_notes: bool,
    /// Whether it asks for a password.
    pub has_password: bool,
    /// From when on it opens nothing.
    pub expires_at: Option<DateTime<Utc>>,
    /// Since when it opens nothing, for good.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i32,
    token: Token,
    password_id: Option<Uuid>,
}

/// What the database knows of a token.
#[derive(Clone, PartialEq, Eq)]
struct Token {
    nonce: Vec<u8>,
    hash: Vec<u8>,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl ShareLink {
    /// The token for the link's address. `None` once it is revoked, and when the installation's
    /// secret has changed since: the link still works, but its address cannot be told any more.
    pub fn token(&self, secrets: &Secrets) -> Option<String> {
        let token = secrets.share_token(self.id, &self.token.nonce);
        (self.revoked_at.is_none() && token_hash(&token).as_slice() == self.token.hash).then_some(token)
    }

    /// The right to see what it shows, for whoever may read the link itself: they are not asked for its
    /// password.
    pub(crate) fn scope(&self) -> ShareScope {
        ShareScope::new(self.workspace_id, self.project_id, self.id, self.password_id)
    }
}

/// A link to be made.
#[derive(Debug, Clone, Serialize)]
pub struct NewShareLink {
    /// The project to show.
    pub project_id: ProjectId,
    /// For whom it is; at most 120 characters.
    pub label: Option<String>,
    /// Whether to list tasks; yes when left out.
    pub show_tasks: Option<bool>,
    /// Whether to show estimates; no when left out.
    pub show_estimates: Option<bool>,
    /// Whether to show dates; yes when left out.
    pub show_due_dates: Option<bool>,
    /// Whether to show notes; no when left out.
    pub show_notes: Option<bool>,
    /// What the client has to know beside the address; nothing when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<LinkPassword>,
    /// When it ends; never when left out.
    pub expires_at: Option<DateTime<Utc>>,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl NewShareLink {
    /// A link that shows what it does when nothing is said.
    pub fn to(project_id: ProjectId) -> Self {
        Self {
            project_id,
            label: None,
            show_tasks: None,
            show_estimates: None,
            show_due_dates: None,
            show_notes: None,
            password: None,
            expires_at: None,
            idempotency_key: None,
        }
    }
}

/// What to change of a link. The fields are those of [`NewShareLink`].
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "documented on NewShareLink")]
pub struct ShareLinkPatch {
    pub label: Patch<String>,
    pub show_tasks: Patch<bool>,
    pub show_estimates: Patch<bool>,
    pub show_due_dates: Patch<bool>,
    pub show_notes: Patch<bool>,
    pub password: Patch<LinkPassword>,
    pub expires_at: Patch<DateTime<Utc>>,
}

/// Makes a link.
///
/// # Errors
/// [`DomainError::Validation`] names each field that does not fit; [`DomainError::Conflict`] when
/// the idempotency key was used for another request.
pub async fn create(
    tx: &mut TenantTx,
    secrets: &Secrets,
    new: NewShareLink,
) -> Result<ShareLink, DomainError> {
    let mut checks = Checks::default();
    checks.idempotency_key(new.idempotency_key.as_deref());
    let label = checks.optional_line("label", new.label.as_deref(), NAME_MAX);
    check_expiry(&mut checks, tx, new.expires_at);
    let password_hash = new
        .password
        .clone()
        .and_then(|password| checked(&mut checks, password));
    checks.finish()?;
    let id: ShareLinkId = tx.new_id();
    let key = new.idempotency_key.as_deref();
    if let Some(first) = idempotency::claim(tx, "share_link.create", key, &new, id.uuid()).await? {
        return get(tx, ShareLinkId::from(first)).await;
    }
    project::require(tx, "projectId", new.project_id).await?;
    let nonce = tx.random().bytes::<NONCE_BYTES>();
    let now = tx.now();
    let row = Model {
        id: id.into(),
        workspace_id: store::workspace(tx),
        project_id: new.project_id.into(),
        label: label.unwrap_or_default(),
        token_hash: token_hash(&secrets.share_token(id, &nonce)).to_vec(),
        token_nonce: nonce.to_vec(),
        show_tasks: new.show_tasks.unwrap_or(true),
        show_estimates: new.show_estimates.unwrap_or(false),
        show_due_dates: new.show_due_dates.unwrap_or(true),
        show_notes: new.show_notes.unwrap_or(false),
        expires_at: new.expires_at,
        revoked_at: None,
        created_by: tx.actor_id().map(Into::into),
        created_at: now,
        updated_at: now,
        version: 1,
        password_id: password_hash.as_ref().map(|_| password_id(tx)),
        password_hash,
    };
    let row = store::insert(tx, row).await?;
    record::created(tx, "share_link.create", subject(&row), &row)?;
    row.try_into()
}

/// Changes what a link shows, or when it ends.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current
/// one; [`DomainError::InvalidState`] once it is revoked; [`DomainError::Validation`].
pub async fn update(
    tx: &mut TenantTx,
    id: ShareLinkId,
    expected_version: Option<i32>,
    patch: ShareLinkPatch,
) -> Result<ShareLink, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    if row.revoked_at.is_some() {
        let message = "This link is revoked, for good. Make a new one.";
        return Err(DomainError::InvalidState(message.to_owned()));
    }
    let mut checks = Checks::default();
    let mut next = row.clone();
    if !patch.label.is_keep() {
        let label = checks.optional_line("label", patch.label.over(None).as_deref(), NAME_MAX);
        next.label = label.unwrap_or_default();
    }
    next.show_tasks = checks.not_cleared("showTasks", patch.show_tasks, row.show_tasks);
    next.show_estimates = checks.not_cleared("showEstimates", patch.show_estimates, row.show_estimates);
    next.show_due_dates = checks.not_cleared("showDueDates", patch.show_due_dates, row.show_due_dates);
    next.show_notes = checks.not_cleared("showNotes", patch.show_notes, row.show_notes);
    if let Patch::Set(expires_at) = patch.expires_at {
        check_expiry(&mut checks, tx, Some(expires_at));
    }
    next.expires_at = patch.expires_at.over(row.expires_at);
    match patch.password {
        Patch::Keep => {}
        Patch::Clear => (next.password_hash, next.password_id) = (None, None),
        Patch::Set(password) => {
            next.password_hash = checked(&mut checks, password);
            next.password_id = Some(password_id(tx));
        }
    }
    checks.finish()?;
    save(tx, "share_link.update", row, next).await
}

/// Revokes a link, for good: from the commit on it opens nothing. Revoking it again changes nothing.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current
/// one.
pub async fn revoke(
    tx: &mut TenantTx,
    id: ShareLinkId,
    expected_version: Option<i32>,
) -> Result<ShareLink, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    let mut next = row.clone();
    next.revoked_at = row.revoked_at.or_else(|| Some(tx.now()));
    save(tx, "share_link.revoke", row, next).await
}

/// One link.
///
/// # Errors
/// [`DomainError::NotFound`].
pub async fn get(tx: &WorkspaceTx, id: ShareLinkId) -> Result<ShareLink, DomainError> {
    by_ids(tx, &[id]).await?.remove(&id).ok_or(DomainError::NotFound)
}

/// The links among `ids` that there are, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn by_ids(
    tx: &WorkspaceTx,
    ids: &[ShareLinkId],
) -> Result<HashMap<ShareLinkId, ShareLink>, DomainError> {
    let rows = select(tx, None)
        .filter(store::among(Column::Id, ids))
        .all(tx.conn())
        .await?;
    store::keyed(rows, |row| ShareLinkId::from(row.id))
}

/// A page of the links of one project, or of all, newest first.
///
/// # Errors
/// [`DomainError::Validation`] for a cursor of another list.
pub async fn list(
    tx: &WorkspaceTx,
    project_id: Option<ProjectId>,
    page: &Page,
) -> Result<Paged<ShareLink>, DomainError> {
    let keyset = Keyset {
        name: "NEWEST",
        direction: OrderDirection::Desc,
        keys: vec![],
        id: Column::Id.into_expr(),
        id_of: |row: &Model| row.id,
    };
    list::page(tx, select(tx, project_id), &keyset, page).await
}

/// How many links one project has, or all.
///
/// # Errors
/// Store errors alone.
pub async fn count(tx: &WorkspaceTx, project_id: Option<ProjectId>) -> Result<i64, DomainError> {
    list::count(tx, select(tx, project_id)).await
}

fn select(tx: &WorkspaceTx, project_id: Option<ProjectId>) -> Select<Entity> {
    let select = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(project::is_live("share_links"));
    match project_id {
        Some(project) => select.filter(Column::ProjectId.eq(project.uuid())),
        None => select,
    }
}

async fn lock(
    tx: &WorkspaceTx,
    id: ShareLinkId,
    expected_version: Option<i32>,
) -> Result<Model, DomainError> {
    let row = select(tx, None)
        .filter(Column::Id.eq(Uuid::from(id)))
        .lock(LockType::NoKeyUpdate)
        .one(tx.conn())
        .await?
        .ok_or(DomainError::NotFound)?;
    store::expect_version(row.version, expected_version)?;
    Ok(row)
}

async fn save(
    tx: &mut TenantTx,
    action: &'static str,
    row: Model,
    mut next: Model,
) -> Result<ShareLink, DomainError> {
    if next == row {
        return row.try_into();
    }
    next.version += 1;
    next.updated_at = tx.now();
    let next = store::save(tx, next).await?;
    record::updated(tx, action, subject(&next), &row, &next)?;
    next.try_into()
}

fn check_expiry(checks: &mut Checks, tx: &WorkspaceTx, expires_at: Option<DateTime<Utc>>) {
    if expires_at.is_some_and(|at| at <= tx.now()) {
        checks.fail(
            "expiresAt",
            UserErrorCode::OutOfRange,
            "Give a moment that is still to come.",
        );
    }
    checks.day("expiresAt", expires_at.map(|at| at.date_naive()));
}

/// The hash of a password that may be had.
fn checked(checks: &mut Checks, password: LinkPassword) -> Option<String> {
    password
        .hash()
        .map_err(|refusal| checks.fail("password", refusal.code, refusal.message))
        .ok()
}

/// Names a password, so that passes given for the one before are worth nothing.
fn password_id(tx: &WorkspaceTx) -> Uuid {
    uuid::Builder::from_random_bytes(tx.random().bytes()).into_uuid()
}

fn subject(row: &Model) -> Subject {
    Subject::new(NodeKind::ShareLink, row.id, Some(row.project_id))
}

impl TryFrom<Model> for ShareLink {
    type Error = DomainError;

    fn try_from(row: Model) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            project_id: row.project_id.into(),
            label: row.label,
            show_tasks: row.show_tasks,
            show_estimates: row.show_estimates,
            show_due_dates: row.show_due_dates,
            show_notes: row.show_notes,
            has_password: row.password_id.is_some(),
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            created_by: row.created_by.map(Into::into),
            created_at: row.created_at,
            version: row.version,
            token: Token {
                nonce: row.token_nonce,
                hash: row.token_hash,
            },
            password_id: row.password_id,
        })
    }
}
