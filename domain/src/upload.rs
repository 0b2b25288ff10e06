//! A file comes in: it is put into the blob store, and becomes a document, with a project and a job where
//! asked for.

use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};
use smartstack_schema::{DocumentId, JobId, ProjectId, UseCase, UserErrorCode};

use crate::{
    blob::{self, Blobs, FILE_MAX_BYTES},
    db::{Db, TenantScope, TenantTx},
    document::{self, Document, File, FileDraft, media::MediaType},
    error::{DomainError, FieldError},
    idempotency,
    input::Checks,
    job::{self, Job},
    plan::{self, PlanProject},
};

/// A file to be kept.
#[derive(Debug, Clone, Default)]
pub struct Upload {
    /// What it holds; at most [`FILE_MAX_BYTES`].
    pub bytes: Vec<u8>,
    /// What its owner calls it.
    pub file_name: String,
    /// What to call the document; made of the file's name when left out.
    pub title: Option<String>,
    /// The project it is for. Give this or `new_project`.
    pub project_id: Option<ProjectId>,
    /// A project to be made for it.
    pub new_project: Option<PlanProject>,
    /// What to make of it at once; it is only kept when left out.
    pub use_case: Option<UseCase>,
    /// The person's calendar day, against which relative dates are read; today in UTC when left out.
    pub today: Option<NaiveDate>,
    /// Makes a repeated request safe for 24 hours.
    pub idempotency_key: Option<String>,
}

/// What became of a file.
#[derive(Debug, Clone)]
pub struct Uploaded {
    /// The document; its text is still to be read.
    pub document: Document,
    /// The job that was asked for.
    pub job: Option<Job>,
}

/// What makes two requests the same, for the idempotency key.
#[derive(Serialize)]
struct Request<'a> {
    sha256: String,
    file_name: &'a str,
    title: Option<&'a str>,
    project_id: Option<ProjectId>,
    new_project: Option<&'a PlanProject>,
    use_case: Option<UseCase>,
    today: Option<NaiveDate>,
}

/// Keeps a file. The blob is there before its document is: a document never names a file that is not, and a
/// blob whose document could not be made is removed.
///
/// # Errors
/// [`DomainError::Validation`] names each field that does not fit, `file` among them: what it is instead,
/// and what to do; [`DomainError::Conflict`] when the idempotency key was used for another request;
/// [`DomainError::Forbidden`] for a role that only reads; store errors.
pub async fn receive(
    db: &Db,
    blobs: &Blobs,
    scope: &TenantScope,
    upload: Upload,
) -> Result<Uploaded, DomainError> {
    scope.may_write()?;
    let media_type = check_file(&upload.bytes)?;
    let digest = Sha256::digest(&upload.bytes);
    let sha256 = digest
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    let mut upload = upload;
    let bytes = std::mem::take(&mut upload.bytes);
    let size = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
    let blob_key = blob::reserve(db, scope.workspace_id()).await?;
    blobs.put(&blob_key, bytes).await?;
    let file = File {
        name: upload.file_name.clone(),
        media_type,
        bytes: size,
        blob_key: blob_key.clone(),
    };
    let work = db.in_tenant(scope, move |tx| {
        Box::pin(async move { keep(tx, upload, file, sha256).await })
    });
    let kept = work.await;
    let in_use = |uploaded: &Uploaded| {
        let file = uploaded.document.file.as_ref();
        file.is_some_and(|file| file.blob_key == blob_key)
    };
    if !kept.as_ref().is_ok_and(in_use)
        && let Err(error) = blobs.remove(&blob_key).await
    {
        // Its key is written down: it goes with the next sweep.
        tracing::warn!(%error, "the file of a refused upload could not be removed yet");
    }
    kept
}

fn check_file(bytes: &[u8]) -> Result<MediaType, DomainError> {
    let refuse = |code, message: &str| DomainError::from(FieldError::new(code, "file", message));
    if bytes.is_empty() {
        return Err(refuse(UserErrorCode::Required, "This file is empty."));
    }
    if bytes.len() > FILE_MAX_BYTES {
        return Err(refuse(UserErrorCode::TooLong, "A file may have 10 MiB at most."));
    }
    MediaType::of(bytes).map_err(|message| refuse(UserErrorCode::Invalid, message))
}

/// Makes the document, and what was asked for with it, in this one transaction.
async fn keep(
    tx: &mut TenantTx,
    upload: Upload,
    file: File,
    sha256: String,
) -> Result<Uploaded, DomainError> {
    let mut checks = Checks::default();
    checks.idempotency_key(upload.idempotency_key.as_deref());
    checks.day("today", upload.today);
    if let Some(use_case) = upload.use_case {
        job::check_use_case(&mut checks, use_case);
    }
    let request = Request {
        sha256,
        file_name: &upload.file_name,
        title: upload.title.as_deref(),
        project_id: upload.project_id,
        new_project: upload.new_project.as_ref(),
        use_case: upload.use_case,
        today: upload.today,
    };
    let draft = FileDraft::check(&mut checks, upload.title.as_deref(), file);
    plan::check_home(&mut checks, upload.project_id, upload.new_project.as_ref());
    checks.finish()?;
    let id: DocumentId = tx.new_id();
    let key = upload.idempotency_key.as_deref();
    if let Some(first) = idempotency::claim(tx, "document.upload", key, &request, id.uuid()).await? {
        let document = document::get(tx, first.into()).await?;
        let job = job::first_of(tx, document.id).await?;
        return Ok(Uploaded { document, job });
    }
    let project_id = plan::home(tx, upload.project_id, upload.new_project).await?;
    let document = document::insert_file(tx, id, project_id, draft).await?;
    let job = match upload.use_case {
        None => None,
        Some(use_case) => {
            let today = upload.today.unwrap_or_else(|| tx.now().date_naive());
            let job: JobId = tx.new_id();
            Some(job::enqueue(tx, job, use_case, document.id, project_id, today).await?)
        }
    };
    Ok(Uploaded { document, job })
}
