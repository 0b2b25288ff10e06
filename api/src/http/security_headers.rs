//! The headers every response carries, so that no handler can forget them.

use poem::http::{HeaderMap, HeaderValue, header};

/// Nothing is allowed but our own files, and WebAssembly to run the app. `$style` is what style may come from
/// besides.
macro_rules! policy {
    ($style:literal) => {
        concat!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'",
            $style,
            "; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; ",
            "frame-ancestors 'none'; form-action 'self'"
        )
    };
}

const CONTENT_SECURITY_POLICY: &str = policy!("");
/// GraphiQL's dialogs put one style into the page, of this very text: it keeps what is below them from scrolling.
const GRAPHIQL_POLICY: &str = policy!(" 'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='");

/// Where GraphiQL is.
pub const GRAPHIQL: &str = "/developer/graphiql";

/// What an answer is part of, as far as its headers depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The app, its files and the API.
    Ours,
    /// A client's shared view, whose address is a secret: it must reach neither other sites nor search engines.
    Shared,
    /// GraphiQL's page.
    Graphiql,
}

impl Place {
    /// The place of a path.
    pub fn of(path: &str) -> Self {
        match path {
            GRAPHIQL => Self::Graphiql,
            path if path.starts_with("/s/") => Self::Shared,
            _ => Self::Ours,
        }
    }
}

/// Two years, the preload lists' recommendation (at least one is asked for).
const STRICT_TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

/// Writes the security headers into a response.
///
/// `behind_tls` adds HSTS.
pub fn apply(headers: &mut HeaderMap, behind_tls: bool, place: Place) {
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    let policy = match place {
        Place::Graphiql => GRAPHIQL_POLICY,
        Place::Ours | Place::Shared => CONTENT_SECURITY_POLICY,
    };
    set(header::CONTENT_SECURITY_POLICY, policy);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(
        header::HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    if behind_tls {
        set(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
    }
    if place == Place::Shared {
        set(header::REFERRER_POLICY, "no-referrer");
        set(
            header::HeaderName::from_static("x-robots-tag"),
            "noindex, nofollow",
        );
    } else {
        set(header::REFERRER_POLICY, "same-origin");
    }
}
