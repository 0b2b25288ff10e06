//! The headers of every kind of answer: what browsers are told, and what they are not.

use reqwest::{Method, header};
use serde_json::json;
use smartstack_api::config::PublicUrl;
use smartstack_domain::testing::TestDb;

use crate::support::{Browser, Stack};

/// One request of each kind the process answers, errors and refusals included.
fn every_kind(browser: &Browser) -> Vec<(String, reqwest::RequestBuilder)> {
    let get = |path: &str| (path.to_owned(), browser.request(Method::GET, path));
    let query = json!({ "query": "{ __typename }" });
    vec![
        get("/"),
        get("/admin"),
        get("/index.html"),
        get("/nothing.js"),
        get("/schema.graphql"),
        get("/health/live"),
        get("/health/ready"),
        get("/graphql?query=%7B__typename%7D"),
        (
            "POST /graphql".to_owned(),
            browser.request(Method::POST, "/graphql").json(&query),
        ),
        (
            "PUT /graphql".to_owned(),
            browser.request(Method::PUT, "/graphql"),
        ),
        (
            "forged".to_owned(),
            browser
                .bare(Method::POST, "/graphql")
                .header("cookie", "__Host-x=1")
                .json(&query),
        ),
        (
            "too large".to_owned(),
            browser
                .request(Method::POST, "/graphql")
                .body("x".repeat(300_000)),
        ),
        get("/graphql/ws"),
        get("/api/v1/nothing"),
        get("/api/v1/auth/sign-in"),
        (
            "POST sign-in".to_owned(),
            browser
                .request(Method::POST, "/api/v1/auth/sign-in")
                .json(&json!({})),
        ),
        get("/api/v1/workspaces/ws_00000000000000000000000000/audit"),
        get("/s/token"),
        get("/s/v/share_00000000000000000000000000"),
        (
            "POST share".to_owned(),
            browser.request(Method::POST, "/s/v/x/graphql").json(&query),
        ),
        ("OPTIONS".to_owned(), browser.request(Method::OPTIONS, "/graphql")),
    ]
}

#[tokio::test]
async fn every_kind_of_answer_carries_the_policy_word_for_word() {
    let stack = Stack::start().await;
    for (what, request) in every_kind(&stack.browser()) {
        let answer = request.send().await.expect("an answer");
        let headers = answer.headers();
        assert_eq!(
            headers["content-security-policy"],
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
             img-src 'self' data:; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
            "{what}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff", "{what}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{what}");
        let hsts = headers["strict-transport-security"].to_str().expect("text");
        let seconds: u64 = hsts
            .strip_prefix("max-age=")
            .and_then(|rest| rest.split(';').next())
            .and_then(|age| age.parse().ok())
            .expect("an age");
        assert!(seconds >= 365 * 24 * 3600, "{what}: {hsts}");
    }
}

/// GraphiQL's dialogs bring one style along, and its page allows that text: no other, and no other page.
#[tokio::test]
async fn graphiqls_page_allows_one_style_more_and_nothing_else() {
    let stack = Stack::start().await;
    let policy = async |path: &str| {
        let answer = stack.browser().get(path).await;
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .expect("text");
        policy.to_owned()
    };
    let wider = policy("/developer/graphiql").await;
    let style = "style-src 'self' 'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc=';";
    assert!(wider.contains(style), "{wider}");
    assert_eq!(wider.replace(style, "style-src 'self';"), policy("/").await);
    for path in ["/developer/graphiql/", "/developer/graphiql.html", "/developer"] {
        assert_eq!(policy(path).await, policy("/").await, "{path}");
    }
}

#[tokio::test]
async fn no_answer_allows_another_origin() {
    let stack = Stack::start().await;
    for origin in [
        "https://evil.test",
        "null",
        "https://smartstack.test.evil.test",
        "https://smartstack.test",
    ] {
        for (what, request) in every_kind(&stack.browser()) {
            let request = request
                .header(header::ORIGIN, origin)
                .header("access-control-request-method", "POST")
                .header(
                    "access-control-request-headers",
                    "smartstack-client, content-type",
                );
            let answer = request.send().await.expect("an answer");
            let allowed = answer
                .headers()
                .keys()
                .find(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(allowed, None, "{what} for {origin}");
        }
    }
}

#[tokio::test]
async fn without_tls_no_browser_is_told_to_insist_on_it() {
    let stack = Stack::start_with(TestDb::new().await, |config| {
        config.public_url = PublicUrl::parse("http://127.0.0.1:8080").expect("a URL");
    })
    .await;
    for (what, request) in every_kind(&stack.browser()) {
        let answer = request.send().await.expect("an answer");
        assert!(
            !answer.headers().contains_key("strict-transport-security"),
            "{what}"
        );
    }
}
