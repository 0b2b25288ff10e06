//! What the worker can do: one file a kind of job.
//!
//! To add one: a topic (or, for AI work, a use case) in [`crate::envelope`], its file here, and its arm in
//! the three functions of [`Services`]'s [`Handler`]. Each has to bear being run several times for one
//! message, and at once.

mod document;
mod mail;
pub mod plan;
mod reply;
mod status;
mod webhook;
mod words;

use smartstack_domain::Db;
use smartstack_domain::blob::Blobs;
use smartstack_domain::outbox;
use smartstack_domain::secret::Secrets;
use tokio_util::sync::CancellationToken;

use crate::adapter::mail::Mailer;
use crate::adapter::mail::template::Templates;
use crate::adapter::queue::Received;
use crate::ai::models::Models;
use crate::envelope::{Envelope, UnknownWork, Work};
use crate::reading::FileReader;
use crate::runtime::poll::Handler;
use crate::runtime::{Failure, FailureKind};

/// What jobs work with.
#[derive(Debug)]
pub struct Services {
    /// The database, through its doors.
    pub db: Db,
    /// Where uploaded files lie.
    pub blobs: Blobs,
    /// Reads them.
    pub files: FileReader,
    /// Sends mails.
    pub mailer: Mailer,
    /// Renders mails.
    pub templates: Templates,
    /// Read texts.
    pub models: Models,
    /// Makes the links in mails.
    pub secrets: Secrets,
    /// Where people reach the installation, without a slash at the end.
    pub public_url: String,
    /// Named as the holder of a job's lease: which process it is.
    pub worker_name: String,
    /// How long a job is lent.
    pub lease: std::time::Duration,
}

impl Handler for Services {
    fn kind_of(&self, message: &Received) -> &'static str {
        let topic = Envelope::decode(&message.body).map(|envelope| envelope.topic);
        let known = [outbox::JOB, outbox::DOCUMENT, outbox::MAIL, outbox::WEBHOOK];
        let known = known
            .into_iter()
            .find(|known| topic.as_deref().is_ok_and(|topic| topic == *known));
        known.unwrap_or("unknown")
    }

    async fn handle(&self, message: &Received, give_back: &CancellationToken) -> Result<(), Failure> {
        let envelope = Envelope::decode(&message.body)?;
        match envelope.work()? {
            Work::Job(job) => plan::run(self, &job, message.receive_count, give_back).await,
            Work::Document(document) => document::run(self, &document, give_back).await,
            Work::Mail(mail) => mail::run(self, envelope.id, mail, give_back).await,
            Work::Webhook(announced) => webhook::run(self, announced).await,
        }
    }

    async fn release(&self, message: &Received, failure: &Failure) -> anyhow::Result<()> {
        match Envelope::decode(&message.body).and_then(|envelope| envelope.work()) {
            Ok(Work::Job(job)) => plan::release(self, &job, failure).await,
            Ok(Work::Document(_) | Work::Mail(_) | Work::Webhook(_)) | Err(_) => Ok(()),
        }
    }

    async fn give_up(&self, message: &Received, failure: &Failure) -> anyhow::Result<()> {
        match Envelope::decode(&message.body).and_then(|envelope| envelope.work()) {
            Ok(Work::Job(job)) => plan::give_up(self, &job, failure).await,
            Ok(Work::Document(document)) => document::give_up(self, &document, failure).await,
            // The dead message and the log are what an administrator has to go by.
            Ok(Work::Mail(_) | Work::Webhook(_)) | Err(_) => Ok(()),
        }
    }
}

impl From<UnknownWork> for Failure {
    fn from(error: UnknownWork) -> Self {
        Self::new(FailureKind::Permanent, error)
    }
}
