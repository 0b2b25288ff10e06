//! How messages become work: receive ([`poll`]), keep hold of ([`heartbeat`]), decide what becomes of them
//! ([`ack`], [`retry`]), and stop without losing any ([`drain`]).
//!
//! Nothing here knows what a job does; that is [`crate::job`].

pub mod ack;
pub mod drain;
pub mod failure;
pub mod heartbeat;
pub mod pace;
pub mod poll;
pub mod retry;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret as _;
use smartstack_domain::blob::Blobs;
use smartstack_domain::db::Options;
use smartstack_domain::presence::{Probe, Reporter};
use smartstack_domain::secret::Secrets;
use smartstack_domain::target::Policy;
use smartstack_domain::{Db, ai};
use smartstack_metrics::Port;
use smartstack_schema::PartKind;
use tokio_util::sync::CancellationToken;

pub use failure::{Failure, FailureKind};

use crate::adapter::mail::Mailer;
use crate::adapter::mail::template::Templates;
use crate::adapter::outgoing::Outgoing;
use crate::adapter::queue::{PostgresQueue, Queue, SqsQueue};
use crate::ai::models::Models;
use crate::config::RunConfig;
use crate::job::Services;
use crate::metrics;
use crate::reading::FileReader;
use crate::relay::Relay;
use crate::upkeep::Upkeep;
use crate::webhook::Sender;
use drain::Shutdown;
use poll::{Consumer, Settings};
use retry::RetryPolicy;

/// How long the database is waited for at the start: it may be starting at the same moment.
const CONNECT_WITHIN: Duration = Duration::from_secs(30);

/// The whole worker, until the process is asked to stop.
///
/// # Errors
/// It cannot start: the configuration is wrong, or the database does not answer.
pub async fn run(config: &RunConfig) -> anyhow::Result<()> {
    let mailer = config.mailer()?;
    let blobs = config.blobs()?;
    let numbers = match config.metrics()? {
        Some(address) => Some(Port::open(address).await?),
        None => None,
    };
    let templates = Templates::new()?;
    let secrets = Secrets::new(&config.secret).context("SMARTSTACK_SECRET")?;
    let options = Options {
        // Each message in hand: its work, its two heartbeats. Then the relay and the receiving, and two for
        // noting what webhooks have answered.
        max_connections: u32::from(config.concurrency) * 2 + 5,
        application_name: "smartstack-worker".to_owned(),
        ..Options::default()
    };
    let random = options.random.clone();
    let db = connect(config.database_url.expose_secret(), &options).await?;
    let models = config.models.models(&random).await?;
    let queue = match config.sqs() {
        Some(settings) => {
            let queue = SqsQueue::connect(&settings, RetryPolicy::default().max_receives).await;
            Queue::Sqs(queue.context("SQS_QUEUE_URL")?)
        }
        None => Queue::Postgres(PostgresQueue::new(db.clone())),
    };
    let offered = models.offered();
    let names: Vec<_> = offered.iter().map(|model| model.name.as_str()).collect();
    tracing::info!(queue = queue.name(), models = names.join(" "), "configured");
    db.in_system(move |tx| Box::pin(async move { ai::model::announce(tx, &offered).await }))
        .await
        .context("the models cannot be announced")?;
    let shutdown = Shutdown::default();

    let relay = Relay {
        db: db.clone(),
        queue: queue.clone(),
        random: random.clone(),
    };
    let mut relay = tokio::spawn(relay.run(shutdown.stop.clone()));
    let worker_name = Reporter::name(&db);
    let upkeep = Upkeep {
        db: db.clone(),
        blobs: blobs.clone(),
        probes: probes(&db, &queue, &mailer, &models, &blobs),
        worker_name: worker_name.clone(),
    };
    let upkeep = tokio::spawn(upkeep.run(shutdown.stop.clone()));
    let outgoing = Outgoing::new(Policy::of_installation(&config.public_url));
    let sender = Sender {
        db: db.clone(),
        outgoing: outgoing.context("requests to webhooks")?,
        secrets: Arc::new(Secrets::new(&config.secret).context("SMARTSTACK_SECRET")?),
    };
    let mut sender = tokio::spawn(sender.run(shutdown.stop.clone()));
    // Read until the very end: how draining goes is what operators look at.
    let stopped = CancellationToken::new();
    if let Some(port) = numbers {
        let look = metrics::look(&db, &queue, &models);
        tokio::spawn(port.serve(metrics::registry(), look, stopped.clone()));
    }
    let consumer = Consumer {
        queue,
        handler: Arc::new(Services {
            db: db.clone(),
            blobs,
            files: FileReader::of_this_program()?,
            mailer,
            templates,
            models,
            secrets,
            public_url: config.public_url.clone(),
            worker_name,
            lease: config.lease(),
        }),
        settings: Settings {
            concurrency: usize::from(config.concurrency),
            lease: config.lease(),
            retry: RetryPolicy::default(),
        },
        random,
    };
    let mut consumer = tokio::spawn(consumer.run(shutdown.clone()));
    tracing::info!(
        concurrency = config.concurrency,
        lease_seconds = config.lease_seconds,
        "worker ready"
    );

    tokio::select! {
        asked = drain::asked_to_stop() => asked.context("cannot listen for signals")?,
        // Neither ends by itself: only by a fault, after which a fresh process is the better one.
        ended = &mut relay => bail!("the relay ended: {ended:?}"),
        ended = &mut consumer => bail!("the consumer ended: {ended:?}"),
        ended = &mut sender => bail!("the sending of webhooks ended: {ended:?}"),
    }
    tracing::info!("stopping");
    shutdown.begin(drain::FINISH_WITHIN);
    if tokio::time::timeout(
        drain::EXIT_WITHIN,
        futures_util::future::join3(relay, consumer, sender),
    )
    .await
    .is_err()
    {
        tracing::error!("some work neither ended nor could be given back; its lease will end");
    }
    let _ = tokio::time::timeout(drain::CLOSE_WITHIN, upkeep).await;
    stopped.cancel();
    let _ = tokio::time::timeout(drain::CLOSE_WITHIN, db.close()).await;
    tracing::info!("stopped");
    Ok(())
}

/// What this worker depends on.
fn probes(db: &Db, queue: &Queue, mailer: &Mailer, models: &Models, blobs: &Blobs) -> Vec<Probe> {
    /// A mail server is somebody else's, and most of the time there is no mail.
    const MAIL_EVERY: u32 = 6;
    /// So is a bucket, and asking costs.
    const STORAGE_EVERY: u32 = 6;
    let (queue, mailer, models, blobs) = (queue.clone(), mailer.clone(), models.clone(), blobs.clone());
    vec![
        Probe::database(db),
        Probe::new(PartKind::Queue, 1, move || {
            let queue = queue.clone();
            async move {
                match queue.depth().await {
                    Ok(depth) => Ok(format!(
                        "{}: {} waiting, {} in hand, {} put aside",
                        queue.name(),
                        depth.waiting,
                        depth.hidden,
                        depth.dead
                    )),
                    Err(error) => Err(error.to_string()),
                }
            }
        }),
        Probe::new(PartKind::Mail, MAIL_EVERY, move || {
            let mailer = mailer.clone();
            async move { mailer.check().await }
        }),
        Probe::new(PartKind::Storage, STORAGE_EVERY, move || {
            let blobs = blobs.clone();
            async move { blobs.check().await.map(|()| blobs.name().to_owned()) }
        }),
        Probe::new(PartKind::Model, 1, move || {
            let state = models.state();
            async move { state }
        }),
    ]
}

/// Connects, trying again while the database is starting.
async fn connect(url: &str, options: &Options) -> anyhow::Result<Db> {
    let deadline = tokio::time::Instant::now() + CONNECT_WITHIN;
    loop {
        match Db::connect(url, options.clone()).await {
            Ok(db) => return Ok(db),
            Err(error)
                if error.kind == smartstack_domain::error::StoreErrorKind::Unavailable
                    && tokio::time::Instant::now() < deadline =>
            {
                tracing::warn!(%error, "the database does not answer yet");
                tokio::time::sleep(retry::jitter(Duration::from_secs(1), &options.random)).await;
            }
            Err(error) => return Err(error).context("DATABASE_URL: cannot use this database"),
        }
    }
}
