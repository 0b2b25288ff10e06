//! Workspaces: the tenants.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use smartstack_domain::{DomainError, ai, audit, change, invitation, search, webhook, workspace};
use smartstack_schema::{MemberRole as Role, WorkspaceId};
use tokio::sync::OnceCell;

use super::{
    ai::{AiBudget, AiFeedback, AiModel, AiSettings, AiSpend},
    audit::{AuditEventConnection, AuditFilter, AuditList},
    client::{ClientConnection, ClientFilter, ClientList, ClientOrder},
    connection::{LazyPage, page},
    enums::{Hue, MemberRole},
    invitation::Invitation,
    job::{JobConnection, JobFilter, JobList},
    project::{ProjectConnection, ProjectFilter, ProjectList, ProjectOrder},
    scalar::Date,
    search::SearchHit,
    share_link::{ShareLinkConnection, ShareLinkList},
    suggestion::{SuggestionConnection, SuggestionFilter, SuggestionList},
    task::{TaskConnection, TaskFilter, TaskList, TaskOrder},
    user::User,
    webhook::WebhookEndpoint,
};
use crate::graphql::{
    context::ContextExt,
    error::{bad_input, from_domain},
};

/// What everything else belongs to, and nothing leaves. Its own row is read when something of it is asked for:
/// most who name a workspace want a list in it.
pub struct Workspace {
    id: WorkspaceId,
    row: OnceCell<workspace::Workspace>,
}

impl Workspace {
    /// One of the requester's, by its id.
    pub fn of(id: WorkspaceId) -> Self {
        Self {
            id,
            row: OnceCell::new(),
        }
    }

    async fn row(&self, ctx: &Context<'_>) -> Result<&workspace::Workspace> {
        let read = async || {
            let tx = ctx.reader().workspace(self.id).await?;
            workspace::get(&tx).await
        };
        let row = self.row.get_or_try_init(read).await;
        row.map_err(|error| from_domain(&error))
    }
}

impl From<workspace::Workspace> for Workspace {
    fn from(row: workspace::Workspace) -> Self {
        Self {
            id: row.id,
            row: OnceCell::new_with(Some(row)),
        }
    }
}

/// What everything else belongs to; nothing in it is seen from outside.
#[Object]
impl Workspace {
    /// Unique over everything; begins with `ws_`.
    pub(crate) async fn id(&self) -> ID {
        self.id.to_string().into()
    }

    /// What it is called.
    async fn name(&self, ctx: &Context<'_>) -> Result<&str> {
        Ok(&self.row(ctx).await?.name)
    }

    /// The colour it is told apart by.
    async fn hue(&self, ctx: &Context<'_>) -> Result<Hue> {
        Ok(self.row(ctx).await?.hue.into())
    }

    /// When it was made.
    async fn created_at(&self, ctx: &Context<'_>) -> Result<DateTime<Utc>> {
        Ok(self.row(ctx).await?.created_at)
    }

    /// Counts its changes, from 1; give it as `expectedVersion`.
    async fn version(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(self.row(ctx).await?.version)
    }

    /// What was done in it, newest first. For its owners.
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which events.")] filter: Option<AuditFilter>,
        #[graphql(desc = "How many from the start, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<AuditEventConnection> {
        let list = AuditList::new(filter, page(first, after, last, before)?)?;
        Ok(AuditEventConnection(LazyPage::new(ctx, self.id, list)))
    }

    /// The actions that occur in its audit log, to filter by. For its owners.
    async fn audit_actions(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            audit::actions(&tx).await
        };
        read.await.map_err(|error| from_domain(&error))
    }

    /// The people in it, those who joined first first.
    async fn members(&self, ctx: &Context<'_>) -> Result<Vec<WorkspaceMember>> {
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            workspace::members(&tx).await
        };
        let members = read.await.map_err(|error| from_domain(&error))?;
        Ok(members
            .into_iter()
            .map(|member| WorkspaceMember {
                user: User(member.person),
                role: member.role.into(),
                since: member.since,
            })
            .collect())
    }

    /// Who was asked to join and has not yet, the last asked first; for owners only.
    async fn invitations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Invitation>>> {
        let role = ctx.requester().scope(self.id).map(|scope| scope.role());
        if role != Some(Role::Owner) {
            return Err(from_domain(&DomainError::Forbidden));
        }
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            invitation::list(&tx).await
        };
        let found = read.await.map_err(|error| from_domain(&error))?;
        let shown = found.into_iter().map(|invitation| Invitation {
            workspace: self.id,
            invitation,
        });
        Ok(Some(shown.collect()))
    }

    /// The programs that are told what happens in it, the oldest first; 20 at most. For its owners.
    async fn webhook_endpoints(&self, ctx: &Context<'_>) -> Result<Option<Vec<WebhookEndpoint>>> {
        let role = ctx.requester().scope(self.id).map(|scope| scope.role());
        if role != Some(Role::Owner) {
            return Err(from_domain(&DomainError::Forbidden));
        }
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            webhook::list(&tx).await
        };
        let found = read.await.map_err(|error| from_domain(&error))?;
        Ok(Some(found.into_iter().map(WebhookEndpoint).collect()))
    }

    /// Everything a webhook can be told of, by name.
    async fn webhook_events(&self) -> Vec<String> {
        webhook::event::all()
    }

    /// Its clients.
    #[allow(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn clients(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<ClientFilter>,
        #[graphql(desc = "In which order; by name when left out.")] order_by: Option<ClientOrder>,
    ) -> Result<ClientConnection> {
        let list = ClientList::new(filter, order_by, page(first, after, last, before)?);
        Ok(ClientConnection(LazyPage::written(ctx, self.id, list)))
    }

    /// Its projects.
    #[allow(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<ProjectFilter>,
        #[graphql(desc = "In which order; newest first when left out.")] order_by: Option<ProjectOrder>,
    ) -> Result<ProjectConnection> {
        let list = ProjectList::new(filter, order_by, page(first, after, last, before)?)?;
        Ok(ProjectConnection(LazyPage::written(ctx, self.id, list)))
    }

    /// The tasks of its projects.
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
        #[graphql(desc = "Which ones.")] filter: Option<TaskFilter>,
        #[graphql(desc = "In which order; as on the board when left out.")] order_by: Option<TaskOrder>,
    ) -> Result<TaskConnection> {
        let list = TaskList::new(filter, order_by, page(first, after, last, before)?)?;
        Ok(TaskConnection(LazyPage::written(ctx, self.id, list)))
    }

    /// What was proposed, newest first.
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
        #[graphql(desc = "Which ones.")] filter: Option<SuggestionFilter>,
    ) -> Result<SuggestionConnection> {
        let list = SuggestionList::new(filter, page(first, after, last, before)?)?;
        Ok(SuggestionConnection(LazyPage::new(ctx, self.id, list)))
    }

    /// What was asked of the worker, newest first.
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most this many from the start, 1 to 100; 20 when neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor; goes with first.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor; goes with last.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<JobFilter>,
    ) -> Result<JobConnection> {
        let list = JobList::new(filter, page(first, after, last, before)?)?;
        Ok(JobConnection(LazyPage::new(ctx, self.id, list)))
    }

    /// The links that show projects to clients, newest first, revoked ones included.
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
            project: None,
            page: page(first, after, last, before)?,
        };
        Ok(ShareLinkConnection(LazyPage::new(ctx, self.id, list)))
    }

    /// Clients, projects, tasks and documents that hold a text in their name, title or, in a document's case,
    /// its words; what resembles it most comes first. Nothing for an empty text.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to look for; capital letters do not matter.")] text: String,
        #[graphql(desc = "At most this many, 1 to 50.", default = 20)] first: i32,
    ) -> Result<Vec<SearchHit>> {
        let most = u16::try_from(first)
            .ok()
            .filter(|most| (1..=search::MOST).contains(most));
        let most = most.ok_or_else(|| bad_input(format!("first: ask for 1 to {}.", search::MOST)))?;
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            search::search(&tx, &text, most).await
        };
        let hits = read.await.map_err(|error| from_domain(&error))?;
        let hits = hits.into_iter().map(|hit| SearchHit::load(ctx, self.id, hit));
        let hits = futures_util::future::try_join_all(hits).await?;
        Ok(hits.into_iter().flatten().collect())
    }

    /// Cursor of the newest change. Read it together with what is shown, then subscribe to `changes` after it.
    async fn change_cursor(&self, ctx: &Context<'_>) -> Result<String> {
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            change::head(&tx).await
        };
        let seq = read.await.map_err(|error| from_domain(&error))?;
        Ok(change::cursor(seq))
    }

    /// The models its texts can be read by, the built-in rules among them. Empty until a worker has started.
    async fn ai_models(&self, ctx: &Context<'_>) -> Result<Vec<AiModel>> {
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            ai::model::list(&tx).await
        };
        let models = read.await.map_err(|error| from_domain(&error))?;
        Ok(models.into_iter().map(Into::into).collect())
    }

    /// What is left of its AI budget.
    async fn ai_budget(&self, ctx: &Context<'_>) -> Result<AiBudget> {
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            ai::spend::budget(&tx).await
        };
        Ok(read.await.map_err(|error| from_domain(&error))?.into())
    }

    /// What it was charged for AI from one day to another, both included, in UTC; latest first, and at most
    /// 1 000 rows.
    async fn ai_spend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Date,
        #[graphql(desc = "The last day.")] to: Date,
    ) -> Result<Vec<AiSpend>> {
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            ai::spend::by_day(&tx, from.0, to.0).await
        };
        let rows = read.await.map_err(|error| from_domain(&error))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// What its people made of what was proposed, by use case, model and prompt version.
    async fn ai_feedback(&self, ctx: &Context<'_>) -> Result<Vec<AiFeedback>> {
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            ai::feedback::report(&tx).await
        };
        let rows = read.await.map_err(|error| from_domain(&error))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// What its owner has decided about AI.
    async fn ai_settings(&self, ctx: &Context<'_>) -> Result<AiSettings> {
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            ai::settings::get(&tx).await
        };
        Ok(read.await.map_err(|error| from_domain(&error))?.into())
    }

    /// Numbers for the navigation.
    async fn counts(&self, ctx: &Context<'_>) -> Result<WorkspaceCounts> {
        let read = async {
            let tx = ctx.reader().workspace(self.id).await?;
            workspace::counts(&tx).await
        };
        let counts = read.await.map_err(|error| from_domain(&error))?;
        Ok(WorkspaceCounts {
            suggestions_waiting: counts.suggestions_waiting,
            jobs_needing_review: counts.jobs_needing_review,
            active_projects: counts.active_projects,
            clients: counts.clients,
        })
    }
}

/// Numbers for the navigation. What is in deleted projects does not count.
#[derive(SimpleObject)]
pub struct WorkspaceCounts {
    /// Suggestions with something left to decide.
    pub suggestions_waiting: i32,
    /// Jobs that need a person.
    pub jobs_needing_review: i32,
    /// Projects in status ACTIVE.
    pub active_projects: i32,
    /// Clients that are not archived.
    pub clients: i32,
}

/// A person's place in a workspace.
#[derive(SimpleObject)]
pub struct WorkspaceMember {
    /// The person.
    pub user: User,
    /// What they may do there.
    pub role: MemberRole,
    /// Since when they belong to it.
    pub since: DateTime<Utc>,
}
