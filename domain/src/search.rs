//! Search over what a workspace holds: clients, projects, tasks and documents.

use smartstack_schema::{ClientId, DocumentId, NodeKind, ProjectId, TaskId};
use uuid::Uuid;

use crate::{db::WorkspaceTx, error::DomainError, list, store};

/// Most hits of one search.
pub const MOST: u16 = 50;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A client, by its name.
    Client(ClientId),
    /// A project, by its name.
    Project(ProjectId),
    /// A task, by its title.
    Task(TaskId),
    /// A document, by its title or its text.
    Document(DocumentId),
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What.
    pub found: Found,
    /// The words around what was looked for, where they stand in a document's text.
    pub excerpt: Option<String>,
}

/// What holds a text, most alike first; nothing for no text. What is deleted is not found.
///
/// # Errors
/// Store errors alone.
pub async fn search(tx: &WorkspaceTx, text: &str, most: u16) -> Result<Vec<Hit>, DomainError> {
    let Some(text) = list::search(Some(text)) else {
        return Ok(Vec::new());
    };
    let most = i32::from(most.min(MOST));
    let rows = store::query(
        tx,
        "SELECT kind, id, excerpt FROM search_workspace($1, $2)",
        [text.into(), most.into()],
    )
    .await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get("", "kind")?;
            let id: Uuid = row.try_get("", "id")?;
            let found = match NodeKind::parse(&kind) {
                Some(NodeKind::Client) => Found::Client(id.into()),
                Some(NodeKind::Project) => Found::Project(id.into()),
                Some(NodeKind::Task) => Found::Task(id.into()),
                Some(NodeKind::Document) => Found::Document(id.into()),
                _ => return Err(store::fault("a search found what is not searched")),
            };
            Ok(Hit {
                found,
                excerpt: row.try_get("", "excerpt")?,
            })
        })
        .collect()
}
