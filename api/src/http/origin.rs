//! Who may send requests that carry cookies: only pages of our own origin.
//!
//! A cross-site page can make a browser send our cookies, but it can neither
//! add our header without a preflight (which we never answer) nor change the
//! browser's own `Origin` and `Sec-Fetch-Site`.

use poem::http::{HeaderMap, header};

use crate::config::PublicUrl;

/// The header every request with a cookie must carry, with any value.
pub const CLIENT_HEADER: &str = "smartstack-client";

/// Names one loopback address answers to. A development installation is
/// reachable by each of them; they are the same machine.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// Why a request was taken for forged. The text is told to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForgeryError {
    /// Our own header is not there.
    #[error("Requests with a session cookie must carry the header Smartstack-Client.")]
    NoClientHeader,
    /// The browser says that another site's page sent it, or nothing says who did.
    #[error("This request does not come from a page of this installation.")]
    ForeignOrigin,
}

/// The origins whose pages may use a person's cookies.
#[derive(Debug, Clone)]
pub struct AllowedOrigins(Vec<String>);

impl AllowedOrigins {
    /// The public address and, where that is a loopback name, its other names.
    pub fn new(public_url: &PublicUrl) -> Self {
        let mut origins = vec![public_url.origin()];
        if LOOPBACK.contains(&public_url.host()) {
            let scheme = if public_url.is_https() { "https" } else { "http" };
            let port = public_url
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            origins.extend(LOOPBACK.iter().map(|host| format!("{scheme}://{host}{port}")));
            origins.sort();
            origins.dedup();
        }
        Self(origins)
    }

    /// Checks a request that uses a cookie.
    ///
    /// # Errors
    /// The request may be forged.
    pub fn check_request(&self, headers: &HeaderMap) -> Result<(), ForgeryError> {
        if !headers.contains_key(CLIENT_HEADER) {
            return Err(ForgeryError::NoClientHeader);
        }
        match self.origin_matches(headers) {
            Some(true) => {}
            Some(false) => return Err(ForgeryError::ForeignOrigin),
            // Browsers leave Origin out of same-origin GETs, and then send
            // Sec-Fetch-Site.
            None if !headers.contains_key("sec-fetch-site") => return Err(ForgeryError::ForeignOrigin),
            None => {}
        }
        self.check_fetch_site(headers)
    }

    /// Checks a request for a file that a link of our pages leads to: no page can add a header to it, but
    /// browsers say whose link it was.
    ///
    /// # Errors
    /// The request may be forged.
    pub fn check_download(&self, headers: &HeaderMap) -> Result<(), ForgeryError> {
        match headers.get("sec-fetch-site") {
            Some(_) => self.check_fetch_site(headers),
            None => self.check_request(headers),
        }
    }

    /// Checks the upgrade to a WebSocket. Browsers always send `Origin` here
    /// and cannot add headers, so `Origin` alone decides.
    ///
    /// # Errors
    /// The upgrade may be forged.
    pub fn check_socket(&self, headers: &HeaderMap) -> Result<(), ForgeryError> {
        match self.origin_matches(headers) {
            Some(true) => self.check_fetch_site(headers),
            _ => Err(ForgeryError::ForeignOrigin),
        }
    }

    fn origin_matches(&self, headers: &HeaderMap) -> Option<bool> {
        let origin = headers.get(header::ORIGIN)?;
        Some(
            origin
                .to_str()
                .is_ok_and(|origin| self.0.iter().any(|allowed| allowed == origin)),
        )
    }

    fn check_fetch_site(&self, headers: &HeaderMap) -> Result<(), ForgeryError> {
        match headers.get("sec-fetch-site") {
            Some(site) if site != "same-origin" => Err(ForgeryError::ForeignOrigin),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(k, v)| (k.parse().expect("name"), v.parse().expect("value")))
            .collect()
    }

    #[test]
    fn only_our_own_pages_pass() {
        let allowed = AllowedOrigins::new(&PublicUrl::parse("https://app.example.com").expect("url"));
        let client = (CLIENT_HEADER, "web");
        let cases = [
            (vec![client, ("origin", "https://app.example.com")], true),
            (
                vec![
                    client,
                    ("origin", "https://app.example.com"),
                    ("sec-fetch-site", "same-origin"),
                ],
                true,
            ),
            (vec![client, ("sec-fetch-site", "same-origin")], true),
            (vec![client], false),
            (vec![("origin", "https://app.example.com")], false),
            (vec![client, ("origin", "null")], false),
            (
                vec![client, ("origin", "https://app.example.com.evil.test")],
                false,
            ),
            (vec![client, ("origin", "http://app.example.com")], false),
            (
                vec![
                    client,
                    ("origin", "https://app.example.com"),
                    ("sec-fetch-site", "cross-site"),
                ],
                false,
            ),
            (vec![client, ("sec-fetch-site", "same-site")], false),
            (vec![client, ("sec-fetch-site", "none")], false),
        ];
        for (pairs, passes) in cases {
            assert_eq!(
                allowed.check_request(&headers(&pairs)).is_ok(),
                passes,
                "{pairs:?}"
            );
        }
    }

    #[test]
    fn loopback_names_are_one_machine() {
        let allowed = AllowedOrigins::new(&PublicUrl::parse("http://127.0.0.1:9000").expect("url"));
        assert!(
            allowed
                .check_socket(&headers(&[("origin", "http://localhost:9000")]))
                .is_ok()
        );
        assert!(
            allowed
                .check_socket(&headers(&[("origin", "http://localhost:9001")]))
                .is_err()
        );
        assert!(allowed.check_socket(&headers(&[])).is_err());
    }
}
