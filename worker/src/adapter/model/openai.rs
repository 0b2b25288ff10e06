//! Models behind OpenAI's chat completions: Ollama, vLLM, LM Studio, OpenAI itself and many more.
//!
//! Services differ in what they know of structured answers. One that refuses `response_format` with a
//! schema is asked without it from then on, with the schema in words; the answer is checked either way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::{Client, StatusCode, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ModelAnswer, ModelError, ModelErrorKind as Kind, ModelRequest};
use crate::ai::config::{ModelSpec, Structured, Tokens};

/// Most bytes of an answer that are read: far more than any most-tokens allows.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// How much of a refusal goes into the log, in characters.
const SAID_MAX: usize = 500;

/// Where the service is.
#[derive(Clone, Debug)]
pub struct OpenAiSettings {
    /// Its address up to and without `/chat/completions`, such as `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// Its key, where it wants one.
    pub key: Option<SecretString>,
    /// The model's id, where it is another than the table says.
    pub model: Option<String>,
}

/// One model.
#[derive(Clone, Debug)]
pub struct OpenAiModel {
    http: Client,
    url: String,
    key: Option<SecretString>,
    spec: ModelSpec,
    /// Whether the service has refused an answer's schema.
    without_schema: Arc<AtomicBool>,
}

#[derive(Deserialize)]
struct Answered {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Deserialize)]
struct ToolCall {
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    arguments: String,
}

#[derive(Default, Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    #[serde(default)]
    prompt_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    cached_tokens: u32,
}

impl OpenAiModel {
    /// The model `spec` describes. Nothing is asked of it yet.
    ///
    /// # Errors
    /// The address is none; the text says what to set.
    pub fn new(settings: &OpenAiSettings, mut spec: ModelSpec) -> anyhow::Result<Self> {
        let base = settings.base_url.trim().trim_end_matches('/');
        let url = reqwest::Url::parse(base)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        anyhow::ensure!(
            url.is_some(),
            "OPENAI_BASE_URL must be an address such as http://127.0.0.1:11434/v1"
        );
        if let Some(id) = &settings.model {
            spec.id.clone_from(id);
        }
        let http = Client::builder()
            // A key must not travel to where an answer points.
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(spec.timeout() * 2)
            .build()?;
        Ok(Self {
            http,
            url: format!("{base}/chat/completions"),
            key: settings.key.clone(),
            spec,
            without_schema: Arc::default(),
        })
    }

    /// What the service calls it.
    pub fn id(&self) -> &str {
        &self.spec.id
    }

    pub(super) async fn ask(&self, request: &ModelRequest) -> Result<ModelAnswer, ModelError> {
        let with_schema =
            self.spec.structured == Structured::JsonSchema && !self.without_schema.load(Ordering::Relaxed);
        let (status, body) = self.post(&self.body(request, with_schema)).await?;
        if status == StatusCode::BAD_REQUEST && with_schema && mentions_format(&body) {
            tracing::info!(
                url = self.url,
                "the service takes no answer schema: asking in words from now on"
            );
            self.without_schema.store(true, Ordering::Relaxed);
            let (status, body) = self.post(&self.body(request, false)).await?;
            return read(status, &body);
        }
        read(status, &body)
    }

    async fn post(&self, body: &Value) -> Result<(StatusCode, Vec<u8>), ModelError> {
        let mut request = self.http.post(&self.url).json(body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let mut response = request.send().await.map_err(|error| away(&error))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| broken(&error))? {
            if body.len() + piece.len() > BYTES_MAX {
                return Err(ModelError::new(Kind::Garbage, "an answer without an end"));
            }
            body.extend_from_slice(&piece);
        }
        Ok((status, body))
    }

    fn body(&self, request: &ModelRequest, with_schema: bool) -> Value {
        let form = &request.form;
        let mut system = request.system.to_string();
        let in_words = self.spec.structured == Structured::JsonSchema && !with_schema;
        if in_words {
            system.push_str(
                "\n\nAnswer with one JSON object and nothing else. It has to fit this JSON Schema:\n",
            );
            system.push_str(&form.schema.to_string());
        }
        let mut messages = vec![
            json!({ "role": "system", "content": system }),
            json!({ "role": "user", "content": &*request.user }),
        ];
        if let Some(repair) = &request.repair {
            messages.push(json!({ "role": "assistant", "content": repair.answer }));
            messages.push(json!({ "role": "user", "content": repair.complaint }));
        }
        let mut body = json!({
            "model": self.spec.id,
            "messages": messages,
            "max_tokens": request.max_tokens,
        });
        if self.spec.temperature {
            body["temperature"] = json!(0);
        }
        let function = json!({
            "type": "function",
            "function": { "name": form.name, "description": form.description, "parameters": form.schema },
        });
        match self.spec.structured {
            Structured::JsonSchema if with_schema => {
                body["response_format"] = json!({
                    "type": "json_schema",
                    "json_schema": { "name": form.name, "schema": form.schema, "strict": true },
                });
            }
            Structured::JsonSchema => {}
            Structured::ForcedTool => {
                body["tools"] = json!([function]);
                body["tool_choice"] = json!({ "type": "function", "function": { "name": form.name } });
            }
            Structured::AutoTool => {
                body["tools"] = json!([function]);
                body["tool_choice"] = json!("auto");
            }
        }
        body
    }
}

/// Whether a refusal is about the answer's form.
fn mentions_format(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).to_lowercase();
    ["response_format", "json_schema", "schema", "grammar"]
        .iter()
        .any(|word| text.contains(word))
}

fn read(status: StatusCode, body: &[u8]) -> Result<ModelAnswer, ModelError> {
    if !status.is_success() {
        let said: String = String::from_utf8_lossy(body).chars().take(SAID_MAX).collect();
        let kind = match status.as_u16() {
            429 => Kind::Throttled,
            401 | 403 => Kind::Denied,
            404 => Kind::NotFound,
            408 | 504 => Kind::TimedOut,
            413 => Kind::TooLong,
            400 if said.contains("context_length") || said.contains("context length") => Kind::TooLong,
            502 | 503 => Kind::Unavailable,
            500.. => Kind::ServerFault,
            _ => Kind::Invalid,
        };
        return Err(ModelError::new(kind, format!("{status}: {said}")));
    }
    let garbage = |error: String| ModelError::new(Kind::Garbage, error);
    let answered: Answered = serde_json::from_slice(body).map_err(|error| garbage(error.to_string()))?;
    let usage = answered.usage.unwrap_or_default();
    let cached = usage
        .prompt_tokens_details
        .map_or(0, |details| details.cached_tokens);
    let tokens = Tokens {
        input: usage.prompt_tokens.saturating_sub(cached),
        output: usage.completion_tokens,
        cache_read: cached,
        cache_write: 0,
    };
    let choice = answered.choices.into_iter().next();
    let choice = choice.ok_or_else(|| garbage("an answer without a choice".to_owned()).after(tokens))?;
    let refused = |kind, message: &str| Err(ModelError::new(kind, message).after(tokens));
    match choice.finish_reason.as_deref() {
        Some("length") => return refused(Kind::CutOff, "the answer reached its most tokens"),
        Some("content_filter") => return refused(Kind::Refused, "the answer was filtered"),
        _ => {}
    }
    if let Some(refusal) = choice.message.refusal.filter(|text| !text.trim().is_empty()) {
        let said: String = refusal.chars().take(SAID_MAX).collect();
        return refused(Kind::Refused, &said);
    }
    let called = choice.message.tool_calls.unwrap_or_default().into_iter().next();
    Ok(ModelAnswer {
        text: called.map_or(choice.message.content.unwrap_or_default(), |call| {
            call.function.arguments
        }),
        tokens,
    })
}

fn away(error: &reqwest::Error) -> ModelError {
    let kind = if error.is_timeout() {
        Kind::TimedOut
    } else {
        Kind::Unavailable
    };
    ModelError::new(kind, cause(error))
}

fn broken(error: &reqwest::Error) -> ModelError {
    let kind = if error.is_timeout() {
        Kind::TimedOut
    } else {
        Kind::StreamBroken
    };
    ModelError::new(kind, cause(error))
}

/// The error with its causes, without the address: it may hold a password.
fn cause(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut next: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = next {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&error.to_string());
        next = error.source();
    }
    if text.is_empty() {
        "the request failed".to_owned()
    } else {
        text
    }
}
