//! The use cases of a text, *plan*, *notes* and *reply*: from a document's text to a suggestion.
//!
//! claim → read (load, extract) → check (validate) → write the suggestion and *ready* in one transaction.
//! Every write after the claim carries the attempt's number, and changes nothing once another attempt has
//! begun or the job has ended.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use smartstack_domain::ai::ledger::Refusal;
use smartstack_domain::document::Quote;
use smartstack_domain::job::{self, Claim, JobContext, Lease, Written};
use smartstack_domain::suggestion::{ItemDraft, Provenance, SuggestionDraft};
use smartstack_domain::{DomainError, JobEnvelope};
use smartstack_schema::{DocumentState, Engine, JobStage, TaskId, UseCase};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Services;
use super::document;
use super::words::NeedsPerson;
use crate::adapter::model::{ModelErrorKind, basic};
use crate::ai::context::{self, Context};
use crate::ai::known;
use crate::ai::models::{Asked, NotConfigured, Reader};
use crate::ai::plan::{PlanDraft, PlanInput};
use crate::ai::prompt::hex;
use crate::ai::propose::{Payer, ProposeError, Told, propose};
use crate::ai::stack::CallError;
use crate::ai::validate::{PlanItem, validate};
use crate::failpoint;
use crate::runtime::failure::catch_panic;
use crate::runtime::heartbeat::Heartbeat;
use crate::runtime::{Failure, FailureKind};

/// Longest text read, in Unicode code points: about 30 pages.
pub const TEXT_MAX: usize = 100_000;

/// How long one attempt may work. Basic reads the longest text in a fraction of it; a model may be asked
/// several times, with waits in between.
const WORK_MAX: Duration = Duration::from_secs(600);

/// How often a job waits for a model that is left alone before a person is told.
const WAITS_MAX: u32 = 2;

/// Does the job `envelope` names, unless it is over or in other hands.
pub(super) async fn run(
    services: &Services,
    envelope: &JobEnvelope,
    receives: u32,
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
        receives,
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
        receives: 0,
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
pub(super) struct Held<'a> {
    pub(super) services: &'a Services,
    envelope: &'a JobEnvelope,
    attempt: i32,
    /// How often the message has been received.
    receives: u32,
}

/// What a reader found, and how.
pub(super) struct Found {
    pub(super) draft: PlanDraft,
    /// So many of the open tasks it was shown by number.
    shown_tasks: usize,
    pub(super) provenance: Provenance,
}

impl Held<'_> {
    async fn work(&self) -> Result<(), Failure> {
        failpoint::pass("worker::after_claim").await?;
        let (began, id) = (Instant::now(), self.envelope.job_id());

        self.stage(JobStage::Reading).await?;
        let (mut job, mut context) = self.context().await?;
        if job.document.state != DocumentState::Ready {
            document::ensure_text(self.services, self.envelope, job.document.id).await?;
            (job, context) = self.context().await?;
        }
        if job.document.state != DocumentState::Ready {
            return self
                .needs_person(NeedsPerson::document_unreadable(&job.document))
                .await;
        }
        let length = job.document.text.chars().count();
        if length > TEXT_MAX {
            return self.needs_person(NeedsPerson::too_long(length, TEXT_MAX)).await;
        }
        let input = PlanInput {
            text: job.document.text.clone(),
            today: job.today,
        };
        if job.use_case == UseCase::Status {
            return self.status(&job, &context, began).await;
        }
        if job.use_case == UseCase::Reply {
            return self.reply(input, &job, &context, began).await;
        }
        let found = match self.services.models.reader(job.use_case, job.model.as_deref()) {
            Ok(Reader::Basic) => read_by_rules(job.use_case, input.clone(), &context).await?,
            Ok(Reader::Model(asked)) => {
                self.stage(JobStage::Asking).await?;
                match self.ask(asked, job.use_case, &input, &context).await {
                    Ok(found) => found,
                    Err(error) => return self.unanswered(asked, error).await,
                }
            }
            Err(NotConfigured(name)) => return self.needs_person(NeedsPerson::not_configured(&name)).await,
        };

        self.stage(JobStage::Checking).await?;
        let Found {
            draft,
            shown_tasks,
            provenance,
        } = found;
        let (language, proposed) = (draft.language.clone(), draft.items.len());
        let validated = validate(draft, &input.text, input.today);
        if !validated.flaws.is_empty() {
            tracing::warn!(job = %id, proposed, flaws = ?validated.flaws, "proposals left out");
        }
        if validated.items.is_empty() {
            return self.needs_person(NeedsPerson::nothing_usable(proposed)).await;
        }

        let known = match job.use_case {
            UseCase::Plan | UseCase::Reply | UseCase::Status => vec![None; validated.items.len()],
            UseCase::Notes => known::tasks(&validated.items, &context.open_tasks, shown_tasks),
        };
        self.complete(SuggestionDraft {
            draft: None,
            sentences: None,
            provenance: Provenance {
                language,
                duration_ms: i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX),
                ..provenance
            },
            items: validated
                .items
                .into_iter()
                .zip(known)
                .map(|(item, known)| item_draft(item, known))
                .collect::<Result<_, _>>()?,
        })
        .await
    }

    /// What the job is about, and what its use case needs to be told.
    async fn context(&self) -> Result<(JobContext, Context), Failure> {
        Ok(context::read(&self.services.db, self.envelope).await?)
    }

    /// In whose name a model is asked.
    pub(super) fn payer(&self) -> Payer {
        Payer {
            db: self.services.db.clone(),
            envelope: self.envelope.clone(),
            attempt: self.attempt,
        }
    }

    /// Has a model read the text.
    async fn ask(
        &self,
        asked: &Asked,
        use_case: UseCase,
        input: &PlanInput,
        context: &Context,
    ) -> Result<Found, ProposeError> {
        let proposal = propose(asked, use_case, input, context, Some(self.payer())).await?;
        if !proposal.value.dropped.is_empty() {
            let job = self.envelope.job_id();
            tracing::warn!(%job, model = asked.name, dropped = ?proposal.value.dropped, "items without the form left out");
        }
        let provenance = by_model(asked, &proposal);
        Ok(Found {
            draft: proposal.value.draft,
            shown_tasks: proposal.shown_tasks,
            provenance,
        })
    }

    /// What becomes of a job whose model gave no answer: it has been asked again as often as makes sense, so
    /// now it is a person's; only a model that is left alone for a moment is waited for.
    pub(super) async fn unanswered(&self, asked: &Asked, error: ProposeError) -> Result<(), Failure> {
        let (job, label) = (self.envelope.job_id(), &asked.spec.label);
        let why = match error {
            ProposeError::Call(CallError::Ledger(error)) => return Err(error.into()),
            ProposeError::Prompt(error) => return Err(Failure::new(FailureKind::Permanent, error)),
            ProposeError::Call(CallError::Open(wait)) if self.receives <= WAITS_MAX => {
                return Err(Failure::not_now(wait, "the model is left alone for now"));
            }
            ProposeError::Call(CallError::Open(_)) => NeedsPerson::model_unavailable(label),
            ProposeError::Call(CallError::Refused(refusal)) => match refusal {
                Refusal::AiOff => NeedsPerson::ai_off(),
                Refusal::WorkspaceBudget { .. } => NeedsPerson::budget_reached(),
                Refusal::WorkspaceJobs { limit } => NeedsPerson::jobs_reached(limit),
                Refusal::InstallationBudget => NeedsPerson::installation_budget_reached(),
            },
            ProposeError::Unreadable(error) => {
                tracing::warn!(%job, model = asked.name, %error, "the answer could not be read");
                NeedsPerson::unreadable(label)
            }
            ProposeError::Call(CallError::Model(error)) => {
                tracing::warn!(%job, model = asked.name, %error, "no answer");
                match error.kind {
                    ModelErrorKind::Refused => NeedsPerson::model_refused(label),
                    ModelErrorKind::TooLong => NeedsPerson::too_long_for(label),
                    ModelErrorKind::CutOff => NeedsPerson::answer_too_long(label),
                    ModelErrorKind::TimedOut => NeedsPerson::model_timed_out(label),
                    ModelErrorKind::Garbage => NeedsPerson::unreadable(label),
                    ModelErrorKind::Invalid | ModelErrorKind::Denied | ModelErrorKind::NotFound => {
                        // An administrator's to mend: access to the model, its id, its capabilities.
                        tracing::error!(%job, model = asked.name, %error, "the model's configuration does not work");
                        NeedsPerson::model_unavailable(label)
                    }
                    ModelErrorKind::Throttled
                    | ModelErrorKind::NotReady
                    | ModelErrorKind::ServerFault
                    | ModelErrorKind::Unavailable
                    | ModelErrorKind::StreamBroken => NeedsPerson::model_unavailable(label),
                }
            }
        };
        self.needs_person(why).await
    }

    pub(super) async fn stage(&self, stage: JobStage) -> Result<(), Failure> {
        let (id, attempt) = (self.envelope.job_id(), self.attempt);
        let db = &self.services.db;
        let written = db.in_worker(self.envelope, move |tx| {
            Box::pin(async move { job::set_stage(tx, id, attempt, stage).await })
        });
        mine(written.await?)
    }

    pub(super) async fn complete(&self, draft: SuggestionDraft) -> Result<(), Failure> {
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

    pub(super) async fn needs_person(&self, why: NeedsPerson) -> Result<(), Failure> {
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
fn item_draft(item: PlanItem, known_task: Option<TaskId>) -> Result<ItemDraft, Failure> {
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
        known_task,
    })
}

/// Where an answer of a model comes from.
pub(super) fn by_model<T>(asked: &Asked, told: &Told<T>) -> Provenance {
    let tokens = told.tokens;
    let read = tokens
        .input
        .saturating_add(tokens.cache_read)
        .saturating_add(tokens.cache_write);
    Provenance {
        engine: Engine::Model,
        model: Some(asked.spec.id.clone()),
        prompt_version: Some(told.prompt_version.clone()),
        input_hash: told.input_hash.clone(),
        language: None,
        duration_ms: 0,
        input_tokens: i32::try_from(read).unwrap_or(i32::MAX),
        output_tokens: i32::try_from(tokens.output).unwrap_or(i32::MAX),
        cost_micro_usd: told.cost_micro_usd,
    }
}

/// Has the built-in rules read the text.
pub(super) async fn read_by_rules(
    use_case: UseCase,
    input: PlanInput,
    context: &Context,
) -> Result<Found, Failure> {
    let input_hash = input_hash(use_case, &input, context);
    let read = basic::plan(input).await;
    Ok(Found {
        draft: read.map_err(|fault| Failure::new(FailureKind::Permanent, fault))?,
        shown_tasks: 0,
        provenance: Provenance {
            engine: Engine::Basic,
            model: None,
            prompt_version: Some(basic::version()),
            input_hash,
            language: None,
            duration_ms: 0,
            input_tokens: 0,
            output_tokens: 0,
            cost_micro_usd: 0,
        },
    })
}

/// SHA-256, in hexadecimal, of what the rules were given: the day, a line end, the text, and what of the context
/// they look at.
pub(super) fn input_hash(use_case: UseCase, input: &PlanInput, context: &Context) -> String {
    let mut hash = Sha256::new()
        .chain_update(format!("{}\n", input.today))
        .chain_update(&input.text);
    match use_case {
        UseCase::Plan | UseCase::Status => {}
        UseCase::Notes | UseCase::Reply => {
            let sections = context.sections(use_case);
            hash.update(format!("\n{}\n{}", sections.open_tasks, sections.review));
        }
    }
    hex(&hash.finalize())
}
