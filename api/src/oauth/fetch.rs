//! Requests to addresses that a configuration or a provider's own description names: checked as written
//! and as resolved, to exactly what was checked, without redirects, in bounded time and size.

use std::{net::IpAddr, time::Duration};

use oauth2::{HttpRequest, HttpResponse, http};
use reqwest::redirect;
use smartstack_domain::target::{Policy, Target, TargetError};

/// How long an answer may take, all of it.
const TIME: Duration = Duration::from_secs(10);
/// How long a name may take to be resolved.
const RESOLVE_TIME: Duration = Duration::from_secs(5);
/// Longest answer: keys and tokens have some kilobytes.
const SIZE: usize = 256 * 1024;

/// Why there is no answer. Never holds what was sent or received.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is not one to send to.
    #[error("{0}")]
    Target(#[from] TargetError),
    /// No answer, or not in time.
    #[error("no answer: {0}")]
    Network(String),
    /// A redirect, which is never followed.
    #[error("the answer is a redirect")]
    Redirect,
    /// More than is read.
    #[error("the answer is too long")]
    TooLong,
    /// A status that is not a success.
    #[error("the answer has status {0}")]
    Status(u16),
    /// Not the JSON that was asked for.
    #[error("the answer cannot be read")]
    Unreadable,
}

/// Sends requests within the rules.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fetcher {
    policy: Policy,
}

impl Fetcher {
    pub(super) fn new(policy: Policy) -> Self {
        Self { policy }
    }

    /// Checks an address that is not sent to by us but by a browser.
    pub(super) fn check(self, address: &str) -> Result<(), FetchError> {
        Target::parse(address, self.policy)?;
        Ok(())
    }

    /// GETs JSON.
    pub(super) async fn json<T: serde::de::DeserializeOwned>(
        self,
        address: &str,
        bearer: Option<&str>,
    ) -> Result<T, FetchError> {
        let mut request = http::Request::get(address)
            .header(http::header::ACCEPT, "application/json")
            .header(http::header::USER_AGENT, "smartstack");
        if let Some(token) = bearer {
            request = request.header(http::header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Vec::new()).map_err(|_| FetchError::Unreadable)?;
        let answer = self.send(request).await?;
        if !answer.status().is_success() {
            return Err(FetchError::Status(answer.status().as_u16()));
        }
        serde_json::from_slice(answer.body()).map_err(|_| FetchError::Unreadable)
    }

    /// Sends a request and reads the answer, whatever its status, unless it is a redirect.
    pub(super) async fn send(self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let sent = tokio::time::timeout(TIME, self.exchange(request)).await;
        sent.unwrap_or_else(|_| Err(FetchError::Network("it took too long".to_owned())))
    }

    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let target = Target::parse(&request.uri().to_string(), self.policy)?;
        let mut client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(TIME);
        if let Some(name) = target.name() {
            let pinned = target.pin(&resolve(name, target.port()).await?)?;
            client = client.resolve_to_addrs(name, &pinned);
        }
        let client = client.build().map_err(network)?;
        let request = reqwest::Request::try_from(request).map_err(network)?;
        let mut answer = client.execute(request).await.map_err(network)?;
        if answer.status().is_redirection() {
            return Err(FetchError::Redirect);
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(network)? {
            if body.len() + part.len() > SIZE {
                return Err(FetchError::TooLong);
            }
            body.extend_from_slice(&part);
        }
        let mut whole = http::Response::new(body);
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = answer.headers().clone();
        Ok(whole)
    }
}

async fn resolve(name: &str, port: u16) -> Result<Vec<IpAddr>, FetchError> {
    let found = tokio::time::timeout(RESOLVE_TIME, tokio::net::lookup_host((name, port))).await;
    let found = found.map_err(|_| FetchError::Network("its name was not resolved in time".to_owned()))?;
    let found = found.map_err(|_| FetchError::Target(TargetError::Unresolved(name.to_owned())))?;
    Ok(found.map(|address| address.ip()).collect())
}

/// What went wrong, without the address: it may hold a token.
fn network(error: reqwest::Error) -> FetchError {
    FetchError::Network(error.without_url().to_string())
}
