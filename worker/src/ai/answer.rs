//! From a model's answer to a proposal. The form is held to strictly; what is wrong with one item costs
//! that item, not the others. What a person would read over is mended: a title that is too long, a quote
//! whose white space is not the text's. Nothing is mended into a quote: it is cut out of the text itself.

use std::ops::Range;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use smartstack_domain::money::Money;
use smartstack_schema::{ItemConfidence, ItemKind, Responsible};

use super::plan::{DraftItem, PlanDraft};

/// Longest title, in code points: what a row of a review shows.
const TITLE_MAX: usize = 80;
/// Most items that are looked at: far more than any honest answer has.
const ITEMS_MAX: usize = 1_000;

/// The answer is no object of the form that was asked for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// What was read.
#[derive(Debug, Default)]
pub struct Read {
    /// The items that have the form; still only claims.
    pub draft: PlanDraft,
    /// What was wrong with the others.
    pub dropped: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    #[serde(default)]
    language: Option<String>,
    items: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    kind: Kind,
    title: String,
    quote: String,
    #[serde(default)]
    due: Option<NaiveDate>,
    #[serde(default)]
    hours_min: Option<f64>,
    #[serde(default)]
    hours_max: Option<f64>,
    responsible: Option<Owner>,
    #[serde(default)]
    amount: Option<f64>,
    #[serde(default)]
    currency: Option<String>,
    confidence: Option<Confidence>,
    #[serde(default)]
    planned: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Task,
    Question,
    Exclusion,
    Decision,
    Budget,
    Deadline,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Owner {
    Freelancer,
    Client,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Confidence {
    Explicit,
    Likely,
}

/// Reads an answer about `text`.
///
/// # Errors
/// [`Unreadable`]: what to tell the model about it.
pub fn read(answer: &str, text: &str) -> Result<Read, Unreadable> {
    let object = object(answer).ok_or_else(|| Unreadable("it is no JSON object".to_owned()))?;
    let answer: Answer = serde_json::from_str(object).map_err(|error| Unreadable(error.to_string()))?;
    let words = words(text);
    let mut read = Read::default();
    read.draft.language = answer.language.filter(|code| is_language(code));
    for item in answer.items.into_iter().take(ITEMS_MAX) {
        match Item::deserialize(&item) {
            Ok(item) => read.draft.items.push(draft(item, text, &words)),
            Err(error) => read.dropped.push(error.to_string()),
        }
    }
    Ok(read)
}

/// The JSON object in an answer: models put it into a code block, or a sentence before it.
pub(super) fn object(answer: &str) -> Option<&str> {
    let (start, end) = (answer.find('{')?, answer.rfind('}')?);
    answer.get(start..=end)
}

/// Whether this looks like a BCP 47 code.
pub(super) fn is_language(code: &str) -> bool {
    (2..=35).contains(&code.len())
        && code.starts_with(|c: char| c.is_ascii_alphabetic())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn draft(item: Item, text: &str, words: &[Range<usize>]) -> DraftItem {
    let (quote, quote_at) = match text.contains(&item.quote) {
        true => (item.quote, None),
        false => match loosely(text, words, &item.quote) {
            Some(place) => (text[place.clone()].to_owned(), Some(place.start)),
            // Left to be refused as ungrounded.
            None => (item.quote, None),
        },
    };
    let minutes = |hours: f64| {
        let minutes = (hours * 60.0).round();
        // A value past every bound is refused as such.
        #[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates")]
        let whole = minutes as i32;
        whole
    };
    let hours = match (item.hours_min, item.hours_max) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some((one, one)),
        (Some(min), Some(max)) => Some((min, max)),
    };
    DraftItem {
        kind: match item.kind {
            Kind::Task => ItemKind::Task,
            Kind::Question => ItemKind::Question,
            Kind::Exclusion => ItemKind::Exclusion,
            Kind::Decision => ItemKind::Decision,
            Kind::Budget => ItemKind::Budget,
            Kind::Deadline => ItemKind::Deadline,
        },
        title: title(&item.title, text),
        quote,
        quote_at,
        due: item.due,
        effort_minutes: hours.map(|(min, max)| (minutes(min), minutes(max))),
        responsible: match item.responsible {
            Some(Owner::Client) => Responsible::Client,
            Some(Owner::Freelancer) | None => Responsible::Freelancer,
        },
        amount: item.amount.zip(item.currency).map(|(amount, currency)| Money {
            #[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates")]
            amount_cents: (amount * 100.0).round() as i64,
            currency,
        }),
        confidence: match item.confidence {
            Some(Confidence::Explicit) => ItemConfidence::Explicit,
            Some(Confidence::Likely) | None => ItemConfidence::Likely,
        },
        planned: item.planned.and_then(|number| usize::try_from(number).ok()),
    }
}

/// A title of one line: without characters that hide or turn text round, without addresses the text does
/// not have, cut at a word where it is long.
fn title(said: &str, text: &str) -> String {
    let clean: String = said
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let clean: String = clean.chars().filter(|c| !is_invisible(*c)).collect();
    let words: Vec<&str> = clean
        .split_whitespace()
        .filter(|word| !is_address(word) || text.contains(word))
        .collect();
    let whole = words.join(" ");
    if whole.chars().count() <= TITLE_MAX {
        return whole;
    }
    let mut title = String::new();
    for word in words {
        let space = usize::from(!title.is_empty());
        // One place is kept for the mark that something is missing.
        if title.chars().count() + space + word.chars().count() >= TITLE_MAX {
            if title.is_empty() {
                title.extend(word.chars().take(TITLE_MAX - 1));
            }
            break;
        }
        if space == 1 {
            title.push(' ');
        }
        title.push_str(word);
    }
    title.push('…');
    title
}

/// Characters that change how others are read without being seen (Unicode TR 36: bidirectional controls,
/// zero-width characters).
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

pub(super) fn is_address(word: &str) -> bool {
    let word = word.to_lowercase();
    word.contains("://")
        || word.contains("](")
        || ["www.", "javascript:", "data:", "mailto:"]
            .iter()
            .any(|start| word.trim_start_matches(['(', '[', '<', '"']).starts_with(start))
}

/// Where the words of a text stand, in bytes.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| from..text.len()));
    words
}

/// Finds a quote whose white space differs from the text's: models write a line break as a space.
fn loosely(text: &str, words: &[Range<usize>], quote: &str) -> Option<Range<usize>> {
    let wanted: Vec<&str> = quote.split_whitespace().collect();
    let (first, last) = (wanted.first()?, wanted.last()?);
    let place = words.windows(wanted.len()).find(|window| {
        // A quote may begin or end within a word: before its comma, after its bracket.
        let inner = window.len().saturating_sub(1);
        window.iter().zip(&wanted).enumerate().all(|(at, (place, word))| {
            let there = &text[place.clone()];
            match (at == 0, at == inner) {
                (true, true) => there.contains(word),
                (true, false) => there.ends_with(word),
                (false, true) => there.starts_with(word),
                (false, false) => there == *word,
            }
        })
    })?;
    let (head, tail) = (place.first()?, place.last()?);
    if wanted.len() == 1 {
        let at = text[head.clone()].find(first)?;
        return Some(head.start + at..head.start + at + first.len());
    }
    Some(head.end - first.len()..tail.start + last.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "Hi Maya,\n\nplease design the\n  home page, and (soon) call Ann. See https://a.example/x.";

    fn item(quote: &str, title: &str) -> String {
        serde_json::json!({ "language": "en", "items": [{ "kind": "task", "title": title, "quote": quote, "due": null,
            "hours_min": 2, "hours_max": null, "responsible": "client", "amount": null, "currency": null,
            "confidence": "explicit" }] })
        .to_string()
    }

    fn one(quote: &str, title: &str) -> DraftItem {
        read(&item(quote, title), TEXT).unwrap().draft.items.remove(0)
    }

    #[test]
    fn quotes_are_cut_out_of_the_text() {
        for (said, found) in [
            ("design the home page", "design the\n  home page"),
            ("(soon) call Ann", "(soon) call Ann"),
            ("soon) call  Ann", "soon) call Ann"),
            ("design the homepage", "design the homepage"),
        ] {
            let item = one(said, "x");
            assert_eq!(item.quote, found);
            if let Some(at) = item.quote_at {
                assert!(TEXT[at..].starts_with(found));
            }
        }
    }

    #[test]
    fn titles_are_one_short_line_without_links() {
        let long = "word ".repeat(30);
        for (said, kept) in [
            ("Design  the\nhome page", "Design the home page"),
            ("See https://evil.example/now please", "See please"),
            ("See https://a.example/x. now", "See https://a.example/x. now"),
            ("Run javascript:alert(1)", "Run"),
            ("[click](http://evil.example) here", "here"),
            ("a\u{202e}b\u{200b}c", "abc"),
        ] {
            assert_eq!(one("call Ann", said).title, kept);
        }
        let title = one("call Ann", &long).title;
        assert!(
            title.chars().count() <= TITLE_MAX && title.ends_with("word…"),
            "{title}"
        );
        let title = one("call Ann", &"ü".repeat(200)).title;
        assert_eq!(title.chars().count(), TITLE_MAX);
        let exact = "x".repeat(39) + " " + &"y".repeat(40);
        assert_eq!(one("call Ann", &exact).title, exact, "80 characters fit");
    }

    #[test]
    fn one_bad_item_costs_that_item() {
        let answer = r#"Here you are: {"language": "en", "items": [
            {"kind": "dance", "title": "x", "quote": "y"}, "no item", {"kind": "task", "title": "Call Ann", "quote": "call Ann"},
            {"kind": "task", "title": "x", "quote": "y", "due": "tomorrow"}, {"kind": "task", "title": "x", "quote": "y", "tool": "rm"}]}"#;
        let read = read(answer, TEXT).unwrap();
        assert_eq!((read.draft.items.len(), read.dropped.len()), (1, 4));
    }

    #[test]
    fn what_is_no_answer_is_said() {
        for (answer, said) in [
            ("", "no JSON object"),
            ("I cannot do that.", "no JSON object"),
            ("{\"items\": 5}", "expected a sequence"),
            ("{\"items\": [], \"sql\": \"DROP\"}", "unknown field"),
            ("{\"items\": [", "no JSON object"),
        ] {
            let error = read(answer, TEXT).unwrap_err().0;
            assert!(error.contains(said), "{error} should say {said}");
        }
    }

    #[test]
    fn figures_out_of_all_bounds_do_not_overflow() {
        let answer = r#"{"items": [{"kind": "budget", "title": "x", "quote": "y", "amount": 1e300, "currency": "EUR",
            "hours_min": -1e300, "hours_max": 1e300}]}"#;
        let item = read(answer, TEXT).unwrap().draft.items.remove(0);
        assert_eq!(item.effort_minutes, Some((i32::MIN, i32::MAX)));
        assert_eq!(item.amount.map(|amount| amount.amount_cents), Some(i64::MAX));
    }
}
