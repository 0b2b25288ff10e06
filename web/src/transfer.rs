//! Large files to and from the server: sent as the browser holds them, received piece by piece.

use gloo_net::http::{Method, RequestBuilder, Response};
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::{
    gql::{Error, UserError, client, types::UserErrorCode},
    platform, session,
};

/// Bytes that are held as pieces before they become a part of the file, which the browser may put on its disk.
const PART_BYTES: f64 = 16e6;

/// The address of something of the workspace that is looked at.
pub(crate) fn path(of: &str) -> String {
    ["/api/v1/workspaces/", session::workspace_id().inner(), of].concat()
}

/// Sends a file, or text, and gives the answer.
pub(crate) async fn send(path: &str, kind: &str, body: JsValue) -> Result<Value, Error> {
    let response = request(Method::POST, path, kind, Some(body)).await?;
    let (status, text) = (
        response.status(),
        response.text().await.map_err(|_| Error::Offline)?,
    );
    let answer = serde_json::from_str(&text).unwrap_or_default();
    match status {
        200..=299 => Ok(answer),
        _ => Err(refusal(status, &answer)),
    }
}

/// Receives a file and saves it under the name the server gives it. `progress` is told how many bytes are there.
pub(crate) async fn save(path: &str, mut progress: impl FnMut(f64)) -> Result<String, Error> {
    let response = request(Method::GET, path, "", None).await?;
    if !response.ok() {
        let text = response.text().await.map_err(|_| Error::Offline)?;
        return Err(refusal(
            response.status(),
            &serde_json::from_str(&text).unwrap_or_default(),
        ));
    }
    let kind = response.headers().get("content-type").unwrap_or_default();
    let named = response.headers().get("content-disposition").unwrap_or_default();
    let name = named.split('"').nth(1).unwrap_or("export").to_owned();
    let stream = response.body().ok_or(Error::Offline)?;
    let blob = receive(stream.into(), &kind, &mut progress)
        .await
        .ok_or(Error::Offline)?;
    platform::save(&blob, &name);
    Ok(name)
}

/// Reads a stream to its end; `None` where it breaks off.
async fn receive(stream: JsValue, kind: &str, progress: &mut impl FnMut(f64)) -> Option<JsValue> {
    let reader = call(&stream, "getReader")?;
    let (parts, mut pieces) = (Array::new(), Array::new());
    let (mut total, mut held) = (0.0, 0.0);
    loop {
        let read: Promise = call(&reader, "read")?.dyn_into().ok()?;
        let read = JsFuture::from(read).await.ok()?;
        let is_done = Reflect::get(&read, &"done".into()).ok()?.is_truthy();
        if !is_done {
            let piece: Uint8Array = Reflect::get(&read, &"value".into()).ok()?.dyn_into().ok()?;
            held += f64::from(piece.length());
            total += f64::from(piece.length());
            pieces.push(&piece);
            progress(total);
        }
        if is_done || held >= PART_BYTES {
            parts.push(&platform::blob(&pieces, "")?);
            (pieces, held) = (Array::new(), 0.0);
        }
        if is_done {
            return platform::blob(&parts, kind);
        }
    }
}

fn call(of: &JsValue, method: &str) -> Option<JsValue> {
    let function: Function = Reflect::get(of, &method.into()).ok()?.dyn_into().ok()?;
    function.call0(of).ok()
}

async fn request(method: Method, path: &str, kind: &str, body: Option<JsValue>) -> Result<Response, Error> {
    // A session that ran out is better noticed before a large file is on its way.
    match client::refresh_if_old().await {
        Err(Error::SignedOut) => {
            session::ended();
            return Err(Error::SignedOut);
        }
        other => other?,
    }
    let request = RequestBuilder::new(path)
        .method(method)
        .header("Smartstack-Client", "web");
    let request = match body {
        Some(body) => request.header("content-type", kind).body(body),
        None => request.build(),
    };
    let request = request.map_err(|error| Error::fault(error.to_string()))?;
    request.send().await.map_err(|_| Error::Offline)
}

/// Why the server did not do it.
fn refusal(status: u16, answer: &Value) -> Error {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    match (status, text("detail")) {
        (401, _) => Error::SignedOut,
        (404, _) => Error::NotFound,
        (502 | 504, _) | (503, None) => Error::Offline,
        (400..=499 | 503, Some(message)) => Error::Refused(vec![UserError {
            code: UserErrorCode::Invalid,
            message,
            field: None,
        }]),
        (_, detail) => Error::Fault {
            message: detail.unwrap_or_else(|| "The server could not do this. Try again.".to_owned()),
            request_id: text("requestId"),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_says_what_the_server_said() {
        let detail = json!({ "detail": "This workspace is not empty.", "requestId": "r" });
        assert_eq!(refusal(409, &detail).message(), "This workspace is not empty.");
        assert_eq!(refusal(503, &detail).message(), "This workspace is not empty.");
        assert_eq!(refusal(503, &json!({})), Error::Offline);
        assert_eq!(refusal(401, &detail), Error::SignedOut);
        assert!(refusal(500, &detail).message().ends_with("(request r)"));
    }
}
