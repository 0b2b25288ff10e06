//! The change log is gap-free, in the order of commits, and followed without loss.

use std::time::Duration;

use sea_orm::sqlx::{self, Connection, PgConnection};
use smartstack_domain::change::{ChangeFeed, SessionSignal};
use smartstack_domain::testing::{TestDb, TestPerson};
use smartstack_domain::{Db, DomainError, TenantScope};
use smartstack_schema::{ChangeOperation, NodeKind};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(30);

/// Commits one transaction with `count` changes.
async fn write(db: &Db, scope: &TenantScope, count: u128) {
    let work = db.in_tenant(scope, move |tx| {
        Box::pin(async move {
            for number in 0..count {
                tx.record_change(
                    NodeKind::Task,
                    Uuid::from_u128(number),
                    ChangeOperation::Created,
                    None,
                );
            }
            Ok(())
        })
    });
    work.await.unwrap();
}

async fn read(db: &Db, scope: &TenantScope, seq: i64) -> Vec<i64> {
    let work = db.read(scope, move |tx| {
        Box::pin(async move { smartstack_domain::change::after(tx, seq, 500).await })
    });
    work.await.unwrap().iter().map(|change| change.seq).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_writers_leave_no_gap_and_readers_see_no_disorder() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let (api, scope) = (db.api().clone(), ada.scope.clone());
            tokio::spawn(async move {
                for _ in 0..50 {
                    write(&api, &scope, 1).await;
                }
            })
        })
        .collect();
    // Meanwhile: whoever sees number n sees all before it, or a later reading would find a number
    // below the last one it had.
    let (mut last, mut readings) = (0, 0);
    while last < 400 {
        let seen = read(db.api(), &ada.scope, last).await;
        let expected: Vec<i64> = (last + 1..=last + seen.len() as i64).collect();
        assert_eq!(seen, expected);
        last += seen.len() as i64;
        readings += 1;
    }
    assert!(readings > 1, "the reader came too late to see anything");
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(read(db.api(), &ada.scope, 0).await, (1..=400).collect::<Vec<_>>());
}

async fn collect(feed: &ChangeFeed, ada: &TestPerson, after: i64, until: i64) -> Vec<i64> {
    let mut reader = feed.follow(&ada.scope, Some(after)).await.unwrap();
    let mut seen = Vec::new();
    while reader.seq() < until {
        let next = tokio::time::timeout(PATIENCE, reader.next())
            .await
            .expect("a change in time")
            .unwrap();
        seen.extend(next.expect("a running feed").iter().map(|change| change.seq));
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_that_is_cut_off_resumes_without_gap_or_duplicate() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let feed = ChangeFeed::start(db.api());
    let (api, scope) = (db.api().clone(), ada.scope.clone());
    let writer = tokio::spawn(async move {
        for _ in 0..60 {
            write(&api, &scope, 2).await;
        }
    });
    let mut seen: Vec<i64> = Vec::new();
    while seen.len() < 120 {
        let after = seen.last().copied().unwrap_or(0);
        // Cut after the first batch each time.
        seen.extend(collect(&feed, &ada, after, after + 1).await);
    }
    writer.await.unwrap();
    assert_eq!(seen, (1..=120).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn losing_the_listening_connection_loses_no_change() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let feed = ChangeFeed::start(db.api());
    let mut sessions = feed.sessions();
    let mut admin = PgConnection::connect(&db.admin_url()).await.unwrap();
    for round in 0..3 {
        // Listening has begun, again: said once for each connection.
        let heard = tokio::time::timeout(PATIENCE, sessions.recv())
            .await
            .expect("a connection")
            .unwrap();
        assert_eq!(heard, SessionSignal::CheckAll);
        let (one, two) = tokio::join!(
            collect(&feed, &ada, round * 2, round * 2 + 1),
            write(db.api(), &ada.scope, 1)
        );
        assert_eq!((one, two), (vec![round * 2 + 1], ()));
        let killed: i64 = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' \
             AND datname = current_database()",
        )
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert_eq!(killed, 1);
        write(db.api(), &ada.scope, 1).await;
        assert_eq!(
            collect(&feed, &ada, round * 2 + 1, round * 2 + 2).await,
            [round * 2 + 2]
        );
    }
}

#[tokio::test]
async fn a_change_nobody_notified_of_is_found() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let feed = ChangeFeed::start(db.api());
    let mut reader = feed.follow(&ada.scope, None).await.unwrap();
    let mut admin = PgConnection::connect(&db.admin_url()).await.unwrap();
    let behind = async {
        // As if its process had died between commit and notification.
        sqlx::query(
            "WITH s AS (UPDATE change_sequences SET seq = 1 RETURNING workspace_id) \
             INSERT INTO changes SELECT workspace_id, 1, 'TASK', gen_random_uuid(), 'CREATED', NULL, NULL, now() FROM s",
        )
        .execute(&mut admin)
        .await
        .unwrap();
    };
    let (next, ()) = tokio::join!(tokio::time::timeout(PATIENCE, reader.next()), behind);
    assert_eq!(next.expect("found in time").unwrap().unwrap()[0].seq, 1);
}

#[tokio::test]
async fn a_cursor_beyond_the_log_is_refused() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let feed = ChangeFeed::start(db.api());
    write(db.api(), &ada.scope, 3).await;
    assert!(matches!(
        feed.follow(&ada.scope, Some(4)).await,
        Err(DomainError::Validation(_))
    ));
    assert_eq!(collect(&feed, &ada, 1, 3).await, [2, 3]);
}

#[tokio::test]
async fn signals_of_one_workspace_do_not_wake_another() {
    let db = TestDb::new().await;
    let (ada, eve) = (db.person("Ada").await, db.person("Eve").await);
    let feed = ChangeFeed::start(db.api());
    let mut eves = feed.follow(&eve.scope, None).await.unwrap();
    write(db.api(), &ada.scope, 1).await;
    // Ada's change has arrived; Eve's reader, asked for as long, has nothing.
    assert_eq!(collect(&feed, &ada, 0, 1).await, [1]);
    assert!(
        tokio::time::timeout(Duration::from_millis(1500), eves.next())
            .await
            .is_err()
    );
    write(db.api(), &eve.scope, 1).await;
    let next = tokio::time::timeout(PATIENCE, eves.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(next.len(), 1);
}
