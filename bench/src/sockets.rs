//! What a socket costs that says nothing.

use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use smartstack_schema::WorkspaceId;

use crate::caller::Caller;

/// Sockets opened at once; more would only fill the listening queue.
const AT_ONCE: usize = 50;
/// How long the server is left alone before its memory is read.
const SETTLE: Duration = Duration::from_secs(2);

/// Resident memory before, with acknowledged sockets, and with each subscribed to a workspace's changes.
pub(crate) async fn measure(
    caller: &Caller,
    workspace: WorkspaceId,
    count: usize,
    pid: u32,
) -> anyhow::Result<Value> {
    let workspace = workspace.to_string();
    let query = "query($id: ID!) { workspace(id: $id) { changeCursor } }";
    let read = caller.ask(query, json!({ "id": workspace })).await?;
    let cursor = read["workspace"]["changeCursor"].as_str().context("a cursor")?;
    // The first ones fill caches and pools that are not theirs.
    let mut sockets = Vec::with_capacity(count + AT_ONCE);
    sockets.extend(open(caller, AT_ONCE).await?);
    tokio::time::sleep(SETTLE).await;
    let before = resident(pid)?;
    while sockets.len() < count + AT_ONCE {
        sockets.extend(open(caller, AT_ONCE).await?);
    }
    tokio::time::sleep(SETTLE).await;
    let opened = resident(pid)?;
    for socket in sockets.iter_mut().skip(AT_ONCE) {
        socket.follow(&workspace, cursor).await?;
    }
    tokio::time::sleep(SETTLE).await;
    let subscribed = resident(pid)?;
    let each = |after: u64| (after.saturating_sub(before) as f64) / count as f64 / 1000.0;
    Ok(json!({
        "sockets": count, "idle_kB": each(opened), "subscribed_kB": each(subscribed), "process_MB": subscribed / 1_000_000,
    }))
}

async fn open(caller: &Caller, count: usize) -> anyhow::Result<Vec<crate::caller::Socket>> {
    futures_util::future::try_join_all((0..count).map(|_| caller.socket())).await
}

/// Bytes of a process that are in memory.
fn resident(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    Ok(number.context("VmRSS could not be read (Linux only)")? * 1024)
}
