//! How the installation does.

use crate::{
    gql::{
        Ask, Error, documents, run,
        types::{DateTime, PartKind, ProcessKind},
    },
    page::admin::ai::query::Settings,
    schema,
};

documents! {
    query OverviewQuery(());
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
struct OverviewQuery {
    admin: Option<Overview>,
}

/// Everything the page shows.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Administration")]
pub(super) struct Overview {
    #[arguments(first: 1)]
    pub(super) users: Accounts,
    #[arguments(first: 1, filter: { deleted: false })]
    pub(super) workspaces: Workspaces,
    #[arguments(first: 1)]
    pub(super) jobs: Jobs,
    pub(super) settings: Settings,
    pub(super) health: Health,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "AccountConnection")]
pub(super) struct Accounts {
    pub(super) total_count: i32,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "WorkspaceSizeConnection")]
pub(super) struct Workspaces {
    pub(super) total_count: i32,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "JobRecordConnection")]
pub(super) struct Jobs {
    pub(super) total_count: i32,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "InstallationHealth")]
pub(super) struct Health {
    pub(super) database_version: String,
    pub(super) database_bytes: i64,
    pub(super) outbox_unsent: i32,
    pub(super) outbox_oldest_at: Option<DateTime>,
    pub(super) processes: Vec<Process>,
    pub(super) purges: Vec<PurgeRun>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct Process {
    pub(super) name: String,
    pub(super) kind: ProcessKind,
    pub(super) version: String,
    pub(super) started_at: DateTime,
    pub(super) at: DateTime,
    pub(super) is_stale: bool,
    pub(super) parts: Vec<Part>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) kind: PartKind,
    pub(super) is_ok: bool,
    pub(super) detail: String,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct PurgeRun {
    pub(super) purge: String,
    pub(super) finished_at: Option<DateTime>,
    pub(super) removed: Option<i32>,
}

/// How the installation does now.
pub(super) async fn overview(_: ()) -> Result<Overview, Error> {
    run(OverviewQuery::build(())).await?.admin.ok_or(Error::NotFound)
}
