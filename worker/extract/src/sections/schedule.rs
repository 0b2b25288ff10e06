//! Lines that name a thing and its day.

use crate::doc::{BlockKind, Doc};

/// "Storyboard: Friday 20 March" among lines of the same kind: a thing and its day.
pub(crate) fn scheduled(doc: &Doc<'_>, block: usize) -> bool {
    let line = |i: usize| {
        let Some(b) = doc.blocks.get(i) else { return false };
        let pack = doc.pack(b.message);
        let s = doc.slice(b.span);
        let Some((thing, _)) = s.rsplit_once(": ") else {
            return false;
        };
        let at = b.span.start + thing.len();
        let hits = doc.dates(b.message, b.span);
        b.kind == BlockKind::Paragraph
            && (1..=9).contains(&thing.split_whitespace().count())
            && s[thing.len()..].split_whitespace().count() <= 8
            && hits.iter().any(|h| h.span.start >= at && h.span.start <= at + 12)
            && !hits.iter().any(|h| h.span.start < at)
            && !pack.h_meta.is_match(thing)
            && !pack.event.is_match(thing)
            && !pack.deadline.is_match(thing)
            && !pack.everything.is_match(thing)
            && !pack.h_people.is_match(thing)
            && !pack.next_meeting.is_match(thing)
    };
    line(block) && (block > 0 && line(block - 1) || line(block + 1))
}
