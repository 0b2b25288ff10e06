//! What the worker does for webhooks, over all workspaces: makes messages of changes, takes those that are
//! due, and notes what became of each attempt.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use smartstack_schema::{
    JobState, NodeKind, WebhookDeliveryId, WebhookDisabledReason, WebhookEndpointId, WorkspaceId,
};
use uuid::Uuid;

use super::{Announcement, SECRET_PURPOSE, event, signature::Secret};
use crate::{
    change::{self, Change},
    clock::Random,
    db::{SystemTx, sql},
    error::DomainError,
    outbox::{self, Mail, MailContent},
    secret::Secrets,
    store,
};

/// When a message is tried again after each attempt that failed; the schedule that the specification
/// proposes. After the last it is given up: some 27 hours after the first attempt.
pub const SCHEDULE: [TimeDelta; 7] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(10),
];
/// Messages to one endpoint that are being sent at a time, so that a slow receiver holds up its own alone.
pub const AT_A_TIME: i64 = 4;
/// Most characters of an answer that are kept.
pub const ANSWER_MAX: usize = 1_000;
/// Changes read at once.
const BATCH: i64 = 500;

/// Makes the messages that changes call for, and returns how many. Done again it makes none twice.
///
/// # Errors
/// Store errors.
pub async fn tell(tx: &mut SystemTx, announced: &Announcement) -> Result<u64, DomainError> {
    let workspace = announced.workspace_id;
    let text = "\
SELECT e.id, e.events FROM webhook_endpoints e JOIN workspaces w ON w.id = e.workspace_id AND w.deleted_at IS NULL
WHERE e.workspace_id = $1 AND e.disabled_at IS NULL";
    let rows = tx.conn().query_all_raw(sql(text, [workspace.into()])).await?;
    let mut endpoints: Vec<(Uuid, Vec<String>)> = Vec::with_capacity(rows.len());
    for row in rows {
        endpoints.push((row.try_get("", "id")?, row.try_get("", "events")?));
    }
    let (mut after, last) = (announced.after, announced.after.saturating_add(announced.count));
    let mut made = 0;
    while after < last && !endpoints.is_empty() {
        let until = last.min(after + BATCH);
        let changes = changes(tx, workspace, after, until).await?;
        let finished = finished(tx, workspace, &changes).await?;
        let mut messages = Vec::new();
        for change in changes {
            let finished = finished.get(&change.node_id).filter(|(_, at)| *at == change.at);
            let told = event::events(workspace.into(), &change, finished.map(|(state, _)| *state));
            for event in told {
                let wanted = |events: &Vec<String>| events.is_empty() || events.contains(&event.name);
                for (endpoint, _) in endpoints.iter().filter(|(_, events)| wanted(events)) {
                    messages.push(json!({
                        // Of the change's time, so that the log's order is the order in which things happened.
                        "id": tx.random().uuid(change.at),
                        "endpoint_id": endpoint,
                        "event": event.name,
                        "seq": event.seq,
                        "body": event.body,
                        "created_at": change.at,
                    }));
                }
            }
        }
        if !messages.is_empty() {
            made += insert(tx, workspace, messages).await?;
        }
        after = until;
    }
    Ok(made)
}

/// The changes of a range, each thing's last of a kind alone: what one transaction did to it many times is
/// told once.
async fn changes(tx: &SystemTx, workspace: Uuid, after: i64, until: i64) -> Result<Vec<Change>, DomainError> {
    let text = "\
SELECT seq, kind, node_id, operation, actor_id, project_id, at FROM changes
WHERE workspace_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq";
    let values = [workspace.into(), after.into(), until.into()];
    let mut last = HashMap::new();
    for row in tx.conn().query_all_raw(sql(text, values)).await? {
        let change = change::from_row(&row)?;
        last.insert((change.kind, change.node_id, change.operation), change);
    }
    let ordered: BTreeMap<i64, Change> = last.into_values().map(|change| (change.seq, change)).collect();
    Ok(ordered.into_values().collect())
}

/// The jobs among the changed things that have come to an end, with how and when.
async fn finished(
    tx: &SystemTx,
    workspace: Uuid,
    changes: &[Change],
) -> Result<HashMap<Uuid, (JobState, DateTime<Utc>)>, DomainError> {
    let jobs: Vec<Uuid> = changes
        .iter()
        .filter(|change| change.kind == NodeKind::Job)
        .map(|change| change.node_id)
        .collect();
    if jobs.is_empty() {
        return Ok(HashMap::new());
    }
    let text = "\
SELECT id, state, finished_at FROM jobs
WHERE workspace_id = $1 AND id IN (SELECT value::uuid FROM jsonb_array_elements_text($2)) AND finished_at IS NOT NULL";
    let rows = tx
        .conn()
        .query_all_raw(sql(text, [workspace.into(), json!(jobs).into()]))
        .await?;
    rows.iter()
        .map(|row| {
            let state = store::parse(&row.try_get::<String>("", "state")?)?;
            Ok((row.try_get("", "id")?, (state, row.try_get("", "finished_at")?)))
        })
        .collect()
}

async fn insert(
    tx: &SystemTx,
    workspace: Uuid,
    messages: Vec<serde_json::Value>,
) -> Result<u64, DomainError> {
    let text = "\
INSERT INTO webhook_deliveries (id, workspace_id, endpoint_id, event, seq, body, state, next_attempt_at, created_at)
SELECT m.id, $1, m.endpoint_id, m.event, m.seq, m.body, 'PENDING', $2, m.created_at
FROM jsonb_to_recordset($3) AS m(id uuid, endpoint_id uuid, event text, seq bigint, body text, created_at timestamptz)
ON CONFLICT ON CONSTRAINT webhook_deliveries_once DO NOTHING";
    let values = [
        workspace.into(),
        tx.now().into(),
        serde_json::Value::Array(messages).into(),
    ];
    Ok(tx.conn().execute_raw(sql(text, values)).await?.rows_affected())
}

/// A message that is to be sent now.
#[derive(Debug)]
pub struct Sending {
    /// Its id: the `webhook-id`.
    pub id: WebhookDeliveryId,
    /// Where it belongs to.
    pub workspace_id: WorkspaceId,
    /// To which endpoint.
    pub endpoint_id: WebhookEndpointId,
    /// Where to.
    pub url: String,
    /// What, byte for byte.
    pub body: String,
    /// Which attempt this is, counted from 1.
    pub attempt: i32,
    /// How many of these there were when a person last asked for it to be sent again.
    attempts_before: i32,
    /// What to sign with, the current secret first; `None` when the installation's secret has changed since
    /// they were stored.
    pub secrets: Option<Vec<Secret>>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    workspace_id: Uuid,
    endpoint_id: Uuid,
    url: String,
    body: String,
    attempts: i32,
    attempts_before: i32,
    secret: Vec<u8>,
    old_secret: Option<Vec<u8>>,
}

/// Takes up to `most` messages that are due, the longest waiting first, and [`AT_A_TIME`] of one endpoint;
/// none to the endpoints in `busy`. Whoever takes them has `lease` to [`settle`] them: then they are due
/// again.
///
/// # Errors
/// Store errors.
pub async fn claim(
    tx: &mut SystemTx,
    secrets: &Secrets,
    most: u16,
    lease: TimeDelta,
    busy: &[WebhookEndpointId],
) -> Result<Vec<Sending>, DomainError> {
    // The condition on the updated row is asked again once another worker that was faster has committed.
    let text = "\
WITH due AS (
  SELECT next.id FROM webhook_endpoints e
  JOIN workspaces w ON w.id = e.workspace_id AND w.deleted_at IS NULL
  CROSS JOIN LATERAL (
    SELECT d.id, d.next_attempt_at FROM webhook_deliveries d
    WHERE d.endpoint_id = e.id AND d.next_attempt_at <= $1 ORDER BY d.next_attempt_at LIMIT $3
  ) next
  WHERE e.disabled_at IS NULL AND e.id NOT IN (SELECT value::uuid FROM jsonb_array_elements_text($5))
  ORDER BY next.next_attempt_at LIMIT $2
)
UPDATE webhook_deliveries d SET attempts = d.attempts + 1, next_attempt_at = $4
FROM due, webhook_endpoints e
WHERE d.id = due.id AND d.next_attempt_at <= $1 AND e.id = d.endpoint_id
RETURNING d.id, d.workspace_id, d.endpoint_id, d.body, d.attempts, d.attempts_before, e.url, e.secret,
          CASE WHEN e.old_secret_until > $1 THEN e.old_secret END AS old_secret";
    let busy: Vec<Uuid> = store::uuids(busy);
    let now = tx.now();
    let values = [
        now.into(),
        i64::from(most).into(),
        AT_A_TIME.into(),
        (now + lease).into(),
        json!(busy).into(),
    ];
    let rows = tx.conn().query_all_raw(sql(text, values)).await?;
    rows.iter()
        .map(|row| {
            let row = Row::from_query_result(row, "")?;
            let unseal = |sealed: &Vec<u8>| secrets.unseal(SECRET_PURPOSE, row.endpoint_id, sealed);
            let keys = [Some(&row.secret), row.old_secret.as_ref()];
            Ok(Sending {
                secrets: keys.into_iter().flatten().map(unseal).collect(),
                id: row.id.into(),
                workspace_id: row.workspace_id.into(),
                endpoint_id: row.endpoint_id.into(),
                url: row.url,
                body: row.body,
                attempt: row.attempts,
                attempts_before: row.attempts_before,
            })
        })
        .collect()
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There was an answer.
    Answered {
        /// Its status.
        status: u16,
        /// How it began.
        answer: String,
    },
    /// There was none; why, in words for the endpoint's owner.
    Failed(String),
}

/// An attempt that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// When it began.
    pub at: DateTime<Utc>,
    /// How long it took.
    pub took: std::time::Duration,
    /// What it came to.
    pub outcome: Outcome,
}

/// What becomes of a message after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its receiver has it.
    Delivered,
    /// It is tried again.
    Again(DateTime<Utc>),
    /// It is not tried any more.
    GivenUp,
    /// Its endpoint is told nothing any more.
    Disabled(WebhookDisabledReason),
    /// Somebody else has it by now; nothing was changed.
    Superseded,
}

/// Notes what an attempt came to, and what happens next. 2xx delivers; 410 switches the endpoint off, as does
/// a message that was given up without anything else having been delivered since its first attempt. Owners
/// hear of it by mail.
///
/// # Errors
/// Store errors.
pub async fn settle(tx: &mut SystemTx, sent: &Sending, made: &Made) -> Result<Verdict, DomainError> {
    let (status, failure, answer) = match &made.outcome {
        Outcome::Answered { status, answer } => {
            (Some(i32::from(*status)), None, Some(clean(answer, ANSWER_MAX)))
        }
        Outcome::Failed(why) => (None, Some(clean(why, 500)), None),
    };
    let number = sent.attempt.saturating_sub(sent.attempts_before).max(1);
    let again = again(number, tx.now(), tx.random());
    let gone = status == Some(410);
    let (state, next) = match status {
        Some(200..=299) => ("DELIVERED", None),
        _ if gone => ("FAILED", None),
        _ => again.map_or(("FAILED", None), |at| ("PENDING", Some(at))),
    };
    // Whoever took it again after the lease had ended has raised the number.
    let text = "\
UPDATE webhook_deliveries SET state = $4, next_attempt_at = $5, finished_at = CASE WHEN $5 IS NULL THEN $6 END
WHERE id = $1 AND workspace_id = $2 AND attempts = $3 AND state = 'PENDING'";
    let values = [
        sent.id.uuid().into(),
        sent.workspace_id.uuid().into(),
        sent.attempt.into(),
        state.into(),
        next.into(),
        tx.now().into(),
    ];
    if tx.conn().execute_raw(sql(text, values)).await?.rows_affected() == 0 {
        return Ok(Verdict::Superseded);
    }
    let text = "\
INSERT INTO webhook_attempts (workspace_id, delivery_id, attempt, url, at, duration_ms, status, failure, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = [
        sent.workspace_id.uuid().into(),
        sent.id.uuid().into(),
        sent.attempt.into(),
        sent.url.as_str().into(),
        made.at.into(),
        i32::try_from(made.took.as_millis()).unwrap_or(i32::MAX).into(),
        status.into(),
        failure.clone().into(),
        answer.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    if state == "DELIVERED" {
        let text =
            "UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL";
        tx.conn()
            .execute_raw(sql(text, [sent.endpoint_id.uuid().into()]))
            .await?;
        return Ok(Verdict::Delivered);
    }
    let text = "UPDATE webhook_endpoints SET failing_since = $2 WHERE id = $1 AND failing_since IS NULL";
    let values = [sent.endpoint_id.uuid().into(), made.at.into()];
    tx.conn().execute_raw(sql(text, values)).await?;
    if let Some(at) = next {
        return Ok(Verdict::Again(at));
    }
    let last = match (status, failure) {
        (Some(status), _) => format!("It answered {status}."),
        (None, failure) => failure.unwrap_or_default(),
    };
    if gone {
        disable(tx, sent, WebhookDisabledReason::Gone, last).await
    } else if failed_throughout(tx, sent).await? {
        disable(tx, sent, WebhookDisabledReason::Failing, last).await
    } else {
        Ok(Verdict::GivenUp)
    }
}

/// When to try again after the `number`th attempt failed; `None` after the last. A fifth less at most, drawn
/// evenly, so that receivers that come back are not met by everything at once.
fn again(number: i32, now: DateTime<Utc>, random: &Random) -> Option<DateTime<Utc>> {
    let place = usize::try_from(number).ok()?.checked_sub(1)?;
    let wait = SCHEDULE.get(place)?.num_milliseconds();
    let share = i64::from(u16::from_le_bytes(random.bytes()));
    let less = wait / 5 * share / i64::from(u16::MAX);
    Some(now + TimeDelta::milliseconds(wait - less))
}

/// Whether the endpoint has taken nothing since this message was first tried.
async fn failed_throughout(tx: &SystemTx, sent: &Sending) -> Result<bool, DomainError> {
    let text = "\
SELECT e.failing_since <= (SELECT min(a.at) FROM webhook_attempts a
                           WHERE a.workspace_id = $1 AND a.delivery_id = $3 AND a.attempt > $4) AS failed
FROM webhook_endpoints e WHERE e.workspace_id = $1 AND e.id = $2";
    let values = [
        sent.workspace_id.uuid().into(),
        sent.endpoint_id.uuid().into(),
        sent.id.uuid().into(),
        sent.attempts_before.into(),
    ];
    let row = tx.conn().query_one_raw(sql(text, values)).await?;
    Ok(row
        .map(|row| row.try_get::<Option<bool>>("", "failed"))
        .transpose()?
        .flatten()
        == Some(true))
}

async fn disable(
    tx: &mut SystemTx,
    sent: &Sending,
    reason: WebhookDisabledReason,
    last: String,
) -> Result<Verdict, DomainError> {
    let (workspace, endpoint) = (sent.workspace_id.uuid(), sent.endpoint_id.uuid());
    let text = "\
UPDATE webhook_endpoints SET disabled_at = $3, disabled_reason = $4, updated_at = $3, version = version + 1
WHERE workspace_id = $1 AND id = $2 AND disabled_at IS NULL";
    let values = [
        workspace.into(),
        endpoint.into(),
        tx.now().into(),
        reason.as_str().into(),
    ];
    if tx.conn().execute_raw(sql(text, values)).await?.rows_affected() == 0 {
        // A person was faster, or another message of the same endpoint.
        return Ok(Verdict::GivenUp);
    }
    let text = "\
UPDATE webhook_deliveries SET state = 'FAILED', next_attempt_at = NULL, finished_at = $3
WHERE workspace_id = $1 AND endpoint_id = $2 AND state = 'PENDING'";
    let values = [workspace.into(), endpoint.into(), tx.now().into()];
    tx.conn().execute_raw(sql(text, values)).await?;
    let text = "\
SELECT u.email, w.name FROM memberships m JOIN users u ON u.id = m.user_id JOIN workspaces w ON w.id = m.workspace_id
WHERE m.workspace_id = $1 AND m.role = 'OWNER' AND u.disabled_at IS NULL ORDER BY m.created_at, u.id";
    for row in tx.conn().query_all_raw(sql(text, [workspace.into()])).await? {
        let content = MailContent::WebhookDisabled {
            workspace: row.try_get("", "name")?,
            url: sent.url.clone(),
            reason,
            last: last.clone(),
        };
        let email: String = row.try_get("", "email")?;
        tx.enqueue(outbox::MAIL, Mail::new(email, content).payload());
    }
    Ok(Verdict::Disabled(reason))
}

/// Text from outside as it can be stored and shown: PostgreSQL takes no NUL.
fn clean(text: &str, most: usize) -> String {
    text.chars()
        .map(|c| if c == '\0' { '\u{fffd}' } else { c })
        .take(most)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_ends_after_a_day_and_waits_are_a_fifth_less_at_most() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let mut total = TimeDelta::zero();
        for (place, ceiling) in SCHEDULE.iter().enumerate() {
            let number = i32::try_from(place).expect("small") + 1;
            for seed in 0..50 {
                let wait = again(number, now, &Random::seeded(seed)).expect("another attempt") - now;
                assert!(wait <= *ceiling && wait >= *ceiling * 4 / 5, "{number}: {wait}");
            }
            total += *ceiling;
        }
        assert!(total > TimeDelta::hours(24) && total < TimeDelta::hours(30));
        assert_eq!(again(8, now, &Random::seeded(1)), None);
        let (one, two) = (
            again(7, now, &Random::seeded(1)),
            again(7, now, &Random::seeded(2)),
        );
        assert_ne!(one, two);
    }
}
