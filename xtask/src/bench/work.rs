//! The worker: what its runtime costs, how many texts it reads, and how soon a suggestion can be seen.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::DATABASE;
use super::peer::{Peer, Stack};
use crate::postgres::Throwaway;
use crate::shell;

/// Texts that wait when the worker starts.
const PILE: usize = 400;
/// Texts that come one after another.
const TEXTS: usize = 200;
/// Longest the pile may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// In this order: the queue has to be empty for the first, and the worker not yet there for the second.
pub(super) fn measure(stack: &mut Stack, peer: &Peer, server: &Throwaway, example: &Path) -> Result<Value> {
    let printed = shell::capture(Command::new(example).env("DATABASE_URL", &stack.worker_database))?;
    let runtime: Value = serde_json::from_str(&printed).with_context(|| format!("it printed {printed}"))?;
    let texts = |stack: &Stack, count: usize, more: &[&str]| -> Result<Value> {
        let mut command = stack.caller("jobs", peer);
        command
            .args(["--workspace", &stack.workspace, "--texts", &count.to_string()])
            .args(more);
        Ok(serde_json::from_str(&shell::capture(&mut command)?)?)
    };
    texts(stack, PILE, &["--pile"])?;
    start_worker(stack)?;
    let read_per_second = pile_read(server)?;
    let suggestion = texts(stack, TEXTS, &[])?;
    Ok(json!({ "runtime": runtime, "texts_per_second": read_per_second, "suggestion": suggestion }))
}

fn start_worker(stack: &mut Stack) -> Result<()> {
    let mut command = Command::new(&stack.worker);
    command
        .arg("run")
        .env("DATABASE_URL", &stack.worker_database)
        .env("SMARTSTACK_SECRET", &stack.secret)
        .env("SMARTSTACK_FILES_DIR", stack.logs.join("files"))
        .env("SMARTSTACK_MAIL_DIR", stack.logs.join("mail"))
        .env("PUBLIC_URL", "http://127.0.0.1")
        .env("LOG_FORMAT", "json")
        .env_remove("RUST_LOG");
    stack.spawn("worker", &mut command)?;
    Ok(())
}

/// Texts a second while the pile was worked off, from the first that was begun to the last that ended.
fn pile_read(server: &Throwaway) -> Result<f64> {
    let limit = Instant::now() + PATIENCE;
    loop {
        let answer = server.cluster.sql(
            DATABASE,
            "SELECT count(finished_at) || ' ' || coalesce(extract(epoch FROM max(finished_at) - min(started_at)), 0)
             FROM jobs WHERE workspace_id = md5('workspace1')::uuid",
        )?;
        let numbers: Vec<f64> = answer.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        match numbers[..] {
            [done, seconds] if done >= PILE as f64 => return Ok(done / seconds),
            _ if Instant::now() > limit => bail!("the worker did not read its pile: {answer}"),
            _ => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}
