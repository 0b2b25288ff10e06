//! Basic extraction: from a pasted brief, meeting notes or a thread of messages to tasks with their exact
//! quotes, due dates, stated effort and owner, and to decisions, questions, exclusions, budget and deadline.
//!
//! There is no language model and no network in here. Lines and messages are found by shape ([`lines`], [`doc`]),
//! people and headings by word lists ([`people`], [`sections`]), and each sentence, list entry or table row
//! is read by the trigger words of its language ([`lexicon`], [`classify`]), beside which a small table trained from
//! labelled cases may object ([`judge`]). Nothing is invented: every
//! item carries the place in the text it rests on, and passages that address a program instead of the reader
//! are left unread ([`injection`]).

mod anaphora;
mod budget;
mod classify;
mod clause;
mod dates;
mod doc;
mod due;
mod effort;
mod extract;
mod injection;
#[doc(hidden)]
pub mod judge;
mod language;
mod lexicon;
mod lines;
mod model;
mod money;
mod people;
mod project;
mod resolve;
mod sections;
mod sentences;
mod subject;
mod title;
mod units;
mod wording;

use chrono::NaiveDate;

pub use model::{Budget, Confidence, Deadline, Effort, Extraction, Item, ItemKind, Language, Owner, Span};

use crate::{doc::Doc, lexicon::Pack, people::People, units::Unit};

/// Version of the rules, recorded with what they find.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Reads `text` as of `today`; relative dates count from `today`, or from a message's own date in a thread.
///
/// Never fails: a text without anything to do yields no items.
pub fn extract(text: &str, today: NaiveDate) -> Extraction {
    let Read {
        pack,
        doc,
        people,
        units,
        injections,
    } = read(text, today);
    let found = resolve::settle(&doc, &units, extract::items(&doc, &people, &units));

    // a text that asks for nothing leaves nothing to ask back but its plain questions
    let idle = !found.iter().any(|f| f.kind == ItemKind::Task);
    let found: Vec<extract::Found> = found
        .into_iter()
        .filter(|f| !(idle && f.kind == ItemKind::Question && !doc.slice(f.span).contains('?')))
        .collect();
    let tasks: Vec<&extract::Found> = found.iter().filter(|f| f.kind == ItemKind::Task).collect();
    // a list entry is about its task from end to end
    let taken: Vec<Span> = tasks
        .iter()
        .filter(|f| f.due.is_some())
        .map(|f| match doc.blocks[f.block].kind {
            doc::BlockKind::Bullet(_) => doc.blocks[f.block].span,
            _ => f.span,
        })
        .chain(tasks.iter().filter_map(|f| f.dated_by))
        .collect();
    let own: Vec<&&extract::Found> = tasks
        .iter()
        .filter(|f| f.owner == Owner::Freelancer && f.due.is_some())
        .collect();
    let single = match own.as_slice() {
        [one] if tasks.iter().filter(|f| f.owner == Owner::Freelancer).count() == 1 => {
            one.due.map(|d| (d, one.span))
        }
        _ => None,
    };
    let ruled_out: Vec<Span> = found
        .iter()
        .filter(|f| matches!(f.kind, ItemKind::Question | ItemKind::Exclusion))
        .map(|f| f.span)
        .collect();
    let units_left: Vec<Unit> = units
        .iter()
        .filter(|u| {
            let out = ruled_out
                .iter()
                .any(|r| r.start <= u.span.start && u.span.end <= r.end + 1);
            // "a week today?" answers an ask
            let answer = doc.form == doc::Form::Chat && due::only_a_date(&doc, u, u.span).is_some();
            !out && !answer
        })
        .cloned()
        .collect();
    let latest = own.iter().filter_map(|f| f.due).max();
    let deadline = project::deadline(
        &doc,
        &units_left,
        &taken,
        latest,
        single.filter(|_| tasks.len() <= 2),
    )
    // where nothing is left to do, a day tells of what was or of somebody else
    .filter(|_| !tasks.is_empty());
    let budget = budget::budget(&doc, &units);

    let items = found
        .into_iter()
        .map(|f| Item {
            kind: f.kind,
            span: f.span,
            quote: f.span.of(text).to_string(),
            title: title::title(&doc, f.message, f.kind, f.owner, f.span, f.body),
            due: f.due,
            effort_minutes: f.effort,
            owner: f.owner,
            confidence: f.confidence,
        })
        .collect();
    Extraction {
        language: Language {
            code: pack.lex.code,
            name: pack.lex.name,
        },
        items,
        budget,
        deadline,
        words: text.split_whitespace().count(),
        injections,
    }
}

/// The clauses of `text` with what the trainer learns from.
#[doc(hidden)]
pub fn evidence(text: &str, today: NaiveDate) -> Vec<judge::Clause> {
    let Read {
        doc, people, units, ..
    } = read(text, today);
    judge::clauses(&doc, &people, &units)
}

/// A text cut into what can be judged.
struct Read<'a> {
    pack: &'static Pack,
    doc: Doc<'a>,
    people: People,
    units: Vec<Unit>,
    injections: Vec<Span>,
}

/// Cuts `text`, with what addresses a program left unread.
fn read(text: &str, today: NaiveDate) -> Read<'_> {
    let injections = injection::find(text);
    let masked = mask(text, &injections);
    let pack = language::detect(&masked);
    let mut doc = Doc::new(text, masked, today, pack);
    let people = people::find(&mut doc, pack);
    let outline = sections::outline(&doc, &people);
    let units = units::units(&doc, &outline, &people);
    Read {
        pack,
        doc,
        people,
        units,
        injections,
    }
}

/// A copy of the same length in which what must not be read is line breaks and odd white space is blanks.
fn mask(text: &str, injections: &[Span]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut ignore = injections.iter().peekable();
    for (i, c) in text.char_indices() {
        while ignore.peek().is_some_and(|s| s.end <= i) {
            ignore.next();
        }
        let hidden = ignore.peek().is_some_and(|s| s.start <= i);
        let blank = hidden
            || (c.is_control() && c != '\n' && c != '\t' && c != '\r')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}');
        if blank {
            out.extend(std::iter::repeat_n(if hidden { '\n' } else { ' ' }, c.len_utf8()));
        } else if c == '\r' {
            out.push(if text[i + 1..].starts_with('\n') {
                ' '
            } else {
                '\n'
            });
        } else {
            out.push(c);
        }
    }
    out
}
