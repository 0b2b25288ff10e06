//! What administrators did.

use cynic::QueryBuilder;

use crate::{
    gql::{
        Error, run,
        types::{DateTime, PageInfo},
    },
    page::{
        admin::collect,
        clients::query::Listed,
        trail::{Detail, Entry},
    },
    schema,
};

#[derive(cynic::QueryVariables)]
struct ListVariables {
    after: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ListVariables")]
struct ListQuery {
    admin: Option<ListAdmin>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Administration", variables = "ListVariables")]
struct ListAdmin {
    #[arguments(first: 50, after: $after)]
    events: InstallationEventConnection,
}

#[derive(cynic::QueryFragment)]
struct InstallationEventConnection {
    nodes: Vec<InstallationEvent>,
    page_info: PageInfo,
}

#[derive(cynic::QueryFragment)]
struct InstallationEvent {
    id: cynic::Id,
    actor_email: Option<String>,
    address: Option<String>,
    at: DateTime,
    action: String,
    target_name: Option<String>,
    details: Vec<Detail>,
}

impl From<InstallationEvent> for Entry {
    fn from(event: InstallationEvent) -> Self {
        Self {
            id: event.id.into_inner(),
            at: event.at,
            who: event.actor_email,
            nobody: "A command on the server",
            from: event.address,
            action: event.action,
            target: event.target_name,
            details: event.details,
        }
    }
}

/// The log, newest first, `pages` of 50.
pub(super) async fn list(pages: usize) -> Result<Listed<Entry>, Error> {
    collect(pages, |after| async {
        let page = run(ListQuery::build(ListVariables { after })).await?.admin;
        let page = page.ok_or(Error::NotFound)?.events;
        Ok((page.nodes.into_iter().map(Into::into).collect(), page.page_info))
    })
    .await
}
