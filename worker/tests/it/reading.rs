//! Files as they come: each kind is read, and none, however made, does more harm than to be told so.

use std::io::Write as _;

use smartstack_domain::document::media::MediaType;
use smartstack_domain::document::{self, Document};
use smartstack_domain::job::Job;
use smartstack_domain::plan::PlanProject;
use smartstack_domain::upload::{self, Upload};
use smartstack_schema::{DocumentState, JobReason, JobState, UnreadableReason, UseCase};
use smartstack_worker::reading::{Answer, FileReader};
use zip::write::SimpleFileOptions;

use crate::desk::Desk;
use crate::support::eventually;
use crate::worker::Worker;

const TASK: &str = "Please design the menu by 20 March 2026.";

fn reader() -> FileReader {
    FileReader::new(env!("CARGO_BIN_EXE_smartstack-worker").into())
}

fn file(name: &str) -> Vec<u8> {
    let own = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    std::fs::read(format!("{own}/tests/files/{name}")).unwrap()
}

async fn read(bytes: Vec<u8>) -> Answer {
    let kind = MediaType::of(&bytes).unwrap();
    reader().read(kind, bytes).await.unwrap()
}

fn unreadable(reason: UnreadableReason) -> Answer {
    Answer::Unreadable(reason)
}

#[tokio::test]
async fn every_kind_is_read() {
    for name in ["brief.md", "brief.eml", "brief.html", "brief.pdf", "brief.docx"] {
        match read(file(name)).await {
            Answer::Text(text) => {
                assert!(text.contains(TASK), "{name}: {text}");
                assert!(text.contains("second shop"), "{name}: {text}");
                assert!(
                    !text.contains("alert") && !text.contains('<') || name == "brief.eml",
                    "{name}: {text}"
                );
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_has_no_text_says_why() {
    assert_eq!(read(file("scan.pdf")).await, unreadable(UnreadableReason::Empty));
    assert_eq!(
        read(file("broken.pdf")).await,
        unreadable(UnreadableReason::Broken)
    );
    assert_eq!(
        read(b" \n\t ".to_vec()).await,
        unreadable(UnreadableReason::Empty)
    );
    let long = "word ".repeat(50_000).into_bytes();
    assert_eq!(read(long).await, unreadable(UnreadableReason::TooLong));
}

/// A Word file whose text unpacks to `megabytes` of `piece`, over and over.
fn word_file(head: &str, piece: &str, megabytes: usize) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("word/document.xml", options).unwrap();
    archive.write_all(head.as_bytes()).unwrap();
    let block = piece.repeat(1_048_576 / piece.len() + 1);
    for _ in 0..megabytes {
        archive.write_all(block.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn hostile_files_end_their_own_reader_and_nothing_else() {
    // Some kilobytes that unpack to hundreds of megabytes: one endless text, one endless depth.
    let bomb = word_file("<d><t>", "a", 300);
    assert!(bomb.len() < 1_000_000, "{}", bomb.len());
    let answer = read(bomb).await;
    let refused = [
        UnreadableReason::TooLong,
        UnreadableReason::TooComplex,
        UnreadableReason::Broken,
    ];
    assert!(
        refused.iter().any(|reason| answer == unreadable(*reason)),
        "{answer:?}"
    );
    let spaces = word_file("<d>", " ", 300);
    let answer = read(spaces).await;
    assert!(
        refused.iter().any(|reason| answer == unreadable(*reason)),
        "{answer:?}"
    );
    // A page of nothing but beginnings.
    let mut deep = b"<!doctype html>".to_vec();
    deep.extend_from_slice(&b"<div>".repeat(200_000));
    deep.extend_from_slice(b"deep down");
    assert!(matches!(
        read(deep).await,
        Answer::Unreadable(_) | Answer::Text(_)
    ));
    // Every beginning of a PDF, and one with its parts mixed up.
    let whole = file("brief.pdf");
    for cut in (8..whole.len()).step_by(whole.len() / 6) {
        let answer = read(whole[..cut].to_vec()).await;
        assert!(
            matches!(answer, Answer::Unreadable(_) | Answer::Text(_)),
            "{cut}: {answer:?}"
        );
    }
    // The reader is as good as before.
    assert!(matches!(read(file("brief.md")).await, Answer::Text(_)));
}

#[tokio::test]
async fn the_reader_has_neither_secrets_nor_room() {
    let run = |argument: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_smartstack-worker"));
        command
            .args(["read-file", argument])
            .stdin(std::process::Stdio::null());
        command.output().unwrap()
    };
    // Nothing on standard input is an empty file; another kind of file is an error.
    let output = run("text/plain");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        r#"{"unreadable":"EMPTY"}"#
    );
    assert!(!run("image/png").status.success());
}

/// Uploads a file as the API would, to be planned.
async fn upload(desk: &Desk, worker: &Worker, name: &str) -> (Document, Job) {
    let upload = Upload {
        bytes: file(name),
        file_name: name.to_owned(),
        new_project: Some(PlanProject {
            name: "Second shop".to_owned(),
            ..PlanProject::default()
        }),
        use_case: Some(UseCase::Plan),
        today: chrono::NaiveDate::from_ymd_opt(2026, 3, 4),
        ..Upload::default()
    };
    let api = desk.database.api();
    let kept = upload::receive(api, &worker.services.blobs, &desk.person.scope, upload).await;
    let kept = kept.unwrap();
    (kept.document, kept.job.unwrap())
}

async fn document(desk: &Desk, of: &Document) -> Document {
    let id = of.id;
    let api = desk.database.api();
    api.read(&desk.person.scope, move |tx| {
        Box::pin(async move { document::get(tx, id).await })
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_job_plans_from_a_file_with_quotes_of_its_text() {
    let desk = Desk::new().await;
    let worker = Worker::new(&desk.database);
    let (uploaded, job) = upload(&desk, &worker, "brief.pdf").await;
    worker.work().await;
    let job = desk.settled(job.id).await;
    assert_eq!(job.state, JobState::Ready, "{job:?}");
    let text = document(&desk, &uploaded).await.text;
    let (_, items) = desk.suggestion(job.id).await;
    assert!(items.len() >= 2, "{items:?}");
    for item in &items {
        let quote = item.quote.as_deref().unwrap();
        assert!(text.contains(quote), "{quote:?} in {text}");
    }
    assert!(
        items
            .iter()
            .any(|item| item.due_date == chrono::NaiveDate::from_ymd_opt(2026, 3, 20))
    );
}

#[tokio::test]
async fn a_file_without_text_stops_its_job_with_what_to_do() {
    let desk = Desk::new().await;
    let worker = Worker::new(&desk.database);
    let (uploaded, job) = upload(&desk, &worker, "scan.pdf").await;
    worker.work().await;
    let job = desk.settled(job.id).await;
    assert_eq!(
        (job.state, job.reason),
        (JobState::NeedsReview, Some(JobReason::DocumentUnreadable))
    );
    assert!(job.reason_message.unwrap().contains("scan"));
    let document = document(&desk, &uploaded).await;
    assert_eq!(document.state, DocumentState::Unreadable);
}

#[tokio::test]
async fn a_file_is_read_when_it_comes_without_any_job() {
    let desk = Desk::new().await;
    let worker = Worker::new(&desk.database);
    let (uploaded, job) = upload(&desk, &worker, "brief.docx").await;
    desk.cancel(job.id).await;
    worker.work().await;
    let read = eventually("the text", || async {
        let document = document(&desk, &uploaded).await;
        (document.state == DocumentState::Ready).then_some(document)
    });
    assert!(read.await.text.contains("- Please design the menu"));
    desk.queue_is_empty().await;
}

#[tokio::test]
async fn a_lost_file_is_said_to_be_lost() {
    let desk = Desk::new().await;
    let worker = Worker::new(&desk.database);
    let (uploaded, job) = upload(&desk, &worker, "brief.md").await;
    let key = uploaded.file.as_ref().unwrap().blob_key.clone();
    worker.services.blobs.remove(&key).await.unwrap();
    worker.work().await;
    assert_eq!(
        desk.settled(job.id).await.reason,
        Some(JobReason::DocumentUnreadable)
    );
}
