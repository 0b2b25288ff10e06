//! Splits a sentence where another clause with a trigger of its own begins.

use crate::budget;
use crate::classify;
use crate::doc::Doc;
use crate::lexicon::Pack;
use crate::model::{ItemKind, Span};
use crate::people::People;
use crate::project;
use crate::sections::Section;
use crate::units::{Shape, Unit};

/// Splits a sentence where another clause with a trigger of its own begins.
pub(crate) fn split(doc: &Doc<'_>, people: &People, unit: &Unit) -> Vec<Span> {
    let pack = doc.pack(unit.message);
    let s = doc.slice(unit.span);
    if s.len() > 4000 {
        return vec![unit.span];
    }
    let mut parts = Vec::new();
    let mut from = unit.span.start;
    for cut in cuts(s, pack) {
        let at = unit.span.start + cut;
        if at <= unit.body.start {
            continue;
        }
        let semicolon = s[..cut].ends_with(';');
        let left = doc.trim(Span::new(from, at));
        let right = doc.trim(Span::new(at, unit.span.end));
        if left.start <= from.saturating_sub(1) || left.is_empty() || right.is_empty() {
            continue;
        }
        let tail = doc.slice(right);
        if doc.slice(left).split_whitespace().count() < 3
            || !(semicolon
                || opens(tail, pack)
                || another_dated(doc, unit, left, right)
                || next_verb(doc, unit, right))
        {
            continue;
        }
        let (a, b) = (
            classify::classify(doc, people, unit, left),
            classify::classify(doc, people, unit, right),
        );
        if let (Some(a), None) = (a, b)
            && a.kind == ItemKind::Task
            && (another_dated(doc, unit, left, right)
                || next_verb(doc, unit, right) && !shared_object(tail, pack))
        {
            parts.push(tidy_end(doc, left));
            from = at;
            continue;
        }
        // "you may like our old banner; my wife will photograph it": only the second says something
        if semicolon
            && let (None, Some(b)) = (a, b)
            && b.kind == ItemKind::Task
        {
            from = at;
            continue;
        }
        let (Some(a), Some(b)) = (a, b) else { continue };
        // a question goes on to its mark
        if unit.shape != Shape::Chat && s.trim_end().ends_with('?') && a.kind == ItemKind::Decision {
            continue;
        }
        // entries of a list of tasks, decisions and so on are one thing each
        let listed =
            unit.shape != Shape::Sentence && unit.shape != Shape::Chat && unit.section != Section::None;
        if listed
            && (a.kind == b.kind
                || doc.slice(right).split_whitespace().count() < 5
                || unit.section != Section::Tasks(None) && !matches!(unit.section, Section::Tasks(_)))
            || relative(tail, pack)
            || doc.slice(right).split_whitespace().count() < 4
            || listed && b.kind == ItemKind::Exclusion && !excludes_first(tail, pack)
        {
            continue;
        }
        let tells = a.kind != b.kind && (a.kind != ItemKind::Question)
            || a.kind == ItemKind::Task && b.kind == ItemKind::Task && !shared_object(tail, pack)
            || a.kind == ItemKind::Decision
                && b.kind == ItemKind::Decision
                && budget::has_money(doc, right)
                && !budget::has_money(doc, left)
            || a.kind == ItemKind::Exclusion && b.kind == ItemKind::Exclusion && own_subject(tail, pack);
        if tells {
            parts.push(tidy_end(doc, left));
            from = at;
        }
    }
    parts.push(doc.trim(Span::new(
        skip_lead(doc, from, unit.span.end, from > unit.span.start),
        unit.span.end,
    )));
    for p in parts.iter_mut().skip(1) {
        *p = doc.trim(Span::new(skip_lead(doc, p.start, p.end, true), p.end));
    }
    parts
}

/// "… and test the checkout": in prose, after a conjunction, a verb in its plain form with an object.
pub(crate) fn next_verb(doc: &Doc<'_>, unit: &Unit, right: Span) -> bool {
    let pack = doc.pack(unit.message);
    if pack.lex.code != "en" || !matches!(unit.shape, Shape::Sentence | Shape::Chat) {
        return false;
    }
    let tail = doc.slice(right);
    let lead = pack.lead.find(tail).map_or(0, |m| m.end());
    let head = &tail[lead..];
    let before = doc.slice(Span::new(unit.span.start, right.start)).trim_end();
    let joined = tail[..lead].to_lowercase().contains("and")
        || before.ends_with([',', ';'])
        || before.ends_with(" and");
    let object = head.split_whitespace().nth(1).unwrap_or_default().to_lowercase();
    joined
        && head.split_whitespace().count() >= 3
        && pack.verb.find(head).is_some_and(|m| {
            m.start() == 0
                && pack.verbs.is_title(m.as_str())
                && head[..m.end()].split_whitespace().count() == 1
        })
        && (crate::subject::DETERMINERS.contains(&object.as_str())
            || matches!(
                object.as_str(),
                "me" | "us"
                    | "him"
                    | "her"
                    | "all"
                    | "any"
                    | "some"
                    | "two"
                    | "three"
                    | "both"
                    | "out"
                    | "up"
            ))
}

/// "The first by Friday, and the rest on the 30th": a thing with a date of its own after another one.
fn another_dated(doc: &Doc<'_>, unit: &Unit, left: Span, right: Span) -> bool {
    let pack = doc.pack(unit.message);
    if unit.shape == Shape::Cell || doc.slice(right).split_whitespace().count() > 14 {
        return false;
    }
    let tail = doc.slice(right);
    let lead = pack.lead.find(tail).map_or(0, |m| m.end());
    let dated = |sp: Span| project::dates(doc, unit.message, sp);
    let later = dated(right);
    let Some(hit) = later.first() else { return false };
    // between the conjunction and the date stands what is due, and no verb of another kind
    let Some(thing) = tail.get(lead..hit.span.start.saturating_sub(right.start)) else {
        return false;
    };
    let things = thing.split_whitespace().count();
    (2..=7).contains(&things)
        && hit.span.end + 12 >= right.end
        && !thing.contains([',', '(', ':'])
        && !pack.done.is_match(tail)
        && !pack.event.is_match(tail)
        && !pack.finished.is_match(tail)
        && !pack.he.is_match(thing)
        && dated(left).len() == 1
        && crate::resolve::matter(doc, unit.message, Span::new(right.start, hit.span.start)).len()
            + usize::from(pack.remainder.is_match(thing))
            >= 1
}

/// "…, and send it back": a pronoun object belongs to the task before.
pub(crate) fn shared_object(tail: &str, pack: &Pack) -> bool {
    let low = format!(" {} ", tail.to_lowercase().replace(['.', ',', '!', '?'], " "));
    let idiom = [
        "let you know",
        "let me know",
        "let us know",
        "tell you",
        "bescheid",
        "vous dis",
        "te dis",
        "te aviso",
        "te digo",
        "os digo",
        "te diré",
        "aviso-te",
        "digo-te",
        "te falo",
        "laat het",
        "laat je weten",
        "znać",
    ]
    .iter()
    .any(|w| low.contains(w));
    let object = [
        " it ",
        " them ",
        " es ",
        " sie ihnen ",
        " te lo ",
        " te la ",
        " os lo ",
        " te los ",
        " te las ",
        " lo ",
        " vous le ",
        " vous la ",
        " vous les ",
        " te le ",
        " te la ",
        " het je ",
        " ze je ",
        " het ",
        " je go ",
        " go panu ",
        " go ",
        " je panu ",
    ]
    .iter()
    .any(|w| low.contains(w));
    if tail.split_whitespace().count() <= 9 && (object || idiom) {
        return true;
    }
    let from = pack.lead.find(tail).map_or(0, |m| m.end());
    let words: Vec<String> = tail[from..]
        .split_whitespace()
        .take(4)
        .map(str::to_lowercase)
        .collect();
    let first_is_verb = pack.verb.find(&tail[from..]).is_some_and(|m| m.start() == 0);
    first_is_verb
        && words.iter().skip(1).any(|w| {
            matches!(
                w.as_str(),
                "it" | "them"
                    | "es"
                    | "sie"
                    | "ihn"
                    | "le"
                    | "la"
                    | "les"
                    | "lo"
                    | "los"
                    | "las"
                    | "o"
                    | "os"
                    | "het"
                    | "ze"
                    | "je"
                    | "go"
                    | "ją"
            )
        })
}

/// A clause that hangs on the one before it: "so that …", "die …", "que …".
pub(crate) fn relative(tail: &str, pack: &Pack) -> bool {
    let first = tail
        .trim_start_matches([',', ';', ':', ' ', '–', '-'])
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let third = tail
        .trim_start_matches([',', ';', ':', ' ', '–', '-'])
        .split_whitespace()
        .nth(2)
        .unwrap_or_default()
        .to_lowercase();
    let main_clause = matches!(
        third.as_str(),
        "ist"
            | "sind"
            | "bleibt"
            | "kommt"
            | "geht"
            | "wird"
            | "soll"
            | "muss"
            | "is"
            | "zijn"
            | "blijft"
            | "moet"
            | "komt"
    );
    let german = !main_clause
        && matches!(pack.lex.code, "de" | "nl")
        && matches!(
            first.as_str(),
            "die"
                | "der"
                | "das"
                | "den"
                | "dem"
                | "damit"
                | "weil"
                | "da"
                | "denn"
                | "sodass"
                | "dat"
                | "zodat"
                | "omdat"
                | "want"
                | "als"
                | "wenn"
                | "dass"
                | "was"
                | "wie"
                | "bevor"
        );
    german
        || matches!(
            first.as_str(),
            "who"
                | "which"
                | "that"
                | "because"
                | "since"
                | "as"
                | "qui"
                | "que"
                | "dont"
                | "car"
                | "parce"
                | "puisque"
                | "porque"
                | "pois"
                | "ya"
                | "para"
                | "żeby"
                | "aby"
                | "bo"
                | "który"
                | "która"
                | "które"
                | "którzy"
                | "if"
                | "when"
                | "once"
                | "before"
                | "after"
                | "until"
        )
}

/// Whether the clause begins with the words that rule something out.
fn excludes_first(tail: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(tail).map_or(0, |m| m.end());
    pack.exclude.find(&tail[from..]).is_some_and(|m| m.start() < 2)
}

/// A negated clause with a subject of its own ("the shop we leave for next year") is an entry of its own.
pub(crate) fn own_subject(tail: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(tail).map_or(0, |m| m.end());
    let first = tail[from..]
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let words = tail[from..].split_whitespace().count();
    let determiner = matches!(
        first.as_str(),
        "the"
            | "a"
            | "an"
            | "our"
            | "your"
            | "any"
            | "no"
            | "we"
            | "i"
            | "der"
            | "ein"
            | "eine"
            | "kein"
            | "keine"
            | "keinen"
            | "wir"
            | "unsere"
            | "le"
            | "la"
            | "les"
            | "pas"
            | "nous"
            | "el"
            | "los"
            | "las"
            | "o"
            | "os"
            | "as"
            | "de"
            | "het"
            | "geen"
            | "bez"
            | "sin"
            | "sem"
            | "ni"
            | "nem"
            | "żadnych"
    );
    determiner && words >= 3
}

pub(crate) fn skip_lead(doc: &Doc<'_>, from: usize, to: usize, inner: bool) -> usize {
    if !inner {
        return from;
    }
    let s = doc.slice(Span::new(from, to));
    from + (s.len()
        - s.trim_start_matches([',', ';', ':', ' ', '–', '—', '-', '\n'])
            .len())
}

pub(crate) fn tidy_end(doc: &Doc<'_>, span: Span) -> Span {
    let s = doc.slice(span);
    let kept = s.trim_end_matches([',', ';', ':', ' ', '–', '—', '-', '(']);
    Span::new(span.start, span.start + kept.len())
}

/// Places where a clause may begin: after a comma, semicolon, dash or conjunction.
pub(crate) fn cuts(s: &str, pack: &Pack) -> Vec<usize> {
    let mut out: Vec<usize> = s
        .char_indices()
        .filter(|(i, c)| {
            let next = s[i + c.len_utf8()..].starts_with(char::is_whitespace);
            matches!(c, ',' | ';' | ':') && next
                || matches!(c, '–' | '—' | '-') && next && s[..*i].ends_with(' ')
        })
        .map(|(i, c)| i + c.len_utf8())
        .collect();
    // "so good as to", "so that" begin no clause of their own
    let degree = |after: &str| {
        let next = after.split_whitespace().next().unwrap_or_default();
        matches!(next, "good" | "kind" | "much" | "that" | "far" | "many" | "long")
    };
    out.extend(
        pack.and
            .find_iter(s)
            .filter(|m| m.start() > 0 && !(m.as_str().eq_ignore_ascii_case("so") && degree(&s[m.end()..])))
            .map(|m| m.start()),
    );
    out.sort_unstable();
    out.dedup();
    out.truncate(60);
    out
}

/// Whether a trigger opens the clause.
pub(crate) fn opens(tail: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(tail).map_or(0, |m| m.end());
    let head = &tail[from..];
    let near = |r: &regex::Regex| {
        r.find(head)
            .is_some_and(|m| head[..m.start()].split_whitespace().count() <= 2)
    };
    let at_lead = pack.request.find(tail).is_some_and(|m| m.start() <= from);
    at_lead
        || near(&pack.request)
        || near(&pack.need)
        || near(&pack.commit)
        || near(&pack.undecided)
        || near(&pack.ask)
        || pack
            .exclude
            .find(head)
            .is_some_and(|m| head[..m.start()].split_whitespace().count() <= 6)
        || near(&pack.decide)
        || pack
            .third
            .find(head)
            .is_some_and(|m| m.start() > 0 && head[..m.start()].split_whitespace().count() <= 3)
}
