//! The socket's protocol: who may open it, and why it closes.

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use reqwest::StatusCode;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Heard, ORIGIN, Stack};

const PROTOCOL: Option<&str> = Some("graphql-transport-ws");

#[tokio::test]
async fn an_upgrade_needs_our_origin_and_protocol() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    for (origin, protocol, status) in [
        (Some("https://evil.example.com"), PROTOCOL, StatusCode::FORBIDDEN),
        (Some("null"), PROTOCOL, StatusCode::FORBIDDEN),
        (Some(ORIGIN), None, StatusCode::BAD_REQUEST),
        (Some(ORIGIN), Some("graphql-ws"), StatusCode::BAD_REQUEST),
    ] {
        let refused = ada.browser.open(origin, protocol).await.err();
        assert_eq!(refused, Some(status), "{origin:?} {protocol:?}");
    }
    // Who does not say where they come from is no browser: cookies count for nothing.
    let mut socket = ada.browser.open(None, PROTOCOL).await.expect("a socket");
    socket.say(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.closed().await, 4403);
}

#[tokio::test]
async fn a_socket_closes_with_the_protocols_codes() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let init = json!({ "type": "connection_init" }).to_string();
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": {
        "query": "subscription($ws: ID!) { changes(workspaceId: $ws) { cursor } }",
        "variables": { "ws": ada.workspace },
    } })
    .to_string();
    let large = json!({ "type": "ping", "payload": { "x": "x".repeat(70_000) } }).to_string();
    let text = Message::text::<String>;
    let cases: Vec<(&str, Vec<Message>, u16)> = vec![
        ("not JSON", vec![text("{".into())], 4400),
        (
            "unknown type",
            vec![text(json!({ "type": "start" }).to_string())],
            4400,
        ),
        (
            "no id",
            vec![
                text(init.clone()),
                text(json!({ "type": "subscribe", "payload": {} }).to_string()),
            ],
            4400,
        ),
        ("binary", vec![Message::binary(vec![1, 2])], 4400),
        ("subscribe before init", vec![text(subscribe.clone())], 4401),
        ("init twice", vec![text(init.clone()), text(init.clone())], 4429),
        (
            "id twice",
            vec![
                text(init.clone()),
                text(subscribe.clone()),
                text(subscribe.clone()),
            ],
            4409,
        ),
        ("too large", vec![text(init.clone()), text(large)], 1009),
    ];
    for (what, messages, code) in cases {
        let mut socket = ada.browser.open(Some(ORIGIN), PROTOCOL).await.expect("a socket");
        for message in messages {
            // The server may have closed already.
            let _ = socket.0.send(message).await;
        }
        assert_eq!(socket.closed().await, code, "{what}");
    }
    // Nobody: no cookie at all, or a session that has ended while its refresh cookie is still there.
    let mut socket = stack
        .browser()
        .open(Some(ORIGIN), PROTOCOL)
        .await
        .expect("a socket");
    socket.say(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.closed().await, 4403);
    let stale = ada.browser.copy();
    stale.cookies.lock().expect("cookies").remove("__Host-ss_access");
    let mut socket = stale.open(Some(ORIGIN), PROTOCOL).await.expect("a socket");
    socket.say(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.closed().await, 4401);
    // Silence.
    let mut socket = ada.browser.open(Some(ORIGIN), PROTOCOL).await.expect("a socket");
    let started = Instant::now();
    assert_eq!(socket.closed().await, 4408);
    assert!(
        (2..6).contains(&started.elapsed().as_secs()),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn queries_run_on_a_socket_and_mutations_do_not() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let mut socket = ada.browser.socket().await;
    socket.say(json!({ "type": "ping", "payload": { "n": 1 } })).await;
    assert_eq!(
        socket.hear().await,
        json!({ "type": "pong", "payload": { "n": 1 } })
    );
    socket
        .subscribe("q", "{ viewer { user { name } } }", json!({}))
        .await;
    let mut next = socket.hear().await;
    assert_eq!(
        next["payload"]["data"].take(),
        json!({ "viewer": { "user": { "name": "Ada" } } })
    );
    assert_eq!(next["payload"]["extensions"]["cost"]["requested"], 3);
    assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!("q")));
    assert_eq!(socket.hear().await, json!({ "type": "complete", "id": "q" }));
    // The id is free again at once.
    socket
        .subscribe(
            "q",
            "mutation { viewerUpdate(input: { name: \"X\" }) { userErrors { code } } }",
            json!({}),
        )
        .await;
    let error = socket.hear().await;
    assert_eq!(
        (&error["type"], &error["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("BAD_USER_INPUT"))
    );
    socket.subscribe("q", "{ nosuchfield }", json!({})).await;
    assert_eq!(socket.hear().await["type"], "error");
    let name = ada.browser.gql("{ viewer { user { name } } }", json!({})).await;
    assert_eq!(name["viewer"]["user"]["name"], "Ada");
}

#[tokio::test]
async fn a_socket_runs_a_hundred_operations_and_no_more() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let mut socket = ada.browser.socket().await;
    for i in 0..101 {
        let query = "subscription($ws: ID!) { changes(workspaceId: $ws) { cursor } }";
        socket
            .subscribe(&i.to_string(), query, json!({ "ws": ada.workspace }))
            .await;
    }
    let error = socket.hear().await;
    assert_eq!(error["id"], "100");
    assert_eq!(error["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    // One less makes room for another.
    socket.say(json!({ "type": "complete", "id": "0" })).await;
    socket.subscribe("again", "{ __typename }", json!({})).await;
    assert_eq!(socket.hear().await["type"], "next");
}

#[tokio::test]
async fn signing_out_closes_sockets_within_a_second() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let mut socket = ada.browser.socket().await;
    let bob = stack.person("Bob").await;
    let mut other = bob.browser.socket().await;
    let started = Instant::now();
    ada.browser.post("/api/v1/auth/sign-out", &json!({})).await;
    assert_eq!(socket.closed().await, 4401);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    // Somebody else's stays.
    other.say(json!({ "type": "ping" })).await;
    assert!(matches!(other.next().await, Heard::Message(message) if message["type"] == "pong"));
}
