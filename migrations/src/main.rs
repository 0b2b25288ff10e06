//! `smartstack-migrate up | status`: brings a database to this release.

use anyhow::Result;
use clap::{Parser, Subcommand};
use secrecy::SecretString;
use smartstack_migrations::{Passwords, status, up};
use tracing_subscriber::EnvFilter;

#[derive(Parser)]
#[command(version, about = "Brings a SmartStack database to this release.")]
struct Cli {
    /// Where to sign in as administrator: postgres://USER:PASSWORD@HOST:PORT/DATABASE
    #[arg(long, env = "MIGRATE_DATABASE_URL", hide_env_values = true)]
    database_url: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the roles and apply what is missing. Safe to run again.
    Up {
        /// Password of smartstack_api; left as it is when not given.
        #[arg(long, env = "SMARTSTACK_API_DB_PASSWORD", hide_env_values = true)]
        api_password: Option<String>,
        /// Password of smartstack_worker; left as it is when not given.
        #[arg(long, env = "SMARTSTACK_WORKER_DB_PASSWORD", hide_env_values = true)]
        worker_password: Option<String>,
    },
    /// List the migrations and whether the database has them.
    Status,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,smartstack_migrations=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let cli = Cli::parse();
    match cli.command {
        Command::Up {
            api_password,
            worker_password,
        } => {
            let passwords = Passwords {
                api: api_password.map(SecretString::from),
                worker: worker_password.map(SecretString::from),
            };
            up(&cli.database_url, &passwords).await
        }
        Command::Status => {
            for migration in status(&cli.database_url).await? {
                println!(
                    "{} {}",
                    if migration.applied { "applied" } else { "pending" },
                    migration.name
                );
            }
            Ok(())
        }
    }
}
