//! The GraphQL schema and how it is run.
//!
//! `model/` what can be read, `query/` and `mutation/` and `subscription/` the
//! roots, `ws/` the socket; `context` who asks, `loader` batched reads, `node`
//! ids, `limits` what a document may ask for, `scopes` what a token may, `error` and `payload` the two
//! ways in which something does not work.

pub mod context;
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
pub mod ws;

use std::sync::Arc;

use async_graphql::{Request, SDLExportOptions, Schema, SchemaBuilder, ServerError};

use self::{
    context::{CallerAddress, Reader, Requester, Surface},
    model::node::Node,
    mutation::Mutation,
    query::Query,
    request::NoteExecution,
    subscription::Subscription,
};
use crate::app::App;

/// The schema with its resolvers.
pub type AppSchema = Schema<Query, Mutation, Subscription>;

/// The schema, still without the process's data.
pub fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query, Mutation::default(), Subscription)
        .register_output_type::<Node>()
        .extension(NoteExecution)
        // `limits` has counted already; this only keeps the executor's own guard above it.
        .limit_recursive_depth(limits::MAX_NESTING)
}

/// The schema's text, the same for the same code.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().prefer_single_line_descriptions();
    builder().finish().sdl_with_options(options)
}

/// Gives a request what its resolvers need, once it is clear that a token is
/// good for all it asks. The reader is to be released when an answer is ready.
///
/// # Errors
/// FORBIDDEN for a token that lacks a scope; nothing has run then.
pub fn attach(
    app: &Arc<App>,
    mut request: Request,
    surface: Surface,
    requester: Requester,
    address: CallerAddress,
) -> Result<(Request, Arc<Reader>), ServerError> {
    if let Some(grant) = requester.token() {
        let name = request.operation_name.clone();
        let document = request.parsed_query()?;
        scopes::check(&app.cost_model, document, name.as_deref(), grant)?;
    }
    let reader = Arc::new(Reader::new(app.db.clone(), requester.clone()));
    let request = request
        .data(Arc::clone(app))
        .data(surface)
        .data(requester)
        .data(address)
        .data(loader::new(&reader))
        .data(Arc::clone(&reader));
    Ok((request, reader))
}
