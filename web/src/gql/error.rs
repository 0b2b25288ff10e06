//! What can go wrong with a request, said for a person.

use super::types::UserErrorCode;
use crate::schema;

/// One rule the input broke, and where.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct UserError {
    pub(crate) code: UserErrorCode,
    pub(crate) message: String,
    pub(crate) field: Option<Vec<String>>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Error {
    /// The server could not be reached.
    Offline,
    /// The session ended and could not be renewed.
    SignedOut,
    /// It is not there, or not for this person.
    NotFound,
    /// Too many requests.
    Busy,
    /// The input broke rules; what to do is in each message.
    Refused(Vec<UserError>),
    /// A fault of the server, or an answer that cannot be read.
    Fault {
        message: String,
        request_id: Option<String>,
    },
}

impl Error {
    /// A fault without a request id.
    pub(crate) fn fault(message: impl Into<String>) -> Self {
        Self::Fault {
            message: message.into(),
            request_id: None,
        }
    }

    /// One or two sentences: what happened and what to do.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Offline => "The server cannot be reached. Check the connection and try again.".to_owned(),
            Self::SignedOut => "Your session has ended. Sign in again.".to_owned(),
            Self::NotFound => "It is not here: the address may be wrong, or it was deleted.".to_owned(),
            Self::Busy => "Too many requests just now. Wait a moment and try again.".to_owned(),
            Self::Refused(errors) => errors.first().map_or_else(
                || "The server refused this without a reason.".to_owned(),
                |error| error.message.clone(),
            ),
            Self::Fault { message, request_id } => match request_id {
                Some(id) => [message.as_str(), " (request ", id, ")"].concat(),
                None => message.clone(),
            },
        }
    }

    /// What was wrong with one field of the input, if anything.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let Self::Refused(errors) = self else { return None };
        errors
            .iter()
            .find(|error| {
                error
                    .field
                    .as_ref()
                    .and_then(|path| path.last())
                    .is_some_and(|last| last == name)
            })
            .map(|error| error.message.clone())
    }

    /// Whether somebody else changed the same thing first.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused(errors) if errors.iter().any(|error| error.code == UserErrorCode::Conflict))
    }
}

/// The resource of a mutation's payload, or what it refused.
pub(crate) fn settle<T>(resource: Option<T>, errors: Vec<UserError>) -> Result<T, Error> {
    match resource {
        Some(resource) if errors.is_empty() => Ok(resource),
        _ => Err(Error::Refused(errors)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, UserError, settle};
    use crate::gql::types::UserErrorCode;

    #[test]
    fn a_payload_with_errors_is_refused_even_beside_a_resource() {
        let error = UserError {
            code: UserErrorCode::Conflict,
            message: "Somebody was faster.".to_owned(),
            field: Some(vec!["input".to_owned(), "title".to_owned()]),
        };
        let refused = settle(Some(1), vec![error]).expect_err("refused");
        assert!(refused.is_conflict());
        assert_eq!(refused.field("title").as_deref(), Some("Somebody was faster."));
        assert_eq!(refused.field("name"), None);
        assert_eq!(settle(Some(1), Vec::new()), Ok(1));
        assert!(matches!(settle::<i32>(None, Vec::new()), Err(Error::Refused(_))));
    }
}
