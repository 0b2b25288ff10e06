//! How the installation does.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use smartstack_domain::{admin, presence};

use super::account::count;
use crate::graphql::model::{
    enums::{PartKind, ProcessKind},
    scalar::Long,
};

/// How the installation does now.
#[derive(SimpleObject)]
pub struct InstallationHealth {
    /// PostgreSQL's own version.
    pub database_version: String,
    /// Bytes the database takes on its disk.
    pub database_bytes: Long,
    /// Messages that no worker has taken over yet.
    pub outbox_unsent: i32,
    /// When the oldest of them was written; null when there is none.
    pub outbox_oldest_at: Option<DateTime<Utc>>,
    /// The queues kept in PostgreSQL.
    pub queues: Vec<QueueHealth>,
    /// Programs that were there in the last day and did not leave on purpose.
    pub processes: Vec<Process>,
    /// When old things were last deleted.
    pub purges: Vec<PurgeRun>,
}

/// How full a queue is.
#[derive(SimpleObject)]
pub struct QueueHealth {
    /// Its name.
    pub queue: String,
    /// Messages that could be received now.
    pub waiting: i32,
    /// Messages in someone's hands, or given back with a delay.
    pub hidden: i32,
    /// Messages put aside.
    pub dead: i32,
    /// When the oldest that waits was sent; null when none does.
    pub oldest_at: Option<DateTime<Utc>>,
}

/// A program's last word.
#[derive(SimpleObject)]
pub struct Process {
    /// Unique over all programs and starts.
    pub name: String,
    /// Which program.
    pub kind: ProcessKind,
    /// Its release.
    pub version: String,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it last said that it is there.
    pub at: DateTime<Utc>,
    /// Whether that is so long ago that it counts as down.
    pub is_stale: bool,
    /// How its parts do.
    pub parts: Vec<Part>,
}

/// What a program says of something it depends on.
#[derive(SimpleObject)]
pub struct Part {
    /// What it depends on.
    pub kind: PartKind,
    /// Whether it answers.
    pub is_ok: bool,
    /// Which one it is, and what is wrong.
    pub detail: String,
}

/// The last deletion of old things of one kind.
#[derive(SimpleObject)]
pub struct PurgeRun {
    /// What is deleted.
    pub purge: String,
    /// When that was last done; null when it was not yet.
    pub finished_at: Option<DateTime<Utc>>,
    /// How many rows went then.
    pub removed: Option<i32>,
}

impl From<admin::Health> for InstallationHealth {
    fn from(health: admin::Health) -> Self {
        Self {
            database_version: health.database_version,
            database_bytes: Long(health.database_bytes),
            outbox_unsent: count(health.outbox_unsent),
            outbox_oldest_at: health.outbox_oldest_at,
            queues: health.queues.into_iter().map(Into::into).collect(),
            processes: health.processes.into_iter().map(Into::into).collect(),
            purges: health
                .purges
                .into_iter()
                .map(|run| PurgeRun {
                    purge: run.purge,
                    finished_at: run.finished_at,
                    removed: run.removed.map(count),
                })
                .collect(),
        }
    }
}

impl From<admin::QueueHealth> for QueueHealth {
    fn from(queue: admin::QueueHealth) -> Self {
        Self {
            queue: queue.queue,
            waiting: count(queue.waiting),
            hidden: count(queue.hidden),
            dead: count(queue.dead),
            oldest_at: queue.oldest_at,
        }
    }
}

impl From<presence::Process> for Process {
    fn from(process: presence::Process) -> Self {
        Self {
            name: process.process,
            kind: process.kind.into(),
            version: process.version,
            started_at: process.started_at,
            at: process.at,
            is_stale: process.stale,
            parts: process
                .parts
                .into_iter()
                .map(|part| Part {
                    kind: part.part.into(),
                    is_ok: part.ok,
                    detail: part.detail,
                })
                .collect(),
        }
    }
}
