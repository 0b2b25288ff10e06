//! GitHub: OAuth 2.0, and an interface of its own for who somebody is.

use oauth2::TokenResponse;
use serde::Deserialize;
use smartstack_domain::identity::ProviderPerson;

use super::{OauthError, Tokens, fetch::Fetcher};

#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Email {
    email: String,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    verified: bool,
}

/// Who an access token is about. The number names them: a login name can change hands.
pub(super) async fn person(
    fetcher: &Fetcher,
    site: &str,
    api: &str,
    tokens: &Tokens,
) -> Result<ProviderPerson, OauthError> {
    let token = tokens.access_token().secret();
    let user: User = fetcher.json(&format!("{api}/user"), Some(token)).await?;
    if user.id == 0 {
        return Err(OauthError::Answer("GitHub names nobody"));
    }
    // The address in the profile is what its person likes to show; this list says what was verified.
    let emails: Vec<Email> = fetcher.json(&format!("{api}/user/emails"), Some(token)).await?;
    let verified_email = emails
        .into_iter()
        .find(|email| email.primary && email.verified)
        .map(|email| email.email);
    Ok(ProviderPerson {
        issuer: site.to_owned(),
        subject: user.id.to_string(),
        verified_email,
        name: user.name,
        label: Some(user.login),
    })
}
