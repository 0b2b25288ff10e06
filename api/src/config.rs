//! What the process is told by its environment, read once at the start.
//!
//! A value that cannot be used stops the process with the variable's name and
//! what to write instead; a secret never appears in such a message, in `Debug`
//! or in a log.

use std::{borrow::Cow, env, fmt, net::SocketAddr, path::PathBuf};

use poem::http::{HeaderName, Uri};
use secrecy::SecretString;
use smartstack_domain::blob::BlobSettings;

use crate::{
    graphql::limits,
    oauth::{self, config::Provider},
};

/// Where the server listens when `LISTEN` says nothing.
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// Cost of a caller's requests in a minute where `RATE_LIMIT` says nothing: some 800 lists of 50 tasks with
/// their relations.
pub const DEFAULT_RATE_LIMIT: u64 = 600_000;

/// A variable that is missing or cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct ConfigError {
    /// The environment variable.
    pub name: Cow<'static, str>,
    /// What is wrong and what to write instead. Never holds a secret's value.
    pub problem: String,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For a person at a terminal.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// How confirmation mails leave the installation; told to people who sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    /// Over SMTP.
    Smtp,
    /// As files in a folder (development).
    Folder,
}

/// The address people reach this installation at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    scheme: String,
    authority: String,
}

impl PublicUrl {
    /// Reads `http(s)://host[:port]`, with nothing but a `/` behind it.
    ///
    /// # Errors
    /// Says what is not as it should be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let hint = "write scheme, host and port only, like https://app.example.com";
        let uri: Uri = text.trim().parse().map_err(|_| format!("is not a URL; {hint}"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(format!("is not a full URL; {hint}"));
        };
        if !matches!(scheme, "http" | "https") {
            return Err(format!("must start with http:// or https://; {hint}"));
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(format!("holds more than an origin; {hint}"));
        }
        Ok(Self {
            scheme: scheme.to_owned(),
            authority: authority.as_str().to_ascii_lowercase(),
        })
    }

    /// `scheme://host[:port]`, as browsers write it in `Origin`.
    pub fn origin(&self) -> String {
        let default_port = if self.is_https() { ":443" } else { ":80" };
        let authority = self
            .authority
            .strip_suffix(default_port)
            .unwrap_or(&self.authority);
        format!("{}://{authority}", self.scheme)
    }

    /// Whether people reach the installation over TLS.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Host without the port.
    pub fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => &self.authority,
        }
    }

    /// The port, where one is written.
    pub fn port(&self) -> Option<&str> {
        let (_, port) = self.authority.rsplit_once(':')?;
        (!port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())).then_some(port)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

/// Everything the API process is told from outside.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where PostgreSQL is, as the login role `smartstack_api`.
    pub database_url: SecretString,
    /// The installation's master secret, at least 32 bytes in base64 or hex.
    pub secret: SecretString,
    /// The address people reach this installation at.
    pub public_url: PublicUrl,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where operators read numbers, on a port of its own; nowhere when left out.
    pub metrics_listen: Option<SocketAddr>,
    /// The folder with the built browser app; without it only the API answers.
    pub web_dir: Option<PathBuf>,
    /// Whether strangers may open an account.
    pub sign_up_open: bool,
    /// Where uploaded files lie.
    pub files: BlobSettings,
    /// How mail leaves, where it does.
    pub mail: Mail,
    /// Cost that a caller's requests may add up to in a minute.
    pub rate_limit: u64,
    /// Whether who comes without a token may send the app's own documents alone.
    pub only_trusted_documents: bool,
    /// A header in which a trusted proxy hands on the caller's address. Set
    /// only behind a proxy that overwrites it; otherwise callers could choose
    /// the address they are throttled by.
    pub client_address_header: Option<HeaderName>,
    /// The address of the account that becomes administrator when the process
    /// starts and the installation has none. Once it has one, this says nothing.
    pub first_administrator: Option<String>,
    /// Other providers that people sign in by.
    pub oauth: Vec<Provider>,
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// Names the first variable that is missing or cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(&|name| env::var(name).ok())
    }

    /// Reads variables through `get`, so that tests need no process environment.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let listen = optional(get, "LISTEN").unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
        let listen: SocketAddr = listen.parse().map_err(|_| ConfigError {
            name: "LISTEN".into(),
            problem: format!("{listen:?} is not an address; write ip:port, like {DEFAULT_LISTEN}"),
        })?;
        let metrics_listen = optional(get, "METRICS_LISTEN")
            .map(|text| {
                text.parse::<SocketAddr>().map_err(|_| ConfigError {
                    name: "METRICS_LISTEN".into(),
                    problem: format!("{text:?} is not an address; write ip:port, like 127.0.0.1:9464"),
                })
            })
            .transpose()?;
        let public_url = match optional(get, "PUBLIC_URL") {
            Some(text) => PublicUrl::parse(&text).map_err(|problem| ConfigError {
                name: "PUBLIC_URL".into(),
                problem,
            })?,
            None => PublicUrl {
                scheme: "http".to_owned(),
                authority: listen.to_string(),
            },
        };
        let web_dir = optional(get, "SMARTSTACK_WEB_DIR").map(PathBuf::from);
        if let Some(dir) = &web_dir
            && !dir.join("index.html").is_file()
        {
            return Err(ConfigError {
                name: "SMARTSTACK_WEB_DIR".into(),
                problem: format!(
                    "{} holds no index.html; build the browser app first",
                    dir.display()
                ),
            });
        }
        let client_address_header = optional(get, "CLIENT_ADDRESS_HEADER")
            .map(|name| {
                name.parse().map_err(|_| ConfigError {
                    name: "CLIENT_ADDRESS_HEADER".into(),
                    problem: "is not a header name; write one like fly-client-ip".to_owned(),
                })
            })
            .transpose()?;
        let rate_limit = optional(get, "RATE_LIMIT").map(|text| text.trim().parse::<u64>());
        let rate_limit = rate_limit.unwrap_or(Ok(DEFAULT_RATE_LIMIT)).ok().filter(|limit| {
            // One document of the highest cost must fit, and PostgreSQL's bigint must hold the sum.
            (limits::MAX_COST..=1_000_000_000_000).contains(limit)
        });
        let rate_limit = rate_limit.ok_or_else(|| ConfigError {
            name: "RATE_LIMIT".into(),
            problem: format!(
                "write the cost a caller may spend in a minute, {} to 1000000000000",
                limits::MAX_COST
            ),
        })?;
        let oauth = oauth::config::read(get, &public_url)?;
        Ok(Self {
            oauth,
            rate_limit,
            database_url: database_url(get)?,
            secret: required(
                get,
                "SMARTSTACK_SECRET",
                "write at least 32 random bytes in base64 or hex",
            )?,
            public_url,
            listen,
            metrics_listen,
            web_dir,
            files: BlobSettings::read(get).map_err(|problem| ConfigError {
                name: "SMARTSTACK_FILES_DIR".into(),
                problem,
            })?,
            sign_up_open: one_of(get, "SIGN_UP", &[("open", true), ("closed", false)])?.unwrap_or(true),
            mail: if optional(get, "SMTP_URL").is_some() {
                Mail::Smtp
            } else {
                Mail::Folder
            },
            only_trusted_documents: one_of(get, "DOCUMENTS", &[("any", false), ("trusted", true)])?
                .unwrap_or(false),
            client_address_header,
            first_administrator: optional(get, "SMARTSTACK_ADMINISTRATOR"),
        })
    }
}

/// How the log is to be written (`LOG_FORMAT`).
///
/// # Errors
/// The value is neither `text` nor `json`.
pub fn log_format() -> Result<LogFormat, ConfigError> {
    let get = |name: &str| env::var(name).ok();
    Ok(one_of(
        &get,
        "LOG_FORMAT",
        &[("text", LogFormat::Text), ("json", LogFormat::Json)],
    )?
    .unwrap_or_default())
}

/// `DATABASE_URL`, checked for its scheme.
///
/// # Errors
/// It is missing or is not a PostgreSQL URL.
pub fn database_url(get: &dyn Fn(&str) -> Option<String>) -> Result<SecretString, ConfigError> {
    let hint = "write postgres://smartstack_api:…@host:5432/database";
    let url = optional(get, "DATABASE_URL").ok_or_else(|| ConfigError {
        name: "DATABASE_URL".into(),
        problem: format!("is not set; {hint}"),
    })?;
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return Err(ConfigError {
            name: "DATABASE_URL".into(),
            problem: format!("is not a PostgreSQL URL; {hint}"),
        });
    }
    Ok(SecretString::from(url))
}

fn optional(get: &dyn Fn(&str) -> Option<String>, name: &'static str) -> Option<String> {
    get(name).filter(|value| !value.trim().is_empty())
}

fn required(
    get: &dyn Fn(&str) -> Option<String>,
    name: &'static str,
    hint: &str,
) -> Result<SecretString, ConfigError> {
    optional(get, name)
        .map(SecretString::from)
        .ok_or_else(|| ConfigError {
            name: name.into(),
            problem: format!("is not set; {hint}"),
        })
}

fn one_of<T: Copy>(
    get: &dyn Fn(&str) -> Option<String>,
    name: &'static str,
    choices: &[(&str, T)],
) -> Result<Option<T>, ConfigError> {
    let Some(value) = optional(get, name) else {
        return Ok(None);
    };
    match choices.iter().find(|(word, _)| *word == value) {
        Some((_, choice)) => Ok(Some(*choice)),
        None => {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            Err(ConfigError {
                name: name.into(),
                problem: format!("{value:?} is not known; write {}", words.join(" or ")),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> Result<Config, ConfigError> {
        let pairs: Vec<(&'static str, String)> = pairs.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        Config::read(&move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, v)| v.clone()))
    }

    const GOOD: [(&str, &str); 3] = [
        ("SMARTSTACK_FILES_DIR", "files"),
        (
            "DATABASE_URL",
            "postgres://smartstack_api:hunter2@localhost/smartstack",
        ),
        (
            "SMARTSTACK_SECRET",
            "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        ),
    ];

    #[test]
    fn a_bad_value_names_its_variable() {
        let bad = [
            ("LISTEN", "here"),
            ("PUBLIC_URL", "ftp://x"),
            ("PUBLIC_URL", "https://x/path"),
            ("SIGN_UP", "maybe"),
            ("SMARTSTACK_FILES_DIR", ""),
            ("DATABASE_URL", "mysql://x"),
            ("SMARTSTACK_SECRET", " "),
            ("SMARTSTACK_WEB_DIR", "/nowhere-at-all"),
            ("CLIENT_ADDRESS_HEADER", "no header"),
            ("RATE_LIMIT", "many"),
            ("RATE_LIMIT", "0"),
        ];
        for (name, value) in bad {
            let mut pairs: Vec<_> = GOOD.iter().filter(|(key, _)| *key != name).copied().collect();
            pairs.push((name, value));
            let error = read(&pairs).expect_err(name);
            assert_eq!(error.name, name);
        }
    }

    #[test]
    fn secrets_stay_out_of_debug() {
        let config = read(&GOOD).expect("good");
        let shown = format!("{config:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("MDEyMz"), "{shown}");
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        let origin = |text| PublicUrl::parse(text).expect(text).origin();
        assert_eq!(origin("https://App.Example.com:443/"), "https://app.example.com");
        assert_eq!(origin("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
    }
}
