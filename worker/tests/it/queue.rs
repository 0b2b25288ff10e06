//! One suite over every queue adapter: what `adapter::queue` promises, held against each variant.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use smartstack_domain::clock::Clock;
use smartstack_domain::testing::TestDb;
use smartstack_worker::adapter::queue::{PostgresQueue, Queue, Received, SqsQueue};
use tokio_util::sync::CancellationToken;

use crate::sqs_stand_in::SqsStandIn;

/// A queue under test, and the time it runs on.
struct Case {
    queue: Queue,
    /// The clock of a queue that runs on ours; `None` for one that has its own, which has to be waited for.
    clock: Option<Clock>,
    /// What times are multiples of: short where they have to be waited for.
    unit: Duration,
    _database: Option<TestDb>,
    _stand_in: Option<SqsStandIn>,
}

impl Case {
    /// Every variant. Add a new one here.
    async fn all() -> Vec<Self> {
        vec![Self::postgres().await, Self::sqs().await]
    }

    async fn postgres() -> Self {
        let clock = Clock::fixed(DateTime::<Utc>::from_timestamp(1_772_600_000, 0).unwrap());
        let database = TestDb::with_clock(clock.clone()).await;
        Self {
            queue: Queue::Postgres(PostgresQueue::new(database.worker().clone())),
            clock: Some(clock),
            unit: Duration::from_secs(10),
            _database: Some(database),
            _stand_in: None,
        }
    }

    async fn sqs() -> Self {
        let stand_in = SqsStandIn::start(100).await;
        Self {
            queue: stand_in.queue().await,
            clock: None,
            unit: Duration::from_secs(1),
            _database: None,
            _stand_in: Some(stand_in),
        }
    }

    /// For how long messages are lent.
    fn lease(&self) -> Duration {
        self.unit * 3
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
            .receive(max, self.lease(), Duration::ZERO, &CancellationToken::new())
            .await
            .unwrap()
    }

    async fn one(&self) -> Received {
        let mut messages = self.receive(1).await;
        assert_eq!(messages.len(), 1);
        messages.remove(0)
    }

    /// Lets so many units of time pass.
    async fn pass(&self, units: f64) {
        let time = self.unit.mul_f64(units);
        match &self.clock {
            Some(clock) => assert!(clock.advance(TimeDelta::from_std(time).unwrap())),
            None => tokio::time::sleep(time).await,
        }
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
        case.pass(2.0).await;
        assert_eq!(case.receive(1).await, []);
        case.pass(1.3).await;
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
        for _ in 0..3 {
            case.pass(2.0).await;
            assert!(case.queue.extend(&held.receipt, case.lease()).await.unwrap());
            assert_eq!(case.receive(1).await, []);
        }
    }
}

#[tokio::test]
async fn an_old_receipt_does_nothing() {
    for case in Case::all().await {
        case.send(&["work"]).await;
        let old = case.one().await;
        case.pass(3.3).await;
        let new = case.one().await;
        assert!(!case.queue.extend(&old.receipt, case.lease() * 100).await.unwrap());
        case.queue.give_back(&old.receipt, Duration::ZERO).await.unwrap();
        case.queue.bury(&old).await.unwrap();
        case.queue.delete(&old.receipt).await.unwrap();
        assert_eq!(case.receive(1).await, [], "still in the hands of the second");
        assert!(case.queue.extend(&new.receipt, case.lease()).await.unwrap());
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
        assert!(!case.queue.extend(&held.receipt, case.lease()).await.unwrap());
        case.pass(4.0).await;
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
        case.queue.give_back(&held.receipt, case.unit * 2).await.unwrap();
        case.pass(1.0).await;
        assert_eq!(case.receive(1).await, []);
        case.pass(1.3).await;
        assert_eq!(case.one().await.receive_count, 3);
    }
}

#[tokio::test]
async fn what_is_buried_never_comes_again() {
    for case in Case::all().await {
        case.send(&["poison", "food"]).await;
        let mut held = case.receive(2).await;
        held.sort_by(|a, b| b.body.cmp(&a.body));
        case.queue.bury(&held[0]).await.unwrap();
        case.queue
            .give_back(&held[1].receipt, Duration::ZERO)
            .await
            .unwrap();
        let before = case.queue.depth().await.unwrap();
        assert_eq!((before.waiting, before.hidden, before.dead), (1, 0, 1));
        case.pass(4.0).await;
        assert_eq!(bodies(&case.receive(10).await), ["food"]);
    }
}

#[tokio::test]
async fn receivers_at_once_get_each_message_once() {
    for case in Case::all().await {
        let sent: Vec<String> = (0..40).map(|n| n.to_string()).collect();
        case.queue.send(sent.clone()).await.unwrap();
        let lease = case.lease() * 10;
        let receivers = (0..8).map(|_| {
            let queue = case.queue.clone();
            tokio::spawn(async move {
                let mut got = Vec::new();
                loop {
                    let stop = CancellationToken::new();
                    let messages = queue.receive(3, lease, Duration::ZERO, &stop).await.unwrap();
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
        let (queue, stop, lease) = (case.queue.clone(), CancellationToken::new(), case.lease());
        let minute = Duration::from_secs(60);
        let waiting = {
            let (queue, stop) = (queue.clone(), stop.clone());
            tokio::spawn(async move { queue.receive(1, lease, minute, &stop).await.unwrap() })
        };
        case.send(&["wake"]).await;
        let received = tokio::time::timeout(Duration::from_secs(10), waiting)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(bodies(&received), ["wake"]);

        let waiting = {
            let (queue, stop) = (queue.clone(), stop.clone());
            tokio::spawn(async move { queue.receive(1, lease, minute, &stop).await.unwrap() })
        };
        stop.cancel();
        let received = tokio::time::timeout(Duration::from_secs(10), waiting)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(received, []);
    }
}

#[tokio::test]
async fn many_deletes_at_once_are_all_done() {
    for case in Case::all().await {
        let sent: Vec<String> = (0..25).map(|n| n.to_string()).collect();
        case.queue.send(sent).await.unwrap();
        let mut held = Vec::new();
        while held.len() < 25 {
            held.extend(case.receive(10).await);
        }
        let deletes = held.iter().map(|message| case.queue.delete(&message.receipt));
        assert!(
            futures_util::future::join_all(deletes)
                .await
                .iter()
                .all(Result::is_ok)
        );
        let left = case.queue.depth().await.unwrap();
        assert_eq!((left.waiting, left.hidden, left.dead), (0, 0, 0));
    }
}

#[tokio::test]
async fn what_no_worker_survives_is_moved_away_by_sqs() {
    let stand_in = SqsStandIn::start(15).await;
    let queue = stand_in.queue().await;
    queue.send(vec!["poison".to_owned()]).await.unwrap();
    let stop = CancellationToken::new();
    for _ in 0..15 {
        let held = queue
            .receive(1, Duration::from_secs(30), Duration::from_secs(5), &stop)
            .await
            .unwrap();
        queue.give_back(&held[0].receipt, Duration::ZERO).await.unwrap();
    }
    assert_eq!(
        queue
            .receive(1, Duration::from_secs(30), Duration::ZERO, &stop)
            .await
            .unwrap(),
        []
    );
    assert_eq!(queue.depth().await.unwrap().dead, 1);
}

#[tokio::test]
async fn a_queue_that_will_not_do_is_refused_at_the_start() {
    let stand_in = SqsStandIn::start(6).await;
    stand_in.make("bare", &[]).await;
    let fifo = smartstack_worker::adapter::queue::SqsSettings {
        url: "https://sqs.eu-central-1.amazonaws.com/1/work.fifo".to_owned(),
        endpoint: None,
    };
    for (settings, said) in [
        (stand_in.settings("bare"), "no redrive policy"),
        (
            stand_in.settings("work"),
            "maxReceiveCount is 6: set it to at least 15",
        ),
        (stand_in.settings("absent"), "cannot be looked at"),
        (fifo, "FIFO"),
    ] {
        let error = format!("{:#}", SqsQueue::connect(&settings, 5).await.unwrap_err());
        assert!(error.contains(said), "{error} should say {said}");
    }
}
