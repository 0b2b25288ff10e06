//! The command line.

use std::{env, process::ExitCode, sync::Arc};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::{Parser, Subcommand};
use secrecy::ExposeSecret;
use smartstack_domain::{
    Db,
    admin::{self, GrantOutcome},
    db::Options,
    demo,
    identity::{Identity, NewSignUp},
    secret::Secrets,
};
use tracing_subscriber::EnvFilter;

use crate::{
    app::App,
    config::{Config, LogFormat, log_format},
    graphql,
    http::rest,
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
    /// Print the description of REST v1 (OpenAPI).
    Openapi,
    /// Make the demo workspace and print how to sign in, as JSON. The password comes from
    /// SMARTSTACK_DEMO_PASSWORD. Safe to repeat: a workspace with something in it is left alone.
    SeedDemo,
    /// Say who administers the installation.
    #[command(subcommand)]
    Admin(Admin),
}

#[derive(Subcommand)]
enum Admin {
    /// Make the account with this address an administrator.
    Grant {
        /// The address it signs in with.
        email: String,
    },
    /// Take the right away again. The last administrator keeps it.
    Revoke {
        /// The address it signs in with.
        email: String,
    },
    /// Make an account that is an administrator. Its password comes from SMARTSTACK_ADMIN_PASSWORD,
    /// or is made up and printed once.
    Create {
        /// The address it signs in with.
        email: String,
        /// What the person is called.
        #[arg(long, default_value = "Administrator")]
        name: String,
    },
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
    if matches!(command, Command::Openapi) {
        println!("{}", rest::document_text());
        return Ok(());
    }
    start_log(log_format()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Serve => App::start(Config::from_env()?).await?.serve().await,
            Command::Schema | Command::Openapi => Ok(()),
            Command::SeedDemo => seed_demo(&Config::from_env()?).await,
            Command::Admin(command) => administer(&Config::from_env()?, command).await,
        }
    })
}

async fn connect(config: &Config, what: &str) -> anyhow::Result<Db> {
    let options = Options {
        application_name: format!("smartstack-api {what}"),
        ..Options::default()
    };
    Db::connect(config.database_url.expose_secret(), options)
        .await
        .context("DATABASE_URL: the database could not be reached")
}

async fn administer(config: &Config, command: &Admin) -> anyhow::Result<()> {
    let db = connect(config, "admin").await?;
    let said = match command {
        Admin::Grant { email } => admin::grant(&db, email).await.map(|outcome| {
            (
                email,
                outcome,
                "is an administrator now",
                "is an administrator already",
            )
        }),
        Admin::Revoke { email } => admin::revoke(&db, email).await.map(|outcome| {
            (
                email,
                outcome,
                "is no longer an administrator",
                "is no administrator",
            )
        }),
        Admin::Create { email, name } => {
            let (password, given) = match env::var("SMARTSTACK_ADMIN_PASSWORD") {
                Ok(password) => (password, true),
                Err(_) => (URL_SAFE_NO_PAD.encode(db.random().bytes::<18>()), false),
            };
            let secrets = Arc::new(Secrets::new(&config.secret)?);
            let wish = NewSignUp {
                name: name.clone(),
                email: email.clone(),
                password: password.clone().into(),
            };
            let created = admin::create(&db, &Identity::new(db.clone(), secrets), wish).await;
            created.map(|(made, outcome)| {
                match (made, given) {
                    // To standard output, once: it is nowhere else.
                    (true, false) => println!("Password: {password}"),
                    (true, true) => {}
                    (false, _) => println!("{email} has an account already; its password stays as it is."),
                }
                (
                    email,
                    outcome,
                    "is an administrator now",
                    "is an administrator already",
                )
            })
        }
    };
    db.close().await;
    match said? {
        (email, GrantOutcome::Changed, changed, _) => println!("{email} {changed}."),
        (email, GrantOutcome::Unchanged, _, unchanged) => println!("{email} {unchanged}."),
        (email, GrantOutcome::NoAccount, ..) => {
            anyhow::bail!("no account has the address {email}: sign up with it first, or use `admin create`")
        }
    }
    Ok(())
}

async fn seed_demo(config: &Config) -> anyhow::Result<()> {
    let password = env::var("SMARTSTACK_DEMO_PASSWORD")
        .context("SMARTSTACK_DEMO_PASSWORD: write the demo person's password, at least 10 characters")?;
    let db = connect(config, "seed-demo").await?;
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
