//! From a pasted text to its suggestion, and how many texts a worker reads.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use smartstack_schema::WorkspaceId;

use crate::caller::{Caller, Socket};

/// Longest a text may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// A mail of a client, as long as most are.
const TEXT: &str = include_str!("jobs.txt");

const START: &str = "mutation($input: PlanStartInput!) { planStart(input: $input) { job { id state } \
    userErrors { message } } }";
const FOLLOW: &str = "subscription($id: ID!) { job(id: $id) { state suggestion { id } } }";

/// One text after another. Times run from the answer to the mutation, which comes after its commit, to the
/// message on a socket that names the suggestion.
pub(crate) async fn one_by_one(
    caller: &Caller,
    workspace: WorkspaceId,
    texts: usize,
) -> anyhow::Result<Value> {
    let mut socket = caller.socket().await?;
    let place = Place::of(caller, workspace).await?;
    let mut took = Vec::with_capacity(texts);
    for n in 0..texts {
        let job = start(caller, &place, n).await?;
        let started = Instant::now();
        tokio::time::timeout(PATIENCE, ready(&mut socket, &job))
            .await
            .with_context(|| format!("{job} took too long"))??;
        took.push(started.elapsed());
        // So that texts come anywhere between two looks of the worker.
        tokio::time::sleep(Duration::from_millis((n as u64 * 37) % 101)).await;
    }
    took.sort();
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize].as_secs_f64() * 1000.0;
    Ok(json!({ "texts": texts, "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0) }))
}

/// Asks for as many plans at once, for a worker that is yet to start.
pub(crate) async fn pile(caller: &Caller, workspace: WorkspaceId, texts: usize) -> anyhow::Result<Value> {
    let place = Place::of(caller, workspace).await?;
    for n in 0..texts {
        start(caller, &place, n).await?;
    }
    Ok(json!({ "texts": texts }))
}

/// Where texts are pasted.
struct Place {
    workspace: String,
    project: String,
}

impl Place {
    async fn of(caller: &Caller, workspace: WorkspaceId) -> anyhow::Result<Self> {
        let workspace = workspace.to_string();
        let query = "query($id: ID!) { workspace(id: $id) { projects(first: 1) { nodes { id } } } }";
        let read = caller.ask(query, json!({ "id": workspace })).await?;
        let project = read["workspace"]["projects"]["nodes"][0]["id"].as_str();
        Ok(Self {
            project: project.context("a project")?.to_owned(),
            workspace,
        })
    }
}

async fn start(caller: &Caller, place: &Place, n: usize) -> anyhow::Result<String> {
    // Each its own text, or the reading would be the same.
    let text = format!("{TEXT}\nPlease use the order number {n} on the invoice.\n");
    let input = json!({ "workspaceId": place.workspace, "projectId": place.project, "text": text });
    let mut answer = caller.ask(START, json!({ "input": input })).await?;
    let payload = answer["planStart"].take();
    let errors = payload["userErrors"].as_array();
    ensure!(errors.is_some_and(Vec::is_empty), "{payload}");
    Ok(payload["job"]["id"].as_str().context("a job")?.to_owned())
}

async fn ready(socket: &mut Socket, job: &str) -> anyhow::Result<()> {
    let payload = json!({ "query": FOLLOW, "variables": { "id": job } });
    socket
        .say(&json!({ "id": job, "type": "subscribe", "payload": payload }))
        .await?;
    loop {
        let message = socket.hear().await?;
        if message["id"] != job {
            continue;
        }
        let told = &message["payload"]["data"]["job"];
        match (message["type"].as_str(), told["state"].as_str()) {
            (Some("next"), Some("READY")) if told["suggestion"]["id"].is_string() => return Ok(()),
            (Some("next"), Some("QUEUED" | "RUNNING")) => {}
            _ => bail!("the text was not read: {message}"),
        }
    }
}
