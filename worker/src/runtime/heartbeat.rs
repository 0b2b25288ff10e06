//! Keeping hold of something that is only lent for a while: a message, a job.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// Extends a lease until dropped.
#[derive(Debug)]
pub struct Heartbeat {
    lost: CancellationToken,
    _task: AbortOnDropHandle<()>,
}

impl Heartbeat {
    /// Calls `beat` three times in every `lease`, so that two may fail before it is lost. `beat` says whether
    /// the lease is still ours; an error is tried again until a whole lease has gone by without an answer.
    ///
    /// Losing the lease only makes the work stop early: what keeps a late write out is the fence in the
    /// store, since a frozen process does not notice anything.
    pub fn start<F, E>(what: &'static str, lease: Duration, beat: impl Fn() -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<bool, E>> + Send,
        E: Display + Send,
    {
        let lost = CancellationToken::new();
        let signal = lost.clone();
        let task = tokio::spawn(async move {
            let mut held_until = Instant::now() + lease;
            loop {
                tokio::time::sleep(lease / 3).await;
                let asked = Instant::now();
                match beat().await {
                    Ok(true) => held_until = asked + lease,
                    Ok(false) => {
                        tracing::warn!(what, "lease lost");
                        break;
                    }
                    Err(error) if Instant::now() < held_until => {
                        tracing::warn!(what, %error, "heartbeat failed, trying again");
                    }
                    Err(error) => {
                        tracing::warn!(what, %error, "lease lost: no answer for as long as it lasts");
                        break;
                    }
                }
            }
            signal.cancel();
        });
        Self {
            lost,
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// Resolves when the lease is lost.
    pub async fn lost(&self) {
        self.lost.cancelled().await;
    }
}
