//! Making, changing and revoking shared links.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use smartstack_domain::{identity::LinkPassword, input::Patch, share_link};
use smartstack_schema::{ProjectId, ShareLinkId};

use super::NodeVersionInput;
use crate::graphql::{
    context::ContextExt,
    error::from_domain,
    loader::{ProjectKey, ShareLinkKey},
    model::share_link::ShareLink,
    node,
    payload::{Outcome, change, patch, payload, write},
};

/// A link to be made.
#[derive(InputObject)]
pub struct ShareLinkCreateInput {
    /// The project to show.
    project_id: ID,
    /// For whom it is; told to nobody but the workspace.
    label: Option<String>,
    /// Whether the client sees the tasks marked as visible; true when left out.
    show_tasks: Option<bool>,
    /// Whether the client sees estimates; false when left out.
    show_estimates: Option<bool>,
    /// Whether the client sees due dates; true when left out.
    show_due_dates: Option<bool>,
    /// Whether the client sees questions, exclusions and decisions; false when left out.
    show_notes: Option<bool>,
    /// What the client is asked for beside the address: 8 characters or more. Told to nobody, so tell it yourself;
    /// nothing is asked for when left out.
    password: Option<String>,
    /// From when on it shows nothing any more; never when left out.
    expires_at: Option<DateTime<Utc>>,
    /// Sent again with the same key within 24 hours, the request gives the first answer and makes nothing.
    idempotency_key: Option<String>,
}

/// What to change of a link. A field left out stays; null clears.
#[derive(InputObject)]
pub struct ShareLinkUpdateInput {
    /// The link.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// For whom it is; told to nobody but the workspace.
    label: MaybeUndefined<String>,
    /// Whether the client sees the tasks marked as visible. Cannot be cleared.
    show_tasks: MaybeUndefined<bool>,
    /// Whether the client sees estimates. Cannot be cleared.
    show_estimates: MaybeUndefined<bool>,
    /// Whether the client sees due dates. Cannot be cleared.
    show_due_dates: MaybeUndefined<bool>,
    /// Whether the client sees questions, exclusions and decisions. Cannot be cleared.
    show_notes: MaybeUndefined<bool>,
    /// A new password; null asks for none. Pages opened with the one before close.
    password: MaybeUndefined<String>,
    /// From when on it shows nothing any more; null for never.
    expires_at: MaybeUndefined<DateTime<Utc>>,
}

payload! {
    /// What became of a mutation of a shared link.
    ShareLinkPayload {
        /// The link as it is now; after a lost race the current one, null when it was not made or is not there.
        share_link: ShareLink
    }
}

/// A password as it is kept; no transaction is open meanwhile.
async fn hashed(ctx: &Context<'_>, password: String) -> Result<LinkPassword> {
    let password = SecretString::from(password);
    let hashed = ctx.app().identity.link_password(password).await;
    hashed.map_err(|error| from_domain(&error))
}

/// Mutations of shared links.
#[derive(Default)]
pub struct ShareLinkMutation;

#[Object]
impl ShareLinkMutation {
    /// Makes a link that shows a project to its client.
    async fn share_link_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link to be made.")] input: ShareLinkCreateInput,
    ) -> Result<ShareLinkPayload> {
        ctx.signed_in()?;
        let missing = || Outcome::not_found("projectId").into();
        let Some(project_id) = node::read::<ProjectId>(&input.project_id) else {
            return Ok(missing());
        };
        let Some(scope) = node::scope_of(ctx, |ws| ProjectKey(ws, project_id)).await? else {
            return Ok(missing());
        };
        let password = match input.password {
            Some(password) => Some(hashed(ctx, password).await?),
            None => None,
        };
        let new = share_link::NewShareLink {
            project_id,
            label: input.label,
            show_tasks: input.show_tasks,
            show_estimates: input.show_estimates,
            show_due_dates: input.show_due_dates,
            show_notes: input.show_notes,
            password,
            expires_at: input.expires_at,
            idempotency_key: input.idempotency_key,
        };
        let secrets = Arc::clone(&ctx.app().secrets);
        Ok(write(ctx, &scope, "projectId", "idempotencyKey", move |tx| {
            Box::pin(async move { share_link::create(tx, &secrets, new).await })
        })
        .await?
        .map(ShareLink)
        .into())
    }

    /// Changes what a link shows. Whoever has it open sees the difference at once.
    async fn share_link_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ShareLinkUpdateInput,
    ) -> Result<ShareLinkPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<ShareLinkId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let expected = input.expected_version;
        let password = match patch(input.password) {
            Patch::Set(password) => Patch::Set(hashed(ctx, password).await?),
            Patch::Clear => Patch::Clear,
            Patch::Keep => Patch::Keep,
        };
        let changes = share_link::ShareLinkPatch {
            label: patch(input.label),
            show_tasks: patch(input.show_tasks),
            show_estimates: patch(input.show_estimates),
            show_due_dates: patch(input.show_due_dates),
            show_notes: patch(input.show_notes),
            password,
            expires_at: patch(input.expires_at),
        };
        let outcome = change(
            ctx,
            |ws| ShareLinkKey(ws, id),
            move |tx| Box::pin(async move { share_link::update(tx, id, expected, changes).await }),
        );
        Ok(outcome.await?.map(ShareLink).into())
    }

    /// Revokes a link: it shows nothing any more, also where it is open right now. Cannot be undone.
    async fn share_link_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which link.")] input: NodeVersionInput,
    ) -> Result<ShareLinkPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<ShareLinkId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = change(
            ctx,
            |ws| ShareLinkKey(ws, id),
            move |tx| Box::pin(async move { share_link::revoke(tx, id, input.expected_version).await }),
        );
        Ok(outcome.await?.map(ShareLink).into())
    }
}
