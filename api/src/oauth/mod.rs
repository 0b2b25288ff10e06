//! Signing in by other providers: OpenID Connect by discovery, and GitHub, which has an interface of its
//! own. What comes back from one is a [`ProviderPerson`], checked; what that is good for, the domain says.
//!
//! [`config`] reads the providers, [`fetch`] sends requests within the rules for addresses that others
//! name, [`oidc`] and [`id_token`] speak OpenID Connect, [`github`] speaks GitHub.

pub mod config;
mod fetch;
mod github;
mod id_token;
mod oidc;

use std::sync::Arc;

use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardRevocableToken,
    StandardTokenResponse, TokenUrl,
    basic::{
        BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
    },
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use smartstack_domain::{
    clock::Clock,
    identity::{NewVisit, ProviderPerson, Visit},
    target::Policy,
};

use self::{
    config::{Kind, Provider},
    fetch::{FetchError, Fetcher},
    id_token::IdTokenError,
    oidc::{Metadata, Oidc},
};

/// Why a provider's answer is not believed, or there is none. For the log: a person is told to try again.
#[derive(Debug, thiserror::Error)]
pub enum OauthError {
    /// A request failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The provider describes itself as something else, or leaves out what is needed.
    #[error("discovery: {0}")]
    Discovery(&'static str),
    /// The answer comes from another issuer than the one that was asked (RFC 9207).
    #[error("the answer is from another issuer")]
    Issuer,
    /// The code was not exchanged.
    #[error("the code was not exchanged: {0}")]
    Exchange(String),
    /// The ID token is missing or not to be believed.
    #[error("ID token: {0}")]
    IdToken(#[from] IdTokenError),
    /// An answer that cannot be read.
    #[error("{0}")]
    Answer(&'static str),
}

/// What a provider sends a browser back with.
#[derive(Debug)]
pub struct Answer {
    /// To be exchanged for tokens.
    pub code: SecretString,
    /// Who answers, where it says (RFC 9207).
    pub issuer: Option<String>,
}

/// Every provider of the installation.
pub struct Providers {
    all: Vec<Arc<Provider>>,
    redirect_base: String,
    fetcher: Fetcher,
    oidc: Oidc,
}

impl Providers {
    /// The configured providers of the installation that people reach at `origin`.
    pub fn new(all: Vec<Provider>, origin: &str, clock: Clock) -> Self {
        Self {
            all: all.into_iter().map(Arc::new).collect(),
            redirect_base: format!("{origin}/api/v1/auth/oauth"),
            fetcher: Fetcher::new(Policy::of_installation(origin)),
            oidc: Oidc::new(clock),
        }
    }

    /// All of them, in the order of the configuration.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.all.iter().map(AsRef::as_ref)
    }

    /// The one of this name.
    pub fn get(&self, name: &str) -> Option<Arc<Provider>> {
        self.all.iter().find(|provider| provider.name == name).cloned()
    }

    /// Where to send a browser whose visit has begun.
    ///
    /// # Errors
    /// The provider cannot be asked about itself, or says what cannot be used.
    pub async fn authorize_url(&self, provider: &Provider, visit: &NewVisit) -> Result<String, OauthError> {
        let metadata = self.metadata(provider).await?;
        let client = self.client(provider, &metadata)?;
        let verifier = PkceCodeVerifier::new(visit.verifier.expose_secret().to_owned());
        let state = CsrfToken::new(visit.state.expose_secret().to_owned());
        let mut request = client
            .authorize_url(|| state)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        request = match provider.kind {
            Kind::Oidc { .. } => ["openid", "email", "profile"]
                .into_iter()
                .fold(request, |request, scope| {
                    request.add_scope(Scope::new(scope.to_owned()))
                })
                .add_extra_param("nonce", visit.nonce.clone()),
            Kind::Github { .. } => request.add_scope(Scope::new("user:email".to_owned())),
        };
        Ok(request.url().0.into())
    }

    /// Exchanges the code a browser came back with, and finds out who it is about.
    ///
    /// # Errors
    /// Anything that is not as it has to be.
    pub async fn person(
        &self,
        provider: &Provider,
        visit: &Visit,
        answer: Answer,
    ) -> Result<ProviderPerson, OauthError> {
        let metadata = self.metadata(provider).await?;
        match &answer.issuer {
            Some(issuer) if *issuer != metadata.issuer => return Err(OauthError::Issuer),
            None if metadata.says_issuer => return Err(OauthError::Issuer),
            _ => {}
        }
        let client = self.client(provider, &metadata)?;
        let http = |request| self.fetcher.send(request);
        let tokens = client
            .exchange_code(AuthorizationCode::new(answer.code.expose_secret().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(visit.verifier.expose_secret().to_owned()))
            .request_async(&http)
            .await
            .map_err(|error| OauthError::Exchange(said(&error)))?;
        match &provider.kind {
            Kind::Oidc { .. } => {
                self.oidc
                    .person(&self.fetcher, provider, &metadata, &tokens, &visit.nonce)
                    .await
            }
            Kind::Github { site, api } => github::person(&self.fetcher, site, api, &tokens).await,
        }
    }

    async fn metadata(&self, provider: &Provider) -> Result<Arc<Metadata>, OauthError> {
        match &provider.kind {
            Kind::Oidc { issuer } => self.oidc.metadata(&self.fetcher, issuer).await,
            Kind::Github { site, .. } => Ok(Arc::new(Metadata::of_github(site))),
        }
    }

    fn client(&self, provider: &Provider, metadata: &Metadata) -> Result<Client, OauthError> {
        let bad = |_| OauthError::Discovery("an endpoint is no URL");
        let redirect = format!("{}/{}/callback", self.redirect_base, provider.name);
        let auth_type = if metadata.secret_in_body {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        };
        Ok(oauth2::Client::new(ClientId::new(provider.client_id.clone()))
            .set_client_secret(ClientSecret::new(
                provider.client_secret.expose_secret().to_owned(),
            ))
            .set_auth_type(auth_type)
            .set_auth_uri(AuthUrl::new(metadata.authorization_endpoint.clone()).map_err(bad)?)
            .set_token_uri(TokenUrl::new(metadata.token_endpoint.clone()).map_err(bad)?)
            .set_redirect_uri(RedirectUrl::new(redirect).map_err(bad)?))
    }
}

/// What an exchange failed with, without what the provider sent: that may hold tokens.
fn said(error: &oauth2::RequestTokenError<FetchError, BasicErrorResponse>) -> String {
    match error {
        oauth2::RequestTokenError::ServerResponse(answer) => answer.error().to_string(),
        oauth2::RequestTokenError::Request(error) => error.to_string(),
        oauth2::RequestTokenError::Parse(..) => "the answer cannot be read".to_owned(),
        oauth2::RequestTokenError::Other(text) => text.clone(),
    }
}

/// The ID token beside the others (OpenID Connect Core 1.0, 3.1.3.3).
#[derive(Clone, Deserialize, Serialize)]
struct IdTokenField {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

impl std::fmt::Debug for IdTokenField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdTokenField(…)")
    }
}

impl ExtraTokenFields for IdTokenField {}

type Tokens = StandardTokenResponse<IdTokenField, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;
