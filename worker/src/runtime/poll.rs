//! The consumer: receives messages, has at most so many worked on at a time, and keeps each one lent to this
//! worker meanwhile. While work is short it receives a few messages ahead, so that no hand waits for the next
//! one; long work leaves them to other workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use smartstack_domain::clock::Random;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::drain::Shutdown;
use super::failure::catch_panic;
use super::heartbeat::Heartbeat;
use super::pace::Pace;
use super::retry::{RetryPolicy, jitter};
use super::{Failure, FailureKind, ack};
use crate::adapter::queue::{Queue, Received};
use crate::failpoint;
use crate::metrics;

/// What is done with a message.
pub trait Handler: Send + Sync + 'static {
    /// What kind of work a message asks for, in one of a few words of ours: attempts are counted by it.
    fn kind_of(&self, message: &Received) -> &'static str;

    /// Does the work a message asks for. Has to bear being called several times, also at once, for the same
    /// message. Once `give_back` is cancelled, it returns [`FailureKind::NotNow`] soon.
    fn handle(
        &self,
        message: &Received,
        give_back: &CancellationToken,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// The message will be received again: let go of what the failed attempt holds.
    fn release(
        &self,
        message: &Received,
        failure: &Failure,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;

    /// The message will not be received again: tell a person.
    fn give_up(
        &self,
        message: &Received,
        failure: &Failure,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// How the consumer works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Messages worked on at a time.
    pub concurrency: usize,
    /// How long a message is lent; the heartbeat renews it.
    pub lease: Duration,
    /// When to try again.
    pub retry: RetryPolicy,
}

/// Receives messages and has them handled.
#[derive(Debug)]
pub struct Consumer<H> {
    /// Where messages come from.
    pub queue: Queue,
    /// What is done with them.
    pub handler: Arc<H>,
    /// How.
    pub settings: Settings,
    /// Draws the waits between attempts.
    pub random: Random,
}

/// Most messages of one receive, as SQS has it.
const BATCH_MAX: usize = 10;

/// How long one receive waits for a message before it is asked again.
const RECEIVE_WAIT: Duration = Duration::from_secs(10);

/// Longest wait between receives while the queue does not answer: half of the 5 s within which work has to
/// go on after its return.
const OUTAGE_WAIT: RetryPolicy = RetryPolicy {
    base: Duration::from_millis(100),
    cap: Duration::from_millis(2500),
    max_receives: u32::MAX,
};

/// The messages a consumer has received and not settled yet.
struct Hands {
    /// As many as may be worked on at a time.
    free: Semaphore,
    /// One for each message.
    tasks: TaskTracker,
    /// How many there are.
    held: AtomicUsize,
    /// Told when there is one fewer.
    settled: Notify,
    pace: Pace,
}

/// A message among those in hand, until dropped.
struct Held(Arc<Hands>);

impl Held {
    fn new(hands: &Arc<Hands>) -> Self {
        hands.held.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(hands))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Ordering::Relaxed);
        self.0.settled.notify_one();
    }
}

impl<H: Handler> Consumer<H> {
    /// Works until told to stop, and then until what is in hand is finished or given back.
    pub async fn run(self, shutdown: Shutdown) {
        let consumer = Arc::new(self);
        let hands = Arc::new(Hands {
            free: Semaphore::new(consumer.settings.concurrency),
            tasks: TaskTracker::new(),
            held: AtomicUsize::new(0),
            settled: Notify::new(),
            pace: Pace::default(),
        });
        let mut outages = 0;
        while let Some(room) = consumer.room(&hands, &shutdown.stop).await {
            let lease = consumer.settings.lease;
            match consumer
                .queue
                .receive(room, lease, RECEIVE_WAIT, &shutdown.stop)
                .await
            {
                Ok(messages) => {
                    outages = 0;
                    if shutdown.stop.is_cancelled() {
                        // Mostly what this very worker has just given back: not to be begun here again.
                        consumer.return_all(&messages).await;
                        break;
                    }
                    for message in messages {
                        let (consumer, shutdown) = (Arc::clone(&consumer), shutdown.clone());
                        let held = Held::new(&hands);
                        hands.tasks.spawn(async move {
                            consumer.hold(&message, &held.0, &shutdown).await;
                        });
                    }
                }
                Err(error) => {
                    outages += 1;
                    let wait = jitter(OUTAGE_WAIT.ceiling(outages), &consumer.random);
                    tracing::warn!(%error, ?wait, "the queue does not answer");
                    let _ = tokio::time::timeout(wait, shutdown.stop.cancelled()).await;
                }
            }
        }
        hands.tasks.close();
        tracing::info!(in_hand = hands.tasks.len(), "taking no more work");
        hands.tasks.wait().await;
    }

    /// Waits until messages are wanted, and says how many. `None`: stop.
    async fn room(&self, hands: &Hands, stop: &CancellationToken) -> Option<usize> {
        loop {
            let held = hands.held.load(Ordering::Relaxed);
            let free = self.settings.concurrency.saturating_sub(held);
            let ahead = (self.settings.concurrency + hands.pace.ahead()).saturating_sub(held);
            // While every hand has something to do, it pays to wait for half a batch.
            if free > 0 || ahead >= BATCH_MAX / 2 {
                return (!stop.is_cancelled()).then(|| free.max(ahead).min(BATCH_MAX));
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                () = hands.settled.notified() => {}
            }
        }
    }

    /// Gives messages back that nothing was done with.
    async fn return_all(&self, messages: &[Received]) {
        for message in messages {
            if let Err(error) = self.queue.give_back(&message.receipt, Duration::ZERO).await {
                // It comes back by itself when its lease ends.
                tracing::warn!(%error, "a message could not be given back");
            }
        }
    }

    /// One message, from received to settled.
    async fn hold(&self, message: &Received, hands: &Hands, shutdown: &Shutdown) {
        let (queue, receipt, lease) = (self.queue.clone(), message.receipt.clone(), self.settings.lease);
        let heartbeat = Heartbeat::start("message", lease, move || {
            let (queue, receipt) = (queue.clone(), receipt.clone());
            async move { queue.extend(&receipt, lease).await }
        });
        let hand = tokio::select! {
            biased;
            // Nobody has begun it.
            () = shutdown.stop.cancelled() => return self.return_all(std::slice::from_ref(message)).await,
            hand = hands.free.acquire() => hand,
            // It has been received elsewhere meanwhile.
            () = heartbeat.lost() => return,
        };
        let started = Instant::now();
        self.work_on(message, &heartbeat, &shutdown.give_back).await;
        hands.pace.took(started.elapsed());
        drop(hand);
    }

    async fn work_on(&self, message: &Received, heartbeat: &Heartbeat, give_back: &CancellationToken) {
        let (started, _running) = (Instant::now(), metrics::running());
        let result = if message.receive_count > self.settings.retry.too_often() {
            // It never came to an end: presumably it ends its worker each time. Do not try it once more.
            Err(Failure::said(
                FailureKind::Permanent,
                "received too often without an end",
            ))
        } else {
            tokio::select! {
                result = catch_panic(self.handle(message, give_back)) => result,
                () = heartbeat.lost() => Err(Failure::said(FailureKind::Superseded, "the message's lease was lost")),
            }
        };
        let outcome = ack::settle(self, message, result).await;
        metrics::attempted(self.handler.kind_of(message), outcome, started.elapsed());
    }

    async fn handle(&self, message: &Received, give_back: &CancellationToken) -> Result<(), Failure> {
        failpoint::pass("worker::after_receive").await?;
        self.handler.handle(message, give_back).await
    }
}
