//! The providers of an installation, from its environment.
//!
//! `OAUTH_PROVIDERS` names them, in the order of the buttons: `google,github,acme`. For each name,
//! `OAUTH_<NAME>_CLIENT_ID` and `OAUTH_<NAME>_CLIENT_SECRET`; for any but the two presets
//! `OAUTH_<NAME>_ISSUER`, from which the rest is discovered, and if wished `OAUTH_<NAME>_LABEL`.
//! `OAUTH_GITHUB_URL` names a GitHub Enterprise server.

use secrecy::SecretString;
use smartstack_domain::target::{Policy, Target};

use crate::config::{ConfigError, PublicUrl};

/// Where GitHub is.
const GITHUB: &str = "https://github.com";
const GITHUB_API: &str = "https://api.github.com";
/// Google's issuer, from which everything else is discovered.
const GOOGLE: &str = "https://accounts.google.com";
/// More would not fit on a page.
const MOST: usize = 8;

/// A provider people can sign in by.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Names it in addresses and in the database: lower-case letters, digits and dashes.
    pub name: String,
    /// What a button says.
    pub label: String,
    /// What the provider calls this installation.
    pub client_id: String,
    /// What this installation proves itself with to the provider.
    pub client_secret: SecretString,
    /// What it speaks.
    pub kind: Kind,
}

/// What a provider speaks.
#[derive(Debug, Clone)]
pub enum Kind {
    /// OpenID Connect.
    Oidc {
        /// Exactly as its tokens name it.
        issuer: String,
    },
    /// GitHub's own interface beside OAuth 2.0.
    Github {
        /// Where people sign in, without a slash at the end.
        site: String,
        /// Where programs ask, without a slash at the end.
        api: String,
    },
}

/// Reads the providers through `get`.
///
/// # Errors
/// Names the first variable that is missing or cannot be used.
pub fn read(
    get: &dyn Fn(&str) -> Option<String>,
    public_url: &PublicUrl,
) -> Result<Vec<Provider>, ConfigError> {
    let policy = Policy::of_installation(&public_url.origin());
    let names = optional(get, "OAUTH_PROVIDERS").unwrap_or_default();
    let names: Vec<&str> = names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    if names.len() > MOST {
        return Err(wrong("OAUTH_PROVIDERS", "write at most eight names"));
    }
    let mut providers: Vec<Provider> = Vec::with_capacity(names.len());
    for name in names {
        let plain = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !plain || name.len() > 40 || providers.iter().any(|provider| provider.name == name) {
            let hint = "write different names of lower-case letters, digits and dashes, like google,github";
            return Err(wrong("OAUTH_PROVIDERS", hint));
        }
        providers.push(one(get, name, policy)?);
    }
    Ok(providers)
}

fn one(get: &dyn Fn(&str) -> Option<String>, name: &str, policy: Policy) -> Result<Provider, ConfigError> {
    let variable = |what: &str| format!("OAUTH_{}_{what}", name.to_uppercase().replace('-', "_"));
    let required = |what: &str, hint: &str| {
        let variable = variable(what);
        optional(get, &variable).ok_or_else(|| wrong(variable, hint))
    };
    let address = |what: &str, text: String| {
        let text = text.trim().trim_end_matches('/').to_owned();
        match Target::parse(&text, policy) {
            Ok(_) => Ok(text),
            Err(error) => Err(wrong(variable(what), error.to_string())),
        }
    };
    let kind = match name {
        "github" => match optional(get, &variable("URL")) {
            None => Kind::Github {
                site: GITHUB.to_owned(),
                api: GITHUB_API.to_owned(),
            },
            Some(url) => {
                let site = address("URL", url)?;
                let api = format!("{site}/api/v3");
                Kind::Github { site, api }
            }
        },
        _ => {
            let issuer = match (optional(get, &variable("ISSUER")), name) {
                (Some(issuer), _) => issuer,
                (None, "google") => GOOGLE.to_owned(),
                (None, _) => required(
                    "ISSUER",
                    "write the provider's issuer, like https://login.example.com",
                )?,
            };
            // As it is written, a slash at the end too: tokens name it so.
            let issuer = issuer.trim().to_owned();
            address("ISSUER", issuer.clone())?;
            Kind::Oidc { issuer }
        }
    };
    let label = optional(get, &variable("LABEL")).unwrap_or_else(|| match name {
        "github" => "GitHub".to_owned(),
        _ => capital(name),
    });
    Ok(Provider {
        name: name.to_owned(),
        label: label.trim().chars().take(40).collect(),
        client_id: required("CLIENT_ID", "write what the provider calls this installation")?,
        client_secret: required("CLIENT_SECRET", "write the secret the provider gave out")?.into(),
        kind,
    })
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

fn optional(get: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    get(name).filter(|value| !value.trim().is_empty())
}

fn wrong(name: impl Into<String>, problem: impl Into<String>) -> ConfigError {
    ConfigError {
        name: name.into().into(),
        problem: problem.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(pairs: &[(&str, &str)]) -> Result<Vec<Provider>, ConfigError> {
        let url = PublicUrl::parse("https://plan.example.com").expect("a URL");
        read(
            &|name| {
                let found = pairs.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            },
            &url,
        )
    }

    #[test]
    fn presets_need_an_id_and_a_secret_and_others_an_issuer() {
        assert!(read_all(&[]).expect("none").is_empty());
        let all = read_all(&[
            ("OAUTH_PROVIDERS", "google, github,my-idp"),
            ("OAUTH_GOOGLE_CLIENT_ID", "g"),
            ("OAUTH_GOOGLE_CLIENT_SECRET", "gs"),
            ("OAUTH_GITHUB_CLIENT_ID", "h"),
            ("OAUTH_GITHUB_CLIENT_SECRET", "hs"),
            ("OAUTH_MY_IDP_CLIENT_ID", "i"),
            ("OAUTH_MY_IDP_CLIENT_SECRET", "is"),
            ("OAUTH_MY_IDP_ISSUER", "https://login.example.com/"),
            ("OAUTH_MY_IDP_LABEL", "Example"),
        ])
        .expect("three");
        let labels: Vec<&str> = all.iter().map(|provider| provider.label.as_str()).collect();
        assert_eq!(labels, ["Google", "GitHub", "Example"]);
        assert!(matches!(&all[0].kind, Kind::Oidc { issuer } if issuer == GOOGLE));
        assert!(matches!(&all[2].kind, Kind::Oidc { issuer } if issuer == "https://login.example.com/"));
        assert!(!format!("{all:?}").contains("\"hs\""), "a secret is printed");
    }

    #[test]
    fn a_bad_value_names_its_variable() {
        for (pairs, name) in [
            (&[("OAUTH_PROVIDERS", "Google")][..], "OAUTH_PROVIDERS"),
            (&[("OAUTH_PROVIDERS", "google,google")], "OAUTH_GOOGLE_CLIENT_ID"),
            (&[("OAUTH_PROVIDERS", "acme")], "OAUTH_ACME_ISSUER"),
            (
                &[
                    ("OAUTH_PROVIDERS", "acme"),
                    ("OAUTH_ACME_ISSUER", "http://acme.example"),
                ],
                "OAUTH_ACME_ISSUER",
            ),
            (
                &[
                    ("OAUTH_PROVIDERS", "github"),
                    ("OAUTH_GITHUB_URL", "https://10.0.0.1"),
                ],
                "OAUTH_GITHUB_URL",
            ),
        ] {
            assert_eq!(read_all(pairs).expect_err(name).name, name);
        }
    }
}
