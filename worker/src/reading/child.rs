//! The process that reads one file: `smartstack-worker read-file MEDIA-TYPE`, the file on standard input, an
//! [`Answer`] on standard output. It starts no threads and opens nothing.

use std::io::{Read as _, Write as _};

use anyhow::Context as _;
use rustix::process::{Resource, Rlimit, setrlimit};
use smartstack_domain::blob::FILE_MAX_BYTES;
use smartstack_domain::document::media::MediaType;
use smartstack_domain::input::DOCUMENT_MAX;
use smartstack_schema::UnreadableReason;

use super::{Answer, docx, html, mail, pdf, plain};

/// Address space in bytes: some 60 times the largest file, and the program itself.
const MEMORY_MAX: u64 = 768 * 1024 * 1024;
/// Seconds of processor time.
const SECONDS_MAX: u64 = 20;
/// Open files: the three it has, and what a library may want for a moment.
const FILES_MAX: u64 = 16;

/// Reads the file on standard input.
///
/// # Errors
/// The limits cannot be set, or nobody hears the answer; about the file itself the answer says everything.
pub fn run(media_type: &str) -> anyhow::Result<()> {
    limit().context("the limits could not be set")?;
    // A panic is a broken file; its text is in the log of whoever asked.
    let media_type = MediaType::parse(media_type).context("no such kind of file")?;
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(FILE_MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .context("the file could not be had")?;
    let answer = answer(media_type, &bytes);
    let mut output = std::io::stdout().lock();
    serde_json::to_writer(&mut output, &answer)?;
    output.flush()?;
    Ok(())
}

/// Takes away from this process what reading a text does not need, for good.
fn limit() -> rustix::io::Result<()> {
    for (resource, most) in [
        (Resource::As, MEMORY_MAX),
        (Resource::Cpu, SECONDS_MAX),
        (Resource::Nofile, FILES_MAX),
        // Writes no files, starts no processes or threads, leaves no image of its memory.
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit)?;
    }
    Ok(())
}

/// Reads a file: its text, set in order, or why there is none.
pub(super) fn answer(media_type: MediaType, bytes: &[u8]) -> Answer {
    match text_of(media_type, bytes) {
        Err(reason) => Answer::Unreadable(reason),
        Ok(text) => {
            let text = plain::tidy(&text);
            if !text.chars().any(char::is_alphanumeric) {
                Answer::Unreadable(UnreadableReason::Empty)
            } else if text.chars().count() > DOCUMENT_MAX {
                Answer::Unreadable(UnreadableReason::TooLong)
            } else {
                Answer::Text(text)
            }
        }
    }
}

fn text_of(media_type: MediaType, bytes: &[u8]) -> Result<String, UnreadableReason> {
    match media_type {
        MediaType::Text => Ok(plain::text(bytes)),
        MediaType::Html => html::text(bytes),
        MediaType::Mail => mail::text(bytes),
        MediaType::Pdf => pdf::text(bytes),
        MediaType::Docx => docx::text(bytes),
    }
}
