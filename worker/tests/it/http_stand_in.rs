//! A small HTTP server whose answers a test decides, down to connections that break off.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

/// A request that came in.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Its path.
    pub(crate) path: String,
    /// Its header lines, in lower case.
    pub(crate) head: String,
    /// Its body; null where that is no JSON.
    pub(crate) body: Value,
    /// Its body, byte for byte.
    pub(crate) text: String,
    headers: Vec<(String, String)>,
}

impl Asked {
    /// The value of a header; the name in lower case.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        &found.unwrap_or_else(|| panic!("no {name} in {}", self.head)).1
    }
}

/// What to answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// How long to think first.
    pub(crate) after: Duration,
    /// Whether the connection breaks off instead of ending.
    pub(crate) cut: bool,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string().into_bytes(),
            after: Duration::ZERO,
            cut: false,
        }
    }

    pub(crate) fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }
}

type Rule = dyn Fn(&Asked, usize) -> Reply + Send + Sync;

/// The server; it ends when dropped.
pub(crate) struct HttpStandIn {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    _task: AbortOnDropHandle<()>,
}

impl HttpStandIn {
    /// Answers each request by `rule`, which is told how many came before.
    pub(crate) async fn start(rule: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (rule, asked): (Arc<Rule>, Arc<Mutex<Vec<Asked>>>) = (Arc::new(rule), Arc::default());
        let kept = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // What goes wrong with a connection is the client's to notice.
                tokio::spawn(serve(stream, Arc::clone(&rule), Arc::clone(&kept)));
            }
        });
        Self {
            address,
            asked,
            _task: AbortOnDropHandle::new(task),
        }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, rule: Arc<Rule>, kept: Arc<Mutex<Vec<Asked>>>) -> std::io::Result<()> {
    let Some(asked) = read(&mut stream).await? else {
        return Ok(());
    };
    let reply = {
        let mut kept = kept.lock().unwrap();
        let reply = rule(&asked, kept.len());
        kept.push(asked);
        reply
    };
    tokio::time::sleep(reply.after).await;
    let mut head = format!(
        "HTTP/1.1 {} Said\r\nconnection: close\r\ntransfer-encoding: chunked\r\n",
        reply.status
    );
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    if !reply.body.is_empty() {
        stream
            .write_all(format!("{:x}\r\n", reply.body.len()).as_bytes())
            .await?;
        stream.write_all(&reply.body).await?;
        stream.write_all(b"\r\n").await?;
    }
    if !reply.cut {
        stream.write_all(b"0\r\n\r\n").await?;
    }
    stream.shutdown().await
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Option<Asked>> {
    let mut bytes = Vec::new();
    let end = loop {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await?;
        if count == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece[..count]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers = lines
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let head = head.to_lowercase();
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.trim().parse().unwrap());
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await?;
        if count == 0 {
            return Ok(None);
        }
        body.extend_from_slice(&piece[..count]);
    }
    Ok(Some(Asked {
        path,
        head,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        text: String::from_utf8_lossy(&body).into_owned(),
        headers,
    }))
}
