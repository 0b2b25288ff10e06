//! The id of the request that is being answered: in every log line, every
//! error and the `x-request-id` header, so that a person can quote it.

use std::future::Future;

tokio::task_local! {
    static CURRENT: String;
}

/// Runs `work` as the request `id`.
pub async fn scope<F: Future>(id: String, work: F) -> F::Output {
    CURRENT.scope(id, work).await
}

/// The current request's id; empty outside of one.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}
