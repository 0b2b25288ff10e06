//! A workspace out of one installation and into another: everything that is promised, nothing that is not, and
//! what nobody should be able to bring in.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Seek, SeekFrom, Write},
    sync::Arc,
};

use futures_util::TryStreamExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use smartstack_domain::{
    DomainError, TenantScope, ai,
    blob::{BlobSettings, Blobs},
    client::{self, NewClient},
    export::{
        self, Archive, ImportMode, Imported,
        noun::{LEFT_OUT, NOUNS},
    },
    input::Patch,
    job::{self, Written},
    project,
    secret::Secrets,
    share_link::{self, NewShareLink},
    suggestion::{self, ItemEdits},
    task::{self, NewTask, TaskPatch},
    testing::{TestDb, TestPerson, execute, pairs},
    upload::{self, Upload},
};
use smartstack_schema::{ItemKind, MemberRole, ShareLinkId, UserErrorCode};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::support::{BRIEF, World, draft, refused};

/// An installation's own place for files, and its secret.
struct Place {
    blobs: Blobs,
    secrets: Arc<Secrets>,
    folder: tempfile::TempDir,
}

impl Place {
    fn new(secret: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            blobs: Blobs::open(&BlobSettings::Folder(folder.path().join("files"))).unwrap(),
            secrets: Arc::new(Secrets::new(&secret.repeat(32).into()).unwrap()),
            folder,
        }
    }

    async fn export(&self, db: &TestDb, scope: &TenantScope) -> Result<Vec<u8>, DomainError> {
        let stream = export::export(db.api(), &self.blobs, scope).await?;
        let pieces: Vec<Vec<u8>> = stream.try_collect().await.expect("a whole export");
        Ok(pieces.concat())
    }

    async fn import(
        &self,
        db: &TestDb,
        scope: &TenantScope,
        bytes: &[u8],
        mode: ImportMode,
    ) -> Result<Imported, DomainError> {
        export::import(db.api(), &self.blobs, &self.secrets, scope, open(bytes)?, mode).await
    }

    /// How many files lie in the store.
    fn stored(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path());
            entries
                .map(|path| if path.is_dir() { count(&path) } else { 1 })
                .sum()
        }
        count(&self.folder.path().join("files"))
    }
}

fn open(bytes: &[u8]) -> Result<Archive, DomainError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    Archive::open(file)
}

/// A world in which a bit of everything has happened.
async fn busy(place: &Place) -> World {
    let world = World::new().await;
    let ana = world.ana.user_id;
    let job = world.plan(BRIEF).await;
    let attempt = world.attempt(job.id).await;
    let envelope = world.envelope(job.id);
    let made = world.db.worker().in_worker(&envelope, move |tx| {
        Box::pin(async move { job::complete(tx, job.id, attempt, draft()).await })
    });
    let Written::Done(suggestion) = made.await.unwrap() else {
        panic!("fenced")
    };
    let items = world.work(move |tx| {
        Box::pin(async move { suggestion::items_by_suggestion_ids(tx, &[suggestion]).await })
    });
    for item in items.await.unwrap().remove(&suggestion).unwrap() {
        // A task and its item name each other, and so do a note and its.
        if matches!(item.kind, ItemKind::Task | ItemKind::Question) {
            let accepted =
                world.work(move |tx| Box::pin(suggestion::accept(tx, item.id, None, ItemEdits::default())));
            accepted.await.unwrap();
        }
    }
    let new = NewClient {
        name: "Fennel & Söhne".to_owned(),
        website: Some("fennel.example".to_owned()),
        ..NewClient::default()
    };
    world.work(|tx| Box::pin(client::create(tx, new))).await.unwrap();
    let parent = world.task(job.project_id, "Parent").await;
    // By id a part may come before what it is a part of.
    let part = NewTask {
        parent_id: Some(parent.id),
        assignee_id: Some(ana),
        ..NewTask::titled(job.project_id, "Part")
    };
    let part = world.work(|tx| Box::pin(task::create(tx, part))).await.unwrap();
    let patch = TaskPatch {
        title: Patch::Set("Part, \"renamed\"\nand \u{1f600}".to_owned()),
        ..TaskPatch::default()
    };
    world
        .work(move |tx| Box::pin(task::update(tx, part.id, None, patch)))
        .await
        .unwrap();
    let gone = world.project("Gone").await;
    world.task(gone.id, "Gone, too").await;
    world
        .work(move |tx| Box::pin(project::delete(tx, gone.id, None)))
        .await
        .unwrap();
    let file = Upload {
        bytes: "Plain, but a file".into(),
        file_name: "notes.txt".to_owned(),
        project_id: Some(job.project_id),
        ..Upload::default()
    };
    upload::receive(world.db.api(), &place.blobs, &world.ana.scope, file)
        .await
        .unwrap();
    let secrets = Arc::clone(&place.secrets);
    let link = NewShareLink::to(job.project_id);
    world
        .work(move |tx| Box::pin(async move { share_link::create(tx, &secrets, link).await }))
        .await
        .unwrap();
    world
        .work(|tx| Box::pin(ai::settings::update(tx, None, true)))
        .await
        .unwrap();
    // Still on its way.
    world.plan("Another brief, in which nothing stands.").await;
    world
}

/// Another installation, in which the same person owns an empty workspace.
async fn elsewhere(ana: &TestPerson) -> (TestDb, TenantScope) {
    let db = TestDb::new().await;
    let other = db.person("Somebody").await;
    let (id, workspace) = (ana.user_id.uuid(), other.workspace_id.uuid());
    let sql = format!(
        "INSERT INTO users (id, email, name, hue, password_hash, created_at) \
           VALUES ('{id}', '{}', 'Ana Ribeiro', 'SEA', '!', now()); \
         INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ('{workspace}', '{id}', 'OWNER', now()); \
         DELETE FROM memberships WHERE user_id <> '{id}'",
        ana.email
    );
    execute(&db.admin_url(), &sql).await;
    let there = TestPerson {
        user_id: ana.user_id,
        ..other
    };
    let scope = there.with_role(MemberRole::Owner);
    (db, scope)
}

async fn texts(db: &TestDb, query: &str) -> Vec<String> {
    let rows = pairs(
        &db.admin_url(),
        &format!("SELECT x::text, NULL::text FROM ({query}) AS q(x)"),
    )
    .await;
    rows.into_iter().map(|(text, _)| text).collect()
}

#[tokio::test]
async fn every_table_of_a_workspace_is_exported_or_left_out_on_purpose() {
    let db = TestDb::new().await;
    let tables = "SELECT table_name FROM information_schema.columns \
        WHERE table_schema = 'public' AND column_name = 'workspace_id' ORDER BY 1";
    let there: BTreeSet<String> = texts(&db, tables).await.into_iter().collect();
    let exported: BTreeSet<String> = NOUNS.iter().map(|noun| noun.table.to_owned()).collect();
    let left_out: BTreeSet<String> = LEFT_OUT.iter().map(|(table, _)| (*table).to_owned()).collect();
    assert_eq!(exported.intersection(&left_out).count(), 0);
    let known: BTreeSet<String> = exported.union(&left_out).cloned().collect();
    assert_eq!(there, known, "list it in domain/src/export/noun.rs");
    // What names a row that comes in later, or of its own table, is looked up at the end.
    let order = |table: &str| NOUNS.iter().position(|noun| noun.table == table);
    let names = "SELECT conrelid::regclass::text || ' ' || confrelid::regclass::text FROM pg_constraint \
        WHERE contype = 'f' AND NOT condeferrable ORDER BY 1";
    for pair in texts(&db, names).await {
        let (table, named) = pair.split_once(' ').unwrap();
        if let Some((at, named)) = order(table).zip(order(named)) {
            assert!(named < at, "make the constraint deferrable: {pair}");
        }
    }
    // The guide says all of it.
    let guide = include_str!("../../../docs/guides/export-and-import.md");
    for (table, why) in LEFT_OUT {
        assert!(
            guide.contains(&format!("| `{table}` | {why} |\n")),
            "{table} in the guide"
        );
    }
    for noun in NOUNS {
        assert!(guide.contains(noun.name), "{} in the guide", noun.name);
        let table = noun.table;
        // Who is named must be a member where it is brought in.
        let people = format!(
            "SELECT DISTINCT a.attname::text FROM pg_constraint c, unnest(c.conkey) AS k(number) \
             JOIN pg_attribute a ON a.attrelid = '{table}'::regclass AND a.attnum = k.number \
             WHERE c.conrelid = '{table}'::regclass AND c.contype = 'f' AND a.attname <> 'workspace_id' \
               AND c.confrelid IN ('users'::regclass, 'memberships'::regclass) ORDER BY 1"
        );
        assert_eq!(texts(&db, &people).await, noun.people, "{table}");
        // Hashes and sealed secrets are bytes: none comes along.
        let bytes = format!(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = '{table}'::regclass \
             AND atttypid = 'bytea'::regtype AND attnum > 0 AND NOT attisdropped"
        );
        for column in texts(&db, &bytes).await {
            assert!(noun.without.contains(&column.as_str()), "{table}.{column}");
        }
    }
}

#[tokio::test]
async fn what_comes_back_is_what_went() {
    let (here, there) = (Place::new("5c"), Place::new("6d"));
    let world = busy(&here).await;
    let bytes = here.export(&world.db, &world.ana.scope).await.unwrap();
    let first = open(&bytes).unwrap();
    for entry in &first.manifest.entries {
        // A noun that this world has none of proves nothing.
        assert!(entry.rows != Some(0), "{} is empty", entry.path);
    }
    let (db, scope) = elsewhere(&world.ana).await;
    let seen = there
        .import(&db, &scope, &bytes, ImportMode::Preview)
        .await
        .unwrap();
    assert_eq!(there.stored(), 0, "a preview stores nothing");
    let count = "SELECT count(*) FROM tasks";
    assert_eq!(texts(&db, count).await, ["0"], "a preview brings nothing");
    let apply = ImportMode::Apply {
        sha256: Some(seen.sha256.clone()),
    };
    let done = there.import(&db, &scope, &bytes, apply).await.unwrap();
    assert_eq!(done, seen);
    assert_eq!((done.files, there.stored()), (1, 1));
    assert_eq!(
        done.people
            .iter()
            .map(|person| person.is_member)
            .collect::<Vec<_>>(),
        [true]
    );
    let second = open(&there.export(&db, &scope).await.unwrap()).unwrap();
    assert_eq!(second.manifest.entries, first.manifest.entries);
    assert_eq!(second.manifest.workspace.name, first.manifest.workspace.name);
    // What is to be read is read, and no text is sent to a model by itself.
    let topics = "SELECT topic FROM outbox WHERE topic <> 'mail' ORDER BY 1";
    assert_eq!(texts(&db, topics).await, ["document"]);
    assert_eq!(
        texts(&db, "SELECT state FROM jobs ORDER BY 1").await,
        ["CANCELLED", "READY"]
    );
    // Watchers hear of every row.
    let heard =
        "SELECT kind || ' ' || count(*) FROM changes WHERE operation = 'CREATED' GROUP BY kind ORDER BY 1";
    let made: BTreeMap<_, _> = done.rows.iter().copied().collect();
    let tasks = format!("TASK {}", made["tasks"]);
    assert!(texts(&db, heard).await.contains(&tasks), "{tasks}");
    let gaps = "SELECT max(seq) - count(*) FROM changes";
    assert_eq!(texts(&db, gaps).await, ["0"]);
    // A shared link is there, and its address is another one.
    let link = texts(&db, "SELECT id FROM share_links").await.remove(0);
    let link = ShareLinkId(link.parse().unwrap());
    let token = async |db: &TestDb, scope: &TenantScope, place: &Place| {
        let read = db.api().read(scope, move |tx| {
            Box::pin(async move { share_link::get(tx, link).await })
        });
        read.await.unwrap().token(&place.secrets)
    };
    let old = token(&world.db, &world.ana.scope, &here).await;
    let new = token(&db, &scope, &there).await;
    assert!(new.is_some() && old.is_some() && new != old);
    assert_eq!(
        texts(
            &db,
            "SELECT action FROM audit_events WHERE action LIKE 'workspace.%' ORDER BY 1"
        )
        .await,
        ["workspace.export", "workspace.import"]
    );
    // History goes on where it was: the renamed task has another version now.
    let part = texts(&db, "SELECT id FROM tasks WHERE title LIKE 'Part%'")
        .await
        .remove(0);
    let versions = format!("SELECT version FROM row_versions WHERE row_id = '{part}' ORDER BY 1");
    assert_eq!(texts(&db, &versions).await, ["1", "2"]);
    execute(
        &db.admin_url(),
        &format!("UPDATE tasks SET version = 3 WHERE id = '{part}'"),
    )
    .await;
    assert_eq!(texts(&db, &versions).await, ["1", "2", "3"]);
}

#[tokio::test]
async fn people_are_known_by_their_address_and_nobody_else_is_named() {
    let here = Place::new("5c");
    let world = busy(&here).await;
    let bytes = here.export(&world.db, &world.ana.scope).await.unwrap();
    // The same person, with another account elsewhere.
    let db = TestDb::new().await;
    let ana = db.person("Ana Ribeiro").await;
    here.import(&db, &ana.scope, &bytes, ImportMode::Apply { sha256: None })
        .await
        .unwrap();
    let assigned = "SELECT assignee_id FROM tasks WHERE assignee_id IS NOT NULL";
    assert_eq!(texts(&db, assigned).await, [ana.user_id.uuid().to_string()]);
    let acted = "SELECT DISTINCT actor_id FROM row_versions WHERE noun = 'client'";
    assert_eq!(texts(&db, acted).await, [ana.user_id.uuid().to_string()]);
    // Somebody else, though Ana has an account in the same installation.
    let db = TestDb::new().await;
    let (eve, _) = (db.person("Eve").await, db.person("Ana Ribeiro").await);
    let done = here.import(&db, &eve.scope, &bytes, ImportMode::Apply { sha256: None });
    let done = done.await.unwrap();
    assert!(!done.people[0].is_member);
    assert_eq!(texts(&db, assigned).await, [""; 0]);
}

#[tokio::test]
async fn only_an_owner_exports_and_only_an_empty_workspace_is_filled() {
    let here = Place::new("5c");
    let world = busy(&here).await;
    for role in [MemberRole::Member, MemberRole::Viewer] {
        let scope = world.ana.with_role(role);
        let outcome = here.export(&world.db, &scope).await;
        assert!(matches!(outcome, Err(DomainError::Forbidden)), "{role:?}");
    }
    let bytes = here.export(&world.db, &world.ana.scope).await.unwrap();
    let (db, scope) = elsewhere(&world.ana).await;
    let state = |outcome: Result<Imported, DomainError>| match outcome {
        Err(DomainError::InvalidState(message)) => message,
        other => panic!("not refused: {other:?}"),
    };
    let wrong = ImportMode::Apply {
        sha256: Some("00".repeat(32)),
    };
    let message = state(here.import(&db, &scope, &bytes, wrong).await);
    assert!(message.contains("not the file"), "{message}");
    // Where it came from it still is.
    let message = state(
        here.import(&world.db, &world.ana.scope, &bytes, ImportMode::Preview)
            .await,
    );
    assert!(
        message.contains("not empty") && message.contains("clients"),
        "{message}"
    );
    // And so are its ids, in another workspace of the same installation.
    let stored = here.stored();
    let eve = world.db.person("Eve").await;
    for mode in [ImportMode::Preview, ImportMode::Apply { sha256: None }] {
        let message = state(here.import(&world.db, &eve.scope, &bytes, mode).await);
        assert!(message.contains("in use already"), "{message}");
    }
    assert_eq!(here.stored(), stored, "files of a refused import are removed");
    let of_eve = format!(
        "SELECT count(*) FROM clients WHERE workspace_id = '{}'",
        eve.workspace_id.uuid()
    );
    assert_eq!(texts(&world.db, &of_eve).await, ["0"]);
}

/// An export taken apart, to be put together wrongly.
#[derive(Clone)]
struct Parts {
    manifest: Value,
    entries: Vec<(String, Vec<u8>)>,
}

/// What is done to a file, what it is called, and what is said of it.
type Case<'a> = (&'a str, &'a dyn Fn(&mut Parts), &'a str);

impl Parts {
    fn of(bytes: &[u8]) -> Self {
        let mut zip = ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let (mut manifest, mut entries) = (Value::Null, Vec::new());
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let name = String::from_utf8(file.name_raw().to_vec()).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            match name.as_str() {
                "manifest.json" => manifest = serde_json::from_slice(&bytes).unwrap(),
                _ => entries.push((name, bytes)),
            }
        }
        Self { manifest, entries }
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut parts = self.clone();
        change(&mut parts);
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let manifest = (
            "manifest.json".to_owned(),
            serde_json::to_vec(&parts.manifest).unwrap(),
        );
        for (name, bytes) in parts.entries.into_iter().chain([manifest]) {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    /// Changes the lines of a noun, and the manifest so that it fits.
    fn lines(&mut self, path: &str, change: impl FnOnce(&mut Vec<Value>)) {
        let (_, bytes) = self.entries.iter_mut().find(|(name, _)| name == path).unwrap();
        let mut lines: Vec<Value> = serde_json::Deserializer::from_slice(bytes)
            .into_iter()
            .collect::<Result<_, _>>()
            .unwrap();
        change(&mut lines);
        *bytes = lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect::<String>()
            .into_bytes();
        let (bytes, rows) = (bytes.clone(), lines.len());
        self.describe(path, &bytes, Some(rows));
    }

    fn describe(&mut self, path: &str, bytes: &[u8], rows: Option<usize>) {
        let entries = self.manifest["entries"].as_array_mut().unwrap();
        let entry = entries.iter_mut().find(|entry| entry["path"] == path).unwrap();
        entry["bytes"] = json!(bytes.len());
        entry["sha256"] = json!(
            Sha256::digest(bytes)
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<String>()
        );
        if let Some(rows) = rows {
            entry["rows"] = json!(rows);
        }
    }
}

#[tokio::test]
async fn what_is_no_whole_and_untouched_export_is_not_even_looked_into() {
    let here = Place::new("5c");
    let world = busy(&here).await;
    let bytes = here.export(&world.db, &world.ana.scope).await.unwrap();
    let parts = Parts::of(&bytes);
    let wrong = |what: &str, bytes: &[u8], said: &str| match open(bytes) {
        Err(DomainError::Validation(errors)) => {
            assert_eq!(errors[0].field, ["file"], "{what}");
            assert!(errors[0].message.contains(said), "{what}: {}", errors[0].message);
        }
        Err(error) => panic!("{what}: {error:?}"),
        Ok(_) => panic!("{what} was taken"),
    };
    wrong("nothing", b"", "no whole ZIP");
    wrong("a text", &[b'a'; 5_000], "no whole ZIP");
    wrong("half of it", &bytes[..bytes.len() / 2], "no whole ZIP");
    wrong(
        "something after it",
        &[&bytes[..], b"more"].concat(),
        "no whole ZIP",
    );
    let change = |change: &dyn Fn(&mut Parts)| parts.with(|parts| change(parts));
    let cases: [Case<'_>; 12] = [
        (
            "another format",
            &|parts| parts.manifest["format"] = json!("zip"),
            "not one of an exported",
        ),
        (
            "a newer version",
            &|parts| parts.manifest["version"] = json!(2),
            "newer SmartStack",
        ),
        (
            "no entries",
            &|parts| parts.manifest["entries"] = json!([]),
            "is missing",
        ),
        (
            "a way out",
            &|parts| parts.entries.push(("../../etc/passwd".to_owned(), Vec::new())),
            "does not name",
        ),
        (
            "a way out that is named",
            &|parts| {
                parts.entries.push(("files/../../x".to_owned(), Vec::new()));
                let entry = json!({ "path": "files/../../x", "bytes": 0, "sha256": "" });
                parts.manifest["entries"].as_array_mut().unwrap().push(entry);
            },
            "which no export has",
        ),
        (
            "a file named twice",
            &|parts| {
                let entries = parts.manifest["entries"].as_array_mut().unwrap();
                entries.push(entries[0].clone());
            },
            "twice",
        ),
        (
            "a missing noun",
            &|parts| parts.entries.retain(|(name, _)| name != "data/tasks.jsonl"),
            "is missing",
        ),
        (
            "a changed line",
            &|parts| {
                let (_, bytes) = parts
                    .entries
                    .iter_mut()
                    .find(|(name, _)| name == "data/clients.jsonl")
                    .unwrap();
                let text = String::from_utf8(bytes.clone())
                    .unwrap()
                    .replace("Fennel", "Walnut");
                *bytes = text.into_bytes();
            },
            "damaged or changed",
        ),
        (
            "more than it says",
            &|parts| {
                let (_, bytes) = parts
                    .entries
                    .iter_mut()
                    .find(|(name, _)| name == "data/clients.jsonl")
                    .unwrap();
                *bytes = vec![b' '; 50_000_000];
            },
            "damaged or changed",
        ),
        (
            "more than there may be",
            &|parts| {
                for entry in parts.manifest["entries"].as_array_mut().unwrap() {
                    if entry["path"] == "data/clients.jsonl" {
                        entry["bytes"] = json!(u64::MAX);
                    }
                }
            },
            "more than can be brought in",
        ),
        (
            "a line without end",
            &|parts| {
                let bytes = vec![b'1'; 4_000_000];
                parts.describe("data/clients.jsonl", &bytes, Some(1));
                parts
                    .entries
                    .iter_mut()
                    .find(|(name, _)| name == "data/clients.jsonl")
                    .unwrap()
                    .1 = bytes;
            },
            "too long",
        ),
        (
            "thousands of entries",
            &|parts| {
                let more = (0..6_000).map(|at| (format!("x{at}"), Vec::new()));
                parts.entries.extend(more);
            },
            "more entries",
        ),
    ];
    for (what, how, said) in cases {
        wrong(what, &change(how), said);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_whole() {
    let here = Place::new("5c");
    let world = busy(&here).await;
    let parts = Parts::of(&here.export(&world.db, &world.ana.scope).await.unwrap());
    let (db, scope) = elsewhere(&world.ana).await;
    let there = Place::new("6d");
    let lines = |path: &'static str, change: &dyn Fn(&mut Vec<Value>)| {
        parts.with(|parts| parts.lines(path, |lines| change(lines)))
    };
    let file = |bytes: &'static [u8]| {
        parts.with(|parts| {
            let (name, found) = parts
                .entries
                .iter_mut()
                .find(|(name, _)| name.starts_with("files/"))
                .unwrap();
            *found = bytes.to_vec();
            let name = name.clone();
            parts.describe(&name, bytes, None);
        })
    };
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "an unknown column",
            lines("data/clients.jsonl", &|lines| lines[0]["admin"] = json!(true)),
            "does not name",
        ),
        (
            "a column of another workspace",
            lines("data/clients.jsonl", &|lines| {
                lines[0]["workspace_id"] = json!(uuid::Uuid::nil());
            }),
            "does not name",
        ),
        (
            "a text for a number",
            lines("data/tasks.jsonl", &|lines| lines[0]["version"] = json!("many")),
            "not allowed",
        ),
        (
            "a state nobody knows",
            lines("data/tasks.jsonl", &|lines| lines[0]["status"] = json!("FLYING")),
            "tasks_status_check",
        ),
        (
            "a character that cannot be stored",
            lines("data/tasks.jsonl", &|lines| lines[0]["title"] = json!("a\0b")),
            "not allowed",
        ),
        (
            "an address that is a program",
            lines("data/clients.jsonl", &|lines| {
                lines[0]["website"] = json!("javascript://%0aalert(1)");
            }),
            "website",
        ),
        (
            "a project that is not there",
            lines("data/tasks.jsonl", &|lines| {
                lines[0]["parent_id"] = json!(uuid::Uuid::max());
            }),
            "not in the export",
        ),
        (
            "the same row twice",
            lines("data/clients.jsonl", &|lines| lines.push(lines[0].clone())),
            "in use already",
        ),
        (
            "a document without its file",
            lines("data/documents.jsonl", &|lines| {
                for line in lines {
                    line["kind"] = json!("FILE");
                }
            }),
            "do not fit together",
        ),
        (
            "a file without its document",
            lines("data/documents.jsonl", &|lines| {
                lines.retain(|line| line["kind"] == "TEXT");
            }),
            "belongs to no document",
        ),
        ("a program for a file", file(b"\x7fELF and more\0"), "files/"),
        (
            "a history that is none",
            lines("data/history.jsonl", &|lines| lines[0]["row"] = json!([1])),
            "has to be an object",
        ),
        (
            "no name",
            lines("data/workspace.jsonl", &|lines| lines[0]["name"] = json!("  ")),
            "Write something",
        ),
        (
            "a colour nobody knows",
            lines("data/workspace.jsonl", &|lines| lines[0]["hue"] = json!("BEIGE")),
            "colour",
        ),
        (
            "a column of a later version",
            parts.with(|parts| {
                for entry in parts.manifest["entries"].as_array_mut().unwrap() {
                    if entry["path"] == "data/clients.jsonl" {
                        entry["columns"].as_array_mut().unwrap().push(json!("shoe_size"));
                    }
                }
            }),
            "newer SmartStack",
        ),
    ];
    for (what, bytes, said) in cases {
        for mode in [ImportMode::Preview, ImportMode::Apply { sha256: None }] {
            let message = match there.import(&db, &scope, &bytes, mode).await {
                Err(DomainError::Validation(errors)) => {
                    assert_eq!(errors[0].field, ["file"], "{what}");
                    errors[0].message.clone()
                }
                Err(DomainError::InvalidState(message)) => message,
                other => panic!("{what}: {other:?}"),
            };
            assert!(message.contains(said), "{what}: {message}");
        }
    }
    // The rows that did fit went back, too, and so did the files.
    for noun in NOUNS {
        let count = format!("SELECT count(*) FROM {}", noun.table);
        assert_eq!(texts(&db, &count).await, ["0"], "{}", noun.table);
    }
    assert_eq!(there.stored(), 0);
    // Without its history a row has at least the version it is in.
    let bare = parts.with(|parts| parts.lines("data/history.jsonl", Vec::clear));
    there
        .import(&db, &scope, &bare, ImportMode::Apply { sha256: None })
        .await
        .unwrap();
    let without = "SELECT count(*) FROM tasks t WHERE NOT EXISTS (SELECT FROM row_versions v \
        WHERE v.row_id = t.id AND v.version = t.version)";
    assert_eq!(texts(&db, without).await, ["0"]);
    // It is filled now: once more is once too often.
    let again = there.import(&db, &scope, &bare, ImportMode::Preview).await;
    assert!(matches!(again, Err(DomainError::InvalidState(_))));
    let empty = refused(open(b"").map(drop));
    assert_eq!(empty, [("file".to_owned(), UserErrorCode::Invalid)]);
}
