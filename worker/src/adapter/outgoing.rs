//! Requests to addresses that people give. The rule is [`smartstack_domain::target`]'s: here names are
//! resolved and checked right before the connection is made to exactly what was checked; no redirect is
//! followed, no proxy asked, and time and size are bounded.

use std::error::Error as _;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, redirect};
use smartstack_domain::target::{Policy, Target, TargetError};

/// How long a whole request may take, its answer included: within the 15 to 30 s that Standard Webhooks
/// proposes.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// How long the connection may take, of that.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Most bytes of an answer that are read.
const BYTES_MAX: usize = 4 * 1024;

/// Turns a name into addresses.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Sends to addresses that people give.
#[derive(Clone, Debug)]
pub struct Outgoing {
    http: Client,
    policy: Policy,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How the body began.
    pub body: String,
}

/// Resolves, and lets no address through that may not be connected to.
struct Guard {
    policy: Policy,
    lookup: Lookup,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (policy, resolving) = (self.policy, (self.lookup)(name.as_str().to_owned()));
        Box::pin(async move {
            let name = name.as_str();
            let resolved = match resolving.await {
                Ok(resolved) => resolved,
                Err(_) => return Err(TargetError::Unresolved(name.to_owned()).into()),
            };
            let target = Target::parse(&format!("https://{name}/"), policy)?;
            // The port is the address's own: reqwest puts it in where there is none.
            let pinned = target.pin(&resolved)?.into_iter();
            Ok(Box::new(pinned.map(|at| SocketAddr::new(at.ip(), 0))) as Addrs)
        })
    }
}

impl Outgoing {
    /// Asks the machine's resolver.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(policy: Policy) -> reqwest::Result<Self> {
        Self::with(
            policy,
            Arc::new(|name| {
                Box::pin(async move {
                    let found = tokio::net::lookup_host((name, 0)).await?;
                    Ok(found.map(|address| address.ip()).collect())
                })
            }),
        )
    }

    /// Asks `lookup`.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn with(policy: Policy, lookup: Lookup) -> reqwest::Result<Self> {
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            // A proxy would do the resolving, unchecked.
            .no_proxy()
            .referer(false)
            .dns_resolver(Arc::new(Guard { policy, lookup }))
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .user_agent(concat!("SmartStack/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, policy })
    }

    /// Posts a JSON text with headers of its own.
    ///
    /// # Errors
    /// Why there is no answer, in words for whoever gave the address.
    pub async fn post(&self, url: &str, headers: &[(&str, String)], json: String) -> Result<Answer, String> {
        let target = Target::parse(url, self.policy).map_err(|error| sentence(&error.to_string()))?;
        let mut request = self
            .http
            .post(target.url())
            .header("content-type", "application/json")
            .body(json);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut response = request.send().await.map_err(|error| why(&error))?;
        let mut body = Vec::new();
        // An answer that breaks off or drags on is an answer: its status has been said.
        while let Ok(Some(piece)) = response.chunk().await {
            let room = BYTES_MAX - body.len();
            body.extend_from_slice(&piece[..piece.len().min(room)]);
            if body.len() == BYTES_MAX {
                break;
            }
        }
        Ok(Answer {
            status: response.status().as_u16(),
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

/// What went wrong, without addresses: these are the owner's own and stand beside it.
fn why(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut last = None;
    while let Some(found) = cause {
        if let Some(refused) = found.downcast_ref::<TargetError>() {
            return sentence(&refused.to_string());
        }
        last = Some(found.to_string());
        cause = found.source();
    }
    if error.is_timeout() {
        return format!("There was no answer within {} seconds.", ANSWER_WITHIN.as_secs());
    }
    let said = last.unwrap_or_else(|| "the request failed".to_owned());
    if error.is_connect() {
        return format!("No connection could be made: {said}.");
    }
    sentence(&said)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let whole: String = first.chain(letters).collect();
    match whole.ends_with(['.', '?']) {
        true => whole,
        false => whole + ".",
    }
}
