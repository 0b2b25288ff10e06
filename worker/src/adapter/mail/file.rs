//! Mail into a folder, one `.eml` file each.

use std::path::{Path, PathBuf};

use chrono::DateTime;
use lettre::message::Mailbox;
use tokio::fs;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::{MailError, OutgoingMail, mime};

/// Writes mails into a folder.
#[derive(Clone, Debug)]
pub struct FileMailer {
    folder: PathBuf,
    from: Mailbox,
}

impl FileMailer {
    /// A mailer for `folder`, which is made if it is missing.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(folder: impl Into<PathBuf>, from: Mailbox) -> std::io::Result<Self> {
        let folder = folder.into();
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder, from })
    }

    /// Where the mails go.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) async fn check(&self) -> Result<String, String> {
        match fs::metadata(&self.folder).await {
            Ok(found) if found.is_dir() && !found.permissions().readonly() => Ok("folder".to_owned()),
            Ok(_) => Err("the mail folder cannot be written to".to_owned()),
            Err(error) => Err(format!("the mail folder is not there: {error}")),
        }
    }

    pub(super) async fn send(&self, mail: &OutgoingMail) -> Result<(), MailError> {
        let bytes = mime(mail, &self.from)?.formatted();
        let name = file_name(mail);
        // Whoever watches the folder sees whole files only: written under another ending, then renamed.
        let partial = self.folder.join(format!("{name}.partial"));
        let write = async {
            let mut file = fs::File::create(&partial).await?;
            file.write_all(&bytes).await?;
            file.sync_all().await?;
            fs::rename(&partial, self.folder.join(&name)).await
        };
        write
            .await
            .map_err(|error| MailError::Unavailable(format!("{}: {error}", self.folder.display())))
    }
}

/// A name that sorts by time and is the same each time the same mail is sent.
fn file_name(mail: &OutgoingMail) -> String {
    let at = uuid_time(mail.id).unwrap_or(mail.at);
    format!("{}-{}.eml", at.format("%Y%m%dT%H%M%S%.3fZ"), mail.id.simple())
}

fn uuid_time(id: Uuid) -> Option<DateTime<chrono::Utc>> {
    let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)
}
