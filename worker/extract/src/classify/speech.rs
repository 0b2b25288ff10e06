//! What a clause records by the words in it.

use super::shape::{owned, reader_of, shape_says};
use super::{Marks, Reading, gone, item};
use crate::budget;
use crate::doc::{BlockKind, Doc, Form};
use crate::model::{Confidence, ItemKind, Owner, Span};
use crate::people::People;
use crate::project;
use crate::sections::Section;
use crate::subject::{agent, asked_of, third_person};
use crate::units::{Shape, Unit};
use crate::wording::*;

/// What the words say, in the order in which one outweighs the other.
pub(super) fn says(
    doc: &Doc<'_>,
    people: &People,
    unit: &Unit,
    span: Span,
    marks: &Marks,
) -> Option<Reading> {
    use Confidence::{Explicit, Likely};
    use ItemKind::{Decision, Exclusion, Question, Task};
    let pack = doc.pack(unit.message);
    let s = doc.slice(span);
    let message = &doc.messages[unit.message];
    let speaker = message.speaker;
    let reader = if speaker == Owner::Client {
        Owner::Freelancer
    } else {
        Owner::Client
    };
    let me = Owner::Freelancer;
    let before = |a: Option<(usize, usize)>, b: (usize, usize)| a.is_some_and(|a| a.0 < b.0);
    let &Marks {
        request,
        ask,
        undecided,
        need,
        oblige,
        commit,
        decide,
        done,
        musing,
        exclude,
        asks,
        polite,
        words,
        background,
    } = marks;
    if pack.ack.is_match(s)
        && (words <= 3 || words <= 6 && unit.shape == Shape::Chat && !pack.verb.is_match(s))
    {
        return None;
    }
    let third = third_person(doc, people, unit, s);
    // "a minha irmã envia-lhe as fotografias": a verb behind its subject is no imperative
    let request = request.filter(|r| !third.is_some_and(|t| t.3 && t.2 > 0 && t.2 == r.0 && t.0 != reader));
    // "could Maria check the names?", "Jonas, can you give him access?"
    let lead = pack.lead.find(s).map_or(0, |m| m.end());
    let asked = asked_of(people, pack, &s[lead..]).or_else(|| asked_of(people, pack, s));
    if let Some(owner) = asked
        && ask.is_none()
        && !background
    {
        return item(Task, owned(unit, None).unwrap_or(owner), Explicit);
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
        // "can you call me at some point this week?"
        let sometime = asks && request.is_some_and(|r| r.0 < x.0) && deferral(&s[x.0..x.1]);
        let past = done.is_some_and(|d| d.0 < x.0) && !leading(x.0, s, pack) && x.1 - x.0 < 6;
        // "finance does that on Thursday": somebody does it, and there is a day
        let handled = [
            "does ",
            "handles ",
            "doing ",
            "macht ",
            "übernimmt",
            "fait ",
            "s'en occupe",
            "hace ",
            "se encarga",
            "faz ",
            "cuida",
            "doet ",
            "regelt ",
            "robi ",
            "zrobi ",
        ]
        .iter()
        .any(|w| s[x.0..x.1].to_lowercase().contains(w));
        if handled
            && (unit.shape == Shape::Chat || third.is_some())
            && !leading_no(s, pack)
            && project::dates(doc, unit.message, span)
                .iter()
                .any(|h| h.date >= message.anchor)
        {
            let owner = third.map_or(
                if unit.shape == Shape::Chat {
                    speaker
                } else {
                    Owner::Client
                },
                |t| t.0,
            );
            return item(Task, owned(unit, None).unwrap_or(owner), Likely);
        }
        if !asked_first && !open && !question && !conditional && !past && !aside && !sometime {
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
    if doc.form == Form::Chat && !asks && words > 4 && request.is_none() && asks_unmarked(s) {
        return item(Question, me, Explicit);
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
    if away(s) && request.is_none() {
        return None;
    }
    if reports(s) && request.is_none() && decide.is_none() {
        return None;
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
    let promised = third.is_some_and(|t| t.3)
        || commit.is_some() && unit.shape != Shape::Sentence
        || unit.assigned.is_some() && doc.form == Form::Notes && span.start <= unit.body.start;
    // "the payroll will be ready on Thursday": from the one who does the work a promise
    if speaker == Owner::Freelancer
        && doc.form != Form::Notes
        && !asks
        && request.is_none()
        && pack.finished.is_match(s)
        && pack.oblige_done.is_match(s)
        && !pack.everything.is_match(s)
        && !pack.event.is_match(s)
        && project::dates(doc, unit.message, span)
            .iter()
            .any(|h| h.date >= message.anchor)
    {
        return item(Task, me, Likely);
    }
    // "severity ratings for all 31 findings, Friday is fine": an entry among others is one of many things
    let entry = matches!(doc.blocks[unit.block].kind, BlockKind::Bullet(_))
        && !pack.finished.is_match(s)
        && !pack.deadline.is_match(s)
        && !pack.receiver.is_match(s);
    if !promised && !entry && project::is_deadline(doc, pack, unit.message, span)
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
    // "quotes must be received by Friday": done is what has to be
    let past = done.is_some_and(|d| !oblige.is_some_and(|o| o.0 <= d.0 && d.1 <= o.1));
    let lead_end = pack.lead.find(s).map_or(0, |m| m.end());
    if let Some(n) = need
        && !dated
        && introduces(doc.slice(unit.span), n.1 + span.start - unit.span.start)
    {
        return None;
    }
    // "So, what we're after.": the things themselves follow
    if need.is_some_and(|n| !s[n.1..].chars().any(char::is_alphanumeric))
        && words <= 6
        && !asks
        && s.to_lowercase().contains("what")
    {
        return None;
    }
    // "for the rest I'd need 38,000": a price
    if need.is_some() && words <= 10 && budget::has_money(doc, span) && !dated && speaker == Owner::Freelancer
    {
        return None;
    }
    // "I'd want two hours with your electrician": time together is the writer's own
    if let Some(n) = need
        && speaker == Owner::Freelancer
        && doc.form != Form::Notes
        && pack
            .efforts
            .find(pack, s, 0, false)
            .iter()
            .any(|e| e.span.start >= n.1 && e.span.start <= n.1 + 6)
    {
        return item(Task, owned(unit, None).unwrap_or(me), Explicit);
    }
    let needs_first = need.is_some_and(|n| n.0 <= lead_end + 1) && commit.is_none();
    let unmet = need.is_some_and(|n| done.is_none_or(|d| d.0 > n.0));
    if needs_first && unmet && !seeks_someone(s, need) {
        // "I need to ask the nursery": an errand of one's own
        if (errand(s, need) || speaker == Owner::Freelancer && own_work(s, need)) && doc.form != Form::Notes {
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
    // "the form will be filled in by me", "the layout is to be made by Bea"
    if let Some(owner) = agent(doc, people, unit, s).filter(|_| !past || oblige.is_some()) {
        return item(Task, owned(unit, None).unwrap_or(owner), Explicit);
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
    shape_says(doc, people, unit, span, pack, words, polite)
}
