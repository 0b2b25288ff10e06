//! Titles: what to do, in the language of the text, without dates, politeness and effort.

use unicode_segmentation::UnicodeSegmentation;

use crate::classify::DETERMINERS;
use crate::doc::Doc;
use crate::lexicon::{Pack, VerbPlace};
use crate::model::{ItemKind, Owner, Span};

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
    let s = squeeze(&strip(doc, message, pack, raw));
    let lead = pack.lead.find(&s).map_or(0, |m| m.end());
    let mut rest = s[lead..].trim().to_string();
    let mut asked = false;
    // the trigger with whatever stands before it goes, where it opens the clause
    let triggers = [&pack.request, &pack.commit, &pack.need];
    let first = triggers
        .iter()
        .filter_map(|r| r.find(&rest))
        .filter(|m| m.start() < 25)
        .min_by_key(|m| (m.start(), std::cmp::Reverse(m.end())))
        .map(|m| m.end());
    if let Some(end) = first {
        let tail = rest[end..]
            .trim_start_matches([' ', ',', ':', '\'', '’'])
            .to_string();
        if tail.split_whitespace().count() >= 2 {
            asked = true;
            rest = tail;
            // "could you please send"
            if let Some(n) = pack.request.find(&rest).filter(|n| n.start() == 0) {
                let again = rest[n.end()..].trim_start().to_string();
                if again.split_whitespace().count() >= 2 {
                    rest = again;
                }
            }
        }
    }
    rest = squeeze(&pack.title_drop.replace_all(&rest, " "));
    let lead = pack.lead.find(&rest).map_or(0, |m| m.end());
    rest = rest[lead..]
        .trim_start_matches([',', ':', '-', '–', '→', ' ', '.'])
        .to_string();
    rest = first_clause(&rest);
    let found = pack.verb.find(&rest).map(|m| (m.start(), m.end()));
    match found {
        Some((start, end))
            if start < 45
                && (start == 0
                    || before_verb_is_subject(&rest[..start])
                    || asked
                        && start < 30
                        && pack.lex.verb_place == VerbPlace::First
                        && rest[..start].split_whitespace().count() < 3) =>
        {
            let verb = infinitive(pack, &rest[start..end]);
            let object = rest[end..].trim().to_string();
            join(pack, &verb, &object)
        }
        Some((start, _))
            if pack.lex.verb_place == VerbPlace::Last && start > 0 && ends_with_verb(pack, &rest) =>
        {
            rest
        }
        _ => {
            let verb = if owner == Owner::Client {
                pack.lex.provide
            } else {
                pack.lex.make
            };
            join(pack, verb, rest.trim())
        }
    }
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
    pack.verb
        .find(last)
        .is_some_and(|m| m.start() == 0 && m.end() == last.len())
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
    pack.lex
        .verbs
        .iter()
        .find(|v| v.split('|').any(|f| f == low))
        .and_then(|v| v.split('|').next())
        .map_or(low.clone(), str::to_string)
}

/// Removes dates, effort and what is in brackets.
fn strip(doc: &Doc<'_>, message: usize, pack: &Pack, raw: &str) -> String {
    let mut cut: Vec<(usize, usize)> = Vec::new();
    let reading = doc.reading(message, Some(doc.messages[message].anchor));
    for hit in pack.dates.find(raw, 0, &reading) {
        let head = raw[..hit.span.start].trim_end();
        let start = pack.dates.introduction(head).unwrap_or(hit.span.start);
        cut.push((start, hit.span.end));
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
            ',' | ';' => count > 24,
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
