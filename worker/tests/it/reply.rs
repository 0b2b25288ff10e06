//! The use case *reply*: a draft, by rules or by a model, and nothing that is sent.

use serde_json::json;
use smartstack_domain::job::{self, Job};
use smartstack_domain::plan::{self, PlanProject, PlanStart};
use smartstack_domain::suggestion;
use smartstack_schema::{Engine, ItemKind, JobReason, JobState, UseCase};
use smartstack_worker::adapter::model::ScriptedModel;
use smartstack_worker::ai::models::Models;

use crate::ai_plan::models;
use crate::desk::Desk;
use crate::worker::Worker;

const MAIL: &str = "From: Tomás Fennel <tomas@fennelrye.example>\nSubject: Second shop\n\nHi Maya,\n\n\
                    could you design the menu by 20 March 2026? Which paper do you recommend?\n";

async fn drafted(desk: &Desk, text: &str, models: Models) -> Job {
    let start = PlanStart {
        text: text.to_owned(),
        new_project: Some(PlanProject {
            name: "Second shop".to_owned(),
            ..PlanProject::default()
        }),
        use_case: Some(UseCase::Reply),
        today: chrono::NaiveDate::from_ymd_opt(2026, 3, 4),
        ..PlanStart::default()
    };
    let api = desk.database.api();
    let job = api.in_tenant(&desk.person.scope, move |tx| Box::pin(plan::start(tx, start)));
    let worker = Worker::with(&desk.database, models);
    let id = job.await.unwrap().id;
    worker.work().await;
    desk.settled(id).await
}

#[tokio::test]
async fn the_rules_draft_a_skeleton_with_the_questions_in_it() {
    let desk = Desk::new().await;
    let job = drafted(&desk, MAIL, Models::basic()).await;
    assert_eq!(job.state, JobState::Ready, "{job:?}");
    let (made, items) = desk.suggestion(job.id).await;
    assert_eq!(
        (made.use_case, made.provenance.engine),
        (UseCase::Reply, Engine::Basic)
    );
    assert!(items.is_empty());
    let draft = made.draft.unwrap();
    assert!(draft.starts_with("Hello Tomás,"), "{draft}");
    assert!(draft.contains("> Which paper do you recommend?"), "{draft}");
}

#[tokio::test]
async fn a_text_that_asks_nothing_still_gets_a_draft() {
    let desk = Desk::new().await;
    let job = drafted(&desk, "Lovely to see you yesterday.", Models::basic()).await;
    let (made, _) = desk.suggestion(job.id).await;
    assert!(made.draft.unwrap().contains("[what you want to say]"));
}

#[tokio::test]
async fn a_model_drafts_and_is_paid_once() {
    let desk = Desk::new().await;
    let reply = json!({ "language": "en", "reply": "Hello Tomás,\n\nthe menu: [your date]. Paper: [your answer].\n\nBest" });
    let model = ScriptedModel::new([Ok("no JSON at all".to_owned()), Ok(reply.to_string())]);
    let job = drafted(&desk, MAIL, models(&model)).await;
    assert_eq!(job.state, JobState::Ready, "{job:?}");
    let (made, _) = desk.suggestion(job.id).await;
    assert_eq!(made.provenance.engine, Engine::Model);
    assert!(made.provenance.prompt_version.unwrap().starts_with("reply/2@"));
    assert!(made.draft.unwrap().contains("Paper: [your answer]."));
    let asked = model.asked();
    assert_eq!(asked.len(), 2, "asked once more");
    assert!(asked[0].user.contains("Which paper do you recommend?"));
}

#[tokio::test]
async fn a_model_that_writes_no_reply_leaves_the_job_to_a_person() {
    let desk = Desk::new().await;
    let model = ScriptedModel::new([Ok("{}".to_owned()), Ok("{}".to_owned())]);
    let job = drafted(&desk, MAIL, models(&model)).await;
    assert_eq!(
        (job.state, job.reason),
        (JobState::NeedsReview, Some(JobReason::OutputInvalid))
    );
}

#[tokio::test]
async fn a_reviewed_text_is_answered_from_what_was_accepted() {
    let desk = Desk::new().await;
    let id = desk
        .paste("Please design the menu by 20 March 2026. Which paper do you recommend?")
        .await;
    let worker = Worker::new(&desk.database);
    worker.work().await;
    let read = desk.settled(id).await;
    let (plan, items) = desk.suggestion(id).await;
    let menu = items.iter().find(|item| item.kind == ItemKind::Task).unwrap().id;
    let api = desk.database.api();
    let accept = api.in_tenant(&desk.person.scope, move |tx| {
        Box::pin(async move { suggestion::accept(tx, menu, None, suggestion::ItemEdits::default()).await })
    });
    accept.await.unwrap();
    let start = job::JobStart {
        document_id: plan.document_id,
        use_case: UseCase::Reply,
        today: Some(read.today),
        idempotency_key: None,
    };
    let job = api.in_tenant(&desk.person.scope, move |tx| {
        Box::pin(async move { job::start(tx, start).await })
    });
    let id = job.await.unwrap().id;
    worker.work().await;
    desk.settled(id).await;
    let draft = desk.suggestion(id).await.0.draft.unwrap();
    assert!(
        draft.contains("This is what I will do:\n- Design the menu (2026-03-20)"),
        "{draft}"
    );
    assert!(
        draft.contains("Still open:\n- "),
        "the open question is asked: {draft}"
    );
}

#[tokio::test]
async fn switched_off_or_out_of_money_no_model_drafts() {
    for (sql, reason) in [
        (
            "UPDATE installation_settings SET ai_enabled = false",
            JobReason::AiOff,
        ),
        (
            "UPDATE installation_settings SET ai_monthly_cost_micro_usd = 1000",
            JobReason::BudgetReached,
        ),
    ] {
        let desk = Desk::new().await;
        desk.execute(sql).await;
        let model = ScriptedModel::new([Ok(json!({ "reply": "Hello" }).to_string())]);
        let job = drafted(&desk, MAIL, models(&model)).await;
        assert_eq!(
            (job.state, job.reason),
            (JobState::NeedsReview, Some(reason)),
            "{sql}"
        );
        assert!(model.asked().is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn what_a_draft_cost_stands_in_the_ledger_once() {
    let desk = Desk::new().await;
    let model = ScriptedModel::new([Ok("{}".to_owned()), Ok(json!({ "reply": "Hello" }).to_string())]);
    drafted(&desk, MAIL, models(&model)).await;
    let calls: Vec<(String, Option<String>)> = desk
        .sql("SELECT state, use_case FROM ai_calls ORDER BY at, attempt, call")
        .await;
    let call = |state: &str| (state.to_owned(), Some("REPLY".to_owned()));
    assert_eq!(calls, [call("RELEASED"), call("SETTLED")]);
}
