//! GraphQL over HTTP, after the specification of that name: POST with JSON,
//! GET for queries, and the answer's media type as the caller prefers it.

use std::{sync::Arc, time::Duration};

use async_graphql::parser::types::OperationType;
use poem::{
    Body, Endpoint, Request, Response,
    http::{HeaderMap, Method, StatusCode, header},
};
use serde_json::{Map, Value};
use smartstack_domain::rate::{Budget, Spent};

use super::{
    address, bearer,
    problem::{Problem, UNAVAILABLE_RETRY_SECONDS},
    share,
};
use crate::{
    app::App,
    graphql::{
        self, answer as text,
        context::{CallerAddress, Requester, Surface},
        cost, error,
        request::Parameters,
    },
    metrics::{Kind, Outcome, Told},
};

/// Largest body of a request.
pub const BODY_MAX: usize = 256 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

const RESPONSE_JSON: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// The media type of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Media {
    /// Status codes tell request errors from answers.
    ResponseJson,
    /// Always 200 once the document was read.
    Json,
}

impl Media {
    fn content_type(self) -> &'static str {
        match self {
            Self::ResponseJson => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// `/graphql`, and a shared view's own address.
pub struct GraphqlEndpoint {
    app: Arc<App>,
    surface: SurfaceKind,
}

/// Which callers an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurfaceKind {
    /// People who sign in.
    Account,
    /// One shared link, named in the path.
    Share,
}

impl GraphqlEndpoint {
    /// Serves the schema to one kind of caller.
    pub fn new(app: Arc<App>, surface: SurfaceKind) -> Self {
        Self { app, surface }
    }

    async fn respond(&self, mut req: Request) -> Result<Response, Problem> {
        if !matches!(*req.method(), Method::GET | Method::POST) {
            return Err(Problem::method_not_allowed("GET, POST"));
        }
        let media = negotiate(req.headers())?;
        let surface = match self.surface {
            SurfaceKind::Account => Surface::Account,
            SurfaceKind::Share => Surface::Share(share::link_in_path(&req)?),
        };
        let bearer = match surface {
            Surface::Account => bearer::in_headers(req.headers())?,
            Surface::Share(_) => None,
        };
        if bearer.is_none() && surface.carries_cookie(req.headers()) {
            self.app
                .origins
                .check_request(req.headers())
                .map_err(|error| Problem::forbidden(error.to_string()))?;
        }
        let requester = match bearer {
            Some(token) => Some(bearer::open(&self.app, token).await?),
            None => None,
        };
        let is_get = *req.method() == Method::GET;
        let body = if is_get {
            from_query(req.uri().query().unwrap_or_default())?
        } else {
            read_json(&mut req).await?
        };
        let parameters = Parameters::from_json(body).map_err(Problem::bad_request)?;

        let prepared = match self.app.documents.prepare(parameters) {
            Ok(prepared) => prepared,
            Err(error) => return Ok(refused(media, vec![error])),
        };
        match prepared.operation {
            OperationType::Query => {}
            OperationType::Mutation if is_get => return Err(Problem::method_not_allowed("POST")),
            OperationType::Mutation => {}
            OperationType::Subscription => {
                return Err(Problem::bad_request(
                    "Subscriptions are served over a WebSocket (graphql-transport-ws) only.",
                ));
            }
        }
        let kind = Kind::from(prepared.operation);
        let address = CallerAddress(address::of(&self.app.config, &req));
        let requester = match requester {
            Some(requester) => requester,
            None => self.by_cookie(&surface, req.headers()).await?,
        };
        let (executed, requested) = (prepared.executed.clone(), prepared.totals.cost);
        let key = cost::key(&requester, &address);
        let budget = match self.app.budgets.spend(&key, requested).await {
            Ok(Spent::Yes(budget)) => budget,
            Ok(Spent::No(budget)) => {
                let response = self.throttled(media, requested, &budget);
                return Ok(told(response, kind, Outcome::Refused));
            }
            Err(fault) if error::store_is_away(&fault) => return Err(Problem::unavailable()),
            Err(fault) => {
                tracing::error!(error = ?fault, "the budget could not be spent");
                return Err(Problem::internal());
            }
        };
        let attached = match graphql::attach(&self.app, prepared, surface, requester, address) {
            Ok(attached) => attached,
            Err(refusal) => return Ok(refused(media, vec![refusal])),
        };
        let mut response = attached.execute(&self.app.schemas).await;
        error::finish(&mut response);
        if !executed.get() {
            return Ok(refused(media, response.errors));
        }
        cost::note(&mut response, requested, &budget);
        let (status, outcome) = if error::is_unavailable(&response) {
            (StatusCode::SERVICE_UNAVAILABLE, Outcome::Failed)
        } else {
            (StatusCode::OK, Outcome::of_answer(&response))
        };
        let body = text::to_json(&response);
        Ok(told(answer(media, status, body), kind, outcome))
    }
}

/// Says what was answered, for who counts.
fn told(mut response: Response, kind: Kind, outcome: Outcome) -> Response {
    response.extensions_mut().insert(Told(kind, outcome));
    response
}

impl GraphqlEndpoint {
    /// Who a request without a token comes from.
    async fn by_cookie(&self, surface: &Surface, headers: &HeaderMap) -> Result<Requester, Problem> {
        Requester::resolve(&self.app, surface, headers)
            .await
            .map_err(|fault| {
                if error::store_is_away(&fault) {
                    Problem::unavailable()
                } else {
                    tracing::error!(error = ?fault, "the requester could not be resolved");
                    Problem::internal()
                }
            })
    }

    /// An answer to what the caller's budget does not allow.
    fn throttled(&self, media: Media, requested: u64, budget: &Budget) -> Response {
        let (error, seconds) = cost::throttled(budget, self.app.db.clock().now());
        let mut errors = [error];
        error::finish_errors(&mut errors);
        let cost = cost::cost(requested, None, budget);
        let body = serde_json::json!({ "errors": errors, "extensions": { "cost": cost } });
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = answer(media, StatusCode::TOO_MANY_REQUESTS, body);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        response
    }
}

impl Endpoint for GraphqlEndpoint {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.respond(req).await.unwrap_or_else(Into::into))
    }
}

/// An answer to a document that never ran: no `data` entry at all.
fn refused(media: Media, mut errors: Vec<async_graphql::ServerError>) -> Response {
    error::finish_errors(&mut errors);
    let status = if media == Media::Json {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let body = serde_json::to_vec(&serde_json::json!({ "errors": errors })).unwrap_or_default();
    told(answer(media, status, body), Kind::Unread, Outcome::Refused)
}

fn answer(media: Media, status: StatusCode, body: Vec<u8>) -> Response {
    let response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, media.content_type())
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::VARY, "accept, authorization, cookie");
    let response = if status == StatusCode::SERVICE_UNAVAILABLE {
        response.header(header::RETRY_AFTER, UNAVAILABLE_RETRY_SECONDS)
    } else {
        response
    };
    response.body(Body::from_vec(body))
}

/// Chooses the media type: the better quality wins; of equal ones the newer,
/// unless the caller only said "anything".
fn negotiate(headers: &HeaderMap) -> Result<Media, Problem> {
    let mut newer = 0.0_f32;
    let mut older = 0.0_f32;
    let mut said = false;
    for line in headers.get_all(header::ACCEPT) {
        for one in line.to_str().unwrap_or_default().split(',') {
            let mut parts = one.split(';').map(str::trim);
            let range = parts.next().unwrap_or_default().to_ascii_lowercase();
            if range.is_empty() {
                continue;
            }
            said = true;
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0));
            match range.as_str() {
                RESPONSE_JSON => newer = newer.max(quality),
                JSON | "application/*" | "*/*" => older = older.max(quality),
                _ => {}
            }
        }
    }
    match (said, newer, older) {
        (false, ..) => Ok(Media::Json),
        (true, newer, older) if newer > 0.0 && newer >= older => Ok(Media::ResponseJson),
        (true, _, older) if older > 0.0 => Ok(Media::Json),
        _ => Err(Problem::new(
            StatusCode::NOT_ACCEPTABLE,
            smartstack_schema::ErrorCode::BadUserInput,
            format!("This address answers with {RESPONSE_JSON} or {JSON}."),
        )),
    }
}

/// Reads a body of JSON, within the limits of size and time.
///
/// # Errors
/// A problem that says what is wrong with the body.
pub async fn read_json(req: &mut Request) -> Result<Value, Problem> {
    let body = req.take_body();
    read_json_body(req.headers(), body).await
}

/// As [`read_json`], where the body has been taken out of its request.
///
/// # Errors
/// As [`read_json`].
pub async fn read_json_body(headers: &HeaderMap, body: Body) -> Result<Value, Problem> {
    let media = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = media.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().is_some_and(|essence| essence == JSON);
    let is_utf8 = parts.all(|part| {
        !part.starts_with("charset=") || part.trim_matches('"').replace('"', "") == "charset=utf-8"
    });
    if !is_json || !is_utf8 {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            smartstack_schema::ErrorCode::BadUserInput,
            "Send the body as application/json in UTF-8.",
        ));
    }
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > BODY_MAX as u64) {
        return Err(Problem::too_large(BODY_MAX));
    }
    let bytes = match tokio::time::timeout(BODY_TIMEOUT, body.into_bytes_limit(BODY_MAX)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(poem::error::ReadBodyError::PayloadTooLarge)) => return Err(Problem::too_large(BODY_MAX)),
        Ok(Err(_)) => return Err(Problem::bad_request("The body could not be read.")),
        Err(_) => {
            return Err(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                smartstack_schema::ErrorCode::BadUserInput,
                "The body took too long to arrive.",
            ));
        }
    };
    serde_json::from_slice(&bytes).map_err(|_| Problem::bad_request("The body is not valid JSON."))
}

/// The parameters of a GET, as the JSON object a POST would carry.
fn from_query(query: &str) -> Result<Value, Problem> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Get {
        query: Option<String>,
        operation_name: Option<String>,
        variables: Option<String>,
        extensions: Option<String>,
    }
    let get: Get = serde_urlencoded::from_str(query).map_err(|_| {
        Problem::bad_request("The query string could not be read, or a parameter comes twice.")
    })?;
    let mut body = Map::new();
    if let Some(query) = get.query {
        body.insert("query".to_owned(), Value::String(query));
    }
    if let Some(name) = get.operation_name {
        body.insert("operationName".to_owned(), Value::String(name));
    }
    for (name, text) in [("variables", get.variables), ("extensions", get.extensions)] {
        if let Some(text) = text {
            let value = serde_json::from_str(&text)
                .map_err(|_| Problem::bad_request(format!("The parameter {name} is not valid JSON.")))?;
            body.insert(name.to_owned(), value);
        }
    }
    Ok(Value::Object(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_is_the_callers_choice() {
        let cases = [
            (None, Some(Media::Json)),
            (Some("*/*"), Some(Media::Json)),
            (Some("application/json"), Some(Media::Json)),
            (
                Some("application/graphql-response+json"),
                Some(Media::ResponseJson),
            ),
            (
                Some("application/graphql-response+json, application/json"),
                Some(Media::ResponseJson),
            ),
            (
                Some("application/json, application/graphql-response+json;q=0.5"),
                Some(Media::Json),
            ),
            (
                Some("application/graphql-response+json; charset=utf-8, application/json;q=0.9"),
                Some(Media::ResponseJson),
            ),
            (Some("text/html"), None),
            (Some("application/json;q=0"), None),
        ];
        for (accept, media) in cases {
            let headers: HeaderMap = accept
                .iter()
                .map(|a| (header::ACCEPT, a.parse().expect("value")))
                .collect();
            assert_eq!(negotiate(&headers).ok(), media, "{accept:?}");
        }
    }
}
