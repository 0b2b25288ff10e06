//! Who is measured: how each is started, asked once, and put under load.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{CONNECTIONS, OWNER};
use crate::postgres::free_port;
use crate::tools::Node;
use crate::{process, shell};

/// The name `seed.sql` gives the workspace that is read.
const WORKSPACE: &str = "Studio number 1";
/// PostGraphile's name in the table.
pub(super) const POSTGRAPHILE: &str = "postgraphile";

/// The newest 50 tasks with project, client and assignee.
const OURS: &str = "query Newest($workspace: ID!) { workspace(id: $workspace) { \
    tasks(first: 50, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { \
    id title status priority dueDate estimateMinMinutes estimateMaxMinutes updatedAt version \
    project { id name client { id name } } assignee { id name } } } } }";

/// The same, in the names PostGraphile gives.
const POSTGRAPHILES: &str = "query Newest { \
    allTasks(first: 50, orderBy: [CREATED_AT_DESC, ROW_ID_DESC], condition: { deletedAt: null }) { nodes { \
    rowId title status priority dueDate estimateMinMinutes estimateMaxMinutes updatedAt version \
    projectByWorkspaceIdAndProjectId { rowId name clientByWorkspaceIdAndClientId { rowId name } } \
    membershipByWorkspaceIdAndAssigneeId { userByUserId { rowId name } } } } }";

/// What the peers have in common, and the processes that run; they end with it.
pub(super) struct Stack {
    pub(super) database: String,
    /// Its typed id, once the API has told it.
    pub(super) workspace: String,
    pub(super) demo_password: String,
    pub(super) secret: String,
    pub(super) logs: PathBuf,
    pub(super) bench: PathBuf,
    pub(super) api: PathBuf,
    pub(super) worker: PathBuf,
    pub(super) worker_database: String,
    pub(super) running: Vec<Child>,
}

impl Drop for Stack {
    fn drop(&mut self) {
        for child in &mut self.running {
            process::stop(child, Signal::TERM, Duration::from_secs(10));
        }
    }
}

/// A server that answers with the list.
pub(super) struct Peer {
    pub(super) name: &'static str,
    url: String,
    pid: u32,
    path: &'static str,
    body: String,
    accept: &'static str,
    cookie: String,
}

/// What a turn under load came to.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Load {
    pub(super) requests: u64,
    pub(super) seconds: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) bytes: u64,
    pub(super) failed: u64,
}

impl Load {
    /// Requests a second.
    pub(super) fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }
}

impl Stack {
    fn api_command(&self, argument: &str, port: u16) -> Command {
        let mut command = Command::new(&self.api);
        command
            .arg(argument)
            .env("DATABASE_URL", &self.database)
            .env("SMARTSTACK_SECRET", &self.secret)
            .env("SMARTSTACK_DEMO_PASSWORD", &self.demo_password)
            .env("LISTEN", format!("127.0.0.1:{port}"))
            .env("SMARTSTACK_FILES_DIR", self.logs.join("files"))
            // As deployed: every request is logged.
            .env("LOG_FORMAT", "json")
            // One person asks more than any person may.
            .env("RATE_LIMIT", "1000000000000")
            .env_remove("RUST_LOG");
        command
    }

    pub(super) fn seed_demo(&self) -> Result<()> {
        shell::capture(&mut self.api_command("seed-demo", 0))?;
        Ok(())
    }

    pub(super) fn spawn(&mut self, name: &'static str, command: &mut Command) -> Result<u32> {
        let log = File::create(self.logs.join(format!("{name}.log")))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let pid = child.id();
        self.running.push(child);
        Ok(pid)
    }

    fn start(&mut self, name: &'static str, command: &mut Command, port: u16) -> Result<u32> {
        let pid = self.spawn(name, command)?;
        let limit = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > limit {
                bail!("{name} did not start; see {}", self.logs.display());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(pid)
    }

    pub(super) fn start_api(&mut self) -> Result<Peer> {
        let port = free_port()?;
        let mut command = self.api_command("serve", port);
        let pid = self.start("smartstack", &mut command, port)?;
        let url = format!("http://127.0.0.1:{port}");
        let mut peer = Peer {
            name: "smartstack",
            url,
            pid,
            path: "/graphql",
            body: String::new(),
            accept: "application/json",
            cookie: String::new(),
        };
        let printed: Value = serde_json::from_str(&shell::capture(&mut self.caller("sign-in", &peer))?)?;
        peer.cookie = printed["cookie"].as_str().context("no cookie")?.to_owned();
        let workspace = peer.typed_workspace(WORKSPACE)?;
        peer.body = json!({ "query": OURS, "variables": { "workspace": workspace } }).to_string();
        self.workspace = workspace;
        Ok(peer)
    }

    pub(super) fn start_by_hand(&mut self) -> Result<Peer> {
        let port = free_port()?;
        let mut command = Command::new(&self.bench);
        command
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .args(["--workspace", &self.workspace])
            .args(["--connections", &CONNECTIONS.to_string()])
            .env("DATABASE_URL", &self.database);
        let pid = self.start("by-hand", &mut command, port)?;
        Ok(Peer {
            name: "by-hand",
            url: format!("http://127.0.0.1:{port}"),
            pid,
            path: "/tasks",
            body: "{}".to_owned(),
            accept: "application/json",
            cookie: String::new(),
        })
    }

    pub(super) fn start_postgraphile(&mut self, node: &Node, folder: &Path, workspace: &str) -> Result<Peer> {
        let port = free_port()?;
        // It wants a newer Node.js than many distributions have; where npm has one, it came along.
        let arch = match std::env::consts::ARCH {
            "aarch64" => "arm64",
            _ => "x64",
        };
        let own = folder.join(format!(
            "node_modules/node-{}-{arch}/bin/node",
            std::env::consts::OS
        ));
        let mut command = Command::new(if own.is_file() { &own } else { &node.node });
        command
            .current_dir(folder)
            .arg("server.mjs")
            .env("NODE_ENV", "production")
            .env("GRAPHILE_ENV", "production")
            .env("DATABASE_URL", &self.database)
            .env("LISTEN_PORT", port.to_string())
            .env("WORKSPACE", workspace)
            .env("CONNECTIONS", CONNECTIONS.to_string());
        let pid = self.start(POSTGRAPHILE, &mut command, port)?;
        Ok(Peer {
            name: POSTGRAPHILE,
            url: format!("http://127.0.0.1:{port}"),
            pid,
            path: "/graphql",
            body: json!({ "query": POSTGRAPHILES }).to_string(),
            accept: "application/json",
            cookie: String::new(),
        })
    }

    /// A caller of the product: `smartstack-bench <what>`.
    pub(super) fn caller(&self, what: &str, peer: &Peer) -> Command {
        let mut command = Command::new(&self.bench);
        command
            .args([what, "--url", &peer.url, "--email", OWNER])
            .env("SMARTSTACK_DEMO_PASSWORD", &self.demo_password);
        command
    }

    /// 400 writes by 4 writers.
    pub(super) fn live(&self, peer: &Peer) -> Result<Value> {
        let mut command = self.caller("live", peer);
        command
            .args(["--workspace", &self.workspace])
            .args(["--writes", "400", "--writers", "4"]);
        Ok(serde_json::from_str(&shell::capture(&mut command)?)?)
    }

    /// 2000 sockets.
    pub(super) fn sockets(&self, peer: &Peer) -> Result<Value> {
        let mut command = self.caller("sockets", peer);
        command.args(["--workspace", &self.workspace]).args([
            "--count",
            "2000",
            "--pid",
            &peer.pid.to_string(),
        ]);
        Ok(serde_json::from_str(&shell::capture(&mut command)?)?)
    }
}

impl Peer {
    /// Sends the request once.
    pub(super) fn ask(&self) -> Result<Value> {
        self.post(&self.body)
    }

    fn post(&self, body: &str) -> Result<Value> {
        let host = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host)?;
        let mut head = format!(
            "POST {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Accept: {}\r\nContent-Length: {}\r\n",
            self.path,
            self.accept,
            body.len()
        );
        if !self.cookie.is_empty() {
            head.push_str(&format!(
                "Cookie: {}\r\nSmartstack-Client: bench\r\nOrigin: {}\r\n",
                self.cookie, self.url
            ));
        }
        write!(stream, "{head}\r\n{body}")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        if !head.starts_with("HTTP/1.1 200") || body.contains("\"errors\"") {
            bail!("{} answers {answer}", self.name);
        }
        serde_json::from_str(body).with_context(|| format!("{} answers no JSON: {body}", self.name))
    }

    /// The id of the workspace as the API writes it.
    fn typed_workspace(&self, name: &str) -> Result<String> {
        let body = json!({ "query": "{ viewer { workspaces { workspace { id name } } } }" }).to_string();
        let answer = self.post(&body)?;
        let all = answer["data"]["viewer"]["workspaces"]
            .as_array()
            .context("workspaces")?;
        all.iter()
            .map(|one| &one["workspace"])
            .find(|one| one["name"] == name)
            .and_then(|one| one["id"].as_str())
            .map(str::to_owned)
            .with_context(|| format!("the owner has no workspace {name}: {answer}"))
    }

    /// A turn under load.
    pub(super) fn load(&self, wrk: &Path, concurrency: usize, time: Duration) -> Result<Load> {
        let script = self.script()?;
        let printed = shell::capture(
            Command::new(wrk)
                .args(["--threads", "1", "--latency", "--timeout", "30s"])
                .args(["--connections", &concurrency.to_string()])
                .args(["--duration", &format!("{}s", time.as_secs())])
                .arg("--script")
                .arg(&script)
                .arg(&self.url)
                .env("BENCH_PATH", self.path)
                .env("BENCH_BODY", &self.body)
                .env("BENCH_ACCEPT", self.accept)
                .env("BENCH_COOKIE", &self.cookie)
                .env("BENCH_ORIGIN", &self.url),
        );
        std::fs::remove_file(&script)?;
        let printed = printed?;
        let line = printed.lines().find_map(|line| line.strip_prefix("RESULT "));
        let load: Load = serde_json::from_str(line.with_context(|| format!("wrk printed {printed}"))?)?;
        if load.failed > 0 {
            bail!(
                "{}: {} of {} requests failed",
                self.name,
                load.failed,
                load.requests
            );
        }
        Ok(load)
    }

    fn script(&self) -> Result<PathBuf> {
        let file = std::env::temp_dir().join(format!("smartstack-bench-{}.lua", std::process::id()));
        std::fs::write(&file, include_str!("load.lua"))?;
        Ok(file)
    }
}
