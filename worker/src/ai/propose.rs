//! What is had from a model: prompt, question, answer; once more where the answer cannot be read.

use std::sync::Arc;
use std::sync::atomic::AtomicI32;

use smartstack_domain::ai::ledger;
use smartstack_domain::{Db, JobEnvelope};
use smartstack_schema::UseCase;

use super::answer::{self, Unreadable};
use super::config::Tokens;
use super::context::{BYTES_PER_TOKEN, Context, Cut};
use super::models::Asked;
use super::plan::PlanInput;
use super::prompt::{self, Rendered};
use super::stack::{Account, Answered, Call, CallError};
use crate::adapter::model::{ModelError, ModelErrorKind, ModelRequest, Repair};

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

/// Tokens kept free of context, for the lines around its pieces.
const HEADROOM: u32 = 200;

/// What a model answered.
#[derive(Debug)]
pub struct Told<T> {
    /// The answer, read; only claims. See [`super::validate`].
    pub value: T,
    /// So many of the open tasks, from the first, the model was shown.
    pub shown_tasks: usize,
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

/// Has `asked` propose items for a text.
///
/// # Errors
/// [`ProposeError`].
pub async fn propose(
    asked: &Asked,
    use_case: UseCase,
    input: &PlanInput,
    context: &Context,
    payer: Option<Payer>,
) -> Result<Told<answer::Read>, ProposeError> {
    converse(asked, use_case, input, context, payer, |text| {
        answer::read(text, &input.text)
    })
    .await
}

/// Asks, and asks once more where `read` cannot read the answer. Context is cut to what the text and the answer
/// leave of what the model takes.
///
/// # Errors
/// [`ProposeError`].
pub async fn converse<T>(
    asked: &Asked,
    use_case: UseCase,
    input: &PlanInput,
    context: &Context,
    payer: Option<Payer>,
    read: impl Fn(&str) -> Result<T, Unreadable>,
) -> Result<Told<T>, ProposeError> {
    let prompt = prompt::latest(use_case).map_err(ProposeError::Prompt)?;
    let max_tokens = prompt.max_tokens.min(asked.spec.max_output_tokens);
    let bare = render(prompt, input, &Context::default()).map_err(ProposeError::Prompt)?;
    let needed = tokens(prompt, &bare)
        .saturating_add(max_tokens)
        .saturating_add(HEADROOM);
    let room = asked.spec.context_tokens.saturating_sub(needed);
    let (context, cut) = context.clone().fit(use_case, room);
    if cut != Cut::default() {
        tracing::info!(model = asked.name, ?cut, "not all of the context fits");
    }
    let rendered = render(prompt, input, &context).map_err(ProposeError::Prompt)?;
    if tokens(prompt, &rendered).saturating_add(max_tokens) > asked.spec.context_tokens {
        let length = prompt.system.len() + rendered.user.len();
        let message = format!("{length} bytes do not fit {} tokens", asked.spec.context_tokens);
        return Err(CallError::Model(ModelError::new(ModelErrorKind::TooLong, message)).into());
    }
    let account = payer.map(|payer| Account {
        db: payer.db,
        envelope: payer.envelope,
        attempt: payer.attempt,
        use_case: prompt.use_case,
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
    let value = match read(&answered.answer.text) {
        Ok(value) => value,
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
            match read(&answered.answer.text) {
                Ok(value) => value,
                Err(unreadable) => {
                    discard(account.as_ref(), &answered).await?;
                    return Err(unreadable.into());
                }
            }
        }
    };
    Ok(Told {
        value,
        shown_tasks: context.open_tasks.len(),
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

/// What a rendered prompt takes, estimated from above.
fn tokens(prompt: &prompt::Prompt, rendered: &Rendered) -> u32 {
    let length = prompt.system.len() + rendered.user.len();
    u32::try_from(length).unwrap_or(u32::MAX) / BYTES_PER_TOKEN
}

/// The prompt with its material.
///
/// # Errors
/// The template is broken.
pub fn render(prompt: &prompt::Prompt, input: &PlanInput, context: &Context) -> anyhow::Result<Rendered> {
    let sections = context.sections(prompt.use_case);
    prompt.render(&[
        ("today", &input.today.format("%Y-%m-%d (%A)").to_string()),
        ("project", &sections.project),
        ("open_tasks", &sections.open_tasks),
        ("examples", &sections.examples),
        ("review", &sections.review),
        ("text", &input.text),
    ])
}
