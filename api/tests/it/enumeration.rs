//! How long answers about addresses take, with an account and without: a report, for a person to read.
//!
//! `cargo nextest run -E 'test(enumeration)' --no-capture`. Nothing is asserted of the times: a busy
//! machine would decide. What is asserted is that the answers are the same.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use smartstack_domain::{identity::NewSignUp, testing::TestDb};

use crate::support::{Browser, PASSWORD, Stack};

/// How often each is asked, turn by turn with the other.
const TRIES: usize = 40;
const ADDRESS: &str = "x-test-address";

/// An action, the accounts it is tried on, and its body for an address.
type Case = (&'static str, &'static str, fn(&str) -> Value);

/// Asks once, from a network that has not asked before, so that nothing is slowed down.
async fn ask(browser: &Browser, action: &str, body: &Value, network: usize) -> (Duration, String) {
    let path = format!("/api/v1/auth/{action}");
    let from = format!("10.{}.{}.1", network / 250, network % 250);
    let request = browser
        .request(Method::POST, &path)
        .header(ADDRESS, from)
        .json(body);
    let started = Instant::now();
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let mut body: Value = answer.json().await.expect("JSON");
    let took = started.elapsed();
    body["requestId"].take();
    (took, format!("{status} {body}"))
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

#[tokio::test]
async fn enumeration_by_time_is_reported_as_medians() {
    let stack = Stack::start_with(TestDb::new().await, |config| {
        config.client_address_header = Some(ADDRESS.parse().expect("a name"));
    })
    .await;
    // An account each, since guesses at one are slowed down.
    for at in 0..TRIES {
        for kind in ["known", "passwordless"] {
            let wish = NewSignUp {
                name: "Known".to_owned(),
                email: format!("{kind}{at}@example.com"),
                password: PASSWORD.into(),
            };
            assert!(
                stack
                    .app
                    .identity
                    .create_confirmed(wish)
                    .await
                    .expect("an account")
            );
        }
    }
    // Accounts that a provider made have no password.
    stack.sql("UPDATE users SET password_hash = '!' WHERE email LIKE 'passwordless%'");
    let browser = stack.browser();
    let mut network = 0;
    let cases: [Case; 4] = [
        (
            "sign-in",
            "known",
            |email| json!({ "email": email, "password": "wrong password here" }),
        ),
        (
            "sign-in",
            "passwordless",
            |email| json!({ "email": email, "password": "wrong password here" }),
        ),
        (
            "sign-up",
            "known",
            |email| json!({ "name": "X", "email": email, "password": PASSWORD }),
        ),
        ("forgot-password", "known", |email| json!({ "email": email })),
    ];
    println!("| asked | account | without | ratio |\n|---|---|---|---|");
    for (action, kind, body) in cases {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        // The first of each warms up.
        for at in 0..TRIES {
            network += 1;
            let (with, told) = ask(
                &browser,
                action,
                &body(&format!("{kind}{at}@example.com")),
                network,
            )
            .await;
            network += 1;
            let nobody = body(&format!("nobody-{action}-{kind}-{at}@example.com"));
            let (without, other) = ask(&browser, action, &nobody, network).await;
            assert_eq!(told, other, "{action}");
            known.push(with);
            unknown.push(without);
        }
        let (with, without) = (median(&mut known[1..]), median(&mut unknown[1..]));
        let ratio = with / without;
        println!("| {action}, {kind} | {with:.2} ms | {without:.2} ms | {ratio:.3} |");
    }
}
