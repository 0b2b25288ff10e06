//! What can be done to tasks.

use super::TaskRow;
use crate::{
    fmt::Day,
    gql::{
        self, Ask, Error, UserError, documents, settle,
        types::{Maybe, NodeVersionInput, Responsible, TaskPriority, TaskStatus},
    },
    schema,
};

documents! {
    mutation CreateMutation(CreateVariables);
    mutation UpdateMutation(UpdateVariables);
    mutation MoveMutation(MoveVariables);
    mutation DeleteMutation(VersionVariables);
    mutation RestoreMutation(VersionVariables);
}

/// What a person writes of a new task.
#[derive(cynic::InputObject, Clone, Debug)]
pub(crate) struct TaskCreateInput {
    pub(crate) project_id: cynic::Id,
    pub(crate) title: String,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<TaskStatus>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) priority: Option<TaskPriority>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) responsible: Option<Responsible>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_id: Option<cynic::Id>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) assignee_id: Option<cynic::Id>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) estimate_min_minutes: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) estimate_max_minutes: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) due_date: Option<Day>,
    pub(crate) idempotency_key: Option<String>,
}

impl TaskCreateInput {
    /// A task with a title alone. The key makes sending it twice harmless.
    pub(crate) fn new(project: &str, title: &str) -> Self {
        Self {
            project_id: cynic::Id::new(project),
            title: title.to_owned(),
            description: None,
            status: None,
            priority: None,
            responsible: None,
            parent_id: None,
            assignee_id: None,
            estimate_min_minutes: None,
            estimate_max_minutes: None,
            due_date: None,
            idempotency_key: Some(crate::platform::unique()),
        }
    }
}

#[derive(cynic::QueryVariables)]
struct CreateVariables {
    input: TaskCreateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateVariables")]
struct CreateMutation {
    #[arguments(input: $input)]
    task_create: RowPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "TaskPayload")]
struct RowPayload {
    task: Option<TaskRow>,
    user_errors: Vec<UserError>,
}

/// Makes a task.
pub(crate) async fn create(input: TaskCreateInput) -> Result<TaskRow, Error> {
    let payload = gql::run(CreateMutation::build(CreateVariables { input }))
        .await?
        .task_create;
    settle(payload.task, payload.user_errors)
}

/// Changes to a task; what is not named stays.
#[derive(cynic::InputObject, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "TaskUpdateInput")]
pub(crate) struct TaskEdit {
    pub(crate) id: cynic::Id,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) expected_version: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<TaskStatus>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) priority: Option<TaskPriority>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) responsible: Option<Responsible>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) assignee_id: Maybe<cynic::Id>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) estimate_min_minutes: Maybe<i32>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) estimate_max_minutes: Maybe<i32>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) due_date: Maybe<Day>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) client_visible: Option<bool>,
}

impl TaskEdit {
    /// No change yet. Without a version the last write wins, which is right for single values.
    pub(crate) fn of(id: &cynic::Id) -> Self {
        Self {
            id: id.clone(),
            expected_version: None,
            title: None,
            description: None,
            status: None,
            priority: None,
            responsible: None,
            assignee_id: Maybe::Keep,
            estimate_min_minutes: Maybe::Keep,
            estimate_max_minutes: Maybe::Keep,
            due_date: Maybe::Keep,
            client_visible: None,
        }
    }

    /// Shows the change before the server has it. An assignee is known only to the server.
    pub(crate) fn apply(&self, task: &mut TaskRow) {
        if let Some(title) = &self.title {
            task.title.clone_from(title);
        }
        if let Some(status) = self.status {
            task.status = status;
        }
        if let Some(priority) = self.priority {
            task.priority = priority;
        }
        if let Some(responsible) = self.responsible {
            task.responsible = responsible;
        }
        if let Maybe::Set(minutes) = self.estimate_min_minutes {
            task.estimate_min_minutes = minutes;
        }
        if let Maybe::Set(minutes) = self.estimate_max_minutes {
            task.estimate_max_minutes = minutes;
        }
        if let Maybe::Set(due) = self.due_date {
            task.due_date = due;
        }
        if self.assignee_id == Maybe::Set(None) {
            task.assignee = None;
        }
    }
}

#[derive(cynic::QueryVariables)]
struct UpdateVariables {
    input: TaskEdit,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UpdateVariables")]
struct UpdateMutation {
    #[arguments(input: $input)]
    task_update: RowPayload,
}

/// Changes a task.
pub(crate) async fn update(input: TaskEdit) -> Result<TaskRow, Error> {
    let payload = gql::run(UpdateMutation::build(UpdateVariables { input }))
        .await?
        .task_update;
    settle(payload.task, payload.user_errors)
}

/// Where a card goes: into a status, below one card and above another.
#[derive(cynic::InputObject, Clone, Debug)]
pub(crate) struct TaskMoveInput {
    pub(crate) id: cynic::Id,
    pub(crate) status: TaskStatus,
    pub(crate) after_id: Option<cynic::Id>,
    pub(crate) before_id: Option<cynic::Id>,
}

#[derive(cynic::QueryVariables)]
struct MoveVariables {
    input: TaskMoveInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "MoveVariables")]
struct MoveMutation {
    #[arguments(input: $input)]
    task_move: RowPayload,
}

/// Moves a card.
pub(crate) async fn place(input: TaskMoveInput) -> Result<TaskRow, Error> {
    let payload = gql::run(MoveMutation::build(MoveVariables { input }))
        .await?
        .task_move;
    settle(payload.task, payload.user_errors)
}

#[derive(cynic::QueryVariables)]
struct VersionVariables {
    input: NodeVersionInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "VersionVariables")]
struct DeleteMutation {
    #[arguments(input: $input)]
    task_delete: DeletePayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "TaskDeletePayload")]
struct DeletePayload {
    deleted_id: Option<cynic::Id>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "VersionVariables")]
struct RestoreMutation {
    #[arguments(input: $input)]
    task_restore: RowPayload,
}

fn any_version(id: cynic::Id) -> VersionVariables {
    VersionVariables {
        input: NodeVersionInput {
            id,
            expected_version: None,
        },
    }
}

/// Deletes a task; [`restore`] brings it back.
pub(crate) async fn delete(id: cynic::Id) -> Result<(), Error> {
    let payload = gql::run(DeleteMutation::build(any_version(id)))
        .await?
        .task_delete;
    settle(payload.deleted_id, payload.user_errors).map(|_| ())
}

/// Brings a deleted task back.
pub(crate) async fn restore(id: cynic::Id) -> Result<(), Error> {
    let payload = gql::run(RestoreMutation::build(any_version(id)))
        .await?
        .task_restore;
    settle(payload.task, payload.user_errors).map(|_| ())
}
