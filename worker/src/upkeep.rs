//! What a worker does besides jobs: it says that it is there and how its parts do, and deletes what has
//! been kept long enough. Any number of workers do both at once.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use smartstack_domain::blob::{self, Blobs};
use smartstack_domain::presence::{self, Part};
use smartstack_domain::{Db, retention};
use smartstack_schema::{PartKind, ProcessKind};
use tokio_util::sync::CancellationToken;

/// How long one part may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often to see whether a purge is due; each runs once an hour, by whichever worker comes first.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How a part is asked how it does: which one it is, or what is wrong. Never tells a secret.
type Ask = Box<dyn Fn() -> BoxFuture<'static, Result<String, String>> + Send + Sync>;

/// Something the worker depends on.
pub struct Probe {
    part: PartKind,
    /// Asked only in every so manieth round: what is somebody else's is not to be bothered often.
    every: u32,
    ask: Ask,
}

impl Probe {
    /// A part that is asked in every `every`th round, that is ten seconds times `every` apart.
    pub fn new<F>(part: PartKind, every: u32, ask: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<String, String>> + Send + 'static,
    {
        Self {
            part,
            every: every.max(1),
            ask: Box::new(move || Box::pin(ask())),
        }
    }

    async fn answer(&self) -> Part {
        let answer = tokio::time::timeout(PATIENCE, (self.ask)()).await;
        let answer = answer.unwrap_or_else(|_| Err("it takes too long to answer".to_owned()));
        let ok = answer.is_ok();
        let (Ok(detail) | Err(detail)) = answer;
        Part {
            part: self.part,
            ok,
            detail,
        }
    }
}

/// Says that the worker is there, and deletes what is due.
pub struct Upkeep {
    /// The database.
    pub db: Db,
    /// Where uploaded files lie.
    pub blobs: Blobs,
    /// What the worker depends on besides.
    pub probes: Vec<Probe>,
    /// Names this worker.
    pub worker_name: String,
}

impl Upkeep {
    /// Does both until told to stop, and then says that the worker leaves.
    pub async fn run(self, stop: CancellationToken) {
        tokio::join!(self.report(&stop), self.purge(&stop));
        let name = self.worker_name.clone();
        let leave = self
            .db
            .in_system(move |tx| Box::pin(async move { presence::leave(tx, &name).await }));
        if let Err(error) = leave.await {
            tracing::debug!(%error, "could not say goodbye");
        }
    }

    async fn report(&self, stop: &CancellationToken) {
        let started_at = self.db.clock().now();
        let every = presence::EVERY.to_std().unwrap_or(LOOK_EVERY);
        let mut last: Vec<Option<Part>> = vec![None; self.probes.len()];
        let mut round = 0_u32;
        while !stop.is_cancelled() {
            let answers = self.probes.iter().zip(&mut last).map(|(probe, last)| async move {
                if last.is_none() || round.is_multiple_of(probe.every) {
                    *last = Some(probe.answer().await);
                }
            });
            futures_util::future::join_all(answers).await;
            round = round.wrapping_add(1);
            let parts = last.iter().flatten().cloned().collect();
            if let Err(error) = self.say(started_at, parts).await {
                tracing::warn!(%error, "cannot say that this worker is there; trying again");
            }
            let _ = tokio::time::timeout(every, stop.cancelled()).await;
        }
    }

    async fn say(
        &self,
        started_at: DateTime<Utc>,
        parts: Vec<Part>,
    ) -> Result<(), smartstack_domain::DomainError> {
        let name = self.worker_name.clone();
        let version = env!("CARGO_PKG_VERSION");
        self.db
            .in_system(move |tx| {
                Box::pin(async move {
                    presence::report(tx, &name, ProcessKind::Worker, version, started_at, parts).await
                })
            })
            .await
    }

    async fn purge(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            for outcome in retention::run(&self.db).await {
                match outcome.removed {
                    Ok(removed) => tracing::info!(purge = outcome.name, removed, "what is over was deleted"),
                    Err(error) => {
                        tracing::warn!(purge = outcome.name, %error, "a purge failed; tried again in an hour");
                    }
                }
            }
            match blob::sweep(&self.db, &self.blobs).await {
                Ok(None) => {}
                Ok(Some(swept)) => {
                    tracing::info!(removed = swept.removed, "files that are over were removed");
                }
                Err(error) => tracing::warn!(%error, "files could not be removed; tried again in an hour"),
            }
            let _ = tokio::time::timeout(LOOK_EVERY, stop.cancelled()).await;
        }
    }
}
