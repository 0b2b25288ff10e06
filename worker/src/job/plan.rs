//! The use case *plan*: from a document's text to a suggestion.
//!
//! claim → read (load, extract) → check (validate) → write the suggestion and *ready* in one transaction.
//! Every write after the claim carries the attempt's number, and changes nothing once another attempt has
//! begun or the job has ended.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use smartstack_domain::document::Quote;
use smartstack_domain::job::{self, Claim, Lease, Written};
use smartstack_domain::suggestion::{ItemDraft, Provenance, SuggestionDraft};
use smartstack_domain::{DomainError, JobEnvelope};
use smartstack_schema::JobStage;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Services;
use super::words::NeedsPerson;
use crate::adapter::model::EngineError;
use crate::ai::plan::PlanInput;
use crate::ai::validate::{PlanItem, validate};
use crate::failpoint;
use crate::runtime::failure::catch_panic;
use crate::runtime::heartbeat::Heartbeat;
use crate::runtime::{Failure, FailureKind};

/// Longest text read, in Unicode code points: about 30 pages.
pub const TEXT_MAX: usize = 100_000;

/// How long one attempt may work. Basic reads the longest text in a fraction of it.
const WORK_MAX: Duration = Duration::from_secs(60);

/// Does the job `envelope` names, unless it is over or in other hands.
pub(super) async fn run(
    services: &Services,
    envelope: &JobEnvelope,
    give_back: &CancellationToken,
) -> Result<(), Failure> {
    let Some(attempt) = claim(services, envelope).await? else {
        return Ok(());
    };
    let heartbeat = keep(services, envelope, attempt);
    let held = Held {
        services,
        envelope,
        attempt,
    };
    let result = tokio::select! {
        biased;
        () = give_back.cancelled() => Err(Failure::said(FailureKind::NotNow, "the worker is stopping")),
        () = heartbeat.lost() => Err(Failure::said(FailureKind::Superseded, "the job's lease was lost")),
        // Caught here, where the attempt is known.
        result = tokio::time::timeout(WORK_MAX, catch_panic(held.work())) => {
            result.unwrap_or_else(|_| Err(Failure::said(FailureKind::TimedOut, "the work took too long")))
        }
    };
    result.map_err(|failure| failure.of_attempt(attempt))
}

/// Lets the job go, to be done by a later attempt.
pub(super) async fn release(
    services: &Services,
    envelope: &JobEnvelope,
    failure: &Failure,
) -> anyhow::Result<()> {
    let Some(attempt) = failure.attempt else {
        return Ok(());
    };
    let id = envelope.job_id();
    let released = services
        .db
        .in_worker(envelope, move |tx| {
            Box::pin(async move { job::release(tx, id, attempt).await })
        })
        .await?;
    if released == Written::Fenced {
        tracing::info!(job = %id, attempt, "nothing to let go: the job is over or in other hands");
    }
    Ok(())
}

/// Says that a person has to look, after the last attempt.
pub(super) async fn give_up(
    services: &Services,
    envelope: &JobEnvelope,
    failure: &Failure,
) -> anyhow::Result<()> {
    let attempt = match failure.attempt {
        Some(attempt) => attempt,
        // No attempt came as far as telling its number: each ended its worker. Take one to write with.
        None => match claim(services, envelope).await {
            Ok(Some(attempt)) => attempt,
            Ok(None) => return Ok(()),
            Err(failure) => return Err(failure.cause),
        },
    };
    let held = Held {
        services,
        envelope,
        attempt,
    };
    match held.needs_person(NeedsPerson::given_up(failure.kind)).await {
        Ok(()) => Ok(()),
        Err(failure) if failure.kind == FailureKind::Superseded => Ok(()),
        Err(failure) => Err(failure.cause),
    }
}

/// Takes the job: its attempt's number, or `None` when there is nothing left to do.
async fn claim(services: &Services, envelope: &JobEnvelope) -> Result<Option<i32>, Failure> {
    let (id, lease) = (envelope.job_id(), lease(services));
    let claim = services
        .db
        .in_worker(envelope, move |tx| {
            Box::pin(async move { job::claim(tx, id, &lease).await })
        })
        .await?;
    match claim {
        Claim::Claimed { attempt } => {
            tracing::info!(job = %id, attempt, "job claimed");
            Ok(Some(attempt))
        }
        Claim::Held { until } => {
            // This is a copy of its message, or its holder has died: look again when its lease is over.
            let wait = (until - services.db.clock().now()).to_std().unwrap_or_default();
            Err(Failure::not_now(wait, "another attempt holds the job"))
        }
        Claim::Over(state) => {
            tracing::info!(job = %id, %state, "nothing left to do");
            Ok(None)
        }
        Claim::Missing => {
            tracing::info!(job = %id, "the job is gone");
            Ok(None)
        }
    }
}

fn lease(services: &Services) -> Lease {
    let duration = chrono::TimeDelta::from_std(services.lease).unwrap_or(chrono::TimeDelta::MAX);
    Lease {
        owner: services.worker_name.clone(),
        duration,
    }
}

/// Extends the job's lease until dropped.
fn keep(services: &Services, envelope: &JobEnvelope, attempt: i32) -> Heartbeat {
    let (db, envelope, lease) = (services.db.clone(), envelope.clone(), lease(services));
    Heartbeat::start("job", services.lease, move || {
        let (db, envelope, lease) = (db.clone(), envelope.clone(), lease.clone());
        async move {
            let id = envelope.job_id();
            let extend = db.in_worker(&envelope, move |tx| {
                Box::pin(async move { job::heartbeat(tx, id, attempt, &lease).await })
            });
            Ok::<_, DomainError>(extend.await? != Written::Fenced)
        }
    })
}

/// A job in the hands of this attempt.
struct Held<'a> {
    services: &'a Services,
    envelope: &'a JobEnvelope,
    attempt: i32,
}

impl Held<'_> {
    async fn work(&self) -> Result<(), Failure> {
        failpoint::pass("worker::after_claim").await?;
        let (began, id, engine) = (Instant::now(), self.envelope.job_id(), self.services.engine);

        self.stage(JobStage::Reading).await?;
        let context = self
            .services
            .db
            .in_worker(self.envelope, move |tx| {
                Box::pin(async move { job::context(tx, id).await })
            })
            .await?;
        let (text, today) = (context.document.text, context.today);
        let length = text.chars().count();
        if length > TEXT_MAX {
            return self.needs_person(NeedsPerson::too_long(length, TEXT_MAX)).await;
        }
        let input = PlanInput {
            text: text.clone(),
            today,
        };
        let input_hash = input_hash(&input);
        let draft = engine.plan(input).await?;

        self.stage(JobStage::Checking).await?;
        let (language, proposed) = (draft.language.clone(), draft.items.len());
        let validated = validate(draft, &text, today);
        if !validated.flaws.is_empty() {
            tracing::warn!(job = %id, proposed, flaws = ?validated.flaws, "proposals left out");
        }
        if validated.items.is_empty() {
            return self.needs_person(NeedsPerson::nothing_usable(proposed)).await;
        }

        self.complete(SuggestionDraft {
            provenance: Provenance {
                engine: engine.name(),
                model: engine.model(),
                prompt_version: Some(engine.prompt_version()),
                input_hash,
                language,
                duration_ms: i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX),
            },
            items: validated
                .items
                .into_iter()
                .map(item_draft)
                .collect::<Result<_, _>>()?,
        })
        .await
    }

    async fn stage(&self, stage: JobStage) -> Result<(), Failure> {
        let (id, attempt) = (self.envelope.job_id(), self.attempt);
        let db = &self.services.db;
        let written = db.in_worker(self.envelope, move |tx| {
            Box::pin(async move { job::set_stage(tx, id, attempt, stage).await })
        });
        mine(written.await?)
    }

    async fn complete(&self, draft: SuggestionDraft) -> Result<(), Failure> {
        let (id, attempt) = (self.envelope.job_id(), self.attempt);
        let db = &self.services.db;
        failpoint::pass("worker::before_write").await?;
        let written = db.in_worker(self.envelope, move |tx| {
            Box::pin(async move { job::complete(tx, id, attempt, draft).await })
        });
        match written.await {
            Ok(written) => mine(written)?,
            Err(error @ DomainError::Validation(_)) => {
                tracing::error!(job = %id, %error, "the engine's output broke a rule");
                return self.needs_person(NeedsPerson::output_invalid()).await;
            }
            Err(error) => return Err(error.into()),
        };
        failpoint::pass("worker::after_write").await?;
        tracing::info!(job = %id, attempt, "job ready");
        Ok(())
    }

    async fn needs_person(&self, why: NeedsPerson) -> Result<(), Failure> {
        let (id, attempt) = (self.envelope.job_id(), self.attempt);
        tracing::info!(job = %id, attempt, reason = %why.reason, "job needs a person");
        let db = &self.services.db;
        let written = db.in_worker(self.envelope, move |tx| {
            Box::pin(async move { job::needs_review(tx, id, attempt, why.reason, &why.message).await })
        });
        mine(written.await?)
    }
}

/// What was written, if it was.
fn mine<T>(written: Written<T>) -> Result<T, Failure> {
    match written {
        Written::Done(value) => Ok(value),
        Written::Fenced => Err(Failure::said(
            FailureKind::Superseded,
            "the job is over or in other hands",
        )),
    }
}

/// A checked item as the store takes it.
fn item_draft(item: PlanItem) -> Result<ItemDraft, Failure> {
    let too_long = |error| Failure::new(FailureKind::Permanent, anyhow::Error::from(error));
    let draft = item.draft;
    let (start, end) = (item.code_points.start, item.code_points.end);
    Ok(ItemDraft {
        kind: draft.kind,
        title: draft.title,
        quote: Some(Quote {
            start: i32::try_from(start).map_err(too_long)?,
            end: i32::try_from(end).map_err(too_long)?,
        }),
        due_date: draft.due,
        estimate_min_minutes: draft.effort_minutes.map(|(min, _)| min),
        estimate_max_minutes: draft.effort_minutes.map(|(_, max)| max),
        responsible: draft.responsible,
        amount: draft.amount,
        confidence: draft.confidence,
    })
}

/// SHA-256, in hexadecimal, of what the engine was given: the day, a line end, the text.
fn input_hash(input: &PlanInput) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::new()
        .chain_update(format!("{}\n", input.today))
        .chain_update(&input.text)
        .finalize();
    digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Fault(_) => Self::new(FailureKind::Permanent, error),
        }
    }
}
