//! Titles: what to do, in the language of the text, without dates, politeness and effort.

mod verb;

mod cut;
mod order;

use self::cut::{dangling, finish, first_clause, skip_words, squeeze, strip, tidy};
use self::order::{reorder, uncapitalised};
pub(crate) use self::verb::also_noun;
use self::verb::{
    PREFIXES, before_verb_is_subject, ends_with_subject, ends_with_verb, infinitive, join, passive,
    reads_as_noun,
};
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
    let promised = matches!(pack.lex.code, "de" | "nl" | "pl")
        && pack.commit.is_match(raw)
        && !pack.request.is_match(raw);
    if promised && let Some(title) = reorder(pack, &dangling(&first_clause(&s)), owner) {
        return title;
    }
    if trigger == Trigger::None
        && !opens
        && let Some(title) = reorder(pack, &rest, owner)
    {
        return title;
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
            return join(pack, &verb, &uncapitalised(pack, &rest[..start], true));
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
    // a verb of its own and no place found for it: better the words as they stand than a second verb
    let verbal = pack.lex.code != "en"
        && rest.split_whitespace().skip(1).any(|w| {
            let low = w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            w.starts_with(char::is_lowercase) && pack.verbs.title(&low).is_some() && low.chars().count() > 3
        });
    if verbal {
        return rest.trim().to_string();
    }
    let object = rest.trim();
    let word = object.split_whitespace().next().unwrap_or_default();
    let common = pack.lex.code == "en"
        && word.chars().skip(1).all(char::is_lowercase)
        && [
            "tion", "sion", "ment", "ing", "ance", "ence", "ity", "list", "page", "plan", "report", "check",
            "texts", "photos",
        ]
        .iter()
        .any(|e| word.to_lowercase().ends_with(e));
    if common {
        return join(pack, verb, &object.replacen(word, &word.to_lowercase(), 1));
    }
    join(pack, verb, &uncapitalised(pack, object, true))
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
