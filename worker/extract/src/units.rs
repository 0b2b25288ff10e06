//! The pieces that are classified one by one, with what their surroundings say about them.

mod label;
mod row;
mod trailing;

use self::label::label;
use self::row::row;
use self::trailing::trailing;
use crate::doc::{Block, BlockKind, Doc, Form};
use crate::lexicon::Pack;
use crate::lines::Marker;
use crate::model::{Owner, Span};
use crate::people::People;
use crate::sections::{Outline, Section};
use crate::sentences;

/// A sentence, list entry or table cell.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// What is quoted.
    pub(crate) span: Span,
    /// What is classified: the span without a label such as "Open:" or "me →".
    pub(crate) body: Span,
    pub(crate) block: usize,
    pub(crate) message: usize,
    pub(crate) shape: Shape,
    pub(crate) section: Section,
    /// Set by a label such as "Anna:".
    pub(crate) assigned: Option<Owner>,
    /// Where else the due date and the effort of this unit may stand (cells of the same row).
    pub(crate) due_cell: Option<Span>,
    pub(crate) effort_cell: Option<Span>,
    /// The heading or introduction it stands under.
    pub(crate) under: Option<Span>,
}

/// How the unit stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// First sentence of a list entry, or a line of terse notes.
    Entry,
    /// Open box of a check list.
    OpenBox,
    /// Ticked box.
    DoneBox,
    /// Marked with a question mark.
    Query,
    Cell,
    /// Struck through.
    Struck,
    Sentence,
    Chat,
}

pub(crate) fn units(doc: &Doc<'_>, outline: &Outline, people: &People) -> Vec<Unit> {
    let mut out = Vec::new();
    let mut closed: Option<usize> = None;
    for (i, block) in doc.blocks.iter().enumerate() {
        let pack = doc.pack(block.message);
        let s = doc.slice(block.span);
        if closed == Some(block.message) && doc.form != Form::Chat {
            // below the closing: a signature; only a postscript or a long line is read
            let postscript = s.to_lowercase().starts_with("p.s") || s.to_lowercase().starts_with("ps");
            if s.chars().count() < 60 && !postscript || pack.boilerplate.is_match(s) {
                continue;
            }
        }
        if outline.heading[i] || block.kind == BlockKind::RowRule {
            continue;
        }
        if block.kind == BlockKind::Paragraph
            && is_closing(s, pack)
            && !out.is_empty()
            && doc.form != Form::Notes
        {
            closed = Some(block.message);
            continue;
        }
        if doc.form == Form::Notes
            && block.kind == BlockKind::Paragraph
            && (is_title(doc, i) || pack.h_people.is_match(s) && s.contains(':'))
        {
            continue;
        }
        if doc.form == Form::Brief && is_brief_title(doc, i) {
            continue;
        }
        if block.kind == BlockKind::Row {
            row(doc, outline, people, i, &mut out);
            continue;
        }
        if pack.boilerplate.find_iter(s).count() > 1
            && s.chars().count() > 60
            && block.kind == BlockKind::Paragraph
        {
            continue;
        }
        paragraph(doc, outline, people, i, block, &mut out);
    }
    out
}

/// The lines at the top of notes, down to the first blank line or list: what, when, where.
fn is_title(doc: &Doc<'_>, i: usize) -> bool {
    i < 5
        && doc.blocks[..=i].iter().enumerate().all(|(k, b)| {
            b.kind == BlockKind::Paragraph && (k == 0 || !b.gap) && doc.slice(b.span).chars().count() < 140
        })
}

/// The first line of a brief, set off from the rest: its title.
fn is_brief_title(doc: &Doc<'_>, i: usize) -> bool {
    let block = &doc.blocks[i];
    let s = doc.slice(block.span);
    i == 0
        && block.kind == BlockKind::Paragraph
        && s.split_whitespace().count() <= 14
        && s.starts_with(|c: char| c.is_uppercase() || !c.is_alphabetic())
        && !s.ends_with(['.', '!', '?', ','])
        && doc.blocks.len() > 2
        && crate::project::dates(doc, block.message, block.span)
            .iter()
            .all(|h| !h.by)
}

fn is_closing(s: &str, pack: &Pack) -> bool {
    s.split_whitespace().count() <= 7
        && pack.closing.is_match(s)
        && !s.contains('?')
        && !s.contains(':')
        && pack.request.find(s).is_none_or(|m| m.end() < 8)
}

fn paragraph(
    doc: &Doc<'_>,
    outline: &Outline,
    people: &People,
    i: usize,
    block: &Block,
    out: &mut Vec<Unit>,
) {
    let pack = doc.pack(block.message);
    let section = outline.section[i];
    let before_list = matches!(
        doc.blocks.get(i + 1).map(|b| b.kind),
        Some(BlockKind::Bullet(_) | BlockKind::Row)
    );
    let sentences = sentences::split(&doc.masked, block.span);
    let last = sentences.len().saturating_sub(1);
    for (k, span) in sentences.into_iter().enumerate() {
        let s = doc.slice(span);
        // "What we need:" above a list says what the list is
        if k == last
            && before_list
            && (s.ends_with(':')
                || s.ends_with('?')
                    && block.kind == BlockKind::Paragraph
                    && doc.form == Form::Brief
                    && !pack.you.is_match(s))
        {
            continue;
        }
        if k == 0
            && block.kind == BlockKind::Paragraph
            && pack.greeting.is_match(s)
            && s.split_whitespace().count() <= 5
        {
            continue;
        }
        let terse = block.kind == BlockKind::Paragraph
            && doc.form == Form::Notes
            && s.split_whitespace().count() <= 14
            && k == 0;
        let shape = match block.kind {
            BlockKind::Bullet(Marker::BoxDone) => Shape::DoneBox,
            BlockKind::Bullet(Marker::Cross) => Shape::Struck,
            _ if struck(s) => Shape::Struck,
            BlockKind::Bullet(Marker::Query) => Shape::Query,
            BlockKind::Bullet(Marker::BoxOpen) if k == 0 => Shape::OpenBox,
            BlockKind::Bullet(_) if k == 0 => Shape::Entry,
            BlockKind::Chat => Shape::Chat,
            // a message below the line with its author and time
            BlockKind::Paragraph if doc.form == Form::Chat => Shape::Chat,
            _ if terse => Shape::Entry,
            _ => Shape::Sentence,
        };
        let mut unit = Unit {
            span,
            body: span,
            block: i,
            message: block.message,
            shape,
            section,
            assigned: None,
            due_cell: None,
            effort_cell: None,
            under: outline.under[i],
        };
        label(doc, people, pack, &mut unit);
        if unit.assigned.is_none() {
            unit.assigned = trailing(doc, people, pack, &unit);
        }
        out.push(unit);
    }
}

fn struck(s: &str) -> bool {
    let t = s.trim();
    t.starts_with("~~") && t.matches("~~").count() >= 2
}
