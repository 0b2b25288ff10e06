//! Files to the server: the one thing that is not a GraphQL document.

use gloo_net::http::Request;
use serde_json::Value;

use super::{Error, UserError, client, types::UserErrorCode};
use crate::session;

/// What came of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Uploaded {
    /// The document's id.
    pub(crate) document: String,
    /// The job's, where one was asked for.
    pub(crate) job: Option<String>,
}

/// The largest file the server takes: 10 MiB.
pub(crate) const FILE_MAX_BYTES: u64 = 10 * 1024 * 1024;

/// What the server reads, for the browser's dialog; what a file really is, the server finds out.
pub(crate) const ACCEPT: &str = ".txt,.md,.markdown,.eml,.html,.htm,.pdf,.docx,text/plain,text/markdown,text/html,\
message/rfc822,application/pdf,application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Sends a file. `fields` are those of the query: `fileName`, `projectId` and so on.
pub(crate) async fn upload(fields: &[(&str, String)], bytes: &[u8]) -> Result<Uploaded, Error> {
    // A session that ran out is better noticed before ten megabytes are on their way.
    match client::refresh_if_old().await {
        Err(Error::SignedOut) => {
            session::ended();
            return Err(Error::SignedOut);
        }
        Err(error) => return Err(error),
        Ok(()) => {}
    }
    let mut path = [
        "/api/v1/workspaces/",
        session::workspace_id().inner(),
        "/documents?",
    ]
    .concat();
    for (at, (name, value)) in fields.iter().enumerate() {
        if at > 0 {
            path.push('&');
        }
        path.push_str(name);
        path.push('=');
        path.push_str(&String::from(js_sys::encode_uri_component(value)));
    }
    let request = Request::post(&path)
        .header("Smartstack-Client", "web")
        .header("content-type", "application/octet-stream")
        .body(js_sys::Uint8Array::from(bytes))
        .map_err(|error| Error::fault(error.to_string()))?;
    let response = request.send().await.map_err(|_| Error::Offline)?;
    let status = response.status();
    let text = response.text().await.map_err(|_| Error::Offline)?;
    answer(status, &serde_json::from_str(&text).unwrap_or_default())
}

/// What status and body say together.
fn answer(status: u16, body: &Value) -> Result<Uploaded, Error> {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    if status == 201
        && let Some(document) = text(&body["document"]["id"])
    {
        let job = text(&body["job"]["id"]);
        return Ok(Uploaded { document, job });
    }
    let refusals: Vec<UserError> = body["errors"]
        .as_array()
        .map(|errors| {
            let error = |error: &Value| UserError {
                code: UserErrorCode::Invalid,
                message: text(&error["message"]).unwrap_or_default(),
                field: text(&error["field"]).map(|path| path.split('.').map(ToOwned::to_owned).collect()),
            };
            errors.iter().map(error).collect()
        })
        .unwrap_or_default();
    Err(match status {
        _ if !refusals.is_empty() => Error::Refused(refusals),
        401 => Error::SignedOut,
        404 => Error::NotFound,
        429 => Error::Busy,
        502..=504 => Error::Offline,
        _ => Error::Fault {
            message: text(&body["detail"])
                .unwrap_or_else(|| "The server could not take the file. Try again.".to_owned()),
            request_id: text(&body["requestId"]),
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_a_document_or_why_not() {
        let made = answer(201, &json!({ "document": { "id": "doc_1" }, "job": null }));
        assert_eq!(
            made,
            Ok(Uploaded {
                document: "doc_1".to_owned(),
                job: None
            })
        );
        let refused = answer(
            422,
            &json!({ "errors": [{ "field": "newProject.name", "code": "REQUIRED", "message": "Give it a name." }] }),
        );
        let refused = refused.expect_err("refused");
        assert_eq!(refused.field("name").as_deref(), Some("Give it a name."));
        assert_eq!(answer(401, &json!({})), Err(Error::SignedOut));
        let fault = answer(500, &json!({ "detail": "Sorry.", "requestId": "r" }));
        assert_eq!(fault.expect_err("a fault").message(), "Sorry. (request r)");
    }
}
