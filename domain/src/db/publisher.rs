//! Tells other processes what was committed, in few NOTIFYs.
//!
//! A NOTIFY inside a business transaction takes a lock that lets one commit at a time through, and
//! halved the throughput when measured. So commits only leave a note in memory, and one task sends
//! the notes of about 25 ms together. A note that is lost with its process is made up for by the
//! listeners' own look at the log once a second.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::sqlx::{self, PgPool};
use smartstack_schema::WorkspaceId;
use tokio::sync::Notify;
use uuid::Uuid;

/// Workspaces with new changes: UUIDs separated by commas.
pub(crate) const CHANGES_CHANNEL: &str = "smartstack_changes";
/// Sessions and tokens that have ended, and people whose rights have changed: UUIDs separated by commas.
pub(crate) const SESSIONS_CHANNEL: &str = "smartstack_sessions";
/// The outbox has unsent messages; no payload.
pub(crate) const OUTBOX_CHANNEL: &str = "smartstack_outbox";

/// How long notes are gathered before they are sent: far below what a person notices.
const GATHER_TIME: Duration = Duration::from_millis(25);
/// PostgreSQL takes payloads below 8000 bytes; 200 UUIDs with commas are 7399.
const IDS_PER_NOTIFY: usize = 200;

pub(crate) struct Publisher {
    pool: PgPool,
    pending: Mutex<Pending>,
    wake: Arc<Notify>,
}

#[derive(Default)]
struct Pending {
    workspaces: HashSet<WorkspaceId>,
    sessions: BTreeSet<Uuid>,
    outbox: bool,
}

impl Publisher {
    /// Starts the sending task, which ends when the last [`Db`](super::Db) is gone.
    pub(super) fn start(pool: PgPool) -> Arc<Self> {
        let wake = Arc::new(Notify::new());
        let publisher = Arc::new(Self {
            pool,
            pending: Mutex::default(),
            wake: wake.clone(),
        });
        let weak = Arc::downgrade(&publisher);
        tokio::spawn(async move {
            loop {
                wake.notified().await;
                tokio::time::sleep(GATHER_TIME).await;
                let Some(publisher) = weak.upgrade() else { return };
                publisher.flush().await;
            }
        });
        publisher
    }

    fn note(&self, change: impl FnOnce(&mut Pending)) {
        change(&mut self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        self.wake.notify_one();
    }

    pub(crate) fn changed(&self, workspace: WorkspaceId) {
        self.note(|pending| {
            pending.workspaces.insert(workspace);
        });
    }

    /// A session or token has ended, or a person's rights have changed.
    pub(crate) fn access_changed(&self, id: Uuid) {
        self.note(|pending| {
            pending.sessions.insert(id);
        });
    }

    pub(crate) fn outbox(&self) {
        self.note(|pending| pending.outbox = true);
    }

    /// Sends one notification; a second time where the connection turns out to be closed.
    async fn send(&self, channel: &str, payload: &str) -> sqlx::Result<()> {
        let send = || {
            sqlx::query("SELECT pg_notify($1, $2)")
                .bind(channel)
                .bind(payload)
                .execute(&self.pool)
        };
        match send().await {
            Err(sqlx::Error::Io(_)) => send().await.map(drop),
            done => done.map(drop),
        }
    }

    /// Sends what is pending. What cannot be sent is dropped: the listeners' fallback finds it.
    pub(crate) async fn flush(&self) {
        let pending = std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        let mut notes = Vec::new();
        notes.extend(
            payloads(pending.workspaces.into_iter().map(Into::into)).map(|ids| (CHANGES_CHANNEL, ids)),
        );
        notes.extend(payloads(pending.sessions.into_iter()).map(|ids| (SESSIONS_CHANNEL, ids)));
        if pending.outbox {
            notes.push((OUTBOX_CHANNEL, String::new()));
        }
        for (channel, payload) in notes {
            if let Err(error) = self.send(channel, &payload).await {
                tracing::warn!(%error, channel, "could not notify; listeners will find it in the log");
                return;
            }
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // Lets the sending task notice that there is nobody left to send for.
        self.wake.notify_one();
    }
}

fn payloads(ids: impl Iterator<Item = Uuid>) -> impl Iterator<Item = String> {
    let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
    let chunks: Vec<_> = ids.chunks(IDS_PER_NOTIFY).map(|chunk| chunk.join(",")).collect();
    chunks.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_fit_into_a_notification() {
        let all: Vec<_> = payloads((0..401).map(Uuid::from_u128)).collect();
        assert_eq!(all.len(), 3);
        assert!(all.iter().all(|payload| payload.len() < 8000));
    }
}
