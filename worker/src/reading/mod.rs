//! Reads the text out of uploaded files. Whoever uploads a file may have made it to break its reader, and
//! readers of PDF and ZIP are large; so each file is read by a process of its own: this program again, as
//! `read-file`, without its environment, held to little memory and time before it sees the first byte
//! ([`child`]). What dies there dies alone.
//!
//! To read another kind of file: a variant of [`MediaType`] in the domain with the bytes it begins with, and
//! a file beside this one with its line in `child::text_of`.

pub mod child;
mod docx;
mod html;
mod mail;
mod pdf;
mod plain;

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use smartstack_domain::document::media::MediaType;
use smartstack_schema::UnreadableReason;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

/// How long one file may take, by the clock on the wall. The child's own limit counts only its work.
const TIME_MAX: Duration = Duration::from_secs(40);
/// Files read at a time by one worker, so that their memory together stays bounded.
const AT_ONCE: usize = 2;
/// Most bytes of an answer: the longest text there may be, each of its characters written at length.
const ANSWER_MAX: u64 = 4 * 1024 * 1024;
/// Bytes of the child's complaints that are kept for the log.
const COMPLAINT_MAX: u64 = 4 * 1024;

/// What the child answers, as JSON on its standard output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The text; neither empty nor too long.
    Text(String),
    /// There is none to be had.
    Unreadable(UnreadableReason),
}

/// Reads files, each in a process of its own. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FileReader {
    program: PathBuf,
    places: Arc<Semaphore>,
}

impl FileReader {
    /// A reader that runs `program`, a `smartstack-worker`.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// A reader that runs this very program.
    ///
    /// # Errors
    /// The system does not say where this program lies.
    pub fn of_this_program() -> anyhow::Result<Self> {
        Ok(Self::new(
            std::env::current_exe().context("cannot find this program's own file")?,
        ))
    }

    /// Reads a file. Whatever the file does to its reader, there is an answer.
    ///
    /// # Errors
    /// The child could not be started, or its answer could not be had: not the file's fault, as far as
    /// anybody can tell.
    pub async fn read(&self, media_type: MediaType, bytes: Vec<u8>) -> anyhow::Result<Answer> {
        let _place = self.places.acquire().await?;
        let mut child = Command::new(&self.program)
            .args(["read-file", media_type.as_str()])
            // The child has no use for passwords.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // When the job is given up or the time is over.
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let (mut input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let give = async move {
            if let Some(input) = &mut input {
                // A child that has seen enough closes its end; its answer says why.
                let _ = input.write_all(&bytes).await;
            }
            drop(input);
        };
        let (mut answer, mut complaint) = (Vec::new(), Vec::new());
        let whole = async {
            let hear = async {
                if let Some(output) = output {
                    output.take(ANSWER_MAX).read_to_end(&mut answer).await?;
                }
                Ok::<_, std::io::Error>(())
            };
            let listen = async {
                if let Some(errors) = errors {
                    errors.take(COMPLAINT_MAX).read_to_end(&mut complaint).await?;
                }
                Ok::<_, std::io::Error>(())
            };
            let ((), heard, listened) = tokio::join!(give, hear, listen);
            heard?;
            listened?;
            child.wait().await
        };
        let Ok(ended) = tokio::time::timeout(TIME_MAX, whole).await else {
            tracing::warn!(media_type = media_type.as_str(), "a file took too long to read");
            return Ok(Answer::Unreadable(UnreadableReason::TooComplex));
        };
        let status = ended.context("the reader's answer could not be had")?;
        let complaint = String::from_utf8_lossy(&complaint);
        if let (true, Ok(answer)) = (status.success(), serde_json::from_slice(&answer)) {
            return Ok(answer);
        }
        let reason = verdict(status, &complaint);
        tracing::warn!(
            media_type = media_type.as_str(), %status, complaint = %complaint.trim(), %reason,
            "a file brought its reader down"
        );
        Ok(Answer::Unreadable(reason))
    }
}

/// What to make of a child that died.
fn verdict(status: ExitStatus, complaint: &str) -> UnreadableReason {
    use std::os::unix::process::ExitStatusExt as _;
    /// Sent by the kernel at the limit of processor time, and by whoever is short of memory.
    const SIGKILL: i32 = 9;
    const SIGXCPU: i32 = 24;
    let at_limit = matches!(status.signal(), Some(SIGKILL | SIGXCPU));
    if at_limit || complaint.contains("memory allocation") || complaint.contains("overflowed its stack") {
        UnreadableReason::TooComplex
    } else {
        UnreadableReason::Broken
    }
}
