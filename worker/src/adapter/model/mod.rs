//! Engines that read a text and propose items. With no configuration it is [`Engine::Basic`], which runs
//! here and needs no service.

mod basic;

use smartstack_schema::Engine as EngineName;

use crate::ai::plan::{PlanDraft, PlanInput};

/// The model adapter.
#[derive(Clone, Copy, Debug, Default)]
pub enum Engine {
    /// Rules and language tooling in this process: honest, quick, no model.
    #[default]
    Basic,
}

/// Why an engine did not answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A fault in the engine's own code: the same text would fail again.
    #[error("the engine failed: {0}")]
    Fault(String),
}

impl Engine {
    /// Reads the text and proposes items. Its answer is only a claim: see [`crate::ai::validate`].
    ///
    /// # Errors
    /// See [`EngineError`].
    pub async fn plan(self, input: PlanInput) -> Result<PlanDraft, EngineError> {
        match self {
            Self::Basic => basic::plan(input).await,
        }
    }

    /// What is recorded as the engine of a suggestion.
    #[must_use]
    pub fn name(self) -> EngineName {
        match self {
            Self::Basic => EngineName::Basic,
        }
    }

    /// The model that answers, where there is one.
    #[must_use]
    pub fn model(self) -> Option<String> {
        match self {
            Self::Basic => None,
        }
    }

    /// Which prompt (or, without a model, which rules) made the proposal.
    #[must_use]
    pub fn prompt_version(self) -> String {
        match self {
            Self::Basic => basic::version(),
        }
    }
}
