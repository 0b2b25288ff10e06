use chrono::Duration;
use smartstack_domain::{
    Page,
    client::{self, NewClient},
    input::Patch,
    job,
    project::{self, NewProject, ProjectFilter, ProjectOrder, ProjectPatch},
    task::{self, NewTask, TaskFilter},
    workspace,
};
use smartstack_schema::{
    JobState, OrderDirection, ProjectOrderField, Responsible, TaskStatus, UserErrorCode,
};

use crate::support::{BRIEF, World, day, is_not_found, refused};

#[tokio::test]
async fn progress_counts_what_is_there() {
    let world = World::new().await;
    let id = world.project("Relaunch").await.id;
    let base = NewTask::titled(id, "T");
    let tasks = [
        NewTask {
            status: Some(TaskStatus::Done),
            estimate_min_minutes: Some(30),
            estimate_max_minutes: Some(60),
            ..base.clone()
        },
        NewTask {
            due_date: day("2026-03-01"),
            estimate_max_minutes: Some(90),
            ..base.clone()
        },
        NewTask {
            status: Some(TaskStatus::Waiting),
            due_date: day("2026-03-02"),
            ..base.clone()
        },
        NewTask {
            responsible: Some(Responsible::Client),
            ..base.clone()
        },
    ];
    for new in tasks {
        world.work(|tx| Box::pin(task::create(tx, new))).await.unwrap();
    }
    let gone = world.task(id, "Gone").await.id;
    world
        .work(move |tx| Box::pin(task::delete(tx, gone, None)))
        .await
        .unwrap();
    let progress = world
        .work(move |tx| Box::pin(async move { project::progress(tx, &[id]).await }))
        .await;
    let progress = progress.unwrap()[&id];
    let expected = project::ProjectProgress {
        total: 4,
        done: 1,
        overdue: 1,
        waiting_for_client: 2,
        unscheduled: 1,
        estimate_min_minutes: 120,
        estimate_max_minutes: 150,
        remaining_max_minutes: 90,
        unestimated: 2,
    };
    assert_eq!(progress, expected);
}

#[tokio::test]
async fn a_deleted_project_hides_everything_in_it_until_it_is_restored() {
    let world = World::new().await;
    let job = world.plan(BRIEF).await;
    let id = job.project_id;
    let task = world.task(id, "Hidden").await.id;
    let hidden = world
        .work(move |tx| Box::pin(project::delete(tx, id, Some(1))))
        .await
        .unwrap();
    assert!(hidden.deleted_at.is_some());

    assert!(is_not_found(
        world
            .work(move |tx| Box::pin(async move { task::get(tx, task).await }))
            .await
    ));
    assert!(is_not_found(
        world
            .work(move |tx| Box::pin(async move { job::get(tx, job.id).await }))
            .await
    ));
    let listed = world
        .work(|tx| Box::pin(async move { task::count(tx, &TaskFilter::default()).await }))
        .await;
    assert_eq!(listed.unwrap(), 0);
    let new = NewTask::titled(id, "Late");
    let late = world.work(|tx| Box::pin(task::create(tx, new))).await;
    assert_eq!(refused(late), [("projectId".to_owned(), UserErrorCode::NotFound)]);
    for (deleted, expected) in [(None, 0), (Some(true), 1)] {
        let filter = ProjectFilter {
            deleted,
            ..ProjectFilter::default()
        };
        let count = world
            .work(move |tx| Box::pin(async move { project::count(tx, &filter).await }))
            .await;
        assert_eq!(count.unwrap(), expected);
    }

    world.clock.advance(Duration::days(364));
    world
        .work(move |tx| Box::pin(project::restore(tx, id, None)))
        .await
        .unwrap();
    assert_eq!(
        world
            .work(move |tx| Box::pin(async move { task::get(tx, task).await }))
            .await
            .unwrap()
            .title,
        "Hidden"
    );
    let job = world
        .work(move |tx| Box::pin(async move { job::get(tx, job.id).await }))
        .await
        .unwrap();
    assert_eq!(
        job.state,
        JobState::Cancelled,
        "work nobody would have seen was stopped"
    );
}

#[tokio::test]
async fn after_a_year_a_deleted_project_is_gone() {
    let world = World::new().await;
    let id = world.project("Old").await.id;
    world
        .work(move |tx| Box::pin(project::delete(tx, id, None)))
        .await
        .unwrap();
    world.clock.advance(Duration::days(366));
    assert!(is_not_found(
        world
            .work(move |tx| Box::pin(project::restore(tx, id, None)))
            .await
    ));
}

#[tokio::test]
async fn dates_money_and_client_are_checked() {
    let world = World::new().await;
    let id = world.project("P").await.id;
    let patch = ProjectPatch {
        start_date: Patch::Set("2026-03-10".parse().unwrap()),
        due_date: Patch::Set("2026-03-09".parse().unwrap()),
        budget_minutes: Patch::Set(-1),
        ..ProjectPatch::default()
    };
    let outcome = world
        .work(move |tx| Box::pin(project::update(tx, id, None, patch)))
        .await;
    let expected = [
        ("budgetMinutes", UserErrorCode::OutOfRange),
        ("dueDate", UserErrorCode::OutOfRange),
    ];
    assert_eq!(
        refused(outcome),
        expected.map(|(field, code)| (field.to_owned(), code))
    );

    let client = NewClient {
        name: "Lumen".to_owned(),
        ..NewClient::default()
    };
    let client = world
        .work(|tx| Box::pin(client::create(tx, client)))
        .await
        .unwrap();
    let new = NewProject {
        name: "Q".to_owned(),
        client_id: Some(client.id),
        ..NewProject::default()
    };
    let made = world.work(|tx| Box::pin(project::create(tx, new))).await.unwrap();
    assert_eq!((made.client_id, made.hue), (Some(client.id), client.hue));
    let patch = ProjectPatch {
        client_id: Patch::Clear,
        ..ProjectPatch::default()
    };
    let id = made.id;
    let freed = world
        .work(move |tx| Box::pin(project::update(tx, id, Some(1), patch)))
        .await
        .unwrap();
    assert_eq!((freed.client_id, freed.version), (None, 2));
}

#[tokio::test]
async fn projects_without_a_due_date_come_last_either_way() {
    let world = World::new().await;
    for (name, due_date) in [
        ("none", None),
        ("late", day("2026-09-01")),
        ("soon", day("2026-04-01")),
    ] {
        let new = NewProject {
            name: name.to_owned(),
            due_date,
            ..NewProject::default()
        };
        world.work(|tx| Box::pin(project::create(tx, new))).await.unwrap();
    }
    for (direction, expected) in [
        (OrderDirection::Asc, ["soon", "late", "none"]),
        (OrderDirection::Desc, ["late", "soon", "none"]),
    ] {
        let order = ProjectOrder {
            field: ProjectOrderField::DueDate,
            direction,
        };
        let mut names = Vec::new();
        let mut after = None;
        for _ in 0..3 {
            let page = Page::new(Some(1), after, None, None).unwrap();
            let page = world.work(move |tx| {
                Box::pin(async move { project::list(tx, &ProjectFilter::default(), order, &page).await })
            });
            let page = page.await.unwrap();
            after = page.edges.last().map(|edge| edge.cursor.clone());
            names.extend(page.into_nodes().into_iter().map(|project| project.name));
        }
        assert_eq!(names, expected);
    }
}

#[tokio::test]
async fn the_workspace_counts_what_waits() {
    let world = World::new().await;
    world.plan(BRIEF).await;
    let counts = world
        .work(|tx| Box::pin(async move { workspace::counts(tx).await }))
        .await
        .unwrap();
    let expected = workspace::WorkspaceCounts {
        active_projects: 1,
        ..Default::default()
    };
    assert_eq!(counts, expected);
    let members = world
        .work(|tx| Box::pin(async move { workspace::members(tx).await }))
        .await
        .unwrap();
    assert_eq!(
        members.iter().map(|member| member.person.id).collect::<Vec<_>>(),
        [world.ana.user_id]
    );
    let patch = workspace::WorkspacePatch {
        name: Patch::Set("Studio Ribeiro".to_owned()),
        hue: Patch::Keep,
    };
    let renamed = world
        .work(|tx| Box::pin(workspace::update(tx, Some(1), patch)))
        .await
        .unwrap();
    assert_eq!((renamed.name.as_str(), renamed.version), ("Studio Ribeiro", 2));
}
