//! The ledger of AI calls: never past a limit, one charge a suggestion, nothing for failures.

use sea_orm::sqlx::{self, AssertSqlSafe, Connection, PgConnection};
use smartstack_domain::{
    DomainError,
    ai::{
        Usage, feedback,
        ledger::{self, NewCall, Refusal, Reservation},
        model::{self, AiModel},
        settings, spend,
    },
    job::{self, Claim, Example, Lease},
    suggestion::{self, ItemEdits},
};
use smartstack_schema::{
    Engine, JobId, JobReason, JobState, MemberRole, RejectReason, UseCase, UserErrorCode,
};
use uuid::Uuid;

use crate::support::{BRIEF, World, draft, is_conflict, lease, refused};

/// A dollar in the ledger's unit.
const DOLLAR: i64 = 1_000_000;

fn call(attempt: i32, number: i32, worst_micro_usd: i64) -> NewCall {
    NewCall {
        attempt,
        call: number,
        use_case: UseCase::Plan,
        model: "scripted".to_owned(),
        prompt_version: "plan/1@test".to_owned(),
        worst_micro_usd,
    }
}

fn cost(cost_micro_usd: i64) -> Usage {
    Usage {
        input_tokens: 1_000,
        output_tokens: 200,
        cost_micro_usd,
        ..Usage::default()
    }
}

async fn reserve(world: &World, job: JobId, new: NewCall) -> Reservation {
    let envelope = world.envelope(job);
    let reserved = world
        .db
        .worker()
        .in_system(move |tx| Box::pin(async move { ledger::reserve(tx, &envelope, &new).await }));
    reserved.await.unwrap()
}

async fn reserved(world: &World, job: JobId, new: NewCall) -> Uuid {
    match reserve(world, job, new).await {
        Reservation::Reserved(id) => id,
        Reservation::Refused(why) => panic!("refused: {why:?}"),
    }
}

async fn answered(world: &World, job: JobId, id: Uuid, usage: Usage) {
    let envelope = world.envelope(job);
    let done = world.db.worker().in_worker(&envelope, move |tx| {
        Box::pin(async move { ledger::answered(tx, id, &usage).await })
    });
    done.await.unwrap();
}

async fn complete(world: &World, job: JobId, attempt: i32) {
    let envelope = world.envelope(job);
    let done = world.db.worker().in_worker(&envelope, move |tx| {
        Box::pin(async move { job::complete(tx, job, attempt, draft()).await.map(drop) })
    });
    done.await.unwrap();
}

async fn budget(world: &World) -> spend::Budget {
    world
        .work(|tx| Box::pin(async move { spend::budget(tx).await }))
        .await
        .unwrap()
}

/// Sets limits as an administrator would, behind the domain's back.
async fn limits(world: &World, sql: &str) {
    let mut admin = PgConnection::connect(&world.db.admin_url()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut admin)
        .await
        .unwrap();
}

async fn monthly(world: &World, micro_usd: i64) {
    limits(
        world,
        &format!("UPDATE installation_settings SET ai_monthly_cost_micro_usd = {micro_usd}, ai_jobs_per_day = 100000"),
    )
    .await;
}

#[tokio::test]
async fn a_suggestion_is_one_charge_of_what_its_call_did_cost() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    let made = reserved(&world, id, call(attempt, 1, DOLLAR)).await;
    let before = budget(&world).await;
    assert_eq!((before.reserved_micro_usd, before.spent_micro_usd), (DOLLAR, 0));
    answered(&world, id, made, cost(1_234)).await;
    let known = budget(&world).await;
    assert_eq!((known.reserved_micro_usd, known.spent_micro_usd), (1_234, 0));
    complete(&world, id, attempt).await;
    let after = budget(&world).await;
    assert_eq!((after.reserved_micro_usd, after.spent_micro_usd), (0, 1_234));
    assert_eq!(after.left_micro_usd(), after.limit_micro_usd - 1_234);
    assert_eq!(after.resets_at.to_rfc3339(), "2026-04-01T00:00:00+00:00");
    let today = crate::support::noon().date_naive();
    let rows = world
        .work(move |tx| Box::pin(async move { spend::by_day(tx, today, today).await }))
        .await
        .unwrap();
    let [row] = rows.as_slice() else {
        panic!("{rows:?}")
    };
    assert_eq!(
        (row.calls, row.cost_micro_usd, row.input_tokens),
        (1, 1_234, 1_000)
    );
}

#[tokio::test]
async fn what_failed_is_not_charged() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    // One call the service refused, one whose answer was of no use.
    let first = reserved(&world, id, call(attempt, 1, DOLLAR)).await;
    let second = reserved(&world, id, call(attempt, 2, DOLLAR)).await;
    answered(&world, id, second, cost(500)).await;
    let envelope = world.envelope(id);
    world
        .db
        .worker()
        .in_worker(&envelope, move |tx| {
            Box::pin(async move {
                ledger::failed(tx, first, "THROTTLED").await?;
                job::needs_review(tx, id, attempt, JobReason::OutputInvalid, "No use.").await
            })
        })
        .await
        .map(drop)
        .unwrap();
    let after = budget(&world).await;
    assert_eq!(
        (after.reserved_micro_usd, after.spent_micro_usd, after.jobs_today),
        (0, 0, 0)
    );
}

#[tokio::test]
async fn an_attempt_that_died_leaves_nothing_reserved() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let gone = world.attempt(id).await;
    reserved(&world, id, call(gone, 1, DOLLAR)).await;
    world.clock.advance(chrono::TimeDelta::minutes(5));
    let attempt = world.attempt(id).await;
    assert_eq!(budget(&world).await.reserved_micro_usd, 0);
    // The late answer of the first is noted, and charged to nobody.
    let made = reserved(&world, id, call(attempt, 1, DOLLAR)).await;
    answered(&world, id, made, cost(7)).await;
    complete(&world, id, attempt).await;
    assert_eq!(budget(&world).await.spent_micro_usd, 7);
}

#[tokio::test]
async fn a_cancelled_job_lets_go_when_its_message_comes_again() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    reserved(&world, id, call(attempt, 1, DOLLAR)).await;
    world
        .work(move |tx| Box::pin(async move { job::cancel(tx, id, None).await }))
        .await
        .unwrap();
    assert_eq!(world.claim(id).await, Claim::Over(JobState::Cancelled));
    assert_eq!(budget(&world).await.reserved_micro_usd, 0);
}

#[tokio::test]
async fn many_at_once_never_pass_the_limit() {
    const JOBS: usize = 24;
    let world = World::new().await;
    // Room for ten and a half.
    monthly(&world, DOLLAR * 21 / 2).await;
    let mut jobs = Vec::new();
    for _ in 0..JOBS {
        let id = world.plan(BRIEF).await.id;
        let attempt = world.attempt(id).await;
        jobs.push((id, attempt));
    }
    let outcomes = futures_util::future::join_all(
        jobs.iter()
            .map(|(id, attempt)| reserve(&world, *id, call(*attempt, 1, DOLLAR))),
    )
    .await;
    let granted = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Reservation::Reserved(_)))
        .count();
    assert_eq!(granted, 10, "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| matches!(
        outcome,
        Reservation::Reserved(_)
            | Reservation::Refused(Refusal::WorkspaceBudget {
                left_micro_usd: 500_000,
                ..
            })
    )));
    assert_eq!(budget(&world).await.left_micro_usd(), DOLLAR / 2);
}

#[tokio::test]
async fn the_installation_has_a_limit_over_all_workspaces() {
    let world = World::new().await;
    let other = world.db.person("Ben Okafor").await;
    limits(
        &world,
        "UPDATE installation_settings SET ai_total_monthly_cost_micro_usd = 1500000",
    )
    .await;
    let first = world.plan(BRIEF).await.id;
    let attempt = world.attempt(first).await;
    reserved(&world, first, call(attempt, 1, DOLLAR)).await;
    let job = JobId::from(Uuid::from_u128(1));
    let payload = serde_json::json!({ "v": 1, "job_id": job, "workspace_id": other.workspace_id });
    let envelope = smartstack_domain::JobEnvelope::decode(&payload.to_string()).unwrap();
    let refused = world
        .db
        .worker()
        .in_system(move |tx| {
            Box::pin(async move { ledger::reserve(tx, &envelope, &call(1, 1, DOLLAR)).await })
        })
        .await
        .unwrap();
    assert_eq!(refused, Reservation::Refused(Refusal::InstallationBudget));
}

#[tokio::test]
async fn a_workspace_has_its_own_limit_and_its_jobs_of_the_day() {
    let world = World::new().await;
    let workspace = world.ana.workspace_id.uuid();
    limits(
        &world,
        &format!(
            "INSERT INTO workspace_limits (workspace_id, ai_monthly_cost_micro_usd, ai_jobs_per_day, updated_at) \
             VALUES ('{workspace}', 5000000, 1, now())"
        ),
    )
    .await;
    assert_eq!(budget(&world).await.limit_micro_usd, 5 * DOLLAR);
    let first = world.plan(BRIEF).await.id;
    let attempt = world.attempt(first).await;
    reserved(&world, first, call(attempt, 1, DOLLAR)).await;
    // A second call of the same job is no second job.
    reserved(&world, first, call(attempt, 2, DOLLAR)).await;
    let second = world.plan(BRIEF).await.id;
    let attempt = world.attempt(second).await;
    let refusal = reserve(&world, second, call(attempt, 1, DOLLAR)).await;
    assert_eq!(refusal, Reservation::Refused(Refusal::WorkspaceJobs { limit: 1 }));
    // Tomorrow is another day.
    world.clock.advance(chrono::TimeDelta::days(1));
    reserved(&world, second, call(attempt, 1, DOLLAR)).await;
}

#[tokio::test]
async fn a_month_later_the_budget_is_whole_again() {
    let world = World::new().await;
    monthly(&world, DOLLAR).await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    let made = reserved(&world, id, call(attempt, 1, DOLLAR)).await;
    answered(&world, id, made, cost(DOLLAR)).await;
    complete(&world, id, attempt).await;
    assert_eq!(budget(&world).await.left_micro_usd(), 0);
    world.clock.advance(chrono::TimeDelta::days(31));
    assert_eq!(budget(&world).await.left_micro_usd(), DOLLAR);
}

#[tokio::test]
async fn the_switch_stops_the_next_call() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    reserved(&world, id, call(attempt, 1, DOLLAR)).await;
    limits(&world, "UPDATE installation_settings SET ai_enabled = false").await;
    let refusal = reserve(&world, id, call(attempt, 2, DOLLAR)).await;
    assert_eq!(refusal, Reservation::Refused(Refusal::AiOff));
    assert!(!budget(&world).await.ai_enabled);
}

fn models() -> Vec<AiModel> {
    let model = |name: &str, engine, default_for| AiModel {
        name: name.to_owned(),
        label: name.to_uppercase(),
        engine,
        provider: "somebody".to_owned(),
        tier: "standard".to_owned(),
        default_for,
    };
    vec![
        model("clever", Engine::Model, vec![UseCase::Plan]),
        model("basic", Engine::Basic, vec![]),
    ]
}

#[tokio::test]
async fn another_model_can_be_chosen_among_those_configured() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    for _ in 0..2 {
        world
            .db
            .worker()
            .in_system(|tx| Box::pin(async move { model::announce(tx, &models()).await }))
            .await
            .unwrap();
    }
    let listed = world
        .work(|tx| Box::pin(async move { model::list(tx).await }))
        .await
        .unwrap();
    assert_eq!(listed, models());
    world
        .work(move |tx| Box::pin(async move { job::cancel(tx, id, None).await }))
        .await
        .unwrap();
    let unknown = world
        .work(move |tx| Box::pin(job::retry(tx, id, None, Some("unheard of".to_owned()))))
        .await;
    assert_eq!(refused(unknown), [("model".to_owned(), UserErrorCode::Invalid)]);
    let retried = world
        .work(move |tx| Box::pin(job::retry(tx, id, None, Some("basic".to_owned()))))
        .await
        .unwrap();
    assert_eq!(
        (retried.state, retried.model.as_deref()),
        (JobState::Queued, Some("basic"))
    );
}

#[tokio::test]
async fn an_owner_lets_accepted_items_be_shown_as_examples() {
    let world = World::new().await;
    let first = world.plan(BRIEF).await.id;
    let attempt = world.attempt(first).await;
    complete(&world, first, attempt).await;
    world
        .work(move |tx| {
            Box::pin(async move {
                let made = suggestion::by_job_ids(tx, &[first])
                    .await?
                    .remove(&first)
                    .unwrap();
                suggestion::accept_all(tx, made.id, None).await.map(drop)
            })
        })
        .await
        .unwrap();
    let second = world.plan(BRIEF).await.id;
    let wanted = job::Wanted {
        client: false,
        open_tasks: 0,
        examples: 6,
        drafts: 0,
        review: false,
        facts: false,
    };
    let examples = async || {
        let envelope = world.envelope(second);
        let context = world.db.worker().in_worker(&envelope, move |tx| {
            Box::pin(async move { job::material(tx, second, wanted).await })
        });
        context.await.unwrap().examples
    };
    assert_eq!(examples().await, [], "off unless an owner says so");
    let member = world.ana.with_role(MemberRole::Member);
    let refusal = world
        .as_(&member, |tx| Box::pin(settings::update(tx, None, true)))
        .await;
    assert!(matches!(refusal, Err(DomainError::Forbidden)));
    let on = world
        .work(|tx| Box::pin(settings::update(tx, Some(0), true)))
        .await
        .unwrap();
    assert!(on.use_examples);
    assert!(is_conflict(
        world
            .work(|tx| Box::pin(settings::update(tx, Some(0), false)))
            .await
    ));
    let shown = examples().await;
    let example = Example::Item {
        quote: "we need a new logo by 20 March".to_owned(),
        title: "Design a new logo".to_owned(),
    };
    assert_eq!(shown, [example]);
}

#[tokio::test]
async fn what_people_did_is_counted_by_prompt_version() {
    let world = World::new().await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    complete(&world, id, attempt).await;
    world
        .work(move |tx| {
            Box::pin(async move {
                let made = suggestion::by_job_ids(tx, &[id]).await?.remove(&id).unwrap();
                let items = suggestion::items_by_suggestion_ids(tx, &[made.id])
                    .await?
                    .remove(&made.id)
                    .unwrap();
                let edits = ItemEdits {
                    title: smartstack_domain::input::Patch::Set("Design a logo".to_owned()),
                    ..ItemEdits::default()
                };
                suggestion::accept(tx, items[0].id, None, edits).await?;
                let reason = Some(RejectReason::OutOfScope);
                suggestion::reject(tx, items[3].id, None, reason, None)
                    .await
                    .map(drop)
            })
        })
        .await
        .unwrap();
    let report = world
        .work(|tx| Box::pin(async move { feedback::report(tx).await }))
        .await
        .unwrap();
    let [row] = report.as_slice() else {
        panic!("{report:?}")
    };
    assert_eq!(
        (row.suggestions, row.items, row.accepted, row.edited, row.rejected),
        (1, 5, 1, 1, 1)
    );
    assert_eq!(row.acceptance_rate(), Some(0.5));
    // Four characters of seventeen went.
    let distance = row.edit_distance.unwrap();
    assert!((distance - 4.0 / 17.0).abs() < 1e-9, "{distance}");
    assert_eq!(row.reject_reasons, [(RejectReason::OutOfScope, 1)]);
}

#[tokio::test]
async fn a_lease_of_another_kind_changes_nothing_here() {
    // The ledger's writes name their workspace: another's worker cannot touch them.
    let world = World::new().await;
    let other = world.db.person("Ben Okafor").await;
    let id = world.plan(BRIEF).await.id;
    let attempt = world.attempt(id).await;
    let made = reserved(&world, id, call(attempt, 1, DOLLAR)).await;
    let payload = serde_json::json!({ "v": 1, "job_id": id, "workspace_id": other.workspace_id });
    let envelope = smartstack_domain::JobEnvelope::decode(&payload.to_string()).unwrap();
    world
        .db
        .worker()
        .in_worker(&envelope, move |tx| {
            Box::pin(async move {
                ledger::failed(tx, made, "STOLEN").await?;
                let lease: Lease = lease();
                job::claim(tx, id, &lease).await.map(drop)
            })
        })
        .await
        .unwrap();
    assert_eq!(budget(&world).await.reserved_micro_usd, DOLLAR);
}
