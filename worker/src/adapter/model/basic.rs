//! The Basic engine: `smartstack-extract`, off the async threads.

use smartstack_domain::money::Money;
use smartstack_extract as extract;
use smartstack_schema::{ItemConfidence, ItemKind, Responsible};

use crate::ai::plan::{DraftItem, PlanDraft, PlanInput};

/// The rules failed in their own code: the same text would make them fail again.
#[derive(Debug, thiserror::Error)]
#[error("the built-in rules failed: {0}")]
pub struct BasicFault(String);

/// The rules' version, such as `basic/0.1.0`.
#[must_use]
pub fn version() -> String {
    format!("basic/{}", extract::VERSION)
}

/// Reads a text by the rules.
///
/// # Errors
/// [`BasicFault`].
pub async fn plan(input: PlanInput) -> Result<PlanDraft, BasicFault> {
    // Reading a long text takes up to some tenths of a second: not on a thread that others wait for.
    let read = tokio::task::spawn_blocking(move || extract::extract(&input.text, input.today));
    read.await
        .map(draft)
        .map_err(|error| BasicFault(error.to_string()))
}

fn draft(found: extract::Extraction) -> PlanDraft {
    let mut items: Vec<DraftItem> = found.items.into_iter().map(item).collect();
    items.extend(found.budget.map(|budget| DraftItem {
        title: one_line(&budget.quote),
        amount: Some(Money {
            amount_cents: budget.amount_cents,
            currency: budget.currency,
        }),
        ..of_the_job(ItemKind::Budget, budget.quote, budget.span)
    }));
    items.extend(found.deadline.map(|deadline| DraftItem {
        title: one_line(&deadline.quote),
        due: Some(deadline.date),
        ..of_the_job(ItemKind::Deadline, deadline.quote, deadline.span)
    }));
    PlanDraft {
        language: Some(found.language.code.to_owned()),
        items,
    }
}

fn item(found: extract::Item) -> DraftItem {
    DraftItem {
        kind: match found.kind {
            extract::ItemKind::Task => ItemKind::Task,
            extract::ItemKind::Decision => ItemKind::Decision,
            extract::ItemKind::Question => ItemKind::Question,
            extract::ItemKind::Exclusion => ItemKind::Exclusion,
        },
        title: found.title,
        quote: found.quote,
        quote_at: Some(found.span.start),
        due: found.due,
        // An effort past what fits is past every bound too, and the check that follows leaves it out.
        effort_minutes: found
            .effort_minutes
            .map(|effort| (saturate(effort.min), saturate(effort.max))),
        responsible: match found.owner {
            extract::Owner::Freelancer => Responsible::Freelancer,
            extract::Owner::Client => Responsible::Client,
        },
        amount: None,
        confidence: match found.confidence {
            extract::Confidence::Explicit => ItemConfidence::Explicit,
            extract::Confidence::Likely => ItemConfidence::Likely,
        },
        planned: None,
    }
}

fn saturate(minutes: u32) -> i32 {
    i32::try_from(minutes).unwrap_or(i32::MAX)
}

/// An item about the whole job.
fn of_the_job(kind: ItemKind, quote: String, span: extract::Span) -> DraftItem {
    DraftItem {
        kind,
        title: String::new(),
        quote,
        quote_at: Some(span.start),
        due: None,
        effort_minutes: None,
        responsible: Responsible::Freelancer,
        amount: None,
        confidence: ItemConfidence::Explicit,
        planned: None,
    }
}

/// A quote as a title: its words on one line, cut at a word where it is long.
fn one_line(quote: &str) -> String {
    /// Longest title made from a quote, in code points: what a row of a review shows.
    const LONGEST: usize = 80;
    let mut line = String::new();
    for word in quote.split_whitespace() {
        let length = line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && length > LONGEST {
            line.push('…');
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().take(LONGEST));
    }
    line
}
