//! A workspace over HTTP: out as one file, and into another.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    program::Program,
    support::{Browser, Person, Stack},
};

/// Scopes that read all there is in a workspace.
const READ: [&str; 9] = [
    "WORKSPACE_READ",
    "MEMBERS_READ",
    "CLIENTS_READ",
    "PROJECTS_READ",
    "TASKS_READ",
    "DOCUMENTS_READ",
    "JOBS_READ",
    "SUGGESTIONS_READ",
    "SHARES_READ",
];

async fn furnished(stack: &Stack) -> Person {
    let ada = stack.person("Ada").await;
    let input = json!({ "workspaceId": ada.workspace, "name": "Walnut" });
    let project = ada
        .browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
        .await;
    let id = project["project"]["id"].as_str().expect("an id");
    let input = json!({ "projectId": id, "title": "Plane the boards", "assigneeId": ada.user });
    ada.browser
        .mutate("taskCreate", "TaskCreateInput", "task { id }", input)
        .await;
    let path = format!(
        "/api/v1/workspaces/{}/documents?fileName=notes.txt&projectId={id}",
        ada.workspace
    );
    let kept = ada
        .browser
        .request(Method::POST, &path)
        .body("Oak, not pine.")
        .send()
        .await;
    assert_eq!(kept.expect("an answer").status(), StatusCode::CREATED);
    ada
}

async fn export(browser: &Browser, workspace: &str) -> Vec<u8> {
    let answer = browser
        .get(&format!("/api/v1/workspaces/{workspace}/export"))
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let said = |name: header::HeaderName| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(said(header::CONTENT_TYPE), "application/zip");
    assert_eq!(said(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(said(header::CACHE_CONTROL).contains("no-store"));
    assert!(said(header::HeaderName::from_static("ratelimit")).starts_with("\"minute\";r="));
    let name = said(header::CONTENT_DISPOSITION);
    assert!(
        name.starts_with("attachment; filename=\"smartstack-20") && name.ends_with(".zip\""),
        "{name}"
    );
    answer.bytes().await.expect("a whole export").to_vec()
}

async fn import(browser: &Browser, workspace: &str, query: &str, bytes: &[u8]) -> (StatusCode, Value) {
    let path = format!("/api/v1/workspaces/{workspace}/import{query}");
    let request = browser.request(Method::POST, &path).body(bytes.to_vec());
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_workspace_goes_from_one_server_to_another() {
    let here = Stack::start().await;
    let there = Stack::start().await;
    let (ada, new) = (furnished(&here).await, there.person("Ada").await);
    let bytes = export(&ada.browser, &ada.workspace).await;
    let (status, seen) = import(&new.browser, &new.workspace, "?dryRun=true", &bytes).await;
    assert_eq!(status, StatusCode::OK, "{seen}");
    assert_eq!(
        (
            &seen["rows"]["tasks"],
            &seen["rows"]["projects"],
            &seen["files"],
            &seen["fileBytes"]
        ),
        (&json!(1), &json!(1), &json!(1), &json!(14))
    );
    assert_eq!(
        seen["people"],
        json!([{ "name": "Ada", "email": "ada@example.com", "role": "OWNER", "isMember": true }])
    );
    let tasks = "query($id: ID!) { workspace(id: $id) { name tasks(first: 5) { nodes { id title assignee { id } } } } }";
    let before = new.browser.gql(tasks, json!({ "id": new.workspace })).await;
    assert_eq!(before["workspace"]["tasks"]["nodes"], json!([]));
    let other = format!("?sha256={}", "0".repeat(64));
    let (status, refused) = import(&new.browser, &new.workspace, &other, &bytes).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::CONFLICT, &json!("CONFLICT")),
        "{refused}"
    );
    let seen_before = format!("?sha256={}", seen["sha256"].as_str().expect("a hash"));
    let (status, done) = import(&new.browser, &new.workspace, &seen_before, &bytes).await;
    assert_eq!(status, StatusCode::CREATED, "{done}");
    assert_eq!(done, seen);
    let old = ada.browser.gql(tasks, json!({ "id": ada.workspace })).await;
    let now = new.browser.gql(tasks, json!({ "id": new.workspace })).await;
    let of = |answer: &Value| answer["workspace"]["tasks"]["nodes"][0].clone();
    assert_eq!(of(&now)["id"], of(&old)["id"]);
    assert_eq!(of(&now)["assignee"]["id"], json!(new.user));
    assert_eq!(now["workspace"]["name"], old["workspace"]["name"]);
    // Its file came along, and is read out of this server's own store.
    let list = "query($id: ID!) { node(id: $id) { ... on Task { project { documents(first: 1) { nodes { downloadPath } } } } } }";
    let found = new.browser.gql(list, json!({ "id": of(&now)["id"] })).await;
    let path = found["node"]["project"]["documents"]["nodes"][0]["downloadPath"]
        .as_str()
        .expect("a path");
    assert!(path.contains(&new.workspace), "{path}");
    assert_eq!(
        new.browser.get(path).await.text().await.expect("text"),
        "Oak, not pine."
    );
    // It is full now, and the ids are taken in the other workspace that is not.
    let (status, refused) = import(&new.browser, &new.workspace, "", &bytes).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        refused["detail"].as_str().expect("a text").contains("not empty"),
        "{refused}"
    );
    let bob = there.person("Bob").await;
    let (status, refused) = import(&bob.browser, &bob.workspace, "", &bytes).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        refused["detail"]
            .as_str()
            .expect("a text")
            .contains("in use already"),
        "{refused}"
    );
    let log = "query($id: ID!) { workspace(id: $id) { auditEvents(filter: { action: \"workspace\" }, first: 5) { nodes {
        action actor { name } address } } } }";
    let log = new.browser.gql(log, json!({ "id": new.workspace })).await;
    let event = &log["workspace"]["auditEvents"]["nodes"][0];
    assert_eq!(
        (&event["action"], &event["actor"]["name"]),
        (&json!("workspace.import"), &json!("Ada"))
    );
    assert_eq!(event["address"], "127.0.0.1");
}

#[tokio::test]
async fn what_is_no_export_is_refused_with_a_reason() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    for (body, said) in [
        (&b""[..], "no whole ZIP"),
        (&b"PK\x03\x04 and no more"[..], "no whole ZIP"),
    ] {
        let (status, refused) = import(&ada.browser, &ada.workspace, "?dryRun=true", body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused["errors"][0]["field"], "file", "{refused}");
        assert!(
            refused["detail"].as_str().expect("a text").contains(said),
            "{refused}"
        );
    }
    let (status, refused) = import(&ada.browser, &ada.workspace, "?dry=true", b"").await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::BAD_REQUEST, &json!("BAD_USER_INPUT"))
    );
}

#[tokio::test]
async fn only_owners_and_tokens_that_may_read_it_all() {
    let stack = Stack::start().await;
    let ada = furnished(&stack).await;
    let path = format!("/api/v1/workspaces/{}/export", ada.workspace);
    let ask = async |scopes: &[&str]| {
        let program = Program::with(&stack, &ada.browser, None, scopes).await;
        let request = program
            .http
            .get(format!("{}{path}", stack.base))
            .bearer_auth(&program.token);
        request.send().await.expect("an answer")
    };
    let lacking = ask(&READ[..8]).await;
    assert_eq!(lacking.status(), StatusCode::FORBIDDEN);
    let text = lacking.text().await.expect("text");
    assert!(
        text.contains("shares:read") && !text.contains("tasks:read"),
        "{text}"
    );
    let whole = ask(&READ).await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert!(whole.bytes().await.expect("bytes").starts_with(b"PK"));
    // Reading is not enough to fill a workspace.
    let program = Program::with(&stack, &ada.browser, None, &READ).await;
    let address = format!("{}/api/v1/workspaces/{}/import", stack.base, ada.workspace);
    let answer = program
        .http
        .post(address)
        .bearer_auth(&program.token)
        .body("x")
        .send()
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(answer.text().await.expect("text").contains("tasks:write"));
    let bob = stack.person("Bob").await;
    let workspace: smartstack_schema::WorkspaceId = ada.workspace.parse().expect("an id");
    let member: smartstack_schema::UserId = bob.user.parse().expect("an id");
    stack.sql(&format!(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ('{}', '{}', 'MEMBER', now())",
        workspace.uuid(),
        member.uuid()
    ));
    assert_eq!(bob.browser.get(&path).await.status(), StatusCode::FORBIDDEN);
    let (status, refused) = import(&bob.browser, &ada.workspace, "", b"x").await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::FORBIDDEN, &json!("FORBIDDEN"))
    );
    for method in [Method::POST, Method::DELETE] {
        let answer = ada.browser.send(ada.browser.request(method, &path)).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn a_place_is_given_back_when_an_export_is_over() {
    let stack = Stack::start().await;
    let ada = furnished(&stack).await;
    // More than go at once.
    for _ in 0..5 {
        assert!(export(&ada.browser, &ada.workspace).await.starts_with(b"PK"));
    }
}
