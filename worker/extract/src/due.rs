//! Which of the days around a task is its own.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use crate::anaphora::PRONOUNS;
use crate::dates::Hit;
use crate::doc::{BlockKind, Doc, Form};
use crate::extract::Found;
use crate::lexicon::Pack;
use crate::model::{ItemKind, Span};
use crate::people::People;
use crate::project;
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
    hit.by && from > 0 && LAST.iter().any(|w| head.contains(w))
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

/// What opens a clause that only gives the reason.
const REASONS: &[&str] = &[
    "because",
    "as",
    "since",
    "weil",
    "da",
    "denn",
    "car",
    "parce",
    "puisque",
    "porque",
    "pues",
    "ya",
    "pois",
    "omdat",
    "want",
    "bo",
    "ponieważ",
    "gdyż",
];

/// "please swap the photo, there's a leaflet drop on Saturday": a day in a clause about something else.
fn another_clause(people: &People, pack: &Pack, text: &str, at: usize, hit: &Hit) -> bool {
    let mut from = 0;
    for (i, c) in text[..at].char_indices() {
        let next = text[i + c.len_utf8()..].starts_with(char::is_whitespace);
        if matches!(c, ',' | ';' | ':') && next
            || matches!(c, '–' | '—') && next
            || c == '('
            || c == '.' && next && text[..i].chars().next_back().is_some_and(char::is_alphabetic)
        {
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

/// Words that leave a clause with nothing but its date or effort.
const FILL: &[&str] = &[
    "suit",
    "suits",
    "work",
    "works",
    "good",
    "fine",
    "possible",
    "latest",
    "need",
    "needed",
    "needs",
    "really",
    "please",
    "pls",
    "would",
    "say",
    "maybe",
    "perhaps",
    "ideally",
    "best",
    "time",
    "early",
    "first",
    "thing",
    "deadline",
    "due",
    "most",
    "than",
    "bitte",
    "gern",
    "gerne",
    "wäre",
    "gut",
    "passt",
    "geht",
    "dann",
    "spätestens",
    "möglich",
    "frist",
    "termin",
    "fertig",
    "plutôt",
    "irait",
    "tard",
    "mieux",
    "mejor",
    "puede",
    "bien",
    "como",
    "tarde",
    "pode",
    "seria",
    "melhor",
    "kan",
    "past",
    "goed",
    "graag",
    "zou",
    "uiterlijk",
    "może",
    "być",
    "najlepiej",
    "pasuje",
    "najpóźniej",
    "termin",
    "tops",
    "sound",
    "sounds",
    "hour",
    "hours",
];

/// Whether the clause holds a date and nothing that could be done.
pub(crate) fn only_a_date(doc: &Doc<'_>, unit: &Unit, part: Span) -> Option<NaiveDate> {
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    if s.split_whitespace().count() > 10 {
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

/// "would 4 August suit you?" behind an ask of the same paragraph.
pub(crate) fn dates_last_sentence(doc: &Doc<'_>, unit: &Unit, part: Span, out: &mut [Found]) -> bool {
    let Some(last) = out
        .last_mut()
        .filter(|l| l.kind == ItemKind::Task && l.block == unit.block && l.due.is_none())
    else {
        return false;
    };
    if unit.assigned.is_some() || !prose(unit.shape) {
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

/// What a thing does that is only due, cut as [`resolve::stems`] cuts words.
const VERBS_OF_BEING: &[&str] = &[
    "urgen", "most", "three", "impor", "dring", "eilig", "wicht", "spruc", "reach", "ready", "here", "arriv",
    "needs", "need", "neede", "must", "shoul", "ought", "would", "have", "has", "back", "hands", "with",
    "done", "finis", "fertig", "ferti", "sein", "muss", "musse", "sollt", "brauc", "vorli", "etre", "doit",
    "doive", "faudr", "parve", "estar", "debe", "deben", "tiene", "llega", "deve", "devem", "chega", "moet",
    "moete", "klaar", "zijn", "binne", "musza", "musi", "gotow", "byc",
];
