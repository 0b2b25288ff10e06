//! Splits a sentence where another clause with a trigger of its own begins.

mod tail;

pub(crate) use self::tail::next_verb;
use self::tail::{another_dated, excludes_first, own_subject, relative, shared_object};
use crate::budget;
use crate::classify;
use crate::doc::Doc;
use crate::lexicon::Pack;
use crate::model::{ItemKind, Span};
use crate::people::People;
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
        if crate::wording::only_a_nod(tail) {
            continue;
        }
        // "I'll pack and label everything": both verbs have one object
        let bare = pack.lex.verb_place == crate::lexicon::VerbPlace::First
            && doc.slice(left).split_whitespace().next_back().is_some_and(|w| {
                pack.verb.find(w).is_some_and(|m| m.len() == w.len()) && pack.verbs.is_title(w)
            });
        if bare && next_verb(doc, unit, right) && !semicolon {
            continue;
        }
        let announced = s[..cut].ends_with(':')
            && unit.assigned.is_none()
            && pack.request.find(tail).is_some_and(|m| m.start() < 3);
        if doc.slice(left).split_whitespace().count() < 3 && !announced
            || !(semicolon
                || opens(tail, pack)
                || another_dated(doc, unit, left, right)
                || next_verb(doc, unit, right)
                || actor(people, tail, pack)
                || s[..cut].ends_with(':')
                    && unit.assigned.is_none()
                    && doc.slice(left).split_whitespace().count() <= 6
                || pack.he.find(tail).is_some_and(|m| m.start() <= 2))
        {
            continue;
        }
        let (a, b) = (
            classify::classify(doc, people, unit, left),
            classify::classify(doc, people, unit, right),
        );
        if let (Some(a), None) = (a, b)
            && a.kind == ItemKind::Task
            && !relative(tail, pack)
            && (another_dated(doc, unit, left, right)
                || next_verb(doc, unit, right) && !shared_object(tail, pack))
        {
            parts.push(tidy_end(doc, left));
            from = at;
            continue;
        }
        // "A short trailer too, by this Friday, and maybe you can have a go at the noise"
        if let (None, Some(b)) = (a, b)
            && b.kind == ItemKind::Task
            && dated_thing(doc, unit, left, pack)
        {
            parts.push(tidy_end(doc, left));
            from = at;
            continue;
        }
        // "Jonno measured yesterday, he'll mail you tonight": only the promise says something
        if let (None, Some(b)) = (a, b)
            && b.kind == ItemKind::Task
            && pack.done.is_match(doc.slice(left))
            && promises(tail)
        {
            from = at;
            continue;
        }
        // "Three things came up: could you …", "The old data: our secretary is …": what is introduced says something
        if s[..cut].ends_with(':')
            && unit.shape == Shape::Sentence
            && doc.slice(left).split_whitespace().count() <= 6
            && let (None, Some(b)) = (a, b)
            && b.kind == ItemKind::Task
            && (pack.request.find(tail).is_some_and(|m| m.start() < 3) || own_people(tail))
        {
            from = at;
            continue;
        }
        // "I'll be away until the 24th, so send me any corrections by Tuesday"
        if let (None, Some(b)) = (a, b)
            && b.kind == ItemKind::Task
            && crate::wording::away(doc.slice(left))
        {
            from = at;
            continue;
        }
        // "the manual is with our engineer, he will give it to you by Friday"
        if let (None, Some(b)) = (a, b)
            && b.kind == ItemKind::Task
            && unit.shape == Shape::Sentence
            && pack.he.find(tail).is_some_and(|m| m.start() <= 2)
            && !doc.dates(unit.message, right).is_empty()
            && !pack.request.is_match(doc.slice(left))
        {
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
            || doc.slice(right).split_whitespace().count() < if semicolon { 3 } else { 4 }
            || listed && b.kind == ItemKind::Exclusion && !excludes_first(tail, pack)
        {
            continue;
        }
        // "That's fine by me, we'll do it at £320": one decision
        let nod = a.kind == ItemKind::Decision
            && b.kind == ItemKind::Decision
            && doc.slice(left).split_whitespace().count() <= 4;
        if nod {
            continue;
        }
        // "it was decided that … and that we use kraft paper": one decision
        let same = a.kind == ItemKind::Decision
            && !semicolon
            && tail
                .split_whitespace()
                .take(2)
                .any(|w| matches!(w.to_lowercase().as_str(), "que" | "that" | "dass" | "dat" | "że"));
        if same {
            continue;
        }
        let handed_on = a.kind == ItemKind::Task
            && b.kind == ItemKind::Task
            && a.owner != b.owner
            && actor(people, tail, pack)
            && !(pack.you.is_match(tail) && shared_object(tail, pack));
        let tells = handed_on
            || a.kind != b.kind && (a.kind != ItemKind::Question || semicolon)
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

/// "our secretary Jean is cleaning the list": one of the speaker's own people opens the clause.
fn own_people(tail: &str) -> bool {
    let first = tail.split_whitespace().next().unwrap_or_default().to_lowercase();
    crate::subject::POSSESSIVE.contains(&first.as_str())
}

/// "…, Gemma settles it within 14 days": somebody known opens the clause.
fn actor(people: &People, tail: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(tail).map_or(0, |m| m.end());
    let mut words = tail[from..].split_whitespace();
    let first = words.next().unwrap_or_default();
    let name = first.trim_matches(|c: char| !c.is_alphanumeric());
    name.len() == first.len()
        && name.starts_with(char::is_uppercase)
        && name.chars().count() > 1
        && people.side(name, pack).is_some()
        && words.next().is_some_and(|w| w.starts_with(char::is_lowercase))
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
    // "the 80 or so terms"
    let about = |m: &regex::Match<'_>| {
        let word = |w: Option<&str>, is: &str| {
            w.is_some_and(|w| w.trim_end_matches([',', '.', '?']).eq_ignore_ascii_case(is))
        };
        m.as_str().eq_ignore_ascii_case("or") && word(s[m.end()..].split_whitespace().next(), "so")
            || m.as_str().eq_ignore_ascii_case("so")
                && word(s[..m.start()].split_whitespace().next_back(), "or")
    };
    let degree = |after: &str| {
        let next = after.split_whitespace().next().unwrap_or_default();
        matches!(next, "good" | "kind" | "much" | "that" | "far" | "many" | "long")
    };
    out.extend(
        pack.and
            .find_iter(s)
            .filter(|m| {
                m.start() > 0
                    && !about(m)
                    && !(m.as_str().eq_ignore_ascii_case("so") && degree(&s[m.end()..]))
            })
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
        || own_clause(head) && near_oblige(head, pack)
        || pack
            .third
            .find(head)
            .is_some_and(|m| m.start() > 0 && head[..m.start()].split_whitespace().count() <= 3)
}

/// "the progress bar should move": a subject of its own and what has to happen to it.
fn own_clause(head: &str) -> bool {
    let first = head.split_whitespace().next().unwrap_or_default();
    crate::subject::DETERMINERS.contains(&first.to_lowercase().as_str())
        || first.starts_with(char::is_uppercase)
}

fn near_oblige(head: &str, pack: &Pack) -> bool {
    [&pack.oblige, &pack.need].iter().any(|r| {
        r.find(head)
            .is_some_and(|m| m.start() > 0 && head[..m.start()].split_whitespace().count() <= 5)
    })
}

/// "A short trailer for the season too, by this Friday": a thing without a verb, and the day it is due.
fn dated_thing(doc: &Doc<'_>, unit: &Unit, left: Span, pack: &Pack) -> bool {
    let s = doc.slice(left);
    let head = &s[pack.lead.find(s).map_or(0, |m| m.end())..];
    let first = head.split_whitespace().next().unwrap_or_default().to_lowercase();
    crate::subject::DETERMINERS.contains(&first.as_str())
        && (4..=20).contains(&s.split_whitespace().count())
        && crate::project::dates(doc, unit.message, left)
            .iter()
            .any(|h| h.by)
        && !pack.done.is_match(s)
        && !pack.event.is_match(s)
        && !crate::project::is_deadline(doc, pack, unit.message, left)
        && pack.third.find(s).is_none()
        && !budget::has_money(doc, left)
}

/// "he'll mail it": a clause that opens with a promise.
fn promises(tail: &str) -> bool {
    let first = tail
        .trim_start_matches([',', ';', ' '])
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase()
        .replace('’', "'");
    matches!(
        first.as_str(),
        "he'll" | "she'll" | "they'll" | "i'll" | "we'll" | "you'll"
    )
}
