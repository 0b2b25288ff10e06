//! How long work takes of late, and so how many messages are worth receiving ahead.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Work is short below this: what was received ahead is begun within a moment, and no other worker would have
/// begun it much sooner. Asking a model takes seconds.
const SHORT: Duration = Duration::from_millis(100);
/// Messages received ahead while work is short: a batch of SQS.
const AHEAD: usize = 10;
/// The latest piece of work counts for one part in so many.
const WEIGHT: u64 = 8;

/// A moving average of how long work takes. At the start work is taken to be long.
#[derive(Debug)]
pub struct Pace(AtomicU64);

impl Default for Pace {
    fn default() -> Self {
        Self(AtomicU64::new(micros(SHORT * 4)))
    }
}

impl Pace {
    /// Takes note of a piece of work that has ended.
    pub fn took(&self, time: Duration) {
        let latest = micros(time);
        // Two that end at once may count as one: it is an average.
        let before = self.0.load(Ordering::Relaxed);
        self.0
            .store((before * (WEIGHT - 1) + latest) / WEIGHT, Ordering::Relaxed);
    }

    /// How many messages to receive beyond those that can be worked on.
    pub fn ahead(&self) -> usize {
        if self.0.load(Ordering::Relaxed) < micros(SHORT) {
            AHEAD
        } else {
            0
        }
    }
}

/// An hour at most: more tells nothing more.
fn micros(time: Duration) -> u64 {
    u64::try_from(time.min(Duration::from_secs(3600)).as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_work_is_received_ahead() {
        let pace = Pace::default();
        assert_eq!(pace.ahead(), 0, "nothing is known yet");
        for _ in 0..20 {
            pace.took(Duration::from_millis(3));
        }
        assert_eq!(pace.ahead(), AHEAD);
        // One long piece of work, a call of a model, is enough to change that.
        pace.took(Duration::from_secs(5));
        assert_eq!(pace.ahead(), 0);
        for _ in 0..100 {
            pace.took(Duration::MAX);
        }
        assert_eq!(pace.ahead(), 0);
    }
}
