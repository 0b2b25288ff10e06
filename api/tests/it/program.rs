//! A program that comes with a personal access token: no cookies, no origin, no header of ours.

use reqwest::{Response, header};
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{client::IntoClientRequest, http::HeaderValue},
};

use crate::support::{Browser, Socket, Stack};

/// What programs send their requests with.
pub(crate) struct Program {
    pub(crate) http: reqwest::Client,
    base: String,
    pub(crate) token: String,
    pub(crate) id: String,
}

impl Program {
    /// A program that was given a token good for `scopes`, in one workspace or all.
    pub(crate) async fn with(
        stack: &Stack,
        browser: &Browser,
        workspace: Option<&str>,
        scopes: &[&str],
    ) -> Self {
        let input = json!({ "name": "A program", "scopes": scopes, "workspaceId": workspace });
        let made = browser
            .mutate(
                "apiTokenCreate",
                "ApiTokenCreateInput",
                "apiToken { id } secret",
                input,
            )
            .await;
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self::new(stack, text(&made["secret"]), text(&made["apiToken"]["id"]))
    }

    /// A program with this token.
    pub(crate) fn new(stack: &Stack, token: String, id: String) -> Self {
        Self {
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            base: stack.base.clone(),
            token,
            id,
        }
    }

    /// Sends a document; the whole response.
    pub(crate) async fn send(&self, query: &str, variables: Value) -> Response {
        let request = self.http.post(format!("{}/graphql", self.base));
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        let body = json!({ "query": query, "variables": variables });
        request.json(&body).send().await.expect("an answer")
    }

    /// Runs a document; the whole answer.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Value {
        self.send(query, variables).await.json().await.expect("JSON")
    }

    /// Runs a document that must succeed; its data.
    pub(crate) async fn gql(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, variables).await;
        assert!(answer["errors"].is_null(), "{query}: {answer}");
        answer["data"].take()
    }

    /// Opens a socket, with the token in the header of the upgrade or in `connection_init`.
    pub(crate) async fn socket(&self, in_header: bool) -> Socket {
        let mut socket = open(&self.base, in_header.then_some(self.token.as_str())).await;
        let payload = match in_header {
            true => json!({}),
            false => json!({ "authorization": format!("Bearer {}", self.token) }),
        };
        socket
            .say(json!({ "type": "connection_init", "payload": payload }))
            .await;
        socket
    }
}

async fn open(base: &str, token: Option<&str>) -> Socket {
    let url = format!("{}/graphql/ws", base.replacen("http", "ws", 1));
    let mut request = url.into_client_request().expect("a request");
    let headers = request.headers_mut();
    headers.insert(
        "sec-websocket-protocol",
        HeaderValue::from_static("graphql-transport-ws"),
    );
    if let Some(token) = token {
        let value = HeaderValue::from_str(&format!("Bearer {token}")).expect("a value");
        headers.insert("authorization", value);
    }
    let (stream, _) = connect_async(request).await.expect("a socket");
    Socket(stream)
}
