//! Requests over HTTP. A request whose session has run out renews it and is sent once more.

use std::cell::{Cell, RefCell};

use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};
use gloo_net::http::{Method, RequestBuilder, Response};
use serde_json::Value;

use super::{
    Error,
    decode::decode,
    document::{Ask, Asked},
};

/// Marks a request as our own: a form on another site cannot send this header.
const CLIENT_HEADER: (&str, &str) = ("Smartstack-Client", "web");

/// What a server says that does not know a document by its hash: it is of another release than this app.
const UNKNOWN_DOCUMENT: &str = "PersistedQueryNotFound";

/// Runs a query or mutation of the signed-in person.
pub(crate) async fn run<T: Ask>(asked: Asked<T>) -> Result<T, Error> {
    decode(request(String::new(), asked.body(), true).await?)
}

/// Runs a query at another base path, such as a shared view's; there is no session to renew.
pub(crate) async fn run_at<T: Ask>(base: &str, asked: Asked<T>) -> Result<T, Error> {
    decode(request(base.to_owned(), asked.body(), false).await?)
}

/// Sends one document and gives back its `data`. Neither generic nor inlined: compiled once.
fn request(
    base: String,
    body: Result<String, Error>,
    renews: bool,
) -> LocalBoxFuture<'static, Result<Value, Error>> {
    Box::pin(async move {
        let body = body?;
        let answer = match exchange(&base, &body).await {
            Err(Error::SignedOut) if renews && refresh().await.is_ok() => exchange(&base, &body).await,
            other => other,
        };
        if renews && answer == Err(Error::SignedOut) {
            crate::session::ended();
        }
        answer
    })
}

async fn exchange(base: &str, body: &str) -> Result<Value, Error> {
    let response = post(&[base, "/graphql"].concat(), body).await?;
    let status = response.status();
    let text = response.text().await.map_err(|_| Error::Offline)?;
    verdict(status, serde_json::from_str(&text).ok())
}

/// What status and body say together: the answer's `data`, or why there is none.
pub(super) fn verdict(status: u16, answer: Option<Value>) -> Result<Value, Error> {
    let mut answer = answer.unwrap_or_default();
    if let Some(error) = answer.get_mut("errors").and_then(|errors| errors.get_mut(0)) {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(ToOwned::to_owned);
        let extensions = error.get("extensions");
        return Err(
            match extensions
                .and_then(|more| more.get("code"))
                .and_then(Value::as_str)
            {
                Some("UNAUTHENTICATED") => Error::SignedOut,
                Some("NOT_FOUND") => Error::NotFound,
                Some("RATE_LIMITED" | "COST_EXCEEDED") => Error::Busy,
                _ if text(error.get("message")).as_deref() == Some(UNKNOWN_DOCUMENT) => Error::Fault {
                    request_id: None,
                    message: "SmartStack has just been updated. Reload the page.".to_owned(),
                },
                _ => Error::Fault {
                    request_id: text(extensions.and_then(|more| more.get("requestId"))),
                    message: text(error.get("message")).unwrap_or_default(),
                },
            },
        );
    }
    match (status, answer.get_mut("data").map(Value::take)) {
        (..=399, Some(data)) => Ok(data),
        (401, _) => Err(Error::SignedOut),
        (404 | 410, _) => Err(Error::NotFound),
        (429, _) => Err(Error::Busy),
        (502..=504, _) => Err(Error::Offline),
        _ => Err(Error::fault("The server could not answer. Try again.")),
    }
}

/// POSTs JSON to our own server.
pub(crate) async fn post(path: &str, body: &str) -> Result<Response, Error> {
    send(Method::POST, path, Some(body)).await
}

/// Sends a request to our own server, with JSON where there is a body.
pub(crate) async fn send(method: Method, path: &str, body: Option<&str>) -> Result<Response, Error> {
    let request = RequestBuilder::new(path)
        .method(method)
        .header(CLIENT_HEADER.0, CLIENT_HEADER.1)
        .header("accept", "application/graphql-response+json, application/json");
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(body),
        None => request.build(),
    };
    let request = request.map_err(|error| Error::fault(error.to_string()))?;
    request.send().await.map_err(|_| Error::Offline)
}

/// A renewal that many can wait for.
type Renewal = Shared<LocalBoxFuture<'static, Result<(), Error>>>;

thread_local! {
    /// The renewal under way, if any: refresh tokens are single-use, so all who need one share it.
    static RENEWAL: RefCell<Option<Renewal>> = const { RefCell::new(None) };
    /// When the session was last renewed, in milliseconds since the epoch; 0 before the first time.
    static RENEWED_AT: Cell<f64> = const { Cell::new(0.0) };
}

/// Renews the session. [`Error::SignedOut`] when it is over, [`Error::Offline`] when nobody can say.
pub(crate) async fn refresh() -> Result<(), Error> {
    let renewal = RENEWAL.with_borrow_mut(|renewal| {
        renewal
            .get_or_insert_with(|| {
                async {
                    let outcome = post("/api/v1/auth/refresh", "{}").await;
                    RENEWAL.with_borrow_mut(Option::take);
                    match outcome?.status() {
                        200..=299 => {
                            RENEWED_AT.set(js_sys::Date::now());
                            Ok(())
                        }
                        400..=403 => Err(Error::SignedOut),
                        429 => Err(Error::Busy),
                        _ => Err(Error::Offline),
                    }
                }
                .boxed_local()
                .shared()
            })
            .clone()
    });
    renewal.await
}

/// Renews the session unless that was done within the last four minutes.
///
/// An access token lives ten; what is opened with it should find most of that left.
pub(crate) async fn refresh_if_old() -> Result<(), Error> {
    const FRESH_MILLIS: f64 = 4.0 * 60_000.0;
    if js_sys::Date::now() - RENEWED_AT.get() < FRESH_MILLIS {
        Ok(())
    } else {
        refresh().await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Error, verdict};

    #[test]
    fn errors_are_told_apart_by_code_before_status() {
        let coded = |code: &str| {
            Some(
                json!({ "data": null, "errors": [{ "message": "m", "extensions": { "code": code, "requestId": "r" } }] }),
            )
        };
        assert_eq!(verdict(200, coded("UNAUTHENTICATED")), Err(Error::SignedOut));
        assert_eq!(verdict(200, coded("NOT_FOUND")), Err(Error::NotFound));
        assert_eq!(verdict(429, coded("RATE_LIMITED")), Err(Error::Busy));
        assert_eq!(
            verdict(500, coded("INTERNAL")),
            Err(Error::Fault {
                message: "m".to_owned(),
                request_id: Some("r".to_owned())
            })
        );
        let unknown = json!({ "errors": [{ "message": "PersistedQueryNotFound", "extensions": { "code": "BAD_USER_INPUT" } }] });
        let reload = verdict(400, Some(unknown)).err().map(|error| error.message());
        assert!(reload.is_some_and(|text| text.contains("Reload the page")));
        assert_eq!(
            verdict(200, Some(json!({ "data": { "a": [1] } }))),
            Ok(json!({ "a": [1] }))
        );
        assert_eq!(
            verdict(200, Some(json!({ "data": { "a": 1 }, "errors": [] }))),
            Ok(json!({ "a": 1 }))
        );
    }

    #[test]
    fn what_is_no_graphql_answer_goes_by_its_status() {
        assert_eq!(
            verdict(401, Some(json!({ "type": "about:blank" }))),
            Err(Error::SignedOut)
        );
        assert_eq!(verdict(503, None), Err(Error::Offline));
        assert!(matches!(verdict(200, None), Err(Error::Fault { .. })));
    }
}
