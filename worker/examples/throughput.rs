//! What receiving, keeping and settling messages costs the worker beside a bare loop over the same queue.
//!
//! Both empty a queue of as many messages in DATABASE_URL's database, with as many hands, and do nothing
//! with them: what is left is the work of the runtime itself (leases and their heartbeats, slots, retry
//! rules, numbers for operators). They take turns; prints one JSON object with the medians. For
//! `cargo xtask bench`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Parser;
use smartstack_domain::Db;
use smartstack_domain::clock::Random;
use smartstack_domain::db::Options;
use smartstack_worker::adapter::queue::{PostgresQueue, Queue, Received};
use smartstack_worker::runtime::Failure;
use smartstack_worker::runtime::drain::Shutdown;
use smartstack_worker::runtime::poll::{Consumer, Handler, Settings};
use smartstack_worker::runtime::retry::RetryPolicy;
use tokio_util::sync::CancellationToken;

/// Messages of one receive, as the worker asks for.
const BATCH: usize = 10;
/// How long a message is lent: the worker's own default.
const LEASE: Duration = Duration::from_secs(30);

#[derive(Parser)]
struct Cli {
    /// The worker's database.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// Messages of a turn.
    #[arg(long, default_value_t = 4_000)]
    messages: usize,
    /// Messages in hand at a time.
    #[arg(long, default_value_t = 4)]
    hands: usize,
    /// Turns of each.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// Does nothing, and orders the stop with the last message.
struct Nothing {
    left: AtomicUsize,
    shutdown: Shutdown,
}

impl Handler for Nothing {
    fn kind_of(&self, _: &Received) -> &'static str {
        "nothing"
    }

    async fn handle(&self, _: &Received, _: &CancellationToken) -> Result<(), Failure> {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.shutdown.stop.cancel();
        }
        Ok(())
    }

    async fn release(&self, _: &Received, _: &Failure) -> anyhow::Result<()> {
        Ok(())
    }

    async fn give_up(&self, _: &Received, _: &Failure) -> anyhow::Result<()> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let options = Options {
        // As the worker has it for so many hands.
        max_connections: u32::try_from(cli.hands)? * 2 + 5,
        ..Options::default()
    };
    let db = Db::connect(&cli.database_url, options).await?;
    let queue = Queue::Postgres(PostgresQueue::new(db.clone()));
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for round in 0..=cli.rounds {
        let by_hand = bare_loop(&queue, cli.messages, cli.hands).await?;
        let by_worker = worker(&queue, cli.messages, cli.hands, db.random()).await?;
        // The first round warms up.
        if round > 0 {
            bare.push(by_hand);
            ours.push(by_worker);
        }
    }
    let (bare, ours) = (median(bare), median(ours));
    println!(
        "{}",
        serde_json::json!({ "bare_per_second": bare, "worker_per_second": ours, "share": ours / bare })
    );
    Ok(())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

async fn fill(queue: &Queue, messages: usize) -> anyhow::Result<()> {
    for start in (0..messages).step_by(500) {
        let bodies = (start..messages.min(start + 500)).map(|n| format!("{{\"n\":{n}}}"));
        queue.send(bodies.collect()).await?;
    }
    Ok(())
}

/// Messages a second of hands that receive and delete, and nothing else.
async fn bare_loop(queue: &Queue, messages: usize, hands: usize) -> anyhow::Result<f64> {
    fill(queue, messages).await?;
    let done = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let hands: Vec<_> = (0..hands)
        .map(|_| {
            let (queue, done) = (queue.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                let never = CancellationToken::new();
                loop {
                    let batch = queue.receive(BATCH, LEASE, Duration::ZERO, &never).await?;
                    if batch.is_empty() {
                        return anyhow::Ok(());
                    }
                    for message in batch {
                        queue.delete(&message.receipt).await?;
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    for hand in hands {
        hand.await??;
    }
    let took = started.elapsed();
    ensure!(done.load(Ordering::Relaxed) == messages, "messages were lost");
    Ok(messages as f64 / took.as_secs_f64())
}

/// Messages a second of the worker's own runtime.
async fn worker(queue: &Queue, messages: usize, hands: usize, random: &Random) -> anyhow::Result<f64> {
    fill(queue, messages).await?;
    let shutdown = Shutdown::default();
    let handler = Arc::new(Nothing {
        left: AtomicUsize::new(messages),
        shutdown: shutdown.clone(),
    });
    let consumer = Consumer {
        queue: queue.clone(),
        handler: Arc::clone(&handler),
        settings: Settings {
            concurrency: hands,
            lease: LEASE,
            retry: RetryPolicy::default(),
        },
        random: random.clone(),
    };
    let started = Instant::now();
    consumer.run(shutdown).await;
    let took = started.elapsed();
    ensure!(
        handler.left.load(Ordering::Relaxed) == 0,
        "some messages were handled twice"
    );
    Ok(messages as f64 / took.as_secs_f64())
}
