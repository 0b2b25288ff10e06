//! Titles: what to do, in the language of the text, without dates, politeness and effort.

use std::sync::LazyLock;

use regex::Regex;
use unicode_segmentation::UnicodeSegmentation;

use crate::doc::Doc;
use crate::lexicon::{Pack, VerbPlace};
use crate::model::{ItemKind, Owner, Span};
use crate::subject::{DETERMINERS, finite};

/// Longest title in characters.
pub(crate) const LIMIT: usize = 80;

/// The title of an item quoted at `span`; `body` is the quote without a label before it.
pub(crate) fn title(
    doc: &Doc<'_>,
    message: usize,
    kind: ItemKind,
    owner: Owner,
    span: Span,
    body: Span,
) -> String {
    let pack = doc.pack(message);
    let raw = doc.slice(if body.is_empty() { span } else { body });
    let made = if kind == ItemKind::Task {
        task(doc, message, pack, owner, raw)
    } else {
        tidy(raw)
    };
    let title = finish(&made);
    if title.chars().any(char::is_alphanumeric) {
        title
    } else {
        finish(&tidy(doc.slice(span)))
    }
}

fn task(doc: &Doc<'_>, message: usize, pack: &Pack, owner: Owner, raw: &str) -> String {
    // the next meeting is named, not described
    if let Some(m) = pack.next_meeting.find(raw).filter(|m| m.start() < 8) {
        return squeeze(m.as_str());
    }
    let s = squeeze(&strip(doc, message, pack, raw));
    let lead = pack.lead.find(&s).map_or(0, |m| m.end());
    let mut rest = s[lead..].trim().to_string();
    if let Some(title) = passive(pack, &rest) {
        return title;
    }
    let opens = pack
        .verb
        .find(&rest)
        .filter(|m| m.start() == 0)
        .is_some_and(|m| !reads_as_noun(pack, m.as_str(), &rest[m.end()..]));
    let (tail, mut trigger) = if opens {
        (rest.clone(), Trigger::Deed)
    } else {
        after_trigger(pack, &rest)
    };
    if trigger == Trigger::None && pack.request.is_match(&s[..lead]) {
        trigger = Trigger::Deed;
    }
    rest = squeeze(&pack.title_drop.replace_all(&tail, " "));
    let lead = pack.lead.find(&rest).map_or(0, |m| m.end());
    rest = rest[lead..]
        .trim_start_matches([',', ':', '-', '–', '→', ' ', '.'])
        .to_string();
    rest = dangling(&first_clause(&rest));
    rest = skip_words(
        &rest,
        &[
            "is", "ist", "est", "es", "é", "to", "of", "de", "do", "da", "des", "du", "van", "von", "od",
            "d'un", "d'une",
        ],
    );
    if pack.lex.verb_place == VerbPlace::Last && ends_with_verb(pack, &rest) {
        return rest;
    }
    let found = pack.verb.find(&rest).map(|m| (m.start(), m.end()));
    if let Some((start, end)) = found
        && !(trigger == Trigger::Thing && pack.lex.code == "en")
        && !reads_as_noun(pack, &rest[start..end], &rest[end..])
        && (start == 0
            || pack.lex.verb_place == VerbPlace::Last
            || finite(pack, &rest[start..end])
            || end == rest.len())
        && (start == 0
            || start < 45 && (before_verb_is_subject(&rest[..start]) || ends_with_subject(&rest[end..])))
    {
        let verb = infinitive(pack, &rest[start..end]);
        let after = rest[end..].trim();
        if start > 0 && (after.is_empty() || ends_with_subject(after)) {
            return join(pack, &verb, &rest[..start]);
        }
        // "setzt die Seite um" → "die Seite umsetzen"
        if pack.lex.verb_place == VerbPlace::Last
            && let Some((head, prefix)) = after.trim_end_matches(['.', '!', ' ']).rsplit_once(' ')
            && PREFIXES.contains(&prefix)
        {
            return format!("{head} {prefix}{verb}");
        }
        return join(
            pack,
            &verb,
            &skip_words(after, &["me", "us", "you", "him", "her", "them"]),
        );
    }
    // an ask or promise goes on with its verb, known or not
    let first = rest.split_whitespace().next().unwrap_or_default();
    let second = rest.split_whitespace().nth(1).unwrap_or_default().to_lowercase();
    let plain = first.chars().next().is_some_and(char::is_lowercase)
        && !DETERMINERS.contains(&first)
        && first.chars().all(|c| c.is_alphabetic() || c == '-');
    let verbal = match pack.lex.code {
        "fr" => first.ends_with("er") || first.ends_with("ir") || first.ends_with("re"),
        "es" | "pt" => first.ends_with("ar") || first.ends_with("er") || first.ends_with("ir"),
        "pl" => first.ends_with('ć'),
        "en" => trigger == Trigger::Deed || DETERMINERS.contains(&second.as_str()),
        _ => false,
    };
    if plain && verbal {
        let object = rest[first.len()..].trim();
        return format!(
            "{first} {}",
            skip_words(object, &["me", "us", "you", "him", "her", "them"])
        );
    }
    let verb = if owner == Owner::Client {
        pack.lex.provide
    } else {
        pack.lex.make
    };
    join(pack, verb, rest.trim())
}

/// English words that are verb and noun alike: "invoice for the first half" names a thing.
fn reads_as_noun(pack: &Pack, form: &str, after: &str) -> bool {
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

/// What stands after the words that ask.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trigger {
    None,
    /// A verb: "could you", "I'll", "Tom to".
    Deed,
    /// A thing: "we need".
    Thing,
}

/// Takes off everything up to and with the words that ask or promise.
fn after_trigger(pack: &Pack, s: &str) -> (String, Trigger) {
    let found = [
        (&pack.request, Trigger::Deed),
        (&pack.commit, Trigger::Deed),
        (&pack.need, Trigger::Thing),
    ]
    .into_iter()
    .filter_map(|(r, t)| r.find(s).map(|m| (m.start(), std::cmp::Reverse(m.end()), t)))
    .min_by_key(|f| (f.0, f.1));
    let third = pack.third.find(s).filter(|m| {
        m.start() > 0 && s[..m.start()].split_whitespace().count() <= 4 && m.as_str().chars().count() < 14
    });
    let (start, end, kind) = match (found, third) {
        (Some(f), Some(t)) if t.start() < f.0 => (t.start(), t.end(), Trigger::Deed),
        (Some(f), _) => (f.0, f.1.0, f.2),
        (None, Some(t)) if pack.lex.verb_place == VerbPlace::First && pack.lex.code == "en" => {
            (t.start(), t.end(), Trigger::Deed)
        }
        _ => return (s.to_string(), Trigger::None),
    };
    // "send me", "te paso", "sprawdzę": the verb is part of the words that ask or promise
    if kind == Trigger::Deed
        && let Some(verb) = pack.verb.find(&s[start..end])
    {
        let object_first =
            s[..start].split_whitespace().count() > 1 && matches!(pack.lex.code, "pl" | "de" | "nl");
        let whole = if object_first {
            s[..start + verb.end()].to_string()
        } else {
            s[start + verb.start()..].to_string()
        };
        if whole.split_whitespace().count() > 1 {
            return (whole, Trigger::Deed);
        }
    }
    let tail = s[end..].trim_start_matches([' ', ',', ':', '\'', '’']);
    if tail.split_whitespace().count() < 2 {
        return (s.to_string(), Trigger::None);
    }
    // "could you please send"
    match pack
        .request
        .find(tail)
        .filter(|n| n.start() == 0 && tail[n.end()..].split_whitespace().count() > 1)
    {
        Some(n) => (tail[n.end()..].trim_start().to_string(), Trigger::Deed),
        None => (tail.to_string(), kind),
    }
}

/// "The bar top needs to be sanded" → "Sand the bar top".
fn passive(pack: &Pack, s: &str) -> Option<String> {
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

/// Where the preposition before a date begins ("on", "am", "le"), or the date itself.
fn without_preposition(raw: &str, at: usize) -> usize {
    let head = raw[..at].trim_end();
    let last = head.split_whitespace().next_back().unwrap_or_default();
    if matches!(
        last.to_lowercase().as_str(),
        "on" | "at" | "am" | "le" | "el" | "op" | "w" | "we" | "dia" | "em" | "na" | "no" | "den"
    ) {
        head.len() - last.len()
    } else {
        at
    }
}

/// Length of "evening", "noon" and the like after a date.
fn part_of_day(after: &str) -> usize {
    const PARTS: &[&str] = &[
        "noon",
        "evening",
        "morning",
        "afternoon",
        "night",
        "soir",
        "matin",
        "midi",
        "abend",
        "früh",
        "vormittag",
        "nachmittag",
        "mittag",
        "rano",
        "wieczorem",
        "avond",
        "ochtend",
        "middag",
    ];
    let word = after.split_whitespace().next().unwrap_or_default();
    let bare = word.trim_end_matches([',', '.', ';']);
    if after.starts_with(' ') && PARTS.contains(&bare.to_lowercase().as_str()) {
        after.len() - after.trim_start().len() + bare.len()
    } else {
        0
    }
}

/// Drops the first word where it is one of `words`.
fn skip_words(s: &str, words: &[&str]) -> String {
    let first = s.split_whitespace().next().unwrap_or_default();
    let more = s.split_whitespace().count() > 1;
    if more && words.contains(&first.to_lowercase().as_str()) {
        s[first.len()..].trim_start().to_string()
    } else {
        s.to_string()
    }
}

/// Takes prepositions and cues off the end that a date or effort left behind.
fn dangling(s: &str) -> String {
    const LEFT: &[&str] = &[
        "on",
        "by",
        "at",
        "in",
        "for",
        "before",
        "until",
        "no",
        "within",
        "and",
        "or",
        "about",
        "approx",
        "am",
        "bis",
        "um",
        "vor",
        "zum",
        "ca",
        "etwa",
        "rund",
        "und",
        "le",
        "pour",
        "avant",
        "d'ici",
        "et",
        "environ",
        "el",
        "para",
        "hasta",
        "antes",
        "del",
        "de",
        "unas",
        "unos",
        "até",
        "umas",
        "uns",
        "dia",
        "e",
        "y",
        "op",
        "voor",
        "hooguit",
        "en",
        "w",
        "we",
        "do",
        "na",
        "około",
        "i",
        "the",
        "coisa",
        "max",
        "uiterlijk",
    ];
    let mut t = s.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '(' | '–' | '-')
    });
    while let Some(last) = t.split_whitespace().next_back() {
        if !LEFT.contains(&last.to_lowercase().trim_end_matches('.')) || t.split_whitespace().count() < 3 {
            break;
        }
        t = t[..t.len() - last.len()].trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '(' | '–' | '-')
        });
    }
    t.to_string()
}

/// "… liefere ich": the subject after the verb.
fn ends_with_subject(after: &str) -> bool {
    matches!(
        after.trim().to_lowercase().as_str(),
        "ich" | "wir" | "ik" | "wij" | "er"
    )
}

fn before_verb_is_subject(s: &str) -> bool {
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

fn ends_with_verb(pack: &Pack, s: &str) -> bool {
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

fn join(pack: &Pack, verb: &str, object: &str) -> String {
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
const PREFIXES: &[&str] = &[
    "um", "ab", "an", "auf", "aus", "ein", "mit", "vor", "nach", "hoch", "bereit", "fertig", "zurück",
    "weiter", "zusammen", "door", "aan", "op", "af", "uit", "mee", "terug", "toe", "na",
];

/// "The logo" inside a title begins in lower case; names keep their capital.
fn lower_article(s: &str) -> String {
    let first = s.split_whitespace().next().unwrap_or_default();
    let article = matches!(
        first,
        "A" | "An"
            | "The"
            | "Your"
            | "Our"
            | "One"
            | "Two"
            | "Three"
            | "New"
            | "Some"
            | "La"
            | "Le"
            | "Les"
            | "Un"
            | "Une"
            | "El"
            | "Los"
            | "Las"
            | "Una"
            | "O"
            | "Os"
            | "As"
            | "Um"
            | "Uma"
    );
    if article {
        format!("{}{}", first.to_lowercase(), &s[first.len()..])
    } else {
        s.to_string()
    }
}

/// The form a title uses for a verb found in any form.
fn infinitive(pack: &Pack, form: &str) -> String {
    let low = squeeze(&form.to_lowercase());
    pack.verbs.title(&low).map_or(low.clone(), str::to_string)
}

/// Removes dates, effort and what is in brackets.
fn strip(doc: &Doc<'_>, message: usize, pack: &Pack, raw: &str) -> String {
    let mut cut: Vec<(usize, usize)> = Vec::new();
    let reading = doc.reading(message, Some(doc.messages[message].anchor));
    for hit in pack.dates.find(raw, 0, &reading) {
        let head = raw[..hit.span.start].trim_end();
        let start = pack
            .dates
            .introduction(head)
            .unwrap_or_else(|| without_preposition(raw, hit.span.start));
        cut.push((start, hit.span.end + part_of_day(&raw[hit.span.end..])));
    }
    for hit in pack.efforts.find(pack, raw, 0, false) {
        cut.push((hit.span.start, hit.span.end));
    }
    let mut depth = 0usize;
    let mut open = 0;
    for (i, c) in raw.char_indices() {
        match c {
            '(' => {
                if depth == 0 {
                    open = i;
                }
                depth += 1;
            }
            ')' if depth > 0 => {
                depth -= 1;
                if depth == 0 && open > 8 {
                    cut.push((open, i + 1));
                }
            }
            _ => {}
        }
    }
    cut.sort_unstable();
    let mut out = String::new();
    let mut at = 0;
    for (a, b) in cut {
        if a > at {
            out.push_str(&raw[at..a]);
        }
        at = at.max(b);
    }
    out.push_str(raw.get(at..).unwrap_or_default());
    out.chars()
        .filter(|c| !matches!(c, '*' | '~' | '`' | '¿' | '¡') && !is_pictograph(*c))
        .collect()
}

fn is_pictograph(c: char) -> bool {
    matches!(c as u32, 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0xFE0F | 0x200D)
}

/// Up to the first comma or dash once enough has been said.
fn first_clause(s: &str) -> String {
    let mut count = 0;
    for (i, c) in s.char_indices() {
        count += 1;
        let stop = match c {
            ',' | ';' => count > 16,
            '?' | '!' | '.' => {
                count > 8
                    && s[i + c.len_utf8()..]
                        .chars()
                        .next()
                        .is_none_or(char::is_whitespace)
            }
            '–' | '—' => count > 12,
            _ => false,
        };
        if stop {
            return s[..i].trim().to_string();
        }
    }
    s.trim().to_string()
}

fn squeeze(s: &str) -> String {
    let mut out = s.split_whitespace().collect::<Vec<_>>().join(" ");
    for (a, b) in [
        (" ,", ","),
        (" .", "."),
        (",,", ","),
        ("( ", "("),
        (" )", ")"),
        (" ?", "?"),
        ("()", ""),
    ] {
        out = out.replace(a, b);
    }
    out
}

fn tidy(s: &str) -> String {
    squeeze(&s.replace(['*', '~', '|', '`'], " "))
}

/// Capital first letter, no full stop, at most [`LIMIT`] characters, cut between words.
fn finish(s: &str) -> String {
    let s: String = s.chars().filter(|c| !c.is_control()).collect();
    let s = s.trim().trim_start_matches(|c: char| {
        !c.is_alphanumeric() && !matches!(c, '"' | '„' | '“' | '«' | '¿' | '€' | '$' | '£' | '(' | '#')
    });
    let s = s.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '-' | '–' | '!' | '…' | '(')
    });
    let mut out = String::new();
    if s.chars().count() <= LIMIT {
        out.push_str(s);
    } else {
        let mut count = 0;
        for word in s.split_word_bounds() {
            let n = word.chars().count();
            if count + n > LIMIT - 1 {
                break;
            }
            out.push_str(word);
            count += n;
        }
        if out.trim().is_empty() {
            out = s.chars().take(LIMIT - 1).collect();
        }
        out = out
            .trim_end_matches(|c: char| {
                c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–' | '(' | '.')
            })
            .to_string();
        out.push('…');
    }
    let mut chars = out.chars();
    match chars.next() {
        Some(first) => {
            let upper: String = first.to_uppercase().collect();
            let joined = format!("{upper}{}", chars.as_str());
            if joined.chars().count() <= LIMIT {
                joined
            } else {
                out
            }
        }
        None => "…".to_string(),
    }
}
