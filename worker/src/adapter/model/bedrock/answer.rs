//! What Converse answers, whole or event by event.

use aws_sdk_bedrockruntime::operation::converse::ConverseOutput;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ContentBlockDeltaEvent, ContentBlockStart, ContentBlockStartEvent,
    ConverseOutput as Output, ConverseStreamMetadataEvent, StopReason, TokenUsage,
};
use aws_smithy_types::{Document, Number};
use serde_json::Value;

use super::super::{ModelAnswer, ModelError, ModelErrorKind};
use crate::ai::config::Tokens;

/// Most bytes of an answer that are kept: far more than any most-tokens allows.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// Reads a whole answer.
pub(super) fn read(answered: ConverseOutput) -> Result<ModelAnswer, ModelError> {
    let mut gathered = Gathered {
        tokens: answered.usage().map(tokens),
        stop: Some(answered.stop_reason().clone()),
        ..Gathered::default()
    };
    let Some(Output::Message(message)) = answered.output else {
        return Err(gathered.broken(ModelError::new(
            ModelErrorKind::Garbage,
            "an answer without a message",
        )));
    };
    for block in message.content {
        match block {
            ContentBlock::Text(text) => gathered.text.push_str(&text),
            ContentBlock::ToolUse(tool) => gathered.tool = Some(json(tool.input()).to_string()),
            _ => {}
        }
    }
    gathered.end()
}

/// What has come of an answer so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    text: String,
    /// The tool's input, as JSON.
    tool: Option<String>,
    stop: Option<StopReason>,
    tokens: Option<Tokens>,
}

impl Gathered {
    pub(super) fn start(&mut self, event: &ContentBlockStartEvent) {
        if let Some(ContentBlockStart::ToolUse(_)) = event.start {
            self.tool = Some(String::new());
        }
    }

    pub(super) fn delta(&mut self, event: ContentBlockDeltaEvent) {
        let (place, piece) = match event.delta {
            Some(ContentBlockDelta::Text(piece)) => (&mut self.text, piece),
            Some(ContentBlockDelta::ToolUse(piece)) => (self.tool.get_or_insert_default(), piece.input),
            _ => return,
        };
        if place.len() + piece.len() <= BYTES_MAX {
            place.push_str(&piece);
        }
    }

    pub(super) fn stop(&mut self, reason: StopReason) {
        self.stop = Some(reason);
    }

    pub(super) fn metadata(&mut self, event: &ConverseStreamMetadataEvent) {
        self.tokens = event.usage.as_ref().map(tokens);
    }

    /// Whether nothing is missing any more.
    pub(super) fn is_whole(&self) -> bool {
        self.stop.is_some() && self.tokens.is_some()
    }

    /// The answer, or why it is none.
    pub(super) fn end(self) -> Result<ModelAnswer, ModelError> {
        use ModelErrorKind as Kind;
        let failed = |kind, message: &str| Err(ModelError::new(kind, message));
        let outcome = match &self.stop {
            None => failed(Kind::StreamBroken, "the answer broke off"),
            Some(StopReason::MaxTokens) => failed(Kind::CutOff, "the answer reached its most tokens"),
            Some(StopReason::GuardrailIntervened) => failed(Kind::Refused, "a guardrail intervened"),
            Some(StopReason::ContentFiltered) => failed(Kind::Refused, "the answer was filtered"),
            Some(StopReason::ModelContextWindowExceeded) => {
                failed(Kind::TooLong, "the request does not fit the model's context")
            }
            // A broken form is for whoever reads the answer: it may ask once more.
            Some(_) => Ok(()),
        };
        match outcome {
            Ok(()) => Ok(ModelAnswer {
                text: self.tool.unwrap_or(self.text),
                tokens: self.tokens.unwrap_or_default(),
            }),
            Err(error) => Err(self.broken(error)),
        }
    }

    /// The error of an answer that had begun.
    pub(super) fn broken(&self, error: ModelError) -> ModelError {
        match self.tokens {
            Some(tokens) => error.after(tokens),
            None => error,
        }
    }
}

fn tokens(usage: &TokenUsage) -> Tokens {
    let count = |count: i32| u32::try_from(count).unwrap_or_default();
    Tokens {
        input: count(usage.input_tokens()),
        output: count(usage.output_tokens()),
        cache_read: count(usage.cache_read_input_tokens().unwrap_or_default()),
        cache_write: count(usage.cache_write_input_tokens().unwrap_or_default()),
    }
}

/// Smithy's JSON as everybody's.
fn json(document: &Document) -> Value {
    match document {
        Document::Null => Value::Null,
        Document::Bool(value) => (*value).into(),
        Document::Number(Number::PosInt(whole)) => (*whole).into(),
        Document::Number(Number::NegInt(whole)) => (*whole).into(),
        Document::Number(Number::Float(number)) => (*number).into(),
        Document::String(text) => text.clone().into(),
        Document::Array(values) => values.iter().map(json).collect(),
        Document::Object(values) => values
            .iter()
            .map(|(key, value)| (key.clone(), json(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}
