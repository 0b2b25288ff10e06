//! What a worker does besides jobs: it says that it is there and how its parts do, and deletes what has
//! been kept long enough. Any number of workers do both at once.

use std::time::Duration;

use smartstack_domain::blob::{self, Blobs};
use smartstack_domain::presence::{Probe, Reporter};
use smartstack_domain::{Db, retention};
use smartstack_schema::ProcessKind;
use tokio_util::sync::CancellationToken;

/// How often to see whether a purge is due; each runs once an hour, by whichever worker comes first.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Says that the worker is there, and deletes what is due.
pub struct Upkeep {
    /// The database.
    pub db: Db,
    /// Where uploaded files lie.
    pub blobs: Blobs,
    /// What the worker depends on.
    pub probes: Vec<Probe>,
    /// Names this worker.
    pub worker_name: String,
}

impl Upkeep {
    /// Does both until told to stop, and then says that the worker leaves.
    pub async fn run(self, stop: CancellationToken) {
        let Self {
            db,
            blobs,
            probes,
            worker_name,
        } = self;
        let reporter = Reporter {
            db: db.clone(),
            kind: ProcessKind::Worker,
            version: env!("CARGO_PKG_VERSION"),
            process: worker_name,
            probes,
        };
        tokio::join!(reporter.run(stop.cancelled()), purge(&db, &blobs, &stop));
    }
}

async fn purge(db: &Db, blobs: &Blobs, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        for outcome in retention::run(db).await {
            match outcome.removed {
                Ok(removed) => tracing::info!(purge = outcome.name, removed, "what is over was deleted"),
                Err(error) => {
                    tracing::warn!(purge = outcome.name, %error, "a purge failed; tried again in an hour");
                }
            }
        }
        match blob::sweep(db, blobs).await {
            Ok(None) => {}
            Ok(Some(swept)) => {
                tracing::info!(removed = swept.removed, "files that are over were removed");
            }
            Err(error) => tracing::warn!(%error, "files could not be removed; tried again in an hour"),
        }
        let _ = tokio::time::timeout(LOOK_EVERY, stop.cancelled()).await;
    }
}
