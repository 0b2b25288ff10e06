//! What requests cost, and what happens when a caller has spent their budget.

use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use smartstack_domain::{clock::Clock, testing::TestDb};

use crate::support::Stack;

#[tokio::test]
async fn an_answer_tells_what_it_cost_and_what_is_left() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let query =
        "query($id: ID!) { workspace(id: $id) { tasks(first: 50) { nodes { id title project { name } } } } }";
    let ask = async || ada.browser.ask(query, json!({ "id": ada.workspace })).await;
    let first = ask().await["extensions"]["cost"].take();
    // workspace, tasks, the statement of a list, nodes, and fifty times id, title, project, name.
    assert_eq!(first["requested"], 1 + 1 + 10 + 1 + 50 * 4, "{first}");
    assert_eq!(first["actual"], 3, "the list is empty");
    let second = ask().await["extensions"]["cost"].take();
    let left = |cost: &Value| cost["throttle"]["remaining"].as_u64().expect("a number");
    if first["throttle"]["resetAt"] == second["throttle"]["resetAt"] {
        assert_eq!(left(&first) - left(&second), 213);
    }
    let limit = ada
        .browser
        .gql("{ rateLimit { limit remaining resetAt } }", json!({}))
        .await;
    assert_eq!(limit["rateLimit"]["limit"], first["throttle"]["limit"]);
}

#[tokio::test]
async fn who_has_spent_their_budget_waits_and_nobody_else_does() {
    let clock = Clock::fixed("2026-03-02T12:00:20Z".parse().expect("a time"));
    let db = TestDb::with_clock(clock.clone()).await;
    let stack = Stack::start_with(db, |config| config.rate_limit = 3_000).await;
    let (ada, eve) = (stack.person("Ada").await, stack.person("Eve").await);
    let dear = json!({ "query": "{ __schema { queryType { name } } }" });
    assert_eq!(ada.browser.post("/graphql", &dear).await.status(), StatusCode::OK);
    let refused = ada.browser.post("/graphql", &dear).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        refused.headers()[header::RETRY_AFTER],
        "41",
        "until the minute is over"
    );
    let body: Value = refused.json().await.expect("JSON");
    assert!(body.get("data").is_none());
    assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    assert_eq!(body["errors"][0]["extensions"]["retryAfterSeconds"], 41);
    assert_eq!(body["extensions"]["cost"]["requested"], 2_001);
    assert_eq!(
        body["extensions"]["cost"]["throttle"]["resetAt"],
        "2026-03-02T12:01:00Z"
    );
    // What still fits is answered; over a socket it is the same budget.
    let limit = ada.browser.gql("{ rateLimit { remaining } }", json!({})).await;
    assert!(
        limit["rateLimit"]["remaining"].as_u64().expect("a number") < 1_000,
        "{limit}"
    );
    let mut socket = ada.browser.socket().await;
    socket
        .say(json!({ "id": "a", "type": "subscribe", "payload": dear }))
        .await;
    let answer = socket.hear().await;
    assert_eq!(answer["type"], "error", "{answer}");
    assert_eq!(
        answer["payload"][0]["extensions"]["code"], "RATE_LIMITED",
        "{answer}"
    );
    assert_eq!(eve.browser.post("/graphql", &dear).await.status(), StatusCode::OK);
    clock.advance(chrono::TimeDelta::seconds(40));
    assert_eq!(ada.browser.post("/graphql", &dear).await.status(), StatusCode::OK);
}
