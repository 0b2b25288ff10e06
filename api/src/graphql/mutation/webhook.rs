//! Making, changing and trying webhooks, and sending messages again.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use secrecy::{ExposeSecret, SecretString};
use smartstack_domain::{target::Policy, webhook};
use smartstack_schema::{WebhookDeliveryId, WebhookEndpointId, WorkspaceId};

use super::NodeVersionInput;
use crate::graphql::{
    context::ContextExt,
    loader::{WebhookDeliveryKey, WebhookEndpointKey},
    model::webhook::{WebhookDelivery, WebhookEndpoint},
    node,
    payload::{Outcome, UserError, change, patch, payload, write},
};

/// A webhook to be made.
#[derive(InputObject)]
pub struct WebhookEndpointCreateInput {
    /// Where.
    workspace_id: ID,
    /// Where messages go: https, and no address inside a network. In development http to this machine, too.
    url: String,
    /// What it is for, at most 200 characters.
    description: Option<String>,
    /// What it is told of, of `Workspace.webhookEvents`; of everything, later events too, when empty or left out.
    events: Option<Vec<String>>,
    /// Sent again with the same key within 24 hours, the request gives the first answer and makes nothing.
    idempotency_key: Option<String>,
}

/// What to change of a webhook. A field left out stays.
#[derive(InputObject)]
pub struct WebhookEndpointUpdateInput {
    /// The webhook.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// Where messages go. Cannot be cleared.
    url: MaybeUndefined<String>,
    /// What it is for; null clears.
    description: MaybeUndefined<String>,
    /// What it is told of; null for everything.
    events: MaybeUndefined<Vec<String>>,
    /// Whether it is told anything. Switching it off gives up what waits. Cannot be cleared.
    is_enabled: MaybeUndefined<bool>,
}

/// Which message.
#[derive(InputObject)]
pub struct WebhookDeliveryReplayInput {
    /// The message.
    id: ID,
}

/// Which webhook.
#[derive(InputObject)]
pub struct WebhookEndpointPingInput {
    /// The webhook.
    id: ID,
}

/// What became of a mutation that shows a webhook's secret.
#[derive(SimpleObject)]
pub struct WebhookSecretPayload {
    /// The webhook; null when nothing was made, and after a lost race the current one.
    pub webhook_endpoint: Option<WebhookEndpoint>,
    /// What its receiver checks messages with, `whsec_` and base64: shown this once.
    pub secret: Option<String>,
    /// What stood in the way; empty when it was done.
    pub user_errors: Vec<UserError>,
}

payload! {
    /// What became of a mutation of a webhook.
    WebhookEndpointPayload {
        /// The webhook as it is now, or was; after a lost race the current one, null where it is not there.
        webhook_endpoint: WebhookEndpoint
    }
}

payload! {
    /// What became of sending a message.
    WebhookDeliveryPayload {
        /// The message; null when it is not sent.
        webhook_delivery: WebhookDelivery
    }
}

/// Mutations of webhooks.
#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Makes a webhook. For owners.
    async fn webhook_endpoint_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The webhook to be made.")] input: WebhookEndpointCreateInput,
    ) -> Result<WebhookSecretPayload> {
        ctx.signed_in()?;
        let scope = match node::read::<WorkspaceId>(&input.workspace_id) {
            Some(workspace) => ctx.scope_of(workspace)?,
            None => None,
        };
        let Some(scope) = scope else {
            return Ok(shown(Outcome::not_found("workspaceId")));
        };
        let new = webhook::NewEndpoint {
            url: input.url,
            description: input.description,
            events: input.events.unwrap_or_default(),
            idempotency_key: input.idempotency_key,
        };
        let (secrets, policy) = (Arc::clone(&ctx.app().secrets), policy(ctx));
        let outcome = write(ctx, &scope, "workspaceId", "idempotencyKey", move |tx| {
            Box::pin(async move {
                let (endpoint, secret) = webhook::create(tx, &secrets, policy, new).await?;
                Ok((endpoint, Some(secret)))
            })
        });
        Ok(shown(outcome.await?))
    }

    /// Changes a webhook, switches it off or on. For owners.
    async fn webhook_endpoint_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: WebhookEndpointUpdateInput,
    ) -> Result<WebhookEndpointPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<WebhookEndpointId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let (expected, policy) = (input.expected_version, policy(ctx));
        let changes = webhook::EndpointPatch {
            url: patch(input.url),
            description: patch(input.description),
            events: patch(input.events),
            enabled: patch(input.is_enabled),
        };
        let outcome = change(
            ctx,
            |ws| WebhookEndpointKey(ws, id),
            move |tx| Box::pin(async move { webhook::update(tx, policy, id, expected, changes).await }),
        );
        Ok(outcome.await?.map(WebhookEndpoint).into())
    }

    /// Gives a webhook another secret; the one before signs along for 24 hours, so that its receiver can change
    /// over in between. For owners.
    async fn webhook_endpoint_rotate_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which webhook.")] input: NodeVersionInput,
    ) -> Result<WebhookSecretPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<WebhookEndpointId>(&input.id) else {
            return Ok(shown(Outcome::not_found("id")));
        };
        let secrets = Arc::clone(&ctx.app().secrets);
        let Some(scope) = node::scope_of(ctx, |ws| WebhookEndpointKey(ws, id)).await? else {
            return Ok(shown(Outcome::not_found("id")));
        };
        let outcome = write(ctx, &scope, "id", "expectedVersion", move |tx| {
            Box::pin(async move {
                let (endpoint, secret) =
                    webhook::rotate_secret(tx, &secrets, id, input.expected_version).await?;
                Ok((endpoint, Some(secret)))
            })
        });
        let mut outcome = outcome.await?;
        if outcome.resource.is_none() && !outcome.is_not_found("id") {
            let current = node::load(ctx, WebhookEndpointKey(scope.workspace_id(), id)).await?;
            outcome.resource = current.map(|endpoint| (endpoint, None));
        }
        Ok(shown(outcome))
    }

    /// Deletes a webhook with its messages. Cannot be undone. For owners.
    async fn webhook_endpoint_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which webhook.")] input: NodeVersionInput,
    ) -> Result<WebhookEndpointPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<WebhookEndpointId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = change(
            ctx,
            |ws| WebhookEndpointKey(ws, id),
            move |tx| Box::pin(async move { webhook::delete(tx, id, input.expected_version).await }),
        );
        Ok(outcome.await?.map(WebhookEndpoint).into())
    }

    /// Sends a test message, `webhook.ping`. Look at it again to see what its receiver answered. For owners.
    async fn webhook_endpoint_ping(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which webhook.")] input: WebhookEndpointPingInput,
    ) -> Result<WebhookDeliveryPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<WebhookEndpointId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let Some(scope) = node::scope_of(ctx, |ws| WebhookEndpointKey(ws, id)).await? else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = write(ctx, &scope, "id", "id", move |tx| {
            Box::pin(async move { webhook::ping(tx, id).await })
        });
        Ok(outcome.await?.map(WebhookDelivery).into())
    }

    /// Sends a message again, with the same id and body. For owners.
    async fn webhook_delivery_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which message.")] input: WebhookDeliveryReplayInput,
    ) -> Result<WebhookDeliveryPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<WebhookDeliveryId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let Some(scope) = node::scope_of(ctx, |ws| WebhookDeliveryKey(ws, id)).await? else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = write(ctx, &scope, "id", "id", move |tx| {
            Box::pin(async move { webhook::replay(tx, id).await })
        });
        Ok(outcome.await?.map(WebhookDelivery).into())
    }
}

/// Where webhooks may go, of this installation.
fn policy(ctx: &Context<'_>) -> Policy {
    Policy::of_installation(&ctx.app().config.public_url.to_string())
}

fn shown(outcome: Outcome<(webhook::Endpoint, Option<SecretString>)>) -> WebhookSecretPayload {
    let (endpoint, secret) = outcome.resource.unzip();
    WebhookSecretPayload {
        webhook_endpoint: endpoint.map(WebhookEndpoint),
        secret: secret.flatten().map(|secret| secret.expose_secret().to_owned()),
        user_errors: outcome.errors,
    }
}
