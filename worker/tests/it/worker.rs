//! A worker's relay and consumer running in the test's own process.

use std::sync::Arc;
use std::time::Duration;

use smartstack_domain::blob::{BlobSettings, Blobs};
use smartstack_domain::clock::Random;
use smartstack_domain::testing::TestDb;
use smartstack_worker::adapter::mail::template::Templates;
use smartstack_worker::adapter::mail::{Mailer, MemoryMailer};
use smartstack_worker::adapter::queue::{PostgresQueue, Queue};
use smartstack_worker::ai::models::Models;
use smartstack_worker::job::Services;
use smartstack_worker::reading::FileReader;
use smartstack_worker::relay::Relay;
use smartstack_worker::runtime::drain::Shutdown;
use smartstack_worker::runtime::poll::{Consumer, Settings};
use smartstack_worker::runtime::retry::RetryPolicy;

use crate::desk::secrets;

/// How long it is lent a job or a message.
pub(crate) const LEASE: Duration = Duration::from_secs(1);

/// A worker in this process.
pub(crate) struct Worker {
    pub(crate) queue: Queue,
    pub(crate) relay: Relay,
    pub(crate) services: Arc<Services>,
    pub(crate) mails: MemoryMailer,
    _files: tempfile::TempDir,
    shutdown: Shutdown,
}

impl Worker {
    /// Everything set up, nothing running; texts are read by the built-in rules.
    pub(crate) fn new(database: &TestDb) -> Self {
        Self::with(database, Models::basic())
    }

    /// The same, with these models.
    pub(crate) fn with(database: &TestDb, models: Models) -> Self {
        let db = database.worker().clone();
        let queue = Queue::Postgres(PostgresQueue::new(db.clone()));
        let mails = MemoryMailer::default();
        let files = tempfile::tempdir().unwrap();
        let folder = BlobSettings::Folder(files.path().to_owned());
        let services = Services {
            db: db.clone(),
            blobs: Blobs::open(&folder).unwrap(),
            files: FileReader::new(env!("CARGO_BIN_EXE_smartstack-worker").into()),
            mailer: Mailer::Memory(mails.clone()),
            templates: Templates::new().unwrap(),
            models,
            secrets: secrets(),
            public_url: "https://smartstack.example".to_owned(),
            worker_name: "test".to_owned(),
            lease: LEASE,
        };
        let relay = Relay {
            db,
            queue: queue.clone(),
            random: Random::seeded(1),
        };
        Self {
            queue,
            relay,
            services: Arc::new(services),
            mails,
            _files: files,
            shutdown: Shutdown::default(),
        }
    }

    /// The consumer begins.
    pub(crate) fn consume(&self) {
        let consumer = Consumer {
            queue: self.queue.clone(),
            handler: Arc::clone(&self.services),
            settings: Settings {
                concurrency: 3,
                lease: LEASE,
                retry: RetryPolicy::default(),
            },
            random: Random::seeded(2),
        };
        tokio::spawn(consumer.run(self.shutdown.clone()));
    }

    /// Moves the outbox and works on it.
    pub(crate) async fn work(&self) {
        self.relay.move_batch().await.unwrap();
        self.consume();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shutdown.stop.cancel();
    }
}
