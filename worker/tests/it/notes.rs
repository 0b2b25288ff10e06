//! The use case *notes*: what is planned already is not proposed again.

use smartstack_domain::ai::feedback;
use smartstack_domain::job::Job;
use smartstack_domain::plan::{self, PlanStart};
use smartstack_domain::project::{self, NewProject};
use smartstack_domain::suggestion;
use smartstack_domain::task::{self, NewTask, Task};
use smartstack_schema::{ItemKind, ItemState, JobState, ProjectId, RejectReason, SuggestionState, UseCase};

use crate::desk::Desk;
use crate::worker::Worker;

async fn project(desk: &Desk) -> ProjectId {
    let new = NewProject {
        name: "Second shop".to_owned(),
        ..NewProject::default()
    };
    let api = desk.database.api();
    let made = api.in_tenant(&desk.person.scope, move |tx| Box::pin(project::create(tx, new)));
    made.await.unwrap().id
}

async fn planned(desk: &Desk, project: ProjectId, title: &str) -> Task {
    let new = NewTask::titled(project, title);
    let api = desk.database.api();
    let made = api.in_tenant(&desk.person.scope, move |tx| Box::pin(task::create(tx, new)));
    made.await.unwrap()
}

async fn read(desk: &Desk, project: ProjectId, text: &str) -> Job {
    let start = PlanStart {
        text: text.to_owned(),
        project_id: Some(project),
        use_case: Some(UseCase::Notes),
        today: chrono::NaiveDate::from_ymd_opt(2026, 3, 4),
        ..PlanStart::default()
    };
    let api = desk.database.api();
    let job = api.in_tenant(&desk.person.scope, move |tx| Box::pin(plan::start(tx, start)));
    let worker = Worker::new(&desk.database);
    let id = job.await.unwrap().id;
    worker.work().await;
    desk.settled(id).await
}

#[tokio::test]
async fn what_is_planned_is_shown_as_known_and_can_be_proposed_all_the_same() {
    let desk = Desk::new().await;
    let project = project(&desk).await;
    let menu = planned(&desk, project, "Design a new menu").await;
    planned(&desk, project, "Set up the online shop").await;
    let text = "Please design the menu by 20 March 2026.\nPlease set up the newsletter.\n";
    let job = read(&desk, project, text).await;
    assert_eq!(
        (job.state, job.use_case),
        (JobState::Ready, UseCase::Notes),
        "{job:?}"
    );
    let (made, items) = desk.suggestion(job.id).await;
    assert_eq!(
        (made.use_case, made.state),
        (UseCase::Notes, SuggestionState::Open)
    );
    let known: Vec<_> = items.iter().filter(|item| item.known_task_id.is_some()).collect();
    assert_eq!(known.len(), 1, "{items:?}");
    assert_eq!(known[0].known_task_id, Some(menu.id));
    assert_eq!(
        known[0].quote.as_deref().map(|quote| quote.contains("menu")),
        Some(true)
    );
    assert_eq!(
        (known[0].state, known[0].reject_reason, known[0].decided_by),
        (ItemState::Rejected, Some(RejectReason::AlreadyKnown), None)
    );
    assert!(
        items
            .iter()
            .any(|item| item.kind == ItemKind::Task && item.state == ItemState::Open)
    );
    // Nobody has rejected anything.
    let api = desk.database.api();
    let report = api.read(&desk.person.scope, |tx| {
        Box::pin(async move { feedback::report(tx).await })
    });
    let report = report.await.unwrap();
    assert_eq!((report[0].rejected, report[0].items), (0, 1), "{report:?}");
    let id = known[0].id;
    let reopened = api.in_tenant(&desk.person.scope, move |tx| {
        Box::pin(async move { suggestion::reopen_item(tx, id, None).await })
    });
    assert_eq!(reopened.await.unwrap().state, ItemState::Open);
}

#[tokio::test]
async fn notes_with_nothing_new_leave_nothing_to_review() {
    let desk = Desk::new().await;
    let project = project(&desk).await;
    planned(&desk, project, "Design the menu").await;
    let job = read(&desk, project, "Please design the menu.\n").await;
    let (made, items) = desk.suggestion(job.id).await;
    assert_eq!(
        (made.state, items.len()),
        (SuggestionState::Applied, 1),
        "{items:?}"
    );
}

#[tokio::test]
async fn a_plan_proposes_whatever_is_there() {
    let desk = Desk::new().await;
    let worker = Worker::new(&desk.database);
    let id = desk.paste("Please design the menu.\n").await;
    worker.work().await;
    let job = desk.settled(id).await;
    let (_, items) = desk.suggestion(job.id).await;
    assert!(items.iter().all(|item| item.known_task_id.is_none()));
}
