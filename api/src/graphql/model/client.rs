//! Clients.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{
    DomainError, Page, Paged, WorkspaceTx,
    cells::{Cell, Cells, ClientColumn as Column, Rows},
    client,
};
use smartstack_schema::ClientId;

use super::{
    connection::{LazyPage, List, WrittenList, connection, page},
    enums::{ClientKind, ClientOrderField, Hue, OrderDirection},
    project::{ProjectConnection, ProjectFilter, ProjectList, ProjectOrder},
};
use crate::graphql::{
    loader::ClientCountsKey,
    node,
    written::{Write, Written, cell},
};

/// A company or person the freelancer works for.
pub struct Client(pub client::Client);

/// A company or person the freelancer works for.
#[Object]
impl Client {
    /// Unique over everything; begins with `client_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Company or person.
    async fn kind(&self) -> ClientKind {
        self.0.kind.into()
    }

    /// Address for mail.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Telephone number, as typed.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Web address, with its scheme.
    async fn website(&self) -> Option<&str> {
        self.0.website.as_deref()
    }

    /// Free notes; empty when there are none.
    async fn notes(&self) -> &str {
        &self.0.notes
    }

    /// The colour it is told apart by.
    async fn hue(&self) -> Hue {
        self.0.hue.into()
    }

    /// Since when it is archived; null while it is not.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts its changes, from 1; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The projects done for it.
    #[allow(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Which ones; clientId is this client whatever is said.")] filter: Option<
            ProjectFilter,
        >,
        #[graphql(desc = "In which order; newest first when left out.")] order_by: Option<ProjectOrder>,
    ) -> Result<ProjectConnection> {
        let page = page(first, after, last, before)?;
        let mut list = ProjectList::new(filter, order_by, page)?;
        list.filter.client_id = Some(self.0.id);
        Ok(ProjectConnection(LazyPage::written(
            ctx,
            self.0.workspace_id,
            list,
        )))
    }

    /// How many projects it has.
    async fn project_counts(&self, ctx: &Context<'_>) -> Result<ClientProjectCounts> {
        let counts = node::load_required(ctx, ClientCountsKey(self.0.workspace_id, self.0.id)).await?;
        Ok(ClientProjectCounts {
            active: counts.active,
            total: counts.total,
        })
    }
}

impl Written for Client {
    fn plain(name: &str) -> Option<(Cell, Write)> {
        let (column, write): (_, Write) = match name {
            "id" => (Column::Id, cell::id::<ClientId>),
            "name" => (Column::Name, cell::text),
            "kind" => (Column::Kind, cell::text),
            "email" => (Column::Email, cell::text),
            "phone" => (Column::Phone, cell::text),
            "website" => (Column::Website, cell::text),
            "notes" => (Column::Notes, cell::text),
            "hue" => (Column::Hue, cell::text),
            "archivedAt" => (Column::ArchivedAt, cell::moment),
            "createdAt" => (Column::CreatedAt, cell::moment),
            "updatedAt" => (Column::UpdatedAt, cell::moment),
            "version" => (Column::Version, cell::number),
            _ => return None,
        };
        Some((Cell::Client(column), write))
    }
}

/// How many projects a client has; deleted ones do not count.
#[derive(SimpleObject)]
pub struct ClientProjectCounts {
    /// In status ACTIVE.
    pub active: i32,
    /// In any status.
    pub total: i32,
}

/// Which clients to list. Conditions that are left out do not restrict.
#[derive(InputObject, Default)]
pub struct ClientFilter {
    /// Part of the name or address, in any case.
    pub search: Option<String>,
    /// True for archived ones only, false for the others only.
    pub archived: Option<bool>,
}

/// In which order to list clients.
#[derive(InputObject)]
pub struct ClientOrder {
    /// By what.
    pub field: ClientOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

/// A list of clients.
pub struct ClientList {
    filter: client::ClientFilter,
    order: client::ClientOrder,
    page: Page,
}

impl ClientList {
    /// From the arguments of a connection.
    pub fn new(filter: Option<ClientFilter>, order: Option<ClientOrder>, page: Page) -> Self {
        let filter = filter.unwrap_or_default();
        Self {
            filter: client::ClientFilter {
                search: filter.search,
                archived: filter.archived,
            },
            order: order
                .map(|order| client::ClientOrder {
                    field: order.field.into(),
                    direction: order.direction.into(),
                })
                .unwrap_or_default(),
            page,
        }
    }
}

#[async_trait]
impl List for ClientList {
    type Node = client::Client;

    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<client::Client>, DomainError> {
        client::list(tx, &self.filter, self.order, &self.page).await
    }

    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError> {
        client::count(tx, &self.filter).await
    }
}

#[async_trait]
impl WrittenList for ClientList {
    type Node = Client;

    async fn rows(&self, tx: &WorkspaceTx, cells: &Cells) -> Result<Rows, DomainError> {
        client::rows(tx, &self.filter, self.order, &self.page, cells).await
    }
}

connection!(ClientConnection, ClientEdge, Client => Client, client::Client, "clients");
