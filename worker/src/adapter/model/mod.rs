//! Models that answer a prompt in a given form. What crosses this seam is ours: a request, an answer, an
//! error sorted by what to do about it; no type of a vendor's library does.
//!
//! To add a provider: a variant of [`Model`], its file here, its name in `ai.toml`
//! ([`Provider`](crate::ai::config::Provider)), and its tests over a stand-in (`tests/it/models.rs`).

pub mod basic;
mod bedrock;
mod openai;
pub mod scripted;

use std::sync::Arc;

use crate::ai::config::Tokens;

pub use bedrock::{BedrockModel, BedrockSettings};
pub use openai::{OpenAiModel, OpenAiSettings};
pub use scripted::ScriptedModel;

/// The model adapter.
#[derive(Clone, Debug)]
pub enum Model {
    /// Rules and language tooling in this process: no model, no prompt. See [`basic::plan`].
    Basic,
    /// A model in Amazon Bedrock.
    Bedrock(BedrockModel),
    /// A model behind OpenAI's chat completions.
    OpenAi(OpenAiModel),
    /// Answers made for a test.
    Scripted(ScriptedModel),
}

/// The form an answer has to have.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerForm {
    /// Names it, as a tool is named.
    pub name: String,
    /// What it is for, to the model.
    pub description: String,
    /// JSON Schema.
    pub schema: serde_json::Value,
}

/// What a model is asked.
#[derive(Clone, Debug)]
pub struct ModelRequest {
    /// The fixed part: what to do, the same for everybody. May be cached.
    pub system: Arc<str>,
    /// The part that changes: data, fenced.
    pub user: Arc<str>,
    /// The form of the answer.
    pub form: Arc<AnswerForm>,
    /// The most tokens of the answer.
    pub max_tokens: u32,
    /// An answer that was of no use, and why: the model is asked once more.
    pub repair: Option<Repair>,
}

/// An answer that was of no use.
#[derive(Clone, Debug)]
pub struct Repair {
    /// What the model wrote.
    pub answer: String,
    /// What is wrong with it.
    pub complaint: String,
}

/// What a model answers: JSON, as far as it kept to the form; nothing in it is believed before it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelAnswer {
    /// The answer's text, or the tool's input as JSON.
    pub text: String,
    /// What it took.
    pub tokens: Tokens,
}

/// Why there is no answer, by what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelErrorKind {
    /// Too many requests just now.
    Throttled,
    /// The model is being made ready.
    NotReady,
    /// A fault of the service.
    ServerFault,
    /// The service cannot be reached, or says that it is away.
    Unavailable,
    /// The model took too long, or the call did.
    TimedOut,
    /// The answer broke off.
    StreamBroken,
    /// The service refuses the request as it is.
    Invalid,
    /// No right to ask this model.
    Denied,
    /// No such model.
    NotFound,
    /// The model, or a guardrail, declines to answer.
    Refused,
    /// The request is longer than the model takes.
    TooLong,
    /// The answer was cut off at its most tokens.
    CutOff,
    /// What came back is no answer of this protocol.
    Garbage,
}

impl ModelErrorKind {
    /// The kind in a word, for the ledger and the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "THROTTLED",
            Self::NotReady => "NOT_READY",
            Self::ServerFault => "SERVER_FAULT",
            Self::Unavailable => "UNAVAILABLE",
            Self::TimedOut => "TIMED_OUT",
            Self::StreamBroken => "STREAM_BROKEN",
            Self::Invalid => "INVALID",
            Self::Denied => "DENIED",
            Self::NotFound => "NOT_FOUND",
            Self::Refused => "REFUSED",
            Self::TooLong => "TOO_LONG",
            Self::CutOff => "CUT_OFF",
            Self::Garbage => "GARBAGE",
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {message}", kind.as_str())]
pub struct ModelError {
    /// What to do about it.
    pub kind: ModelErrorKind,
    /// What happened, for the log.
    pub message: String,
    /// What it took all the same, where the service says.
    pub tokens: Option<Tokens>,
}

impl ModelError {
    /// An error of `kind`.
    pub fn new(kind: ModelErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            tokens: None,
        }
    }

    /// The same error of a call that took `tokens`.
    #[must_use]
    pub fn after(self, tokens: Tokens) -> Self {
        Self {
            tokens: Some(tokens),
            ..self
        }
    }
}

impl Model {
    /// Asks once. Nothing is tried again in here.
    ///
    /// # Errors
    /// [`ModelError`].
    pub async fn ask(&self, request: &ModelRequest) -> Result<ModelAnswer, ModelError> {
        match self {
            Self::Basic => Err(ModelError::new(
                ModelErrorKind::Invalid,
                "the built-in rules take no prompt",
            )),
            Self::Bedrock(model) => model.ask(request).await,
            Self::OpenAi(model) => model.ask(request).await,
            Self::Scripted(model) => model.ask(request).await,
        }
    }
}
