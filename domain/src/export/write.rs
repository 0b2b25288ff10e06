//! Taking a workspace along: read from one picture of the database, packed and sent as it is read.

use std::{io, time::Duration};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream::BoxStream};
use serde_json::json;
use smartstack_schema::{MemberRole, NodeKind};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    columns,
    manifest::{
        Entry, FILES, FORMAT, MANIFEST, Manifest, PEOPLE, PersonLine, Source, VERSION, WORKSPACE,
        WorkspaceLine, path,
    },
    noun::{NOUNS, Noun},
    pack::Pack,
};
use crate::{
    blob::Blobs,
    db::{Db, ReadTx, TenantScope},
    error::DomainError,
    store,
    workspace::{self, Workspace},
};

/// Bytes that are sent at a time, at least; what is being sent and what waits is four times as much at most.
const PIECE: usize = 64 * 1024;
/// How long a receiver may take nothing at all. Below the time after which PostgreSQL ends an idle
/// transaction (`Options::idle_in_transaction_timeout`): a picture is not held for somebody who is gone.
const STALL: Duration = Duration::from_secs(20);

/// A ZIP file as it is sent. It breaks off with an error where something fails: half a file has no end that
/// could be taken for one.
pub type ExportStream = BoxStream<'static, io::Result<Vec<u8>>>;

/// Takes a workspace along, as its owner. That it was is in the audit log before the first byte is sent.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; store errors before the first byte; afterwards the
/// stream breaks off.
pub async fn export(db: &Db, blobs: &Blobs, scope: &TenantScope) -> Result<ExportStream, DomainError> {
    if scope.role() != MemberRole::Owner {
        return Err(DomainError::Forbidden);
    }
    let id = scope.workspace_id();
    let noted = db.in_tenant(scope, move |tx| {
        Box::pin(async move {
            tx.audit(
                "workspace.export",
                NodeKind::Workspace,
                id,
                None,
                Some(json!({ "version": VERSION })),
            );
            Ok(())
        })
    });
    noted.await?;
    let tx = db.snapshot(scope).await?;
    let workspace = workspace::get(&tx).await?;
    let (sender, receiver) = mpsc::channel(2);
    let job = Job {
        pack: Pack::new(),
        sender,
        entries: Vec::new(),
    };
    let blobs = blobs.clone();
    tokio::spawn(async move {
        let sender = job.sender.clone();
        if let Err(error) = job.run(tx, &blobs, &workspace).await
            && !sender.is_closed()
        {
            tracing::error!(%error, "an export broke off");
            let _ = sender.send(Err(io::Error::other("the export broke off"))).await;
        }
    });
    let pieces = futures_util::stream::unfold(receiver, |mut receiver| async move {
        let piece: io::Result<Vec<u8>> = receiver.recv().await?;
        Some((piece, receiver))
    });
    Ok(pieces.boxed())
}

/// A file that is to be sent: where it lies and how it is called.
struct Blob {
    document: Uuid,
    key: String,
}

struct Job {
    pack: Pack,
    sender: mpsc::Sender<io::Result<Vec<u8>>>,
    entries: Vec<Entry>,
}

impl Job {
    async fn run(mut self, tx: ReadTx, blobs: &Blobs, workspace: &Workspace) -> Result<(), DomainError> {
        let taken_at = tx.now();
        let files = self.rows(&tx, workspace).await?;
        // Files do not change, so they need no picture of the database.
        tx.finish().await;
        for file in files {
            self.file(blobs, &file).await?;
        }
        self.finish(workspace, taken_at).await
    }

    async fn rows(&mut self, tx: &ReadTx, workspace: &Workspace) -> Result<Vec<Blob>, DomainError> {
        let line = WorkspaceLine {
            name: workspace.name.clone(),
            hue: workspace.hue.as_str().to_owned(),
        };
        self.lines(WORKSPACE, &[line]).await?;
        let mut people: Vec<_> = workspace::members(tx)
            .await?
            .into_iter()
            .map(|member| PersonLine {
                id: member.person.id.uuid(),
                name: member.person.name,
                email: member.person.email,
                role: member.role,
            })
            .collect();
        people.sort_by(|one, other| one.email.cmp(&other.email));
        self.lines(PEOPLE, &people).await?;
        for noun in NOUNS {
            self.noun(tx, noun).await?;
        }
        let rows = store::query(
            tx,
            "SELECT id, blob_key FROM documents WHERE workspace_id = $1 AND blob_key IS NOT NULL ORDER BY id",
            [store::workspace(tx).into()],
        )
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Blob {
                    document: row.try_get("", "id")?,
                    key: row.try_get("", "blob_key")?,
                })
            })
            .collect()
    }

    /// An entry of a few lines that are at hand.
    async fn lines<T: serde::Serialize>(&mut self, path: &str, lines: &[T]) -> Result<(), DomainError> {
        self.pack.begin(path, false).map_err(store::fault)?;
        for line in lines {
            let mut line = serde_json::to_vec(line).map_err(store::fault)?;
            line.push(b'\n');
            self.pack.write(&line).map_err(store::fault)?;
        }
        let entry = self.pack.end().map_err(store::fault)?;
        self.entries.push(Entry {
            rows: Some(lines.len() as u64),
            ..entry
        });
        self.send(PIECE).await
    }

    /// Every row of a noun, a page at a time from a cursor, so that memory does not grow with their number.
    async fn noun(&mut self, tx: &ReadTx, noun: &Noun) -> Result<(), DomainError> {
        let columns = columns::exported(tx, noun).await?;
        self.pack.begin(&path(noun.name), true).map_err(store::fault)?;
        let (list, table, order) = (columns::selection(noun, &columns), noun.table, noun.order);
        let declare = format!(
            "DECLARE export NO SCROLL CURSOR FOR SELECT row_to_json(exported)::text FROM (SELECT {list} FROM \
             {table} WHERE workspace_id = current_workspace() ORDER BY {order}) AS exported"
        );
        tx.conn().lines(&declare).await?;
        let fetch = format!("FETCH FORWARD {} FROM export", noun.page);
        let mut rows = 0;
        loop {
            let lines = tx.conn().lines(&fetch).await?;
            for line in &lines {
                self.pack.write(line.as_bytes()).map_err(store::fault)?;
                self.pack.write(b"\n").map_err(store::fault)?;
            }
            rows += lines.len() as u64;
            self.send(PIECE).await?;
            if lines.len() < noun.page {
                break;
            }
        }
        tx.conn().lines("CLOSE export").await?;
        let entry = self.pack.end().map_err(store::fault)?;
        self.entries.push(Entry {
            rows: Some(rows),
            columns,
            ..entry
        });
        Ok(())
    }

    async fn file(&mut self, blobs: &Blobs, file: &Blob) -> Result<(), DomainError> {
        let path = [FILES, &file.document.to_string()].concat();
        self.pack.begin(&path, false).map_err(store::fault)?;
        let mut pieces = blobs.stream(&file.key, None).await?;
        while let Some(piece) = pieces.next().await {
            self.pack
                .write(&piece.map_err(store::fault)?)
                .map_err(store::fault)?;
            self.send(PIECE).await?;
        }
        let entry = self.pack.end().map_err(store::fault)?;
        self.entries.push(entry);
        Ok(())
    }

    async fn finish(mut self, workspace: &Workspace, exported_at: DateTime<Utc>) -> Result<(), DomainError> {
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            exported_at,
            workspace: Source {
                id: workspace.id,
                name: workspace.name.clone(),
            },
            entries: std::mem::take(&mut self.entries),
        };
        self.pack.begin(MANIFEST, false).map_err(store::fault)?;
        let text = serde_json::to_vec_pretty(&manifest).map_err(store::fault)?;
        self.pack.write(&text).map_err(store::fault)?;
        self.pack.end().map_err(store::fault)?;
        self.send(0).await?;
        let Self { pack, sender, .. } = self;
        hand_over(&sender, pack.finish().map_err(store::fault)?).await
    }

    /// Sends what has been packed, if it is `least` bytes or more.
    async fn send(&self, least: usize) -> Result<(), DomainError> {
        match self.pack.take(least) {
            Some(piece) => hand_over(&self.sender, piece).await,
            None => Ok(()),
        }
    }
}

async fn hand_over(sender: &mpsc::Sender<io::Result<Vec<u8>>>, piece: Vec<u8>) -> Result<(), DomainError> {
    match tokio::time::timeout(STALL, sender.send(Ok(piece))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(store::fault("the receiver is gone")),
        Err(_) => Err(store::fault("the receiver takes nothing")),
    }
}
