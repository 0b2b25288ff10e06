//! What concerns the whole job: its budget and its deadline.

use chrono::NaiveDate;

use crate::dates;
use crate::doc::{Doc, Form};
use crate::language;
use crate::lexicon::Pack;
use crate::model::{Budget, Deadline, Span};
use crate::money;
use crate::sections::Section;
use crate::sentences;
use crate::units::{Shape, Unit};

/// Dates in a span, resolved against its message.
pub(crate) fn dates(doc: &Doc<'_>, message: usize, span: Span) -> Vec<dates::Hit> {
    doc.pack(message)
        .dates
        .find(doc.slice(span), span.start, &doc.reading(message, None))
}

pub(crate) fn has_money(doc: &Doc<'_>, span: Span) -> bool {
    !money::find(doc.slice(span), 0).is_empty()
}

/// A sentence that only says when the whole job has to be done.
pub(crate) fn is_deadline(doc: &Doc<'_>, pack: &Pack, message: usize, span: Span) -> bool {
    let s = doc.slice(span);
    if s.len() > 400 || dates(doc, message, span).is_empty() {
        return false;
    }
    score_deadline(s, pack) >= 3
}

/// A sentence that only says what there is to spend.
pub(crate) fn is_budget(doc: &Doc<'_>, pack: &Pack, unit: &Unit, span: Span) -> bool {
    let s = doc.slice(span);
    has_money(doc, span)
        && (unit.section == Section::Money || pack.budget.is_match(s) || pack.total.is_match(s))
        && !pack.request.is_match(s)
}

fn score_deadline(s: &str, pack: &Pack) -> i32 {
    let whole = pack.whole.is_match(s);
    let finished = pack.finished.is_match(s);
    let named = pack.deadline.is_match(s);
    let event = pack.event.is_match(s);
    match (whole, finished, named, event) {
        (true, true, _, _) => 5 + i32::from(named),
        (_, _, true, _) if whole || s.split_whitespace().count() < 12 => 4,
        (_, true, _, false) if s.split_whitespace().count() < 9 || elliptic(s) => 3,
        (_, _, _, true) => 2,
        _ => 0,
    }
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

/// The day the whole job has to be finished. `taken` are the places that state a date for one task.
pub(crate) fn deadline(
    doc: &Doc<'_>,
    units: &[Unit],
    taken: &[Span],
    single: Option<(NaiveDate, Span)>,
) -> Option<Deadline> {
    let mut best: Option<(i32, usize, Span, NaiveDate)> = None;
    let today = doc.messages.first().map(|m| m.anchor)?;
    for unit in units {
        if matches!(unit.shape, Shape::DoneBox | Shape::Cell | Shape::Struck) {
            continue;
        }
        let pack = doc.pack(unit.message);
        let task = taken.iter().any(|t| t.overlaps(unit.span));
        for clause in clauses(doc, unit.span) {
            let hits = dates(doc, unit.message, clause);
            if hits.is_empty() {
                continue;
            }
            let s = doc.slice(clause);
            if pack.done.is_match(s) && !hits.iter().any(|h| h.by) {
                continue;
            }
            let mut score = score_deadline(s, pack);
            if task {
                score = if score >= 5 && pack.whole.is_match(s) {
                    3
                } else {
                    0
                };
            }
            if score == 0 {
                continue;
            }
            let hit = hits.iter().find(|h| h.by).or(hits.first()).copied();
            let Some(hit) = hit.filter(|h| h.date >= today) else {
                continue;
            };
            score = score * 2 + i32::from(hit.by);
            let rank = doc.messages[unit.message].rank;
            if best.is_none_or(|b| score > b.0 || score == b.0 && rank > b.1) {
                best = Some((score, rank, clause, hit.date));
            }
        }
    }
    match (best, single) {
        (Some((score, _, _, date)), Some((due, at))) if score < 6 && due < date => Some(Deadline {
            date: due,
            span: at,
            quote: at.of(doc.text).to_string(),
        }),
        (Some((_, _, span, date)), _) => Some(Deadline {
            date,
            span,
            quote: span.of(doc.text).to_string(),
        }),
        (None, Some((date, span))) => Some(Deadline {
            date,
            span,
            quote: span.of(doc.text).to_string(),
        }),
        (None, None) => None,
    }
}

/// Parts of a sentence that may each state a date: split at semicolons and ", and", ", but", ", so".
fn clauses(doc: &Doc<'_>, span: Span) -> Vec<Span> {
    let s = doc.slice(span);
    let mut cuts = vec![0];
    for (i, _) in s.match_indices([',', ';']) {
        let left = Span::new(span.start + cuts[cuts.len() - 1], span.start + i);
        let message = doc.messages.len() - 1;
        let dated = |sp: Span| {
            !doc.pack(0)
                .dates
                .find(doc.slice(sp), 0, &doc.reading(message, None))
                .is_empty()
        };
        if dated(left) && dated(Span::new(span.start + i + 1, span.end)) {
            cuts.push(i + 1);
        }
    }
    cuts.push(s.len());
    cuts.windows(2)
        .map(|w| doc.trim(Span::new(span.start + w[0], span.start + w[1])))
        .filter(|s| !s.is_empty())
        .collect()
}

/// The total for the whole job.
pub(crate) fn budget(doc: &Doc<'_>, units: &[Unit]) -> Option<Budget> {
    let mut best: Option<(i32, usize, Span, money::Hit)> = None;
    for unit in units {
        let pack = doc.pack(unit.message);
        for span in sentences::split(&doc.masked, unit.span) {
            let s = doc.slice(span);
            let cued = pack.budget.is_match(s) || unit.section == Section::Money;
            let mut hits = money::find(s, span.start);
            if hits.is_empty() && cued && pack.budget.find(s).is_some() {
                hits = money::find_bare(s, span.start);
                let named = pack.h_money.is_match(s);
                hits.retain(|_| named);
            }
            for hit in hits {
                let near = clause_around(doc, span, hit.span);
                let c = doc.slice(near);
                let mut score = 0;
                score += if pack.h_money.is_match(c) || unit.section == Section::Money {
                    3
                } else {
                    0
                };
                score += i32::from(pack.budget.is_match(s)) * 2
                    + i32::from(pack.total.is_match(c)) * 3
                    + i32::from(pack.accepted.is_match(s)) * 2
                    + i32::from(hit.range);
                let after: String = doc.masked[hit.span.end..span.end.max(hit.span.end)]
                    .chars()
                    .take(22)
                    .collect();
                if pack.rate.find(&after).is_some_and(|m| m.start() < 6) {
                    continue;
                }
                score -= i32::from(pack.rate.is_match(c)) * 4 + i32::from(pack.part_price.is_match(c)) * 4;
                if matches!(unit.shape, Shape::Cell | Shape::DoneBox | Shape::Struck) {
                    score -= 3;
                }
                if doc.form == Form::Mail
                    && doc.messages[unit.message].speaker == crate::model::Owner::Freelancer
                {
                    score -= 1;
                }
                let rank = doc.messages[unit.message].rank;
                if score > 1
                    && best
                        .as_ref()
                        .is_none_or(|b| score > b.0 || score == b.0 && rank > b.1)
                {
                    best = Some((score, rank, span, hit));
                }
            }
        }
    }
    let (_, _, span, hit) = best?;
    let lex = doc.pack(0).lex;
    let currency = hit
        .currency
        .or_else(|| hit.dollar.then(|| language::dollar(&doc.masked)))
        .or_else(|| named_currency(doc))
        .or(lex.currency)?;
    Some(Budget {
        amount_cents: hit.cents,
        currency: currency.to_string(),
        span,
        quote: span.of(doc.text).to_string(),
    })
}

/// The currency of any other amount in the text.
fn named_currency(doc: &Doc<'_>) -> Option<&'static str> {
    doc.blocks
        .iter()
        .flat_map(|b| money::find(doc.slice(b.span), 0))
        .find_map(|h| {
            h.currency
                .or_else(|| h.dollar.then(|| language::dollar(&doc.masked)))
        })
}

fn clause_around(doc: &Doc<'_>, span: Span, hit: Span) -> Span {
    let s = &doc.masked;
    let start = s[span.start..hit.start]
        .rfind([';', '(', ':'])
        .map_or(span.start, |i| span.start + i);
    let end = s[hit.end..span.end.max(hit.end)]
        .find([';'])
        .map_or(span.end, |i| hit.end + i);
    Span::new(start.min(hit.start), end.max(hit.end))
}
