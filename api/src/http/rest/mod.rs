//! REST v1: the main resources over plain HTTP, for tools that have no GraphQL, described by OpenAPI.
//!
//! Handlers translate between JSON and the domain's functions, the same that GraphQL's resolvers call; no rule
//! and no SQL is here. The [`door`] decides who asks and what they may spend, [`Caller`] what their token is
//! good for, [`spec`] makes the description that is served, and the checklist for a new noun stands in
//! `docs/guides/new-noun.md`.

mod answer;
mod body;
mod caller;
mod choice;
mod client;
mod described;
mod docs;
mod document;
mod door;
mod file;
mod job;
mod member;
mod note;
mod project;
mod share_link;
mod sheet;
mod spec;
mod suggestion;
mod task;
mod task_version;
mod transfer;
mod webhook;
mod workspace;

use std::sync::Arc;

use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, Route, endpoint::make, http::header};
use poem_openapi::{OpenApiService, Tags};
use serde_json::Value;

use crate::app::App;

pub use caller::{Caller, Here};

/// Where all of it lies.
pub const PREFIX: &str = "/api/v1";

/// What operations are about.
#[derive(Tags)]
enum Tag {
    /// Places of work.
    Workspaces,
    /// The people of a workspace, and who was asked to join it.
    Members,
    /// The companies and people the freelancer works for.
    Clients,
    /// Work for a client.
    Projects,
    /// What is to be done, on a project's board.
    Tasks,
    /// Texts that were pasted, and files that were uploaded.
    Documents,
    /// What the worker is asked for: reading a text and proposing what to do.
    Jobs,
    /// What was proposed, for a person to accept, change or reject.
    Suggestions,
    /// Links that show a project to its client, read-only.
    Shares,
    /// Everything out and in: whole workspaces as archives, clients and tasks as sheets.
    Transfer,
    /// Addresses that are told of changes; for a workspace's owners.
    Webhooks,
}

/// Every API there is; a new noun is a line here.
type Apis = (
    workspace::Workspaces,
    member::Members,
    client::Clients,
    project::Projects,
    note::ProjectNotes,
    task::Tasks,
    task_version::TaskVersions,
    document::Documents,
    job::Jobs,
    suggestion::Suggestions,
    share_link::ShareLinks,
    webhook::Webhooks,
    transfer::Transfers,
    sheet::Sheets,
);

fn service() -> OpenApiService<Apis, ()> {
    let apis = (
        workspace::Workspaces,
        member::Members,
        client::Clients,
        project::Projects,
        note::ProjectNotes,
        task::Tasks,
        task_version::TaskVersions,
        document::Documents::new(),
        job::Jobs,
        suggestion::Suggestions,
        share_link::ShareLinks,
        webhook::Webhooks,
        transfer::Transfers::new(),
        sheet::Sheets,
    );
    OpenApiService::new(apis, "SmartStack", env!("CARGO_PKG_VERSION"))
        .url_prefix(PREFIX)
        .description(spec::DESCRIPTION)
}

/// The description of REST v1 in OpenAPI 3.0: `/openapi.json`.
pub fn document() -> Value {
    spec::finish(&service().spec())
}

/// The description as text, the way it is committed.
pub fn document_text() -> String {
    format!("{:#}", document())
}

/// Serves everything below [`PREFIX`] that has no route of its own.
pub fn endpoint(app: &Arc<App>) -> impl Endpoint<Output = Response> + use<> {
    let inner = service().into_endpoint();
    let route = Route::new().nest("/docs", docs::endpoint()).nest(
        "/",
        door::Door::new(Arc::clone(app), inner, spec::allowed(&document())),
    );
    route.map_to_response()
}

/// `/openapi.json`.
pub fn document_endpoint() -> impl Endpoint<Output = Response> {
    let text = document_text();
    make(move |_| {
        let text = text.clone();
        async move {
            Response::builder()
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::CACHE_CONTROL, "public, max-age=300")
                .body(text)
        }
    })
}
