//! The audit log of a workspace.

use std::collections::BTreeSet;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject, async_trait::async_trait};
use chrono::{DateTime, Utc};
use serde_json::Value;
use smartstack_domain::{DomainError, Page, Paged, WorkspaceTx, audit};

use super::{
    connection::{List, connection},
    user::User,
};
use crate::graphql::{loader::UserKey, node};

/// A field that an action gave another value.
#[derive(Debug, Clone, SimpleObject)]
pub struct AuditDetail {
    /// The field's name, as it is stored.
    pub field: String,
    /// Its value before; null where there was none. Texts as they are, everything else as JSON.
    pub before: Option<String>,
    /// Its value afterwards; null where there is none.
    pub after: Option<String>,
}

/// What changed, field by field, in the order of their names.
pub fn details(before: Option<&Value>, after: Option<&Value>) -> Vec<AuditDetail> {
    let fields = |value: Option<&Value>| {
        value
            .and_then(Value::as_object)
            .map(|object| object.keys().cloned().collect::<BTreeSet<_>>())
            .unwrap_or_default()
    };
    let text = |value: Option<&Value>, field: &str| match value?.get(field)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    fields(before)
        .union(&fields(after))
        .map(|field| AuditDetail {
            field: field.clone(),
            before: text(before, field),
            after: text(after, field),
        })
        .collect()
}

/// Something that was done in a workspace.
pub struct AuditEvent {
    event: audit::AuditEvent,
    workspace_id: smartstack_schema::WorkspaceId,
}

/// Something that was done in a workspace. Entries are never changed or removed.
#[Object]
impl AuditEvent {
    /// Unique over everything; begins with `audit_`.
    pub(crate) async fn id(&self) -> ID {
        self.event.id.to_string().into()
    }

    /// Who did it; null for a job, an administrator of the installation, and who has left the workspace.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.event.actor_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.workspace_id, id)).await?.map(User))
    }

    /// The network address it came from, where that is known.
    async fn address(&self) -> Option<&str> {
        self.event.address.as_deref()
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.event.at
    }

    /// What, as `noun.verb`: `task.update`.
    async fn action(&self) -> &str {
        &self.event.action
    }

    /// To what kind of thing.
    async fn target_kind(&self) -> &str {
        &self.event.target_kind
    }

    /// What changed, field by field.
    async fn details(&self) -> Vec<AuditDetail> {
        details(self.event.before.as_ref(), self.event.after.as_ref())
    }
}

/// Which events to list. Conditions that are left out do not restrict.
#[derive(InputObject, Default)]
pub struct AuditFilter {
    /// By this person.
    pub actor_id: Option<ID>,
    /// This action (`task.update`), or any of a noun (`task`).
    pub action: Option<String>,
    /// To things of this kind, such as `TASK`.
    pub target_kind: Option<String>,
    /// At this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub to: Option<DateTime<Utc>>,
}

impl AuditFilter {
    /// As the domain takes it.
    ///
    /// # Errors
    /// BAD_USER_INPUT where an id is not one.
    pub fn read(self) -> Result<audit::AuditFilter> {
        Ok(audit::AuditFilter {
            actor_id: node::read_filter("actorId", self.actor_id.as_ref())?,
            action: self.action,
            target_kind: self.target_kind,
            from: self.from,
            to: self.to,
        })
    }
}

/// A list of events.
pub struct AuditList {
    filter: audit::AuditFilter,
    page: Page,
}

impl AuditList {
    /// From the arguments of a connection.
    ///
    /// # Errors
    /// BAD_USER_INPUT where an id is not one.
    pub fn new(filter: Option<AuditFilter>, page: Page) -> Result<Self> {
        Ok(Self {
            filter: filter.unwrap_or_default().read()?,
            page,
        })
    }
}

/// An event with the workspace it belongs to.
type Entry = (smartstack_schema::WorkspaceId, audit::AuditEvent);

#[async_trait]
impl List for AuditList {
    type Node = Entry;

    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<Entry>, DomainError> {
        let workspace = tx.workspace_id();
        let page = audit::list(tx, &self.filter, &self.page).await?;
        Ok(page.map(|event| (workspace, event)))
    }

    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError> {
        audit::count(tx, &self.filter).await
    }
}

fn event((workspace_id, event): Entry) -> AuditEvent {
    AuditEvent { event, workspace_id }
}

connection!(AuditEventConnection, AuditEventEdge, event => AuditEvent, Entry, "events of an audit log");
