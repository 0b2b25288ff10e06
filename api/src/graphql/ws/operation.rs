//! One operation on a socket, from `subscribe` to `complete` or `error`.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use async_graphql::{Response, ServerError, Value, parser::types::OperationType};
use futures_util::{FutureExt, StreamExt};
use poem::http::HeaderMap;
use smartstack_domain::rate::{Budget, Spent};
use smartstack_schema::ErrorCode;

use super::{Outgoing, Running, Stalled, protocol};
use crate::{
    app::App,
    graphql::{
        self,
        context::{CallerAddress, Requester, Surface},
        cost, error,
        request::{Parameters, Prepared},
    },
    http::{problem::INTERNAL_MESSAGE, request_id, shell::panic_text},
    metrics::{Kind, Outcome},
};

/// What an operation needs of its socket.
pub(super) struct Operation {
    pub(super) app: Arc<App>,
    pub(super) surface: Surface,
    pub(super) cookies: Arc<HeaderMap>,
    pub(super) requester: Requester,
    pub(super) address: CallerAddress,
    pub(super) running: Arc<Running>,
    pub(super) outgoing: Outgoing,
    pub(super) id: String,
}

/// The `error` message for one operation too many.
pub(super) fn too_many(id: &str, limit: usize) -> String {
    let message = format!("One socket runs {limit} operations at most; complete one first.");
    let mut errors = [error::coded_server(ErrorCode::RateLimited, message)];
    error::finish_errors(&mut errors);
    protocol::error(id, &errors)
}

impl Operation {
    /// Runs the operation under a request id of its own.
    pub(super) async fn run(self, payload: serde_json::Value) -> Result<(), Stalled> {
        let request_id = self.app.new_request_id();
        let executed = Box::pin(self.execute(payload));
        request_id::scope(request_id, async {
            match AssertUnwindSafe(executed).catch_unwind().await {
                Ok(result) => result,
                Err(panic) => {
                    tracing::error!(panic = panic_text(panic.as_ref()), "an operation panicked");
                    self.fail(vec![error::coded_server(ErrorCode::Internal, INTERNAL_MESSAGE)])
                        .await
                }
            }
        })
        .await
    }

    async fn execute(&self, payload: serde_json::Value) -> Result<(), Stalled> {
        let prepared = Parameters::from_json(payload)
            .map_err(|message| error::coded_server(ErrorCode::BadUserInput, message))
            .and_then(|parameters| self.app.documents.prepare(parameters));
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return self.fail(vec![error]).await,
        };
        // Rights may have changed since the socket was opened.
        let renewed = self.requester.renew(&self.app, &self.surface, &self.cookies);
        // Boxed, as the others that are over when a subscription waits: it waits in a future as large as the
        // largest of them.
        let requester = match Box::pin(renewed).await {
            Ok(requester) => requester,
            Err(fault) => {
                let fault = error::from_domain(&fault).into_server_error(async_graphql::Pos::default());
                return self.fail(vec![fault]).await;
            }
        };
        let (key, requested) = (cost::key(&requester, &self.address), prepared.totals.cost);
        let budget = match Box::pin(self.app.budgets.spend(&key, requested)).await {
            Ok(Spent::Yes(budget)) => budget,
            Ok(Spent::No(budget)) => {
                let (error, _) = cost::throttled(&budget, self.app.db.clock().now());
                return self.fail(vec![error]).await;
            }
            Err(fault) => {
                let fault = error::from_domain(&fault).into_server_error(async_graphql::Pos::default());
                return self.fail(vec![fault]).await;
            }
        };
        match prepared.operation {
            OperationType::Query => Box::pin(self.query(prepared, requester, &budget)).await,
            OperationType::Subscription => self.subscription(prepared, requester).await,
            OperationType::Mutation => {
                let message = "Mutations are sent by POST, not over the socket.";
                self.fail(vec![error::coded_server(ErrorCode::BadUserInput, message)])
                    .await
            }
        }
    }

    async fn query(&self, prepared: Prepared, requester: Requester, budget: &Budget) -> Result<(), Stalled> {
        let (executed, requested) = (prepared.executed.clone(), prepared.totals.cost);
        let attached = match self.attach(prepared, requester) {
            Ok(attached) => attached,
            Err(refusal) => return self.fail(vec![refusal]).await,
        };
        let started = Instant::now();
        let mut response = attached.execute(&self.app.schemas).await;
        let outcome = Outcome::of_answer(&response);
        self.app.metrics.operated(Kind::Query, outcome, started.elapsed());
        if !executed.get() {
            return self.fail(response.errors).await;
        }
        error::finish(&mut response);
        cost::note(&mut response, requested, budget);
        self.outgoing.send(protocol::next(&self.id, &response)).await?;
        self.complete().await
    }

    async fn subscription(&self, prepared: Prepared, requester: Requester) -> Result<(), Stalled> {
        let attached = match self.attach(prepared, requester) {
            Ok(attached) => attached,
            Err(refusal) => return self.fail(vec![refusal]).await,
        };
        let reader = Arc::clone(&attached.reader);
        let _running = self.app.metrics.subscribed();
        let mut events = attached.execute_stream(&self.app.schemas);
        while let Some(mut response) = events.next().await {
            // No transaction stays open between events; the next one reads anew.
            Box::pin(reader.release()).await;
            if has_failed(&response) {
                return self.fail(response.errors).await;
            }
            error::finish(&mut response);
            self.outgoing.send(protocol::next(&self.id, &response)).await?;
        }
        self.complete().await
    }

    fn attach(&self, prepared: Prepared, requester: Requester) -> Result<graphql::Attached, ServerError> {
        let (surface, address) = (self.surface.clone(), self.address.clone());
        graphql::attach(&self.app, prepared, surface, requester, address)
    }

    async fn complete(&self) -> Result<(), Stalled> {
        // First off the list, then told: the client may use the id again at once.
        self.running.with(|running| running.remove(&self.id));
        self.outgoing.send(protocol::complete(&self.id)).await
    }

    async fn fail(&self, mut errors: Vec<ServerError>) -> Result<(), Stalled> {
        error::finish_errors(&mut errors);
        self.running.with(|running| running.remove(&self.id));
        self.outgoing.send(protocol::error(&self.id, &errors)).await
    }
}

/// Whether an event says that the subscription cannot go on.
fn has_failed(response: &Response) -> bool {
    response.data == Value::Null && !response.errors.is_empty()
}
