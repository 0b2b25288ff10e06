//! What operators read of a worker.

use std::time::Duration;

use serde_json::json;
use smartstack_domain::clock::Random;
use smartstack_worker::adapter::model::{ModelError, ModelErrorKind, ScriptedModel, scripted};
use smartstack_worker::ai::config::AiConfig;
use smartstack_worker::ai::models::Models;
use smartstack_worker::ai::stack::{BreakerPolicy, CallRetry, Patience};
use tokio::process::Command;

use crate::desk::Desk;
use crate::support::{WorkerProcess, eventually};
use crate::worker::Worker;

/// The value of a series; nothing where there is none.
fn value(text: &str, series: &str) -> f64 {
    text.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
        .map_or(0.0, |value| value.parse().unwrap())
}

/// What this process has counted, as it would be shown.
async fn shown(worker: &Worker) -> String {
    let services = &worker.services;
    read(smartstack_worker::metrics::look(
        &services.db,
        &worker.queue,
        &services.models,
    ))
    .await
}

/// The value of a series that is counted where it happens.
pub(crate) async fn counted(series: &str) -> f64 {
    let text = read(Box::new(|| Box::pin(std::future::ready(())))).await;
    value(&text, series)
}

async fn read(look: smartstack_metrics::Look) -> String {
    let port = smartstack_metrics::Port::open(([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let url = format!("http://{}/metrics", port.address());
    let stop = tokio_util::sync::CancellationToken::new();
    let serving = tokio::spawn(port.serve(smartstack_worker::metrics::registry(), look, stop.clone()));
    let text = reqwest::get(&url).await.unwrap().text().await.unwrap();
    stop.cancel();
    serving.await.unwrap().unwrap();
    text
}

#[tokio::test]
async fn calls_are_counted_by_what_came_of_them_and_the_breaker_is_shown() {
    let desk = Desk::new().await;
    let away = || Err(ModelError::new(ModelErrorKind::Unavailable, "away"));
    let model = ScriptedModel::new([away(), away(), away()]);
    let patience = Patience {
        retry: CallRetry {
            most: 1,
            base: Duration::from_millis(1),
            cap: Duration::from_millis(1),
        },
        breaker: BreakerPolicy {
            failures: 1,
            open_for: Duration::from_secs(60),
        },
    };
    let spec = AiConfig::load(None).unwrap().models["claude-haiku"].clone();
    let worker = Worker::with(
        &desk.database,
        Models::scripted(model, spec, patience, Random::seeded(7)),
    );
    let before = shown(&worker).await;
    assert_eq!(
        value(&before, "smartstack_ai_breaker_open{model=\"scripted\"}"),
        0.0,
        "{before}"
    );
    desk.paste("Please design a new menu.").await;
    worker.work().await;
    let text = eventually("an open breaker", async || {
        let text = shown(&worker).await;
        let open = value(&text, "smartstack_ai_breaker_open{model=\"scripted\"}");
        (open == 1.0).then_some(text)
    })
    .await;
    let calls = |text: &str, outcome: &str| {
        value(
            text,
            &format!("smartstack_ai_calls_total{{model=\"scripted\",outcome=\"{outcome}\"}}"),
        )
    };
    let failed = ModelErrorKind::Unavailable.as_str();
    assert_eq!(calls(&text, failed) - calls(&before, failed), 1.0, "{text}");
    assert_eq!(value(&text, "smartstack_queue_up"), 1.0);
    // The job is done with: it waits for a person.
    eventually("an attempt that has ended", async || {
        let text = shown(&worker).await;
        let attempts = "smartstack_attempts_total{outcome=\"done\",work=\"job\"}";
        (value(&text, attempts) >= 1.0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn tokens_and_money_are_counted_by_model() {
    let desk = Desk::new().await;
    // Reads a thousand tokens and writes a hundred, for 1 500 millionths of a dollar.
    let nothing = json!({ "language": "en", "items": [] }).to_string();
    let spec = AiConfig::load(None).unwrap().models["claude-haiku"].clone();
    let model = ScriptedModel::by(move |_| Ok(scripted::answer(nothing.clone())));
    let worker = Worker::with(
        &desk.database,
        Models::scripted(model, spec, Patience::default(), Random::seeded(7)),
    );
    desk.paste("Please design a new menu.").await;
    worker.work().await;
    let text = eventually("an answer", async || {
        let text = shown(&worker).await;
        let calls = "smartstack_ai_calls_total{model=\"scripted\",outcome=\"answered\"}";
        (value(&text, calls) >= 1.0).then_some(text)
    })
    .await;
    let calls = value(
        &text,
        "smartstack_ai_calls_total{model=\"scripted\",outcome=\"answered\"}",
    );
    let used = |kind: &str| {
        let series = format!("smartstack_ai_tokens_total{{kind=\"{kind}\",model=\"scripted\"}}");
        value(&text, &series)
    };
    assert_eq!(
        (used("input"), used("output"), used("cache_read")),
        (1_000.0 * calls, 100.0 * calls, 0.0),
        "{text}"
    );
    let dollars = value(&text, "smartstack_ai_cost_dollars_total{model=\"scripted\"}");
    assert!((dollars - 0.0015 * calls).abs() < 1e-9, "{dollars}");
}

#[tokio::test]
async fn a_worker_shows_its_numbers_where_it_is_told_to() {
    let mut desk = Desk::new().await;
    desk.environment
        .push(("METRICS_LISTEN", "127.0.0.1:0".to_owned()));
    let worker = WorkerProcess::start(&desk, "").await;
    let address = eventually("the address", async || {
        let log = worker.log();
        let line = log
            .lines()
            .find(|line| line.contains("numbers are read at /metrics"))?;
        let at = line.split("address=").nth(1)?;
        Some(at.split_whitespace().next()?.to_owned())
    })
    .await;
    let text = reqwest::get(format!("http://{address}/metrics"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(value(&text, "smartstack_queue_up") == 1.0, "{text}");
    assert!(
        text.contains("smartstack_queue_messages{state=\"waiting\"}"),
        "{text}"
    );
}

#[tokio::test]
async fn an_address_that_is_none_is_said_at_the_start() {
    let out = Command::new(env!("CARGO_BIN_EXE_smartstack-worker"))
        .arg("run")
        .env_clear()
        .env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
        .env("SMARTSTACK_SECRET", crate::desk::SECRET)
        .env("PUBLIC_URL", "http://127.0.0.1:8080")
        .env("SMARTSTACK_MAIL_DIR", std::env::temp_dir())
        .env("SMARTSTACK_FILES_DIR", std::env::temp_dir())
        .env("METRICS_LISTEN", "everywhere")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success() && said.contains("METRICS_LISTEN"), "{said}");
}
