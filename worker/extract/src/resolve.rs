//! What the rest of the text does to an item: answered questions, asks already met, the same ask twice.

use std::collections::HashSet;

use crate::doc::{Doc, Form};
use crate::extract::Found;
use crate::model::{ItemKind, Span};
use crate::sentences;
use crate::units::{Shape, Unit};

/// Words by which a message hands over what was asked for.
const ATTACHED: &[&str] = &[
    "attach",
    "anbei",
    "im anhang",
    "angehängt",
    "beigefügt",
    "liegt bei",
    "ci-joint",
    "pièce jointe",
    "adjunt",
    "anexo",
    "bijgevoegd",
    "bijlage",
    "załącz",
    "enclosed",
];

/// Past this many items the pairwise comparisons are left out, to stay linear in the length of the text.
const MANY: usize = 400;

/// Takes out what is settled by the end of the text.
pub(crate) fn settle(doc: &Doc<'_>, units: &[Unit], mut items: Vec<Found>) -> Vec<Found> {
    if items.len() <= MANY && items.len() * units.len() <= MANY * 100 {
        if matches!(doc.form, Form::Mail | Form::Chat) {
            let tasks: Vec<Span> = items
                .iter()
                .filter(|i| i.kind == ItemKind::Task)
                .map(|i| i.span)
                .collect();
            let open: Vec<bool> = items.iter().map(|i| still_open(doc, units, &tasks, i)).collect();
            let mut keep = open.into_iter();
            items.retain(|_| keep.next().unwrap_or(true));
            overrule(doc, &mut items);
            close(doc, units, &mut items);
        }
        taken_on(doc, &mut items);
        late_effort(doc, units, &mut items);
        merge(doc, &mut items);
    }
    without_overlaps(items)
}

/// Content words, cut to their first letters so that forms of one word agree.
pub(crate) fn stems(doc: &Doc<'_>, message: usize, span: Span) -> HashSet<String> {
    let stop = doc.pack(message).lex.stop;
    doc.slice(span)
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|w| {
            !stop.contains(&w.as_str())
                && (w.chars().count() > 2 || w.chars().all(|c| c.is_ascii_digit()) && !w.is_empty())
        })
        .map(|w| fold(&w).chars().take(5).collect())
        .collect()
}

/// [`stems`] without numbers and dates.
pub(crate) fn matter(doc: &Doc<'_>, message: usize, span: Span) -> HashSet<String> {
    let mut all = stems(doc, message, span);
    for hit in crate::project::dates(doc, message, span).iter() {
        for stem in stems(doc, message, hit.span) {
            all.remove(&stem);
        }
    }
    all.retain(|s| !s.starts_with(|c: char| c.is_ascii_digit()));
    all
}

fn fold(w: &str) -> String {
    w.chars()
        .map(|c| match c {
            'ä' | 'à' | 'á' | 'â' | 'ã' | 'ą' => 'a',
            'ö' | 'ó' | 'ô' | 'õ' => 'o',
            'ü' | 'ú' | 'ù' | 'û' => 'u',
            'é' | 'è' | 'ê' | 'ë' | 'ę' => 'e',
            'í' | 'î' | 'ï' => 'i',
            'ç' | 'ć' => 'c',
            'ł' => 'l',
            'ń' | 'ñ' => 'n',
            'ś' => 's',
            'ź' | 'ż' => 'z',
            c => c,
        })
        .collect()
}

fn shared(a: &HashSet<String>, b: &HashSet<String>) -> usize {
    a.intersection(b).count()
}

fn newer(doc: &Doc<'_>, a: usize, b: usize) -> bool {
    doc.messages[a].rank > doc.messages[b].rank
}

fn still_open(doc: &Doc<'_>, units: &[Unit], tasks: &[Span], item: &Found) -> bool {
    let pack = doc.pack(item.message);
    let own = stems(doc, item.message, item.span);
    let later: Vec<&Unit> = units
        .iter()
        .filter(|u| newer(doc, u.message, item.message))
        .collect();
    match item.kind {
        ItemKind::Question if doc.form == Form::Chat => !answered(doc, &later, item),
        ItemKind::Task => {
            let other = doc.messages[item.message].speaker;
            let met = later.iter().any(|u| {
                let s = doc.slice(u.span);
                let by_other = doc.messages[u.message].speaker != other || item.owner == other;
                if doc.form == Form::Chat && s.contains("<attached") || s.contains("(file attached)") {
                    return item.owner == doc.messages[u.message].speaker
                        && doc.messages[u.message].rank < doc.messages[item.message].rank + 12
                        && item.due.is_some();
                }
                let done = pack.done.find(s).is_some();
                if !done || s.contains('?') || pack.commit.is_match(s) && !s.contains("done") {
                    return false;
                }
                sentences::split(&doc.masked, u.span).into_iter().any(|sp| {
                    let said = stems(doc, u.message, sp);
                    let n = shared(&own, &said);
                    let handed = ATTACHED.iter().any(|a| doc.slice(sp).to_lowercase().contains(a))
                        && n >= 1
                        && own.len() <= 6;
                    if tasks.iter().any(|t| t.overlaps(sp)) {
                        return false;
                    }
                    // "both done by tonight" is a promise
                    if crate::project::dates(doc, u.message, sp).iter().any(|h| h.by) {
                        return false;
                    }
                    by_other
                        && pack.done.is_match(doc.slice(sp))
                        && (handed || n >= 3 || n >= 2 && own.len() <= 5 || n >= 1 && own.len() <= 2)
                })
            });
            !met
        }
        _ => true,
    }
}

/// In a chat a question is answered where the other side replies with more than "no idea".
fn answered(doc: &Doc<'_>, later: &[&Unit], item: &Found) -> bool {
    let asker = &doc.messages[item.message].author;
    let rank = doc.messages[item.message].rank;
    let said = doc.slice(item.span);
    // "she can't decide on gravel or slabs": a statement waits for a decision, not for a reply
    if !said.contains('?')
        && doc.pack(item.message).undecided.is_match(said)
        && !crate::wording::asks_unmarked(said)
    {
        return false;
    }
    for unit in later.iter().filter(|u| doc.messages[u.message].rank <= rank + 3) {
        let message = &doc.messages[unit.message];
        if message.author == *asker {
            continue;
        }
        let s = doc.slice(unit.span);
        let pack = doc.pack(unit.message);
        // who finds out has a task, and the question is theirs
        let errand = s.split_whitespace().count() <= 8
            && pack
                .no_idea
                .find(s)
                .is_some_and(|m| pack.find_out.is_match(m.as_str()));
        if pack.no_idea.is_match(s) && (pack.commit.is_match(s) || errand) {
            return true;
        }
        if pack.no_idea.is_match(s) || s.trim_end().ends_with('?') {
            return false;
        }
        return true;
    }
    false
}

/// "Do children come? AB to raise with the MD": a question somebody is to find out about is that task.
fn taken_on(doc: &Doc<'_>, items: &mut Vec<Found>) {
    let drop: Vec<bool> = (0..items.len())
        .map(|i| {
            items[i].kind == ItemKind::Question
                && items.get(i + 1).is_some_and(|next| {
                    next.kind == ItemKind::Task
                        && next.block == items[i].block
                        && doc.pack(next.message).find_out.is_match(doc.slice(next.span))
                })
        })
        .collect();
    let mut it = drop.into_iter();
    items.retain(|_| !it.next().unwrap_or(false));
}

/// "That's everything from our side": where the newest mail asks for nothing and says so, older asks are met.
fn close(doc: &Doc<'_>, units: &[Unit], items: &mut Vec<Found>) {
    if doc.form != Form::Mail {
        return;
    }
    let Some(newest) = doc.messages.iter().map(|m| m.rank).max() else {
        return;
    };
    let latest = |message: usize| doc.messages[message].rank == newest;
    let quiet = !items
        .iter()
        .any(|i| latest(i.message) && matches!(i.kind, ItemKind::Task | ItemKind::Question));
    let said = units
        .iter()
        .any(|u| latest(u.message) && doc.pack(u.message).closed.is_match(doc.slice(u.span)));
    let reports = units
        .iter()
        .filter(|u| latest(u.message) && doc.pack(u.message).done.is_match(doc.slice(u.span)))
        .count();
    if quiet && (said || reports >= 2) {
        items.retain(|i| latest(i.message) || !matches!(i.kind, ItemKind::Task | ItemKind::Question));
    }
}

/// An older wish that a newer message rules out is no task any more.
fn overrule(doc: &Doc<'_>, items: &mut Vec<Found>) {
    let drop: Vec<bool> = items
        .iter()
        .map(|a| {
            matches!(a.kind, ItemKind::Task | ItemKind::Question)
                && items.iter().any(|b| {
                    let against = b.kind == ItemKind::Exclusion
                        || a.kind == ItemKind::Question && b.kind == ItemKind::Decision;
                    against && newer(doc, b.message, a.message) && {
                        let (x, y) = (stems(doc, a.message, a.span), stems(doc, b.message, b.span));
                        let n = shared(&x, &y);
                        n >= 2 && n * 2 >= y.len().min(x.len())
                    }
                })
        })
        .collect();
    let mut it = drop.into_iter();
    items.retain(|_| !it.next().unwrap_or(false));
}

/// Effort stated in a sentence of its own elsewhere ("the recording takes 8 to 10 hours").
fn late_effort(doc: &Doc<'_>, units: &[Unit], items: &mut [Found]) {
    for unit in units {
        if matches!(unit.shape, Shape::DoneBox | Shape::Cell)
            || items
                .iter()
                .any(|i| i.kind == ItemKind::Task && i.span.overlaps(unit.span))
        {
            continue;
        }
        let pack = doc.pack(unit.message);
        let Some(hit) = pack
            .efforts
            .find(pack, doc.slice(unit.span), unit.span.start, false)
            .first()
            .copied()
        else {
            continue;
        };
        let said = matter(doc, unit.message, unit.span);
        let best = items
            .iter_mut()
            .filter(|i| i.kind == ItemKind::Task && i.effort.is_none() && i.message != unit.message)
            .map(|i| (shared(&matter(doc, i.message, i.span), &said), i))
            .max_by_key(|(n, i)| (*n, std::cmp::Reverse(i.span.start)));
        if let Some((n, item)) = best
            && (n >= 2 || n == 1 && matter(doc, item.message, item.span).len() <= 4)
        {
            item.effort = Some(hit.effort);
        }
    }
}

/// The same ask made twice: the dated one stays, else the clearer.
fn merge(doc: &Doc<'_>, items: &mut Vec<Found>) {
    let sets: Vec<HashSet<String>> = items.iter().map(|i| matter(doc, i.message, i.body)).collect();
    let mut gone = vec![false; items.len()];
    for i in 0..items.len() {
        for j in i + 1..items.len() {
            if gone[i] || gone[j] || items[i].kind != items[j].kind || items[i].block == items[j].block {
                continue;
            }
            let thread = items[i].message != items[j].message;
            if items[i].kind == ItemKind::Task && items[i].owner != items[j].owner && !thread {
                continue;
            }
            let n = shared(&sets[i], &sets[j]);
            let small = sets[i].len().min(sets[j].len());
            let same = small > 0
                && if thread {
                    n >= 2 && n * 5 >= small * 3
                } else {
                    n >= 3 && n * 5 >= small * 4
                };
            if !same {
                continue;
            }
            let (keep, drop) = if items[j].due.is_some() && items[i].due.is_none() {
                (j, i)
            } else {
                (i, j)
            };
            gone[drop] = true;
            let (due, effort) = (items[drop].due, items[drop].effort);
            items[keep].due = items[keep].due.or(due);
            items[keep].effort = items[keep].effort.or(effort);
        }
    }
    let mut it = gone.into_iter();
    items.retain(|_| !it.next().unwrap_or(false));
}

fn without_overlaps(mut items: Vec<Found>) -> Vec<Found> {
    items.retain(|i| !i.span.is_empty());
    items.sort_by_key(|i| (i.span.start, i.span.end));
    let mut out: Vec<Found> = Vec::with_capacity(items.len());
    for item in items {
        if out.last().is_none_or(|l| l.span.end <= item.span.start) {
            out.push(item);
        }
    }
    out
}
