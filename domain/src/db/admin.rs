//! The transaction of an administrator.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use smartstack_schema::{ChangeOperation, NodeKind, ProjectId, UserId, WorkspaceId};
use uuid::Uuid;

use super::pending::{Origin, Pending, insert_outbox, message, object};
use super::{AdminScope, Conn, Db, sql};
use crate::error::DomainError;

/// A transaction over the whole installation (role `smartstack_admin`). It sees accounts, workspaces
/// and jobs, and none of what people keep in their workspaces.
pub struct AdminTx {
    conn: Conn,
    db: Db,
    scope: AdminScope,
    now: DateTime<Utc>,
    audit: Vec<Value>,
    /// What is to be written to the logs of single workspaces.
    workspaces: BTreeMap<WorkspaceId, Pending>,
    outbox: Vec<Value>,
    access: Vec<Uuid>,
}

impl AdminTx {
    pub(super) fn new(conn: Conn, db: &Db, scope: AdminScope) -> Self {
        Self {
            conn,
            now: db.clock.now(),
            db: db.clone(),
            scope,
            audit: Vec::new(),
            workspaces: BTreeMap::new(),
            outbox: Vec::new(),
            access: Vec::new(),
        }
    }

    /// The connection, for SeaORM.
    pub(crate) fn conn(&self) -> &Conn {
        &self.conn
    }

    /// The administrator; `None` for a command on the server.
    pub fn actor_id(&self) -> Option<UserId> {
        self.scope.actor_id
    }

    /// The moment this transaction began.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Appends to the installation's audit log. `kind` is one of its `target_kind`s.
    pub(crate) fn audit(
        &mut self,
        action: &str,
        kind: &str,
        id: Option<Uuid>,
        before: Option<Value>,
        after: Option<Value>,
    ) {
        self.audit.push(object([
            ("id", json!(self.db.random.uuid(self.now))),
            ("action", json!(action)),
            ("target_kind", json!(kind)),
            ("target_id", json!(id)),
            ("before", before.unwrap_or_default()),
            ("after", after.unwrap_or_default()),
        ]));
    }

    /// Appends to a workspace's own audit log what was done to it from outside.
    pub(crate) fn audit_in(
        &mut self,
        workspace: WorkspaceId,
        action: &str,
        kind: &str,
        id: Uuid,
        after: Option<Value>,
    ) {
        let entry = object([
            ("id", json!(self.db.random.uuid(self.now))),
            ("action", json!(action)),
            ("target_kind", json!(kind)),
            ("target_id", json!(id)),
            ("before", Value::Null),
            ("after", after.unwrap_or_default()),
        ]);
        self.workspaces.entry(workspace).or_default().audit.push(entry);
    }

    /// Tells a workspace's watchers that a thing of theirs changed.
    pub(crate) fn record_change_in(
        &mut self,
        workspace: WorkspaceId,
        kind: NodeKind,
        id: Uuid,
        project: Option<ProjectId>,
    ) {
        let change = json!({
            "kind": kind,
            "node_id": id,
            "operation": ChangeOperation::Updated,
            "project_id": project.map(Uuid::from),
        });
        self.workspaces.entry(workspace).or_default().changes.push(change);
    }

    /// Puts a message that belongs to no workspace into the outbox.
    pub(crate) fn enqueue(&mut self, topic: &str, payload: Value) {
        let id = self.db.random.uuid(self.now);
        self.outbox.push(message(id, topic, payload));
    }

    /// Puts a workspace's message into the outbox.
    pub(crate) fn enqueue_in(&mut self, workspace: WorkspaceId, topic: &str, payload: Value) {
        let id = self.db.random.uuid(self.now);
        let pending = self.workspaces.entry(workspace).or_default();
        pending.outbox.push(message(id, topic, payload));
    }

    /// Tells every process, once this commits, to look again at what belongs to a session that has
    /// ended, or to a person whose rights have changed.
    pub(crate) fn access_changed(&mut self, id: impl Into<Uuid>) {
        self.access.push(id.into());
    }

    pub(super) async fn finish<T>(self, outcome: Result<T, DomainError>) -> Result<T, DomainError> {
        let value = match outcome {
            Ok(value) => value,
            Err(error) => {
                self.conn.rollback().await;
                return Err(error);
            }
        };
        let Self {
            conn,
            db,
            scope,
            now,
            audit,
            workspaces,
            outbox,
            access,
        } = self;
        let actor = scope.actor_id.map(Uuid::from);
        if !audit.is_empty() {
            let values = [
                actor.into(),
                scope.address.clone().into(),
                now.into(),
                Value::Array(audit).into(),
            ];
            conn.execute_raw(sql(INSERT_AUDIT, values)).await?;
        }
        let (mut changed, mut sent) = (Vec::new(), !outbox.is_empty());
        if sent {
            insert_outbox(&conn, None, now, outbox).await?;
        }
        // In the order of their ids, so that two administrators never wait for each other.
        for (workspace, pending) in workspaces {
            sent |= !pending.outbox.is_empty();
            if !pending.changes.is_empty() {
                changed.push(workspace);
            }
            let origin = Origin {
                workspace: workspace.into(),
                actor,
                // Where an administrator sits is none of the workspace's business.
                address: None,
                now,
                announcement: db.random.uuid(now),
            };
            pending.write(&conn, origin).await?;
        }
        conn.commit().await?;
        for workspace in changed {
            db.publisher.changed(workspace);
        }
        if sent {
            db.publisher.outbox();
        }
        for id in access {
            db.publisher.access_changed(id);
        }
        Ok(value)
    }
}

const INSERT_AUDIT: &str = "\
INSERT INTO installation_audit_events (id, actor_id, address, at, action, target_kind, target_id, before, after)
SELECT e.id, $1, $2, $3, e.action, e.target_kind, e.target_id, e.before, e.after
FROM jsonb_to_recordset($4) AS e(id uuid, action text, target_kind text, target_id uuid, before jsonb, after jsonb)";
