//! Work for the worker.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{DomainError, Page, Paged, WorkspaceTx, job};

use super::{
    connection::{List, connection},
    document::Document,
    enums::{JobReason, JobStage, JobState, UseCase},
    project::Project,
    suggestion::Suggestion,
    user::User,
};
use crate::graphql::{
    loader::{DocumentKey, JobSuggestionKey, ProjectKey, UserKey},
    node,
};

/// Something the worker was asked to do.
pub struct Job(pub job::Job);

/// Something the worker was asked to do with a document.
#[Object]
impl Job {
    /// Unique over everything; begins with `job_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is to bring.
    async fn use_case(&self) -> UseCase {
        self.0.use_case.into()
    }

    /// Where it stands.
    async fn state(&self) -> JobState {
        self.0.state.into()
    }

    /// What is being done right now; null unless it is running.
    async fn stage(&self) -> Option<JobStage> {
        self.0.stage.map(Into::into)
    }

    /// How often it was begun; 0 before the first time.
    async fn attempt(&self) -> i32 {
        self.0.attempt
    }

    /// The text it works on.
    async fn document(&self, ctx: &Context<'_>) -> Result<Document> {
        Ok(Document(
            node::load_required(ctx, DocumentKey(self.0.workspace_id, self.0.document_id)).await?,
        ))
    }

    /// The project it works for.
    async fn project(&self, ctx: &Context<'_>) -> Result<Project> {
        Ok(
            node::load_required(ctx, ProjectKey(self.0.workspace_id, self.0.project_id))
                .await?
                .into(),
        )
    }

    /// Why it needs a person; null unless it does.
    async fn reason(&self) -> Option<JobReason> {
        self.0.reason.map(Into::into)
    }

    /// Said to a person: what happened and what can be done.
    async fn reason_message(&self) -> Option<&str> {
        self.0.reason_message.as_deref()
    }

    /// The model a person chose for it, by its name; null: the one its use case goes to.
    async fn model(&self) -> Option<&str> {
        self.0.model.as_deref()
    }

    /// What came of it; null until there is something.
    async fn suggestion(&self, ctx: &Context<'_>) -> Result<Option<Suggestion>> {
        Ok(node::load(ctx, JobSuggestionKey(self.0.workspace_id, self.0.id))
            .await?
            .map(Suggestion))
    }

    /// Who asked for it; null where they are no longer a member.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.0.created_by else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.0.workspace_id, id)).await?.map(User))
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

    /// When each stage of the current attempt began, in order.
    async fn stages(&self) -> Vec<JobStageTime> {
        self.0
            .stages
            .iter()
            .map(|stage| JobStageTime {
                stage: stage.stage.into(),
                at: stage.at,
            })
            .collect()
    }
}

/// When a stage began.
#[derive(SimpleObject)]
pub struct JobStageTime {
    /// The stage.
    pub stage: JobStage,
    /// When it began.
    pub at: DateTime<Utc>,
}

/// Which jobs to list. Conditions that are left out do not restrict.
#[derive(InputObject, Default)]
pub struct JobFilter {
    /// In one of these states.
    pub state: Option<Vec<JobState>>,
    /// For this project.
    pub project_id: Option<ID>,
}

/// A list of jobs.
pub struct JobList {
    filter: job::JobFilter,
    page: Page,
}

impl JobList {
    /// From the arguments of a connection.
    ///
    /// # Errors
    /// BAD_USER_INPUT where an id is not one.
    pub fn new(filter: Option<JobFilter>, page: Page) -> Result<Self> {
        let filter = filter.unwrap_or_default();
        Ok(Self {
            filter: job::JobFilter {
                state: filter.state.map(|all| all.into_iter().map(Into::into).collect()),
                project_id: node::read_filter("projectId", filter.project_id.as_ref())?,
            },
            page,
        })
    }
}

#[async_trait]
impl List for JobList {
    type Node = job::Job;

    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<job::Job>, DomainError> {
        job::list(tx, &self.filter, &self.page).await
    }

    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError> {
        job::count(tx, &self.filter).await
    }
}

connection!(JobConnection, JobEdge, Job => Job, job::Job, "jobs");
