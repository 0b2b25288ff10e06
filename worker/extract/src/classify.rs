//! What one clause records, from the words in it and from where it stands.

mod shape;

use regex::Regex;

use self::shape::{addressed, default_owner, owned, reader_of, shape_says, tagged, trait_of};
use crate::budget;
use crate::doc::{Doc, Form};
use crate::model::{Confidence, ItemKind, Owner, Span};
use crate::people::People;
use crate::project;
use crate::sections::Section;
use crate::subject::third_person;
use crate::units::{Shape, Unit};
use crate::wording::*;

/// The reading of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) kind: ItemKind,
    pub(crate) owner: Owner,
    pub(crate) confidence: Confidence,
}

/// Matches of one trigger that politeness does not cover ("please find attached").
struct Clause<'a> {
    s: &'a str,
    polite: Vec<(usize, usize)>,
}

impl Clause<'_> {
    fn at(&self, re: &Regex) -> Option<(usize, usize)> {
        re.find_iter(self.s)
            .map(|m| (m.start(), m.end()))
            .find(|m| !self.polite.iter().any(|p| p.0 < m.1 && m.0 < p.1))
    }
}

fn item(kind: ItemKind, owner: Owner, confidence: Confidence) -> Option<Reading> {
    Some(Reading {
        kind,
        owner,
        confidence,
    })
}

/// Reads the clause at `span` of `unit`.
pub(crate) fn classify(doc: &Doc<'_>, people: &People, unit: &Unit, span: Span) -> Option<Reading> {
    use Confidence::{Explicit, Likely};
    use ItemKind::{Decision, Exclusion, Question, Task};
    let pack = doc.pack(unit.message);
    let s = doc.slice(span);
    let letters = s.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 4 || unit.shape == Shape::DoneBox {
        return None;
    }
    if unit.shape == Shape::Struck {
        return item(Exclusion, Owner::Freelancer, Explicit);
    }
    let message = &doc.messages[unit.message];
    let speaker = message.speaker;
    let reader = if speaker == Owner::Client {
        Owner::Freelancer
    } else {
        Owner::Client
    };
    let me = Owner::Freelancer;
    let c = Clause {
        s,
        polite: pack.polite.find_iter(s).map(|m| (m.start(), m.end())).collect(),
    };
    let words = s.split_whitespace().count();
    let asks = s
        .trim_end()
        .trim_end_matches(|c: char| !c.is_alphanumeric() && c != '?')
        .ends_with('?')
        || s.contains("??");
    // "3.4k, all good?": a statement with a tag
    let asks = asks && !tagged(s);
    let polite = !c.polite.is_empty();

    let harmless: Vec<(usize, usize)> = pack
        .exclude_not
        .find_iter(s)
        .map(|m| (m.start(), m.end()))
        .collect();
    let exclude = pack
        .exclude
        .find_iter(s)
        .map(|m| (m.start(), m.end()))
        .filter(|m| !(asks && addressed(&s[..m.0])))
        .find(|m| !harmless.iter().any(|h| h.0 < m.1 && m.0 < h.1));
    let ask = c.at(&pack.ask);
    let mut request = c.at(&pack.request);
    if let (Some(a), Some(r)) = (ask, request)
        && a.0 <= r.1 + 2
    {
        request = None;
    }
    // "please, I beg you": courtesy with nothing asked
    if let Some(r) = request
        && words <= 5
        && matches!(
            s[r.0..r.1].to_lowercase().as_str(),
            "please" | "pls" | "plz" | "kindly" | "bitte" | "graag" | "proszę"
        )
        && !pack.verb.is_match(s)
        && s[r.1..].trim_start().starts_with([',', '.', '!'])
    {
        request = None;
    }
    let undecided = c.at(&pack.undecided);
    let need = c.at(&pack.need);
    let oblige = c.at(&pack.oblige);
    let commit = c
        .at(&pack.commit)
        .filter(|m| need.is_none_or(|n| !(n.0 <= m.1 + 1 && m.0 < n.1)));
    let decide = pack
        .decide
        .find_iter(s)
        .map(|m| (m.start(), m.end()))
        .find(|m| !preceded_by_as(s, m.0) && !c.polite.iter().any(|p| p.0 < m.1 && m.0 < p.1));
    let done = c.at(&pack.done);
    let musing = c.at(&pack.musing);
    let before = |a: Option<(usize, usize)>, b: (usize, usize)| a.is_some_and(|a| a.0 < b.0);
    // "you can start": a permission, not an ask
    if let Some(r) = request
        && !asks
        && r.0 > pack.lead.find(s).map_or(0, |m| m.end()) + 1
        && PERMISSIONS.contains(
            &s[r.0..r.1]
                .to_lowercase()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .as_str(),
        )
    {
        request = None;
    }
    // "I'll send it, could you …" is split; what is left belongs to the speaker
    if before_or_at(commit, request) && !asks {
        request = None;
    }
    let background = unit.section == Section::Background;
    let gone = |a: Option<(usize, usize)>, x: (usize, usize)| a.is_some_and(|a| a.0 <= x.0 && x.0 > a.1 + 25);

    // ---- what the place says ----
    let placed = matches!(
        unit.shape,
        Shape::Entry | Shape::OpenBox | Shape::Cell | Shape::Query
    ) && span.start <= unit.body.start.max(unit.span.start) + 2
        || unit.span != unit.body && span.start <= unit.body.start;
    if placed {
        match unit.section {
            Section::Out if request.is_none() || exclude.is_some() => {
                return if done.is_some() && exclude.is_none() && undecided.is_none() && words > 12 {
                    None
                } else {
                    item(Exclusion, me, Explicit)
                };
            }
            Section::Decided if undecided.is_none() && !asks => {
                return if exclude.is_some() && leading_no(s, pack) {
                    item(Exclusion, me, Explicit)
                } else {
                    item(Decision, me, Explicit)
                };
            }
            Section::Open => return item(Question, me, Explicit),
            _ => {}
        }
        if unit.shape == Shape::Query {
            return item(Question, me, Explicit);
        }
        if matches!(unit.section, Section::Tasks(_)) && pack.praise.is_match(s) {
            return None;
        }
        if let Section::Tasks(owner) = unit.section {
            let owner = owned(unit, owner)
                .or_else(|| third_person(doc, people, unit, s).map(|(o, ..)| o))
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
                return item(Exclusion, me, Explicit);
            }
            if undecided.is_some() && request.is_none() && need.is_none() || asks && request.is_none() {
                return item(Question, me, Explicit);
            }
            if done.is_some_and(|d| d.0 > 0)
                && request.is_none()
                && need.is_none()
                && project::dates(doc, unit.message, span).is_empty()
                && !starts_with_verb(s, pack)
            {
                return None;
            }
            if decide.is_some()
                && !starts_with_verb(s, pack)
                && project::dates(doc, unit.message, span).is_empty()
                && decide.is_some_and(|d| d.0 > 0)
                && unit.assigned.is_none()
            {
                return item(Decision, me, Likely);
            }
            return item(Task, owner, Explicit);
        }
    }

    // ---- what the words say ----
    if pack.ack.is_match(s)
        && (words <= 3 || words <= 6 && unit.shape == Shape::Chat && !pack.verb.is_match(s))
    {
        return None;
    }
    if let (Some(x), Some(d)) = (exclude, decide)
        && keeps(&s[x.0..x.1])
        && d.0 > x.1
    {
        return item(Decision, me, Explicit);
    }
    if let Some(x) = exclude {
        let asked_first =
            gone(request, x) || gone(need, x) && !before(undecided, x) || gone(commit, x) && commit.is_some();
        let open = before(undecided, (x.0 + 1, x.1))
            || undecided.is_some_and(|u| u.0 < x.1 && x.0 < u.1)
            || asks && undecided.is_some();
        let question = asks && request.is_none() && !leading_no(s, pack);
        let conditional = pack.musing.find(s).is_some_and(|m| m.start() == 0)
            && s.to_lowercase().starts_with(['i', 's', 'w', 'f', 'j', 'a', 'g'])
            && !leading(x.0, s, pack)
            && starts_with_if(s);
        // "the portal has to run by 7 July, as nobody wants a repeat"
        let aside = x.0 > 25 && project::is_deadline(doc, pack, unit.message, span);
        let past = done.is_some_and(|d| d.0 < x.0) && !leading(x.0, s, pack) && x.1 - x.0 < 6;
        if !asked_first && !open && !question && !conditional && !past && !aside {
            return item(Exclusion, me, Explicit);
        }
    }
    if ask.is_some() && commit.is_none() {
        return item(Question, me, Explicit);
    }
    if unit.shape == Shape::Chat
        && words <= 7
        && pack.no_idea.is_match(s)
        && commit.is_none()
        && project::dates(doc, unit.message, span).is_empty()
        && request.is_none()
        && !asks
    {
        return None;
    }
    if opens_with_whether(s) && request.is_none() {
        return if words < 4 || background {
            None
        } else {
            item(Question, me, Explicit)
        };
    }
    if doc.form == Form::Notes
        && !background
        && words > 2
        && asks_tersely(s)
        && !matches!(unit.shape, Shape::Sentence)
    {
        return item(Question, me, Likely);
    }
    if asks && request.is_none() {
        return if polite || background || words < 3 || chatter(s, pack) {
            None
        } else {
            item(Question, me, if words > 4 { Explicit } else { Likely })
        };
    }
    if let Some(u) = undecided {
        if before(commit, u) || before(request, u) {
            // someone finds out, or is asked to
        } else {
            return if words < 4 || background {
                None
            } else {
                item(Question, me, Explicit)
            };
        }
    }
    let if_clause = starts_with_if(s) && request.is_none();
    // "launch 6 Dec (anniversary)": a day to know of, nothing to do
    if unit.assigned.is_none()
        && words <= 6
        && unit.shape != Shape::OpenBox
        && pack.event.find(s).is_some_and(|m| leading(m.start(), s, pack))
        && request.is_none()
        && !project::dates(doc, unit.message, span).is_empty()
        && !pack.meeting.is_match(s)
        && !matches!(unit.section, Section::Tasks(_))
    {
        return None;
    }
    if let Some(r) = request {
        if decide.is_some_and(|d| d.0 < r.0)
            && words < 8
            && project::dates(doc, unit.message, span).is_empty()
        {
            return item(Decision, me, Likely);
        }
        if message.internal && pass_on(s) {
            return None;
        }
        return item(
            Task,
            owned(unit, None).unwrap_or(reader_of(doc, reader)),
            Explicit,
        );
    }
    let third = third_person(doc, people, unit, s);
    let promised = third.is_some_and(|t| t.3) || commit.is_some() && unit.shape != Shape::Sentence;
    if !promised && project::is_deadline(doc, pack, unit.message, span)
        || budget::is_budget(doc, pack, unit, span)
    {
        let settled = (decide.is_some() || pack.accepted.is_match(s) && undecided.is_none())
            && budget::has_money(doc, span);
        return if settled {
            item(Decision, me, Explicit)
        } else {
            None
        };
    }
    if let Some(m) = pack.next_meeting.find(s)
        && (m.start() < 12 || doc.form == Form::Notes)
        && !project::dates(doc, unit.message, span).is_empty()
        && exclude.is_none()
    {
        return item(Task, me, Likely);
    }
    if let Some(d) = decide {
        let forward = before(commit, d)
            || before(need, d)
            || before(oblige, d)
            || third.is_some_and(|t| t.1 && !project::dates(doc, unit.message, span).is_empty())
            || unit.assigned.is_some() && d.0 > 20 && !project::dates(doc, unit.message, span).is_empty();
        let lone = done.is_some_and(|x| x.0 < d.0 && !ADVERBS.contains(&s[x.0..x.1].to_lowercase().as_str()));
        let iffy = if_clause || musing.is_some_and(|m| m.0 < d.0);
        let earlier = done.is_some_and(|x| {
            x.0 < d.0 && x.1 + 1 < d.0 && !ADVERBS.contains(&s[x.0..x.1].to_lowercase().as_str())
        });
        if !forward && !iffy && !lone && !earlier && words > 2 {
            return item(Decision, me, Explicit);
        }
    }
    if if_clause {
        return None;
    }
    let dated = !project::dates(doc, unit.message, span).is_empty();
    if background
        && unit.shape != Shape::OpenBox
        && !(dated && (third.is_some_and(|t| t.1) || commit.is_some() || need.is_some()))
        && !(third.is_some_and(|t| t.1 && t.3) && unit.shape == Shape::Entry)
    {
        return None;
    }
    let past = done.is_some();
    let lead_end = pack.lead.find(s).map_or(0, |m| m.end());
    if let Some(n) = need
        && !dated
        && introduces(doc.slice(unit.span), n.1 + span.start - unit.span.start)
    {
        return None;
    }
    let needs_first = need.is_some_and(|n| n.0 <= lead_end + 1) && commit.is_none();
    let unmet = need.is_some_and(|n| done.is_none_or(|d| d.0 > n.0));
    if needs_first && unmet && !seeks_someone(s, need) {
        // "I need to ask the nursery": an errand of one's own
        if errand(s, need) && doc.form != Form::Notes {
            return item(Task, owned(unit, None).unwrap_or(speaker), Explicit);
        }
        let from_reader = speaker == Owner::Freelancer && doc.form != Form::Notes;
        return item(
            Task,
            owned(unit, None).unwrap_or(if from_reader { Owner::Client } else { me }),
            Explicit,
        );
    }
    if commit.is_some() && !(past && done < commit) {
        let owner = if doc.form == Form::Notes { me } else { speaker };
        // "Gwen will send me the book": the promise is somebody else's
        let theirs =
            third.filter(|t| t.1 && doc.form == Form::Notes && commit.is_some_and(|c| t.2 <= c.0 && c.0 > 0));
        let owner = theirs.map_or(owner, |t| t.0);
        return item(Task, owned(unit, None).unwrap_or(owner), Explicit);
    }
    if let Some((owner, future, at, _)) = third
        && (future || done.is_none_or(|d| d.0 > at))
        && musing.is_none_or(|m| future && m.0 > 0)
    {
        return item(Task, owner, if future { Explicit } else { Likely });
    }
    if unmet && !seeks_someone(s, need) && (musing.is_none() || musing > need) {
        let from_reader = speaker == Owner::Freelancer && doc.form != Form::Notes;
        return item(
            Task,
            owned(unit, None).unwrap_or(if from_reader { Owner::Client } else { me }),
            Explicit,
        );
    }
    if oblige.is_some() && !past && musing.is_none() {
        let owner = owned(unit, None).or(third.map(|t| t.0)).unwrap_or(
            if speaker == Owner::Freelancer && doc.form != Form::Notes {
                Owner::Client
            } else {
                me
            },
        );
        return item(Task, owner, Explicit);
    }
    let opens_with_order =
        starts_with_verb(s, pack) && done.is_some_and(|d| d.0 > 20) && unit.assigned.is_none();
    if past && !opens_with_order || musing.is_some_and(|m| m.0 == 0) && unit.assigned.is_none() {
        return None;
    }
    shape_says(doc, unit, span, pack, words, polite)
}
