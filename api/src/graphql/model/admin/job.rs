//! Jobs without their content.

use async_graphql::{ID, InputObject, Object, Result, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{AdminTx, DomainError, Page, Paged, admin};

use crate::graphql::{
    model::{
        connection::{AdminList, connection},
        enums::{JobReason, JobState, JobTrouble, UseCase},
    },
    node,
};

/// A job without its content.
pub struct JobRecord(pub admin::JobRecord);

/// A job without its content: where it stands and why, not what it is about.
#[Object]
impl JobRecord {
    /// The job's id; begins with `job_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The id of the workspace it belongs to.
    async fn workspace_id(&self) -> ID {
        self.0.workspace_id.to_string().into()
    }

    /// What that workspace is called.
    async fn workspace_name(&self) -> &str {
        &self.0.workspace_name
    }

    /// What it is to bring.
    async fn use_case(&self) -> UseCase {
        self.0.use_case.into()
    }

    /// Where it stands.
    async fn state(&self) -> JobState {
        self.0.state.into()
    }

    /// What is wrong with it; null when nothing is.
    async fn trouble(&self) -> Option<JobTrouble> {
        self.0.trouble.map(Into::into)
    }

    /// Why it needs a person; null unless it does.
    async fn reason(&self) -> Option<JobReason> {
        self.0.reason.map(Into::into)
    }

    /// How often it was begun.
    async fn attempt(&self) -> i32 {
        self.0.attempt
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the current attempt began.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.started_at
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// Counts its changes, from 1; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Which jobs to list. Conditions that are left out do not restrict.
#[derive(InputObject, Default)]
pub struct JobRecordFilter {
    /// In one of these kinds of trouble; in any of them when left out.
    pub trouble: Option<Vec<JobTrouble>>,
    /// Of this workspace.
    pub workspace_id: Option<ID>,
}

/// A list of jobs in trouble.
pub(super) struct JobList {
    filter: admin::JobFilter,
    page: Page,
}

impl JobList {
    /// From the arguments of a connection.
    ///
    /// # Errors
    /// BAD_USER_INPUT where an id is not one.
    pub(super) fn new(filter: Option<JobRecordFilter>, page: Page) -> Result<Self> {
        let filter = filter.unwrap_or_default();
        Ok(Self {
            filter: admin::JobFilter {
                trouble: filter
                    .trouble
                    .map(|all| all.into_iter().map(Into::into).collect()),
                workspace_id: node::read_filter("workspaceId", filter.workspace_id.as_ref())?,
            },
            page,
        })
    }
}

#[async_trait]
impl AdminList for JobList {
    type Node = admin::JobRecord;

    async fn page(&self, tx: &AdminTx) -> Result<Paged<admin::JobRecord>, DomainError> {
        admin::jobs(tx, &self.filter, &self.page).await
    }

    async fn count(&self, tx: &AdminTx) -> Result<i64, DomainError> {
        admin::count_jobs(tx, &self.filter).await
    }
}

connection!(
    JobRecordConnection,
    JobRecordEdge,
    JobRecord => JobRecord,
    admin::JobRecord,
    "jobs in trouble"
);
