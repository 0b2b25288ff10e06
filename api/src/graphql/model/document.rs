//! Pasted texts and uploaded files.

use async_graphql::{Context, ID, Object, Result, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{DomainError, Page, Paged, WorkspaceTx, document};
use smartstack_schema::ProjectId;

use super::{
    connection::{List, connection},
    enums::{DocumentKind, DocumentState, UnreadableReason},
    project::Project,
    user::User,
};
use crate::graphql::{
    loader::{ProjectKey, UserKey},
    node,
};

/// A text somebody pasted, or a file somebody uploaded.
pub struct Document(pub document::Document);

/// A text somebody pasted, or that was read out of a file somebody uploaded. It is kept word for word: quotes
/// point into it.
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

    /// Whether it was pasted or uploaded.
    async fn kind(&self) -> DocumentKind {
        self.0.kind.into()
    }

    /// Whether its text is there.
    async fn state(&self) -> DocumentState {
        self.0.state.into()
    }

    /// Why there is no text to be had from its file; null unless it is UNREADABLE.
    async fn reason(&self) -> Option<UnreadableReason> {
        self.0.unreadable_reason.map(Into::into)
    }

    /// Said to a person: why there is no text, and what can be done.
    async fn reason_message(&self) -> Option<&str> {
        self.0.reason_message()
    }

    /// What the uploaded file is called; null for a pasted text.
    async fn file_name(&self) -> Option<&str> {
        self.0.file.as_ref().map(|file| file.name.as_str())
    }

    /// The media type of the uploaded file, found by what it holds.
    async fn media_type(&self) -> Option<&str> {
        self.0.file.as_ref().map(|file| file.media_type.as_str())
    }

    /// The size of the uploaded file in bytes; at most 10 MiB.
    async fn size(&self) -> Option<i32> {
        self.0.file.as_ref().map(|file| file.bytes)
    }

    /// Where the uploaded file is to be had, as a path on this server; null for a pasted text, and while the
    /// document is deleted.
    async fn download_path(&self) -> Option<String> {
        let there = self.0.file.is_some() && self.0.deleted_at.is_none();
        there.then(|| {
            format!(
                "/api/v1/workspaces/{}/documents/{}/file",
                self.0.workspace_id, self.0.id
            )
        })
    }

    /// The text; empty unless it is READY.
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

    /// The project it belongs to.
    async fn project(&self, ctx: &Context<'_>) -> Result<Project> {
        Ok(
            node::load_required(ctx, ProjectKey(self.0.workspace_id, self.0.project_id))
                .await?
                .into(),
        )
    }

    /// Who pasted or uploaded it; null where they are no longer a member.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.0.created_by else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.0.workspace_id, id)).await?.map(User))
    }

    /// When it was pasted or uploaded.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Since when it is deleted; it can be restored for 30 days. Deleted documents are in no list.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.0.deleted_at
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
