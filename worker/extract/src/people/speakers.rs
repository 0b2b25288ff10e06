//! Who of those who write is the freelancer.

use std::collections::HashMap;

use super::{People, TITLES};
use crate::doc::Doc;
use crate::model::Owner;

pub(super) fn first_name(name: &str) -> String {
    name.split_whitespace()
        .find(|w| !TITLES.contains(&w.trim_end_matches('.').to_lowercase().as_str()))
        .unwrap_or(name)
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase()
}

/// How much each author sounds like the client.
pub(super) fn voices(doc: &Doc<'_>) -> HashMap<String, i32> {
    let mut score: HashMap<String, i32> = HashMap::new();
    for block in &doc.blocks {
        let message = &doc.messages[block.message];
        if let Some(author) = &message.author {
            let s = doc.slice(block.span);
            let pack = message.pack;
            let sum = 2 * pack.client_voice.find_iter(s).count() as i32
                - 2 * pack.freelancer_voice.find_iter(s).count() as i32
                + pack.client_tone.find_iter(s).count() as i32
                - pack.freelancer_tone.find_iter(s).count() as i32;
            *score.entry(first_name(author)).or_default() += sum;
        }
    }
    score
}

pub(super) fn mail(doc: &mut Doc<'_>, people: &mut People, greeted: Option<String>) {
    let score = voices(doc);
    let from = doc.messages[0]
        .author
        .as_deref()
        .map(first_name)
        .unwrap_or_default();
    let mut to = doc.messages[0]
        .to
        .as_deref()
        .map(first_name)
        .or(greeted.filter(|g| !g.is_empty()).map(|g| first_name(&g)))
        .unwrap_or_default();
    if to.is_empty() {
        to = doc
            .messages
            .iter()
            .filter_map(|m| m.author.as_deref().map(first_name))
            .find(|a| *a != from)
            .unwrap_or_default();
    }
    // who received the newest message pastes it, unless the voices say that the newest one is an answer to the client
    let voice = |n: &str| score.get(n).copied().unwrap_or(0);
    let flipped = score.contains_key(&to) && voice(&from) + 5 < voice(&to)
        || !score.contains_key(&to) && voice(&from) <= -4;
    let freelancer = if flipped { from } else { to };
    people.add(Owner::Freelancer, &freelancer);
    let full: Vec<String> = doc
        .messages
        .iter()
        .filter_map(|m| m.author.clone())
        .chain(doc.messages[0].to.clone())
        .collect();
    for name in full {
        let owner = if first_name(&name) == freelancer {
            Owner::Freelancer
        } else {
            Owner::Client
        };
        if owner == Owner::Client || name.split_whitespace().count() < 3 {
            people.add(owner, &name);
        }
    }
    for m in &mut doc.messages {
        let author = m.author.as_deref().map(first_name);
        m.speaker = if author.as_deref() == Some(freelancer.as_str()) {
            Owner::Freelancer
        } else {
            Owner::Client
        };
        m.internal =
            m.speaker == Owner::Client && m.to.as_deref().is_some_and(|t| first_name(t) != freelancer);
    }
}

pub(super) fn chat(doc: &mut Doc<'_>, people: &mut People) {
    let mut score: Vec<(String, i32)> = voices(doc).into_iter().collect();
    score.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    // "Jonas (freelance)" says it himself
    let named = doc.messages.iter().find_map(|m| {
        let (name, role) = m.author.as_deref()?.split_once('(')?;
        m.pack.freelancer_role.is_match(role).then(|| first_name(name))
    });
    // "Lotte (Atelier Noor)" and "Sam Rieger": whose house is named is the client
    let housed = |m: &crate::doc::Message| m.author.as_deref().is_some_and(|a| a.contains('('));
    let bare: Vec<String> = doc
        .messages
        .iter()
        .filter(|m| !housed(m))
        .filter_map(|m| m.author.as_deref().map(first_name))
        .collect();
    let other = bare
        .first()
        .filter(|f| doc.messages.iter().any(housed) && bare.iter().all(|b| b == *f))
        .cloned();
    let freelancer = named
        .or(other)
        .or(score.first().map(|(n, _)| n.clone()))
        .unwrap_or_default();
    for m in &mut doc.messages {
        if let Some(name) = m.author.as_deref() {
            let first = first_name(name);
            m.speaker = if first == freelancer {
                Owner::Freelancer
            } else {
                Owner::Client
            };
            people.add(m.speaker, &first);
        }
    }
}
