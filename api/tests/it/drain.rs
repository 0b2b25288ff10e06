//! Stopping under load fails no request.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode, header};
use serde_json::json;

use crate::support::{ORIGIN, PATIENCE, Stack, eventually};

/// How long the balancer of this test goes on sending after the process has said that it is not ready: one
/// that asks each second and wants to hear it twice.
const SLOW_BALANCER: Duration = Duration::from_millis(1500);
/// Callers at once, of each kind.
const CALLERS: usize = 8;

/// What came of the requests.
#[derive(Default)]
struct Tally {
    answered: AtomicUsize,
    answered_late: AtomicUsize,
    failed: AtomicUsize,
}

fn client(keeps_alive: bool) -> Client {
    let builder = Client::builder().no_proxy().timeout(PATIENCE);
    // Without idle connections each request opens one of its own.
    let builder = if keeps_alive {
        builder
    } else {
        builder.pool_max_idle_per_host(0)
    };
    builder.build().expect("a client")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_fails_while_the_process_stops_under_load() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let cookies = ada.browser.cookie_header("/graphql").expect("cookies");
    let url = format!("{}/graphql", stack.base);
    let (tally, enough) = (Arc::new(Tally::default()), Arc::new(AtomicBool::new(false)));
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..CALLERS * 2 {
        let client = client(caller % 2 == 0);
        let (url, cookies) = (url.clone(), cookies.clone());
        let (tally, enough, draining) = (tally.clone(), enough.clone(), stack.app.draining.clone());
        callers.spawn(async move {
            while !enough.load(Ordering::Relaxed) {
                let request = client
                    .post(&url)
                    .header(header::COOKIE, &cookies)
                    .header("smartstack-client", "web")
                    .header(header::ORIGIN, ORIGIN)
                    .json(&json!({ "query": "{ viewer { user { id } } }" }));
                let late = draining.is_cancelled();
                let answered = async {
                    let answer = request.send().await?.error_for_status()?;
                    answer.bytes().await
                };
                match answered.await {
                    Ok(_) => {
                        tally.answered.fetch_add(1, Ordering::Relaxed);
                        tally
                            .answered_late
                            .fetch_add(usize::from(late), Ordering::Relaxed);
                    }
                    Err(error) => {
                        eprintln!("failed: {error:?}");
                        tally.failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        });
    }
    eventually("load", || async {
        (tally.answered.load(Ordering::Relaxed) > 100).then_some(())
    })
    .await;
    stack.app.draining.cancel();
    let told = Instant::now();
    let balancer = client(false);
    eventually("not ready", || async {
        let asked = balancer.get(format!("{}/health/ready", stack.base)).send().await;
        (asked.ok()?.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    tokio::time::sleep(SLOW_BALANCER).await;
    enough.store(true, Ordering::Relaxed);
    while let Some(caller) = callers.join_next().await {
        caller.expect("no panic");
    }
    assert_eq!(
        tally.failed.load(Ordering::Relaxed),
        0,
        "of {}",
        tally.answered.load(Ordering::Relaxed)
    );
    assert!(
        tally.answered_late.load(Ordering::Relaxed) > 0,
        "late requests are answered"
    );
    let stopped = tokio::time::timeout(Duration::from_secs(30), stack.serving).await;
    stopped
        .expect("it stops in time")
        .expect("no panic")
        .expect("no error");
    assert!(told.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn a_process_that_stops_asks_callers_to_close() {
    let stack = Stack::start().await;
    let browser = stack.browser();
    let before = browser.get("/health/live").await;
    assert!(!before.headers().contains_key(header::CONNECTION));
    stack.app.draining.cancel();
    let after = browser.get("/health/live").await;
    assert_eq!(after.status(), StatusCode::OK, "what comes late is answered");
    assert_eq!(after.headers()[header::CONNECTION], "close");
    let ready = browser.get("/health/ready").await;
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.headers().contains_key(header::RETRY_AFTER));
}
