//! Tables: their cells, and which column holds what.

use super::Columns;
use crate::doc::{Block, BlockKind, Doc};
use crate::lexicon::Pack;
use crate::model::Span;

/// The cells of a row as spans of the text.
pub(crate) fn cells(doc: &Doc<'_>, span: Span) -> Vec<Span> {
    let s = doc.slice(span);
    let sep = if s.contains('|') { '|' } else { '\t' };
    let mut out = Vec::new();
    let mut at = span.start;
    for (k, part) in s.split(sep).enumerate() {
        let cell = doc.trim(Span::new(at, at + part.len()));
        let edge = part.trim().is_empty() && (k == 0 && s.starts_with(sep));
        if !edge {
            out.push(cell);
        }
        at += part.len() + sep.len_utf8();
    }
    if s.trim_end().ends_with(sep) && out.last().is_some_and(|c| c.is_empty()) {
        out.pop();
    }
    out
}

pub(super) fn has_header(doc: &Doc<'_>, i: usize, pack: &Pack) -> bool {
    if matches!(doc.blocks.get(i + 1).map(|b| b.kind), Some(BlockKind::RowRule)) {
        return true;
    }
    let cells = cells(doc, doc.blocks[i].span);
    let known = cells.iter().filter(|c| {
        let s = doc.slice(**c);
        [
            &pack.c_task,
            &pack.c_who,
            &pack.c_due,
            &pack.c_effort,
            &pack.c_status,
        ]
        .iter()
        .any(|r| r.is_match(s))
            && s.split_whitespace().count() <= 4
    });
    known.count() * 2 >= cells.len().max(1)
}

/// Mean number of words in a column below its header.
fn width(doc: &Doc<'_>, header: Block, k: usize) -> f64 {
    let rows: Vec<usize> = doc
        .blocks
        .iter()
        .skip_while(|b| b.span.start <= header.span.start)
        .take_while(|b| matches!(b.kind, BlockKind::Row | BlockKind::RowRule))
        .filter(|b| b.kind == BlockKind::Row)
        .filter_map(|b| {
            cells(doc, b.span)
                .get(k)
                .map(|c| doc.slice(*c).split_whitespace().count())
        })
        .collect();
    rows.iter().sum::<usize>() as f64 / rows.len().max(1) as f64
}

pub(super) fn columns(doc: &Doc<'_>, block: Block, pack: &Pack) -> Columns {
    let cells = cells(doc, block.span);
    let mut c = Columns::default();
    let mut task = None;
    for (k, cell) in cells.iter().enumerate() {
        let s = doc.slice(*cell);
        if c.due.is_none() && pack.c_due.is_match(s) {
            c.due = Some(k);
        } else if c.effort.is_none() && pack.c_effort.is_match(s) {
            c.effort = Some(k);
        } else if c.who.is_none() && pack.c_who.is_match(s) && !pack.c_task.is_match(s) {
            c.who = Some(k);
        } else if task.is_none() && pack.c_task.is_match(s) {
            task = Some(k);
        } else if c.status.is_none() && pack.c_status.is_match(s) {
            c.status = Some(k);
        }
    }
    // "Page | What we want": the column that says most is the task, where its header may be one
    if let Some(first) = task {
        let taken = [c.who, c.due, c.effort, c.status];
        let wordy = (0..cells.len())
            .filter(|k| *k != first && !taken.contains(&Some(*k)))
            .filter(|k| {
                let s = doc.slice(cells[*k]);
                pack.c_task.is_match(s)
                    || crate::sections::meaning(s, pack, &crate::people::People::default(), doc.form)
                        .is_some_and(|m| matches!(m, super::Section::Tasks(_)))
            })
            .max_by(|a, b| width(doc, block, *a).total_cmp(&width(doc, block, *b)));
        if let Some(k) = wordy
            && width(doc, block, k) > 2.0 * width(doc, block, first)
        {
            task = Some(k);
        }
    }
    c.task = task.unwrap_or_else(|| {
        // the first wide column that is none of the others
        let taken = [c.who, c.due, c.effort, c.status];
        let numbered = cells.first().is_some_and(|c| doc.slice(*c).chars().count() <= 3);
        (usize::from(numbered)..cells.len())
            .find(|k| !taken.contains(&Some(*k)))
            .unwrap_or(0)
    });
    c
}
