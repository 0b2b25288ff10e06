//! Whether an ID token is to be believed (OpenID Connect Core 1.0, 3.1.3.7).

use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::Deserialize;

/// How far clocks may be apart.
const LEEWAY_SECONDS: i64 = 60;
/// How old a token may be: it was asked for a moment ago.
const OLDEST_SECONDS: i64 = 10 * 60;
/// Longest token that is looked at.
const LENGTH_MAX: usize = 32 * 1024;
/// Longest subject (section 2).
const SUBJECT_MAX: usize = 255;

/// Signatures that are taken: none that the client's own secret could make, and not none at all.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Why an ID token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// There is none.
    #[error("it is missing")]
    Missing,
    /// Not a signed token at all.
    #[error("it cannot be read")]
    Unreadable,
    /// Signed in a way that is not taken.
    #[error("its algorithm is not taken")]
    Algorithm,
    /// No key of the provider fits; it may be a new one.
    #[error("no key of the provider fits")]
    NoKey,
    /// The signature, the issuer or the audience is wrong.
    #[error("its signature, issuer or audience is wrong")]
    Invalid,
    /// For several audiences, and not made for us (`azp`).
    #[error("it was made for another client")]
    Party,
    /// Not good at this moment.
    #[error("it is too old, or not yet good")]
    Time,
    /// Made for another sign-in.
    #[error("its nonce is another one")]
    Nonce,
    /// Nobody is named.
    #[error("its subject is missing or too long")]
    Subject,
}

/// What is expected of a token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: DateTime<Utc>,
}

/// What a token says.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
    /// One text or several; that we are among them has been checked when this is read.
    aud: serde_json::Value,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    #[serde(flatten)]
    pub(super) profile: Profile,
}

/// Who the person is, as ID tokens and the userinfo endpoint say it.
#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct Profile {
    pub(super) email: Option<String>,
    #[serde(default)]
    email_verified: Option<serde_json::Value>,
    pub(super) name: Option<String>,
    pub(super) preferred_username: Option<String>,
}

impl Profile {
    /// The address, where the provider says that it has verified it.
    pub(super) fn verified_email(&self) -> Option<String> {
        // Some providers write the truth as a text.
        let verified = match &self.email_verified {
            Some(serde_json::Value::Bool(verified)) => *verified,
            Some(serde_json::Value::String(text)) => text == "true",
            _ => false,
        };
        self.email.clone().filter(|_| verified)
    }
}

/// Checks a token against the provider's keys and what it was asked for.
pub(super) fn verify(token: &str, keys: &[Jwk], expected: Expected<'_>) -> Result<Claims, IdTokenError> {
    if token.len() > LENGTH_MAX {
        return Err(IdTokenError::Unreadable);
    }
    // An algorithm that the library does not know, such as "none", cannot be read.
    let header = jsonwebtoken::decode_header(token).map_err(|_| IdTokenError::Unreadable)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(IdTokenError::Algorithm);
    }
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    // Times are compared below, with the injected clock.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    // Only the provider's own keys count; where a header says to find one (jku, x5u, jwk) is never looked at.
    let fitting = keys.iter().filter(|key| fits(key, header.alg));
    let named: Vec<&Jwk> = match &header.kid {
        Some(kid) => fitting
            .filter(|key| key.common.key_id.as_ref() == Some(kid))
            .collect(),
        None => fitting.collect(),
    };
    if named.is_empty() {
        return Err(IdTokenError::NoKey);
    }
    let claims = named
        .into_iter()
        .filter_map(|key| DecodingKey::from_jwk(key).ok())
        .find_map(|key| jsonwebtoken::decode::<Claims>(token, &key, &validation).ok())
        .ok_or(IdTokenError::Invalid)?
        .claims;
    let for_others = claims.aud.as_array().is_some_and(|all| all.len() > 1);
    let made_for_us = claims.azp.as_deref().map(|azp| azp == expected.client_id);
    if made_for_us == Some(false) || (for_others && made_for_us.is_none()) {
        return Err(IdTokenError::Party);
    }
    let now = expected.now.timestamp();
    let age = now.saturating_sub(claims.iat);
    if claims.exp.saturating_add(LEEWAY_SECONDS) <= now
        || !(-LEEWAY_SECONDS..=OLDEST_SECONDS + LEEWAY_SECONDS).contains(&age)
    {
        return Err(IdTokenError::Time);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(IdTokenError::Nonce);
    }
    if claims.sub.is_empty() || claims.sub.len() > SUBJECT_MAX || claims.sub.contains('\0') {
        return Err(IdTokenError::Subject);
    }
    Ok(claims)
}

/// Whether a key is one for signatures of this algorithm.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let said = key.common.key_algorithm.map(|said| said.to_string());
    let agrees = said.is_none_or(|said| said == format!("{algorithm:?}"));
    let kind = match (&key.algorithm, algorithm) {
        (
            AlgorithmParameters::RSA(_),
            Algorithm::RS256
            | Algorithm::RS384
            | Algorithm::RS512
            | Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512,
        )
        | (AlgorithmParameters::OctetKeyPair(_), Algorithm::EdDSA) => true,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES384) => curve.curve == EllipticCurve::P384,
        _ => false,
    };
    signs && agrees && kind
}
