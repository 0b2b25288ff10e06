//! The second factor over HTTP.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Browser, PASSWORD, Stack};

const CHALLENGE: &str = "__Host-ss_challenge";
const ACCESS: &str = "__Host-ss_access";

fn cookie(browser: &Browser, name: &str) -> Option<String> {
    let cookies = browser.cookies.lock().expect("cookies");
    cookies.get(name).map(|cookie| cookie.line.clone())
}

async fn read(answer: reqwest::Response) -> Value {
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("JSON")
}

#[tokio::test]
async fn signing_in_takes_two_steps_and_the_first_opens_nothing() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let post = |path: &str, body: Value| {
        let (browser, path) = (
            ada.browser.clone(),
            format!("/api/v1/account/second-factor{path}"),
        );
        async move { browser.post(&path, &body).await }
    };
    let proof = json!({ "currentPassword": PASSWORD });
    let wrong = post("", json!({ "currentPassword": "not my password" })).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let begun = read(post("", proof.clone()).await).await;
    let size = begun["qr"]["size"].as_i64().expect("a size");
    assert!((21..=177).contains(&size), "{size}");
    let path = begun["qr"]["path"].as_str().expect("a path");
    // The mark in the upper left corner begins every QR code.
    assert!(path.starts_with("M0 0h7v1h-7z"), "{path}");
    let secret = begun["secret"].as_str().expect("a secret");
    assert!(begun["uri"].as_str().expect("an address").contains(secret));
    let code = |ahead: i64| stack.totp(secret, ahead);
    let wrong = post("/confirm", json!({ "code": "abc" })).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let confirmed = read(post("/confirm", json!({ "code": code(-1) })).await).await;
    let codes = confirmed["recoveryCodes"].as_array().expect("codes").clone();
    assert_eq!(codes.len(), 10);

    let browser = stack.browser();
    let sign_in = json!({ "email": ada.email, "password": PASSWORD });
    let answer = browser.post("/api/v1/auth/sign-in", &sign_in).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let text = answer.text().await.expect("text");
    assert_eq!(text, json!({ "status": "second-factor" }).to_string());
    let line = cookie(&browser, CHALLENGE).expect("a challenge");
    for attribute in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
        assert!(line.contains(attribute), "{line}");
    }
    assert_eq!(cookie(&browser, ACCESS), None);
    let viewer = "{ viewer { user { id } } }";
    assert_eq!(browser.gql(viewer, json!({})).await["viewer"], Value::Null);

    let step = |browser: &Browser, code: &str| {
        let (browser, body) = (browser.clone(), json!({ "code": code }));
        async move { browser.post("/api/v1/auth/second-factor", &body).await.status() }
    };
    // Without the cookie a code is worth nothing.
    assert_eq!(step(&stack.browser(), &code(0)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(step(&browser, "abc").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(step(&browser, &code(0)).await, StatusCode::OK);
    assert_eq!(cookie(&browser, CHALLENGE), None);
    assert_ne!(browser.gql(viewer, json!({})).await["viewer"], Value::Null);

    let overview = read(browser.get("/api/v1/account").await).await;
    assert_eq!(overview["secondFactor"]["recoveryCodes"], 10);
    let both = |code: &Value| json!({ "currentPassword": PASSWORD, "code": code });
    let renewed = read(post("/recovery-codes", both(&codes[0])).await).await;
    let new = &renewed["recoveryCodes"][0];
    assert_eq!(
        post("/end", both(&codes[1])).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(post("/end", both(new)).await.status(), StatusCode::NO_CONTENT);
    let answer = stack.browser().post("/api/v1/auth/sign-in", &sign_in).await;
    assert_eq!(answer.status(), StatusCode::OK);
}
