//! Projects.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
    types::MaybeUndefined,
};
use smartstack_domain::{money, project};
use smartstack_schema::{Hue, OrderDirection, ProjectId, ProjectOrderField, ProjectStatus};

use super::{
    answer::{Answer, Done, Listed, Made, One},
    body::{Ids, Sent, any_of, filter, patch, patch_with},
    caller::{Caller, ReadProjects, WriteProjects, id, version},
    choice::Choice,
};

/// An amount of money.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Money {
    /// Hundredths of the currency's unit, also for currencies that mint none.
    amount_cents: i64,
    /// ISO 4217 code: three capital letters.
    currency: String,
}

impl From<money::Money> for Money {
    fn from(money: money::Money) -> Self {
        Self {
            amount_cents: money.amount_cents,
            currency: money.currency,
        }
    }
}

impl From<Money> for money::Money {
    fn from(money: Money) -> Self {
        Self {
            amount_cents: money.amount_cents,
            currency: money.currency,
        }
    }
}

/// Work for a client, with its tasks.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct Project {
    /// Unique over everything; begins with `project_`.
    id: String,
    /// What it is called.
    name: String,
    /// What it is about; empty when nobody wrote it down.
    description: String,
    /// For whom.
    client_id: Option<String>,
    /// Where it stands.
    status: Choice<ProjectStatus>,
    /// The colour it is told apart by.
    hue: Choice<Hue>,
    /// When work begins.
    start_date: Option<NaiveDate>,
    /// When it has to be done.
    due_date: Option<NaiveDate>,
    /// What it may cost.
    budget: Option<Money>,
    /// How many minutes of work it may take.
    budget_minutes: Option<i32>,
    /// What an hour of work costs.
    hourly_rate: Option<Money>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When the project itself last changed; its tasks have times of their own.
    updated_at: DateTime<Utc>,
    /// Since when it is deleted; null while it is not.
    deleted_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

impl From<project::Project> for Project {
    fn from(project: project::Project) -> Self {
        Self {
            id: project.id.to_string(),
            name: project.name,
            description: project.description,
            client_id: project.client_id.map(|id| id.to_string()),
            status: project.status.into(),
            hue: project.hue.into(),
            start_date: project.start_date,
            due_date: project.due_date,
            budget: project.budget.map(Into::into),
            budget_minutes: project.budget_minutes,
            hourly_rate: project.hourly_rate.map(Into::into),
            created_at: project.created_at,
            updated_at: project.updated_at,
            deleted_at: project.deleted_at,
            version: project.version,
        }
    }
}

fn one(project: project::Project) -> One<Project> {
    let version = project.version;
    One::versioned(project, version)
}

/// A project to be made.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProjectCreate {
    /// What it is called, at most 120 characters.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// What it is about, at most 20 000 characters.
    description: Option<String>,
    /// For whom.
    client_id: Option<String>,
    /// Where it stands; ACTIVE when left out.
    status: Option<Choice<ProjectStatus>>,
    /// Its colour; one is chosen when left out.
    hue: Option<Choice<Hue>>,
    /// When work begins.
    start_date: Option<NaiveDate>,
    /// When it has to be done; not before startDate.
    due_date: Option<NaiveDate>,
    /// What it may cost.
    budget: Option<Money>,
    /// How many minutes of work it may take.
    budget_minutes: Option<i32>,
    /// What an hour of work costs.
    hourly_rate: Option<Money>,
}

/// What to change of a project. A field left out stays; null clears.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProjectUpdate {
    /// What it is called, at most 120 characters. Cannot be cleared.
    name: MaybeUndefined<String>,
    /// What it is about, at most 20 000 characters.
    description: MaybeUndefined<String>,
    /// For whom.
    client_id: MaybeUndefined<String>,
    /// Where it stands. Cannot be cleared.
    status: MaybeUndefined<Choice<ProjectStatus>>,
    /// Its colour. Cannot be cleared.
    hue: MaybeUndefined<Choice<Hue>>,
    /// When work begins.
    start_date: MaybeUndefined<NaiveDate>,
    /// When it has to be done; not before startDate.
    due_date: MaybeUndefined<NaiveDate>,
    /// What it may cost.
    budget: MaybeUndefined<Money>,
    /// How many minutes of work it may take.
    budget_minutes: MaybeUndefined<i32>,
    /// What an hour of work costs.
    hourly_rate: MaybeUndefined<Money>,
}

/// The operations on projects.
pub(super) struct Projects;

#[OpenApi(tag = "super::Tag::Projects")]
impl Projects {
    /// List projects
    ///
    /// Page by page, newest first unless said otherwise.
    #[allow(clippy::too_many_arguments, reason = "the parameters of a list")]
    #[oai(
        path = "/workspaces/:workspace/projects",
        method = "get",
        operation_id = "projectList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadProjects>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Part of the name, in any case.
        search: Query<Option<String>>,
        /// In one of these states.
        status: Query<Option<Vec<Choice<ProjectStatus>>>>,
        /// For this client.
        #[oai(name = "clientId")]
        client_id: Query<Option<String>>,
        /// The deleted ones that can still be restored, instead of those that are there.
        deleted: Query<Option<bool>>,
        /// What to order by; when it was made when left out.
        #[oai(name = "orderBy")]
        order_by: Query<Option<Choice<ProjectOrderField>>>,
        /// Which way; descending when left out.
        direction: Query<Option<Choice<OrderDirection>>>,
        /// At most this many, 0 to 100; 20 when left out.
        #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
        first: Query<Option<i32>>,
        /// Only what follows this cursor: `endCursor` of the page before.
        after: Query<Option<String>>,
    ) -> Answer<Listed<Project>> {
        let here = caller.enter(&workspace)?;
        let wanted = project::ProjectFilter {
            search: search.0,
            status: any_of(status.0),
            client_id: filter("clientId", client_id.as_deref())?,
            deleted: deleted.0,
        };
        let standard = project::ProjectOrder::default();
        let order = project::ProjectOrder {
            field: order_by.0.map_or(standard.field, |field| field.0),
            direction: direction.0.map_or(standard.direction, |direction| direction.0),
        };
        let page = here.page(first.0, after.0).await?;
        let found = here
            .read(move |tx| Box::pin(async move { project::list(tx, &wanted, order, &page).await }))
            .await?;
        Ok(Listed::new(&here, found))
    }

    /// Make a project
    #[oai(
        path = "/workspaces/:workspace/projects",
        method = "post",
        operation_id = "projectCreate"
    )]
    async fn create(
        &self,
        caller: Caller<WriteProjects>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// The project to be made.
        body: Sent<ProjectCreate>,
    ) -> Answer<Made<Project>> {
        let here = caller.enter(&workspace)?;
        let (new, mut ids) = (body.0, Ids::default());
        let new = project::NewProject {
            name: new.name,
            description: new.description,
            client_id: ids.optional("clientId", new.client_id.as_deref()),
            status: new.status.map(|status| status.0),
            hue: new.hue.map(|hue| hue.0),
            start_date: new.start_date,
            due_date: new.due_date,
            budget: new.budget.map(Into::into),
            budget_minutes: new.budget_minutes,
            hourly_rate: new.hourly_rate.map(Into::into),
            idempotency_key: key.0,
        };
        ids.finish()?;
        let made = here
            .make(move |tx| Box::pin(async move { project::create(tx, new).await }))
            .await?;
        let id = made.id;
        Ok(one(made).made(&here, "projects", id))
    }

    /// Read a project
    ///
    /// Also a deleted one, as long as it can be restored.
    #[oai(
        path = "/workspaces/:workspace/projects/:project",
        method = "get",
        operation_id = "projectGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadProjects>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The project's id.
        project: Path<String>,
    ) -> Answer<One<Project>> {
        let here = caller.enter(&workspace)?;
        let id: ProjectId = id(&project)?;
        let found = here
            .read(move |tx| Box::pin(async move { project::get(tx, id).await }))
            .await?;
        Ok(one(found))
    }

    /// Change a project
    #[oai(
        path = "/workspaces/:workspace/projects/:project",
        method = "patch",
        operation_id = "projectUpdate"
    )]
    async fn update(
        &self,
        caller: Caller<WriteProjects>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The project's id.
        project: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// What to change.
        body: Sent<ProjectUpdate>,
    ) -> Answer<One<Project>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (ProjectId, _) = (id(&project)?, version(if_match.as_deref())?);
        let (change, mut ids) = (body.0, Ids::default());
        let change = project::ProjectPatch {
            name: patch(change.name),
            description: patch(change.description),
            client_id: ids.patch("clientId", &change.client_id),
            status: patch_with(change.status, |status| status.0),
            hue: patch_with(change.hue, |hue| hue.0),
            start_date: patch(change.start_date),
            due_date: patch(change.due_date),
            budget: patch_with(change.budget, Into::into),
            budget_minutes: patch(change.budget_minutes),
            hourly_rate: patch_with(change.hourly_rate, Into::into),
        };
        ids.finish()?;
        let changed = here
            .change(move |tx| Box::pin(async move { project::update(tx, id, expected, change).await }))
            .await?;
        Ok(one(changed))
    }

    /// Delete a project
    ///
    /// It is hidden with everything in it, and can be restored for a year.
    #[oai(
        path = "/workspaces/:workspace/projects/:project",
        method = "delete",
        operation_id = "projectDelete"
    )]
    async fn delete(
        &self,
        caller: Caller<WriteProjects>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The project's id.
        project: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Answer<Done> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (ProjectId, _) = (id(&project)?, version(if_match.as_deref())?);
        here.change(move |tx| Box::pin(async move { project::delete(tx, id, expected).await }))
            .await?;
        Ok(Done)
    }

    /// Restore a project
    #[oai(
        path = "/workspaces/:workspace/projects/:project/restore",
        method = "post",
        operation_id = "projectRestore"
    )]
    async fn restore(
        &self,
        caller: Caller<WriteProjects>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The project's id.
        project: Path<String>,
    ) -> Answer<One<Project>> {
        let here = caller.enter(&workspace)?;
        let id: ProjectId = id(&project)?;
        let changed = here
            .change(move |tx| Box::pin(async move { project::restore(tx, id, None).await }))
            .await?;
        Ok(one(changed))
    }
}
