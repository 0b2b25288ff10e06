//! The consumer: receives messages, has at most so many worked on at a time, and keeps each one lent to this
//! worker meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use smartstack_domain::clock::Random;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::drain::Shutdown;
use super::failure::catch_panic;
use super::heartbeat::Heartbeat;
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

impl<H: Handler> Consumer<H> {
    /// Works until told to stop, and then until what is in hand is finished or given back.
    pub async fn run(self, shutdown: Shutdown) {
        let consumer = Arc::new(self);
        let slots = Arc::new(Semaphore::new(consumer.settings.concurrency));
        let in_hand = TaskTracker::new();
        let mut outages = 0;
        while let Some(mut permits) = free_slots(&slots, &shutdown.stop).await {
            let lease = consumer.settings.lease;
            match consumer
                .queue
                .receive(permits.len(), lease, RECEIVE_WAIT, &shutdown.stop)
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
                        let (consumer, permit) = (Arc::clone(&consumer), permits.pop());
                        let give_back = shutdown.give_back.clone();
                        in_hand.spawn(async move {
                            consumer.work_on(&message, &give_back).await;
                            drop(permit);
                        });
                    }
                }
                Err(error) => {
                    outages += 1;
                    let wait = jitter(OUTAGE_WAIT.ceiling(outages), &consumer.random);
                    tracing::warn!(%error, ?wait, "the queue does not answer");
                    drop(permits);
                    let _ = tokio::time::timeout(wait, shutdown.stop.cancelled()).await;
                }
            }
        }
        in_hand.close();
        tracing::info!(in_hand = in_hand.len(), "taking no more work");
        in_hand.wait().await;
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
    async fn work_on(&self, message: &Received, give_back: &CancellationToken) {
        let (started, _running) = (Instant::now(), metrics::running());
        let (queue, receipt, lease) = (self.queue.clone(), message.receipt.clone(), self.settings.lease);
        let heartbeat = Heartbeat::start("message", lease, move || {
            let (queue, receipt) = (queue.clone(), receipt.clone());
            async move { queue.extend(&receipt, lease).await }
        });
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

/// Waits for a free slot and takes all there are, up to a batch. `None`: stop.
async fn free_slots(slots: &Arc<Semaphore>, stop: &CancellationToken) -> Option<Vec<OwnedSemaphorePermit>> {
    let first = tokio::select! {
        biased;
        () = stop.cancelled() => return None,
        permit = Arc::clone(slots).acquire_owned() => permit.ok()?,
    };
    let mut permits = vec![first];
    while permits.len() < BATCH_MAX
        && let Ok(permit) = Arc::clone(slots).try_acquire_owned()
    {
        permits.push(permit);
    }
    Some(permits)
}
