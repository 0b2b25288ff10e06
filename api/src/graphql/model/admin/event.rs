//! What administrators did.

use async_graphql::{ID, InputObject, Object, Result, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{AdminTx, DomainError, Page, Paged, admin, audit};

use crate::graphql::{
    model::{
        audit::{AuditDetail, details},
        connection::{AdminList, connection},
    },
    node,
};

/// Something an administrator did.
pub struct InstallationEvent(pub admin::InstallationEvent);

/// Something an administrator did. Entries are never changed or removed.
#[Object]
impl InstallationEvent {
    /// Unique over everything; begins with `audit_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The e-mail address of who did it; null for a command on the server.
    async fn actor_email(&self) -> Option<&str> {
        self.0.actor_email.as_deref()
    }

    /// The network address it came from, where that is known.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// What, as `noun.verb`: `user.disable`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// To what kind of thing: `INSTALLATION`, `USER`, `WORKSPACE` or `JOB`.
    async fn target_kind(&self) -> &str {
        &self.0.target_kind
    }

    /// What that is called: a person's e-mail address, a workspace's name.
    async fn target_name(&self) -> Option<&str> {
        self.0.target_name.as_deref()
    }

    /// What changed, field by field.
    async fn details(&self) -> Vec<AuditDetail> {
        details(self.0.before.as_ref(), self.0.after.as_ref())
    }
}

/// Which entries to list. Conditions that are left out do not restrict.
#[derive(InputObject, Default)]
pub struct InstallationEventFilter {
    /// By this person.
    pub actor_id: Option<ID>,
    /// By commands on the server alone, or by people alone.
    pub by_command: Option<bool>,
    /// This action (`user.disable`), or any of a noun (`user`).
    pub action: Option<String>,
    /// To things of this kind, such as `USER`.
    pub target_kind: Option<String>,
    /// At this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub to: Option<DateTime<Utc>>,
}

/// The installation's audit log.
pub(super) struct EventList {
    filter: admin::EventFilter,
    page: Page,
}

impl EventList {
    /// From the arguments of a connection.
    ///
    /// # Errors
    /// BAD_USER_INPUT where an id is not one.
    pub(super) fn new(filter: Option<InstallationEventFilter>, page: Page) -> Result<Self> {
        let filter = filter.unwrap_or_default();
        Ok(Self {
            filter: admin::EventFilter {
                entries: audit::AuditFilter {
                    actor_id: node::read_filter("actorId", filter.actor_id.as_ref())?,
                    action: filter.action,
                    target_kind: filter.target_kind,
                    from: filter.from,
                    to: filter.to,
                },
                by_command: filter.by_command,
            },
            page,
        })
    }
}

#[async_trait]
impl AdminList for EventList {
    type Node = admin::InstallationEvent;

    async fn page(&self, tx: &AdminTx) -> Result<Paged<admin::InstallationEvent>, DomainError> {
        admin::events(tx, &self.filter, &self.page).await
    }

    async fn count(&self, tx: &AdminTx) -> Result<i64, DomainError> {
        admin::count_events(tx, &self.filter).await
    }
}

connection!(
    InstallationEventConnection,
    InstallationEventEdge,
    InstallationEvent => InstallationEvent,
    admin::InstallationEvent,
    "what administrators did"
);
