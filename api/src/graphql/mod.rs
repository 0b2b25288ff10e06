//! The GraphQL schema and how it is run.
//!
//! `model/` what can be read, `query/` and `mutation/` and `subscription/` the
//! roots, `ws/` the socket; `context` who asks, `documents` what was asked before, `trusted` what the app asks, `eager` quick objects, `written` quick lists, `answer` an answer's text, `loader` batched reads, `node`
//! ids, `limits` what a document may ask for, `cost` what it costs, `scopes` what a token may, `error` and `payload` the two
//! ways in which something does not work, `wait` for short jobs.

pub mod answer;
pub mod context;
pub mod cost;
pub mod documents;
pub mod eager;
pub mod error;
pub mod limits;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod node;
pub mod payload;
pub mod query;
pub mod request;
pub mod scopes;
pub mod subscription;
pub mod trusted;
pub mod wait;
pub mod written;
pub mod ws;

use std::sync::Arc;

use async_graphql::{
    Request, Response, SDLExportOptions, Schema, SchemaBuilder, ServerError, ValidationMode,
};
use futures_util::Stream;
use smartstack_schema::ErrorCode;

use self::{
    context::{CallerAddress, Reader, Requester, Surface},
    loader::Loaders,
    model::node::Node,
    mutation::Mutation,
    query::Query,
    request::{Prepared, Stages},
    subscription::Subscription,
};
use crate::app::App;

/// The schema with its resolvers.
pub type AppSchema = Schema<Query, Mutation, Subscription>;

/// The schema, once for each way a request takes.
pub struct Schemas {
    /// Validates everything first.
    validating: AppSchema,
    /// For what was found valid before: no second validation, and no extension on the way of each field.
    known: AppSchema,
}

impl Schemas {
    /// Builds both.
    pub fn new() -> Self {
        Self {
            validating: builder().extension(Stages).finish(),
            known: builder().validation_mode(ValidationMode::Fast).finish(),
        }
    }

    fn of(&self, valid: bool) -> &AppSchema {
        if valid { &self.known } else { &self.validating }
    }
}

impl Default for Schemas {
    fn default() -> Self {
        Self::new()
    }
}

/// The schema, still without the process's data.
fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query, Mutation::default(), Subscription)
        .register_output_type::<Node>()
        // `limits` has counted already; this only keeps the executor's own guard above it.
        .limit_recursive_depth(limits::MAX_NESTING)
}

/// The schema's text, the same for the same code.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().prefer_single_line_descriptions();
    builder().finish().sdl_with_options(options)
}

/// An operation with what its resolvers need.
pub struct Attached {
    request: Request,
    valid: bool,
    /// To be released when an answer is ready.
    pub reader: Arc<Reader>,
    loaders: Arc<Loaders>,
}

/// Gives an operation what its resolvers need, once it is clear that a token is good for all it asks.
///
/// # Errors
/// FORBIDDEN for a token that lacks a scope, and, where the installation wants it so, for a document that is not
/// the app's and comes without a token; nothing has run then.
pub fn attach(
    app: &Arc<App>,
    mut prepared: Prepared,
    surface: Surface,
    requester: Requester,
    address: CallerAddress,
) -> Result<Attached, ServerError> {
    match requester.token() {
        Some(grant) => {
            let name = prepared.request.operation_name.clone();
            let document = prepared.request.parsed_query()?;
            scopes::check(&app.documents.model, document, name.as_deref(), grant)?;
        }
        None if app.config.only_trusted_documents && !prepared.is_trusted => {
            let message = "Without a token, this installation answers to its own app's documents alone.";
            return Err(error::coded_server(ErrorCode::Forbidden, message));
        }
        None => {}
    }
    let reader = Arc::new(Reader::new(app.db.clone(), requester.clone()));
    let loaders = Loaders::new(&reader);
    let request = prepared
        .request
        .data(Arc::clone(app))
        .data(surface)
        .data(requester)
        .data(address)
        .data(Arc::clone(&loaders))
        .data(Arc::clone(&reader));
    Ok(Attached {
        request,
        valid: prepared.valid,
        reader,
        loaders,
    })
}

impl Attached {
    /// Runs a query or mutation. Its reading transactions end with it: on their own, since the answer
    /// need not wait for that.
    pub async fn execute(self, schemas: &Schemas) -> Response {
        let schema = schemas.of(self.valid);
        let response = self.loaders.drive(schema.execute(self.request)).await;
        tokio::spawn(async move { self.reader.release().await });
        response
    }

    /// Runs a subscription.
    pub fn execute_stream(self, schemas: &Schemas) -> impl Stream<Item = Response> + Unpin + use<> {
        let schema = schemas.of(self.valid);
        self.loaders.drive_stream(schema.execute_stream(self.request))
    }
}
