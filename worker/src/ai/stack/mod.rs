//! What stands around a model, from the outside in:
//!
//! retry (by kind of error) → circuit breaker → concurrency limit → pace → ledger → time limit → model
//!
//! The retry is the only one there is: neither the SDK's nor the queue's repeats a failed call. Each
//! repetition is a call of its own to all that lies within: it passes the breaker, waits its turn, reserves
//! its money, and has its own time limit.

mod breaker;
mod ledger;
mod pace;
mod retry;

use std::sync::Arc;
use std::sync::atomic::AtomicI32;
use std::time::Duration;

use futures_util::future::BoxFuture;
use smartstack_domain::ai::ledger::Refusal;
use smartstack_domain::clock::Random;
use smartstack_domain::{Db, DomainError, JobEnvelope};
use smartstack_schema::UseCase;
use tower::limit::ConcurrencyLimitLayer;
use tower::timeout::{TimeoutLayer, error::Elapsed};
use tower::util::BoxCloneSyncService;
use tower::{BoxError, ServiceBuilder, ServiceExt as _, service_fn};
use uuid::Uuid;

use self::breaker::BreakerLayer;
use self::ledger::LedgerLayer;
use self::pace::PaceLayer;
use self::retry::RetryLayer;
use super::config::ModelSpec;
use crate::adapter::model::{Model, ModelAnswer, ModelError, ModelErrorKind, ModelRequest};

pub use self::breaker::BreakerPolicy;
pub use self::retry::CallRetry;

/// One question, on its way through the stack.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is asked.
    pub request: ModelRequest,
    /// Whose money it takes; `None` outside a job, where nothing is charged.
    pub account: Option<Account>,
}

/// Whose money a call takes.
#[derive(Clone, Debug)]
pub struct Account {
    /// Where the ledger is.
    pub db: Db,
    /// The job.
    pub envelope: JobEnvelope,
    /// The job's attempt.
    pub attempt: i32,
    /// What for.
    pub use_case: UseCase,
    /// Which prompt.
    pub prompt_version: String,
    /// Counts the attempt's calls.
    pub calls: Arc<AtomicI32>,
}

/// An answer that came back through the stack.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The answer.
    pub answer: ModelAnswer,
    /// What it cost, in millionths of a US dollar.
    pub cost_micro_usd: i64,
    /// Its entry in the ledger, where there is one.
    pub call: Option<Uuid>,
}

/// Why no answer came back.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The model gave none.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model has failed so often that it is left alone for a while.
    #[error("the model is left alone for {0:?}: it failed several times in a row")]
    Open(Duration),
    /// It would take money there is not, or AI is off.
    #[error("not asked: {0:?}")]
    Refused(Refusal),
    /// The ledger could not be written.
    #[error(transparent)]
    Ledger(#[from] DomainError),
}

type Inner = BoxCloneSyncService<Call, Answered, CallError>;

/// A model with all that stands around it. Clones share limits and breaker.
#[derive(Clone, Debug)]
pub struct Stack {
    inner: Inner,
    breaker: BreakerLayer,
}

/// How a stack behaves when its model does not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patience {
    /// When to try again.
    pub retry: CallRetry,
    /// When to leave the model alone.
    pub breaker: BreakerPolicy,
}

impl Stack {
    /// Builds the stack around `model`, as `spec` has its limits.
    #[must_use]
    pub fn new(name: &str, model: Model, spec: &ModelSpec, patience: Patience, random: Random) -> Self {
        let timeout = spec.timeout();
        let asked = service_fn(move |request: ModelRequest| {
            let model = model.clone();
            async move { model.ask(&request).await.map_err(BoxError::from) }
        });
        let timed = ServiceBuilder::new()
            .map_err(move |error: BoxError| by_kind(error, timeout))
            .layer(TimeoutLayer::new(timeout))
            .service(asked);
        let breaker = BreakerLayer::new(name, patience.breaker);
        let stack = ServiceBuilder::new()
            .layer(RetryLayer::new(patience.retry, random))
            .layer(breaker.clone())
            .layer(ConcurrencyLimitLayer::new(spec.concurrency))
            .layer(PaceLayer::per_minute(spec.requests_per_minute))
            .layer(LedgerLayer::new(name, spec.clone()))
            .service(timed);
        Self {
            inner: BoxCloneSyncService::new(stack),
            breaker,
        }
    }

    /// Asks.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn ask(&self, call: Call) -> Result<Answered, CallError> {
        self.inner.clone().oneshot(call).await
    }

    /// Whether the model fails so that it is left alone just now.
    #[must_use]
    pub fn is_left_alone(&self) -> bool {
        self.breaker.is_open()
    }
}

/// The time limit and the model fail in one type of error; this tells them apart again.
fn by_kind(error: BoxError, timeout: Duration) -> ModelError {
    match error.downcast::<ModelError>() {
        Ok(error) => *error,
        Err(error) if error.is::<Elapsed>() => {
            ModelError::new(ModelErrorKind::TimedOut, format!("no answer within {timeout:?}"))
        }
        Err(error) => ModelError::new(ModelErrorKind::Garbage, error.to_string()),
    }
}

/// What a layer's call gives.
type Asking = BoxFuture<'static, Result<Answered, CallError>>;
