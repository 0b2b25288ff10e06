//! Drafts that people change: how much, what the report says of it, and which are examples for later ones.

use smartstack_domain::{
    ai::{
        feedback::{self, Feedback},
        settings,
    },
    job::{self, Example, Written},
    suggestion::{self, SuggestionDraft},
};
use smartstack_schema::{DocumentId, JobId, SuggestionId, UseCase};

use crate::support::{BRIEF, World, draft};

const DRAFTED: &str = "Hello Tom, yes, by Friday. Best";

async fn asked(world: &World, document_id: DocumentId) -> JobId {
    let new = job::JobStart {
        document_id,
        use_case: UseCase::Reply,
        today: None,
        idempotency_key: None,
    };
    let started = world.work(move |tx| Box::pin(async move { job::start(tx, new).await }));
    started.await.expect("a job").id
}

/// A reply, drafted by a worker, to a text of its own.
async fn replied(world: &World) -> SuggestionId {
    let plan = world.plan(BRIEF).await;
    let id = asked(world, plan.document_id).await;
    let (attempt, envelope) = (world.attempt(id).await, world.envelope(id));
    let draft = SuggestionDraft {
        items: Vec::new(),
        draft: Some(DRAFTED.to_owned()),
        ..draft()
    };
    let written = world.db.worker().in_worker(&envelope, move |tx| {
        Box::pin(async move { job::complete(tx, id, attempt, draft).await })
    });
    match written.await.expect("written") {
        Written::Done(made) => made,
        other => panic!("not stored: {other:?}"),
    }
}

async fn change(world: &World, id: SuggestionId, text: &'static str) {
    let changed =
        world.work(move |tx| Box::pin(async move { suggestion::update_draft(tx, id, None, text).await }));
    changed.await.expect("kept");
}

async fn report(world: &World) -> Feedback {
    let all = world.work(|tx| Box::pin(async move { feedback::report(tx).await }));
    let of_replies = all.await.expect("a report").into_iter();
    let mut of_replies = of_replies.filter(|row| row.use_case == UseCase::Reply);
    let row = of_replies.next().expect("a row");
    assert_eq!(of_replies.next(), None);
    row
}

#[tokio::test]
async fn what_people_change_of_a_reply_is_measured_against_the_first_draft() {
    let world = World::new().await;
    let (first, _second) = (replied(&world).await, replied(&world).await);
    let untouched = report(&world).await;
    assert_eq!(
        (
            untouched.suggestions,
            untouched.items,
            untouched.accepted,
            untouched.edit_distance
        ),
        (2, 2, 0, None),
        "one that is copied as it is leaves no trace"
    );
    // Kept as it is typed: what counts is the last against the first.
    change(&world, first, "Hello").await;
    change(&world, first, "Hello Tom, yes, by Monday. Best").await;
    let row = report(&world).await;
    assert_eq!((row.items, row.accepted, row.edited, row.rejected), (2, 1, 1, 0));
    let distance = row.edit_distance.expect("a distance");
    assert!((distance - 1.0 / 6.0).abs() < 1e-6, "one word of six: {distance}");
    assert_eq!(row.acceptance_rate(), None);
    // Taken back to what it was.
    change(&world, first, DRAFTED).await;
    assert_eq!(report(&world).await.accepted, 0);
}

#[tokio::test]
async fn a_reply_by_hand_begins_with_a_gap_and_is_no_figure_of_the_rules() {
    let world = World::new().await;
    let plan = world.plan(BRIEF).await;
    let id = asked(&world, plan.document_id).await;
    let made = world.work(move |tx| {
        Box::pin(async move {
            job::cancel(tx, id, None).await?;
            job::review_by_hand(tx, id, None).await
        })
    });
    let made = made.await.expect("a suggestion");
    assert_eq!(made.draft.as_deref(), Some("[what you want to say]"));
    change(&world, made.id, "Hello Tom, gladly.").await;
    let report = world.work(|tx| Box::pin(async move { feedback::report(tx).await }));
    let report = report.await.expect("a report");
    assert!(
        report.iter().all(|row| row.use_case != UseCase::Reply),
        "{report:?}"
    );
}

#[tokio::test]
async fn replies_somebody_made_theirs_are_examples_where_an_owner_lets_them() {
    let world = World::new().await;
    let (mine, _as_it_was) = (replied(&world).await, replied(&world).await);
    change(&world, mine, "Dear Tom, gladly, by Monday. Ana").await;
    let document = world
        .work(move |tx| Box::pin(async move { suggestion::get(tx, mine).await }))
        .await
        .expect("a suggestion")
        .document_id;
    let plan = world.plan(BRIEF).await;
    let (later, again) = (
        asked(&world, plan.document_id).await,
        asked(&world, document).await,
    );
    let wanted = job::Wanted {
        client: false,
        open_tasks: 0,
        examples: 0,
        drafts: 3,
        review: false,
        facts: false,
    };
    let examples = async |id: JobId| {
        let envelope = world.envelope(id);
        let read = world.db.worker().in_worker(&envelope, move |tx| {
            Box::pin(async move { job::material(tx, id, wanted).await })
        });
        read.await.expect("material").examples
    };
    assert_eq!(examples(later).await, [], "off unless an owner says so");
    world
        .work(|tx| Box::pin(settings::update(tx, None, true)))
        .await
        .expect("on");
    let mine = Example::Draft("Dear Tom, gladly, by Monday. Ana".to_owned());
    assert_eq!(examples(later).await, [mine]);
    assert_eq!(examples(again).await, [], "not of the same text");
}
