//! Table rows.

use super::{Shape, Unit};
use crate::doc::{Doc, Form};
use crate::model::{Owner, Span};
use crate::people::People;
use crate::sections::{self, Outline};

/// "no backrest" in a cell describes the thing; "on hold" rules it out.
pub(super) fn denies(s: &str) -> bool {
    let first = s.split_whitespace().next().unwrap_or_default().to_lowercase();
    matches!(
        first.as_str(),
        "no" | "not"
            | "without"
            | "kein"
            | "keine"
            | "keinen"
            | "ohne"
            | "nicht"
            | "pas"
            | "sans"
            | "sin"
            | "sem"
            | "geen"
            | "zonder"
            | "bez"
            | "nada"
            | "ni"
            | "aucun"
            | "aucune"
    )
}

pub(super) fn row(doc: &Doc<'_>, outline: &Outline, people: &People, i: usize, out: &mut Vec<Unit>) {
    let block = &doc.blocks[i];
    let Some(columns) = outline.columns[i] else { return };
    let pack = doc.pack(block.message);
    let cells = sections::cells(doc, block.span);
    let Some(task) = cells
        .get(columns.task)
        .copied()
        .filter(|c| doc.slice(*c).chars().filter(|c| c.is_alphabetic()).count() > 2)
    else {
        return;
    };
    let s = doc.slice(task);
    let low = s.to_lowercase();
    let sum = [
        "total",
        "sum",
        "subtotal",
        "summe",
        "gesamt",
        "somme",
        "suma",
        "totaal",
        "razem",
        "łącznie",
    ]
    .iter()
    .any(|w| low.starts_with(w));
    let status = columns
        .status
        .and_then(|k| cells.get(k))
        .map(|c| doc.slice(*c))
        .unwrap_or_default();
    let whole = doc.slice(block.span);
    let finished = status.split_whitespace().count() <= 3
        && pack.done.is_match(status)
        && !status.to_lowercase().contains("attach");
    if sum || finished {
        return;
    }
    let dropped = whole.contains("~~")
        || cells.iter().enumerate().any(|(k, c)| {
            k != columns.task
                && pack
                    .exclude
                    .find(doc.slice(*c))
                    .is_some_and(|m| !denies(m.as_str()))
        });
    let span = if dropped {
        let last = cells
            .iter()
            .rev()
            .find(|c| !c.is_empty())
            .map_or(task.end, |c| c.end);
        Span::new(task.start, last.max(task.end))
    } else {
        task
    };
    let who = columns
        .who
        .and_then(|k| cells.get(k))
        .map(|c| doc.slice(*c))
        .filter(|w| !w.is_empty());
    let you = who.is_some_and(|w| pack.you.is_match(w));
    let assigned = who
        .and_then(|w| {
            if you {
                Some(Owner::Freelancer)
            } else if doc.form == Form::Brief && pack.me.is_match(&w.trim().to_lowercase()) {
                Some(Owner::Client)
            } else {
                people.side(w, pack)
            }
        })
        .or(who.map(|_| Owner::Client));
    out.push(Unit {
        span,
        body: span,
        block: i,
        message: block.message,
        shape: if dropped { Shape::Struck } else { Shape::Cell },
        section: outline.section[i],
        assigned,
        due_cell: columns.due.and_then(|k| cells.get(k)).copied(),
        effort_cell: columns.effort.and_then(|k| cells.get(k)).copied(),
        under: outline.under[i],
    });
}
