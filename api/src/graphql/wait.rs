//! Mutations that start a short job wait for it a little while, so that most callers have the result in the one
//! answer. Who is not that lucky gets the running job, and follows it by the subscription `job`.
//!
//! Nothing is held while waiting but the request itself: no transaction, no connection. The wait ends early when
//! the process stops, and does not begin where too many wait already; either way the answer is the job as it is.

use std::{sync::Arc, time::Duration};

use async_graphql::Context;
use smartstack_domain::{TenantScope, job::Job};
use smartstack_schema::{JobState, UserErrorCode};
use tokio::sync::Semaphore;

use super::{
    context::ContextExt,
    payload::{Outcome, UserError},
    subscription::job_now,
};

/// The longest wait, in milliseconds: well below what a proxy in front gives a request.
pub const WAIT_MAX_MILLIS: i32 = 10_000;

/// Most requests of one process that wait at a time.
static PLACES: Semaphore = Semaphore::const_new(256);

/// How long to wait; not at all when left out.
///
/// # Errors
/// What to tell whoever asks for less than nothing, or for too much.
pub fn of_millis(millis: Option<i32>) -> Result<Duration, UserError> {
    let millis = millis.unwrap_or(0);
    match u64::try_from(millis) {
        Ok(wait) if millis <= WAIT_MAX_MILLIS => Ok(Duration::from_millis(wait)),
        _ => Err(UserError::of(
            UserErrorCode::OutOfRange,
            "waitMillis",
            format!("Wait for 0 to {WAIT_MAX_MILLIS} milliseconds."),
        )),
    }
}

/// The outcome with its job as it is once it has ended, or once `wait` is over.
pub async fn settled(
    ctx: &Context<'_>,
    scope: &TenantScope,
    mut outcome: Outcome<Job>,
    wait: Duration,
) -> Outcome<Job> {
    let Some(job) = &mut outcome.resource else {
        return outcome;
    };
    let Ok(_place) = PLACES.try_acquire() else {
        return outcome;
    };
    let (app, id) = (Arc::clone(ctx.app()), job.id);
    // Asked for before the job is read: what happens in between gives a sign.
    let mut signs = app.feed.workspace(scope.workspace_id());
    let end = tokio::time::Instant::now() + wait;
    while !wait.is_zero() {
        match job_now(&app, scope, id).await {
            Ok(now) => *job = now,
            // The job is made, and that is the answer; what became of it is read another time.
            Err(_) => break,
        }
        let over = matches!(
            job.state,
            JobState::Ready | JobState::NeedsReview | JobState::Cancelled
        );
        if over || !matches!(tokio::time::timeout_at(end, signs.changed()).await, Ok(true)) {
            break;
        }
    }
    // The payload's fields are read as they are by now.
    ctx.reader().release().await;
    outcome
}
