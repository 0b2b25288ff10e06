use chrono::Duration;
use smartstack_domain::{
    DomainError,
    client::{self, ClientFilter},
    document,
    job::{self, Claim, JobFilter, Written},
    plan::{self, PlanProject, PlanStart},
    project, suggestion,
};
use smartstack_schema::{Engine, JobId, JobReason, JobStage, JobState, SuggestionId, UserErrorCode};

use crate::support::{BRIEF, World, draft, is_invalid_state, lease, refused};

async fn complete(world: &World, id: JobId, attempt: i32) -> Result<Written<SuggestionId>, DomainError> {
    let envelope = world.envelope(id);
    let worker = world.db.worker();
    worker
        .in_worker(&envelope, move |tx| {
            Box::pin(job::complete(tx, id, attempt, draft()))
        })
        .await
}

async fn state(world: &World, id: JobId) -> JobState {
    world
        .work(move |tx| Box::pin(async move { job::get(tx, id).await }))
        .await
        .unwrap()
        .state
}

#[tokio::test]
async fn a_plan_starts_once_for_one_key() {
    let world = World::new().await;
    let new = PlanStart {
        text: format!("\0{BRIEF}"),
        new_project: Some(PlanProject {
            name: "Relaunch".to_owned(),
            new_client_name: Some("Lumen".to_owned()),
            client_id: None,
        }),
        idempotency_key: Some("once".to_owned()),
        ..PlanStart::default()
    };
    let (one, two) = (new.clone(), new);
    let (first, second) = tokio::join!(
        world.work(|tx| Box::pin(plan::start(tx, one))),
        world.work(|tx| Box::pin(plan::start(tx, two))),
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first, second);
    assert_eq!(
        (first.state, first.today),
        (JobState::Queued, crate::support::noon().date_naive())
    );
    let (clients, jobs, text) = world
        .work(move |tx| {
            Box::pin(async move {
                let clients = client::count(tx, &ClientFilter::default()).await?;
                let jobs = job::count(tx, &JobFilter::default()).await?;
                Ok((clients, jobs, document::get(tx, first.document_id).await?))
            })
        })
        .await
        .unwrap();
    assert_eq!((clients, jobs), (1, 1));
    assert_eq!(text.text, BRIEF);
    assert!(text.title.starts_with("Grüße 👋"), "{}", text.title);
}

#[tokio::test]
async fn a_plan_needs_a_text_and_one_project() {
    let world = World::new().await;
    let start = |new: PlanStart| world.work(|tx| Box::pin(plan::start(tx, new)));
    let outcome = start(PlanStart {
        text: " \0\n".to_owned(),
        ..PlanStart::default()
    })
    .await;
    let expected = [
        ("text", UserErrorCode::Required),
        ("projectId", UserErrorCode::Required),
    ];
    assert_eq!(
        refused(outcome),
        expected.map(|(field, code)| (field.to_owned(), code))
    );
    let project_id = Some(world.project("P").await.id);
    let long = PlanStart {
        text: "x".repeat(200_001),
        project_id,
        ..PlanStart::default()
    };
    assert_eq!(
        refused(start(long).await),
        [("text".to_owned(), UserErrorCode::TooLong)]
    );
    let longest = PlanStart {
        text: "é".repeat(200_000),
        project_id,
        ..PlanStart::default()
    };
    start(longest).await.unwrap();
    let nameless = PlanStart {
        text: "x".to_owned(),
        new_project: Some(PlanProject::default()),
        ..PlanStart::default()
    };
    assert_eq!(
        refused(start(nameless).await),
        [("newProject.name".to_owned(), UserErrorCode::Required)]
    );
}

#[tokio::test]
async fn a_job_runs_through_its_stages_to_one_suggestion() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    assert!(matches!(world.claim(id).await, Claim::Held { .. }));
    let envelope = world.envelope(id);
    for stage in [JobStage::Reading, JobStage::Asking] {
        let told = world.db.worker().in_worker(&envelope, move |tx| {
            Box::pin(async move { job::set_stage(tx, id, attempt, stage).await })
        });
        assert_eq!(told.await.unwrap(), Written::Done(()));
        world.clock.advance(Duration::seconds(1));
    }
    let context = world
        .db
        .worker()
        .in_worker(&envelope, move |tx| {
            Box::pin(async move { job::context(tx, id).await })
        })
        .await
        .unwrap();
    assert_eq!(
        (context.document.text.as_str(), context.project_name.as_str()),
        (BRIEF, "Relaunch")
    );
    let running = world
        .work(move |tx| Box::pin(async move { job::get(tx, id).await }))
        .await
        .unwrap();
    assert_eq!(
        (running.state, running.stage),
        (JobState::Running, Some(JobStage::Asking))
    );
    assert_eq!(
        running.stages.iter().map(|s| s.stage).collect::<Vec<_>>(),
        [JobStage::Reading, JobStage::Asking]
    );

    let Written::Done(made) = complete(&world, id, attempt).await.unwrap() else {
        panic!("fenced")
    };
    assert_eq!(complete(&world, id, attempt).await.unwrap(), Written::Fenced);
    assert_eq!(world.claim(id).await, Claim::Over(JobState::Ready));
    let (suggestion, items, document) = world
        .work(move |tx| {
            Box::pin(async move {
                let made = suggestion::get(tx, made).await?;
                let items = suggestion::items_by_suggestion_ids(tx, &[made.id]).await?;
                let document = document::get(tx, made.document_id).await?;
                Ok((made, items, document))
            })
        })
        .await
        .unwrap();
    assert!(!suggestion.stale);
    assert_eq!(document.language.as_deref(), Some("en"));
    let items = &items[&suggestion.id];
    assert_eq!(items.len(), 5);
    for item in items {
        let (start, end) = (
            item.quote_start.unwrap() as usize,
            item.quote_end.unwrap() as usize,
        );
        let quoted: String = BRIEF.chars().skip(start).take(end - start).collect();
        assert_eq!(item.quote.as_deref(), Some(quoted.as_str()));
    }
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_changes_nothing() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let frozen = world.attempt(id).await;
    world.clock.advance(Duration::seconds(29));
    assert!(matches!(world.claim(id).await, Claim::Held { .. }));
    let envelope = world.envelope(id);
    let beat = world.db.worker().in_worker(&envelope, move |tx| {
        Box::pin(async move { job::heartbeat(tx, id, frozen, &lease()).await })
    });
    assert_eq!(beat.await.unwrap(), Written::Done(()));
    world.clock.advance(Duration::seconds(29));
    assert!(
        matches!(world.claim(id).await, Claim::Held { .. }),
        "the heartbeat extended the lease"
    );
    world.clock.advance(Duration::seconds(1));
    let second = world.attempt(id).await;
    assert_eq!((frozen, second), (1, 2));

    assert_eq!(complete(&world, id, frozen).await.unwrap(), Written::Fenced);
    let late = world.db.worker().in_worker(&envelope, move |tx| {
        Box::pin(async move {
            let beat = job::heartbeat(tx, id, frozen, &lease()).await?;
            let stage = job::set_stage(tx, id, frozen, JobStage::Checking).await?;
            let given_back = job::release(tx, id, frozen).await?;
            let failed = job::needs_review(tx, id, frozen, JobReason::Internal, "late").await?;
            Ok([beat, stage, given_back, failed])
        })
    });
    assert_eq!(late.await.unwrap(), [Written::Fenced; 4]);
    assert!(matches!(
        complete(&world, id, second).await.unwrap(),
        Written::Done(_)
    ));
    let count = world
        .work(|tx| Box::pin(async move { suggestion::count(tx, &Default::default()).await }))
        .await;
    assert_eq!(count.unwrap(), 1);
}

#[tokio::test]
async fn claiming_and_completing_at_once_happen_once() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let claims = futures_util::future::join_all((0..4).map(|_| world.claim(id))).await;
    let won = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Claimed { attempt: 1 }))
        .count();
    assert_eq!(won, 1, "{claims:?}");
    let outcomes = futures_util::future::join_all((0..4).map(|_| complete(&world, id, 1))).await;
    let done = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Ok(Written::Done(_))))
        .count();
    let fenced = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Ok(Written::Fenced)))
        .count();
    assert_eq!((done, fenced), (1, 3), "{outcomes:?}");
}

#[tokio::test]
async fn a_cancelled_job_fences_its_worker_and_can_be_tried_again() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    world
        .work(move |tx| Box::pin(job::cancel(tx, id, None)))
        .await
        .unwrap();
    assert_eq!(complete(&world, id, attempt).await.unwrap(), Written::Fenced);
    assert_eq!(world.claim(id).await, Claim::Over(JobState::Cancelled));
    world
        .work(move |tx| Box::pin(job::retry(tx, id, None, None)))
        .await
        .unwrap();
    assert!(is_invalid_state(
        world
            .work(move |tx| Box::pin(job::retry(tx, id, None, None)))
            .await
    ));
    let second = world.attempt(id).await;
    assert_eq!(second, 2);
    assert!(matches!(
        complete(&world, id, second).await.unwrap(),
        Written::Done(_)
    ));
    assert!(is_invalid_state(
        world.work(move |tx| Box::pin(job::cancel(tx, id, None))).await
    ));
}

#[tokio::test]
async fn a_failed_job_says_why_and_can_be_done_by_hand() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let early = world
        .work(move |tx| Box::pin(job::review_by_hand(tx, id, None)))
        .await;
    assert!(is_invalid_state(early));
    let attempt = world.attempt(id).await;
    let envelope = world.envelope(id);
    let failed = world.db.worker().in_worker(&envelope, move |tx| {
        let message = "Nothing to plan was found. Select passages by hand.";
        Box::pin(async move { job::needs_review(tx, id, attempt, JobReason::NothingFound, message).await })
    });
    assert_eq!(failed.await.unwrap(), Written::Done(()));
    let failed = world
        .work(move |tx| Box::pin(async move { job::get(tx, id).await }))
        .await
        .unwrap();
    assert_eq!(
        (failed.state, failed.reason),
        (JobState::NeedsReview, Some(JobReason::NothingFound))
    );
    assert!(failed.reason_message.unwrap().starts_with("Nothing"));

    let made = world
        .work(move |tx| Box::pin(job::review_by_hand(tx, id, None)))
        .await
        .unwrap();
    assert_eq!(made.provenance.engine, Engine::Manual);
    let again = world
        .work(move |tx| Box::pin(job::review_by_hand(tx, id, None)))
        .await
        .unwrap();
    assert_eq!(again.id, made.id);
    assert_eq!(state(&world, id).await, JobState::Ready);
}

#[tokio::test]
async fn a_released_job_waits_for_the_next_worker() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    let envelope = world.envelope(id);
    let released = world.db.worker().in_worker(&envelope, move |tx| {
        Box::pin(async move { job::release(tx, id, attempt).await })
    });
    assert_eq!(released.await.unwrap(), Written::Done(()));
    assert_eq!(state(&world, id).await, JobState::Queued);
    assert_eq!(world.attempt(id).await, 2);
}

#[tokio::test]
async fn a_draft_that_breaks_a_rule_stores_nothing() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    let envelope = world.envelope(id);
    let mut bad = draft();
    bad.items[0].quote = Some(document::Quote { start: 0, end: 9_999 });
    bad.items[1].amount = None;
    let outcome = world
        .db
        .worker()
        .in_worker(&envelope, move |tx| {
            Box::pin(async move { job::complete(tx, id, attempt, bad).await })
        })
        .await;
    let expected = [
        ("quoteStart", UserErrorCode::OutOfRange),
        ("amount", UserErrorCode::Required),
    ];
    assert_eq!(
        refused(outcome),
        expected.map(|(field, code)| (field.to_owned(), code))
    );
    assert_eq!(state(&world, id).await, JobState::Running);
    assert!(matches!(
        complete(&world, id, attempt).await.unwrap(),
        Written::Done(_)
    ));
}

#[tokio::test]
async fn a_job_of_a_deleted_project_is_fenced() {
    let world = World::new().await;
    let job = world.plan(BRIEF).await;
    let attempt = world.attempt(job.id).await;
    world
        .work(move |tx| Box::pin(project::delete(tx, job.project_id, None)))
        .await
        .unwrap();
    assert_eq!(complete(&world, job.id, attempt).await.unwrap(), Written::Fenced);
}
