//! Which of the days around a task is its own.

mod elsewhere;
mod words;

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

pub(crate) use self::elsewhere::{
    corrects, dates_last_ask, dates_last_sentence, only_a_date, refers_back, same_entry,
};
use self::words::REASONS;
use crate::anaphora::PRONOUNS;
use crate::dates::Hit;
use crate::doc::Doc;
use crate::extract::Found;
use crate::lexicon::Pack;
use crate::model::{ItemKind, Span};
use crate::people::People;
use crate::resolve;
use crate::subject::{DETERMINERS, POSSESSIVE};
use crate::units::{Shape, Unit};

/// The date stated for a task.
pub(crate) fn due(
    doc: &Doc<'_>,
    people: &People,
    unit: &Unit,
    part: Span,
    previous: Option<NaiveDate>,
    out: &[Found],
) -> Option<NaiveDate> {
    let pack = doc.pack(unit.message);
    let context = doc.leans_on(unit.message, part);
    let named = named_before(doc, unit, part, out);
    let mut reading = doc.reading(unit.message, named.or(context).or(previous));
    reading.named = named.is_some();
    if let Some(cell) = unit.due_cell {
        let s = doc.slice(cell);
        return pack.dates.find(s, cell.start, &reading).last().map(|h| h.date);
    }
    let hits = pack.dates.find(doc.slice(part), part.start, &reading);
    let anchor = doc.messages[unit.message].anchor;
    let text = doc.slice(part);
    let valid: Vec<Hit> = hits
        .iter()
        .filter(|h| {
            let at = h.span.start - part.start;
            h.date >= anchor
                && (h.by || !past_aside(pack, text, at))
                && !(prose(unit.shape) && another_clause(people, pack, text, at, h))
        })
        .copied()
        .collect();
    if !valid.is_empty() && valid.iter().all(|h| h.by && !h.calendar) && context.is_none() {
        if open_ended(pack, text) {
            return None;
        }
        if let Some(day) = leaning_payment(doc, unit, part, out) {
            return Some(day);
        }
    }
    // "they meet on 6 October, so could I have it the Friday before?"
    let asked = pack
        .request
        .find_iter(text)
        .map(|m| part.start + m.start())
        .last();
    // "today or tomorrow", "chapters 1-4 by 29 May, 5-8 by 26 June": the last of several
    if let Some(last) = last_of_several(doc, unit, part, &valid) {
        return Some(last);
    }
    valid
        .iter()
        .find(|h| ends(text, h, part))
        .or(valid.iter().find(|h| h.by))
        .or(valid
            .iter()
            .find(|h| asked.is_some_and(|a| a > part.start + 12 && h.span.start > a)))
        .or(valid.first())
        .map(|h| h.date)
        .or_else(|| doc.next_meeting.filter(|_| pack.until_meeting.is_match(text)))
}

/// "one week after the storyboard": the day of the thing named so, where one before has it.
fn named_before(doc: &Doc<'_>, unit: &Unit, part: Span, out: &[Found]) -> Option<NaiveDate> {
    static AFTER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:after|before|following|nach|vor|après|avant|después d[eo]l?|antes d[eo]l?|depois d[eoa]|antes d[eoa]|na|voor|po|przed)\s+(?:the |der |dem |den |die |das |la |le |les |l['’]|el |o |a |de |het |our |my )?(?P<n>\p{L}[\p{L}-]{2,}(?: \p{L}[\p{L}-]{2,})?)").expect("constant pattern")
    });
    let s = doc.slice(part);
    let c = AFTER.captures(s)?;
    let noun = c.name("n")?;
    let at = Span::new(part.start + noun.start(), part.start + noun.end());
    let words = resolve::matter(doc, unit.message, at);
    if words.is_empty() {
        return None;
    }
    out.iter()
        .rev()
        .take(8)
        .filter(|f| f.kind == ItemKind::Task && f.due.is_some() && !f.span.overlaps(part))
        .find(|f| words.is_subset(&resolve::matter(doc, f.message, f.span)))
        .and_then(|f| f.due)
}

/// "feedback on each step within three days", "answers within two days": counted from what is not there yet.
fn open_ended(pack: &Pack, text: &str) -> bool {
    static EACH: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:each|every|any|jede[nmrs]?|chaque|cada|elke|iedere|każd\w+)\b|\b(?:answers?|replies|reply|responds?|comments?|feedback|reviews?|approves?|approval|antworte[nt]?|antwort|rückmeldung|freigabe|feedback|répond(?:re|s|ez)?|retours?|valide(?:r|z)?|responde[rn]?|contesta[rn]?|aprueba|responde|aprova|reageert|reactie|antwoordt|odpowie|odpowiada)\b").expect("constant pattern")
    });
    // "comments by Friday" has its day
    let distance = [
        "within",
        "innerhalb",
        "binnen",
        "sous",
        "dans",
        "en ",
        "em ",
        "dentro",
        "binnen",
        "w ciągu",
        "in ",
    ];
    EACH.is_match(text)
        && distance.iter().any(|d| text.to_lowercase().contains(d))
        && pack.request.find(text).is_none()
}

/// "Anneke invoices at the end of the month, Desmond pays within ten days": counted from the bill.
fn leaning_payment(doc: &Doc<'_>, unit: &Unit, part: Span, out: &[Found]) -> Option<NaiveDate> {
    static PAYS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:pay|pays|settles?|paid|zahlt|bezahlt|überweist|paie|règle|paga|betaalt|zapłaci|opłaci)\b")
            .expect("constant pattern")
    });
    static BILLS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)invoice|\bbill|rechnung|facture|factura|fatura|nota fiscal|factuur|faktur")
            .expect("constant pattern")
    });
    let last = out
        .last()
        .filter(|l| l.kind == ItemKind::Task && l.message == unit.message)?;
    let near = last.block == unit.block || last.block + 1 == unit.block;
    let from = last
        .due
        .filter(|_| near && PAYS.is_match(doc.slice(part)) && BILLS.is_match(doc.slice(last.span)))?;
    let mut reading = doc.reading(unit.message, None);
    reading.anchor = from;
    let pack = doc.pack(unit.message);
    pack.dates
        .find(doc.slice(part), part.start, &reading)
        .first()
        .map(|h| h.date)
}

/// The last of several days for one thing: an alternative, or the stages of a list entry.
fn last_of_several(doc: &Doc<'_>, unit: &Unit, part: Span, valid: &[Hit]) -> Option<NaiveDate> {
    let text = doc.slice(part);
    let gap = |a: &Hit, b: &Hit| {
        text.get(a.span.end.saturating_sub(part.start)..b.span.start.saturating_sub(part.start))
            .unwrap_or_default()
            .trim()
            .to_lowercase()
    };
    const OR: &[&str] = &[
        "or", "oder", "ou", "o", "of", "lub", "albo", "/", "or on", "oder am", "bis", "or by",
    ];
    if let [a, b] = valid
        && OR.contains(&gap(a, b).as_str())
    {
        return Some(a.date.max(b.date));
    }
    let entry = matches!(unit.shape, Shape::Entry | Shape::OpenBox);
    (entry && valid.len() > 1 && valid.iter().all(|h| h.by && h.calendar))
        .then(|| valid.iter().map(|h| h.date).max())
        .flatten()
}

fn prose(shape: Shape) -> bool {
    matches!(shape, Shape::Sentence | Shape::Chat)
}

/// "draft by 27/02, final version by 20/03": of several days the one of the finished thing.
fn ends(text: &str, hit: &Hit, part: Span) -> bool {
    const LAST: &[&str] = &[
        "final",
        "finished",
        "complete",
        "finale",
        "endgültig",
        "fertig",
        "définiti",
        "finalis",
        "definitiv",
        "acabad",
        "terminad",
        "pronto",
        "finished version",
        "eindversie",
        "definitieve",
        "ostateczn",
        "gotow",
    ];
    let at = hit.span.start - part.start;
    let from = text[..at]
        .rfind([',', ';', '('])
        .map_or_else(|| text[..at].len().saturating_sub(30), |i| i + 1);
    let head = text.get(from..at).unwrap_or_default().to_lowercase();
    (hit.by || hit.calendar) && from > 0 && LAST.iter().any(|w| head.contains(w))
}

/// "sign the letter, I mailed it on Tuesday": the date belongs to what is done.
fn past_aside(pack: &Pack, text: &str, at: usize) -> bool {
    let from = text[..at].rfind([',', ';', '(']).map_or(0, |i| i + 1);
    from > 0 && pack.done.is_match(&text[from..at])
}

/// Who may open a clause of its own.
fn subjects(code: &str) -> &'static [&'static str] {
    match code {
        "de" => &["ich", "wir", "er", "es"],
        "fr" => &["je", "j", "nous", "on", "il", "elle", "ils", "elles"],
        "es" => &["yo", "nosotros", "ella", "ellos"],
        "pt" => &["eu", "nós", "ele", "ela", "eles"],
        "nl" => &["ik", "we", "wij", "hij", "zij"],
        "pl" => &["ja", "my", "on", "ona", "oni"],
        _ => &["i", "we", "he", "she", "they", "there"],
    }
}

/// "please swap the photo, there's a leaflet drop on Saturday": a day in a clause about something else.
fn another_clause(people: &People, pack: &Pack, text: &str, at: usize, hit: &Hit) -> bool {
    let mut from = 0;
    for (i, c) in text[..at].char_indices() {
        let next = text[i + c.len_utf8()..].starts_with(char::is_whitespace);
        let sentence = c == '.' && text[..i].chars().next_back().is_some_and(char::is_alphabetic);
        if c == '(' || next && (sentence || matches!(c, ',' | ';' | ':' | '–' | '—')) {
            from = i + c.len_utf8();
        }
    }
    let joined = pack
        .and
        .find_iter(&text[from..at])
        .last()
        .map(|m| from + m.start());
    let from = joined.filter(|j| *j > from + 1).unwrap_or(from);
    let before = &text[..from];
    let acts = [&pack.request, &pack.need, &pack.commit, &pack.oblige, &pack.verb]
        .iter()
        .any(|r| r.is_match(before));
    if before.split_whitespace().count() < 3 || !acts {
        return false;
    }
    let to = text[at..]
        .find([',', ';', '(', '?'])
        .map_or(text.len(), |i| at + i);
    let clause = text[from..to].trim_start_matches(|c: char| !c.is_alphanumeric());
    let low = format!(
        " {} ",
        clause
            .to_lowercase()
            .replace(['.', ',', '!', '?', '\'', '’'], " ")
    );
    // "…, we suggest Tuesday", "…, he promised the 9th" speak of the task, as a pronoun does
    const ABOUT: &[&str] = &[
        "him",
        "her",
        "suggest",
        "propose",
        "promised",
        "said",
        "coming",
        "comes",
        "prefer",
        "schlage",
        "schlagen",
        "versprochen",
        "kommt",
        "propose",
        "proposons",
        "vient",
        "propongo",
        "proponemos",
        "viene",
        "sugiro",
        "vem",
        "stel",
        "komt",
        "proponuję",
        "przyjdzie",
    ];
    if PRONOUNS
        .iter()
        .chain(ABOUT)
        .any(|p| low.contains(&format!(" {p} ")))
    {
        return false;
    }
    let lead = pack.lead.find(clause).map_or(0, |m| m.end());
    let mut words = clause[lead..].split_whitespace();
    let opener = clause
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let first = words.next().unwrap_or_default();
    let plain = first.to_lowercase().replace('’', "'");
    let stem = plain.split('\'').next().unwrap_or_default();
    let reason = REASONS.contains(&opener.as_str());
    let person = subjects(pack.lex.code).contains(&stem)
        || first.starts_with(char::is_uppercase) && pack.lex.code != "de" && people.is_name(stem)
        || first.starts_with(char::is_uppercase) && people.side(first, pack).is_some();
    let thing = (DETERMINERS.contains(&plain.as_str()) || POSSESSIVE.contains(&plain.as_str()))
        && words.clone().count() >= 3;
    if pack.commit.is_match(clause) && clause.len() > 20 && person && hit.by {
        return true;
    }
    !hit.by
        && (reason
            || person && clause.split_whitespace().count() >= 4
            || thing && pack.event.is_match(clause))
}
