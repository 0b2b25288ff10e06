//! What administrators did.

use async_graphql::{ID, Object, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{AdminTx, DomainError, Page, Paged, admin};

use crate::graphql::model::{
    audit::{AuditDetail, details},
    connection::{AdminList, connection},
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

/// The installation's audit log.
pub(super) struct EventList(pub(super) Page);

#[async_trait]
impl AdminList for EventList {
    type Node = admin::InstallationEvent;

    async fn page(&self, tx: &AdminTx) -> Result<Paged<admin::InstallationEvent>, DomainError> {
        admin::events(tx, &self.0).await
    }

    async fn count(&self, tx: &AdminTx) -> Result<i64, DomainError> {
        admin::count_events(tx).await
    }
}

connection!(
    InstallationEventConnection,
    InstallationEventEdge,
    InstallationEvent => InstallationEvent,
    admin::InstallationEvent,
    "what administrators did"
);
