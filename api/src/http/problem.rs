//! Errors over HTTP: `application/problem+json` (RFC 9457), always with our
//! code and the request's id, never with an inner error's text.

use poem::{
    Response,
    http::{StatusCode, header},
};
use poem_openapi::error::ParseParamError;
use serde::Serialize;
use smartstack_domain::{DomainError, FieldError};
use smartstack_schema::{ErrorCode, UserErrorCode};

use super::request_id;
use crate::graphql::error::store_is_away;

/// Seconds after which a caller may try again when the database is away.
pub const UNAVAILABLE_RETRY_SECONDS: u64 = 5;

/// What a person is told about a fault of ours; the log has the story.
pub const INTERNAL_MESSAGE: &str = "Something went wrong on our side. Please try again.";

/// What a person is told while the database is away.
pub const UNAVAILABLE_MESSAGE: &str = "The service is briefly unavailable. Please try again in a moment.";

/// One input field that was refused.
#[derive(Debug, Clone, Serialize)]
pub struct FieldProblem {
    /// The field as the caller wrote it.
    pub field: String,
    /// A `UserErrorCode`.
    pub code: String,
    /// For a person.
    pub message: String,
}

impl FieldProblem {
    /// What is wrong with one field.
    pub fn new(code: UserErrorCode, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code: code.as_str().to_owned(),
            message: message.into(),
        }
    }

    /// What the domain refused of an input.
    pub fn of(errors: &[FieldError]) -> Vec<Self> {
        let errors = errors.iter();
        errors
            .map(|error| Self::new(error.code, error.field.join("."), error.message.as_str()))
            .collect()
    }
}

/// An error response.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: ErrorCode,
    detail: String,
    errors: Vec<FieldProblem>,
    retry_after: Option<u64>,
    allow: Option<&'static str>,
    challenge: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    request_id: String,
    #[serde(skip_serializing_if = "<[FieldProblem]>::is_empty")]
    errors: &'a [FieldProblem],
}

impl Problem {
    /// A problem with a text for people.
    pub fn new(status: StatusCode, code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            allow: None,
            challenge: None,
        }
    }

    /// The request itself is wrong.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, detail)
    }

    /// Nothing is at this address.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            ErrorCode::NotFound,
            "There is nothing at this address.",
        )
    }

    /// Nobody is signed in, or no longer.
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, detail)
    }

    /// The request may be forged or is not allowed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, detail)
    }

    /// `allow` lists the methods that work here.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let detail = format!("This address answers to {allow} only.");
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadUserInput, detail);
        Self {
            allow: Some(allow),
            ..problem
        }
    }

    /// The body is larger than `most` bytes, a whole number of KiB.
    pub fn too_large(most: usize) -> Self {
        let detail = format!("The body may hold {} KiB at most.", most / 1024);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadUserInput, detail)
    }

    /// A fault of ours. What happened belongs into the log, by the caller.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Internal,
            INTERNAL_MESSAGE,
        )
    }

    /// The database cannot be reached.
    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::Internal,
            UNAVAILABLE_MESSAGE,
        )
        .retry_after(UNAVAILABLE_RETRY_SECONDS)
    }

    /// Says after how many seconds to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// Says how one has to prove who one is (RFC 9110, 11.6.1).
    #[must_use]
    pub fn challenge(self, challenge: &'static str) -> Self {
        Self {
            challenge: Some(challenge),
            ..self
        }
    }

    /// Says which fields were refused.
    #[must_use]
    pub fn errors(self, errors: Vec<FieldProblem>) -> Self {
        Self { errors, ..self }
    }

    /// Fields of the input were refused; each says why.
    pub fn unprocessable(errors: Vec<FieldProblem>) -> Self {
        let texts: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        let detail = texts.join(" ");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::BadUserInput, detail).errors(errors)
    }

    /// What a caller is told of a domain's error. What a conflict was about the caller of this knows: see
    /// [`conflict`](Self::conflict).
    pub fn of(error: &DomainError) -> Self {
        match error {
            DomainError::Validation(fields) => Self::unprocessable(FieldProblem::of(fields)),
            DomainError::NotFound => Self::not_found(),
            DomainError::Forbidden => Self::forbidden("Your role in this workspace does not allow this."),
            DomainError::Conflict => Self::conflict("Somebody changed it in the meantime. Read it again."),
            DomainError::InvalidState(message) => Self::conflict(message.as_str()),
            error if store_is_away(error) => Self::unavailable(),
            error => {
                tracing::error!(?error, "a request failed");
                Self::internal()
            }
        }
    }

    /// The request contradicts what is there.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, ErrorCode::Conflict, detail)
    }

    /// The caller has spent their budget.
    pub fn throttled(seconds: u64) -> Self {
        let detail = "You have sent as much as you may in a minute. Wait a little and try again.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, detail).retry_after(seconds)
    }

    /// Turns a library's error into ours, without its text.
    pub fn from_poem(error: &poem::Error) -> Self {
        let status = error.status();
        if status.is_server_error() {
            tracing::error!(%error, "a handler failed");
            return Self::internal();
        }
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                status,
                ErrorCode::BadUserInput,
                "This address does not answer to this method.",
            ),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(
                status,
                ErrorCode::BadUserInput,
                "Send the body as application/json in UTF-8.",
            ),
            _ => match error.downcast_ref::<ParseParamError>() {
                // The library's reason repeats what was sent.
                Some(bad) => {
                    let message = format!(
                        "{} cannot be read: see /openapi.json for what it takes.",
                        bad.name
                    );
                    let field = FieldProblem::new(UserErrorCode::Invalid, bad.name, message.as_str());
                    Self::bad_request(message).errors(vec![field])
                }
                None => Self::new(status, code_for(status), "The request could not be understood."),
            },
        }
    }
}

impl From<Problem> for poem::Error {
    fn from(problem: Problem) -> Self {
        Self::from_response(problem.into())
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        let wire = Wire {
            r#type: "about:blank",
            title: problem.status.canonical_reason().unwrap_or("Error"),
            status: problem.status.as_u16(),
            detail: &problem.detail,
            code: problem.code.as_str(),
            request_id: request_id::current(),
            errors: &problem.errors,
        };
        let mut response = Response::builder()
            .status(problem.status)
            .header(header::CONTENT_TYPE, "application/problem+json")
            .header(header::CACHE_CONTROL, "no-store");
        if let Some(seconds) = problem.retry_after {
            response = response.header(header::RETRY_AFTER, seconds);
        }
        if let Some(allow) = problem.allow {
            response = response.header(header::ALLOW, allow);
        }
        if let Some(challenge) = problem.challenge {
            response = response.header(header::WWW_AUTHENTICATE, challenge);
        }
        response.body(serde_json::to_vec(&wire).unwrap_or_default())
    }
}

/// The code that fits a status a library chose.
fn code_for(status: StatusCode) -> ErrorCode {
    match status.as_u16() {
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::Forbidden,
        404 | 410 => ErrorCode::NotFound,
        409 => ErrorCode::Conflict,
        429 => ErrorCode::RateLimited,
        400..=499 => ErrorCode::BadUserInput,
        _ => ErrorCode::Internal,
    }
}
