//! What a clause records by the place it stands in: a list under a heading, a label in front of it.

use super::shape::{default_owner, owned, trait_of};
use super::{Marks, Reading, gone, item};
use crate::doc::{Doc, Form};
use crate::model::{Confidence, ItemKind, Owner, Span};
use crate::people::People;
use crate::project;
use crate::sections::Section;
use crate::subject::{asked_of, opens_with_person, third_person};
use crate::units::{Shape, Unit};
use crate::wording::*;

/// What the place says, where it says something; the inner value is none where it is nothing.
pub(super) fn says(
    doc: &Doc<'_>,
    people: &People,
    unit: &Unit,
    span: Span,
    marks: &Marks,
) -> Option<Option<Reading>> {
    use Confidence::{Explicit, Likely};
    use ItemKind::{Decision, Exclusion, Question, Task};
    let pack = doc.pack(unit.message);
    let s = doc.slice(span);
    let speaker = doc.messages[unit.message].speaker;
    let me = Owner::Freelancer;
    let &Marks {
        request,
        undecided,
        need,
        commit,
        decide,
        done,
        exclude,
        asks,
        words,
        ..
    } = marks;
    if unit.span == span
        && doc.form == Form::Brief
        && crate::sections::scheduled(doc, unit.block)
        && unit.assigned.is_none()
    {
        return Some(item(Task, me, Explicit));
    }
    if matches!(unit.shape, Shape::Entry | Shape::OpenBox) && unit.span == span && flatly_no(s) {
        return Some(item(Exclusion, me, Explicit));
    }
    let placed = matches!(
        unit.shape,
        Shape::Entry | Shape::OpenBox | Shape::Cell | Shape::Query
    ) && span.start <= unit.body.start.max(unit.span.start) + 2
        || unit.span != unit.body && span.start <= unit.body.start;
    if placed {
        match unit.section {
            Section::Out if request.is_none() || exclude.is_some() => {
                let told = done.is_some() && exclude.is_none() && undecided.is_none() && words > 12;
                return Some(item(Exclusion, me, Explicit).filter(|_| !told));
            }
            Section::Decided if undecided.is_none() && !asks => {
                let no = exclude.is_some() && leading_no(s, pack);
                return Some(item(if no { Exclusion } else { Decision }, me, Explicit));
            }
            Section::Open => return Some(item(Question, me, Explicit)),
            _ => {}
        }
        // "(coffee machine broken again": an aside
        if s.starts_with('(')
            && request.is_none()
            && undecided.is_none()
            && !asks
            && unit.span.start == span.start
        {
            return Some(None);
        }
        if unit.shape == Shape::Query {
            return Some(item(Question, me, Explicit));
        }
        if matches!(unit.section, Section::Tasks(_)) && pack.praise.is_match(s) {
            return Some(None);
        }
        if let Section::Tasks(owner) = unit.section {
            let owner = owned(unit, owner)
                .or_else(|| asked_of(people, pack, s))
                .or_else(|| third_person(doc, people, unit, s).map(|(o, ..)| o))
                .or_else(|| opens_with_person(people, pack, s).filter(|_| doc.form == Form::Notes))
                .or(request.filter(|_| asks).map(|_| default_owner(doc, unit)))
                .or(commit.map(|_| speaker))
                .unwrap_or(if doc.form == Form::Notes {
                    me
                } else {
                    default_owner(doc, unit)
                });
            let negative = exclude.filter(|x| {
                !gone(request.or(need), *x)
                    && !trait_of(&s[..x.0], &s[x.0..x.1])
                    && (leading(x.0, s, pack) || x.0 > 0 && words < 9 || x.1 + 3 > s.len())
            });
            if negative.is_some() {
                return Some(item(Exclusion, me, Explicit));
            }
            if undecided.is_some() && request.is_none() && need.is_none() || asks && request.is_none() {
                return Some(item(Question, me, Explicit));
            }
            // "aftercare page, text is done already": only the words for it are
            let thing = s.find([',', '(']).filter(|i| *i > 3).unwrap_or(s.len());
            if done.is_some_and(|d| d.0 > 0 && d.0 < thing)
                && unit.assigned.is_none()
                && request.is_none()
                && need.is_none()
                && project::dates(doc, unit.message, span).is_empty()
                && !starts_with_verb(s, pack)
            {
                return Some(None);
            }
            if decide.is_some()
                && !starts_with_verb(s, pack)
                && project::dates(doc, unit.message, span).is_empty()
                && decide.is_some_and(|d| d.0 > 0)
                && unit.assigned.is_none()
            {
                return Some(item(Decision, me, Likely));
            }
            return Some(item(Task, owner, Explicit));
        }
    }
    None
}

/// "Bouncy castle: no", "apple watch, no": a thing and nothing but a no.
fn flatly_no(s: &str) -> bool {
    const NO: &[&str] = &["no", "nope", "nein", "non", "nee", "nie", "não", "nej"];
    let s = s.trim_end_matches(['.', '!', ' ']);
    let Some((thing, last)) = s.rsplit_once([' ', '=', ':']) else {
        return false;
    };
    NO.contains(&last.to_lowercase().as_str())
        && thing.trim_end().ends_with([':', ',', '=', '–', '-', '→'])
        && thing.split_whitespace().count() <= 6
        || NO.contains(&last.to_lowercase().as_str()) && s[..s.len() - last.len()].ends_with(['=', ':'])
}
