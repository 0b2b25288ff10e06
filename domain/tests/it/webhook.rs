//! Webhooks: who may have them, what they are told of, when it is sent again, and when nobody tries any more.

use std::time::Duration as Wait;

use chrono::Duration;
use secrecy::ExposeSecret as _;
use smartstack_domain::{
    DomainError, Page,
    job::{self},
    outbox::{self, OutboxMessage},
    secret::Secrets,
    target::Policy,
    task,
    webhook::{
        self, Announcement, Delivery, Endpoint, EndpointPatch, NewEndpoint, event, signature,
        work::{self, Made, Outcome, SCHEDULE, Sending, Verdict},
    },
};
use smartstack_schema::{
    MemberRole, UserErrorCode, WebhookDeliveryState, WebhookDisabledReason, WebhookEndpointId,
};

use crate::support::{World, is_conflict, is_invalid_state, is_not_found, refused};

fn secrets() -> Secrets {
    Secrets::new(&"a7".repeat(32).into()).expect("a secret")
}

fn new(events: &[&str]) -> NewEndpoint {
    NewEndpoint {
        url: "https://hooks.example.com/in".to_owned(),
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        ..NewEndpoint::default()
    }
}

impl World {
    async fn hook(&self, events: &[&str]) -> Endpoint {
        let new = new(events);
        let made = self
            .work(|tx| Box::pin(async move { webhook::create(tx, &secrets(), Policy::PUBLIC, new).await }))
            .await;
        made.expect("a webhook").0
    }

    /// Sends the outbox's announcements on, as relay and worker do; how many messages were made.
    async fn tell(&self) -> u64 {
        let worker = self.db.worker();
        let work = worker.in_system(|tx| {
            Box::pin(async move {
                let waiting: Vec<OutboxMessage> = outbox::claim_unsent(tx, 500).await?;
                let mut made = 0;
                for message in waiting
                    .into_iter()
                    .filter(|message| message.topic == outbox::WEBHOOK)
                {
                    let announced: Announcement =
                        serde_json::from_value(message.payload).expect("an announcement");
                    assert_eq!(announced.v, 1);
                    made += work::tell(tx, &announced).await?;
                    // The queue delivers at least once.
                    assert_eq!(work::tell(tx, &announced).await?, 0, "told twice");
                    outbox::mark_sent(tx, message.id).await?;
                }
                Ok(made)
            })
        });
        work.await.expect("told")
    }

    async fn due(&self, most: u16, busy: &[WebhookEndpointId]) -> Vec<Sending> {
        let busy = busy.to_vec();
        let work = self.db.worker().in_system(move |tx| {
            Box::pin(async move { work::claim(tx, &secrets(), most, Duration::seconds(60), &busy).await })
        });
        work.await.expect("what is due")
    }

    async fn settle(&self, sent: Sending, outcome: Outcome) -> Verdict {
        let made = Made {
            at: self.clock.now(),
            took: Wait::from_millis(12),
            outcome,
        };
        let work = self
            .db
            .worker()
            .in_system(move |tx| Box::pin(async move { work::settle(tx, &sent, &made).await }));
        work.await.expect("a verdict")
    }

    async fn deliveries(&self, endpoint: WebhookEndpointId) -> Vec<Delivery> {
        let page = Page::first(100);
        let read = self.db.api().read(&self.ana.scope, move |tx| {
            Box::pin(async move { webhook::list_deliveries(tx, endpoint, None, &page).await })
        });
        let mut found: Vec<Delivery> = read
            .await
            .expect("a list")
            .edges
            .into_iter()
            .map(|e| e.node)
            .collect();
        found.reverse();
        found
    }

    async fn endpoint(&self, id: WebhookEndpointId) -> Endpoint {
        let read = self.db.api().read(&self.ana.scope, move |tx| {
            Box::pin(async move { webhook::endpoints_by_ids(tx, &[id]).await })
        });
        read.await.expect("an answer").remove(&id).expect("the webhook")
    }
}

fn answered(status: u16) -> Outcome {
    Outcome::Answered {
        status,
        answer: "said\0".to_owned(),
    }
}

fn events_of(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries
        .iter()
        .map(|delivery| delivery.event.as_str())
        .collect()
}

#[tokio::test]
async fn every_change_is_told_to_who_wants_it_once() {
    let world = World::new().await;
    let before = world.project("Before").await;
    let (all, tasks) = (
        world.hook(&[]).await,
        world.hook(&["task.created", "job.finished"]).await,
    );
    let project = world.project("Site").await;
    let task = world.task(project.id, "Ask").await;
    world
        .work(move |tx| Box::pin(task::delete(tx, task.id, None)))
        .await
        .expect("deleted");
    let job = world.plan("We need a new logo by 20 March.").await;
    world.clock.advance(Duration::seconds(1));
    world
        .work(move |tx| Box::pin(job::cancel(tx, job.id, None)))
        .await
        .expect("cancelled");
    world.tell().await;
    let told = world.deliveries(tasks.id).await;
    assert_eq!(events_of(&told), ["task.created", "job.finished"]);
    let body: serde_json::Value = serde_json::from_str(&told[0].body).expect("JSON");
    assert_eq!(body["data"]["id"], task.id.to_string());
    assert_eq!(body["data"]["projectId"], project.id.to_string());
    assert_eq!(body["data"]["actorId"], world.ana.user_id.to_string());
    assert!(!told[0].body.contains("Ask"), "a message holds what it tells of");
    let body: serde_json::Value = serde_json::from_str(&told[1].body).expect("JSON");
    assert_eq!(body["data"]["state"], "CANCELLED");
    let told = world.deliveries(all.id).await;
    let names = events_of(&told);
    for name in [
        "project.created",
        "task.created",
        "task.deleted",
        "document.created",
        "job.created",
        "job.finished",
    ] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    assert!(!names.iter().any(|name| name.starts_with("webhook")), "{names:?}");
    let old = before.id.to_string();
    assert!(
        !told.iter().any(|delivery| delivery.body.contains(&old)),
        "told of what came before it"
    );
}

#[tokio::test]
async fn a_workspace_without_webhooks_announces_nothing() {
    let world = World::new().await;
    let hook = world.hook(&[]).await;
    world
        .work(move |tx| Box::pin(async move { webhook::delete(tx, hook.id, None).await }))
        .await
        .expect("deleted");
    let waiting = async || {
        let work = world
            .db
            .worker()
            .in_system(|tx| Box::pin(async move { Ok(outbox::claim_unsent(tx, 500).await?.len()) }));
        work.await.expect("a number")
    };
    let before = waiting().await;
    world.project("Site").await;
    assert_eq!(waiting().await, before);
    world.hook(&[]).await;
    let before = waiting().await;
    world.project("Another").await;
    assert_eq!(waiting().await, before + 1);
}

#[tokio::test]
async fn only_owners_have_to_do_with_webhooks() {
    let world = World::new().await;
    let hook = world.hook(&[]).await;
    // The role of the scope is of when the request came in; what counts is what it is by now.
    let bea = world.db.person("Bea").await;
    let admin = world.db.admin_url();
    let (workspace, user) = (world.ana.workspace_id.uuid(), bea.user_id.uuid());
    let join = format!(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ('{workspace}', '{user}', 'MEMBER', now())"
    );
    smartstack_domain::testing::execute(&admin, &join).await;
    let scope = smartstack_domain::testing::TestPerson {
        workspace_id: world.ana.workspace_id,
        ..bea
    }
    .with_role(MemberRole::Owner);
    let forbidden = |outcome: Result<(), DomainError>| matches!(outcome, Err(DomainError::Forbidden));
    let id = hook.id;
    let outcome = world.as_(&scope, |tx| {
        Box::pin(async move {
            webhook::create(tx, &secrets(), Policy::PUBLIC, new(&[]))
                .await
                .map(drop)
        })
    });
    assert!(forbidden(outcome.await));
    let outcome = world.as_(&scope, move |tx| {
        Box::pin(async move { webhook::rotate_secret(tx, &secrets(), id, None).await.map(drop) })
    });
    assert!(forbidden(outcome.await));
    let outcome = world.as_(&scope, move |tx| {
        Box::pin(async move { webhook::delete(tx, id, None).await.map(drop) })
    });
    assert!(forbidden(outcome.await));
    let outcome = world.as_(&scope, move |tx| {
        Box::pin(async move { webhook::ping(tx, id).await.map(drop) })
    });
    assert!(forbidden(outcome.await));
    let read = world
        .db
        .api()
        .read(&scope, |tx| Box::pin(async move { webhook::list(tx).await }));
    assert_eq!(read.await.expect("a list"), []);
    assert_eq!(world.deliveries(id).await, []);
    // And another workspace's are not there at all.
    let eve = world.db.person("Eve").await;
    let outcome = world.as_(&eve.scope, move |tx| {
        Box::pin(async move { webhook::delete(tx, id, None).await })
    });
    assert!(is_not_found(outcome.await));
}

#[tokio::test]
async fn what_does_not_fit_is_named() {
    let world = World::new().await;
    let create = |new: NewEndpoint| {
        world.work(|tx| {
            Box::pin(async move {
                webhook::create(tx, &secrets(), Policy::PUBLIC, new)
                    .await
                    .map(drop)
            })
        })
    };
    let bad = NewEndpoint {
        url: "http://127.0.0.1/".to_owned(),
        description: Some("x".repeat(201)),
        events: vec!["task.exploded".to_owned()],
        idempotency_key: None,
    };
    let expected = [
        ("url".to_owned(), UserErrorCode::Invalid),
        ("description".to_owned(), UserErrorCode::TooLong),
        ("events".to_owned(), UserErrorCode::Invalid),
    ];
    assert_eq!(refused(create(bad).await), expected);
    for _ in 0..webhook::MOST_ENDPOINTS {
        create(new(&[])).await.expect("a webhook");
    }
    let one_more = refused(create(new(&[])).await);
    assert_eq!(one_more, [("url".to_owned(), UserErrorCode::LimitReached)]);
    let hook = world
        .work(|tx| Box::pin(async move { webhook::list(tx).await }))
        .await
        .expect("a list")
        .remove(0);
    let stale = EndpointPatch::default();
    let outcome = world.work(move |tx| {
        Box::pin(async move { webhook::update(tx, Policy::PUBLIC, hook.id, Some(9), stale).await })
    });
    assert!(is_conflict(outcome.await));
}

#[tokio::test]
async fn a_secret_is_stored_sealed_and_shown_again_for_the_same_request_alone() {
    let world = World::new().await;
    let create = |url: &str| {
        let new = NewEndpoint {
            url: url.to_owned(),
            idempotency_key: Some("once".to_owned()),
            ..new(&[])
        };
        world.work(|tx| Box::pin(async move { webhook::create(tx, &secrets(), Policy::PUBLIC, new).await }))
    };
    let (first, secret) = create("https://hooks.example.com/in").await.expect("a webhook");
    let (again, same) = create("https://hooks.example.com/in").await.expect("the same");
    assert_eq!(
        (first.id, secret.expose_secret()),
        (again.id, same.expose_secret())
    );
    assert!(is_conflict(
        create("https://hooks.example.com/other").await.map(drop)
    ));
    let key = secret
        .expose_secret()
        .strip_prefix(signature::SECRET_PREFIX)
        .expect("the prefix");
    let look = format!(
        "SELECT 'x', string_agg(row_to_json(e)::text || encode(e.secret, 'base64'), '') FROM webhook_endpoints e \
         UNION ALL SELECT 'y', string_agg(row_to_json(a)::text, '') FROM audit_events a WHERE '{key}' <> ''"
    );
    let stored = smartstack_domain::testing::pairs(&world.db.admin_url(), &look).await;
    assert!(
        stored
            .iter()
            .all(|(_, text)| text.as_ref().is_some_and(|text| !text.contains(key)))
    );
}

#[tokio::test]
async fn an_old_secret_signs_along_for_a_day() {
    let world = World::new().await;
    let hook = world.hook(&[]).await;
    let (id, ping) = (hook.id, |world: &World| {
        let id = hook.id;
        let ping = world.db.api().clone();
        let scope = world.ana.scope.clone();
        async move {
            ping.in_tenant(&scope, move |tx| {
                Box::pin(async move { webhook::ping(tx, id).await })
            })
            .await
            .expect("a ping")
        }
    });
    let rotate = || {
        world.work(move |tx| Box::pin(async move { webhook::rotate_secret(tx, &secrets(), id, None).await }))
    };
    let text = |secret: &signature::Secret| signature::written(secret).expose_secret().to_owned();
    ping(&world).await;
    let first = text(&world.due(9, &[]).await[0].secrets.as_ref().expect("secrets")[0]);
    let (rotated, shown) = rotate().await.expect("another secret");
    assert_eq!(
        rotated.old_secret_until,
        Some(world.clock.now() + Duration::hours(24))
    );
    ping(&world).await;
    let both = world.due(9, &[]).await;
    let both: Vec<String> = both[0]
        .secrets
        .as_ref()
        .expect("secrets")
        .iter()
        .map(text)
        .collect();
    assert_eq!(both, [shown.expose_secret().to_owned(), first]);
    world.clock.advance(Duration::hours(24));
    ping(&world).await;
    let due = world.due(9, &[]).await;
    assert!(
        due.iter()
            .all(|one| one.secrets.as_ref().expect("secrets").len() == 1)
    );
    // With another master secret nothing can be signed, and nothing breaks.
    world.clock.advance(Duration::hours(1));
    let other = Secrets::new(&"b8".repeat(32).into()).expect("a secret");
    let work = world.db.worker().in_system(move |tx| {
        Box::pin(async move { work::claim(tx, &other, 9, Duration::seconds(60), &[]).await })
    });
    assert!(work.await.expect("due").iter().all(|one| one.secrets.is_none()));
}

#[tokio::test]
async fn what_fails_is_tried_again_on_schedule_and_then_given_up() {
    let world = World::new().await;
    let hook = world.hook(&["task.created"]).await;
    let project = world.project("Site").await;
    world.task(project.id, "Ask").await;
    world.tell().await;
    let mut numbers = Vec::new();
    for wait in SCHEDULE {
        let sending = world.due(9, &[]).await.pop().expect("due");
        numbers.push((sending.attempt, sending.id, sending.body.clone()));
        let Verdict::Again(at) = world.settle(sending, answered(500)).await else {
            panic!("not tried again");
        };
        assert!(at <= world.clock.now() + wait && at >= world.clock.now() + wait * 4 / 5);
        assert!(world.due(9, &[]).await.is_empty(), "too early");
        world.clock.set(at);
    }
    assert!(numbers.windows(2).all(|two| two[0].0 + 1 == two[1].0));
    assert!(
        numbers
            .windows(2)
            .all(|two| (two[0].1, &two[0].2) == (two[1].1, &two[1].2))
    );
    let last = world.due(9, &[]).await.pop().expect("due");
    // Nothing else was delivered since its first attempt: the endpoint is switched off with it.
    let verdict = world
        .settle(last, Outcome::Failed("No connection could be made.".to_owned()))
        .await;
    assert_eq!(verdict, Verdict::Disabled(WebhookDisabledReason::Failing));
    let endpoint = world.endpoint(hook.id).await;
    assert_eq!(
        endpoint.disabled.map(|(_, reason)| reason),
        Some(WebhookDisabledReason::Failing)
    );
    let mail = "SELECT payload ->> 'to', payload -> 'params' ->> 'last' FROM outbox WHERE topic = 'mail'";
    let mails = smartstack_domain::testing::pairs(&world.db.admin_url(), mail).await;
    assert_eq!(
        mails,
        [(
            world.ana.email.clone(),
            Some("No connection could be made.".to_owned())
        )]
    );
    let [delivery] = &world.deliveries(hook.id).await[..] else {
        panic!("one message");
    };
    assert_eq!(
        (delivery.state, delivery.attempts),
        (WebhookDeliveryState::Failed, 8)
    );
    let id = delivery.id;
    let attempts = world
        .work(move |tx| Box::pin(async move { webhook::attempts(tx, &[id]).await }))
        .await
        .expect("attempts")
        .remove(&id)
        .expect("attempts");
    assert_eq!(attempts.len(), 8);
    assert_eq!(attempts[0].answer.as_deref(), Some("said\u{fffd}"));
    assert_eq!(attempts[7].status, None);
    // Nothing is sent while it is off; switched on, the message can be sent once more.
    let replay = || world.work(move |tx| Box::pin(async move { webhook::replay(tx, id).await }));
    assert!(is_invalid_state(replay().await));
    let on = EndpointPatch {
        enabled: smartstack_domain::input::Patch::Set(true),
        ..EndpointPatch::default()
    };
    let endpoint = hook.id;
    world
        .work(move |tx| {
            Box::pin(async move { webhook::update(tx, Policy::PUBLIC, endpoint, None, on).await })
        })
        .await
        .expect("switched on");
    assert_eq!(
        replay().await.expect("again").state,
        WebhookDeliveryState::Pending
    );
    assert!(is_invalid_state(replay().await), "it is on its way");
    let sending = world.due(9, &[]).await.pop().expect("due");
    assert_eq!((sending.id, sending.attempt), (id, 9));
    let verdict = world.settle(sending, answered(500)).await;
    assert!(
        matches!(verdict, Verdict::Again(_)),
        "from the start of the schedule: {verdict:?}"
    );
}

#[tokio::test]
async fn one_message_of_many_that_fails_switches_nothing_off() {
    let world = World::new().await;
    let hook = world.hook(&["task.created"]).await;
    let project = world.project("Site").await;
    world.task(project.id, "Ask").await;
    world.tell().await;
    for place in 0..SCHEDULE.len() {
        let sending = world.due(9, &[]).await.pop().expect("due");
        let Verdict::Again(at) = world.settle(sending, answered(422)).await else {
            panic!("not tried again");
        };
        if place == 3 {
            let id = hook.id;
            world
                .work(move |tx| Box::pin(async move { webhook::ping(tx, id).await }))
                .await
                .expect("a ping");
            let ping = world.due(9, &[]).await.pop().expect("due");
            assert!(ping.body.contains(event::PING));
            assert_eq!(world.settle(ping, answered(204)).await, Verdict::Delivered);
        }
        world.clock.set(at);
    }
    let last = world.due(9, &[]).await.pop().expect("due");
    assert_eq!(world.settle(last, answered(422)).await, Verdict::GivenUp);
    assert_eq!(world.endpoint(hook.id).await.disabled, None);
}

#[tokio::test]
async fn gone_switches_off_at_once_and_gives_up_what_waits() {
    let world = World::new().await;
    let hook = world.hook(&["task.created"]).await;
    let project = world.project("Site").await;
    for title in ["One", "Two"] {
        world.task(project.id, title).await;
    }
    world.tell().await;
    let mut due = world.due(1, &[]).await;
    let verdict = world.settle(due.pop().expect("due"), answered(410)).await;
    assert_eq!(verdict, Verdict::Disabled(WebhookDisabledReason::Gone));
    let states: Vec<_> = world
        .deliveries(hook.id)
        .await
        .iter()
        .map(|one| one.state)
        .collect();
    assert_eq!(states, [WebhookDeliveryState::Failed; 2]);
    world.task(project.id, "Three").await;
    assert_eq!(world.tell().await, 0);
}

#[tokio::test]
async fn a_message_is_one_senders_at_a_time() {
    let world = World::new().await;
    let hook = world.hook(&["task.created"]).await;
    let project = world.project("Site").await;
    for number in 0..6 {
        world.task(project.id, &format!("Task {number}")).await;
    }
    world.tell().await;
    assert!(world.due(9, &[hook.id]).await.is_empty(), "it has enough to do");
    let (one, two) = tokio::join!(world.due(9, &[]), world.due(9, &[]));
    let mut ids: Vec<_> = one.iter().chain(&two).map(|sending| sending.id).collect();
    let taken = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), taken, "taken twice");
    assert!(
        taken <= 8 && one.len() <= 4 && two.len() <= 4,
        "{} {}",
        one.len(),
        two.len()
    );
    // Who was frozen for longer than the lease finds it in other hands.
    world.clock.advance(Duration::seconds(61));
    let frozen = one.into_iter().chain(two).next().expect("a message");
    let (id, mut again) = (frozen.id, Vec::new());
    loop {
        let due = world.due(9, &[]).await;
        if due.is_empty() {
            break;
        }
        again.extend(due);
    }
    let again = again
        .into_iter()
        .find(|sending| sending.id == id)
        .expect("taken again");
    assert_eq!(world.settle(frozen, answered(500)).await, Verdict::Superseded);
    assert_eq!(world.settle(again, answered(200)).await, Verdict::Delivered);
}
