//! Search over clients, projects and tasks.

use super::{Act, Mark, Row};
use crate::{
    gql::{
        self, Ask, Error, documents,
        types::{ClientRef, ProjectRef, TaskStatus},
    },
    route::{Params, Route},
    schema, session,
};

documents! {
    query SearchQuery(SearchVariables);
}

#[derive(cynic::QueryVariables)]
struct SearchVariables {
    id: cynic::Id,
    text: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "SearchVariables")]
struct SearchQuery {
    #[arguments(id: $id)]
    workspace: Option<Found>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Workspace", variables = "SearchVariables")]
struct Found {
    #[arguments(first: 5, filter: { search: $text })]
    clients: Clients,
    #[arguments(first: 5, filter: { search: $text })]
    projects: Projects,
    #[arguments(first: 8, filter: { search: $text })]
    tasks: Tasks,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "ClientConnection")]
struct Clients {
    nodes: Vec<ClientRef>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "ProjectConnection")]
struct Projects {
    nodes: Vec<ProjectRef>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "TaskConnection")]
struct Tasks {
    nodes: Vec<Task>,
}

#[derive(cynic::QueryFragment)]
struct Task {
    id: cynic::Id,
    title: String,
    status: TaskStatus,
    project: ProjectRef,
}

/// What holds the text in its name or title; nothing for no text.
pub(super) async fn find(text: &str) -> Result<Vec<Row>, Error> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let variables = SearchVariables {
        id: session::workspace_id(),
        text: text.to_owned(),
    };
    let found = gql::run(SearchQuery::build(variables))
        .await?
        .workspace
        .ok_or(Error::NotFound)?;
    let mut rows = Vec::new();
    rows.extend(found.projects.nodes.into_iter().map(|project| Row {
        group: "Projects",
        mark: Mark::Project(project.hue),
        act: Act::Go(Route::ProjectBoard {
            id: project.id.inner().to_owned(),
            params: Params::default(),
        }),
        label: project.name,
        path: String::new(),
        kbd: None,
    }));
    rows.extend(found.clients.nodes.into_iter().map(|client| Row {
        group: "Clients",
        mark: Mark::Client(client.name.clone(), client.hue),
        act: Act::Go(Route::ClientDetail {
            id: client.id.inner().to_owned(),
        }),
        label: client.name,
        path: String::new(),
        kbd: None,
    }));
    rows.extend(found.tasks.nodes.into_iter().map(|task| Row {
        group: "Tasks",
        mark: Mark::Task(task.status),
        act: Act::Go(Route::ProjectList {
            id: task.project.id.inner().to_owned(),
            params: Params::of("task", task.id.inner()),
        }),
        label: task.title,
        path: task.project.name,
        kbd: None,
    }));
    Ok(rows)
}
