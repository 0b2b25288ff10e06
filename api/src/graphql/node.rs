//! Finding things by their ids, wherever the person who asks may see them.
//!
//! An id says what it is, but not in which workspace. A person belongs to few
//! workspaces, so each is asked; row-level security answers for itself. An id
//! that is malformed, unknown, or another's gives the same nothing.

use std::str::FromStr;

use async_graphql::{Context, ID, Result};
use smartstack_domain::{DomainError, TenantScope, TenantTx, db::Work, node as domain_node};
use smartstack_schema::{AnyId, ErrorCode, WorkspaceId};

use super::{
    context::{ContextExt, optional},
    error::{bad_input, coded, from_domain},
    loader::{
        ClientKey, DocumentKey, JobKey, Key, ProjectKey, ProjectNoteKey, ShareLinkKey, SuggestionItemKey,
        SuggestionKey, TaskKey, TaskVersionKey, UserKey, WebhookDeliveryKey, WebhookEndpointKey,
    },
    model::{
        client::Client,
        document::Document,
        job::Job,
        node::Node,
        project_note::ProjectNote,
        share_link::ShareLink,
        suggestion::Suggestion,
        suggestion_item::SuggestionItem,
        task::Task,
        task_version::TaskVersion,
        user::User,
        webhook::{WebhookDelivery, WebhookEndpoint},
        workspace::Workspace,
    },
    payload::{Outcome, write},
    scopes,
};

/// An id of one kind, or nothing where the text is not one.
pub fn read<I: FromStr>(id: &ID) -> Option<I> {
    id.parse().ok()
}

/// An id that selects part of a list; there, a wrong one is the caller's mistake.
///
/// # Errors
/// BAD_USER_INPUT naming the field.
pub fn read_filter<I: FromStr>(field: &str, id: Option<&ID>) -> Result<Option<I>> {
    id.map(|id| read(id).ok_or_else(|| bad_input(format!("{field}: this is not an id of the right kind."))))
        .transpose()
}

/// Looks for a thing in each of the person's workspaces, by `key`.
///
/// # Errors
/// UNAUTHENTICATED where nobody is signed in; faults of the store.
pub async fn find<K: Key>(ctx: &Context<'_>, key: impl Fn(WorkspaceId) -> K) -> Result<Option<K::Value>> {
    let account = ctx.signed_in()?;
    for membership in account.memberships() {
        let found = ctx.loaders().load_one(key(membership.workspace_id())).await;
        if let Some(found) = found.map_err(|error| from_domain(&error))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// A thing that another one points to.
///
/// # Errors
/// Faults of the store.
pub async fn load<K: Key>(ctx: &Context<'_>, key: K) -> Result<Option<K::Value>> {
    ctx.loaders()
        .load_one(key)
        .await
        .map_err(|error| from_domain(&error))
}

/// As [`load`], for what the database's own constraints say must be there.
///
/// # Errors
/// Faults of the store; NOT_FOUND where it has gone in this very moment.
pub async fn load_required<K: Key>(ctx: &Context<'_>, key: K) -> Result<K::Value> {
    load(ctx, key)
        .await?
        .ok_or_else(|| from_domain(&DomainError::NotFound))
}

/// The right to work in the workspace a thing lies in, for a mutation of it.
///
/// With one workspace there is nothing to look for: the mutation itself will
/// find the thing or not.
///
/// # Errors
/// As [`find`].
pub async fn scope_of<K: Key>(
    ctx: &Context<'_>,
    key: impl Fn(WorkspaceId) -> K,
) -> Result<Option<TenantScope>> {
    let account = ctx.signed_in()?;
    if let [only] = account.memberships() {
        return Ok(Some(only.scope()));
    }
    for membership in account.memberships() {
        let found = ctx.loaders().load_one(key(membership.workspace_id())).await;
        if found.map_err(|error| from_domain(&error))?.is_some() {
            return Ok(Some(membership.scope()));
        }
    }
    Ok(None)
}

/// Any thing by its id.
///
/// # Errors
/// UNAUTHENTICATED where nobody is signed in; FORBIDDEN for a token that lacks the scope; faults of the
/// store.
pub async fn any(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    ctx.signed_in()?;
    let Some(id) = read::<AnyId>(id) else {
        return Ok(None);
    };
    // Before looking: the answer must not depend on whether the thing is there.
    if let (Some(grant), Some(needed)) = (ctx.requester().token(), scopes::of_id(&id))
        && !grant.allows(needed)
    {
        return Err(coded(ErrorCode::Forbidden, scopes::lacking([needed])));
    }
    Ok(match id {
        AnyId::WorkspaceId(id) => workspace(ctx, id).await?.map(Node::Workspace),
        AnyId::UserId(id) => find(ctx, |ws| UserKey(ws, id))
            .await?
            .map(|user| Node::User(User(user))),
        AnyId::ClientId(id) => find(ctx, |ws| ClientKey(ws, id))
            .await?
            .map(|one| Node::Client(Client(one))),
        AnyId::ProjectId(id) => find(ctx, |ws| ProjectKey(ws, id))
            .await?
            .map(|one| Node::Project(one.into())),
        AnyId::TaskId(id) => find(ctx, |ws| TaskKey(ws, id))
            .await?
            .map(|one| Node::Task(Task(one))),
        AnyId::TaskVersionId(id) => find(ctx, |ws| TaskVersionKey(ws, id))
            .await?
            .map(|one| Node::TaskVersion(TaskVersion(one))),
        AnyId::ProjectNoteId(id) => find(ctx, |ws| ProjectNoteKey(ws, id))
            .await?
            .map(|one| Node::ProjectNote(ProjectNote(one))),
        AnyId::DocumentId(id) => find(ctx, |ws| DocumentKey(ws, id))
            .await?
            .map(|one| Node::Document(Document(one))),
        AnyId::JobId(id) => find(ctx, |ws| JobKey(ws, id))
            .await?
            .map(|one| Node::Job(Job(one))),
        AnyId::SuggestionId(id) => find(ctx, |ws| SuggestionKey(ws, id))
            .await?
            .map(|one| Node::Suggestion(Suggestion(one))),
        AnyId::SuggestionItemId(id) => find(ctx, |ws| SuggestionItemKey(ws, id))
            .await?
            .map(|one| Node::SuggestionItem(SuggestionItem(one))),
        AnyId::ShareLinkId(id) => find(ctx, |ws| ShareLinkKey(ws, id))
            .await?
            .map(|one| Node::ShareLink(ShareLink(one))),
        AnyId::WebhookEndpointId(id) => find(ctx, |ws| WebhookEndpointKey(ws, id))
            .await?
            .map(|one| Node::WebhookEndpoint(WebhookEndpoint(one))),
        AnyId::WebhookDeliveryId(id) => find(ctx, |ws| WebhookDeliveryKey(ws, id))
            .await?
            .map(|one| Node::WebhookDelivery(WebhookDelivery(one))),
        // Sessions, tokens, sign-ups, requests and log entries are no things of a workspace; invitations are read
        // through it.
        AnyId::SessionId(_)
        | AnyId::ApiTokenId(_)
        | AnyId::InvitationId(_)
        | AnyId::SignUpId(_)
        | AnyId::PasswordResetId(_)
        | AnyId::EmailChangeId(_)
        | AnyId::LinkedAccountId(_)
        | AnyId::RequestId(_)
        | AnyId::AuditEventId(_) => None,
    })
}

/// The workspace of the person's that a thing is in.
///
/// # Errors
/// As [`any`].
pub async fn workspace_of(ctx: &Context<'_>, id: &ID) -> Result<Option<Workspace>> {
    let account = ctx.signed_in()?;
    let Some(id) = read::<AnyId>(id) else {
        return Ok(None);
    };
    for membership in account.memberships() {
        let read = async {
            let tx = ctx.reader().workspace(membership.workspace_id()).await?;
            Ok(domain_node::by_ids(&tx, &[id]).await?.contains_key(&id))
        };
        let found: std::result::Result<bool, DomainError> = read.await;
        if found.map_err(|error| from_domain(&error))? {
            return workspace(ctx, membership.workspace_id()).await;
        }
    }
    Ok(None)
}

/// One of the person's workspaces.
///
/// # Errors
/// UNAUTHENTICATED where nobody is signed in.
pub async fn workspace(ctx: &Context<'_>, id: WorkspaceId) -> Result<Option<Workspace>> {
    ctx.signed_in()?;
    let tx = ctx.reader().workspace(id).await;
    Ok(optional(tx)?.map(|_| Workspace::of(id)))
}

/// Writes in each of the person's workspaces in turn until one knows the
/// thing; for things that cannot be looked up any more, such as deleted ones.
///
/// # Errors
/// As [`write`](super::payload::write).
pub async fn try_each<T, F>(ctx: &Context<'_>, subject: &str, work: F) -> Result<Outcome<T>>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, T> + Copy + Send + 'static,
{
    let account = ctx.signed_in()?;
    for membership in account.memberships() {
        let outcome = write(ctx, &membership.scope(), subject, "expectedVersion", work).await?;
        if !outcome.is_not_found(subject) {
            return Ok(outcome);
        }
    }
    Ok(Outcome::not_found(subject))
}
