//! Projects.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{
    DomainError, Page, Paged, WorkspaceTx,
    cells::{Cell, Cells, ClientColumn, ProjectColumn as Column, Rows},
    client, project,
};
use smartstack_schema::ProjectId;

use super::{
    client::Client,
    connection::{LazyPage, List, WrittenList, connection, page},
    document::{DocumentConnection, DocumentList},
    enums::{Hue, OrderDirection, ProjectOrderField, ProjectStatus},
    project_note::ProjectNote,
    scalar::{Date, Money},
    share_link::{ShareLinkConnection, ShareLinkList},
    suggestion::{SuggestionConnection, SuggestionFilter, SuggestionList},
    task::{TaskConnection, TaskFilter, TaskList, TaskOrder},
};
use crate::graphql::{
    eager::Eager,
    loader::{ClientKey, ProgressKey, ProjectNotesKey, ProjectWithClient},
    node,
    written::{Link, Write, Written, cell},
};

/// Work with a beginning and an end, usually for a client.
pub struct Project {
    project: project::Project,
    /// Its client, where that was read along with it.
    client: Option<Option<client::Client>>,
}

impl Project {
    /// A project alone, as lists and mutations give it.
    pub fn new(project: project::Project) -> Self {
        Self {
            project,
            client: None,
        }
    }
}

impl From<ProjectWithClient> for Project {
    fn from(found: ProjectWithClient) -> Self {
        Self {
            project: found.project,
            client: Some(found.client),
        }
    }
}

/// Work with a beginning and an end, usually for a client.
#[Object]
impl Project {
    /// Unique over everything; begins with `project_`.
    pub(crate) async fn id(&self) -> ID {
        self.project.id.to_string().into()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.project.name
    }

    /// What it is about; empty when nobody wrote it down.
    async fn description(&self) -> &str {
        &self.project.description
    }

    /// Where it stands.
    async fn status(&self) -> ProjectStatus {
        self.project.status.into()
    }

    /// The colour it is told apart by.
    async fn hue(&self) -> Hue {
        self.project.hue.into()
    }

    /// For whom; null for one's own projects.
    async fn client(&self, ctx: &Context<'_>) -> Result<Option<Eager<Client>>> {
        if let Some(client) = &self.client {
            return Ok(client.clone().map(|client| Eager(Client(client))));
        }
        let Some(id) = self.project.client_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, ClientKey(self.project.workspace_id, id))
            .await?
            .map(|client| Eager(Client(client))))
    }

    /// When work begins.
    async fn start_date(&self) -> Option<Date> {
        self.project.start_date.map(Date)
    }

    /// When it has to be done.
    async fn due_date(&self) -> Option<Date> {
        self.project.due_date.map(Date)
    }

    /// What it may cost.
    async fn budget(&self) -> Option<Money> {
        self.project.budget.clone().map(Into::into)
    }

    /// How many minutes of work it may take.
    async fn budget_minutes(&self) -> Option<i32> {
        self.project.budget_minutes
    }

    /// What an hour of work costs.
    async fn hourly_rate(&self) -> Option<Money> {
        self.project.hourly_rate.clone().map(Into::into)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.project.created_at
    }

    /// When the project itself last changed; its tasks have times of their own.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.project.updated_at
    }

    /// Since when it is hidden; null while it is not. It can be restored for a year.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.project.deleted_at
    }

    /// Counts its changes, from 1; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.project.version
    }

    /// How far it is.
    async fn progress(&self, ctx: &Context<'_>) -> Result<ProjectProgress> {
        Ok(
            node::load_required(ctx, ProgressKey(self.project.workspace_id, self.project.id))
                .await?
                .into(),
        )
    }

    /// Its tasks.
    #[allow(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Which ones; projectId is this project whatever is said.")] filter: Option<
            TaskFilter,
        >,
        #[graphql(desc = "In which order; as on the board when left out.")] order_by: Option<TaskOrder>,
    ) -> Result<TaskConnection> {
        let page = page(first, after, last, before)?;
        let mut list = TaskList::new(filter, order_by, page)?;
        list.filter.project_id = Some(self.project.id);
        Ok(TaskConnection(LazyPage::written(
            ctx,
            self.project.workspace_id,
            list,
        )))
    }

    /// Its questions, exclusions and decisions, oldest first.
    async fn notes(&self, ctx: &Context<'_>) -> Result<Vec<ProjectNote>> {
        let notes = node::load(ctx, ProjectNotesKey(self.project.workspace_id, self.project.id)).await?;
        Ok(notes.unwrap_or_default().into_iter().map(ProjectNote).collect())
    }

    /// The texts pasted into it, newest first.
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
    ) -> Result<DocumentConnection> {
        let list = DocumentList {
            project: self.project.id,
            page: page(first, after, last, before)?,
        };
        Ok(DocumentConnection(LazyPage::new(
            ctx,
            self.project.workspace_id,
            list,
        )))
    }

    /// What was proposed for it, newest first.
    async fn suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Which ones; projectId is this project whatever is said.")] filter: Option<
            SuggestionFilter,
        >,
    ) -> Result<SuggestionConnection> {
        let page = page(first, after, last, before)?;
        let mut list = SuggestionList::new(filter, page)?;
        list.filter.project_id = Some(self.project.id);
        Ok(SuggestionConnection(LazyPage::new(
            ctx,
            self.project.workspace_id,
            list,
        )))
    }

    /// The links that show it to clients, newest first, revoked ones included.
    async fn share_links(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
    ) -> Result<ShareLinkConnection> {
        let list = ShareLinkList {
            project: Some(self.project.id),
            page: page(first, after, last, before)?,
        };
        Ok(ShareLinkConnection(LazyPage::new(
            ctx,
            self.project.workspace_id,
            list,
        )))
    }
}

impl Written for Project {
    fn plain(name: &str) -> Option<(Cell, Write)> {
        let (column, write): (_, Write) = match name {
            "id" => (Column::Id, cell::id::<ProjectId>),
            "name" => (Column::Name, cell::text),
            "description" => (Column::Description, cell::text),
            "status" => (Column::Status, cell::text),
            "hue" => (Column::Hue, cell::text),
            "startDate" => (Column::StartDate, cell::day),
            "dueDate" => (Column::DueDate, cell::day),
            "budgetMinutes" => (Column::BudgetMinutes, cell::number),
            "createdAt" => (Column::CreatedAt, cell::moment),
            "updatedAt" => (Column::UpdatedAt, cell::moment),
            "deletedAt" => (Column::DeletedAt, cell::moment),
            "version" => (Column::Version, cell::number),
            _ => return None,
        };
        Some((Cell::Project(column), write))
    }

    fn linked(name: &str) -> Option<Link> {
        match name {
            "client" => Some(Link::to::<Client>(Cell::Client(ClientColumn::Id))),
            _ => None,
        }
    }
}

/// How far a project is. Computed in SQL over its tasks.
#[derive(SimpleObject)]
pub struct ProjectProgress {
    /// Tasks in all.
    pub total: i32,
    /// Tasks that are done.
    pub done: i32,
    /// Open tasks whose due date has passed, in UTC.
    pub overdue: i32,
    /// Open tasks that wait for the client.
    pub waiting_for_client: i32,
    /// Open tasks without a due date.
    pub unscheduled: i32,
    /// Sum of the lower estimates, in minutes; tasks without one do not count.
    pub estimate_min_minutes: i32,
    /// Sum of the upper estimates, in minutes; tasks without one do not count.
    pub estimate_max_minutes: i32,
    /// Sum of the upper estimates of open tasks, in minutes.
    pub remaining_max_minutes: i32,
    /// Tasks without an estimate.
    pub unestimated: i32,
}

impl From<project::ProjectProgress> for ProjectProgress {
    fn from(progress: project::ProjectProgress) -> Self {
        Self {
            total: progress.total,
            done: progress.done,
            overdue: progress.overdue,
            waiting_for_client: progress.waiting_for_client,
            unscheduled: progress.unscheduled,
            estimate_min_minutes: progress.estimate_min_minutes,
            estimate_max_minutes: progress.estimate_max_minutes,
            remaining_max_minutes: progress.remaining_max_minutes,
            unestimated: progress.unestimated,
        }
    }
}

/// Which projects to list. Conditions that are left out do not restrict.
#[derive(InputObject, Default)]
pub struct ProjectFilter {
    /// Part of the name, in any case.
    pub search: Option<String>,
    /// In one of these states.
    pub status: Option<Vec<ProjectStatus>>,
    /// For this client.
    pub client_id: Option<ID>,
    /// True for deleted ones that can still be restored; otherwise only those that are there.
    pub deleted: Option<bool>,
}

/// In which order to list projects.
#[derive(InputObject)]
pub struct ProjectOrder {
    /// By what.
    pub field: ProjectOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

/// A list of projects.
pub struct ProjectList {
    /// Which ones.
    pub filter: project::ProjectFilter,
    order: project::ProjectOrder,
    page: Page,
}

impl ProjectList {
    /// From the arguments of a connection.
    ///
    /// # Errors
    /// BAD_USER_INPUT where an id is not one.
    pub fn new(filter: Option<ProjectFilter>, order: Option<ProjectOrder>, page: Page) -> Result<Self> {
        let filter = filter.unwrap_or_default();
        Ok(Self {
            filter: project::ProjectFilter {
                search: filter.search,
                status: filter.status.map(|all| all.into_iter().map(Into::into).collect()),
                client_id: node::read_filter("clientId", filter.client_id.as_ref())?,
                deleted: filter.deleted,
            },
            order: order
                .map(|order| project::ProjectOrder {
                    field: order.field.into(),
                    direction: order.direction.into(),
                })
                .unwrap_or_default(),
            page,
        })
    }
}

#[async_trait]
impl List for ProjectList {
    type Node = project::Project;

    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<project::Project>, DomainError> {
        project::list(tx, &self.filter, self.order, &self.page).await
    }

    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError> {
        project::count(tx, &self.filter).await
    }
}

#[async_trait]
impl WrittenList for ProjectList {
    type Node = Project;

    async fn rows(&self, tx: &WorkspaceTx, cells: &Cells) -> Result<Rows, DomainError> {
        project::rows(tx, &self.filter, self.order, &self.page, cells).await
    }
}

connection!(ProjectConnection, ProjectEdge, Project::new => Project, project::Project, "projects");
