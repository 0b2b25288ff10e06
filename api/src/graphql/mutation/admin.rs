//! What administrators do. To everyone else these fields answer NOT_FOUND, as if they were not there.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use smartstack_domain::{
    AdminTx, DomainError, admin,
    db::Work,
    installation::{self, LimitsPatch, SettingsPatch},
};
use smartstack_schema::{JobId, UserId, WorkspaceId};

use super::NodeVersionInput;
use crate::graphql::{
    context::{CallerAddress, ContextExt},
    error::from_domain,
    model::{
        admin::{Account, InstallationSettings, JobRecord, WorkspaceSize},
        scalar::Long,
    },
    node,
    payload::{Outcome, patch, payload, settle},
};

/// Which person.
#[derive(InputObject)]
pub struct AdminUserInput {
    /// The person.
    id: ID,
}

/// What to change of a workspace's limits. A field left out stays, null goes back to the installation's
/// default.
#[derive(InputObject)]
pub struct AdminWorkspaceLimitInput {
    /// The workspace.
    id: ID,
    /// What its models may cost in a calendar month (UTC), in millionths of a US dollar; 0 to 1 000 000 000 000.
    ai_monthly_cost_micro_usd: MaybeUndefined<Long>,
    /// How many jobs it may start on a calendar day (UTC); 0 to 1 000 000.
    ai_jobs_per_day: MaybeUndefined<i32>,
}

/// What to change of the installation's settings. A field left out stays.
#[derive(InputObject)]
pub struct AdminSettingsUpdateInput {
    /// Whether models may be called. Off stops every call that has not begun.
    ai_enabled: Option<bool>,
    /// The default of what a workspace's models may cost in a calendar month, in millionths of a US dollar.
    ai_monthly_cost_micro_usd: Option<Long>,
    /// The default of how many jobs a workspace may start on a calendar day.
    ai_jobs_per_day: Option<i32>,
    /// What the models of all workspaces together may cost in a calendar month, in millionths of a US dollar;
    /// null takes the limit away.
    ai_total_monthly_cost_micro_usd: MaybeUndefined<Long>,
    /// The version they were read at; refused if they have changed since. Left out: the last write wins.
    expected_version: Option<i32>,
}

payload! {
    /// What became of what an administrator did to an account.
    AdminUserPayload {
        /// The account as it is now; null when it is not there.
        user: Account
    }
}

payload! {
    /// What became of what an administrator did to a workspace.
    AdminWorkspacePayload {
        /// The workspace as it is now; null when it is not there.
        workspace: WorkspaceSize
    }
}

payload! {
    /// What became of what an administrator did to a job.
    AdminJobPayload {
        /// The job as it is now; null when it is not there.
        job: JobRecord
    }
}

payload! {
    /// What became of changing the installation's settings.
    AdminSettingsPayload {
        /// The settings as they are now.
        settings: InstallationSettings
    }
}

/// Mutations of administrators.
#[derive(Default)]
pub struct AdminMutation;

#[Object]
impl AdminMutation {
    /// Keeps a person out: ends their sessions and open sockets within a second, and lets them sign in no more.
    async fn admin_user_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: AdminUserInput,
    ) -> Result<AdminUserPayload> {
        on_user(ctx, &input.id, |tx, id| {
            Box::pin(async move { admin::set_disabled(tx, id, true).await.map(drop) })
        })
        .await
    }

    /// Lets a person in again.
    async fn admin_user_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: AdminUserInput,
    ) -> Result<AdminUserPayload> {
        on_user(ctx, &input.id, |tx, id| {
            Box::pin(async move { admin::set_disabled(tx, id, false).await.map(drop) })
        })
        .await
    }

    /// Ends all of a person's sessions and open sockets. They can sign in again.
    async fn admin_user_sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: AdminUserInput,
    ) -> Result<AdminUserPayload> {
        on_user(ctx, &input.id, |tx, id| {
            Box::pin(async move { admin::sign_out(tx, id).await.map(drop) })
        })
        .await
    }

    /// Takes the second factor away from a person who has lost it, with its recovery codes, and writes to them
    /// that it is gone. Their password and sessions stay. Make sure that it is them who asks.
    async fn admin_user_reset_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From whom.")] input: AdminUserInput,
    ) -> Result<AdminUserPayload> {
        on_user(ctx, &input.id, |tx, id| {
            Box::pin(async move { admin::reset_second_factor(tx, id).await.map(drop) })
        })
        .await
    }

    /// Makes a person an administrator of the installation.
    async fn admin_user_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: AdminUserInput,
    ) -> Result<AdminUserPayload> {
        on_user(ctx, &input.id, |tx, id| {
            Box::pin(async move { admin::set_administrator(tx, id, true).await.map(drop) })
        })
        .await
    }

    /// Takes the right to administer from a person. The last administrator keeps it.
    async fn admin_user_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From whom.")] input: AdminUserInput,
    ) -> Result<AdminUserPayload> {
        on_user(ctx, &input.id, |tx, id| {
            Box::pin(async move { admin::set_administrator(tx, id, false).await.map(drop) })
        })
        .await
    }

    /// Limits the AI of one workspace.
    async fn admin_workspace_limit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how.")] input: AdminWorkspaceLimitInput,
    ) -> Result<AdminWorkspacePayload> {
        let change = LimitsPatch {
            monthly_cost_micro_usd: patch(input.ai_monthly_cost_micro_usd),
            jobs_per_day: patch(input.ai_jobs_per_day),
        };
        let id = node::read::<WorkspaceId>(&input.id);
        let outcome = administer(ctx, id, "expectedVersion", move |tx, id| {
            Box::pin(async move {
                installation::set_workspace_limits(tx, id, change).await?;
                admin::workspace(tx, id).await
            })
        });
        Ok(outcome.await?.map(WorkspaceSize).into())
    }

    /// Queues a job again that waits for somebody.
    async fn admin_job_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: NodeVersionInput,
    ) -> Result<AdminJobPayload> {
        let version = input.expected_version;
        let outcome = administer(
            ctx,
            node::read::<JobId>(&input.id),
            "expectedVersion",
            move |tx, id| Box::pin(admin::retry_job(tx, id, version)),
        );
        Ok(outcome.await?.map(JobRecord).into())
    }

    /// Stops a job.
    async fn admin_job_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: NodeVersionInput,
    ) -> Result<AdminJobPayload> {
        let version = input.expected_version;
        let outcome = administer(
            ctx,
            node::read::<JobId>(&input.id),
            "expectedVersion",
            move |tx, id| Box::pin(admin::cancel_job(tx, id, version)),
        );
        Ok(outcome.await?.map(JobRecord).into())
    }

    /// Changes what holds for the whole installation: the switch for all AI, and the default limits.
    async fn admin_settings_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: AdminSettingsUpdateInput,
    ) -> Result<AdminSettingsPayload> {
        let change = SettingsPatch {
            ai_enabled: input.ai_enabled,
            monthly_cost_micro_usd: input.ai_monthly_cost_micro_usd.map(|cost| cost.0),
            jobs_per_day: input.ai_jobs_per_day,
            total_monthly_cost_micro_usd: patch(input.ai_total_monthly_cost_micro_usd),
        };
        let version = input.expected_version;
        let outcome = administer(ctx, Some(()), "expectedVersion", move |tx, ()| {
            Box::pin(installation::update(tx, version, change))
        });
        Ok(outcome.await?.map(InstallationSettings).into())
    }
}

/// Does something to an account, and answers with it as it is then.
async fn on_user(
    ctx: &Context<'_>,
    id: &ID,
    work: impl for<'t> FnOnce(&'t mut AdminTx, UserId) -> Work<'t, ()> + Send + 'static,
) -> Result<AdminUserPayload> {
    let outcome = administer(ctx, node::read::<UserId>(id), "id", move |tx, id| {
        Box::pin(async move {
            work(tx, id).await?;
            admin::account(tx, id).await
        })
    });
    Ok(outcome.await?.map(Account).into())
}

/// Runs an administrator's write in one transaction. `id` is `None` where it was not one.
async fn administer<I, T, F>(ctx: &Context<'_>, id: Option<I>, guard: &str, work: F) -> Result<Outcome<T>>
where
    I: Send + 'static,
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut AdminTx, I) -> Work<'t, T> + Send + 'static,
{
    let scope = ctx
        .signed_in()?
        .administration()
        .map_err(|error| from_domain(&error))?;
    let scope = match ctx.data_opt::<CallerAddress>() {
        Some(address) => scope.from_address(address.0.clone()),
        None => scope,
    };
    let Some(id) = id else {
        return Ok(Outcome::not_found("id"));
    };
    let result: Result<T, DomainError> = ctx.app().db.in_admin(&scope, move |tx| work(tx, id)).await;
    settle(result, "id", guard)
}
