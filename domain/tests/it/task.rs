use proptest::{prelude::*, test_runner::TestRunner};
use smartstack_domain::{
    Page,
    input::Patch,
    task::{self, NewTask, Task, TaskFilter, TaskMove, TaskOrder, TaskPatch},
};
use smartstack_schema::{ProjectId, TaskId, TaskStatus, UserErrorCode, UserId};

use crate::support::{World, is_conflict, is_invalid_state, is_not_found, refused};

async fn column(world: &World, project: ProjectId, status: TaskStatus) -> Vec<Task> {
    let filter = TaskFilter {
        project_id: Some(project),
        status: Some(vec![status]),
        ..TaskFilter::default()
    };
    let page = world.work(move |tx| {
        Box::pin(async move { task::list(tx, &filter, TaskOrder::default(), &Page::first(100)).await })
    });
    page.await.unwrap().into_nodes()
}

async fn titles(world: &World, project: ProjectId, status: TaskStatus) -> String {
    column(world, project, status)
        .await
        .into_iter()
        .map(|task| task.title)
        .collect()
}

async fn move_(world: &World, id: TaskId, after: Option<TaskId>, before: Option<TaskId>) -> Task {
    let target = TaskMove {
        status: TaskStatus::Backlog,
        after_id: after,
        before_id: before,
    };
    world
        .work(move |tx| Box::pin(task::move_(tx, id, None, target)))
        .await
        .unwrap()
}

#[tokio::test]
async fn done_and_the_moment_of_completion_go_together() {
    let world = World::new().await;
    let id = world.task(world.project("P").await.id, "T").await.id;
    let set = |status| TaskPatch {
        status: Patch::Set(status),
        ..TaskPatch::default()
    };
    let done = set(TaskStatus::Done);
    let done = world
        .work(move |tx| Box::pin(task::update(tx, id, Some(1), done)))
        .await
        .unwrap();
    assert_eq!(
        (done.completed_at, done.version),
        (Some(crate::support::noon()), 2)
    );
    let open = set(TaskStatus::Next);
    let open = world
        .work(move |tx| Box::pin(task::update(tx, id, Some(2), open)))
        .await
        .unwrap();
    assert_eq!((open.completed_at, open.status), (None, TaskStatus::Next));
    let stale = set(TaskStatus::Done);
    assert!(is_conflict(
        world
            .work(move |tx| Box::pin(task::update(tx, id, Some(2), stale)))
            .await
    ));
}

#[tokio::test]
async fn cards_move_between_their_neighbours() {
    let world = World::new().await;
    let project = world.project("P").await.id;
    let mut ids = Vec::new();
    for title in ["a", "b", "c", "d"] {
        ids.push(world.task(project, title).await.id);
    }
    let (a, b, c, d) = (ids[0], ids[1], ids[2], ids[3]);
    let order = || titles(&world, project, TaskStatus::Backlog);
    assert_eq!(order().await, "abcd");
    move_(&world, d, Some(a), Some(b)).await;
    assert_eq!(order().await, "adbc");
    move_(&world, c, None, None).await;
    assert_eq!(order().await, "cadb");
    move_(&world, c, Some(b), None).await;
    assert_eq!(order().await, "adbc");
    let stays = move_(&world, d, Some(a), Some(b)).await;
    assert_eq!(stays.version, 2, "a card dropped where it stands does not change");

    // A neighbour that has gone elsewhere no longer counts; the other one does.
    let target = TaskMove {
        status: TaskStatus::Next,
        after_id: None,
        before_id: None,
    };
    world
        .work(move |tx| Box::pin(task::move_(tx, a, None, target)))
        .await
        .unwrap();
    move_(&world, c, Some(a), Some(d)).await;
    assert_eq!(order().await, "cdb");
    move_(&world, d, Some(a), None).await;
    assert_eq!(
        order().await,
        "cbd",
        "without any neighbour left, it goes to the end"
    );
}

#[tokio::test]
async fn a_move_is_refused_for_neighbours_that_make_no_sense() {
    let world = World::new().await;
    let (project, other) = (world.project("P").await.id, world.project("Q").await.id);
    let card = world.task(project, "a").await.id;
    let elsewhere = world.task(other, "x").await.id;
    let unknown = TaskId(uuid::Uuid::from_u128(7));
    for (neighbour, code) in [
        (elsewhere, UserErrorCode::NotFound),
        (unknown, UserErrorCode::NotFound),
        (card, UserErrorCode::Invalid),
    ] {
        let target = TaskMove {
            status: TaskStatus::Backlog,
            after_id: None,
            before_id: Some(neighbour),
        };
        let outcome = world
            .work(move |tx| Box::pin(task::move_(tx, card, None, target)))
            .await;
        assert_eq!(refused(outcome), [("beforeId".to_owned(), code)]);
    }
}

#[tokio::test]
async fn many_moves_into_one_gap_at_once_all_arrive() {
    let world = World::new().await;
    let project = world.project("P").await.id;
    let top = world.task(project, "<").await.id;
    let bottom = world.task(project, ">").await.id;
    let mut cards = Vec::new();
    for _ in 0..8 {
        cards.push(world.task(project, "x").await.id);
    }
    futures_util::future::join_all(
        cards
            .iter()
            .map(|card| move_(&world, *card, Some(top), Some(bottom))),
    )
    .await;
    let column = column(&world, project, TaskStatus::Backlog).await;
    let order: String = column.iter().map(|task| task.title.as_str()).collect();
    assert_eq!(order, "<xxxxxxxx>");
    assert!(
        column.windows(2).all(|pair| pair[0].position < pair[1].position),
        "every key is its own"
    );
}

#[tokio::test]
async fn a_restored_card_that_shares_its_key_makes_room() {
    let world = World::new().await;
    let project = world.project("P").await.id;
    let mut ids = Vec::new();
    for title in ["a", "b", "c", "x", "y"] {
        ids.push(world.task(project, title).await.id);
        // Ids made later sort later, to the millisecond.
        world.clock.advance(chrono::Duration::milliseconds(1));
    }
    let (a, b, c, x, y) = (ids[0], ids[1], ids[2], ids[3], ids[4]);
    world
        .work(move |tx| Box::pin(task::delete(tx, b, None)))
        .await
        .unwrap();
    move_(&world, x, Some(a), Some(c)).await;
    world
        .work(move |tx| Box::pin(task::restore(tx, b, None)))
        .await
        .unwrap();
    let rows = column(&world, project, TaskStatus::Backlog).await;
    assert_eq!(
        rows[1].position, rows[2].position,
        "the test needs two cards with one key"
    );
    assert_eq!((rows[1].id, rows[2].id), (b, x), "equal keys are ordered by id");
    move_(&world, y, Some(b), Some(x)).await;
    assert_eq!(titles(&world, project, TaskStatus::Backlog).await, "abyxc");
}

#[test]
fn any_sequence_of_moves_gives_the_order_asked_for() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::new());
    let moves = proptest::collection::vec((0_usize..6, 0_usize..6), 1..25);
    let config = ProptestConfig {
        cases: 6,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&moves, |moves| {
            runtime.block_on(async {
                let project = world.project("P").await.id;
                let mut expected = Vec::new();
                for _ in 0..6 {
                    expected.push(world.task(project, "t").await.id);
                }
                for (from, to) in moves {
                    let card = expected.remove(from);
                    let above = to.checked_sub(1).map(|above| expected[above]);
                    move_(&world, card, above, expected.get(to).copied()).await;
                    expected.insert(to, card);
                    let column = column(&world, project, TaskStatus::Backlog).await;
                    let found: Vec<_> = column.into_iter().map(|task| task.id).collect();
                    prop_assert_eq!(&found, &expected);
                }
                Ok(())
            })
        })
        .unwrap();
}

#[tokio::test]
async fn parents_are_in_the_project_without_cycles_and_five_levels_deep() {
    let world = World::new().await;
    let (project, other) = (world.project("P").await.id, world.project("Q").await.id);
    let mut chain: Vec<TaskId> = Vec::new();
    for level in 0..5 {
        let new = NewTask {
            parent_id: chain.last().copied(),
            ..NewTask::titled(project, format!("{level}"))
        };
        chain.push(world.work(|tx| Box::pin(task::create(tx, new))).await.unwrap().id);
    }
    let below = |project, parent| NewTask {
        parent_id: Some(parent),
        ..NewTask::titled(project, "x")
    };
    let code = |outcome| refused::<Task>(outcome)[0].clone();
    let deep = below(project, chain[4]);
    let deep = world.work(|tx| Box::pin(task::create(tx, deep))).await;
    assert_eq!(code(deep), ("parentId".to_owned(), UserErrorCode::LimitReached));
    let foreign = below(other, chain[0]);
    let foreign = world.work(|tx| Box::pin(task::create(tx, foreign))).await;
    assert_eq!(code(foreign), ("parentId".to_owned(), UserErrorCode::NotFound));

    let under = |id: TaskId, parent: TaskId| {
        let patch = TaskPatch {
            parent_id: Patch::Set(parent),
            ..TaskPatch::default()
        };
        world.work(move |tx| Box::pin(task::update(tx, id, None, patch)))
    };
    for (id, parent) in [(chain[0], chain[0]), (chain[0], chain[3])] {
        assert_eq!(
            code(under(id, parent).await),
            ("parentId".to_owned(), UserErrorCode::Invalid)
        );
    }
    let pair = world.task(project, "pair").await.id;
    let part = below(project, pair);
    world.work(|tx| Box::pin(task::create(tx, part))).await.unwrap();
    assert_eq!(
        code(under(pair, chain[3]).await),
        ("parentId".to_owned(), UserErrorCode::LimitReached)
    );
    under(pair, chain[2]).await.unwrap();
    let counts = world.work({
        let id = chain[2];
        move |tx| Box::pin(async move { task::subtask_counts(tx, &[id]).await })
    });
    assert_eq!(counts.await.unwrap()[&chain[2]].total, 2);
}

#[tokio::test]
async fn two_tasks_cannot_become_each_others_parent_at_once() {
    let world = World::new().await;
    let project = world.project("P").await.id;
    let (a, b) = (
        world.task(project, "a").await.id,
        world.task(project, "b").await.id,
    );
    let under = |id: TaskId, parent: TaskId| {
        let patch = TaskPatch {
            parent_id: Patch::Set(parent),
            ..TaskPatch::default()
        };
        world.work(move |tx| Box::pin(task::update(tx, id, None, patch)))
    };
    let (one, two) = tokio::join!(under(a, b), under(b, a));
    assert!(one.is_ok() != two.is_ok(), "exactly one of them is refused");
}

#[tokio::test]
async fn deleting_takes_the_parts_along_and_restoring_brings_those_back() {
    let world = World::new().await;
    let project = world.project("P").await.id;
    let parent = world.task(project, "parent").await.id;
    let mut parts = Vec::new();
    for title in ["one", "two"] {
        let new = NewTask {
            parent_id: Some(parent),
            ..NewTask::titled(project, title)
        };
        parts.push(world.work(|tx| Box::pin(task::create(tx, new))).await.unwrap().id);
    }
    let (one, two) = (parts[0], parts[1]);
    world
        .work(move |tx| Box::pin(task::delete(tx, one, None)))
        .await
        .unwrap();
    world.clock.advance(chrono::Duration::seconds(1));
    world
        .work(move |tx| Box::pin(task::delete(tx, parent, Some(1))))
        .await
        .unwrap();
    let get = |id| world.work(move |tx| Box::pin(async move { task::get(tx, id).await }));
    for id in [parent, one, two] {
        assert!(is_not_found(get(id).await));
    }
    let orphan = world.work(move |tx| Box::pin(task::restore(tx, two, None))).await;
    assert!(is_invalid_state(orphan));
    world
        .work(move |tx| Box::pin(task::restore(tx, parent, None)))
        .await
        .unwrap();
    get(two).await.unwrap();
    assert!(is_not_found(get(one).await), "deleted on its own, before");
    world
        .work(move |tx| Box::pin(task::restore(tx, one, None)))
        .await
        .unwrap();
    get(one).await.unwrap();
}

#[tokio::test]
async fn an_assignee_is_a_member_and_estimates_hang_together() {
    let world = World::new().await;
    let project = world.project("P").await.id;
    let stranger = world.db.person("Otto Falk").await.user_id;
    for nobody in [stranger, UserId(uuid::Uuid::from_u128(1))] {
        let new = NewTask {
            assignee_id: Some(nobody),
            ..NewTask::titled(project, "T")
        };
        let outcome = world.work(|tx| Box::pin(task::create(tx, new))).await;
        assert_eq!(
            refused(outcome),
            [("assigneeId".to_owned(), UserErrorCode::NotFound)]
        );
    }
    let new = NewTask {
        assignee_id: Some(world.ana.user_id),
        estimate_max_minutes: Some(60),
        ..NewTask::titled(project, "T")
    };
    let made = world.work(|tx| Box::pin(task::create(tx, new))).await.unwrap();
    assert_eq!(
        (made.estimate_min_minutes, made.estimate_max_minutes),
        (Some(60), Some(60))
    );
    let id = made.id;
    let patch = TaskPatch {
        estimate_min_minutes: Patch::Set(90),
        ..TaskPatch::default()
    };
    let outcome = world
        .work(move |tx| Box::pin(task::update(tx, id, None, patch)))
        .await;
    assert_eq!(
        refused(outcome),
        [("estimateMinMinutes".to_owned(), UserErrorCode::OutOfRange)]
    );
    let patch = TaskPatch {
        estimate_min_minutes: Patch::Clear,
        estimate_max_minutes: Patch::Clear,
        assignee_id: Patch::Clear,
        ..TaskPatch::default()
    };
    let cleared = world
        .work(move |tx| Box::pin(task::update(tx, id, None, patch)))
        .await
        .unwrap();
    assert_eq!((cleared.estimate_min_minutes, cleared.assignee_id), (None, None));
}
