//! Jobs: what the worker is asked for.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
};
use smartstack_domain::{job, plan};
use smartstack_schema::{DocumentId, JobId, JobReason, JobStage, JobState, UseCase};

use super::{
    super::problem::Problem,
    answer::{Answer, Listed, Made, One},
    body::{Ids, Sent, any_of, filter},
    caller::{Caller, ReadJobs, ReviewByHand, StartPlans, WriteJobs, id},
    choice::Choice,
    suggestion::{Suggestion, one as one_suggestion},
};

/// Something the worker is to do with a document.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct Job {
    /// Unique over everything; begins with `job_`.
    id: String,
    /// What is to be made of the document.
    use_case: Choice<UseCase>,
    /// Where it stands. Once READY there is a suggestion of it.
    state: Choice<JobState>,
    /// What the worker is doing, while it runs.
    stage: Option<Choice<JobStage>>,
    /// How many times it has been begun.
    attempt: i32,
    /// The text it reads.
    document_id: String,
    /// The project it works for.
    project_id: String,
    /// Why it needs a person.
    reason: Option<Choice<JobReason>>,
    /// The same in words: what happened and what can be done.
    reason_message: Option<String>,
    /// The person's calendar day, against which relative dates are read.
    today: NaiveDate,
    /// When it was asked for.
    created_at: DateTime<Utc>,
    /// When the current attempt began.
    started_at: Option<DateTime<Utc>>,
    /// When it ended.
    finished_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

impl From<job::Job> for Job {
    fn from(job: job::Job) -> Self {
        Self {
            id: job.id.to_string(),
            use_case: job.use_case.into(),
            state: job.state.into(),
            stage: job.stage.map(Into::into),
            attempt: job.attempt,
            document_id: job.document_id.to_string(),
            project_id: job.project_id.to_string(),
            reason: job.reason.map(Into::into),
            reason_message: job.reason_message,
            today: job.today,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            version: job.version,
        }
    }
}

fn one(job: job::Job) -> One<Job> {
    let version = job.version;
    One::versioned(job, version)
}

/// A text to make a plan of, and where its tasks belong. Give projectId or newProject.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanStart {
    /// The text, kept word for word; at most 200 000 characters.
    #[oai(validator(min_length = 1))]
    text: String,
    /// What to call the text; its first line when left out.
    title: Option<String>,
    /// The project it belongs to.
    project_id: Option<String>,
    /// A project to be made for it.
    new_project: Option<PlanProject>,
    /// What to make of it; a plan when left out.
    use_case: Option<Choice<UseCase>>,
    /// The person's calendar day, against which relative dates are read; today in UTC when left out.
    today: Option<NaiveDate>,
}

/// A project to be made along with a plan.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanProject {
    /// What it is called, at most 120 characters.
    name: String,
    /// For whom; not together with newClientName.
    client_id: Option<String>,
    /// A client to be made for it.
    new_client_name: Option<String>,
}

/// A document to be read once more, and what to make of it.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct JobStart {
    /// The document.
    document_id: String,
    /// What to make of it.
    use_case: Choice<UseCase>,
    /// The person's calendar day, against which relative dates are read; today in UTC when left out.
    today: Option<NaiveDate>,
}

/// With which model to try again.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct JobRetry {
    /// The name of one of the workspace's models; the one it went to before when left out.
    model: Option<String>,
}

/// The operations on jobs.
pub(super) struct Jobs;

#[OpenApi(tag = "super::Tag::Jobs")]
impl Jobs {
    /// Start a plan
    ///
    /// Keeps a text and asks the worker to read a plan out of it. Read the job until it is READY, then its
    /// suggestion.
    #[oai(
        path = "/workspaces/:workspace/plans",
        method = "post",
        operation_id = "planStart"
    )]
    async fn plan(
        &self,
        caller: Caller<StartPlans>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// The text, and where it belongs.
        body: Sent<PlanStart>,
    ) -> Answer<Made<Job>> {
        let here = caller.enter(&workspace)?;
        let (new, mut ids) = (body.0, Ids::default());
        let new = plan::PlanStart {
            text: new.text,
            title: new.title,
            project_id: ids.optional("projectId", new.project_id.as_deref()),
            new_project: new.new_project.map(|project| plan::PlanProject {
                client_id: ids.optional("newProject.clientId", project.client_id.as_deref()),
                name: project.name,
                new_client_name: project.new_client_name,
            }),
            use_case: new.use_case.map(|use_case| use_case.0),
            idempotency_key: key.0,
            today: new.today,
        };
        ids.finish()?;
        let made = here
            .make(move |tx| Box::pin(async move { plan::start(tx, new).await }))
            .await?;
        let id = made.id;
        Ok(one(made).made(&here, "jobs", id))
    }

    /// List jobs
    ///
    /// Page by page, newest first.
    #[allow(clippy::too_many_arguments, reason = "the parameters of a list")]
    #[oai(
        path = "/workspaces/:workspace/jobs",
        method = "get",
        operation_id = "jobList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadJobs>,
        /// The workspace's id.
        workspace: Path<String>,
        /// In one of these states.
        state: Query<Option<Vec<Choice<JobState>>>>,
        /// For this project.
        #[oai(name = "projectId")]
        project_id: Query<Option<String>>,
        /// At most this many, 0 to 100; 20 when left out.
        #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
        first: Query<Option<i32>>,
        /// Only what follows this cursor: `endCursor` of the page before.
        after: Query<Option<String>>,
    ) -> Answer<Listed<Job>> {
        let here = caller.enter(&workspace)?;
        let wanted = job::JobFilter {
            state: any_of(state.0),
            project_id: filter("projectId", project_id.as_deref())?,
        };
        let page = here.page(first.0, after.0).await?;
        let found = here
            .read(move |tx| Box::pin(async move { job::list(tx, &wanted, &page).await }))
            .await?;
        Ok(Listed::new(&here, found))
    }

    /// Start a job
    ///
    /// Asks the worker to read a document that is there, whether it was read before or not.
    #[oai(
        path = "/workspaces/:workspace/jobs",
        method = "post",
        operation_id = "jobStart"
    )]
    async fn start(
        &self,
        caller: Caller<WriteJobs>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// The document, and what to make of it.
        body: Sent<JobStart>,
    ) -> Answer<Made<Job>> {
        let here = caller.enter(&workspace)?;
        let (new, mut ids) = (body.0, Ids::default());
        let document_id: Option<DocumentId> = ids.optional("documentId", Some(&new.document_id));
        ids.finish()?;
        let new = job::JobStart {
            document_id: document_id.ok_or_else(Problem::not_found)?,
            use_case: new.use_case.0,
            today: new.today,
            idempotency_key: key.0,
        };
        let made = here
            .make(move |tx| Box::pin(async move { job::start(tx, new).await }))
            .await?;
        let id = made.id;
        Ok(one(made).made(&here, "jobs", id))
    }

    /// Read a job
    #[oai(
        path = "/workspaces/:workspace/jobs/:job",
        method = "get",
        operation_id = "jobGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadJobs>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The job's id.
        job: Path<String>,
    ) -> Answer<One<Job>> {
        let here = caller.enter(&workspace)?;
        let id: JobId = id(&job)?;
        let found = here
            .read(move |tx| Box::pin(async move { job::get(tx, id).await }))
            .await?;
        Ok(one(found))
    }

    /// Try a job again
    ///
    /// After it could not finish; with another model, if wanted.
    #[oai(
        path = "/workspaces/:workspace/jobs/:job/retry",
        method = "post",
        operation_id = "jobRetry"
    )]
    async fn retry(
        &self,
        caller: Caller<WriteJobs>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The job's id.
        job: Path<String>,
        /// With which model.
        body: Sent<JobRetry>,
    ) -> Answer<One<Job>> {
        let here = caller.enter(&workspace)?;
        let id: JobId = id(&job)?;
        let model = body.0.model;
        let changed = here
            .change(move |tx| Box::pin(async move { job::retry(tx, id, None, model).await }))
            .await?;
        Ok(one(changed))
    }

    /// Cancel a job
    ///
    /// One that has not ended. The text stays.
    #[oai(
        path = "/workspaces/:workspace/jobs/:job/cancel",
        method = "post",
        operation_id = "jobCancel"
    )]
    async fn cancel(
        &self,
        caller: Caller<WriteJobs>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The job's id.
        job: Path<String>,
    ) -> Answer<One<Job>> {
        let here = caller.enter(&workspace)?;
        let id: JobId = id(&job)?;
        let changed = here
            .change(move |tx| Box::pin(async move { job::cancel(tx, id, None).await }))
            .await?;
        Ok(one(changed))
    }

    /// Work by hand
    ///
    /// Opens an empty suggestion beside the text of a job that could not finish.
    #[oai(
        path = "/workspaces/:workspace/jobs/:job/review-by-hand",
        method = "post",
        operation_id = "jobReviewByHand"
    )]
    async fn review_by_hand(
        &self,
        caller: Caller<ReviewByHand>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The job's id.
        job: Path<String>,
    ) -> Answer<One<Suggestion>> {
        let here = caller.enter(&workspace)?;
        let id: JobId = id(&job)?;
        let made = here
            .change(move |tx| Box::pin(async move { job::review_by_hand(tx, id, None).await }))
            .await?;
        Ok(one_suggestion(made))
    }
}
