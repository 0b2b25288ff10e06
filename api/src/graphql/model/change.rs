//! What happened in a workspace.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use smartstack_domain::change;
use smartstack_schema::WorkspaceId;

use super::{
    enums::{ChangeOperation, NodeKind},
    node::Node,
    user::User,
};
use crate::graphql::{loader::UserKey, node};

/// One committed change.
pub struct Change {
    /// Where.
    pub workspace: WorkspaceId,
    /// What.
    pub change: change::Change,
}

/// One committed change of a workspace.
#[Object]
impl Change {
    /// Opaque; give it as `after` to continue behind this change.
    async fn cursor(&self) -> String {
        self.change.cursor()
    }

    /// What kind of thing changed.
    async fn kind(&self) -> NodeKind {
        self.change.kind.into()
    }

    /// The thing that changed.
    pub(crate) async fn id(&self) -> ID {
        self.change.id().to_string().into()
    }

    /// What happened to it.
    async fn operation(&self) -> ChangeOperation {
        self.change.operation.into()
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.change.at
    }

    /// Who did it; null for the worker, and for people who are no longer members.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.change.actor_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.workspace, id)).await?.map(User))
    }

    /// The thing as it is now, which may be newer than this change; null once deleted.
    async fn node(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        node::any(ctx, &self.change.id().to_string().into()).await
    }
}

/// Something a client sees has changed.
#[derive(SimpleObject)]
pub struct SharedViewChange {
    /// When it was noticed.
    pub at: DateTime<Utc>,
}
