//! What the worker counts for operators; read at `METRICS_LISTEN`, see [`smartstack_metrics`].

use std::sync::LazyLock;
use std::time::Duration;

use smartstack_domain::Db;
use smartstack_metrics::{
    CounterVec, Held, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Look, Registry, amounts, counters,
    gauge, gauges, latencies, release,
};

use crate::adapter::queue::Queue;
use crate::ai::config::Tokens;
use crate::ai::models::Models;

/// The numbers of this process. They are counted deep in the stack around models, which is built without
/// knowing whether anybody reads.
static METRICS: LazyLock<Option<Metrics>> = LazyLock::new(|| match Metrics::new() {
    Ok(metrics) => Some(metrics),
    Err(error) => {
        tracing::error!(%error, "nothing is counted: a number's name is used twice");
        None
    }
});

struct Metrics {
    registry: Registry,
    attempts: IntCounterVec,
    attempt_seconds: HistogramVec,
    running: IntGauge,
    ai_calls: IntCounterVec,
    ai_seconds: HistogramVec,
    ai_tokens: IntCounterVec,
    ai_cost: CounterVec,
    breakers: IntGaugeVec,
    webhooks: IntCounterVec,
    webhook_seconds: HistogramVec,
    queue: IntGaugeVec,
    queue_up: IntGauge,
    connections: IntGaugeVec,
}

impl Metrics {
    fn new() -> anyhow::Result<Self> {
        let registry = Registry::new();
        release(&registry, env!("CARGO_PKG_VERSION"))?;
        Ok(Self {
            attempts: counters(
                &registry,
                "smartstack_attempts_total",
                "Attempts at work by what it was and what became of it.",
                &["work", "outcome"],
            )?,
            attempt_seconds: latencies(
                &registry,
                "smartstack_attempt_seconds",
                "How long an attempt took, by what the work was.",
                &["work"],
            )?,
            running: gauge(
                &registry,
                "smartstack_attempts_running",
                "Attempts that this worker makes now.",
            )?,
            ai_calls: counters(
                &registry,
                "smartstack_ai_calls_total",
                "Calls to models by what came of them; refused and left_alone: not made, for want of money or because \
                 AI is off, and because the model fails too often.",
                &["model", "outcome"],
            )?,
            ai_seconds: latencies(
                &registry,
                "smartstack_ai_call_seconds",
                "How long models took to answer or to fail.",
                &["model"],
            )?,
            ai_tokens: counters(
                &registry,
                "smartstack_ai_tokens_total",
                "Tokens that models read, wrote, and kept in or took out of their cache.",
                &["model", "kind"],
            )?,
            ai_cost: amounts(
                &registry,
                "smartstack_ai_cost_dollars_total",
                "What calls to models did cost, by the prices of ai.toml.",
                &["model"],
            )?,
            breakers: gauges(
                &registry,
                "smartstack_ai_breaker_open",
                "Whether a model fails so often that it is left alone just now.",
                &["model"],
            )?,
            webhooks: counters(
                &registry,
                "smartstack_webhook_attempts_total",
                "Attempts to deliver a message to a webhook, by what became of the message.",
                &["outcome"],
            )?,
            webhook_seconds: latencies(
                &registry,
                "smartstack_webhook_attempt_seconds",
                "How long receivers of webhooks took.",
                &[],
            )?,
            queue: gauges(
                &registry,
                "smartstack_queue_messages",
                "Messages in the queue: waiting, in somebody's hands, put aside. SQS counts approximately.",
                &["state"],
            )?,
            queue_up: gauge(
                &registry,
                "smartstack_queue_up",
                "Whether the queue answered when these numbers were read.",
            )?,
            connections: gauges(
                &registry,
                "smartstack_database_connections",
                "Connections to PostgreSQL: in use, idle, and how many there may be.",
                &["state"],
            )?,
            registry,
        })
    }
}

/// What is shown.
pub fn registry() -> Registry {
    METRICS
        .as_ref()
        .map_or_else(Registry::new, |metrics| metrics.registry.clone())
}

/// Counts an attempt that has ended. `work` and `outcome` are each one of a few words of ours.
pub(crate) fn attempted(work: &'static str, outcome: &'static str, took: Duration) {
    if let Some(metrics) = &*METRICS {
        metrics.attempts.with_label_values(&[work, outcome]).inc();
        metrics
            .attempt_seconds
            .with_label_values(&[work])
            .observe(took.as_secs_f64());
    }
}

/// Counts an attempt as running for as long as what is returned lives.
pub(crate) fn running() -> Option<Held> {
    METRICS.as_ref().map(|metrics| Held::new(&metrics.running))
}

/// Counts an attempt to deliver a message to a webhook. `outcome` is one of a few words of ours.
pub(crate) fn webhook(outcome: &'static str, took: Duration) {
    if let Some(metrics) = &*METRICS {
        metrics.webhooks.with_label_values(&[outcome]).inc();
        let seconds = metrics.webhook_seconds.with_label_values::<&str>(&[]);
        seconds.observe(took.as_secs_f64());
    }
}

/// Counts what a call did use: tokens by kind, and money in millionths of a US dollar.
pub(crate) fn ai_used(model: &str, tokens: &Tokens, micro_usd: i64) {
    let Some(metrics) = &*METRICS else { return };
    for (kind, count) in [
        ("input", tokens.input),
        ("output", tokens.output),
        ("cache_read", tokens.cache_read),
        ("cache_write", tokens.cache_write),
    ] {
        metrics
            .ai_tokens
            .with_label_values(&[model, kind])
            .inc_by(count.into());
    }
    // A call costs at most some dollars: far from where a double is not exact any more.
    let dollars = micro_usd.max(0) as f64 / 1e6;
    metrics.ai_cost.with_label_values(&[model]).inc_by(dollars);
}

/// Counts a call to a model: answered, or the kind of its failure.
pub(crate) fn ai_call(model: &str, outcome: &'static str, took: Duration) {
    if let Some(metrics) = &*METRICS {
        metrics.ai_calls.with_label_values(&[model, outcome]).inc();
        metrics
            .ai_seconds
            .with_label_values(&[model])
            .observe(took.as_secs_f64());
    }
}

/// Counts a call that was not made: refused by the ledger, or the model is left alone.
pub(crate) fn ai_not_asked(model: &str, outcome: &'static str) {
    if let Some(metrics) = &*METRICS {
        metrics.ai_calls.with_label_values(&[model, outcome]).inc();
    }
}

/// Looks at what is not counted where it happens.
pub fn look(db: &Db, queue: &Queue, models: &Models) -> Look {
    let (db, queue, models) = (db.clone(), queue.clone(), models.clone());
    Box::new(move || {
        let (db, queue, models) = (db.clone(), queue.clone(), models.clone());
        Box::pin(async move {
            let Some(metrics) = &*METRICS else { return };
            let pool = db.pool_use();
            for (state, count) in [("in_use", pool.in_use), ("idle", pool.idle), ("most", pool.most)] {
                metrics.connections.with_label_values(&[state]).set(count.into());
            }
            for (name, left_alone) in models.left_alone() {
                metrics
                    .breakers
                    .with_label_values(&[name])
                    .set(i64::from(left_alone));
            }
            match queue.depth().await {
                Ok(depth) => {
                    metrics.queue_up.set(1);
                    for (state, count) in [
                        ("waiting", depth.waiting),
                        ("in_hand", depth.hidden),
                        ("dead", depth.dead),
                    ] {
                        metrics
                            .queue
                            .with_label_values(&[state])
                            .set(i64::try_from(count).unwrap_or(i64::MAX));
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "the queue's numbers could not be read");
                    metrics.queue_up.set(0);
                }
            }
        })
    })
}
