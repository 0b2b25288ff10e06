//! What every answer has in common, and how the transport answers to odd requests.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use smartstack_api::http::shell::Shell;

use crate::support::Stack;

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let stack = Stack::start().await;
    let browser = stack.browser();
    for path in [
        "/",
        "/projects",
        "/graphql",
        "/api/v1/auth/none",
        "/health/live",
        "/nothing.js",
        "/s/token",
        "/s/v/x",
    ] {
        let answer = browser.get(path).await;
        let headers = answer.headers();
        assert_eq!(
            headers["content-security-policy"],
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
             img-src 'self' data:; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
            "{path}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
        assert_eq!(
            headers["strict-transport-security"], "max-age=63072000; includeSubDomains",
            "{path}"
        );
        assert!(
            headers["x-request-id"]
                .to_str()
                .expect("text")
                .starts_with("req_"),
            "{path}"
        );
        let shared = path.starts_with("/s/");
        assert_eq!(
            headers["referrer-policy"],
            if shared { "no-referrer" } else { "same-origin" },
            "{path}"
        );
        assert_eq!(headers.contains_key("x-robots-tag"), shared, "{path}");
        assert!(headers.contains_key("cache-control"), "{path}");
    }
}

#[tokio::test]
async fn the_transport_keeps_to_the_specification() {
    let stack = Stack::start().await;
    let browser = stack.browser();
    let query = json!({ "query": "{ __typename }" });
    let cases: Vec<(reqwest::RequestBuilder, StatusCode)> = vec![
        (
            browser.request(Method::POST, "/graphql").json(&query),
            StatusCode::OK,
        ),
        (
            browser.request(Method::GET, "/graphql?query=%7B__typename%7D"),
            StatusCode::OK,
        ),
        (
            browser.request(Method::GET, "/graphql?query=mutation%7B__typename%7D"),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (
            browser.request(Method::PUT, "/graphql").json(&query),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (
            browser.request(Method::POST, "/graphql").body(query.to_string()),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            browser
                .request(Method::POST, "/graphql")
                .header("content-type", "text/plain")
                .body(query.to_string()),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            browser
                .request(Method::POST, "/graphql")
                .header("content-type", "application/x-www-form-urlencoded")
                .body("query={__typename}"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            browser
                .request(Method::POST, "/graphql")
                .header("accept", "text/html")
                .json(&query),
            StatusCode::NOT_ACCEPTABLE,
        ),
        (
            browser.request(Method::POST, "/graphql").json(&json!([query])),
            StatusCode::BAD_REQUEST,
        ),
        (
            browser
                .request(Method::POST, "/graphql")
                .json(&json!({ "query": "x".repeat(300_000) })),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (browser.request(Method::GET, "/graphql"), StatusCode::BAD_REQUEST),
        (
            browser.request(Method::GET, "/graphql?query=a&query=b"),
            StatusCode::BAD_REQUEST,
        ),
        (
            browser.request(Method::GET, "/api/v1/auth/sign-in"),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (
            browser.request(Method::POST, "/api/v2/x").json(&query),
            StatusCode::NOT_FOUND,
        ),
        (
            browser.request(Method::POST, "/").json(&query),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
    ];
    for (request, status) in cases {
        let built = request.try_clone().expect("a copy").build().expect("a request");
        let answer = browser.send(request).await;
        assert_eq!(answer.status(), status, "{built:?}");
        if status.is_client_error() {
            assert_eq!(
                answer.headers()[header::CONTENT_TYPE],
                "application/problem+json",
                "{built:?}"
            );
            assert!(answer.headers().contains_key(header::ALLOW) || status != StatusCode::METHOD_NOT_ALLOWED);
        }
    }
}

#[tokio::test]
async fn request_errors_have_no_data_and_the_status_the_media_type_asks_for() {
    let stack = Stack::start().await;
    let browser = stack.browser();
    for document in ["{", "{ nosuchfield }", "query($id: ID!) { node(id: $id) { id } }"] {
        for (accept, status) in [
            ("application/json", StatusCode::OK),
            ("application/graphql-response+json", StatusCode::BAD_REQUEST),
        ] {
            let request = browser.request(Method::POST, "/graphql").header("accept", accept);
            let answer = browser.send(request.json(&json!({ "query": document }))).await;
            assert_eq!(answer.status(), status, "{document}");
            assert!(
                answer.headers()[header::CONTENT_TYPE]
                    .to_str()
                    .expect("text")
                    .starts_with(accept)
            );
            let body: Value = answer.json().await.expect("JSON");
            assert!(body.get("data").is_none(), "{body}");
            assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
            assert!(
                body["errors"][0]["extensions"]["requestId"]
                    .as_str()
                    .is_some_and(|id| id.starts_with("req_"))
            );
        }
    }
    let answer = browser.ask("{ viewer { secretWord( } }", json!({})).await;
    assert!(!answer.to_string().contains("secretWord"), "{answer}");
}

#[tokio::test]
async fn a_document_that_came_before_is_still_checked_with_new_variables() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let query = "query($id: ID!, $status: [TaskStatus!], $first: Int) { workspace(id: $id) { \
                 tasks(first: $first, filter: { status: $status }) { nodes { id } } } }";
    let ask = async |status: Value, first: Value| {
        let variables = json!({ "id": ada.workspace, "status": status, "first": first });
        ada.browser.ask(query, variables).await
    };
    for _ in 0..2 {
        let answer = ask(json!(["DONE"]), json!(5)).await;
        assert_eq!(
            answer["data"]["workspace"]["tasks"]["nodes"],
            json!([]),
            "{answer}"
        );
        for (status, first) in [
            (json!(["NOT_A_STATUS"]), json!(5)),
            (json!(["done"]), json!(5)),
            (json!([1]), json!(5)),
            (json!({}), json!(5)),
            (json!(["DONE"]), json!("five")),
            (json!(["DONE"]), json!(1.5)),
        ] {
            let answer = ask(status.clone(), first.clone()).await;
            assert!(answer.get("data").is_none(), "{status} {first}: {answer}");
            assert!(answer["errors"][0]["message"].is_string(), "{answer}");
        }
        for first in [-1, 101, 100_000] {
            let answer = ask(json!(["DONE"]), json!(first)).await;
            assert_eq!(
                answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
                "{first}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_document_may_be_named_by_its_hash_once_it_was_sent() {
    let stack = Stack::start().await;
    let browser = stack.browser();
    let query = "{ installation { version } }";
    // sha256sum of the text above.
    let hash = "cfee28a98c788778cc91c583e4389d086d442ea421881634e4e6c0c9bb00fe35";
    let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let send =
        async |body: Value| -> Value { browser.post("/graphql", &body).await.json().await.expect("JSON") };
    let unknown = send(json!({ "extensions": persisted })).await;
    assert_eq!(unknown["errors"][0]["message"], "PersistedQueryNotFound");
    let wrong = send(json!({ "query": "{ viewer { __typename } }", "extensions": persisted })).await;
    assert_eq!(wrong["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    let first = send(json!({ "query": query, "extensions": persisted })).await;
    assert!(first["data"]["installation"].is_object(), "{first}");
    assert_eq!(
        send(json!({ "extensions": persisted })).await["data"],
        first["data"]
    );
    let extensions = persisted.to_string();
    let path = format!(
        "/graphql?{}",
        serde_urlencoded::to_string([("extensions", extensions)]).expect("text")
    );
    let got: Value = browser.get(&path).await.json().await.expect("JSON");
    assert_eq!(got["data"], first["data"]);
}

#[tokio::test]
async fn the_apps_files_are_served_as_they_were_built() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, text).expect("a file");
    };
    file("index.html", "app");
    file("developer/graphiql.html", "explorer");
    // What never changes has its hash in its name, or in that of its folder.
    let kept = ["/assets/icon-0123456789.wasm", "/assets/app-0123456789/part.wasm"];
    for path in kept {
        file(&path[1..], "plain");
        file(&[&path[1..], ".br"].concat(), "brotli");
        file(&[&path[1..], ".gz"].concat(), "gzip");
    }
    let root = folder.path().to_owned();
    let stack = Stack::start_with(smartstack_domain::testing::TestDb::new().await, |config| {
        config.web_dir = Some(root);
    })
    .await;
    let browser = stack.browser();
    let encodings = [
        ("br, gzip", Some("br"), "brotli"),
        ("gzip", Some("gzip"), "gzip"),
        ("identity", None, "plain"),
        ("br;q=0, gzip;q=0", None, "plain"),
    ];
    for (path, (accept, encoding, text)) in kept
        .into_iter()
        .flat_map(|path| encodings.map(|each| (path, each)))
    {
        let answer = browser
            .send(
                browser
                    .request(Method::GET, path)
                    .header("accept-encoding", accept),
            )
            .await;
        assert_eq!(
            answer
                .headers()
                .get("content-encoding")
                .map(|v| v.to_str().expect("text")),
            encoding
        );
        assert_eq!(answer.headers()["content-type"], "application/wasm");
        assert_eq!(
            answer.headers()["cache-control"],
            "public, max-age=31536000, immutable"
        );
        assert_eq!(answer.headers()["vary"], "accept-encoding");
        assert_eq!(answer.text().await.expect("text"), text);
    }
    for path in ["/", "/projects/project_01", "/confirm?token=x"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.headers()["cache-control"], "no-cache");
        let tag = answer.headers()["etag"].clone();
        assert_eq!(answer.text().await.expect("text"), "app", "{path}");
        let again = browser
            .send(browser.request(Method::GET, path).header("if-none-match", tag))
            .await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }
    let page = browser.get("/developer/graphiql").await;
    assert_eq!(page.headers()["cache-control"], "no-cache");
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.text().await.expect("text"), "explorer");
    let posted = browser.request(Method::POST, "/developer/graphiql");
    assert_eq!(
        browser.send(posted).await.status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
    for path in ["/missing.js", "/..%2f..%2fetc%2fpasswd.txt", "/.hidden"] {
        assert_eq!(browser.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_database_that_is_away_makes_503_and_comes_back() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    assert_eq!(ada.browser.get("/health/ready").await.status(), StatusCode::OK);
    let name = stack.sql("SELECT current_database()");
    // New connections are refused and those there are cut: what an outage looks like from here.
    stack.sql_elsewhere(&format!("ALTER DATABASE {name} CONNECTION LIMIT 0"));
    stack.sql_elsewhere(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    ));
    let answer = ada.browser.get("/health/ready").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(ada.browser.get("/health/live").await.status(), StatusCode::OK);
    let answer = ada
        .browser
        .post("/graphql", &json!({ "query": "{ viewer { user { id } } }" }))
        .await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
    stack.sql_elsewhere(&format!("ALTER DATABASE {name} CONNECTION LIMIT -1"));
    crate::support::eventually("ready again", || async {
        (ada.browser.get("/health/ready").await.status() == StatusCode::OK).then_some(())
    })
    .await;
    assert_ne!(
        ada.browser.gql("{ viewer { user { id } } }", json!({})).await["viewer"],
        Value::Null
    );
}

#[tokio::test]
async fn draining_finishes_and_stops() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let mut socket = ada.browser.socket().await;
    stack.app.draining.cancel();
    assert_eq!(socket.closed().await, 1001);
    let stopped = tokio::time::timeout(crate::support::PATIENCE, stack.serving).await;
    stopped.expect("it stops").expect("no panic").expect("no error");
}

#[tokio::test]
async fn a_panic_is_an_answer_that_tells_nothing() {
    let stack = Stack::start().await;
    let panicking = poem::endpoint::make_sync(|_| -> poem::Response { panic!("the secret detail") });
    let shell = Shell::new(std::sync::Arc::clone(&stack.app), panicking);
    let answer = poem::Endpoint::call(&shell, poem::Request::default())
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 500);
    assert!(answer.headers().contains_key("content-security-policy"));
    let id = answer.headers()["x-request-id"]
        .to_str()
        .expect("text")
        .to_owned();
    let body = answer.into_body().into_string().await.expect("text");
    let problem: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(
        (&problem["code"], &problem["requestId"]),
        (&json!("INTERNAL"), &json!(id))
    );
    assert!(!body.contains("secret"));
}

#[test]
fn the_committed_schema_is_the_programs() {
    let committed = include_str!("../../../schema/schema.graphql");
    assert!(
        committed == smartstack_api::graphql::sdl(),
        "schema/schema.graphql is not what the program prints; run: cargo xtask gen"
    );
}
