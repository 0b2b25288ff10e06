//! The outbox and the queue: nothing is lost, what is not finished comes back.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use smartstack_domain::clock::Clock;
use smartstack_domain::queue::{self, Received};
use smartstack_domain::testing::TestDb;
use smartstack_domain::{Db, DomainError, outbox};

const QUEUE: &str = "test";
const VISIBILITY: TimeDelta = TimeDelta::seconds(30);

fn start() -> DateTime<Utc> {
    "2026-01-05T12:00:00Z".parse().unwrap()
}

async fn send(db: &Db, body: &'static str) {
    db.in_system(move |tx| Box::pin(async move { queue::send(tx, QUEUE, body).await }))
        .await
        .unwrap();
}

async fn receive(db: &Db, max: u16) -> Vec<Received> {
    db.in_system(move |tx| Box::pin(async move { queue::receive(tx, QUEUE, max, VISIBILITY).await }))
        .await
        .unwrap()
}

#[tokio::test]
async fn what_is_not_deleted_comes_back_and_the_old_receipt_is_worth_nothing() {
    let clock = Clock::fixed(start());
    let db = TestDb::with_clock(clock.clone()).await;
    let db = db.worker();
    send(db, "one").await;
    let first = receive(db, 10).await.remove(0);
    assert_eq!((first.body.as_str(), first.receive_count), ("one", 1));
    assert!(receive(db, 10).await.is_empty(), "it is hidden");
    clock.advance(VISIBILITY - TimeDelta::seconds(1));
    assert!(receive(db, 10).await.is_empty(), "it is still hidden");
    clock.advance(TimeDelta::seconds(1));
    let second = receive(db, 10).await.remove(0);
    assert_eq!((second.id, second.receive_count), (first.id, 2));
    let late = db.in_system(move |tx| {
        Box::pin(async move {
            Ok((
                queue::extend(tx, first.receipt, VISIBILITY).await?,
                queue::delete(tx, first.receipt).await?,
                queue::give_back(tx, first.receipt, TimeDelta::zero()).await?,
                queue::bury(tx, first.receipt).await?,
            ))
        })
    });
    assert_eq!(late.await.unwrap(), (false, false, false, false));
    let receipt = second.receipt;
    assert!(
        db.in_system(move |tx| Box::pin(async move { queue::delete(tx, receipt).await }))
            .await
            .unwrap()
    );
    clock.advance(VISIBILITY);
    assert!(receive(db, 10).await.is_empty());
}

#[tokio::test]
async fn a_message_can_be_kept_given_back_and_buried() {
    let clock = Clock::fixed(start());
    let db = TestDb::with_clock(clock.clone()).await;
    let db = db.worker();
    send(db, "one").await;
    let first = receive(db, 1).await.remove(0);
    clock.advance(TimeDelta::seconds(20));
    let receipt = first.receipt;
    let kept = db.in_system(move |tx| Box::pin(async move { queue::extend(tx, receipt, VISIBILITY).await }));
    assert!(kept.await.unwrap());
    clock.advance(TimeDelta::seconds(29));
    assert!(
        receive(db, 1).await.is_empty(),
        "the extension counts from when it was asked for"
    );
    let back = TimeDelta::seconds(5);
    let given = db.in_system(move |tx| Box::pin(async move { queue::give_back(tx, receipt, back).await }));
    assert!(given.await.unwrap());
    assert!(receive(db, 1).await.is_empty());
    clock.advance(back);
    let receipt = receive(db, 1).await.remove(0).receipt;
    assert!(
        db.in_system(move |tx| Box::pin(async move { queue::bury(tx, receipt).await }))
            .await
            .unwrap()
    );
    clock.advance(TimeDelta::days(1));
    assert!(receive(db, 1).await.is_empty());
    let depth = db
        .in_system(|tx| Box::pin(async move { queue::depth(tx, QUEUE).await }))
        .await
        .unwrap();
    assert_eq!((depth.waiting, depth.hidden, depth.dead), (0, 0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn receivers_at_the_same_time_get_different_messages() {
    let db = TestDb::new().await;
    for _ in 0..40 {
        send(db.worker(), "x").await;
    }
    let receivers: Vec<_> = (0..4)
        .map(|_| {
            let worker = db.worker().clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let batch = receive(&worker, 3).await;
                    if batch.is_empty() {
                        return mine;
                    }
                    mine.extend(batch.into_iter().map(|message| message.id));
                }
            })
        })
        .collect();
    let mut all = Vec::new();
    for receiver in receivers {
        all.extend(receiver.await.unwrap());
    }
    assert_eq!(all.len(), 40);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 40);
}

#[tokio::test]
async fn the_outbox_gives_up_a_message_only_when_it_was_sent() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let enqueue = |fail: bool| {
        db.api().in_tenant(&ada.scope, move |tx| {
            Box::pin(async move {
                tx.enqueue(outbox::JOB, json!({ "n": 1 }));
                if fail { Err(DomainError::Conflict) } else { Ok(()) }
            })
        })
    };
    enqueue(false).await.unwrap();
    assert!(enqueue(true).await.is_err());
    // A relay that dies after claiming, before its commit.
    let died = db.worker().in_system(|tx| {
        Box::pin(async move {
            let claimed = outbox::claim_unsent(tx, 10).await?;
            assert_eq!(claimed.len(), 1);
            queue::send(tx, QUEUE, "lost with its transaction").await?;
            Err::<(), _>(DomainError::Conflict)
        })
    });
    assert!(died.await.is_err());
    assert!(receive(db.worker(), 10).await.is_empty());
    let relay = || {
        db.worker().in_system(|tx| {
            Box::pin(async move {
                let claimed = outbox::claim_unsent(tx, 10).await?;
                for message in &claimed {
                    queue::send(tx, QUEUE, &message.payload.to_string()).await?;
                    outbox::mark_sent(tx, message.id).await?;
                }
                Ok(claimed)
            })
        })
    };
    let claimed = relay().await.unwrap();
    assert_eq!(
        (claimed[0].topic.as_str(), claimed[0].workspace_id),
        ("job", Some(ada.workspace_id))
    );
    assert!(relay().await.unwrap().is_empty());
    assert_eq!(receive(db.worker(), 10).await[0].body, r#"{"n":1}"#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_relays_do_not_claim_the_same_message() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let enqueue = db.api().in_tenant(&ada.scope, |tx| {
        Box::pin(async move {
            tx.enqueue(outbox::JOB, json!({}));
            Ok(())
        })
    });
    enqueue.await.unwrap();
    let (claimed, is_claimed) = tokio::sync::oneshot::channel();
    let (finish, may_finish) = tokio::sync::oneshot::channel::<()>();
    let worker = db.worker().clone();
    let first = tokio::spawn(async move {
        worker
            .in_system(move |tx| {
                Box::pin(async move {
                    let messages = outbox::claim_unsent(tx, 10).await?;
                    claimed.send(messages.len()).unwrap();
                    may_finish.await.unwrap();
                    Ok(())
                })
            })
            .await
    });
    assert_eq!(is_claimed.await.unwrap(), 1);
    let second = db
        .worker()
        .in_system(|tx| Box::pin(async move { outbox::claim_unsent(tx, 10).await }));
    assert!(second.await.unwrap().is_empty());
    finish.send(()).unwrap();
    first.await.unwrap().unwrap();
}
