//! Workspaces from outside.

use async_graphql::{ID, InputObject, Object, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{AdminTx, DomainError, Page, Paged, admin};

use super::{account::count, settings::WorkspaceLimits};
use crate::graphql::model::{
    connection::{AdminList, connection},
    scalar::Long,
};

/// A workspace from outside.
pub struct WorkspaceSize(pub admin::WorkspaceSize);

/// A workspace from outside: whose it is and how large, not what is in it.
#[Object]
impl WorkspaceSize {
    /// The workspace's id; begins with `ws_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What its owner calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The e-mail addresses of its owners, who joined first first.
    async fn owners(&self) -> &[String] {
        &self.0.owners
    }

    /// How many people belong to it.
    async fn member_count(&self) -> i32 {
        count(self.0.members)
    }

    /// How many clients are in it.
    async fn client_count(&self) -> i32 {
        count(self.0.clients)
    }

    /// How many projects, without deleted ones.
    async fn project_count(&self) -> i32 {
        count(self.0.projects)
    }

    /// How many tasks, without deleted ones.
    async fn task_count(&self) -> i32 {
        count(self.0.tasks)
    }

    /// How many documents.
    async fn document_count(&self) -> i32 {
        count(self.0.documents)
    }

    /// Bytes of its documents' texts, in UTF-8.
    async fn document_bytes(&self) -> Long {
        Long(self.0.document_bytes)
    }

    /// How many shared links open now.
    async fn share_link_count(&self) -> i32 {
        count(self.0.share_links)
    }

    /// How many jobs were started in the last 24 hours.
    async fn jobs_last_day(&self) -> i32 {
        count(self.0.jobs_last_day)
    }

    /// Where its AI limits differ from the installation's.
    async fn limits(&self) -> WorkspaceLimits {
        self.0.limits.into()
    }

    /// Since when it is there.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Since when it is deleted; null while it is not.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.0.deleted_at
    }
}

/// Which workspaces to list. Conditions that are left out do not restrict.
#[derive(InputObject, Default)]
pub struct WorkspaceSizeFilter {
    /// Part of the name or of a member's address, in any case.
    pub search: Option<String>,
    /// Deleted ones, or the others.
    pub deleted: Option<bool>,
}

/// A list of workspaces.
pub(super) struct WorkspaceList {
    filter: admin::WorkspaceFilter,
    page: Page,
}

impl WorkspaceList {
    /// From the arguments of a connection.
    pub(super) fn new(filter: Option<WorkspaceSizeFilter>, page: Page) -> Self {
        let filter = filter.unwrap_or_default();
        Self {
            filter: admin::WorkspaceFilter {
                search: filter.search,
                deleted: filter.deleted,
            },
            page,
        }
    }
}

#[async_trait]
impl AdminList for WorkspaceList {
    type Node = admin::WorkspaceSize;

    async fn page(&self, tx: &AdminTx) -> Result<Paged<admin::WorkspaceSize>, DomainError> {
        admin::workspaces(tx, &self.filter, &self.page).await
    }

    async fn count(&self, tx: &AdminTx) -> Result<i64, DomainError> {
        admin::count_workspaces(tx, &self.filter).await
    }
}

connection!(
    WorkspaceSizeConnection,
    WorkspaceSizeEdge,
    WorkspaceSize => WorkspaceSize,
    admin::WorkspaceSize,
    "workspaces from outside"
);
