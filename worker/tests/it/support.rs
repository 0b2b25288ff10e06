//! What the tests of running workers share: real worker processes, and waiting for what must come.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::desk::Desk;

/// How long a test waits for what must come; only a broken program makes it wait so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until the answer is `Some`, and fails the test when it never is.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A `smartstack-worker run` of its own, with a lease of a second; killed when dropped.
pub(crate) struct WorkerProcess {
    child: Child,
    log: Arc<Mutex<String>>,
    _mail: tempfile::TempDir,
}

impl WorkerProcess {
    /// Starts a worker on the desk's database and queue, with fail points as `crate::failpoint` describes them, and waits until
    /// it is ready.
    pub(crate) async fn start(desk: &Desk, fail_points: &str) -> Self {
        let worker = Self::launch(desk, fail_points);
        worker.logged("worker ready").await;
        worker
    }

    /// Starts a worker without waiting: a fail point may end it before it is ready.
    pub(crate) fn launch(desk: &Desk, fail_points: &str) -> Self {
        let mail = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_smartstack-worker"))
            .arg("run")
            .env_clear()
            .env("DATABASE_URL", desk.database.url("smartstack_worker"))
            .env("SMARTSTACK_SECRET", crate::desk::SECRET)
            .env("PUBLIC_URL", "http://127.0.0.1:8080")
            .env("SMARTSTACK_MAIL_DIR", mail.path())
            .env("SMARTSTACK_FILES_DIR", mail.path().join("files"))
            .env("WORKER_LEASE_SECONDS", "1")
            .env("WORKER_CONCURRENCY", "2")
            .env("FAILPOINTS", fail_points)
            .env("NO_COLOR", "1")
            .envs(desk.environment.iter().map(|(name, value)| (*name, value)))
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let kept = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        Self {
            child,
            log,
            _mail: mail,
        }
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until the log says `text`.
    pub(crate) async fn logged(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.log().contains(text) {
            assert!(
                Instant::now() < deadline,
                "the log never said {text:?}:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends a signal, such as `STOP`, to this one process.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("still running").to_string();
        let status = Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .await
            .unwrap();
        assert!(status.success());
    }

    /// Waits for its end: whether it ended well.
    pub(crate) async fn ended(&mut self) -> bool {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ended
            .unwrap_or_else(|_| panic!("it does not end:\n{}", self.log.lock().unwrap()))
            .unwrap()
            .success()
    }
}
