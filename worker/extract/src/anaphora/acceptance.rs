//! The other side takes on what it was just asked for.

use super::PRONOUNS;
use crate::doc::{Doc, Form};
use crate::extract::Found;
use crate::model::{ItemKind, Owner, Span};
use crate::project;
use crate::resolve;
use crate::units::Unit;

/// Words, cut as [`resolve::stems`] cuts them, for whatever was just asked for.
const ROUND: &[&str] = &[
    "versi", "versa", "fassu", "wersj", "chang", "fixes", "updat", "new", "nova", "nuev", "nueva", "neue",
    "neuen", "nouve", "nieuw", "nowa", "nowe", "corre", "korri", "ander", "cambi", "alter", "revis", "thing",
    "first", "doing", "that",
];

/// "yep will do", "you'll have it by lunch": the other side takes on what it was just asked for.
fn acceptance(doc: &Doc<'_>, units: &[Unit], k: usize, part: Span, out: &[Found]) -> bool {
    let unit = &units[k];
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let Some(last) = out.last().filter(|l| l.kind == ItemKind::Task) else {
        return false;
    };
    let speaker = doc.messages[unit.message].speaker;
    let low = format!(" {} ", s.to_lowercase().replace(['.', ',', '!', '?'], " "));
    // "the new version by Monday" is all that was asked for
    let matter = resolve::matter(doc, unit.message, part);
    let is_round = |m: &String| ROUND.contains(&m.as_str());
    let round = matter.iter().any(is_round)
        && matter
            .iter()
            .all(|m| is_round(m) || pack.verbs.title(m).is_some() || pack.verbs.is_title(m));
    let pronoun = round || PRONOUNS.iter().any(|p| low.contains(&format!(" {p} ")));
    let words = s.split_whitespace().count();
    // "kolega Paweł wyśle w środę", "finance does that thursday": one of theirs, a verb and a day
    let capitals: Vec<String> = s
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| w.starts_with(char::is_uppercase))
        .map(|w| w.to_lowercase().chars().take(5).collect())
        .collect();
    let theirs = speaker == Owner::Client
        && words <= 8
        && pack.third.is_match(s)
        && !project::dates(doc, unit.message, part).is_empty()
        && matter.iter().all(|m| {
            pack.verbs.title(m).is_some()
                || pack.verbs.is_title(m)
                || capitals.contains(m)
                || pack.client_role.is_match(m)
                || pack.third.is_match(m)
                || ["kolega", "koleg", "kolle", "collg", "colea"]
                    .iter()
                    .any(|r| r.starts_with(m.as_str()))
        });
    let pronoun = pronoun || theirs;
    doc.form == Form::Chat
        && last.owner == speaker
        && doc.messages[last.message].author != doc.messages[unit.message].author
        && unit.block <= last.block + 5
        && (words <= 9 || words <= 14 && pronoun && unit.block == last.block + 1)
        && (pack.commit.is_match(s) || theirs)
        && (pronoun || pack.ack.is_match(s))
        && (unit.block == last.block + 1 && pronoun && !project::dates(doc, unit.message, part).is_empty()
            || resolve::matter(doc, unit.message, part)
                .iter()
                .filter(|m| !pack.verbs.is_title(m) && !ROUND.contains(&m.as_str()))
                .count()
                <= 1 + usize::from(pronoun))
}

/// The other side takes on what it was just asked for; the day it names is that of what was asked.
pub(crate) fn taken_on(doc: &Doc<'_>, units: &[Unit], k: usize, part: Span, out: &mut [Found]) -> bool {
    if acceptance(doc, units, k, part, out) {
        if let Some(hit) = project::dates(doc, units[k].message, part).first() {
            let author = &doc.messages[units[k].message].author;
            let block = units[k].block;
            for (n, f) in out.iter_mut().rev().take(4).enumerate() {
                let asked = f.kind == ItemKind::Task
                    && f.block + 6 >= block
                    && doc.messages[f.message].author != *author
                    && f.owner == doc.messages[units[k].message].speaker;
                if n == 0 || asked && f.due.is_none() {
                    f.due = Some(hit.date);
                    f.dated_by = Some(part);
                }
            }
        }
        return true;
    }
    false
}
