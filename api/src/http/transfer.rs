//! A whole workspace out and in: its export as it is made, and an import that is checked before anything of it
//! is believed.

use std::{
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use futures_util::StreamExt;
use poem::{
    Body, Endpoint, Request, Response,
    http::{Method, StatusCode, header},
};
use serde::Deserialize;
use serde_json::{Value, json};
use smartstack_domain::{
    DomainError, TenantScope,
    export::{self, Archive, IMPORT_MAX_BYTES, ImportMode, Imported},
};
use smartstack_schema::{ErrorCode, MemberRole, TokenScope, WorkspaceId};
use tokio::{
    io::AsyncReadExt,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::{address, bearer, budget, problem::Problem};
use crate::{
    app::App,
    graphql::{
        context::{CallerAddress, Requester, Surface},
        cost, scopes,
    },
};

/// Exports, and imports, that one process works at a time. Each holds a connection to the database.
const AT_ONCE: usize = 2;
/// What one costs of its caller's budget: some six a minute.
const COST: u64 = 100_000;
/// How long a body may take to send nothing at all, and how long it may take altogether: 3 GiB over a line of
/// 10 Mbit/s.
const BODY_STALL: Duration = Duration::from_secs(30);
const BODY_TIMEOUT: Duration = Duration::from_secs(45 * 60);
/// When to try again where others are at it.
const BUSY_SECONDS: u64 = 30;

/// What a token has to be good for to take everything along: to read each part of it.
const EXPORT_SCOPES: &[TokenScope] = &[
    TokenScope::WorkspaceRead,
    TokenScope::MembersRead,
    TokenScope::ClientsRead,
    TokenScope::ProjectsRead,
    TokenScope::TasksRead,
    TokenScope::DocumentsRead,
    TokenScope::JobsRead,
    TokenScope::SuggestionsRead,
    TokenScope::SharesRead,
];
/// What a token has to be good for to bring everything in. Nobody is made a member by it.
const IMPORT_SCOPES: &[TokenScope] = &[
    TokenScope::WorkspaceWrite,
    TokenScope::MembersRead,
    TokenScope::ClientsWrite,
    TokenScope::ProjectsWrite,
    TokenScope::TasksWrite,
    TokenScope::DocumentsWrite,
    TokenScope::JobsWrite,
    TokenScope::SuggestionsWrite,
    TokenScope::SharesWrite,
];

/// `GET /api/v1/workspaces/{id}/export`: the whole workspace as one ZIP file, for its owners.
pub struct ExportEndpoint {
    app: Arc<App>,
    places: Arc<Semaphore>,
}

/// `POST /api/v1/workspaces/{id}/import`: fills an empty workspace with an export, which is the body; with
/// `dryRun=true` says what that would bring.
pub struct ImportEndpoint {
    app: Arc<App>,
    places: Arc<Semaphore>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Query {
    #[serde(default)]
    dry_run: bool,
    sha256: Option<String>,
}

impl Endpoint for ExportEndpoint {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.answer(&req).await.unwrap_or_else(Into::into))
    }
}

impl Endpoint for ImportEndpoint {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.answer(req).await.unwrap_or_else(Into::into))
    }
}

impl ExportEndpoint {
    /// Hands exports out.
    pub fn new(app: Arc<App>) -> Self {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Self { app, places }
    }

    async fn answer(&self, req: &Request) -> Result<Response, Problem> {
        if *req.method() != Method::GET {
            return Err(Problem::method_not_allowed("GET"));
        }
        let app = &self.app;
        let needs = Needs {
            scopes: EXPORT_SCOPES,
            writes: false,
            cost: COST,
        };
        let scope = owner(app, req, &needs).await?;
        let place = place(&self.places)?;
        let pieces = export::export(&app.db, &app.blobs, &scope).await;
        let pieces = pieces.map_err(|error| problem(&error))?.map(move |piece| {
            // The place is taken until the last byte is on its way, or nobody wants it any more.
            let _taken = &place;
            piece
        });
        let day = app.db.clock().now().format("%Y-%m-%d");
        Ok(Response::builder()
            .status(StatusCode::OK)
            .header(header::CONTENT_TYPE, "application/zip")
            .header(
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"smartstack-{day}.zip\""),
            )
            .header(header::CACHE_CONTROL, "private, no-store")
            .body(Body::from_bytes_stream(pieces)))
    }
}

impl ImportEndpoint {
    /// Takes exports in.
    pub fn new(app: Arc<App>) -> Self {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Self { app, places }
    }

    async fn answer(&self, mut req: Request) -> Result<Response, Problem> {
        if *req.method() != Method::POST {
            return Err(Problem::method_not_allowed("POST"));
        }
        let app = &self.app;
        let needs = Needs {
            scopes: IMPORT_SCOPES,
            writes: true,
            cost: COST,
        };
        let scope = owner(app, &req, &needs).await?;
        let query: Query = serde_urlencoded::from_str(req.uri().query().unwrap_or_default()).map_err(|_| {
            Problem::bad_request(
                "The query takes dryRun (true or false) and sha256, which a dry run answered with. The body is the \
                 ZIP file.",
            )
        })?;
        let _place = place(&self.places)?;
        let file = receive(&mut req).await?;
        let archive = tokio::task::spawn_blocking(move || Archive::open(file)).await;
        let archive = archive.map_err(|error| {
            tracing::error!(%error, "reading an import failed");
            Problem::internal()
        })?;
        let archive = archive.map_err(|error| problem(&error))?;
        let (status, mode) = if query.dry_run {
            (StatusCode::OK, ImportMode::Preview)
        } else {
            (StatusCode::CREATED, ImportMode::Apply { sha256: query.sha256 })
        };
        let imported = export::import(&app.db, &app.blobs, &app.secrets, &scope, archive, mode).await;
        let imported = imported.map_err(|error| problem(&error))?;
        Ok(Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CACHE_CONTROL, "no-store")
            .body(describe(&imported).to_string()))
    }
}

/// What a request needs to get in.
pub(super) struct Needs {
    /// What a token has to be good for.
    pub(super) scopes: &'static [TokenScope],
    /// Whether it changes something; else it may be a link that somebody follows.
    pub(super) writes: bool,
    /// What it costs of its caller's budget.
    pub(super) cost: u64,
}

/// The workspace in the path, for its owner with a token that is good for all of it.
async fn owner(app: &App, req: &Request, needs: &Needs) -> Result<TenantScope, Problem> {
    let scope = enter(app, req, needs).await?;
    match scope.role() {
        MemberRole::Owner => Ok(scope),
        _ => Err(problem(&DomainError::Forbidden)),
    }
}

/// Lets in who belongs to the workspace in the path, from our own pages or with a token that is good for it: the
/// workspace, in the name of who asks.
pub(super) async fn enter(app: &App, req: &Request, needs: &Needs) -> Result<TenantScope, Problem> {
    let requester = match bearer::in_headers(req.headers())? {
        Some(token) => bearer::open(app, token).await?,
        None => {
            let checked = if needs.writes {
                app.origins.check_request(req.headers())
            } else {
                app.origins.check_download(req.headers())
            };
            checked.map_err(|error| Problem::forbidden(error.to_string()))?;
            let found = Requester::resolve(app, &Surface::Account, req.headers()).await;
            found.map_err(|error| problem(&error))?
        }
    };
    let Some(person) = requester.account() else {
        return Err(Problem::unauthenticated(
            "Sign in to export or import a workspace.",
        ));
    };
    let lacking = needs
        .scopes
        .iter()
        .copied()
        .filter(|scope| !person.allows(*scope));
    let lacking: Vec<TokenScope> = lacking.collect();
    if !lacking.is_empty() {
        return Err(Problem::forbidden(scopes::lacking(lacking)));
    }
    let id = req.raw_path_param("workspace").unwrap_or_default();
    let workspace: WorkspaceId = id.parse().map_err(|_| Problem::not_found())?;
    let scope = requester.scope(workspace).ok_or_else(Problem::not_found)?;
    let caller = CallerAddress(address::of(&app.config, req));
    budget::spend(app, &cost::key(&requester, &caller), needs.cost).await?;
    Ok(scope.from_address(caller.0))
}

fn place(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(places).try_acquire_owned().map_err(|_| {
        let detail = "Others are exporting or importing at this moment. Try again in half a minute.";
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::RateLimited, detail);
        problem.retry_after(BUSY_SECONDS)
    })
}

/// Writes the body into a file that has no name, within the limits of size and time.
async fn receive(req: &mut Request) -> Result<std::fs::File, Problem> {
    let too_large = || {
        let detail = "An export may have 3 GiB at most.";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadUserInput, detail)
    };
    let length = req.header(header::CONTENT_LENGTH).map(str::parse::<u64>);
    if matches!(length, Some(Ok(length)) if length > IMPORT_MAX_BYTES) {
        return Err(too_large());
    }
    let failed = |error: io::Error| {
        tracing::error!(%error, "an import could not be kept");
        Problem::internal()
    };
    let too_slow = || {
        let detail = "The file took too long to arrive.";
        Problem::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::BadUserInput, detail)
    };
    let mut file = tempfile::tempfile().map_err(failed)?;
    let mut body = req.take_body().into_async_read();
    let deadline = tokio::time::Instant::now() + BODY_TIMEOUT;
    let mut size = 0_u64;
    let mut piece = vec![0; 64 * 1024];
    loop {
        if tokio::time::Instant::now() > deadline {
            return Err(too_slow());
        }
        let read = tokio::time::timeout(BODY_STALL, body.read(&mut piece)).await;
        let read = read.map_err(|_| too_slow())?;
        let read = read.map_err(|_| Problem::bad_request("The file could not be received."))?;
        let Some(part) = piece.get(..read).filter(|part| !part.is_empty()) else {
            return Ok(file);
        };
        size += read as u64;
        if size > IMPORT_MAX_BYTES {
            return Err(too_large());
        }
        // 64 KiB into the page cache: not worth a thread of its own.
        file.write_all(part).map_err(failed)?;
    }
}

fn describe(imported: &Imported) -> Value {
    let rows: serde_json::Map<String, Value> = imported
        .rows
        .iter()
        .map(|(noun, rows)| ((*noun).to_owned(), json!(rows)))
        .collect();
    let people: Vec<Value> = imported
        .people
        .iter()
        .map(|person| {
            json!({
                "name": person.name, "email": person.email, "role": person.role, "isMember": person.is_member,
            })
        })
        .collect();
    json!({
        "sha256": imported.sha256,
        "exportedAt": imported.exported_at,
        "name": imported.name,
        "rows": rows,
        "files": imported.files,
        "fileBytes": imported.file_bytes,
        "people": people,
    })
}

pub(super) fn problem(error: &DomainError) -> Problem {
    match error {
        DomainError::Forbidden => {
            Problem::forbidden("Only an owner of the workspace exports it, or imports into it.")
        }
        error => Problem::of(error),
    }
}
