//! Notes: who the names in front of entries are, and which of them wrote the notes down.

use std::collections::HashMap;

use super::People;
use crate::doc::{BlockKind, Doc, Form};
use crate::lexicon::Pack;
use crate::model::Owner;

/// "Bäumler: …" in front of entries: a name where it is used twice or stands in the title.
pub(super) fn labelled(doc: &Doc<'_>, people: &mut People, pack: &Pack) {
    let mut count: HashMap<String, usize> = HashMap::new();
    let title: String = doc
        .blocks
        .iter()
        .take(2)
        .map(|b| doc.slice(b.span))
        .collect::<Vec<_>>()
        .join(" ");
    for block in &doc.blocks {
        let s = doc.slice(block.span);
        let Some((label, _)) = [": ", " → ", " -> "]
            .iter()
            .filter_map(|g| s.split_once(g))
            .min_by_key(|(l, _)| l.len())
        else {
            continue;
        };
        let label = label.trim().trim_start_matches('@');
        let named = label.chars().next().is_some_and(char::is_uppercase)
            && label.split_whitespace().count() <= 2
            && label
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-'));
        let known = crate::sections::meaning(label, pack, people, Form::Notes).is_some();
        if named && !known && label.chars().any(char::is_lowercase) | (label.chars().count() < 4) {
            *count.entry(label.to_string()).or_default() += 1;
        }
    }
    for (label, n) in count {
        if n >= 2 || title.contains(&label) {
            people.add(Owner::Client, &label);
        }
    }
}

/// Notes without a "me": whoever has most of the entries is the one who wrote them down.
pub(super) fn assigned(doc: &Doc<'_>, people: &mut People, pack: &Pack) {
    let mut count: HashMap<String, usize> = HashMap::new();
    let mut me = false;
    for block in &doc.blocks {
        if !matches!(block.kind, BlockKind::Bullet(_) | BlockKind::Paragraph) {
            continue;
        }
        let s = doc.slice(block.span);
        let first = s
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .trim_end_matches([':', ','])
            .to_lowercase();
        let label = s
            .split([':', '→'])
            .next()
            .unwrap_or_default()
            .trim()
            .to_lowercase();
        me |= label.len() < 30 && (pack.me.is_match(&label) || pack.h_mine.is_match(&label));
        let named = s.starts_with(char::is_uppercase) && people.client.contains(&first);
        let listed = matches!(block.kind, BlockKind::Bullet(_))
            && s.starts_with(char::is_uppercase)
            && s.contains(": ");
        if named || listed {
            *count.entry(first).or_default() += 1;
        }
    }
    // "I suggested", "I also said": the writer speaks in the first person
    let first_person = doc
        .blocks
        .iter()
        .flat_map(|b| doc.slice(b.span).split_whitespace())
        .filter(|w| {
            matches!(
                *w,
                "I" | "I'm" | "I'd" | "I'll" | "ich" | "je" | "ik" | "yo" | "eu"
            )
        })
        .count();
    if me || people.writer_present || !people.freelancer.is_empty() || first_person > 2 {
        return;
    }
    let mut ranked: Vec<(String, usize)> = count
        .into_iter()
        .filter(|(n, _)| people.client.contains(n))
        .collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    if let Some((name, n)) = ranked.first()
        && *n >= 3
        && ranked.get(1).is_none_or(|(_, second)| second < n)
    {
        people.client.retain(|c| c != name);
        people.freelancer.push(name.clone());
    }
}
