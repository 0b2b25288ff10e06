//! Clients.

use chrono::{DateTime, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
    types::MaybeUndefined,
};
use smartstack_domain::client;
use smartstack_schema::{ClientId, ClientKind, ClientOrderField, Hue, OrderDirection};

use super::{
    answer::{Answer, Listed, Made, One},
    body::{Sent, patch, patch_with},
    caller::{Caller, ReadClients, WriteClients, id, version},
    choice::Choice,
};

/// A company or person the freelancer works for.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct Client {
    /// Unique over everything; begins with `client_`.
    id: String,
    /// What it is called.
    name: String,
    /// Company or person.
    kind: Choice<ClientKind>,
    /// Address for mail.
    email: Option<String>,
    /// Telephone number, as typed.
    phone: Option<String>,
    /// Web address, with its scheme.
    website: Option<String>,
    /// Free notes; empty when there are none.
    notes: String,
    /// The colour it is told apart by.
    hue: Choice<Hue>,
    /// Since when it is archived; null while it is not.
    archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

impl From<client::Client> for Client {
    fn from(client: client::Client) -> Self {
        Self {
            id: client.id.to_string(),
            name: client.name,
            kind: client.kind.into(),
            email: client.email,
            phone: client.phone,
            website: client.website,
            notes: client.notes,
            hue: client.hue.into(),
            archived_at: client.archived_at,
            created_at: client.created_at,
            updated_at: client.updated_at,
            version: client.version,
        }
    }
}

fn one(client: client::Client) -> One<Client> {
    let version = client.version;
    One::versioned(client, version)
}

/// A client to be made.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ClientCreate {
    /// What it is called, at most 120 characters.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// A company when left out.
    kind: Option<Choice<ClientKind>>,
    /// Address for mail.
    email: Option<String>,
    /// Telephone number, at most 40 characters.
    phone: Option<String>,
    /// Web address; https when it has no scheme.
    website: Option<String>,
    /// Free notes, at most 20 000 characters.
    notes: Option<String>,
    /// Its colour; one is chosen when left out.
    hue: Option<Choice<Hue>>,
}

/// What to change of a client. A field left out stays; null clears.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ClientUpdate {
    /// What it is called, at most 120 characters. Cannot be cleared.
    name: MaybeUndefined<String>,
    /// Company or person. Cannot be cleared.
    kind: MaybeUndefined<Choice<ClientKind>>,
    /// Address for mail.
    email: MaybeUndefined<String>,
    /// Telephone number, at most 40 characters.
    phone: MaybeUndefined<String>,
    /// Web address; https when it has no scheme.
    website: MaybeUndefined<String>,
    /// Free notes, at most 20 000 characters.
    notes: MaybeUndefined<String>,
    /// Its colour. Cannot be cleared.
    hue: MaybeUndefined<Choice<Hue>>,
}

/// Whether a thing is out of the way.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct Archive {
    /// True to archive it, false to bring it back.
    archived: bool,
}

/// The operations on clients.
pub(super) struct Clients;

#[OpenApi(tag = "super::Tag::Clients")]
impl Clients {
    /// List clients
    ///
    /// Page by page, by name unless said otherwise.
    #[allow(clippy::too_many_arguments, reason = "the parameters of a list")]
    #[oai(
        path = "/workspaces/:workspace/clients",
        method = "get",
        operation_id = "clientList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadClients>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Part of the name or address, in any case.
        search: Query<Option<String>>,
        /// True for archived ones only, false for the others only.
        archived: Query<Option<bool>>,
        /// What to order by; the name when left out.
        #[oai(name = "orderBy")]
        order_by: Query<Option<Choice<ClientOrderField>>>,
        /// Which way; ascending when left out.
        direction: Query<Option<Choice<OrderDirection>>>,
        /// At most this many, 0 to 100; 20 when left out.
        #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
        first: Query<Option<i32>>,
        /// Only what follows this cursor: `endCursor` of the page before.
        after: Query<Option<String>>,
    ) -> Answer<Listed<Client>> {
        let here = caller.enter(&workspace)?;
        let page = here.page(first.0, after.0).await?;
        let filter = client::ClientFilter {
            search: search.0,
            archived: archived.0,
        };
        let order = client::ClientOrder {
            field: order_by.0.map_or(ClientOrderField::Name, |field| field.0),
            direction: direction.0.map_or(OrderDirection::Asc, |direction| direction.0),
        };
        let found = here
            .read(move |tx| Box::pin(async move { client::list(tx, &filter, order, &page).await }))
            .await?;
        Ok(Listed::new(&here, found))
    }

    /// Make a client
    #[oai(
        path = "/workspaces/:workspace/clients",
        method = "post",
        operation_id = "clientCreate"
    )]
    async fn create(
        &self,
        caller: Caller<WriteClients>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// The client to be made.
        body: Sent<ClientCreate>,
    ) -> Answer<Made<Client>> {
        let here = caller.enter(&workspace)?;
        let new = body.0;
        let new = client::NewClient {
            name: new.name,
            kind: new.kind.map(|kind| kind.0),
            email: new.email,
            phone: new.phone,
            website: new.website,
            notes: new.notes,
            hue: new.hue.map(|hue| hue.0),
            idempotency_key: key.0,
        };
        let made = here
            .make(move |tx| Box::pin(async move { client::create(tx, new).await }))
            .await?;
        let id = made.id;
        Ok(one(made).made(&here, "clients", id))
    }

    /// Read a client
    #[oai(
        path = "/workspaces/:workspace/clients/:client",
        method = "get",
        operation_id = "clientGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadClients>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The client's id.
        client: Path<String>,
    ) -> Answer<One<Client>> {
        let here = caller.enter(&workspace)?;
        let id: ClientId = id(&client)?;
        let found = here
            .read(move |tx| Box::pin(async move { client::get(tx, id).await }))
            .await?;
        Ok(one(found))
    }

    /// Change a client
    #[oai(
        path = "/workspaces/:workspace/clients/:client",
        method = "patch",
        operation_id = "clientUpdate"
    )]
    async fn update(
        &self,
        caller: Caller<WriteClients>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The client's id.
        client: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// What to change.
        body: Sent<ClientUpdate>,
    ) -> Answer<One<Client>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (ClientId, _) = (id(&client)?, version(if_match.as_deref())?);
        let change = body.0;
        let change = client::ClientPatch {
            name: patch(change.name),
            kind: patch_with(change.kind, |kind| kind.0),
            email: patch(change.email),
            phone: patch(change.phone),
            website: patch(change.website),
            notes: patch(change.notes),
            hue: patch_with(change.hue, |hue| hue.0),
        };
        let changed = here
            .change(move |tx| Box::pin(async move { client::update(tx, id, expected, change).await }))
            .await?;
        Ok(one(changed))
    }

    /// Archive a client, or bring it back
    ///
    /// Its projects stay as they are.
    #[oai(
        path = "/workspaces/:workspace/clients/:client/archive",
        method = "post",
        operation_id = "clientArchive"
    )]
    async fn archive(
        &self,
        caller: Caller<WriteClients>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The client's id.
        client: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// Whether.
        body: Sent<Archive>,
    ) -> Answer<One<Client>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (ClientId, _) = (id(&client)?, version(if_match.as_deref())?);
        let archived = body.0.archived;
        let changed = here
            .change(move |tx| Box::pin(async move { client::archive(tx, id, expected, archived).await }))
            .await?;
        Ok(one(changed))
    }
}
