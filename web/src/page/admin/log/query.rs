//! What administrators did, and what its filters offer.

use crate::{
    gql::{
        Ask, Error, documents, run,
        types::{DateTime, PageInfo},
    },
    page::{
        admin::collect,
        clients::query::Listed,
        trail::{Detail, Entry, filters::Narrow},
    },
    schema,
};

documents! {
    query ListQuery(ListVariables);
    query OffersQuery(());
}

/// In place of a person: whoever ran a command on the server. No person's id reads so.
pub(super) const COMMAND: &str = "command";
/// The same, as people read it.
pub(super) const BY_COMMAND: &str = "A command on the server";

/// Which entries.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted {
    pub(super) narrow: Narrow,
    /// How many pages of 50.
    pub(super) pages: usize,
}

#[derive(cynic::QueryVariables)]
struct ListVariables {
    after: Option<String>,
    actor: Option<cynic::Id>,
    command: Option<bool>,
    action: Option<String>,
    from: Option<DateTime>,
    to: Option<DateTime>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ListVariables")]
struct ListQuery {
    admin: Option<ListAdmin>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Administration", variables = "ListVariables")]
struct ListAdmin {
    #[arguments(first: 50, after: $after, filter: { actorId: $actor, byCommand: $command, action: $action, from: $from, to: $to })]
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
            nobody: BY_COMMAND,
            from: event.address,
            action: event.action,
            target: event.target_name,
            details: event.details,
        }
    }
}

/// The log, newest first.
pub(super) async fn list(wanted: Wanted) -> Result<Listed<Entry>, Error> {
    let Wanted { narrow, pages } = wanted;
    let is_command = narrow.actor.as_deref() == Some(COMMAND);
    collect(pages, |after| {
        let person = narrow.actor.as_deref().filter(|_| !is_command);
        let variables = ListVariables {
            after,
            actor: person.map(cynic::Id::new),
            command: is_command.then_some(true),
            action: narrow.action.clone(),
            from: narrow.begin().map(DateTime),
            to: narrow.end().map(DateTime),
        };
        async {
            let page = run(ListQuery::build(variables)).await?.admin;
            let page = page.ok_or(Error::NotFound)?.events;
            Ok((page.nodes.into_iter().map(Into::into).collect(), page.page_info))
        }
    })
    .await
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
struct OffersQuery {
    admin: Option<Offers>,
}

/// What the filters offer.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Administration")]
pub(super) struct Offers {
    pub(super) event_actors: Vec<Actor>,
    pub(super) event_actions: Vec<String>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Account")]
pub(super) struct Actor {
    pub(super) id: cynic::Id,
    pub(super) email: String,
}

/// What the filters offer.
pub(super) async fn offers(_: ()) -> Result<Offers, Error> {
    run(OffersQuery::build(())).await?.admin.ok_or(Error::NotFound)
}
