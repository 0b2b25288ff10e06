//! Clients and tasks as CSV: out as a file, and in with a look at what it would do.

use std::{io, sync::Arc, time::Duration};

use futures_util::stream;
use poem::{
    Body, Endpoint, Request, Response,
    error::ReadBodyError,
    http::{Method, StatusCode, header},
};
use serde::Deserialize;
use serde_json::{Value, json};
use smartstack_domain::{
    Db, DomainError, TenantScope,
    sheet::{self, Kind, Outcome, SHEET_MAX_BYTES, SheetMode, SheetPlan},
};
use smartstack_schema::{ErrorCode, MemberRole, TokenScope};

use super::{
    problem::Problem,
    transfer::{self, Needs},
};
use crate::app::App;

/// What an import costs of its caller's budget: some thirty a minute.
const COST: u64 = 20_000;
/// How long a body may take to arrive: 5 MiB over a line of 1.5 Mbit/s.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// `GET /api/v1/workspaces/{id}/export/clients.csv` and `…/tasks.csv`.
pub struct SheetExport(pub Arc<App>);

/// `POST /api/v1/workspaces/{id}/import/clients.csv` and `…/tasks.csv`: with `dryRun=true` what the file would
/// do, with that answer's `hash` just that.
pub struct SheetImport(pub Arc<App>);

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Query {
    #[serde(default)]
    dry_run: bool,
    hash: Option<String>,
    idempotency_key: Option<String>,
}

impl Endpoint for SheetExport {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.answer(&req).await.unwrap_or_else(Into::into))
    }
}

impl Endpoint for SheetImport {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.answer(req).await.unwrap_or_else(Into::into))
    }
}

/// What the path is about.
fn kind(req: &Request) -> Result<Kind, Problem> {
    match req.raw_path_param("sheet") {
        Some("clients.csv") => Ok(Kind::Clients),
        Some("tasks.csv") => Ok(Kind::Tasks),
        _ => Err(Problem::not_found()),
    }
}

impl SheetExport {
    async fn answer(&self, req: &Request) -> Result<Response, Problem> {
        if *req.method() != Method::GET {
            return Err(Problem::method_not_allowed("GET"));
        }
        // Who asks is looked at before what they ask for.
        let kind = kind(req);
        let needed: &[TokenScope] = match kind {
            Ok(Kind::Tasks) => &[
                TokenScope::TasksRead,
                TokenScope::ProjectsRead,
                TokenScope::MembersRead,
            ],
            _ => &[TokenScope::ClientsRead],
        };
        let needs = Needs {
            scopes: needed,
            writes: false,
            cost: COST,
        };
        let scope = transfer::enter(&self.0, req, &needs).await?;
        let kind = kind?;
        let db = self.0.db.clone();
        // The first page says whether there is anything to send; after it the status is on its way.
        let first = read(&db, &scope, kind, None).await;
        let first = first.map_err(|error| transfer::problem(&error))?;
        let name = match kind {
            Kind::Clients => "clients",
            Kind::Tasks => "tasks",
        };
        let day = db.clock().now().format("%Y-%m-%d");
        Ok(Response::builder()
            .status(StatusCode::OK)
            .header(header::CONTENT_TYPE, "text/csv; charset=utf-8")
            .header(
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}-{day}.csv\""),
            )
            .header(header::CACHE_CONTROL, "private, no-store")
            .body(body(db, scope, kind, first)))
    }
}

/// Where the sending stands.
enum At {
    Head((String, Option<String>)),
    After(Option<String>),
}

fn body(db: Db, scope: TenantScope, kind: Kind, first: (String, Option<String>)) -> Body {
    let pages = stream::try_unfold(At::Head(first), move |at| {
        let (db, scope) = (db.clone(), scope.clone());
        async move {
            let (text, next) = match at {
                At::Head((text, next)) => ([sheet::head(kind), text].concat(), next),
                At::After(None) => return Ok(None),
                At::After(Some(cursor)) => read(&db, &scope, kind, Some(cursor)).await.map_err(|error| {
                    tracing::error!(%error, "an export of a sheet broke off");
                    // The connection is cut: half a file must not look like a whole one.
                    io::Error::other("the sheet could not be read")
                })?,
            };
            Ok::<_, io::Error>(Some((text.into_bytes(), At::After(next))))
        }
    });
    Body::from_bytes_stream(pages)
}

async fn read(
    db: &Db,
    scope: &TenantScope,
    kind: Kind,
    after: Option<String>,
) -> Result<(String, Option<String>), DomainError> {
    db.read(scope, move |tx| {
        Box::pin(async move { sheet::page(tx, kind, after).await })
    })
    .await
}

impl SheetImport {
    async fn answer(&self, mut req: Request) -> Result<Response, Problem> {
        if *req.method() != Method::POST {
            return Err(Problem::method_not_allowed("POST"));
        }
        let kind = kind(&req);
        let needed: &[TokenScope] = match kind {
            Ok(Kind::Tasks) => &[
                TokenScope::TasksWrite,
                TokenScope::ProjectsRead,
                TokenScope::MembersRead,
            ],
            _ => &[TokenScope::ClientsWrite],
        };
        let needs = Needs {
            scopes: needed,
            writes: true,
            cost: COST,
        };
        let scope = transfer::enter(&self.0, &req, &needs).await?;
        let kind = kind?;
        if scope.role() == MemberRole::Viewer {
            return Err(Problem::forbidden("Your role in this workspace only reads."));
        }
        let query: Result<Query, _> = serde_urlencoded::from_str(req.uri().query().unwrap_or_default());
        let (status, mode) = match query {
            Ok(Query {
                dry_run: true,
                hash: None,
                ..
            }) => (StatusCode::OK, SheetMode::Preview),
            Ok(Query {
                dry_run: false,
                hash: Some(hash),
                idempotency_key,
            }) => (
                StatusCode::OK,
                SheetMode::Apply {
                    hash,
                    idempotency_key,
                },
            ),
            _ => {
                return Err(Problem::bad_request(
                    "The query takes dryRun=true to see what the file would do, or hash, which that answered with, \
                     and idempotencyKey. The body is the CSV file.",
                ));
            }
        };
        let bytes = receive(&mut req).await?;
        let plan = sheet::import(&self.0.db, &scope, kind, bytes, mode).await;
        let plan = plan.map_err(|error| match error {
            DomainError::Conflict => Problem::new(
                StatusCode::CONFLICT,
                ErrorCode::Conflict,
                "This key was used for another request in the last 24 hours.",
            ),
            error => transfer::problem(&error),
        })?;
        Ok(Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CACHE_CONTROL, "no-store")
            .body(describe(&plan).to_string()))
    }
}

async fn receive(req: &mut Request) -> Result<Vec<u8>, Problem> {
    let read = req.take_body().into_bytes_limit(SHEET_MAX_BYTES);
    match tokio::time::timeout(BODY_TIMEOUT, read).await {
        Ok(Ok(bytes)) => Ok(bytes.to_vec()),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::BadUserInput,
            "A file may have 5 MiB at most. Import it in parts.",
        )),
        Ok(Err(_)) => Err(Problem::bad_request("The file could not be received.")),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            ErrorCode::BadUserInput,
            "The file took too long to arrive.",
        )),
    }
}

fn describe(plan: &SheetPlan) -> Value {
    let lines = plan.lines.iter().map(|line| {
        let changes = |changes: &[sheet::Change]| -> Vec<Value> {
            let change = |change: &sheet::Change| {
                json!({ "field": change.field, "before": change.before, "after": change.after })
            };
            changes.iter().map(change).collect()
        };
        let (outcome, changes, errors) = match &line.outcome {
            Outcome::New(all) => ("NEW", changes(all), Vec::new()),
            Outcome::Changed(all) => ("CHANGED", changes(all), Vec::new()),
            Outcome::Unchanged => ("UNCHANGED", Vec::new(), Vec::new()),
            Outcome::Wrong(all) => {
                let error = |(field, message): &(String, String)| json!({ "field": field, "message": message });
                ("WRONG", Vec::new(), all.iter().map(error).collect())
            }
        };
        json!({
            "line": line.line, "label": line.label, "id": line.id, "outcome": outcome, "changes": changes,
            "errors": errors,
        })
    });
    json!({
        "hash": plan.hash,
        "new": plan.new_ones(),
        "changed": plan.changed(),
        "unchanged": plan.unchanged(),
        "wrong": plan.wrong(),
        "isRepeated": plan.is_repeated,
        "lines": lines.collect::<Vec<_>>(),
    })
}
