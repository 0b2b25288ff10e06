//! Personal access tokens on the wire: `Authorization: Bearer ss_pat_…` (RFC 6750).
//!
//! A page of another site cannot send this header without a preflight, which is never answered, so a
//! request with a token needs no proof of its origin. Cookies beside a token count for nothing.

use poem::http::{HeaderMap, header};
use secrecy::SecretString;

use super::problem::Problem;
use crate::{
    app::App,
    graphql::{context::Requester, error::store_is_away},
};

/// The token a request carries, if it carries one. Other schemes of `Authorization` are a proxy's
/// business and not looked at.
///
/// # Errors
/// A problem where several are sent: which one counts would be a guess.
pub fn in_headers(headers: &HeaderMap) -> Result<Option<SecretString>, Problem> {
    let mut tokens = headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .filter_map(|value| value.to_str().ok().and_then(in_text));
    match (tokens.next(), tokens.next()) {
        (token, None) => Ok(token),
        (_, Some(_)) => Err(Problem::bad_request("Send one Authorization header.")),
    }
}

/// The token in the text of an `Authorization` header.
pub fn in_text(text: &str) -> Option<SecretString> {
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| SecretString::from(token.trim()))
}

/// Who comes with this token.
///
/// # Errors
/// UNAUTHENTICATED for a token that opens nothing, never mind why; a problem where the store fails.
pub async fn open(app: &App, token: SecretString) -> Result<Requester, Problem> {
    match app.identity.bearer(token).await {
        Ok(Some(person)) => Ok(Requester::signed_in(person)),
        Ok(None) => {
            let detail = "This token opens nothing: it is mistyped, expired or revoked.";
            Err(Problem::unauthenticated(detail).challenge("Bearer error=\"invalid_token\""))
        }
        Err(fault) if store_is_away(&fault) => Err(Problem::unavailable()),
        Err(fault) => {
            tracing::error!(error = ?fault, "a token could not be looked up");
            Err(Problem::internal())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bearer_tokens_are_looked_at() {
        let headers = |values: &[&str]| -> HeaderMap {
            values
                .iter()
                .map(|value| (header::AUTHORIZATION, value.parse().expect("a value")))
                .collect()
        };
        let found = |values: &[&str]| in_headers(&headers(values)).map(|token| token.is_some());
        assert!(!found(&[]).expect("none"));
        assert!(!found(&["Basic dXNlcjpwYXNz"]).expect("another scheme"));
        for one in ["Bearer x", "bearer x", "BEARER  x ", "Bearer"] {
            assert!(found(&[one]).expect("a token"), "{one}");
        }
        assert!(found(&["Basic dXNlcjpwYXNz", "Bearer x"]).expect("a token"));
        assert!(found(&["Bearer x", "Bearer y"]).is_err());
    }
}
