//! The consumer's own promises, with work made for the test.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use smartstack_domain::clock::Random;
use smartstack_domain::queue::{self, Depth};
use smartstack_domain::testing::TestDb;
use smartstack_worker::adapter::queue::{PostgresQueue, Queue, Received};
use smartstack_worker::runtime::drain::Shutdown;
use smartstack_worker::runtime::poll::{Consumer, Handler, Settings};
use smartstack_worker::runtime::retry::RetryPolicy;
use smartstack_worker::runtime::{Failure, FailureKind};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::eventually;

/// Work that does what its message says, and notes what happened.
#[derive(Debug, Default)]
struct Scripted {
    /// `body verb` → how often.
    happened: Mutex<HashMap<String, usize>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Scripted {
    fn note(&self, message: &Received, verb: &str) {
        *self
            .happened
            .lock()
            .unwrap()
            .entry(format!("{} {verb}", message.body))
            .or_default() += 1;
    }

    fn count(&self, what: &str) -> usize {
        self.happened
            .lock()
            .unwrap()
            .get(what)
            .copied()
            .unwrap_or_default()
    }
}

impl Handler for Scripted {
    fn kind_of(&self, _: &Received) -> &'static str {
        "scripted"
    }

    async fn handle(&self, message: &Received, give_back: &CancellationToken) -> Result<(), Failure> {
        self.note(message, "handled");
        match message.body.as_str() {
            "panic" => panic!("made for the test"),
            "wrong" => Err(Failure::said(FailureKind::Permanent, "made for the test")),
            "away" => Err(Failure::said(FailureKind::Unavailable, "made for the test")),
            "away at first" if message.receive_count < 3 => {
                Err(Failure::said(FailureKind::Unavailable, "made for the test"))
            }
            "endless" => {
                give_back.cancelled().await;
                Err(Failure::said(FailureKind::NotNow, "stopping"))
            }
            "long" => {
                // Longer than its lease: only the heartbeat keeps others away.
                tokio::time::sleep(LEASE * 3).await;
                Ok(())
            }
            "slow" => {
                let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
                self.most_at_once.fetch_max(now, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(30)).await;
                self.at_once.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn release(&self, message: &Received, _: &Failure) -> anyhow::Result<()> {
        self.note(message, "released");
        Ok(())
    }

    async fn give_up(&self, message: &Received, _: &Failure) -> anyhow::Result<()> {
        self.note(message, "given up");
        Ok(())
    }
}

const LEASE: Duration = Duration::from_secs(1);

struct Running {
    database: TestDb,
    work: Arc<Scripted>,
    shutdown: Shutdown,
    ended: JoinHandle<()>,
}

impl Running {
    async fn start(concurrency: usize, bodies: &[&str]) -> Self {
        let database = TestDb::new().await;
        let queue = Queue::Postgres(PostgresQueue::new(database.worker().clone()));
        queue
            .send(bodies.iter().map(|body| (*body).to_owned()).collect())
            .await
            .unwrap();
        let (work, shutdown) = (Arc::new(Scripted::default()), Shutdown::default());
        let consumer = Consumer {
            queue,
            handler: Arc::clone(&work),
            settings: Settings {
                concurrency,
                lease: LEASE,
                retry: RetryPolicy {
                    base: Duration::from_millis(1),
                    cap: Duration::from_millis(5),
                    max_receives: 3,
                },
            },
            random: Random::seeded(1),
        };
        let ended = tokio::spawn(consumer.run(shutdown.clone()));
        Self {
            database,
            work,
            shutdown,
            ended,
        }
    }

    async fn depth(&self) -> Depth {
        self.database
            .worker()
            .in_system(|tx| Box::pin(async move { queue::depth(tx, "work").await }))
            .await
            .unwrap()
    }

    async fn settles_at(&self, waiting: u64, hidden: u64, dead: u64) {
        let wanted = Depth {
            waiting,
            hidden,
            dead,
        };
        eventually(&format!("{wanted:?}"), || async {
            (self.depth().await == wanted).then_some(())
        })
        .await;
    }

    async fn stop(self, within: Duration) -> (TestDb, Arc<Scripted>) {
        self.shutdown.begin(within);
        tokio::time::timeout(crate::support::PATIENCE, self.ended)
            .await
            .unwrap()
            .unwrap();
        (self.database, self.work)
    }
}

#[tokio::test]
async fn poison_stops_nothing_else() {
    let running = Running::start(2, &["panic", "wrong", "food", "not json", "food too"]).await;
    running.settles_at(0, 0, 2).await;
    for poison in ["panic", "wrong"] {
        assert_eq!(running.work.count(&format!("{poison} handled")), 1);
        assert_eq!(running.work.count(&format!("{poison} given up")), 1);
    }
    assert_eq!(
        running.work.count("food handled") + running.work.count("food too handled"),
        2
    );
}

#[tokio::test]
async fn what_is_away_is_tried_again_and_then_given_up() {
    let running = Running::start(2, &["away", "away at first"]).await;
    running.settles_at(0, 0, 1).await;
    assert_eq!(running.work.count("away handled"), 3);
    assert_eq!(running.work.count("away released"), 2);
    assert_eq!(running.work.count("away given up"), 1);
    assert_eq!(running.work.count("away at first handled"), 3);
    assert_eq!(running.work.count("away at first given up"), 0);
}

#[tokio::test]
async fn a_message_that_ends_its_worker_is_not_tried_for_ever() {
    let running = Running::start(1, &[]).await;
    let (database, _) = running.stop(Duration::ZERO).await;
    // Six workers, twice as many as failures are tried, received it and were gone.
    let queue = Queue::Postgres(PostgresQueue::new(database.worker().clone()));
    queue.send(vec!["killer".to_owned()]).await.unwrap();
    for _ in 0..6 {
        let held = queue
            .receive(1, LEASE, LEASE, &CancellationToken::new())
            .await
            .unwrap()
            .remove(0);
        queue.give_back(&held.receipt, Duration::ZERO).await.unwrap();
    }
    let work = Arc::new(Scripted::default());
    let shutdown = Shutdown::default();
    let consumer = Consumer {
        queue,
        handler: Arc::clone(&work),
        settings: Settings {
            concurrency: 1,
            lease: LEASE,
            retry: RetryPolicy {
                max_receives: 3,
                ..RetryPolicy::default()
            },
        },
        random: Random::seeded(1),
    };
    let _ended = tokio::spawn(consumer.run(shutdown));
    eventually("given up", || async {
        (work.count("killer given up") == 1).then_some(())
    })
    .await;
    assert_eq!(work.count("killer handled"), 0);
}

#[tokio::test]
async fn no_more_than_so_many_at_once() {
    let running = Running::start(3, &["slow"; 12]).await;
    running.settles_at(0, 0, 0).await;
    assert_eq!(running.work.count("slow handled"), 12);
    assert_eq!(running.work.most_at_once.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_long_job_is_executed_once() {
    let running = Running::start(2, &["long"]).await;
    running.settles_at(0, 0, 0).await;
    assert_eq!(running.work.count("long handled"), 1);
}

#[tokio::test]
async fn stopping_gives_back_what_does_not_finish() {
    let running = Running::start(2, &["endless"]).await;
    let work = Arc::clone(&running.work);
    eventually("begun", || async {
        (work.count("endless handled") == 1).then_some(())
    })
    .await;
    let (database, work) = running.stop(Duration::ZERO).await;
    assert_eq!(work.count("endless released"), 1);
    let depth = database
        .worker()
        .in_system(|tx| Box::pin(async move { queue::depth(tx, "work").await }))
        .await;
    assert_eq!(
        depth.unwrap(),
        Depth {
            waiting: 1,
            hidden: 0,
            dead: 0
        },
        "at once there for another worker"
    );
}
