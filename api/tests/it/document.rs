//! Files over HTTP: in, out, and what stands in the way.

use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    program::Program,
    support::{Browser, Person, Stack},
};

const BRIEF: &[u8] = b"%PDF-1.4 a brief, as far as anybody here looks";

async fn project(person: &Person) -> String {
    let input = json!({ "workspaceId": person.workspace, "name": "Second shop" });
    let made = person
        .browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
        .await;
    made["project"]["id"].as_str().expect("an id").to_owned()
}

async fn send(browser: &Browser, workspace: &str, query: &str, bytes: Vec<u8>) -> Response {
    let path = format!("/api/v1/workspaces/{workspace}/documents?{query}");
    let request = browser.request(Method::POST, &path).body(bytes);
    request.send().await.expect("an answer")
}

async fn kept(person: &Person, query: &str) -> Value {
    let answer = send(&person.browser, &person.workspace, query, BRIEF.to_vec()).await;
    assert_eq!(answer.status(), StatusCode::CREATED, "{:?}", answer.text().await);
    answer.json().await.expect("JSON")
}

const DOCUMENT: &str = "query($id: ID!) { document(id: $id) { title kind state reason fileName mediaType size text \
    downloadPath deletedAt project { name } } }";

#[tokio::test]
async fn a_file_comes_in_with_its_project_and_job_and_goes_out_as_an_attachment() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let made = kept(
        &ada,
        "fileName=Caf%C3%A9_brief.pdf&newProjectName=Second%20shop&newClientName=Fennel&useCase=PLAN&today=2026-03-04",
    )
    .await;
    assert_eq!(made["job"]["state"], "QUEUED", "{made}");
    let id = &made["document"]["id"];
    let found = ada.browser.gql(DOCUMENT, json!({ "id": id })).await;
    let path = format!(
        "/api/v1/workspaces/{}/documents/{}/file",
        ada.workspace,
        id.as_str().expect("an id")
    );
    assert_eq!(
        found["document"],
        json!({
            "title": "Café brief", "kind": "FILE", "state": "READING", "reason": null, "fileName": "Café_brief.pdf",
            "mediaType": "application/pdf", "size": BRIEF.len(), "text": "", "downloadPath": path, "deletedAt": null,
            "project": { "name": "Second shop" },
        })
    );
    let file = ada.browser.get(&path).await;
    assert_eq!(file.status(), StatusCode::OK);
    let said = |name: header::HeaderName| file.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(said(header::CONTENT_TYPE), "application/pdf");
    assert_eq!(said(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(said(header::CONTENT_DISPOSITION).starts_with("attachment; filename=\"Caf"));
    assert!(said(header::CACHE_CONTROL).contains("no-store"));
    assert_eq!(file.bytes().await.expect("bytes"), BRIEF);
    let part = ada
        .browser
        .request(Method::GET, &path)
        .header(header::RANGE, "bytes=1-3");
    let part = part.send().await.expect("an answer");
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        part.headers()[header::CONTENT_RANGE].to_str().expect("text"),
        format!("bytes 1-3/{}", BRIEF.len())
    );
    assert_eq!(part.bytes().await.expect("bytes").as_ref(), b"PDF");
    let beyond = ada
        .browser
        .request(Method::GET, &path)
        .header(header::RANGE, "bytes=999-");
    let beyond = beyond.send().await.expect("an answer");
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
}

#[tokio::test]
async fn a_deleted_file_is_not_handed_out_until_it_is_restored() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let project = project(&ada).await;
    let made = kept(&ada, &format!("fileName=a.pdf&projectId={project}")).await;
    assert_eq!(made["job"], Value::Null);
    let id = made["document"]["id"].clone();
    let list = "query($id: ID!) { project(id: $id) { documents(first: 5) { totalCount } } }";
    let count = async || {
        ada.browser.gql(list, json!({ "id": project })).await["project"]["documents"]["totalCount"].clone()
    };
    let path = format!(
        "/api/v1/workspaces/{}/documents/{}/file",
        ada.workspace,
        id.as_str().expect("an id")
    );
    assert_eq!(count().await, 1);
    let stale = json!({ "id": id, "expectedVersion": 7 });
    let answer = ada
        .browser
        .try_mutate("documentDelete", "NodeVersionInput", "document { id }", stale)
        .await;
    assert_eq!(answer["userErrors"][0]["code"], "CONFLICT", "{answer}");
    let input = json!({ "id": id });
    ada.browser
        .mutate(
            "documentDelete",
            "NodeVersionInput",
            "document { id }",
            input.clone(),
        )
        .await;
    assert_eq!(count().await, 0);
    assert_eq!(ada.browser.get(&path).await.status(), StatusCode::NOT_FOUND);
    let start = json!({ "documentId": id, "useCase": "PLAN" });
    let answer = ada
        .browser
        .try_mutate("jobStart", "JobStartInput", "job { id }", start.clone())
        .await;
    assert_eq!(answer["userErrors"][0]["code"], "NOT_FOUND", "{answer}");
    ada.browser
        .mutate("documentRestore", "NodeVersionInput", "document { id }", input)
        .await;
    assert_eq!(
        (count().await, ada.browser.get(&path).await.status()),
        (json!(1), StatusCode::OK)
    );
    let answer = ada
        .browser
        .mutate("jobStart", "JobStartInput", "job { id }", start.clone())
        .await;
    assert!(answer["job"]["id"].is_string(), "{answer}");
    let answer = ada
        .browser
        .try_mutate("jobStart", "JobStartInput", "job { id }", start)
        .await;
    assert_eq!(answer["userErrors"][0]["code"], "INVALID_STATE", "{answer}");
}

#[tokio::test]
async fn what_cannot_be_taken_says_why() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let project = project(&ada).await;
    let query = format!("fileName=a.pdf&projectId={project}");
    for (query, bytes, status, says) in [
        (query.clone(), b"\x89PNG\r\n".to_vec(), 422, "picture"),
        (query.clone(), Vec::new(), 422, "empty"),
        (query.clone(), vec![b'a'; 10 * 1024 * 1024 + 1], 413, "10 MiB"),
        (
            "fileName=a.pdf".to_owned(),
            BRIEF.to_vec(),
            422,
            "Choose a project",
        ),
        (
            "fileName=a.pdf&projectId=nonsense".to_owned(),
            BRIEF.to_vec(),
            422,
            "does not exist",
        ),
        (
            format!("{query}&useCase=GUESS"),
            BRIEF.to_vec(),
            400,
            "useCase cannot be read",
        ),
        (
            format!("{query}&surprise=1"),
            BRIEF.to_vec(),
            400,
            "This takes the parameters",
        ),
        (String::new(), BRIEF.to_vec(), 400, "fileName cannot be read"),
    ] {
        let answer = send(&ada.browser, &ada.workspace, &query, bytes).await;
        assert_eq!(answer.status().as_u16(), status, "{query}");
        let problem: Value = answer.json().await.expect("a problem");
        assert!(
            problem["detail"].as_str().expect("a text").contains(says),
            "{problem}"
        );
    }
    // The name says one thing, the bytes another: the bytes count.
    let made = kept(&ada, &format!("fileName=page.html&projectId={project}")).await;
    assert_eq!(made["document"]["mediaType"], "application/pdf");
}

#[tokio::test]
async fn a_program_needs_the_scopes_for_what_it_does() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let project = project(&ada).await;
    let path = format!(
        "/api/v1/workspaces/{}/documents?fileName=a.pdf&projectId={project}",
        ada.workspace
    );
    let writer = Program::with(&stack, &ada.browser, None, &["DOCUMENTS_WRITE"]).await;
    let reader = Program::with(&stack, &ada.browser, None, &["DOCUMENTS_READ"]).await;
    let post = async |program: &Program, path: &str| {
        let request = program
            .http
            .post(format!("{}{path}", stack.base))
            .bearer_auth(&program.token);
        request.body(BRIEF.to_vec()).send().await.expect("an answer")
    };
    assert_eq!(post(&reader, &path).await.status(), StatusCode::FORBIDDEN);
    let more = format!("{path}&useCase=PLAN");
    assert_eq!(post(&writer, &more).await.status(), StatusCode::FORBIDDEN);
    let made = post(&writer, &path).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Value = made.json().await.expect("JSON");
    let file = format!(
        "/api/v1/workspaces/{}/documents/{}/file",
        ada.workspace,
        made["document"]["id"].as_str().expect("an id")
    );
    let get = async |program: &Program| {
        let request = program
            .http
            .get(format!("{}{file}", stack.base))
            .bearer_auth(&program.token);
        request.send().await.expect("an answer").status()
    };
    assert_eq!(get(&reader).await, StatusCode::OK);
    let other = Program::with(&stack, &ada.browser, None, &["TASKS_READ"]).await;
    assert_eq!(get(&other).await, StatusCode::FORBIDDEN);
}
