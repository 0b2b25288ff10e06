//! `cargo xtask bench`: how fast the product is, against named peers in the same run.
//!
//! Absolute times depend on the machine and on what else it does, so nothing here fails by a time: the
//! peers take turns in short rounds, and what counts is the ratio of their medians. Everything runs on
//! a PostgreSQL of its own with 120 000 tasks in twelve workspaces.

mod peer;
mod report;
mod work;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::build::{self, Profile};
use crate::postgres::Throwaway;
use crate::project::Project;
use crate::{console, run::secrets, shell, tools};
use peer::{Load, Peer, Stack};

/// The person `seed-demo` makes, who owns the workspace that is read.
const OWNER: &str = "marta@example.com";
/// The database inside the cluster.
const DATABASE: &str = "smartstack";
/// Connections to the database, for every peer alike: the product's default.
const CONNECTIONS: u32 = 16;
/// Left between two turns: what a peer still works on when its callers are gone, such as collecting garbage, is
/// not to slow down the one after it.
const SETTLE: Duration = Duration::from_secs(1);
/// Named together with what is built, so that the same features are chosen as for a whole release and
/// nothing is compiled twice.
const PACKAGES: [&str; 7] = [
    "smartstack-schema",
    "smartstack-domain",
    "smartstack-api",
    "smartstack-worker",
    "smartstack-extract",
    "smartstack-migrations",
    "smartstack-bench",
];

/// What the command line asked for.
#[derive(Debug)]
pub(crate) struct Options {
    /// Turns each peer takes.
    pub(crate) rounds: usize,
    /// Seconds of a turn.
    pub(crate) seconds: u64,
    /// Callers at a time.
    pub(crate) concurrency: usize,
    /// Only these peers of the list; all when empty.
    pub(crate) only: Vec<String>,
    /// Leave out what is no list: live updates and sockets.
    pub(crate) list_only: bool,
    /// Measure what the last build left.
    pub(crate) no_build: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rounds: 5,
            seconds: 4,
            concurrency: 32,
            only: Vec::new(),
            list_only: false,
            no_build: false,
        }
    }
}

/// Builds, starts everything, measures, prints a table, and writes `bench.json` into the target folder.
pub(crate) fn bench(project: &Project, options: &Options) -> Result<()> {
    let wrk = tools::wrk()?;
    let node = tools::node("for PostGraphile, which lists are compared with")?;
    let postgraphile = project.root.join("bench/postgraphile");
    node.install(&postgraphile)?;
    if !options.no_build {
        console::step("Building what is measured as deployed (the first time takes many minutes)");
        let mut cargo = shell::cargo();
        cargo.current_dir(&project.root).args([
            "build",
            "--locked",
            "--release",
            "--bin",
            "smartstack-api",
            "--bin",
            "smartstack-bench",
            "--bin",
            "smartstack-worker",
            "--example",
            "throughput",
        ]);
        for package in PACKAGES {
            cargo.args(["-p", package]);
        }
        shell::run(&mut cargo)?;
        // Not measured: the quick build does.
        let migrate = ["build", "--locked", "--bin", "smartstack-migrate"];
        shell::run(shell::cargo().current_dir(&project.root).args(migrate))?;
    }
    let program = |name: &str| build::program(project, Profile::Release, name);

    console::step("Filling a database with 120 000 tasks");
    let server = Throwaway::start()?;
    let (api_password, demo_password) = (secrets::random(24)?, secrets::random(24)?);
    let worker_password = secrets::random(24)?;
    server.cluster.ensure_database(DATABASE)?;
    shell::run(
        Command::new(build::program(project, Profile::Dev, "smartstack-migrate")?)
            .arg("up")
            .env("MIGRATE_DATABASE_URL", server.cluster.admin_url(DATABASE))
            .env("SMARTSTACK_API_DB_PASSWORD", &api_password)
            .env("SMARTSTACK_WORKER_DB_PASSWORD", &worker_password)
            .env("RUST_LOG", "warn")
            .env("NO_COLOR", "1"),
    )?;
    let workspace = server
        .cluster
        .sql(DATABASE, "SELECT md5('workspace1')::uuid")?
        .trim()
        .to_owned();
    let mut stack = Stack {
        database: server.cluster.url("smartstack_api", &api_password, DATABASE),
        workspace: String::new(),
        demo_password,
        secret: secrets::random(44)?,
        logs: project.target.join("bench"),
        bench: program("smartstack-bench")?,
        api: program("smartstack-api")?,
        worker: program("smartstack-worker")?,
        worker_database: server
            .cluster
            .url("smartstack_worker", &worker_password, DATABASE),
        running: Vec::new(),
    };
    std::fs::create_dir_all(&stack.logs)?;
    stack.seed_demo()?;
    server
        .cluster
        .script(DATABASE, include_str!("seed.sql"), &[("owner", OWNER)])?;

    let mut peers = vec![stack.start_api()?, stack.start_by_hand()?];
    if options.only.is_empty() || options.only.iter().any(|name| name == peer::POSTGRAPHILE) {
        peers.push(stack.start_postgraphile(&node, &postgraphile, &workspace)?);
    }
    same_answers(&peers)?;
    let statements = statements(&server, &peers[0])?;

    let mut loads: Vec<Vec<Load>> = vec![Vec::new(); peers.len()];
    console::step(&format!(
        "Lists: {} rounds of {} s, {} callers at a time",
        options.rounds, options.seconds, options.concurrency
    ));
    for round in 0..=options.rounds {
        for (peer, loads) in peers.iter().zip(&mut loads) {
            if !options.only.is_empty() && !options.only.contains(&peer.name.to_owned()) {
                continue;
            }
            let seconds = if round == 0 { 2 } else { options.seconds };
            let load = peer.load(&wrk, options.concurrency, Duration::from_secs(seconds))?;
            std::thread::sleep(SETTLE);
            // The first round warms up: plans, pools, just-in-time compilers.
            if round > 0 {
                loads.push(load);
            }
        }
    }
    let (mut live, mut sockets, mut jobs) = (Value::Null, Value::Null, Value::Null);
    if !options.list_only {
        console::step("Live updates: from a write to a subscriber's socket");
        live = stack.live(&peers[0])?;
        console::step("Sockets that say nothing");
        sockets = stack.sockets(&peers[0])?;
        console::step(
            "The worker: its runtime beside a bare loop, texts read, from a text to its suggestion",
        );
        let example = program("examples/throughput")?;
        jobs = work::measure(&mut stack, &peers[0], &server, &example)?;
    }
    let names: Vec<&str> = peers.iter().map(|peer| peer.name).collect();
    let results = report::Results {
        peers: names
            .into_iter()
            .zip(loads)
            .filter(|(_, loads)| !loads.is_empty())
            .collect(),
        statements,
        live,
        sockets,
        jobs,
    };
    console::line(&results.table());
    let file = project.target.join("bench.json");
    std::fs::write(&file, serde_json::to_vec_pretty(&results.json(options))?)?;
    console::done(&format!("Written to {}", file.display()));
    Ok(())
}

/// A comparison is one only between equal answers: the product's and the hand-written one are the same
/// to the letter, and PostGraphile's names the same tasks in the same order.
fn same_answers(peers: &[Peer]) -> Result<()> {
    let answers: Vec<Value> = peers.iter().map(Peer::ask).collect::<Result<_>>()?;
    if let [ours, by_hand, ..] = &answers[..]
        && ours["data"] != by_hand["data"]
    {
        bail!("the hand-written endpoint answers otherwise:\n{ours}\n{by_hand}");
    }
    let titles = |answer: &Value| -> Vec<String> {
        let data = &answer["data"];
        let list = [&data["workspace"]["tasks"]["nodes"], &data["allTasks"]["nodes"]];
        let nodes = list.into_iter().find_map(Value::as_array);
        nodes
            .into_iter()
            .flatten()
            .map(|task| task["title"].to_string())
            .collect()
    };
    for (peer, answer) in peers.iter().zip(&answers) {
        let told = titles(answer);
        if told.len() != 50 || told != titles(&answers[0]) {
            bail!("{} lists other tasks: {answer}", peer.name);
        }
    }
    Ok(())
}

/// What one list sends to the database, `BEGIN` and `ROLLBACK` included, as the server logs it.
fn statements(server: &Throwaway, peer: &Peer) -> Result<Vec<String>> {
    let set = |sql: &str| -> Result<()> {
        server.cluster.sql(DATABASE, sql)?;
        server.cluster.sql(DATABASE, "SELECT pg_reload_conf()")?;
        std::thread::sleep(Duration::from_millis(500));
        Ok(())
    };
    set("ALTER SYSTEM SET log_statement = 'all'")?;
    let before = read(server.log())?.len();
    peer.ask()?;
    // What follows an answer (ending its transaction) is logged a moment later.
    std::thread::sleep(Duration::from_millis(300));
    let log = read(server.log())?[before..].to_owned();
    set("ALTER SYSTEM RESET log_statement")?;
    Ok(log
        .lines()
        .filter_map(|line| {
            let (_, sql) = line.split_once("LOG:  statement: ").or_else(|| {
                let (_, prepared) = line.split_once("LOG:  execute ")?;
                prepared.split_once(": ")
            })?;
            Some(sql.trim().to_owned())
        })
        // The feed's look at the sequences, once a second, belongs to no request.
        .filter(|sql| !sql.contains("change_sequences") && !sql.contains("pg_reload_conf"))
        .collect())
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
