//! What a file does, line by line.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{DomainError, FieldError};

/// What a file does, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetPlan {
    /// Names all of it, with the versions of what it changes.
    pub hash: String,
    /// Each line that says something.
    pub lines: Vec<Planned>,
    /// Whether it was done before, by a request with the same idempotency key: nothing was done now.
    pub is_repeated: bool,
}

/// What one line does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// The line, from 1.
    pub line: u64,
    /// What the thing is called.
    pub label: String,
    /// The id of a thing that is there already.
    pub id: Option<String>,
    /// The version it is in.
    pub version: Option<i32>,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What becomes of a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// It is made, with these.
    New(Vec<Change>),
    /// These change.
    Changed(Vec<Change>),
    /// It is so already.
    Unchanged,
    /// The line is wrong: the field, if one is to blame, and what to do.
    Wrong(Vec<(String, String)>),
}

impl Outcome {
    /// Of a thing that was there before or not.
    pub(super) fn of(existed: bool, changes: Vec<Change>) -> Self {
        match (existed, changes.is_empty()) {
            (false, _) => Self::New(changes),
            (true, true) => Self::Unchanged,
            (true, false) => Self::Changed(changes),
        }
    }
}

/// A field that changes, as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The column.
    pub field: &'static str,
    /// What it was; empty for a new thing.
    pub before: String,
    /// What it will be.
    pub after: String,
}

impl SheetPlan {
    pub(super) fn new(lines: Vec<Planned>) -> Self {
        let text = serde_json::to_vec(&lines).unwrap_or_default();
        let hash = Sha256::digest(&text)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            hash,
            lines,
            is_repeated: false,
        }
    }

    pub(super) fn done_before(hash: &str) -> Self {
        Self {
            hash: hash.to_owned(),
            lines: Vec::new(),
            is_repeated: true,
        }
    }

    fn count(&self, is: impl Fn(&Outcome) -> bool) -> usize {
        self.lines.iter().filter(|line| is(&line.outcome)).count()
    }

    /// How many things it makes.
    pub fn new_ones(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::New(_)))
    }

    /// How many it changes.
    pub fn changed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Changed(_)))
    }

    /// How many it leaves as they are.
    pub fn unchanged(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Unchanged))
    }

    /// How many lines are wrong.
    pub fn wrong(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Wrong(_)))
    }
}

/// What differs between two things, as their cells; `before` is nothing for a new one.
pub(super) fn changes(columns: &[&'static str], before: Option<&[String]>, after: &[String]) -> Vec<Change> {
    let cells = columns.iter().enumerate().map(|(at, field)| {
        let cell = |cells: &[String]| cells.get(at).cloned().unwrap_or_default();
        Change {
            field,
            before: before.map(cell).unwrap_or_default(),
            after: cell(after),
        }
    });
    // An id is no property; a new thing has one that nobody has seen.
    cells
        .filter(|change| change.field != "id" && change.before != change.after)
        .collect()
}

/// A line that is wrong: `Ok` with what is wrong, `Err` where it is no fault of the line.
pub(super) fn wrong(error: DomainError) -> Result<Outcome, DomainError> {
    let said = |field: &str, message: &str| Ok(Outcome::Wrong(vec![(field.to_owned(), message.to_owned())]));
    match error {
        DomainError::Validation(errors) => Ok(Outcome::Wrong(errors.iter().map(column).collect())),
        DomainError::NotFound => said("id", "There is nothing with this id here, or it was deleted."),
        DomainError::InvalidState(message) => said("", &message),
        error => Err(error),
    }
}

/// A broken rule, with the column in place of the API's field.
fn column(error: &FieldError) -> (String, String) {
    let field = error.field.last().map(String::as_str).unwrap_or_default();
    let name = match field {
        "estimateMinMinutes" => "estimate_min_minutes",
        "estimateMaxMinutes" => "estimate_max_minutes",
        "dueDate" => "due_date",
        "clientVisible" => "client_visible",
        "parentId" => "parent_id",
        "projectId" => "project_id",
        "assigneeId" => "assignee",
        "hue" => "colour",
        field => field,
    };
    (name.to_owned(), error.message.clone())
}

/// One fault of one cell.
pub(super) fn fault(field: &str, message: impl Into<String>) -> DomainError {
    FieldError::new(smartstack_schema::UserErrorCode::Invalid, field, message).into()
}

/// `yes` and `no`, in the ways spreadsheets and people write them; nothing is no.
pub(super) fn yes(field: &str, text: &str) -> Result<bool, DomainError> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "true" | "y" | "x" | "1" => Ok(true),
        "" | "no" | "false" | "n" | "0" => Ok(false),
        _ => Err(fault(field, "Write yes or no.")),
    }
}

/// One of a few words.
pub(super) fn word<T>(
    field: &str,
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
    all: &[&str],
) -> Result<T, DomainError> {
    let name = text.trim().to_uppercase().replace([' ', '-'], "_");
    parse(&name).ok_or_else(|| fault(field, format!("Write one of {}.", all.join(", "))))
}
