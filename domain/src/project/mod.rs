//! Projects: what a freelancer does for a client, from the first plan to the last task.
//!
//! Deleting a project hides it with everything in it; [`restore`] brings it back within a year.

mod progress;
mod write;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, LockType, SimpleExpr},
};
use serde::Serialize;
use smartstack_schema::{
    ClientId, Hue, NodeKind, OrderDirection, ProjectId, ProjectOrderField, ProjectStatus, WorkspaceId,
};
use uuid::Uuid;

pub(crate) use self::write::{RESTORABLE_FOR, save};
pub use self::{
    progress::{ProjectProgress, progress},
    write::{create, delete, restore, update},
};

use crate::{
    cells::{self, Cells, Rows},
    client::Client,
    db::{
        WorkspaceTx,
        page::{CursorValue, Keyset, Page, Paged, SortKey},
    },
    entity::{
        InOrder, client as client_entity,
        project::{Column, Entity, Model},
    },
    error::DomainError,
    input::{self, Patch},
    list,
    money::Money,
    record::Subject,
    store,
};

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// For whom.
    pub client_id: Option<ClientId>,
    /// What it is called.
    pub name: String,
    /// What it is about; empty when nobody wrote it down.
    pub description: String,
    /// Where it stands.
    pub status: ProjectStatus,
    /// Colour.
    pub hue: Hue,
    /// When work begins.
    pub start_date: Option<NaiveDate>,
    /// When it has to be done.
    pub due_date: Option<NaiveDate>,
    /// What it may cost.
    pub budget: Option<Money>,
    /// How many minutes it may take.
    pub budget_minutes: Option<i32>,
    /// What an hour costs.
    pub hourly_rate: Option<Money>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the project itself last changed; its tasks have times of their own.
    pub updated_at: DateTime<Utc>,
    /// Since when it is hidden.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1.
    pub version: i32,
}

/// A project to be made.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewProject {
    /// What it is called; at most 120 characters.
    pub name: String,
    /// What it is about; at most 20 000 characters.
    pub description: Option<String>,
    /// For whom.
    pub client_id: Option<ClientId>,
    /// ACTIVE when left out.
    pub status: Option<ProjectStatus>,
    /// The client's colour when left out, or one chosen from the id.
    pub hue: Option<Hue>,
    /// When work begins.
    pub start_date: Option<NaiveDate>,
    /// When it has to be done; not before it begins.
    pub due_date: Option<NaiveDate>,
    /// What it may cost.
    pub budget: Option<Money>,
    /// How many minutes it may take; at most 100 000.
    pub budget_minutes: Option<i32>,
    /// What an hour costs.
    pub hourly_rate: Option<Money>,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What to change of a project. The fields are those of [`NewProject`].
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "documented on NewProject")]
pub struct ProjectPatch {
    pub name: Patch<String>,
    pub description: Patch<String>,
    pub client_id: Patch<ClientId>,
    pub status: Patch<ProjectStatus>,
    pub hue: Patch<Hue>,
    pub start_date: Patch<NaiveDate>,
    pub due_date: Patch<NaiveDate>,
    pub budget: Patch<Money>,
    pub budget_minutes: Patch<i32>,
    pub hourly_rate: Patch<Money>,
}

/// Which projects to list.
#[derive(Debug, Clone, Default)]
pub struct ProjectFilter {
    /// Part of the name, in any case.
    pub search: Option<String>,
    /// In one of these states; in any when empty or left out.
    pub status: Option<Vec<ProjectStatus>>,
    /// For this client.
    pub client_id: Option<ClientId>,
    /// The deleted ones that can still be restored, instead of those that are there.
    pub deleted: Option<bool>,
}

/// In which order to list projects.
#[derive(Debug, Clone, Copy)]
pub struct ProjectOrder {
    /// By what. Projects without a due date come last when ordered by it, either way.
    pub field: ProjectOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

impl Default for ProjectOrder {
    fn default() -> Self {
        Self {
            field: ProjectOrderField::CreatedAt,
            direction: OrderDirection::Desc,
        }
    }
}

/// One project, deleted or not.
///
/// # Errors
/// [`DomainError::NotFound`].
pub async fn get(tx: &WorkspaceTx, id: ProjectId) -> Result<Project, DomainError> {
    by_ids(tx, &[id]).await?.remove(&id).ok_or(DomainError::NotFound)
}

/// The projects among `ids` that there are, deleted ones included, in one statement.
pub async fn by_ids(tx: &WorkspaceTx, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Project>, DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(Column::Id, ids))
        .all(tx.conn())
        .await?;
    store::keyed(rows, |row| ProjectId::from(row.id))
}

/// As [`by_ids`], with each project's client, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn with_clients(
    tx: &WorkspaceTx,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, (Project, Option<Client>)>, DomainError> {
    let client = Entity::belongs_to(client_entity::Entity)
        .from((Column::WorkspaceId, Column::ClientId))
        .to((client_entity::Column::WorkspaceId, client_entity::Column::Id));
    let select = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(Column::Id, ids))
        .join(JoinType::LeftJoin, client.into())
        .select_also(client_entity::Entity);
    let rows = tx.conn().query_all_raw(select.build(DbBackend::Postgres)).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        let project = Model::in_order(row, 0)?;
        let client_id: Option<Uuid> = row.try_get_by_index(Model::COLUMNS)?;
        let client = match client_id {
            Some(_) => Some(client_entity::Model::in_order(row, Model::COLUMNS)?.try_into()?),
            None => None,
        };
        found.insert(project.id.into(), (project.try_into()?, client));
    }
    Ok(found)
}

/// A page of projects.
///
/// # Errors
/// [`DomainError::Validation`] for a cursor of another list.
pub async fn list(
    tx: &WorkspaceTx,
    filter: &ProjectFilter,
    order: ProjectOrder,
    page: &Page,
) -> Result<Paged<Project>, DomainError> {
    list::page(tx, select(tx, filter), &keyset(order), page).await
}

/// As [`list`], with some columns of projects and of their clients.
///
/// # Errors
/// As [`list`].
pub async fn rows(
    tx: &WorkspaceTx,
    filter: &ProjectFilter,
    order: ProjectOrder,
    page: &Page,
    cells: &Cells,
) -> Result<Rows, DomainError> {
    let select = cells.with_clients(select(tx, filter));
    cells::rows(tx, select, &keyset(order), page, cells).await
}

/// How many projects a filter lets through.
///
/// # Errors
/// Store errors alone.
pub async fn count(tx: &WorkspaceTx, filter: &ProjectFilter) -> Result<i64, DomainError> {
    list::count(tx, select(tx, filter)).await
}

fn select(tx: &WorkspaceTx, filter: &ProjectFilter) -> Select<Entity> {
    let mut select = Entity::find().filter(Column::WorkspaceId.eq(store::workspace(tx)));
    select = if filter.deleted == Some(true) {
        select.filter(Column::DeletedAt.gt(tx.now() - write::RESTORABLE_FOR))
    } else {
        select.filter(Column::DeletedAt.is_null())
    };
    if let Some(search) = list::search(filter.search.as_deref()) {
        select = select.filter(list::contains("projects.name", &search));
    }
    if let Some(statuses) = filter.status.as_ref().filter(|statuses| !statuses.is_empty()) {
        select = select.filter(Column::Status.is_in(statuses.iter().map(|status| status.as_str())));
    }
    if let Some(client) = filter.client_id {
        select = select.filter(Column::ClientId.eq(client.uuid()));
    }
    select
}

fn keyset(order: ProjectOrder) -> Keyset<Model> {
    let key = match order.field {
        ProjectOrderField::Name => SortKey::text(list::name_order("projects.name"), |row: &Model| {
            CursorValue::Text(row.name.clone())
        }),
        ProjectOrderField::DueDate => list::day_key(
            order.direction,
            "projects.due_date",
            |row: &Model| list::day_or_latest(row.due_date),
            |row: &Model| list::day_or_earliest(row.due_date),
        ),
        ProjectOrderField::CreatedAt => SortKey::time(Column::CreatedAt.into_expr(), |row: &Model| {
            CursorValue::Time(row.created_at)
        }),
        ProjectOrderField::UpdatedAt => SortKey::time(Column::UpdatedAt.into_expr(), |row: &Model| {
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

/// Holds for rows of `table` whose project is not deleted: what is in a deleted project is hidden.
pub(crate) fn is_live(table: &str) -> SimpleExpr {
    Expr::cust(format!(
        "EXISTS (SELECT 1 FROM projects p WHERE p.workspace_id = {table}.workspace_id \
         AND p.id = {table}.project_id AND p.deleted_at IS NULL)"
    ))
}

/// A project that is there and not deleted; otherwise a validation error of `field`.
pub(crate) async fn require(tx: &WorkspaceTx, field: &str, id: ProjectId) -> Result<Project, DomainError> {
    match by_ids(tx, &[id]).await?.remove(&id) {
        Some(project) if project.deleted_at.is_none() => Ok(project),
        _ => Err(input::not_found(field, "There is no such project here.")),
    }
}

/// A project's row, locked against other writers until this transaction ends.
pub(crate) async fn lock(tx: &WorkspaceTx, id: Uuid) -> Result<Model, DomainError> {
    Entity::find_by_id(id)
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .lock(LockType::NoKeyUpdate)
        .one(tx.conn())
        .await?
        .ok_or(DomainError::NotFound)
}

pub(crate) fn subject(row: &Model) -> Subject {
    Subject::new(NodeKind::Project, row.id, Some(row.id))
}

impl TryFrom<Model> for Project {
    type Error = DomainError;

    fn try_from(row: Model) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            client_id: row.client_id.map(Into::into),
            status: store::parse(&row.status)?,
            hue: store::parse(&row.hue)?,
            name: row.name,
            description: row.description,
            start_date: row.start_date,
            due_date: row.due_date,
            budget: Money::from_columns(row.budget_cents, row.budget_currency),
            budget_minutes: row.budget_minutes,
            hourly_rate: Money::from_columns(row.hourly_rate_cents, row.hourly_rate_currency),
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
            version: row.version,
        })
    }
}
