//! The queue in the installation's own database.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use smartstack_domain::{Db, DomainError, queue};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{QueueError, Receipt, Received};

/// The one queue the worker has in the table.
const NAME: &str = "work";

/// How often to look while waiting for a message: another process's message is noticed this much later,
/// and an idle worker asks ten times a second for what one index answers.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A queue in a table; clones are the same queue.
#[derive(Clone, Debug)]
pub struct PostgresQueue {
    db: Db,
    /// Wakes a receiver of this process when this process sends: the usual case, since relay and consumer
    /// run side by side.
    sent: Arc<Notify>,
}

impl PostgresQueue {
    /// The queue in `db`.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self {
            db,
            sent: Arc::default(),
        }
    }

    pub(super) async fn send(&self, bodies: Vec<String>) -> Result<(), QueueError> {
        self.db
            .in_system(move |tx| {
                Box::pin(async move {
                    for body in &bodies {
                        queue::send(tx, NAME, body).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        self.sent.notify_one();
        Ok(())
    }

    pub(super) async fn receive(
        &self,
        max: usize,
        lease: Duration,
        wait: Duration,
        stop: &CancellationToken,
    ) -> Result<Vec<Received>, QueueError> {
        let (max, lease) = (u16::try_from(max).unwrap_or(u16::MAX), span(lease));
        let until = Instant::now() + wait;
        loop {
            let received = self
                .db
                .in_system(move |tx| Box::pin(async move { queue::receive(tx, NAME, max, lease).await }))
                .await?;
            let rest = until.saturating_duration_since(Instant::now());
            if !received.is_empty() || rest.is_zero() || stop.is_cancelled() {
                return Ok(received.into_iter().map(Into::into).collect());
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(Vec::new()),
                () = self.sent.notified() => {}
                () = tokio::time::sleep(rest.min(LOOK_EVERY)) => {}
            }
        }
    }

    pub(super) async fn extend(&self, receipt: &Receipt, lease: Duration) -> Result<bool, QueueError> {
        let (receipt, lease) = (uuid(receipt)?, span(lease));
        let work = self
            .db
            .in_system(move |tx| Box::pin(async move { queue::extend(tx, receipt, lease).await }));
        Ok(work.await?)
    }

    pub(super) async fn delete(&self, receipt: &Receipt) -> Result<(), QueueError> {
        let receipt = uuid(receipt)?;
        self.db
            .in_system(move |tx| Box::pin(async move { queue::delete(tx, receipt).await }))
            .await?;
        Ok(())
    }

    pub(super) async fn give_back(&self, receipt: &Receipt, delay: Duration) -> Result<(), QueueError> {
        let (receipt, delay) = (uuid(receipt)?, span(delay));
        self.db
            .in_system(move |tx| Box::pin(async move { queue::give_back(tx, receipt, delay).await }))
            .await?;
        Ok(())
    }

    pub(super) async fn bury(&self, receipt: &Receipt) -> Result<(), QueueError> {
        let receipt = uuid(receipt)?;
        self.db
            .in_system(move |tx| Box::pin(async move { queue::bury(tx, receipt).await }))
            .await?;
        Ok(())
    }

    pub(super) async fn depth(&self) -> Result<queue::Depth, QueueError> {
        let work = self
            .db
            .in_system(|tx| Box::pin(async move { queue::depth(tx, NAME).await }));
        Ok(work.await?)
    }
}

impl From<queue::Received> for Received {
    fn from(message: queue::Received) -> Self {
        Self {
            body: message.body,
            receipt: Receipt(message.receipt.to_string()),
            receive_count: message.receive_count,
        }
    }
}

impl From<DomainError> for QueueError {
    fn from(error: DomainError) -> Self {
        Self(error.to_string())
    }
}

fn uuid(receipt: &Receipt) -> Result<Uuid, QueueError> {
    receipt
        .0
        .parse()
        .map_err(|_| QueueError("not a receipt of this queue".to_owned()))
}

/// Spans of ours are minutes; one that would not fit is as good as for ever.
fn span(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
