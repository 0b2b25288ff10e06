//! Documents that come as files: what is kept, what is refused, and what goes when.

use chrono::TimeDelta;
use sea_orm::sqlx::{self, Connection, PgConnection};
use smartstack_domain::{
    DomainError,
    blob::{self, BlobSettings, Blobs},
    document::{self, Document, DocumentEnvelope},
    job::{self, JobStart},
    plan::PlanProject,
    retention,
    upload::{self, Upload, Uploaded},
};
use smartstack_schema::{
    DocumentId, DocumentKind, DocumentState, JobState, MemberRole, UnreadableReason, UseCase, UserErrorCode,
};

use crate::support::{World, refused};

/// A world with a folder for files.
struct Files {
    world: World,
    blobs: Blobs,
    folder: tempfile::TempDir,
}

impl Files {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::open(&BlobSettings::Folder(folder.path().join("files"))).expect("a store");
        Self {
            world: World::new().await,
            blobs,
            folder,
        }
    }

    async fn upload(&self, upload: Upload) -> Result<Uploaded, DomainError> {
        let world = &self.world;
        upload::receive(world.db.api(), &self.blobs, &world.ana.scope, upload).await
    }

    async fn kept(&self) -> Uploaded {
        self.upload(brief()).await.expect("kept")
    }

    async fn get(&self, id: DocumentId) -> Document {
        let world = &self.world;
        world
            .work(move |tx| Box::pin(async move { document::get(tx, id).await }))
            .await
            .expect("there")
    }

    fn envelope(&self, id: DocumentId) -> DocumentEnvelope {
        let body =
            serde_json::json!({ "v": 1, "document_id": id, "workspace_id": self.world.ana.workspace_id });
        DocumentEnvelope::decode(&body.to_string()).expect("an envelope")
    }

    /// How many files lie in the store.
    fn stored(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).expect("a folder");
            entries
                .map(|entry| {
                    let path = entry.expect("an entry").path();
                    if path.is_dir() { count(&path) } else { 1 }
                })
                .sum()
        }
        count(&self.folder.path().join("files"))
    }
}

fn brief() -> Upload {
    Upload {
        bytes: b"%PDF-1.4 not much of one".to_vec(),
        file_name: "Second_shop.pdf".to_owned(),
        new_project: Some(PlanProject {
            name: "Second shop".to_owned(),
            ..PlanProject::default()
        }),
        use_case: Some(UseCase::Plan),
        ..Upload::default()
    }
}

#[tokio::test]
async fn a_workspace_keeps_only_so_many_files_and_bytes() {
    // So many more than the one that is kept already, as if they had been uploaded.
    let fill = |files: i64, bytes: i64| {
        format!(
            "INSERT INTO documents (id, workspace_id, project_id, title, text, word_count, created_at, kind, state, \
               file_name, media_type, file_bytes, blob_key) \
             SELECT gen_random_uuid(), d.workspace_id, d.project_id, d.title, '', 0, d.created_at, 'FILE', 'READING', \
               'x', 'text/plain', {bytes}, 'filler/' || gen_random_uuid() \
             FROM documents d, generate_series(1, {files}) WHERE d.file_name = 'Second_shop.pdf'"
        )
    };
    let full = [("file".to_owned(), UserErrorCode::OutOfRange)];
    for (files_more, bytes_each) in [
        (document::FILES_MAX - 1, 1),
        (256, document::FILES_BYTES_MAX / 256),
    ] {
        let files = Files::new().await;
        files.kept().await;
        let mut admin = PgConnection::connect(&files.world.db.admin_url())
            .await
            .expect("the cluster");
        let text = fill(files_more, bytes_each);
        sqlx::query(sqlx::AssertSqlSafe(text))
            .execute(&mut admin)
            .await
            .expect("filled");
        assert_eq!(refused(files.upload(brief()).await), full);
        assert_eq!(files.stored(), 1, "nothing of it stays behind");
        // What is deleted makes room.
        let free = "UPDATE documents SET deleted_at = now() WHERE file_name = 'x'";
        sqlx::query(free).execute(&mut admin).await.expect("freed");
        files.kept().await;
    }
}

#[tokio::test]
async fn a_file_is_kept_under_a_key_of_ours_with_project_and_job() {
    let files = Files::new().await;
    let kept = files.kept().await;
    let (document, job) = (kept.document, kept.job.expect("a job"));
    assert_eq!(document.title, "Second shop");
    assert_eq!(
        (document.kind, document.state),
        (DocumentKind::File, DocumentState::Reading)
    );
    assert_eq!(job.document_id, document.id);
    let file = document.file.expect("a file");
    assert_eq!(file.name, "Second_shop.pdf");
    let prefix = format!("workspaces/{}/documents/", files.world.ana.workspace_id.uuid());
    assert!(file.blob_key.starts_with(&prefix), "{}", file.blob_key);
    assert!(!file.blob_key.contains("shop"), "{}", file.blob_key);
    assert_eq!(
        files.blobs.get(&file.blob_key).await.expect("the file"),
        brief().bytes
    );
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    let files = Files::new().await;
    let refuse = async |upload: Upload, field: &str, code| {
        assert_eq!(refused(files.upload(upload).await), [(field.to_owned(), code)]);
    };
    let bytes = |bytes: &[u8]| Upload {
        bytes: bytes.to_vec(),
        ..brief()
    };
    refuse(bytes(b""), "file", UserErrorCode::Required).await;
    refuse(bytes(b"\x89PNG\r\n"), "file", UserErrorCode::Invalid).await;
    let large = vec![b'a'; blob::FILE_MAX_BYTES + 1];
    refuse(bytes(&large), "file", UserErrorCode::TooLong).await;
    let homeless = Upload {
        new_project: None,
        ..brief()
    };
    refuse(homeless, "projectId", UserErrorCode::Required).await;
    let reader = files.world.ana.with_role(MemberRole::Viewer);
    let answer = upload::receive(files.world.db.api(), &files.blobs, &reader, brief()).await;
    assert!(matches!(answer, Err(DomainError::Forbidden)), "{answer:?}");
    assert_eq!(files.stored(), 0);
}

#[tokio::test]
async fn a_key_makes_a_repeated_upload_safe() {
    let files = Files::new().await;
    let keyed = || Upload {
        idempotency_key: Some("k".to_owned()),
        ..brief()
    };
    let first = files.upload(keyed()).await.expect("kept");
    let again = files.upload(keyed()).await.expect("the first answer");
    assert_eq!(again.document.id, first.document.id);
    assert_eq!(again.job.map(|job| job.id), first.job.map(|job| job.id));
    assert_eq!(files.stored(), 1, "the second copy is gone");
    let other = Upload {
        bytes: b"another text".to_vec(),
        ..keyed()
    };
    let answer = files.upload(other).await;
    assert!(matches!(answer, Err(DomainError::Conflict)), "{answer:?}");
    assert_eq!(files.stored(), 1);
}

#[tokio::test]
async fn a_text_is_written_once_and_is_final() {
    let files = Files::new().await;
    let id = files.kept().await.document.id;
    let envelope = files.envelope(id);
    let worker = files.world.db.worker();
    let unread = worker
        .in_worker(&envelope, move |tx| {
            Box::pin(async move { document::unread(tx, id).await })
        })
        .await
        .expect("an answer");
    assert!(unread.is_some());
    let write = async |text: &'static str| {
        let work = worker.in_worker(&envelope, move |tx| {
            Box::pin(async move { document::set_text(tx, id, text).await })
        });
        work.await
    };
    worker
        .in_worker(&envelope, move |tx| {
            Box::pin(async move { document::set_unreadable(tx, id, UnreadableReason::TooComplex).await })
        })
        .await
        .expect("written");
    let document = files.get(id).await;
    assert_eq!(document.unreadable_reason, Some(UnreadableReason::TooComplex));
    assert!(
        document
            .reason_message()
            .is_some_and(|message| message.contains("plain text"))
    );
    assert!(matches!(write("").await, Err(DomainError::Validation(_))));
    write("Please draw a crab.").await.expect("written");
    write("Something else.").await.expect("nothing happens");
    let document = files.get(id).await;
    assert_eq!(
        (document.text.as_str(), document.word_count),
        ("Please draw a crab.", 4)
    );
    assert_eq!(
        (document.state, document.unreadable_reason),
        (DocumentState::Ready, None)
    );
    // Whoever writes, and however: the database holds it.
    let mut admin = PgConnection::connect(&files.world.db.admin_url())
        .await
        .expect("a connection");
    let forged = sqlx::query("UPDATE documents SET text = 'forged'")
        .execute(&mut admin)
        .await;
    assert!(forged.expect_err("refused").to_string().contains("final"));
}

#[tokio::test]
async fn a_deleted_document_comes_back_or_goes_with_its_file() {
    let files = Files::new().await;
    let kept = files.kept().await;
    let (id, job) = (kept.document.id, kept.job.expect("a job"));
    let world = &files.world;
    let delete = move || world.work(move |tx| Box::pin(async move { document::delete(tx, id, None).await }));
    let deleted = delete().await.expect("deleted");
    assert!(deleted.deleted_at.is_some());
    let cancelled = world
        .work(move |tx| Box::pin(async move { Ok(job::by_ids(tx, &[job.id]).await?.remove(&job.id)) }))
        .await
        .expect("an answer")
        .expect("there");
    assert_eq!(cancelled.state, JobState::Cancelled);
    let start = world
        .work(move |tx| {
            let new = JobStart {
                document_id: id,
                use_case: UseCase::Plan,
                today: None,
                idempotency_key: None,
            };
            Box::pin(async move { job::start(tx, new).await })
        })
        .await;
    assert!(matches!(start, Err(DomainError::NotFound)), "{start:?}");
    let restored = world
        .work(move |tx| Box::pin(async move { document::restore(tx, id, None).await }))
        .await
        .expect("restored");
    assert_eq!((restored.deleted_at, restored.version), (None, 3));

    delete().await.expect("deleted");
    sweep(&files).await;
    assert_eq!(files.stored(), 1, "it can still be restored");
    world
        .clock
        .advance(document::RESTORABLE_FOR + TimeDelta::hours(1));
    for outcome in retention::run(world.db.worker()).await {
        outcome.removed.expect("purged");
    }
    sweep(&files).await;
    assert_eq!(files.stored(), 0);
    let gone = world
        .work(move |tx| Box::pin(async move { document::get(tx, id).await }))
        .await;
    assert!(matches!(gone, Err(DomainError::NotFound)), "{gone:?}");
}

#[tokio::test]
async fn what_an_upload_left_behind_is_removed_and_what_is_used_stays() {
    let files = Files::new().await;
    files.kept().await;
    // A process died between the blob and its document.
    let world = &files.world;
    let key = blob::reserve(world.db.api(), world.ana.workspace_id)
        .await
        .expect("a key");
    files
        .blobs
        .put(&key, b"left behind".to_vec())
        .await
        .expect("stored");
    sweep(&files).await;
    assert_eq!(files.stored(), 2, "it may still be on its way");
    world.clock.advance(blob::RESERVED_FOR + TimeDelta::hours(1));
    sweep(&files).await;
    assert_eq!(files.stored(), 1);
    assert!(matches!(files.blobs.get(&key).await, Err(DomainError::NotFound)));
}

#[tokio::test]
async fn a_purged_workspace_takes_its_files_along() {
    let files = Files::new().await;
    files.kept().await;
    let world = &files.world;
    let sql = "UPDATE workspaces SET deleted_at = '2020-01-01'";
    smartstack_domain::testing::execute(&world.db.admin_url(), sql).await;
    for outcome in retention::run(world.db.worker()).await {
        outcome.removed.expect("purged");
    }
    // Written down since its upload, it goes when that is a day ago.
    world.clock.advance(blob::RESERVED_FOR);
    sweep(&files).await;
    assert_eq!(files.stored(), 0);
}

async fn sweep(files: &Files) {
    let swept = blob::sweep(files.world.db.worker(), &files.blobs)
        .await
        .expect("swept");
    assert!(swept.is_some(), "it was not its time");
    // The next may be at once.
    files.world.clock.advance(retention::EVERY);
}
