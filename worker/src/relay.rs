//! Moves committed outbox rows to the queue, at least once and oldest first: claim, send, mark as sent. A
//! relay that dies after sending and before its commit sends again, which the work bears. Any number of
//! relays run at once: each passes over what another has claimed.

use std::time::Duration;

use smartstack_domain::clock::Random;
use smartstack_domain::{Db, DomainError, StoreError, outbox};
use tokio_util::sync::CancellationToken;

use crate::adapter::queue::Queue;
use crate::envelope::Envelope;
use crate::failpoint;
use crate::runtime::retry::{RetryPolicy, jitter};

/// Rows moved in one transaction: enough for a burst, short enough to send again.
const BATCH: u16 = 50;

/// How often to look while there is nothing: what a person waits for at most before a job begins.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Longest wait while the database or the queue does not answer: half of the 5 s within which work has to
/// go on after their return.
const OUTAGE_WAIT: RetryPolicy = RetryPolicy {
    base: Duration::from_millis(100),
    cap: Duration::from_millis(2500),
    max_receives: u32::MAX,
};

/// From the outbox to the queue.
#[derive(Debug)]
pub struct Relay {
    /// Where the outbox is.
    pub db: Db,
    /// Where its rows go.
    pub queue: Queue,
    /// Draws the waits of an outage.
    pub random: Random,
}

impl Relay {
    /// Moves rows until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut outages = 0;
        while !stop.is_cancelled() {
            let wait = match self.move_batch().await {
                Ok(moved) => {
                    outages = 0;
                    if moved == usize::from(BATCH) {
                        Duration::ZERO
                    } else {
                        LOOK_EVERY
                    }
                }
                Err(error) => {
                    outages += 1;
                    tracing::warn!(%error, "the outbox could not be relayed, trying again");
                    jitter(OUTAGE_WAIT.ceiling(outages), &self.random)
                }
            };
            let _ = tokio::time::timeout(wait, stop.cancelled()).await;
        }
    }

    /// Moves up to a batch of rows; says how many.
    ///
    /// # Errors
    /// Database or queue do not answer; nothing is lost, and some rows may be sent again.
    pub async fn move_batch(&self) -> Result<usize, DomainError> {
        let queue = self.queue.clone();
        self.db
            .in_system(move |tx| {
                Box::pin(async move {
                    let rows = outbox::claim_unsent(tx, BATCH).await?;
                    if rows.is_empty() {
                        return Ok(0);
                    }
                    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
                    let bodies = rows.into_iter().map(|row| Envelope::from(row).encode()).collect();
                    failpoint::pass("relay::before_send")
                        .await
                        .map_err(StoreError::fault)?;
                    queue.send(bodies).await.map_err(StoreError::fault)?;
                    failpoint::pass("relay::after_send")
                        .await
                        .map_err(StoreError::fault)?;
                    for id in &ids {
                        outbox::mark_sent(tx, *id).await?;
                    }
                    Ok(ids.len())
                })
            })
            .await
    }
}
