//! A whole workspace out and in: its export as it is made, and an import that is checked before anything of it
//! is believed.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use poem::{
    Body, IntoResponse, Request, Response,
    http::{HeaderMap, StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    registry::{MetaResponses, Registry},
    types::Type,
};
use smartstack_domain::{
    DomainError,
    export::{self, Archive, IMPORT_MAX_BYTES, ImportMode},
};
use smartstack_schema::{ErrorCode, MemberRole};
use tokio::{
    io::AsyncReadExt,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::{
    super::problem::Problem,
    answer::{Answer, One, response},
    caller::{Caller, ExportWorkspace, ImportWorkspace},
    choice::Choice,
    file::{Attachment, FileBody, Zip},
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

/// What an import brings.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct Import {
    /// Names the content; given with the import itself, it brings in what was looked at or nothing.
    sha256: String,
    /// When the export was made.
    exported_at: DateTime<Utc>,
    /// What the workspace was called, and is called from then on.
    name: String,
    /// Each kind of thing with how many there are.
    rows: BTreeMap<String, i64>,
    /// Number of uploaded files.
    files: i64,
    /// Their bytes together.
    file_bytes: i64,
    /// Who belonged to the workspace.
    people: Vec<ImportPerson>,
}

/// Somebody who belonged to the workspace that was exported.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct ImportPerson {
    /// What they are called.
    name: String,
    /// Their address.
    email: String,
    /// What they might do there.
    role: Choice<MemberRole>,
    /// Whether they are a member here: what they did and are to do keeps their name.
    is_member: bool,
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<export::Imported> for Import {
    fn from(imported: export::Imported) -> Self {
        let rows = imported.rows.into_iter();
        let people = imported.people.into_iter();
        Self {
            sha256: imported.sha256,
            exported_at: imported.exported_at,
            name: imported.name,
            rows: rows.map(|(noun, rows)| (noun.to_owned(), count(rows))).collect(),
            files: count(imported.files),
            file_bytes: count(imported.file_bytes),
            people: people
                .map(|person| ImportPerson {
                    name: person.name,
                    email: person.email,
                    role: person.role.into(),
                    is_member: person.is_member,
                })
                .collect(),
        }
    }
}

/// What an import would bring, or has brought.
pub(crate) struct Tried {
    import: One<Import>,
    is_done: bool,
}

impl IntoResponse for Tried {
    fn into_response(self) -> Response {
        let mut response = self.import.into_response();
        if self.is_done {
            response.set_status(StatusCode::CREATED);
        }
        response
    }
}

impl ApiResponse for Tried {
    fn meta() -> MetaResponses {
        let import = |status, about| response(status, about, Some(Import::schema_ref()), Vec::new());
        MetaResponses {
            responses: vec![
                import(200, "What it would bring; nothing has been done."),
                import(201, "It is in."),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        Import::register(registry);
    }
}

/// A workspace out and in.
pub(super) struct Transfers {
    exports: Arc<Semaphore>,
    imports: Arc<Semaphore>,
}

impl Transfers {
    pub(super) fn new() -> Self {
        Self {
            exports: Arc::new(Semaphore::new(AT_ONCE)),
            imports: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

#[OpenApi(tag = "super::Tag::Transfer")]
impl Transfers {
    /// Export a workspace
    ///
    /// All of it as one ZIP file, sent as it is made, for its owners. What is in it stands in
    /// docs/guides/export-and-import.md.
    #[oai(
        path = "/workspaces/:workspace/export",
        method = "get",
        operation_id = "workspaceExport"
    )]
    async fn export(
        &self,
        caller: Caller<ExportWorkspace>,
        /// The workspace's id.
        workspace: Path<String>,
    ) -> Answer<Attachment<Zip>> {
        let here = caller.enter(&workspace)?;
        here.may_own(OWNERS)?;
        caller.spend(COST).await?;
        let place = place(&self.exports)?;
        let app = here.app();
        let pieces = export::export(&app.db, &app.blobs, here.scope()).await;
        let pieces = pieces.map_err(|error| problem(&error))?.map(move |piece| {
            // The place is taken until the last byte is on its way, or nobody wants it any more.
            let _taken = &place;
            piece
        });
        let day = app.db.clock().now().format("%Y-%m-%d");
        Ok(Attachment::new(
            &format!("smartstack-{day}.zip"),
            Body::from_bytes_stream(pieces),
        ))
    }

    /// Import a workspace
    ///
    /// The body is the ZIP file of an export, up to 3 GiB. It fills a workspace that is empty, for its owners;
    /// everything keeps its id, and nobody is made a member. With dryRun=true nothing happens but the answer.
    #[oai(
        path = "/workspaces/:workspace/import",
        method = "post",
        operation_id = "workspaceImport"
    )]
    async fn import(
        &self,
        caller: Caller<ImportWorkspace>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Only says what the file would bring.
        #[oai(name = "dryRun")]
        dry_run: Query<Option<bool>>,
        /// What a dry run answered with: refused if the file is another one.
        sha256: Query<Option<String>>,
        request: &Request,
        /// The ZIP file.
        body: FileBody<Zip>,
    ) -> Answer<Tried> {
        let here = caller.enter(&workspace)?;
        here.may_own(OWNERS)?;
        caller.spend(COST).await?;
        let _place = place(&self.imports)?;
        let file = receive(request.headers(), body.bytes).await?;
        let archive = tokio::task::spawn_blocking(move || Archive::open(file)).await;
        let archive = archive.map_err(|error| {
            tracing::error!(%error, "reading an import failed");
            Problem::internal()
        })?;
        let archive = archive.map_err(|error| problem(&error))?;
        let is_done = dry_run.0 != Some(true);
        let mode = if is_done {
            ImportMode::Apply { sha256: sha256.0 }
        } else {
            ImportMode::Preview
        };
        let app = here.app();
        let imported = export::import(&app.db, &app.blobs, &app.secrets, here.scope(), archive, mode).await;
        let imported = imported.map_err(|error| problem(&error))?;
        Ok(Tried {
            import: One::plain(imported),
            is_done,
        })
    }
}

fn place(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(places).try_acquire_owned().map_err(|_| {
        let detail = "Others are exporting or importing at this moment. Try again in half a minute.";
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::RateLimited, detail);
        problem.retry_after(BUSY_SECONDS)
    })
}

/// Writes the body into a file that has no name, within the limits of size and time.
async fn receive(headers: &HeaderMap, body: Body) -> Result<std::fs::File, Problem> {
    let too_large = || {
        let detail = "An export may have 3 GiB at most.";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadUserInput, detail)
    };
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > IMPORT_MAX_BYTES) {
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
    let mut body = body.into_async_read();
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

/// What only owners do.
const OWNERS: &str = "exports it, or imports into it";

fn problem(error: &DomainError) -> Problem {
    match error {
        DomainError::Forbidden => Problem::forbidden(format!("Only an owner of the workspace {OWNERS}.")),
        error => Problem::of(error),
    }
}
