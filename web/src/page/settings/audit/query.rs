//! A workspace's audit log, and what its filters offer.

use crate::{
    gql::{
        Ask, Error, documents, run,
        types::{DateTime, PageInfo, Person},
    },
    page::{
        clients::query::Listed,
        trail::{Detail, Entry, filters::Narrow, nobody},
    },
    schema, session,
};

documents! {
    query ListQuery(ListVariables);
    query OffersQuery(OffersVariables);
}

/// Which events.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Wanted {
    pub(super) workspace: String,
    pub(super) narrow: Narrow,
    /// How many pages of 50.
    pub(super) pages: usize,
}

impl Wanted {
    /// Where the same events are as a file.
    pub(super) fn file(&self, format: &str) -> String {
        let mut query = crate::route::Params::of("format", format);
        for (name, value) in [
            ("actorId", self.narrow.actor.clone()),
            ("action", self.narrow.action.clone()),
            ("from", self.narrow.begin()),
            ("to", self.narrow.end()),
        ] {
            query = query.with(name, &value.unwrap_or_default());
        }
        let id = session::workspace_id();
        ["/api/v1/workspaces/", id.inner(), "/audit?", &query.to_string()].concat()
    }
}

#[derive(cynic::QueryVariables)]
struct ListVariables {
    id: cynic::Id,
    after: Option<String>,
    actor: Option<cynic::Id>,
    action: Option<String>,
    from: Option<DateTime>,
    to: Option<DateTime>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ListVariables")]
struct ListQuery {
    #[arguments(id: $id)]
    workspace: Option<ListWorkspace>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Workspace", variables = "ListVariables")]
struct ListWorkspace {
    #[arguments(first: 50, after: $after, filter: { actorId: $actor, action: $action, from: $from, to: $to })]
    audit_events: AuditEventConnection,
}

#[derive(cynic::QueryFragment)]
struct AuditEventConnection {
    nodes: Vec<AuditEvent>,
    page_info: PageInfo,
}

#[derive(cynic::QueryFragment)]
struct AuditEvent {
    id: cynic::Id,
    actor: Option<Person>,
    address: Option<String>,
    at: DateTime,
    action: String,
    details: Vec<Detail>,
}

impl From<AuditEvent> for Entry {
    fn from(event: AuditEvent) -> Self {
        Self {
            id: event.id.into_inner(),
            at: event.at,
            who: event.actor.map(|actor| actor.name),
            nobody: nobody(&event.action, &event.details),
            from: event.address,
            action: event.action,
            target: None,
            details: event.details,
        }
    }
}

/// Events, newest first.
pub(super) async fn list(wanted: Wanted) -> Result<Listed<Entry>, Error> {
    crate::page::admin::collect(wanted.pages, |after| {
        let variables = ListVariables {
            id: cynic::Id::new(&wanted.workspace),
            after,
            actor: wanted.narrow.actor.as_deref().map(cynic::Id::new),
            action: wanted.narrow.action.clone(),
            from: wanted.narrow.begin().map(DateTime),
            to: wanted.narrow.end().map(DateTime),
        };
        async {
            let workspace = run(ListQuery::build(variables)).await?.workspace;
            let page = workspace.ok_or(Error::NotFound)?.audit_events;
            Ok((page.nodes.into_iter().map(Into::into).collect(), page.page_info))
        }
    })
    .await
}

#[derive(cynic::QueryVariables)]
struct OffersVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "OffersVariables")]
struct OffersQuery {
    #[arguments(id: $id)]
    workspace: Option<Offers>,
}

/// What the filters offer.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Workspace")]
pub(super) struct Offers {
    pub(super) members: Vec<Member>,
    pub(super) audit_actions: Vec<String>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "WorkspaceMember")]
pub(super) struct Member {
    pub(super) user: Person,
}

/// What the filters offer.
pub(super) async fn offers(workspace: String) -> Result<Offers, Error> {
    let variables = OffersVariables {
        id: cynic::Id::new(workspace),
    };
    let answer = run(OffersQuery::build(variables)).await?;
    answer.workspace.ok_or(Error::NotFound)
}
