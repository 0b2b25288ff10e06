//! What the API counts for operators; read at `METRICS_LISTEN`, see [`smartstack_metrics`].

use std::{sync::Arc, time::Duration};

use async_graphql::{Response as GraphqlResponse, parser::types::OperationType};
use chrono::TimeDelta;
use poem::{PathPattern, Response, http::StatusCode};
use smartstack_domain::admin;
use smartstack_metrics::{
    Held, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Look, Registry, counters, gauge, gauges,
    latencies, release,
};
use smartstack_schema::ErrorCode;

use crate::app::App;

/// What a GraphQL operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A query.
    Query,
    /// A mutation.
    Mutation,
    /// A subscription; how long it runs is nobody's latency.
    Subscription,
    /// A request that was turned away before it was known what it is.
    Unread,
}

impl Kind {
    fn label(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
            Self::Unread => "unread",
        }
    }
}

impl From<OperationType> for Kind {
    fn from(operation: OperationType) -> Self {
        match operation {
            OperationType::Query => Self::Query,
            OperationType::Mutation => Self::Mutation,
            OperationType::Subscription => Self::Subscription,
        }
    }
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As asked.
    Ok,
    /// The asker was in the wrong: a document that is none, no right, too much.
    Refused,
    /// This installation was.
    Failed,
}

impl Outcome {
    fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    fn of_status(status: StatusCode) -> Self {
        if status.is_server_error() {
            Self::Failed
        } else if status.is_client_error() {
            Self::Refused
        } else {
            Self::Ok
        }
    }

    /// An answer's errors tell more than its status, which may be 200 all the same.
    pub fn of_answer(response: &GraphqlResponse) -> Self {
        let is_ours = |error: &async_graphql::ServerError| {
            let code = error.extensions.as_ref().and_then(|more| more.get("code"));
            matches!(code, Some(async_graphql::Value::String(code)) if code == ErrorCode::Internal.as_str())
        };
        if response.errors.iter().any(is_ours) {
            Self::Failed
        } else if response.errors.is_empty() {
            Self::Ok
        } else {
            Self::Refused
        }
    }
}

/// What GraphQL's endpoint tells of an answer, carried on the response to where it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Told(pub Kind, pub Outcome);

/// The numbers of this process.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    request_seconds: HistogramVec,
    operations: IntCounterVec,
    operation_seconds: HistogramVec,
    subscriptions: IntGauge,
    sockets: IntGauge,
    connections: IntGaugeVec,
    jobs: IntGaugeVec,
    job_age: IntGaugeVec,
    outbox: IntGauge,
    outbox_age: IntGauge,
    database: IntGauge,
}

impl Metrics {
    /// Everything at nought.
    ///
    /// # Errors
    /// A name is used twice: a fault of this file.
    pub fn new() -> anyhow::Result<Self> {
        let registry = Registry::new();
        let one = |name, help| gauge(&registry, name, help);
        release(&registry, env!("CARGO_PKG_VERSION"))?;
        Ok(Self {
            requests: counters(
                &registry,
                "smartstack_http_requests_total",
                "Requests by route and status.",
                &["route", "status"],
            )?,
            request_seconds: latencies(
                &registry,
                "smartstack_http_request_seconds",
                "Time until an answer began to leave, by route.",
                &["route"],
            )?,
            operations: counters(
                &registry,
                "smartstack_graphql_operations_total",
                "GraphQL operations by kind and how they ended; unread: turned away before it was known what it is.",
                &["kind", "outcome"],
            )?,
            operation_seconds: latencies(
                &registry,
                "smartstack_graphql_operation_seconds",
                "Time until a GraphQL answer began to leave, by kind. Subscriptions are not in it.",
                &["kind"],
            )?,
            subscriptions: one(
                "smartstack_graphql_subscriptions",
                "GraphQL subscriptions that are running.",
            )?,
            sockets: one("smartstack_sockets", "WebSockets that are open.")?,
            connections: gauges(
                &registry,
                "smartstack_database_connections",
                "Connections to PostgreSQL: in use, idle, and how many there may be.",
                &["state"],
            )?,
            jobs: gauges(
                &registry,
                "smartstack_jobs",
                "Jobs that have not ended, of the whole installation, by state.",
                &["state"],
            )?,
            job_age: gauges(
                &registry,
                "smartstack_job_oldest_seconds",
                "Age of the oldest job of each state, of the whole installation; 0 where there is none.",
                &["state"],
            )?,
            outbox: one(
                "smartstack_outbox_unsent",
                "Messages of the whole installation that no worker has taken over yet.",
            )?,
            outbox_age: one(
                "smartstack_outbox_oldest_seconds",
                "How long the oldest message in the outbox has waited; 0 where there is none.",
            )?,
            database: one(
                "smartstack_database_up",
                "Whether PostgreSQL answered when these numbers were read.",
            )?,
            registry,
        })
    }

    /// What is shown.
    pub fn registry(&self) -> Registry {
        self.registry.clone()
    }

    /// Counts a request: by the pattern of its route, never by its path, which people choose.
    pub fn answered(&self, response: &Response, took: Duration) {
        let pattern = response.data::<PathPattern>();
        let route = pattern.map_or("none", |pattern| &*pattern.0);
        self.requests
            .with_label_values(&[route, response.status().as_str()])
            .inc();
        self.request_seconds
            .with_label_values(&[route])
            .observe(took.as_secs_f64());
        let unread = || Told(Kind::Unread, Outcome::of_status(response.status()));
        let told = response.extensions().get::<Told>().copied();
        if let Some(Told(kind, outcome)) = told.or_else(|| route.ends_with("/graphql").then(unread)) {
            self.operated(kind, outcome, took);
        }
    }

    /// Counts a GraphQL operation.
    pub fn operated(&self, kind: Kind, outcome: Outcome, took: Duration) {
        self.operations
            .with_label_values(&[kind.label(), outcome.label()])
            .inc();
        self.operation_seconds
            .with_label_values(&[kind.label()])
            .observe(took.as_secs_f64());
    }

    /// Counts a subscription, which runs for as long as what is returned lives.
    pub fn subscribed(&self) -> Held {
        let kind = Kind::Subscription.label();
        self.operations
            .with_label_values(&[kind, Outcome::Ok.label()])
            .inc();
        Held::new(&self.subscriptions)
    }

    async fn look(&self, app: &App) {
        self.sockets.set(number(app.sockets.len()));
        let pool = app.db.pool_use();
        let set = |state, count: u32| self.connections.with_label_values(&[state]).set(count.into());
        set("in_use", pool.in_use);
        set("idle", pool.idle);
        set("most", pool.most);
        let numbers = match admin::numbers(&app.db).await {
            Ok(numbers) => numbers,
            Err(error) => {
                tracing::debug!(%error, "the database's numbers could not be read");
                self.database.set(0);
                return;
            }
        };
        self.database.set(1);
        for jobs in numbers.jobs {
            let state = jobs.state.as_str();
            self.jobs.with_label_values(&[state]).set(jobs.count);
            self.job_age.with_label_values(&[state]).set(seconds(jobs.oldest));
        }
        self.outbox.set(numbers.outbox_unsent);
        self.outbox_age.set(seconds(numbers.outbox_oldest));
    }
}

fn seconds(time: TimeDelta) -> i64 {
    time.num_seconds().max(0)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Looks at what is not counted where it happens.
pub fn look(app: &Arc<App>) -> Look {
    let app = Arc::clone(app);
    Box::new(move || {
        let app = Arc::clone(&app);
        Box::pin(async move { app.metrics.look(&app).await })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_used_once() {
        assert!(Metrics::new().is_ok());
    }
}
