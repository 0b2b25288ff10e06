//! OpenID Connect: what a provider says of itself (Discovery 1.0), its keys, and who somebody is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::Jwk;
use oauth2::TokenResponse;
use serde::Deserialize;
use smartstack_domain::{clock::Clock, identity::ProviderPerson};

use super::{
    OauthError, Tokens,
    config::Provider,
    fetch::Fetcher,
    id_token::{self, Claims, Expected, IdTokenError, Profile},
};

/// How long what a provider says of itself is remembered.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// Keys are asked for again, for one nobody knows, no more often than this: anyone could name unknown keys.
const KEYS_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// What is known of a provider.
#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    /// Whether the client's secret goes into the body, not the header.
    pub(super) secret_in_body: bool,
    /// Whether answers always name their issuer (RFC 9207).
    pub(super) says_issuer: bool,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
}

impl Metadata {
    /// GitHub's: it has no discovery.
    pub(super) fn of_github(site: &str) -> Self {
        Self {
            issuer: site.to_owned(),
            authorization_endpoint: format!("{site}/login/oauth/authorize"),
            token_endpoint: format!("{site}/login/oauth/access_token"),
            secret_in_body: true,
            says_issuer: false,
            jwks_uri: String::new(),
            userinfo_endpoint: None,
        }
    }
}

/// A provider's description, as it stands at `/.well-known/openid-configuration`.
#[derive(Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Keys; those that cannot be read are for others.
#[derive(Deserialize)]
struct Keys {
    keys: Vec<serde_json::Value>,
}

/// The person as the userinfo endpoint knows them.
#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    profile: Profile,
}

/// What was heard, and when.
type Heard<T> = Mutex<HashMap<String, (DateTime<Utc>, Arc<T>)>>;

/// Speaks OpenID Connect, and remembers what providers say of themselves.
pub(super) struct Oidc {
    clock: Clock,
    metadata: Heard<Metadata>,
    keys: Heard<Vec<Jwk>>,
}

impl Oidc {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            metadata: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    /// What a provider says of itself.
    pub(super) async fn metadata(
        &self,
        fetcher: &Fetcher,
        issuer: &str,
    ) -> Result<Arc<Metadata>, OauthError> {
        let now = self.clock.now();
        if let Some(known) = recent(&self.metadata, issuer, now - REMEMBERED) {
            return Ok(known);
        }
        let address = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let found: Description = fetcher.json(&address, None).await?;
        // Exactly: otherwise one provider could speak for another (Discovery 1.0, 4.3).
        if found.issuer != issuer {
            return Err(OauthError::Discovery("the provider calls itself otherwise"));
        }
        fetcher.check(&found.authorization_endpoint)?;
        let methods = found.token_endpoint_auth_methods_supported;
        let basic = methods.is_none_or(|all| {
            let has = |method: &str| all.iter().any(|each| each == method);
            has("client_secret_basic") || !has("client_secret_post")
        });
        let metadata = Arc::new(Metadata {
            issuer: found.issuer,
            authorization_endpoint: found.authorization_endpoint,
            token_endpoint: found.token_endpoint,
            secret_in_body: !basic,
            says_issuer: found.authorization_response_iss_parameter_supported,
            jwks_uri: found.jwks_uri,
            userinfo_endpoint: found.userinfo_endpoint,
        });
        remember(&self.metadata, issuer, now, &metadata);
        Ok(metadata)
    }

    /// Who the tokens are about.
    pub(super) async fn person(
        &self,
        fetcher: &Fetcher,
        provider: &Provider,
        metadata: &Metadata,
        tokens: &Tokens,
        nonce: &str,
    ) -> Result<ProviderPerson, OauthError> {
        let token = tokens.extra_fields().id_token.as_deref();
        let token = token.ok_or(IdTokenError::Missing)?;
        let expected = Expected {
            issuer: &metadata.issuer,
            client_id: &provider.client_id,
            nonce,
            now: self.clock.now(),
        };
        let claims = self.verify(fetcher, metadata, token, expected).await?;
        let mut profile = claims.profile;
        if profile.email.is_none()
            && let Some(endpoint) = &metadata.userinfo_endpoint
        {
            let access = tokens.access_token().secret();
            let info: UserInfo = fetcher.json(endpoint, Some(access)).await?;
            // Otherwise it would be somebody else's address (Core 1.0, 5.3.2).
            if info.sub != claims.sub {
                return Err(OauthError::Answer("the userinfo endpoint tells of somebody else"));
            }
            profile = info.profile;
        }
        Ok(ProviderPerson {
            issuer: metadata.issuer.clone(),
            subject: claims.sub,
            verified_email: profile.verified_email(),
            label: profile.email.clone().or(profile.preferred_username),
            name: profile.name,
        })
    }

    async fn verify(
        &self,
        fetcher: &Fetcher,
        metadata: &Metadata,
        token: &str,
        expected: Expected<'_>,
    ) -> Result<Claims, OauthError> {
        let keys = self.keys(fetcher, metadata, REMEMBERED).await?;
        match id_token::verify(token, &keys, expected) {
            // Providers change their keys.
            Err(IdTokenError::NoKey) => {
                let keys = self.keys(fetcher, metadata, KEYS_AGAIN).await?;
                Ok(id_token::verify(token, &keys, expected)?)
            }
            other => Ok(other?),
        }
    }

    /// A provider's keys, no older than `age`.
    async fn keys(
        &self,
        fetcher: &Fetcher,
        metadata: &Metadata,
        age: TimeDelta,
    ) -> Result<Arc<Vec<Jwk>>, OauthError> {
        let now = self.clock.now();
        if let Some(known) = recent(&self.keys, &metadata.jwks_uri, now - age) {
            return Ok(known);
        }
        let found: Keys = fetcher.json(&metadata.jwks_uri, None).await?;
        let keys = found
            .keys
            .into_iter()
            .filter_map(|key| serde_json::from_value(key).ok());
        let keys = Arc::new(keys.collect());
        remember(&self.keys, &metadata.jwks_uri, now, &keys);
        Ok(keys)
    }
}

fn recent<T>(heard: &Heard<T>, of: &str, since: DateTime<Utc>) -> Option<Arc<T>> {
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    heard
        .get(of)
        .filter(|(at, _)| *at > since)
        .map(|(_, what)| Arc::clone(what))
}

fn remember<T>(heard: &Heard<T>, of: &str, now: DateTime<Utc>, what: &Arc<T>) {
    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    heard.insert(of.to_owned(), (now, Arc::clone(what)));
}
