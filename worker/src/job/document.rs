//! Reading an uploaded file: from the blob store through [`crate::reading`] into its document, once. Done
//! when the file comes in, and by a job that comes first; whoever is second finds the text there.

use smartstack_domain::document::{self, DocumentEnvelope};
use smartstack_domain::{DomainError, db::WorkerScope};
use smartstack_schema::{DocumentId, UnreadableReason};
use tokio_util::sync::CancellationToken;

use super::Services;
use crate::reading::Answer;
use crate::runtime::failure::catch_panic;
use crate::runtime::{Failure, FailureKind};

/// Reads the file `envelope` names, unless that is done.
pub(super) async fn run(
    services: &Services,
    envelope: &DocumentEnvelope,
    give_back: &CancellationToken,
) -> Result<(), Failure> {
    tokio::select! {
        biased;
        () = give_back.cancelled() => Err(Failure::said(FailureKind::NotNow, "the worker is stopping")),
        result = catch_panic(ensure_text(services, envelope, envelope.document_id())) => result,
    }
}

/// After the last attempt: the document says that it could not be read, which a person sees and a job can try
/// again.
pub(super) async fn give_up(
    services: &Services,
    envelope: &DocumentEnvelope,
    failure: &Failure,
) -> anyhow::Result<()> {
    let reason = match failure.kind {
        FailureKind::TimedOut => UnreadableReason::TooComplex,
        _ => UnreadableReason::Broken,
    };
    Ok(unreadable(services, envelope, envelope.document_id(), reason).await?)
}

/// Has the text of a document read, where it is still to be.
pub(super) async fn ensure_text(
    services: &Services,
    scope: &impl WorkerScope,
    id: DocumentId,
) -> Result<(), Failure> {
    let unread = services
        .db
        .in_worker(scope, move |tx| {
            Box::pin(async move { document::unread(tx, id).await })
        })
        .await?;
    let Some(unread) = unread else {
        return Ok(());
    };
    let bytes = match services.blobs.get(&unread.blob_key).await {
        Ok(bytes) => bytes,
        Err(DomainError::NotFound) => {
            tracing::error!(document = %id, "the file of a document is not in the blob store");
            return Ok(unreadable(services, scope, id, UnreadableReason::Broken).await?);
        }
        Err(error) => return Err(error.into()),
    };
    let answer = services.files.read(unread.media_type, bytes).await;
    // No process to be had just now: another time, or another worker.
    let answer = answer.map_err(|error| Failure::new(FailureKind::Unavailable, error))?;
    match answer {
        Answer::Unreadable(reason) => {
            tracing::info!(document = %id, %reason, "a file has no text to be had");
            unreadable(services, scope, id, reason).await?;
        }
        Answer::Text(text) => {
            services
                .db
                .in_worker(scope, move |tx| {
                    Box::pin(async move { document::set_text(tx, id, &text).await })
                })
                .await?;
            tracing::info!(document = %id, "file read");
        }
    }
    Ok(())
}

async fn unreadable(
    services: &Services,
    scope: &impl WorkerScope,
    id: DocumentId,
    reason: UnreadableReason,
) -> Result<(), DomainError> {
    let work = services.db.in_worker(scope, move |tx| {
        Box::pin(async move { document::set_unreadable(tx, id, reason).await })
    });
    work.await
}
