//! `smartstack-bench`: what `cargo xtask bench` measures with.
//!
//! `serve` is the peer a list is compared with: the same list by hand, in one statement. `live`, `jobs` and
//! `sockets` are callers of the product. Each prints one JSON object. See `smartstack-bench --help`.

mod caller;
mod jobs;
mod live;
mod serve;
mod sockets;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use smartstack_schema::WorkspaceId;

use caller::Caller;

/// The same allocator as the program it is compared with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(
    name = "smartstack-bench",
    about = "Measures SmartStack; started by `cargo xtask bench`."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the list of newest tasks, written by hand over poem and sqlx. DATABASE_URL names the database.
    Serve {
        /// Where to listen.
        #[arg(long)]
        listen: SocketAddr,
        /// Whose tasks.
        #[arg(long)]
        workspace: WorkspaceId,
        /// Connections to the database.
        #[arg(long)]
        connections: u32,
    },
    /// Sign in and print the cookies. SMARTSTACK_DEMO_PASSWORD is the password.
    SignIn {
        #[command(flatten)]
        server: Server,
    },
    /// Write and measure when a subscriber on a socket hears of it.
    Live {
        #[command(flatten)]
        server: Server,
        /// Where the tasks are.
        #[arg(long)]
        workspace: WorkspaceId,
        /// How many writes.
        #[arg(long)]
        writes: usize,
        /// How many writers at a time.
        #[arg(long)]
        writers: usize,
    },
    /// Paste texts and measure when their suggestion can be seen.
    Jobs {
        #[command(flatten)]
        server: Server,
        /// Where.
        #[arg(long)]
        workspace: WorkspaceId,
        /// How many texts.
        #[arg(long)]
        texts: usize,
        /// Only pile them up, for a worker that is yet to start.
        #[arg(long)]
        pile: bool,
    },
    /// Open sockets, leave them idle, and measure what they cost the server.
    Sockets {
        #[command(flatten)]
        server: Server,
        /// What each subscribes to.
        #[arg(long)]
        workspace: WorkspaceId,
        /// How many sockets.
        #[arg(long)]
        count: usize,
        /// The server's process.
        #[arg(long)]
        pid: u32,
    },
}

/// Which server, and as whom.
#[derive(clap::Args)]
struct Server {
    /// Its address, like http://127.0.0.1:8080.
    #[arg(long)]
    url: String,
    /// The person.
    #[arg(long)]
    email: String,
}

impl Server {
    async fn sign_in(&self) -> anyhow::Result<Caller> {
        let password = std::env::var("SMARTSTACK_DEMO_PASSWORD")?;
        Caller::sign_in(&self.url, &self.email, &password).await
    }
}

fn main() -> ExitCode {
    match run(&Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("smartstack-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let measured = runtime.block_on(async {
        match command {
            Command::Serve {
                listen,
                workspace,
                connections,
            } => serve::serve(*listen, *workspace, *connections)
                .await
                .map(|()| None),
            Command::SignIn { server } => {
                let caller = server.sign_in().await?;
                Ok(Some(serde_json::json!({ "cookie": caller.cookie() })))
            }
            Command::Live {
                server,
                workspace,
                writes,
                writers,
            } => live::measure(server.sign_in().await?, *workspace, *writes, *writers)
                .await
                .map(Some),
            Command::Jobs {
                server,
                workspace,
                texts,
                pile,
            } => {
                let caller = server.sign_in().await?;
                match pile {
                    true => jobs::pile(&caller, *workspace, *texts).await,
                    false => jobs::one_by_one(&caller, *workspace, *texts).await,
                }
                .map(Some)
            }
            Command::Sockets {
                server,
                workspace,
                count,
                pid,
            } => sockets::measure(&server.sign_in().await?, *workspace, *count, *pid)
                .await
                .map(Some),
        }
    })?;
    if let Some(measured) = measured {
        println!("{measured}");
    }
    Ok(())
}
