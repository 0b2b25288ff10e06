//! The verb of a title: found, put into its form and into its place.

use std::sync::LazyLock;

use regex::Regex;

use super::cut::{dangling, first_clause, lower_article, squeeze};
use crate::lexicon::{Pack, VerbPlace};
use crate::subject::DETERMINERS;

/// English words that are verb and noun alike.
const NOUNS: &[&str] = &[
    "invoice",
    "label",
    "list",
    "sketch",
    "quote",
    "cut",
    "test",
    "design",
    "draft",
    "plan",
    "call",
    "print",
    "post",
    "record",
    "order",
    "map",
    "interview",
    "edit",
    "mail",
    "email",
    "e-mail",
    "review",
    "layout",
    "mix",
    "document",
    "visit",
    "show",
    "sign",
    "photograph",
    "build",
    "shoot",
    "run",
    "scan",
    "name",
    "file",
    "book",
    "cover",
    "refresh",
    "return",
    "update",
    "change",
    "launch",
    "audit",
    "research",
    "brief",
    "tag",
    "crop",
    "tune",
    "master",
    "colour",
    "color",
    "sort",
    "source",
    "export",
    "share",
    "drop",
];

/// Whether an English verb is also a noun.
pub(crate) fn also_noun(form: &str) -> bool {
    NOUNS.contains(&form.to_lowercase().as_str())
}

/// English words that are verb and noun alike: "invoice for the first half" names a thing.
pub(super) fn reads_as_noun(pack: &Pack, form: &str, after: &str) -> bool {
    let next = after.split_whitespace().next().unwrap_or_default().to_lowercase();
    let follows = after.starts_with('-')
        || matches!(
            next.as_str(),
            "for"
                | "of"
                | "with"
                | "as"
                | "in"
                | "on"
                | "script"
                | "illustration"
                | "newsletters"
                | "build"
                | "i"
        );
    pack.lex.code == "en" && follows && NOUNS.contains(&form.to_lowercase().as_str())
}

/// "The bar top needs to be sanded" → "Sand the bar top".
pub(super) fn passive(pack: &Pack, s: &str) -> Option<String> {
    static BE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?P<thing>.{3,60}?)\s+(?:shall|should|must|will|is to|are to|has to|have to|needs? to|also needs? to)(?: also)? be (?P<done>[\w-]+)(?P<rest>.*)$").expect("constant pattern")
    });
    let c = BE.captures(s).filter(|_| pack.lex.code == "en")?;
    let done = c["done"].to_lowercase();
    let stem = done.strip_suffix("ed").unwrap_or(&done);
    let irregular = [
        ("sent", "send"),
        ("made", "make"),
        ("built", "build"),
        ("written", "write"),
        ("done", "do"),
        ("cut", "cut"),
        ("put", "put"),
        ("shot", "shoot"),
        ("drawn", "draw"),
        ("given", "give"),
        ("shown", "show"),
    ];
    let known = |v: &str| pack.verbs.title(v).is_some();
    let doubled = stem.strip_suffix(stem.chars().next_back()?).unwrap_or(stem);
    let verb = irregular
        .iter()
        .find(|(p, _)| *p == done)
        .map(|(_, v)| (*v).to_string())
        .or_else(|| {
            [
                format!("{stem}e"),
                stem.to_string(),
                doubled.to_string(),
                stem.strip_suffix('i')
                    .map(|s| format!("{s}y"))
                    .unwrap_or_default(),
            ]
            .into_iter()
            .find(|v| known(v))
        })?;
    let rest = dangling(&first_clause(c["rest"].trim()));
    Some(
        format!("{verb} {} {rest}", lower_article(c["thing"].trim()))
            .trim()
            .to_string(),
    )
}

/// "… liefere ich": the subject after the verb.
pub(super) fn ends_with_subject(after: &str) -> bool {
    matches!(
        after.trim().to_lowercase().as_str(),
        "ich" | "wir" | "ik" | "wij" | "er"
    )
}

pub(super) fn before_verb_is_subject(s: &str) -> bool {
    if s.split_whitespace()
        .any(|w| DETERMINERS.contains(&w.to_lowercase().as_str()))
        && s.split_whitespace().count() < 2
    {
        return false;
    }
    let words = s.split_whitespace().count();
    words <= 3
        && !s.contains([',', '('])
        && s.split_whitespace()
            .next()
            .is_some_and(|w| w.chars().next().is_some_and(char::is_uppercase) || w.chars().count() < 4)
}

pub(super) fn ends_with_verb(pack: &Pack, s: &str) -> bool {
    let last = s
        .trim_end_matches(['.', '!', '?', ' '])
        .split_whitespace()
        .next_back()
        .unwrap_or_default();
    let known = pack
        .verb
        .find(last)
        .is_some_and(|m| m.start() == 0 && m.end() == last.len());
    // German nouns are capitalised, so a small word in -en at the end is the infinitive
    let infinitive = pack.lex.code == "de"
        && last.len() > 4
        && last.ends_with("en")
        && last.chars().next().is_some_and(char::is_lowercase);
    s.split_whitespace().count() > 1 && (known || infinitive)
}

pub(super) fn join(pack: &Pack, verb: &str, object: &str) -> String {
    let object = object.trim_matches([' ', ',', '.', ':']);
    if object.is_empty() {
        return verb.to_string();
    }
    match pack.lex.verb_place {
        VerbPlace::First => format!("{verb} {}", lower_article(object)),
        VerbPlace::Last => format!("{object} {verb}"),
    }
}

/// Separable prefixes of German and Dutch verbs.
pub(super) const PREFIXES: &[&str] = &[
    "um", "ab", "an", "auf", "aus", "ein", "mit", "vor", "nach", "hoch", "bereit", "fertig", "zurück",
    "weiter", "zusammen", "door", "aan", "op", "af", "uit", "mee", "terug", "toe", "na",
];

/// The form a title uses for a verb found in any form.
pub(super) fn infinitive(pack: &Pack, form: &str) -> String {
    let low = squeeze(&form.to_lowercase());
    pack.verbs.title(&low).map_or(low.clone(), str::to_string)
}
