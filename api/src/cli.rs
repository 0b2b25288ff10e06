//! The command line.

use std::{env, process::ExitCode, sync::Arc};

use anyhow::Context;
use clap::{Parser, Subcommand};
use secrecy::ExposeSecret;
use smartstack_domain::{Db, db::Options, demo, identity::Identity, secret::Secrets};
use tracing_subscriber::EnvFilter;

use crate::{
    app::App,
    config::{Config, LogFormat, log_format},
    graphql,
};

/// What is logged when `RUST_LOG` says nothing.
const DEFAULT_LOG: &str = "info,sqlx=warn";

#[derive(Parser)]
#[command(
    name = "smartstack-api",
    version,
    about = "SmartStack's API: GraphQL, sign-in, shared links and the app's files."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until told to stop (SIGTERM or Ctrl-C).
    Serve,
    /// Print the GraphQL schema.
    Schema,
    /// Make the demo workspace and print how to sign in, as JSON. The password comes from
    /// SMARTSTACK_DEMO_PASSWORD. Safe to repeat: a workspace with something in it is left alone.
    SeedDemo,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("smartstack-api: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> anyhow::Result<()> {
    if matches!(command, Command::Schema) {
        print!("{}", graphql::sdl());
        return Ok(());
    }
    start_log(log_format()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Serve => App::start(Config::from_env()?).await?.serve().await,
            Command::Schema => Ok(()),
            Command::SeedDemo => seed_demo(&Config::from_env()?).await,
        }
    })
}

async fn seed_demo(config: &Config) -> anyhow::Result<()> {
    let password = env::var("SMARTSTACK_DEMO_PASSWORD")
        .context("SMARTSTACK_DEMO_PASSWORD: write the demo person's password, at least 10 characters")?;
    let options = Options {
        application_name: "smartstack-api seed-demo".to_owned(),
        ..Options::default()
    };
    let db = Db::connect(config.database_url.expose_secret(), options)
        .await
        .context("DATABASE_URL: the database could not be reached")?;
    let secrets = Arc::new(Secrets::new(&config.secret)?);
    let identity = Identity::new(db.clone(), secrets.clone());
    let seeded = demo::seed(&db, &identity, secrets, password.clone().into()).await;
    db.close().await;
    seeded.context("SMARTSTACK_DEMO_PASSWORD or the database: the demo could not be made")?;
    println!(
        "{}",
        serde_json::json!({ "email": demo::EMAIL, "password": password })
    );
    Ok(())
}

/// Logs go to standard error, so that standard output stays a program's to read.
fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
