//! Headings that are names.

use super::{Section, meaning};
use crate::doc::{BlockKind, Doc, Form};
use crate::lexicon::Pack;
use crate::model::Owner;
use crate::people::People;

/// A lone name above a list of entries: that person's tasks.
pub(super) fn name_heading(doc: &Doc<'_>, i: usize, s: &str, pack: &Pack) -> Option<Section> {
    let label = s.trim().trim_end_matches(':').trim();
    let (label, role) = match label.split_once('(') {
        Some((name, role)) => (name.trim(), role.trim_end_matches(')')),
        None => (label, ""),
    };
    if !role.is_empty()
        && label.split_whitespace().count() <= 3
        && label.chars().next().is_some_and(char::is_uppercase)
        && matches!(doc.blocks.get(i + 1).map(|b| b.kind), Some(BlockKind::Bullet(_)))
        && (pack.client_role.is_match(role)
            || pack.freelancer_role.is_match(role)
            || pack.me.is_match(&role.to_lowercase()))
    {
        let me = pack.me.is_match(&role.to_lowercase())
            || pack.freelancer_role.is_match(role) && !pack.client_role.is_match(role);
        return Some(Section::Tasks(Some(if me {
            Owner::Freelancer
        } else {
            Owner::Client
        })));
    }
    let one = label.split_whitespace().count() <= 2
        && label.chars().next().is_some_and(char::is_uppercase)
        && label
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-'));
    let listed = matches!(doc.blocks.get(i + 1).map(|b| b.kind), Some(BlockKind::Bullet(_)));
    let title: String = doc
        .blocks
        .iter()
        .take(3)
        .filter(|b| b.span != doc.blocks[i].span)
        .map(|b| doc.slice(b.span))
        .collect::<Vec<_>>()
        .join(" ");
    let low = label.to_lowercase();
    let named = doc.form == Form::Notes
        && title
            .to_lowercase()
            .split(|c: char| !(c.is_alphabetic() || c == '-'))
            .any(|w| w == low);
    let role =
        doc.form == Form::Notes && pack.client_role.is_match(label) && label.split_whitespace().count() <= 3;
    // a band, a club: whoever stands beside the list of what the writer has to do
    let beside = doc.form == Form::Notes
        && label.split_whitespace().count() == 1
        && label.starts_with(char::is_uppercase)
        && meaning(label, pack, &People::default(), doc.form).is_none()
        && doc.blocks[..i].iter().any(|b| {
            b.kind == BlockKind::Paragraph && {
                let s = doc.slice(b.span);
                s.split_whitespace().count() <= 4
                    && matches!(
                        meaning(s, pack, &People::default(), doc.form),
                        Some(Section::Tasks(None | Some(Owner::Freelancer)))
                    )
            }
        });
    (listed && (one && (named || beside) || role)).then_some(Section::Tasks(Some(Owner::Client)))
}
