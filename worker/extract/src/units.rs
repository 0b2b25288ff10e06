//! The pieces that are classified one by one, with what their surroundings say about them.

mod row;

use self::row::row;
use crate::doc::{Block, BlockKind, Doc, Form};
use crate::lexicon::Pack;
use crate::lines::Marker;
use crate::model::{Owner, Span};
use crate::people::People;
use crate::sections::{self, Outline, Section};
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
    s.split_whitespace().count() <= 7 && pack.closing.is_match(s) && !s.contains('?') && !s.contains(':')
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
        out.push(unit);
    }
}

/// Reads "Open: …", "Anna: …", "me → …" off the front.
fn label(doc: &Doc<'_>, people: &People, pack: &Pack, unit: &mut Unit) {
    let s = doc.slice(unit.span);
    // "@arun fix the login"
    if let Some(rest) = s.strip_prefix('@')
        && doc.form != Form::Chat
        && let Some((name, after)) = rest.split_once([' ', ':', ','])
        && !after.trim().is_empty()
        && !name.is_empty()
    {
        let known = if pack.me.is_match(&name.to_lowercase()) && doc.form == Form::Notes {
            Some(Owner::Freelancer)
        } else {
            people.side(name, pack)
        };
        unit.assigned = Some(known.unwrap_or(Owner::Client));
        let from = unit.span.start + 1 + name.len();
        unit.body = doc.trim(Span::new(skip_signs(doc, from, unit.span.end), unit.span.end));
        return;
    }
    let signs = ["→", "->", "=>", ":", " – ", " - ", " — "];
    let Some((at, sign)) = signs.iter().filter_map(|g| s.find(g).map(|i| (i, *g))).min() else {
        return;
    };
    let name = action_prefix(&s[..at]);
    let words = name.split_whitespace().count();
    if words == 0
        || words > 5
        || s[at + sign.len()..].trim().is_empty()
        || !(s[at + sign.len()..].starts_with([' ', '*', '\u{a0}']) || sign.starts_with(' '))
    {
        return;
    }
    let rest = at + sign.len();
    let body = doc.trim(Span::new(unit.span.start + rest, unit.span.end));
    let dash = sign.trim() == "-" || sign.trim() == "–" || sign.trim() == "—";
    let person = |n: &str| -> Option<Owner> {
        let joint = split_names(n);
        let sides: Vec<Option<Owner>> = joint.iter().map(|p| people.side(p, pack)).collect();
        if sides.contains(&Some(Owner::Freelancer)) {
            return Some(Owner::Freelancer);
        }
        sides.into_iter().find_map(|s| s)
    };
    let entry = matches!(unit.shape, Shape::Entry | Shape::OpenBox | Shape::Sentence);
    if !dash
        && doc.form != Form::Chat
        && pack.h_meta.is_match(name)
        && (unit.section != Section::Tasks(None)
            || unit.block < 8
                && doc.form == Form::Brief
                && doc.blocks[unit.block].kind == BlockKind::Paragraph)
    {
        unit.section = Section::Background;
        unit.shape = Shape::Sentence;
        return;
    }
    if entry
        && doc.form != Form::Brief
        && pack
            .me
            .is_match(name.trim().trim_start_matches('@').to_lowercase().as_str())
    {
        unit.assigned = Some(if doc.form == Form::Notes {
            Owner::Freelancer
        } else {
            doc.messages[unit.message].speaker
        });
        unit.body = body;
        return;
    }
    if let Some(owner) =
        person(name).filter(|_| entry && words <= 4 && !(dash && unit.shape == Shape::Sentence))
    {
        unit.assigned = Some(owner);
        unit.body = body;
        return;
    }
    let owned = match sections::meaning(name, pack, people, doc.form) {
        Some(Section::Tasks(Some(owner))) if dash && entry && words <= 2 && doc.form == Form::Notes => {
            Some(owner)
        }
        _ => None,
    };
    if owned.is_some() {
        unit.assigned = owned;
        unit.body = body;
        return;
    }
    if !dash && words <= 4 {
        match sections::meaning(name, pack, people, doc.form) {
            Some(Section::Background) if !matches!(unit.section, Section::Tasks(_)) => {
                unit.section = Section::Background;
                return;
            }
            Some(Section::Background | Section::Money) | None => {}
            Some(found) => {
                // "Menu: they picked the lamb": a topic of one noun is no label unless it is one of ours
                unit.section = found;
                unit.body = body;
                if let Section::Tasks(owner) = found {
                    unit.assigned = owner.or(unit.assigned);
                }
                return;
            }
        }
    }
    // an unknown capitalised name before an arrow or colon in notes is somebody on the client's side
    let capital = name
        .split_whitespace()
        .all(|w| w.starts_with(char::is_uppercase) || w == "+" || w == "&")
        || matches!(sign, "→" | "->" | "=>")
            && words <= 3
            && name.split_whitespace().any(|w| w.starts_with(char::is_uppercase));
    let arrow = matches!(sign, "→" | "->" | "=>");
    let titled = name.split_whitespace().count() > 1
        && name
            .split_whitespace()
            .next()
            .is_some_and(crate::people::is_title);
    if doc.form == Form::Notes && titled && capital && matches!(unit.shape, Shape::Entry | Shape::OpenBox) {
        unit.assigned = Some(Owner::Client);
        unit.body = body;
        return;
    }
    if doc.form == Form::Notes
        && matches!(unit.shape, Shape::Entry | Shape::OpenBox)
        && capital
        && (words <= 3 && arrow || sign == ":" && matches!(unit.section, Section::Tasks(_)) && words <= 2)
    {
        unit.assigned = Some(Owner::Client);
        unit.body = body;
    }
}

/// Past the colon or comma behind a name.
fn skip_signs(doc: &Doc<'_>, from: usize, to: usize) -> usize {
    let s = doc.slice(Span::new(from, to));
    from + (s.len() - s.trim_start_matches([':', ',', ' ', '-', '–', '→']).len())
}

/// "ACTION LV: …", "TODO Anna: …": what follows the marker is the name; the marker alone is kept.
fn action_prefix(name: &str) -> &str {
    const MARKERS: &[&str] = &[
        "action", "actions", "ap", "ai", "todo", "to-do", "task", "aufgabe", "acción", "ação", "actie",
        "zadanie",
    ];
    match name.trim_start().split_once(' ') {
        Some((first, rest))
            if MARKERS.contains(&first.to_lowercase().as_str()) && !rest.trim().is_empty() =>
        {
            rest
        }
        _ => name,
    }
}

fn split_names(s: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in s.split_whitespace() {
        if matches!(
            word,
            "and" | "und" | "et" | "y" | "e" | "en" | "i" | "+" | "&" | "/"
        ) {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push_str(word);
            last.push(' ');
        }
    }
    out
}

fn struck(s: &str) -> bool {
    let t = s.trim();
    t.starts_with("~~") && t.matches("~~").count() >= 2
}
