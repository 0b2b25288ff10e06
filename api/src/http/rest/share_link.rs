//! Shared links.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
    types::{MaybeUndefined, Password},
};
use smartstack_domain::{identity::LinkPassword, input::Patch, share_link};
use smartstack_schema::ShareLinkId;

use super::{
    super::problem::Problem,
    answer::{Answer, Listed, Made, One},
    body::{Ids, Sent, filter, patch},
    caller::{Caller, Here, ReadShares, WriteShares, id, version},
};

/// A link that shows a project to its client, read-only.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct ShareLink {
    /// Unique over everything; begins with `share_`.
    id: String,
    /// The project it shows.
    project_id: String,
    /// For whom it is; empty when nobody wrote it down.
    label: String,
    /// The address to give to the client; null once revoked. Whoever has it can look.
    url: Option<String>,
    /// Whether the client sees the tasks marked as visible.
    show_tasks: bool,
    /// Whether the client sees estimates.
    show_estimates: bool,
    /// Whether the client sees due dates.
    show_due_dates: bool,
    /// Whether the client sees the project's notes.
    show_notes: bool,
    /// Whether the client is asked for a password.
    has_password: bool,
    /// From when on it shows nothing.
    expires_at: Option<DateTime<Utc>>,
    /// Since when it shows nothing, for good.
    revoked_at: Option<DateTime<Utc>>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

fn show(here: &Here, link: share_link::ShareLink) -> ShareLink {
    let app = here.app();
    let token = link.token(&app.secrets);
    ShareLink {
        id: link.id.to_string(),
        project_id: link.project_id.to_string(),
        url: token.map(|token| format!("{}/s/{token}", app.config.public_url)),
        label: link.label,
        show_tasks: link.show_tasks,
        show_estimates: link.show_estimates,
        show_due_dates: link.show_due_dates,
        show_notes: link.show_notes,
        has_password: link.has_password,
        expires_at: link.expires_at,
        revoked_at: link.revoked_at,
        created_at: link.created_at,
        version: link.version,
    }
}

fn one(here: &Here, link: share_link::ShareLink) -> One<ShareLink> {
    let version = link.version;
    One::versioned(show(here, link), version)
}

/// A link to be made.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ShareLinkCreate {
    /// The project to show.
    project_id: String,
    /// For whom it is; told to nobody but the workspace.
    label: Option<String>,
    /// Whether the client sees the tasks marked as visible; true when left out.
    show_tasks: Option<bool>,
    /// Whether the client sees estimates; false when left out.
    show_estimates: Option<bool>,
    /// Whether the client sees due dates; true when left out.
    show_due_dates: Option<bool>,
    /// Whether the client sees the project's notes; false when left out.
    show_notes: Option<bool>,
    /// What the client is asked for beside the address: 8 characters or more; nothing is asked for when left out.
    password: Option<Password>,
    /// From when on it shows nothing; never when left out.
    expires_at: Option<DateTime<Utc>>,
}

/// What to change of a link. A field left out stays; null clears.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ShareLinkUpdate {
    /// For whom it is.
    label: MaybeUndefined<String>,
    /// Whether the client sees the tasks marked as visible. Cannot be cleared.
    show_tasks: MaybeUndefined<bool>,
    /// Whether the client sees estimates. Cannot be cleared.
    show_estimates: MaybeUndefined<bool>,
    /// Whether the client sees due dates. Cannot be cleared.
    show_due_dates: MaybeUndefined<bool>,
    /// Whether the client sees the project's notes. Cannot be cleared.
    show_notes: MaybeUndefined<bool>,
    /// A new password; null asks for none. Pages opened with the one before close.
    password: MaybeUndefined<Password>,
    /// From when on it shows nothing.
    expires_at: MaybeUndefined<DateTime<Utc>>,
}

/// A password as it is kept; no transaction is open meanwhile.
async fn hashed(here: &Here, password: String) -> Result<LinkPassword, Problem> {
    let hashed = here.app().identity.link_password(password.into()).await;
    hashed.map_err(|error| Problem::of(&error))
}

/// The operations on shared links.
pub(super) struct ShareLinks;

#[OpenApi(tag = "super::Tag::Shares")]
impl ShareLinks {
    /// List shared links
    ///
    /// Page by page, newest first.
    #[oai(
        path = "/workspaces/:workspace/share-links",
        method = "get",
        operation_id = "shareLinkList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadShares>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Those of this project.
        #[oai(name = "projectId")]
        project_id: Query<Option<String>>,
        /// At most this many, 0 to 100; 20 when left out.
        #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
        first: Query<Option<i32>>,
        /// Only what follows this cursor: `endCursor` of the page before.
        after: Query<Option<String>>,
    ) -> Answer<Listed<ShareLink>> {
        let here = caller.enter(&workspace)?;
        let project_id = filter("projectId", project_id.as_deref())?;
        let page = here.page(first.0, after.0).await?;
        let found = here
            .read(move |tx| Box::pin(async move { share_link::list(tx, project_id, &page).await }))
            .await?;
        Ok(Listed::each(&here, found, |link| show(&here, link)))
    }

    /// Make a shared link
    #[oai(
        path = "/workspaces/:workspace/share-links",
        method = "post",
        operation_id = "shareLinkCreate"
    )]
    async fn create(
        &self,
        caller: Caller<WriteShares>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// The link to be made.
        body: Sent<ShareLinkCreate>,
    ) -> Answer<Made<ShareLink>> {
        let here = caller.enter(&workspace)?;
        let (new, mut ids) = (body.0, Ids::default());
        let project_id = ids.optional("projectId", Some(&new.project_id));
        ids.finish()?;
        let password = match new.password {
            Some(Password(password)) => Some(hashed(&here, password).await?),
            None => None,
        };
        let new = share_link::NewShareLink {
            project_id: project_id.ok_or_else(Problem::not_found)?,
            label: new.label,
            show_tasks: new.show_tasks,
            show_estimates: new.show_estimates,
            show_due_dates: new.show_due_dates,
            show_notes: new.show_notes,
            password,
            expires_at: new.expires_at,
            idempotency_key: key.0,
        };
        let secrets = Arc::clone(&here.app().secrets);
        let made = here
            .make(move |tx| Box::pin(async move { share_link::create(tx, &secrets, new).await }))
            .await?;
        let id = made.id;
        Ok(one(&here, made).made(&here, "share-links", id))
    }

    /// Read a shared link
    #[oai(
        path = "/workspaces/:workspace/share-links/:share",
        method = "get",
        operation_id = "shareLinkGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadShares>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The link's id.
        share: Path<String>,
    ) -> Answer<One<ShareLink>> {
        let here = caller.enter(&workspace)?;
        let id: ShareLinkId = id(&share)?;
        let found = here
            .read(move |tx| Box::pin(async move { share_link::get(tx, id).await }))
            .await?;
        Ok(one(&here, found))
    }

    /// Change what a shared link shows
    ///
    /// Whoever has it open sees the difference at once.
    #[oai(
        path = "/workspaces/:workspace/share-links/:share",
        method = "patch",
        operation_id = "shareLinkUpdate"
    )]
    async fn update(
        &self,
        caller: Caller<WriteShares>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The link's id.
        share: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// What to change.
        body: Sent<ShareLinkUpdate>,
    ) -> Answer<One<ShareLink>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (ShareLinkId, _) = (id(&share)?, version(if_match.as_deref())?);
        let change = body.0;
        let password = match patch(change.password) {
            Patch::Set(Password(password)) => Patch::Set(hashed(&here, password).await?),
            Patch::Clear => Patch::Clear,
            Patch::Keep => Patch::Keep,
        };
        let change = share_link::ShareLinkPatch {
            label: patch(change.label),
            show_tasks: patch(change.show_tasks),
            show_estimates: patch(change.show_estimates),
            show_due_dates: patch(change.show_due_dates),
            show_notes: patch(change.show_notes),
            password,
            expires_at: patch(change.expires_at),
        };
        let changed = here
            .change(move |tx| Box::pin(async move { share_link::update(tx, id, expected, change).await }))
            .await?;
        Ok(one(&here, changed))
    }

    /// Revoke a shared link
    ///
    /// It shows nothing any more, also where it is open right now. Cannot be undone.
    #[oai(
        path = "/workspaces/:workspace/share-links/:share/revoke",
        method = "post",
        operation_id = "shareLinkRevoke"
    )]
    async fn revoke(
        &self,
        caller: Caller<WriteShares>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The link's id.
        share: Path<String>,
    ) -> Answer<One<ShareLink>> {
        let here = caller.enter(&workspace)?;
        let id: ShareLinkId = id(&share)?;
        let changed = here
            .change(move |tx| Box::pin(async move { share_link::revoke(tx, id, None).await }))
            .await?;
        Ok(one(&here, changed))
    }
}
