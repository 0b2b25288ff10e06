//! What an open transaction offers. None of these implements SeaORM's `ConnectionTrait`: outside
//! this crate a transaction can only be handed to domain functions.

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use smartstack_schema::{ChangeOperation, MemberRole, NodeKind, ProjectId, SessionId, UserId, WorkspaceId};
use uuid::Uuid;

use super::{Conn, Db, JobEnvelope, ShareScope};
use crate::clock::Random;
use crate::error::{DomainError, StoreError};

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
}

/// What is written at the very end, in few statements, so that the lock on the workspace's sequence
/// is held for as short a time as can be.
#[derive(Default)]
struct Pending {
    changes: Vec<Value>,
    audit: Vec<Value>,
    outbox: Vec<Value>,
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

    async fn flush(&mut self) -> Result<(), StoreError> {
        let Pending {
            changes,
            audit,
            outbox,
        } = std::mem::take(&mut self.pending);
        let workspace = Uuid::from(self.workspace_id);
        let actor = self.actor_id.map(Uuid::from);
        if !audit.is_empty() {
            let values = [
                workspace.into(),
                actor.into(),
                self.address.clone().into(),
                self.now.into(),
                Value::Array(audit).into(),
            ];
            self.conn.execute_raw(sql(INSERT_AUDIT, values)).await?;
        }
        if !outbox.is_empty() {
            insert_outbox(&self.conn, Some(workspace), self.now, outbox).await?;
        }
        if !changes.is_empty() {
            let values = [
                workspace.into(),
                i64::try_from(changes.len()).unwrap_or(i64::MAX).into(),
                actor.into(),
                self.now.into(),
                Value::Array(changes).into(),
            ];
            let done = self.conn.execute_raw(sql(INSERT_CHANGES, values)).await?;
            if done.rows_affected() == 0 {
                return Err(StoreError::fault("the workspace has no change sequence"));
            }
        }
        Ok(())
    }
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn message(id: Uuid, topic: &str, payload: Value) -> Value {
    object([("id", json!(id)), ("topic", json!(topic)), ("payload", payload)])
}

pub(crate) fn sql<const N: usize>(text: &str, values: [sea_orm::Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, text, values)
}

const INSERT_AUDIT: &str = "\
INSERT INTO audit_events (id, workspace_id, actor_id, address, at, action, target_kind, target_id, before, after)
SELECT e.id, $1, $2, $3, $4, e.action, e.target_kind, e.target_id,
       e.before, e.after
FROM jsonb_to_recordset($5) AS e(id uuid, action text, target_kind text, target_id uuid, before jsonb, after jsonb)";

/// The UPDATE locks the workspace's sequence until commit, which makes the order of sequence the
/// order of commit: whoever sees change n sees all before it.
const INSERT_CHANGES: &str = "\
WITH taken AS (
  UPDATE change_sequences SET seq = seq + $2 WHERE workspace_id = $1 RETURNING seq - $2 AS base
)
INSERT INTO changes (workspace_id, seq, kind, node_id, operation, actor_id, project_id, at)
SELECT $1, taken.base + c.ordinal, c.kind, c.node_id, c.operation, $3, c.project_id, $4
FROM taken, ROWS FROM (
  jsonb_to_recordset($5) AS (kind text, node_id uuid, operation text, project_id uuid)
) WITH ORDINALITY AS c(kind, node_id, operation, project_id, ordinal)";

async fn insert_outbox(
    conn: &Conn,
    workspace: Option<Uuid>,
    now: DateTime<Utc>,
    messages: Vec<Value>,
) -> Result<(), StoreError> {
    let text = "\
INSERT INTO outbox (id, workspace_id, topic, payload, created_at)
SELECT m.id, $1, m.topic, m.payload, $2
FROM jsonb_to_recordset($3) AS m(id uuid, topic text, payload jsonb)";
    conn.execute_raw(sql(
        text,
        [workspace.into(), now.into(), Value::Array(messages).into()],
    ))
    .await?;
    Ok(())
}

pub(super) async fn finish_workspace<T>(
    mut tx: WorkspaceTx,
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
    tx.flush().await?;
    let WorkspaceTx {
        conn,
        db,
        workspace_id,
        ..
    } = tx;
    conn.commit().await?;
    if changed {
        db.publisher.changed(workspace_id);
    }
    if sent {
        db.publisher.outbox();
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
    envelope: JobEnvelope,
}

impl WorkerTx {
    pub(super) fn new(core: WorkspaceTx, envelope: JobEnvelope) -> Self {
        Self { core, envelope }
    }

    pub(super) fn into_core(self) -> WorkspaceTx {
        self.core
    }

    /// The job this transaction works for.
    pub fn envelope(&self) -> &JobEnvelope {
        &self.envelope
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
    ended_sessions: Vec<SessionId>,
}

impl SystemTx {
    pub(super) fn new(conn: Conn, db: &Db) -> Self {
        let now = db.clock.now();
        Self {
            conn,
            db: db.clone(),
            now,
            outbox: Vec::new(),
            ended_sessions: Vec::new(),
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
        self.ended_sessions.push(session);
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
        ended_sessions,
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
    for session in ended_sessions {
        db.publisher.session_ended(session);
    }
    Ok(value)
}
