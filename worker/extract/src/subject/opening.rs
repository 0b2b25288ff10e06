//! Who an entry of notes opens with, or says it comes from.

use std::sync::LazyLock;

use regex::Regex;

use super::finite;
use crate::lexicon::Pack;
use crate::model::Owner;
use crate::people::People;

/// "Torben trägt alle Termine ein", "Gemma + Pav pick a route": the known person an entry opens with, whatever
/// the verb.
pub(crate) fn opens_with_person(people: &People, pack: &Pack, s: &str) -> Option<Owner> {
    let mut sides: Vec<Owner> = Vec::new();
    for word in s.split_whitespace() {
        let name = word.trim_matches(|c: char| !c.is_alphanumeric());
        if name.is_empty() || matches!(word, "and" | "und" | "et" | "y" | "e" | "en" | "i") {
            continue;
        }
        if !name.starts_with(char::is_uppercase) {
            // what follows has to be able to be a verb, and one of doing
            let verb = name.starts_with(char::is_lowercase)
                && word.len() == name.len()
                && !UNMOVED.contains(&name.to_lowercase().as_str());
            let joint = sides.iter().find(|o| **o == Owner::Freelancer).or(sides.first());
            return joint.copied().filter(|_| verb);
        }
        if crate::people::is_title(word) {
            continue;
        }
        match people.side(name, pack) {
            Some(side) if !word.ends_with(':') => sides.push(side),
            _ => return None,
        }
    }
    None
}

/// Verbs of those who want, say or are something.
const UNMOVED: &[&str] = &[
    "asked",
    "asks",
    "wants",
    "wanted",
    "needs",
    "would",
    "likes",
    "liked",
    "loves",
    "loved",
    "said",
    "says",
    "thinks",
    "thought",
    "hopes",
    "is",
    "was",
    "has",
    "had",
    "mentioned",
    "told",
    "knows",
    "prefers",
    "unsure",
    "hates",
    "remarked",
    "reported",
    "suggested",
    "braucht",
    "möchte",
    "wünscht",
    "fragt",
    "fragte",
    "hat",
    "ist",
    "war",
    "sagt",
    "sagte",
    "findet",
    "fand",
    "meint",
    "berichtet",
    "veut",
    "voudrait",
    "demande",
    "pense",
    "est",
    "a",
    "dit",
    "trouve",
    "aime",
    "quiere",
    "pide",
    "dice",
    "es",
    "está",
    "cree",
    "prefiere",
    "quer",
    "pediu",
    "disse",
    "é",
    "acha",
    "wil",
    "vraagt",
    "zegt",
    "vindt",
    "heeft",
    "chce",
    "prosi",
    "mówi",
    "jest",
    "ma",
    "woli",
];

/// "their printer sends the template", "mum wants to choose the cake": a role of the client's side opens an entry.
pub(crate) fn opens_with_role(pack: &Pack, s: &str) -> Option<Owner> {
    const BEFORE: &[&str] = &[
        "the", "their", "his", "her", "our", "der", "die", "das", "deren", "ihr", "ihre", "le", "la", "les",
        "leur", "son", "sa", "el", "su", "o", "a", "de", "het", "hun", "ich",
    ];
    let mut at = 0;
    for (n, word) in s.split_inclusive(' ').enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let theirs = n == 1
            && ["their ", "his ", "her ", "deren ", "leur ", "hun "]
                .iter()
                .any(|w| s.to_lowercase().starts_with(w));
        let role = theirs || pack.client_role.find(bare).is_some_and(|m| m.len() == bare.len());
        if role {
            let rest = &s[at + word.len()..];
            let next = rest.split_whitespace().next().unwrap_or_default();
            let verb = pack.third.find(rest).is_some_and(|m| m.start() == 0)
                || pack
                    .verb
                    .find(rest)
                    .is_some_and(|m| m.start() == 0 && finite(pack, m.as_str()))
                || matches!(
                    next,
                    "wants" | "has" | "brings" | "pays" | "chooses" | "decides" | "does"
                );
            return verb.then_some(Owner::Client);
        }
        if n > 1 || !BEFORE.contains(&bare.to_lowercase().as_str()) {
            return None;
        }
        at += word.len();
    }
    None
}

/// "opening hours from Maria by Thu": an entry without a verb that names who it comes from.
pub(crate) fn from_person(people: &People, pack: &Pack, s: &str) -> Option<Owner> {
    static FROM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:from|von|de|van|od|fournir par|by|par|door|przez) (?P<n>\p{Lu}[\p{L}-]+)")
            .expect("constant pattern")
    });
    let c = FROM.captures(s)?;
    let finite_verb = pack
        .verb
        .find_iter(s)
        .any(|m| m.start() == 0 || finite(pack, m.as_str()));
    people
        .side(&c["n"], pack)
        .filter(|o| *o == Owner::Client && !finite_verb)
}
