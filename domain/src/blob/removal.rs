//! Blobs that have to go. Each key is written down before its blob is stored, due in a day, and again by a
//! trigger when its document is deleted, whatever deletes it. [`sweep`] removes what is due and no
//! document's: a crash at any point leaves no file that nobody knows of, and takes none that is in use.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use smartstack_schema::WorkspaceId;

use super::Blobs;
use crate::{
    db::{Db, sql},
    error::DomainError,
    retention,
};

/// How long an upload may take from its key to its document; after that its blob is taken for left behind.
pub const RESERVED_FOR: TimeDelta = TimeDelta::days(1);
/// Blobs removed in one round.
const BATCH: i64 = 100;
/// Names the sweep among the purges.
const NAME: &str = "files";

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Blobs it removed.
    pub removed: u64,
}

/// Chooses the key of a new blob, and writes down that it has to go unless it becomes a document's.
///
/// # Errors
/// Store errors.
pub async fn reserve(db: &Db, workspace: WorkspaceId) -> Result<String, DomainError> {
    let file = db.random().uuid(db.clock().now()).simple().to_string();
    let key = ["workspaces/", &workspace.uuid().to_string(), "/documents/", &file].concat();
    let kept = key.clone();
    db.in_system(move |tx| {
        Box::pin(async move {
            let text = "INSERT INTO blob_removals (key, due_at) VALUES ($1, $2)";
            let values = [key.into(), (tx.now() + RESERVED_FOR).into()];
            tx.conn().execute_raw(sql(text, values)).await?;
            Ok(())
        })
    })
    .await?;
    Ok(kept)
}

/// Removes blobs that are due and no document's, if it is time to; `None` when it is not. Any number of
/// workers may call it at once.
///
/// # Errors
/// Database or blob store do not answer. What was not removed is removed the next time.
pub async fn sweep(db: &Db, blobs: &Blobs) -> Result<Option<Swept>, DomainError> {
    if !retention::take(db, NAME).await? {
        return Ok(None);
    }
    let mut removed = 0;
    loop {
        let keys = due(db).await?;
        if keys.is_empty() {
            break;
        }
        for key in &keys {
            blobs.remove(key).await?;
        }
        removed += keys.len() as u64;
        forget(db, keys).await?;
    }
    retention::finished(db, NAME, removed).await?;
    Ok(Some(Swept { removed }))
}

/// Keys to remove; those that have become a document's are crossed out.
async fn due(db: &Db) -> Result<Vec<String>, DomainError> {
    let work = db.in_retention(|tx| {
        Box::pin(async move {
            let used = "\
DELETE FROM blob_removals r WHERE r.due_at <= $1 AND EXISTS (SELECT FROM documents d WHERE d.blob_key = r.key)";
            tx.conn.execute_raw(sql(used, [tx.now.into()])).await?;
            let left = "SELECT key FROM blob_removals WHERE due_at <= $1 ORDER BY due_at, key LIMIT $2";
            let rows = tx.conn.query_all_raw(sql(left, [tx.now.into(), BATCH.into()])).await?;
            let keys = rows.iter().map(|row| row.try_get::<String>("", "key"));
            Ok(keys.collect::<Result<Vec<_>, _>>()?)
        })
    });
    work.await
}

async fn forget(db: &Db, keys: Vec<String>) -> Result<(), DomainError> {
    let work = db.in_retention(move |tx| {
        Box::pin(async move {
            let text = "DELETE FROM blob_removals WHERE key = ANY($1)";
            tx.conn.execute_raw(sql(text, [keys.into()])).await?;
            Ok(())
        })
    });
    work.await
}
