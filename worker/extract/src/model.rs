//! What an extraction returns. Every claim carries the place in the text it rests on.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A byte range of the text that was read; both ends lie on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.start >= self.end
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The part of `text` it covers; empty where it does not fit the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// The language the text is mostly written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Language {
    /// BCP 47 code, such as `en`.
    pub code: &'static str,
    /// English name, such as `German`.
    pub name: &'static str,
}

/// What a passage records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// An ask or a commitment.
    Task,
    /// A choice the text records as settled.
    Decision,
    /// Something left undecided or asked and not answered.
    Question,
    /// Something ruled out, for now or for good.
    Exclusion,
}

/// Who is to do a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The person who pasted the text.
    Freelancer,
    /// Anyone on the client's side.
    Client,
}

/// How plainly the text says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Follows from where it stands or from its shape (an entry in a list of deliverables).
    Likely,
    /// Said in so many words (a request, a commitment, an entry under a matching heading).
    Explicit,
}

/// Stated effort in minutes of work; one number is both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// Lower end.
    pub min: u32,
    /// Upper end.
    pub max: u32,
}

/// One passage of the text and what it records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Where it stands.
    pub span: Span,
    /// The text at `span`, unchanged.
    pub quote: String,
    /// Tasks: what to do, in the language of the text, at most 80 characters; otherwise a short sentence.
    pub title: String,
    /// The day the text states for this task.
    pub due: Option<NaiveDate>,
    /// The effort the text states for this task.
    pub effort_minutes: Option<Effort>,
    /// Who is to do it; `Freelancer` on items that are no task.
    pub owner: Owner,
    /// How plainly the text says it.
    pub confidence: Confidence,
}

/// The total for the whole job as the text states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// Hundredths of the currency's unit.
    pub amount_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Where it stands.
    pub span: Span,
    /// The text at `span`.
    pub quote: String,
}

/// The day the whole job has to be finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// The day.
    pub date: NaiveDate,
    /// Where it stands.
    pub span: Span,
    /// The text at `span`.
    pub quote: String,
}

/// Everything found in one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Extraction {
    /// Main language.
    pub language: Language,
    /// In the order of the text; no two overlap.
    pub items: Vec<Item>,
    /// The total for the job, where stated.
    pub budget: Option<Budget>,
    /// The day the job has to be done, where stated.
    pub deadline: Option<Deadline>,
    /// Number of words read.
    pub words: usize,
    /// Passages left unread because they address a program and not the reader.
    pub injections: Vec<Span>,
}
