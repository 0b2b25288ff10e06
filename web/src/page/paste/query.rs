//! What the paste page reads and starts.

use cynic::{MutationBuilder, QueryBuilder};

use crate::{
    fmt::Day,
    gql::{
        Error, UserError, run, settle,
        types::{OrderDirection, ProjectOrderField, ProjectStatus},
    },
    schema,
};

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct HomesVariables {
    pub(crate) workspace: cynic::Id,
    pub(crate) order: ProjectOrder,
    pub(crate) filter: ProjectFilter,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct ProjectOrder {
    pub(crate) field: ProjectOrderField,
    pub(crate) direction: OrderDirection,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct ProjectFilter {
    pub(crate) status: Option<Vec<ProjectStatus>>,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Query", variables = "HomesVariables")]
pub(crate) struct HomesQuery {
    #[arguments(id: $workspace)]
    pub(crate) workspace: Option<Homes>,
}

/// Where a text may go: the projects worked on last, and the clients.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Workspace", variables = "HomesVariables")]
pub(crate) struct Homes {
    #[arguments(first: 100, filter: $filter, orderBy: $order)]
    pub(crate) projects: HomeProjects,
    #[arguments(first: 100)]
    pub(crate) clients: HomeClients,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "ProjectConnection")]
pub(crate) struct HomeProjects {
    pub(crate) nodes: Vec<HomeProject>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "ClientConnection")]
pub(crate) struct HomeClients {
    pub(crate) nodes: Vec<HomeClient>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Project")]
pub(crate) struct HomeProject {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) client: Option<HomeClient>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Client")]
pub(crate) struct HomeClient {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
}

/// Reads the projects that are not finished, the most recently changed first, and the clients.
pub(crate) async fn homes(workspace: String) -> Result<Homes, Error> {
    let variables = HomesVariables {
        workspace: workspace.into(),
        order: ProjectOrder {
            field: ProjectOrderField::UpdatedAt,
            direction: OrderDirection::Desc,
        },
        filter: ProjectFilter {
            status: Some(vec![
                ProjectStatus::Planned,
                ProjectStatus::Active,
                ProjectStatus::OnHold,
            ]),
        },
    };
    run(HomesQuery::build(variables))
        .await?
        .workspace
        .ok_or(Error::NotFound)
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct NewProjectInput {
    pub(crate) name: String,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<cynic::Id>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) new_client_name: Option<String>,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct PlanStartInput {
    pub(crate) workspace_id: cynic::Id,
    pub(crate) text: String,
    /// The document's; made of the text when left out.
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) project_id: Option<cynic::Id>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) new_project: Option<NewProjectInput>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) today: Option<Day>,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct PlanVariables {
    pub(crate) input: PlanStartInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "PlanVariables")]
pub(crate) struct PlanStart {
    #[arguments(input: $input)]
    pub(crate) plan_start: PlanPayload,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "JobPayload")]
pub(crate) struct PlanPayload {
    pub(crate) job: Option<PlanJob>,
    pub(crate) user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Job")]
pub(crate) struct PlanJob {
    pub(crate) id: cynic::Id,
}

/// Stores the text and starts the job; answers with its id.
pub(crate) async fn plan(input: PlanStartInput) -> Result<String, Error> {
    let payload = run(PlanStart::build(PlanVariables { input })).await?.plan_start;
    settle(payload.job, payload.user_errors).map(|job| job.id.into_inner())
}
