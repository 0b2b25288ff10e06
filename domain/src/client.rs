//! Clients: the companies and people a freelancer works for.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::LockType};
use serde::Serialize;
use smartstack_schema::{ClientId, ClientKind, ClientOrderField, Hue, NodeKind, OrderDirection, WorkspaceId};
use uuid::Uuid;

use crate::{
    cells::{self, Cells, Rows},
    db::{
        TenantTx, WorkspaceTx,
        page::{CursorValue, Keyset, Page, Paged, SortKey},
    },
    entity::client::{Column, Entity, Model},
    error::DomainError,
    idempotency,
    input::{self, Checks, DESCRIPTION_MAX, NAME_MAX, Patch},
    list,
    record::{self, Subject},
    store,
};

/// Longest telephone number, as typed.
const PHONE_MAX: usize = 40;

/// A company or a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// What it is called.
    pub name: String,
    /// Company or person.
    pub kind: ClientKind,
    /// Address for mail.
    pub email: Option<String>,
    /// Telephone, as typed.
    pub phone: Option<String>,
    /// Web address, with its scheme.
    pub website: Option<String>,
    /// Free notes; empty when there are none.
    pub notes: String,
    /// Colour.
    pub hue: Hue,
    /// Since when it is archived.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i32,
}

/// A client to be made.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewClient {
    /// What it is called; at most 120 characters.
    pub name: String,
    /// A company when left out.
    pub kind: Option<ClientKind>,
    /// Address for mail.
    pub email: Option<String>,
    /// Telephone, at most 40 characters.
    pub phone: Option<String>,
    /// Web address; https when it has no scheme.
    pub website: Option<String>,
    /// Free notes, at most 20 000 characters.
    pub notes: Option<String>,
    /// Colour; chosen from the id when left out.
    pub hue: Option<Hue>,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What to change of a client.
#[derive(Debug, Clone, Default)]
pub struct ClientPatch {
    /// See [`NewClient::name`].
    pub name: Patch<String>,
    /// Company or person.
    pub kind: Patch<ClientKind>,
    /// Address for mail.
    pub email: Patch<String>,
    /// Telephone.
    pub phone: Patch<String>,
    /// Web address.
    pub website: Patch<String>,
    /// Free notes.
    pub notes: Patch<String>,
    /// Colour.
    pub hue: Patch<Hue>,
}

/// Which clients to list.
#[derive(Debug, Clone, Default)]
pub struct ClientFilter {
    /// Part of the name or address, in any case.
    pub search: Option<String>,
    /// Only archived ones, or only those that are not; both when left out.
    pub archived: Option<bool>,
}

/// In which order to list clients.
#[derive(Debug, Clone, Copy)]
pub struct ClientOrder {
    /// By what.
    pub field: ClientOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

impl Default for ClientOrder {
    fn default() -> Self {
        Self {
            field: ClientOrderField::Name,
            direction: OrderDirection::Asc,
        }
    }
}

/// How many projects a client has, deleted ones left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClientProjectCounts {
    /// In status ACTIVE.
    pub active: i32,
    /// In any status.
    pub total: i32,
}

/// Makes a client.
///
/// # Errors
/// [`DomainError::Validation`] names each field that does not fit; [`DomainError::Conflict`] when
/// the idempotency key was used for another request.
pub async fn create(tx: &mut TenantTx, new: NewClient) -> Result<Client, DomainError> {
    let mut checks = Checks::default();
    checks.idempotency_key(new.idempotency_key.as_deref());
    let id: Uuid = tx.new_id();
    let now = tx.now();
    let row = Model {
        id,
        workspace_id: tx.workspace_id().into(),
        name: checks.line("name", &new.name, NAME_MAX),
        kind: new.kind.unwrap_or(ClientKind::Company).as_str().to_owned(),
        email: checks.email("email", new.email.as_deref()),
        phone: checks.optional_line("phone", new.phone.as_deref(), PHONE_MAX),
        website: checks.website("website", new.website.as_deref()),
        notes: checks.text("notes", new.notes.as_deref().unwrap_or_default(), DESCRIPTION_MAX),
        hue: new.hue.unwrap_or_else(|| store::hue_of(id)).as_str().to_owned(),
        archived_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    checks.finish()?;
    if let Some(first) =
        idempotency::claim(tx, "client.create", new.idempotency_key.as_deref(), &new, id).await?
    {
        return get(tx, ClientId::from(first)).await;
    }
    let row = store::insert(tx, row).await?;
    record::created(tx, "client.create", subject(&row), &row)?;
    row.try_into()
}

/// Changes a client.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current
/// one; [`DomainError::Validation`].
pub async fn update(
    tx: &mut TenantTx,
    id: ClientId,
    expected_version: Option<i32>,
    patch: ClientPatch,
) -> Result<Client, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    let mut checks = Checks::default();
    let kind = checks.not_cleared("kind", patch.kind, store::parse(&row.kind)?);
    let hue = checks.not_cleared("hue", patch.hue, store::parse(&row.hue)?);
    let mut next = row.clone();
    next.name = checks.line_patch("name", patch.name, &row.name, NAME_MAX);
    next.kind = kind.as_str().to_owned();
    next.hue = hue.as_str().to_owned();
    if !patch.email.is_keep() {
        next.email = checks.email("email", patch.email.over(None).as_deref());
    }
    if !patch.phone.is_keep() {
        next.phone = checks.optional_line("phone", patch.phone.over(None).as_deref(), PHONE_MAX);
    }
    if !patch.website.is_keep() {
        next.website = checks.website("website", patch.website.over(None).as_deref());
    }
    next.notes = checks.text_patch("notes", patch.notes, &row.notes, DESCRIPTION_MAX);
    checks.finish()?;
    save(tx, "client.update", row, next).await
}

/// Archives a client, or brings it back. Its projects stay as they are.
///
/// # Errors
/// As [`update`].
pub async fn archive(
    tx: &mut TenantTx,
    id: ClientId,
    expected_version: Option<i32>,
    archived: bool,
) -> Result<Client, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    let mut next = row.clone();
    next.archived_at = if archived {
        row.archived_at.or_else(|| Some(tx.now()))
    } else {
        None
    };
    let action = if archived {
        "client.archive"
    } else {
        "client.unarchive"
    };
    save(tx, action, row, next).await
}

/// One client.
///
/// # Errors
/// [`DomainError::NotFound`].
pub async fn get(tx: &WorkspaceTx, id: ClientId) -> Result<Client, DomainError> {
    by_ids(tx, &[id]).await?.remove(&id).ok_or(DomainError::NotFound)
}

/// The clients among `ids` that there are, in one statement.
pub async fn by_ids(tx: &WorkspaceTx, ids: &[ClientId]) -> Result<HashMap<ClientId, Client>, DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(Column::Id, ids))
        .all(tx.conn())
        .await?;
    store::keyed(rows, |row| ClientId::from(row.id))
}

/// A page of clients.
///
/// # Errors
/// [`DomainError::Validation`] for a cursor of another list.
pub async fn list(
    tx: &WorkspaceTx,
    filter: &ClientFilter,
    order: ClientOrder,
    page: &Page,
) -> Result<Paged<Client>, DomainError> {
    list::page(tx, select(tx, filter), &keyset(order), page).await
}

/// As [`list`], with some columns alone.
///
/// # Errors
/// As [`list`].
pub async fn rows(
    tx: &WorkspaceTx,
    filter: &ClientFilter,
    order: ClientOrder,
    page: &Page,
    cells: &Cells,
) -> Result<Rows, DomainError> {
    cells::rows(tx, select(tx, filter), &keyset(order), page, cells).await
}

/// How many clients a filter lets through.
///
/// # Errors
/// Store errors alone.
pub async fn count(tx: &WorkspaceTx, filter: &ClientFilter) -> Result<i64, DomainError> {
    list::count(tx, select(tx, filter)).await
}

fn select(tx: &WorkspaceTx, filter: &ClientFilter) -> Select<Entity> {
    let mut select = Entity::find().filter(Column::WorkspaceId.eq(store::workspace(tx)));
    if let Some(search) = list::search(filter.search.as_deref()) {
        let name = list::contains("clients.name", &search);
        select = select.filter(
            Condition::any()
                .add(name)
                .add(list::contains("clients.email", &search)),
        );
    }
    match filter.archived {
        Some(true) => select.filter(Column::ArchivedAt.is_not_null()),
        Some(false) => select.filter(Column::ArchivedAt.is_null()),
        None => select,
    }
}

fn keyset(order: ClientOrder) -> Keyset<Model> {
    let key = match order.field {
        ClientOrderField::Name => SortKey::text(list::name_order("clients.name"), |row: &Model| {
            CursorValue::Text(row.name.clone())
        }),
        ClientOrderField::CreatedAt => SortKey::time(Column::CreatedAt.into_expr(), |row: &Model| {
            CursorValue::Time(row.created_at)
        }),
        ClientOrderField::UpdatedAt => SortKey::time(Column::UpdatedAt.into_expr(), |row: &Model| {
            CursorValue::Time(row.updated_at)
        }),
    };
    Keyset {
        name: order.field.as_str(),
        direction: order.direction,
        keys: vec![key],
        id: Column::Id.into_expr(),
        id_of: |row| row.id,
    }
}

/// How many projects each client has, in one statement.
pub async fn project_counts(
    tx: &WorkspaceTx,
    ids: &[ClientId],
) -> Result<HashMap<ClientId, ClientProjectCounts>, DomainError> {
    let rows = store::query(
        tx,
        "SELECT client_id, count(*) FILTER (WHERE status = 'ACTIVE')::int4 AS active, count(*)::int4 AS total
         FROM projects
         WHERE workspace_id = $1 AND client_id = ANY($2) AND deleted_at IS NULL
         GROUP BY client_id",
        [store::workspace(tx).into(), store::uuids(ids).into()],
    )
    .await?;
    let mut counts: HashMap<_, _> = ids
        .iter()
        .map(|id| (*id, ClientProjectCounts::default()))
        .collect();
    for row in rows {
        let id: Uuid = row.try_get("", "client_id")?;
        let found = ClientProjectCounts {
            active: row.try_get("", "active")?,
            total: row.try_get("", "total")?,
        };
        counts.insert(id.into(), found);
    }
    Ok(counts)
}

/// A client that is there; otherwise a validation error of `field`.
pub(crate) async fn require(tx: &WorkspaceTx, field: &str, id: ClientId) -> Result<Client, DomainError> {
    let found = by_ids(tx, &[id]).await?.remove(&id);
    found.ok_or_else(|| input::not_found(field, "There is no such client here."))
}

async fn lock(tx: &WorkspaceTx, id: ClientId, expected_version: Option<i32>) -> Result<Model, DomainError> {
    let row = Entity::find_by_id(Uuid::from(id))
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
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
) -> Result<Client, DomainError> {
    if next == row {
        return row.try_into();
    }
    next.version += 1;
    next.updated_at = tx.now();
    let next = store::save(tx, next).await?;
    record::updated(tx, action, subject(&next), &row, &next)?;
    next.try_into()
}

fn subject(row: &Model) -> Subject {
    Subject::new(NodeKind::Client, row.id, None)
}

impl TryFrom<Model> for Client {
    type Error = DomainError;

    fn try_from(row: Model) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            kind: store::parse(&row.kind)?,
            hue: store::parse(&row.hue)?,
            name: row.name,
            email: row.email,
            phone: row.phone,
            website: row.website,
            notes: row.notes,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}
