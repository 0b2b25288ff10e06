//! The cookies: their names, and how they are read and written.
//!
//! Session cookies carry the `__Host-` prefix, so a browser refuses them
//! unless they are Secure, without Domain and for the whole site; a share
//! session's cookie is limited to that link's path instead.

use poem::http::{HeaderMap, HeaderValue, header};

/// The short-lived access token.
pub const ACCESS: &str = "__Host-ss_access";
/// The single-use refresh token.
pub const REFRESH: &str = "__Host-ss_refresh";
/// A sign-in that waits for its second factor.
pub const CHALLENGE: &str = "__Host-ss_challenge";
/// Somebody who is away at another provider.
pub const VISIT: &str = "__Host-ss_visit";
/// A share session; its path is limited to one link.
pub const SHARE: &str = "__Secure-ss_share";

/// What shows that a shared link's password was given; its path is limited to that link.
pub const SHARE_PASS: &str = "__Secure-ss_share_pass";

/// The headers that hold cookies, in memory of their own: those of a request lie in what was read from the
/// network, which is kept as long as one of them is.
pub fn alone(headers: &HeaderMap) -> HeaderMap {
    let mut alone = HeaderMap::new();
    for value in headers.get_all(header::COOKIE) {
        if let Ok(copied) = HeaderValue::from_bytes(value.as_bytes()) {
            alone.append(header::COOKIE, copied);
        }
    }
    alone
}

/// The value of a cookie, if the request carries it exactly once.
///
/// A name that comes twice was planted beside ours (another path or a sibling
/// host), so neither value is trusted.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    let first = found.next()?;
    found
        .next()
        .is_none()
        .then_some(first)
        .filter(|value| !value.is_empty())
}

/// A `Set-Cookie` line. `value` must be a token of ours (base64url and dots).
pub fn set(name: &str, value: &str, path: &str, max_age_seconds: i64) -> Option<HeaderValue> {
    let line =
        format!("{name}={value}; Path={path}; Max-Age={max_age_seconds}; HttpOnly; Secure; SameSite=Lax");
    let mut line = HeaderValue::from_str(&line).ok()?;
    line.set_sensitive(true);
    Some(line)
}

/// A `Set-Cookie` line that removes a cookie.
pub fn clear(name: &str, path: &str) -> Option<HeaderValue> {
    set(name, "", path, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_comes_twice_counts_for_nothing() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; __Host-ss_access=x; b=2"),
        );
        assert_eq!(read(&headers, ACCESS), Some("x"));
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-ss_access=y"));
        assert_eq!(read(&headers, ACCESS), None);
    }
}
