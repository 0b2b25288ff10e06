//! Jobs in trouble, and what administrators do about them.

use crate::{
    gql::{
        Ask, Error, UserError, documents, run, settle,
        types::{DateTime, JobReason, JobState, JobTrouble, NodeVersionInput, PageInfo, UseCase},
    },
    page::{admin::collect, clients::query::Listed},
    schema,
};

documents! {
    query ListQuery(ListVariables);
    mutation Retry(JobVariables);
    mutation Cancel(JobVariables);
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "JobRecord")]
pub(super) struct Record {
    pub(super) id: cynic::Id,
    pub(super) workspace_id: cynic::Id,
    pub(super) workspace_name: String,
    pub(super) use_case: UseCase,
    pub(super) state: JobState,
    pub(super) trouble: Option<JobTrouble>,
    pub(super) reason: Option<JobReason>,
    pub(super) attempt: i32,
    pub(super) created_at: DateTime,
    pub(super) started_at: Option<DateTime>,
    pub(super) version: i32,
}

#[derive(cynic::QueryVariables)]
struct ListVariables {
    after: Option<String>,
    trouble: Option<Vec<JobTrouble>>,
    workspace: Option<cynic::Id>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ListVariables")]
struct ListQuery {
    admin: Option<ListAdmin>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Administration", variables = "ListVariables")]
struct ListAdmin {
    #[arguments(first: 50, after: $after, filter: { trouble: $trouble, workspaceId: $workspace })]
    jobs: JobRecordConnection,
}

#[derive(cynic::QueryFragment)]
struct JobRecordConnection {
    nodes: Vec<Record>,
    page_info: PageInfo,
}

/// Which jobs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted {
    pub(super) trouble: Option<JobTrouble>,
    pub(super) workspace: Option<String>,
    /// How many pages of 50.
    pub(super) pages: usize,
}

/// Jobs in trouble, newest first.
pub(super) async fn list(wanted: Wanted) -> Result<Listed<Record>, Error> {
    collect(wanted.pages, |after| {
        let variables = ListVariables {
            after,
            trouble: wanted.trouble.map(|trouble| vec![trouble]),
            workspace: wanted.workspace.as_deref().map(cynic::Id::new),
        };
        async {
            let page = run(ListQuery::build(variables)).await?.admin;
            let page = page.ok_or(Error::NotFound)?.jobs;
            Ok((page.nodes, page.page_info))
        }
    })
    .await
}

#[derive(cynic::QueryVariables)]
struct JobVariables {
    input: NodeVersionInput,
}

#[derive(cynic::QueryFragment)]
struct AdminJobPayload {
    job: Option<Record>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "JobVariables")]
struct Retry {
    #[arguments(input: $input)]
    admin_job_retry: AdminJobPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "JobVariables")]
struct Cancel {
    #[arguments(input: $input)]
    admin_job_cancel: AdminJobPayload,
}

/// Queues a job again, or stops it.
pub(super) async fn act(job: &Record, again: bool) -> Result<Record, Error> {
    let variables = JobVariables {
        input: NodeVersionInput {
            id: job.id.clone(),
            expected_version: Some(job.version),
        },
    };
    let payload = if again {
        run(Retry::build(variables)).await?.admin_job_retry
    } else {
        run(Cancel::build(variables)).await?.admin_job_cancel
    };
    settle(payload.job, payload.user_errors)
}
