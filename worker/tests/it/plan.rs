//! The plan job, from the API's transaction to a suggestion, with relay and consumer running in this process.

use std::time::Duration;

use smartstack_domain::JobEnvelope;
use smartstack_domain::job::{self, Claim, Lease, Written};
use smartstack_domain::outbox::{Mail, MailContent};
use smartstack_domain::suggestion::{Provenance, SuggestionDraft};
use smartstack_schema::{Engine as EngineName, ItemKind, JobReason, JobStage, JobState};
use smartstack_worker::envelope::Envelope;
use smartstack_worker::job::plan::TEXT_MAX;
use smartstack_worker::runtime::FailureKind;
use smartstack_worker::runtime::poll::Handler as _;
use smartstack_worker::runtime::retry::RetryPolicy;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::desk::{Desk, secrets};
use crate::support::eventually;
use crate::worker::{LEASE, Worker};

#[tokio::test]
async fn a_text_becomes_a_suggestion() {
    let desk = Desk::new().await;
    let job = desk.paste(BRIEF).await;
    let worker = Worker::new(&desk.database);
    worker.work().await;
    let done = desk.settled(job).await;
    assert_eq!((done.state, done.attempt), (JobState::Ready, 1), "{done:?}");
    assert_eq!(
        done.stages.iter().map(|at| at.stage).collect::<Vec<_>>(),
        [JobStage::Reading, JobStage::Checking]
    );

    let (suggestion, items) = desk.suggestion(job).await;
    assert_eq!(suggestion.provenance.engine, EngineName::Basic);
    assert_eq!(suggestion.provenance.model, None);
    assert_eq!(suggestion.provenance.language.as_deref(), Some("en"));
    assert!(
        suggestion
            .provenance
            .prompt_version
            .unwrap()
            .starts_with("basic/")
    );
    assert_eq!(suggestion.provenance.input_hash.len(), 64);
    assert!(
        items.iter().filter(|item| item.kind == ItemKind::Task).count() >= 2,
        "{items:?}"
    );
    for item in &items {
        let range = item.quote_start.unwrap()..item.quote_end.unwrap();
        let quote: String = BRIEF
            .chars()
            .skip(range.start as usize)
            .take(range.len())
            .collect();
        assert_eq!(Some(quote), item.quote);
    }
}

#[tokio::test]
async fn a_message_delivered_three_times_at_once_has_one_effect() {
    let desk = Desk::new().await;
    let job = desk.paste(BRIEF).await;
    let worker = Worker::new(&desk.database);
    worker.relay.move_batch().await.unwrap();
    let again = desk.message(job);
    worker
        .queue
        .send(vec![again.encode(), again.encode()])
        .await
        .unwrap();
    worker.consume();
    let done = desk.settled(job).await;
    desk.queue_is_empty().await;
    assert_eq!((done.state, done.attempt), (JobState::Ready, 1));
    assert_eq!(desk.suggestions().await, 1);
}

#[tokio::test]
async fn a_text_without_anything_to_do_needs_a_person() {
    let desk = Desk::new().await;
    let job = desk.paste("The weather was lovely.").await;
    let worker = Worker::new(&desk.database);
    worker.work().await;
    let done = desk.settled(job).await;
    assert_eq!(
        (done.state, done.reason),
        (JobState::NeedsReview, Some(JobReason::NothingFound))
    );
    assert!(done.reason_message.unwrap().contains("by hand"));
    desk.queue_is_empty().await;
    assert_eq!(desk.suggestions().await, 0);
}

#[tokio::test]
async fn a_text_that_is_too_long_needs_a_person() {
    let desk = Desk::new().await;
    let job = desk.paste(&"Please send it. ".repeat(TEXT_MAX / 16 + 1)).await;
    let worker = Worker::new(&desk.database);
    worker.work().await;
    let done = desk.settled(job).await;
    assert_eq!(
        (done.state, done.reason),
        (JobState::NeedsReview, Some(JobReason::TextTooLong))
    );
    assert!(done.reason_message.unwrap().contains("100000"));
}

#[tokio::test]
async fn what_ends_its_worker_each_time_needs_a_person_and_is_put_aside() {
    let desk = Desk::new().await;
    let job = desk.paste(BRIEF).await;
    let worker = Worker::new(&desk.database);
    worker.relay.move_batch().await.unwrap();
    for _ in 0..RetryPolicy::default().too_often() {
        let stop = CancellationToken::new();
        let held = worker
            .queue
            .receive(1, LEASE, LEASE, &stop)
            .await
            .unwrap()
            .remove(0);
        worker
            .queue
            .give_back(&held.receipt, Duration::ZERO)
            .await
            .unwrap();
    }
    worker.consume();
    let done = desk.settled(job).await;
    assert_eq!(
        (done.state, done.reason),
        (JobState::NeedsReview, Some(JobReason::Internal))
    );
    eventually("put aside", || async {
        (desk.depth().await.dead == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_job_given_back_is_queued_again_and_then_done() {
    let desk = Desk::new().await;
    let job = desk.paste(BRIEF).await;
    let worker = Worker::new(&desk.database);
    worker.relay.move_batch().await.unwrap();
    let message = worker
        .queue
        .receive(1, LEASE, LEASE, &CancellationToken::new())
        .await
        .unwrap()
        .remove(0);
    let stopping = CancellationToken::new();
    stopping.cancel();
    let failure = worker.services.handle(&message, &stopping).await.unwrap_err();
    assert_eq!((failure.kind, failure.attempt), (FailureKind::NotNow, Some(1)));
    worker.services.release(&message, &failure).await.unwrap();
    assert_eq!(desk.job(job).await.state, JobState::Queued);

    worker
        .queue
        .give_back(&message.receipt, Duration::ZERO)
        .await
        .unwrap();
    worker.consume();
    let done = desk.settled(job).await;
    assert_eq!((done.state, done.attempt), (JobState::Ready, 2));
}

#[tokio::test]
async fn every_late_write_is_refused() {
    let desk = Desk::new().await;
    let id = desk.paste(BRIEF).await;
    let envelope = JobEnvelope::decode(&desk.message(id).payload.to_string()).unwrap();
    let worker = Worker::new(&desk.database);
    // A worker claims the job and is not heard of again: its lease is over at once.
    let lease = Lease {
        owner: "frozen".to_owned(),
        duration: chrono::TimeDelta::zero(),
    };
    let db = desk.database.worker();
    let claim = {
        let lease = lease.clone();
        db.in_worker(&envelope, move |tx| {
            Box::pin(async move { job::claim(tx, id, &lease).await })
        })
        .await
        .unwrap()
    };
    assert_eq!(claim, Claim::Claimed { attempt: 1 });
    worker.work().await;
    let done = desk.settled(id).await;
    assert_eq!((done.state, done.attempt), (JobState::Ready, 2));

    let refused = db
        .in_worker(&envelope, move |tx| {
            Box::pin(async move {
                let draft = SuggestionDraft {
                    draft: None,
                    sentences: None,
                    provenance: Provenance {
                        engine: EngineName::Basic,
                        model: None,
                        prompt_version: None,
                        input_hash: "late".to_owned(),
                        language: None,
                        duration_ms: 1,
                        input_tokens: 0,
                        output_tokens: 0,
                        cost_micro_usd: 0,
                    },
                    items: Vec::new(),
                };
                Ok([
                    job::heartbeat(tx, id, 1, &lease).await?,
                    job::set_stage(tx, id, 1, JobStage::Checking).await?,
                    job::needs_review(tx, id, 1, JobReason::Internal, "late").await?,
                    job::release(tx, id, 1).await?,
                    match job::complete(tx, id, 1, draft).await? {
                        Written::Done(_) => Written::Done(()),
                        Written::Fenced => Written::Fenced,
                    },
                ])
            })
        })
        .await
        .unwrap();
    assert_eq!(refused, [Written::Fenced; 5]);
    assert_eq!(desk.job(id).await, done, "nothing of it was changed");
    assert_eq!(desk.suggestions().await, 1);
}

#[tokio::test]
async fn a_cancelled_job_is_left_alone() {
    let desk = Desk::new().await;
    let job = desk.paste(BRIEF).await;
    let worker = Worker::new(&desk.database);
    worker.relay.move_batch().await.unwrap();
    desk.cancel(job).await;
    worker.consume();
    desk.queue_is_empty().await;
    assert_eq!(desk.job(job).await.state, JobState::Cancelled);
    assert_eq!(desk.suggestions().await, 0);
}

#[tokio::test]
async fn a_job_that_is_gone_is_forgotten() {
    let desk = Desk::new().await;
    let nobodys = serde_json::json!({
        "v": 1, "job_id": smartstack_schema::JobId(Uuid::from_u128(5)), "workspace_id": desk.person.workspace_id,
    });
    assert!(JobEnvelope::decode(&nobodys.to_string()).is_ok());
    let worker = Worker::new(&desk.database);
    let message = Envelope {
        id: Uuid::from_u128(6),
        topic: "job".to_owned(),
        payload: nobodys,
    };
    worker.queue.send(vec![message.encode()]).await.unwrap();
    worker.consume();
    desk.queue_is_empty().await;
}

#[tokio::test]
async fn mails_leave_through_the_outbox_with_links_made_on_the_way() {
    let desk = Desk::new().await;
    let sign_up_id = smartstack_schema::SignUpId(Uuid::from_u128(9));
    let content = MailContent::ConfirmSignUp {
        name: "Ada <b>".to_owned(),
        sign_up_id,
        expires_at: chrono::DateTime::from_timestamp(1_772_600_000, 0).unwrap(),
    };
    let payload = Mail::new("ada@example.com", content).payload();
    let api = desk.database.api();
    api.in_system(move |tx| {
        Box::pin(async move {
            tx.enqueue("mail", payload);
            Ok(())
        })
    })
    .await
    .unwrap();
    let worker = Worker::new(&desk.database);
    worker.work().await;
    let mail = eventually("a mail", || async { worker.mails.sent().pop() }).await;
    desk.queue_is_empty().await;
    assert_eq!(mail.to, "ada@example.com");
    let link = format!(
        "https://smartstack.example/confirm?token={}",
        secrets().sign_up_token(sign_up_id)
    );
    assert!(mail.text.contains(&link), "{}", mail.text);
    assert!(
        mail.text.contains("until 4 March 2026, 04:53 UTC"),
        "{}",
        mail.text
    );
    assert!(mail.html.contains("Ada &lt;b&gt;"), "{}", mail.html);
}

const BRIEF: &str = "\
Hi Maya,

thanks for the call 🙂. Here is what we need for the new café site:

- Please design the home page by 20 March 2026, about 6 hours.
- Please set up the online menu.
- No online shop for now.

Which languages should the menu have?

The budget is 4500 EUR.

Best
Jörg";
