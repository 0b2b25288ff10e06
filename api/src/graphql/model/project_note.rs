//! What is known about a project beside its tasks.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use smartstack_domain::project_note;

use super::{enums::NoteKind, project::Project, suggestion_item::SuggestionItem};
use crate::graphql::{
    loader::{ProjectKey, SuggestionItemKey},
    node,
};

/// A question, exclusion or decision.
pub struct ProjectNote(pub project_note::ProjectNote);

/// A question to the client, something the project excludes, or a decision.
#[Object]
impl ProjectNote {
    /// Unique over everything; begins with `note_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Question, exclusion or decision.
    async fn kind(&self) -> NoteKind {
        self.0.kind.into()
    }

    /// What it says.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The sentence of the document it was found in.
    async fn quote(&self) -> Option<&str> {
        self.0.quote.as_deref()
    }

    /// The project it is about.
    async fn project(&self, ctx: &Context<'_>) -> Result<Project> {
        Ok(
            node::load_required(ctx, ProjectKey(self.0.workspace_id, self.0.project_id))
                .await?
                .into(),
        )
    }

    /// The suggestion's item it came from.
    async fn source(&self, ctx: &Context<'_>) -> Result<Option<SuggestionItem>> {
        let Some(id) = self.0.source_item_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, SuggestionItemKey(self.0.workspace_id, id))
            .await?
            .map(SuggestionItem))
    }

    /// When it was settled; null while it is not.
    async fn resolved_at(&self) -> Option<DateTime<Utc>> {
        self.0.resolved_at
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Counts its changes, from 1; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}
