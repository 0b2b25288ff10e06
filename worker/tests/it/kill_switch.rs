//! The switch for all AI under load: no call begins once it is off, and nothing else stops.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use smartstack_domain::clock::Random;
use smartstack_domain::installation::{self, SettingsPatch};
use smartstack_domain::job;
use smartstack_domain::outbox::{self, Mail, MailContent};
use smartstack_domain::testing::command_scope;
use smartstack_schema::{JobId, JobReason, JobState};
use smartstack_worker::adapter::model::{ScriptedModel, scripted};
use smartstack_worker::ai::config::AiConfig;
use smartstack_worker::ai::models::Models;
use smartstack_worker::ai::stack::Patience;
use smartstack_worker::relay::Relay;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::desk::Desk;
use crate::support::eventually;
use crate::worker::Worker;

/// Within which time no new call begins any more.
const WITHIN: Duration = Duration::from_secs(1);
/// How long an answer takes: long enough that calls are always under way when the switch is thrown.
const ANSWER_TAKES: Duration = Duration::from_millis(300);

const TEXT: &str = "Please design a new menu by 20 March. The photos come from Jörg.";

fn good() -> String {
    let item = json!({ "kind": "task", "title": "Design the menu", "quote": "design a new menu", "due": null,
        "hours_min": null, "hours_max": null, "responsible": "freelancer", "amount": null, "currency": null,
        "confidence": "explicit" });
    json!({ "language": "en", "items": [item] }).to_string()
}

/// A model that notes when it is asked, and takes its time.
fn model(asked_at: &Arc<Mutex<Vec<Instant>>>) -> Models {
    let asked_at = Arc::clone(asked_at);
    let model = ScriptedModel::by(move |_| {
        asked_at.lock().unwrap().push(Instant::now());
        std::thread::sleep(ANSWER_TAKES);
        Ok(scripted::answer(good()))
    });
    let spec = AiConfig::load(None).unwrap().models["claude-haiku"].clone();
    Models::scripted(model, spec, Patience::default(), Random::seeded(7))
}

async fn switch(desk: &Desk, on: bool) {
    let patch = SettingsPatch {
        ai_enabled: Some(on),
        ..SettingsPatch::default()
    };
    let (api, administer) = (desk.database.api(), command_scope());
    let set = api.in_admin(&administer, move |tx| {
        Box::pin(installation::update(tx, None, patch))
    });
    set.await.unwrap();
}

async fn retry(desk: &Desk, id: JobId, model: Option<&str>) {
    let model = model.map(str::to_owned);
    let api = desk.database.api();
    let again = api.in_tenant(&desk.person.scope, move |tx| {
        Box::pin(async move { job::retry(tx, id, None, model).await })
    });
    again.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 6)]
async fn the_switch_stops_new_calls_within_a_second_and_nothing_else() {
    let desk = Desk::new().await;
    desk.execute("UPDATE installation_settings SET ai_jobs_per_day = 100000")
        .await;
    let asked_at = Arc::new(Mutex::new(Vec::new()));
    let worker = Worker::with(&desk.database, model(&asked_at));
    let offered = worker.services.models.offered();
    let announce = desk.database.worker().in_system(move |tx| {
        Box::pin(async move { smartstack_domain::ai::model::announce(tx, &offered).await })
    });
    announce.await.unwrap();
    worker.consume();
    let stop = CancellationToken::new();
    let relay = Relay {
        db: desk.database.worker().clone(),
        queue: worker.queue.clone(),
        random: Random::seeded(3),
    };
    let _relay = AbortOnDropHandle::new(tokio::spawn(relay.run(stop.clone())));

    // Texts keep coming, before and after.
    let mut before = Vec::new();
    for _ in 0..12 {
        before.push(desk.paste(TEXT).await);
    }
    eventually("calls under way", || async {
        (asked_at.lock().unwrap().len() >= 4).then_some(())
    })
    .await;
    switch(&desk, false).await;
    let off_at = Instant::now();
    let mut after = Vec::new();
    while off_at.elapsed() < WITHIN * 2 {
        after.push(desk.paste(TEXT).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut states = Vec::new();
    for id in before.iter().chain(&after) {
        states.push(desk.settled(*id).await);
    }
    let late = asked_at
        .lock()
        .unwrap()
        .iter()
        .filter(|at| **at > off_at + WITHIN)
        .count();
    assert_eq!(late, 0, "calls that began more than a second after the switch");
    // What was asked before has its answer: a call under way is not cut off.
    let ready = states.iter().filter(|job| job.state == JobState::Ready).count();
    let asked = asked_at.lock().unwrap().len();
    assert_eq!(ready, asked, "each call made became a suggestion");
    assert!(asked >= 4 && asked < before.len() + after.len(), "{asked}");
    // Everything else waits for a person, with the reason.
    for job in states.iter().filter(|job| job.state != JobState::Ready) {
        assert_eq!(
            (job.state, job.reason),
            (JobState::NeedsReview, Some(JobReason::AiOff))
        );
    }

    // Nothing else has stopped: the built-in rules read, and mail goes out.
    let waiting = after.pop().unwrap();
    retry(&desk, waiting, Some("basic")).await;
    assert_eq!(desk.settled(waiting).await.state, JobState::Ready);
    let content = MailContent::AlreadyRegistered {
        name: "Ada".to_owned(),
    };
    let mail = Mail::new("ada@example.com", content);
    let sent = desk.database.api().in_system(move |tx| {
        Box::pin(async move {
            tx.enqueue(outbox::MAIL, mail.payload());
            Ok(())
        })
    });
    sent.await.unwrap();
    eventually("the mail", || async {
        (!worker.mails.sent().is_empty()).then_some(())
    })
    .await;
    assert_eq!(
        asked_at.lock().unwrap().len(),
        asked,
        "no model was asked for either"
    );

    // On again, what waited can be tried again.
    switch(&desk, true).await;
    let waiting = after.pop().unwrap();
    retry(&desk, waiting, None).await;
    assert_eq!(desk.settled(waiting).await.state, JobState::Ready);
    assert_eq!(asked_at.lock().unwrap().len(), asked + 1);
    stop.cancel();
}
