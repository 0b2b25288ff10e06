//! Webhooks: reading, making, changing, and their messages.

use crate::{
    gql::{
        Ask, Error, UserError, documents, run, settle,
        types::{DateTime, NodeVersionInput, PageInfo},
    },
    page::review::query::{OneVariables, OneVariablesFields},
    schema,
};

documents! {
    query WebhooksQuery(OneVariables);
    query DeliveriesQuery(DeliveriesVariables);
    mutation CreateWebhook(CreateVariables);
    mutation UpdateWebhook(UpdateVariables);
    mutation RotateSecret(NodeVersionVariables);
    mutation DeleteWebhook(NodeVersionVariables);
    mutation Ping(PingVariables);
    mutation Replay(ReplayVariables);
}

/// Messages fetched at a time.
const PAGE: i32 = 20;

#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WebhookDeliveryState {
    Pending,
    Delivered,
    Failed,
}

#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WebhookDisabledReason {
    Person,
    Gone,
    Failing,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Query", variables = "OneVariables")]
struct WebhooksQuery {
    #[arguments(id: $id)]
    workspace: Option<Webhooks>,
}

/// A workspace's webhooks, and what they can be told of.
#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Workspace")]
pub(super) struct Webhooks {
    pub(super) webhook_endpoints: Option<Vec<Webhook>>,
    pub(super) webhook_events: Vec<String>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "WebhookEndpoint")]
pub(super) struct Webhook {
    pub(super) id: cynic::Id,
    pub(super) url: String,
    pub(super) description: String,
    pub(super) events: Vec<String>,
    pub(super) is_enabled: bool,
    pub(super) disabled_reason: Option<WebhookDisabledReason>,
    pub(super) failing_since: Option<DateTime>,
    pub(super) old_secret_until: Option<DateTime>,
    pub(super) version: i32,
}

#[derive(cynic::QueryVariables)]
struct DeliveriesVariables {
    id: cynic::Id,
    first: i32,
    after: Option<String>,
    state: Option<WebhookDeliveryState>,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Query", variables = "DeliveriesVariables")]
struct DeliveriesQuery {
    #[arguments(id: $id)]
    webhook_endpoint: Option<WebhookWithDeliveries>,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "WebhookEndpoint", variables = "DeliveriesVariables")]
struct WebhookWithDeliveries {
    #[arguments(first: $first, after: $after, state: $state)]
    deliveries: WebhookDeliveryConnection,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
struct WebhookDeliveryConnection {
    nodes: Vec<Delivery>,
    page_info: PageInfo,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "WebhookDelivery")]
pub(super) struct Delivery {
    pub(super) id: cynic::Id,
    pub(super) event: String,
    pub(super) body: String,
    pub(super) state: WebhookDeliveryState,
    pub(super) next_attempt_at: Option<DateTime>,
    pub(super) created_at: DateTime,
    pub(super) attempts: Vec<Attempt>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "WebhookAttempt")]
pub(super) struct Attempt {
    pub(super) number: i32,
    pub(super) url: String,
    pub(super) at: DateTime,
    pub(super) duration_ms: i32,
    pub(super) status: Option<i32>,
    pub(super) failure: Option<String>,
    pub(super) answer: Option<String>,
}

/// Messages that have been fetched, and where the next ones follow.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Deliveries {
    pub(super) nodes: Vec<Delivery>,
    pub(super) next: Option<String>,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct WebhookEndpointCreateInput {
    workspace_id: cynic::Id,
    url: String,
    description: String,
    events: Vec<String>,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct WebhookEndpointUpdateInput {
    id: cynic::Id,
    expected_version: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<String>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    is_enabled: Option<bool>,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct WebhookEndpointPingInput {
    id: cynic::Id,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct WebhookDeliveryReplayInput {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
struct WebhookSecretPayload {
    webhook_endpoint: Option<Webhook>,
    secret: Option<String>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment)]
struct WebhookEndpointPayload {
    webhook_endpoint: Option<Webhook>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment)]
struct WebhookDeliveryPayload {
    webhook_delivery: Option<Delivery>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryVariables)]
struct CreateVariables {
    input: WebhookEndpointCreateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateVariables")]
struct CreateWebhook {
    #[arguments(input: $input)]
    webhook_endpoint_create: WebhookSecretPayload,
}

#[derive(cynic::QueryVariables)]
struct UpdateVariables {
    input: WebhookEndpointUpdateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UpdateVariables")]
struct UpdateWebhook {
    #[arguments(input: $input)]
    webhook_endpoint_update: WebhookEndpointPayload,
}

#[derive(cynic::QueryVariables)]
struct NodeVersionVariables {
    input: NodeVersionInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "NodeVersionVariables")]
struct RotateSecret {
    #[arguments(input: $input)]
    webhook_endpoint_rotate_secret: WebhookSecretPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "NodeVersionVariables")]
struct DeleteWebhook {
    #[arguments(input: $input)]
    webhook_endpoint_delete: WebhookEndpointPayload,
}

#[derive(cynic::QueryVariables)]
struct PingVariables {
    input: WebhookEndpointPingInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "PingVariables")]
struct Ping {
    #[arguments(input: $input)]
    webhook_endpoint_ping: WebhookDeliveryPayload,
}

#[derive(cynic::QueryVariables)]
struct ReplayVariables {
    input: WebhookDeliveryReplayInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ReplayVariables")]
struct Replay {
    #[arguments(input: $input)]
    webhook_delivery_replay: WebhookDeliveryPayload,
}

/// The workspace's webhooks.
pub(super) async fn webhooks(workspace: cynic::Id) -> Result<Webhooks, Error> {
    let found = run(WebhooksQuery::build(OneVariables { id: workspace })).await?;
    found.workspace.ok_or(Error::NotFound)
}

/// Messages to a webhook, newest first.
pub(super) async fn deliveries(
    id: cynic::Id,
    state: Option<WebhookDeliveryState>,
    after: Option<String>,
) -> Result<Deliveries, Error> {
    let variables = DeliveriesVariables {
        id,
        first: PAGE,
        after,
        state,
    };
    let found = run(DeliveriesQuery::build(variables)).await?.webhook_endpoint;
    let found = found.ok_or(Error::NotFound)?.deliveries;
    Ok(Deliveries {
        nodes: found.nodes,
        next: found
            .page_info
            .end_cursor
            .filter(|_| found.page_info.has_next_page),
    })
}

/// What a person has filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Draft {
    pub(super) url: String,
    pub(super) description: String,
    pub(super) events: Vec<String>,
}

/// Makes a webhook; its secret is given this once.
pub(super) async fn create(workspace_id: cynic::Id, draft: Draft) -> Result<(Webhook, String), Error> {
    let input = WebhookEndpointCreateInput {
        workspace_id,
        url: draft.url,
        description: draft.description,
        events: draft.events,
    };
    let payload = run(CreateWebhook::build(CreateVariables { input }))
        .await?
        .webhook_endpoint_create;
    settle(payload.webhook_endpoint.zip(payload.secret), payload.user_errors)
}

/// Saves what a person has filled in.
pub(super) async fn save(webhook: &Webhook, draft: Draft) -> Result<Webhook, Error> {
    update(WebhookEndpointUpdateInput {
        id: webhook.id.clone(),
        expected_version: Some(webhook.version),
        url: Some(draft.url),
        description: Some(draft.description),
        events: Some(draft.events),
        is_enabled: None,
    })
    .await
}

/// Switches a webhook on or off.
pub(super) async fn enable(id: cynic::Id, is_enabled: bool) -> Result<Webhook, Error> {
    update(WebhookEndpointUpdateInput {
        id,
        expected_version: None,
        url: None,
        description: None,
        events: None,
        is_enabled: Some(is_enabled),
    })
    .await
}

async fn update(input: WebhookEndpointUpdateInput) -> Result<Webhook, Error> {
    let payload = run(UpdateWebhook::build(UpdateVariables { input }))
        .await?
        .webhook_endpoint_update;
    settle(payload.webhook_endpoint, payload.user_errors)
}

/// Makes another secret, given this once.
pub(super) async fn rotate(id: cynic::Id) -> Result<(Webhook, String), Error> {
    let input = NodeVersionInput {
        id,
        expected_version: None,
    };
    let payload = run(RotateSecret::build(NodeVersionVariables { input }))
        .await?
        .webhook_endpoint_rotate_secret;
    settle(payload.webhook_endpoint.zip(payload.secret), payload.user_errors)
}

/// Deletes a webhook, for good.
pub(super) async fn delete(id: cynic::Id) -> Result<(), Error> {
    let input = NodeVersionInput {
        id,
        expected_version: None,
    };
    let payload = run(DeleteWebhook::build(NodeVersionVariables { input }))
        .await?
        .webhook_endpoint_delete;
    settle(payload.webhook_endpoint, payload.user_errors).map(drop)
}

/// Sends a test message.
pub(super) async fn ping(id: cynic::Id) -> Result<(), Error> {
    let input = WebhookEndpointPingInput { id };
    let payload = run(Ping::build(PingVariables { input }))
        .await?
        .webhook_endpoint_ping;
    settle(payload.webhook_delivery, payload.user_errors).map(drop)
}

/// Sends a message again.
pub(super) async fn replay(id: cynic::Id) -> Result<Delivery, Error> {
    let input = WebhookDeliveryReplayInput { id };
    let payload = run(Replay::build(ReplayVariables { input }))
        .await?
        .webhook_delivery_replay;
    settle(payload.webhook_delivery, payload.user_errors)
}
