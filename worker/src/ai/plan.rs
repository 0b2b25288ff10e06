//! The use cases *plan* and *notes*: from a text to proposed items.

use chrono::NaiveDate;
use smartstack_domain::money::Money;
use smartstack_schema::{ItemConfidence, ItemKind, Responsible};

/// What an engine is given to read.
#[derive(Clone, Debug)]
pub struct PlanInput {
    /// The document's text, as it is stored.
    pub text: String,
    /// The day on which relative dates are read.
    pub today: NaiveDate,
}

/// What an engine proposes; nothing in it is believed before [`super::validate::validate`].
#[derive(Clone, Debug, Default)]
pub struct PlanDraft {
    /// BCP 47 code of the text's main language, where the engine knows.
    pub language: Option<String>,
    /// Proposed items.
    pub items: Vec<DraftItem>,
}

/// One proposed item.
#[derive(Clone, Debug)]
pub struct DraftItem {
    /// What it is.
    pub kind: ItemKind,
    /// What to call it.
    pub title: String,
    /// The passage it rests on.
    pub quote: String,
    /// Where the engine says the quote begins, in bytes; searched for when it does not say.
    pub quote_at: Option<usize>,
    /// The day it is due, or, for [`ItemKind::Deadline`], the day everything is.
    pub due: Option<NaiveDate>,
    /// Effort in minutes, lower and upper end.
    pub effort_minutes: Option<(i32, i32)>,
    /// Who is to do it.
    pub responsible: Responsible,
    /// For [`ItemKind::Budget`].
    pub amount: Option<Money>,
    /// How plainly the text says it.
    pub confidence: ItemConfidence,
    /// Which of the planned tasks that the engine was told of this is, from 1, where it says so.
    pub planned: Option<usize>,
}
