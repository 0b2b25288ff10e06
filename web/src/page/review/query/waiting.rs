//! The list of what waits for a decision.

use super::{Provenance, ReviewProject};
use crate::{
    gql::{
        Ask, Error, documents, run,
        types::{DateTime, JobReason, JobState, UseCase},
    },
    schema,
};

documents! {
    query WaitingQuery(WaitingVariables);
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct WaitingVariables {
    pub(crate) workspace: cynic::Id,
    pub(crate) waiting: SuggestionFilter,
    pub(crate) stuck: JobFilter,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct SuggestionFilter {
    pub(crate) waiting: Option<bool>,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct JobFilter {
    pub(crate) state: Option<Vec<JobState>>,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Query", variables = "WaitingVariables")]
pub(crate) struct WaitingQuery {
    #[arguments(id: $workspace)]
    pub(crate) workspace: Option<Waiting>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Workspace", variables = "WaitingVariables")]
pub(crate) struct Waiting {
    #[arguments(first: 100, filter: $waiting)]
    pub(crate) suggestions: WaitingSuggestions,
    #[arguments(first: 100, filter: $stuck)]
    pub(crate) jobs: WaitingJobs,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "SuggestionConnection")]
pub(crate) struct WaitingSuggestions {
    pub(crate) nodes: Vec<WaitingSuggestion>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "JobConnection")]
pub(crate) struct WaitingJobs {
    pub(crate) nodes: Vec<WaitingJob>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Suggestion")]
pub(crate) struct WaitingSuggestion {
    pub(crate) use_case: UseCase,
    pub(crate) id: cynic::Id,
    pub(crate) stale: bool,
    pub(crate) document: DocumentName,
    pub(crate) project: ReviewProject,
    pub(crate) item_counts: ItemCounts,
    pub(crate) provenance: Provenance,
    pub(crate) created_at: DateTime,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct ItemCounts {
    pub(crate) total: i32,
    pub(crate) open: i32,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Document")]
pub(crate) struct DocumentName {
    pub(crate) title: String,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Job")]
pub(crate) struct WaitingJob {
    pub(crate) id: cynic::Id,
    pub(crate) state: JobState,
    pub(crate) reason: Option<JobReason>,
    pub(crate) document: DocumentName,
    pub(crate) project: ReviewProject,
    pub(crate) created_at: DateTime,
}

/// Suggestions with open items, and jobs that run or need a person, newest first.
pub(crate) async fn waiting(workspace: String) -> Result<Waiting, Error> {
    let variables = WaitingVariables {
        workspace: workspace.into(),
        waiting: SuggestionFilter { waiting: Some(true) },
        stuck: JobFilter {
            state: Some(vec![JobState::NeedsReview, JobState::Queued, JobState::Running]),
        },
    };
    run(WaitingQuery::build(variables))
        .await?
        .workspace
        .ok_or(Error::NotFound)
}
