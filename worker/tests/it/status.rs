//! The use case *status*: an update for a client out of what a share link shows, by rules or by a model.

use serde_json::{Value, json};
use smartstack_domain::job::Job;
use smartstack_domain::project::{self, NewProject};
use smartstack_domain::share_link::{self, NewShareLink};
use smartstack_domain::status;
use smartstack_domain::task::{self, NewTask};
use smartstack_schema::{Engine, JobReason, JobState, TaskStatus, UseCase};
use smartstack_worker::adapter::model::ScriptedModel;
use smartstack_worker::ai::models::Models;

use crate::ai_plan::models;
use crate::desk::{Desk, secrets};
use crate::worker::Worker;

/// A project with a finished task, one under way and one the client may not see; has an update of it drafted.
async fn drafted(desk: &Desk, models: Models) -> Job {
    let (api, scope) = (desk.database.api(), &desk.person.scope);
    let new = NewProject {
        name: "Second shop".to_owned(),
        ..NewProject::default()
    };
    let made = api.in_tenant(scope, move |tx| Box::pin(project::create(tx, new)));
    let project = made.await.unwrap().id;
    for (title, status, visible) in [
        ("Design the menu", TaskStatus::Done, true),
        ("Set up the shop", TaskStatus::InProgress, true),
        ("Secret margin", TaskStatus::Done, false),
    ] {
        let new = NewTask {
            status: Some(status),
            client_visible: Some(visible),
            ..NewTask::titled(project, title)
        };
        let made = api.in_tenant(scope, move |tx| Box::pin(task::create(tx, new)));
        made.await.unwrap();
    }
    let secrets = secrets();
    let link = api.in_tenant(scope, move |tx| {
        Box::pin(async move { share_link::create(tx, &secrets, NewShareLink::to(project)).await })
    });
    let link = link.await.unwrap().id;
    let of_link = api.read(scope, move |tx| {
        Box::pin(async move { status::link_scope(tx, link).await })
    });
    let of_link = of_link.await.unwrap();
    let today = api.clock().now().date_naive();
    let exposed = api.in_share(&of_link, move |tx| {
        Box::pin(async move { status::exposed(tx, today - chrono::Days::new(7), today).await })
    });
    let exposed = exposed.await.unwrap();
    let job = api.in_tenant(scope, move |tx| {
        Box::pin(async move { status::start(tx, exposed, None).await })
    });
    let id = job.await.unwrap().id;
    let worker = Worker::with(&desk.database, models);
    worker.work().await;
    desk.settled(id).await
}

async fn sentences(desk: &Desk, job: &Job) -> Vec<(String, Vec<usize>)> {
    let (made, items) = desk.suggestion(job.id).await;
    assert_eq!((made.use_case, items.len()), (UseCase::Status, 0));
    let sentences = made.sentences.unwrap();
    sentences.into_iter().map(|one| (one.text, one.facts)).collect()
}

fn answer(sentences: &[(&str, &[i64])]) -> String {
    let sentences: Vec<Value> = sentences
        .iter()
        .map(|(text, facts)| json!({ "text": text, "facts": facts }))
        .collect();
    json!({ "language": "en", "sentences": sentences }).to_string()
}

#[tokio::test]
async fn the_rules_say_what_the_link_shows() {
    let desk = Desk::new().await;
    let job = drafted(&desk, Models::basic()).await;
    assert_eq!(job.state, JobState::Ready, "{job:?}");
    let made = desk.suggestion(job.id).await.0;
    assert_eq!((made.provenance.engine, made.published_at), (Engine::Basic, None));
    assert_eq!(
        sentences(&desk, &job).await,
        [
            ("Finished: Design the menu.".to_owned(), vec![0]),
            ("Under way: Set up the shop.".to_owned(), vec![1]),
            ("1 of 2 tasks are done.".to_owned(), vec![2]),
        ]
    );
}

#[tokio::test]
async fn a_model_is_shown_no_more_and_held_to_it() {
    let desk = Desk::new().await;
    let told = answer(&[
        ("The menu is designed.", &[1]),
        ("The shop will open on 3 May.", &[2]),
        ("A secret.", &[7]),
    ]);
    let model = ScriptedModel::new([Ok(answer(&[])), Ok(told)]);
    let job = drafted(&desk, models(&model)).await;
    assert_eq!(
        sentences(&desk, &job).await,
        [("The menu is designed.".to_owned(), vec![0])]
    );
    let provenance = desk.suggestion(job.id).await.0.provenance;
    assert!(provenance.prompt_version.unwrap().starts_with("status/2@"));
    let asked = model.asked();
    assert_eq!(
        asked.len(),
        2,
        "an update without a sentence is asked for once more"
    );
    assert!(asked[0].user.contains("Set up the shop"));
    assert!(!asked[0].user.contains("Secret"), "{}", asked[0].user);
    let calls: Vec<(String, Option<String>)> = desk
        .sql("SELECT state, use_case FROM ai_calls ORDER BY at, attempt, call")
        .await;
    let call = |state: &str| (state.to_owned(), Some("STATUS".to_owned()));
    assert_eq!(calls, [call("RELEASED"), call("SETTLED")]);
}

#[tokio::test]
async fn switched_off_or_out_of_money_no_model_writes() {
    for (sql, reason) in [
        (
            "UPDATE installation_settings SET ai_enabled = false",
            JobReason::AiOff,
        ),
        (
            "UPDATE installation_settings SET ai_monthly_cost_micro_usd = 1",
            JobReason::BudgetReached,
        ),
    ] {
        let desk = Desk::new().await;
        desk.execute(sql).await;
        let model = ScriptedModel::new([Ok(answer(&[("The menu is designed.", &[1])]))]);
        let job = drafted(&desk, models(&model)).await;
        assert_eq!(
            (job.state, job.reason),
            (JobState::NeedsReview, Some(reason)),
            "{sql}"
        );
        assert!(model.asked().is_empty(), "{sql}");
    }
}
