//! Sentence boundaries, as forgiving as pasted text needs them.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Span;

/// Words after which a full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "approx", "incl", "excl", "max", "min", "no", "nos", "nr", "ca", "mr", "mrs", "ms", "dr", "prof", "st",
    "vs", "etc", "e.g", "i.e", "z.b", "bzw", "inkl", "zzgl", "usw", "evtl", "ggf", "d.h", "u.a", "o.ä",
    "tel", "art", "p", "pp", "pkt", "np", "m.in", "ok", "godz", "ul", "sr", "sra", "srta", "dña", "ud",
    "uds", "hr", "fr", "mme", "mlle", "mevr", "dhr", "bijv", "b.v", "o.a", "t/m", "i.v.m", "ex", "env",
    "min", "std", "stck", "stk", "str", "vol", "fig", "ref", "est", "dept", "inc", "ltd", "co", "jan", "feb",
    "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez", "janv", "févr",
    "avr", "juil", "déc", "p.p", "n.b", "ps", "p.s", "tj", "itd", "tzn", "zł", "wg", "ww", "ds", "vb", "mgr",
    "inż", "p.ej", "pág", "núm", "aprox", "av", "dpto", "a.m", "p.m", "s.a", "s.l", "v", "u", "mio", "mrd",
    "tsd", "tys", "resp", "bspw", "spec", "mind", "maks", "evtl", "vgl", "abs", "cont", "attn", "misc",
    "temp",
];

/// Splits a block into sentences without the blanks around them.
pub(crate) fn split(masked: &str, block: Span) -> Vec<Span> {
    let s = block.of(masked);
    let mut out = Vec::new();
    let mut from = 0;
    let chars: Vec<(usize, char)> = s.char_indices().collect();
    let mut k = 0;
    while k < chars.len() {
        let (i, c) = chars[k];
        if c == '\n' {
            push(&mut out, s, block.start, from, i);
            from = i + 1;
            k += 1;
            continue;
        }
        if !matches!(c, '.' | '!' | '?' | '…') {
            k += 1;
            continue;
        }
        let mut e = k;
        while e + 1 < chars.len() && matches!(chars[e + 1].1, '.' | '!' | '?' | '…') {
            e += 1;
        }
        let run_end = chars[e].0 + chars[e].1.len_utf8();
        let mut close = e + 1;
        while close < chars.len()
            && matches!(
                chars[close].1,
                '"' | '”' | '“' | '’' | '»' | ')' | ']' | '\'' | '*' | '_'
            )
        {
            close += 1;
        }
        let end = chars.get(close).map_or(s.len(), |c| c.0);
        let blank = chars.get(close).is_none_or(|c| c.1.is_whitespace());
        let next = chars[close.min(chars.len())..]
            .iter()
            .find(|c| !c.1.is_whitespace())
            .map(|c| c.1);
        let stop = c == '.' && e == k;
        if blank && ends(&s[from..i], next, stop, run_end - i, &s[end..]) {
            push(&mut out, s, block.start, from, end);
            from = end;
        }
        k = close.max(k + 1);
    }
    push(&mut out, s, block.start, from, s.len());
    let out: Vec<Span> = out.into_iter().flat_map(|p| breathe(masked, p)).collect();
    if out.iter().all(|p| p.end - p.start <= LONGEST) {
        return out;
    }
    out.into_iter().flat_map(|p| shorten(masked, p)).collect()
}

/// More words than this without a comma or stop were spoken, not written.
const BREATH: usize = 60;
/// Fewest words between two cuts of what was spoken.
const SPOKEN: usize = 4;

/// What a speaker begins the next thing with.
static BEGINS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i) (?-u:\b)(?:and then|and um|um|uh|oh yeah|oh and|anyway|ok so|okay so|and also|also|and (?:i'll|we'll|can you|could you|please|the)|i need you to|we need|we don't have|i'll|we'll|can you|could you|don't (?:worry|bother)|what (?:i|we) (?:\w+ )?don't know|call me|that's (?:number|the))(?-u:\b)",
    )
    .expect("constant pattern")
});

/// Cuts a voice memo without punctuation where the speaker takes up the next thing.
fn breathe(masked: &str, span: Span) -> Vec<Span> {
    let s = span.of(masked);
    let words = s.split_whitespace().count();
    if words <= BREATH || s.matches([',', ';', ':', '(']).count() * 40 > words {
        return vec![span];
    }
    let mut out = Vec::new();
    let mut from = 0;
    for m in BEGINS.find_iter(s) {
        if s[from..m.start()].split_whitespace().count() >= SPOKEN
            && s[m.start()..].split_whitespace().count() >= SPOKEN
        {
            push(&mut out, s, span.start, from, m.start());
            from = m.start();
        }
    }
    push(&mut out, s, span.start, from, s.len());
    out
}

/// Longest sentence in bytes: more is no sentence, and what reads one may take quadratic time.
const LONGEST: usize = 1500;

/// Cuts what is too long at commas or blanks.
fn shorten(masked: &str, span: Span) -> Vec<Span> {
    let mut out = Vec::new();
    let mut from = span.start;
    while span.end - from > LONGEST {
        let mut to = from + LONGEST;
        while !masked.is_char_boundary(to) {
            to -= 1;
        }
        let window = &masked[from..to];
        let cut = window
            .rfind([',', ';'])
            .filter(|i| *i > 0)
            .or(window.rfind(char::is_whitespace).filter(|i| *i > 0));
        let next = cut.map_or(to, |i| from + i + 1);
        let next = if masked.is_char_boundary(next) { next } else { to };
        push(&mut out, masked, 0, from, next);
        from = next;
    }
    push(&mut out, masked, 0, from, span.end);
    out
}

fn push(out: &mut Vec<Span>, s: &str, offset: usize, from: usize, to: usize) {
    let part = s.get(from..to).unwrap_or_default();
    let lead = part.len() - part.trim_start().len();
    let body = part.trim();
    // what holds no letter is no sentence, but closes the one before it (an emoji, a smiley)
    if body.chars().any(char::is_alphanumeric) {
        out.push(Span::new(offset + from + lead, offset + from + lead + body.len()));
    }
}

/// Whether a stop after `before` ends the sentence, `next` being the next visible character.
fn ends(before: &str, next: Option<char>, full_stop: bool, run: usize, rest: &str) -> bool {
    let Some(next) = next else { return true };
    if !full_stop {
        // "(who?) and": a lower-case word after "?" or "!" still starts something new, except after an aside
        return !(next.is_lowercase()
            && run == 1
            && before.chars().filter(|c| *c == '(').count() > before.chars().filter(|c| *c == ')').count());
    }
    // "TikTok no. Competitions maybe": a number only where one follows
    let denial =
        before.trim_end().to_lowercase().ends_with("no") && !next.is_ascii_digit() && next.is_uppercase();
    if denial && before.split_whitespace().count() > 1 {
        return true;
    }
    // "by 11 may. banner can follow"
    let mut back = before.split_whitespace().rev();
    let (last, day) = (back.next().unwrap_or_default(), back.next().unwrap_or_default());
    if (next.is_lowercase() || next.is_uppercase())
        && day
            .trim_end_matches(|c: char| c.is_alphabetic())
            .ends_with(|c: char| c.is_ascii_digit())
        && [
            "jan", "feb", "mar", "apr", "may", "june", "july", "jun", "jul", "aug", "sep", "sept", "oct",
            "nov", "dec",
        ]
        .contains(&last.to_lowercase().as_str())
    {
        return true;
    }
    // a quotation closes before the stop
    if before.ends_with(['"', '”', '“', '»', '’']) && before.len() > 20 && next.is_uppercase() {
        return true;
    }
    let word = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '„' | '“' | '–' | ','))
        .next()
        .unwrap_or_default();
    let lower = word.to_lowercase();
    if word.is_empty()
        || ABBREVIATIONS.contains(&lower.as_str())
            && !(next.is_uppercase()
                && matches!(
                    lower.as_str(),
                    "etc"
                        | "usw"
                        | "itd"
                        | "no"
                        | "ok"
                        | "ca"
                        | "incl"
                        | "co"
                        | "max"
                        | "min"
                        | "st"
                        | "ex"
                        | "zł"
                        | "v"
                        | "u"
                        | "p"
                        | "ps"
                        | "fr"
                        | "est"
                        | "may"
                )
                && lower != "no"
                && lower != "fr"
                && lower != "st")
    {
        return false;
    }
    if word.chars().count() == 1 && word.chars().all(char::is_uppercase) {
        return false;
    }
    if word.chars().all(|c| c.is_ascii_digit()) {
        // "live by nov 9. drop me a line"
        let head = before[..before.len() - word.len()].trim_end();
        let month: String = head
            .rsplit(' ')
            .next()
            .unwrap_or_default()
            .to_lowercase()
            .chars()
            .take(3)
            .collect();
        let dated = [
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ]
        .contains(&month.as_str());
        if dated {
            return true;
        }
        // "29. Mai", "3. Wahl" but "costs 300. We": short numbers are ordinals where a word follows
        return word.len() > 2 || word.is_empty() || next.is_uppercase() && !ordinal_follows(rest);
    }
    if word.len() > 2 && word.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return next.is_uppercase();
    }
    // "starting 14 April. what you'd do": a month or weekday is no abbreviation
    const MONTHS: [&str; 10] = [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
    ];
    if next.is_lowercase() && (MONTHS.contains(&lower.as_str()) || lower == "december") {
        return true;
    }
    if next.is_lowercase() {
        // casual writers do not capitalise; abbreviations mostly are short
        let plain = word.chars().all(|c| c.is_lowercase() || c.is_ascii_digit());
        let ordinal = ["st", "nd", "rd", "th"].iter().any(|o| lower.ends_with(o)) && word.len() > 2;
        return plain && (word.chars().count() > 3 || ordinal) || lower.ends_with("day");
    }
    true
}

/// After a short number and a stop: a month name or noun, as in German or Polish dates.
fn ordinal_follows(rest: &str) -> bool {
    let word: String = rest
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphabetic())
        .collect::<String>()
        .to_lowercase();
    const MONTHS: [&str; 26] = [
        "januar",
        "februar",
        "märz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
        "jan",
        "feb",
        "mär",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "okt",
        "nov",
        "dez",
        "quartal",
        "kalenderwoche",
    ];
    MONTHS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memo_without_stops_is_cut_where_the_next_thing_begins() {
        let chat = "and it went on and on about the weather and the roads and the neighbours and their dogs "
            .repeat(3);
        let memo = format!(
            "{chat} can you send the list to the printer today and then i'll ring the council about it tomorrow"
        );
        let parts: Vec<&str> = split(&memo, Span::new(0, memo.len()))
            .into_iter()
            .map(|p| p.of(&memo))
            .collect();
        assert!(
            parts.contains(&"can you send the list to the printer today"),
            "{parts:?}"
        );
        assert!(
            parts.iter().any(|p| p.starts_with("and then i'll ring")),
            "{parts:?}"
        );
    }

    #[test]
    fn a_long_written_sentence_stays_whole() {
        let written = "the works comprise the beds, the paths, the gate, the bench, the lights, the signs and the shed, ".repeat(5);
        assert_eq!(split(&written, Span::new(0, written.len())).len(), 1);
    }
}
