//! REST: every operation of the description, crossed with the same people as GraphQL's fields.
//!
//! Operations are taken from `/openapi.json`, with what they need: a new one is tried here without a line of its
//! own, and fails until its path's parts are among the victim's things.

use std::collections::BTreeMap;

use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Map, Value, json};
use smartstack_api::http::rest;
use smartstack_schema::{AnyId, TokenScope};

use super::world::{Things, dump, furnish};
use crate::{
    program::Program,
    support::{Browser, Stack},
};

/// An operation of the description.
pub(super) struct Operation {
    pub(super) path: String,
    pub(super) method: Method,
    scopes: Vec<String>,
    /// Parameters of the query that must be there.
    query: Vec<String>,
    body: Option<Body>,
}

enum Body {
    Json(Value),
    Bytes,
}

impl Operation {
    /// Whether a person or token is asked for at all.
    pub(super) fn is_closed(&self) -> bool {
        !self.scopes.is_empty()
    }

    /// Whether it is about one workspace, and not about all of the caller's.
    fn is_of_one(&self) -> bool {
        self.path.contains("{workspace}")
    }

    /// Its address, about these things, in this workspace.
    fn address(&self, things: &Things, workspace: &str) -> String {
        let parts = self.path.split('/').map(|part| match part.strip_prefix('{') {
            None => part.to_owned(),
            Some("workspace}") => workspace.to_owned(),
            Some(name) => things[name.trim_end_matches('}')].clone(),
        });
        let query =
            self.query.iter().map(
                |name| match name.strip_suffix("Id").and_then(|kind| things.get(kind)) {
                    Some(id) => format!("{name}={id}"),
                    None => format!("{name}=planted.txt"),
                },
            );
        let query = query.collect::<Vec<_>>().join("&");
        format!("{}?{query}", parts.collect::<Vec<_>>().join("/"))
    }

    /// Sends it as a page of ours would.
    async fn by_page(&self, browser: &Browser, things: &Things, workspace: &str) -> Response {
        let request = browser.request(self.method.clone(), &self.address(things, workspace));
        browser.send(self.fill(request, things)).await
    }

    async fn by_program(
        &self,
        program: &Program,
        stack: &Stack,
        things: &Things,
        workspace: &str,
    ) -> Response {
        let url = format!("{}{}", stack.base, self.address(things, workspace));
        let request = program.http.request(self.method.clone(), url);
        let request = request.bearer_auth(&program.token);
        self.fill(request, things).send().await.expect("an answer")
    }

    fn fill(&self, request: reqwest::RequestBuilder, things: &Things) -> reqwest::RequestBuilder {
        match &self.body {
            None => request,
            Some(Body::Bytes) => request.body("Planted"),
            Some(Body::Json(schema)) => request.json(&example(schema, "", things)),
        }
    }
}

/// Every operation there is.
pub(super) fn operations() -> Vec<Operation> {
    let document = rest::document();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let content = &operation["requestBody"]["content"];
            let schema = &content["application/json"]["schema"];
            let body = match content.as_object() {
                None => None,
                Some(_) if schema.is_null() => Some(Body::Bytes),
                Some(_) => Some(Body::Json(resolve(&document, schema))),
            };
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let query = parameters.filter(|one| one["in"] == "query" && one["required"] == true);
            let scopes = operation["x-scopes"].as_array().into_iter().flatten();
            operations.push(Operation {
                path: path.clone(),
                method: method.to_uppercase().parse().expect("a method"),
                scopes: scopes
                    .map(|scope| scope.as_str().expect("a name").to_owned())
                    .collect(),
                query: query
                    .map(|one| one["name"].as_str().expect("a name").to_owned())
                    .collect(),
                body,
            });
        }
    }
    operations
}

/// A schema with everything it refers to in place.
fn resolve(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let found = document.pointer(reference.trim_start_matches('#'));
        return resolve(document, found.expect("a schema"));
    }
    if let Some(first) = schema["allOf"].get(0) {
        return resolve(document, first);
    }
    let mut schema = schema.clone();
    for (_, property) in schema["properties"].as_object_mut().into_iter().flatten() {
        *property = resolve(document, property);
    }
    if !schema["items"].is_null() {
        schema["items"] = resolve(document, &schema["items"]);
    }
    schema
}

/// A value of a schema, with all that must be there.
fn example(schema: &Value, name: &str, things: &Things) -> Value {
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten();
            let fields = required.map(|name| {
                let name = name.as_str().expect("a name");
                (
                    name.to_owned(),
                    example(&schema["properties"][name], name, things),
                )
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Some("array") => json!([example(&schema["items"], name, things)]),
        Some("boolean") => json!(true),
        Some("integer" | "number") => json!(1),
        _ => match name.strip_suffix("Id").and_then(|kind| things.get(kind)) {
            Some(id) => json!(id),
            None if schema["format"] == "date" => json!("2027-01-01"),
            None if name == "url" => json!("https://hooks.example.com/planted"),
            None => json!("Planted"),
        },
    }
}

#[tokio::test]
async fn every_operation_is_shut_to_strangers() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.person("Ada").await, stack.person("Eve").await);
    let (things, own) = (furnish(&ada).await, furnish(&eve).await);
    let nobody = stack.browser();
    let before = dump(&stack, &ada.workspace);
    let closed: Vec<Operation> = operations().into_iter().filter(Operation::is_closed).collect();
    assert!(!closed.is_empty());
    for operation in &closed {
        let name = format!("{} {}", operation.method, operation.path);
        let answer = operation.by_page(&nobody, &things, &ada.workspace).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{name}");
        let answer = operation.by_page(&eve.browser, &things, &ada.workspace).await;
        if operation.is_of_one() {
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
        } else {
            let text = answer.text().await.expect("a text");
            assert!(
                text.contains(&eve.workspace) && !text.contains(&ada.workspace),
                "{name}: {text}"
            );
        }
        // The victim's things, asked for in a workspace of one's own.
        if operation.address(&things, &eve.workspace) != operation.address(&own, &eve.workspace) {
            let answer = operation.by_page(&eve.browser, &things, &eve.workspace).await;
            let status = answer.status();
            let text = answer.text().await.expect("a text");
            let is_empty_list = operation.method == Method::GET && text.contains("\"items\":[]");
            let is_shut =
                is_empty_list || matches!(status, StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY);
            assert!(is_shut, "{name}: {status} {text}");
            assert!(!text.contains("Victim's"), "{name}: {text}");
        }
        let forged = ada.browser.bare(
            operation.method.clone(),
            &operation.address(&things, &ada.workspace),
        );
        let forged = forged.header(header::ORIGIN, "https://evil.example.com");
        let answer = operation.fill(forged, &things).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}");
        let guess = nobody.bare(
            operation.method.clone(),
            &operation.address(&things, &ada.workspace),
        );
        let answer = operation
            .fill(guess.bearer_auth("ss_pat_guess"), &things)
            .send()
            .await;
        assert_eq!(
            answer.expect("an answer").status(),
            StatusCode::UNAUTHORIZED,
            "{name}"
        );
        assert_eq!(
            dump(&stack, &ada.workspace),
            before,
            "{name} changed the victim's workspace"
        );
    }
}

#[tokio::test]
async fn a_reader_changes_nothing() {
    let stack = Stack::start().await;
    let (owner, viewer) = (stack.person("Owner").await, stack.person("Viewer").await);
    let things = furnish(&owner).await;
    let uuid = |id: &str| id.parse::<AnyId>().expect("an id").uuid();
    let (workspace, user) = (uuid(&owner.workspace), uuid(&viewer.user));
    stack.sql(&format!("DELETE FROM memberships WHERE user_id = '{user}'"));
    stack.sql(&format!(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ('{workspace}', '{user}', 'VIEWER', now())"
    ));
    let before = dump(&stack, &owner.workspace);
    for operation in operations().into_iter().filter(Operation::is_closed) {
        let name = format!("{} {}", operation.method, operation.path);
        let answer = operation
            .by_page(&viewer.browser, &things, &owner.workspace)
            .await;
        let status = answer.status();
        if operation.method == Method::GET {
            let is_owners = operation.path.ends_with("/export") || operation.path.ends_with("/invitations");
            let is_answered = status.is_success() || operation.scopes == ["webhooks:read"];
            assert!(
                is_answered || is_owners || operation.path.ends_with("/file"),
                "{name}: {status}"
            );
            assert!(!is_owners || status == StatusCode::FORBIDDEN, "{name}: {status}");
        } else {
            assert_eq!(status, StatusCode::FORBIDDEN, "{name}");
        }
    }
    assert_eq!(dump(&stack, &owner.workspace), before);
}

#[tokio::test]
async fn a_token_gets_what_its_scopes_say() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let things = furnish(&ada).await;
    let input = json!({ "name": "Another" });
    let made = ada
        .browser
        .mutate(
            "workspaceCreate",
            "WorkspaceCreateInput",
            "workspace { id }",
            input,
        )
        .await;
    let another = made["workspace"]["id"].as_str().expect("an id");
    let all: Vec<&str> = TokenScope::ALL.iter().map(|scope| scope.as_str()).collect();
    let of_another = Program::with(&stack, &ada.browser, Some(another), &all).await;
    let closed: Vec<Operation> = operations().into_iter().filter(Operation::is_closed).collect();
    // Good for everything but one of the scopes that operations take.
    let mut programs: BTreeMap<&str, Program> = BTreeMap::new();
    for lacking in closed.iter().flat_map(|operation| &operation.scopes) {
        if programs.contains_key(lacking.as_str()) {
            continue;
        }
        let noun = lacking.split(':').next().expect("a noun");
        let others: Vec<&str> = TokenScope::ALL
            .iter()
            .filter(|scope| scope.name() != *lacking)
            .filter(|scope| lacking.ends_with("write") || !scope.name().starts_with(noun))
            .map(|scope| scope.as_str())
            .collect();
        let program = Program::with(&stack, &ada.browser, None, &others).await;
        programs.insert(lacking, program);
    }
    // Making them stands in the workspace's audit log.
    let before = dump(&stack, &ada.workspace);
    for operation in &closed {
        let name = format!("{} {}", operation.method, operation.path);
        for lacking in &operation.scopes {
            let program = &programs[lacking.as_str()];
            let answer = operation
                .by_program(program, &stack, &things, &ada.workspace)
                .await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name} without {lacking}");
            let problem: Value = answer.json().await.expect("a problem");
            assert!(
                problem["detail"]
                    .as_str()
                    .expect("a text")
                    .contains(lacking.as_str()),
                "{problem}"
            );
        }
        let answer = operation
            .by_program(&of_another, &stack, &things, &ada.workspace)
            .await;
        if operation.is_of_one() {
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
        } else {
            let text = answer.text().await.expect("a text");
            assert!(!text.contains(&ada.workspace), "{name}: {text}");
        }
    }
    assert_eq!(dump(&stack, &ada.workspace), before);
}
