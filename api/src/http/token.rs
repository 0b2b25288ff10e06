//! Access tokens: signed statements of who a browser's session is, good for
//! ten minutes. They prove only which session is meant; whether it still
//! stands is asked of the database.
//!
//! HS256 and nothing else; the key is found by `kid` among the installation's
//! own, so whatever a header says about where to find keys (`jku`, `x5u`,
//! `jwk`) is never looked at.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use smartstack_domain::{clock::Clock, secret::Secrets};
use smartstack_schema::{SessionId, UserId};

/// How long a token is good.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// The type in the header (RFC 9068, 2.1): keeps other tokens of the same key out.
const TYPE: &str = "at+jwt";
/// For whom tokens are made.
const AUDIENCE: &str = "smartstack";
/// Longest token looked at; ours have some 400 bytes.
const LENGTH_MAX: usize = 2048;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Signs and checks access tokens.
pub struct Tokens {
    secrets: Arc<Secrets>,
    issuer: String,
    clock: Clock,
}

impl Tokens {
    /// Tokens of one installation; `issuer` is its public address.
    pub fn new(secrets: Arc<Secrets>, issuer: String, clock: Clock) -> Self {
        Self {
            secrets,
            issuer,
            clock,
        }
    }

    /// A token for a session.
    ///
    /// # Errors
    /// Only where signing itself fails.
    pub fn sign(&self, user: UserId, session: SessionId) -> Result<String, jsonwebtoken::errors::Error> {
        let now = self.clock.now();
        let [key, _] = self.secrets.access_keys(now);
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.kid);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
        };
        jsonwebtoken::encode(
            &header,
            &claims,
            &EncodingKey::from_secret(key.bytes.expose_secret()),
        )
    }

    /// The session a token is for; nothing for a token that is not ours, not
    /// whole, or not good at this moment.
    pub fn verify(&self, token: &str) -> Option<SessionId> {
        self.verify_at(token, self.clock.now())
    }

    fn verify_at(&self, token: &str, now: DateTime<Utc>) -> Option<SessionId> {
        if token.len() > LENGTH_MAX {
            return None;
        }
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(TYPE) || header.alg != Algorithm::HS256 {
            return None;
        }
        let kid = header.kid?;
        let key = self
            .secrets
            .access_keys(now)
            .into_iter()
            .find(|key| key.kid == kid)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "exp", "nbf"]);
        // Times are compared below, with the injected clock and no leeway.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let key = DecodingKey::from_secret(key.bytes.expose_secret());
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
            .ok()?
            .claims;
        let now = now.timestamp();
        let good = claims.nbf <= now && now < claims.exp && claims.exp - claims.nbf <= LIFETIME.num_seconds();
        good.then_some(claims.sid)
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    const ISSUER: &str = "https://app.example.com";

    fn secrets() -> Arc<Secrets> {
        Arc::new(Secrets::new(&"07".repeat(32).into()).expect("a secret"))
    }

    fn tokens(at: &str) -> Tokens {
        Tokens::new(
            secrets(),
            ISSUER.to_owned(),
            Clock::fixed(at.parse().expect("a time")),
        )
    }

    fn ids() -> (UserId, SessionId) {
        (UserId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)))
    }

    /// Signs any header and claims with the installation's own key of that month.
    fn forge(header: &Value, claims: &Value) -> String {
        let tokens = tokens("2026-05-31T23:59:00Z");
        let [key, _] = tokens.secrets.access_keys(tokens.clock.now());
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let key = EncodingKey::from_secret(key.bytes.expose_secret());
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("signs");
        format!("{message}.{signature}")
    }

    #[test]
    fn a_token_is_good_for_ten_minutes_over_the_turn_of_the_month() {
        let (user, session) = ids();
        let token = tokens("2026-05-31T23:59:00Z").sign(user, session).expect("signs");
        assert_eq!(tokens("2026-05-31T23:59:00Z").verify(&token), Some(session));
        assert_eq!(tokens("2026-06-01T00:08:59Z").verify(&token), Some(session));
        assert_eq!(tokens("2026-06-01T00:09:00Z").verify(&token), None);
        assert_eq!(tokens("2026-05-31T23:58:59Z").verify(&token), None);
    }

    #[test]
    fn every_check_can_fail() {
        let (user, session) = ids();
        let at: DateTime<Utc> = "2026-05-31T23:59:00Z".parse().expect("a time");
        let header = json!({ "typ": TYPE, "alg": "HS256", "kid": "2026-05" });
        let claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": user, "sid": session,
            "iat": at.timestamp(), "nbf": at.timestamp(), "exp": at.timestamp() + 600,
        });
        let verify =
            |header: &Value, claims: &Value| tokens("2026-05-31T23:59:00Z").verify(&forge(header, claims));
        assert_eq!(verify(&header, &claims), Some(session));
        let with = |base: &Value, key: &str, value: Value| {
            let mut changed = base.clone();
            changed[key] = value;
            changed
        };
        for (key, value) in [
            ("typ", json!("JWT")),
            ("typ", Value::Null),
            ("alg", json!("none")),
            ("alg", json!("HS384")),
            ("kid", json!("2026-04x")),
            ("kid", json!("2026-06")),
            ("kid", Value::Null),
        ] {
            assert_eq!(
                verify(&with(&header, key, value.clone()), &claims),
                None,
                "{key} {value}"
            );
        }
        for (key, value) in [
            ("iss", json!("https://evil.example.com")),
            ("aud", json!("other")),
            ("exp", json!(at.timestamp())),
            ("exp", json!(at.timestamp() + 601)),
            ("exp", Value::Null),
            ("nbf", json!(at.timestamp() + 1)),
            ("sid", json!("session_x")),
        ] {
            assert_eq!(
                verify(&header, &with(&claims, key, value.clone())),
                None,
                "{key} {value}"
            );
        }
        // Where to find keys is no business of a token.
        let pointing = with(&header, "jku", json!("https://evil.example.com/keys"));
        assert_eq!(verify(&pointing, &claims), Some(session));
    }

    #[test]
    fn another_installations_token_is_nothing() {
        let (user, session) = ids();
        let other = Secrets::new(&"08".repeat(32).into()).expect("a secret");
        let clock = Clock::fixed("2026-05-31T23:59:00Z".parse().expect("a time"));
        let token = Tokens::new(Arc::new(other), ISSUER.to_owned(), clock)
            .sign(user, session)
            .expect("signs");
        assert_eq!(tokens("2026-05-31T23:59:00Z").verify(&token), None);
        assert_eq!(tokens("2026-05-31T23:59:00Z").verify("not.a.token"), None);
        assert_eq!(tokens("2026-05-31T23:59:00Z").verify(""), None);
    }
}
