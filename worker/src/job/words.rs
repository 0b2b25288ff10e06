//! What people are told when a job needs them: what happened, and what can be done.

use smartstack_domain::document::Document;
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

    /// There is no text to be had from the file of `document`.
    pub(super) fn document_unreadable(document: &Document) -> Self {
        Self::of(
            JobReason::DocumentUnreadable,
            document
                .reason_message()
                .unwrap_or("The text of this file is not there yet. Try again in a moment."),
        )
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

    fn of(reason: JobReason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }

    /// The limit of what `model` takes, which nobody but its service knows to the letter.
    pub(super) fn too_long_for(model: &str) -> Self {
        Self::of(
            JobReason::TextTooLong,
            format!(
                "This text is longer than {model} can read at once. Paste it in parts, choose another model, or select \
                 passages to make tasks by hand."
            ),
        )
    }

    /// The answer was cut off, so what is missing of it is unknown.
    pub(super) fn answer_too_long(model: &str) -> Self {
        Self::of(
            JobReason::TextTooLong,
            format!(
                "{model} found more in this text than fits one answer. Paste the text in parts, choose another model, \
                 or select passages to make tasks by hand. You were not charged."
            ),
        )
    }

    pub(super) fn model_refused(model: &str) -> Self {
        Self::of(
            JobReason::ModelRefused,
            format!(
                "{model}, or a filter in front of it, declined to answer about this text. Choose another model, or \
                 select passages to make tasks by hand. You were not charged."
            ),
        )
    }

    pub(super) fn model_unavailable(model: &str) -> Self {
        Self::of(
            JobReason::ModelUnavailable,
            format!(
                "{model} could not be reached, or stayed too busy. Try again later, choose another model, or select \
                 passages to make tasks by hand. You were not charged."
            ),
        )
    }

    pub(super) fn not_configured(name: &str) -> Self {
        Self::of(
            JobReason::ModelUnavailable,
            format!("The model “{name}” is no longer offered here. Choose another one."),
        )
    }

    pub(super) fn model_timed_out(model: &str) -> Self {
        Self::of(
            JobReason::TimedOut,
            format!(
                "{model} took too long, twice. Try again, choose another model, or paste the text in parts. You were \
                 not charged."
            ),
        )
    }

    pub(super) fn unreadable(model: &str) -> Self {
        Self::of(
            JobReason::OutputInvalid,
            format!(
                "What {model} answered could not be read, the second time either. Try again, choose another model, or \
                 select passages to make tasks by hand. You were not charged."
            ),
        )
    }

    pub(super) fn ai_off() -> Self {
        Self::of(
            JobReason::AiOff,
            "An administrator has switched AI models off for now. The text is safe: have it read by the built-in \
             rules, wait, or select passages to make tasks by hand.",
        )
    }

    pub(super) fn budget_reached() -> Self {
        Self::of(
            JobReason::BudgetReached,
            "Reading this text could cost more than is left of this month’s AI budget. Have it read by the built-in \
             rules, which cost nothing, ask an administrator for more, or select passages to make tasks by hand.",
        )
    }

    pub(super) fn jobs_reached(limit: i32) -> Self {
        Self::of(
            JobReason::BudgetReached,
            format!(
                "The {limit} texts an AI model may read for this workspace in a day have been read. Have this one read \
                 by the built-in rules, try again tomorrow, or select passages to make tasks by hand."
            ),
        )
    }

    pub(super) fn installation_budget_reached() -> Self {
        Self::of(
            JobReason::BudgetReached,
            "This installation’s AI budget for the month is used up. Have the text read by the built-in rules, ask an \
             administrator, or select passages to make tasks by hand.",
        )
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
