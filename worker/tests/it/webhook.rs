//! Webhooks from a change to a receiver: signed so that other libraries agree, and to nowhere they must not go.

use std::net::IpAddr;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use smartstack_domain::target::Policy;
use smartstack_domain::webhook::{self, NewEndpoint, work::Verdict};
use smartstack_domain::{Page, client};
use smartstack_schema::{WebhookDeliveryState, WebhookDisabledReason};
use smartstack_worker::adapter::outgoing::{Lookup, Outgoing};
use smartstack_worker::webhook::Sender;
use tokio::process::Command;

use crate::desk::{Desk, secrets};
use crate::http_stand_in::{Asked, HttpStandIn, Reply};
use crate::metrics::counted;
use crate::sqs_stand_in;
use crate::support::{WorkerProcess, eventually};

/// A receiver that answers each request with the next status, and the last one from then on.
async fn receiver(statuses: &'static [u16]) -> HttpStandIn {
    HttpStandIn::start(move |_, before| {
        let status = statuses[before.min(statuses.len() - 1)];
        Reply::json(status, &serde_json::json!({ "said": status }))
    })
    .await
}

/// A webhook of the desk's person to `url`, and its secret.
async fn hook(desk: &Desk, url: &str) -> (webhook::Endpoint, String) {
    let new = NewEndpoint {
        url: url.to_owned(),
        events: vec!["client.created".to_owned()],
        ..NewEndpoint::default()
    };
    let made = desk.database.api().in_tenant(&desk.person.scope, |tx| {
        Box::pin(async move { webhook::create(tx, &secrets(), Policy::DEVELOPMENT, new).await })
    });
    let (endpoint, secret) = made.await.unwrap();
    (endpoint, secret.expose_secret().to_owned())
}

async fn ping(desk: &Desk, hook: &webhook::Endpoint) {
    let id = hook.id;
    let sent = desk.database.api().in_tenant(&desk.person.scope, move |tx| {
        Box::pin(async move { webhook::ping(tx, id).await })
    });
    sent.await.unwrap();
}

async fn deliveries(desk: &Desk, hook: &webhook::Endpoint) -> Vec<webhook::Delivery> {
    let (id, page) = (hook.id, Page::first(50));
    let read = desk.database.api().read(&desk.person.scope, move |tx| {
        Box::pin(async move { webhook::list_deliveries(tx, id, None, &page).await })
    });
    read.await
        .unwrap()
        .edges
        .into_iter()
        .map(|edge| edge.node)
        .collect()
}

fn sender(desk: &Desk, policy: Policy, lookup: Option<Lookup>) -> Sender {
    let outgoing = match lookup {
        Some(lookup) => Outgoing::with(policy, lookup),
        None => Outgoing::new(policy),
    };
    Sender {
        db: desk.database.worker().clone(),
        outgoing: outgoing.unwrap(),
        secrets: Arc::new(secrets()),
    }
}

/// What the library of another language says to a message.
async fn python_verifies(secret: &str, asked: &Asked) -> bool {
    let program = "import json, sys\n\
        from standardwebhooks.webhooks import Webhook\n\
        said = json.load(sys.stdin)\n\
        Webhook(said['secret']).verify(said['body'], said['headers'])\n";
    let said = serde_json::json!({ "secret": secret, "body": asked.text, "headers": {
        "webhook-id": asked.header("webhook-id"),
        "webhook-timestamp": asked.header("webhook-timestamp"),
        "webhook-signature": asked.header("webhook-signature"),
    } });
    let mut child = Command::new(sqs_stand_in::python())
        .args(["-c", program])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stdin, said.to_string().as_bytes())
        .await
        .unwrap();
    drop(stdin);
    child.wait().await.unwrap().success()
}

#[tokio::test]
async fn a_change_reaches_its_receiver_signed_as_pythons_library_expects() {
    let desk = Desk::new().await;
    let receiver = receiver(&[200]).await;
    let (hook, secret) = hook(&desk, &format!("{}/in", receiver.address())).await;
    let worker = WorkerProcess::start(&desk, "").await;
    let made = desk.database.api().in_tenant(&desk.person.scope, |tx| {
        let new = client::NewClient {
            name: "Lumen".to_owned(),
            ..client::NewClient::default()
        };
        Box::pin(async move { client::create(tx, new).await })
    });
    let client = made.await.unwrap();
    let delivered = eventually("a delivery", || async {
        let found = deliveries(&desk, &hook).await;
        found
            .into_iter()
            .find(|one| one.state == WebhookDeliveryState::Delivered)
    })
    .await;
    drop(worker);
    let asked = receiver.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].path, "/in");
    assert_eq!(asked[0].text, delivered.body);
    assert_eq!(asked[0].body["type"], "client.created");
    assert_eq!(asked[0].body["data"]["id"], client.id.to_string());
    assert_eq!(asked[0].header("webhook-id"), delivered.id.to_string().as_str());
    assert_eq!(asked[0].header("content-type"), "application/json");
    assert!(python_verifies(&secret, &asked[0]).await);
    let mut forged = asked[0].clone();
    forged.text.push(' ');
    assert!(
        !python_verifies(&secret, &forged).await,
        "the check checks nothing"
    );
}

#[tokio::test]
async fn what_a_receiver_answers_decides_what_follows() {
    let desk = Desk::new().await;
    let receiver = receiver(&[500, 302, 204, 410]).await;
    let (hook, _) = hook(&desk, receiver.address()).await;
    let sender = sender(&desk, Policy::DEVELOPMENT, None);
    ping(&desk, &hook).await;
    assert!(matches!(
        sender.send_due().await.unwrap()[..],
        [Verdict::Again(_)]
    ));
    // A redirection is not followed: it is no success.
    ping(&desk, &hook).await;
    assert!(matches!(
        sender.send_due().await.unwrap()[..],
        [Verdict::Again(_)]
    ));
    ping(&desk, &hook).await;
    assert_eq!(sender.send_due().await.unwrap(), [Verdict::Delivered]);
    ping(&desk, &hook).await;
    let gone = Verdict::Disabled(WebhookDisabledReason::Gone);
    assert_eq!(sender.send_due().await.unwrap(), [gone]);
    assert_eq!(receiver.asked().len(), 4);
    for (outcome, at_least) in [("again", 2.0), ("delivered", 1.0), ("disabled", 1.0)] {
        let series = format!("smartstack_webhook_attempts_total{{outcome=\"{outcome}\"}}");
        assert!(counted(&series).await >= at_least, "{outcome}");
    }
    // The waiting ones were given up with it.
    let states: Vec<_> = deliveries(&desk, &hook)
        .await
        .iter()
        .map(|one| one.state)
        .collect();
    assert!(!states.contains(&WebhookDeliveryState::Pending), "{states:?}");
    let mail =
        "SELECT payload ->> 'template', payload -> 'params' ->> 'last' FROM outbox WHERE topic = 'mail'";
    let expected = ("webhook_disabled".to_owned(), Some("It answered 410.".to_owned()));
    assert_eq!(desk.sql(mail).await, [expected]);
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_connected_to() {
    let receiver = receiver(&[200]).await;
    let port = receiver.address().rsplit(':').next().unwrap().to_owned();
    // As with a name that was outside when the webhook was made, and is not any more.
    for inside in [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "169.254.169.254",
        "::ffff:127.0.0.1",
    ] {
        let inside: IpAddr = inside.parse().unwrap();
        let lookup: Lookup = Arc::new(move |_| Box::pin(async move { Ok(vec![inside]) }));
        let outgoing = Outgoing::with(Policy::DEVELOPMENT, lookup).unwrap();
        let url = format!("https://hooks.example.com:{port}/");
        let why = outgoing.post(&url, &[], "{}".to_owned()).await.unwrap_err();
        assert_eq!(why, format!("{inside} is not an address on the internet."));
    }
    let nowhere: Lookup = Arc::new(|_| Box::pin(async { Ok(Vec::new()) }));
    let outgoing = Outgoing::with(Policy::PUBLIC, nowhere).unwrap();
    let why = outgoing
        .post("https://hooks.example.com/", &[], "{}".to_owned())
        .await
        .unwrap_err();
    assert!(why.contains("has no address"), "{why}");
    // An address in numbers needs no resolver; it is refused as it is written.
    let outgoing = Outgoing::new(Policy::PUBLIC).unwrap();
    let why = outgoing
        .post(receiver.address(), &[], "{}".to_owned())
        .await
        .unwrap_err();
    assert_eq!(why, "The address must begin with https://.");
    assert!(receiver.asked().is_empty());
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    let receiver = HttpStandIn::start(|_, _| Reply {
        status: 200,
        headers: Vec::new(),
        body: vec![b'x'; 1_000_000],
        after: std::time::Duration::ZERO,
        cut: true,
    })
    .await;
    let outgoing = Outgoing::new(Policy::DEVELOPMENT).unwrap();
    let answer = outgoing
        .post(receiver.address(), &[], "{}".to_owned())
        .await
        .unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, 4096));
}
