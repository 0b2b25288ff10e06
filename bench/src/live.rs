//! From a write to the moment a subscriber's socket tells of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};
use smartstack_schema::WorkspaceId;

use crate::caller::Caller;

/// Longest anything may take; what takes longer is no live update.
const PATIENCE: Duration = Duration::from_secs(10);

/// When the writes were sent, by task.
type Sent = Arc<Mutex<HashMap<String, Instant>>>;

/// Times run from sending the mutation, so they hold the mutation itself: more than from its commit.
pub(crate) async fn measure(
    caller: Caller,
    workspace: WorkspaceId,
    writes: usize,
    writers: usize,
) -> anyhow::Result<Value> {
    let caller = Arc::new(caller);
    let workspace = workspace.to_string();
    let query =
        "query($id: ID!, $n: Int!) { workspace(id: $id) { changeCursor tasks(first: $n) { nodes { id } } } }";
    let read = caller.ask(query, json!({ "id": workspace, "n": 100 })).await?;
    let tasks: Vec<String> = read["workspace"]["tasks"]["nodes"]
        .as_array()
        .context("tasks")?
        .iter()
        .filter_map(|task| task["id"].as_str().map(str::to_owned))
        .collect();
    let cursor = read["workspace"]["changeCursor"].as_str().context("a cursor")?;

    let mut socket = caller.socket().await?;
    socket.follow(&workspace, cursor).await?;
    let sent: Sent = Arc::default();
    // Each writer has tasks of its own: one write of a task is heard of before the next is sent.
    let share = tasks.len() / writers;
    let each = writes / writers;
    let (heard_by, mut heard): (Vec<_>, Vec<_>) = (0..writers)
        .map(|_| tokio::sync::mpsc::unbounded_channel::<()>())
        .unzip();
    let writing: Vec<_> = heard
        .drain(..)
        .enumerate()
        .map(|(writer, mut heard)| {
            let mine = tasks[writer * share..(writer + 1) * share].to_vec();
            let (caller, sent) = (Arc::clone(&caller), Arc::clone(&sent));
            tokio::spawn(async move {
                for (n, task) in mine.iter().cycle().take(each).enumerate() {
                    note(&sent).insert(task.clone(), Instant::now());
                    write(&caller, task, n).await?;
                    tokio::time::timeout(PATIENCE, heard.recv())
                        .await
                        .context("a change was never told")?;
                    // So that writes fall anywhere between two notifications.
                    tokio::time::sleep(Duration::from_millis((n as u64 * 7 + writer as u64 * 11) % 31)).await;
                }
                anyhow::Ok(())
            })
        })
        .collect();
    let mut took = Vec::with_capacity(each * writers);
    while took.len() < each * writers {
        let message = tokio::time::timeout(PATIENCE, socket.hear())
            .await
            .context("nothing was told")??;
        let id = message["payload"]["data"]["changes"]["id"].as_str();
        let id = id.with_context(|| format!("not a change: {message}"))?;
        let Some(at) = note(&sent).remove(id) else {
            continue;
        };
        took.push(at.elapsed());
        let writer = tasks.iter().position(|task| task == id).context("a task")? / share;
        // A writer that is done no longer waits.
        let _ = heard_by[writer].send(());
    }
    for one in writing {
        one.await??;
    }
    took.sort();
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize].as_secs_f64() * 1000.0;
    Ok(json!({ "writes": took.len(), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0) }))
}

async fn write(caller: &Caller, task: &str, n: usize) -> anyhow::Result<()> {
    let query = "mutation($input: TaskUpdateInput!) { taskUpdate(input: $input) { userErrors { message } } }";
    let input = json!({ "id": task, "description": format!("Written {n} times") });
    let answer = caller.ask(query, json!({ "input": input })).await?;
    let errors = answer["taskUpdate"]["userErrors"].as_array();
    anyhow::ensure!(errors.is_some_and(Vec::is_empty), "{answer}");
    Ok(())
}

fn note(sent: &Sent) -> std::sync::MutexGuard<'_, HashMap<String, Instant>> {
    sent.lock().unwrap_or_else(PoisonError::into_inner)
}
