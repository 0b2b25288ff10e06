//! What the tests of nouns share: a world with a person in it, and texts to plan from.

use chrono::{DateTime, Duration, Utc};
use smartstack_domain::{
    DomainError, JobEnvelope, TenantScope, TenantTx,
    clock::Clock,
    db::Work,
    document::Quote,
    job::{self, Claim, Job, Lease},
    plan::{self, PlanProject, PlanStart},
    project::{self, NewProject, Project},
    suggestion::{ItemDraft, Provenance, SuggestionDraft},
    task::{self, NewTask, Task},
    testing::{TestDb, TestPerson},
};
use smartstack_schema::{Engine, ItemConfidence, ItemKind, JobId, ProjectId, Responsible, UserErrorCode};

/// A database with one person, on a clock that stands still.
pub(crate) struct World {
    pub(crate) db: TestDb,
    pub(crate) clock: Clock,
    pub(crate) ana: TestPerson,
}

/// The noon at which every world begins.
pub(crate) fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_452_800, 0).expect("2 March 2026, 12:00 UTC")
}

impl World {
    pub(crate) async fn new() -> Self {
        let clock = Clock::fixed(noon());
        let db = TestDb::with_clock(clock.clone()).await;
        let ana = db.person("Ana Ribeiro").await;
        Self { db, clock, ana }
    }

    /// Works as Ana.
    pub(crate) async fn work<T, F>(&self, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, T> + Send + 'static,
    {
        self.as_(&self.ana.scope, work).await
    }

    /// Works as somebody else.
    pub(crate) async fn as_<T, F>(&self, scope: &TenantScope, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, T> + Send + 'static,
    {
        self.db.api().in_tenant(scope, work).await
    }

    pub(crate) async fn project(&self, name: &str) -> Project {
        let new = NewProject {
            name: name.to_owned(),
            ..NewProject::default()
        };
        self.work(|tx| Box::pin(project::create(tx, new)))
            .await
            .expect("a project")
    }

    pub(crate) async fn task(&self, project: ProjectId, title: &str) -> Task {
        let new = NewTask::titled(project, title);
        self.work(|tx| Box::pin(task::create(tx, new)))
            .await
            .expect("a task")
    }

    /// Starts a plan job for a project of its own.
    pub(crate) async fn plan(&self, text: &str) -> Job {
        let new = PlanStart {
            text: text.to_owned(),
            new_project: Some(PlanProject {
                name: "Relaunch".to_owned(),
                ..PlanProject::default()
            }),
            ..PlanStart::default()
        };
        self.work(|tx| Box::pin(plan::start(tx, new)))
            .await
            .expect("a job")
    }

    pub(crate) fn envelope(&self, job: JobId) -> JobEnvelope {
        let payload = serde_json::json!({ "v": 1, "job_id": job, "workspace_id": self.ana.workspace_id });
        JobEnvelope::decode(&payload.to_string()).expect("an envelope")
    }

    pub(crate) async fn claim(&self, job: JobId) -> Claim {
        let envelope = self.envelope(job);
        self.db
            .worker()
            .in_worker(&envelope, move |tx| {
                Box::pin(async move { job::claim(tx, job, &lease()).await })
            })
            .await
            .expect("an answer")
    }

    pub(crate) async fn attempt(&self, job: JobId) -> i32 {
        match self.claim(job).await {
            Claim::Claimed { attempt } => attempt,
            other => panic!("not claimed: {other:?}"),
        }
    }
}

pub(crate) fn lease() -> Lease {
    Lease {
        owner: "test worker".to_owned(),
        duration: Duration::seconds(30),
    }
}

/// A brief, and what an engine might find in it.
pub(crate) const BRIEF: &str = "Grüße 👋 – we need a new logo by 20 March. Budget is EUR 4,500. No printing, please. \
                         Should it work in one colour? Everything has to be done by 30 April.";

pub(crate) fn draft() -> SuggestionDraft {
    let mut task = found(
        ItemKind::Task,
        "Design a new logo",
        "we need a new logo by 20 March",
    );
    task.due_date = day("2026-03-20");
    let mut budget = found(ItemKind::Budget, "EUR 4,500", "Budget is EUR 4,500");
    budget.amount = Some(smartstack_domain::money::Money {
        amount_cents: 450_000,
        currency: "EUR".to_owned(),
    });
    let mut deadline = found(ItemKind::Deadline, "Done by 30 April", "done by 30 April");
    deadline.due_date = day("2026-04-30");
    SuggestionDraft {
        draft: None,
        sentences: None,
        provenance: Provenance {
            engine: Engine::Basic,
            model: None,
            prompt_version: Some("1".to_owned()),
            input_hash: "00".repeat(32),
            language: Some("en".to_owned()),
            duration_ms: 12,
            input_tokens: 0,
            output_tokens: 0,
            cost_micro_usd: 0,
        },
        items: vec![
            task,
            budget,
            found(ItemKind::Exclusion, "No printing", "No printing, please."),
            found(ItemKind::Question, "One colour?", "Should it work in one colour?"),
            deadline,
        ],
    }
}

fn found(kind: ItemKind, title: &str, quote: &str) -> ItemDraft {
    let start = BRIEF.find(quote).expect("a passage of the brief");
    ItemDraft {
        kind,
        title: title.to_owned(),
        quote: Quote::from_bytes(BRIEF, start, start + quote.len()),
        due_date: None,
        estimate_min_minutes: None,
        estimate_max_minutes: None,
        responsible: Responsible::Freelancer,
        amount: None,
        confidence: ItemConfidence::Explicit,
        known_task: None,
    }
}

pub(crate) fn day(text: &str) -> Option<chrono::NaiveDate> {
    Some(text.parse().expect("a day"))
}

/// Fields and codes of a validation error.
pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T, DomainError>) -> Vec<(String, UserErrorCode)> {
    match outcome {
        Err(DomainError::Validation(errors)) => errors
            .into_iter()
            .map(|error| (error.field.join("."), error.code))
            .collect(),
        other => panic!("not refused: {other:?}"),
    }
}

pub(crate) fn is_not_found<T: std::fmt::Debug>(outcome: Result<T, DomainError>) -> bool {
    outcome.is_err_and(|error| matches!(error, DomainError::NotFound))
}

pub(crate) fn is_conflict<T: std::fmt::Debug>(outcome: Result<T, DomainError>) -> bool {
    outcome.is_err_and(|error| matches!(error, DomainError::Conflict))
}

pub(crate) fn is_invalid_state<T: std::fmt::Debug>(outcome: Result<T, DomainError>) -> bool {
    outcome.is_err_and(|error| matches!(error, DomainError::InvalidState(_)))
}
