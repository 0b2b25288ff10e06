//! The account's own interface, `/api/v1/account`: JSON beside GraphQL, for what only a signed-in browser
//! may do. An answer is read as plain JSON, so that no types of it are compiled in.

use futures_util::{FutureExt, future::LocalBoxFuture};
use gloo_net::http::Method;
use serde_json::Value;

use crate::gql::{Error, UserError, client, types::UserErrorCode};

/// Asks the account's interface; a session that has run out is renewed once.
pub(crate) fn call(
    method: Method,
    path: &str,
    body: Option<Value>,
) -> LocalBoxFuture<'static, Result<Value, Error>> {
    let path = ["/api/v1/account", path].concat();
    let body = body.map(|body| body.to_string());
    async move {
        let answer = match exchange(method.clone(), &path, body.clone()).await {
            Err(Error::SignedOut) if client::refresh().await.is_ok() => exchange(method, &path, body).await,
            other => other,
        };
        if answer == Err(Error::SignedOut) {
            crate::session::ended();
        }
        answer
    }
    .boxed_local()
}

/// Reads something.
pub(crate) fn get(path: &str) -> LocalBoxFuture<'static, Result<Value, Error>> {
    call(Method::GET, path, None)
}

/// Does something.
pub(crate) fn post(path: &str, body: Value) -> LocalBoxFuture<'static, Result<Value, Error>> {
    call(Method::POST, path, Some(body))
}

/// Removes something.
pub(crate) fn delete(path: &str) -> LocalBoxFuture<'static, Result<Value, Error>> {
    call(Method::DELETE, path, None)
}

/// A text of an answer; empty where there is none.
pub(crate) fn text(value: &Value, name: &str) -> String {
    value
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// A yes or no of an answer.
pub(crate) fn flag(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or_default()
}

async fn exchange(method: Method, path: &str, body: Option<String>) -> Result<Value, Error> {
    let response = client::send(method, path, body.as_deref()).await?;
    let status = response.status();
    let text = response.text().await.map_err(|_| Error::Offline)?;
    verdict(status, serde_json::from_str(&text).unwrap_or_default())
}

/// What status and body say together.
fn verdict(status: u16, answer: Value) -> Result<Value, Error> {
    let refused: Vec<UserError> = answer
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|error| UserError {
            code: UserErrorCode::Invalid,
            message: text(error, "message"),
            field: Some(vec![text(error, "field")]),
        })
        .collect();
    match status {
        200..=299 => Ok(answer),
        401 => Err(Error::SignedOut),
        404 => Err(Error::NotFound),
        502..=504 => Err(Error::Offline),
        _ if !refused.is_empty() => Err(Error::Refused(refused)),
        _ => Err(Error::Fault {
            message: Some(text(&answer, "detail"))
                .filter(|detail| !detail.is_empty())
                .unwrap_or_else(|| "The server could not answer. Try again.".to_owned()),
            request_id: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Error, verdict};

    #[test]
    fn a_refusal_names_its_field() {
        let answer =
            json!({ "detail": "No.", "errors": [{ "field": "currentPassword", "message": "Wrong." }] });
        let error = verdict(422, answer).expect_err("refused");
        assert_eq!(error.field("currentPassword").as_deref(), Some("Wrong."));
        assert_eq!(verdict(401, json!({})), Err(Error::SignedOut));
        assert_eq!(
            verdict(429, json!({ "detail": "Wait." }))
                .expect_err("busy")
                .message(),
            "Wait."
        );
        assert_eq!(verdict(204, json!(null)), Ok(json!(null)));
    }
}
