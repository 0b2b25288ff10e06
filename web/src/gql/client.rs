//! Requests over HTTP. A request whose session has run out renews it and is sent once more.

use std::cell::{Cell, RefCell};

use cynic::Operation;
use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};
use gloo_net::http::{Request, Response};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};

use super::Error;

/// Marks a request as our own: a form on another site cannot send this header.
const CLIENT_HEADER: (&str, &str) = ("Smartstack-Client", "web");

/// Runs a query or mutation of the signed-in person.
pub(crate) async fn run<T: DeserializeOwned, V: Serialize>(operation: Operation<T, V>) -> Result<T, Error> {
    decode(&send(encode(&operation)?).await?)
}

/// Runs a query at another base path, such as a shared view's; there is no session to renew.
pub(crate) async fn run_at<T: DeserializeOwned, V: Serialize>(
    base: &str,
    operation: Operation<T, V>,
) -> Result<T, Error> {
    decode(&exchange(base, encode(&operation)?).await?)
}

/// Sends a document of the signed-in person, again where that took a new session.
///
/// Boxed and not generic: as part of [`run`] it would be compiled once for each operation.
fn send(body: String) -> LocalBoxFuture<'static, Result<String, Error>> {
    async move {
        let text = match exchange("", body.clone()).await {
            Err(Error::SignedOut) if refresh().await.is_ok() => exchange("", body).await,
            other => other,
        };
        if matches!(text, Err(Error::SignedOut)) {
            crate::session::ended();
        }
        text
    }
    .boxed_local()
}

fn encode<V: Serialize, T>(operation: &Operation<T, V>) -> Result<String, Error> {
    serde_json::to_string(operation).map_err(|error| Error::fault(error.to_string()))
}

/// Reads `data` out of an answer that [`verdict`] passed.
pub(super) fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    #[derive(Deserialize)]
    struct Answer<T> {
        data: T,
    }
    serde_json::from_str::<Answer<T>>(text)
        .map(|answer| answer.data)
        .map_err(|error| Error::fault(["The server's answer cannot be read: ", &error.to_string()].concat()))
}

/// Sends one document and gives back the answer's text, once it is known to hold no errors.
///
/// Boxed and not generic, so that it is compiled once.
fn exchange(base: &str, body: String) -> LocalBoxFuture<'static, Result<String, Error>> {
    let path = [base, "/graphql"].concat();
    async move {
        let response = post(&path, &body).await?;
        let status = response.status();
        let text = response.text().await.map_err(|_| Error::Offline)?;
        verdict(status, &text)?;
        Ok(text)
    }
    .boxed_local()
}

/// What status and body say together.
pub(super) fn verdict(status: u16, text: &str) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Answer {
        #[allow(dead_code)]
        data: Option<IgnoredAny>,
        #[serde(default)]
        errors: Vec<GraphQlError>,
    }
    #[derive(Deserialize)]
    struct GraphQlError {
        message: String,
        #[serde(default)]
        extensions: Extensions,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Extensions {
        code: Option<String>,
        request_id: Option<String>,
    }
    let first = serde_json::from_str::<Answer>(text)
        .ok()
        .map(|answer| answer.errors.into_iter().next());
    match first {
        Some(Some(error)) => Err(match error.extensions.code.as_deref() {
            Some("UNAUTHENTICATED") => Error::SignedOut,
            Some("NOT_FOUND") => Error::NotFound,
            Some("RATE_LIMITED" | "COST_EXCEEDED") => Error::Busy,
            _ => Error::Fault {
                message: error.message,
                request_id: error.extensions.request_id,
            },
        }),
        Some(None) if status < 400 => Ok(()),
        _ => Err(match status {
            401 => Error::SignedOut,
            404 | 410 => Error::NotFound,
            429 => Error::Busy,
            502..=504 => Error::Offline,
            _ => Error::fault("The server could not answer. Try again."),
        }),
    }
}

/// POSTs JSON to our own server.
pub(crate) async fn post(path: &str, body: &str) -> Result<Response, Error> {
    let request = Request::post(path)
        .header(CLIENT_HEADER.0, CLIENT_HEADER.1)
        .header("content-type", "application/json")
        .header("accept", "application/graphql-response+json, application/json")
        .body(body)
        .map_err(|error| Error::fault(error.to_string()))?;
    request.send().await.map_err(|_| Error::Offline)
}

thread_local! {
    /// The renewal under way, if any: refresh tokens are single-use, so all who need one share it.
    static RENEWAL: RefCell<Option<Shared<LocalBoxFuture<'static, Result<(), Error>>>>> = const { RefCell::new(None) };
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
    use super::{Error, verdict};

    #[test]
    fn errors_are_told_apart_by_code_before_status() {
        let coded = |code: &str| {
            format!(
                r#"{{"data":null,"errors":[{{"message":"m","extensions":{{"code":"{code}","requestId":"r"}}}}]}}"#
            )
        };
        assert_eq!(verdict(200, &coded("UNAUTHENTICATED")), Err(Error::SignedOut));
        assert_eq!(verdict(200, &coded("NOT_FOUND")), Err(Error::NotFound));
        assert_eq!(verdict(429, &coded("RATE_LIMITED")), Err(Error::Busy));
        assert_eq!(
            verdict(500, &coded("INTERNAL")),
            Err(Error::Fault {
                message: "m".to_owned(),
                request_id: Some("r".to_owned())
            })
        );
        assert_eq!(verdict(200, r#"{"data":{"a":[1,{"b":null}]}}"#), Ok(()));
    }

    #[test]
    fn what_is_no_graphql_answer_goes_by_its_status() {
        assert_eq!(verdict(401, "{\"type\":\"about:blank\"}"), Err(Error::SignedOut));
        assert_eq!(verdict(503, "<html>"), Err(Error::Offline));
        assert!(matches!(verdict(200, "<html>"), Err(Error::Fault { .. })));
    }
}
