//! What a search finds.

use async_graphql::{Context, Result, SimpleObject};
use smartstack_domain::search::{Found, Hit};
use smartstack_schema::WorkspaceId;

use super::{client::Client, document::Document, node::Node, project::Project, task::Task};
use crate::graphql::{
    loader::{ClientKey, DocumentKey, ProjectKey, TaskKey},
    node,
};

/// Something that was found.
#[derive(SimpleObject)]
pub struct SearchHit {
    /// The client, project, task or document.
    pub node: Node,
    /// The words around what was looked for, where they stand in a document's text.
    pub excerpt: Option<String>,
}

impl SearchHit {
    /// With the thing itself, read together with the other hits'.
    ///
    /// # Errors
    /// Faults of the store.
    pub async fn load(ctx: &Context<'_>, ws: WorkspaceId, hit: Hit) -> Result<Option<Self>> {
        let node = match hit.found {
            Found::Client(id) => node::load(ctx, ClientKey(ws, id))
                .await?
                .map(|one| Node::Client(Client(one))),
            Found::Project(id) => node::load(ctx, ProjectKey(ws, id))
                .await?
                .map(|one| Node::Project(Project::from(one))),
            Found::Task(id) => node::load(ctx, TaskKey(ws, id))
                .await?
                .map(|one| Node::Task(Task(one))),
            Found::Document(id) => node::load(ctx, DocumentKey(ws, id))
                .await?
                .map(|one| Node::Document(Document(one))),
        };
        let excerpt = hit.excerpt;
        Ok(node.map(|node| Self { node, excerpt }))
    }
}
