//! Why work did not finish, sorted by what to do about it.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use smartstack_domain::error::{DomainError, StoreErrorKind};

use crate::failpoint;

/// What a failure means for the message that caused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// Something the work needs is away or busy: a lost connection, a throttled service. Worth repeating.
    Unavailable,
    /// The work took longer than it may. Repeated once: the second time it is the work, not the weather.
    TimedOut,
    /// Trying again cannot help: input that breaks a rule, a refusal, a fault in the program.
    Permanent,
    /// Nobody's fault: the worker is stopping, or somebody else holds the job for now. Given back, as often
    /// as it takes.
    NotNow,
    /// Somebody else holds or has finished the work; whatever this attempt would write has been refused.
    Superseded,
}

/// A failure with what led to it. The text is for the log; people are told by [`crate::job`] what happened.
#[derive(Debug)]
pub struct Failure {
    /// What to do about it.
    pub kind: FailureKind,
    /// What happened.
    pub cause: anyhow::Error,
    /// When [`FailureKind::NotNow`]: not before this much time has passed.
    pub not_before: Duration,
    /// The attempt of the job that failed, where the work had claimed one and still holds it.
    pub attempt: Option<i32>,
}

impl Failure {
    /// A failure of `kind`, because of `cause`.
    pub fn new(kind: FailureKind, cause: impl Into<anyhow::Error>) -> Self {
        Self {
            kind,
            cause: cause.into(),
            not_before: Duration::ZERO,
            attempt: None,
        }
    }

    /// A failure of `kind` that a sentence explains.
    pub fn said(kind: FailureKind, cause: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self::new(kind, anyhow::Error::msg(cause))
    }

    /// Give the message back and look at it again after `delay`.
    pub fn not_now(delay: Duration, cause: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self {
            not_before: delay,
            ..Self::said(FailureKind::NotNow, cause)
        }
    }

    /// The same failure, of the job's `attempt`.
    #[must_use]
    pub fn of_attempt(self, attempt: i32) -> Self {
        Self {
            attempt: Some(attempt),
            ..self
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.cause)
    }
}

impl From<failpoint::Failed> for Failure {
    fn from(error: failpoint::Failed) -> Self {
        Self::new(FailureKind::Unavailable, error)
    }
}

impl From<DomainError> for Failure {
    fn from(error: DomainError) -> Self {
        let kind = match &error {
            DomainError::Store(store) => match store.kind {
                StoreErrorKind::Unavailable | StoreErrorKind::Timeout | StoreErrorKind::Contention => {
                    FailureKind::Unavailable
                }
                StoreErrorKind::Unique | StoreErrorKind::Constraint | StoreErrorKind::Fault => {
                    FailureKind::Permanent
                }
            },
            _ => FailureKind::Permanent,
        };
        Self::new(kind, error)
    }
}

/// Does the work, and turns its panic into a failure: a fault in the program, which repeating does not mend.
///
/// # Errors
/// The work's own, or its panic.
pub async fn catch_panic(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    // Nothing of the work is looked at after a panic, so it cannot be seen half-way.
    AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<&str>().copied();
            let said = said
                .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
                .unwrap_or("(no text)");
            Err(Failure::new(
                FailureKind::Permanent,
                anyhow::anyhow!("panic: {said}"),
            ))
        })
}
