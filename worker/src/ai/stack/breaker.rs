//! Leaves a model alone that fails every time: jobs wait or go to a person, nothing queues up behind it,
//! and it has a moment to come back. tower has no circuit breaker, and none of the crates that do is kept.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;
use tower::{Layer, Service};

use super::{Answered, Asking, Call, CallError};
use crate::adapter::model::ModelErrorKind as Kind;
use crate::metrics;

/// When to leave a model alone.
#[derive(Clone, Copy, Debug)]
pub struct BreakerPolicy {
    /// After so many failures in a row.
    pub failures: u32,
    /// For so long; then one call tries.
    pub open_for: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures: 5,
            open_for: Duration::from_secs(30),
        }
    }
}

#[derive(Debug)]
enum State {
    /// Calls pass; so many have failed in a row.
    Closed(u32),
    /// No call passes until then.
    Open(Instant),
    /// One call is trying.
    Trying,
}

/// Puts [`Breaker`] around a service.
#[derive(Clone, Debug)]
pub(super) struct BreakerLayer {
    name: Arc<str>,
    policy: BreakerPolicy,
    state: Arc<Mutex<State>>,
}

impl BreakerLayer {
    pub(super) fn new(name: &str, policy: BreakerPolicy) -> Self {
        Self {
            name: name.into(),
            policy,
            state: Arc::new(Mutex::new(State::Closed(0))),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a call pass, or says how long to wait.
    fn enter(&self, now: Instant) -> Result<Trial, Duration> {
        let mut state = self.state();
        let trying = match *state {
            State::Closed(_) => false,
            State::Open(until) if until <= now => true,
            State::Open(until) => return Err(until - now),
            // Its outcome is a call away.
            State::Trying => return Err(self.policy.open_for / 10),
        };
        if trying {
            *state = State::Trying;
        }
        Ok(Trial {
            breaker: self.clone(),
            trying,
        })
    }

    /// Whether calls are kept back; a trial that is due does not count.
    pub(super) fn is_open(&self) -> bool {
        !matches!(*self.state(), State::Closed(_))
    }

    fn succeeded(&self) {
        let mut state = self.state();
        if matches!(*state, State::Trying) {
            tracing::info!(model = &*self.name, "the model answers again");
        }
        *state = State::Closed(0);
    }

    fn failed(&self, now: Instant) {
        let mut state = self.state();
        let failures = match *state {
            State::Closed(failures) => failures + 1,
            State::Trying => self.policy.failures,
            // Calls that had begun before it opened.
            State::Open(_) => return,
        };
        if failures >= self.policy.failures {
            tracing::error!(model = &*self.name, open_for = ?self.policy.open_for, "the model fails: left alone");
            *state = State::Open(now + self.policy.open_for);
        } else {
            *state = State::Closed(failures);
        }
    }
}

/// A call that was let pass. One that is given up half-way leaves its place to the next.
struct Trial {
    breaker: BreakerLayer,
    trying: bool,
}

impl Drop for Trial {
    fn drop(&mut self) {
        let mut state = self.breaker.state();
        if self.trying && matches!(*state, State::Trying) {
            *state = State::Open(Instant::now());
        }
    }
}

impl<S> Layer<S> for BreakerLayer {
    type Service = Breaker<S>;

    fn layer(&self, inner: S) -> Breaker<S> {
        Breaker {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service that is left alone when it fails.
#[derive(Clone, Debug)]
pub(super) struct Breaker<S> {
    inner: S,
    layer: BreakerLayer,
}

/// Whether an outcome says that the model is away. What it refuses, it has read.
fn is_outage(error: &CallError) -> bool {
    match error {
        CallError::Model(error) => matches!(
            error.kind,
            Kind::NotReady
                | Kind::ServerFault
                | Kind::Unavailable
                | Kind::TimedOut
                | Kind::StreamBroken
                | Kind::Garbage
        ),
        CallError::Open(_) | CallError::Refused(_) | CallError::Ledger(_) => false,
    }
}

/// Whether an outcome says nothing about the model.
fn was_not_asked(error: &CallError) -> bool {
    !matches!(error, CallError::Model(_))
}

impl<S> Service<Call> for Breaker<S>
where
    S: Service<Call, Response = Answered, Error = CallError> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Answered;
    type Error = CallError;
    type Future = Asking;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), CallError>> {
        // A call that will not pass must not wait for a place first.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Asking {
        let (inner, layer) = (self.inner.clone(), self.layer.clone());
        Box::pin(async move {
            let trial = layer.enter(Instant::now()).map_err(|wait| {
                metrics::ai_not_asked(&layer.name, "left_alone");
                CallError::Open(wait)
            })?;
            let outcome = tower::ServiceExt::oneshot(inner, call).await;
            match &outcome {
                Err(error) if was_not_asked(error) => {}
                Err(error) if is_outage(error) => layer.failed(Instant::now()),
                Ok(_) | Err(_) => layer.succeeded(),
            }
            drop(trial);
            outcome
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: BreakerPolicy = BreakerPolicy {
        failures: 3,
        open_for: Duration::from_secs(30),
    };

    fn passes(breaker: &BreakerLayer, at: Instant) -> bool {
        breaker.enter(at).is_ok()
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_lets_one_try() {
        let (breaker, start) = (BreakerLayer::new("m", POLICY), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..2 {
            breaker.failed(at(0));
        }
        breaker.succeeded();
        for _ in 0..2 {
            breaker.failed(at(0));
        }
        assert!(passes(&breaker, at(0)), "never three in a row");
        breaker.failed(at(0));
        assert!(!passes(&breaker, at(0)));
        assert_eq!(breaker.enter(at(29)).err(), Some(Duration::from_secs(1)));
        let trial = breaker.enter(at(30)).ok().unwrap();
        assert!(!passes(&breaker, at(30)), "one at a time");
        breaker.failed(at(31));
        drop(trial);
        assert!(!passes(&breaker, at(60)), "open again");
        let trial = breaker.enter(at(61)).ok().unwrap();
        breaker.succeeded();
        drop(trial);
        assert!(passes(&breaker, at(61)) && passes(&breaker, at(61)));
    }

    #[test]
    fn a_trial_that_is_given_up_leaves_its_place() {
        let (breaker, start) = (BreakerLayer::new("m", POLICY), Instant::now());
        for _ in 0..3 {
            breaker.failed(start);
        }
        let later = start + POLICY.open_for;
        drop(breaker.enter(later));
        assert!(passes(&breaker, Instant::now() + POLICY.open_for));
    }
}
