//! `ai.toml`: which models there are, what they cost and can do, and which use case goes to which. Read
//! strictly: a key nobody knows, a route to a model that is not there, a price below zero end the start
//! with a sentence that says what to change.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use smartstack_schema::UseCase;

/// The table that is built in.
const BUILT_IN: &str = include_str!("../../ai.toml");

/// The name of the built-in rules among the models.
pub const BASIC: &str = "basic";

/// The whole table.
#[derive(Clone, Debug)]
pub struct AiConfig {
    /// The models by name.
    pub models: BTreeMap<String, ModelSpec>,
    /// For each use case its models, best first.
    pub routes: BTreeMap<UseCase, Vec<String>>,
}

/// Who serves a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Bedrock.
    Bedrock,
    /// Whatever speaks OpenAI's chat completions.
    OpenAi,
}

/// How an answer in a given form is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Structured {
    /// The service holds the answer to a schema.
    JsonSchema,
    /// The model has to call the one tool, whose input is the answer.
    ForcedTool,
    /// The model may call the tool, or answer in JSON.
    AutoTool,
}

/// One model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// What people are told it is called.
    pub label: String,
    /// Who serves it.
    pub provider: Provider,
    /// What the provider calls it.
    pub id: String,
    /// How able and how dear it is, in a word.
    pub tier: String,
    /// The most tokens a request and its answer may have together.
    pub context_tokens: u32,
    /// The most tokens of an answer.
    pub max_output_tokens: u32,
    /// How an answer in a given form is had.
    pub structured: Structured,
    /// Whether the temperature may be set.
    pub temperature: bool,
    /// Whether the fixed part of a prompt may be kept by the service.
    pub prompt_cache: bool,
    /// Whether the answer is read as it is written.
    pub stream: bool,
    /// US dollars per million tokens read.
    pub input_usd: f64,
    /// US dollars per million tokens written.
    pub output_usd: f64,
    /// US dollars per million tokens out of the cache; as read when left out.
    pub cache_read_usd: Option<f64>,
    /// US dollars per million tokens into the cache; as read when left out.
    pub cache_write_usd: Option<f64>,
    /// Calls under way at a time, by this worker.
    #[serde(default = "four")]
    pub concurrency: usize,
    /// Calls begun in a minute, by this worker.
    #[serde(default = "sixty")]
    pub requests_per_minute: u32,
    /// Seconds one call may take.
    #[serde(default = "ninety")]
    pub timeout_seconds: u64,
}

const fn four() -> usize {
    4
}

const fn sixty() -> u32 {
    60
}

const fn ninety() -> u64 {
    90
}

/// Tokens a call took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Read, those out of the cache not included.
    pub input: u32,
    /// Written.
    pub output: u32,
    /// Read out of the cache.
    pub cache_read: u32,
    /// Written to the cache.
    pub cache_write: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    routes: BTreeMap<String, Vec<String>>,
    models: BTreeMap<String, ModelSpec>,
}

impl AiConfig {
    /// The table in `file`, or the one that is built in.
    ///
    /// # Errors
    /// It cannot be read or breaks a rule; the text says where and how.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        match file {
            None => Self::parse(BUILT_IN).context("the built-in ai.toml"),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                Self::parse(&text).with_context(|| path.display().to_string())
            }
        }
    }

    /// Reads and checks a table.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        // The parser's own text shows line and column.
        let file: File = toml::from_str(text).map_err(|error| anyhow::Error::msg(error.to_string()))?;
        for (name, model) in &file.models {
            model.check(name)?;
        }
        let mut routes = BTreeMap::new();
        for (name, models) in file.routes {
            let Some(use_case) = UseCase::parse(&name.to_uppercase()) else {
                let known: Vec<_> = UseCase::ALL
                    .iter()
                    .map(|one| one.as_str().to_lowercase())
                    .collect();
                bail!("routes.{name}: no such use case; there are: {}", known.join(", "));
            };
            ensure!(
                !models.is_empty(),
                "routes.{name}: name at least one model, such as \"{BASIC}\""
            );
            for model in &models {
                ensure!(
                    model == BASIC || file.models.contains_key(model),
                    "routes.{name}: there is no [models.{model}]"
                );
            }
            routes.insert(use_case, models);
        }
        Ok(Self {
            models: file.models,
            routes,
        })
    }
}

impl ModelSpec {
    fn check(&self, name: &str) -> anyhow::Result<()> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        ensure!(
            !name.is_empty() && name.len() <= 100 && name.chars().all(plain),
            "models.{name}: name it with at most 100 letters, digits, dashes"
        );
        ensure!(
            name != BASIC,
            "models.{BASIC}: the name of the built-in rules; choose another"
        );
        for (key, text, most) in [
            ("label", &self.label, 200),
            ("id", &self.id, 200),
            ("tier", &self.tier, 50),
        ] {
            ensure!(
                !text.trim().is_empty() && text.chars().count() <= most,
                "models.{name}.{key}: write 1 to {most} characters"
            );
        }
        let prices = [
            ("input_usd", Some(self.input_usd)),
            ("output_usd", Some(self.output_usd)),
            ("cache_read_usd", self.cache_read_usd),
            ("cache_write_usd", self.cache_write_usd),
        ];
        for (key, price) in prices {
            ensure!(
                price.is_none_or(|price| (0.0..=10_000.0).contains(&price)),
                "models.{name}.{key}: write US dollars per million tokens, 0 to 10000"
            );
        }
        ensure!(
            (256..=1_000_000).contains(&self.max_output_tokens)
                && self.max_output_tokens < self.context_tokens,
            "models.{name}.max_output_tokens: write 256 or more, and less than context_tokens"
        );
        ensure!(
            self.context_tokens <= 10_000_000,
            "models.{name}.context_tokens: write at most 10000000"
        );
        ensure!(
            (1..=1000).contains(&self.concurrency),
            "models.{name}.concurrency: write 1 to 1000"
        );
        ensure!(
            (1..=60_000).contains(&self.requests_per_minute),
            "models.{name}.requests_per_minute: write 1 to 60000"
        );
        ensure!(
            (1..=600).contains(&self.timeout_seconds),
            "models.{name}.timeout_seconds: write 1 to 600"
        );
        Ok(())
    }

    /// What `tokens` cost, in millionths of a US dollar, rounded up: dollars per million tokens are
    /// millionths of a dollar per token.
    #[must_use]
    pub fn cost_micro_usd(&self, tokens: &Tokens) -> i64 {
        let part = |count: u32, price: f64| f64::from(count) * price;
        let cost = part(tokens.input, self.input_usd)
            + part(tokens.output, self.output_usd)
            + part(tokens.cache_read, self.cache_read_usd.unwrap_or(self.input_usd))
            + part(tokens.cache_write, self.cache_write_usd.unwrap_or(self.input_usd));
        #[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates")]
        let whole = cost.ceil() as i64;
        whole
    }

    /// The most that a call with at most `input_tokens` and an answer of `output_tokens` can cost.
    #[must_use]
    pub fn worst_micro_usd(&self, input_tokens: u32, output_tokens: u32) -> i64 {
        // What is read may be written to the cache, which costs more; not both, by one provider's books.
        let dearest = self.cache_write_usd.unwrap_or(0.0).max(self.input_usd);
        let worst = Self {
            input_usd: dearest,
            ..self.clone()
        };
        worst.cost_micro_usd(&Tokens {
            input: input_tokens,
            output: output_tokens,
            ..Tokens::default()
        })
    }

    /// How long one call may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = "label = 'L'\nprovider = 'bedrock'\nid = 'i'\ntier = 't'\ncontext_tokens = 1000\n\
        max_output_tokens = 500\nstructured = 'auto_tool'\ntemperature = false\nprompt_cache = false\nstream = false\n\
        input_usd = 1.0\noutput_usd = 5.0\n";

    fn table(routes: &str, model: &str) -> String {
        format!("[routes]\n{routes}\n[models.m]\n{model}")
    }

    fn refused(text: &str) -> String {
        format!("{:#}", AiConfig::parse(text).unwrap_err())
    }

    #[test]
    fn the_built_in_table_holds() {
        let config = AiConfig::load(None).unwrap();
        for use_case in UseCase::ALL {
            let route = config.routes.get(use_case);
            assert_eq!(
                route.and_then(|route| route.last()).map(String::as_str),
                Some(BASIC),
                "{use_case} works without any model"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(AiConfig::parse(&table("plan = ['m', 'basic']", MODEL)).is_ok());
        for (text, said) in [
            (table("plan = ['x']", MODEL), "there is no [models.x]"),
            (table("plan = []", MODEL), "at least one model"),
            (table("dance = ['m']", MODEL), "there are: plan"),
            (table("", &format!("{MODEL}colour = 'red'\n")), "colour"),
            (table("", &MODEL.replace("1.0", "-1.0")), "models.m.input_usd"),
            (table("", &MODEL.replace("'auto_tool'", "'magic'")), "auto_tool"),
            (
                table("", &MODEL.replace("500", "5000")),
                "models.m.max_output_tokens",
            ),
            (table("", &MODEL.replace("label = 'L'\n", "")), "label"),
            (
                table("", MODEL).replace("models.m", "models.basic"),
                "choose another",
            ),
        ] {
            let error = refused(&text);
            assert!(error.contains(said), "{error} should say {said}");
        }
    }

    #[test]
    fn costs_are_rounded_up_and_bounded_by_the_worst() {
        let config = AiConfig::load(None).unwrap();
        let model = &config.models["claude-haiku"];
        let tokens = |input, output, cache_read, cache_write| Tokens {
            input,
            output,
            cache_read,
            cache_write,
        };
        assert_eq!(model.cost_micro_usd(&tokens(1_000_000, 0, 0, 0)), 1_000_000);
        assert_eq!(model.cost_micro_usd(&tokens(0, 0, 1, 0)), 1);
        for split in [0, 1, 500, 1000] {
            let cost = model.cost_micro_usd(&tokens(1000 - split, 300, 0, split));
            assert!(cost <= model.worst_micro_usd(1000, 300), "{split}: {cost}");
        }
    }
}
