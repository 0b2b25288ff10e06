//! Sentences in which somebody acts: the verb behind its subject, before it, or as an ask of a third person.

use std::sync::LazyLock;

use regex::Regex;

use super::{POSSESSIVE, finite};
use crate::doc::{Doc, Form};
use crate::lexicon::Pack;
use crate::model::Owner;
use crate::people::People;
use crate::units::{Shape, Unit};

/// "Could Maria check the names?", "Jonas, can you give him access?", "Sunil is asked to lend us the kit": whose
/// task an ask of somebody named is.
pub(crate) fn asked_of(people: &People, pack: &Pack, s: &str) -> Option<Owner> {
    static MODAL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^(?i:(?:and|also|und|et|y|e|en|i|¿)?[ ,]*(?:could|can|would|will|should|might|könnten?|kann|würde|soll|sollte|est-ce que|puede|podría|pueden|pode|poderia|podia|kan|kunnen|zou|czy)) (?i:the |our |your |my |unsere? |ihre? |la |el |a |o |pani? )?(?P<n>\p{L}[\p{L}'-]*)(?: \p{Lu}[\p{L}-]+)? (?P<r>.{4,})$",
        )
        .expect("constant pattern")
    });
    static CALLED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?i:and |und |et |y |e |en |i |@)?(?P<n>\p{Lu}\p{L}+)(?: \p{Lu}\p{L}+)?(?:,| –| -) (?P<r>.{4,})$")
            .expect("constant pattern")
    });
    if let Some(c) = MODAL.captures(s) {
        let name = &c["n"];
        let named = name.starts_with(char::is_uppercase)
            && (people.is_name(name) || people.side(name, pack).is_some());
        let role = pack.client_role.find(name).is_some_and(|m| m.len() == name.len());
        if (named || role) && pack.verb.is_match(&c["r"]) && !pack.you.is_match(name) {
            return Some(people.side(name, pack).unwrap_or(Owner::Client));
        }
    }
    // "have the designer put the figures into tables"
    static CAUSED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?i:(?:please |and |also )*(?:have|get|let)) (?i:the |our |my |your )?(?P<n>\p{L}[\p{L}'-]*)(?: \p{Lu}\p{L}+)? (?i:to )?(?P<r>[a-z].{3,})$")
            .expect("constant pattern")
    });
    if let Some(c) = CAUSED.captures(s)
        && pack.lex.code == "en"
        && pack
            .verb
            .find(&c["r"])
            .is_some_and(|m| m.start() == 0 && pack.verbs.is_title(m.as_str()))
    {
        let name = &c["n"];
        if pack
            .freelancer_role
            .find(name)
            .is_some_and(|m| m.len() == name.len())
        {
            return Some(Owner::Freelancer);
        }
        if let Some(side) = people
            .side(name, pack)
            .filter(|_| name.starts_with(char::is_uppercase))
        {
            return Some(side);
        }
    }
    let c = CALLED.captures(s)?;
    let asks = pack.request.find(&c["r"]).is_some_and(|m| m.start() < 12)
        || pack.verb.find(&c["r"]).is_some_and(|m| m.start() == 0);
    people.side(&c["n"], pack).filter(|_| asks)
}

/// "The shooting is taken on by Bea", "will be filled in by me": whose task a passive with its agent is.
pub(crate) fn agent(doc: &Doc<'_>, people: &People, unit: &Unit, s: &str) -> Option<Owner> {
    static BY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"\b(?i:will be|is to be|are to be|is|are|being|be|wird|werden|sera|seront|será|serán|serão|wordt|worden) (?:\p{L}+ ){1,6}?(?i:by|von|par|por|pela?|door) (?:(?i:(?P<own>our|my|unser\w*|mein\w*|notre|nos|mon|ma|nuestr[oa]s?|mi|noss[oa]s?|meu|minha|onze|mijn)|the|dem|der|le|la|el|o|a|de|het) )?(?P<n>\p{L}[\p{L}'-]+)",
        )
        .expect("constant pattern")
    });
    let c = BY.captures(s)?;
    let pack = doc.pack(unit.message);
    let name = &c["n"];
    let speaker = if doc.form == Form::Notes {
        Owner::Freelancer
    } else {
        doc.messages[unit.message].speaker
    };
    // "by our architect": whatever the trade, one of the speaker's people
    if c.name("own").is_some() && doc.form != Form::Notes {
        return Some(speaker);
    }
    let low = name.to_lowercase();
    if matches!(
        low.as_str(),
        "me" | "us" | "mir" | "uns" | "moi" | "nous" | "mí" | "nosotros" | "mim" | "nós" | "mij" | "ons"
    ) {
        return Some(speaker);
    }
    if matches!(
        low.as_str(),
        "you" | "ihnen" | "dir" | "vous" | "toi" | "ti" | "usted" | "si" | "jou" | "u"
    ) {
        return Some(if speaker == Owner::Client {
            Owner::Freelancer
        } else {
            Owner::Client
        });
    }
    let named = name.starts_with(char::is_uppercase);
    people
        .side(name, pack)
        .filter(|_| named)
        .or_else(|| pack.freelancer_role.is_match(name).then_some(Owner::Freelancer))
        .or_else(|| {
            pack.client_role
                .find(name)
                .filter(|m| m.len() == name.len())
                .map(|_| Owner::Client)
        })
}

/// "Das Gutachten gibt mein Bruder in Auftrag", "Zdjęcia zrobi nasza instruktorka": the verb, then one of the
/// speaker's own people. Returns where the verb begins.
pub(super) fn inverted(pack: &Pack, head: &str) -> Option<usize> {
    if !matches!(pack.lex.code, "de" | "nl" | "pl" | "es" | "pt") {
        return None;
    }
    pack.verb
        .find_iter(head)
        .find(|m| {
            let after = head[m.end()..]
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_lowercase();
            m.start() > 0
                && m.start() < 60
                && POSSESSIVE.contains(&after.as_str())
                && after != "mi"
                && finite(pack, m.as_str())
                && head[m.end()..].split_whitespace().nth(1).is_some_and(|w| {
                    pack.client_role.is_match(w)
                        || pack.freelancer_role.is_match(w)
                        || w.starts_with(char::is_uppercase)
                        || pack.lex.code == "pl"
                })
        })
        .map(|m| m.start())
}

/// Notes write "label sends the specs" without a capital.
pub(super) fn capitalised(head: &str) -> String {
    let mut chars = head.chars();
    match chars.next().filter(char::is_ascii_lowercase) {
        Some(first) => first.to_ascii_uppercase().to_string() + chars.as_str(),
        None => head.to_string(),
    }
}

/// "Nadia orders the patch leads": in English a capitalised subject, a verb in -s and an object with its
/// determiner, whatever the verb. Returns where the verb begins.
pub(crate) fn acts(pack: &Pack, head: &str) -> Option<usize> {
    static ACTS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\p{Lu}[\p{L}'’.-]*(?: (?:and|&|\+) \p{Lu}[\p{L}'’.-]*| \p{Lu}[\p{L}'’.-]*| mum| dad| team){0,2} (?P<v>[a-z]{3,}s) (?:the|an?|his|her|their|our|my|your|us|you|me|him|them|all|any|some|both|back|over|out|in|up|two|three|four|five|six|\d+)\b").expect("constant pattern")
    });
    const STATES: &[&str] = &[
        "is", "was", "has", "does", "needs", "wants", "likes", "loves", "knows", "thinks", "says", "hopes",
        "means", "looks", "seems", "sounds", "works", "comes", "costs", "includes", "shows", "contains",
        "goes", "stays", "remains", "runs", "starts", "opens", "closes", "ends", "begins", "prefers",
        "hates", "feels", "gets", "makes", "takes", "keeps", "this", "plus", "across", "towards", "versus",
        "always", "perhaps", "uses", "owns", "handles", "covers", "sits", "lives", "follows", "falls",
        "lets", "reads", "becomes", "requires", "details", "notes", "asks", "tells", "reckons",
    ];
    let c = ACTS.captures(head).filter(|_| pack.lex.code == "en")?;
    let verb = c.name("v")?;
    let first = head.split_whitespace().next().unwrap_or_default().to_lowercase();
    (!STATES.contains(&verb.as_str()) && !pack.lex.stop.contains(&first.as_str())).then_some(verb.start())
}

/// "Ilse clears the beach permit by 15 March" with a verb no list holds: a known name opens a dated entry of notes.
pub(super) fn named_start(
    doc: &Doc<'_>,
    people: &People,
    unit: &Unit,
    head: &str,
    pack: &Pack,
) -> Option<usize> {
    let entry = doc.form == Form::Notes
        && matches!(unit.shape, Shape::Entry | Shape::OpenBox)
        && matches!(doc.blocks[unit.block].kind, crate::doc::BlockKind::Bullet(_));
    let first = head.split_whitespace().next()?;
    let fits = entry && first.starts_with(char::is_uppercase) && people.side(first, pack).is_some();
    let sized = !pack
        .dates
        .find(head, 0, &doc.reading(unit.message, None))
        .is_empty()
        || !pack.efforts.find(pack, head, 0, false).is_empty();
    (fits && sized && !first.ends_with([':', ','])).then_some(first.len())
}

/// "Onze ICT'er Colin richt morgen de testserver in": one of the speaker's own people, a verb no list holds, and a
/// day. Returns where the verb begins.
pub(super) fn own_start(
    doc: &Doc<'_>,
    people: &People,
    unit: &Unit,
    head: &str,
    pack: &Pack,
) -> Option<usize> {
    const STATES: &[&str] = &[
        "ist", "sind", "war", "hat", "haben", "est", "sont", "était", "a", "ont", "es", "son", "era",
        "tiene", "é", "são", "tem", "is", "zijn", "was", "heeft", "hebben", "jest", "są", "był", "była",
        "ma", "mają", "und", "et", "y", "e", "en", "i", "que", "qui", "die", "der", "das", "wie", "que",
        "od", "von", "vom", "des", "du", "de", "del", "da", "do", "van", "z", "ze", "im", "in", "aus", "zum",
        "zur", "für", "pour", "para", "voor",
    ];
    let mut at = 0;
    let mut known = false;
    for (n, word) in head.split_inclusive(' ').enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let low = bare.to_lowercase();
        if n == 0 && !(POSSESSIVE.contains(&low.as_str()) || low == "notre" || low == "nos") || n > 4 {
            return None;
        }
        let role = pack.client_role.find(bare).is_some_and(|m| m.len() == bare.len());
        let name = bare.starts_with(char::is_uppercase) && people.side(bare, pack) == Some(Owner::Client);
        let capital = bare.starts_with(char::is_uppercase);
        if n > 0 && known && !capital && !role {
            let verb = word.trim_end().len() == bare.len()
                && bare.chars().all(char::is_alphabetic)
                && !STATES.contains(&low.as_str());
            let dated = !doc.dates(unit.message, unit.span).is_empty();
            return (verb && dated && !pack.done.is_match(head) && !pack.event.is_match(head)).then_some(at);
        }
        known |= n > 0 && (role || name || capital && pack.lex.code != "de" && people.is_name(bare));
        at += word.len();
    }
    None
}

/// "Tom to send the file": nothing but a name before, a verb of doing after.
pub(super) fn bare_to(people: &People, before: &str, after: &str, pack: &Pack) -> bool {
    let names = before
        .split_whitespace()
        .all(|w| w.chars().next().is_some_and(char::is_uppercase) && !w.contains(['\'', '’']));
    let role = before.split_whitespace().count() <= 4
        && pack
            .client_role
            .find_iter(before)
            .last()
            .is_some_and(|m| m.end() == before.trim_end().len());
    let known = people.side(before, pack).is_some();
    known && after.trim_start().starts_with(char::is_lowercase)
        || (names || role) && pack.verb.find(after.trim_start()).is_some_and(|m| m.start() == 0)
}
