//! When to try again, and when not.

use std::time::Duration;

use smartstack_domain::clock::Random;

use super::FailureKind;

/// Exponential back-off with full jitter: the wait is drawn evenly from zero to a ceiling that doubles with
/// each attempt. Full jitter empties a stampede fastest (AWS Architecture Blog, "Exponential Backoff and
/// Jitter", 2015).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Ceiling of the first wait.
    pub base: Duration,
    /// No ceiling is higher than this.
    pub cap: Duration,
    /// How often a message may be received, the first time included, before it is given up.
    pub max_receives: u32,
}

/// What becomes of a message whose work failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Receive it again after this long.
    Retry(Duration),
    /// Never again: a person has to look.
    GiveUp,
    /// There is nothing left to do for it.
    Forget,
}

impl Default for RetryPolicy {
    /// A second, doubling to half a minute, five receives: a brief outage passes unnoticed, and nobody waits
    /// for more than about a minute to be told that something is wrong.
    fn default() -> Self {
        Self {
            base: Duration::from_secs(1),
            cap: Duration::from_secs(30),
            max_receives: 5,
        }
    }
}

impl RetryPolicy {
    /// The longest wait after the `receives`th receive failed (counted from 1).
    #[must_use]
    pub fn ceiling(&self, receives: u32) -> Duration {
        let factor = 2_u32.checked_pow(receives.saturating_sub(1)).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.cap)
    }

    /// After so many receives a message is not tried once more, whatever became of the others: presumably it
    /// ends its worker each time. More than are given to failures, since being given back counts too.
    #[must_use]
    pub fn too_often(&self) -> u32 {
        self.max_receives.saturating_mul(2)
    }

    /// What to do after the `receives`th receive (counted from 1) failed by `kind`.
    pub fn verdict(
        &self,
        kind: FailureKind,
        receives: u32,
        not_before: Duration,
        random: &Random,
    ) -> Verdict {
        let limit = match kind {
            FailureKind::NotNow => return Verdict::Retry(not_before),
            FailureKind::Superseded => return Verdict::Forget,
            FailureKind::Permanent => return Verdict::GiveUp,
            FailureKind::TimedOut => self.max_receives.min(2),
            FailureKind::Unavailable => self.max_receives,
        };
        if receives >= limit {
            return Verdict::GiveUp;
        }
        Verdict::Retry(jitter(self.ceiling(receives), random))
    }
}

/// A time drawn evenly from zero to `ceiling`.
pub fn jitter(ceiling: Duration, random: &Random) -> Duration {
    ceiling.mul_f64(f64::from(u32::from_le_bytes(random.bytes())) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::FailureKind::{NotNow, Permanent, Superseded, TimedOut, Unavailable};
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        base: Duration::from_secs(1),
        cap: Duration::from_secs(30),
        max_receives: 5,
    };

    #[test]
    fn only_what_can_get_better_is_tried_again() {
        // (kind, receives) → ceiling of the wait in seconds, or no more.
        for (kind, receives, expected) in [
            (Unavailable, 1, Some(1)),
            (Unavailable, 2, Some(2)),
            (Unavailable, 3, Some(4)),
            (Unavailable, 4, Some(8)),
            (Unavailable, 5, None),
            (Unavailable, 6, None),
            (TimedOut, 1, Some(1)),
            (TimedOut, 2, None),
            (Permanent, 1, None),
        ] {
            for seed in 0..20 {
                let verdict = POLICY.verdict(kind, receives, Duration::ZERO, &Random::seeded(seed));
                match (verdict, expected) {
                    (Verdict::GiveUp, None) => {}
                    (Verdict::Retry(wait), Some(seconds)) if wait <= Duration::from_secs(seconds) => {}
                    _ => panic!("{kind:?} after {receives}: {verdict:?}, expected {expected:?}"),
                }
            }
        }
    }

    #[test]
    fn what_is_not_a_failure_costs_no_try() {
        let (random, later) = (Random::seeded(1), Duration::from_secs(7));
        assert_eq!(POLICY.verdict(NotNow, 99, later, &random), Verdict::Retry(later));
        assert_eq!(POLICY.verdict(Superseded, 1, later, &random), Verdict::Forget);
    }

    #[test]
    fn the_ceiling_doubles_up_to_its_cap() {
        let ceilings: Vec<u64> = (1..=7)
            .map(|receives| POLICY.ceiling(receives).as_secs())
            .collect();
        assert_eq!(ceilings, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(POLICY.ceiling(u32::MAX), POLICY.cap);
    }

    #[test]
    fn the_jitter_is_full() {
        let (random, ceiling) = (Random::seeded(3), Duration::from_secs(10));
        let waits: Vec<Duration> = (0..1000).map(|_| jitter(ceiling, &random)).collect();
        assert!(waits.iter().all(|wait| *wait <= ceiling));
        // Evenly drawn: each fifth holds about a fifth of a thousand (four standard deviations: ± 51).
        for fifth in 0..5 {
            let range = ceiling * fifth / 5..ceiling * (fifth + 1) / 5;
            let count = waits
                .iter()
                .copied()
                .filter(|wait| range.start <= *wait && *wait < range.end)
                .count();
            assert!((149..=251).contains(&count), "{range:?}: {count}");
        }
    }
}
