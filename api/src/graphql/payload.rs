//! What mutations answer: the thing as it is afterwards, and what stood in the
//! way, if anything did.
//!
//! Everything a person can put right is a `userError` here, never an entry of
//! `errors`. After a lost race the resource is the current row, so that the
//! person can be shown what changed. What is not there, and what is another
//! workspace's, is the same NOT_FOUND.

use std::str::FromStr;

use async_graphql::{Context, ID, MaybeUndefined, Result, SimpleObject};
use smartstack_domain::{DomainError, FieldError, TenantScope, TenantTx, db::Work, input::Patch};
use smartstack_schema::{UserErrorCode as Code, WorkspaceId};

use super::{
    context::{CallerAddress, ContextExt},
    error::from_domain,
    loader::Key,
    model::enums::UserErrorCode,
    node,
};

/// Why an input was refused, for a person and for a program.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// What is wrong, for programs.
    pub code: UserErrorCode,
    /// What is wrong and what to do, for people.
    pub message: String,
    /// Path of the field within `input`, outermost first; null where it is about no single field.
    pub field: Option<Vec<String>>,
}

impl UserError {
    /// About one field of the input.
    pub fn of(code: Code, field: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            field: Some(vec![field.to_owned()]),
        }
    }

    /// The thing `field` names is not there, or not for this person.
    pub fn not_found(field: &str) -> Self {
        Self::of(
            Code::NotFound,
            field,
            "It does not exist any more, or not for you.",
        )
    }
}

impl From<FieldError> for UserError {
    fn from(error: FieldError) -> Self {
        let field = (!error.field.is_empty()).then_some(error.field);
        Self {
            code: error.code.into(),
            message: error.message,
            field,
        }
    }
}

/// What became of a mutation.
#[derive(Debug)]
pub struct Outcome<T> {
    /// The thing as it is now, where it may be shown.
    pub resource: Option<T>,
    /// What stood in the way.
    pub errors: Vec<UserError>,
}

impl<T> Outcome<T> {
    /// It was done.
    pub fn done(resource: T) -> Self {
        Self {
            resource: Some(resource),
            errors: Vec::new(),
        }
    }

    /// It was refused.
    pub fn refused(errors: Vec<UserError>) -> Self {
        Self {
            resource: None,
            errors,
        }
    }

    /// The thing `field` names is not there.
    pub fn not_found(field: &str) -> Self {
        Self::refused(vec![UserError::not_found(field)])
    }

    /// Whether the thing `field` names is not there.
    pub fn is_not_found(&self, field: &str) -> bool {
        self.errors.iter().any(|error| {
            error.code == UserErrorCode::NotFound && error.field.as_ref().is_some_and(|path| path == &[field])
        })
    }

    /// The same outcome with the resource in another form.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Outcome<U> {
        Outcome {
            resource: self.resource.map(convert),
            errors: self.errors,
        }
    }
}

/// Runs a write in one transaction; faults come back as errors, all else as an
/// outcome. `subject` is the input field that names what is written to;
/// `guard` the one that a lost race is about.
///
/// # Errors
/// FORBIDDEN for a role that only reads; faults of the store.
pub async fn write<T, F>(
    ctx: &Context<'_>,
    scope: &TenantScope,
    subject: &str,
    guard: &str,
    work: F,
) -> Result<Outcome<T>>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, T> + Send + 'static,
{
    let scope = match ctx.data_opt::<CallerAddress>() {
        Some(address) => scope.clone().from_address(address.0.clone()),
        None => scope.clone(),
    };
    let result = ctx.app().db.in_tenant(&scope, work).await;
    // What the payload selects is read as it is after the write.
    ctx.reader().release().await;
    settle(result, subject, guard)
}

/// What became of a write, for the payload: see [`write`].
///
/// # Errors
/// FORBIDDEN for a role that may not; faults of the store.
pub fn settle<T>(result: Result<T, DomainError>, subject: &str, guard: &str) -> Result<Outcome<T>> {
    match result {
        Ok(resource) => Ok(Outcome::done(resource)),
        Err(DomainError::Validation(fields)) => Ok(Outcome::refused(
            fields.into_iter().map(UserError::from).collect(),
        )),
        Err(DomainError::NotFound) => Ok(Outcome::not_found(subject)),
        Err(DomainError::Conflict) => {
            let message = match guard {
                "idempotencyKey" => "This key was used for another request in the last 24 hours.",
                _ => "Somebody changed it in the meantime. Look at it again.",
            };
            Ok(Outcome::refused(vec![UserError::of(
                Code::Conflict,
                guard,
                message,
            )]))
        }
        Err(DomainError::InvalidState(message)) => Ok(Outcome::refused(vec![UserError {
            code: Code::InvalidState.into(),
            message,
            field: None,
        }])),
        Err(error) => Err(from_domain(&error)),
    }
}

/// Changes a thing that `key` finds: looks up its workspace, writes, and after
/// a lost race adds the current row.
///
/// # Errors
/// As [`write`]; UNAUTHENTICATED where nobody is signed in.
pub async fn change<K, V, T, F>(
    ctx: &Context<'_>,
    key: impl Fn(WorkspaceId) -> K,
    work: F,
) -> Result<Outcome<T>>
where
    V: Into<T>,
    T: Send + 'static,
    K: Key<Value = V>,
    F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, T> + Send + 'static,
{
    let Some(scope) = node::scope_of(ctx, &key).await? else {
        return Ok(Outcome::not_found("id"));
    };
    let mut outcome = write(ctx, &scope, "id", "expectedVersion", work).await?;
    if outcome.resource.is_none() && !outcome.is_not_found("id") {
        outcome.resource = node::load(ctx, key(scope.workspace_id())).await?.map(Into::into);
    }
    Ok(outcome)
}

/// Reads the ids of an input, collecting those that cannot be one.
#[derive(Debug, Default)]
pub struct Ids {
    errors: Vec<UserError>,
}

impl Ids {
    /// An id that may be left out.
    pub fn optional<I: FromStr>(&mut self, field: &str, id: Option<&ID>) -> Option<I> {
        let id = id?;
        let read = node::read(id);
        if read.is_none() {
            self.errors.push(UserError::not_found(field));
        }
        read
    }

    /// An id of an update: left out, cleared or set.
    pub fn patch<I: FromStr>(&mut self, field: &str, id: &MaybeUndefined<ID>) -> Patch<I> {
        match id {
            MaybeUndefined::Undefined => Patch::Keep,
            MaybeUndefined::Null => Patch::Clear,
            MaybeUndefined::Value(id) => self.optional(field, Some(id)).map_or(Patch::Keep, Patch::Set),
        }
    }

    /// Goes on only if every id was one.
    ///
    /// # Errors
    /// The refusal to answer with.
    pub fn finish<T>(self) -> Result<(), Outcome<T>> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Outcome::refused(self.errors))
        }
    }
}

/// A field of an update: left out, cleared or set.
pub fn patch<T, U: From<T>>(input: MaybeUndefined<T>) -> Patch<U> {
    match input {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value.into()),
    }
}

/// Declares a payload type with its resource.
macro_rules! payload {
    ($(#[$doc:meta])* $payload:ident { $(#[$field_doc:meta])* $field:ident: $node:ident }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $payload {
            $(#[$field_doc])*
            pub $field: Option<$node>,
            /// What stood in the way; empty when it was done.
            pub user_errors: Vec<$crate::graphql::payload::UserError>,
        }

        impl From<$crate::graphql::payload::Outcome<$node>> for $payload {
            fn from(outcome: $crate::graphql::payload::Outcome<$node>) -> Self {
                Self { $field: outcome.resource, user_errors: outcome.errors }
            }
        }
    };
}

pub(crate) use payload;
