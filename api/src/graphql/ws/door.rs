//! Who comes through a socket's door: a page of ours with its cookies, or a program with a token.
//!
//! Browsers always say where a page comes from and cannot add headers, so whatever says nothing is no
//! browser: it may open a socket, but its cookies count for nothing.

use poem::http::{HeaderMap, header};
use secrecy::SecretString;
use serde_json::Value;

use crate::{
    app::App,
    graphql::{
        context::{Requester, Surface},
        error,
    },
    http::{bearer, problem::Problem},
};

/// Who has come in, before they have said `connection_init`.
pub(super) struct Entrance {
    pub(super) requester: Requester,
    /// Whether the browser holds what it takes to get a new session.
    pub(super) may_refresh: bool,
}

/// Decides about an upgrade by its headers.
///
/// # Errors
/// FORBIDDEN for pages of other sites; UNAUTHENTICATED for a token that opens nothing.
pub(super) async fn enter(app: &App, surface: &Surface, headers: &HeaderMap) -> Result<Entrance, Problem> {
    let is_account = *surface == Surface::Account;
    if is_account && let Some(token) = bearer::in_headers(headers)? {
        let requester = bearer::open(app, token).await?;
        return Ok(Entrance {
            requester,
            may_refresh: false,
        });
    }
    if is_account && !headers.contains_key(header::ORIGIN) {
        return Ok(Entrance {
            requester: Requester::Anonymous,
            may_refresh: false,
        });
    }
    app.origins
        .check_socket(headers)
        .map_err(|error| Problem::forbidden(error.to_string()))?;
    let requester = Requester::resolve(app, surface, headers).await.map_err(|fault| {
        if error::store_is_away(&fault) {
            return Problem::unavailable();
        }
        tracing::error!(error = ?fault, "the requester could not be resolved");
        Problem::internal()
    })?;
    Ok(Entrance {
        requester,
        may_refresh: surface.may_refresh(headers),
    })
}

/// The token in the payload of `connection_init`: `{ "authorization": "Bearer ss_pat_…" }`, the key in
/// any case.
pub(super) fn token_in(payload: &Value) -> Option<SecretString> {
    payload
        .as_object()?
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case("authorization"))
        .map(|(_, value)| {
            // Something that is no token opens nothing, instead of falling back on cookies.
            let text = value.as_str().unwrap_or_default();
            bearer::in_text(text).unwrap_or_default()
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_is_found_in_the_payload() {
        for payload in [
            json!({ "authorization": "Bearer x" }),
            json!({ "Authorization": "bearer x" }),
            json!({ "authorization": 1 }),
            json!({ "authorization": "x" }),
        ] {
            assert!(token_in(&payload).is_some(), "{payload}");
        }
        assert!(token_in(&json!({ "other": "Bearer x" })).is_none());
    }
}
