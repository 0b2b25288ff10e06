//! How failures reach a GraphQL caller.
//!
//! Two kinds, never mixed. What a person can put right (a field left empty, a
//! lost race, a thing that is gone) is a `userError` in the mutation's
//! payload: see `payload.rs`. What went wrong with the request or with us is
//! an entry of `errors`, with one code, a constant text and the request's id;
//! the whole story is in the log under that id.

use std::sync::Arc;

use async_graphql::{Error, ErrorExtensionValues, Response, ServerError};
use smartstack_domain::{DomainError, error::StoreErrorKind};
use smartstack_schema::ErrorCode;

use crate::http::{
    problem::{INTERNAL_MESSAGE, UNAVAILABLE_MESSAGE, UNAVAILABLE_RETRY_SECONDS},
    request_id,
};

/// Longest text of an error on the wire: validation repeats names of the
/// document, which may be long.
const MESSAGE_MAX: usize = 300;

/// Whether the database is away, so that trying again soon may help.
pub fn store_is_away(error: &DomainError) -> bool {
    matches!(error, DomainError::Store(store) if store.kind == StoreErrorKind::Unavailable)
}

/// Marks, inside the process, an error that says the database is away.
#[derive(Debug, Clone, Copy)]
pub struct Unavailable;

/// An error with a code.
pub fn coded(code: ErrorCode, message: impl Into<String>) -> Error {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code.as_str());
    Error {
        message: message.into(),
        source: None,
        extensions: Some(extensions),
    }
}

/// The same, for where no resolver runs.
pub fn coded_server(code: ErrorCode, message: impl Into<String>) -> ServerError {
    coded(code, message)
        .into_server_error(async_graphql::Pos::default())
        .without_position()
}

trait WithoutPosition {
    fn without_position(self) -> Self;
}

impl WithoutPosition for ServerError {
    fn without_position(mut self) -> Self {
        self.locations.clear();
        self
    }
}

/// Nobody is signed in.
pub fn unauthenticated() -> Error {
    coded(ErrorCode::Unauthenticated, "Sign in to do this.")
}

/// An argument cannot be used.
pub fn bad_input(message: impl Into<String>) -> Error {
    coded(ErrorCode::BadUserInput, message)
}

/// The database is away.
pub fn unavailable() -> Error {
    let mut error = coded(ErrorCode::Internal, UNAVAILABLE_MESSAGE);
    error.source = Some(Arc::new(Unavailable));
    if let Some(extensions) = &mut error.extensions {
        extensions.set("retryAfterSeconds", UNAVAILABLE_RETRY_SECONDS);
    }
    error
}

/// A domain error where no payload can carry it: in queries, and faults anywhere.
pub fn from_domain(error: &DomainError) -> Error {
    match error {
        DomainError::Validation(fields) => {
            let text: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: {}", field.field.join("."), field.message))
                .collect();
            bad_input(text.join(" "))
        }
        DomainError::InvalidState(message) => bad_input(message.as_str()),
        DomainError::NotFound => coded(ErrorCode::NotFound, "It does not exist, or not for you."),
        DomainError::Conflict => coded(ErrorCode::Conflict, "Somebody changed it in the meantime."),
        DomainError::Forbidden => coded(
            ErrorCode::Forbidden,
            "Your role in this workspace does not allow this.",
        ),
        DomainError::Store(store) if store.kind == StoreErrorKind::Unavailable => {
            tracing::warn!(error = %store, "the database is away");
            unavailable()
        }
        DomainError::Store(store) => {
            tracing::error!(error = ?store, "the store failed");
            coded(ErrorCode::Internal, INTERNAL_MESSAGE)
        }
    }
}

/// Gives every error a code and the request's id, before an answer leaves.
pub fn finish(response: &mut Response) {
    finish_errors(&mut response.errors);
}

/// As [`finish`], for errors alone.
pub fn finish_errors(errors: &mut [ServerError]) {
    let id = request_id::current();
    for error in errors {
        if error.message.len() > MESSAGE_MAX {
            let end = (0..=MESSAGE_MAX)
                .rev()
                .find(|at| error.message.is_char_boundary(*at))
                .unwrap_or(0);
            error.message.truncate(end);
            error.message.push('…');
        }
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            // What async-graphql itself finds is wrong with the document or its values.
            extensions.set("code", ErrorCode::BadUserInput.as_str());
        }
        extensions.set("requestId", id.as_str());
    }
}

/// Whether any error says that the database is away.
pub fn is_unavailable(response: &Response) -> bool {
    response
        .errors
        .iter()
        .any(|error| error.source::<Unavailable>().is_some())
}
