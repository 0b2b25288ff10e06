//! Hears of commits, its own process's and others', and wakes those who wait for them.
//!
//! A signal says only *look again*: readers read the log at their own pace, so a slow reader costs a
//! number in memory, and a signal too many or too few changes nothing about what is read. One
//! connection listens for the whole process. Where a notification is lost (a process died before it
//! could send it, the listening connection broke), a look at the sequences each second makes up for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use sea_orm::ConnectionTrait;
use sea_orm::sqlx::postgres::{PgListener, PgNotification};
use serde_json::json;
use smartstack_schema::WorkspaceId;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::{Change, MAX_BATCH, after, head, reaches_back_to};
use crate::db::{CHANGES_CHANNEL, Db, OUTBOX_CHANNEL, SESSIONS_CHANNEL, TenantScope, sql};
use crate::error::{DomainError, FieldError, StoreError};

/// How often the sequences are looked at in case a notification was lost.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// How long to wait before listening again after the connection broke.
const RECONNECT_WAIT: Duration = Duration::from_millis(250);
/// Session endings kept for a receiver that is slow to take them; beyond, it hears [`broadcast`]'s
/// `Lagged` and has to check its sessions itself.
const SESSION_BUFFER: usize = 256;

/// What became of sessions, tokens and people's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionSignal {
    /// The session or token of this id has ended, or the person's rights have changed: look at what
    /// belongs to it.
    Ended(Uuid),
    /// Endings may have been missed: check every open session.
    CheckAll,
}

/// Wakes a reader of one workspace.
#[derive(Debug, Clone)]
pub struct ChangeSignal(watch::Receiver<Seen>);

impl ChangeSignal {
    /// Waits until there may be changes that were not there when this signal was made or last woke.
    /// Returns `false` when the feed has been shut down.
    pub async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

/// What is known of a workspace's sequence.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    seq: i64,
}

/// The feed of a process. Cheap to clone; the listening task ends with the last clone.
#[derive(Clone)]
pub struct ChangeFeed(Arc<Shared>);

struct Shared {
    db: Db,
    workspaces: Mutex<HashMap<WorkspaceId, watch::Sender<Seen>>>,
    sessions: broadcast::Sender<SessionSignal>,
    outbox: Arc<Notify>,
}

impl ChangeFeed {
    /// Starts to listen. While the database cannot be reached it tries again, for ever.
    pub fn start(db: &Db) -> Self {
        let shared = Arc::new(Shared {
            db: db.clone(),
            workspaces: Mutex::default(),
            sessions: broadcast::channel(SESSION_BUFFER).0,
            outbox: Arc::default(),
        });
        tokio::spawn(listen(Arc::downgrade(&shared)));
        Self(shared)
    }

    /// Wakes at changes of a workspace from now on. Make the signal first, then read the log, then
    /// wait: what is committed in between wakes it.
    pub fn workspace(&self, workspace: WorkspaceId) -> ChangeSignal {
        let mut workspaces = self.0.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = workspaces
            .entry(workspace)
            .or_insert_with(|| watch::channel(Seen::default()).0);
        ChangeSignal(sender.subscribe())
    }

    /// Hears of sessions that end.
    pub fn sessions(&self) -> broadcast::Receiver<SessionSignal> {
        self.0.sessions.subscribe()
    }

    /// Is notified when the outbox may have unsent messages; meant for one waiter, the relay. Look once
    /// in a while all the same.
    pub fn outbox(&self) -> Arc<Notify> {
        self.0.outbox.clone()
    }

    /// Follows a workspace's changes after number `seq`, or from now on.
    ///
    /// # Errors
    /// A validation error when `seq` is beyond the log (a cursor of another installation, or of before
    /// a restored backup) or older than it; store errors.
    pub async fn follow(&self, scope: &TenantScope, seq: Option<i64>) -> Result<ChangeReader, DomainError> {
        let signal = self.workspace(scope.workspace_id());
        let read = self.0.db.read(scope, move |tx| {
            Box::pin(async move {
                let head = head(tx).await?;
                let seq = seq.unwrap_or(head);
                let known = (0..=head).contains(&seq);
                Ok((seq, known, known && reaches_back_to(tx, seq).await?))
            })
        });
        let (seq, known, replayable) = read.await?;
        if !replayable {
            let message = match known {
                false => {
                    "This cursor is not one of this workspace's change log. Read again, and take changeCursor."
                }
                true => {
                    "This cursor is older than the change log, which goes back 30 days. Read again, and take \
                     changeCursor."
                }
            };
            return Err(FieldError::new(smartstack_schema::UserErrorCode::Invalid, "after", message).into());
        }
        Ok(ChangeReader {
            db: self.0.db.clone(),
            scope: scope.clone(),
            signal,
            seq,
        })
    }
}

/// Reads a workspace's log to its end, then waits for more: without gap or duplicate, whatever
/// happens to notifications.
#[derive(Debug)]
pub struct ChangeReader {
    db: Db,
    scope: TenantScope,
    signal: ChangeSignal,
    seq: i64,
}

impl ChangeReader {
    /// The number of the last change that was handed out.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// The next changes, at least one; waits for them. Cancelling it loses nothing: the next call
    /// starts from the same number. `None` when the feed has been shut down.
    ///
    /// # Errors
    /// Store errors; calling again is fine.
    pub async fn next(&mut self) -> Result<Option<Vec<Change>>, DomainError> {
        loop {
            // Noted before reading: a commit after it wakes `changed` at once.
            self.signal.0.borrow_and_update();
            let seq = self.seq;
            let work = self.db.read(&self.scope, move |tx| {
                Box::pin(async move { after(tx, seq, MAX_BATCH).await })
            });
            // Boxed, so that who waits for the next change does not keep room for reading.
            let changes = Box::pin(work).await?;
            if let Some(last) = changes.last() {
                self.seq = last.seq;
                return Ok(Some(changes));
            }
            if !self.signal.changed().await {
                return Ok(None);
            }
        }
    }
}

impl Shared {
    /// Wakes the readers of a workspace.
    fn wake(&self, workspace: WorkspaceId) {
        let workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = workspaces.get(&workspace) {
            sender.send_modify(|_| {});
        }
    }

    /// Wakes everyone: something may have been missed.
    fn wake_all(&self) {
        let workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in workspaces.values() {
            sender.send_modify(|_| {});
        }
        drop(workspaces);
        self.db.rights.changed();
        // Nobody listens: nobody needs to check.
        let _ = self.sessions.send(SessionSignal::CheckAll);
        self.outbox.notify_one();
    }

    fn hear(&self, notification: &PgNotification) {
        let ids = || {
            notification
                .payload()
                .split(',')
                .filter_map(|id| id.parse::<Uuid>().ok())
        };
        match notification.channel() {
            CHANGES_CHANNEL => ids().for_each(|id| self.wake(id.into())),
            SESSIONS_CHANNEL => {
                self.db.rights.changed();
                ids().for_each(|id| {
                    let _ = self.sessions.send(SessionSignal::Ended(id));
                });
            }
            OUTBOX_CHANNEL => self.outbox.notify_one(),
            _ => {}
        }
    }

    /// Forgets workspaces nobody waits for, and wakes the readers of those whose sequence moved.
    async fn look(&self) -> Result<(), DomainError> {
        let watched: Vec<Uuid> = {
            let mut workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
            workspaces.retain(|_, sender| sender.receiver_count() > 0);
            workspaces.keys().map(|id| id.uuid()).collect()
        };
        if watched.is_empty() {
            return Ok(());
        }
        let text = "\
SELECT workspace_id, seq FROM change_sequences
WHERE workspace_id IN (SELECT value::uuid FROM jsonb_array_elements_text($1))";
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                Ok(tx
                    .conn()
                    .query_all_raw(sql(text, [json!(watched).into()]))
                    .await?)
            })
        });
        for row in work.await? {
            let (workspace, seq): (Uuid, i64) = (row.try_get("", "workspace_id")?, row.try_get("", "seq")?);
            let workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(sender) = workspaces.get(&WorkspaceId(workspace)) {
                sender.send_if_modified(|seen| std::mem::replace(&mut seen.seq, seq) != seq);
            }
        }
        Ok(())
    }
}

/// The one listening task: notifications as they come, a look at the sequences each second, also while
/// the connection is down.
async fn listen(shared: Weak<Shared>) {
    let mut look = tokio::time::interval(LOOK_INTERVAL);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut listener: Option<PgListener> = None;
    loop {
        let Some(strong) = shared.upgrade().filter(|shared| !shared.db.pool.is_closed()) else {
            return;
        };
        if listener.is_none() {
            match connect(&strong.db).await {
                Ok(connected) => {
                    listener = Some(connected);
                    // Whatever was said while nobody listened.
                    strong.wake_all();
                }
                Err(error) => tracing::warn!(%error, "cannot listen for changes; trying again"),
            }
        }
        // Not held while waiting, so that the feed ends with its last user.
        drop(strong);
        let heard = async {
            match listener.as_mut() {
                // `None`: the connection broke.
                Some(listener) => listener.try_recv().await,
                None => {
                    tokio::time::sleep(RECONNECT_WAIT).await;
                    Ok(None)
                }
            }
        };
        tokio::select! {
            heard = heard => match heard {
                Ok(Some(notification)) => {
                    if let Some(shared) = shared.upgrade() {
                        shared.hear(&notification);
                    }
                }
                Ok(None) => listener = None,
                Err(error) => {
                    tracing::warn!(%error, "the listening connection broke");
                    listener = None;
                }
            },
            _ = look.tick() => {
                let Some(shared) = shared.upgrade() else { return };
                if let Err(error) = shared.look().await {
                    tracing::warn!(%error, "cannot look at the change sequences; trying again");
                }
            }
        }
    }
}

async fn connect(db: &Db) -> Result<PgListener, StoreError> {
    let mut listener = PgListener::connect_with(&db.pool).await?;
    // Reconnecting is ours: what was missed meanwhile has to be looked for.
    listener.eager_reconnect(false);
    listener
        .listen_all([CHANGES_CHANNEL, SESSIONS_CHANNEL, OUTBOX_CHANNEL])
        .await?;
    Ok(listener)
}
