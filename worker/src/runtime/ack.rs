//! What becomes of a message once its work has ended, one way or the other.
//!
//! Always in this order: first the effect (written by the work itself, or *needs review* here), then the
//! message. Dying in between leaves a message that is received again, and finds its work done.

use super::poll::{Consumer, Handler};
use super::retry::Verdict;
use super::{Failure, FailureKind};
use crate::adapter::queue::Received;
use crate::failpoint;

/// Deletes, gives back or buries `message`. Says in a word what became of it.
pub(super) async fn settle<H: Handler>(
    consumer: &Consumer<H>,
    message: &Received,
    result: Result<(), Failure>,
) -> &'static str {
    let settled = match result {
        Ok(()) => finish(consumer, message).await,
        Err(failure) => after(consumer, message, failure).await,
    };
    settled.unwrap_or_else(|error| {
        // Nothing is lost: its lease ends, and it is received again.
        tracing::warn!(
            error = format!("{error:#}"),
            "a message could not be settled; it will come again"
        );
        "unsettled"
    })
}

async fn finish<H>(consumer: &Consumer<H>, message: &Received) -> anyhow::Result<&'static str> {
    failpoint::pass("worker::before_ack").await?;
    consumer.queue.delete(&message.receipt).await?;
    Ok("done")
}

async fn after<H: Handler>(
    consumer: &Consumer<H>,
    message: &Received,
    failure: Failure,
) -> anyhow::Result<&'static str> {
    let receives = message.receive_count;
    match consumer
        .settings
        .retry
        .verdict(failure.kind, receives, failure.not_before, &consumer.random)
    {
        Verdict::Retry(delay) => {
            if failure.kind == FailureKind::NotNow {
                tracing::info!(cause = %failure, receives, ?delay, "message given back");
            } else {
                tracing::warn!(cause = %failure, receives, ?delay, "work failed, will be tried again");
            }
            consumer.handler.release(message, &failure).await?;
            consumer.queue.give_back(&message.receipt, delay).await?;
            Ok("again")
        }
        Verdict::GiveUp => {
            tracing::error!(cause = %failure, receives, "work given up: a person has to look");
            consumer.handler.give_up(message, &failure).await?;
            consumer.queue.bury(message).await?;
            Ok("given_up")
        }
        Verdict::Forget => {
            tracing::info!(cause = %failure, receives, "nothing more is written: the work is in other hands or done");
            Ok("forgotten")
        }
    }
}
