//! What Today reads.

use crate::{
    fmt::Day,
    gql::{
        self, Ask, Error, documents,
        types::{DateTime, JobState, ProjectRef},
    },
    page::task::query::{TaskPage, TaskRow},
    schema,
};

documents! {
    query TodayQuery(TodayVariables);
    query WaitingQuery(WaitingVariables);
}

#[derive(cynic::QueryVariables)]
struct TodayVariables {
    id: cynic::Id,
    to: Option<Day>,
    since: DateTime,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "TodayVariables")]
struct TodayQuery {
    #[arguments(id: $id)]
    workspace: Option<TodayWorkspace>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Workspace", variables = "TodayVariables")]
struct TodayWorkspace {
    #[arguments(first: 100, filter: { open: true, dueTo: $to }, orderBy: { field: DUE_DATE, direction: ASC })]
    tasks: TaskPage,
    #[cynic(rename = "tasks", alias)]
    #[arguments(first: 30, filter: { completedAfter: $since }, orderBy: { field: UPDATED_AT, direction: DESC })]
    done: TaskPage,
}

/// Open tasks due within a week and those finished within the last one.
pub(super) async fn tasks(workspace: cynic::Id, today: Day) -> Result<Vec<TaskRow>, Error> {
    let since = [today.plus(-7).iso().as_str(), "T00:00:00Z"].concat();
    let variables = TodayVariables {
        id: workspace,
        to: Some(today.plus(7)),
        since: DateTime(since),
    };
    let found = gql::run(TodayQuery::build(variables))
        .await?
        .workspace
        .ok_or(Error::NotFound)?;
    let mut all = found.tasks.nodes;
    all.extend(found.done.nodes);
    Ok(all)
}

#[derive(cynic::QueryVariables)]
struct WaitingVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "WaitingVariables")]
struct WaitingQuery {
    #[arguments(id: $id)]
    workspace: Option<Waiting>,
}

/// What waits for a decision.
#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Workspace")]
pub(super) struct Waiting {
    #[arguments(first: 10, filter: { waiting: true })]
    pub(super) suggestions: Suggestions,
    #[arguments(first: 10, filter: { state: [QUEUED, RUNNING, NEEDS_REVIEW] })]
    pub(super) jobs: Jobs,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "SuggestionConnection")]
pub(super) struct Suggestions {
    pub(super) nodes: Vec<Suggestion>,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
pub(super) struct Suggestion {
    pub(super) id: cynic::Id,
    pub(super) document: Document,
    pub(super) project: ProjectRef,
    pub(super) item_counts: ItemCounts,
    pub(super) created_at: DateTime,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
pub(super) struct ItemCounts {
    pub(crate) total: i32,
    pub(super) open: i32,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "JobConnection")]
pub(super) struct Jobs {
    pub(super) nodes: Vec<Job>,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
pub(super) struct Job {
    pub(super) id: cynic::Id,
    pub(super) state: JobState,
    pub(super) document: Document,
    pub(super) project: ProjectRef,
    pub(super) created_at: DateTime,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
pub(super) struct Document {
    pub(super) title: String,
}

/// Suggestions with open items, and jobs under way or in need of a person.
pub(super) async fn waiting(workspace: cynic::Id) -> Result<Waiting, Error> {
    gql::run(WaitingQuery::build(WaitingVariables { id: workspace }))
        .await?
        .workspace
        .ok_or(Error::NotFound)
}
