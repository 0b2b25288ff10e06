//! The deadline of the whole job.

use std::rc::Rc;

use chrono::NaiveDate;

use crate::dates;
use crate::doc::Doc;
use crate::lexicon::Pack;
use crate::model::{Deadline, Span};
use crate::units::{Shape, Unit};

/// Dates in a span, resolved against its message.
pub(crate) fn dates(doc: &Doc<'_>, message: usize, span: Span) -> Rc<[dates::Hit]> {
    doc.dates(message, span)
}

/// A sentence that only says when the whole job has to be done.
pub(crate) fn is_deadline(doc: &Doc<'_>, pack: &Pack, message: usize, span: Span) -> bool {
    let s = doc.slice(span);
    if s.len() > 400 {
        return false;
    }
    let hits = dates(doc, message, span);
    !hits.is_empty() && weight(s, pack, hits.iter().any(|h| h.by)) >= PLAIN
}

/// From this weight on a dated clause says nothing but when the job ends.
const PLAIN: i32 = 6;
/// From this weight on it counts even where a single task is due later.
const CERTAIN: i32 = 8;

/// How plainly a dated clause speaks of the end of the whole job; 0 where it does not.
fn weight(s: &str, pack: &Pack, by: bool) -> i32 {
    let words = s.split_whitespace().count();
    let whole = pack.whole.is_match(s);
    let everything = pack.everything.is_match(s);
    let finished = pack.finished.is_match(s);
    if (whole || everything) && finished {
        return 10 + i32::from(everything);
    }
    if pack.deadline.is_match(s) && (whole || words < 12) {
        return CERTAIN;
    }
    if everything && by {
        return CERTAIN;
    }
    // "the opening is on the 28th, so the wall has to be done by the 25th"
    if finished && by && pack.oblige_done.is_match(s) && pack.event.is_match(s) {
        return PLAIN;
    }
    if finished
        && (words < 9 || elliptic(s) || by && pack.oblige_done.is_match(s) && words < 14)
        && !pack.event.is_match(s)
    {
        return PLAIN;
    }
    if everything && words < 10 {
        return PLAIN;
    }
    // "the film runs at the fair from the 26th, we want it on the Friday before"
    if pack.receiver.is_match(s) && pack.event.is_match(s) {
        return PLAIN;
    }
    if pack.receiver.is_match(s) || finished && by {
        return 5;
    }
    if pack.event.is_match(s) {
        return 4;
    }
    0
}

/// "Needs to be finished by …": the unsaid subject is the job.
fn elliptic(s: &str) -> bool {
    let first = s.split_whitespace().next().unwrap_or_default().to_lowercase();
    matches!(
        first.as_str(),
        "needs"
            | "must"
            | "has"
            | "muss"
            | "soll"
            | "doit"
            | "debe"
            | "tiene"
            | "deve"
            | "tem"
            | "precisa"
            | "moet"
            | "musi"
            | "ma"
            | "finished"
            | "ready"
            | "fertig"
            | "to"
    )
}

/// One clause that may state the deadline.
#[derive(Clone, Copy)]
struct Candidate {
    score: i32,
    rank: usize,
    span: Span,
    date: NaiveDate,
}

/// The day the whole job has to be finished. `tasks` are the freelancer's dated tasks; `single` is the only one.
pub(crate) fn deadline(
    doc: &Doc<'_>,
    units: &[Unit],
    taken: &[Span],
    latest: Option<NaiveDate>,
    single: Option<(NaiveDate, Span)>,
) -> Option<Deadline> {
    let mut best: Option<Candidate> = None;
    let today = doc.messages.first().map(|m| m.anchor)?;
    for unit in units {
        if matches!(unit.shape, Shape::DoneBox | Shape::Cell | Shape::Struck) {
            continue;
        }
        let task = taken.iter().any(|t| t.overlaps(unit.span));
        for clause in clauses(doc, unit) {
            if let Some(found) = candidate(doc, unit, clause, task, today, latest)
                && best.is_none_or(|b| (found.score, found.rank) > (b.score, b.rank))
            {
                best = Some(found);
            }
        }
    }
    let stated = |date: NaiveDate, span: Span| Deadline {
        date,
        span,
        quote: span.of(doc.text).to_string(),
    };
    match (best, single) {
        (Some(b), Some((due, at))) if b.score < 2 * PLAIN && due < b.date => Some(stated(due, at)),
        (Some(b), _) => Some(stated(b.date, b.span)),
        (None, Some((due, at))) => Some(stated(due, at)),
        (None, None) => None,
    }
}

/// Reads one clause; `task` where it is (part of) a task of its own.
fn candidate(
    doc: &Doc<'_>,
    unit: &Unit,
    clause: Span,
    task: bool,
    today: NaiveDate,
    latest: Option<NaiveDate>,
) -> Option<Candidate> {
    let pack = doc.pack(unit.message);
    let hits: Vec<dates::Hit> = dates(doc, unit.message, unit.span)
        .iter()
        .copied()
        .filter(|h| clause.start <= h.span.start && h.span.end <= clause.end)
        .collect();
    let hit = hits
        .iter()
        .find(|h| h.by)
        .or(hits.first())
        .copied()
        .filter(|h| h.date >= today)?;
    // "in time for the service on 8 November, that is by 31 October"
    let hit = if hit.by || clause == unit.span {
        hit
    } else {
        dates(doc, unit.message, unit.span)
            .iter()
            .copied()
            .find(|h| h.by && h.date >= today && h.date <= hit.date && h.span.start > clause.end)
            .unwrap_or(hit)
    };
    let s = doc.slice(clause);
    if pack.done.is_match(s) && !hit.by && !pack.oblige_done.is_match(s) {
        return None;
    }
    let mut weight = weight(s, pack, hit.by);
    if task {
        // a task that covers everything is the job
        weight = if weight > 10 || weight == CERTAIN && pack.everything.is_match(s) {
            PLAIN
        } else {
            0
        };
    }
    // what only sounds like an end is one where no task is due after it
    let partial = weight < CERTAIN && weight > 4 && latest.is_some_and(|l| l > hit.date);
    if weight == 0 || partial {
        return None;
    }
    Some(Candidate {
        score: weight * 2 + i32::from(hit.by),
        rank: doc.messages[unit.message].rank,
        span: clause,
        date: hit.date,
    })
}

/// Parts of a sentence that each state a date: split at commas and semicolons between two dates.
fn clauses(doc: &Doc<'_>, unit: &Unit) -> Vec<Span> {
    let span = unit.span;
    let s = doc.slice(span);
    let hits = dates(doc, unit.message, span);
    let mut cuts = vec![0];
    let pack = doc.pack(unit.message);
    let mut places: Vec<usize> = s.match_indices([',', ';']).map(|(i, _)| i).collect();
    places.extend(pack.and.find_iter(s).map(|m| m.start()).filter(|i| *i > 0));
    places.sort_unstable();
    places.dedup();
    for i in places {
        if i < cuts[cuts.len() - 1] {
            continue;
        }
        let at = span.start + i;
        let from = span.start + cuts[cuts.len() - 1];
        let left = hits.iter().any(|h| h.span.start >= from && h.span.end <= at);
        let right = hits.iter().any(|h| h.span.start > at);
        let inside = hits.iter().any(|h| h.span.start < at && at < h.span.end);
        if left && right && !inside {
            cuts.push(i + s[i..].chars().next().map_or(1, char::len_utf8));
        }
    }
    cuts.push(s.len());
    cuts.windows(2)
        .map(|w| doc.trim(Span::new(span.start + w[0], span.start + w[1])))
        .filter(|s| !s.is_empty())
        .collect()
}
