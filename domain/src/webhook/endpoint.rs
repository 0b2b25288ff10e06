//! Endpoints: made, changed, switched off and on, and given a new secret by a workspace's owners.

use std::collections::HashMap;

use sea_orm::Value;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::json;
use smartstack_schema::{ChangeOperation, NodeKind, UserErrorCode, WebhookDisabledReason, WebhookEndpointId};
use uuid::Uuid;

use super::{
    ENDPOINT_COLUMNS, Endpoint, EndpointRow, MOST_ENDPOINTS, OLD_SECRET_GOOD_FOR, SECRET_PURPOSE, event,
    signature::{SECRET_BYTES, Secret, written},
};
use crate::{
    db::{TenantTx, WorkspaceTx},
    error::{DomainError, FieldError},
    idempotency,
    input::{Checks, Patch},
    member,
    secret::Secrets,
    store,
    target::{Policy, Target},
};

/// Longest description.
const DESCRIPTION_MAX: usize = 200;

/// A webhook to be made.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewEndpoint {
    /// Where messages go; see [`Target::parse`].
    pub url: String,
    /// What it is for; at most 200 characters.
    pub description: Option<String>,
    /// What it is told of, by the names of [`event::all`]; of everything when empty.
    pub events: Vec<String>,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What to change of a webhook. The fields are those of [`NewEndpoint`].
#[derive(Debug, Clone, Default)]
pub struct EndpointPatch {
    /// Where messages go.
    pub url: Patch<String>,
    /// What it is for.
    pub description: Patch<String>,
    /// What it is told of.
    pub events: Patch<Vec<String>>,
    /// Whether it is told anything.
    pub enabled: Patch<bool>,
}

/// Makes a webhook; owners only. Its secret is shown this once: repeated with the same key the request
/// shows it again.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::Validation`] names each field that does
/// not fit; [`DomainError::Conflict`] when the idempotency key was used for another request.
pub async fn create(
    tx: &mut TenantTx,
    secrets: &Secrets,
    policy: Policy,
    new: NewEndpoint,
) -> Result<(Endpoint, SecretString), DomainError> {
    member::own(tx).await?;
    let mut checks = Checks::default();
    checks.idempotency_key(new.idempotency_key.as_deref());
    let url = check_url(&mut checks, &new.url, policy);
    let description = checks.optional_line("description", new.description.as_deref(), DESCRIPTION_MAX);
    let events = check_events(&mut checks, new.events.clone());
    checks.finish()?;
    let id: WebhookEndpointId = tx.new_id();
    let key = new.idempotency_key.as_deref();
    if let Some(first) = idempotency::claim(tx, "webhook_endpoint.create", key, &new, id.uuid()).await? {
        let id = first.into();
        let secret = current_secret(tx, secrets, id).await?;
        return Ok((get(tx, id).await?, secret));
    }
    if list(tx).await?.len() >= MOST_ENDPOINTS {
        let message = format!("A workspace has at most {MOST_ENDPOINTS} webhooks. Delete one first.");
        return Err(FieldError::new(UserErrorCode::LimitReached, "url", message).into());
    }
    let (secret, sealed) = make_secret(tx, secrets, id);
    let text = "\
INSERT INTO webhook_endpoints (id, workspace_id, url, description, events, secret, created_by, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    let values: [Value; 8] = [
        id.uuid().into(),
        store::workspace(tx).into(),
        url.into(),
        description.unwrap_or_default().into(),
        events.into(),
        sealed.into(),
        tx.actor_id().map(Uuid::from).into(),
        tx.now().into(),
    ];
    store::execute(tx, text, values).await?;
    watch(tx).await?;
    let made = get(tx, id).await?;
    record(
        tx,
        "webhook_endpoint.create",
        ChangeOperation::Created,
        None,
        Some(&made),
    );
    Ok((made, written(&secret)))
}

/// Changes a webhook; owners only. Switched off, it is told nothing, and what waited for it is given up.
/// Switched on, it is told of what happens from now on.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::NotFound`]; [`DomainError::Conflict`]
/// when `expected_version` is not the current one; [`DomainError::Validation`].
pub async fn update(
    tx: &mut TenantTx,
    policy: Policy,
    id: WebhookEndpointId,
    expected_version: Option<i32>,
    patch: EndpointPatch,
) -> Result<Endpoint, DomainError> {
    member::own(tx).await?;
    let before = lock(tx, id, expected_version).await?;
    let mut checks = Checks::default();
    let url = match patch.url {
        Patch::Keep => before.url.clone(),
        Patch::Clear => check_url(&mut checks, "", policy),
        Patch::Set(url) => check_url(&mut checks, &url, policy),
    };
    let description = match patch.description {
        Patch::Keep => before.description.clone(),
        Patch::Clear => String::new(),
        Patch::Set(text) => checks
            .optional_line("description", Some(&text), DESCRIPTION_MAX)
            .unwrap_or_default(),
    };
    let events = match patch.events {
        Patch::Keep => before.events.clone(),
        Patch::Clear => Vec::new(),
        Patch::Set(events) => check_events(&mut checks, events),
    };
    let enabled = checks.not_cleared("isEnabled", patch.enabled, before.disabled.is_none());
    checks.finish()?;
    let disabled = match (enabled, before.disabled) {
        (true, _) => None,
        (false, Some(already)) => Some(already),
        (false, None) => Some((tx.now(), WebhookDisabledReason::Person)),
    };
    let unchanged = url == before.url
        && description == before.description
        && events == before.events
        && disabled == before.disabled;
    if unchanged {
        return Ok(before);
    }
    // What came before says nothing about another address, nor about a fresh start.
    let fresh = url != before.url || (disabled.is_none() && before.disabled.is_some());
    let text = "\
UPDATE webhook_endpoints SET url = $3, description = $4, events = $5, disabled_at = $6, disabled_reason = $7,
       failing_since = CASE WHEN $8 THEN NULL ELSE failing_since END, updated_at = $9, version = version + 1
WHERE workspace_id = $1 AND id = $2";
    let values: [Value; 9] = [
        store::workspace(tx).into(),
        id.uuid().into(),
        url.into(),
        description.into(),
        events.into(),
        disabled.map(|(at, _)| at).into(),
        disabled.map(|(_, reason)| reason.as_str()).into(),
        fresh.into(),
        tx.now().into(),
    ];
    store::execute(tx, text, values).await?;
    if disabled.is_some() {
        let text = "\
UPDATE webhook_deliveries SET state = 'FAILED', next_attempt_at = NULL, finished_at = $3
WHERE workspace_id = $1 AND endpoint_id = $2 AND state = 'PENDING'";
        let values = [store::workspace(tx).into(), id.uuid().into(), tx.now().into()];
        store::execute(tx, text, values).await?;
    }
    watch(tx).await?;
    let after = get(tx, id).await?;
    record(
        tx,
        "webhook_endpoint.update",
        ChangeOperation::Updated,
        Some(&before),
        Some(&after),
    );
    Ok(after)
}

/// Gives a webhook another secret; owners only. The one before signs along for
/// [`OLD_SECRET_GOOD_FOR`], so that its receiver can change over without losing a message; one from before
/// that ends at once. The new secret is shown this once.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::NotFound`]; [`DomainError::Conflict`]
/// when `expected_version` is not the current one.
pub async fn rotate_secret(
    tx: &mut TenantTx,
    secrets: &Secrets,
    id: WebhookEndpointId,
    expected_version: Option<i32>,
) -> Result<(Endpoint, SecretString), DomainError> {
    member::own(tx).await?;
    let before = lock(tx, id, expected_version).await?;
    let (secret, sealed) = make_secret(tx, secrets, id);
    let text = "\
UPDATE webhook_endpoints SET old_secret = secret, old_secret_until = $4, secret = $3, updated_at = $5,
       version = version + 1
WHERE workspace_id = $1 AND id = $2";
    let values: [Value; 5] = [
        store::workspace(tx).into(),
        id.uuid().into(),
        sealed.into(),
        (tx.now() + OLD_SECRET_GOOD_FOR).into(),
        tx.now().into(),
    ];
    store::execute(tx, text, values).await?;
    let after = get(tx, id).await?;
    record(
        tx,
        "webhook_endpoint.rotate_secret",
        ChangeOperation::Updated,
        Some(&before),
        Some(&after),
    );
    Ok((after, written(&secret)))
}

/// Deletes a webhook with its messages, for good; owners only. Returns it as it was.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::NotFound`]; [`DomainError::Conflict`]
/// when `expected_version` is not the current one.
pub async fn delete(
    tx: &mut TenantTx,
    id: WebhookEndpointId,
    expected_version: Option<i32>,
) -> Result<Endpoint, DomainError> {
    member::own(tx).await?;
    let before = lock(tx, id, expected_version).await?;
    let text = "DELETE FROM webhook_endpoints WHERE workspace_id = $1 AND id = $2";
    store::execute(tx, text, [store::workspace(tx).into(), id.uuid().into()]).await?;
    watch(tx).await?;
    record(
        tx,
        "webhook_endpoint.delete",
        ChangeOperation::Deleted,
        Some(&before),
        None,
    );
    Ok(before)
}

/// The workspace's webhooks, the oldest first; at most [`MOST_ENDPOINTS`]. None for who is no owner.
///
/// # Errors
/// Store errors.
pub async fn list(tx: &WorkspaceTx) -> Result<Vec<Endpoint>, DomainError> {
    let text = format!(
        "SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints WHERE workspace_id = $1 ORDER BY created_at, id"
    );
    let rows: Vec<EndpointRow> = store::rows(tx, &text, [store::workspace(tx).into()]).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The webhooks among `ids` that there are, in one statement.
///
/// # Errors
/// Store errors.
pub async fn endpoints_by_ids(
    tx: &WorkspaceTx,
    ids: &[WebhookEndpointId],
) -> Result<HashMap<WebhookEndpointId, Endpoint>, DomainError> {
    let text =
        format!("SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints WHERE workspace_id = $1 AND id = ANY ($2)");
    let values = [store::workspace(tx).into(), store::uuids(ids).into()];
    let rows: Vec<EndpointRow> = store::rows(tx, &text, values).await?;
    store::keyed(rows, |row| row.id.into())
}

pub(super) async fn get(tx: &WorkspaceTx, id: WebhookEndpointId) -> Result<Endpoint, DomainError> {
    endpoints_by_ids(tx, &[id])
        .await?
        .remove(&id)
        .ok_or(DomainError::NotFound)
}

async fn lock(
    tx: &WorkspaceTx,
    id: WebhookEndpointId,
    expected_version: Option<i32>,
) -> Result<Endpoint, DomainError> {
    let text = "SELECT id FROM webhook_endpoints WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE";
    store::query(tx, text, [store::workspace(tx).into(), id.uuid().into()]).await?;
    let endpoint = get(tx, id).await?;
    store::expect_version(endpoint.version, expected_version)?;
    Ok(endpoint)
}

/// Notes whether changes have to be announced from now on.
async fn watch(tx: &WorkspaceTx) -> Result<(), DomainError> {
    let text = "\
UPDATE change_sequences SET has_webhooks = EXISTS (
  SELECT FROM webhook_endpoints WHERE workspace_id = $1 AND disabled_at IS NULL)
WHERE workspace_id = $1";
    store::execute(tx, text, [store::workspace(tx).into()]).await?;
    Ok(())
}

fn check_url(checks: &mut Checks, url: &str, policy: Policy) -> String {
    match Target::parse(url.trim(), policy) {
        Ok(target) => target.url().to_owned(),
        Err(error) => {
            let mut message = error.to_string();
            if let Some(first) = message.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            checks.fail("url", UserErrorCode::Invalid, format!("{message}."));
            String::new()
        }
    }
}

fn check_events(checks: &mut Checks, mut events: Vec<String>) -> Vec<String> {
    let known = event::all();
    if let Some(unknown) = events.iter().find(|event| !known.contains(event)) {
        let name: String = unknown.chars().take(50).collect();
        let message =
            format!("There is no event “{name}”. Take one of webhookEvents, or none for all of them.");
        checks.fail("events", UserErrorCode::Invalid, message);
    }
    events.sort_unstable();
    events.dedup();
    events
}

fn make_secret(tx: &WorkspaceTx, secrets: &Secrets, id: WebhookEndpointId) -> (Secret, Vec<u8>) {
    let secret = Secret::new(Box::new(tx.random().bytes::<SECRET_BYTES>().to_vec()));
    let sealed = secrets.seal(tx.random(), SECRET_PURPOSE, id.uuid(), secret.expose_secret());
    (secret, sealed)
}

async fn current_secret(
    tx: &WorkspaceTx,
    secrets: &Secrets,
    id: WebhookEndpointId,
) -> Result<SecretString, DomainError> {
    let text = "SELECT secret FROM webhook_endpoints WHERE workspace_id = $1 AND id = $2";
    let rows = store::query(tx, text, [store::workspace(tx).into(), id.uuid().into()]).await?;
    let sealed: Vec<u8> = rows.first().ok_or(DomainError::NotFound)?.try_get("", "secret")?;
    let secret = secrets.unseal(SECRET_PURPOSE, id.uuid(), &sealed);
    let secret = secret.ok_or_else(|| store::fault("a webhook's secret cannot be read"))?;
    Ok(written(&secret))
}

fn record(
    tx: &mut TenantTx,
    action: &'static str,
    operation: ChangeOperation,
    before: Option<&Endpoint>,
    after: Option<&Endpoint>,
) {
    let Some(id) = after.or(before).map(|endpoint| endpoint.id) else {
        return;
    };
    tx.record_change(NodeKind::WebhookEndpoint, id, operation, None);
    let shown = |endpoint: &Endpoint| {
        json!({
            "url": endpoint.url,
            "description": endpoint.description,
            "events": endpoint.events,
            "disabled": endpoint.disabled.map(|(_, reason)| reason),
            "old_secret_until": endpoint.old_secret_until,
        })
    };
    tx.audit(
        action,
        NodeKind::WebhookEndpoint,
        id,
        before.map(shown),
        after.map(shown),
    );
}
