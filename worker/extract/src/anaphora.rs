//! Sentences that lean on the one before: "Both by tomorrow", "Half a day tops", "Legal has not answered".

mod acceptance;

pub(crate) use self::acceptance::taken_on;
use crate::budget;
use crate::classify::Reading;
use crate::doc::{BlockKind, Doc, Form};
use crate::extract::Found;
use crate::model::{Confidence, ItemKind, Owner, Span};
use crate::project;
use crate::resolve;
use crate::units::{Shape, Unit};

/// "The rest of the pages by 15 July": a thing and its date right after an ask is one more ask.
pub(crate) fn ellipsis(doc: &Doc<'_>, unit: &Unit, part: Span, out: &[Found]) -> Option<Reading> {
    let last = out
        .last()
        .filter(|l| l.kind == ItemKind::Task && l.block == unit.block)?;
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let words = s.split_whitespace().count();
    // without a verb of its own the thing is what is due
    let verbless = !s.to_lowercase().split_whitespace().any(|w| {
        w.contains(['\'', '’']) && !w.ends_with("s'")
            || matches!(
                w,
                "is" | "are"
                    | "was"
                    | "will"
                    | "has"
                    | "have"
                    | "had"
                    | "ist"
                    | "sind"
                    | "wird"
                    | "hat"
                    | "est"
                    | "sont"
                    | "es"
                    | "son"
                    | "é"
                    | "jest"
                    | "zijn"
            )
    }) && pack.third.find(s).is_none();
    let dated = project::dates(doc, unit.message, part)
        .iter()
        .any(|h| h.by || verbless);
    let other = pack.done.is_match(s)
        || pack.decide.is_match(s)
        || pack.event.is_match(s)
        || pack.polite.is_match(s)
        || pack.musing.find(s).is_some_and(|m| m.start() == 0)
        || s.contains('?')
        || project::is_deadline(doc, pack, unit.message, part)
        || budget::has_money(doc, part);
    (dated
        && !other
        && (if verbless { 4..=14 } else { 5..=30 }).contains(&words)
        && resolve::stems(doc, unit.message, part).len() >= if verbless { 2 } else { 3 }
        && !pointing(s)
        && unit.shape != Shape::Chat)
        .then_some(Reading {
            kind: ItemKind::Task,
            owner: if from_client(s) { Owner::Client } else { last.owner },
            confidence: Confidence::Likely,
        })
}

/// "Feedback from our committee": what the client's side supplies.
fn from_client(s: &str) -> bool {
    let low = s.to_lowercase();
    [
        "from our ",
        "from us",
        "from my ",
        "von uns",
        "von unser",
        "de notre part",
        "de nuestra parte",
        "van ons",
        "od nas",
    ]
    .iter()
    .any(|w| low.contains(w))
}

/// A sentence that only repeats that nobody knows ("Legal has not answered") belongs to the question before it.
pub(crate) fn skip_echo(doc: &Doc<'_>, out: &[Found], unit: &Unit, part: Span, reading: &Reading) -> bool {
    if reading.kind != ItemKind::Question {
        return false;
    }
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let near = out.last().is_some_and(|l| {
        l.kind == ItemKind::Question
            && (l.block == unit.block || doc.form == Form::Chat && unit.block <= l.block + 2)
    });
    let own = resolve::matter(doc, unit.message, part).len();
    near && !s.contains('?')
        && own <= 4
        && (pack.no_idea.is_match(s)
            || s.split_whitespace().count() < 7
            || pack
                .undecided
                .find(s)
                .is_some_and(|m| m.start() < 30 && m.end() + 40 > s.len()))
}

/// Words, cut as [`resolve::stems`] cuts them, that say of an effort that it will do.
const ENOUGH: &[&str] = &[
    "reich", "genug", "dauer", "sollt", "mehr", "shoul", "would", "plent", "enoug", "suffi", "long", "take",
    "longe", "basta", "basto", "volst", "wysta", "needn", "hour", "stund", "heure", "hora", "horas",
];

/// "by fri noon?" below an ask: a date and nothing else.
pub(crate) fn fragment(doc: &Doc<'_>, units: &[Unit], k: usize, part: Span, out: &[Found]) -> bool {
    let s = doc.slice(part);
    let pack = doc.pack(units[k].message);
    // "we reckon five hours": effort and nothing else
    let sized = s.split_whitespace().count() <= 7
        && !pack.efforts.find(pack, s, 0, false).is_empty()
        && matches!(units[k].shape, Shape::Chat | Shape::Sentence)
        && units[k].assigned.is_none()
        && resolve::matter(doc, units[k].message, part)
            .iter()
            .filter(|m| !ENOUGH.contains(&m.as_str()))
            .count()
            <= 2
        && !pack.commit.is_match(s);
    if sized && close(doc, units, k, out) {
        return true;
    }
    if leading_date(doc, units, k, part) && close(doc, units, k, out) {
        return true;
    }
    (s.split_whitespace().count() <= 4
        || s.split_whitespace().count() <= 6 && resolve::matter(doc, units[k].message, part).len() <= 1)
        && units[k].assigned.is_none()
        && matches!(units[k].shape, Shape::Chat | Shape::Sentence)
        && !pack.verb.is_match(s)
        && !pack.remainder.is_match(s)
        && !project::dates(doc, units[k].message, part).is_empty()
        && close(doc, units, k, out)
        && pack.exclude.find(s).is_none()
}

/// "Latest by Thursday, as Priti flies out": a sentence that opens with a date says when, not what.
fn leading_date(doc: &Doc<'_>, units: &[Unit], k: usize, part: Span) -> bool {
    let pack = doc.pack(units[k].message);
    let s = doc.slice(part);
    matches!(units[k].shape, Shape::Sentence | Shape::Chat)
        && units[k].assigned.is_none()
        && project::dates(doc, units[k].message, part)
            .first()
            .is_some_and(|h| {
                h.by && {
                    let head = &s[..h.span.start - part.start];
                    head.split_whitespace().count() <= 3
                        && pack.dates.introduction(head).is_some_and(|i| i < 20)
                        && !s[h.span.end - part.start..].starts_with(' ')
                }
            })
}

/// "Both by tomorrow", "need it today": a date or effort for the task before, not a task.
pub(crate) fn anaphoric(
    doc: &Doc<'_>,
    units: &[Unit],
    k: usize,
    part: Span,
    reading: &Reading,
    out: &mut [Found],
) -> bool {
    if reading.kind != ItemKind::Task {
        return false;
    }
    let s = doc.slice(part);
    let pack = doc.pack(units[k].message);
    let short = s.split_whitespace().count() <= 9;
    let low = format!(" {} ", s.to_lowercase().replace(['.', ',', '!', '?'], " "));
    let pronoun = PRONOUNS.iter().any(|p| low.contains(&format!(" {p} ")));
    let verb = pack.verb.is_match(s);
    let dated = !project::dates(doc, units[k].message, part).is_empty()
        || !pack.efforts.find(pack, s, 0, false).is_empty();
    let points = pointing(s);
    let bare = s.split_whitespace().count() <= 4 && !verb && doc.form == Form::Chat;
    if dated
        && (points || bare)
        && !s.contains('?')
        && units[k].assigned.is_none()
        && close(doc, units, k, out)
        && !pack.request.find(s).is_some_and(|m| m.start() == 0 && !bare)
    {
        attach(doc, units, k, part, out);
        return true;
    }
    let verb = verb && !resolve::matter(doc, units[k].message, part).is_empty();
    let answers = doc.form == Form::Chat
        && out
            .last()
            .is_some_and(|l| doc.messages[l.message].speaker != doc.messages[units[k].message].speaker);
    if short
        && pronoun
        && !verb
        && dated
        && !answers
        && units[k].assigned.is_none()
        && close(doc, units, k, out)
    {
        attach(doc, units, k, part, out);
        return true;
    }
    false
}

/// Begins with a word that points back: "Both by tomorrow", "That one is urgent", "You'll have it by Tuesday".
pub(crate) fn pointing(s: &str) -> bool {
    // "Das erste Kapitel bis Freitag": an article before a noun
    let noun = s
        .split_whitespace()
        .skip(1)
        .take(2)
        .any(|w| w.starts_with(char::is_uppercase));
    if noun
        && s.starts_with(['D', 'd'])
        && ["das", "dies", "dat"]
            .iter()
            .any(|w| s.to_lowercase().starts_with(w))
    {
        return false;
    }
    let low = s.to_lowercase();
    let words: Vec<&str> = low
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .take(3)
        .collect();
    let first = words.first().copied().unwrap_or_default();
    matches!(
        first,
        "both"
            | "that"
            | "beides"
            | "beide"
            | "ambos"
            | "ambas"
            | "allebei"
            | "oba"
            | "obie"
            | "esa"
            | "eso"
            | "isso"
            | "essa"
            | "dat"
            | "das"
            | "dies"
            | "cela"
            | "ça"
            | "these"
            | "those"
            | "they"
    ) && words.len() > 1
}

pub(crate) const PRONOUNS: &[&str] = &[
    "it", "them", "both", "this", "that", "these", "those", "all", "es", "beides", "das", "sie", "alles",
    "beide", "ça", "les deux", "cela", "tout", "lo", "ambos", "ambas", "todo", "esto", "eso", "isso", "isto",
    "tudo", "het", "dat", "allebei", "beide", "to", "oba", "obie", "wszystko", "je", "ze", "die",
];

pub(crate) fn close(doc: &Doc<'_>, units: &[Unit], k: usize, out: &[Found]) -> bool {
    let unit = &units[k];
    out.last().is_some_and(|l| {
        l.kind == ItemKind::Task
            && (l.block == unit.block
                || doc.form == Form::Chat
                    && unit.block <= l.block + 2
                    && doc.messages[l.message].author == doc.messages[unit.message].author)
    })
}

/// A sentence that is no item may date or size the task before it.
pub(crate) fn attach(doc: &Doc<'_>, units: &[Unit], k: usize, part: Span, out: &mut [Found]) {
    let unit = &units[k];
    let pack = doc.pack(unit.message);
    if !close(doc, units, k, out) {
        return;
    }
    let s = doc.slice(part);
    let low = format!(
        " {} ",
        s.to_lowercase().replace(['.', ',', '!', '?', '\'', '’'], " ")
    );
    // "tues. maybe 4-5h?": two bits behind one ask
    let adjacent = out.last().is_some_and(|l| {
        l.unit + 1 >= k
            || l.unit + 2 >= k && l.block == unit.block && doc.slice(part).split_whitespace().count() <= 4
    });
    if !adjacent {
        return;
    }
    let words = s.split_whitespace().count();
    // a later sentence of a list entry is about that entry
    let entry = matches!(doc.blocks[unit.block].kind, BlockKind::Bullet(_)) && words <= 14;
    let everything = pack.everything.find(s).is_some_and(|m| m.start() <= 3);
    let whole = project::is_deadline(doc, pack, unit.message, part)
        && !low.starts_with(" that one")
        && !low.starts_with(" both")
        && (!entry || everything);
    let hits = project::dates(doc, unit.message, part);
    let points = PRONOUNS.iter().any(|p| low.contains(&format!(" {p} ")))
        || words <= 7
        || entry && hits.iter().any(|h| h.by)
        || self::pointing(s);
    let both = [
        "both",
        "beides",
        "beide",
        "les deux",
        "ambos",
        "ambas",
        "allebei",
        "oba",
        "obie",
        "all",
        "alles",
        "all three",
    ]
    .iter()
    .any(|w| low.starts_with(&format!(" {w} ")));
    let last_of_entry = hits.iter().filter(|h| entry && h.by).max_by_key(|h| h.date);
    let past = pack.done.is_match(s) && !hits.iter().any(|h| h.by);
    if let Some(hit) = last_of_entry
        .or(hits.iter().find(|h| h.by))
        .or(hits.first())
        .filter(|_| points && !whole && !past)
    {
        let block = unit.block;
        let author = doc.messages[unit.message].author.clone();
        for f in out.iter_mut().rev().take(if both { 4 } else { 1 }) {
            if f.kind == ItemKind::Task
                && f.due.is_none()
                && (f.block == block || author.is_some() && doc.messages[f.message].author == author)
            {
                f.due = Some(hit.date);
                f.dated_by = Some(part);
            }
        }
    }
    let related = points
        || s.split_whitespace().count() <= 6
            && s.split_whitespace().next().is_none_or(|w| {
                !matches!(
                    w.to_lowercase().as_str(),
                    "the" | "der" | "die" | "das" | "le" | "la" | "el" | "o" | "a" | "de" | "het"
                )
            })
        || out.last().is_some_and(|l| {
            !resolve::stems(doc, l.message, l.span).is_disjoint(&resolve::stems(doc, unit.message, part))
        });
    if related
        && let Some(hit) = pack.efforts.find(pack, s, part.start, false).first()
        && let Some(last) = out.last_mut()
        && last.effort.is_none()
    {
        last.effort = Some(hit.effort);
    }
}
