//! Clauses that only date what was asked for elsewhere.

use chrono::NaiveDate;

use super::prose;
use super::words::{FILL, VERBS_OF_BEING};
use crate::doc::{BlockKind, Doc, Form};
use crate::extract::Found;
use crate::model::{ItemKind, Span};
use crate::project;
use crate::resolve;
use crate::units::{Shape, Unit};

/// Whether the clause holds a date and nothing that could be done.
pub(crate) fn only_a_date(doc: &Doc<'_>, unit: &Unit, part: Span) -> Option<NaiveDate> {
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    if s.split_whitespace().count() > 14 {
        return None;
    }
    let hits = project::dates(doc, unit.message, part);
    let hit = hits.iter().find(|h| h.by).or(hits.first())?;
    let efforts = pack.efforts.find(pack, s, part.start, false);
    let mut at = part.start;
    let rest = s.split_inclusive(|c: char| !c.is_alphanumeric()).filter(|w| {
        let here = at;
        at += w.len();
        let inside = |span: Span| span.start <= here && here < span.end;
        !hits.iter().any(|h| inside(h.span)) && !efforts.iter().any(|e| inside(e.span))
    });
    let mut rest = rest
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|w| w.chars().count() > 2);
    rest.all(|w| pack.lex.stop.contains(&w.as_str()) || FILL.contains(&w.as_str()))
        .then_some(hit.date)
}

/// How many lines of a chat back the ask may stand that a bare date answers.
const BACK: usize = 4;

/// "when for?" – "a week today": in a chat a bare date is that of the last ask.
pub(crate) fn dates_last_ask(doc: &Doc<'_>, unit: &Unit, part: Span, out: &mut [Found]) -> bool {
    if doc.form != Form::Chat || unit.assigned.is_some() {
        return false;
    }
    let Some(date) = only_a_date(doc, unit, part) else {
        return false;
    };
    let ask = out
        .iter_mut()
        .rev()
        .take_while(|f| f.block + BACK >= unit.block)
        .find(|f| f.kind == ItemKind::Task);
    let author = &doc.messages[unit.message].author;
    let speaker = doc.messages[unit.message].speaker;
    match ask {
        Some(task) if task.due.is_none() => {
            task.due = Some(date);
            task.dated_by = Some(part);
            // "sure, both by tomorrow" answers all that was asked in a row
            if doc.messages[task.message].author != *author && task.owner == speaker {
                for f in out.iter_mut().rev().take(4) {
                    let asked = f.kind == ItemKind::Task
                        && f.owner == speaker
                        && f.block + BACK + 2 >= unit.block
                        && doc.messages[f.message].author != *author;
                    if asked && f.due.is_none() {
                        f.due = Some(date);
                        f.dated_by = Some(part);
                    }
                }
            }
            true
        }
        Some(task) => task.due == Some(date),
        None => false,
    }
}

/// "by next Tuesday… no, Friday the 11th after all": the day that was meant.
pub(crate) fn corrects(doc: &Doc<'_>, unit: &Unit, part: Span, out: &mut [Found]) -> bool {
    const WORDS: &[&str] = &[
        "no",
        "nope",
        "sorry",
        "wait",
        "rather",
        "actually",
        "correction",
        "scratch",
        "nein",
        "doch",
        "quatsch",
        "korrektur",
        "non",
        "pardon",
        "finalement",
        "perdón",
        "perdona",
        "mejor",
        "não",
        "desculpa",
        "aliás",
        "nee",
        "nie",
        "przepraszam",
        "jednak",
    ];
    let s = doc.slice(part);
    let first = s
        .split(|c: char| !c.is_alphabetic())
        .find(|w| !w.is_empty())
        .unwrap_or_default()
        .to_lowercase();
    let Some(last) = out
        .last_mut()
        .filter(|l| l.kind == ItemKind::Task && l.block == unit.block)
    else {
        return false;
    };
    let hits = project::dates(doc, unit.message, part);
    let Some(hit) = hits
        .last()
        .filter(|_| WORDS.contains(&first.as_str()) && s.split_whitespace().count() <= 14)
    else {
        return false;
    };
    last.due = Some(hit.date);
    last.dated_by = Some(part);
    true
}

/// "would 4 August suit you?" behind an ask of the same paragraph.
pub(crate) fn dates_last_sentence(doc: &Doc<'_>, unit: &Unit, part: Span, out: &mut [Found]) -> bool {
    let Some(last) = out
        .last_mut()
        .filter(|l| l.kind == ItemKind::Task && l.block == unit.block && l.due.is_none())
    else {
        return false;
    };
    // "Both by tomorrow" is about more than the last
    const ALL: &[&str] = &[
        "both", "all", "beide", "les deux", "ambos", "ambas", "allebei", "oba", "obie",
    ];
    let low = doc.slice(part).to_lowercase();
    if unit.assigned.is_some() || !prose(unit.shape) || ALL.iter().any(|w| low.starts_with(w)) {
        return false;
    }
    let Some(date) = only_a_date(doc, unit, part) else {
        return false;
    };
    last.due = Some(date);
    last.dated_by = Some(part);
    if last.effort.is_none() {
        let pack = doc.pack(unit.message);
        let found = pack.efforts.find(pack, doc.slice(part), part.start, false);
        last.effort = found.first().map(|h| h.effort);
    }
    true
}

/// A later sentence of a list entry tells more of the one thing the entry is.
pub(crate) fn same_entry(doc: &Doc<'_>, unit: &Unit, part: Span, found: &Found, out: &mut [Found]) -> bool {
    let Some(last) = out.last_mut() else { return false };
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let more = matches!(doc.blocks[unit.block].kind, BlockKind::Bullet(_))
        && last.kind == ItemKind::Task
        && last.block == unit.block
        && last.unit < found.unit
        && found.kind == ItemKind::Task
        && found.owner == last.owner
        && unit.shape == Shape::Sentence
        && unit.assigned.is_none()
        && !pack.request.is_match(s)
        && !pack.commit.is_match(s)
        && s.split_whitespace().count() <= 14
        && (found.due.is_some()
            || found.effort.is_some()
            || !pack.need.is_match(s) && !pack.oblige.is_match(s));
    if more {
        let stated = project::dates(doc, unit.message, part);
        let latest = stated.iter().filter(|h| h.by).map(|h| h.date).max();
        last.due = last.due.or(latest).or(found.due);
        last.effort = last.effort.or(found.effort);
    }
    more
}

/// "Both variants ought to reach us by Monday": the day of something asked for before.
pub(crate) fn refers_back(doc: &Doc<'_>, unit: &Unit, part: Span, found: &Found, out: &mut [Found]) -> bool {
    const DEFINITE: &[&str] = &[
        "the", "both", "these", "those", "die", "der", "das", "den", "beide", "diese", "dieses", "le", "la",
        "les", "l", "ces", "cette", "el", "los", "las", "ambos", "ambas", "o", "os", "as", "de", "het",
        "deze", "oba", "obie",
    ];
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let Some(due) = found.due.filter(|_| {
        found.kind == ItemKind::Task
            && prose(unit.shape)
            && unit.assigned.is_none()
            && !pack.request.is_match(s)
            && !pack.commit.is_match(s)
            && project::dates(doc, unit.message, part).iter().any(|h| h.by)
    }) else {
        return false;
    };
    let lead = pack.lead.find(s).map_or(0, |m| m.end());
    let first = s[lead..]
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_lowercase();
    // "as the committee meets on the 24th, both variants …"
    let both = [" both ", " beide ", " ambos ", " ambas ", " oba "]
        .iter()
        .find_map(|w| s.to_lowercase().find(w));
    if !DEFINITE.contains(&first.as_str()) && both.is_none() {
        return false;
    }
    let from = both.map_or(part.start, |i| part.start + i);
    let own: std::collections::HashSet<String> =
        resolve::matter(doc, unit.message, Span::new(from.min(part.end), part.end))
            .into_iter()
            .filter(|w| !VERBS_OF_BEING.contains(&w.as_str()))
            .collect();
    let told = out
        .iter_mut()
        .rev()
        .take(4)
        .filter(|f| f.kind == ItemKind::Task && f.message == unit.message && f.due.is_none())
        .find(|f| {
            let theirs = resolve::matter(doc, f.message, f.span);
            let shared = own.intersection(&theirs).count();
            f.owner == found.owner && shared > 0 && own.len() - shared <= usize::from(shared > 1)
        });
    let Some(task) = told else { return false };
    task.due = Some(due);
    task.dated_by = Some(part);
    true
}
