//! Where uploaded files lie: a local folder, or Amazon S3 and whatever speaks its protocol.
//!
//! Keys are ours alone ([`reserve`]): `workspaces/<workspace>/documents/<random>`. A name that a person
//! gave never becomes part of one.

mod removal;

use std::{io, ops::Range, path::Path, path::PathBuf, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path as Key,
};

pub use self::removal::{RESERVED_FOR, Swept, reserve, sweep};
use crate::error::{DomainError, StoreError};

/// The largest file, in bytes: 10 MiB.
pub const FILE_MAX_BYTES: usize = 10 * 1024 * 1024;

/// Where files are to lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobSettings {
    /// In this folder.
    Folder(PathBuf),
    /// In S3. Region and credentials are AWS's own variables (`AWS_REGION`, `AWS_ACCESS_KEY_ID`, …).
    S3 {
        /// The bucket.
        bucket: String,
        /// The service's address, where it is not AWS's own.
        endpoint: Option<String>,
    },
}

impl BlobSettings {
    /// What the environment says: `S3_BUCKET` with `S3_ENDPOINT_URL`, else the folder
    /// `SMARTSTACK_FILES_DIR`. An empty variable counts as not set.
    ///
    /// # Errors
    /// Neither is set; the text says what to set.
    pub fn read(get: &dyn Fn(&'static str) -> Option<String>) -> Result<Self, String> {
        let given = |name| get(name).filter(|value| !value.trim().is_empty());
        match (given("S3_BUCKET"), given("SMARTSTACK_FILES_DIR")) {
            (Some(bucket), _) => Ok(Self::S3 {
                bucket,
                endpoint: given("S3_ENDPOINT_URL"),
            }),
            (None, Some(folder)) => Ok(Self::Folder(folder.into())),
            (None, None) => Err(
                "no place for files: set S3_BUCKET to a bucket, or SMARTSTACK_FILES_DIR to a folder; the same for \
                 api and worker"
                    .to_owned(),
            ),
        }
    }
}

/// A file as it is sent: pieces in order.
pub type BlobStream = BoxStream<'static, io::Result<Vec<u8>>>;

/// The blob store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    name: &'static str,
}

impl Blobs {
    /// Opens the store. A folder is made where it is not there.
    ///
    /// # Errors
    /// The folder cannot be used, or the settings of S3 make no sense.
    pub fn open(settings: &BlobSettings) -> Result<Self, StoreError> {
        match settings {
            BlobSettings::Folder(folder) => Self::folder(folder),
            BlobSettings::S3 { bucket, endpoint } => {
                // Both crypto libraries' worth of TLS is one too many: ours is ring, process-wide. Fails
                // where it is installed already.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
                if let Some(endpoint) = endpoint {
                    builder = builder
                        .with_endpoint(endpoint)
                        .with_allow_http(endpoint.starts_with("http://"));
                }
                let store = builder.build().map_err(StoreError::fault)?;
                Ok(Self {
                    store: Arc::new(store),
                    name: "S3",
                })
            }
        }
    }

    fn folder(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(StoreError::fault)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(StoreError::fault)?;
        Ok(Self {
            // Folders that have become empty go with their last file.
            store: Arc::new(store.with_automatic_cleanup(true)),
            name: "folder",
        })
    }

    /// A name for the log.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Stores a file.
    ///
    /// # Errors
    /// The store cannot be reached, or refuses.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), DomainError> {
        let stored = self.store.put(&Key::from(key), PutPayload::from(bytes)).await;
        stored.map(drop).map_err(fault)
    }

    /// Reads a whole file, for a job.
    ///
    /// # Errors
    /// [`DomainError::NotFound`] where there is none; the store cannot be reached.
    pub async fn get(&self, key: &str) -> Result<Vec<u8>, DomainError> {
        let found = self.store.get(&Key::from(key)).await.map_err(fault)?;
        Ok(found.bytes().await.map_err(fault)?.to_vec())
    }

    /// Reads a file, or the bytes `range` of it, as it comes.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn stream(&self, key: &str, range: Option<Range<u64>>) -> Result<BlobStream, DomainError> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = self
            .store
            .get_opts(&Key::from(key), options)
            .await
            .map_err(fault)?;
        let pieces = found.into_stream().map_ok(|piece| piece.to_vec());
        Ok(pieces.map_err(io::Error::other).boxed())
    }

    /// Removes a file; one that is not there is removed already.
    ///
    /// # Errors
    /// The store cannot be reached, or refuses.
    pub async fn remove(&self, key: &str) -> Result<(), DomainError> {
        match self.store.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(fault(error)),
        }
    }

    /// Whether the store answers: looks for a file that is not there.
    ///
    /// # Errors
    /// What is wrong, for administrators.
    pub async fn check(&self) -> Result<(), String> {
        match self.store.head(&Key::from("health")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn fault(error: object_store::Error) -> DomainError {
    match error {
        object_store::Error::NotFound { .. } => DomainError::NotFound,
        // Not reached, throttled, refused for now: worth another try, as a database that is away is.
        error @ object_store::Error::Generic { .. } => StoreError::unavailable(error).into(),
        error => StoreError::fault(error).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_goes_before_a_folder_and_nothing_is_an_error_that_helps() {
        let read = |pairs: &'static [(&'static str, &'static str)]| {
            BlobSettings::read(&move |name| {
                let found = pairs.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        let both = read(&[("S3_BUCKET", "files"), ("SMARTSTACK_FILES_DIR", "/tmp/f")]);
        assert!(
            matches!(both, Ok(BlobSettings::S3 { endpoint: None, .. })),
            "{both:?}"
        );
        let folder = read(&[("S3_BUCKET", " "), ("SMARTSTACK_FILES_DIR", "/tmp/f")]);
        assert_eq!(folder, Ok(BlobSettings::Folder("/tmp/f".into())));
        let neither = read(&[]).expect_err("nothing is set");
        assert!(
            neither.contains("S3_BUCKET") && neither.contains("SMARTSTACK_FILES_DIR"),
            "{neither}"
        );
    }
}
