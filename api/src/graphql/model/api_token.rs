//! Personal access tokens, as their person sees them.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use smartstack_domain::identity::api_token;

use super::{enums::TokenScope, workspace::Workspace};
use crate::graphql::node;

/// A token a program acts with in its person's name.
pub struct ApiToken(pub api_token::ApiToken);

/// A token a program acts with in its person's name: `Authorization: Bearer ss_pat_…`. What it opens is
/// never shown again after it was made.
#[Object]
impl ApiToken {
    /// Unique over everything; begins with `token_`. It names the token and opens nothing.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What its person calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The last four characters of what it opens with, to tell tokens apart.
    async fn hint(&self) -> &str {
        &self.0.hint
    }

    /// What it is good for, within its person's role.
    async fn scopes(&self) -> Vec<TokenScope> {
        self.0.scopes.iter().map(|scope| (*scope).into()).collect()
    }

    /// Whether it is good in every workspace its person belongs to.
    async fn all_workspaces(&self) -> bool {
        self.0.workspace_id.is_none()
    }

    /// The one workspace it is good in; null where it is good in all, and where its person has left it.
    async fn workspace(&self, ctx: &Context<'_>) -> Result<Option<Workspace>> {
        match self.0.workspace_id {
            Some(id) => node::workspace(ctx, id).await,
            None => Ok(None),
        }
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Until when it is good.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When it was last used, to the minute; null while it never was.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }
}
