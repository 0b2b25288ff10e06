//! Amazon SQS, played by `ministack` (PyPI) as a child process of the test.
//!
//! `cargo xtask test` prepares it and names it in `SMARTSTACK_MINISTACK`; a test run by itself finds what
//! that left in the target folder.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use smartstack_worker::adapter::queue::{Queue, SqsQueue, SqsSettings};
use smartstack_worker::runtime::retry::RetryPolicy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::Instant;

/// How long the stand-in may take to start on a busy machine.
const START_WITHIN: Duration = Duration::from_secs(60);

/// The account of every queue.
const ACCOUNT: &str = "000000000000";

/// A running stand-in with one queue and its dead-letter queue.
pub(crate) struct SqsStandIn {
    address: String,
    _child: Child,
    _folder: tempfile::TempDir,
}

fn program() -> PathBuf {
    let named = std::env::var_os("SMARTSTACK_MINISTACK").map(PathBuf::from);
    let program = named.unwrap_or_else(|| {
        let target = Path::new(env!("CARGO_BIN_EXE_smartstack-worker"))
            .ancestors()
            .nth(2)
            .unwrap();
        target.join("ministack/bin/ministack")
    });
    assert!(
        program.is_file(),
        "the stand-in for SQS is not there ({}): run `cargo xtask test --only rust` once, which prepares it",
        program.display()
    );
    program
}

/// The Python of the stand-in's environment, in which the tests' other libraries are, too.
pub(crate) fn python() -> PathBuf {
    program().with_file_name("python")
}

impl SqsStandIn {
    /// Starts it. Messages move to the dead-letter queue after `max_receives` of SQS's own counting.
    pub(crate) async fn start(max_receives: u32) -> Self {
        // Another process may take the port in between: then the child ends, and the next one is tried.
        for _ in 0..5 {
            let port = {
                let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
                free.local_addr().unwrap().port()
            };
            if let Some(stand_in) = Self::start_at(port).await {
                stand_in.make_queues(max_receives).await;
                return stand_in;
            }
        }
        panic!("the stand-in for SQS does not start");
    }

    async fn start_at(port: u16) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(program())
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("SERVICES", "sqs")
            .env("LOG_LEVEL", "ERROR")
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let deadline = Instant::now() + START_WITHIN;
        while Instant::now() < deadline {
            if child.try_wait().unwrap().is_some() {
                return None;
            }
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Some(Self {
                    address: format!("http://127.0.0.1:{port}"),
                    _child: child,
                    _folder: folder,
                });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the stand-in for SQS does not answer");
    }

    async fn make_queues(&self, max_receives: u32) {
        self.make("dead", &[]).await;
        let policy = format!(
            r#"{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:{ACCOUNT}:dead","maxReceiveCount":{max_receives}}}"#
        );
        self.make("work", &[("RedrivePolicy", &policy)]).await;
    }

    /// Makes a queue, by the service's own query protocol.
    pub(crate) async fn make(&self, name: &str, attributes: &[(&str, &str)]) {
        let mut form = vec![
            ("Action".to_owned(), "CreateQueue".to_owned()),
            ("Version".to_owned(), "2012-11-05".to_owned()),
            ("QueueName".to_owned(), name.to_owned()),
        ];
        for (at, (key, value)) in attributes.iter().enumerate() {
            form.push((format!("Attribute.{}.Name", at + 1), (*key).to_owned()));
            form.push((format!("Attribute.{}.Value", at + 1), (*value).to_owned()));
        }
        let body: Vec<String> = form
            .iter()
            .map(|(key, value)| format!("{key}={}", percent(value)))
            .collect();
        let body = body.join("&");
        let host = self.address.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).await.unwrap();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=stand-in/20260101/us-east-1/sqs/aws4_request, \
             SignedHeaders=host, Signature=0\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    pub(crate) fn settings(&self, name: &str) -> SqsSettings {
        SqsSettings {
            url: format!("{}/{ACCOUNT}/{name}", self.address),
            endpoint: Some(self.address.clone()),
        }
    }

    pub(crate) async fn queue(&self) -> Queue {
        let queue = SqsQueue::connect(&self.settings("work"), RetryPolicy::default().max_receives).await;
        Queue::Sqs(queue.unwrap())
    }
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
