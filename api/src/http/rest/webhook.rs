//! Webhooks, for a workspace's owners.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
    types::MaybeUndefined,
};
use secrecy::{ExposeSecret, SecretString};
use smartstack_domain::{DomainError, target::Policy, webhook};
use smartstack_schema::{WebhookDeliveryId, WebhookDeliveryState, WebhookDisabledReason, WebhookEndpointId};

use super::{
    answer::{Answer, Done, Listed, Made, One},
    body::{Sent, patch},
    caller::{Caller, Here, ReadWebhooks, WriteWebhooks, id, version},
    choice::Choice,
};

/// An address that is told of changes.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct WebhookEndpoint {
    /// Unique over everything; begins with `hook_`.
    id: String,
    /// Where messages go.
    url: String,
    /// What it is for; may be empty.
    description: String,
    /// What it is told of; of everything when empty.
    events: Vec<String>,
    /// Whether it is told anything.
    is_enabled: bool,
    /// Why it is told nothing.
    disabled_reason: Option<Choice<WebhookDisabledReason>>,
    /// Until when the secret before the current one signs along.
    old_secret_until: Option<DateTime<Utc>>,
    /// Since when nothing could be delivered.
    failing_since: Option<DateTime<Utc>>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

impl From<webhook::Endpoint> for WebhookEndpoint {
    fn from(endpoint: webhook::Endpoint) -> Self {
        Self {
            id: endpoint.id.to_string(),
            url: endpoint.url,
            description: endpoint.description,
            events: endpoint.events,
            is_enabled: endpoint.disabled.is_none(),
            disabled_reason: endpoint.disabled.map(|(_, reason)| reason.into()),
            old_secret_until: endpoint.old_secret_until,
            failing_since: endpoint.failing_since,
            created_at: endpoint.created_at,
            version: endpoint.version,
        }
    }
}

fn one(endpoint: webhook::Endpoint) -> One<WebhookEndpoint> {
    let version = endpoint.version;
    One::versioned(endpoint, version)
}

/// A webhook with its secret, which is shown this once.
#[derive(Object)]
pub(crate) struct WebhookSecret {
    /// The webhook.
    endpoint: WebhookEndpoint,
    /// Begins with `whsec_`. Keep it: it is not shown again.
    secret: String,
}

fn with_secret((endpoint, secret): (webhook::Endpoint, SecretString)) -> One<WebhookSecret> {
    let version = endpoint.version;
    let shown = WebhookSecret {
        endpoint: endpoint.into(),
        secret: secret.expose_secret().to_owned(),
    };
    One::versioned(shown, version)
}

/// A message to a webhook.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct WebhookDelivery {
    /// The receiver's `webhook-id`; begins with `msg_`.
    id: String,
    /// The webhook.
    endpoint_id: String,
    /// What it tells of.
    event: String,
    /// What is sent, byte for byte.
    body: String,
    /// Where it stands.
    state: Choice<WebhookDeliveryState>,
    /// How often it was tried.
    attempts: i32,
    /// When it is tried next, while it waits.
    next_attempt_at: Option<DateTime<Utc>>,
    /// When what it tells of happened.
    created_at: DateTime<Utc>,
    /// When it was delivered or given up.
    finished_at: Option<DateTime<Utc>>,
}

impl From<webhook::Delivery> for WebhookDelivery {
    fn from(delivery: webhook::Delivery) -> Self {
        Self {
            id: delivery.id.to_string(),
            endpoint_id: delivery.endpoint_id.to_string(),
            event: delivery.event,
            body: delivery.body,
            state: delivery.state.into(),
            attempts: delivery.attempts,
            next_attempt_at: delivery.next_attempt_at,
            created_at: delivery.created_at,
            finished_at: delivery.finished_at,
        }
    }
}

/// A webhook to be made.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct WebhookCreate {
    /// Where messages go: https, and no address inside a network.
    url: String,
    /// What it is for, at most 200 characters.
    description: Option<String>,
    /// What it is told of, for instance `task.created`; of everything when left out or empty.
    events: Option<Vec<String>>,
}

/// What to change of a webhook. A field left out stays.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WebhookUpdate {
    /// Where messages go. Cannot be cleared.
    url: MaybeUndefined<String>,
    /// What it is for.
    description: MaybeUndefined<String>,
    /// What it is told of; null for everything.
    events: MaybeUndefined<Vec<String>>,
    /// Whether it is told anything. Cannot be cleared.
    is_enabled: MaybeUndefined<bool>,
}

fn policy(here: &Here) -> Policy {
    Policy::of_installation(&here.app().config.public_url.to_string())
}

/// The operations on webhooks.
pub(super) struct Webhooks;

#[OpenApi(tag = "super::Tag::Webhooks")]
impl Webhooks {
    /// List webhooks
    ///
    /// All of them, oldest first; only owners see any.
    #[oai(
        path = "/workspaces/:workspace/webhooks",
        method = "get",
        operation_id = "webhookList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadWebhooks>,
        /// The workspace's id.
        workspace: Path<String>,
    ) -> Answer<Listed<WebhookEndpoint>> {
        let here = caller.enter(&workspace)?;
        let found = here.read(|tx| Box::pin(webhook::list(tx))).await?;
        Ok(Listed::whole(found))
    }

    /// Make a webhook
    ///
    /// For owners. Its secret is shown this once.
    #[oai(
        path = "/workspaces/:workspace/webhooks",
        method = "post",
        operation_id = "webhookCreate"
    )]
    async fn create(
        &self,
        caller: Caller<WriteWebhooks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// The webhook to be made.
        body: Sent<WebhookCreate>,
    ) -> Answer<Made<WebhookSecret>> {
        let here = caller.enter(&workspace)?;
        let new = webhook::NewEndpoint {
            url: body.0.url,
            description: body.0.description,
            events: body.0.events.unwrap_or_default(),
            idempotency_key: key.0,
        };
        let (secrets, policy) = (Arc::clone(&here.app().secrets), policy(&here));
        let made = here
            .make(move |tx| Box::pin(async move { webhook::create(tx, &secrets, policy, new).await }))
            .await?;
        let id = made.0.id;
        Ok(with_secret(made).made(&here, "webhooks", id))
    }

    /// Read a webhook
    #[oai(
        path = "/workspaces/:workspace/webhooks/:webhook",
        method = "get",
        operation_id = "webhookGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadWebhooks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The webhook's id.
        webhook: Path<String>,
    ) -> Answer<One<WebhookEndpoint>> {
        let here = caller.enter(&workspace)?;
        let id: WebhookEndpointId = id(&webhook)?;
        let found = here.read(move |tx| Box::pin(endpoint(tx, id))).await?;
        Ok(one(found))
    }

    /// Change a webhook
    ///
    /// Also switches it off or on. For owners.
    #[oai(
        path = "/workspaces/:workspace/webhooks/:webhook",
        method = "patch",
        operation_id = "webhookUpdate"
    )]
    async fn update(
        &self,
        caller: Caller<WriteWebhooks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The webhook's id.
        webhook: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// What to change.
        body: Sent<WebhookUpdate>,
    ) -> Answer<One<WebhookEndpoint>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (WebhookEndpointId, _) = (id(&webhook)?, version(if_match.as_deref())?);
        let change = webhook::EndpointPatch {
            url: patch(body.0.url),
            description: patch(body.0.description),
            events: patch(body.0.events),
            enabled: patch(body.0.is_enabled),
        };
        let policy = policy(&here);
        let changed = here
            .change(move |tx| {
                Box::pin(async move { webhook::update(tx, policy, id, expected, change).await })
            })
            .await?;
        Ok(one(changed))
    }

    /// Delete a webhook
    ///
    /// With its messages. Cannot be undone. For owners.
    #[oai(
        path = "/workspaces/:workspace/webhooks/:webhook",
        method = "delete",
        operation_id = "webhookDelete"
    )]
    async fn delete(
        &self,
        caller: Caller<WriteWebhooks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The webhook's id.
        webhook: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Answer<Done> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (WebhookEndpointId, _) = (id(&webhook)?, version(if_match.as_deref())?);
        here.change(move |tx| Box::pin(async move { webhook::delete(tx, id, expected).await }))
            .await?;
        Ok(Done)
    }

    /// Give a webhook another secret
    ///
    /// The one before signs along for 24 hours, so that its receiver can change over in between. For owners.
    #[oai(
        path = "/workspaces/:workspace/webhooks/:webhook/rotate-secret",
        method = "post",
        operation_id = "webhookRotateSecret"
    )]
    async fn rotate(
        &self,
        caller: Caller<WriteWebhooks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The webhook's id.
        webhook: Path<String>,
    ) -> Answer<One<WebhookSecret>> {
        let here = caller.enter(&workspace)?;
        let id: WebhookEndpointId = id(&webhook)?;
        let secrets = Arc::clone(&here.app().secrets);
        let changed = here
            .change(move |tx| Box::pin(async move { webhook::rotate_secret(tx, &secrets, id, None).await }))
            .await?;
        Ok(with_secret(changed))
    }

    /// Send a test message
    ///
    /// Read its deliveries to see what the receiver answered. For owners.
    #[oai(
        path = "/workspaces/:workspace/webhooks/:webhook/ping",
        method = "post",
        operation_id = "webhookPing"
    )]
    async fn ping(
        &self,
        caller: Caller<WriteWebhooks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The webhook's id.
        webhook: Path<String>,
    ) -> Answer<One<WebhookDelivery>> {
        let here = caller.enter(&workspace)?;
        let id: WebhookEndpointId = id(&webhook)?;
        let sent = here
            .change(move |tx| Box::pin(async move { webhook::ping(tx, id).await }))
            .await?;
        Ok(One::plain(sent))
    }

    /// List a webhook's messages
    ///
    /// Page by page, newest first.
    #[oai(
        path = "/workspaces/:workspace/webhooks/:webhook/deliveries",
        method = "get",
        operation_id = "webhookDeliveryList"
    )]
    async fn deliveries(
        &self,
        caller: Caller<ReadWebhooks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The webhook's id.
        webhook: Path<String>,
        /// Only those in this state.
        state: Query<Option<Choice<WebhookDeliveryState>>>,
        /// At most this many, 0 to 100; 20 when left out.
        #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
        first: Query<Option<i32>>,
        /// Only what follows this cursor: `endCursor` of the page before.
        after: Query<Option<String>>,
    ) -> Answer<Listed<WebhookDelivery>> {
        let here = caller.enter(&workspace)?;
        let id: WebhookEndpointId = id(&webhook)?;
        let state = state.0.map(|state| state.0);
        let page = here.page(first.0, after.0).await?;
        let found = here
            .read(move |tx| {
                Box::pin(async move {
                    endpoint(tx, id).await?;
                    webhook::list_deliveries(tx, id, state, &page).await
                })
            })
            .await?;
        Ok(Listed::new(&here, found))
    }

    /// Send a message again
    ///
    /// With the same id and body. For owners.
    #[oai(
        path = "/workspaces/:workspace/webhook-deliveries/:delivery/replay",
        method = "post",
        operation_id = "webhookDeliveryReplay"
    )]
    async fn replay(
        &self,
        caller: Caller<WriteWebhooks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The message's id.
        delivery: Path<String>,
    ) -> Answer<One<WebhookDelivery>> {
        let here = caller.enter(&workspace)?;
        let id: WebhookDeliveryId = id(&delivery)?;
        let sent = here
            .change(move |tx| Box::pin(async move { webhook::replay(tx, id).await }))
            .await?;
        Ok(One::plain(sent))
    }
}

async fn endpoint(
    tx: &smartstack_domain::WorkspaceTx,
    id: WebhookEndpointId,
) -> Result<webhook::Endpoint, DomainError> {
    let mut found = webhook::endpoints_by_ids(tx, &[id]).await?;
    found.remove(&id).ok_or(DomainError::NotFound)
}
