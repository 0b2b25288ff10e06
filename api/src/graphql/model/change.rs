//! What happened in a workspace.

use std::collections::HashSet;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use smartstack_domain::change;
use smartstack_schema::{AnyId, NodeKind as Kind, ProjectId, WorkspaceId};
use uuid::Uuid;

use super::{
    enums::{ChangeOperation, NodeKind},
    node::Node,
    user::User,
};
use crate::graphql::{error::bad_input, loader::UserKey, node};

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

/// Which changes to tell of. Conditions that are left out do not restrict; all that are given hold together.
#[derive(InputObject, Default)]
pub struct ChangeFilter {
    /// Of things of one of these kinds.
    pub kinds: Option<Vec<NodeKind>>,
    /// Of one of these things; 100 at most.
    pub node_ids: Option<Vec<ID>>,
    /// Of this project and of what is in it.
    pub project_id: Option<ID>,
}

/// Most things one subscription follows by their ids.
const NODE_IDS_MAX: usize = 100;

/// A filter that was read.
pub struct ChangeSieve {
    kinds: Option<Vec<Kind>>,
    nodes: Option<HashSet<Uuid>>,
    project: Option<ProjectId>,
}

impl ChangeFilter {
    /// Reads the filter.
    ///
    /// # Errors
    /// BAD_USER_INPUT for what is no id, and for too many of them.
    pub fn read(self) -> Result<ChangeSieve> {
        let ids = self.node_ids.map(|ids| {
            if ids.len() > NODE_IDS_MAX {
                return Err(bad_input(format!("nodeIds: give {NODE_IDS_MAX} ids at most.")));
            }
            ids.iter()
                .map(|id| {
                    let id = node::read::<AnyId>(id);
                    id.map(AnyId::uuid)
                        .ok_or_else(|| bad_input("nodeIds: this is not an id."))
                })
                .collect()
        });
        Ok(ChangeSieve {
            kinds: self
                .kinds
                .map(|kinds| kinds.into_iter().map(Into::into).collect()),
            nodes: ids.transpose()?,
            project: node::read_filter("projectId", self.project_id.as_ref())?,
        })
    }
}

impl ChangeSieve {
    /// Whether a change is to be told.
    pub fn lets_through(&self, change: &change::Change) -> bool {
        self.kinds
            .as_ref()
            .is_none_or(|kinds| kinds.contains(&change.kind))
            && self
                .nodes
                .as_ref()
                .is_none_or(|nodes| nodes.contains(&change.node_id))
            && self
                .project
                .is_none_or(|project| change.project_id == Some(project) || change.node_id == project.uuid())
    }
}

/// Something a client sees has changed.
#[derive(SimpleObject)]
pub struct SharedViewChange {
    /// When it was noticed.
    pub at: DateTime<Utc>,
}
