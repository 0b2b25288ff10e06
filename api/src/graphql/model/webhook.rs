//! Webhooks, their messages and what became of these.

use async_graphql::{Context, ID, Object, Result, SimpleObject, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{DomainError, Page, Paged, WorkspaceTx, webhook};
use smartstack_schema::WebhookEndpointId;

use super::{
    connection::{LazyPage, List, connection, page},
    enums::{WebhookDeliveryState, WebhookDisabledReason},
    user::User,
};
use crate::graphql::{
    loader::{UserKey, WebhookAttemptsKey},
    node,
};

/// A webhook.
pub struct WebhookEndpoint(pub webhook::Endpoint);

/// An address of another program that is told what happens in a workspace, by the Standard Webhooks
/// specification. For the workspace's owners.
#[Object]
impl WebhookEndpoint {
    /// Unique over everything; begins with `hook_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Where messages go.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// What it is for; may be empty.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// What it is told of, of `Workspace.webhookEvents`; of everything when empty.
    async fn events(&self) -> &[String] {
        &self.0.events
    }

    /// Whether it is told anything.
    async fn is_enabled(&self) -> bool {
        self.0.disabled.is_none()
    }

    /// Since when it is told nothing; null while it is.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.0.disabled.map(|(at, _)| at)
    }

    /// Why it is told nothing; null while it is.
    async fn disabled_reason(&self) -> Option<WebhookDisabledReason> {
        self.0.disabled.map(|(_, reason)| reason.into())
    }

    /// Since when nothing could be delivered; null once something was.
    async fn failing_since(&self) -> Option<DateTime<Utc>> {
        self.0.failing_since
    }

    /// Until when the secret before the current one signs along; null where there was none, and in the past once
    /// it has ended.
    async fn old_secret_until(&self) -> Option<DateTime<Utc>> {
        self.0.old_secret_until
    }

    /// Who made it; null where they are no longer a member.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.0.created_by else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.0.workspace_id, id)).await?.map(User))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Counts its changes, from 1; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Its messages of the last 30 days, newest first.
    #[allow(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Only those that stand here.")] state: Option<WebhookDeliveryState>,
    ) -> Result<WebhookDeliveryConnection> {
        let list = DeliveryList {
            endpoint: self.0.id,
            state: state.map(Into::into),
            page: page(first, after, last, before)?,
        };
        Ok(WebhookDeliveryConnection(LazyPage::new(
            ctx,
            self.0.workspace_id,
            list,
        )))
    }
}

/// A message to a webhook.
pub struct WebhookDelivery(pub webhook::Delivery);

/// A message to a webhook. It keeps its id and its body however often it is sent.
#[Object]
impl WebhookDelivery {
    /// Unique over everything; begins with `msg_`. Its receiver sees it as `webhook-id`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it tells of.
    async fn event(&self) -> &str {
        &self.0.event
    }

    /// What is sent, byte for byte: a JSON text.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Where it stands.
    async fn state(&self) -> WebhookDeliveryState {
        self.0.state.into()
    }

    /// When it is tried next; null when it is not tried any more.
    async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        self.0.next_attempt_at
    }

    /// When what it tells of happened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was delivered or given up; null before.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// What became of each attempt to deliver it, the first first.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<WebhookAttempt>> {
        let key = WebhookAttemptsKey(self.0.workspace_id, self.0.id);
        let found = node::load(ctx, key).await?.unwrap_or_default();
        Ok(found.into_iter().map(Into::into).collect())
    }
}

/// An attempt to deliver a message.
#[derive(SimpleObject)]
pub struct WebhookAttempt {
    /// Counts a message's attempts, from 1.
    pub number: i32,
    /// Where it was sent to.
    pub url: String,
    /// When it began, as `webhook-timestamp` said.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub duration_ms: i32,
    /// The HTTP status of the answer; null when there was none.
    pub status: Option<i32>,
    /// Why there was no answer; null when there was one.
    pub failure: Option<String>,
    /// How the answer began, a thousand characters at most; null when there was none.
    pub answer: Option<String>,
}

impl From<webhook::Attempt> for WebhookAttempt {
    fn from(attempt: webhook::Attempt) -> Self {
        Self {
            number: attempt.attempt,
            url: attempt.url,
            at: attempt.at,
            duration_ms: attempt.duration_ms,
            status: attempt.status,
            failure: attempt.failure,
            answer: attempt.answer,
        }
    }
}

/// A list of a webhook's messages.
struct DeliveryList {
    endpoint: WebhookEndpointId,
    state: Option<smartstack_schema::WebhookDeliveryState>,
    page: Page,
}

#[async_trait]
impl List for DeliveryList {
    type Node = webhook::Delivery;

    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<webhook::Delivery>, DomainError> {
        webhook::list_deliveries(tx, self.endpoint, self.state, &self.page).await
    }

    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError> {
        webhook::count_deliveries(tx, self.endpoint, self.state).await
    }
}

connection!(
    WebhookDeliveryConnection, WebhookDeliveryEdge,
    WebhookDelivery => WebhookDelivery, webhook::Delivery, "messages to a webhook"
);
