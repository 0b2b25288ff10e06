//! Files over HTTP: one comes in as the body of a request, and goes out as an attachment.
//!
//! What a file is called and where it belongs stands in the query; its bytes are the body, as they are. A
//! browser never shows a file as a page of ours: it is always an attachment, of a type that nothing runs.

use std::{ops::Range, sync::Arc, time::Duration};

use chrono::NaiveDate;
use poem::{
    Body, Endpoint, Request, Response,
    error::ReadBodyError,
    http::{HeaderMap, Method, StatusCode, header},
};
use serde::Deserialize;
use serde_json::{Value, json};
use smartstack_domain::{
    DomainError, TenantScope,
    blob::FILE_MAX_BYTES,
    document::{self, Document},
    plan::PlanProject,
    rate::Spent,
    upload::{self, Upload},
};
use smartstack_schema::{
    ClientId, DocumentId, ErrorCode, MemberRole, ProjectId, TokenScope, UseCase, WorkspaceId,
};
use tokio::sync::Semaphore;

use super::{
    address, bearer,
    problem::{FieldProblem, Problem},
};
use crate::{
    app::App,
    graphql::{
        context::{CallerAddress, Requester, Surface},
        cost,
        error::store_is_away,
        scopes,
    },
};

/// How long a body may take to arrive: 10 MiB over a line of 1.5 Mbit/s.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// Files held in memory at a time by one process: 160 MiB of them at most.
const AT_ONCE: usize = 16;
/// What a file costs of its sender's budget: some 100 files a minute.
const COST: u64 = 6_000;

/// `POST /api/v1/workspaces/{id}/documents`: keeps a file as a document.
pub struct UploadEndpoint {
    app: Arc<App>,
    places: Semaphore,
}

/// `GET /api/v1/workspaces/{id}/documents/{id}/file`: the file of a document, or a range of it.
pub struct FileEndpoint(pub Arc<App>);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Query {
    file_name: String,
    title: Option<String>,
    project_id: Option<String>,
    new_project_name: Option<String>,
    client_id: Option<String>,
    new_client_name: Option<String>,
    use_case: Option<String>,
    today: Option<NaiveDate>,
    idempotency_key: Option<String>,
}

impl Endpoint for UploadEndpoint {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.answer(req).await.unwrap_or_else(Into::into))
    }
}

impl Endpoint for FileEndpoint {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.answer(&req).await.unwrap_or_else(Into::into))
    }
}

impl UploadEndpoint {
    /// Takes files.
    pub fn new(app: Arc<App>) -> Self {
        Self {
            app,
            places: Semaphore::new(AT_ONCE),
        }
    }

    async fn answer(&self, mut req: Request) -> Result<Response, Problem> {
        if *req.method() != Method::POST {
            return Err(Problem::method_not_allowed("POST"));
        }
        let app = &self.app;
        let requester = match bearer::in_headers(req.headers())? {
            Some(token) => bearer::open(app, token).await?,
            None => {
                app.origins
                    .check_request(req.headers())
                    .map_err(|error| Problem::forbidden(error.to_string()))?;
                by_cookie(app, req.headers()).await?
            }
        };
        let query: Query = serde_urlencoded::from_str(req.uri().query().unwrap_or_default()).map_err(|_| {
            Problem::bad_request(
                "The query takes fileName, title, projectId or newProjectName (with clientId or newClientName), \
                 useCase, today (2026-01-31) and idempotencyKey. The body is the file.",
            )
        })?;
        let mut needed = vec![TokenScope::DocumentsWrite];
        if query.use_case.is_some() {
            needed.push(TokenScope::JobsWrite);
        }
        if query.new_project_name.is_some() {
            needed.push(TokenScope::ProjectsWrite);
        }
        if query.new_client_name.is_some() {
            needed.push(TokenScope::ClientsWrite);
        }
        let scope = scope(&requester, &req, &needed)?;
        if scope.role() == MemberRole::Viewer {
            return Err(Problem::forbidden("Your role in this workspace only reads."));
        }
        let caller = CallerAddress(address::of(&app.config, &req));
        self.spend(&requester, &caller).await?;
        let mut upload = upload(query)?;
        let _place = self.places.acquire().await.map_err(|_| Problem::unavailable())?;
        upload.bytes = body(&mut req).await?;
        let scope = scope.from_address(caller.0);
        let kept = upload::receive(&app.db, &app.blobs, &scope, upload).await;
        let kept = kept.map_err(|error| problem(&error))?;
        let body = json!({
            "document": describe(&kept.document),
            "job": kept.job.map(|job| json!({ "id": job.id, "state": job.state, "useCase": job.use_case })),
        });
        Ok(Response::builder()
            .status(StatusCode::CREATED)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CACHE_CONTROL, "no-store")
            .body(body.to_string()))
    }

    async fn spend(&self, requester: &Requester, caller: &CallerAddress) -> Result<(), Problem> {
        match self.app.budgets.spend(&cost::key(requester, caller), COST).await {
            Ok(Spent::Yes(_)) => Ok(()),
            Ok(Spent::No(budget)) => {
                let (_, seconds) = cost::throttled(&budget, self.app.db.clock().now());
                let detail = "You have sent as much as you may in a minute. Wait a little and try again.";
                let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, detail);
                Err(problem.retry_after(seconds))
            }
            Err(error) => Err(problem(&error)),
        }
    }
}

impl FileEndpoint {
    async fn answer(&self, req: &Request) -> Result<Response, Problem> {
        if !matches!(*req.method(), Method::GET | Method::HEAD) {
            return Err(Problem::method_not_allowed("GET, HEAD"));
        }
        let app = &self.0;
        let requester = match bearer::in_headers(req.headers())? {
            Some(token) => bearer::open(app, token).await?,
            None => {
                app.origins
                    .check_download(req.headers())
                    .map_err(|error| Problem::forbidden(error.to_string()))?;
                by_cookie(app, req.headers()).await?
            }
        };
        let scope = scope(&requester, req, &[TokenScope::DocumentsRead])?;
        let id = req.raw_path_param("document").unwrap_or_default();
        let id: DocumentId = id.parse().map_err(|_| Problem::not_found())?;
        let found = app
            .db
            .read(&scope, move |tx| {
                Box::pin(async move { document::get(tx, id).await })
            })
            .await
            .map_err(|error| problem(&error))?;
        let file = match found.file {
            Some(file) if found.deleted_at.is_none() => file,
            _ => return Err(Problem::not_found()),
        };
        let size = u64::try_from(file.bytes).unwrap_or_default();
        let range = match range(req.headers(), size) {
            Ok(range) => range,
            Err(Unsatisfiable) => {
                return Ok(Response::builder()
                    .status(StatusCode::RANGE_NOT_SATISFIABLE)
                    .header(header::CONTENT_RANGE, format!("bytes */{size}"))
                    .finish());
            }
        };
        let response = Response::builder()
            .header(header::CONTENT_TYPE, file.media_type.as_str())
            .header(header::CONTENT_DISPOSITION, disposition(&file.name))
            .header(header::ACCEPT_RANGES, "bytes")
            // A person's alone, and not to be kept where others use the same machine.
            .header(header::CACHE_CONTROL, "private, no-store");
        let (response, length) = match &range {
            None => (response.status(StatusCode::OK), size),
            Some(range) => {
                let value = format!("bytes {}-{}/{size}", range.start, range.end - 1);
                let response = response
                    .status(StatusCode::PARTIAL_CONTENT)
                    .header(header::CONTENT_RANGE, value);
                (response, range.end - range.start)
            }
        };
        let response = response.header(header::CONTENT_LENGTH, length);
        if *req.method() == Method::HEAD {
            return Ok(response.finish());
        }
        let pieces = app.blobs.stream(&file.blob_key, range).await;
        let pieces = pieces.map_err(|error| problem(&error))?;
        Ok(response.body(Body::from_bytes_stream(pieces)))
    }
}

async fn by_cookie(app: &App, headers: &HeaderMap) -> Result<Requester, Problem> {
    Requester::resolve(app, &Surface::Account, headers)
        .await
        .map_err(|error| problem(&error))
}

/// The workspace in the path, for a person who belongs there with a token that is good for it.
fn scope(requester: &Requester, req: &Request, needed: &[TokenScope]) -> Result<TenantScope, Problem> {
    let Some(person) = requester.account() else {
        return Err(Problem::unauthenticated("Sign in to work with documents."));
    };
    let lacking: Vec<TokenScope> = needed
        .iter()
        .copied()
        .filter(|scope| !person.allows(*scope))
        .collect();
    if !lacking.is_empty() {
        return Err(Problem::forbidden(scopes::lacking(lacking)));
    }
    let id = req.raw_path_param("workspace").unwrap_or_default();
    let workspace: WorkspaceId = id.parse().map_err(|_| Problem::not_found())?;
    requester.scope(workspace).ok_or_else(Problem::not_found)
}

/// What the query asks for; the file itself is still to come.
fn upload(query: Query) -> Result<Upload, Problem> {
    let refuse = |field: &str, message: &str| {
        let errors = vec![FieldProblem {
            field: field.to_owned(),
            code: "NOT_FOUND".to_owned(),
            message: message.to_owned(),
        }];
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::BadUserInput, message).errors(errors)
    };
    let project_id = query
        .project_id
        .as_deref()
        .map(str::parse::<ProjectId>)
        .transpose();
    let client_id = query.client_id.as_deref().map(str::parse::<ClientId>).transpose();
    let use_case = match query.use_case.as_deref() {
        None => None,
        Some(name) => {
            let known = UseCase::parse(name);
            Some(known.ok_or_else(|| refuse("useCase", "There is no such use of a document."))?)
        }
    };
    let client_id = client_id.map_err(|_| refuse("clientId", "There is no such client here."))?;
    Ok(Upload {
        bytes: Vec::new(),
        file_name: query.file_name,
        title: query.title,
        project_id: project_id.map_err(|_| refuse("projectId", "There is no such project here."))?,
        new_project: query.new_project_name.map(|name| PlanProject {
            name,
            client_id,
            new_client_name: query.new_client_name,
        }),
        use_case,
        today: query.today,
        idempotency_key: query.idempotency_key,
    })
}

/// Reads the file, within the limits of size and time.
async fn body(req: &mut Request) -> Result<Vec<u8>, Problem> {
    let too_large = || {
        let errors = vec![FieldProblem {
            field: "file".to_owned(),
            code: "TOO_LONG".to_owned(),
            message: "A file may have 10 MiB at most.".to_owned(),
        }];
        let detail = "A file may have 10 MiB at most.";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadUserInput, detail).errors(errors)
    };
    let length = req.header(header::CONTENT_LENGTH).map(str::parse::<usize>);
    if matches!(length, Some(Ok(length)) if length > FILE_MAX_BYTES) {
        return Err(too_large());
    }
    let read = req.take_body().into_bytes_limit(FILE_MAX_BYTES);
    match tokio::time::timeout(BODY_TIMEOUT, read).await {
        Ok(Ok(bytes)) => Ok(bytes.to_vec()),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(too_large()),
        Ok(Err(_)) => Err(Problem::bad_request("The file could not be received.")),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            ErrorCode::BadUserInput,
            "The file took too long to arrive.",
        )),
    }
}

fn describe(document: &Document) -> Value {
    json!({
        "id": document.id,
        "projectId": document.project_id,
        "title": document.title,
        "kind": document.kind,
        "state": document.state,
        "fileName": document.file.as_ref().map(|file| &file.name),
        "mediaType": document.file.as_ref().map(|file| file.media_type.as_str()),
        "size": document.file.as_ref().map(|file| file.bytes),
        "createdAt": document.created_at,
    })
}

/// `attachment` with the file's name, for browsers that read RFC 8187 and for those that don't.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// No byte of the file is in the range that is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Unsatisfiable;

/// The one range that is asked for (RFC 9110, 14.2). Several, and what cannot be understood, is as if nothing
/// were asked.
fn range(headers: &HeaderMap, size: u64) -> Result<Option<Range<u64>>, Unsatisfiable> {
    let Some((first, last)) = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok()?.strip_prefix("bytes="))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Ok(None);
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(last)) if first.is_empty() => size.saturating_sub(last)..size,
        _ => return Ok(None),
    };
    if range.start < range.end {
        Ok(Some(range))
    } else {
        Err(Unsatisfiable)
    }
}

fn problem(error: &DomainError) -> Problem {
    match error {
        DomainError::Forbidden => Problem::forbidden("Your role in this workspace only reads."),
        DomainError::NotFound => Problem::not_found(),
        DomainError::Conflict => Problem::new(
            StatusCode::CONFLICT,
            ErrorCode::Conflict,
            "This key was used for another request in the last 24 hours.",
        ),
        DomainError::Validation(fields) => {
            let errors: Vec<FieldProblem> = fields
                .iter()
                .map(|field| FieldProblem {
                    field: field.field.join("."),
                    code: field.code.as_str().to_owned(),
                    message: field.message.clone(),
                })
                .collect();
            let detail = errors
                .iter()
                .map(|error| error.message.as_str())
                .collect::<Vec<_>>();
            let detail = detail.join(" ");
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::BadUserInput, detail).errors(errors)
        }
        error if store_is_away(error) => Problem::unavailable(),
        error => {
            tracing::error!(%error, "a file could not be kept or read");
            Problem::internal()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_within_the_file_or_refused() {
        let asked = |value: &str| {
            let headers = HeaderMap::from_iter([(header::RANGE, value.parse().expect("a value"))]);
            range(&headers, 100)
        };
        for (value, range) in [
            ("bytes=0-9", Ok(Some(0..10))),
            ("bytes=90-", Ok(Some(90..100))),
            ("bytes=-10", Ok(Some(90..100))),
            ("bytes=-500", Ok(Some(0..100))),
            ("bytes=50-500", Ok(Some(50..100))),
            ("bytes=100-", Err(Unsatisfiable)),
            ("bytes=-0", Err(Unsatisfiable)),
            ("bytes=9-0", Ok(None)),
            ("bytes=0-1,5-6", Ok(None)),
            ("lines=0-1", Ok(None)),
            ("bytes=a-b", Ok(None)),
        ] {
            assert_eq!(asked(value), range, "{value}");
        }
        assert_eq!(range(&HeaderMap::new(), 100), Ok(None));
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        assert_eq!(
            disposition("a\"b\r\nX: y é.pdf"),
            "attachment; filename=\"a_b__X: y _.pdf\"; filename*=UTF-8''a%22b%0D%0AX%3A%20y%20%C3%A9.pdf"
        );
    }
}
