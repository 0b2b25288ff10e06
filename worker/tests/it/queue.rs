//! One suite over every queue adapter: what `adapter::queue` promises, held against each variant.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use smartstack_domain::clock::Clock;
use smartstack_domain::testing::TestDb;
use smartstack_worker::adapter::queue::{PostgresQueue, Queue, Received};
use tokio_util::sync::CancellationToken;

const LEASE: Duration = Duration::from_secs(30);

/// A queue under test, and the clock it runs on.
struct Case {
    queue: Queue,
    clock: Clock,
    _database: TestDb,
}

impl Case {
    /// Every variant. Add a new one here.
    async fn all() -> Vec<Self> {
        let clock = Clock::fixed(DateTime::<Utc>::from_timestamp(1_772_600_000, 0).unwrap());
        let database = TestDb::with_clock(clock.clone()).await;
        let queue = Queue::Postgres(PostgresQueue::new(database.worker().clone()));
        vec![Self {
            queue,
            clock,
            _database: database,
        }]
    }

    async fn send(&self, bodies: &[&str]) {
        self.queue
            .send(bodies.iter().map(|body| (*body).to_owned()).collect())
            .await
            .unwrap();
    }

    /// What can be received right now.
    async fn receive(&self, max: usize) -> Vec<Received> {
        self.queue
            .receive(max, LEASE, Duration::ZERO, &CancellationToken::new())
            .await
            .unwrap()
    }

    async fn one(&self) -> Received {
        let mut messages = self.receive(1).await;
        assert_eq!(messages.len(), 1);
        messages.remove(0)
    }

    fn pass(&self, time: Duration) {
        assert!(self.clock.advance(TimeDelta::from_std(time).unwrap()));
    }
}

fn bodies(messages: &[Received]) -> Vec<&str> {
    messages.iter().map(|message| message.body.as_str()).collect()
}

#[tokio::test]
async fn what_is_sent_is_received_whole() {
    for case in Case::all().await {
        let odd = "{\"größe\": \"🦀 \\\\ ' \"}";
        case.send(&["first", odd]).await;
        let received = case.receive(10).await;
        assert_eq!(
            bodies(&received).into_iter().collect::<HashSet<_>>(),
            HashSet::from(["first", odd])
        );
        assert!(received.iter().all(|message| message.receive_count == 1));
        assert_eq!(case.receive(10).await, []);
    }
}

#[tokio::test]
async fn a_receive_takes_no_more_than_asked() {
    for case in Case::all().await {
        case.send(&["a", "b", "c"]).await;
        assert_eq!(case.receive(2).await.len(), 2);
        assert_eq!(case.receive(2).await.len(), 1);
    }
}

#[tokio::test]
async fn a_message_comes_again_when_its_lease_is_over() {
    for case in Case::all().await {
        case.send(&["work"]).await;
        let first = case.one().await;
        case.pass(LEASE - Duration::from_secs(1));
        assert_eq!(case.receive(1).await, []);
        case.pass(Duration::from_secs(2));
        let second = case.one().await;
        assert_eq!((second.body.as_str(), second.receive_count), ("work", 2));
        assert_ne!(second.receipt, first.receipt);
    }
}

#[tokio::test]
async fn extending_keeps_a_message() {
    for case in Case::all().await {
        case.send(&["work"]).await;
        let held = case.one().await;
        for _ in 0..5 {
            case.pass(LEASE - Duration::from_secs(1));
            assert!(case.queue.extend(&held.receipt, LEASE).await.unwrap());
            assert_eq!(case.receive(1).await, []);
        }
    }
}

#[tokio::test]
async fn an_old_receipt_does_nothing() {
    for case in Case::all().await {
        case.send(&["work"]).await;
        let old = case.one().await;
        case.pass(LEASE + Duration::from_secs(1));
        let new = case.one().await;
        assert!(!case.queue.extend(&old.receipt, LEASE * 100).await.unwrap());
        case.queue.give_back(&old.receipt, Duration::ZERO).await.unwrap();
        case.queue.bury(&old.receipt).await.unwrap();
        case.queue.delete(&old.receipt).await.unwrap();
        assert_eq!(case.receive(1).await, [], "still in the hands of the second");
        assert!(case.queue.extend(&new.receipt, LEASE).await.unwrap());
    }
}

#[tokio::test]
async fn deleting_is_for_good_and_can_be_repeated() {
    for case in Case::all().await {
        case.send(&["work"]).await;
        let held = case.one().await;
        for _ in 0..3 {
            case.queue.delete(&held.receipt).await.unwrap();
        }
        assert!(!case.queue.extend(&held.receipt, LEASE).await.unwrap());
        case.pass(LEASE * 10);
        assert_eq!(case.receive(1).await, []);
    }
}

#[tokio::test]
async fn what_is_given_back_comes_after_its_delay() {
    for case in Case::all().await {
        case.send(&["now"]).await;
        let held = case.one().await;
        case.queue.give_back(&held.receipt, Duration::ZERO).await.unwrap();
        let held = case.one().await;
        case.queue
            .give_back(&held.receipt, Duration::from_secs(100))
            .await
            .unwrap();
        case.pass(Duration::from_secs(99));
        assert_eq!(case.receive(1).await, []);
        case.pass(Duration::from_secs(2));
        assert_eq!(case.one().await.receive_count, 3);
    }
}

#[tokio::test]
async fn what_is_buried_never_comes_again() {
    for case in Case::all().await {
        case.send(&["poison", "food"]).await;
        let mut held = case.receive(2).await;
        held.sort_by(|a, b| b.body.cmp(&a.body));
        case.queue.bury(&held[0].receipt).await.unwrap();
        case.queue
            .give_back(&held[1].receipt, Duration::ZERO)
            .await
            .unwrap();
        case.pass(LEASE * 1000);
        assert_eq!(bodies(&case.receive(10).await), ["food"]);
    }
}

#[tokio::test]
async fn receivers_at_once_get_each_message_once() {
    for case in Case::all().await {
        let sent: Vec<String> = (0..40).map(|n| n.to_string()).collect();
        case.queue.send(sent.clone()).await.unwrap();
        let receivers = (0..8).map(|_| {
            let queue = case.queue.clone();
            tokio::spawn(async move {
                let mut got = Vec::new();
                loop {
                    let stop = CancellationToken::new();
                    let messages = queue.receive(3, LEASE, Duration::ZERO, &stop).await.unwrap();
                    if messages.is_empty() {
                        return got;
                    }
                    got.extend(messages.into_iter().map(|message| message.body));
                }
            })
        });
        let mut got: Vec<String> = futures_util::future::join_all(receivers)
            .await
            .into_iter()
            .flat_map(Result::unwrap)
            .collect();
        // A receiver may see nothing while another holds the last rows; what is left comes now.
        got.extend(case.receive(10).await.into_iter().map(|message| message.body));
        assert_eq!(got.len(), sent.len(), "none twice");
        assert_eq!(
            got.into_iter().collect::<HashSet<_>>(),
            sent.into_iter().collect()
        );
    }
}

#[tokio::test]
async fn waiting_ends_with_a_message_or_the_order_to_stop() {
    for case in Case::all().await {
        let (queue, stop) = (case.queue.clone(), CancellationToken::new());
        let minute = Duration::from_secs(60);
        let waiting = {
            let (queue, stop) = (queue.clone(), stop.clone());
            tokio::spawn(async move { queue.receive(1, LEASE, minute, &stop).await.unwrap() })
        };
        case.send(&["wake"]).await;
        let received = tokio::time::timeout(Duration::from_secs(10), waiting)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(bodies(&received), ["wake"]);

        let waiting = {
            let (queue, stop) = (queue.clone(), stop.clone());
            tokio::spawn(async move { queue.receive(1, LEASE, minute, &stop).await.unwrap() })
        };
        stop.cancel();
        let received = tokio::time::timeout(Duration::from_secs(10), waiting)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(received, []);
    }
}
