//! Pasted texts.

use async_graphql::{Context, ID, Object, Result, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{DomainError, Page, Paged, WorkspaceTx, document};
use smartstack_schema::ProjectId;

use super::{
    connection::{List, connection},
    project::Project,
    user::User,
};
use crate::graphql::{
    loader::{ProjectKey, UserKey},
    node,
};

/// A text somebody pasted.
pub struct Document(pub document::Document);

/// A text somebody pasted, kept word for word: quotes point into it.
#[Object]
impl Document {
    /// Unique over everything; begins with `doc_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The text.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The language it is written in, as an ISO 639-1 code; null while nobody has looked or where it is unclear.
    async fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// How many words it has.
    async fn word_count(&self) -> i32 {
        self.0.word_count
    }

    /// The project it was pasted into.
    async fn project(&self, ctx: &Context<'_>) -> Result<Project> {
        Ok(
            node::load_required(ctx, ProjectKey(self.0.workspace_id, self.0.project_id))
                .await?
                .into(),
        )
    }

    /// Who pasted it; null where they are no longer a member.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.0.created_by else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.0.workspace_id, id)).await?.map(User))
    }

    /// When it was pasted.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Counts its changes, from 1.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A project's documents.
pub struct DocumentList {
    /// The project.
    pub project: ProjectId,
    /// Which part.
    pub page: Page,
}

#[async_trait]
impl List for DocumentList {
    type Node = document::Document;

    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<document::Document>, DomainError> {
        document::list(tx, self.project, &self.page).await
    }

    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError> {
        document::count(tx, self.project).await
    }
}

connection!(DocumentConnection, DocumentEdge, Document => Document, document::Document, "documents");
