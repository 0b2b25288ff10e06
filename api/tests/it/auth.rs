//! Accounts and sessions over HTTP.

use chrono::TimeDelta;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use smartstack_domain::{clock::Clock, testing::TestDb};

use crate::support::{ORIGIN, PASSWORD, Stack};

const ACCESS: &str = "__Host-ss_access";
const REFRESH: &str = "__Host-ss_refresh";

#[tokio::test]
async fn a_new_person_signs_up_confirms_and_signs_out() {
    let stack = Stack::start().await;
    let browser = stack.browser();
    let wish = json!({ "name": "Ada", "email": "Ada@Example.com", "password": PASSWORD });
    let answer = browser.post("/api/v1/auth/sign-up", &wish).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(
        answer.json::<Value>().await.expect("JSON"),
        json!({ "status": "confirm" })
    );
    assert!(browser.cookies.lock().expect("cookies").is_empty());

    let mail = stack.sql("SELECT payload #>> '{params,sign_up_id}' FROM outbox WHERE topic = 'mail'");
    let token = stack.app.secrets.sign_up_token(mail.parse().expect("a sign-up"));
    let answer = browser
        .post("/api/v1/auth/confirm", &json!({ "token": token }))
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    for name in [ACCESS, REFRESH] {
        let line = browser.cookies.lock().expect("cookies")[name].line.clone();
        for attribute in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
            assert!(line.contains(attribute), "{line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
    let text = answer.text().await.expect("text");
    let cookies = browser.cookies.lock().expect("cookies").clone();
    assert!(
        cookies.values().all(|cookie| !text.contains(&cookie.value)),
        "a token stands in the body"
    );

    let viewer = browser
        .gql(
            "{ viewer { user { name email } workspaces { role } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        viewer["viewer"],
        json!({ "user": { "name": "Ada", "email": "ada@example.com" }, "workspaces": [{ "role": "OWNER" }] })
    );

    let before = browser.copy();
    let answer = browser.post("/api/v1/auth/sign-out", &json!({})).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert!(browser.cookies.lock().expect("cookies").is_empty());
    // The old access token is still within its ten minutes, but its session is over.
    assert_eq!(
        before.gql("{ viewer { user { id } } }", json!({})).await["viewer"],
        Value::Null
    );

    // The link has done its work.
    let answer = browser
        .post("/api/v1/auth/confirm", &json!({ "token": token }))
        .await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    for (token, status) in [
        (format!("{token}x"), StatusCode::NOT_FOUND),
        (String::new(), StatusCode::NOT_FOUND),
    ] {
        let answer = browser
            .post("/api/v1/auth/confirm", &json!({ "token": token }))
            .await;
        assert_eq!(answer.status(), status);
    }
}

#[tokio::test]
async fn sign_up_and_sign_in_tell_nothing_about_addresses() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let browser = stack.browser();
    let mut answers = Vec::new();
    for email in [ada.email.as_str(), "nobody@example.com"] {
        let wish = json!({ "name": "X", "email": email, "password": PASSWORD });
        let answer = browser.post("/api/v1/auth/sign-up", &wish).await;
        answers.push((answer.status(), answer.text().await.expect("text")));
    }
    assert_eq!(answers[0], answers[1]);

    let mut answers = Vec::new();
    for (email, password) in [
        (ada.email.as_str(), "wrong password here"),
        ("nobody@example.com", PASSWORD),
    ] {
        let answer = browser
            .post(
                "/api/v1/auth/sign-in",
                &json!({ "email": email, "password": password }),
            )
            .await;
        let status = answer.status();
        let mut body: Value = answer.json().await.expect("JSON");
        body["requestId"].take();
        answers.push((status, body));
    }
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn inputs_that_cannot_be_taken_are_named() {
    let stack = Stack::start().await;
    let browser = stack.browser();
    let wish = json!({ "name": " ", "email": "not an address", "password": "short" });
    let answer = browser.post("/api/v1/auth/sign-up", &wish).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
    let problem: Value = answer.json().await.expect("JSON");
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|error| error["field"].as_str())
        .collect();
    assert_eq!(fields, ["name", "email", "password"]);
    assert_eq!(problem["code"], "BAD_USER_INPUT");
    assert!(
        problem["requestId"]
            .as_str()
            .is_some_and(|id| id.starts_with("req_"))
    );

    let answer = browser
        .post(
            "/api/v1/auth/sign-up",
            &json!({ "name": "Ada", "password": "sekrit-value" }),
        )
        .await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert!(!answer.text().await.expect("text").contains("sekrit"));
}

#[tokio::test]
async fn refreshing_is_single_use_but_two_tabs_stay_signed_in() {
    let clock = Clock::fixed("2026-03-01T12:00:00Z".parse().expect("a time"));
    let stack = Stack::start_with(TestDb::with_clock(clock.clone()).await, |_| {}).await;
    let ada = stack.person("Ada").await;
    let viewer = "{ viewer { user { id } } }";
    let first = ada.browser.copy();

    // The access token runs out after ten minutes; the session does not.
    clock.advance(TimeDelta::minutes(10));
    assert_eq!(ada.browser.gql(viewer, json!({})).await["viewer"], Value::Null);
    let tab = ada.browser.copy();
    for browser in [&ada.browser, &tab] {
        let answer = browser.post("/api/v1/auth/refresh", &json!({})).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert_ne!(browser.gql(viewer, json!({})).await["viewer"], Value::Null);
    }

    // Much later, the first token comes back: somebody has stolen it.
    clock.advance(TimeDelta::minutes(1));
    let answer = first.post("/api/v1/auth/refresh", &json!({})).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(first.cookies.lock().expect("cookies").is_empty());
    for browser in [&ada.browser, &tab] {
        assert_eq!(browser.gql(viewer, json!({})).await["viewer"], Value::Null);
        let answer = browser.post("/api/v1/auth/refresh", &json!({})).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    let answer = stack.browser().post("/api/v1/auth/refresh", &json!({})).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn signing_in_makes_a_session_of_its_own_whatever_was_planted_before() {
    // Session fixation: Eve has her own cookies put into Ada's browser, or ones that she has made up.
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let eve = stack.person("Eve").await;
    let made_up = ada.browser.copy();
    for cookie in made_up.cookies.lock().expect("cookies").values_mut() {
        cookie.value = "x".repeat(cookie.value.len());
    }
    let sign_in = json!({ "email": ada.email, "password": PASSWORD });
    let viewer = "{ viewer { user { id } } }";
    for victim in [eve.browser.copy(), made_up] {
        let values = || -> Vec<String> {
            let cookies = victim.cookies.lock().expect("cookies");
            [ACCESS, REFRESH].map(|name| cookies[name].value.clone()).into()
        };
        let planted = values();
        let answer = victim.post("/api/v1/auth/sign-in", &sign_in).await;
        assert_eq!(answer.status(), StatusCode::OK);
        for (now, before) in values().iter().zip(&planted) {
            assert_ne!(now, before, "what was planted is worth nothing afterwards");
        }
        let who = victim.gql(viewer, json!({})).await;
        assert_eq!(who["viewer"]["user"]["id"], json!(ada.user));
        // And Eve, with what she planted, is Eve.
        let who = eve.browser.gql(viewer, json!({})).await;
        assert_eq!(who["viewer"]["user"]["id"], json!(eve.user));
        let again = eve.browser.post("/api/v1/auth/refresh", &json!({})).await;
        assert_eq!(again.status(), StatusCode::NO_CONTENT);
        let who = eve.browser.gql(viewer, json!({})).await;
        assert_eq!(who["viewer"]["user"]["id"], json!(eve.user));
    }
}

#[tokio::test]
async fn a_body_sets_nothing_that_its_form_does_not_name() {
    // Mass assignment: fields that are an account's, but not the form's.
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let before = "SELECT id || email || administrator || coalesce(disabled_at::text, '') FROM users";
    let unchanged = stack.sql(before);
    let role = "SELECT string_agg(role, ',') FROM memberships";
    let roles = stack.sql(role);
    let bodies = [
        (
            "/api/v1/auth/sign-up",
            json!({ "name": "Eve", "email": "eve@example.com", "password": PASSWORD }),
        ),
        (
            "/api/v1/auth/sign-in",
            json!({ "email": ada.email, "password": PASSWORD }),
        ),
        (
            "/api/v1/account/password",
            json!({ "currentPassword": PASSWORD, "password": "five plain words right here" }),
        ),
    ];
    for (path, mut body) in bodies {
        let more = json!({ "administrator": true, "isAdministrator": true, "role": "OWNER", "id": "user_1",
            "userId": "user_1", "disabledAt": null, "workspaceId": ada.workspace, "confirmed": true });
        let more = more.as_object().expect("an object").clone();
        body.as_object_mut().expect("an object").extend(more);
        let answer = ada.browser.post(path, &body).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }
    // Eve has to confirm as ever, and Ada is who she was.
    assert_eq!(stack.sql(before), unchanged);
    assert_eq!(stack.sql(role), roles);
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let guess = json!({ "email": ada.email, "password": "wrong password here" });
    let mut last = None;
    for _ in 0..12 {
        let answer = stack.browser().post("/api/v1/auth/sign-in", &guess).await;
        last = Some((
            answer.status(),
            answer.headers().get(header::RETRY_AFTER).cloned(),
        ));
    }
    let (status, retry) = last.expect("an answer");
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(retry.is_some_and(|value| {
        value
            .to_str()
            .is_ok_and(|text| text.parse::<u64>().is_ok_and(|s| s > 0))
    }));
}

#[tokio::test]
async fn forged_requests_are_refused() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let create = json!({
        "query": "mutation($input: ClientCreateInput!) { clientCreate(input: $input) { client { id } } }",
        "variables": { "input": { "workspaceId": ada.workspace, "name": "Planted" } },
    });
    let targets = [
        ("/graphql", create),
        (
            "/api/v1/auth/sign-in",
            json!({ "email": ada.email, "password": PASSWORD }),
        ),
        ("/api/v1/auth/refresh", json!({})),
        ("/api/v1/auth/sign-out", json!({})),
    ];
    let evil = "https://evil.example.com";
    let cases: [&[(&str, &str)]; 6] = [
        &[],
        &[("origin", ORIGIN)],
        &[("smartstack-client", "web")],
        &[("smartstack-client", "web"), ("origin", evil)],
        &[("smartstack-client", "web"), ("origin", "null")],
        &[
            ("smartstack-client", "web"),
            ("origin", ORIGIN),
            ("sec-fetch-site", "cross-site"),
        ],
    ];
    for (path, body) in &targets {
        for headers in cases {
            let mut request = ada.browser.bare(Method::POST, path).json(body);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = ada.browser.send(request).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(
                answer
                    .headers()
                    .get(header::ACCESS_CONTROL_ALLOW_ORIGIN)
                    .is_none()
            );
        }
    }
    assert_eq!(stack.sql("SELECT count(*) FROM clients"), "0");
    // A preflight gets no permission either.
    let preflight = ada
        .browser
        .bare(Method::OPTIONS, "/graphql")
        .header("origin", evil)
        .header("access-control-request-method", "POST");
    let answer = ada.browser.send(preflight).await;
    assert!(
        answer
            .headers()
            .get(header::ACCESS_CONTROL_ALLOW_ORIGIN)
            .is_none()
    );
    // Without cookies there is nothing to forge with.
    let query = json!({ "query": "{ viewer { user { id } } }" });
    let answer = stack
        .browser()
        .bare(Method::POST, "/graphql")
        .json(&query)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_closed_installation_takes_nobody() {
    let stack = Stack::start_with(TestDb::new().await, |config| config.sign_up_open = false).await;
    let browser = stack.browser();
    let wish = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(
        browser.post("/api/v1/auth/sign-up", &wish).await.status(),
        StatusCode::FORBIDDEN
    );
    let installation = browser
        .gql("{ installation { signUpOpen mailDelivery } }", json!({}))
        .await;
    assert_eq!(
        installation["installation"],
        json!({ "signUpOpen": false, "mailDelivery": "FOLDER" })
    );
}
