//! What the sidebar shows.

use crate::{
    gql::{Ask, Asked, documents, types::Hue},
    schema,
};

documents! {
    query ShellQuery(ShellVariables);
}

#[derive(cynic::QueryVariables)]
pub(super) struct ShellVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Query", variables = "ShellVariables")]
pub(super) struct ShellQuery {
    #[arguments(id: $id)]
    pub(super) workspace: Option<ShellWorkspace>,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "Workspace")]
pub(super) struct ShellWorkspace {
    pub(super) name: String,
    pub(super) counts: Counts,
    #[arguments(first: 12, filter: { status: [ACTIVE] }, orderBy: { field: NAME, direction: ASC })]
    pub(super) projects: Projects,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "WorkspaceCounts")]
pub(super) struct Counts {
    pub(super) suggestions_waiting: i32,
    pub(super) jobs_needing_review: i32,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "ProjectConnection")]
pub(super) struct Projects {
    pub(super) nodes: Vec<Project>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct Project {
    pub(super) id: cynic::Id,
    pub(super) name: String,
    pub(super) hue: Hue,
    pub(super) progress: Progress,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "ProjectProgress")]
pub(super) struct Progress {
    pub(super) total: i32,
    pub(super) done: i32,
}

pub(super) fn shell(id: cynic::Id) -> Asked<ShellQuery> {
    ShellQuery::build(ShellVariables { id })
}
