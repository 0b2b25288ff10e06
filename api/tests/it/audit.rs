//! The audit log of a workspace: for its owners, filtered, and as a file.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::support::{Person, Stack};

const LOG: &str = "query($id: ID!, $filter: AuditFilter, $first: Int, $after: String) { workspace(id: $id) {
    auditEvents(filter: $filter, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
      nodes { action targetKind at address actor { name } details { field before after } } } } }";

async fn read(person: &Person, filter: Value) -> Value {
    let variables = json!({ "id": person.workspace, "filter": filter });
    let answer = person.browser.gql(LOG, variables).await;
    answer["workspace"]["auditEvents"].clone()
}

/// A workspace in which a client was made and renamed to a formula.
async fn history(stack: &Stack) -> Person {
    let ada = stack.person("Ada").await;
    let input = json!({ "workspaceId": ada.workspace, "name": "Acme" });
    let made = ada
        .browser
        .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
        .await;
    let input = json!({ "id": made["client"]["id"], "name": "=cmd|' /C calc'!A0" });
    ada.browser
        .mutate("clientUpdate", "ClientUpdateInput", "client { id }", input)
        .await;
    ada
}

#[tokio::test]
async fn owners_read_what_was_done_and_filter_it() {
    let stack = Stack::start().await;
    let ada = history(&stack).await;
    let updates = read(&ada, json!({ "action": "client.update" })).await;
    assert_eq!(updates["totalCount"], 1);
    let event = &updates["nodes"][0];
    assert_eq!(
        (&event["targetKind"], &event["actor"]["name"]),
        (&json!("CLIENT"), &json!("Ada"))
    );
    let name = event["details"]
        .as_array()
        .and_then(|all| all.iter().find(|detail| detail["field"] == "name"));
    assert_eq!(
        name.expect("the name"),
        &json!({ "field": "name", "before": "Acme", "after": "=cmd|' /C calc'!A0" })
    );
    assert_eq!(read(&ada, json!({ "action": "client" })).await["totalCount"], 2);
    assert_eq!(
        read(&ada, json!({ "targetKind": "SESSION" })).await["totalCount"],
        1
    );
    assert_eq!(read(&ada, json!({ "actorId": ada.user })).await["totalCount"], 3);
    assert_eq!(
        read(&ada, json!({ "to": "2020-01-01T00:00:00Z" })).await["totalCount"],
        0
    );
    assert_eq!(
        read(&ada, json!({ "from": "2020-01-01T00:00:00Z" })).await["totalCount"],
        3
    );
    for wrong in [
        json!({ "action": "client'; --" }),
        json!({ "from": "2020-01-02T00:00:00Z", "to": "2020-01-01T00:00:00Z" }),
        json!({ "actorId": "nobody" }),
    ] {
        let answer = ada
            .browser
            .ask(LOG, json!({ "id": ada.workspace, "filter": wrong }))
            .await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{wrong}: {answer}"
        );
    }
    let first = ada
        .browser
        .gql(LOG, json!({ "id": ada.workspace, "first": 2 }))
        .await;
    let info = &first["workspace"]["auditEvents"]["pageInfo"];
    assert_eq!(info["hasNextPage"], true);
    let rest = json!({ "id": ada.workspace, "first": 2, "after": info["endCursor"] });
    let rest = ada.browser.gql(LOG, rest).await;
    assert_eq!(
        rest["workspace"]["auditEvents"]["nodes"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn nobody_but_an_owner_reads_the_log() {
    let stack = Stack::start().await;
    let ada = history(&stack).await;
    let eve = stack.person("Eve").await;
    let path = format!("/api/v1/workspaces/{}/audit", ada.workspace);
    assert_eq!(
        stack.browser().get(&path).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(eve.browser.get(&path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        eve.browser.gql(LOG, json!({ "id": ada.workspace })).await["workspace"],
        Value::Null
    );
    let workspace: smartstack_schema::WorkspaceId = ada.workspace.parse().expect("an id");
    let member: smartstack_schema::UserId = eve.user.parse().expect("an id");
    for role in ["MEMBER", "VIEWER"] {
        stack.sql(&format!(
            "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ('{}', '{}', '{role}', now()) \
             ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = '{role}'",
            workspace.uuid(),
            member.uuid()
        ));
        assert_eq!(
            eve.browser.get(&path).await.status(),
            StatusCode::FORBIDDEN,
            "{role}"
        );
        let answer = eve.browser.ask(LOG, json!({ "id": ada.workspace })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{role}");
    }
    // A page of another site can make the browser send its cookies, but cannot have the file.
    let bare = ada.browser.send(ada.browser.bare(Method::GET, &path)).await;
    assert_eq!(bare.status(), StatusCode::FORBIDDEN);
    for (site, status) in [
        ("same-origin", StatusCode::OK),
        ("cross-site", StatusCode::FORBIDDEN),
        ("same-site", StatusCode::FORBIDDEN),
    ] {
        let link = ada
            .browser
            .bare(Method::GET, &path)
            .header("sec-fetch-site", site);
        assert_eq!(ada.browser.send(link).await.status(), status, "{site}");
    }
    let posted = ada.browser.post(&path, &json!({})).await;
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_log_is_exported_whole_and_without_formulas() {
    let stack = Stack::start().await;
    let ada = history(&stack).await;
    // Longer than the pages it is read in.
    stack.sql(
        "INSERT INTO audit_events (id, workspace_id, at, action, target_kind, target_id, after) \
         SELECT gen_random_uuid(), (SELECT id FROM workspaces), now() - make_interval(secs => n), 'task.update', 'TASK', \
         gen_random_uuid(), jsonb_build_object('n', n) FROM generate_series(1, 250) n",
    );
    let path = format!("/api/v1/workspaces/{}/audit", ada.workspace);
    let answer = ada.browser.get(&format!("{path}?format=csv")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    let named = answer.headers()[header::CONTENT_DISPOSITION]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        named.starts_with("attachment; filename=\"audit-") && named.ends_with(".csv\""),
        "{named}"
    );
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let csv = answer.text().await.expect("text");
    assert_eq!(csv.matches("\r\n").count(), 254);
    assert!(csv.starts_with("id,at,actor_id,actor,address,action,target_kind,target_id,before,after\r\n"));
    let lines = ada
        .browser
        .get(&format!("{path}?format=jsonl"))
        .await
        .text()
        .await
        .expect("text");
    let events: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(events.len(), 253);
    let ids: std::collections::BTreeSet<_> = events.iter().map(|event| event["id"].to_string()).collect();
    assert_eq!(ids.len(), 253, "no gap and nothing twice");
    let filtered = ada
        .browser
        .get(&format!("{path}?format=jsonl&action=client.create"))
        .await;
    assert_eq!(filtered.text().await.expect("text").lines().count(), 1);
    for wrong in ["format=xls", "actorId=x", "from=yesterday", "unknown=1"] {
        let answer = ada.browser.get(&format!("{path}?{wrong}")).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_name_that_looks_like_a_formula_is_text_in_a_spreadsheet() {
    let stack = Stack::start().await;
    let eve = stack.person("Eve").await;
    stack.sql("UPDATE users SET name = '=HYPERLINK(evil)'");
    let path = format!("/api/v1/workspaces/{}/audit", eve.workspace);
    let csv = eve.browser.get(&path).await.text().await.expect("text");
    assert!(csv.contains(",\"'=HYPERLINK(evil)\","), "{csv}");
    assert!(!csv.contains(",=") && !csv.contains(",\"="), "{csv}");
}
