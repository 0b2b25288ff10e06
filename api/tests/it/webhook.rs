//! Webhooks over the API: for owners, with a secret that is shown once, and tried before anything is relied on.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    program::Program,
    support::{Person, Stack},
};

const SHOWN: &str =
    "webhookEndpoint { id url description events isEnabled disabledReason oldSecretUntil version } secret";

async fn make(person: &Person, url: &str, events: Value) -> Value {
    let input =
        json!({ "workspaceId": person.workspace, "url": url, "description": " Billing ", "events": events });
    person
        .browser
        .try_mutate(
            "webhookEndpointCreate",
            "WebhookEndpointCreateInput",
            SHOWN,
            input,
        )
        .await
}

async fn all(person: &Person) -> Value {
    let query = "query($id: ID!) { workspace(id: $id) { webhookEndpoints { id url } webhookEvents } }";
    person.browser.gql(query, json!({ "id": person.workspace })).await["workspace"].take()
}

#[tokio::test]
async fn an_owner_makes_changes_and_deletes_a_webhook() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let made = make(
        &ada,
        "https://hooks.example.com/in",
        json!(["task.created", "task.created"]),
    )
    .await;
    assert_eq!(made["userErrors"], json!([]));
    let secret = made["secret"].as_str().expect("a secret");
    assert!(secret.starts_with("whsec_") && secret.len() == 6 + 44, "{secret}");
    let hook = &made["webhookEndpoint"];
    assert_eq!(hook["events"], json!(["task.created"]));
    assert_eq!(
        (hook["description"].as_str(), hook["version"].as_i64()),
        (Some("Billing"), Some(1))
    );
    let known = all(&ada).await;
    assert_eq!(
        known["webhookEndpoints"],
        json!([{ "id": hook["id"], "url": "https://hooks.example.com/in" }])
    );
    assert!(
        known["webhookEvents"]
            .as_array()
            .expect("events")
            .contains(&json!("job.finished"))
    );

    let id = &hook["id"];
    let rotated = ada
        .browser
        .mutate(
            "webhookEndpointRotateSecret",
            "NodeVersionInput",
            SHOWN,
            json!({ "id": id, "expectedVersion": 1 }),
        )
        .await;
    assert_ne!(rotated["secret"], made["secret"]);
    assert!(rotated["webhookEndpoint"]["oldSecretUntil"].is_string());
    // A lost race shows what there is now, and no secret.
    let lost = ada
        .browser
        .try_mutate(
            "webhookEndpointRotateSecret",
            "NodeVersionInput",
            SHOWN,
            json!({ "id": id, "expectedVersion": 1 }),
        )
        .await;
    assert_eq!(lost["userErrors"][0]["code"], "CONFLICT");
    assert_eq!(
        (&lost["secret"], &lost["webhookEndpoint"]["version"]),
        (&Value::Null, &json!(2))
    );

    let input = json!({ "id": id, "isEnabled": false, "events": null });
    let off = ada
        .browser
        .mutate(
            "webhookEndpointUpdate",
            "WebhookEndpointUpdateInput",
            "webhookEndpoint { isEnabled events disabledReason }",
            input,
        )
        .await;
    assert_eq!(
        off["webhookEndpoint"],
        json!({ "isEnabled": false, "events": [], "disabledReason": "PERSON" })
    );
    let refused = ada
        .browser
        .try_mutate(
            "webhookEndpointPing",
            "WebhookEndpointPingInput",
            "webhookDelivery { id }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_STATE");
    ada.browser
        .mutate(
            "webhookEndpointDelete",
            "NodeVersionInput",
            "webhookEndpoint { id }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(all(&ada).await["webhookEndpoints"], json!([]));
    // Every step is in the log, and no secret is.
    let log = stack.sql("SELECT string_agg(action || ' ' || coalesce(after::text, ''), ' | ' ORDER BY at, id) FROM audit_events WHERE action LIKE 'webhook%'");
    for action in ["create", "rotate_secret", "update", "delete"] {
        assert!(log.contains(&format!("webhook_endpoint.{action}")), "{log}");
    }
    assert!(!log.contains(&secret[6..]) && !log.contains("whsec"), "{log}");
}

#[tokio::test]
async fn addresses_inside_a_network_are_refused() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    for url in [
        "http://hooks.example.com/in",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/in",
        "http://127.0.0.1:9/in",
        "https://[::ffff:10.0.0.1]/",
        "https://user:secret@hooks.example.com/",
        "gopher://example.com",
    ] {
        let made = make(&ada, url, json!([])).await;
        assert_eq!(made["userErrors"][0]["code"], "INVALID", "{url}: {made}");
        assert_eq!(made["userErrors"][0]["field"], json!(["url"]), "{url}");
        assert_eq!(made["webhookEndpoint"], Value::Null, "{url}");
    }
    let unknown = make(&ada, "https://hooks.example.com/in", json!(["task.exploded"])).await;
    assert_eq!(unknown["userErrors"][0]["field"], json!(["events"]));
}

#[tokio::test]
async fn a_message_is_seen_with_its_state_and_sent_again_once_it_is_done_with() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let made = make(&ada, "https://hooks.example.com/in", json!([])).await;
    let id = made["webhookEndpoint"]["id"].clone();
    let input = json!({ "id": id });
    let ping = ada
        .browser
        .mutate(
            "webhookEndpointPing",
            "WebhookEndpointPingInput",
            "webhookDelivery { id event state body }",
            input,
        )
        .await;
    let ping = &ping["webhookDelivery"];
    assert_eq!(
        (ping["event"].as_str(), ping["state"].as_str()),
        (Some("webhook.ping"), Some("PENDING"))
    );
    let body: Value = serde_json::from_str(ping["body"].as_str().expect("a body")).expect("JSON");
    assert_eq!(body["type"], "webhook.ping");
    let replay = async || {
        let input = json!({ "id": ping["id"] });
        let payload = "webhookDelivery { id state }";
        ada.browser
            .try_mutate(
                "webhookDeliveryReplay",
                "WebhookDeliveryReplayInput",
                payload,
                input,
            )
            .await
    };
    assert_eq!(replay().await["userErrors"][0]["code"], "INVALID_STATE");
    // As the worker leaves it after a failure.
    stack.sql("UPDATE webhook_deliveries SET state = 'FAILED', attempts = 1, next_attempt_at = NULL, finished_at = now()");
    stack.sql("INSERT INTO webhook_attempts (workspace_id, delivery_id, attempt, url, at, duration_ms, status, answer) \
               SELECT workspace_id, id, 1, 'https://hooks.example.com/in', now(), 7, 500, 'oops' FROM webhook_deliveries");
    let query = "query($id: ID!, $state: WebhookDeliveryState) { webhookEndpoint(id: $id) { \
                 deliveries(first: 5, state: $state) { totalCount nodes { id state attempts { number status answer failure } } } } }";
    let failed = ada
        .browser
        .gql(query, json!({ "id": id, "state": "FAILED" }))
        .await;
    let expected = json!({ "totalCount": 1, "nodes": [{ "id": ping["id"], "state": "FAILED",
        "attempts": [{ "number": 1, "status": 500, "answer": "oops", "failure": null }] }] });
    assert_eq!(failed["webhookEndpoint"]["deliveries"], expected);
    let again = replay().await;
    assert_eq!(
        again["webhookDelivery"],
        json!({ "id": ping["id"], "state": "PENDING" })
    );
    let failed = ada
        .browser
        .gql(query, json!({ "id": id, "state": "FAILED" }))
        .await;
    assert_eq!(failed["webhookEndpoint"]["deliveries"]["totalCount"], 0);
}

#[tokio::test]
async fn members_who_are_no_owners_see_nothing_of_webhooks() {
    let stack = Stack::start().await;
    let (ada, bea) = (stack.person("Ada").await, stack.person("Bea").await);
    let made = make(&ada, "https://hooks.example.com/in?key=hidden", json!([])).await;
    let id = made["webhookEndpoint"]["id"].as_str().expect("an id");
    // A guest in this workspace alone.
    stack.sql(&format!(
        "DELETE FROM memberships m USING users u WHERE u.id = m.user_id AND u.email = '{}'",
        bea.email
    ));
    stack.sql(&format!(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at) \
         SELECT w.workspace_id, u.id, 'MEMBER', now() FROM memberships w, users u, users a \
         WHERE u.email = '{}' AND a.email = '{}' AND w.user_id = a.id",
        bea.email, ada.email
    ));
    let query = "query($id: ID!) { workspace(id: $id) { webhookEndpoints { url } } }";
    let answer = bea.browser.ask(query, json!({ "id": ada.workspace })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
    for query in [
        "query($id: ID!) { found: webhookEndpoint(id: $id) { url } }",
        "query($id: ID!) { found: node(id: $id) { id } }",
    ] {
        let answer = bea.browser.gql(query, json!({ "id": id })).await;
        assert_eq!(answer["found"], Value::Null, "{query}");
    }
    let input = json!({ "id": id, "url": "https://elsewhere.example.com/" });
    let document = "mutation($input: WebhookEndpointUpdateInput!) { webhookEndpointUpdate(input: $input) { userErrors { code } } }";
    let answer = bea.browser.ask(document, json!({ "input": input })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
    assert!(!answer.to_string().contains("hidden"));
}

#[tokio::test]
async fn a_token_needs_the_scope() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let made = make(&ada, "https://hooks.example.com/in", json!([])).await;
    let id = &made["webhookEndpoint"]["id"];
    let query = "query($id: ID!) { webhookEndpoint(id: $id) { url deliveries(first: 1) { totalCount } } }";
    let reader = Program::with(&stack, &ada.browser, None, &["WEBHOOKS_READ"]).await;
    let seen = reader.gql(query, json!({ "id": id })).await;
    assert_eq!(seen["webhookEndpoint"]["url"], "https://hooks.example.com/in");
    let other = Program::with(&stack, &ada.browser, None, &["TASKS_WRITE", "WORKSPACE_READ"]).await;
    let answer = other.ask(query, json!({ "id": id })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let document = "mutation($input: NodeVersionInput!) { webhookEndpointDelete(input: $input) { userErrors { code } } }";
    let answer = reader.ask(document, json!({ "input": { "id": id } })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let writer = Program::with(&stack, &ada.browser, None, &["WEBHOOKS_WRITE"]).await;
    let done = writer.send(document, json!({ "input": { "id": id } })).await;
    assert_eq!(done.status(), StatusCode::OK);
}
