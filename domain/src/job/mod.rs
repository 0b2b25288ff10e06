//! Jobs: work the worker does for a person, from QUEUED to READY, NEEDS_REVIEW or CANCELLED.
//!
//! `control` is what people do to a job, `work` what the worker does. Every claim raises the
//! attempt's number, and each write of the worker carries it: a worker that has lost its job changes
//! nothing.

mod context;
mod control;
mod work;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::LockType};
use serde::{Deserialize, Serialize};
use smartstack_schema::{
    DocumentId, JobId, JobReason, JobStage, JobState, NodeKind, OrderDirection, ProjectId, UseCase, UserId,
    WorkspaceId,
};

pub(crate) use self::control::{Of, TOPIC, cancel_unfinished, check_use_case, enqueue, first_of};
pub use self::{
    context::{Example, JobContext, Material, OpenTask, Reviewed, Wanted, context, material},
    control::{JobStart, cancel, retry, review_by_hand, start},
    work::{Claim, Lease, Written, claim, complete, heartbeat, needs_review, release, set_stage},
};

use crate::{
    db::{
        WorkspaceTx,
        page::{Keyset, Page, Paged},
    },
    document,
    entity::job::{Column, Entity, Model},
    error::DomainError,
    list, project,
    record::Subject,
    store,
};

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// What for.
    pub use_case: UseCase,
    /// Where it stands.
    pub state: JobState,
    /// What the worker is doing, while it runs.
    pub stage: Option<JobStage>,
    /// When each stage of the current attempt began.
    pub stages: Vec<StageTime>,
    /// How many times it has been claimed.
    pub attempt: i32,
    /// The text it reads.
    pub document_id: DocumentId,
    /// The project it works for.
    pub project_id: ProjectId,
    /// Why it needs a person.
    pub reason: Option<JobReason>,
    /// The same, said to a person: what happened and what can be done.
    pub reason_message: Option<String>,
    /// The person's calendar day, against which relative dates are read.
    pub today: NaiveDate,
    /// The model a person chose for it, by its name in the configuration; the use case's own when `None`.
    pub model: Option<String>,
    /// Who asked for it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When the current attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1.
    pub version: i32,
}

/// When a stage began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageTime {
    /// The stage.
    pub stage: JobStage,
    /// Its beginning.
    pub at: DateTime<Utc>,
}

/// Which jobs to list. Those of deleted projects and documents never are.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// In one of these states; in any when empty or left out.
    pub state: Option<Vec<JobState>>,
    /// For this project.
    pub project_id: Option<ProjectId>,
}

/// One job.
///
/// # Errors
/// [`DomainError::NotFound`].
pub async fn get(tx: &WorkspaceTx, id: JobId) -> Result<Job, DomainError> {
    by_ids(tx, &[id]).await?.remove(&id).ok_or(DomainError::NotFound)
}

/// The jobs among `ids` that there are, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn by_ids(tx: &WorkspaceTx, ids: &[JobId]) -> Result<HashMap<JobId, Job>, DomainError> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(Column::Id, ids))
        .filter(project::is_live("jobs"))
        .all(tx.conn())
        .await?;
    store::keyed(rows, |row| JobId::from(row.id))
}

/// A page of jobs, newest first.
///
/// # Errors
/// [`DomainError::Validation`] for a cursor of another list.
pub async fn list(tx: &WorkspaceTx, filter: &JobFilter, page: &Page) -> Result<Paged<Job>, DomainError> {
    let keyset = Keyset {
        name: "NEWEST",
        direction: OrderDirection::Desc,
        keys: vec![],
        id: Column::Id.into_expr(),
        id_of: |row: &Model| row.id,
    };
    list::page(tx, select(tx, filter), &keyset, page).await
}

/// How many jobs a filter lets through.
///
/// # Errors
/// Store errors alone.
pub async fn count(tx: &WorkspaceTx, filter: &JobFilter) -> Result<i64, DomainError> {
    list::count(tx, select(tx, filter)).await
}

fn select(tx: &WorkspaceTx, filter: &JobFilter) -> Select<Entity> {
    let mut select = Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(project::is_live("jobs"))
        .filter(document::is_live("jobs"));
    if let Some(states) = filter.state.as_ref().filter(|states| !states.is_empty()) {
        select = select.filter(Column::State.is_in(states.iter().map(|state| state.as_str())));
    }
    if let Some(project) = filter.project_id {
        select = select.filter(Column::ProjectId.eq(project.uuid()));
    }
    select
}

async fn lock(tx: &WorkspaceTx, id: JobId) -> Result<Model, DomainError> {
    Entity::find_by_id(id.uuid())
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(project::is_live("jobs"))
        .filter(document::is_live("jobs"))
        .lock(LockType::NoKeyUpdate)
        .one(tx.conn())
        .await?
        .ok_or(DomainError::NotFound)
}

fn subject(row: &Model) -> Subject {
    Subject::new(NodeKind::Job, row.id, Some(row.project_id))
}

impl TryFrom<Model> for Job {
    type Error = DomainError;

    fn try_from(row: Model) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            use_case: store::parse(&row.use_case)?,
            state: store::parse(&row.state)?,
            stage: store::parse_option(row.stage.as_deref())?,
            stages: serde_json::from_value(row.stages).map_err(store::fault)?,
            attempt: row.attempt,
            document_id: row.document_id.into(),
            project_id: row.project_id.into(),
            reason: store::parse_option(row.reason.as_deref())?,
            reason_message: row.reason_message,
            today: row.today,
            model: row.model,
            created_by: row.created_by.map(Into::into),
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            version: row.version,
        })
    }
}
