//! Messages as people see them: listed with their attempts, sent again, and one to try things out.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select, Value};
use serde_json::json;
use smartstack_schema::{
    NodeKind, OrderDirection, WebhookDeliveryId, WebhookDeliveryState, WebhookEndpointId,
};
use uuid::Uuid;

use super::{Attempt, Delivery, endpoint, event};
use crate::{
    db::{
        TenantTx, WorkspaceTx,
        page::{Keyset, Page, Paged},
    },
    entity::webhook_delivery::{Column, Entity, Model},
    error::DomainError,
    list, member, store,
};

/// A page of an endpoint's messages, newest first. None for who is no owner.
///
/// # Errors
/// [`DomainError::Validation`] for a cursor of another list.
pub async fn list_deliveries(
    tx: &WorkspaceTx,
    endpoint: WebhookEndpointId,
    state: Option<WebhookDeliveryState>,
    page: &Page,
) -> Result<Paged<Delivery>, DomainError> {
    let keyset = Keyset {
        name: "NEWEST",
        direction: OrderDirection::Desc,
        keys: vec![],
        id: Column::Id.into_expr(),
        id_of: |row: &Model| row.id,
    };
    list::page(tx, select(tx, endpoint, state), &keyset, page).await
}

/// How many messages an endpoint has.
///
/// # Errors
/// Store errors alone.
pub async fn count_deliveries(
    tx: &WorkspaceTx,
    endpoint: WebhookEndpointId,
    state: Option<WebhookDeliveryState>,
) -> Result<i64, DomainError> {
    list::count(tx, select(tx, endpoint, state)).await
}

/// The messages among `ids` that there are, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn deliveries_by_ids(
    tx: &WorkspaceTx,
    ids: &[WebhookDeliveryId],
) -> Result<HashMap<WebhookDeliveryId, Delivery>, DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(Column::Id.is_in(store::uuids(ids)))
        .all(tx.conn())
        .await?;
    store::keyed(rows, |row| row.id.into())
}

/// The attempts of each of `ids`, the first first, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn attempts(
    tx: &WorkspaceTx,
    ids: &[WebhookDeliveryId],
) -> Result<HashMap<WebhookDeliveryId, Vec<Attempt>>, DomainError> {
    let text = "\
SELECT delivery_id, attempt, url, at, duration_ms, status, failure, answer FROM webhook_attempts
WHERE workspace_id = $1 AND delivery_id = ANY ($2) ORDER BY delivery_id, attempt";
    let values = [store::workspace(tx).into(), store::uuids(ids).into()];
    let mut found: HashMap<WebhookDeliveryId, Vec<Attempt>> = HashMap::with_capacity(ids.len());
    for row in store::query(tx, text, values).await? {
        let id: Uuid = row.try_get("", "delivery_id")?;
        let attempt = <Attempt as sea_orm::FromQueryResult>::from_query_result(&row, "")?;
        found.entry(id.into()).or_default().push(attempt);
    }
    Ok(found)
}

/// Sends a message again, from the start of the schedule; owners only. It keeps its id, so that a receiver
/// that has taken it knows it.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::NotFound`];
/// [`DomainError::InvalidState`] while it waits, and for an endpoint that is switched off.
pub async fn replay(tx: &mut TenantTx, id: WebhookDeliveryId) -> Result<Delivery, DomainError> {
    member::own(tx).await?;
    let delivery = get(tx, id).await?;
    if delivery.state == WebhookDeliveryState::Pending {
        let message = "It has not come to its end yet: it is being sent, or will be tried again by itself.";
        return Err(DomainError::InvalidState(message.to_owned()));
    }
    enabled(tx, delivery.endpoint_id).await?;
    let text = "\
UPDATE webhook_deliveries SET state = 'PENDING', attempts_before = attempts, next_attempt_at = $3, finished_at = NULL
WHERE workspace_id = $1 AND id = $2 AND state <> 'PENDING'";
    let values = [store::workspace(tx).into(), id.uuid().into(), tx.now().into()];
    store::execute(tx, text, values).await?;
    let after = Some(json!({ "message": id, "event": delivery.event }));
    let endpoint = delivery.endpoint_id;
    tx.audit(
        "webhook_endpoint.replay",
        NodeKind::WebhookEndpoint,
        endpoint,
        None,
        after,
    );
    get(tx, id).await
}

/// Sends a test message, [`event::PING`]; owners only.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::NotFound`];
/// [`DomainError::InvalidState`] for an endpoint that is switched off.
pub async fn ping(tx: &mut TenantTx, endpoint: WebhookEndpointId) -> Result<Delivery, DomainError> {
    member::own(tx).await?;
    enabled(tx, endpoint).await?;
    let (id, now): (WebhookDeliveryId, DateTime<Utc>) = (tx.new_id(), tx.now());
    let data = json!({ "id": endpoint, "workspaceId": tx.workspace_id(), "actorId": tx.actor_id() });
    let text = "\
INSERT INTO webhook_deliveries (id, workspace_id, endpoint_id, event, body, state, next_attempt_at, created_at)
VALUES ($1, $2, $3, $4, $5, 'PENDING', $6, $6)";
    let values: [Value; 6] = [
        id.uuid().into(),
        store::workspace(tx).into(),
        endpoint.uuid().into(),
        event::PING.into(),
        event::body(event::PING, now, &data).into(),
        now.into(),
    ];
    store::execute(tx, text, values).await?;
    let after = Some(json!({ "message": id }));
    tx.audit(
        "webhook_endpoint.ping",
        NodeKind::WebhookEndpoint,
        endpoint,
        None,
        after,
    );
    get(tx, id).await
}

async fn get(tx: &WorkspaceTx, id: WebhookDeliveryId) -> Result<Delivery, DomainError> {
    deliveries_by_ids(tx, &[id])
        .await?
        .remove(&id)
        .ok_or(DomainError::NotFound)
}

async fn enabled(tx: &WorkspaceTx, id: WebhookEndpointId) -> Result<(), DomainError> {
    match endpoint::get(tx, id).await?.disabled {
        None => Ok(()),
        Some(_) => {
            let message = "This webhook is switched off. Switch it on first.";
            Err(DomainError::InvalidState(message.to_owned()))
        }
    }
}

fn select(
    tx: &WorkspaceTx,
    endpoint: WebhookEndpointId,
    state: Option<WebhookDeliveryState>,
) -> Select<Entity> {
    let select = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(Column::EndpointId.eq(endpoint.uuid()));
    match state {
        Some(state) => select.filter(Column::State.eq(state.as_str())),
        None => select,
    }
}

impl TryFrom<Model> for Delivery {
    type Error = DomainError;

    fn try_from(row: Model) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            endpoint_id: row.endpoint_id.into(),
            state: store::parse(&row.state)?,
            event: row.event,
            body: row.body,
            attempts: row.attempts,
            next_attempt_at: row.next_attempt_at,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}
