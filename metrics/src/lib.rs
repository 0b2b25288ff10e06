//! Numbers for operators: what a program counts, and the port they are read from.
//!
//! The port is its own ([`Port`]), apart from the one people use, and answers `GET /metrics` alone, in the
//! text form of Prometheus. Nothing on it is protected: it belongs on an address that only the operator's
//! network reaches. No number has a label whose values people choose.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use futures_util::future::BoxFuture;
use poem::{
    Endpoint, Request, Response, Route, Server,
    http::{Method, StatusCode, header},
    listener::{Acceptor, Listener, TcpAcceptor, TcpListener},
};
pub use prometheus::{
    CounterVec, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
};
use tokio_util::sync::CancellationToken;

/// How long a reader may take once the program stops.
const DRAIN_TIME: Duration = Duration::from_secs(1);
/// How long looking at what is not counted by itself may take; then the last numbers are shown.
const LOOK_TIME: Duration = Duration::from_secs(3);

/// Bounds of latencies in seconds: from an answer out of memory to one that nobody waits for any more.
pub const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Sets gauges of what is not counted where it happens, before each answer.
pub type Look = Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// The port, once it is open.
pub struct Port {
    acceptor: TcpAcceptor,
    address: SocketAddr,
}

impl Port {
    /// Opens it.
    ///
    /// # Errors
    /// The address cannot be used; the text names it.
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let acceptor = TcpListener::bind(address)
            .into_acceptor()
            .await
            .with_context(|| format!("METRICS_LISTEN: {address} could not be opened"))?;
        let address = acceptor
            .local_addr()
            .into_iter()
            .find_map(|address| address.as_socket_addr().copied())
            .context("METRICS_LISTEN: the port has no address")?;
        Ok(Self { acceptor, address })
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers with what `registry` holds until told to stop; `look` is done before each answer.
    ///
    /// # Errors
    /// Where the port fails.
    pub async fn serve(self, registry: Registry, look: Look, stop: CancellationToken) -> anyhow::Result<()> {
        tracing::info!(address = %self.address, "numbers are read at /metrics");
        let shown = Arc::new(Shown { registry, look });
        let route = Route::new().at("/metrics", Numbers(shown));
        Server::new_with_acceptor(self.acceptor)
            .name("smartstack-metrics")
            .run_with_graceful_shutdown(route, stop.cancelled_owned(), Some(DRAIN_TIME))
            .await?;
        Ok(())
    }
}

struct Shown {
    registry: Registry,
    look: Look,
}

struct Numbers(Arc<Shown>);

impl Endpoint for Numbers {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        if !matches!(*req.method(), Method::GET | Method::HEAD) {
            return Ok(Response::builder()
                .status(StatusCode::METHOD_NOT_ALLOWED)
                .header(header::ALLOW, "GET, HEAD")
                .finish());
        }
        if tokio::time::timeout(LOOK_TIME, (self.0.look)()).await.is_err() {
            tracing::warn!("some numbers are old: looking took too long");
        }
        let encoder = prometheus::TextEncoder::new();
        Ok(match encoder.encode_to_string(&self.0.registry.gather()) {
            Ok(text) => Response::builder()
                .header(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)
                .header(header::CACHE_CONTROL, "no-store")
                .body(text),
            Err(error) => {
                tracing::error!(%error, "the numbers could not be written");
                StatusCode::INTERNAL_SERVER_ERROR.into()
            }
        })
    }
}

/// A counter for each value of some labels, in `registry`.
///
/// # Errors
/// Its name is taken, or is none.
pub fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<IntCounterVec> {
    let made = IntCounterVec::new(Opts::new(name, help), labels)?;
    registry.register(Box::new(made.clone()))?;
    Ok(made)
}

/// A counter of fractions, such as money, for each value of some labels, in `registry`.
///
/// # Errors
/// As [`counters`].
pub fn amounts(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<CounterVec> {
    let made = CounterVec::new(Opts::new(name, help), labels)?;
    registry.register(Box::new(made.clone()))?;
    Ok(made)
}

/// Says which release this is: a gauge that is always 1, so that graphs can be told apart by it.
///
/// # Errors
/// As [`counters`].
pub fn release(registry: &Registry, version: &str) -> prometheus::Result<()> {
    let made = gauges(
        registry,
        "smartstack_release",
        "Always 1; its label is the release.",
        &["version"],
    )?;
    made.with_label_values(&[version]).set(1);
    Ok(())
}

/// A gauge for each value of some labels, in `registry`.
///
/// # Errors
/// As [`counters`].
pub fn gauges(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<IntGaugeVec> {
    let made = IntGaugeVec::new(Opts::new(name, help), labels)?;
    registry.register(Box::new(made.clone()))?;
    Ok(made)
}

/// A gauge, in `registry`.
///
/// # Errors
/// As [`counters`].
pub fn gauge(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntGauge> {
    let made = IntGauge::new(name, help)?;
    registry.register(Box::new(made.clone()))?;
    Ok(made)
}

/// Latencies in seconds for each value of some labels, in `registry`.
///
/// # Errors
/// As [`counters`].
pub fn latencies(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<HistogramVec> {
    let options = HistogramOpts::new(name, help).buckets(SECONDS.to_vec());
    let made = HistogramVec::new(options, labels)?;
    registry.register(Box::new(made.clone()))?;
    Ok(made)
}

/// Counts as one more while it lives: an open socket, a running operation.
#[derive(Debug)]
pub struct Held(IntGauge);

impl Held {
    /// One more from now on.
    #[must_use]
    pub fn new(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_port_answers_with_what_was_counted_and_nothing_else() {
        let registry = Registry::new();
        let asked = counters(&registry, "asked_total", "Asked.", &["by"]).expect("counters");
        let seen = gauge(&registry, "seen", "Seen.").expect("a gauge");
        asked.with_label_values(&["ada"]).inc_by(3);
        let held = Held::new(&gauge(&registry, "held", "Held.").expect("a gauge"));
        let port = Port::open(([127, 0, 0, 1], 0).into()).await.expect("a port");
        let url = format!("http://{}/metrics", port.address());
        let stop = CancellationToken::new();
        let look: Look = Box::new(move || {
            seen.inc();
            Box::pin(std::future::ready(()))
        });
        let serving = tokio::spawn(port.serve(registry, look, stop.clone()));
        let read = async || reqwest::get(&url).await.expect("an answer");
        read().await;
        let second = read().await;
        assert_eq!(second.headers()["content-type"], prometheus::TEXT_FORMAT);
        let text = second.text().await.expect("text");
        assert!(text.contains("asked_total{by=\"ada\"} 3\n"), "{text}");
        assert!(
            text.contains("\nseen 2\n"),
            "looked at before each answer: {text}"
        );
        assert!(text.contains("\nheld 1\n"), "{text}");
        drop(held);
        assert!(read().await.text().await.expect("text").contains("\nheld 0\n"));
        let other = reqwest::get(url.replace("/metrics", "/"))
            .await
            .expect("an answer");
        assert_eq!(other.status(), 404);
        let post = reqwest::Client::new().post(&url).send().await.expect("an answer");
        assert_eq!(post.status(), 405);
        stop.cancel();
        serving.await.expect("ended").expect("well");
    }

    #[tokio::test]
    async fn an_address_that_is_taken_is_named() {
        let port = Port::open(([127, 0, 0, 1], 0).into()).await.expect("a port");
        let error = Port::open(port.address()).await.err().expect("taken");
        let text = format!("{error:#}");
        assert!(
            text.contains("METRICS_LISTEN") && text.contains(&port.address().to_string()),
            "{text}"
        );
    }
}
