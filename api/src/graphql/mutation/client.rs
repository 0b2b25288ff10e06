//! Making and changing clients.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use smartstack_domain::client;
use smartstack_schema::{ClientId, WorkspaceId};

use crate::graphql::{
    context::ContextExt,
    loader::ClientKey,
    model::{
        client::Client,
        enums::{ClientKind, Hue},
    },
    node,
    payload::{Outcome, change, patch, payload, write},
};

/// A client to be made.
#[derive(InputObject)]
pub struct ClientCreateInput {
    /// Where.
    workspace_id: ID,
    /// What it is called, at most 120 characters.
    name: String,
    /// A company when left out.
    kind: Option<ClientKind>,
    /// Address for mail.
    email: Option<String>,
    /// Telephone number, at most 40 characters.
    phone: Option<String>,
    /// Web address; https when it has no scheme.
    website: Option<String>,
    /// Free notes, at most 20 000 characters.
    notes: Option<String>,
    /// Its colour; one is chosen when left out.
    hue: Option<Hue>,
    /// Sent again with the same key within 24 hours, the request gives the first answer and makes nothing.
    idempotency_key: Option<String>,
}

/// What to change of a client. A field left out stays; null clears.
#[derive(InputObject)]
pub struct ClientUpdateInput {
    /// The client.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// What it is called, at most 120 characters. Cannot be cleared.
    name: MaybeUndefined<String>,
    /// Company or person. Cannot be cleared.
    kind: MaybeUndefined<ClientKind>,
    /// Address for mail.
    email: MaybeUndefined<String>,
    /// Telephone number, at most 40 characters.
    phone: MaybeUndefined<String>,
    /// Web address; https when it has no scheme.
    website: MaybeUndefined<String>,
    /// Free notes, at most 20 000 characters.
    notes: MaybeUndefined<String>,
    /// Its colour. Cannot be cleared.
    hue: MaybeUndefined<Hue>,
}

/// Whether a client is out of the way.
#[derive(InputObject)]
pub struct ClientArchiveInput {
    /// The client.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// True to archive it, false to bring it back.
    archived: bool,
}

payload! {
    /// What became of a mutation of a client.
    ClientPayload {
        /// The client as it is now; after a lost race the current one, null when it was not made or is not there.
        client: Client
    }
}

/// Mutations of clients.
#[derive(Default)]
pub struct ClientMutation;

#[Object]
impl ClientMutation {
    /// Makes a client.
    async fn client_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The client to be made.")] input: ClientCreateInput,
    ) -> Result<ClientPayload> {
        ctx.signed_in()?;
        let Some(scope) =
            node::read::<WorkspaceId>(&input.workspace_id).and_then(|id| ctx.requester().scope(id))
        else {
            return Ok(Outcome::not_found("workspaceId").into());
        };
        let new = client::NewClient {
            name: input.name,
            kind: input.kind.map(Into::into),
            email: input.email,
            phone: input.phone,
            website: input.website,
            notes: input.notes,
            hue: input.hue.map(Into::into),
            idempotency_key: input.idempotency_key,
        };
        Ok(write(ctx, &scope, "workspaceId", "idempotencyKey", move |tx| {
            Box::pin(async move { client::create(tx, new).await })
        })
        .await?
        .map(Client)
        .into())
    }

    /// Changes a client.
    async fn client_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ClientUpdateInput,
    ) -> Result<ClientPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<ClientId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let expected = input.expected_version;
        let changes = client::ClientPatch {
            name: patch(input.name),
            kind: patch(input.kind),
            email: patch(input.email),
            phone: patch(input.phone),
            website: patch(input.website),
            notes: patch(input.notes),
            hue: patch(input.hue),
        };
        let outcome = change(
            ctx,
            |ws| ClientKey(ws, id),
            move |tx| Box::pin(async move { client::update(tx, id, expected, changes).await }),
        );
        Ok(outcome.await?.map(Client).into())
    }

    /// Archives a client, or brings it back. Its projects stay as they are.
    async fn client_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which client, and whether.")] input: ClientArchiveInput,
    ) -> Result<ClientPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<ClientId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = change(
            ctx,
            |ws| ClientKey(ws, id),
            move |tx| {
                Box::pin(async move { client::archive(tx, id, input.expected_version, input.archived).await })
            },
        );
        Ok(outcome.await?.map(Client).into())
    }
}
