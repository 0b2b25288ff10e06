//! From units to items: splits sentences that say several things, reads due dates and effort.

use chrono::NaiveDate;

use crate::classify::{self, Reading};
use crate::doc::{BlockKind, Doc, Form};
use crate::lexicon::Pack;
use crate::model::{Confidence, Effort, ItemKind, Owner, Span};
use crate::people::People;
use crate::project;
use crate::units::{Shape, Unit};

/// An item before duplicates and answered questions are taken out.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) kind: ItemKind,
    pub(crate) span: Span,
    pub(crate) body: Span,
    pub(crate) owner: Owner,
    pub(crate) confidence: Confidence,
    pub(crate) due: Option<NaiveDate>,
    pub(crate) effort: Option<Effort>,
    pub(crate) message: usize,
    pub(crate) block: usize,
    pub(crate) unit: usize,
}

/// Classifies every unit.
pub(crate) fn items(doc: &Doc<'_>, people: &People, units: &[Unit]) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    let mut last_due: Option<NaiveDate> = None;
    for (k, unit) in units.iter().enumerate() {
        let parts = if matches!(unit.shape, Shape::Cell | Shape::Struck) {
            vec![unit.span]
        } else {
            split(doc, people, unit)
        };
        for part in parts {
            let Some(reading) = classify::classify(doc, people, unit, part) else {
                attach(doc, units, k, part, &mut out);
                continue;
            };
            if skip_echo(doc, &out, unit, part, &reading)
                || anaphoric(doc, units, k, part, &reading, &mut out)
            {
                continue;
            }
            let body = if part.start == unit.span.start {
                Span::new(unit.body.start.min(part.end), part.end)
            } else {
                part
            };
            let mut found = Found {
                kind: reading.kind,
                span: part,
                body,
                owner: reading.owner,
                confidence: reading.confidence,
                due: None,
                effort: None,
                message: unit.message,
                block: unit.block,
                unit: k,
            };
            if reading.kind == ItemKind::Task {
                found.due = due(doc, unit, part, last_due);
                found.effort = effort(doc, unit, part);
                last_due = found.due.or(last_due);
            }
            out.push(found);
        }
    }
    out
}

/// Splits a sentence where another clause with a trigger of its own begins.
fn split(doc: &Doc<'_>, people: &People, unit: &Unit) -> Vec<Span> {
    let pack = doc.pack(unit.message);
    let s = doc.slice(unit.span);
    if s.len() > 4000 {
        return vec![unit.span];
    }
    let mut parts = Vec::new();
    let mut from = unit.span.start;
    for cut in cuts(s, pack) {
        let at = unit.span.start + cut;
        let left = doc.trim(Span::new(from, at));
        let right = doc.trim(Span::new(at, unit.span.end));
        if left.start <= from.saturating_sub(1) || left.is_empty() || right.is_empty() {
            continue;
        }
        let tail = doc.slice(right);
        if doc.slice(left).split_whitespace().count() < 3 || !opens(tail, pack) {
            continue;
        }
        let (a, b) = (
            classify::classify(doc, people, unit, left),
            classify::classify(doc, people, unit, right),
        );
        let (Some(a), Some(b)) = (a, b) else { continue };
        let tells = a.kind != b.kind && (a.kind != ItemKind::Question)
            || a.kind == ItemKind::Task && b.kind == ItemKind::Task && !shared_object(tail, pack)
            || a.kind == ItemKind::Exclusion && b.kind == ItemKind::Exclusion;
        if tells {
            parts.push(tidy_end(doc, left));
            from = at;
        }
    }
    parts.push(doc.trim(Span::new(
        skip_lead(doc, from, unit.span.end, from > unit.span.start),
        unit.span.end,
    )));
    let n = parts.len();
    for i in 1..n {
        let p = parts[i];
        parts[i] = doc.trim(Span::new(skip_lead(doc, p.start, p.end, true), p.end));
    }
    parts
}

/// "…, and send it back": a pronoun object belongs to the task before.
fn shared_object(tail: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(tail).map_or(0, |m| m.end());
    let words: Vec<String> = tail[from..]
        .split_whitespace()
        .take(4)
        .map(str::to_lowercase)
        .collect();
    let first_is_verb = pack.verb.find(&tail[from..]).is_some_and(|m| m.start() == 0);
    first_is_verb
        && words.iter().skip(1).any(|w| {
            matches!(
                w.as_str(),
                "it" | "them"
                    | "es"
                    | "sie"
                    | "ihn"
                    | "le"
                    | "la"
                    | "les"
                    | "lo"
                    | "los"
                    | "las"
                    | "o"
                    | "os"
                    | "het"
                    | "ze"
                    | "je"
                    | "go"
                    | "ją"
            )
        })
}

fn skip_lead(doc: &Doc<'_>, from: usize, to: usize, inner: bool) -> usize {
    if !inner {
        return from;
    }
    let s = doc.slice(Span::new(from, to));
    from + (s.len()
        - s.trim_start_matches([',', ';', ':', ' ', '–', '—', '-', '\n'])
            .len())
}

fn tidy_end(doc: &Doc<'_>, span: Span) -> Span {
    let s = doc.slice(span);
    let kept = s.trim_end_matches([',', ';', ':', ' ', '–', '—', '-', '(']);
    Span::new(span.start, span.start + kept.len())
}

/// Places where a clause may begin: after a comma, semicolon, dash or conjunction.
fn cuts(s: &str, pack: &Pack) -> Vec<usize> {
    let mut out: Vec<usize> = s
        .char_indices()
        .filter(|(i, c)| {
            let next = s[i + c.len_utf8()..].starts_with(char::is_whitespace);
            matches!(c, ',' | ';' | ':' | '(') && (next || *c == '(')
                || matches!(c, '–' | '—' | '-') && next && s[..*i].ends_with(' ')
        })
        .map(|(i, c)| i + c.len_utf8())
        .collect();
    out.extend(pack.and.find_iter(s).filter(|m| m.start() > 0).map(|m| m.start()));
    out.sort_unstable();
    out.dedup();
    out.truncate(60);
    out
}

/// Whether a trigger opens the clause.
fn opens(tail: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(tail).map_or(0, |m| m.end());
    let head = &tail[from..];
    let near = |r: &regex::Regex| {
        r.find(head)
            .is_some_and(|m| head[..m.start()].split_whitespace().count() <= 2)
    };
    let at_lead = pack.request.find(tail).is_some_and(|m| m.start() <= from);
    at_lead
        || near(&pack.request)
        || near(&pack.need)
        || near(&pack.commit)
        || near(&pack.undecided)
        || near(&pack.ask)
        || pack
            .exclude
            .find(head)
            .is_some_and(|m| head[..m.start()].split_whitespace().count() <= 6)
        || near(&pack.decide)
        || pack
            .third
            .find(head)
            .is_some_and(|m| m.start() > 0 && head[..m.start()].split_whitespace().count() <= 3)
}

/// A sentence that only repeats that nobody knows ("Legal has not answered") belongs to the question before it.
fn skip_echo(doc: &Doc<'_>, out: &[Found], unit: &Unit, part: Span, reading: &Reading) -> bool {
    if reading.kind != ItemKind::Question {
        return false;
    }
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let near = out.last().is_some_and(|l| {
        l.kind == ItemKind::Question
            && (l.block == unit.block || doc.form == Form::Chat && unit.block <= l.block + 2)
    });
    near && !s.contains('?')
        && (pack.no_idea.is_match(s)
            || s.split_whitespace().count() < 7
            || pack
                .undecided
                .find(s)
                .is_some_and(|m| m.start() < 30 && m.end() + 40 > s.len()))
}

/// "Both by tomorrow", "need it today": a date or effort for the task before, not a task.
fn anaphoric(
    doc: &Doc<'_>,
    units: &[Unit],
    k: usize,
    part: Span,
    reading: &Reading,
    out: &mut [Found],
) -> bool {
    if reading.kind != ItemKind::Task {
        return false;
    }
    let s = doc.slice(part);
    let pack = doc.pack(units[k].message);
    let short = s.split_whitespace().count() <= 9;
    let low = format!(" {} ", s.to_lowercase().replace(['.', ',', '!', '?'], " "));
    let pronoun = PRONOUNS.iter().any(|p| low.contains(&format!(" {p} ")));
    let verb = pack.verb.is_match(s);
    let dated = !project::dates(doc, units[k].message, part).is_empty()
        || !pack.efforts.find(pack, s, 0, false).is_empty();
    let answers = doc.form == Form::Chat
        && out
            .last()
            .is_some_and(|l| doc.messages[l.message].speaker != doc.messages[units[k].message].speaker);
    if short
        && pronoun
        && !verb
        && dated
        && !answers
        && units[k].assigned.is_none()
        && close(doc, units, k, out)
    {
        attach(doc, units, k, part, out);
        return true;
    }
    false
}

const PRONOUNS: &[&str] = &[
    "it", "them", "both", "this", "that", "these", "those", "all", "es", "beides", "das", "sie", "alles",
    "beide", "ça", "les deux", "cela", "tout", "lo", "ambos", "ambas", "todo", "esto", "eso", "isso", "isto",
    "tudo", "het", "dat", "allebei", "beide", "to", "oba", "obie", "wszystko", "je", "ze", "die",
];

fn close(doc: &Doc<'_>, units: &[Unit], k: usize, out: &[Found]) -> bool {
    let unit = &units[k];
    out.last().is_some_and(|l| {
        l.kind == ItemKind::Task
            && (l.block == unit.block
                || doc.form == Form::Chat
                    && unit.block <= l.block + 2
                    && doc.messages[l.message].author == doc.messages[unit.message].author)
    })
}

/// A sentence that is no item may date or size the task before it.
fn attach(doc: &Doc<'_>, units: &[Unit], k: usize, part: Span, out: &mut [Found]) {
    let unit = &units[k];
    let pack = doc.pack(unit.message);
    if !close(doc, units, k, out) {
        return;
    }
    let s = doc.slice(part);
    let low = format!(
        " {} ",
        s.to_lowercase().replace(['.', ',', '!', '?', '\'', '’'], " ")
    );
    let adjacent = out.last().is_some_and(|l| l.unit + 1 >= k);
    if !adjacent {
        return;
    }
    let whole = project::is_deadline(doc, pack, unit.message, part)
        && !low.starts_with(" that one")
        && !low.starts_with(" both");
    let hits = project::dates(doc, unit.message, part);
    let pointing =
        PRONOUNS.iter().any(|p| low.contains(&format!(" {p} "))) || s.split_whitespace().count() <= 7;
    let both = [
        "both",
        "beides",
        "beide",
        "les deux",
        "ambos",
        "ambas",
        "allebei",
        "oba",
        "obie",
        "all",
        "alles",
        "all three",
    ]
    .iter()
    .any(|w| low.starts_with(&format!(" {w} ")));
    if let Some(hit) = hits
        .iter()
        .find(|h| h.by)
        .or(hits.first())
        .filter(|_| pointing && !whole)
    {
        let block = unit.block;
        let author = doc.messages[unit.message].author.clone();
        for f in out.iter_mut().rev().take(if both { 4 } else { 1 }) {
            if f.kind == ItemKind::Task
                && f.due.is_none()
                && (f.block == block || author.is_some() && doc.messages[f.message].author == author)
            {
                f.due = Some(hit.date);
            }
        }
    }
    if let Some(hit) = pack.efforts.find(pack, s, part.start, false).first()
        && let Some(last) = out.last_mut()
        && last.effort.is_none()
    {
        last.effort = Some(hit.effort);
    }
}

/// The date stated for a task.
fn due(doc: &Doc<'_>, unit: &Unit, part: Span, previous: Option<NaiveDate>) -> Option<NaiveDate> {
    let pack = doc.pack(unit.message);
    let reading = doc.reading(unit.message, previous);
    if let Some(cell) = unit.due_cell {
        let s = doc.slice(cell);
        return pack.dates.find(s, cell.start, &reading).last().map(|h| h.date);
    }
    let hits = pack.dates.find(doc.slice(part), part.start, &reading);
    let anchor = doc.messages[unit.message].anchor;
    let valid: Vec<_> = hits.iter().filter(|h| h.date >= anchor).collect();
    valid.iter().find(|h| h.by).or(valid.first()).map(|h| h.date)
}

/// The effort stated for a task: in its clause, its cell or the rest of its list entry.
fn effort(doc: &Doc<'_>, unit: &Unit, part: Span) -> Option<Effort> {
    let pack = doc.pack(unit.message);
    if let Some(cell) = unit.effort_cell {
        return pack
            .efforts
            .find(pack, doc.slice(cell), cell.start, true)
            .first()
            .map(|h| h.effort);
    }
    let _ = BlockKind::Row;
    pack.efforts
        .find(pack, doc.slice(part), part.start, false)
        .first()
        .map(|h| h.effort)
}
