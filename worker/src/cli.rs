//! Commands of `smartstack-worker`.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::adapter::model::Engine;
use crate::config::{LogFormat, RunConfig};
use crate::{eval, runtime};

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
    },
}

/// Engines that can be asked for by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineChoice {
    /// Rules and language tooling, no model
    Basic,
}

impl From<EngineChoice> for Engine {
    fn from(choice: EngineChoice) -> Self {
        match choice {
            EngineChoice::Basic => Self::Basic,
        }
    }
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// For the person at the command line: what is wrong and what to set.
    pub fn run(self) -> anyhow::Result<()> {
        let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        match self.command {
            Command::Run(config) => {
                log_to_stderr(config.log_format);
                tokio.block_on(runtime::run(&config))
            }
            Command::Eval {
                cases,
                predictions,
                engine,
            } => {
                log_to_stderr(LogFormat::Text);
                let count = tokio.block_on(eval::run(&cases, &predictions, engine.into()))?;
                println!("{count} predictions in {}", predictions.display());
                Ok(())
            }
        }
    }
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
