//! Tasks as lists and panels read them, and what can be done to them.

mod write;

use crate::{
    fmt::Day,
    gql::{
        self, Ask, Error, documents,
        types::{DateTime, PageInfo, Person, ProjectRef, Responsible, TaskPriority, TaskStatus},
    },
    schema,
};

pub(crate) use write::*;

documents! {
    query ProjectTasksQuery(ProjectTasksVariables);
    query TaskQuery(TaskVariables);
    query ChoicesQuery(WorkspaceVariables);
}

/// A task as boards and lists show it.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Task")]
pub(crate) struct TaskRow {
    pub(crate) id: cynic::Id,
    pub(crate) title: String,
    pub(crate) status: TaskStatus,
    pub(crate) priority: TaskPriority,
    pub(crate) position: String,
    pub(crate) responsible: Responsible,
    pub(crate) project: ProjectRef,
    pub(crate) parent: Option<TaskId>,
    pub(crate) assignee: Option<Person>,
    pub(crate) estimate_min_minutes: Option<i32>,
    pub(crate) estimate_max_minutes: Option<i32>,
    pub(crate) due_date: Option<Day>,
    pub(crate) completed_at: Option<DateTime>,
    pub(crate) subtask_count: i32,
    pub(crate) subtask_done_count: i32,
    pub(crate) version: i32,
}

impl TaskRow {
    /// Due before today and not done.
    pub(crate) fn is_late(&self, today: Day) -> bool {
        self.status != TaskStatus::Done && self.due_date.is_some_and(|due| due < today)
    }
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Task")]
pub(crate) struct TaskId {
    pub(crate) id: cynic::Id,
}

#[derive(cynic::QueryFragment, Clone, Debug)]
#[cynic(graphql_type = "TaskConnection")]
pub(crate) struct TaskPage {
    pub(crate) nodes: Vec<TaskRow>,
    pub(crate) page_info: PageInfo,
}

#[derive(cynic::QueryVariables)]
struct ProjectTasksVariables {
    id: cynic::Id,
    after: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ProjectTasksVariables")]
struct ProjectTasksQuery {
    #[arguments(id: $id)]
    project: Option<ProjectTasks>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Project", variables = "ProjectTasksVariables")]
struct ProjectTasks {
    #[arguments(first: 100, after: $after, orderBy: { field: POSITION, direction: ASC })]
    tasks: TaskPage,
}

/// All tasks of a project, in the order of their positions.
pub(crate) async fn of_project(id: String) -> Result<Vec<TaskRow>, Error> {
    /// A project with more tasks than this is shown in part: 20 pages of 100.
    const MOST_PAGES: usize = 20;
    let mut all = Vec::new();
    let mut after = None;
    for _ in 0..MOST_PAGES {
        let variables = ProjectTasksVariables {
            id: cynic::Id::new(&id),
            after: after.take(),
        };
        let page = gql::run(ProjectTasksQuery::build(variables))
            .await?
            .project
            .ok_or(Error::NotFound)?
            .tasks;
        all.extend(page.nodes);
        if !page.page_info.has_next_page {
            break;
        }
        after = page.page_info.end_cursor;
    }
    Ok(all)
}

/// A task in detail.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Task")]
pub(crate) struct TaskDetail {
    #[cynic(spread)]
    pub(crate) row: TaskRow,
    pub(crate) description: String,
    pub(crate) client_visible: bool,
    pub(crate) source: Option<Source>,
    pub(crate) created_at: DateTime,
    pub(crate) updated_at: DateTime,
}

/// The sentence a task came from.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "SuggestionItem")]
pub(crate) struct Source {
    pub(crate) quote: Option<String>,
    pub(crate) suggestion: SourceSuggestion,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Suggestion")]
pub(crate) struct SourceSuggestion {
    pub(crate) id: cynic::Id,
    pub(crate) document: SourceDocument,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Document")]
pub(crate) struct SourceDocument {
    pub(crate) title: String,
}

#[derive(cynic::QueryVariables)]
pub(crate) struct TaskVariables {
    pub(crate) id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "TaskVariables")]
pub(crate) struct TaskQuery {
    #[arguments(id: $id)]
    task: Option<TaskDetail>,
}

/// One task.
pub(crate) async fn one(id: String) -> Result<TaskDetail, Error> {
    gql::run(TaskQuery::build(TaskVariables {
        id: cynic::Id::new(id),
    }))
    .await?
    .task
    .ok_or(Error::NotFound)
}

#[derive(cynic::QueryVariables)]
pub(crate) struct WorkspaceVariables {
    pub(crate) id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "WorkspaceVariables")]
struct ChoicesQuery {
    #[arguments(id: $id)]
    workspace: Option<Choices>,
}

/// Whom and where a task can be given to.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Workspace")]
pub(crate) struct Choices {
    pub(crate) members: Vec<Member>,
    #[arguments(first: 100, orderBy: { field: NAME, direction: ASC })]
    pub(crate) projects: ProjectRefs,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "WorkspaceMember")]
pub(crate) struct Member {
    pub(crate) user: Person,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "ProjectConnection")]
pub(crate) struct ProjectRefs {
    pub(crate) nodes: Vec<ProjectRef>,
}

/// The people and projects of a workspace.
pub(crate) async fn choices(workspace: cynic::Id) -> Result<Choices, Error> {
    gql::run(ChoicesQuery::build(WorkspaceVariables { id: workspace }))
        .await?
        .workspace
        .ok_or(Error::NotFound)
}
