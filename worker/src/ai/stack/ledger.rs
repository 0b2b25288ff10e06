//! Reserves the worst a call can cost before it is made, and notes what it did cost after.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Instant;

use smartstack_domain::ai::Usage;
use smartstack_domain::ai::ledger::{self, NewCall, Reservation};
use tower::{Layer, Service};
use uuid::Uuid;

use super::{Account, Answered, Asking, Call, CallError};
use crate::adapter::model::{ModelAnswer, ModelError, ModelRequest};
use crate::ai::config::{ModelSpec, Tokens};
use crate::failpoint;
use crate::metrics;

/// Tokens that the form of a request adds to its text, at most.
const OVERHEAD_TOKENS: usize = 2_000;

/// Puts [`Ledger`] around a service.
#[derive(Clone, Debug)]
pub(super) struct LedgerLayer {
    name: Arc<str>,
    spec: Arc<ModelSpec>,
}

impl LedgerLayer {
    pub(super) fn new(name: &str, spec: ModelSpec) -> Self {
        Self {
            name: name.into(),
            spec: Arc::new(spec),
        }
    }

    async fn reserve(&self, account: &Account, request: &ModelRequest) -> Result<Uuid, CallError> {
        let new = NewCall {
            attempt: account.attempt,
            call: account.calls.fetch_add(1, Ordering::Relaxed) + 1,
            use_case: account.use_case,
            model: self.name.to_string(),
            prompt_version: account.prompt_version.clone(),
            worst_micro_usd: self
                .spec
                .worst_micro_usd(most_tokens(request), request.max_tokens),
        };
        let envelope = account.envelope.clone();
        let reserve = account
            .db
            .in_system(move |tx| Box::pin(async move { ledger::reserve(tx, &envelope, &new).await }));
        match reserve.await? {
            Reservation::Reserved(id) => Ok(id),
            Reservation::Refused(refusal) => {
                metrics::ai_not_asked(&self.name, "refused");
                Err(CallError::Refused(refusal))
            }
        }
    }

    fn usage(&self, tokens: &Tokens) -> Usage {
        let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        Usage {
            input_tokens: count(tokens.input),
            output_tokens: count(tokens.output),
            cache_read_tokens: count(tokens.cache_read),
            cache_write_tokens: count(tokens.cache_write),
            cost_micro_usd: self.spec.cost_micro_usd(tokens),
        }
    }

    async fn note(
        &self,
        account: &Account,
        id: Uuid,
        outcome: &Result<ModelAnswer, ModelError>,
    ) -> Result<(), CallError> {
        let (usage, failure) = match outcome {
            Ok(answer) => (Some(self.usage(&answer.tokens)), None),
            Err(error) => (
                error.tokens.as_ref().map(|tokens| self.usage(tokens)),
                Some(error.kind.as_str()),
            ),
        };
        let note = account.db.in_worker(&account.envelope, move |tx| {
            Box::pin(async move {
                if let Some(usage) = usage {
                    ledger::answered(tx, id, &usage).await?;
                }
                if let Some(failure) = failure {
                    ledger::failed(tx, id, failure).await?;
                }
                Ok(())
            })
        });
        Ok(note.await?)
    }
}

/// No token is shorter than a byte, so a request never has more tokens than bytes.
pub(crate) fn most_tokens(request: &ModelRequest) -> u32 {
    let repair = request
        .repair
        .as_ref()
        .map_or(0, |repair| repair.answer.len() + repair.complaint.len());
    // The form may travel twice: as a schema, and in words.
    let form = (request.form.schema.to_string().len() + request.form.description.len()) * 2;
    let bytes = request.system.len() + request.user.len() + form + repair + OVERHEAD_TOKENS;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

impl<S> Layer<S> for LedgerLayer {
    type Service = Ledger<S>;

    fn layer(&self, inner: S) -> Ledger<S> {
        Ledger {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service whose calls are paid for.
#[derive(Clone, Debug)]
pub(super) struct Ledger<S> {
    inner: S,
    layer: LedgerLayer,
}

impl<S> Service<Call> for Ledger<S>
where
    S: Service<ModelRequest, Response = ModelAnswer, Error = ModelError> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Answered;
    type Error = CallError;
    type Future = Asking;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), CallError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Asking {
        let (inner, layer) = (self.inner.clone(), self.layer.clone());
        Box::pin(async move {
            let id = match &call.account {
                Some(account) => Some(layer.reserve(account, &call.request).await?),
                None => None,
            };
            let fail_point = failpoint::pass("worker::after_reserve").await;
            fail_point.map_err(|error| {
                ModelError::new(
                    crate::adapter::model::ModelErrorKind::Unavailable,
                    error.to_string(),
                )
            })?;
            let asked = Instant::now();
            let outcome = tower::ServiceExt::oneshot(inner, call.request).await;
            let word = outcome
                .as_ref()
                .map_or_else(|error| error.kind.as_str(), |_| "answered");
            metrics::ai_call(&layer.name, word, asked.elapsed());
            let used = match &outcome {
                Ok(answer) => Some(&answer.tokens),
                Err(error) => error.tokens.as_ref(),
            };
            if let Some(tokens) = used {
                metrics::ai_used(&layer.name, tokens, layer.spec.cost_micro_usd(tokens));
            }
            if let (Some(id), Some(account)) = (id, &call.account) {
                layer.note(account, id, &outcome).await?;
            }
            let answer = outcome?;
            Ok(Answered {
                cost_micro_usd: layer.spec.cost_micro_usd(&answer.tokens),
                answer,
                call: id,
            })
        })
    }
}
