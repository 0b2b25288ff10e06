//! The files of an export, on their way into the blob store.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    import::blocking,
    manifest::FILES,
    read::{Archive, refuse},
};
use crate::{
    blob::{self, Blobs},
    db::{Db, TenantScope},
    document::media::MediaType,
    error::DomainError,
};

/// A file of a document.
pub(super) struct Placed {
    /// Where it lies.
    pub(super) key: String,
    /// What kind it is, by its first bytes.
    pub(super) media_type: MediaType,
    /// Its size.
    pub(super) bytes: usize,
}

/// Stores each file under a key that is chosen here, and says which is which document's. A preview stores
/// none; it looks at them all the same.
pub(super) async fn place(
    db: &Db,
    blobs: &Blobs,
    scope: &TenantScope,
    mut archive: Archive,
    is_preview: bool,
) -> Result<(Archive, HashMap<Uuid, Placed>), DomainError> {
    let entries = archive.manifest.entries.iter();
    let paths: Vec<String> = entries
        .map(|entry| entry.path.clone())
        .filter(|path| path.starts_with(FILES))
        .collect();
    let mut placed = HashMap::with_capacity(paths.len());
    for path in paths {
        let document = path.strip_prefix(FILES).and_then(|id| Uuid::parse_str(id).ok());
        let document = document.ok_or_else(|| refuse("A file in it has a name no export gives."))?;
        let outcome = put(db, blobs, scope, archive, path, is_preview).await;
        match outcome {
            Ok((back, file)) => {
                archive = back;
                placed.insert(document, file);
            }
            Err(error) => {
                if !is_preview {
                    remove(blobs, placed.into_values().map(|placed| placed.key).collect()).await;
                }
                return Err(error);
            }
        }
    }
    Ok((archive, placed))
}

async fn put(
    db: &Db,
    blobs: &Blobs,
    scope: &TenantScope,
    archive: Archive,
    path: String,
    is_preview: bool,
) -> Result<(Archive, Placed), DomainError> {
    let named = path.clone();
    let (archive, bytes) = blocking(archive, move |archive| archive.file(&named)).await?;
    let media_type = MediaType::of(&bytes).map_err(|message| refuse(format!("{path}: {message}")))?;
    let size = bytes.len();
    let key = if is_preview {
        ["preview/", &path].concat()
    } else {
        let key = blob::reserve(db, scope.workspace_id()).await?;
        blobs.put(&key, bytes).await?;
        key
    };
    Ok((
        archive,
        Placed {
            key,
            media_type,
            bytes: size,
        },
    ))
}

/// Removes files whose import came to nothing. What is not removed now is written down and goes with the next
/// sweep.
pub(super) async fn remove(blobs: &Blobs, keys: Vec<String>) {
    for key in keys {
        if let Err(error) = blobs.remove(&key).await {
            tracing::warn!(%error, "a file of a refused import could not be removed yet");
        }
    }
}
