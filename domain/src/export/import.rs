//! Bringing an export into an empty workspace: all of it or nothing.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::json;
use smartstack_schema::{ChangeOperation, Hue, MemberRole, NodeKind};
use uuid::Uuid;

use super::{
    blobs::{self, Placed},
    manifest::{FILES, PEOPLE, PersonLine, WORKSPACE, WorkspaceLine},
    noun::NOUNS,
    people::{ImportedPerson, People},
    read::{Archive, refuse},
    rows::{self, Filling},
};
use crate::{
    blob::Blobs,
    db::{Db, TenantScope, TenantTx},
    document::DocumentEnvelope,
    error::DomainError,
    input::{Checks, NAME_MAX},
    outbox,
    secret::Secrets,
    store,
    workspace::{self, Member},
};

/// Whether to bring it in, or to say what that would bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportMode {
    /// Does all of it, and then takes it back: what would go wrong goes wrong.
    Preview,
    /// Brings it in.
    Apply {
        /// The content that was looked at before ([`Imported::sha256`]); another one is refused.
        sha256: Option<String>,
    },
}

/// What an import brings, or has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Names the content.
    pub sha256: String,
    /// When the export was made.
    pub exported_at: DateTime<Utc>,
    /// What the workspace was called, and is called from now on.
    pub name: String,
    /// Each kind of thing with the number of its rows.
    pub rows: Vec<(&'static str, u64)>,
    /// Number of uploaded files.
    pub files: u64,
    /// Their bytes together.
    pub file_bytes: u64,
    /// Who belonged to it, and whether they do here.
    pub people: Vec<ImportedPerson>,
}

/// Brings an export into an empty workspace. Ids stay what they are; secrets do not come along, so shared links
/// get new addresses.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::InvalidState`] for a workspace that is
/// not empty, for ids that another workspace has, and for a content that is not the one looked at;
/// [`DomainError::Validation`] of `file` for what does not fit; store errors. Nothing is brought in then.
pub async fn import(
    db: &Db,
    blobs: &Blobs,
    secrets: &Arc<Secrets>,
    scope: &TenantScope,
    archive: Archive,
    mode: ImportMode,
) -> Result<Imported, DomainError> {
    if scope.role() != MemberRole::Owner {
        return Err(DomainError::Forbidden);
    }
    if let ImportMode::Apply { sha256: Some(seen) } = &mode
        && *seen != archive.sha256
    {
        let message = "This is not the file that was looked at. Look at it again before you bring it in.";
        return Err(DomainError::InvalidState(message.to_owned()));
    }
    let members = db.read(scope, |tx| {
        Box::pin(async move {
            empty(tx).await?;
            workspace::members(tx).await
        })
    });
    let members = members.await?;
    let (archive, head) = blocking(archive, move |archive| head(archive, &members)).await?;
    let is_preview = mode == ImportMode::Preview;
    let (archive, placed) = blobs::place(db, blobs, scope, archive, is_preview).await?;
    let keys: Vec<String> = placed
        .values()
        .map(|placed: &Placed| placed.key.clone())
        .collect();
    let imported = describe(&archive, &head);
    let filling = Filling {
        placed,
        secrets: Arc::clone(secrets),
        batches: rows::read(archive, head.people),
    };
    // What a preview found out outlives the transaction that is taken back.
    let seen = Arc::new(Mutex::new(None));
    let found = Arc::clone(&seen);
    let (name, hue, logged) = (head.name, head.hue, imported.clone());
    let work = db.in_tenant(scope, move |tx| {
        Box::pin(async move {
            workspace::lock(tx).await?;
            empty(tx).await?;
            rows::fill(tx, filling).await?;
            if is_preview {
                *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(());
                return Err(DomainError::InvalidState("a preview".to_owned()));
            }
            settle(tx, &name, hue, &logged).await
        })
    });
    let done = work.await;
    let was_seen = seen.lock().unwrap_or_else(PoisonError::into_inner).is_some();
    match done {
        Ok(()) => Ok(imported),
        Err(_) if was_seen => Ok(imported),
        Err(error) => {
            if !is_preview {
                blobs::remove(blobs, keys).await;
            }
            Err(error)
        }
    }
}

/// Refuses a workspace that has anything in it.
async fn empty(tx: &crate::db::WorkspaceTx) -> Result<(), DomainError> {
    let mut has = Vec::new();
    for noun in NOUNS.iter().filter(|noun| noun.fills) {
        let text = format!("SELECT 1 FROM {} WHERE workspace_id = $1 LIMIT 1", noun.table);
        if !store::query(tx, &text, [store::workspace(tx).into()])
            .await?
            .is_empty()
        {
            has.push(noun.name.replace('_', " "));
        }
    }
    if has.is_empty() {
        return Ok(());
    }
    Err(DomainError::InvalidState(format!(
        "This workspace is not empty: it has {}. What is deleted counts for as long as it can be restored. Make a \
         new workspace and import there.",
        has.join(", ")
    )))
}

/// What stands at the beginning of an export.
struct Head {
    name: String,
    hue: Hue,
    people: People,
}

fn head(archive: &mut Archive, members: &[Member]) -> Result<Head, DomainError> {
    let mut lines: Vec<WorkspaceLine> = Vec::new();
    archive.each_line(WORKSPACE, |line| {
        lines
            .push(serde_json::from_slice(&line).map_err(|_| refuse("data/workspace.jsonl makes no sense."))?);
        Ok(())
    })?;
    let mut people: Vec<PersonLine> = Vec::new();
    archive.each_line(PEOPLE, |line| {
        people.push(serde_json::from_slice(&line).map_err(|_| refuse("data/people.jsonl makes no sense."))?);
        Ok(())
    })?;
    let line = lines.pop().filter(|_| lines.is_empty());
    let line = line.ok_or_else(|| refuse("data/workspace.jsonl has to have one line."))?;
    let mut checks = Checks::default();
    let name = checks.line("file", &line.name, NAME_MAX);
    checks.finish()?;
    let hue = Hue::parse(&line.hue).ok_or_else(|| refuse("The workspace has a colour that is not known."))?;
    Ok(Head {
        name,
        hue,
        people: People::new(people, members),
    })
}

fn describe(archive: &Archive, head: &Head) -> Imported {
    let files = archive
        .manifest
        .entries
        .iter()
        .filter(|entry| entry.path.starts_with(FILES));
    let rows = NOUNS.iter().map(|noun| {
        let entry = archive.entry(&super::manifest::path(noun.name));
        (noun.name, entry.and_then(|entry| entry.rows).unwrap_or_default())
    });
    Imported {
        sha256: archive.sha256.clone(),
        exported_at: archive.manifest.exported_at,
        name: head.name.clone(),
        rows: rows.collect(),
        files: files.clone().count() as u64,
        file_bytes: files.map(|entry| entry.bytes).sum(),
        people: head.people.all.clone(),
    }
}

/// What follows from the rows that are there now: the workspace's name, texts that are still to be read,
/// and what watchers and the audit log are told.
async fn settle(tx: &mut TenantTx, name: &str, hue: Hue, imported: &Imported) -> Result<(), DomainError> {
    let workspace = store::workspace(tx);
    store::execute(
        tx,
        "UPDATE workspaces SET name = $1, hue = $2, updated_at = $3, version = version + 1 WHERE id = $4",
        [
            name.into(),
            hue.as_str().into(),
            tx.now().into(),
            workspace.into(),
        ],
    )
    .await?;
    let unread = store::query(
        tx,
        "SELECT id FROM documents WHERE workspace_id = $1 AND state = 'READING' AND deleted_at IS NULL",
        [workspace.into()],
    )
    .await?;
    for row in unread {
        let id: Uuid = row.try_get("", "id")?;
        let envelope = DocumentEnvelope::new(id.into(), tx.workspace_id());
        tx.enqueue(outbox::DOCUMENT, envelope.payload());
    }
    rows::announce(tx).await?;
    let rows: serde_json::Map<_, _> = imported
        .rows
        .iter()
        .map(|(noun, rows)| ((*noun).to_owned(), json!(rows)))
        .collect();
    let after = json!({
        "name": name, "sha256": imported.sha256, "exported_at": imported.exported_at, "files": imported.files,
        "rows": rows,
    });
    tx.record_change(NodeKind::Workspace, workspace, ChangeOperation::Updated, None);
    tx.audit(
        "workspace.import",
        NodeKind::Workspace,
        workspace,
        None,
        Some(after),
    );
    Ok(())
}

/// Reads from the archive where blocking is allowed, and gives it back.
pub(super) async fn blocking<T: Send + 'static>(
    mut archive: Archive,
    work: impl FnOnce(&mut Archive) -> Result<T, DomainError> + Send + 'static,
) -> Result<(Archive, T), DomainError> {
    let done = tokio::task::spawn_blocking(move || {
        let value = work(&mut archive)?;
        Ok((archive, value))
    });
    done.await.map_err(store::fault)?
}
