//! Says again and again that a program is there, and how its parts do.

use std::pin::pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, join_all};
use smartstack_schema::{PartKind, ProcessKind};

use super::{EVERY, Part, leave, report};
use crate::db::Db;
use crate::error::DomainError;

/// How long one part may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How a part is asked how it does: which one it is, or what is wrong. Never tells a secret.
type Ask = Box<dyn Fn() -> BoxFuture<'static, Result<String, String>> + Send + Sync>;

/// Something a program depends on.
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

    /// The database, and how many of the program's connections to it are taken: who finds none free waits.
    pub fn database(db: &Db) -> Self {
        let db = db.clone();
        Self::new(PartKind::Database, 1, move || {
            let db = db.clone();
            async move {
                let pool = db.pool_use();
                db.ping().await.map_err(|error| error.to_string())?;
                Ok(format!("{} of {} connections in use", pool.in_use, pool.most))
            }
        })
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

/// Says that a program is there.
pub struct Reporter {
    /// The database.
    pub db: Db,
    /// Which program.
    pub kind: ProcessKind,
    /// Its release.
    pub version: &'static str,
    /// Unique over all programs and starts.
    pub process: String,
    /// What it depends on.
    pub probes: Vec<Probe>,
}

impl Reporter {
    /// A name that is unique over all programs and starts: the process's id, and something random.
    pub fn name(db: &Db) -> String {
        let random = db.random().uuid(db.clock().now());
        format!("{}-{}", std::process::id(), random.simple())
    }

    /// Says so every ten seconds until `stop`, and then that the program leaves on purpose.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let started_at = self.db.clock().now();
        let every = EVERY.to_std().unwrap_or(PATIENCE);
        let mut stop = pin!(stop);
        let mut last: Vec<Option<Part>> = vec![None; self.probes.len()];
        let mut round = 0_u32;
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = self.ask(round, &mut last) => {}
            }
            round = round.wrapping_add(1);
            let parts = last.iter().flatten().cloned().collect();
            // Not given up halfway: a word that arrives after the goodbye would be missed for a day.
            if let Err(error) = self.say(started_at, parts).await {
                tracing::warn!(%error, "cannot say that this program is there; trying again");
            }
            tokio::select! {
                () = &mut stop => break,
                () = tokio::time::sleep(every) => {}
            }
        }
        let process = self.process.clone();
        let goodbye = self
            .db
            .in_system(move |tx| Box::pin(async move { leave(tx, &process).await }));
        if let Err(error) = goodbye.await {
            tracing::debug!(%error, "could not say goodbye");
        }
    }

    /// Asks the parts whose turn it is.
    async fn ask(&self, round: u32, last: &mut [Option<Part>]) {
        let answers = self.probes.iter().zip(last).map(|(probe, last)| async move {
            if last.is_none() || round.is_multiple_of(probe.every) {
                *last = Some(probe.answer().await);
            }
        });
        join_all(answers).await;
    }

    async fn say(&self, started_at: DateTime<Utc>, parts: Vec<Part>) -> Result<(), DomainError> {
        let (process, kind, version) = (self.process.clone(), self.kind, self.version);
        let work = self.db.in_system(move |tx| {
            Box::pin(async move { report(tx, &process, kind, version, started_at, parts).await })
        });
        work.await
    }
}
