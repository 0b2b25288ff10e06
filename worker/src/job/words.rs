//! What people are told when a job needs them: what happened, and what can be done.

use smartstack_schema::JobReason;

use crate::runtime::FailureKind;

/// Why a job needs a person, in a word for programs and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NeedsPerson {
    pub(super) reason: JobReason,
    pub(super) message: String,
}

impl NeedsPerson {
    /// Of so many proposals, none held.
    pub(super) fn nothing_usable(proposed: usize) -> Self {
        if proposed == 0 {
            Self::nothing_found()
        } else {
            Self::output_invalid()
        }
    }

    fn nothing_found() -> Self {
        Self {
            reason: JobReason::NothingFound,
            message:
                "Nothing in this text reads like a task, a question or a decision. Select a passage to make \
                      a task of it by hand."
                    .to_owned(),
        }
    }

    pub(super) fn too_long(length: usize, limit: usize) -> Self {
        Self {
            reason: JobReason::TextTooLong,
            message: format!(
                "This text has {length} characters, and at most {limit} can be read at once. Paste it in parts, or \
                 select passages to make tasks by hand."
            ),
        }
    }

    pub(super) fn output_invalid() -> Self {
        Self {
            reason: JobReason::OutputInvalid,
            message:
                "What was proposed could not be traced to the text, so it was left out. Try again, or select \
                      passages to make tasks by hand."
                    .to_owned(),
        }
    }

    /// For work that was given up.
    pub(super) fn given_up(kind: FailureKind) -> Self {
        match kind {
            FailureKind::TimedOut => Self {
                reason: JobReason::TimedOut,
                message:
                    "Reading this text took too long. Try again, or select passages to make tasks by hand."
                        .to_owned(),
            },
            _ => Self {
                reason: JobReason::Internal,
                message:
                    "Something went wrong on our side while reading this text. The text is safe: try again, \
                          or select passages to make tasks by hand."
                        .to_owned(),
            },
        }
    }
}
