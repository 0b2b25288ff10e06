//! Asking the worker for something, and taking it back.

use async_graphql::{Context, ID, InputObject, Object, Result};
use smartstack_domain::{job, plan, status};
use smartstack_schema::{DocumentId, JobId, ShareLinkId, WorkspaceId};

use super::{NodeVersionInput, suggestion::SuggestionPayload};
use crate::graphql::{
    context::ContextExt,
    loader::{DocumentKey, JobKey, ShareLinkKey},
    model::{enums::UseCase, job::Job, scalar::Date, suggestion::Suggestion},
    node,
    payload::{Ids, Outcome, change, payload, settle, write},
    wait,
};

/// A text to be read, and where its tasks belong. Give projectId or newProject.
#[derive(InputObject)]
pub struct PlanStartInput {
    /// Where.
    workspace_id: ID,
    /// The text, kept word for word; at most 200 000 characters.
    text: String,
    /// What to call the text; its first line when left out.
    title: Option<String>,
    /// The project it belongs to.
    project_id: Option<ID>,
    /// A project to be made for it.
    new_project: Option<NewProjectInput>,
    /// What to make of it; PLAN when left out.
    use_case: Option<UseCase>,
    /// Sent again with the same key within 24 hours, the request gives the first answer and makes nothing.
    idempotency_key: Option<String>,
    /// The person's calendar day, against which relative dates are read; today in UTC when left out.
    today: Option<Date>,
    /// How long to wait for the job to end, in milliseconds, at most 10 000; not at all when left out. A job that
    /// has not ended by then is answered as it is: the subscription job tells the rest.
    wait_millis: Option<i32>,
}

/// A project to be made along with a plan.
#[derive(InputObject)]
pub struct NewProjectInput {
    /// What it is called, at most 120 characters.
    name: String,
    /// For whom; not together with newClientName.
    client_id: Option<ID>,
    /// A client to be made for it.
    new_client_name: Option<String>,
}

/// A document to be read once more, and what to make of it.
#[derive(InputObject)]
pub struct JobStartInput {
    /// The document.
    document_id: ID,
    /// What to make of it.
    use_case: UseCase,
    /// The person's calendar day, against which relative dates are read; today in UTC when left out.
    today: Option<Date>,
    /// Sent again with the same key within 24 hours, the request gives the first answer and makes nothing.
    idempotency_key: Option<String>,
    /// How long to wait for the job to end, in milliseconds, at most 10 000; not at all when left out. A job that
    /// has not ended by then is answered as it is: the subscription job tells the rest.
    wait_millis: Option<i32>,
}

/// A link, and the days of which an update is to tell.
#[derive(InputObject)]
pub struct StatusStartInput {
    /// The link: the update says what it shows, and is published there.
    share_link_id: ID,
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// Sent again with the same key within 24 hours, the request gives the first answer and makes nothing.
    idempotency_key: Option<String>,
    /// How long to wait for the job to end, in milliseconds, at most 10 000; not at all when left out. A job that
    /// has not ended by then is answered as it is: the subscription job tells the rest.
    wait_millis: Option<i32>,
}

/// Which job to try again, and with which model.
#[derive(InputObject)]
pub struct JobRetryInput {
    /// The job.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// The name of one of the workspace's `aiModels`; the one it went to before when left out.
    model: Option<String>,
}

payload! {
    /// What became of a mutation of a job.
    JobPayload {
        /// The job as it is now; after a lost race the current one, null when it was not made or is not there.
        job: Job
    }
}

/// Mutations of jobs.
#[derive(Default)]
pub struct JobMutation;

#[Object]
impl JobMutation {
    /// Keeps a text and asks the worker to read a plan out of it, in one transaction.
    async fn plan_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text, and where it belongs.")] input: PlanStartInput,
    ) -> Result<JobPayload> {
        ctx.signed_in()?;
        let Some(scope) =
            node::read::<WorkspaceId>(&input.workspace_id).and_then(|id| ctx.requester().scope(id))
        else {
            return Ok(Outcome::not_found("workspaceId").into());
        };
        let wait = match wait::of_millis(input.wait_millis) {
            Ok(wait) => wait,
            Err(refusal) => return Ok(Outcome::refused(vec![refusal]).into()),
        };
        let mut ids = Ids::default();
        let new = plan::PlanStart {
            text: input.text,
            title: input.title,
            project_id: ids.optional("projectId", input.project_id.as_ref()),
            new_project: input.new_project.map(|project| plan::PlanProject {
                client_id: ids.optional("newProject.clientId", project.client_id.as_ref()),
                name: project.name,
                new_client_name: project.new_client_name,
            }),
            use_case: input.use_case.map(Into::into),
            idempotency_key: input.idempotency_key,
            today: input.today.map(|day| day.0),
        };
        if let Err(refusal) = ids.finish() {
            return Ok(refusal.into());
        }
        let outcome = write(ctx, &scope, "workspaceId", "idempotencyKey", move |tx| {
            Box::pin(async move { plan::start(tx, new).await })
        });
        let outcome = wait::settled(ctx, &scope, outcome.await?, wait).await;
        Ok(outcome.map(Job).into())
    }

    /// Asks the worker to read a document that is there, whether it was read before or not.
    async fn job_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document, and what to make of it.")] input: JobStartInput,
    ) -> Result<JobPayload> {
        ctx.signed_in()?;
        let missing = || Outcome::not_found("documentId").into();
        let wait = match wait::of_millis(input.wait_millis) {
            Ok(wait) => wait,
            Err(refusal) => return Ok(Outcome::refused(vec![refusal]).into()),
        };
        let Some(document_id) = node::read::<DocumentId>(&input.document_id) else {
            return Ok(missing());
        };
        let Some(scope) = node::scope_of(ctx, |ws| DocumentKey(ws, document_id)).await? else {
            return Ok(missing());
        };
        let new = job::JobStart {
            document_id,
            use_case: input.use_case.into(),
            today: input.today.map(|day| day.0),
            idempotency_key: input.idempotency_key,
        };
        let outcome = write(ctx, &scope, "documentId", "idempotencyKey", move |tx| {
            Box::pin(async move { job::start(tx, new).await })
        });
        let outcome = wait::settled(ctx, &scope, outcome.await?, wait).await;
        Ok(outcome.map(Job).into())
    }

    /// Asks for a draft of an update for a client, drawn from what a share link shows and nothing else.
    async fn status_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which link, and of which days.")] input: StatusStartInput,
    ) -> Result<JobPayload> {
        ctx.signed_in()?;
        let missing = || Outcome::not_found("shareLinkId").into();
        let wait = match wait::of_millis(input.wait_millis) {
            Ok(wait) => wait,
            Err(refusal) => return Ok(Outcome::refused(vec![refusal]).into()),
        };
        let Some(id) = node::read::<ShareLinkId>(&input.share_link_id) else {
            return Ok(missing());
        };
        let Some(scope) = node::scope_of(ctx, |ws| ShareLinkKey(ws, id)).await? else {
            return Ok(missing());
        };
        ctx.reader().release().await;
        let (db, from, to) = (&ctx.app().db, input.from.0, input.to.0);
        let exposed = async {
            let link = db
                .read(&scope, move |tx| {
                    Box::pin(async move { status::link_scope(tx, id).await })
                })
                .await?;
            db.in_share(&link, move |tx| {
                Box::pin(async move { status::exposed(tx, from, to).await })
            })
            .await
        };
        let exposed = match exposed.await {
            Ok(exposed) => exposed,
            Err(error) => {
                return Ok(settle::<job::Job>(Err(error), "shareLinkId", "idempotencyKey")?
                    .map(Job)
                    .into());
            }
        };
        let outcome = write(ctx, &scope, "shareLinkId", "idempotencyKey", move |tx| {
            Box::pin(async move { status::start(tx, exposed, input.idempotency_key).await })
        });
        let outcome = wait::settled(ctx, &scope, outcome.await?, wait).await;
        Ok(outcome.map(Job).into())
    }

    /// Asks the worker once more, after a job could not finish; another model, if wanted.
    async fn job_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job, and with which model.")] input: JobRetryInput,
    ) -> Result<JobPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<JobId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = change(
            ctx,
            |ws| JobKey(ws, id),
            move |tx| Box::pin(async move { job::retry(tx, id, input.expected_version, input.model).await }),
        );
        Ok(outcome.await?.map(Job).into())
    }

    /// Takes a job back that has not ended. The text stays.
    async fn job_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: NodeVersionInput,
    ) -> Result<JobPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<JobId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = change(
            ctx,
            |ws| JobKey(ws, id),
            move |tx| Box::pin(async move { job::cancel(tx, id, input.expected_version).await }),
        );
        Ok(outcome.await?.map(Job).into())
    }

    /// Opens an empty suggestion beside the text of a job that could not finish, to work by hand.
    async fn job_review_by_hand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: NodeVersionInput,
    ) -> Result<SuggestionPayload> {
        ctx.signed_in()?;
        let missing = || Outcome::not_found("id").into();
        let Some(id) = node::read::<JobId>(&input.id) else {
            return Ok(missing());
        };
        let Some(scope) = node::scope_of(ctx, |ws| JobKey(ws, id)).await? else {
            return Ok(missing());
        };
        let outcome = write(ctx, &scope, "id", "expectedVersion", move |tx| {
            Box::pin(async move { job::review_by_hand(tx, id, input.expected_version).await })
        });
        Ok(outcome.await?.map(Suggestion).into())
    }
}
