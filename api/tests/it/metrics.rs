//! What operators read, and where.

use serde_json::json;
use smartstack_domain::testing::TestDb;

use crate::support::{Person, Stack, eventually};

async fn counting() -> (Stack, Person) {
    let stack = Stack::start_with(TestDb::new().await, |config| {
        config.metrics_listen = Some(([127, 0, 0, 1], 0).into());
    })
    .await;
    let ada = stack.person("Ada").await;
    (stack, ada)
}

async fn read(stack: &Stack) -> String {
    let url = stack.metrics.as_deref().expect("on");
    let answer = reqwest::get(url).await.expect("an answer");
    assert!(answer.status().is_success());
    answer.text().await.expect("text")
}

/// The value of a series; nothing where there is none.
fn value(text: &str, series: &str) -> f64 {
    text.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
        .map_or(0.0, |value| value.parse().expect("a number"))
}

fn requests(text: &str, route: &str, status: u16) -> f64 {
    let series = format!("smartstack_http_requests_total{{route=\"{route}\",status=\"{status}\"}}");
    value(text, &series)
}

fn operations(text: &str, kind: &str, outcome: &str) -> f64 {
    let series = format!("smartstack_graphql_operations_total{{kind=\"{kind}\",outcome=\"{outcome}\"}}");
    value(text, &series)
}

#[tokio::test]
async fn requests_are_counted_by_route_and_status_and_never_by_what_people_choose() {
    let (stack, ada) = counting().await;
    let before = read(&stack).await;
    assert!(requests(&before, "/api/v1/auth/:action", 200) >= 1.0, "{before}");
    ada.browser.get("/projects/ada-chose-this").await;
    ada.browser.get("/health/live").await;
    ada.browser.get("/api/v1/workspaces/ada-chose-this/audit").await;
    ada.browser.get("/api/ada-chose-this").await;
    let after = read(&stack).await;
    let more = |route: &str, status: u16| requests(&after, route, status) - requests(&before, route, status);
    assert_eq!(more("/*path", 200), 1.0, "{after}");
    assert_eq!(more("/health/live", 200), 1.0);
    assert_eq!(more("/api/v1/workspaces/:workspace/audit", 404), 1.0);
    assert_eq!(more("/api/*rest", 404), 1.0);
    let seconds = |text: &str| {
        value(
            text,
            "smartstack_http_request_seconds_count{route=\"/health/live\"}",
        )
    };
    assert_eq!(seconds(&after) - seconds(&before), 1.0);
    assert!(!after.contains("ada"), "{after}");
}

#[tokio::test]
async fn operations_are_counted_by_kind_and_by_how_they_ended() {
    let (stack, ada) = counting().await;
    let before = read(&stack).await;
    ada.browser
        .gql("query MyName { viewer { user { id } } }", json!({}))
        .await;
    ada.browser
        .ask("{ viewer { user { id } } nobody }", json!({}))
        .await;
    let not_there =
        "{ task(id: \"task_00000000000000000000000000\") { id } workspace(id: \"nothing\") { id } }";
    ada.browser.gql(not_there, json!({})).await;
    let input = json!({ "workspaceId": ada.workspace, "name": "Client" });
    ada.browser
        .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
        .await;
    let forbidden = "mutation { adminUserDisable(input: { id: \"x\" }) { userErrors { code } } }";
    ada.browser.ask(forbidden, json!({})).await;
    let after = read(&stack).await;
    let more =
        |kind: &str, outcome: &str| operations(&after, kind, outcome) - operations(&before, kind, outcome);
    assert_eq!(more("query", "ok"), 2.0, "{after}");
    assert_eq!(more("unread", "refused"), 1.0);
    assert_eq!(more("mutation", "ok"), 1.0);
    assert_eq!(more("mutation", "refused"), 1.0);
    let seconds = |text: &str| value(text, "smartstack_graphql_operation_seconds_count{kind=\"query\"}");
    assert_eq!(seconds(&after) - seconds(&before), 2.0);
    for chosen in ["MyName", "Client", ada.email.as_str()] {
        assert!(!after.contains(chosen), "{chosen} is in {after}");
    }
}

#[tokio::test]
async fn what_is_open_now_is_shown() {
    let (stack, ada) = counting().await;
    let quiet = read(&stack).await;
    assert_eq!(value(&quiet, "smartstack_sockets"), 0.0);
    let mut socket = ada.browser.socket().await;
    let query = "subscription($ws: ID!) { changes(workspaceId: $ws) { cursor } }";
    socket.subscribe("1", query, json!({ "ws": ada.workspace })).await;
    eventually("a subscription", async || {
        let text = read(&stack).await;
        let open = (
            value(&text, "smartstack_sockets"),
            value(&text, "smartstack_graphql_subscriptions"),
        );
        (open == (1.0, 1.0)).then_some(())
    })
    .await;
    socket.say(json!({ "type": "complete", "id": "1" })).await;
    eventually("its end", async || {
        let text = read(&stack).await;
        (value(&text, "smartstack_graphql_subscriptions") == 0.0).then_some(())
    })
    .await;
    let text = read(&stack).await;
    let most = value(&text, "smartstack_database_connections{state=\"most\"}");
    let open = value(&text, "smartstack_database_connections{state=\"idle\"}")
        + value(&text, "smartstack_database_connections{state=\"in_use\"}");
    assert!(open >= 1.0 && open <= most, "{text}");
    assert_eq!(value(&text, "smartstack_database_up"), 1.0);
}

#[tokio::test]
async fn jobs_and_the_outbox_are_shown_with_their_age() {
    let (stack, ada) = counting().await;
    let input =
        json!({ "workspaceId": ada.workspace, "text": "Please call.", "newProject": { "name": "P" } });
    ada.browser
        .mutate("planStart", "PlanStartInput", "job { id }", input)
        .await;
    stack.sql("UPDATE jobs SET created_at = created_at - interval '1 hour'; UPDATE outbox SET created_at = created_at - interval '2 minutes'");
    let text = read(&stack).await;
    assert_eq!(value(&text, "smartstack_jobs{state=\"QUEUED\"}"), 1.0, "{text}");
    assert_eq!(value(&text, "smartstack_jobs{state=\"RUNNING\"}"), 0.0);
    assert!(value(&text, "smartstack_job_oldest_seconds{state=\"QUEUED\"}") >= 3600.0);
    assert!(value(&text, "smartstack_outbox_unsent") >= 1.0);
    assert!(value(&text, "smartstack_outbox_oldest_seconds") >= 120.0);
}

#[tokio::test]
async fn nothing_is_read_where_it_is_off_nor_on_the_port_people_use() {
    let off = Stack::start().await;
    assert_eq!(off.metrics, None);
    let (stack, _) = counting().await;
    let answer = stack.browser().get("/metrics").await;
    let text = answer.text().await.expect("text");
    assert!(!text.contains("smartstack_http_requests_total"), "{text}");
}
