//! Rows of an export, on their way into the database.

use std::{collections::HashMap, collections::HashSet, sync::Arc};

use serde_json::{Map, Value, json};
use smartstack_schema::ShareLinkId;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    blobs::Placed,
    columns,
    manifest::path,
    noun::{NOUNS, Noun},
    people::People,
    read::{Archive, refuse},
};
use crate::{
    db::{TenantTx, WorkspaceTx},
    error::{DomainError, StoreErrorKind},
    input::Checks,
    secret::{Secrets, token_hash},
    share_link::NONCE_BYTES,
    store,
};

/// Some rows of one noun.
pub(super) struct Batch {
    noun: &'static Noun,
    /// What each row holds.
    columns: Vec<String>,
    /// The line of the first, from 1.
    first: u64,
    rows: Vec<Map<String, Value>>,
}

/// What the rows come from, and what they are given here.
pub(super) struct Filling {
    pub(super) placed: HashMap<Uuid, Placed>,
    pub(super) secrets: Arc<Secrets>,
    pub(super) batches: Batches,
}

/// Batches in their order, and `None` once all were read: a reader that is gone has not come to its end.
pub(super) type Batches = mpsc::Receiver<Result<Option<Batch>, DomainError>>;
type Sender = mpsc::Sender<Result<Option<Batch>, DomainError>>;

/// Reads all rows on a thread of its own, a batch ahead of who stores them.
pub(super) fn read(mut archive: Archive, people: People) -> Batches {
    let (sender, receiver) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        for noun in NOUNS {
            if let Err(error) = read_noun(&mut archive, noun, &people, &sender) {
                // Whoever stored them has given up, or hears why nothing follows.
                let _ = sender.blocking_send(Err(error));
                return;
            }
        }
        let _ = sender.blocking_send(Ok(None));
    });
    receiver
}

fn read_noun(
    archive: &mut Archive,
    noun: &'static Noun,
    people: &People,
    sender: &Sender,
) -> Result<(), DomainError> {
    let path = path(noun.name);
    let columns = archive
        .entry(&path)
        .map(|entry| entry.columns.clone())
        .unwrap_or_default();
    let known: HashSet<String> = columns.iter().cloned().collect();
    let send = |first: u64, rows: Vec<_>| {
        let batch = Batch {
            noun,
            columns: columns.clone(),
            first,
            rows,
        };
        sender
            .blocking_send(Ok(Some(batch)))
            .map_err(|_| store::fault("nobody takes the rows"))
    };
    let (mut line, mut rows) = (0, Vec::new());
    archive.each_line(&path, |text| {
        line += 1;
        let row: Result<Map<String, Value>, _> = serde_json::from_slice(&text);
        let mut row = row.map_err(|_| refuse(format!("Line {line} of {path} is no JSON object.")))?;
        if let Some(unknown) = row.keys().find(|column| !known.contains(*column)) {
            let unknown: String = unknown.chars().take(60).collect();
            return Err(refuse(format!(
                "Line {line} of {path} has “{unknown}”, which its manifest does not name."
            )));
        }
        check(noun, &row).map_err(|error| at_line(&error, line, &path))?;
        people.localize(noun, &mut row);
        rows.push(row);
        if rows.len() == noun.page {
            send(line + 1 - noun.page as u64, std::mem::take(&mut rows))?;
        }
        Ok(())
    })?;
    if !rows.is_empty() {
        send(line + 1 - rows.len() as u64, rows)?;
    }
    Ok(())
}

/// Rules of a noun that its table has no constraint for.
fn check(noun: &Noun, row: &Map<String, Value>) -> Result<(), DomainError> {
    let text = |column: &str| row.get(column).and_then(Value::as_str);
    let mut checks = Checks::default();
    match noun.name {
        "clients" => {
            checks.email("email", text("email"));
            checks.website("website", text("website"));
        }
        "history" if !row.get("row").is_some_and(Value::is_object) => {
            return Err(refuse("“row” has to be an object."));
        }
        _ => {}
    }
    checks.finish()
}

fn at_line(error: &DomainError, line: u64, path: &str) -> DomainError {
    let said = match error {
        DomainError::Validation(errors) => errors
            .iter()
            .map(|error| format!("{}: {}", error.field.join("."), error.message))
            .collect::<Vec<_>>()
            .join(" "),
        error => error.to_string(),
    };
    refuse(format!("Line {line} of {path} – {said}"))
}

/// Stores every row. What names each other is looked up at the end, and rows write no versions: they bring
/// theirs along.
pub(super) async fn fill(tx: &mut TenantTx, filling: Filling) -> Result<(), DomainError> {
    tx.conn().lines("SET CONSTRAINTS ALL DEFERRED").await?;
    // Looking up a million names, and telling of as many rows, takes longer than a request's statements may.
    tx.conn().lines("SET LOCAL statement_timeout = '10min'").await?;
    tx.conn().lines("SET LOCAL app.restoring = 'on'").await?;
    let Filling {
        mut placed,
        secrets,
        mut batches,
    } = filling;
    let mut known: HashMap<&str, Vec<String>> = HashMap::new();
    loop {
        let batch = batches
            .recv()
            .await
            .ok_or_else(|| store::fault("the reader of an import is gone"))?;
        let Some(mut batch) = batch? else { break };
        let name = batch.noun.name;
        if !known.contains_key(name) {
            let columns = columns::exported(tx, batch.noun).await?;
            if let Some(unknown) = batch.columns.iter().find(|column| !columns.contains(column)) {
                let unknown: String = unknown.chars().take(60).collect();
                return Err(refuse(format!(
                    "It was made by a newer SmartStack: its {name} have “{unknown}”. Update this installation first."
                )));
            }
            known.insert(name, columns);
        }
        match name {
            "documents" => batch
                .rows
                .iter_mut()
                .try_for_each(|row| give_file(row, &mut placed))?,
            "share_links" => {
                for row in &mut batch.rows {
                    give_token(tx, &secrets, row)?;
                }
            }
            _ => {}
        }
        insert(tx, batch).await?;
    }
    if let Some(document) = placed.keys().next() {
        return Err(refuse(format!("files/{document} belongs to no document in it.")));
    }
    let checked = tx.conn().lines("SET CONSTRAINTS ALL IMMEDIATE").await;
    checked.map_err(|error| explain(error.into(), "It"))?;
    keep_versions(tx).await?;
    tx.conn().lines("SET LOCAL app.restoring = 'off'").await?;
    Ok(())
}

/// A document's file is the one that came with it; where it lies and what it is was found out here.
fn give_file(row: &mut Map<String, Value>, placed: &mut HashMap<Uuid, Placed>) -> Result<(), DomainError> {
    let id = row
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| Uuid::parse_str(id).ok());
    let file = id.and_then(|id| placed.remove(&id));
    let is_file = row.get("kind").and_then(Value::as_str) == Some("FILE");
    match (is_file, file) {
        (true, Some(file)) => {
            row.insert("blob_key".to_owned(), json!(file.key));
            row.insert("media_type".to_owned(), json!(file.media_type.as_str()));
            row.insert("file_bytes".to_owned(), json!(file.bytes));
            Ok(())
        }
        (false, None) => {
            row.insert("blob_key".to_owned(), Value::Null);
            Ok(())
        }
        _ => {
            let id = id.map(|id| id.to_string()).unwrap_or_default();
            Err(refuse(format!(
                "Document {id} and the files in the export do not fit together."
            )))
        }
    }
}

/// A shared link gets a token of its own here: the old one stays a secret of where it was.
fn give_token(tx: &WorkspaceTx, secrets: &Secrets, row: &mut Map<String, Value>) -> Result<(), DomainError> {
    let id = row
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| Uuid::parse_str(id).ok());
    let id = ShareLinkId(id.ok_or_else(|| refuse("A shared link in it has no id."))?);
    let nonce = tx.random().bytes::<NONCE_BYTES>();
    let hash = token_hash(&secrets.share_token(id, &nonce));
    let bytea = |bytes: &[u8]| json!(["\\x", &super::pack::hex(bytes)].concat());
    row.insert("token_nonce".to_owned(), bytea(&nonce));
    row.insert("token_hash".to_owned(), bytea(&hash));
    Ok(())
}

async fn insert(tx: &WorkspaceTx, batch: Batch) -> Result<(), DomainError> {
    let noun = batch.noun;
    let given = noun
        .without
        .iter()
        .filter(|_| matches!(noun.name, "documents" | "share_links"));
    let columns: Vec<String> = batch
        .columns
        .iter()
        .map(String::as_str)
        .chain(given.copied())
        .map(columns::quoted)
        .collect();
    let values: Vec<String> = columns
        .iter()
        .map(|column| match column.as_str() {
            // A version says which workspace its row is in.
            "\"row\"" => "\"row\" || jsonb_build_object('workspace_id', $2::uuid)".to_owned(),
            column => column.to_owned(),
        })
        .collect();
    let (table, columns, values) = (noun.table, columns.join(", "), values.join(", "));
    // There is one row of settings, and it may be there already.
    let instead = match noun.name {
        "ai_settings" => {
            " ON CONFLICT (workspace_id) DO UPDATE SET use_examples = excluded.use_examples, \
             updated_at = excluded.updated_at, version = excluded.version"
        }
        _ => "",
    };
    let text = format!(
        "INSERT INTO {table} (workspace_id, {columns}) \
         SELECT $2, {values} FROM jsonb_populate_recordset(NULL::{table}, $1){instead}"
    );
    let last = batch.first + batch.rows.len() as u64 - 1;
    let rows = Value::Array(batch.rows.into_iter().map(Value::Object).collect());
    let done = store::execute(tx, &text, [rows.into(), store::workspace(tx).into()]).await;
    let what = format!("Lines {} to {last} of {}", batch.first, path(noun.name));
    done.map(drop).map_err(|error| explain(error, &what))
}

/// What the database says about rows, in words for a person.
fn explain(error: DomainError, what: &str) -> DomainError {
    let DomainError::Store(error) = error else {
        return error;
    };
    let constraint: String = error
        .constraint()
        .unwrap_or("a value of the wrong type")
        .to_owned();
    match error.kind {
        StoreErrorKind::Unique if constraint.ends_with("_pkey") => DomainError::InvalidState(format!(
            "{what}: these ids are in use already. Ids are kept, so an export can be brought in only where what it \
             holds is not there any more or never was, such as another installation."
        )),
        StoreErrorKind::Unique => refuse(format!("{what} hold the same thing twice ({constraint}).")),
        StoreErrorKind::Constraint if constraint.ends_with("_fkey") => refuse(format!(
            "{what} names something that is not in the export ({constraint})."
        )),
        StoreErrorKind::Constraint => {
            refuse(format!("{what} hold a value that is not allowed ({constraint})."))
        }
        _ => DomainError::Store(error),
    }
}

/// Every row has at least the version it is in, whatever the export brought of its history.
async fn keep_versions(tx: &WorkspaceTx) -> Result<(), DomainError> {
    let versioned = store::query(
        tx,
        "SELECT tgrelid::regclass::text AS versioned, convert_from(rtrim(tgargs, '\\x00'), 'UTF8') AS noun
         FROM pg_trigger WHERE tgfoid = 'keep_row_version'::regproc ORDER BY 1",
        [],
    )
    .await?;
    for row in versioned {
        let (table, noun): (String, String) = (row.try_get("", "versioned")?, row.try_get("", "noun")?);
        let text = format!(
            "INSERT INTO row_versions (workspace_id, noun, row_id, version, operation, row, actor_id)
             SELECT r.workspace_id, $2, r.id, r.version, 'INSERT', to_jsonb(r), current_actor() FROM {table} r
             WHERE r.workspace_id = $1 AND NOT EXISTS (
               SELECT FROM row_versions v
               WHERE v.workspace_id = $1 AND v.row_id = r.id AND v.version = r.version AND v.noun = $2)"
        );
        store::execute(tx, &text, [store::workspace(tx).into(), noun.into()]).await?;
    }
    Ok(())
}

/// Tells watchers of everything that has appeared, in one statement however much it is.
pub(super) async fn announce(tx: &WorkspaceTx) -> Result<(), DomainError> {
    let made: Vec<String> = NOUNS
        .iter()
        .filter_map(|noun| {
            let (kind, project) = noun.change?;
            let (kind, table) = (kind.as_str(), noun.table);
            Some(format!(
                "SELECT '{kind}' AS kind, id, {project} AS project_id FROM {table} WHERE workspace_id = $1"
            ))
        })
        .collect();
    let made = made.join(" UNION ALL ");
    let text = format!(
        "WITH made AS MATERIALIZED ({made}), counted AS (SELECT count(*) AS n FROM made), taken AS (
           UPDATE change_sequences SET seq = seq + (SELECT n FROM counted) WHERE workspace_id = $1
           RETURNING seq - (SELECT n FROM counted) AS base
         )
         INSERT INTO changes (workspace_id, seq, kind, node_id, operation, actor_id, project_id, at)
         SELECT $1, taken.base + row_number() OVER (), made.kind, made.id, 'CREATED', $2, made.project_id, $3
         FROM taken, made"
    );
    let values = [
        store::workspace(tx).into(),
        tx.actor_id().map(|id| id.uuid()).into(),
        tx.now().into(),
    ];
    store::execute(tx, &text, values).await?;
    Ok(())
}
