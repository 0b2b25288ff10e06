//! Every address of the server: who gets through its door.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use smartstack_schema::{SessionId, UserId};

use super::{
    rows::{Door, ROUTES},
    world::furnish,
};
use crate::support::{Browser, ORIGIN, Stack, code};

/// The addresses as `app.rs` has them: the one table of routes there is.
fn served() -> BTreeSet<&'static str> {
    let source = include_str!("../../../src/app.rs");
    let routes = source
        .split_once("pub fn routes(")
        .expect("the table of routes")
        .1;
    routes
        .split(".at(")
        .skip(1)
        .map(|rest| rest.split('"').nth(1).expect("an address"))
        .collect()
}

#[test]
fn every_route_is_classified() {
    let known: BTreeSet<&str> = ROUTES.iter().map(|(path, _)| *path).collect();
    assert_eq!(served(), known);
}

#[tokio::test]
async fn every_door_is_shut_to_strangers() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.person("Ada").await, stack.person("Eve").await);
    let things = furnish(&ada).await;
    let secret = json!({ "query": "query($id: ID!) { task(id: $id) { title } }", "variables": { "id": things["task"] } });
    let nobody = stack.browser();
    let session = stack.sql(&format!(
        "SELECT id FROM sessions WHERE user_id = '{}'",
        ada.user.parse::<UserId>().expect("an id").uuid()
    ));
    let session = SessionId(session.parse().expect("a UUID")).to_string();
    for (route, door) in ROUTES {
        let path = route
            .replace(":action", "refresh")
            .replace(":token", "guess")
            .replace(":provider", "acme")
            .replace(":part", "sessions")
            .replace(":id", &session)
            .replace(":link", &things["share"])
            .replace(":workspace", &things["workspace"])
            .replace("*rest", "v1/nothing")
            .replace("*path", "clients");
        match door {
            // Whatever is sent there, nothing of Ada's comes back.
            Door::Page | Door::Nothing | Door::ShareLink => {
                for request in [
                    ada.browser.request(Method::GET, &path),
                    nobody.request(Method::GET, &path),
                    ada.browser.request(Method::POST, &path).json(&secret),
                ] {
                    let answer = request.send().await.expect("an answer");
                    assert!(!answer.status().is_server_error(), "{path}");
                    let is_nothing = answer.status() == StatusCode::NOT_FOUND;
                    assert!(*door != Door::Nothing || is_nothing, "{path} {}", answer.status());
                    let text = answer.text().await.expect("text");
                    assert!(!text.contains("Victim's"), "{path}: {text}");
                }
            }
            Door::Owner => {
                for stranger in [&nobody, &eve.browser] {
                    let answer = stranger.get(&path).await;
                    assert!(answer.status().is_client_error(), "{path} {}", answer.status());
                    assert!(!answer.text().await.expect("text").contains("Victim's"), "{path}");
                }
                let forged = ada.browser.bare(Method::GET, &path);
                let forged = forged.header(header::ORIGIN, "https://evil.example.com");
                assert_eq!(
                    forged.send().await.expect("an answer").status(),
                    StatusCode::FORBIDDEN,
                    "{path}"
                );
            }
            Door::Account => {
                let method = if path.ends_with(&session) {
                    Method::DELETE
                } else {
                    Method::GET
                };
                let request = |browser: &Browser| browser.request(method.clone(), &path);
                assert_eq!(
                    nobody.send(request(&nobody)).await.status(),
                    StatusCode::UNAUTHORIZED,
                    "{path}"
                );
                // A token is turned away beside cookies, too.
                let token = request(&ada.browser).bearer_auth("ss_pat_guess");
                assert_eq!(
                    ada.browser.send(token).await.status(),
                    StatusCode::FORBIDDEN,
                    "{path}"
                );
                let forged = ada.browser.bare(method.clone(), &path);
                let forged = forged.header(header::ORIGIN, "https://evil.example.com");
                assert_eq!(
                    ada.browser.send(forged).await.status(),
                    StatusCode::FORBIDDEN,
                    "{path}"
                );
                let theirs = eve.browser.send(request(&eve.browser)).await;
                assert!(!theirs.text().await.expect("text").contains(&session), "{path}");
                let still = ada.browser.get("/api/v1/account").await;
                assert_eq!(still.status(), StatusCode::OK, "{path}: the session was ended");
            }
            Door::Graphql | Door::ShareGraphql => {
                let anonymous: Value = nobody.post(&path, &secret).await.json().await.expect("JSON");
                assert_eq!(code(&anonymous), "UNAUTHENTICATED", "{path}");
                // A page of another site, with the cookies of a person: refused before anything is read.
                for (name, value) in [
                    ("origin", "https://evil.example.com"),
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "null"),
                ] {
                    let forged = ada
                        .browser
                        .bare(Method::POST, &path)
                        .header(name, value)
                        .json(&secret);
                    let answer = forged.send().await.expect("an answer");
                    let is_refused = answer.status() == StatusCode::FORBIDDEN;
                    let text = answer.text().await.expect("text");
                    // Ada's cookies do not reach a shared view's address at all.
                    assert!(is_refused || *door == Door::ShareGraphql, "{path}");
                    assert!(!text.contains("Victim's task"), "{path}: {text}");
                }
                let bad = nobody
                    .request(Method::POST, &path)
                    .bearer_auth("ss_pat_guess")
                    .json(&secret);
                let answer = bad.send().await.expect("an answer");
                match door {
                    Door::Graphql => assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}"),
                    _ => assert!(!answer.text().await.expect("text").contains("Victim's"), "{path}"),
                }
            }
            Door::Token => {
                // Ada's own pages, with her cookies, are as strange here as nobody.
                for (stranger, token) in [(&nobody, false), (&nobody, true), (&ada.browser, false)] {
                    let request = stranger.request(Method::POST, &path).json(&secret);
                    let request = if token {
                        request.bearer_auth("ss_pat_guess")
                    } else {
                        request
                    };
                    let answer = stranger.send(request).await;
                    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
                    assert!(!answer.text().await.expect("text").contains("Victim's"), "{path}");
                }
            }
            Door::Socket => {
                for (origin, status) in [
                    ("https://evil.example.com", StatusCode::FORBIDDEN),
                    (ORIGIN, StatusCode::BAD_REQUEST),
                ] {
                    // No upgrade: what is asked for is whether the door looks at the origin first.
                    let request = ada
                        .browser
                        .bare(Method::GET, &path)
                        .header(header::ORIGIN, origin);
                    assert_eq!(
                        request.send().await.expect("an answer").status(),
                        status,
                        "{path} {origin}"
                    );
                }
            }
            Door::Auth => {
                let forged = ada.browser.bare(Method::POST, &path).json(&json!({}));
                let forged = forged.header(header::ORIGIN, "https://evil.example.com");
                assert_eq!(
                    forged.send().await.expect("an answer").status(),
                    StatusCode::FORBIDDEN,
                    "{path}"
                );
                let get = ada.browser.request(Method::GET, &path);
                assert_eq!(
                    get.send().await.expect("an answer").status(),
                    StatusCode::METHOD_NOT_ALLOWED,
                    "{path}"
                );
            }
        }
    }
}
