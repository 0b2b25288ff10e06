//! What a transaction writes at its very end.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Conn, sql};
use crate::error::StoreError;

/// Changes, audit entries and messages, gathered while the work is done and written in few statements
/// before the commit, so that the lock on the workspace's sequence is held for as short a time as can
/// be.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) changes: Vec<Value>,
    pub(super) audit: Vec<Value>,
    pub(super) outbox: Vec<Value>,
}

/// Who writes where and when.
pub(super) struct Origin {
    pub(super) workspace: Uuid,
    pub(super) actor: Option<Uuid>,
    pub(super) address: Option<String>,
    pub(super) now: DateTime<Utc>,
    /// The id of the message that announces the changes, where somebody wants to hear of them.
    pub(super) announcement: Uuid,
}

impl Pending {
    pub(super) async fn write(self, conn: &Conn, origin: Origin) -> Result<(), StoreError> {
        let Self {
            changes,
            audit,
            outbox,
        } = self;
        let Origin {
            workspace,
            actor,
            address,
            now,
            announcement,
        } = origin;
        if !audit.is_empty() {
            let values = [
                workspace.into(),
                actor.into(),
                address.into(),
                now.into(),
                Value::Array(audit).into(),
            ];
            conn.execute_raw(sql(INSERT_AUDIT, values)).await?;
        }
        if !outbox.is_empty() {
            insert_outbox(conn, Some(workspace), now, outbox).await?;
        }
        if !changes.is_empty() {
            let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
            let values = [
                workspace.into(),
                count.into(),
                actor.into(),
                now.into(),
                Value::Array(changes).into(),
                announcement.into(),
            ];
            let done = conn.execute_raw(sql(INSERT_CHANGES, values)).await?;
            if done.rows_affected() == 0 {
                return Err(StoreError::fault("the workspace has no change sequence"));
            }
        }
        Ok(())
    }
}

pub(super) fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

pub(super) fn message(id: Uuid, topic: &str, payload: Value) -> Value {
    object([("id", json!(id)), ("topic", json!(topic)), ("payload", payload)])
}

const INSERT_AUDIT: &str = "\
INSERT INTO audit_events (id, workspace_id, actor_id, address, at, action, target_kind, target_id, before, after)
SELECT e.id, $1, $2, $3, $4, e.action, e.target_kind, e.target_id,
       e.before, e.after
FROM jsonb_to_recordset($5) AS e(id uuid, action text, target_kind text, target_id uuid, before jsonb, after jsonb)";

/// The UPDATE locks the workspace's sequence until commit, which makes the order of sequence the
/// order of commit: whoever sees change n sees all before it. Where the workspace has webhooks, the worker
/// is told of the changes as an [`Announcement`](crate::webhook::Announcement).
const INSERT_CHANGES: &str = "\
WITH taken AS (
  UPDATE change_sequences SET seq = seq + $2 WHERE workspace_id = $1 RETURNING seq - $2 AS base, has_webhooks
), announced AS (
  INSERT INTO outbox (id, workspace_id, topic, payload, created_at)
  SELECT $6, $1, 'webhook',
         jsonb_build_object('v', 1, 'workspace_id', $1::uuid, 'after', taken.base, 'count', $2::bigint), $4
  FROM taken WHERE taken.has_webhooks
)
INSERT INTO changes (workspace_id, seq, kind, node_id, operation, actor_id, project_id, at)
SELECT $1, taken.base + c.ordinal, c.kind, c.node_id, c.operation, $3, c.project_id, $4
FROM taken, ROWS FROM (
  jsonb_to_recordset($5) AS (kind text, node_id uuid, operation text, project_id uuid)
) WITH ORDINALITY AS c(kind, node_id, operation, project_id, ordinal)";

pub(super) async fn insert_outbox(
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
