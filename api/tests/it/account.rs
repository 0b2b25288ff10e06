//! Accounts over HTTP: passwords, addresses and sessions.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Browser, PASSWORD, Person, Stack, code};

const NEW: &str = "a brand new password";

impl Stack {
    /// The newest id a mail in the outbox holds under a name, as a token's maker needs it.
    fn mailed(&self, parameter: &str) -> String {
        self.sql(&format!(
            "SELECT payload #>> '{{params,{parameter}}}' FROM outbox WHERE payload #> '{{params,{parameter}}}' IS NOT NULL \
             ORDER BY created_at DESC, id DESC LIMIT 1"
        ))
    }
}

impl Person {
    /// Another browser of the same person.
    async fn elsewhere(&self, stack: &Stack, password: &str) -> Browser {
        let browser = stack.browser();
        let body = json!({ "email": self.email, "password": password });
        let answer = browser.post("/api/v1/auth/sign-in", &body).await;
        assert_eq!(answer.status(), StatusCode::OK);
        browser
    }
}

async fn is_signed_in(browser: &Browser) -> bool {
    !browser.gql("{ viewer { user { id } } }", json!({})).await["viewer"].is_null()
}

async fn delete(browser: &Browser, path: &str) -> StatusCode {
    browser.send(browser.request(Method::DELETE, path)).await.status()
}

#[tokio::test]
async fn a_password_is_reset_by_mail_and_closes_sockets_within_a_second() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let browser = stack.browser();
    let mut answers = Vec::new();
    for email in [ada.email.as_str(), "nobody@example.com"] {
        let answer = browser
            .post("/api/v1/auth/forgot-password", &json!({ "email": email }))
            .await;
        answers.push((answer.status(), answer.text().await.expect("text")));
    }
    assert_eq!(answers[0].0, StatusCode::ACCEPTED);
    assert_eq!(answers[0], answers[1]);

    browser
        .post("/api/v1/auth/forgot-password", &json!({ "email": ada.email }))
        .await;
    let id = stack.mailed("reset_id").parse().expect("a reset");
    let token = stack.app.secrets.password_reset_token(id);
    let reset = |token: &str, password: &str| {
        let body = json!({ "token": token, "password": password });
        let browser = browser.clone();
        async move { browser.post("/api/v1/auth/reset-password", &body).await }
    };
    assert_eq!(
        reset(&token, "short").await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(reset("x", NEW).await.status(), StatusCode::NOT_FOUND);
    let mut socket = ada.browser.socket().await;
    let started = Instant::now();
    let answer = reset(&token, NEW).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, 4401);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert!(!is_signed_in(&ada.browser).await && !is_signed_in(&browser).await);
    assert_eq!(reset(&token, NEW).await.status(), StatusCode::GONE);
    assert!(is_signed_in(&ada.elsewhere(&stack, NEW).await).await);
}

#[tokio::test]
async fn changing_a_password_closes_other_browsers_sockets_within_a_second() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let other = ada.elsewhere(&stack, PASSWORD).await;
    let change = |present: &str, new: &str| {
        let body = json!({ "currentPassword": present, "password": new });
        let browser = ada.browser.clone();
        async move { browser.post("/api/v1/account/password", &body).await }
    };
    let refused = change("not my password", NEW).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = refused.json().await.expect("JSON");
    assert_eq!(problem["errors"][0]["field"], "currentPassword");

    let (mut mine, mut theirs) = (ada.browser.socket().await, other.socket().await);
    let started = Instant::now();
    assert_eq!(change(PASSWORD, NEW).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(theirs.closed().await, 4401);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert!(!is_signed_in(&other).await);
    assert!(is_signed_in(&ada.browser).await);
    mine.say(json!({ "type": "ping" })).await;
    assert_eq!(mine.hear().await["type"], "pong");

    for _ in 0..8 {
        change("not my password", NEW).await;
    }
    assert_eq!(
        change("not my password", NEW).await.status(),
        StatusCode::TOO_MANY_REQUESTS
    );
}

#[tokio::test]
async fn sessions_are_listed_and_signed_out_with_their_sockets() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let eve = stack.person("Eve").await;
    let (phone, tablet) = (
        ada.elsewhere(&stack, PASSWORD).await,
        ada.elsewhere(&stack, PASSWORD).await,
    );
    let list = |browser: &Browser| {
        let browser = browser.clone();
        async move {
            let answer = browser.get("/api/v1/account/sessions").await;
            assert_eq!(answer.status(), StatusCode::OK);
            answer.json::<Value>().await.expect("JSON")["sessions"]
                .as_array()
                .expect("sessions")
                .clone()
        }
    };
    let sessions = list(&ada.browser).await;
    assert_eq!(sessions.len(), 3);
    assert_eq!(sessions[0]["isCurrent"], true);
    let at_phone = list(&phone).await;
    let id = at_phone[0]["id"].as_str().expect("an id");
    let path = format!("/api/v1/account/sessions/{id}");
    assert_eq!(delete(&eve.browser, &path).await, StatusCode::NOT_FOUND);
    assert!(is_signed_in(&phone).await);

    let mut socket = phone.socket().await;
    let started = Instant::now();
    assert_eq!(delete(&ada.browser, &path).await, StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, 4401);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(delete(&ada.browser, &path).await, StatusCode::NOT_FOUND);
    assert_eq!(
        delete(&ada.browser, "/api/v1/account/sessions/nonsense").await,
        StatusCode::NOT_FOUND
    );

    let mut socket = tablet.socket().await;
    assert_eq!(
        delete(&ada.browser, "/api/v1/account/sessions").await,
        StatusCode::OK
    );
    assert_eq!(socket.closed().await, 4401);
    assert!(is_signed_in(&ada.browser).await && is_signed_in(&eve.browser).await);
    assert_eq!(list(&ada.browser).await.len(), 1);
}

#[tokio::test]
async fn an_address_is_changed_by_the_link_mailed_there() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let ask = |email: &str, password: &str| {
        let body = json!({ "email": email, "currentPassword": password });
        let browser = ada.browser.clone();
        async move { browser.post("/api/v1/account/email", &body).await.status() }
    };
    assert_eq!(
        ask("new@example.com", "not my password").await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(ask("new@example.com", PASSWORD).await, StatusCode::ACCEPTED);
    let overview = || async {
        let answer = ada.browser.get("/api/v1/account").await;
        answer.json::<Value>().await.expect("JSON")
    };
    let account = overview().await;
    assert_eq!(account["pendingEmail"]["email"], "new@example.com");
    assert_eq!(
        (&account["email"], &account["hasPassword"]),
        (&json!("ada@example.com"), &json!(true))
    );
    assert_eq!(
        delete(&ada.browser, "/api/v1/account/email").await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(overview().await["pendingEmail"], Value::Null);

    assert_eq!(ask("new@example.com", PASSWORD).await, StatusCode::ACCEPTED);
    let id = stack.mailed("change_id").parse().expect("a change");
    let token = stack.app.secrets.email_change_token(id);
    // Any browser may open the link.
    let anywhere = stack.browser();
    for (token, status) in [
        (format!("{token}x"), StatusCode::NOT_FOUND),
        (token.clone(), StatusCode::OK),
        (token, StatusCode::GONE),
    ] {
        let answer = anywhere
            .post("/api/v1/auth/confirm-email", &json!({ "token": token }))
            .await;
        assert_eq!(answer.status(), status);
    }
    let viewer = ada.browser.gql("{ viewer { user { email } } }", json!({})).await;
    assert_eq!(viewer["viewer"]["user"]["email"], "new@example.com");
}

#[tokio::test]
async fn a_token_looks_after_no_account() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let input = json!({ "name": "Script", "scopes": ["WORKSPACE_READ"] });
    let made = ada
        .browser
        .mutate("apiTokenCreate", "ApiTokenCreateInput", "secret", input)
        .await;
    let token = made["secret"].as_str().expect("a token");
    let program = stack.browser();
    let good = program.request(Method::POST, "/graphql").bearer_auth(token);
    let good = good.json(&json!({ "query": "{ viewer { user { id } } }" }));
    let answer: Value = good.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(code(&answer), "", "{answer}");
    for (method, path) in [
        (Method::GET, "/api/v1/account"),
        (Method::GET, "/api/v1/account/sessions"),
        (Method::POST, "/api/v1/account/password"),
        (Method::POST, "/api/v1/account/email"),
        (Method::DELETE, "/api/v1/account/sessions"),
    ] {
        let request = program.request(method, path).bearer_auth(token).json(&json!({}));
        assert_eq!(
            program.send(request).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}
