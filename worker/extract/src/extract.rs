//! From units to items: splits sentences that say several things, reads due dates and effort.

use chrono::NaiveDate;

use crate::anaphora::{anaphoric, attach, ellipsis, fragment, skip_echo, taken_on};
use crate::classify;
use crate::clause::split;
use crate::doc::Doc;
use crate::due;
use crate::judge;
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
    /// Where its date stands, if outside its quote.
    pub(crate) dated_by: Option<Span>,
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
            if taken_on(doc, units, k, part, &mut out) || due::corrects(doc, unit, part, &mut out) {
                continue;
            }
            if due::dates_last_ask(doc, unit, part, &mut out)
                || due::dates_last_sentence(doc, unit, part, &mut out)
            {
                continue;
            }
            if fragment(doc, units, k, part, &out) {
                attach(doc, units, k, part, &mut out);
                continue;
            }
            let reading = judge::read(doc, people, unit, part).or_else(|| ellipsis(doc, unit, part, &out));
            let reading = reading.or_else(|| coordinated(doc, unit, part, &out));
            let Some(mut reading) = reading else {
                attach(doc, units, k, part, &mut out);
                continue;
            };
            if let Some(going_on) = coordinated(doc, unit, part, &out)
                && matches!(reading.kind, ItemKind::Task | ItemKind::Question)
            {
                reading = going_on;
            }
            // "… the first half for the 25th and the rest a week later": whose the thing before is
            let pack = doc.pack(unit.message);
            let s = doc.slice(part);
            if reading.kind == ItemKind::Task
                && part.start > unit.span.start
                && unit.assigned.is_none()
                && ![
                    &pack.request,
                    &pack.need,
                    &pack.commit,
                    &pack.oblige,
                    &pack.third,
                    &pack.verb,
                ]
                .iter()
                .any(|r| r.is_match(s))
                && let Some(last) = out
                    .last()
                    .filter(|l| l.kind == ItemKind::Task && l.unit == k && l.owner == Owner::Client)
            {
                reading.owner = last.owner;
            }
            if feature(doc, unit, part, &reading, &out) || done_elsewhere(doc, unit, part, &reading, &out) {
                continue;
            }
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
                dated_by: None,
                effort: None,
                message: unit.message,
                block: unit.block,
                unit: k,
            };
            if reading.kind == ItemKind::Task {
                found.due = due::due(doc, people, unit, part, last_due, &out);
                found.effort = effort(doc, unit, part);
                last_due = found.due.or(last_due);
                if due::same_entry(doc, unit, part, &found, &mut out)
                    || due::refers_back(doc, unit, part, &found, &mut out)
                {
                    continue;
                }
            }
            out.push(found);
        }
    }
    out
}

/// "I'll import the accounts and test the checkout": a further verb takes its subject from the clause before.
fn coordinated(doc: &Doc<'_>, unit: &Unit, part: Span, out: &[Found]) -> Option<classify::Reading> {
    // "…; please quote the number": an ask of its own
    if doc.pack(unit.message).request.is_match(doc.slice(part)) {
        return None;
    }
    let last = out.last().filter(|l| {
        l.kind == ItemKind::Task && l.span.start >= unit.span.start && l.span.end <= part.start
    })?;
    crate::clause::next_verb(doc, unit, part).then_some(classify::Reading {
        kind: ItemKind::Task,
        owner: last.owner,
        confidence: Confidence::Likely,
    })
}

/// "It has to talk to our practice software": what the thing asked for before must do or look like.
fn feature(doc: &Doc<'_>, unit: &Unit, part: Span, reading: &classify::Reading, out: &[Found]) -> bool {
    const SUBJECTS: &[&str] = &["it", "they", "elle", "ils", "elles", "ze", "ono", "ona"];
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let s = &s[pack.lead.find(s).map_or(0, |m| m.end())..];
    let first = s.split_whitespace().next().unwrap_or_default().to_lowercase();
    reading.kind == ItemKind::Task
        && SUBJECTS.contains(&first.as_str())
        && unit.assigned.is_none()
        && matches!(unit.shape, Shape::Sentence | Shape::Chat)
        && !pack.request.is_match(s)
        && !pack.commit.is_match(s)
        && project::dates(doc, unit.message, part).is_empty()
        && out
            .last()
            .is_some_and(|l| l.kind == ItemKind::Task && l.block == unit.block)
}

/// "Leave the website, my nephew has a go at it": who else does what was just ruled out.
fn done_elsewhere(
    doc: &Doc<'_>,
    unit: &Unit,
    part: Span,
    reading: &classify::Reading,
    out: &[Found],
) -> bool {
    let s = doc.slice(part);
    reading.kind == ItemKind::Task
        && reading.owner == Owner::Client
        && unit.assigned.is_none()
        && unit.shape == Shape::Sentence
        && part.start > unit.span.start
        && s.split_whitespace().count() <= 9
        && project::dates(doc, unit.message, part).is_empty()
        && !doc.pack(unit.message).commit.is_match(s)
        && out.last().is_some_and(|l| {
            l.kind == ItemKind::Exclusion && l.span.start >= unit.span.start && l.span.end <= part.start
        })
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
    pack.efforts
        .find(pack, doc.slice(part), part.start, false)
        .first()
        .map(|h| h.effort)
}
