//! Reads in batches: what many resolvers want at the same time becomes one
//! statement. Nothing is kept between batches, so what a mutation changed is
//! never read from before it.
//!
//! A batch starts when its operation can go no further without it: [`Loaders::drive`]
//! polls the operation, and where that waits, everything asked for in this poll is
//! read. So no time is spent on waiting for more, and the number of statements
//! never depends on timing.
//!
//! To load one more kind of thing: add a line to `batches!`.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    future::{Future, poll_fn},
    hash::Hash,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context as TaskContext, Poll, Wake, Waker},
};

use futures_util::{Stream, task::AtomicWaker};
use smartstack_domain::{
    DomainError, WorkspaceTx, client, document, job, project, project_note, share_link, suggestion, task,
    webhook, workspace,
};
use smartstack_schema::{
    ClientId, DocumentId, JobId, ProjectId, ProjectNoteId, ShareLinkId, SuggestionId, SuggestionItemId,
    TaskId, TaskVersionId, UserId, WebhookDeliveryId, WebhookEndpointId, WorkspaceId,
};
use tokio::sync::oneshot;
use tracing::Instrument;

use super::context::Reader;

/// What a key loads.
pub trait Key: Copy + Eq + Hash + Send + Sync + 'static {
    /// The thing.
    type Value: Clone + Send + 'static;

    /// Reads the things of many keys; a key of nothing is left out.
    fn load(
        reader: &Reader,
        keys: &[Self],
    ) -> impl Future<Output = Result<HashMap<Self, Self::Value>, Arc<DomainError>>> + Send;
}

type Found<K> = Result<Option<<K as Key>::Value>, Arc<DomainError>>;

/// Who waits for what, of one kind.
struct Waiting<K: Key>(HashMap<K, Vec<oneshot::Sender<Found<K>>>>);

/// A kind of batch, whichever its key.
trait Batch: Send {
    fn as_any(&mut self) -> &mut dyn Any;
    fn read(self: Box<Self>, reader: Arc<Reader>) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

impl<K: Key> Batch for Waiting<K> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn read(self: Box<Self>, reader: Arc<Reader>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            let keys: Vec<K> = self.0.keys().copied().collect();
            let mut found = K::load(&reader, &keys).await;
            for (key, waiting) in self.0 {
                let answer = found
                    .as_mut()
                    .map(|found| found.remove(&key))
                    .map_err(|error| Arc::clone(error));
                for one in waiting {
                    // Who has gone away wants no answer.
                    let _ = one.send(answer.clone());
                }
            }
        })
    }
}

/// Batches of reads for one operation.
pub struct Loaders {
    reader: Arc<Reader>,
    pending: Mutex<HashMap<TypeId, Box<dyn Batch>>>,
    /// Whether somebody starts batches when the operation waits.
    driven: AtomicBool,
}

impl Loaders {
    /// The loaders of one operation.
    pub fn new(reader: &Arc<Reader>) -> Arc<Self> {
        Arc::new(Self {
            reader: Arc::clone(reader),
            pending: Mutex::default(),
            driven: AtomicBool::new(false),
        })
    }

    /// Loads a thing, together with what else is wanted at this time.
    ///
    /// # Errors
    /// The batch's.
    pub async fn load_one<K: Key>(&self, key: K) -> Found<K> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            let batch = pending
                .entry(TypeId::of::<K>())
                .or_insert_with(|| Box::new(Waiting::<K>(HashMap::new())));
            if let Some(waiting) = batch.as_any().downcast_mut::<Waiting<K>>() {
                waiting.0.entry(key).or_default().push(sender);
            }
        }
        if !self.driven.load(Ordering::Relaxed) {
            self.start();
        }
        // The reading task is only lost when it panics, which is a fault of its own.
        receiver
            .await
            .unwrap_or_else(|_| Err(Arc::new(DomainError::NotFound)))
    }

    /// Starts to read everything that was asked for.
    fn start(&self) {
        let batches = std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        for batch in batches.into_values() {
            tokio::spawn(batch.read(Arc::clone(&self.reader)).in_current_span());
        }
    }

    /// Runs an operation, reading in batches what it waits for.
    pub async fn drive<T>(&self, operation: impl Future<Output = T>) -> T {
        self.driven.store(true, Ordering::Relaxed);
        let mut operation = pin!(operation);
        let pause = Pause::new();
        poll_fn(|cx| {
            let (polled, waits) = pause.poll(cx, |cx| operation.as_mut().poll(cx));
            if waits {
                self.start();
            }
            polled
        })
        .await
    }

    /// As [`drive`](Self::drive), for the events of a subscription.
    pub fn drive_stream<S: Stream>(
        self: Arc<Self>,
        events: S,
    ) -> impl Stream<Item = S::Item> + Unpin + use<S> {
        self.driven.store(true, Ordering::Relaxed);
        let mut events = Box::pin(events);
        let pause = Pause::new();
        futures_util::stream::poll_fn(move |cx| {
            let (polled, waits) = pause.poll(cx, |cx| events.as_mut().poll_next(cx));
            if waits {
                self.start();
            }
            polled
        })
    }
}

/// Tells waiting from pausing. A poll may come to nothing although there is more to do: futures that
/// hold many others, and tokio's own, stop after a while and ask to be polled again at once. A batch that
/// started then would hold a few of the keys only.
struct Pause(Arc<Woken>);

struct Woken {
    woken: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.task.wake();
    }
}

impl Pause {
    fn new() -> Self {
        Self(Arc::new(Woken {
            woken: AtomicBool::new(false),
            task: AtomicWaker::new(),
        }))
    }

    /// Polls, and says whether nothing more can happen before somebody else does something. Who was woken
    /// meanwhile is polled again and asked then.
    fn poll<T>(
        &self,
        cx: &mut TaskContext<'_>,
        poll: impl FnOnce(&mut TaskContext<'_>) -> Poll<T>,
    ) -> (Poll<T>, bool) {
        self.0.task.register(cx.waker());
        self.0.woken.store(false, Ordering::SeqCst);
        let waker = Waker::from(Arc::clone(&self.0));
        let polled = poll(&mut TaskContext::from_waker(&waker));
        let waits = polled.is_pending() && !self.0.woken.load(Ordering::SeqCst);
        (polled, waits)
    }
}

/// A project that came together with its client, in one statement: who asks
/// for a task's project mostly wants to know for whom it is.
#[derive(Debug, Clone)]
pub struct ProjectWithClient {
    /// The project.
    pub project: project::Project,
    /// For whom it is.
    pub client: Option<client::Client>,
}

impl From<ProjectWithClient> for project::Project {
    fn from(found: ProjectWithClient) -> Self {
        found.project
    }
}

async fn projects_by_ids(
    tx: &WorkspaceTx,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, ProjectWithClient>, DomainError> {
    let found = project::with_clients(tx, ids).await?;
    Ok(found
        .into_iter()
        .map(|(id, (project, client))| (id, ProjectWithClient { project, client }))
        .collect())
}

/// A suggestion's item with the workspace it lies in, where its relations are
/// to be looked for.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The item.
    pub item: suggestion::SuggestionItem,
}

impl Placed {
    /// An item in the transaction's workspace.
    pub fn new(tx: &WorkspaceTx, item: suggestion::SuggestionItem) -> Self {
        Self {
            workspace_id: tx.workspace_id(),
            item,
        }
    }
}

async fn items_by_ids(
    tx: &WorkspaceTx,
    ids: &[SuggestionItemId],
) -> Result<HashMap<SuggestionItemId, Placed>, DomainError> {
    let items = suggestion::items_by_ids(tx, ids).await?;
    Ok(items
        .into_iter()
        .map(|(id, item)| (id, Placed::new(tx, item)))
        .collect())
}

async fn items_of(
    tx: &WorkspaceTx,
    ids: &[SuggestionId],
) -> Result<HashMap<SuggestionId, Vec<Placed>>, DomainError> {
    let items = suggestion::items_by_suggestion_ids(tx, ids).await?;
    let place = |items: Vec<_>| items.into_iter().map(|item| Placed::new(tx, item)).collect();
    Ok(items.into_iter().map(|(id, items)| (id, place(items))).collect())
}

macro_rules! batches {
    ($($(#[$doc:meta])* $key:ident($id:ty) -> $value:ty = $load:path;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub struct $key(
                /// The workspace it is looked for in.
                pub WorkspaceId,
                /// What is looked for.
                pub $id,
            );

            impl Key for $key {
                type Value = $value;

                async fn load(
                    reader: &Reader,
                    keys: &[Self],
                ) -> Result<HashMap<Self, $value>, Arc<DomainError>> {
                    let mut by_workspace: HashMap<WorkspaceId, Vec<$id>> = HashMap::new();
                    for key in keys {
                        by_workspace.entry(key.0).or_default().push(key.1);
                    }
                    let mut found = HashMap::with_capacity(keys.len());
                    for (workspace, ids) in by_workspace {
                        let tx = reader.workspace(workspace).await?;
                        let values = $load(&tx, &ids).await?;
                        found.extend(values.into_iter().map(|(id, value)| ($key(workspace, id), value)));
                    }
                    Ok(found)
                }
            }
        )+
    };
}

batches! {
    /// A client by its id.
    ClientKey(ClientId) -> client::Client = client::by_ids;
    /// How many projects a client has.
    ClientCountsKey(ClientId) -> client::ClientProjectCounts = client::project_counts;
    /// A project by its id.
    ProjectKey(ProjectId) -> ProjectWithClient = projects_by_ids;
    /// How far a project is.
    ProgressKey(ProjectId) -> project::ProjectProgress = project::progress;
    /// The notes of a project.
    ProjectNotesKey(ProjectId) -> Vec<project_note::ProjectNote> = project_note::by_project_ids;
    /// A note by its id.
    ProjectNoteKey(ProjectNoteId) -> project_note::ProjectNote = project_note::by_ids;
    /// A task by its id.
    TaskKey(TaskId) -> task::Task = task::by_ids;
    /// A task's version by its id.
    TaskVersionKey(TaskVersionId) -> task::TaskVersion = task::versions_by_ids;
    /// How many subtasks a task has.
    SubtaskCountsKey(TaskId) -> task::SubtaskCounts = task::subtask_counts;
    /// A document by its id.
    DocumentKey(DocumentId) -> document::Document = document::by_ids;
    /// A job by its id.
    JobKey(JobId) -> job::Job = job::by_ids;
    /// The suggestion a job made.
    JobSuggestionKey(JobId) -> suggestion::Suggestion = suggestion::by_job_ids;
    /// A suggestion by its id.
    SuggestionKey(SuggestionId) -> suggestion::Suggestion = suggestion::by_ids;
    /// The items of a suggestion.
    SuggestionItemsKey(SuggestionId) -> Vec<Placed> = items_of;
    /// How many items of a suggestion are open, accepted, rejected.
    ItemCountsKey(SuggestionId) -> suggestion::ItemCounts = suggestion::item_counts;
    /// A suggestion's item by its id.
    SuggestionItemKey(SuggestionItemId) -> Placed = items_by_ids;
    /// A shared link by its id.
    ShareLinkKey(ShareLinkId) -> share_link::ShareLink = share_link::by_ids;
    /// A webhook by its id.
    WebhookEndpointKey(WebhookEndpointId) -> webhook::Endpoint = webhook::endpoints_by_ids;
    /// A message to a webhook by its id.
    WebhookDeliveryKey(WebhookDeliveryId) -> webhook::Delivery = webhook::deliveries_by_ids;
    /// What became of each attempt to deliver a message.
    WebhookAttemptsKey(WebhookDeliveryId) -> Vec<webhook::Attempt> = webhook::attempts;
    /// A person of the workspace by their id.
    UserKey(UserId) -> workspace::Person = workspace::people_by_ids;
}
