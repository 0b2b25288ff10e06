//! Clients and tasks as CSV over HTTP.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    program::Program,
    support::{Person, Stack},
};

async fn client(person: &Person, name: &str) -> Value {
    let input = json!({ "workspaceId": person.workspace, "name": name });
    let made = person
        .browser
        .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
        .await;
    made["client"]["id"].clone()
}

async fn send(person: &Person, sheet: &str, query: &str, file: &str) -> (StatusCode, Value) {
    let path = format!("/api/v1/workspaces/{}/import/{sheet}?{query}", person.workspace);
    let request = person.browser.request(Method::POST, &path).body(file.to_owned());
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn clients_go_out_and_come_in_as_was_seen() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let acme = client(&ada, "=Acme").await;
    for at in 0..120 {
        client(&ada, &format!("Client {at:03}")).await;
    }
    let path = format!("/api/v1/workspaces/{}/export/clients.csv", ada.workspace);
    let answer = ada.browser.get(&path).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let said = |name: header::HeaderName| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(said(header::CONTENT_TYPE), "text/csv; charset=utf-8");
    assert!(said(header::CONTENT_DISPOSITION).starts_with("attachment; filename=\"clients-20"));
    let file = answer.text().await.expect("text");
    assert_eq!(file.lines().count(), 122, "more than one page");
    assert!(
        file.contains(&format!("{},'=Acme,company", acme.as_str().expect("an id"))),
        "{file}"
    );
    let (status, plan) = send(&ada, "clients.csv", "dryRun=true", &file).await;
    assert_eq!(
        (status, &plan["unchanged"]),
        (StatusCode::OK, &json!(121)),
        "{plan}"
    );
    let changed = file.replace("'=Acme,company", "Acme,person") + ",New one,,,,,,,\r\n";
    let (_, plan) = send(&ada, "clients.csv", "dryRun=true", &changed).await;
    assert_eq!(
        (&plan["new"], &plan["changed"], &plan["wrong"]),
        (&json!(1), &json!(1), &json!(0)),
        "{plan}"
    );
    let line = plan["lines"]
        .as_array()
        .and_then(|lines| lines.iter().find(|line| line["outcome"] == "CHANGED"));
    let line = line.expect("a changed line");
    assert_eq!((&line["id"], &line["label"]), (&acme, &json!("Acme")));
    assert_eq!(
        line["changes"],
        json!([
            { "field": "name", "before": "=Acme", "after": "Acme" },
            { "field": "kind", "before": "company", "after": "person" },
        ])
    );
    let hash = plan["hash"].as_str().expect("a hash");
    let (status, refused) = send(&ada, "clients.csv", "hash=other", &changed).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::CONFLICT, &json!("CONFLICT")),
        "{refused}"
    );
    let query = format!("hash={hash}&idempotencyKey=once");
    let (status, done) = send(&ada, "clients.csv", &query, &changed).await;
    assert_eq!((status, &done["lines"]), (StatusCode::OK, &plan["lines"]));
    let (status, again) = send(&ada, "clients.csv", &query, &changed).await;
    assert_eq!(
        (status, &again["isRepeated"]),
        (StatusCode::OK, &json!(true)),
        "{again}"
    );
    // The key may be in its header, as everywhere in REST.
    let path = format!(
        "/api/v1/workspaces/{}/import/clients.csv?hash={hash}",
        ada.workspace
    );
    for (key, status, is_repeated) in [
        ("once", StatusCode::OK, json!(true)),
        ("another", StatusCode::CONFLICT, Value::Null),
    ] {
        let request = ada.browser.request(Method::POST, &path).body(changed.clone());
        let answer = request
            .header("idempotency-key", key)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), status, "{key}");
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["isRepeated"], is_repeated, "{key}: {answer}");
    }
    let count = "query($id: ID!) { workspace(id: $id) { clients(first: 1) { totalCount } } }";
    let found = ada.browser.gql(count, json!({ "id": ada.workspace })).await;
    assert_eq!(found["workspace"]["clients"]["totalCount"], 122);
}

#[tokio::test]
async fn what_is_wrong_is_said_by_line_and_nothing_is_done() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let (status, plan) = send(&ada, "tasks.csv", "dryRun=true", "project,title\nNowhere,x\n").await;
    assert_eq!((status, &plan["wrong"]), (StatusCode::OK, &json!(1)), "{plan}");
    assert_eq!(plan["lines"][0]["line"], 2);
    assert_eq!(plan["lines"][0]["errors"][0]["field"], "project");
    let query = format!("hash={}", plan["hash"].as_str().expect("a hash"));
    let (status, _) = send(&ada, "tasks.csv", &query, "project,title\nNowhere,x\n").await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, refused) = send(&ada, "tasks.csv", "dryRun=true", "what,is,this\n").await;
    assert_eq!(
        (status, &refused["errors"][0]["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("file"))
    );
    for (query, refused) in [
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        ("dryRun=true&hash=x", StatusCode::UNPROCESSABLE_ENTITY),
        ("dryRun=maybe", StatusCode::BAD_REQUEST),
        ("other=1", StatusCode::BAD_REQUEST),
    ] {
        let (status, problem) = send(&ada, "tasks.csv", query, "title\n").await;
        assert_eq!(status, refused, "{query}: {problem}");
        assert!(problem["errors"][0]["field"].is_string(), "{query}: {problem}");
    }
    let (status, _) = send(&ada, "deals.csv", "dryRun=true", "title\n").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let large = "x".repeat(5 * 1024 * 1024 + 1);
    let (status, _) = send(&ada, "tasks.csv", "dryRun=true", &large).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_sheet_needs_the_scopes_of_what_is_in_it() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let address = |rest: &str| format!("{}/api/v1/workspaces/{}/{rest}", stack.base, ada.workspace);
    for (scopes, sheet, status) in [
        (&["CLIENTS_READ"][..], "clients.csv", StatusCode::OK),
        (&["CLIENTS_READ"], "tasks.csv", StatusCode::FORBIDDEN),
        (
            &["TASKS_READ", "PROJECTS_READ"],
            "tasks.csv",
            StatusCode::FORBIDDEN,
        ),
        (
            &["TASKS_READ", "PROJECTS_READ", "MEMBERS_READ"],
            "tasks.csv",
            StatusCode::OK,
        ),
    ] {
        let program = Program::with(&stack, &ada.browser, None, scopes).await;
        let get = program
            .http
            .get(address(&format!("export/{sheet}")))
            .bearer_auth(&program.token);
        assert_eq!(
            get.send().await.expect("an answer").status(),
            status,
            "{scopes:?} {sheet}"
        );
        let post = program
            .http
            .post(address(&format!("import/{sheet}?dryRun=true")))
            .bearer_auth(&program.token);
        let answer = post.body("title\n").send().await.expect("an answer");
        assert_eq!(
            answer.status(),
            StatusCode::FORBIDDEN,
            "{scopes:?} {sheet}: reading writes nothing"
        );
    }
}
