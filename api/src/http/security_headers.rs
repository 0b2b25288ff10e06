//! The headers every response carries, so that no handler can forget them.

use poem::http::{HeaderMap, HeaderValue, header};

/// Nothing is allowed but our own files, and WebAssembly to run the app.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
     frame-ancestors 'none'; form-action 'self'";

/// Two years, the preload lists' recommendation (at least one is asked for).
const STRICT_TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

/// Writes the security headers into a response.
///
/// `behind_tls` adds HSTS; `shared` marks a client's shared view, whose
/// address is a secret: it must reach neither other sites nor search engines.
pub fn apply(headers: &mut HeaderMap, behind_tls: bool, shared: bool) {
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
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
    if shared {
        set(header::REFERRER_POLICY, "no-referrer");
        set(
            header::HeaderName::from_static("x-robots-tag"),
            "noindex, nofollow",
        );
    } else {
        set(header::REFERRER_POLICY, "same-origin");
    }
}
