//! The app's own documents: known by their hashes from the start, and the only ones where an installation wants it.

use reqwest::StatusCode;
use serde_json::{Value, json};
use smartstack_api::graphql::trusted;
use smartstack_domain::testing::TestDb;

use crate::{
    live,
    program::Program,
    support::{Browser, Stack, code},
};

/// The hash of the document that is sent from this place in the app.
fn hash(place: &str) -> String {
    let mut list = trusted::list().expect("a list");
    let document = list.remove(&format!("smartstack_web::{place}"));
    document.expect("a document of the app").sha256
}

fn by_hash(hash: &str, variables: &Value) -> Value {
    let persisted = json!({ "version": 1, "sha256Hash": hash });
    json!({ "variables": variables, "extensions": { "persistedQuery": persisted } })
}

async fn ask(browser: &Browser, body: Value) -> Value {
    browser.post("/graphql", &body).await.json().await.expect("JSON")
}

async fn only_trusted() -> Stack {
    Stack::start_with(TestDb::new().await, |config| config.only_trusted_documents = true).await
}

#[tokio::test]
async fn the_app_sends_hashes_alone_from_the_first_time_on() {
    let stack = Stack::start().await;
    let nobody = ask(
        &stack.browser(),
        by_hash(&hash("page::sign_in::InstallationQuery"), &json!({})),
    )
    .await;
    assert_eq!(nobody["data"]["installation"]["signUpOpen"], true, "{nobody}");
    let ada = stack.person("Ada").await;
    let viewer = by_hash(&hash("session::ViewerQuery"), &json!({}));
    let answer = ask(&ada.browser, viewer).await;
    assert_eq!(answer["data"]["viewer"]["user"]["name"], "Ada", "{answer}");
    // Over the socket, too.
    let mut socket = ada.browser.socket().await;
    let payload = by_hash(
        &hash("gql::changes::Changes"),
        &json!({ "workspaceId": ada.workspace, "after": live::cursor(&ada).await }),
    );
    socket
        .say(json!({ "type": "subscribe", "id": "1", "payload": payload }))
        .await;
    let input = json!({ "workspaceId": ada.workspace, "name": "Acme" });
    ada.browser
        .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
        .await;
    let heard = socket.hear().await;
    assert_eq!(
        (&heard["type"], &heard["payload"]["data"]["changes"]["kind"]),
        (&json!("next"), &json!("CLIENT")),
        "{heard}"
    );
}

#[tokio::test]
async fn an_installation_may_answer_to_its_own_app_alone() {
    let open = Stack::start().await;
    let strict = only_trusted().await;
    let own = "query { viewer { user { name } } }";
    for (stack, is_strict) in [(&open, false), (&strict, true)] {
        let (ada, _) = stack.signed_in("Ada").await;
        for browser in [&ada, &stack.browser()] {
            let answer = ask(browser, json!({ "query": own })).await;
            let is_refused = !answer["errors"].is_null();
            assert_eq!(is_refused, is_strict, "{answer}");
            if is_strict {
                assert_eq!(code(&answer), "FORBIDDEN", "{answer}");
                assert!(answer.get("data").is_none(), "{answer}");
                // Not by its hash either, though the server has read it.
                let again = ask(browser, json!({ "query": own, "extensions": {} })).await;
                assert_eq!(code(&again), "FORBIDDEN", "{again}");
            }
        }
    }
}

#[tokio::test]
async fn there_the_app_works_and_so_does_any_document_of_a_token() {
    let stack = only_trusted().await;
    let (ada, _) = stack.signed_in("Ada").await;
    let list = trusted::list().expect("a list");
    let viewer = hash("session::ViewerQuery");
    let text = list.values().find(|one| one.sha256 == viewer).expect("it");
    for body in [by_hash(&viewer, &json!({})), json!({ "query": text.document })] {
        let answer = ask(&ada, body).await;
        assert_eq!(answer["data"]["viewer"]["user"]["name"], "Ada", "{answer}");
    }
    let answer = ask(&ada, by_hash(&viewer, &json!({}))).await;
    let workspace = &answer["data"]["viewer"]["workspaces"][0]["workspace"]["id"];
    let create = by_hash(
        &hash("page::settings::tokens::query::CreateToken"),
        &json!({ "input": { "name": "A program", "scopes": ["WORKSPACE_READ"] } }),
    );
    let made = ask(&ada, create).await;
    let secret = made["data"]["apiTokenCreate"]["secret"]
        .as_str()
        .expect("a token");
    let program = Program::new(&stack, secret.to_owned(), String::new());
    let answer = program
        .ask(
            "query($id: ID!) { workspace(id: $id) { name } }",
            json!({ "id": workspace }),
        )
        .await;
    assert!(answer["data"]["workspace"]["name"].is_string(), "{answer}");

    let subscription = "subscription($ws: ID!) { changes(workspaceId: $ws) { cursor at } }";
    let mut socket = ada.socket().await;
    socket
        .subscribe("1", subscription, json!({ "ws": workspace }))
        .await;
    let heard = socket.hear().await;
    assert_eq!(
        (&heard["type"], &heard["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("FORBIDDEN")),
        "{heard}"
    );
}

#[tokio::test]
async fn a_hash_that_nobody_has_seen_is_asked_for() {
    let stack = Stack::start().await;
    let answer = stack
        .browser()
        .post("/graphql", &by_hash(&"0".repeat(64), &json!({})))
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: Value = answer.json().await.expect("JSON");
    assert_eq!(answer["errors"][0]["message"], "PersistedQueryNotFound");
}
