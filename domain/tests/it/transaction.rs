//! Transactions end as they should, whatever becomes of those who opened them.

use std::time::Duration;

use smartstack_domain::testing::{TestDb, TestPerson};
use smartstack_domain::{Db, DomainError, change};
use smartstack_schema::{ChangeOperation, MemberRole, NodeKind};
use uuid::Uuid;

async fn head(db: &Db, ada: &TestPerson) -> i64 {
    db.read(&ada.scope, |tx| Box::pin(async move { change::head(tx).await }))
        .await
        .unwrap()
}

#[tokio::test]
async fn ok_commits_and_err_rolls_back() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let done = db.api().in_tenant(&ada.scope, |tx| {
        Box::pin(async move {
            tx.record_change(NodeKind::Task, Uuid::nil(), ChangeOperation::Created, None);
            tx.audit(
                "task.create",
                NodeKind::Task,
                Uuid::nil(),
                None,
                Some(serde_json::json!({ "title": "x" })),
            );
            Ok(7)
        })
    });
    assert_eq!(done.await.unwrap(), 7);
    let failed = db.api().in_tenant(&ada.scope, |tx| {
        Box::pin(async move {
            tx.record_change(NodeKind::Task, Uuid::nil(), ChangeOperation::Updated, None);
            Err::<(), _>(DomainError::Conflict)
        })
    });
    assert!(matches!(failed.await, Err(DomainError::Conflict)));
    assert_eq!(head(db.api(), &ada).await, 1);
}

#[tokio::test]
async fn a_viewer_reads_and_does_not_write() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let viewer = ada.with_role(MemberRole::Viewer);
    let written = db.api().in_tenant(&viewer, |_| Box::pin(async { Ok(()) })).await;
    assert!(matches!(written, Err(DomainError::Forbidden)));
    let read = db
        .api()
        .read(&viewer, |tx| Box::pin(async move { change::head(tx).await }))
        .await;
    assert_eq!(read.unwrap(), 0);
}

#[tokio::test]
async fn work_whose_caller_goes_away_is_finished() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let (started, is_started) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = tokio::sync::oneshot::channel::<()>();
    let (api, scope) = (db.api().clone(), ada.scope.clone());
    let caller = tokio::spawn(async move {
        api.in_tenant(&scope, move |tx| {
            Box::pin(async move {
                tx.record_change(NodeKind::Task, Uuid::nil(), ChangeOperation::Created, None);
                started.send(()).unwrap();
                may_go_on.await.unwrap();
                Ok(())
            })
        })
        .await
    });
    is_started.await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    go_on.send(()).unwrap();
    for _ in 0..500 {
        if head(db.api(), &ada).await == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the transaction was not committed");
}

#[tokio::test]
async fn a_panic_rolls_back_and_frees_its_connection() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    // More often than the pool has connections.
    for _ in 0..20 {
        let (api, scope) = (db.api().clone(), ada.scope.clone());
        let work = tokio::spawn(async move {
            api.in_tenant::<(), _>(&scope, |tx| {
                Box::pin(async move {
                    tx.record_change(NodeKind::Task, Uuid::nil(), ChangeOperation::Created, None);
                    panic!("on purpose")
                })
            })
            .await
        });
        assert!(work.await.unwrap_err().is_panic());
    }
    assert_eq!(head(db.api(), &ada).await, 0);
}

#[tokio::test]
async fn a_snapshot_stands_still_and_dropping_it_frees_its_connection() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let record = || {
        db.api().in_tenant(&ada.scope, |tx| {
            Box::pin(async move {
                tx.record_change(NodeKind::Task, Uuid::nil(), ChangeOperation::Created, None);
                Ok(())
            })
        })
    };
    record().await.unwrap();
    let snapshot = db.api().snapshot(&ada.scope).await.unwrap();
    assert_eq!(change::head(&snapshot).await.unwrap(), 1);
    record().await.unwrap();
    assert_eq!(change::head(&snapshot).await.unwrap(), 1);
    snapshot.finish().await;
    assert_eq!(head(db.api(), &ada).await, 2);
    for _ in 0..20 {
        drop(db.api().snapshot(&ada.scope).await.unwrap());
    }
    assert_eq!(head(db.api(), &ada).await, 2);
}

#[tokio::test]
async fn connections_that_the_server_closed_are_replaced_unnoticed() {
    use sea_orm::sqlx::{self, Connection, PgConnection};
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let mut admin = PgConnection::connect(&db.admin_url()).await.unwrap();
    for _ in 0..3 {
        let killed: i64 = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert!(killed > 0);
        assert_eq!(head(db.api(), &ada).await, 0);
    }
}

#[tokio::test]
async fn readers_that_go_away_in_the_middle_of_a_query_leave_the_pool_whole() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    for round in 0..100 {
        let snapshot = db.api().snapshot(&ada.scope).await.unwrap();
        let reading = tokio::spawn(async move { change::after(&snapshot, 0, 100).await.map(|c| c.len()) });
        // At another point of the query each time.
        for _ in 0..round % 7 {
            tokio::task::yield_now().await;
        }
        reading.abort();
        drop(reading.await);
    }
    assert_eq!(head(db.api(), &ada).await, 0);
    ok_after(&db, &ada).await;
}

/// Writes still work, and are not inside somebody's abandoned transaction.
async fn ok_after(db: &TestDb, ada: &TestPerson) {
    for _ in 0..20 {
        let write = db.api().in_tenant(&ada.scope, |tx| {
            Box::pin(async move {
                tx.record_change(NodeKind::Task, Uuid::nil(), ChangeOperation::Created, None);
                Ok(())
            })
        });
        write.await.unwrap();
    }
    assert_eq!(head(db.api(), ada).await, 20);
}
