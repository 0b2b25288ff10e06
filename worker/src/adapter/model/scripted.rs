//! Answers made for a test, in order or by a rule.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::{ModelAnswer, ModelError, ModelErrorKind, ModelRequest};
use crate::ai::config::Tokens;

type Rule = dyn Fn(&ModelRequest) -> Result<ModelAnswer, ModelError> + Send + Sync;

/// A model that says what it was told to. Clones share what is left and what was asked.
#[derive(Clone)]
pub struct ScriptedModel {
    rule: Arc<Rule>,
    asked: Arc<Mutex<Vec<ModelRequest>>>,
}

impl ScriptedModel {
    /// Gives these answers one after another; asked more often, it is away.
    #[must_use]
    pub fn new(answers: impl IntoIterator<Item = Result<String, ModelError>>) -> Self {
        let answers: Mutex<VecDeque<_>> = Mutex::new(answers.into_iter().collect());
        Self::by(move |_| {
            let next = answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let gone = || {
                Err(ModelError::new(
                    ModelErrorKind::Unavailable,
                    "the script has ended",
                ))
            };
            next.unwrap_or_else(gone).map(answer)
        })
    }

    /// Answers each request by `rule`.
    pub fn by(
        rule: impl Fn(&ModelRequest) -> Result<ModelAnswer, ModelError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            rule: Arc::new(rule),
            asked: Arc::default(),
        }
    }

    /// What was asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<ModelRequest> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[expect(
        clippy::unused_async,
        reason = "the same signature as of models that are asked over a network"
    )]
    pub(super) async fn ask(&self, request: &ModelRequest) -> Result<ModelAnswer, ModelError> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request.clone());
        (self.rule)(request)
    }
}

/// An answer that took a thousand tokens to read and a hundred to write.
#[must_use]
pub fn answer(text: String) -> ModelAnswer {
    ModelAnswer {
        text,
        tokens: Tokens {
            input: 1000,
            output: 100,
            ..Tokens::default()
        },
    }
}

impl fmt::Debug for ScriptedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScriptedModel")
    }
}
