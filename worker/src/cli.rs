//! Commands of `smartstack-worker`.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use smartstack_domain::clock::Random;
use smartstack_schema::UseCase;

use crate::ai::config::Provider;
use crate::ai::models::Reader;
use crate::config::{LogFormat, ModelConfig, RunConfig};
use crate::{eval, reading, runtime};

/// SmartStack's background worker.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Work until told to stop (SIGTERM or Ctrl-C)
    Run(Box<RunConfig>),
    /// Run evaluation cases as a job would and write the predictions
    Eval {
        /// Folder of the cases, one JSON file each
        cases: PathBuf,
        /// Folder the predictions go into, one JSON file a case
        #[arg(long)]
        predictions: PathBuf,
        /// What reads the texts
        #[arg(long, value_enum, default_value_t = EngineChoice::Basic)]
        engine: EngineChoice,
        #[command(flatten)]
        models: Box<ModelConfig>,
    },
    /// Read the text out of the file on standard input; the worker runs this for each uploaded file
    #[command(hide = true)]
    ReadFile {
        /// What kind of file it is
        media_type: String,
    },
    /// List the models this configuration offers and which use case goes to which
    Models {
        #[command(flatten)]
        models: Box<ModelConfig>,
    },
}

/// Engines that can be asked for by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineChoice {
    /// Rules and language tooling, no model
    Basic,
    /// A model in Amazon Bedrock (BEDROCK_REGION)
    Bedrock,
    /// A model behind OpenAI's chat completions (OPENAI_BASE_URL)
    #[value(name = "openai")]
    OpenAi,
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// For the person at the command line: what is wrong and what to set.
    pub fn run(self) -> anyhow::Result<()> {
        if let Command::ReadFile { media_type } = &self.command {
            // Before there are threads, which the limits of this process forbid.
            return reading::child::run(media_type);
        }
        let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        match self.command {
            Command::ReadFile { .. } => Ok(()),
            Command::Run(config) => {
                log_to_stderr(config.log_format);
                tokio.block_on(runtime::run(&config))
            }
            Command::Eval {
                cases,
                predictions,
                engine,
                models,
            } => {
                log_to_stderr(LogFormat::Text);
                let count = tokio.block_on(evaluate(&cases, &predictions, engine, &models))?;
                println!("{count} predictions in {}", predictions.display());
                Ok(())
            }
            Command::Models { models } => {
                log_to_stderr(LogFormat::Text);
                for model in tokio.block_on(models.models(&Random::system()))?.offered() {
                    let use_cases: Vec<_> = model.default_for.iter().map(|one| one.as_str()).collect();
                    println!(
                        "{}\t{}\t{}\t{}",
                        model.name,
                        model.label,
                        model.provider,
                        use_cases.join(" ")
                    );
                }
                Ok(())
            }
        }
    }
}

async fn evaluate(
    cases: &Path,
    predictions: &Path,
    engine: EngineChoice,
    models: &ModelConfig,
) -> anyhow::Result<usize> {
    let (provider, setting) = match engine {
        EngineChoice::Basic => return eval::run(cases, predictions, &Reader::Basic).await,
        EngineChoice::Bedrock => (Provider::Bedrock, "BEDROCK_REGION"),
        EngineChoice::OpenAi => (Provider::OpenAi, "OPENAI_BASE_URL"),
    };
    let models = models.models(&Random::system()).await?;
    let asked = models.of_provider(UseCase::Plan, provider);
    let asked = asked.with_context(|| format!("no model to ask: set {setting}"))?;
    eval::run(cases, predictions, &Reader::Model(asked)).await
}

/// Log lines go to standard error; `RUST_LOG` selects them.
fn log_to_stderr(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Colours are for people who look at a terminal and have not asked for none.
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
