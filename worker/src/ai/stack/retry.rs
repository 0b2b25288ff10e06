//! Tries again what may get better, after waits drawn with full jitter; never what cannot.

use std::task::{Context, Poll};
use std::time::Duration;

use smartstack_domain::clock::Random;
use tower::{Layer, Service};

use super::{Answered, Asking, Call, CallError};
use crate::adapter::model::ModelErrorKind as Kind;
use crate::runtime::retry::jitter;

/// When to try a call again.
#[derive(Clone, Copy, Debug)]
pub struct CallRetry {
    /// How often a call is made at most, the first time included.
    pub most: u32,
    /// Ceiling of the first wait; it doubles with each.
    pub base: Duration,
    /// No ceiling is higher.
    pub cap: Duration,
}

impl Default for CallRetry {
    /// Four calls within about a quarter of a minute: a throttled second passes unnoticed.
    fn default() -> Self {
        Self {
            most: 4,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(10),
        }
    }
}

impl CallRetry {
    /// How often an error of this kind may be met with another call.
    fn repetitions(self, kind: Kind) -> u32 {
        match kind {
            Kind::Throttled | Kind::NotReady | Kind::ServerFault | Kind::Unavailable => {
                self.most.saturating_sub(1)
            }
            // The second time it is the question, not the weather.
            Kind::TimedOut | Kind::StreamBroken | Kind::Garbage => self.most.saturating_sub(1).min(1),
            Kind::Invalid | Kind::Denied | Kind::NotFound | Kind::Refused | Kind::TooLong | Kind::CutOff => 0,
        }
    }

    /// The longest wait before repetition `n`, counted from 1.
    fn ceiling(self, n: u32) -> Duration {
        let factor = 2_u32.checked_pow(n.saturating_sub(1)).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.cap)
    }
}

/// Puts [`Retry`] around a service.
#[derive(Clone, Debug)]
pub(super) struct RetryLayer {
    policy: CallRetry,
    random: Random,
}

impl RetryLayer {
    pub(super) fn new(policy: CallRetry, random: Random) -> Self {
        Self { policy, random }
    }
}

impl<S> Layer<S> for RetryLayer {
    type Service = Retry<S>;

    fn layer(&self, inner: S) -> Retry<S> {
        Retry {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service whose calls are tried again.
#[derive(Clone, Debug)]
pub(super) struct Retry<S> {
    inner: S,
    layer: RetryLayer,
}

impl<S> Service<Call> for Retry<S>
where
    S: Service<Call, Response = Answered, Error = CallError> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Answered;
    type Error = CallError;
    type Future = Asking;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), CallError>> {
        // Each try waits for the service itself: readiness taken here would be held through the waits.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Asking {
        let (inner, layer) = (self.inner.clone(), self.layer.clone());
        Box::pin(async move {
            let mut repetition = 0;
            loop {
                let outcome = tower::ServiceExt::oneshot(inner.clone(), call.clone()).await;
                let error = match outcome {
                    Err(CallError::Model(error)) => error,
                    other => return other,
                };
                if repetition >= layer.policy.repetitions(error.kind) {
                    return Err(error.into());
                }
                repetition += 1;
                let wait = jitter(layer.policy.ceiling(repetition), &layer.random);
                tracing::warn!(kind = error.kind.as_str(), repetition, ?wait, %error, "the model gave no answer, asking again");
                tokio::time::sleep(wait).await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_get_better_is_tried_again() {
        let policy = CallRetry::default();
        for (kind, repetitions) in [
            (Kind::Throttled, 3),
            (Kind::NotReady, 3),
            (Kind::ServerFault, 3),
            (Kind::Unavailable, 3),
            (Kind::TimedOut, 1),
            (Kind::StreamBroken, 1),
            (Kind::Garbage, 1),
            (Kind::Invalid, 0),
            (Kind::Denied, 0),
            (Kind::NotFound, 0),
            (Kind::Refused, 0),
            (Kind::TooLong, 0),
            (Kind::CutOff, 0),
        ] {
            assert_eq!(policy.repetitions(kind), repetitions, "{kind:?}");
        }
    }

    #[test]
    fn the_ceiling_doubles_up_to_its_cap() {
        let ceilings: Vec<u128> = (1..=6)
            .map(|n| CallRetry::default().ceiling(n).as_millis())
            .collect();
        assert_eq!(ceilings, [500, 1000, 2000, 4000, 8000, 10_000]);
    }
}
