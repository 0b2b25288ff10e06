//! What the paste page reads and starts.

use crate::{
    fmt::{Day, money},
    gql::{
        Ask, Error, UserError, documents, run, settle,
        types::{Engine, OrderDirection, ProjectOrderField, ProjectStatus, UseCase},
    },
    page::job::query::Started,
    route::Route,
    schema,
};

documents! {
    query HomesQuery(HomesVariables);
    query ReadersQuery(ReadersVariables);
    mutation PlanStart(PlanVariables);
}

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

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct ReadersVariables {
    pub(crate) workspace: cynic::Id,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Query", variables = "ReadersVariables")]
pub(crate) struct ReadersQuery {
    #[arguments(id: $workspace)]
    pub(crate) workspace: Option<Readers>,
}

/// What may read a text, and what is left to pay for it.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Workspace")]
pub(crate) struct Readers {
    pub(crate) ai_models: Vec<AiModel>,
    pub(crate) ai_budget: AiBudget,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct AiModel {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) engine: Engine,
    pub(crate) provider: String,
    pub(crate) default_for: Vec<UseCase>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct AiBudget {
    pub(crate) ai_enabled: bool,
    pub(crate) limit_micro_usd: i64,
    pub(crate) left_micro_usd: i64,
    pub(crate) jobs_per_day: i32,
    pub(crate) jobs_today: i32,
}

impl Readers {
    /// The model that texts of this use go to; `None` where the built-in rules read them.
    pub(crate) fn reader(&self, use_case: UseCase) -> Option<&AiModel> {
        self.ai_models
            .iter()
            .find(|model| model.engine == Engine::Model && model.default_for.contains(&use_case))
    }

    /// Who will read a text now, and what is left to pay for it.
    pub(crate) fn sentence(&self, use_case: UseCase) -> String {
        let Some(model) = self.reader(use_case) else {
            return "Read by rules on this server; no AI model sees it.".to_owned();
        };
        let budget = &self.ai_budget;
        if !budget.ai_enabled {
            return format!(
                "An administrator has switched AI off: {} will not read it now.",
                model.label
            );
        }
        let jobs = budget.jobs_per_day - budget.jobs_today;
        if budget.left_micro_usd == 0 || jobs <= 0 {
            return format!("The AI budget is used up: {} will not read it now.", model.label);
        }
        let left = [
            money::usd(budget.left_micro_usd),
            " of ".to_owned(),
            money::usd(budget.limit_micro_usd),
            " left this month".to_owned(),
        ]
        .concat();
        format!(
            "Read by {}, at {}. {left}, {jobs} texts today.",
            model.label, model.provider
        )
    }
}

/// Reads what may read a text.
pub(crate) async fn readers(workspace: String) -> Result<Readers, Error> {
    let variables = ReadersVariables {
        workspace: workspace.into(),
    };
    run(ReadersQuery::build(variables))
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
    pub(crate) use_case: UseCase,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) today: Option<Day>,
    pub(crate) wait_millis: Option<i32>,
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
    pub(crate) job: Option<Started>,
    pub(crate) user_errors: Vec<UserError>,
}

/// Stores the text and starts the job; answers with where it is to be seen.
pub(crate) async fn plan(input: PlanStartInput) -> Result<Route, Error> {
    let payload = run(PlanStart::build(PlanVariables { input })).await?.plan_start;
    settle(payload.job, payload.user_errors).map(Started::place)
}
