//! Begins calls no faster than a model may be asked: evenly, after a burst of a few. tower's own rate limit
//! cannot be cloned without its buffer, and the buffer loses the kind of an error.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;
use tower::{Layer, Service};

use super::{Answered, Asking, Call, CallError};

/// How many calls may begin at once after a quiet time.
const BURST: u32 = 4;

/// Puts [`Pace`] around a service.
#[derive(Clone, Debug)]
pub(super) struct PaceLayer {
    every: Duration,
    /// When the next call would begin, if calls began evenly.
    next: Arc<Mutex<Option<Instant>>>,
}

impl PaceLayer {
    pub(super) fn per_minute(calls: u32) -> Self {
        Self {
            every: Duration::from_secs(60) / calls.max(1),
            next: Arc::default(),
        }
    }

    /// Takes a turn: how long to wait for it. The generic cell rate algorithm (ITU-T I.371).
    fn turn(&self, now: Instant) -> Duration {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let due = next.map_or(now, |due| due.max(now));
        *next = Some(due + self.every);
        // So far ahead of the even pace a call may be.
        (due - now).saturating_sub(self.every * (BURST - 1))
    }
}

impl<S> Layer<S> for PaceLayer {
    type Service = Pace<S>;

    fn layer(&self, inner: S) -> Pace<S> {
        Pace {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service that is asked at an even pace.
#[derive(Clone, Debug)]
pub(super) struct Pace<S> {
    inner: S,
    layer: PaceLayer,
}

impl<S> Service<Call> for Pace<S>
where
    S: Service<Call, Response = Answered, Error = CallError> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Answered;
    type Error = CallError;
    type Future = Asking;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), CallError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Asking {
        let (inner, wait) = (self.inner.clone(), self.layer.turn(Instant::now()));
        Box::pin(async move {
            tokio::time::sleep(wait).await;
            tower::ServiceExt::oneshot(inner, call).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_burst_calls_begin_evenly() {
        let (pace, start) = (PaceLayer::per_minute(60), Instant::now());
        let waits: Vec<u64> = (0..7).map(|_| pace.turn(start).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 3]);
        assert_eq!(pace.turn(start + Duration::from_secs(60)), Duration::ZERO);
    }
}
