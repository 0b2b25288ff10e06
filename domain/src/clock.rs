//! Time and randomness, injected so that tests can set both.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::{OsRng, StdRng};
use rand::{RngCore, SeedableRng, TryRngCore};
use uuid::Uuid;

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Set(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`set`](Self::set) or [`advance`](Self::advance) moves it.
    /// Clones share the time.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Source::Set(Arc::new(Mutex::new(at))))
    }

    /// Now, in whole microseconds, as PostgreSQL stores it: what is written reads back equal.
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that reads the machine's clock"
            )]
            Source::System => Utc::now(),
            Source::Set(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        };
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Moves a fixed clock; the machine's clock cannot be moved, and says so by `false`.
    pub fn set(&self, to: DateTime<Utc>) -> bool {
        match &self.0 {
            Source::System => false,
            Source::Set(at) => {
                *at.lock().unwrap_or_else(PoisonError::into_inner) = to;
                true
            }
        }
    }

    /// Moves a fixed clock forward (or back, by a negative span). See [`set`](Self::set).
    pub fn advance(&self, by: TimeDelta) -> bool {
        self.set(self.now() + by)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now().to_rfc3339())
    }
}

/// Gives random bytes fit for secrets.
#[derive(Clone)]
pub struct Random(Option<Arc<Mutex<StdRng>>>);

impl Random {
    /// The operating system's randomness.
    pub fn system() -> Self {
        Self(None)
    }

    /// The same bytes for the same seed: for tests alone.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing secret can be made then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        match &self.0 {
            None => OsRng
                .try_fill_bytes(&mut out)
                .expect("the operating system gives randomness"),
            Some(rng) => rng
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(&mut out),
        }
        out
    }

    /// A UUIDv7 for the moment `at`: ids made later sort later, to the millisecond.
    pub fn uuid(&self, at: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() {
            "Random(seeded)"
        } else {
            "Random(system)"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let start = DateTime::from_timestamp(1_700_000_000, 123_456_789).unwrap();
        let clock = Clock::fixed(start);
        let twin = clock.clone();
        assert_eq!(clock.now().timestamp_subsec_nanos(), 123_456_000);
        assert!(clock.advance(TimeDelta::seconds(5)));
        assert_eq!(twin.now().timestamp(), start.timestamp() + 5);
        assert!(!Clock::system().set(start));
    }

    #[test]
    fn ids_sort_by_time_and_are_version_7() {
        let random = Random::seeded(1);
        let at = DateTime::from_timestamp_millis(1_700_000_000_000).unwrap();
        let (a, b) = (random.uuid(at), random.uuid(at + TimeDelta::milliseconds(1)));
        assert!(a < b);
        assert_eq!(a.get_version_num(), 7);
        assert_eq!(Random::seeded(1).uuid(at), a);
    }
}
