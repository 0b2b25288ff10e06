//! The queue between the outbox and the work. What it promises (`tests/it/queue.rs` holds every variant to
//! it): a message sent is received at least once; received, it is hidden from others until its lease ends,
//! is given back, deleted or buried; each receive has a receipt of its own, and an old receipt does nothing.

mod batch;
mod postgres;
mod sqs;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub use postgres::PostgresQueue;
pub use smartstack_domain::queue::Depth;
pub use sqs::{SqsQueue, SqsSettings};

/// A message in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What was sent.
    pub body: String,
    /// Stands for this receive of the message.
    pub receipt: Receipt,
    /// How often it has been received, this time included.
    pub receive_count: u32,
}

/// Stands for one receive of one message; worthless once the message is received again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt(pub String);

/// The queue does not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("queue: {0}")]
pub struct QueueError(pub String);

/// The queue adapter.
#[derive(Clone, Debug)]
pub enum Queue {
    /// A table of the same database.
    Postgres(PostgresQueue),
    /// Amazon SQS.
    Sqs(SqsQueue),
}

impl Queue {
    /// What it is, to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "PostgreSQL",
            Self::Sqs(_) => "Amazon SQS",
        }
    }

    /// Sends messages; done when they are stored.
    ///
    /// # Errors
    /// [`QueueError`]: none, some or all may have been stored; send them again.
    pub async fn send(&self, bodies: Vec<String>) -> Result<(), QueueError> {
        match self {
            Self::Postgres(queue) => queue.send(bodies).await,
            Self::Sqs(queue) => queue.send(bodies).await,
        }
    }

    /// Receives up to `max` messages, each lent for `lease`; waits up to `wait` for the first one, less when
    /// `stop` is cancelled. A message is never received and then forgotten because of `stop`.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn receive(
        &self,
        max: usize,
        lease: Duration,
        wait: Duration,
        stop: &CancellationToken,
    ) -> Result<Vec<Received>, QueueError> {
        match self {
            Self::Postgres(queue) => queue.receive(max, lease, wait, stop).await,
            Self::Sqs(queue) => queue.receive(max, lease, wait, stop).await,
        }
    }

    /// Has the message lent for `lease` from now on. `false`: it is not ours any more.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn extend(&self, receipt: &Receipt, lease: Duration) -> Result<bool, QueueError> {
        match self {
            Self::Postgres(queue) => queue.extend(receipt, lease).await,
            Self::Sqs(queue) => queue.extend(receipt, lease).await,
        }
    }

    /// Deletes a message whose work is done; nothing, when it is not ours any more.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn delete(&self, receipt: &Receipt) -> Result<(), QueueError> {
        match self {
            Self::Postgres(queue) => queue.delete(receipt).await,
            Self::Sqs(queue) => queue.delete(receipt).await,
        }
    }

    /// Gives a message back, to be received again after `delay`; nothing, when it is not ours any more.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn give_back(&self, receipt: &Receipt, delay: Duration) -> Result<(), QueueError> {
        match self {
            Self::Postgres(queue) => queue.give_back(receipt, delay).await,
            Self::Sqs(queue) => queue.give_back(receipt, delay).await,
        }
    }

    /// Puts a message aside as dead: kept for an administrator, never received again. Nothing, when it is
    /// not ours any more.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn bury(&self, message: &Received) -> Result<(), QueueError> {
        match self {
            Self::Postgres(queue) => queue.bury(&message.receipt).await,
            Self::Sqs(queue) => queue.bury(message).await,
        }
    }

    /// How full it is. SQS counts approximately.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn depth(&self) -> Result<Depth, QueueError> {
        match self {
            Self::Postgres(queue) => queue.depth().await,
            Self::Sqs(queue) => queue.depth().await,
        }
    }
}
