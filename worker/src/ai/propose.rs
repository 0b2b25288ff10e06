//! A plan by a model: prompt, question, answer; once more where the answer cannot be read.

use std::sync::Arc;
use std::sync::atomic::AtomicI32;

use smartstack_domain::ai::ledger;
use smartstack_domain::job::{Example, OpenTask};
use smartstack_domain::{Db, JobEnvelope};
use smartstack_schema::UseCase;

use super::answer::{self, Unreadable};
use super::config::Tokens;
use super::models::Asked;
use super::plan::{PlanDraft, PlanInput};
use super::prompt::{self, Rendered};
use super::stack::{Account, Answered, Call, CallError};
use crate::adapter::model::{ModelError, ModelErrorKind, ModelRequest, Repair};

/// Most open tasks the model is told of.
const TASKS_MAX: usize = 100;
/// Bytes of text to a token, at least, when what fits is estimated: English has about four, other languages
/// fewer.
const BYTES_PER_TOKEN: u32 = 3;

/// What the model is given beside the text, out of the job's project and no other.
#[derive(Clone, Debug, Default)]
pub struct PlanContext {
    /// What the project is called.
    pub project: Option<String>,
    /// What its client is called.
    pub client: Option<String>,
    /// What is planned already.
    pub open_tasks: Vec<OpenTask>,
    /// What the workspace accepted before, where its owner lets it be shown.
    pub examples: Vec<Example>,
}

/// Who asks, and who pays.
#[derive(Clone, Debug)]
pub struct Payer {
    /// Where the ledger is.
    pub db: Db,
    /// The job.
    pub envelope: JobEnvelope,
    /// Its attempt.
    pub attempt: i32,
}

/// What a model proposes.
#[derive(Debug)]
pub struct Proposal {
    /// Only claims; see [`super::validate`].
    pub draft: PlanDraft,
    /// Items that did not have the form.
    pub dropped: Vec<String>,
    /// Hash of all the model was given.
    pub input_hash: String,
    /// Which prompt.
    pub prompt_version: String,
    /// What the answer that is used took.
    pub tokens: Tokens,
    /// What it cost, in millionths of a US dollar.
    pub cost_micro_usd: i64,
}

/// Why a model proposes nothing.
#[derive(Debug, thiserror::Error)]
pub enum ProposeError {
    /// No answer came back.
    #[error(transparent)]
    Call(#[from] CallError),
    /// What came back, also the second time, has not the form.
    #[error("the answer cannot be read: {0}")]
    Unreadable(#[from] Unreadable),
    /// The prompt is broken: a fault of the build.
    #[error("{0:#}")]
    Prompt(anyhow::Error),
}

/// Has `asked` propose a plan for a text.
///
/// # Errors
/// [`ProposeError`].
pub async fn propose(
    asked: &Asked,
    input: &PlanInput,
    context: &PlanContext,
    payer: Option<Payer>,
) -> Result<Proposal, ProposeError> {
    let prompt = prompt::latest(UseCase::Plan).map_err(ProposeError::Prompt)?;
    let rendered = render(prompt, input, context).map_err(ProposeError::Prompt)?;
    let max_tokens = prompt.max_tokens.min(asked.spec.max_output_tokens);
    let length = u32::try_from(prompt.system.len() + rendered.user.len()).unwrap_or(u32::MAX);
    if (length / BYTES_PER_TOKEN).saturating_add(max_tokens) > asked.spec.context_tokens {
        let message = format!("{length} bytes do not fit {} tokens", asked.spec.context_tokens);
        return Err(CallError::Model(ModelError::new(ModelErrorKind::TooLong, message)).into());
    }
    let account = payer.map(|payer| Account {
        db: payer.db,
        envelope: payer.envelope,
        attempt: payer.attempt,
        use_case: UseCase::Plan,
        prompt_version: prompt.version.clone(),
        calls: Arc::new(AtomicI32::new(0)),
    });
    let mut request = ModelRequest {
        system: Arc::clone(&prompt.system),
        user: Arc::clone(&rendered.user),
        form: Arc::clone(&prompt.form),
        max_tokens,
        repair: None,
    };
    let mut answered = ask(asked, &request, account.as_ref()).await?;
    let read = match answer::read(&answered.answer.text, &input.text) {
        Ok(read) => read,
        Err(unreadable) => {
            tracing::warn!(model = asked.name, %unreadable, "the answer cannot be read, asking once more");
            discard(account.as_ref(), &answered).await?;
            request.repair = Some(Repair {
                answer: std::mem::take(&mut answered.answer.text),
                complaint: format!(
                    "That cannot be read: {unreadable}. Answer again, with one JSON object of the form that was asked \
                     for and nothing else."
                ),
            });
            answered = ask(asked, &request, account.as_ref()).await?;
            match answer::read(&answered.answer.text, &input.text) {
                Ok(read) => read,
                Err(unreadable) => {
                    discard(account.as_ref(), &answered).await?;
                    return Err(unreadable.into());
                }
            }
        }
    };
    Ok(Proposal {
        draft: read.draft,
        dropped: read.dropped,
        input_hash: rendered.input_hash,
        prompt_version: prompt.version.clone(),
        tokens: answered.answer.tokens,
        cost_micro_usd: answered.cost_micro_usd,
    })
}

async fn ask(
    asked: &Asked,
    request: &ModelRequest,
    account: Option<&Account>,
) -> Result<Answered, CallError> {
    let call = Call {
        request: request.clone(),
        account: account.cloned(),
    };
    asked.stack.ask(call).await
}

/// Nobody pays for an answer that is of no use.
async fn discard(account: Option<&Account>, answered: &Answered) -> Result<(), CallError> {
    if let (Some(account), Some(id)) = (account, answered.call) {
        let release = account.db.in_worker(&account.envelope, move |tx| {
            Box::pin(async move { ledger::failed(tx, id, "UNREADABLE").await })
        });
        release.await?;
    }
    Ok(())
}

/// The prompt with its material.
///
/// # Errors
/// The template is broken.
pub fn render(prompt: &prompt::Prompt, input: &PlanInput, context: &PlanContext) -> anyhow::Result<Rendered> {
    let project = match (&context.project, &context.client) {
        (None, _) => String::new(),
        (Some(project), None) => project.clone(),
        (Some(project), Some(client)) => format!("{project}\nfor {client}"),
    };
    let tasks: Vec<String> = context
        .open_tasks
        .iter()
        .take(TASKS_MAX)
        .map(|task| format!("- {}", task.title))
        .collect();
    let examples: Vec<String> = context
        .examples
        .iter()
        .map(|example| format!("passage: {}\ntitle: {}", example.quote, example.title))
        .collect();
    prompt.render(&[
        ("today", &input.today.format("%Y-%m-%d (%A)").to_string()),
        ("project", &project),
        ("open_tasks", &tasks.join("\n")),
        ("examples", &examples.join("\n\n")),
        ("text", &input.text),
    ])
}
