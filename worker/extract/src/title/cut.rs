//! Cuts the wording of a title: what is left out, and how it ends.

use unicode_segmentation::UnicodeSegmentation;

use super::LIMIT;
use crate::doc::Doc;
use crate::lexicon::Pack;

/// Where the preposition before a date begins ("on", "am", "le"), or the date itself.
pub(super) fn without_preposition(raw: &str, at: usize) -> usize {
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
pub(super) fn part_of_day(after: &str) -> usize {
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
pub(super) fn skip_words(s: &str, words: &[&str]) -> String {
    let first = s.split_whitespace().next().unwrap_or_default();
    let more = s.split_whitespace().count() > 1;
    if more && words.contains(&first.to_lowercase().as_str()) {
        s[first.len()..].trim_start().to_string()
    } else {
        s.to_string()
    }
}

/// Takes prepositions and cues off the end that a date or effort left behind.
pub(super) fn dangling(s: &str) -> String {
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

/// "The logo" inside a title begins in lower case; names keep their capital.
pub(super) fn lower_article(s: &str) -> String {
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

/// Removes dates, effort and what is in brackets.
pub(super) fn strip(doc: &Doc<'_>, message: usize, pack: &Pack, raw: &str) -> String {
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

pub(super) fn is_pictograph(c: char) -> bool {
    matches!(c as u32, 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0xFE0F | 0x200D)
}

/// Up to the first comma or dash once enough has been said.
pub(super) fn first_clause(s: &str) -> String {
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

pub(super) fn squeeze(s: &str) -> String {
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

pub(super) fn tidy(s: &str) -> String {
    squeeze(&s.replace(['*', '~', '|', '`'], " "))
}

/// Capital first letter, no full stop, at most [`LIMIT`] characters, cut between words.
pub(super) fn finish(s: &str) -> String {
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
