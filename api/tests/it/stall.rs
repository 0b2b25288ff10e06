//! Readers that stop reading: what they cost is bounded, and nobody else waits for them.

use std::time::Duration;

use serde_json::json;

use crate::support::{Person, Socket, Stack};

/// A project's text at its longest: what makes an answer large.
const TEXT: usize = 20_000;
/// How many readers stall.
const STALLED: usize = 20;
/// How many large answers each of them does not read: in all, 20 times 300 times 20 kB are 120 MB.
const ANSWERS: usize = 300;
/// What all of them together may cost: each may hold 32 answers, one in hand, and the one being written. The
/// rest is for what the test itself and the allocator take.
const COST_MAX: usize = (STALLED * 34 * TEXT) + 30_000_000;

const FOLLOW: &str =
    "subscription($ws: ID!) { changes(workspaceId: $ws) { cursor node { ... on Project { description } } } }";

/// Bytes of memory that this process, which the server runs in, occupies.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: usize = statm
        .split_whitespace()
        .nth(1)
        .expect("a field")
        .parse()
        .expect("a number");
    pages * 4096
}

async fn follower(ada: &Person) -> Socket {
    let mut socket = ada.browser.socket().await;
    socket
        .subscribe("1", FOLLOW, json!({ "ws": ada.workspace }))
        .await;
    socket
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_readers_cost_bounded_memory_and_slow_nobody() {
    let stack = Stack::start_with(smartstack_domain::testing::TestDb::new().await, |config| {
        config.rate_limit = 1_000_000_000_000;
    })
    .await;
    let ada = stack.person("Ada").await;
    let input = json!({ "workspaceId": ada.workspace, "name": "Large" });
    let made = ada
        .browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
        .await;
    let id = made["project"]["id"].clone();
    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        stalled.push(follower(&ada).await);
    }
    let mut reader = follower(&ada).await;
    // A subscription listens a moment after it was asked for; a first change shows that all do.
    let describe = async |mark: usize| {
        let text = format!("{mark} {}", "x".repeat(TEXT - 10));
        let input = json!({ "id": id, "description": text });
        ada.browser
            .mutate(
                "projectUpdate",
                "ProjectUpdateInput",
                "project { version }",
                input,
            )
            .await;
    };
    loop {
        describe(0).await;
        match tokio::time::timeout(Duration::from_millis(500), reader.hear()).await {
            Ok(message) if message["type"] == "next" => break,
            _ => {}
        }
    }
    let before = resident();
    let mut most = 0;
    for mark in 1..=ANSWERS {
        describe(mark).await;
        most = most.max(resident().saturating_sub(before));
        if mark % 50 == 0 {
            // Whoever reads hears of it at once, beside those who do not.
            let begins = format!("{mark} ");
            loop {
                let message = tokio::time::timeout(Duration::from_secs(2), reader.hear())
                    .await
                    .expect("the reader waits for the others");
                let text = message["payload"]["data"]["changes"]["node"]["description"].as_str();
                if text.is_some_and(|text| text.starts_with(&begins)) {
                    break;
                }
            }
        }
    }
    assert!(
        most < COST_MAX,
        "{STALLED} readers cost {} MB, of {} MB at most",
        most / 1_000_000,
        COST_MAX / 1_000_000
    );
    // They are cut off once an answer has not left for ten seconds, and cost nothing any more.
    let limit = tokio::time::Instant::now() + Duration::from_secs(25);
    while stack.app.sockets.len() > 1 {
        assert!(
            tokio::time::Instant::now() < limit,
            "{} sockets are still open",
            stack.app.sockets.len()
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(stalled);
    describe(ANSWERS + 1).await;
    let message = reader.hear().await;
    assert_eq!(message["type"], "next", "who reads is still served");
}
