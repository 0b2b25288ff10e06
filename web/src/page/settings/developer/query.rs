//! A project to name in examples.

use crate::{
    gql::{self, Ask, Error, documents},
    schema,
};

documents! {
    query ExampleQuery(ExampleVariables);
}

#[derive(cynic::QueryVariables)]
struct ExampleVariables {
    workspace: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ExampleVariables")]
struct ExampleQuery {
    #[arguments(id: $workspace)]
    workspace: Option<ExampleWorkspace>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Workspace")]
struct ExampleWorkspace {
    #[arguments(first: 1)]
    projects: ExampleProjects,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "ProjectConnection")]
struct ExampleProjects {
    nodes: Vec<ExampleProject>,
}

/// A project of the workspace.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Project")]
pub(super) struct ExampleProject {
    pub(super) id: cynic::Id,
    pub(super) name: String,
}

/// The first project of a workspace, if it has one.
pub(super) async fn project(workspace: String) -> Result<Option<ExampleProject>, Error> {
    let variables = ExampleVariables {
        workspace: cynic::Id::new(workspace),
    };
    let found = gql::run(ExampleQuery::build(variables)).await?.workspace;
    Ok(found.and_then(|workspace| workspace.projects.nodes.into_iter().next()))
}
