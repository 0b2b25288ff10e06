//! Reads in batches: what many resolvers want at the same time becomes one
//! statement. Nothing is kept between batches, so what a mutation changed is
//! never read from before it.
//!
//! To load one more kind of thing: add a line to `batches!`.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::{DataLoader, Loader};
use smartstack_domain::{
    DomainError, WorkspaceTx, client, document, job, project, project_note, share_link, suggestion, task,
    workspace,
};
use smartstack_schema::{
    ClientId, DocumentId, JobId, ProjectId, ProjectNoteId, ShareLinkId, SuggestionId, SuggestionItemId,
    TaskId, UserId, WorkspaceId,
};

use super::context::Reader;

/// Batches of reads for one operation.
pub type Loaders = DataLoader<Batch>;

/// What is loaded through.
pub struct Batch {
    reader: Arc<Reader>,
}

/// The loaders of one operation.
pub fn new(reader: &Arc<Reader>) -> Loaders {
    DataLoader::new(
        Batch {
            reader: Arc::clone(reader),
        },
        tokio::spawn,
    )
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

            impl Loader<$key> for Batch {
                type Value = $value;
                type Error = Arc<DomainError>;

                async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, $value>, Arc<DomainError>> {
                    let mut by_workspace: HashMap<WorkspaceId, Vec<$id>> = HashMap::new();
                    for key in keys {
                        by_workspace.entry(key.0).or_default().push(key.1);
                    }
                    let mut found = HashMap::with_capacity(keys.len());
                    for (workspace, ids) in by_workspace {
                        let tx = self.reader.workspace(workspace).await?;
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
    /// A person of the workspace by their id.
    UserKey(UserId) -> workspace::Person = workspace::people_by_ids;
}
