//! What a worker does besides jobs: it says that it is there, and deletes what is over.

use smartstack_domain::testing::TestDb;
use tokio::process::Command;

use crate::desk::Desk;
use crate::support::{WorkerProcess, eventually};

/// Runs SQL as the cluster's administrator, behind the worker's back; `None` when it gives nothing.
async fn sql(db: &TestDb, text: &str) -> Option<String> {
    let url = db.admin_url();
    let (address, parameters) = url.split_once('?').unwrap_or((&url, ""));
    // Without the parameters that only our driver knows.
    let kept: Vec<_> = parameters
        .split('&')
        .filter(|one| one.starts_with("host="))
        .collect();
    let output = Command::new("psql")
        .args([&format!("{address}?{}", kept.join("&")), "--no-psqlrc", "-At"])
        .args(["-v", "ON_ERROR_STOP=1", "-c", text])
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{text}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answer = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    (!answer.is_empty()).then_some(answer)
}

#[tokio::test]
async fn a_worker_says_how_its_parts_do_and_leaves_when_it_stops() {
    let desk = Desk::new().await;
    let db = &desk.database;
    let mut worker = WorkerProcess::start(&desk, "").await;
    let parts = eventually("a word", || {
        sql(
            db,
            "SELECT parts::text FROM heartbeats WHERE kind = 'WORKER' AND version <> '' AND at >= started_at",
        )
    })
    .await;
    let parts: serde_json::Value = serde_json::from_str(&parts).unwrap();
    let mut said: Vec<_> = parts
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["part"].as_str().unwrap(), part["ok"].as_bool().unwrap()))
        .collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            ("DATABASE", true),
            ("MAIL", true),
            ("MODEL", true),
            ("QUEUE", true),
            ("STORAGE", true)
        ]
    );
    worker.signal("TERM").await;
    assert!(worker.ended().await);
    assert_eq!(
        sql(db, "SELECT process FROM heartbeats").await,
        None,
        "it is not missed"
    );
}

#[tokio::test]
async fn a_worker_deletes_what_is_over() {
    let desk = Desk::new().await;
    let db = &desk.database;
    sql(
        db,
        "INSERT INTO throttles (key, failures, first_at) VALUES ('old', 1, now() - interval '8 days'), ('new', 1, now())",
    )
    .await;
    let worker = WorkerProcess::start(&desk, "").await;
    eventually("a purge", || async {
        let left = sql(db, "SELECT string_agg(key, ',') FROM throttles").await;
        (left.as_deref() == Some("new")).then_some(())
    })
    .await;
    eventually("its record", || async {
        sql(
            db,
            "SELECT purge FROM retention_runs WHERE removed = 1 AND finished_at IS NOT NULL",
        )
        .await
    })
    .await;
    worker.logged("what is over was deleted").await;
}
