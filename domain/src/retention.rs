//! Deletes what has been kept long enough: a list of purges that any worker may run at any time.
//!
//! # Adding a purge
//! Write a function that deletes and returns how many rows went, and add its line to [`PURGES`]. It has
//! to bear being run twice. What a role may delete is a grant to `smartstack_retention` (see
//! `m0032_retention.sql`) with a policy that leaves alone what nobody has deleted.

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use sea_orm::ConnectionTrait;

use crate::db::{Db, RetentionTx, sql};
use crate::error::DomainError;
use crate::{change, document, idempotency, identity, outbox, presence, project, queue, rate, webhook};

/// How often each purge runs, over all workers. What is due waits at most so much longer than promised.
pub const EVERY: TimeDelta = TimeDelta::hours(1);

/// Rows a purge deletes in one transaction, so that none holds locks or fills the log for long.
const BATCH: i64 = 1000;

/// Something that is deleted after a while.
pub struct Purge {
    /// Names it in the log and in the record of runs.
    pub name: &'static str,
    /// How long it is kept.
    pub kept: TimeDelta,
    run: fn(&Db, TimeDelta) -> BoxFuture<'static, Result<u64, DomainError>>,
}

/// Everything that is deleted after a while.
pub const PURGES: &[Purge] = &[
    Purge {
        name: "deleted projects",
        kept: project::RESTORABLE_FOR,
        run: |db, kept| boxed(db, kept, deleted_projects),
    },
    Purge {
        name: "deleted workspaces",
        kept: project::RESTORABLE_FOR,
        run: |db, kept| boxed(db, kept, deleted_workspaces),
    },
    Purge {
        name: "deleted documents",
        kept: document::RESTORABLE_FOR,
        run: |db, kept| boxed(db, kept, deleted_documents),
    },
    Purge {
        name: "idempotency keys",
        kept: idempotency::KEPT,
        run: |db, kept| boxed(db, kept, idempotency_keys),
    },
    Purge {
        name: "change log",
        kept: change::REPLAYABLE_FOR,
        run: |db, kept| boxed(db, kept, changes),
    },
    Purge {
        name: "dead messages",
        kept: queue::DEAD_KEPT,
        run: |db, kept| boxed(db, kept, dead_messages),
    },
    Purge {
        name: "messages to webhooks",
        kept: webhook::DELIVERIES_KEPT,
        run: |db, kept| boxed(db, kept, webhook_deliveries),
    },
    Purge {
        name: "sent messages",
        kept: outbox::SENT_KEPT,
        run: |db, kept| {
            let db = db.clone();
            Box::pin(async move {
                db.in_system(move |tx| Box::pin(async move { outbox::purge_sent(tx, kept).await }))
                    .await
            })
        },
    },
    Purge {
        name: "idempotency keys of persons",
        kept: idempotency::KEPT,
        run: |db, kept| {
            let db = db.clone();
            Box::pin(async move {
                db.in_system(move |tx| Box::pin(async move { idempotency::purge(tx, kept).await }))
                    .await
            })
        },
    },
    Purge {
        name: "rate budgets",
        kept: rate::KEPT,
        run: |db, kept| {
            let db = db.clone();
            Box::pin(async move {
                db.in_system(move |tx| Box::pin(async move { rate::purge(tx, kept).await }))
                    .await
            })
        },
    },
    Purge {
        name: "sign-ups, sessions and throttles",
        kept: identity::OVER_KEPT,
        run: |db, _| {
            let db = db.clone();
            Box::pin(async move {
                db.in_system(|tx| Box::pin(async move { identity::purge(tx).await }))
                    .await
            })
        },
    },
    Purge {
        name: "heartbeats",
        kept: presence::KEPT,
        run: |db, kept| {
            let db = db.clone();
            Box::pin(async move {
                db.in_system(move |tx| Box::pin(async move { presence::purge(tx, kept).await }))
                    .await
            })
        },
    },
];

/// What became of a purge.
#[derive(Debug)]
pub struct Outcome {
    /// Which.
    pub name: &'static str,
    /// Rows it deleted itself; what hangs on them went too.
    pub removed: Result<u64, DomainError>,
}

/// Runs the purges that are due. Any number of workers may call it at once: each purge is taken by one
/// of them. One that fails stops no other.
pub async fn run(db: &Db) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for purge in PURGES {
        let removed = match take(db, purge.name).await {
            Ok(false) => continue,
            Ok(true) => (purge.run)(db, purge.kept).await,
            Err(error) => Err(error),
        };
        let removed = match removed {
            Ok(removed) => finished(db, purge.name, removed).await.map(|()| removed),
            Err(error) => Err(error),
        };
        outcomes.push(Outcome {
            name: purge.name,
            removed,
        });
    }
    outcomes
}

/// Takes a purge that is due. Whoever changes its row first has it; the others wait for that row and
/// then find it taken. A worker that dies at it leaves it for the next hour.
pub(crate) async fn take(db: &Db, name: &'static str) -> Result<bool, DomainError> {
    let work = db.in_system(move |tx| {
        Box::pin(async move {
            let text = "\
INSERT INTO retention_runs AS r (purge, started_at) VALUES ($1, $2)
ON CONFLICT (purge) DO UPDATE SET started_at = $2 WHERE r.started_at <= $3";
            let values = [name.into(), tx.now().into(), (tx.now() - EVERY).into()];
            Ok(tx.conn().execute_raw(sql(text, values)).await?.rows_affected() == 1)
        })
    });
    work.await
}

pub(crate) async fn finished(db: &Db, name: &'static str, removed: u64) -> Result<(), DomainError> {
    let removed = i64::try_from(removed).unwrap_or(i64::MAX);
    let work = db.in_system(move |tx| {
        Box::pin(async move {
            let text = "UPDATE retention_runs SET finished_at = $2, removed = $3 WHERE purge = $1";
            let values = [name.into(), tx.now().into(), removed.into()];
            tx.conn().execute_raw(sql(text, values)).await?;
            Ok(())
        })
    });
    work.await
}

/// One batch of a purge: how many rows went.
type Batch = for<'t> fn(&'t mut RetentionTx, TimeDelta) -> BoxFuture<'t, Result<u64, DomainError>>;

/// Runs batches, each in a transaction of its own, until one finds nothing.
fn boxed(db: &Db, kept: TimeDelta, batch: Batch) -> BoxFuture<'static, Result<u64, DomainError>> {
    let db = db.clone();
    Box::pin(async move {
        let mut removed = 0;
        loop {
            match db.in_retention(move |tx| batch(tx, kept)).await? {
                0 => return Ok(removed),
                some => removed += some,
            }
        }
    })
}

/// A project that can no longer be restored, with everything in it and its history. The entries of the
/// audit log stay: they say that it was deleted, and by whom.
fn deleted_projects(tx: &mut RetentionTx, kept: TimeDelta) -> BoxFuture<'_, Result<u64, DomainError>> {
    Box::pin(async move {
        // Deleting writes the last versions; the statement after it removes them with the others.
        let gone = "\
DELETE FROM projects WHERE id IN (SELECT id FROM projects WHERE deleted_at < $1 ORDER BY deleted_at LIMIT 20)
RETURNING id, workspace_id";
        let gone = tx.conn.query_all_raw(sql(gone, [(tx.now - kept).into()])).await?;
        for row in &gone {
            let (id, workspace): (uuid::Uuid, uuid::Uuid) =
                (row.try_get("", "id")?, row.try_get("", "workspace_id")?);
            let history = "\
DELETE FROM row_versions WHERE workspace_id = $1
AND (row_id = $2 OR (noun = 'task' AND row ->> 'project_id' = $2::text))";
            tx.conn
                .execute_raw(sql(history, [workspace.into(), id.into()]))
                .await?;
        }
        Ok(gone.len() as u64)
    })
}

fn deleted_workspaces(tx: &mut RetentionTx, kept: TimeDelta) -> BoxFuture<'_, Result<u64, DomainError>> {
    delete(
        tx,
        "DELETE FROM workspaces WHERE id IN (SELECT id FROM workspaces WHERE deleted_at < $1 LIMIT 5)",
        kept,
    )
}

/// A document that can no longer be restored, with what was suggested from it. Its file follows:
/// [`blob::sweep`](crate::blob::sweep).
fn deleted_documents(tx: &mut RetentionTx, kept: TimeDelta) -> BoxFuture<'_, Result<u64, DomainError>> {
    delete_batch(tx, "documents", "id", "deleted_at", kept)
}

fn idempotency_keys(tx: &mut RetentionTx, kept: TimeDelta) -> BoxFuture<'_, Result<u64, DomainError>> {
    delete_batch(
        tx,
        "idempotency_keys",
        "workspace_id, actor_id, operation, key",
        "created_at",
        kept,
    )
}

fn changes(tx: &mut RetentionTx, kept: TimeDelta) -> BoxFuture<'_, Result<u64, DomainError>> {
    delete_batch(tx, "changes", "workspace_id, seq", "at", kept)
}

fn dead_messages(tx: &mut RetentionTx, kept: TimeDelta) -> BoxFuture<'_, Result<u64, DomainError>> {
    delete_batch(tx, "queue_messages", "id", "dead_at", kept)
}

fn webhook_deliveries(tx: &mut RetentionTx, kept: TimeDelta) -> BoxFuture<'_, Result<u64, DomainError>> {
    delete_batch(tx, "webhook_deliveries", "id", "finished_at", kept)
}

/// Deletes a batch of what is older; table, key and column are literals of this file.
fn delete_batch<'t>(
    tx: &'t mut RetentionTx,
    table: &str,
    key: &str,
    column: &str,
    kept: TimeDelta,
) -> BoxFuture<'t, Result<u64, DomainError>> {
    let text = format!(
        "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {column} < $1 ORDER BY {column} LIMIT {BATCH})"
    );
    delete(tx, text, kept)
}

fn delete<'t>(
    tx: &'t mut RetentionTx,
    text: impl Into<String>,
    kept: TimeDelta,
) -> BoxFuture<'t, Result<u64, DomainError>> {
    let text = text.into();
    Box::pin(async move {
        let done = tx.conn.execute_raw(sql(&text, [(tx.now - kept).into()])).await?;
        Ok(done.rows_affected())
    })
}
