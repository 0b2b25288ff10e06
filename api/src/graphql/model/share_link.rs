//! Links that show a project to its client.

use async_graphql::{Context, ID, Object, Result, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{DomainError, Page, Paged, WorkspaceTx, share_link};
use smartstack_schema::ProjectId;

use super::{
    connection::{List, connection},
    project::Project,
    user::User,
};
use crate::graphql::{
    context::ContextExt,
    loader::{ProjectKey, UserKey},
    node,
};

/// A link that shows a project to its client.
pub struct ShareLink(pub share_link::ShareLink);

/// A link that shows a project, read-only and live, to whoever has it.
#[Object]
impl ShareLink {
    /// Unique over everything; begins with `share_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The project it shows.
    async fn project(&self, ctx: &Context<'_>) -> Result<Project> {
        Ok(
            node::load_required(ctx, ProjectKey(self.0.workspace_id, self.0.project_id))
                .await?
                .into(),
        )
    }

    /// For whom it was made; told to nobody but the workspace. May be empty.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// The address to give to the client; null once revoked. Whoever has it can look.
    async fn url(&self, ctx: &Context<'_>) -> Option<String> {
        let app = ctx.app();
        let token = self.0.token(&app.secrets)?;
        Some(format!("{}/s/{token}", app.config.public_url))
    }

    /// Whether the client sees the tasks marked as visible.
    async fn show_tasks(&self) -> bool {
        self.0.show_tasks
    }

    /// Whether the client sees estimates.
    async fn show_estimates(&self) -> bool {
        self.0.show_estimates
    }

    /// Whether the client sees due dates.
    async fn show_due_dates(&self) -> bool {
        self.0.show_due_dates
    }

    /// Whether the client sees questions, exclusions and decisions.
    async fn show_notes(&self) -> bool {
        self.0.show_notes
    }

    /// Whether the client is asked for a password.
    async fn has_password(&self) -> bool {
        self.0.has_password
    }

    /// From when on it shows nothing any more; null for never.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// Since when it is revoked; null while it is not.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }

    /// Who made it; null where they are no longer a member.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.0.created_by else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.0.workspace_id, id)).await?.map(User))
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

/// A list of shared links.
pub struct ShareLinkList {
    /// Only those of this project.
    pub project: Option<ProjectId>,
    /// Which part.
    pub page: Page,
}

#[async_trait]
impl List for ShareLinkList {
    type Node = share_link::ShareLink;

    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<share_link::ShareLink>, DomainError> {
        share_link::list(tx, self.project, &self.page).await
    }

    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError> {
        share_link::count(tx, self.project).await
    }
}

connection!(ShareLinkConnection, ShareLinkEdge, ShareLink => ShareLink, share_link::ShareLink, "shared links");
