//! Who an entry names behind the thing.

use super::{Shape, Unit};
use crate::doc::{BlockKind, Doc, Form};
use crate::lexicon::Pack;
use crate::model::Owner;
use crate::people::People;

/// "Provide a dump by Friday (Tomasz)", "Inform the customers – Marketing", "prices: Maria, by Wed": who does it
/// stands behind the thing.
pub(super) fn trailing(doc: &Doc<'_>, people: &People, pack: &Pack, unit: &Unit) -> Option<Owner> {
    if !matches!(unit.shape, Shape::Entry | Shape::OpenBox)
        || !matches!(doc.blocks[unit.block].kind, BlockKind::Bullet(_))
    {
        return None;
    }
    let s = doc.slice(unit.span).trim_end_matches(['.', ' ']);
    let mut places: Vec<&str> = Vec::new();
    if let Some(inner) = s.strip_suffix(')') {
        places.push(inner.rsplit_once('(')?.1);
    } else {
        for sign in [" – ", " — ", " → ", " -> ", " => ", " - "] {
            places.extend(s.rsplit_once(sign).map(|(_, tail)| tail));
        }
        // "check the dates (Anna, with her lawyer), by Friday"
        if let Some((head, rest)) = s.split_once('(')
            && head.split_whitespace().count() > 1
            && let Some((inner, after)) = rest.split_once(')')
            && after.trim_start().starts_with([',', '–', '-', ';'])
        {
            places.push(inner);
        }
        // "captions: Yves, by Friday": a label that is no person before a name
        if doc.form != Form::Chat
            && let Some((_, tail)) = s.split_once(": ")
            && tail.contains([',', '–', '-', '(']) | (tail.split_whitespace().count() <= 2)
        {
            places.push(tail);
        }
        // "layout – me, 3 h", "car park, me, 3h"
        if doc.form == Form::Notes {
            places.extend(s.split(", ").skip(1));
        }
    }
    // "hosting and billing (Benedikt, this week)": in a letter a name in brackets is one of theirs
    if doc.form != Form::Notes
        && let Some((name, when)) = s
            .strip_suffix(')')
            .and(places.first())
            .and_then(|p| p.split_once(','))
        && let name = name.trim()
        && name.starts_with(char::is_uppercase)
        && name.chars().all(char::is_alphabetic)
        && name.chars().skip(1).all(char::is_lowercase)
        && people.side(name, pack).is_none()
        && pack.lex.code != "de"
        && (!doc.dates(unit.message, unit.span).is_empty() || pack.dates.has_week(when))
    {
        return Some(if doc.messages[unit.message].speaker == Owner::Client {
            Owner::Client
        } else {
            return None;
        });
    }
    places.iter().find_map(|place| {
        let name = place.split([',', ':', '(', '–', '—']).next().unwrap_or(place);
        let name = name.split(" - ").next().unwrap_or(name);
        let name = name.trim();
        let called = name.starts_with('@') && doc.form == Form::Notes;
        let name = name.trim_start_matches('@');
        somebody(doc, people, pack, unit, name)
            .or_else(|| does_it(doc, people, pack, unit, name))
            .or_else(|| (called && !name.is_empty() && !name.contains(' ')).then_some(Owner::Client))
    })
}

/// "la busca Joaquín", "das macht Tom", "our in-house studio does that": somebody and little more than a verb.
fn does_it(doc: &Doc<'_>, people: &People, pack: &Pack, unit: &Unit, said: &str) -> Option<Owner> {
    const DOES: &[&str] = &[
        "does",
        "do",
        "handles",
        "macht",
        "machen",
        "übernimmt",
        "erledigt",
        "liefert",
        "fait",
        "fournit",
        "gère",
        "hace",
        "pone",
        "lleva",
        "faz",
        "cuida",
        "doet",
        "regelt",
        "levert",
        "robi",
        "zrobi",
        "provides",
        "makes",
    ];
    let words: Vec<&str> = said.split_whitespace().collect();
    let speaker = if doc.form == Form::Notes {
        Owner::Freelancer
    } else {
        doc.messages[unit.message].speaker
    };
    if !(2..=6).contains(&words.len()) || said.contains('?') {
        return None;
    }
    let last = words.last().copied().unwrap_or_default();
    let pronoun = [
        "la", "lo", "las", "los", "das", "dat", "les", "le", "to", "die", "o", "a",
    ];
    let opens = pronoun.contains(&words[0].to_lowercase().as_str()) && words.len() <= 4;
    if opens && pack.me.is_match(&last.to_lowercase()) {
        return Some(speaker);
    }
    if opens && last.starts_with(char::is_uppercase) {
        return people.side(last, pack);
    }
    let own = crate::subject::POSSESSIVE.contains(&words[0].to_lowercase().as_str());
    let does = words
        .iter()
        .skip(1)
        .any(|w| DOES.contains(&w.to_lowercase().as_str()));
    (own && does && doc.form != Form::Notes).then_some(speaker)
}

/// The side of a name, a role or "me" that stands by itself.
fn somebody(doc: &Doc<'_>, people: &People, pack: &Pack, unit: &Unit, name: &str) -> Option<Owner> {
    if name.is_empty() || name.split_whitespace().count() > 3 || name.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let low = name.to_lowercase();
    // "I do that" among the bits of a note
    const SELF: &[&str] = &[
        "i do that",
        "i do it",
        "i'll do that",
        "i'll do it",
        "mach ich",
        "mache ich",
        "doe ik",
    ];
    if pack.me.is_match(&low) || SELF.contains(&low.as_str()) {
        return Some(if doc.form == Form::Notes {
            Owner::Freelancer
        } else {
            doc.messages[unit.message].speaker
        });
    }
    let whole_role = pack
        .client_role
        .find(name)
        .is_some_and(|m| m.start() == 0 && m.end() == name.len());
    let capital = name
        .split_whitespace()
        .all(|w| w.starts_with(char::is_uppercase) || matches!(w, "+" | "&" | "/"));
    let names = name.split([' ', '/', '+', '&']).filter(|w| !w.is_empty());
    let only_names = names
        .clone()
        .all(|w| people.side(w, pack).is_some() || crate::people::is_title(w));
    // whoever has a part in it, the freelancer does it too
    let joint = names
        .filter_map(|w| people.side(w, pack))
        .reduce(|a, b| if a == Owner::Freelancer { a } else { b });
    joint
        .filter(|_| capital && (only_names || people.side(name, pack).is_some()))
        .or_else(|| (whole_role && capital).then_some(Owner::Client))
}
