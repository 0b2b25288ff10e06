//! What the shape of a unit says where no word does, and whose task it then is.

use super::{Reading, item};
use crate::doc::{Doc, Form};
use crate::lexicon::Pack;
use crate::model::{Confidence, ItemKind, Owner, Span};
use crate::people::People;
use crate::project;
use crate::sections::Section;
use crate::subject::{from_person, opens_with_person, opens_with_role};
use crate::units::{Shape, Unit};
use crate::wording::{imperative, starts_with_verb};

/// "a planting scheme, no roses": what the thing must not have describes it.
pub(super) fn trait_of(before: &str, denied: &str) -> bool {
    let comma = before.trim_end().ends_with(',') || denied.starts_with(',');
    let denied = denied.trim_start_matches([',', ' ']).to_lowercase();
    comma
        && before.trim_end_matches([',', ' ']).split_whitespace().count() >= 2
        && ["no ", "without "].iter().any(|n| denied.starts_with(n))
}

/// Ends in a tag that only asks for a nod.
pub(super) fn tagged(s: &str) -> bool {
    let t = s.trim_end_matches(['?', '!', ' ']).to_lowercase();
    [
        ", all good",
        ", ok",
        ", okay",
        ", right",
        ", yes",
        ", yeah",
        ", oder",
        ", gell",
        ", d'accord",
        ", vale",
        ", tá",
        ", toch",
        ", tak",
    ]
    .iter()
    .any(|tag| t.ends_with(tag))
        && s.matches('?').count() == 1
}

/// "can you do this?": the verb has the reader for its subject.
pub(super) fn addressed(before: &str) -> bool {
    let last = before
        .split_whitespace()
        .next_back()
        .unwrap_or_default()
        .to_lowercase();
    matches!(
        last.as_str(),
        "you" | "u" | "it" | "we" | "du" | "sie" | "vous" | "tu"
    )
}

/// Entries of notes and imperatives that no trigger word marks.
pub(super) fn shape_says(
    doc: &Doc<'_>,
    people: &People,
    unit: &Unit,
    span: Span,
    pack: &Pack,
    words: usize,
    polite: bool,
) -> Option<Reading> {
    let s = doc.slice(span);
    let notes = doc.form == Form::Notes;
    // "their printer sends the template", "opening hours from Maria": not the writer
    let me = opens_with_person(people, pack, s)
        .or_else(|| opens_with_role(pack, s))
        .or_else(|| from_person(people, pack, s))
        .or_else(|| {
            s.rsplit_once(", ")
                .and_then(|(_, tail)| opens_with_person(people, pack, tail))
        })
        .filter(|_| notes)
        .unwrap_or(Owner::Freelancer);
    let whole_unit = span.start <= unit.body.start;
    let dated = !project::dates(doc, unit.message, span).is_empty();
    let effort = !pack.efforts.find(pack, s, span.start, false).is_empty();
    if let Some(owner) = unit
        .assigned
        .filter(|_| whole_unit && matches!(unit.shape, Shape::Entry | Shape::OpenBox | Shape::Cell))
    {
        return item(ItemKind::Task, owner, Confidence::Explicit);
    }
    if unit.shape == Shape::OpenBox && whole_unit {
        return item(ItemKind::Task, me, Confidence::Explicit);
    }
    if unit.shape == Shape::Cell
        && whole_unit
        && !matches!(unit.section, Section::Background | Section::Money)
    {
        return item(ItemKind::Task, unit.assigned.unwrap_or(me), Confidence::Explicit);
    }
    let background = matches!(unit.section, Section::Background | Section::Money);
    if unit.shape == Shape::Entry
        && whole_unit
        && !background
        && !polite
        && doc.form == Form::Notes
        && (effort
            && !(s.starts_with(|c: char| c.is_ascii_digit())
                && doc.blocks[unit.block].kind == crate::doc::BlockKind::Paragraph)
            || dated
                && words > 2
                && matches!(doc.blocks[unit.block].kind, crate::doc::BlockKind::Bullet(_))
                && !pack.event.is_match(s)
            || starts_with_verb(s, pack))
    {
        return item(ItemKind::Task, me, Confidence::Likely);
    }
    if doc.form != Form::Notes
        && !polite
        && starts_with_verb(s, pack)
        && imperative(s, pack)
        && words >= 3
        && !background
    {
        let owner = if doc.messages[unit.message].speaker == Owner::Client {
            me
        } else {
            Owner::Client
        };
        return item(ItemKind::Task, owner, Confidence::Likely);
    }
    None
}

pub(super) fn owned(unit: &Unit, section: Option<Owner>) -> Option<Owner> {
    unit.assigned.or(section).or(match unit.section {
        Section::Tasks(owner) if unit.shape != Shape::Sentence => owner,
        _ => None,
    })
}

/// Entries of a list in a mail from the freelancer are what the client is asked for.
pub(super) fn default_owner(doc: &Doc<'_>, unit: &Unit) -> Owner {
    if doc.messages[unit.message].speaker == Owner::Freelancer {
        Owner::Client
    } else {
        Owner::Freelancer
    }
}

pub(super) fn reader_of(doc: &Doc<'_>, reader: Owner) -> Owner {
    if doc.form == Form::Notes {
        return Owner::Freelancer;
    }
    reader
}
