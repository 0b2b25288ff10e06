//! The one error path: a store's fault becomes a [`StoreError`], everything becomes a
//! [`DomainError`], and the outer crates translate that once for each protocol.

use sea_orm::{DbErr, RuntimeErr, sqlx};
use smartstack_schema::UserErrorCode;

/// Why a domain function did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum DomainError {
    /// The input breaks rules; every broken one is listed.
    #[error("the input was refused: {}", list(.0))]
    Validation(Vec<FieldError>),
    /// The thing does not exist, or not in this scope: the two are never told apart.
    #[error("not found")]
    NotFound,
    /// The row has changed since the caller read it (`expectedVersion`), or an idempotency key came
    /// back with another request.
    #[error("it was changed in the meantime")]
    Conflict,
    /// The thing's state does not allow it. The text is said to a person: what is wrong and what can
    /// be done.
    #[error("{0}")]
    InvalidState(String),
    /// The person sees the thing but may not do this (their role only reads).
    #[error("not allowed")]
    Forbidden,
    /// The store failed; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One broken rule of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// What is wrong, for programs.
    pub code: UserErrorCode,
    /// Path of the input field in the API's spelling (`dueDate`), outermost first.
    pub field: Vec<String>,
    /// What is wrong and what to do, for people.
    pub message: String,
}

impl FieldError {
    /// A broken rule of one top-level field, e.g. `FieldError::new(TooLong, "title", "…")`.
    pub fn new(code: UserErrorCode, field: &str, message: impl Into<String>) -> Self {
        Self {
            code,
            field: vec![field.to_owned()],
            message: message.into(),
        }
    }
}

impl From<FieldError> for DomainError {
    fn from(error: FieldError) -> Self {
        Self::Validation(vec![error])
    }
}

fn list(errors: &[FieldError]) -> String {
    let lines: Vec<_> = errors
        .iter()
        .map(|e| format!("{}: {}", e.field.join("."), e.message))
        .collect();
    lines.join("; ")
}

/// What went wrong in the store, told apart by what a caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// The database cannot be reached, or has no connection free: try again shortly (HTTP 503).
    Unavailable,
    /// A statement or a lock took longer than allowed.
    Timeout,
    /// Two transactions were in each other's way; the same work may succeed when repeated.
    Contention,
    /// A UNIQUE constraint refused a row; [`StoreError::constraint`] names it.
    Unique,
    /// Another constraint or a column's type refused a value, where a domain rule should have done so before.
    Constraint,
    /// Anything else: a fault of ours.
    Fault,
}

/// A failure of the store, with its cause for the log.
#[derive(Debug, thiserror::Error)]
#[error("store ({kind:?}): {source}")]
pub struct StoreError {
    /// What a caller can do about it.
    pub kind: StoreErrorKind,
    constraint: Option<String>,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl StoreError {
    /// Name of the constraint that refused a row.
    pub fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    /// A fault that did not come out of the database driver, e.g. stored data that makes no sense.
    pub fn fault(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            kind: StoreErrorKind::Fault,
            constraint: None,
            source: cause.into(),
        }
    }

    /// Something the store depends on cannot be reached just now.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            kind: StoreErrorKind::Unavailable,
            ..Self::fault(cause)
        }
    }

    fn classify(error: &sqlx::Error) -> (StoreErrorKind, Option<String>) {
        use StoreErrorKind as Kind;
        let kind = match error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::WorkerCrashed => Kind::Unavailable,
            sqlx::Error::Database(database) => {
                // SQLSTATE classes: PostgreSQL manual, appendix A.
                let code = database.code().unwrap_or_default();
                let kind = match code.as_ref() {
                    "23505" => Kind::Unique,
                    "57014" | "55P03" | "25P03" => Kind::Timeout,
                    "40001" | "40P01" => Kind::Contention,
                    // Shutting down, starting up, too many connections, connection failures.
                    "57P01" | "57P02" | "57P03" | "53300" => Kind::Unavailable,
                    code if code.starts_with("08") => Kind::Unavailable,
                    // Class 22: a value that does not fit its column's type.
                    code if code.starts_with("23") || code.starts_with("22") => Kind::Constraint,
                    _ => Kind::Fault,
                };
                return (kind, database.constraint().map(str::to_owned));
            }
            _ => Kind::Fault,
        };
        (kind, None)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let (kind, constraint) = Self::classify(&error);
        Self {
            kind,
            constraint,
            source: Box::new(error),
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let (kind, constraint) = match &error {
            DbErr::Conn(RuntimeErr::SqlxError(e))
            | DbErr::Exec(RuntimeErr::SqlxError(e))
            | DbErr::Query(RuntimeErr::SqlxError(e)) => Self::classify(e),
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => (StoreErrorKind::Unavailable, None),
            _ => (StoreErrorKind::Fault, None),
        };
        Self {
            kind,
            constraint,
            source: Box::new(error),
        }
    }
}

impl From<sqlx::Error> for DomainError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<DbErr> for DomainError {
    fn from(error: DbErr) -> Self {
        Self::Store(error.into())
    }
}
