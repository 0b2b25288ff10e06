//! What a job's page reads and asks for.

use crate::{
    fmt::Day,
    gql::{
        Ask, Error, UserError, documents, run, settle,
        types::{DateTime, JobReason, JobStage, JobState, NodeVersionInput, UseCase},
    },
    page::review::query::{
        Document, NodeVersionVariables, NodeVersionVariablesFields, OneVariables, OneVariablesFields,
        ReviewProject, SuggestionId, SuggestionPayload,
    },
    route::Route,
    schema,
};

documents! {
    query JobQuery(OneVariables);
    subscription JobSubscription(OneVariables);
    mutation RetryJob(RetryVariables);
    mutation CancelJob(NodeVersionVariables);
    mutation ReviewJobByHand(NodeVersionVariables);
    mutation StartJob(StartVariables);
    mutation StartStatus(StatusVariables);
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Query", variables = "OneVariables")]
pub(crate) struct JobQuery {
    #[arguments(id: $id)]
    pub(crate) job: Option<Job>,
}

/// The job now, then each change, until it ends.
#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Subscription", variables = "OneVariables")]
pub(crate) struct JobSubscription {
    #[arguments(id: $id)]
    pub(crate) job: JobProgress,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct Job {
    pub(crate) id: cynic::Id,
    pub(crate) use_case: UseCase,
    pub(crate) state: JobState,
    pub(crate) stage: Option<JobStage>,
    pub(crate) attempt: i32,
    pub(crate) document: Document,
    pub(crate) project: ReviewProject,
    pub(crate) reason: Option<JobReason>,
    pub(crate) reason_message: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) suggestion: Option<SuggestionId>,
    pub(crate) created_at: DateTime,
    pub(crate) started_at: Option<DateTime>,
    pub(crate) finished_at: Option<DateTime>,
    pub(crate) stages: Vec<JobStageTime>,
    pub(crate) version: i32,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct JobStageTime {
    pub(crate) stage: JobStage,
    pub(crate) at: DateTime,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "JobPayload")]
pub(crate) struct JobPayload {
    pub(crate) job: Option<Job>,
    pub(crate) user_errors: Vec<UserError>,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct JobRetryInput {
    pub(crate) id: cynic::Id,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct RetryVariables {
    pub(crate) input: JobRetryInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "RetryVariables")]
pub(crate) struct RetryJob {
    #[arguments(input: $input)]
    pub(crate) job_retry: JobPayload,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "NodeVersionVariables")]
pub(crate) struct CancelJob {
    #[arguments(input: $input)]
    pub(crate) job_cancel: JobPayload,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "NodeVersionVariables")]
pub(crate) struct ReviewJobByHand {
    #[arguments(input: $input)]
    pub(crate) job_review_by_hand: SuggestionPayload,
}

fn only(id: &str) -> NodeVersionVariables {
    NodeVersionVariables {
        input: NodeVersionInput {
            id: id.to_owned().into(),
            expected_version: None,
        },
    }
}

/// Reads a job.
pub(crate) async fn job(id: String) -> Result<Job, Error> {
    run(JobQuery::build(OneVariables { id: id.into() }))
        .await?
        .job
        .ok_or(Error::NotFound)
}

/// Queues the job once more, for another model if one is named.
pub(crate) async fn retry(id: &str, model: Option<String>) -> Result<Job, Error> {
    let input = JobRetryInput {
        id: id.to_owned().into(),
        model,
    };
    let payload = run(RetryJob::build(RetryVariables { input })).await?.job_retry;
    settle(payload.job, payload.user_errors)
}

/// Ends the job; its text stays with the project.
pub(crate) async fn cancel(id: &str) -> Result<Job, Error> {
    let payload = run(CancelJob::build(only(id))).await?.job_cancel;
    settle(payload.job, payload.user_errors)
}

/// Opens an empty suggestion beside the job's text; answers with its id.
pub(crate) async fn by_hand(id: &str) -> Result<String, Error> {
    let payload = run(ReviewJobByHand::build(only(id))).await?.job_review_by_hand;
    settle(payload.suggestion, payload.user_errors).map(|suggestion| suggestion.id.into_inner())
}

/// What changes about a job while it runs.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Job")]
pub(crate) struct JobProgress {
    pub(crate) state: JobState,
    pub(crate) stage: Option<JobStage>,
    pub(crate) attempt: i32,
    pub(crate) reason: Option<JobReason>,
    pub(crate) reason_message: Option<String>,
    pub(crate) suggestion: Option<SuggestionId>,
    pub(crate) started_at: Option<DateTime>,
    pub(crate) finished_at: Option<DateTime>,
    pub(crate) stages: Vec<JobStageTime>,
    pub(crate) version: i32,
}

impl Job {
    /// Takes over what has changed, unless it is older than what is known.
    pub(crate) fn advance(&mut self, now: JobProgress) {
        if now.version < self.version {
            return;
        }
        self.state = now.state;
        self.stage = now.stage;
        self.attempt = now.attempt;
        self.reason = now.reason;
        self.reason_message = now.reason_message;
        self.suggestion = now.suggestion;
        self.started_at = now.started_at;
        self.finished_at = now.finished_at;
        self.stages = now.stages;
        self.version = now.version;
    }
}

/// A job that was just started, with its result where the answer waited for it.
#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Job")]
pub(crate) struct Started {
    id: cynic::Id,
    suggestion: Option<StartedSuggestion>,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Suggestion")]
struct StartedSuggestion {
    id: cynic::Id,
}

impl Started {
    /// Where it is to be seen: the result, else the job at work.
    pub(crate) fn place(self) -> Route {
        match self.suggestion {
            Some(suggestion) => Route::Review {
                suggestion: suggestion.id.into_inner(),
            },
            None => Route::Job {
                job: self.id.into_inner(),
            },
        }
    }
}

/// For how long an answer is waited for, in milliseconds: only short jobs are over in a moment.
pub(crate) fn patience(use_case: UseCase) -> Option<i32> {
    matches!(use_case, UseCase::Reply | UseCase::Status).then_some(4_000)
}

#[derive(cynic::InputObject)]
struct JobStartInput {
    document_id: cynic::Id,
    use_case: UseCase,
    today: Option<Day>,
    wait_millis: Option<i32>,
}

#[derive(cynic::QueryVariables)]
struct StartVariables {
    input: JobStartInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "StartVariables")]
struct StartJob {
    #[arguments(input: $input)]
    job_start: StartedJob,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "JobPayload")]
struct StartedJob {
    job: Option<Started>,
    user_errors: Vec<UserError>,
}

/// Has a document read; answers with where it is to be seen.
pub(crate) async fn start_job(document_id: cynic::Id, use_case: UseCase) -> Result<Route, Error> {
    let input = JobStartInput {
        document_id,
        use_case,
        today: Some(Day::today()),
        wait_millis: patience(use_case),
    };
    let payload = run(StartJob::build(StartVariables { input })).await?.job_start;
    settle(payload.job, payload.user_errors).map(Started::place)
}

#[derive(cynic::InputObject)]
struct StatusStartInput {
    share_link_id: cynic::Id,
    from: Day,
    to: Day,
    wait_millis: Option<i32>,
}

#[derive(cynic::QueryVariables)]
struct StatusVariables {
    input: StatusStartInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "StatusVariables")]
struct StartStatus {
    #[arguments(input: $input)]
    status_start: StartedJob,
}

/// Days of which an update tells when nobody says otherwise.
const STATUS_DAYS: i32 = 14;

/// Has an update drafted from what a link shows of the last two weeks; answers with where it is to be seen.
pub(crate) async fn start_status(link: cynic::Id) -> Result<Route, Error> {
    let to = Day::today();
    let input = StatusStartInput {
        share_link_id: link,
        from: to.plus(1 - STATUS_DAYS),
        to,
        wait_millis: patience(UseCase::Status),
    };
    let payload = run(StartStatus::build(StatusVariables { input }))
        .await?
        .status_start;
    settle(payload.job, payload.user_errors).map(Started::place)
}
