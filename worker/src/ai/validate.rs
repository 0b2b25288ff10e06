//! Holds what an engine proposed against the text it read. Whatever the engine (a model, or our own code),
//! only what passes here reaches a person.
//!
//! An item without evidence, without a usable title, or on top of another is left out; a date or an effort
//! out of all bounds is left out of its item. The rest stands.

use std::ops::Range;

use chrono::{Days, Months, NaiveDate};
use smartstack_domain::input::{AMOUNT_CENTS_MAX, MINUTES_MAX, TITLE_MAX};
use smartstack_domain::money::Money;
use smartstack_schema::ItemKind;

use super::plan::{DraftItem, PlanDraft};

/// Longest quote, in code points: evidence is a sentence or a few; the table holds no more.
pub const QUOTE_MAX: usize = 20_000;
/// Most items of one suggestion: more than anyone reviews, few enough for a page.
pub const ITEMS_MAX: usize = 300;
/// How far before the day of reading a due date may lie, in days: an old thread is still pasted.
pub const DUE_BEFORE_DAYS: u64 = 730;
/// How far after the day of reading a due date may lie, in months.
pub const DUE_AFTER_MONTHS: u32 = 120;

/// An item that holds.
#[derive(Clone, Debug)]
pub struct PlanItem {
    /// The proposal; its quote, title, dates, effort and sum have been checked.
    pub draft: DraftItem,
    /// Where the quote stands, in bytes of the text.
    pub bytes: Range<usize>,
    /// Where the quote stands, in Unicode code points of the text.
    pub code_points: Range<usize>,
}

/// What was wrong with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Its quote does not stand in the text, is empty, or longer than [`QUOTE_MAX`].
    #[error("the quote is not evidence in the text")]
    Ungrounded,
    /// Its title is empty or longer than [`TITLE_MAX`].
    #[error("the title is empty or too long")]
    Title,
    /// Its quote overlaps another item's.
    #[error("the quote overlaps another")]
    Overlap,
    /// A budget without a believable sum, or a deadline without a believable day.
    #[error("it states no usable value")]
    Empty,
    /// More items than [`ITEMS_MAX`].
    #[error("too many items")]
    TooMany,
}

/// What passed, in the order of the text, and what did not.
#[derive(Clone, Debug, Default)]
pub struct Validated {
    /// Items that hold, ordered by where their quotes begin.
    pub items: Vec<PlanItem>,
    /// Why others were left out, in the order they were found.
    pub flaws: Vec<Flaw>,
}

/// Checks `draft` against the `text` it was made from, read on the day `today`.
#[must_use]
pub fn validate(draft: PlanDraft, text: &str, today: NaiveDate) -> Validated {
    let mut result = Validated::default();
    let mut held = Vec::with_capacity(draft.items.len());
    for item in draft.items {
        match check(item, text, today) {
            Ok(item) => held.push(item),
            Err(flaw) => result.flaws.push(flaw),
        }
    }
    held.sort_by_key(|(_, bytes)| (bytes.start, bytes.end));

    let mut counter = CodePoints::new(text);
    // A sentence may state both a task and the budget, so totals for the whole job may share their evidence.
    let mut covered_to = 0;
    for (draft, bytes) in held {
        let of_the_job = matches!(draft.kind, ItemKind::Budget | ItemKind::Deadline);
        if !of_the_job && bytes.start < covered_to {
            result.flaws.push(Flaw::Overlap);
        } else if result.items.len() == ITEMS_MAX {
            result.flaws.push(Flaw::TooMany);
        } else {
            if !of_the_job {
                covered_to = bytes.end;
            }
            let start = counter.at(bytes.start);
            let code_points = start..start + text[bytes.clone()].chars().count();
            result.items.push(PlanItem {
                draft,
                bytes,
                code_points,
            });
        }
    }
    result
}

/// Checks one item by itself.
fn check(mut item: DraftItem, text: &str, today: NaiveDate) -> Result<(DraftItem, Range<usize>), Flaw> {
    let bytes = locate(text, &item.quote, item.quote_at).ok_or(Flaw::Ungrounded)?;
    item.title = item.title.split_whitespace().collect::<Vec<_>>().join(" ");
    if item.title.is_empty()
        || item.title.chars().count() > TITLE_MAX
        || item.title.contains(char::is_control)
    {
        return Err(Flaw::Title);
    }
    item.due = item.due.filter(|due| believable_day(*due, today));
    item.effort_minutes = item
        .effort_minutes
        .filter(|(min, max)| 0 < *min && min <= max && *max <= MINUTES_MAX);
    item.amount = item.amount.filter(believable_amount);
    match item.kind {
        ItemKind::Budget if item.amount.is_none() => return Err(Flaw::Empty),
        ItemKind::Deadline if item.due.is_none() => return Err(Flaw::Empty),
        ItemKind::Budget => {}
        _ => item.amount = None,
    }
    Ok((item, bytes))
}

/// Where `quote` stands: where the engine says, if it is there, else the first place it is found.
fn locate(text: &str, quote: &str, said: Option<usize>) -> Option<Range<usize>> {
    if quote.trim().is_empty() || quote.chars().count() > QUOTE_MAX {
        return None;
    }
    let start = said
        .filter(|start| text.get(*start..).is_some_and(|rest| rest.starts_with(quote)))
        .or_else(|| text.find(quote))?;
    Some(start..start + quote.len())
}

fn believable_day(day: NaiveDate, today: NaiveDate) -> bool {
    let first = today.checked_sub_days(Days::new(DUE_BEFORE_DAYS));
    let last = today.checked_add_months(Months::new(DUE_AFTER_MONTHS));
    first.is_none_or(|first| first <= day) && last.is_none_or(|last| day <= last)
}

fn believable_amount(amount: &Money) -> bool {
    (1..=AMOUNT_CENTS_MAX).contains(&amount.amount_cents) && amount.has_known_currency()
}

/// Turns ascending byte offsets into code points, reading the text once.
struct CodePoints<'a> {
    rest: &'a str,
    bytes: usize,
    code_points: usize,
}

impl<'a> CodePoints<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            bytes: 0,
            code_points: 0,
        }
    }

    /// Code points before the byte `offset`, a character boundary not before the last one asked for.
    fn at(&mut self, offset: usize) -> usize {
        let (passed, rest) = self.rest.split_at(offset - self.bytes);
        self.code_points += passed.chars().count();
        self.bytes = offset;
        self.rest = rest;
        self.code_points
    }
}

#[cfg(test)]
mod tests {
    use smartstack_schema::{ItemConfidence, Responsible};

    use super::*;

    const TEXT: &str = "Größe 🦀: please draw a crab by Friday. Budget is 100 €. No logo.";

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, 4).unwrap()
    }

    fn item(quote: &str) -> DraftItem {
        DraftItem {
            kind: ItemKind::Task,
            title: "Draw a crab".to_owned(),
            quote: quote.to_owned(),
            quote_at: None,
            due: None,
            effort_minutes: None,
            responsible: Responsible::Freelancer,
            amount: None,
            confidence: ItemConfidence::Explicit,
            planned: None,
        }
    }

    fn run(items: Vec<DraftItem>) -> Validated {
        validate(
            PlanDraft {
                language: None,
                items,
            },
            TEXT,
            today(),
        )
    }

    #[test]
    fn places_are_counted_in_code_points() {
        let result = run(vec![item("No logo"), item("draw a crab")]);
        assert_eq!(result.flaws, []);
        for item in &result.items {
            let quote: String = TEXT
                .chars()
                .skip(item.code_points.start)
                .take(item.code_points.len())
                .collect();
            assert_eq!(quote, item.draft.quote);
            assert_eq!(&TEXT[item.bytes.clone()], item.draft.quote);
        }
        assert_eq!(result.items[0].draft.quote, "draw a crab", "ordered by place");
    }

    #[test]
    fn an_item_without_evidence_is_left_out() {
        for quote in ["", "  ", "draw a lobster", "Draw a crab"] {
            assert_eq!(run(vec![item(quote)]).flaws, [Flaw::Ungrounded], "{quote:?}");
        }
    }

    #[test]
    fn a_wrong_place_is_searched_for_even_inside_a_character() {
        for at in [0, 3, 8, 9999] {
            let result = run(vec![DraftItem {
                quote_at: Some(at),
                ..item("No logo")
            }]);
            assert_eq!(result.items[0].bytes.start, TEXT.find("No logo").unwrap(), "{at}");
        }
    }

    #[test]
    fn the_second_of_two_equal_quotes_can_be_meant() {
        let text = "call Ann. call Ann.";
        let draft = PlanDraft {
            language: None,
            items: vec![DraftItem {
                quote_at: Some(10),
                ..item("call Ann")
            }],
        };
        assert_eq!(validate(draft, text, today()).items[0].code_points, 10..18);
    }

    #[test]
    fn overlapping_items_leave_the_first() {
        let result = run(vec![item("crab by Friday"), item("draw a crab")]);
        assert_eq!(result.flaws, [Flaw::Overlap]);
        assert_eq!(result.items[0].draft.quote, "draw a crab");
    }

    #[test]
    fn budget_and_deadline_may_share_a_sentence_with_a_task() {
        let budget = DraftItem {
            kind: ItemKind::Budget,
            amount: Some(Money {
                amount_cents: 10_000,
                currency: "EUR".to_owned(),
            }),
            ..item("Budget is 100 €")
        };
        let result = run(vec![item("Friday. Budget is 100 €. No"), budget]);
        assert_eq!((result.items.len(), result.flaws.len()), (2, 0));
    }

    #[test]
    fn titles_have_bounds() {
        for title in [
            String::new(),
            "  ".to_owned(),
            "x".repeat(TITLE_MAX + 1),
            "a\u{7}b".to_owned(),
        ] {
            assert_eq!(
                run(vec![DraftItem {
                    title,
                    ..item("No logo")
                }])
                .flaws,
                [Flaw::Title]
            );
        }
        assert_eq!(
            run(vec![DraftItem {
                title: "ü".repeat(TITLE_MAX),
                ..item("No logo")
            }])
            .items
            .len(),
            1
        );
    }

    #[test]
    fn values_out_of_bounds_are_left_out_of_the_item() {
        let day = |year| NaiveDate::from_ymd_opt(year, 3, 4);
        for (due, kept) in [
            (day(2026), true),
            (day(2025), true),
            (day(1999), false),
            (day(2999), false),
        ] {
            let result = run(vec![DraftItem {
                due,
                ..item("No logo")
            }]);
            assert_eq!(result.items[0].draft.due.is_some(), kept, "{due:?}");
        }
        for (effort, kept) in [
            ((60, 90), true),
            ((0, 0), false),
            ((90, 60), false),
            ((1, MINUTES_MAX + 1), false),
        ] {
            let result = run(vec![DraftItem {
                effort_minutes: Some(effort),
                ..item("No logo")
            }]);
            assert_eq!(result.items[0].draft.effort_minutes.is_some(), kept, "{effort:?}");
        }
    }

    #[test]
    fn a_budget_needs_a_sum_and_a_deadline_a_day() {
        for amount in [
            None,
            Some(Money {
                amount_cents: 0,
                currency: "EUR".into(),
            }),
            Some(Money {
                amount_cents: 5,
                currency: "€".into(),
            }),
        ] {
            let result = run(vec![DraftItem {
                kind: ItemKind::Budget,
                amount,
                ..item("No logo")
            }]);
            assert_eq!(result.flaws, [Flaw::Empty]);
        }
        assert_eq!(
            run(vec![DraftItem {
                kind: ItemKind::Deadline,
                ..item("No logo")
            }])
            .flaws,
            [Flaw::Empty]
        );
    }

    #[test]
    fn there_is_a_most() {
        let text = "do it. ".repeat(ITEMS_MAX + 5);
        let items = (0..ITEMS_MAX + 5)
            .map(|n| DraftItem {
                quote_at: Some(n * 7),
                ..item("do it")
            })
            .collect();
        let result = validate(
            PlanDraft {
                language: None,
                items,
            },
            &text,
            today(),
        );
        assert_eq!(result.items.len(), ITEMS_MAX);
        assert_eq!(result.flaws, [Flaw::TooMany; 5]);
    }
}
