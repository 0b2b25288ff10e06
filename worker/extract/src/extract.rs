//! From units to items: splits sentences that say several things, reads due dates and effort.

use chrono::NaiveDate;

use crate::classify::{self, Reading};
use crate::doc::{Doc, Form};
use crate::lexicon::Pack;
use crate::model::{Confidence, Effort, ItemKind, Owner, Span};
use crate::people::People;
use crate::project;
use crate::resolve;
use crate::sections::Section;
use crate::units::{Shape, Unit};

/// An item before duplicates and answered questions are taken out.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) kind: ItemKind,
    pub(crate) span: Span,
    pub(crate) body: Span,
    pub(crate) owner: Owner,
    pub(crate) confidence: Confidence,
    pub(crate) due: Option<NaiveDate>,
    pub(crate) effort: Option<Effort>,
    pub(crate) message: usize,
    pub(crate) block: usize,
    pub(crate) unit: usize,
}

/// Classifies every unit.
pub(crate) fn items(doc: &Doc<'_>, people: &People, units: &[Unit]) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    let mut last_due: Option<NaiveDate> = None;
    for (k, unit) in units.iter().enumerate() {
        let parts = if matches!(unit.shape, Shape::Cell | Shape::Struck) {
            vec![unit.span]
        } else {
            split(doc, people, unit)
        };
        for part in parts {
            if fragment(doc, units, k, part, &out) {
                attach(doc, units, k, part, &mut out);
                continue;
            }
            let reading =
                classify::classify(doc, people, unit, part).or_else(|| ellipsis(doc, unit, part, &out));
            let Some(reading) = reading else {
                attach(doc, units, k, part, &mut out);
                continue;
            };
            if skip_echo(doc, &out, unit, part, &reading)
                || anaphoric(doc, units, k, part, &reading, &mut out)
            {
                continue;
            }
            let body = if part.start == unit.span.start {
                Span::new(unit.body.start.min(part.end), part.end)
            } else {
                part
            };
            let mut found = Found {
                kind: reading.kind,
                span: part,
                body,
                owner: reading.owner,
                confidence: reading.confidence,
                due: None,
                effort: None,
                message: unit.message,
                block: unit.block,
                unit: k,
            };
            if reading.kind == ItemKind::Task {
                found.due = due(doc, unit, part, last_due);
                found.effort = effort(doc, unit, part);
                last_due = found.due.or(last_due);
            }
            out.push(found);
        }
    }
    out
}

/// "The rest of the pages by 15 July": a thing and its date right after an ask is one more ask.
fn ellipsis(doc: &Doc<'_>, unit: &Unit, part: Span, out: &[Found]) -> Option<Reading> {
    let last = out
        .last()
        .filter(|l| l.kind == ItemKind::Task && l.block == unit.block)?;
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let words = s.split_whitespace().count();
    let dated = project::dates(doc, unit.message, part).iter().any(|h| h.by);
    let other = pack.done.is_match(s)
        || pack.decide.is_match(s)
        || pack.event.is_match(s)
        || pack.polite.is_match(s)
        || pack.musing.find(s).is_some_and(|m| m.start() == 0)
        || s.contains('?')
        || project::is_deadline(doc, pack, unit.message, part)
        || project::has_money(doc, part);
    (dated
        && !other
        && (5..=30).contains(&words)
        && resolve::stems(doc, unit.message, part).len() >= 3
        && !pointing(s)
        && unit.shape != Shape::Chat)
        .then_some(Reading {
            kind: ItemKind::Task,
            owner: last.owner,
            confidence: Confidence::Likely,
        })
}

/// Splits a sentence where another clause with a trigger of its own begins.
fn split(doc: &Doc<'_>, people: &People, unit: &Unit) -> Vec<Span> {
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
        if doc.slice(left).split_whitespace().count() < 3 || !(semicolon || opens(tail, pack)) {
            continue;
        }
        let (a, b) = (
            classify::classify(doc, people, unit, left),
            classify::classify(doc, people, unit, right),
        );
        let (Some(a), Some(b)) = (a, b) else { continue };
        // entries of a list of tasks, decisions and so on are one thing each
        let listed =
            unit.shape != Shape::Sentence && unit.shape != Shape::Chat && unit.section != Section::None;
        if listed
            && (a.kind == b.kind
                || doc.slice(right).split_whitespace().count() < 5
                || unit.section != Section::Tasks(None) && !matches!(unit.section, Section::Tasks(_)))
            || relative(tail, pack)
            || doc.slice(right).split_whitespace().count() < 4
        {
            continue;
        }
        let tells = a.kind != b.kind && (a.kind != ItemKind::Question)
            || a.kind == ItemKind::Task && b.kind == ItemKind::Task && !shared_object(tail, pack)
            || a.kind == ItemKind::Decision
                && b.kind == ItemKind::Decision
                && project::has_money(doc, right)
                && !project::has_money(doc, left)
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

/// "…, and send it back": a pronoun object belongs to the task before.
fn shared_object(tail: &str, pack: &Pack) -> bool {
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
fn relative(tail: &str, pack: &Pack) -> bool {
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

/// A negated clause with a subject of its own ("the shop we leave for next year") is an entry of its own.
fn own_subject(tail: &str, pack: &Pack) -> bool {
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

fn skip_lead(doc: &Doc<'_>, from: usize, to: usize, inner: bool) -> usize {
    if !inner {
        return from;
    }
    let s = doc.slice(Span::new(from, to));
    from + (s.len()
        - s.trim_start_matches([',', ';', ':', ' ', '–', '—', '-', '\n'])
            .len())
}

fn tidy_end(doc: &Doc<'_>, span: Span) -> Span {
    let s = doc.slice(span);
    let kept = s.trim_end_matches([',', ';', ':', ' ', '–', '—', '-', '(']);
    Span::new(span.start, span.start + kept.len())
}

/// Places where a clause may begin: after a comma, semicolon, dash or conjunction.
fn cuts(s: &str, pack: &Pack) -> Vec<usize> {
    let mut out: Vec<usize> = s
        .char_indices()
        .filter(|(i, c)| {
            let next = s[i + c.len_utf8()..].starts_with(char::is_whitespace);
            matches!(c, ',' | ';' | ':') && next
                || matches!(c, '–' | '—' | '-') && next && s[..*i].ends_with(' ')
        })
        .map(|(i, c)| i + c.len_utf8())
        .collect();
    out.extend(pack.and.find_iter(s).filter(|m| m.start() > 0).map(|m| m.start()));
    out.sort_unstable();
    out.dedup();
    out.truncate(60);
    out
}

/// Whether a trigger opens the clause.
fn opens(tail: &str, pack: &Pack) -> bool {
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

/// A sentence that only repeats that nobody knows ("Legal has not answered") belongs to the question before it.
fn skip_echo(doc: &Doc<'_>, out: &[Found], unit: &Unit, part: Span, reading: &Reading) -> bool {
    if reading.kind != ItemKind::Question {
        return false;
    }
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let near = out.last().is_some_and(|l| {
        l.kind == ItemKind::Question
            && (l.block == unit.block || doc.form == Form::Chat && unit.block <= l.block + 2)
    });
    near && !s.contains('?')
        && (pack.no_idea.is_match(s)
            || s.split_whitespace().count() < 7
            || pack
                .undecided
                .find(s)
                .is_some_and(|m| m.start() < 30 && m.end() + 40 > s.len()))
}

/// "by fri noon?" below an ask: a date and nothing else.
fn fragment(doc: &Doc<'_>, units: &[Unit], k: usize, part: Span, out: &[Found]) -> bool {
    let s = doc.slice(part);
    let pack = doc.pack(units[k].message);
    s.split_whitespace().count() <= 4
        && units[k].assigned.is_none()
        && matches!(units[k].shape, Shape::Chat | Shape::Sentence)
        && !pack.verb.is_match(s)
        && !project::dates(doc, units[k].message, part).is_empty()
        && close(doc, units, k, out)
        && pack.exclude.find(s).is_none()
}

/// "Both by tomorrow", "need it today": a date or effort for the task before, not a task.
fn anaphoric(
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
fn pointing(s: &str) -> bool {
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

const PRONOUNS: &[&str] = &[
    "it", "them", "both", "this", "that", "these", "those", "all", "es", "beides", "das", "sie", "alles",
    "beide", "ça", "les deux", "cela", "tout", "lo", "ambos", "ambas", "todo", "esto", "eso", "isso", "isto",
    "tudo", "het", "dat", "allebei", "beide", "to", "oba", "obie", "wszystko", "je", "ze", "die",
];

fn close(doc: &Doc<'_>, units: &[Unit], k: usize, out: &[Found]) -> bool {
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
fn attach(doc: &Doc<'_>, units: &[Unit], k: usize, part: Span, out: &mut [Found]) {
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
    let adjacent = out.last().is_some_and(|l| l.unit + 1 >= k);
    if !adjacent {
        return;
    }
    let whole = project::is_deadline(doc, pack, unit.message, part)
        && !low.starts_with(" that one")
        && !low.starts_with(" both");
    let hits = project::dates(doc, unit.message, part);
    let points = PRONOUNS.iter().any(|p| low.contains(&format!(" {p} ")))
        || s.split_whitespace().count() <= 7
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
    if let Some(hit) = hits
        .iter()
        .find(|h| h.by)
        .or(hits.first())
        .filter(|_| points && !whole)
    {
        let block = unit.block;
        let author = doc.messages[unit.message].author.clone();
        for f in out.iter_mut().rev().take(if both { 4 } else { 1 }) {
            if f.kind == ItemKind::Task
                && f.due.is_none()
                && (f.block == block || author.is_some() && doc.messages[f.message].author == author)
            {
                f.due = Some(hit.date);
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

/// The date stated for a task.
fn due(doc: &Doc<'_>, unit: &Unit, part: Span, previous: Option<NaiveDate>) -> Option<NaiveDate> {
    let pack = doc.pack(unit.message);
    let reading = doc.reading(unit.message, previous);
    if let Some(cell) = unit.due_cell {
        let s = doc.slice(cell);
        return pack.dates.find(s, cell.start, &reading).last().map(|h| h.date);
    }
    let hits = pack.dates.find(doc.slice(part), part.start, &reading);
    let anchor = doc.messages[unit.message].anchor;
    let text = doc.slice(part);
    let valid: Vec<_> = hits
        .iter()
        .filter(|h| h.date >= anchor && (h.by || !past_aside(pack, text, h.span.start - part.start)))
        .collect();
    valid.iter().find(|h| h.by).or(valid.first()).map(|h| h.date)
}

/// "sign the letter, I mailed it on Tuesday": the date belongs to what is done.
fn past_aside(pack: &Pack, text: &str, at: usize) -> bool {
    let from = text[..at].rfind([',', ';', '(']).map_or(0, |i| i + 1);
    from > 0 && pack.done.is_match(&text[from..at])
}

/// The effort stated for a task: in its clause, its cell or the rest of its list entry.
fn effort(doc: &Doc<'_>, unit: &Unit, part: Span) -> Option<Effort> {
    let pack = doc.pack(unit.message);
    if let Some(cell) = unit.effort_cell {
        return pack
            .efforts
            .find(pack, doc.slice(cell), cell.start, true)
            .first()
            .map(|h| h.effort);
    }
    pack.efforts
        .find(pack, doc.slice(part), part.start, false)
        .first()
        .map(|h| h.effort)
}
