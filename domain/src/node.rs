//! Anything by its id, as `node(id)` and the change log ask for it.

use std::collections::HashMap;

use smartstack_schema::AnyId;

use crate::{
    client::{self, Client},
    db::WorkspaceTx,
    document::{self, Document},
    error::DomainError,
    job::{self, Job},
    project::{self, Project},
    project_note::{self, ProjectNote},
    share_link::{self, ShareLink},
    suggestion::{self, Suggestion, SuggestionItem},
    task::{self, Task},
    webhook::{self, Delivery, Endpoint},
    workspace::{self, Person, Workspace},
};

/// Something with an id of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant carries the noun it is named after")]
pub enum Node {
    Workspace(Workspace),
    User(Person),
    Client(Client),
    Project(Project),
    Task(Task),
    ProjectNote(ProjectNote),
    Document(Document),
    Job(Job),
    Suggestion(Suggestion),
    SuggestionItem(SuggestionItem),
    ShareLink(ShareLink),
    WebhookEndpoint(Endpoint),
    WebhookDelivery(Delivery),
}

/// One thing.
///
/// # Errors
/// [`DomainError::NotFound`].
pub async fn get(tx: &WorkspaceTx, id: AnyId) -> Result<Node, DomainError> {
    by_ids(tx, &[id]).await?.remove(&id).ok_or(DomainError::NotFound)
}

/// The things among `ids` that there are, in one or two statements for each kind among them.
///
/// # Errors
/// Store errors alone.
pub async fn by_ids(tx: &WorkspaceTx, ids: &[AnyId]) -> Result<HashMap<AnyId, Node>, DomainError> {
    let mut found = HashMap::with_capacity(ids.len());
    macro_rules! look_up {
        ($id:ident, $node:ident, $by_ids:path) => {
            let wanted: Vec<_> = ids
                .iter()
                .filter_map(|id| {
                    if let AnyId::$id(id) = id {
                        Some(*id)
                    } else {
                        None
                    }
                })
                .collect();
            if !wanted.is_empty() {
                let nodes = $by_ids(tx, &wanted).await?.into_iter();
                found.extend(nodes.map(|(id, node)| (AnyId::$id(id), Node::$node(node))));
            }
        };
    }
    look_up!(UserId, User, workspace::people_by_ids);
    look_up!(ClientId, Client, client::by_ids);
    look_up!(ProjectId, Project, project::by_ids);
    look_up!(TaskId, Task, task::by_ids);
    look_up!(ProjectNoteId, ProjectNote, project_note::by_ids);
    look_up!(DocumentId, Document, document::by_ids);
    look_up!(JobId, Job, job::by_ids);
    look_up!(SuggestionId, Suggestion, suggestion::by_ids);
    look_up!(SuggestionItemId, SuggestionItem, suggestion::items_by_ids);
    look_up!(ShareLinkId, ShareLink, share_link::by_ids);
    look_up!(WebhookEndpointId, WebhookEndpoint, webhook::endpoints_by_ids);
    look_up!(WebhookDeliveryId, WebhookDelivery, webhook::deliveries_by_ids);
    let own = AnyId::WorkspaceId(tx.workspace_id());
    if ids.contains(&own) {
        match workspace::get(tx).await {
            Ok(workspace) => drop(found.insert(own, Node::Workspace(workspace))),
            Err(DomainError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}
