use smartstack_domain::{
    document::Quote,
    input::Patch,
    job::{self, Written},
    money::Money,
    project::{self, ProjectPatch},
    project_note,
    suggestion::{self, ItemEdits, NewItem, Suggestion, SuggestionDraft, SuggestionItem},
    task::{self, TaskFilter, TaskPatch},
};
use smartstack_schema::{
    ItemKind, ItemState, NoteKind, ProjectId, RejectReason, SuggestionId, SuggestionItemId, SuggestionState,
    TaskPriority, UseCase, UserErrorCode,
};

use crate::support::{BRIEF, World, day, draft, is_conflict, is_invalid_state, is_not_found, refused};

/// A world with a suggestion that waits.
struct Review {
    world: World,
    id: SuggestionId,
    project: ProjectId,
    items: Vec<SuggestionItem>,
}

impl Review {
    async fn new() -> Self {
        let world = World::new().await;
        let job = world.plan(BRIEF).await;
        let attempt = world.attempt(job.id).await;
        let envelope = world.envelope(job.id);
        let made = world.db.worker().in_worker(&envelope, move |tx| {
            Box::pin(async move { job::complete(tx, job.id, attempt, draft()).await })
        });
        let Written::Done(id) = made.await.unwrap() else {
            panic!("fenced")
        };
        let items = items(&world, id).await;
        Self {
            world,
            id,
            project: job.project_id,
            items,
        }
    }

    fn item(&self, kind: ItemKind) -> SuggestionItemId {
        self.items.iter().find(|item| item.kind == kind).unwrap().id
    }

    async fn accept(&self, kind: ItemKind) -> SuggestionItem {
        let id = self.item(kind);
        let accepted = self
            .world
            .work(move |tx| Box::pin(suggestion::accept(tx, id, None, ItemEdits::default())));
        accepted.await.unwrap()
    }

    async fn reopen(&self, kind: ItemKind) -> SuggestionItem {
        let id = self.item(kind);
        self.world
            .work(move |tx| Box::pin(suggestion::reopen_item(tx, id, None)))
            .await
            .unwrap()
    }

    async fn suggestion(&self) -> Suggestion {
        let id = self.id;
        self.world
            .work(move |tx| Box::pin(async move { suggestion::get(tx, id).await }))
            .await
            .unwrap()
    }

    async fn project(&self) -> project::Project {
        let id = self.project;
        self.world
            .work(move |tx| Box::pin(async move { project::get(tx, id).await }))
            .await
            .unwrap()
    }

    async fn tasks(&self) -> i64 {
        let count = self
            .world
            .work(|tx| Box::pin(async move { task::count(tx, &TaskFilter::default()).await }));
        count.await.unwrap()
    }
}

async fn items(world: &World, id: SuggestionId) -> Vec<SuggestionItem> {
    let found =
        world.work(move |tx| Box::pin(async move { suggestion::items_by_suggestion_ids(tx, &[id]).await }));
    found.await.unwrap().remove(&id).unwrap()
}

#[tokio::test]
async fn accepting_a_task_makes_it_with_its_source() {
    let review = Review::new().await;
    let item = review.accept(ItemKind::Task).await;
    let made = item.task_id.unwrap();
    let task = review
        .world
        .work(move |tx| Box::pin(async move { task::get(tx, made).await }))
        .await
        .unwrap();
    assert_eq!(
        (task.title.as_str(), task.due_date),
        ("Design a new logo", day("2026-03-20"))
    );
    assert_eq!(task.source_item_id, Some(item.id));
    assert_eq!((item.state, item.edited), (ItemState::Accepted, false));
    assert_eq!(item.decided_by, Some(review.world.ana.user_id));
    assert_eq!(review.suggestion().await.state, SuggestionState::PartlyApplied);

    let again = review.accept(ItemKind::Task).await;
    assert_eq!(
        again.task_id,
        Some(made),
        "accepting it once more changes nothing"
    );
    let id = item.id;
    let stale = review
        .world
        .work(move |tx| Box::pin(suggestion::accept(tx, id, Some(1), ItemEdits::default())))
        .await;
    assert!(is_conflict(stale));
}

#[tokio::test]
async fn two_people_accepting_at_once_make_one_task() {
    let review = Review::new().await;
    let accepted = futures_util::future::join_all((0..4).map(|_| review.accept(ItemKind::Task))).await;
    assert!(accepted.windows(2).all(|pair| pair[0].task_id == pair[1].task_id));
    assert_eq!(review.tasks().await, 1);
}

#[tokio::test]
async fn edits_go_into_the_task_and_undo_brings_the_proposal_back() {
    let review = Review::new().await;
    let id = review.item(ItemKind::Task);
    let edits = ItemEdits {
        title: Patch::Set("Draw three logos".to_owned()),
        due_date: Patch::Clear,
        estimate_max_minutes: Patch::Set(240),
        priority: Patch::Set(TaskPriority::High),
        ..ItemEdits::default()
    };
    let item = review
        .world
        .work(move |tx| Box::pin(suggestion::accept(tx, id, Some(1), edits)))
        .await
        .unwrap();
    assert!(item.edited);
    let made = item.task_id.unwrap();
    let get = || {
        review
            .world
            .work(move |tx| Box::pin(async move { task::get(tx, made).await }))
    };
    let task = get().await.unwrap();
    assert_eq!(
        (task.title.as_str(), task.due_date, task.priority),
        ("Draw three logos", None, TaskPriority::High)
    );
    assert_eq!(
        (task.estimate_min_minutes, task.estimate_max_minutes),
        (Some(240), Some(240))
    );

    // Changed since it was accepted: undoing takes it away all the same, and it can be restored.
    let patch = TaskPatch {
        description: Patch::Set("Started".to_owned()),
        ..TaskPatch::default()
    };
    review
        .world
        .work(move |tx| Box::pin(task::update(tx, made, None, patch)))
        .await
        .unwrap();
    let open = review.reopen(ItemKind::Task).await;
    assert_eq!(
        (open.title.as_str(), open.due_date),
        ("Design a new logo", day("2026-03-20"))
    );
    assert_eq!(
        (open.state, open.edited, open.task_id, open.decided_at),
        (ItemState::Open, false, None, None)
    );
    assert!(is_not_found(get().await));
    assert_eq!(review.suggestion().await.state, SuggestionState::Open);
    review
        .world
        .work(move |tx| Box::pin(task::restore(tx, made, None)))
        .await
        .unwrap();
    assert_eq!(get().await.unwrap().description, "Started");
}

#[tokio::test]
async fn edits_are_checked() {
    let review = Review::new().await;
    let id = review.item(ItemKind::Task);
    let edits = ItemEdits {
        title: Patch::Set("x".repeat(201)),
        estimate_min_minutes: Patch::Set(-5),
        ..ItemEdits::default()
    };
    let outcome = review
        .world
        .work(move |tx| Box::pin(suggestion::accept(tx, id, None, edits)))
        .await;
    let expected = [
        ("edits.title", UserErrorCode::TooLong),
        ("edits.estimateMinMinutes", UserErrorCode::OutOfRange),
    ];
    assert_eq!(
        refused(outcome),
        expected.map(|(field, code)| (field.to_owned(), code))
    );
    assert_eq!(review.tasks().await, 0);
}

#[tokio::test]
async fn budget_and_deadline_are_set_and_put_back() {
    let review = Review::new().await;
    review.accept(ItemKind::Budget).await;
    review.accept(ItemKind::Deadline).await;
    let project = review.project().await;
    let euros = Money {
        amount_cents: 450_000,
        currency: "EUR".to_owned(),
    };
    assert_eq!(
        (project.budget, project.due_date),
        (Some(euros), day("2026-04-30"))
    );
    assert!(
        !review.suggestion().await.stale,
        "its own accepts do not make it stale"
    );

    // Somebody sets another due date: undoing leaves that alone.
    let id = review.project;
    let patch = ProjectPatch {
        due_date: Patch::Set("2026-05-15".parse().unwrap()),
        ..ProjectPatch::default()
    };
    review
        .world
        .work(move |tx| Box::pin(project::update(tx, id, None, patch)))
        .await
        .unwrap();
    assert!(review.suggestion().await.stale);
    review.reopen(ItemKind::Budget).await;
    review.reopen(ItemKind::Deadline).await;
    let project = review.project().await;
    assert_eq!((project.budget, project.due_date), (None, day("2026-05-15")));
}

#[tokio::test]
async fn questions_and_exclusions_become_notes() {
    let review = Review::new().await;
    let (question, exclusion) = (
        review.accept(ItemKind::Question).await,
        review.accept(ItemKind::Exclusion).await,
    );
    let id = review.project;
    let read = || async {
        let notes = review
            .world
            .work(move |tx| Box::pin(async move { project_note::by_project_ids(tx, &[id]).await }));
        notes.await.unwrap().remove(&id).unwrap()
    };
    let mut notes = read().await;
    notes.sort_by_key(|note| note.kind);
    assert_eq!(
        notes.iter().map(|note| note.kind).collect::<Vec<_>>(),
        [NoteKind::Question, NoteKind::Exclusion]
    );
    assert_eq!(notes[0].quote, question.quote);
    assert_eq!(notes[1].source_item_id, Some(exclusion.id));

    let note = notes[0].id;
    let patch = project_note::ProjectNotePatch {
        resolved: Patch::Set(true),
        ..Default::default()
    };
    let settled = review
        .world
        .work(move |tx| Box::pin(project_note::update(tx, note, Some(1), patch)))
        .await;
    assert!(settled.unwrap().resolved_at.is_some());
    review.reopen(ItemKind::Question).await;
    assert_eq!(read().await.len(), 1);
}

#[tokio::test]
async fn accepting_all_and_undoing_it_leave_no_trace() {
    let review = Review::new().await;
    let rejected = review.item(ItemKind::Question);
    let reason = Some(RejectReason::AlreadyKnown);
    let item = review.world.work(move |tx| {
        Box::pin(suggestion::reject(
            tx,
            rejected,
            Some(1),
            reason,
            Some(" settled by phone "),
        ))
    });
    let item = item.await.unwrap();
    assert_eq!(item.reject_comment.as_deref(), Some("settled by phone"));
    let id = review.id;
    let (done, accepted) = review
        .world
        .work(move |tx| Box::pin(suggestion::accept_all(tx, id, None)))
        .await
        .unwrap();
    assert_eq!(
        (done.state, done.stale, accepted.len()),
        (SuggestionState::Applied, false, 4)
    );
    let counts = review
        .world
        .work(move |tx| Box::pin(async move { suggestion::item_counts(tx, &[id]).await }));
    let counts = counts.await.unwrap()[&id];
    assert_eq!(
        (counts.total, counts.open, counts.accepted, counts.rejected),
        (5, 0, 4, 1)
    );

    let ids: Vec<_> = accepted.iter().map(|item| item.id).collect();
    let undone = review
        .world
        .work(move |tx| Box::pin(async move { suggestion::reopen_items(tx, id, &ids).await }));
    let (undone, reopened) = undone.await.unwrap();
    assert_eq!(
        (undone.state, undone.stale, reopened.len()),
        (SuggestionState::PartlyApplied, false, 4)
    );
    let project = review.project().await;
    assert_eq!(
        (review.tasks().await, project.budget, project.due_date),
        (0, None, None)
    );
}

#[tokio::test]
async fn a_deadline_before_the_project_begins_stays_open() {
    let review = Review::new().await;
    let (id, project) = (review.id, review.project);
    let patch = ProjectPatch {
        start_date: Patch::Set("2026-06-01".parse().unwrap()),
        ..ProjectPatch::default()
    };
    review
        .world
        .work(move |tx| Box::pin(project::update(tx, project, None, patch)))
        .await
        .unwrap();
    let deadline = review.item(ItemKind::Deadline);
    let outcome = review
        .world
        .work(move |tx| Box::pin(suggestion::accept(tx, deadline, None, ItemEdits::default())))
        .await;
    assert_eq!(
        refused(outcome),
        [("edits.dueDate".to_owned(), UserErrorCode::OutOfRange)]
    );
    let (_, accepted) = review
        .world
        .work(move |tx| Box::pin(suggestion::accept_all(tx, id, None)))
        .await
        .unwrap();
    assert_eq!(accepted.len(), 4);
    assert!(accepted.iter().all(|item| item.kind != ItemKind::Deadline));
}

#[tokio::test]
async fn a_dismissed_suggestion_waits_to_be_reopened() {
    let review = Review::new().await;
    let id = review.id;
    let item = review.item(ItemKind::Task);
    let away = review
        .world
        .work(move |tx| Box::pin(suggestion::dismiss(tx, id, Some(1))))
        .await
        .unwrap();
    assert_eq!(away.state, SuggestionState::Dismissed);
    let accept = review
        .world
        .work(move |tx| Box::pin(suggestion::accept(tx, item, None, ItemEdits::default())))
        .await;
    assert!(is_invalid_state(accept));
    let back = review
        .world
        .work(move |tx| Box::pin(suggestion::reopen(tx, id, None)))
        .await
        .unwrap();
    assert_eq!(back.state, SuggestionState::Open);
    review.accept(ItemKind::Task).await;
}

#[tokio::test]
async fn a_passage_selected_by_hand_becomes_an_item() {
    let review = Review::new().await;
    let id = review.id;
    let new = |quote| NewItem {
        kind: ItemKind::Task,
        title: "Say hello".to_owned(),
        quote,
        due_date: None,
        estimate_min_minutes: None,
        estimate_max_minutes: None,
        responsible: None,
        idempotency_key: Some("k".to_owned()),
    };
    let add = |item: NewItem| {
        review
            .world
            .work(move |tx| Box::pin(suggestion::add_item(tx, id, item)))
    };
    let bad = new(Some(Quote {
        start: 5,
        end: 100_000,
    }));
    assert_eq!(
        refused(add(bad).await),
        [("quoteStart".to_owned(), UserErrorCode::OutOfRange)]
    );
    let item = add(new(Some(Quote { start: 6, end: 9 }))).await.unwrap();
    assert_eq!((item.quote.as_deref(), item.ordinal), (Some("👋 –"), 5));
    assert_eq!(
        add(new(Some(Quote { start: 6, end: 9 }))).await.unwrap().id,
        item.id
    );
    assert!(
        is_conflict(add(new(None)).await),
        "the same key with another request"
    );
    assert_eq!(items(&review.world, id).await.len(), 6);
}

#[tokio::test]
async fn the_draft_of_a_reply_is_changed_by_people_and_of_nothing_else() {
    let world = World::new().await;
    let plan = world.plan(BRIEF).await;
    let job = world
        .work(move |tx| {
            let new = job::JobStart {
                document_id: plan.document_id,
                use_case: UseCase::Reply,
                today: None,
                idempotency_key: None,
            };
            Box::pin(async move { job::start(tx, new).await })
        })
        .await
        .expect("a job");
    let id = job.id;
    let attempt = world.attempt(id).await;
    let envelope = world.envelope(id);
    let complete = async |text: &str| {
        let draft = SuggestionDraft {
            items: Vec::new(),
            draft: Some(text.to_owned()),
            ..draft()
        };
        let work = world.db.worker().in_worker(&envelope, move |tx| {
            Box::pin(async move { job::complete(tx, id, attempt, draft).await })
        });
        work.await
    };
    assert_eq!(
        refused(complete(" ").await),
        [("draft".to_owned(), UserErrorCode::Required)]
    );
    let Ok(Written::Done(made)) = complete("Hello Ana,").await else {
        panic!("not stored");
    };
    let update = async |id, version, text: &'static str| {
        world
            .work(move |tx| Box::pin(async move { suggestion::update_draft(tx, id, version, text).await }))
            .await
    };
    assert!(is_conflict(update(made, Some(7), "x").await));
    let changed = update(made, Some(1), "Hello Tom,").await.expect("kept");
    assert_eq!(
        (changed.draft.as_deref(), changed.version),
        (Some("Hello Tom,"), 2)
    );
    assert_eq!(
        update(made, None, "Hello Tom,").await.expect("the same").version,
        2
    );
    assert_eq!(
        refused(update(made, None, "").await),
        [("draft".to_owned(), UserErrorCode::Required)]
    );
}
