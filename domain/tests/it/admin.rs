//! Looking after the installation.

use std::sync::Arc;

use chrono::NaiveDate;
use sea_orm::sqlx::{self, Connection, PgConnection};
use smartstack_domain::{
    AdminScope, AdminTx, DomainError, Page,
    admin::{self, AccountFilter, GrantOutcome, JobFilter, SpendQuery, WorkspaceFilter},
    change::ChangeFeed,
    db::Work,
    identity::{Attempt, Client, Identity, NewSignUp, SignIn, SignedIn},
    input::Patch,
    installation::{self, LimitsPatch, SettingsPatch},
    secret::Secrets,
    testing::{TestDb, command_scope},
};

use smartstack_schema::{JobState, JobTrouble, WorkspaceId};

use crate::support::{World, is_conflict, is_invalid_state, is_not_found, refused};

const PASSWORD: &str = "correct horse battery staple";

/// An installation whose administrator is Root.
struct Place {
    db: TestDb,
    identity: Identity,
    root: AdminScope,
}

impl Place {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let secrets = Arc::new(Secrets::new(&"5a".repeat(32).into()).expect("a secret"));
        let identity = Identity::new(db.api().clone(), secrets);
        for name in ["Root", "Ada"] {
            let wish = NewSignUp {
                name: name.to_owned(),
                email: format!("{}@example.com", name.to_lowercase()),
                password: PASSWORD.into(),
            };
            assert!(identity.create_confirmed(wish).await.expect("an account"));
        }
        let granted = admin::grant(db.api(), "Root@example.com ")
            .await
            .expect("granted");
        assert_eq!(granted, GrantOutcome::Changed);
        let mut place = Self {
            db,
            identity,
            root: command_scope(),
        };
        place.root = place
            .sign_in("root@example.com")
            .await
            .expect("signed in")
            .requester
            .administration()
            .expect("the right");
        place
    }

    async fn sign_in(&self, email: &str) -> Option<SignedIn> {
        let client = Client::default();
        let attempt = self.identity.sign_in(email, PASSWORD.into(), &client).await;
        match attempt.expect("an answer") {
            Attempt::Done(SignIn::SignedIn(signed_in)) => Some(*signed_in),
            _ => None,
        }
    }

    async fn administer<T, F>(&self, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut AdminTx) -> Work<'t, T> + Send + 'static,
    {
        self.db.api().in_admin(&self.root, work).await
    }

    /// The installation's audit log, oldest first.
    async fn audit(&self) -> Vec<String> {
        texts(
            &self.db,
            "SELECT action || ' ' || target_kind || coalesce(' ' || before::text, '') || coalesce(' ' || after::text, '') \
             FROM installation_audit_events ORDER BY at, id",
        )
        .await
    }
}

async fn texts(db: &TestDb, sql: &'static str) -> Vec<String> {
    let mut connection = PgConnection::connect(&db.admin_url()).await.expect("the cluster");
    sea_orm::sqlx::query_scalar(sql)
        .fetch_all(&mut connection)
        .await
        .expect("an answer")
}

#[tokio::test]
async fn the_first_administrator_comes_by_command_and_the_last_one_stays() {
    let place = Place::new().await;
    let db = place.db.api();
    assert_eq!(
        admin::grant(db, "nobody@example.com").await.expect("an answer"),
        GrantOutcome::NoAccount
    );
    // A setting that stays in the environment changes nothing once there is an administrator.
    assert_eq!(
        admin::grant_first(db, "ada@example.com")
            .await
            .expect("an answer"),
        GrantOutcome::Unchanged
    );
    assert!(is_invalid_state(admin::revoke(db, "root@example.com").await));
    assert_eq!(
        admin::grant(db, "ada@example.com").await.expect("an answer"),
        GrantOutcome::Changed
    );
    assert_eq!(
        admin::revoke(db, "root@example.com").await.expect("an answer"),
        GrantOutcome::Changed
    );
    let wish = NewSignUp {
        name: "New".to_owned(),
        email: "new@example.com".to_owned(),
        password: PASSWORD.into(),
    };
    let created = admin::create(db, &place.identity, wish).await.expect("an answer");
    assert_eq!(created, (true, GrantOutcome::Changed));
    assert_eq!(place.audit().await.len(), 4);
}

#[tokio::test]
async fn only_administrators_get_the_right() {
    let place = Place::new().await;
    let ada = place.sign_in("ada@example.com").await.expect("signed in");
    assert!(!ada.requester.is_administrator());
    assert!(is_not_found(ada.requester.administration()));
}

#[tokio::test]
async fn disabling_ends_every_session_and_keeps_the_person_out() {
    let place = Place::new().await;
    let ada = place.sign_in("ada@example.com").await.expect("signed in");
    let id = ada.requester.user().id;
    let feed = ChangeFeed::start(place.db.api());
    let mut sessions = feed.sessions();
    let disabled = place
        .administer(move |tx| Box::pin(admin::set_disabled(tx, id, true)))
        .await;
    assert!(disabled.expect("done"));
    let heard = tokio::time::timeout(std::time::Duration::from_secs(5), sessions.recv()).await;
    assert!(heard.is_ok(), "other processes are told");
    let session = ada.session_id;
    assert!(
        place
            .identity
            .requester(session)
            .await
            .expect("an answer")
            .is_none()
    );
    assert!(place.sign_in("ada@example.com").await.is_none());
    let again = place
        .administer(move |tx| Box::pin(admin::set_disabled(tx, id, true)))
        .await;
    assert!(!again.expect("nothing to do"));
    let enabled = place
        .administer(move |tx| Box::pin(admin::set_disabled(tx, id, false)))
        .await;
    assert!(enabled.expect("done"));
    assert!(place.sign_in("ada@example.com").await.is_some());
    assert_eq!(
        place.audit().await[1..],
        [
            r#"user.disable USER {"disabled": false} {"disabled": true}"#,
            r#"user.enable USER {"disabled": true} {"disabled": false}"#,
        ]
    );
    // The workspace's owner sees it in their own log.
    let noted = "SELECT action || ' ' || (after ->> 'by') FROM audit_events WHERE action = 'session.end'";
    assert_eq!(texts(&place.db, noted).await, ["session.end administrator"]);
}

#[tokio::test]
async fn an_administrator_can_lock_out_neither_themselves_nor_everyone() {
    let place = Place::new().await;
    let root = place.root.actor_id().expect("a person");
    let own = place
        .administer(move |tx| Box::pin(admin::set_disabled(tx, root, true)))
        .await;
    assert!(is_invalid_state(own));
    let last = place
        .administer(move |tx| Box::pin(admin::set_administrator(tx, root, false)))
        .await;
    assert!(is_invalid_state(last));
    // Two administrators who remove each other at the same moment leave one.
    admin::grant(place.db.api(), "ada@example.com")
        .await
        .expect("granted");
    let ada = place.sign_in("ada@example.com").await.expect("signed in");
    let (ada_id, as_ada) = (
        ada.requester.user().id,
        ada.requester.administration().expect("the right"),
    );
    let (first, second) = tokio::join!(
        place.administer(move |tx| Box::pin(admin::set_administrator(tx, ada_id, false))),
        place
            .db
            .api()
            .in_admin(&as_ada, move |tx| Box::pin(admin::set_administrator(
                tx, root, false
            ))),
    );
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    let left = "SELECT count(*)::text FROM users WHERE administrator";
    assert_eq!(texts(&place.db, left).await, ["1"]);
}

#[tokio::test]
async fn limits_are_the_installations_unless_a_workspace_has_its_own() {
    let world = World::new().await;
    let workspace = world.ana.workspace_id;
    let policy = async || {
        world
            .work(|tx| Box::pin(async move { installation::ai_policy(tx).await }))
            .await
            .expect("a policy")
    };
    let before = policy().await;
    assert!(before.enabled && before.limits.monthly_cost_micro_usd > 0);
    let administer = command_scope();
    let db = world.db.api();
    let patch = SettingsPatch {
        ai_enabled: Some(false),
        jobs_per_day: Some(7),
        ..SettingsPatch::default()
    };
    let changed = db
        .in_admin(&administer, move |tx| {
            Box::pin(installation::update(tx, Some(1), patch))
        })
        .await
        .expect("changed");
    assert_eq!((changed.version, changed.limits.jobs_per_day), (2, 7));
    assert_eq!(changed.total_monthly_cost_micro_usd, None);
    for (total, kept) in [
        (Patch::Set(50_000_000), Some(50_000_000)),
        (Patch::Keep, Some(50_000_000)),
        (Patch::Clear, None),
    ] {
        let patch = SettingsPatch {
            total_monthly_cost_micro_usd: total,
            ..SettingsPatch::default()
        };
        let changed = db
            .in_admin(&administer, move |tx| {
                Box::pin(installation::update(tx, None, patch))
            })
            .await
            .expect("changed");
        assert_eq!(changed.total_monthly_cost_micro_usd, kept);
    }
    let stale = db
        .in_admin(&administer, move |tx| {
            Box::pin(installation::update(tx, Some(1), patch))
        })
        .await;
    assert!(is_conflict(stale));
    let own = LimitsPatch {
        jobs_per_day: Patch::Set(3),
        monthly_cost_micro_usd: Patch::Set(0),
    };
    db.in_admin(&administer, move |tx| {
        Box::pin(installation::set_workspace_limits(tx, workspace, own))
    })
    .await
    .expect("set");
    let now = policy().await;
    assert!(!now.enabled);
    assert_eq!(
        (now.limits.jobs_per_day, now.limits.monthly_cost_micro_usd),
        (3, 0)
    );
    let back = LimitsPatch {
        jobs_per_day: Patch::Clear,
        ..LimitsPatch::default()
    };
    db.in_admin(&administer, move |tx| {
        Box::pin(installation::set_workspace_limits(tx, workspace, back))
    })
    .await
    .expect("cleared");
    assert_eq!(policy().await.limits.jobs_per_day, 7);
    let wrong = LimitsPatch {
        jobs_per_day: Patch::Set(-1),
        monthly_cost_micro_usd: Patch::Set(installation::COST_MAX + 1),
    };
    let outcome = db
        .in_admin(&administer, move |tx| {
            Box::pin(installation::set_workspace_limits(tx, workspace, wrong))
        })
        .await;
    assert_eq!(refused(outcome).len(), 2);
}

#[tokio::test]
async fn accounts_and_workspaces_are_listed_searched_and_paged() {
    let world = World::new().await;
    world.project("Secret project").await;
    for name in ["Bo 50%", "Cy", "Di"] {
        world.db.person(name).await;
    }
    let (db, scope) = (world.db.api(), command_scope());
    let search = |text: &str| AccountFilter {
        search: Some(text.to_owned()),
        ..AccountFilter::default()
    };
    for (text, expected) in [
        ("ana", 1),
        ("EXAMPLE.com", 4),
        ("50%", 1),
        ("%", 1),
        ("nobody", 0),
    ] {
        let filter = search(text);
        let count = db.in_admin(&scope, move |tx| {
            Box::pin(async move { admin::count_accounts(tx, &filter).await })
        });
        assert_eq!(count.await.expect("a number"), expected, "{text}");
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = Page::new(Some(3), after, None, None).expect("a page");
        let read = db.in_admin(&scope, move |tx| {
            Box::pin(async move { admin::accounts(tx, &AccountFilter::default(), &page).await })
        });
        let page = read.await.expect("accounts");
        after = page.edges.last().map(|edge| edge.cursor.clone());
        let more = page.has_next;
        seen.extend(page.into_nodes().into_iter().map(|account| account.email));
        if !more {
            break;
        }
    }
    assert_eq!(seen.len(), 4);
    assert_eq!(seen.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    let read = db.in_admin(&scope, |tx| {
        let filter = WorkspaceFilter {
            search: Some("ana.ribeiro@".to_owned()),
            ..WorkspaceFilter::default()
        };
        Box::pin(async move { admin::workspaces(tx, &filter, &Page::default()).await })
    });
    let found = read.await.expect("workspaces").into_nodes();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].projects, found[0].members), (1, 1));
    assert_eq!(found[0].owners, [world.ana.email.as_str()]);
}

#[tokio::test]
async fn jobs_in_trouble_are_found_retried_and_cancelled() {
    let world = World::new().await;
    let (db, scope) = (world.db.api(), command_scope());
    let trouble = async || {
        let read = db.in_admin(&scope, |tx| {
            Box::pin(async move { admin::jobs(tx, &JobFilter::default(), &Page::default()).await })
        });
        let jobs = read.await.expect("jobs").into_nodes();
        jobs.into_iter()
            .map(|job| (job.id, job.trouble.expect("trouble")))
            .collect::<Vec<_>>()
    };
    let (left, waiting) = (
        world.plan("Ask the client.").await.id,
        world.plan("Ask again.").await.id,
    );
    world.attempt(left).await;
    assert_eq!(trouble().await, [], "nothing is wrong yet");
    world
        .clock
        .advance(admin::STUCK_AFTER + chrono::Duration::seconds(1));
    let mut found = trouble().await;
    found.sort_by_key(|(_, trouble)| trouble.as_str());
    assert_eq!(
        found,
        [(left, JobTrouble::Abandoned), (waiting, JobTrouble::Stuck)]
    );
    let retried = db
        .in_admin(&scope, move |tx| Box::pin(admin::retry_job(tx, left, None)))
        .await
        .expect("retried");
    assert_eq!(retried.state, JobState::Queued);
    let unsent = "SELECT count(*)::text FROM outbox WHERE topic = 'job' AND sent_at IS NULL";
    assert_eq!(texts(&world.db, unsent).await, ["3"]);
    let cancelled = db
        .in_admin(&scope, move |tx| {
            Box::pin(admin::cancel_job(tx, waiting, Some(1)))
        })
        .await
        .expect("cancelled");
    assert_eq!(cancelled.state, JobState::Cancelled);
    assert!(is_conflict(
        db.in_admin(&scope, move |tx| Box::pin(admin::retry_job(tx, waiting, Some(1))))
            .await
    ));
    let told = "SELECT action || ' ' || (after ->> 'by') FROM audit_events WHERE after ->> 'by' IS NOT NULL ORDER BY action DESC";
    assert_eq!(
        texts(&world.db, told).await,
        ["job.retry administrator", "job.cancel administrator"]
    );
    let changes = "SELECT count(*)::text FROM changes WHERE kind = 'JOB' AND operation = 'UPDATED' AND actor_id IS NULL";
    assert!(
        texts(&world.db, changes).await[0]
            .parse::<i32>()
            .expect("a number")
            >= 2
    );
}

/// A call as the ledger keeps it: workspace, model, state, failure, cost and time.
type Call<'a> = (
    WorkspaceId,
    &'a str,
    &'a str,
    Option<&'a str>,
    Option<i64>,
    &'a str,
);

async fn ledger(world: &World, rows: &[Call<'_>]) {
    let mut admin = PgConnection::connect(&world.db.admin_url())
        .await
        .expect("connected");
    for (workspace, model, state, failure, cost, at) in rows {
        sqlx::query(
            "INSERT INTO ai_calls (id, workspace_id, job_id, attempt, call, use_case, model, prompt_version, state,
               reserved_micro_usd, cost_micro_usd, input_tokens, output_tokens, cache_read_tokens, failure, at)
             VALUES (gen_random_uuid(), $1, gen_random_uuid(), 1, 1, 'PLAN', $2, 'plan/1', $3, 900, $4, 10, 5, 1, $5,
               $6::timestamptz)",
        )
        .bind(workspace.uuid())
        .bind(*model)
        .bind(*state)
        .bind(*cost)
        .bind(*failure)
        .bind(*at)
        .execute(&mut admin)
        .await
        .expect("inserted");
    }
}

#[tokio::test]
async fn spend_is_summed_up_by_what_is_told_apart() {
    let world = World::new().await;
    let other = world.db.person("Bo").await;
    let (own, others) = (world.ana.workspace_id, other.workspace_id);
    ledger(
        &world,
        &[
            (own, "clever", "SETTLED", None, Some(400), "2026-03-09T23:59:59Z"),
            (own, "clever", "SETTLED", None, Some(100), "2026-03-10T00:00:00Z"),
            (
                own,
                "quick",
                "RELEASED",
                Some("garbage"),
                Some(7),
                "2026-03-10T08:00:00Z",
            ),
            (others, "clever", "RESERVED", None, None, "2026-03-10T09:00:00Z"),
            (others, "quick", "SETTLED", None, Some(30), "2026-02-28T09:00:00Z"),
        ],
    )
    .await;
    let (db, scope) = (world.db.api(), command_scope());
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let query = |from: &str, to: &str| SpendQuery {
        from: day(from),
        to: day(to),
        workspace_id: None,
        by_day: false,
        by_workspace: false,
        by_model: false,
    };
    let ask = async |query: SpendQuery| {
        db.in_admin(&scope, move |tx| {
            Box::pin(async move { admin::ai_spend(tx, query).await })
        })
        .await
    };
    let march = query("2026-03-01", "2026-03-31");
    let all = ask(march).await.expect("sums");
    assert_eq!(all.len(), 1);
    assert_eq!(
        (
            all[0].calls,
            all[0].failed,
            all[0].charged_micro_usd,
            all[0].absorbed_micro_usd
        ),
        (4, 1, 500, 7)
    );
    assert_eq!((all[0].input_tokens, all[0].output_tokens), (44, 20));
    assert_eq!(
        (all[0].day, all[0].workspace_id, all[0].model.as_deref()),
        (None, None, None)
    );
    let days = ask(SpendQuery {
        by_day: true,
        ..march
    })
    .await
    .expect("sums");
    let days: Vec<_> = days.iter().map(|sum| (sum.day, sum.charged_micro_usd)).collect();
    assert_eq!(
        days,
        [(Some(day("2026-03-10")), 100), (Some(day("2026-03-09")), 400)]
    );
    let apart = SpendQuery {
        by_workspace: true,
        by_model: true,
        ..march
    };
    let apart = ask(apart).await.expect("sums");
    let apart: Vec<_> = apart
        .iter()
        .map(|sum| {
            (
                sum.workspace_id,
                sum.model.as_deref(),
                sum.charged_micro_usd,
                sum.absorbed_micro_usd,
            )
        })
        .collect();
    assert_eq!(
        apart,
        [
            (Some(own), Some("clever"), 500, 0),
            (Some(own), Some("quick"), 0, 7),
            (Some(others), Some("clever"), 0, 0),
        ]
    );
    let theirs = SpendQuery {
        workspace_id: Some(others),
        ..query("2026-02-28", "2026-02-28")
    };
    assert_eq!(ask(theirs).await.expect("sums")[0].charged_micro_usd, 30);
    for (from, to) in [("2026-03-02", "2026-03-01"), ("2024-01-01", "2026-03-01")] {
        assert_eq!(refused(ask(query(from, to)).await).len(), 1);
    }
    let budget = db
        .in_admin(&scope, |tx| Box::pin(async move { admin::ai_budget(tx).await }))
        .await
        .expect("a budget");
    assert_eq!(
        (
            budget.limit_micro_usd,
            budget.spent_micro_usd,
            budget.reserved_micro_usd
        ),
        (None, 507, 900)
    );
    assert_eq!(budget.resets_at.to_rfc3339(), "2026-04-01T00:00:00+00:00");
}
