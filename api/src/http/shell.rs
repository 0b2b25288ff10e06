//! What surrounds every request: an id, one log line, the security headers,
//! and an answer in our own form even where a handler fails or panics.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures_util::FutureExt;
use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderMap, HeaderValue, Version, header},
};
use tracing::Instrument;

use super::{
    problem::Problem,
    request_id,
    security_headers::{self, Place},
};
use crate::app::App;

/// Wraps the routes.
pub struct Shell<E> {
    app: Arc<App>,
    inner: E,
}

impl<E> Shell<E> {
    /// Surrounds `inner`.
    pub fn new(app: Arc<App>, inner: E) -> Self {
        Self { app, inner }
    }
}

impl<E: Endpoint> Endpoint for Shell<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        let id = self.app.new_request_id();
        let method = req.method().clone();
        let path = loggable_path(req.uri().path()).to_owned();
        let place = Place::of(req.uri().path());
        let is_http1 = req.version() == Version::HTTP_11;
        let span = tracing::info_span!("request", request_id = %id, %method, path);
        let work = async {
            let started = Instant::now();
            let mut response = match AssertUnwindSafe(self.inner.call(req)).catch_unwind().await {
                Ok(Ok(output)) => output.into_response(),
                Ok(Err(error)) if error.is_from_response() => error.into_response(),
                Ok(Err(error)) => Problem::from_poem(&error).into(),
                Err(panic) => {
                    tracing::error!(panic = panic_text(panic.as_ref()), "a handler panicked");
                    Problem::internal().into()
                }
            };
            let headers = response.headers_mut();
            security_headers::apply(headers, self.app.config.public_url.is_https(), place);
            if let Ok(value) = HeaderValue::from_str(&id) {
                headers.insert("x-request-id", value);
            }
            if !headers.contains_key(header::CACHE_CONTROL) {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
            let stays_open = response_is_upgrade(headers);
            if is_http1 && !stays_open && self.app.draining.is_cancelled() {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            self.app.metrics.answered(&response, started.elapsed());
            tracing::info!(
                status = response.status().as_u16(),
                milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
                "answered"
            );
            response
        };
        Ok(request_id::scope(id.clone(), work.instrument(span.clone())).await)
    }
}

/// Whether the connection becomes a socket with this answer.
fn response_is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(header::UPGRADE)
}

/// What a panic said, where it said text.
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no text)")
}

/// The path without what is secret in it: a shared link's token is a key.
fn loggable_path(path: &str) -> &str {
    match path.strip_prefix("/s/") {
        Some(rest) if !rest.starts_with("v/") => "/s/…",
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_token_is_not_logged() {
        assert_eq!(loggable_path("/s/secret-token"), "/s/…");
        assert_eq!(loggable_path("/s/v/share_01"), "/s/v/share_01");
        assert_eq!(loggable_path("/graphql"), "/graphql");
    }
}
