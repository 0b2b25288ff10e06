//! A browser's part: signs in, asks, and opens sockets.

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use reqwest::header;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest, http::HeaderValue};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Somebody who is signed in.
pub(crate) struct Caller {
    http: reqwest::Client,
    url: String,
    cookie: String,
}

impl Caller {
    pub(crate) async fn sign_in(url: &str, email: &str, password: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::new();
        let answer = http
            .post(format!("{url}/api/v1/auth/sign-in"))
            .header("smartstack-client", "bench")
            .header(header::ORIGIN, url)
            .json(&json!({ "email": email, "password": password }))
            .send()
            .await?
            .error_for_status()
            .context("could not sign in")?;
        let pairs: Vec<&str> = answer
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok()?.split("; ").next())
            .collect();
        Ok(Self {
            cookie: pairs.join("; "),
            url: url.to_owned(),
            http,
        })
    }

    /// The `Cookie` header.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Runs a document that must succeed.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        let answer = self
            .http
            .post(format!("{}/graphql", self.url))
            .header("smartstack-client", "bench")
            .header(header::ORIGIN, &self.url)
            .header(header::COOKIE, &self.cookie)
            .json(&json!({ "query": query, "variables": variables }))
            .send()
            .await?;
        let mut answer: Value = answer.json().await?;
        if !answer["errors"].is_null() {
            bail!("{}", answer["errors"]);
        }
        Ok(answer["data"].take())
    }

    /// A socket that was acknowledged.
    pub(crate) async fn socket(&self) -> anyhow::Result<Socket> {
        let address = format!("{}/graphql/ws", self.url.replacen("http", "ws", 1));
        let mut request = address.into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("cookie", HeaderValue::from_str(&self.cookie)?);
        headers.insert("origin", HeaderValue::from_str(&self.url)?);
        headers.insert(
            "sec-websocket-protocol",
            HeaderValue::from_static("graphql-transport-ws"),
        );
        let (stream, _) = connect_async(request).await?;
        let mut socket = Socket(stream);
        socket.say(&json!({ "type": "connection_init" })).await?;
        let answer = socket.hear().await?;
        if answer["type"] != "connection_ack" {
            bail!("the socket was not acknowledged: {answer}");
        }
        Ok(socket)
    }
}

/// A socket of the `graphql-transport-ws` protocol.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn say(&mut self, message: &Value) -> anyhow::Result<()> {
        Ok(self.0.send(Message::text(message.to_string())).await?)
    }

    /// The next message of the protocol; pings are answered on the way.
    pub(crate) async fn hear(&mut self) -> anyhow::Result<Value> {
        loop {
            match self.0.next().await.context("the socket ended")?? {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text)?;
                    if message["type"] == "ping" {
                        self.say(&json!({ "type": "pong" })).await?;
                        continue;
                    }
                    return Ok(message);
                }
                Message::Close(frame) => bail!("the socket was closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// Subscribes to a workspace's changes. Two round trips later the server has read its log's head.
    pub(crate) async fn follow(&mut self, workspace: &str, after: &str) -> anyhow::Result<()> {
        let query =
            "subscription($id: ID!, $after: String) { changes(workspaceId: $id, after: $after) { id } }";
        let variables = json!({ "id": workspace, "after": after });
        self.say(&json!({
            "id": "1", "type": "subscribe", "payload": { "query": query, "variables": variables },
        }))
        .await
    }
}
