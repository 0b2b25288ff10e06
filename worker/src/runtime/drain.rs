//! Stopping in order: take no more, finish what is in hand, give back what cannot finish in time.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long work in hand may go on after the order to stop. The whole process has to be gone within 30 s
/// (what container platforms commonly grant), so some time is left to give things back.
pub const FINISH_WITHIN: Duration = Duration::from_secs(20);

/// When the process stops waiting for the rest to be given back, counted from the order to stop.
pub const EXIT_WITHIN: Duration = Duration::from_secs(25);

/// How long closing the connections may take at the very end.
pub const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// The two steps of stopping.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    /// Take no more work.
    pub stop: CancellationToken,
    /// Give back what is in hand.
    pub give_back: CancellationToken,
}

impl Shutdown {
    /// Orders the stop, and `within` later that the rest is given back. Returns at once.
    pub fn begin(&self, within: Duration) {
        self.stop.cancel();
        let give_back = self.give_back.clone();
        tokio::spawn(async move {
            tokio::time::sleep(within).await;
            give_back.cancel();
        });
    }
}

/// Resolves when the process is asked to stop (SIGTERM or Ctrl-C).
///
/// # Errors
/// The signals cannot be listened for.
pub async fn asked_to_stop() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        result = tokio::signal::ctrl_c() => result,
    }
}
