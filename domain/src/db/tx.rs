//! What an open transaction offers. None of these implements SeaORM's `ConnectionTrait`: outside
//! this crate a transaction can only be handed to domain functions.

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use smartstack_schema::{ChangeOperation, MemberRole, NodeKind, ProjectId, SessionId, UserId, WorkspaceId};
use uuid::Uuid;

use super::pending::{Origin, Pending, insert_outbox, message, object};
use super::{Conn, Db, ShareScope};
use crate::clock::Random;
use crate::error::DomainError;

/// A transaction inside one workspace; what [`TenantTx`], [`WorkerTx`] and [`ReadTx`] have in common.
/// Functions that only read take `&WorkspaceTx`.
pub struct WorkspaceTx {
    conn: Conn,
    db: Db,
    workspace_id: WorkspaceId,
    actor_id: Option<UserId>,
    address: Option<String>,
    now: DateTime<Utc>,
    pending: Pending,
    access: Vec<Uuid>,
}

impl WorkspaceTx {
    pub(super) fn new(
        conn: Conn,
        db: &Db,
        workspace_id: WorkspaceId,
        actor_id: Option<UserId>,
        address: Option<String>,
    ) -> Self {
        let now = db.clock.now();
        Self {
            conn,
            db: db.clone(),
            workspace_id,
            actor_id,
            address,
            now,
            pending: Pending::default(),
            access: Vec::new(),
        }
    }

    /// The connection, for SeaORM.
    pub(crate) fn conn(&self) -> &Conn {
        &self.conn
    }

    /// The workspace everything in here belongs to.
    pub fn workspace_id(&self) -> WorkspaceId {
        self.workspace_id
    }

    /// The person who acts; `None` for a job.
    pub fn actor_id(&self) -> Option<UserId> {
        self.actor_id
    }

    /// The moment this transaction began: one time for all that is written in it.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The injected randomness.
    pub fn random(&self) -> &Random {
        &self.db.random
    }

    /// A fresh id: `let id: TaskId = tx.new_id();`
    pub fn new_id<I: From<Uuid>>(&self) -> I {
        self.db.random.uuid(self.now).into()
    }

    /// Notes that a thing changed. Subscribers hear of it once this transaction commits. Give the
    /// project it belongs to, if any: share views listen by it.
    pub fn record_change(
        &mut self,
        kind: NodeKind,
        id: impl Into<Uuid>,
        operation: ChangeOperation,
        project_id: Option<ProjectId>,
    ) {
        self.pending.changes.push(json!({
            "kind": kind,
            "node_id": id.into(),
            "operation": operation,
            "project_id": project_id.map(Uuid::from),
        }));
    }

    /// Appends to the audit log: `action` as `noun.verb` (`task.update`), the thing it was done to,
    /// and the thing before and after as JSON (only what changed, and never a secret).
    pub fn audit(
        &mut self,
        action: &str,
        kind: NodeKind,
        id: impl Into<Uuid>,
        before: Option<Value>,
        after: Option<Value>,
    ) {
        let audit_id = self.db.random.uuid(self.now);
        self.pending.audit.push(object([
            ("id", json!(audit_id)),
            ("action", json!(action)),
            ("target_kind", json!(kind)),
            ("target_id", json!(id.into())),
            ("before", before.unwrap_or_default()),
            ("after", after.unwrap_or_default()),
        ]));
    }

    /// Puts a message into the outbox: the worker sends it once this transaction has committed, at
    /// least once. Topics are those of [`outbox`](crate::outbox).
    pub fn enqueue(&mut self, topic: &str, payload: Value) {
        let id = self.db.random.uuid(self.now);
        self.pending.outbox.push(message(id, topic, payload));
    }

    /// Tells every process, once this commits, to look again at what a person may do.
    pub(crate) fn access_changed(&mut self, person: UserId) {
        self.access.push(person.uuid());
    }
}

pub(super) async fn finish_workspace<T>(
    tx: WorkspaceTx,
    outcome: Result<T, DomainError>,
) -> Result<T, DomainError> {
    let value = match outcome {
        Ok(value) => value,
        Err(error) => {
            tx.conn.rollback().await;
            return Err(error);
        }
    };
    let changed = !tx.pending.changes.is_empty();
    let sent = !tx.pending.outbox.is_empty();
    let WorkspaceTx {
        conn,
        db,
        workspace_id,
        actor_id,
        address,
        now,
        pending,
        access,
    } = tx;
    let origin = Origin {
        workspace: workspace_id.into(),
        actor: actor_id.map(Into::into),
        address,
        now,
        announcement: db.random.uuid(now),
    };
    pending.write(&conn, origin).await?;
    conn.commit().await?;
    if changed {
        db.publisher.changed(workspace_id);
    }
    if sent {
        db.publisher.outbox();
    }
    for id in access {
        db.publisher.access_changed(id);
    }
    Ok(value)
}

/// A transaction of a person who may change the workspace (role `smartstack_app`).
pub struct TenantTx {
    core: WorkspaceTx,
    role: MemberRole,
}

impl TenantTx {
    pub(super) fn new(core: WorkspaceTx, role: MemberRole) -> Self {
        Self { core, role }
    }

    pub(super) fn into_core(self) -> WorkspaceTx {
        self.core
    }

    /// The person who acts.
    pub fn member_role(&self) -> MemberRole {
        self.role
    }
}

/// A transaction of a job (role `smartstack_work`): it reads the workspace, and writes suggestions
/// and the job's own state.
pub struct WorkerTx {
    core: WorkspaceTx,
}

impl WorkerTx {
    pub(super) fn new(core: WorkspaceTx) -> Self {
        Self { core }
    }

    pub(super) fn into_core(self) -> WorkspaceTx {
        self.core
    }
}

/// A reading transaction that several resolvers share. See [`Db::snapshot`].
pub struct ReadTx {
    core: WorkspaceTx,
}

impl ReadTx {
    pub(super) fn new(core: WorkspaceTx) -> Self {
        Self { core }
    }

    /// Ends the transaction; its connection is free when this returns.
    pub async fn finish(self) {
        self.core.conn.rollback().await;
    }
}

macro_rules! derefs_to_workspace {
    ($($name:ident),+) => {$(
        impl Deref for $name {
            type Target = WorkspaceTx;

            fn deref(&self) -> &WorkspaceTx {
                &self.core
            }
        }
    )+};
}
derefs_to_workspace!(TenantTx, WorkerTx, ReadTx);

impl DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut WorkspaceTx {
        &mut self.core
    }
}

impl DerefMut for WorkerTx {
    fn deref_mut(&mut self) -> &mut WorkspaceTx {
        &mut self.core
    }
}

/// A reading transaction of a share session (role `smartstack_share`).
pub struct ShareTx {
    conn: Conn,
    scope: ShareScope,
    now: DateTime<Utc>,
}

impl ShareTx {
    pub(super) fn new(conn: Conn, scope: ShareScope, now: DateTime<Utc>) -> Self {
        Self { conn, scope, now }
    }

    pub(super) async fn finish(self) {
        self.conn.rollback().await;
    }

    /// The connection, for SeaORM.
    pub(crate) fn conn(&self) -> &Conn {
        &self.conn
    }

    /// What the link exposes.
    pub fn scope(&self) -> &ShareScope {
        &self.scope
    }

    /// The moment this transaction began.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }
}

/// A transaction outside every workspace (role `smartstack_system`).
pub struct SystemTx {
    conn: Conn,
    db: Db,
    now: DateTime<Utc>,
    outbox: Vec<Value>,
    access: Vec<Uuid>,
}

impl SystemTx {
    pub(super) fn new(conn: Conn, db: &Db) -> Self {
        let now = db.clock.now();
        Self {
            conn,
            db: db.clone(),
            now,
            outbox: Vec::new(),
            access: Vec::new(),
        }
    }

    /// The connection, for SeaORM.
    pub(crate) fn conn(&self) -> &Conn {
        &self.conn
    }

    /// The moment this transaction began.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The injected randomness.
    pub fn random(&self) -> &Random {
        &self.db.random
    }

    /// A fresh id: `let id: UserId = tx.new_id();`
    pub fn new_id<I: From<Uuid>>(&self) -> I {
        self.db.random.uuid(self.now).into()
    }

    /// Puts a message that belongs to no workspace into the outbox. See [`WorkspaceTx::enqueue`].
    pub fn enqueue(&mut self, topic: &str, payload: Value) {
        let id = self.db.random.uuid(self.now);
        self.outbox.push(message(id, topic, payload));
    }

    /// Tells every process, once this commits, that a session has ended.
    pub(crate) fn session_ended(&mut self, session: SessionId) {
        self.access.push(session.uuid());
    }

    /// Tells every process, once this commits, to look again at what belongs to a token that has ended
    /// or to a person whose rights have changed.
    pub(crate) fn access_changed(&mut self, id: impl Into<Uuid>) {
        self.access.push(id.into());
    }
}

pub(super) async fn finish_system<T>(
    tx: SystemTx,
    outcome: Result<T, DomainError>,
) -> Result<T, DomainError> {
    let SystemTx {
        conn,
        db,
        now,
        outbox,
        access,
    } = tx;
    let value = match outcome {
        Ok(value) => value,
        Err(error) => {
            conn.rollback().await;
            return Err(error);
        }
    };
    let sent = !outbox.is_empty();
    if sent {
        insert_outbox(&conn, None, now, outbox).await?;
    }
    conn.commit().await?;
    if sent {
        db.publisher.outbox();
    }
    for id in access {
        db.publisher.access_changed(id);
    }
    Ok(value)
}
