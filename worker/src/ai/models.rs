//! The models a worker is configured with, each in its stack, and which of them a use case goes to.

use std::path::Path;

use anyhow::Context as _;
use smartstack_domain::ai::model::AiModel;
use smartstack_domain::clock::Random;
use smartstack_schema::{Engine, UseCase};

use super::config::{AiConfig, BASIC, ModelSpec, Provider};
use super::stack::{Patience, Stack};
use crate::adapter::model::{
    BedrockModel, BedrockSettings, Model, OpenAiModel, OpenAiSettings, ScriptedModel,
};

/// Where models are to be had.
#[derive(Clone, Debug, Default)]
pub struct ModelSettings {
    /// Amazon Bedrock, where it is configured.
    pub bedrock: Option<BedrockSettings>,
    /// A service that speaks OpenAI's chat completions, where one is configured.
    pub openai: Option<OpenAiSettings>,
}

/// One model that can be asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its name in `ai.toml`.
    pub name: String,
    /// What it costs and can do.
    pub spec: ModelSpec,
    /// It, and what stands around it.
    pub stack: Stack,
}

/// What reads a text.
#[derive(Clone, Debug)]
pub enum Reader<'a> {
    /// The built-in rules.
    Basic,
    /// A model.
    Model(&'a Asked),
}

/// A model was chosen that is no longer configured.
#[derive(Debug, thiserror::Error)]
#[error("no model {0:?} is configured")]
pub struct NotConfigured(pub String);

/// The models.
#[derive(Clone, Debug)]
pub struct Models {
    asked: Vec<Asked>,
    routes: Vec<(UseCase, String)>,
}

impl Models {
    /// No model at all: everything goes to the built-in rules.
    #[must_use]
    pub fn basic() -> Self {
        Self {
            asked: Vec::new(),
            routes: Vec::new(),
        }
    }

    /// The models of `ai.toml` (`file`, or the one built in) whose providers are configured.
    ///
    /// # Errors
    /// The table or a setting is wrong; the text says what to change.
    pub async fn new(file: Option<&Path>, settings: &ModelSettings, random: &Random) -> anyhow::Result<Self> {
        let config = AiConfig::load(file)?;
        let mut asked = Vec::new();
        for (name, spec) in &config.models {
            let mut spec = spec.clone();
            let model = match (spec.provider, &settings.bedrock, &settings.openai) {
                (Provider::Bedrock, Some(bedrock), _) => {
                    Model::Bedrock(BedrockModel::new(bedrock, spec.clone()).await)
                }
                (Provider::OpenAi, _, Some(openai)) => {
                    let model =
                        OpenAiModel::new(openai, spec.clone()).with_context(|| format!("models.{name}"))?;
                    model.id().clone_into(&mut spec.id);
                    Model::OpenAi(model)
                }
                (Provider::Bedrock | Provider::OpenAi, _, _) => continue,
            };
            asked.push(Asked {
                stack: Stack::new(name, model, &spec, Patience::default(), random.clone()),
                name: name.clone(),
                spec,
            });
        }
        Ok(Self::routed(asked, &config))
    }

    /// One scripted model, asked for everything: for tests.
    #[must_use]
    pub fn scripted(model: ScriptedModel, spec: ModelSpec, patience: Patience, random: Random) -> Self {
        let name = "scripted".to_owned();
        let asked = Asked {
            stack: Stack::new(&name, Model::Scripted(model), &spec, patience, random),
            name: name.clone(),
            spec,
        };
        Self {
            routes: UseCase::ALL
                .iter()
                .map(|use_case| (*use_case, name.clone()))
                .collect(),
            asked: vec![asked],
        }
    }

    /// Each use case goes to the first of its models there is.
    fn routed(asked: Vec<Asked>, config: &AiConfig) -> Self {
        let is_there = |name: &&String| *name == BASIC || asked.iter().any(|model| model.name == **name);
        let routes = config
            .routes
            .iter()
            .filter_map(|(use_case, names)| Some((*use_case, names.iter().find(is_there)?.clone())))
            .collect();
        Self { asked, routes }
    }

    /// What reads a text for `use_case`: what a person chose, or what it goes to.
    ///
    /// # Errors
    /// [`NotConfigured`].
    pub fn reader(&self, use_case: UseCase, chosen: Option<&str>) -> Result<Reader<'_>, NotConfigured> {
        let routed = self.routes.iter().find(|(routed, _)| *routed == use_case);
        let name = chosen.or(routed.map(|(_, name)| name.as_str())).unwrap_or(BASIC);
        if name == BASIC {
            return Ok(Reader::Basic);
        }
        let found = self.asked.iter().find(|model| model.name == name);
        found
            .map(Reader::Model)
            .ok_or_else(|| NotConfigured(name.to_owned()))
    }

    /// The first model of a provider, for evaluations.
    #[must_use]
    pub fn of_provider(&self, use_case: UseCase, provider: Provider) -> Option<&Asked> {
        let routed = match self.reader(use_case, None) {
            Ok(Reader::Model(asked)) if asked.spec.provider == provider => Some(asked),
            _ => None,
        };
        routed.or_else(|| self.asked.iter().find(|model| model.spec.provider == provider))
    }

    /// Which models there are, for administrators.
    ///
    /// # Errors
    /// Which of them fail so that they are left alone.
    pub fn state(&self) -> Result<String, String> {
        let names = |left_alone: bool| -> Vec<&str> {
            let models = self.asked.iter();
            models
                .filter(|model| !left_alone || model.stack.is_left_alone())
                .map(|model| model.name.as_str())
                .collect()
        };
        let failing = names(true);
        if !failing.is_empty() {
            return Err(format!(
                "{} does not answer and is left alone for now",
                failing.join(", ")
            ));
        }
        if self.asked.is_empty() {
            return Ok("basic extraction, no model".to_owned());
        }
        Ok(names(false).join(", "))
    }

    /// Each model, and whether it fails so that it is left alone just now.
    pub fn left_alone(&self) -> impl Iterator<Item = (&str, bool)> {
        let models = self.asked.iter();
        models.map(|model| (model.name.as_str(), model.stack.is_left_alone()))
    }

    /// What people are offered.
    #[must_use]
    pub fn offered(&self) -> Vec<AiModel> {
        let default_for = |name: &str| -> Vec<UseCase> {
            UseCase::ALL
                .iter()
                .copied()
                .filter(|use_case| {
                    let routed = self.routes.iter().find(|(routed, _)| routed == use_case);
                    routed.map_or(BASIC, |(_, name)| name) == name
                })
                .collect()
        };
        let models = self.asked.iter().map(|model| AiModel {
            name: model.name.clone(),
            label: match model.spec.provider {
                Provider::Bedrock => model.spec.label.clone(),
                // The table cannot know what runs there.
                Provider::OpenAi => format!("{} ({})", model.spec.label, model.spec.id),
            },
            engine: Engine::Model,
            provider: match model.spec.provider {
                Provider::Bedrock => "Amazon Bedrock",
                Provider::OpenAi => "a service of this installation's choice",
            }
            .to_owned(),
            tier: model.spec.tier.clone(),
            default_for: default_for(&model.name),
        });
        let basic = AiModel {
            name: BASIC.to_owned(),
            label: "Built-in rules".to_owned(),
            engine: Engine::Basic,
            provider: "this installation".to_owned(),
            tier: "none".to_owned(),
            default_for: default_for(BASIC),
        };
        models.chain([basic]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_model_that_is_configured_is_asked() {
        let none = Models::new(None, &ModelSettings::default(), &Random::seeded(1))
            .await
            .unwrap();
        assert!(matches!(none.reader(UseCase::Plan, None), Ok(Reader::Basic)));
        assert!(none.reader(UseCase::Plan, Some("claude-haiku")).is_err());
        let bedrock = ModelSettings {
            bedrock: Some(BedrockSettings {
                region: "eu-central-1".to_owned(),
                endpoint: Some("http://127.0.0.1:9".to_owned()),
            }),
            openai: Some(OpenAiSettings {
                base_url: "http://127.0.0.1:9/v1".to_owned(),
                key: None,
                model: Some("llama".to_owned()),
            }),
        };
        let models = Models::new(None, &bedrock, &Random::seeded(1)).await.unwrap();
        let Ok(Reader::Model(asked)) = models.reader(UseCase::Plan, None) else {
            panic!("a model")
        };
        assert_eq!(asked.name, "claude-haiku");
        assert!(matches!(
            models.reader(UseCase::Plan, Some("basic")),
            Ok(Reader::Basic)
        ));
        let offered = models.offered();
        let names: Vec<_> = offered.iter().map(|model| model.name.as_str()).collect();
        assert_eq!(
            names,
            ["claude-haiku", "claude-sonnet", "local", "nova-lite", "basic"]
        );
        assert_eq!(offered[0].default_for, [UseCase::Plan, UseCase::Reply]);
        assert_eq!(offered[3].default_for, [UseCase::Notes, UseCase::Status]);
        assert_eq!(offered[2].label, "Own model (llama)");
        assert!(offered[4].default_for.is_empty());
    }
}
