//! REST v1 over HTTP: the form of answers and problems, repeated requests, lost races, limits.

use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    program::Program,
    support::{Person, Stack},
};

/// Sends a request with a token.
pub(crate) struct Caller<'a> {
    program: Program,
    stack: &'a Stack,
    workspace: String,
}

impl<'a> Caller<'a> {
    pub(crate) async fn of(stack: &'a Stack, person: &Person, scopes: &[&str]) -> Self {
        Self {
            program: Program::with(stack, &person.browser, None, scopes).await,
            stack,
            workspace: person.workspace.clone(),
        }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: Option<Value>,
    ) -> Response {
        let path = match path.strip_prefix('/') {
            Some(_) => path.to_owned(),
            None => format!("/api/v1/workspaces/{}/{path}", self.workspace),
        };
        let request = self
            .program
            .http
            .request(method, format!("{}{path}", self.stack.base));
        let mut request = request.bearer_auth(&self.program.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.expect("an answer")
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.send(Method::GET, path, &[], None).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("JSON")
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.send(Method::POST, path, &[], Some(body)).await;
        let status = answer.status();
        let body: Value = answer.json().await.expect("JSON");
        assert!(status.is_success(), "{path}: {status} {body}");
        body
    }
}

fn text(answer: &Response, name: impl AsRef<str>) -> &str {
    let name = name.as_ref();
    let value = answer.headers().get(name);
    value
        .unwrap_or_else(|| panic!("{name} is there"))
        .to_str()
        .expect("a text")
}

/// A problem in the form all have, with this status.
async fn problem(answer: Response, status: StatusCode) -> Value {
    assert_eq!(text(&answer, header::CONTENT_TYPE), "application/problem+json");
    let id = text(&answer, header::HeaderName::from_static("x-request-id")).to_owned();
    let is = answer.status();
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(is, status, "{body}");
    assert_eq!(body["status"], status.as_u16());
    assert_eq!(body["requestId"], id);
    body
}

#[tokio::test]
async fn a_client_is_made_read_changed_and_archived() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let caller = Caller::of(&stack, &ada, &["CLIENTS_WRITE", "WORKSPACE_READ"]).await;
    let workspaces = caller.get("/api/v1/workspaces").await;
    let own = &workspaces["items"][0];
    assert_eq!(
        (&own["id"], &own["role"]),
        (&json!(ada.workspace), &json!("OWNER"))
    );
    let body = json!({ "name": "  Acme ", "email": "hello@acme.example", "kind": "PERSON" });
    let answer = caller.send(Method::POST, "clients", &[], Some(body)).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(text(&answer, header::ETAG), "\"1\"");
    let location = text(&answer, header::LOCATION).to_owned();
    let made: Value = answer.json().await.expect("JSON");
    assert_eq!(made["name"], "Acme");
    assert_eq!(made["phone"], Value::Null);
    assert_eq!(
        location,
        format!(
            "/api/v1/workspaces/{}/clients/{}",
            ada.workspace,
            made["id"].as_str().expect("an id")
        )
    );
    assert_eq!(caller.get(&location).await, made);

    let change = json!({ "email": null, "name": "Acme & Co" });
    let answer = caller
        .send(
            Method::PATCH,
            &location,
            &[("if-match", "\"1\"")],
            Some(change.clone()),
        )
        .await;
    assert_eq!(
        (answer.status(), text(&answer, header::ETAG)),
        (StatusCode::OK, "\"2\"")
    );
    let changed: Value = answer.json().await.expect("JSON");
    assert_eq!(
        (&changed["name"], &changed["email"], &changed["kind"]),
        (&json!("Acme & Co"), &Value::Null, &json!("PERSON"))
    );
    let lost = caller
        .send(
            Method::PATCH,
            &location,
            &[("if-match", "\"1\"")],
            Some(json!({ "name": "Lost" })),
        )
        .await;
    let lost = problem(lost, StatusCode::PRECONDITION_FAILED).await;
    assert_eq!(lost["code"], "CONFLICT");
    let bad = caller
        .send(Method::PATCH, &location, &[("if-match", "1")], Some(change))
        .await;
    problem(bad, StatusCode::PRECONDITION_FAILED).await;

    let archived = caller
        .post(&format!("{location}/archive"), json!({ "archived": true }))
        .await;
    assert!(archived["archivedAt"].is_string());
    assert_eq!(caller.get("clients?archived=false").await["items"], json!([]));
    let found = caller.get("clients?archived=true&search=acme").await;
    assert_eq!(found["items"][0]["id"], made["id"]);
    // The same rules as GraphQL's, and the same thing.
    let query = "query($id: ID!) { client(id: $id) { name version } }";
    let seen = ada.browser.gql(query, json!({ "id": made["id"] })).await;
    assert_eq!(seen["client"], json!({ "name": "Acme & Co", "version": 3 }));
}

#[tokio::test]
async fn a_request_sent_twice_makes_one_thing() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let caller = Caller::of(&stack, &ada, &["CLIENTS_WRITE"]).await;
    let key = [("idempotency-key", "order-1")];
    let send = |name: &str| caller.send(Method::POST, "clients", &key, Some(json!({ "name": name })));
    let first: Value = send("Acme").await.json().await.expect("JSON");
    let again = send("Acme").await;
    assert_eq!(again.status(), StatusCode::CREATED);
    assert_eq!(again.json::<Value>().await.expect("JSON"), first);
    let other = problem(send("Other").await, StatusCode::CONFLICT).await;
    assert!(
        other["detail"]
            .as_str()
            .expect("a text")
            .contains("Idempotency-Key"),
        "{other}"
    );
    // The key is GraphQL's, too.
    let input = json!({ "workspaceId": ada.workspace, "name": "Acme", "idempotencyKey": "order-1" });
    let same = ada
        .browser
        .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
        .await;
    assert_eq!(same["client"]["id"], first["id"]);
    assert_eq!(
        caller.get("clients").await["items"]
            .as_array()
            .expect("items")
            .len(),
        1
    );
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let caller = Caller::of(&stack, &ada, &["CLIENTS_WRITE"]).await;
    for name in ["E", "A", "D", "B", "C"] {
        caller.post("clients", json!({ "name": name })).await;
    }
    let mut path = "clients?first=2&orderBy=NAME&direction=DESC&search=".to_owned();
    let mut names = Vec::new();
    let mut pages = 0;
    loop {
        let answer = caller.send(Method::GET, &path, &[], None).await;
        let link = answer
            .headers()
            .get(header::LINK)
            .map(|link| link.to_str().expect("a text").to_owned());
        let page: Value = answer.json().await.expect("JSON");
        let items = page["items"].as_array().expect("items");
        names.extend(
            items
                .iter()
                .map(|item| item["name"].as_str().expect("a name").to_owned()),
        );
        pages += 1;
        assert_eq!(page["pageInfo"]["hasNextPage"], link.is_some());
        let Some(link) = link else {
            assert_eq!(page["pageInfo"]["endCursor"], Value::Null);
            break;
        };
        let (address, relation) = link.split_once("; ").expect("a relation");
        assert_eq!(relation, "rel=\"next\"");
        path = address.trim_matches(['<', '>']).to_owned();
        assert!(path.contains("direction=DESC"), "{path}");
    }
    assert_eq!((names.concat().as_str(), pages), ("EDCBA", 3));
    for bad in [
        "first=101",
        "first=-1",
        "first=99999999999",
        "first=x",
        "archived=perhaps",
        "orderBy=HUE",
    ] {
        let answer = caller
            .send(Method::GET, &format!("clients?{bad}"), &[], None)
            .await;
        let bad_name = bad.split('=').next().expect("a name");
        let answer = problem(answer, StatusCode::BAD_REQUEST).await;
        assert_eq!(answer["errors"][0]["field"], bad_name, "{answer}");
    }
    let answer = caller
        .send(Method::GET, "clients?after=nonsense", &[], None)
        .await;
    assert_eq!(
        problem(answer, StatusCode::UNPROCESSABLE_ENTITY).await["errors"][0]["field"],
        "after"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_not_repeated() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let caller = Caller::of(&stack, &ada, &["CLIENTS_WRITE"]).await;
    for (body, field, code) in [
        (json!({}), "name", "REQUIRED"),
        (json!({ "name": null }), "name", "REQUIRED"),
        (json!({ "name": "" }), "name", "TOO_SHORT"),
        (json!({ "name": "x".repeat(121) }), "name", "TOO_LONG"),
        (json!({ "name": { "hidden": 1 } }), "name", "INVALID"),
        (json!({ "name": "A", "kind": "hidden" }), "kind", "INVALID"),
        (json!({ "name": "A", "hidden": 1 }), "hidden", "INVALID"),
        (json!(["hidden"]), "body", "INVALID"),
    ] {
        let answer = caller
            .send(Method::POST, "clients", &[], Some(body.clone()))
            .await;
        let answer = problem(answer, StatusCode::BAD_REQUEST).await;
        assert_eq!(answer["errors"][0]["field"], field, "{body}: {answer}");
        assert_eq!(answer["errors"][0]["code"], code, "{body}: {answer}");
        assert!(
            field == "hidden" || !answer.to_string().contains("hidden"),
            "{answer}"
        );
    }
    // What is of the right form and breaks a rule is the domain's to refuse.
    let answer = caller
        .send(
            Method::POST,
            "clients",
            &[],
            Some(json!({ "name": "A", "email": "none" })),
        )
        .await;
    assert_eq!(
        problem(answer, StatusCode::UNPROCESSABLE_ENTITY).await["errors"][0]["field"],
        "email"
    );

    let url = format!("{}/api/v1/workspaces/{}/clients", stack.base, ada.workspace);
    let send = |kind: &'static str, body: String| {
        let request = caller.program.http.post(&url).bearer_auth(&caller.program.token);
        request.header(header::CONTENT_TYPE, kind).body(body).send()
    };
    let answer = send("text/plain", "{}".to_owned()).await.expect("an answer");
    problem(answer, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
    let answer = send("application/json", "{".to_owned()).await.expect("an answer");
    problem(answer, StatusCode::BAD_REQUEST).await;
    let huge = format!("{{\"name\":\"{}\"}}", "x".repeat(300 * 1024));
    let answer = send("application/json", huge).await.expect("an answer");
    problem(answer, StatusCode::PAYLOAD_TOO_LARGE).await;
    let answer = caller.send(Method::DELETE, "clients", &[], None).await;
    assert_eq!(text(&answer, header::ALLOW), "GET, HEAD, POST");
    problem(answer, StatusCode::METHOD_NOT_ALLOWED).await;
    let answer = caller.send(Method::GET, "nothing", &[], None).await;
    problem(answer, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn the_budget_is_told_and_is_graphqls() {
    let stack = Stack::start_with(smartstack_domain::testing::TestDb::new().await, |config| {
        config.rate_limit = 20_000;
    })
    .await;
    let ada = stack.person("Ada").await;
    let caller = Caller::of(&stack, &ada, &["CLIENTS_READ", "WORKSPACE_READ"]).await;
    let left = |answer: &Response| -> u64 {
        let policy = text(answer, header::HeaderName::from_static("ratelimit-policy"));
        assert_eq!(policy, "\"minute\";q=20000;w=60");
        let limit = text(answer, header::HeaderName::from_static("ratelimit"));
        let left = limit.split(';').find_map(|part| part.strip_prefix("r="));
        left.expect("what is left").parse().expect("a number")
    };
    let first = caller.send(Method::GET, "clients?first=100", &[], None).await;
    assert_eq!(first.status(), StatusCode::OK);
    let before = left(&first);
    caller
        .program
        .gql("{ viewer { workspaces { workspace { name } } } }", json!({}))
        .await;
    let second = caller.send(Method::GET, "clients?first=0", &[], None).await;
    // 30 for the request itself; the rest was GraphQL's.
    assert!(before - left(&second) > 30, "{before} {}", left(&second));
    let refused = loop {
        let answer = caller.send(Method::GET, "clients?first=100", &[], None).await;
        if answer.status() != StatusCode::OK {
            break answer;
        }
    };
    let wait: u64 = text(&refused, header::RETRY_AFTER).parse().expect("seconds");
    assert!((1..=61).contains(&wait));
    assert_eq!(
        problem(refused, StatusCode::TOO_MANY_REQUESTS).await["code"],
        "RATE_LIMITED"
    );
    let answer = caller
        .program
        .ask("{ viewer { workspaces { workspace { name } } } }", json!({}))
        .await;
    assert!(answer["errors"].is_null() || crate::support::code(&answer) == "RATE_LIMITED");
}

#[tokio::test]
async fn the_description_and_its_page_are_our_own() {
    let stack = Stack::start().await;
    let nobody = stack.browser();
    let answer = nobody.get("/openapi.json").await;
    assert_eq!(text(&answer, header::CONTENT_TYPE), "application/json");
    let document: Value = answer.json().await.expect("JSON");
    assert_eq!(document, smartstack_api::http::rest::document());
    // A test of its own step compares it with the committed file: `cargo xtask gen --check`.
    for (path, kind) in [
        ("/api/v1/docs", "text/html; charset=utf-8"),
        ("/api/v1/docs/", "text/html; charset=utf-8"),
        ("/api/v1/docs/swagger-ui.css", "text/css; charset=utf-8"),
        ("/api/v1/docs/swagger-ui.js", "text/javascript; charset=utf-8"),
        ("/api/v1/docs/start.js", "text/javascript; charset=utf-8"),
    ] {
        let answer = nobody.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(text(&answer, header::CONTENT_TYPE), kind, "{path}");
        assert!(
            answer.headers().contains_key(header::CONTENT_SECURITY_POLICY),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_link_gets_a_password_and_loses_it_and_tells_neither() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let caller = Caller::of(&stack, &ada, &["SHARES_READ", "SHARES_WRITE", "PROJECTS_WRITE"]).await;
    let project = caller.post("projects", json!({ "name": "Site" })).await["id"].clone();
    let made = caller
        .post(
            "share-links",
            json!({ "projectId": project, "password": "orchard 2026" }),
        )
        .await;
    assert_eq!(made["hasPassword"], true);
    assert!(
        made.get("password").is_none() && !made.to_string().contains("orchard"),
        "{made}"
    );
    let path = format!("share-links/{}", made["id"].as_str().expect("an id"));
    let short = caller
        .send(Method::PATCH, &path, &[], Some(json!({ "password": "seven77" })))
        .await;
    let refused = problem(short, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(refused["errors"][0]["field"], "password", "{refused}");
    assert!(!refused.to_string().contains("seven77"), "{refused}");
    let label = caller
        .send(
            Method::PATCH,
            &path,
            &[],
            Some(json!({ "label": "For the press" })),
        )
        .await;
    assert_eq!(label.json::<Value>().await.expect("JSON")["hasPassword"], true);
    let opened = caller
        .send(Method::PATCH, &path, &[], Some(json!({ "password": null })))
        .await;
    assert_eq!(opened.json::<Value>().await.expect("JSON")["hasPassword"], false);
}
