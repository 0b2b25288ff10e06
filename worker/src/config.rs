//! What the worker is told by its environment. Every setting is a flag too (`smartstack-worker run --help`).

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use lettre::message::Mailbox;
use secrecy::{ExposeSecret as _, SecretString};

use smartstack_domain::blob::{BlobSettings, Blobs};
use smartstack_domain::clock::Random;

use crate::adapter::mail::{FileMailer, Mailer, SmtpMailer};
use crate::adapter::model::{BedrockSettings, OpenAiSettings};
use crate::adapter::queue::SqsSettings;
use crate::ai::models::{ModelSettings, Models};

/// Settings of `smartstack-worker run`.
#[derive(Clone, Debug, clap::Args)]
pub struct RunConfig {
    /// PostgreSQL, as the role smartstack_worker: postgres://smartstack_worker:…@host/database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: SecretString,

    /// The installation's master secret (at least 32 bytes, base64 or hex); the same for api and worker
    #[arg(long, env = "SMARTSTACK_SECRET", hide_env_values = true)]
    pub secret: SecretString,

    /// Where people reach the installation; links in mails begin with it
    #[arg(long, env = "PUBLIC_URL", value_parser = public_url)]
    pub public_url: String,

    /// Mail server: smtp://host:port, smtps://user:password@host, or smtp://…?tls=required for STARTTLS
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<SecretString>,

    /// Folder that mails are written into (as .eml files) when there is no SMTP_URL
    #[arg(long, env = "SMARTSTACK_MAIL_DIR")]
    pub mail_dir: Option<PathBuf>,

    /// Sender of all mails
    #[arg(
        long,
        env = "MAIL_FROM",
        default_value = "SmartStack <no-reply@smartstack.localhost>"
    )]
    pub mail_from: Mailbox,

    /// Folder that uploaded files lie in when there is no S3_BUCKET; the same as the API's
    #[arg(long, env = "SMARTSTACK_FILES_DIR")]
    pub files_dir: Option<PathBuf>,

    /// Amazon S3, or what speaks its protocol: the bucket for uploaded files. Region and credentials come from
    /// AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
    #[arg(long, env = "S3_BUCKET")]
    pub s3_bucket: Option<String>,

    /// The address of S3, where it is not AWS's own
    #[arg(long, env = "S3_ENDPOINT_URL")]
    pub s3_endpoint_url: Option<String>,

    /// Amazon SQS: the URL of a standard queue with a redrive policy; a table of the database when left out
    #[arg(long, env = "SQS_QUEUE_URL")]
    pub sqs_queue_url: Option<String>,

    /// The address of SQS, where it is not AWS's own
    #[arg(long, env = "SQS_ENDPOINT_URL")]
    pub sqs_endpoint_url: Option<String>,

    /// Where models are to be had
    #[command(flatten)]
    pub models: ModelConfig,

    /// Seconds for which a job or message is lent to this worker; renewed three times within
    #[arg(long, env = "WORKER_LEASE_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=900))]
    pub lease_seconds: u64,

    /// How many messages this worker works on at a time
    #[arg(long, env = "WORKER_CONCURRENCY", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub concurrency: u16,

    /// Where operators read numbers, on a port of its own, such as 127.0.0.1:9465; nowhere when left out
    #[arg(long, env = "METRICS_LISTEN")]
    pub metrics_listen: Option<String>,

    /// Format of the log
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// Which models there are; without any of it texts are read by the built-in rules.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ModelConfig {
    /// Amazon Bedrock: the region whose models are asked
    #[arg(long, env = "BEDROCK_REGION")]
    pub bedrock_region: Option<String>,

    /// The address of Bedrock's runtime, where it is not AWS's own
    #[arg(long, env = "BEDROCK_ENDPOINT_URL")]
    pub bedrock_endpoint_url: Option<String>,

    /// A service that speaks OpenAI's chat completions (Ollama, vLLM, LM Studio, …): http://127.0.0.1:11434/v1
    #[arg(long, env = "OPENAI_BASE_URL", hide_env_values = true)]
    pub openai_base_url: Option<String>,

    /// Its key, where it wants one
    #[arg(long, env = "OPENAI_API_KEY", hide_env_values = true)]
    pub openai_api_key: Option<SecretString>,

    /// The id of its model, where it is another than the table says
    #[arg(long, env = "OPENAI_MODEL")]
    pub openai_model: Option<String>,

    /// A table of models, prices and routes instead of the built-in ai.toml
    #[arg(long, env = "AI_CONFIG")]
    pub ai_config: Option<PathBuf>,
}

impl ModelConfig {
    /// The models that are configured.
    ///
    /// # Errors
    /// What is wrong, and what to set.
    pub async fn models(&self, random: &Random) -> anyhow::Result<Models> {
        let text = |value: &Option<String>| given(value.as_deref()).map(str::to_owned);
        let settings = ModelSettings {
            bedrock: text(&self.bedrock_region).map(|region| BedrockSettings {
                region,
                endpoint: text(&self.bedrock_endpoint_url),
            }),
            openai: text(&self.openai_base_url).map(|base_url| OpenAiSettings {
                base_url,
                key: self
                    .openai_api_key
                    .clone()
                    .filter(|key| given(Some(key.expose_secret())).is_some()),
                model: text(&self.openai_model),
            }),
        };
        let file = self
            .ai_config
            .as_deref()
            .filter(|path| !path.as_os_str().is_empty());
        Models::new(file, &settings, random).await.context("AI models")
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

impl RunConfig {
    /// Where operators read numbers, if anywhere.
    ///
    /// # Errors
    /// It is no address; the text says what to write.
    pub fn metrics(&self) -> anyhow::Result<Option<SocketAddr>> {
        given(self.metrics_listen.as_deref())
            .map(|text| {
                let hint = || {
                    format!("METRICS_LISTEN: {text:?} is not an address; write ip:port, like 127.0.0.1:9465")
                };
                text.parse().with_context(hint)
            })
            .transpose()
    }

    /// How long a job or message is lent.
    #[must_use]
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    /// Where SQS is, when it is used.
    #[must_use]
    pub fn sqs(&self) -> Option<SqsSettings> {
        given(self.sqs_queue_url.as_deref()).map(|url| SqsSettings {
            url: url.to_owned(),
            endpoint: given(self.sqs_endpoint_url.as_deref()).map(str::to_owned),
        })
    }

    /// Where uploaded files lie.
    ///
    /// # Errors
    /// Neither a bucket nor a folder is given, or what is given does not work; the text says what to set.
    pub fn blobs(&self) -> anyhow::Result<Blobs> {
        let settings = BlobSettings::read(&|name| match name {
            "S3_BUCKET" => self.s3_bucket.clone(),
            "S3_ENDPOINT_URL" => self.s3_endpoint_url.clone(),
            _ => self.files_dir.as_ref().map(|folder| folder.display().to_string()),
        });
        let settings = settings.map_err(anyhow::Error::msg)?;
        Blobs::open(&settings)
            .context("SMARTSTACK_FILES_DIR or S3_BUCKET: this place for files cannot be used")
    }

    /// The mail adapter: SMTP where there is a server, else the folder.
    ///
    /// # Errors
    /// Neither is given, or what is given does not work; the text says what to set.
    pub fn mailer(&self) -> anyhow::Result<Mailer> {
        match (
            given(self.smtp_url.as_ref().map(|url| url.expose_secret())),
            &self.mail_dir,
        ) {
            (Some(url), _) => {
                let mailer = SmtpMailer::new(url, self.mail_from.clone());
                Ok(Mailer::Smtp(
                    mailer.map_err(anyhow::Error::msg).context("SMTP_URL")?,
                ))
            }
            (None, Some(folder)) if !folder.as_os_str().is_empty() => {
                let mailer = FileMailer::new(folder, self.mail_from.clone());
                let unusable = || {
                    format!(
                        "SMARTSTACK_MAIL_DIR: {} cannot be used as a folder",
                        folder.display()
                    )
                };
                Ok(Mailer::File(mailer.with_context(unusable)?))
            }
            _ => bail!(
                "no way to send mail: set SMTP_URL to a mail server, or SMARTSTACK_MAIL_DIR to a folder that mails \
                 are written into"
            ),
        }
    }
}

/// An empty environment variable means: not set.
fn given(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.trim().is_empty())
}

/// Checks PUBLIC_URL and takes a trailing slash off.
fn public_url(value: &str) -> anyhow::Result<String> {
    let value = value.trim().trim_end_matches('/');
    let host = value
        .strip_prefix("https://")
        .or_else(|| value.strip_prefix("http://"));
    let host = host.context("must begin with https:// (or http:// on this machine)")?;
    ensure!(
        !host.is_empty() && !host.contains(['/', '?', '#', '@']) && !host.contains(char::is_whitespace),
        "must be scheme and host alone, such as https://plan.example.com"
    );
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        run: RunConfig,
    }

    fn parse(more: &[&str]) -> Result<RunConfig, String> {
        let given = [
            "worker",
            "--database-url",
            "postgres://u:hidden@h/d",
            "--secret",
            "hidden-too",
        ];
        Cli::try_parse_from(given.iter().chain(more))
            .map(|cli| cli.run)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn addresses_of_the_installation() {
        for (value, kept) in [
            ("https://plan.example.com/", Some("https://plan.example.com")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("plan.example.com", None),
            ("https://", None),
            ("https://plan.example.com/app", None),
            ("ftp://plan.example.com", None),
        ] {
            assert_eq!(
                parse(&["--public-url", value])
                    .ok()
                    .map(|run| run.public_url)
                    .as_deref(),
                kept,
                "{value}"
            );
        }
    }

    #[test]
    fn errors_say_what_to_set() {
        let missing = parse(&[]).unwrap_err();
        assert!(missing.contains("--public-url"), "{missing}");
        let run = parse(&["--public-url", "https://a.example"]).unwrap();
        let error = run.mailer().unwrap_err().to_string();
        assert!(
            error.contains("SMTP_URL") && error.contains("SMARTSTACK_MAIL_DIR"),
            "{error}"
        );
        let zero = parse(&["--public-url", "https://a.example", "--lease-seconds", "0"]).unwrap_err();
        assert!(zero.contains("--lease-seconds"), "{zero}");
    }

    #[test]
    fn an_unusable_mail_server_does_not_repeat_its_password() {
        let run = parse(&[
            "--public-url",
            "https://a.example",
            "--smtp-url",
            "imap://me:hidden@h",
        ])
        .unwrap();
        let error = format!("{:#}", run.mailer().unwrap_err());
        assert!(
            error.starts_with("SMTP_URL: ") && !error.contains("hidden"),
            "{error}"
        );
    }

    #[test]
    fn secrets_are_not_printed() {
        let run = parse(&["--public-url", "https://a.example"]).unwrap();
        assert!(!format!("{run:?}").contains("hidden"));
    }
}
