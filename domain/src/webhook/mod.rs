//! Webhooks: other programs are told what happens in a workspace, by the Standard Webhooks specification.
//!
//! Every change announces itself to the worker where the workspace has a webhook ([`Announcement`]). The
//! worker makes a message for each endpoint that wants the event ([`work::tell`]), and sends what is due
//! ([`work::claim`], [`work::settle`]) until its receiver takes it, or it is given up. Messages name what
//! changed and hold none of it: they may be late, twice or out of order, and whoever is told looks it up.

mod delivery;
mod endpoint;
pub mod event;
pub mod signature;
pub mod work;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use smartstack_schema::{
    UserId, WebhookDeliveryId, WebhookDeliveryState, WebhookDisabledReason, WebhookEndpointId, WorkspaceId,
};
use uuid::Uuid;

pub use self::{
    delivery::{attempts, count_deliveries, deliveries_by_ids, list_deliveries, ping, replay},
    endpoint::{EndpointPatch, NewEndpoint, create, delete, endpoints_by_ids, list, rotate_secret, update},
};

use crate::{error::DomainError, store};

/// How long an old secret signs along after a new one was made.
pub const OLD_SECRET_GOOD_FOR: TimeDelta = TimeDelta::hours(24);
/// Most webhooks of a workspace.
pub const MOST_ENDPOINTS: usize = 20;
/// How long messages that are done with are kept.
pub const DELIVERIES_KEPT: TimeDelta = TimeDelta::days(30);
/// What secrets are sealed for.
const SECRET_PURPOSE: &str = "webhook secret";

/// What a transaction that changed something says to the worker: tell of the changes after number `after`,
/// `count` of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Version of this form; 1.
    pub v: u32,
    /// Where.
    pub workspace_id: Uuid,
    /// The number of the last change before.
    pub after: i64,
    /// How many there are.
    pub count: i64,
}

/// An address that is told what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: WebhookEndpointId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// Where messages go.
    pub url: String,
    /// What it is for; may be empty.
    pub description: String,
    /// What it is told of, by the names of [`event::all`]; of everything when empty.
    pub events: Vec<String>,
    /// Until when the secret before the current one signs along.
    pub old_secret_until: Option<DateTime<Utc>>,
    /// Since when it is told nothing, and why.
    pub disabled: Option<(DateTime<Utc>, WebhookDisabledReason)>,
    /// Since when nothing could be delivered.
    pub failing_since: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i32,
}

/// A message to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id: the receiver's `webhook-id`.
    pub id: WebhookDeliveryId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// To whom.
    pub endpoint_id: WebhookEndpointId,
    /// What it tells of.
    pub event: String,
    /// What is sent, byte for byte.
    pub body: String,
    /// Where it stands.
    pub state: WebhookDeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When what it tells of happened, or somebody asked for it.
    pub created_at: DateTime<Utc>,
    /// When it was delivered or given up.
    pub finished_at: Option<DateTime<Utc>>,
}

/// One attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Attempt {
    /// Counts a message's attempts, from 1.
    pub attempt: i32,
    /// Where it was sent to.
    pub url: String,
    /// When it began: what `webhook-timestamp` said.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub duration_ms: i32,
    /// The status of the answer.
    pub status: Option<i32>,
    /// Why there was no answer.
    pub failure: Option<String>,
    /// How the answer began.
    pub answer: Option<String>,
}

#[derive(FromQueryResult)]
struct EndpointRow {
    id: Uuid,
    workspace_id: Uuid,
    url: String,
    description: String,
    events: Vec<String>,
    old_secret_until: Option<DateTime<Utc>>,
    disabled_at: Option<DateTime<Utc>>,
    disabled_reason: Option<String>,
    failing_since: Option<DateTime<Utc>>,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    version: i32,
}

const ENDPOINT_COLUMNS: &str = "id, workspace_id, url, description, events, old_secret_until, disabled_at, \
                                disabled_reason, failing_since, created_by, created_at, version";

impl TryFrom<EndpointRow> for Endpoint {
    type Error = DomainError;

    fn try_from(row: EndpointRow) -> Result<Self, DomainError> {
        let reason = store::parse_option(row.disabled_reason.as_deref())?;
        Ok(Self {
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            url: row.url,
            description: row.description,
            events: row.events,
            old_secret_until: row.old_secret_until,
            disabled: row.disabled_at.zip(reason),
            failing_since: row.failing_since,
            created_by: row.created_by.map(Into::into),
            created_at: row.created_at,
            version: row.version,
        })
    }
}
