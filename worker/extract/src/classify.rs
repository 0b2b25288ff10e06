//! What one clause records, from the words in it and from where it stands.

use regex::Regex;

use crate::doc::{Doc, Form};
use crate::lexicon::Pack;
use crate::model::{Confidence, ItemKind, Owner, Span};
use crate::people::People;
use crate::project;
use crate::sections::Section;
use crate::units::{Shape, Unit};

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
        .find(|m| !harmless.iter().any(|h| h.0 < m.1 && m.0 < h.1));
    let ask = c.at(&pack.ask);
    let mut request = c.at(&pack.request);
    if let (Some(a), Some(r)) = (ask, request)
        && a.0 <= r.1 + 2
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
        let past = done.is_some_and(|d| d.0 < x.0) && !leading(x.0, s, pack) && x.1 - x.0 < 6;
        if !asked_first && !open && !question && !conditional && !past {
            return item(Exclusion, me, Explicit);
        }
    }
    if ask.is_some() && commit.is_none() {
        return item(Question, me, Explicit);
    }
    if unit.shape == Shape::Chat
        && words <= 7
        && pack.no_idea.is_match(s)
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
        || project::is_budget(doc, pack, unit, span)
    {
        let settled = decide.is_some() && project::has_money(doc, span);
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
        let lone = done.is_some_and(|x| x.0 < d.1 && !ADVERBS.contains(&s[x.0..x.1].to_lowercase().as_str()));
        let iffy = if_clause || musing.is_some_and(|m| m.0 < d.0);
        let earlier =
            done.is_some_and(|x| x.0 < d.0 && !ADVERBS.contains(&s[x.0..x.1].to_lowercase().as_str()));
        if !forward && !iffy && !lone && !earlier && words > 2 {
            return item(Decision, me, Explicit);
        }
    }
    if if_clause {
        return None;
    }
    if background {
        return None;
    }
    let past = done.is_some();
    let lead_end = pack.lead.find(s).map_or(0, |m| m.end());
    let needs_first = need.is_some_and(|n| n.0 <= lead_end + 1) && commit.is_none();
    let unmet = need.is_some_and(|n| done.is_none_or(|d| d.0 > n.0));
    if needs_first && unmet && !seeks_someone(s, need) {
        let from_reader = speaker == Owner::Freelancer && doc.form != Form::Notes;
        return item(
            Task,
            owned(unit, None).unwrap_or(if from_reader { Owner::Client } else { me }),
            Explicit,
        );
    }
    if commit.is_some() && !(past && done < commit) {
        let owner = if doc.form == Form::Notes { me } else { speaker };
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

/// Entries of notes and imperatives that no trigger word marks.
fn shape_says(
    doc: &Doc<'_>,
    unit: &Unit,
    span: Span,
    pack: &Pack,
    words: usize,
    polite: bool,
) -> Option<Reading> {
    let s = doc.slice(span);
    let me = Owner::Freelancer;
    let whole_unit = span.start <= unit.body.start;
    let dated = !project::dates(doc, unit.message, span).is_empty();
    let effort = !pack.efforts.find(pack, s, span.start, false).is_empty();
    if let Some(owner) = unit
        .assigned
        .filter(|_| whole_unit && matches!(unit.shape, Shape::Entry | Shape::OpenBox | Shape::Cell))
    {
        return item(ItemKind::Task, owner, Confidence::Explicit);
    }
    if unit.shape == Shape::OpenBox && whole_unit {
        return item(ItemKind::Task, me, Confidence::Explicit);
    }
    if unit.shape == Shape::Cell
        && whole_unit
        && !matches!(unit.section, Section::Background | Section::Money)
    {
        return item(ItemKind::Task, unit.assigned.unwrap_or(me), Confidence::Explicit);
    }
    let background = matches!(unit.section, Section::Background | Section::Money);
    if unit.shape == Shape::Entry
        && whole_unit
        && !background
        && !polite
        && doc.form == Form::Notes
        && (effort
            || dated
                && words > 2
                && matches!(doc.blocks[unit.block].kind, crate::doc::BlockKind::Bullet(_))
                && !pack.event.is_match(s)
            || starts_with_verb(s, pack))
    {
        return item(ItemKind::Task, me, Confidence::Likely);
    }
    if doc.form != Form::Notes
        && !polite
        && starts_with_verb(s, pack)
        && imperative(s, pack)
        && words >= 3
        && !background
    {
        let owner = if doc.messages[unit.message].speaker == Owner::Client {
            me
        } else {
            Owner::Client
        };
        return item(ItemKind::Task, owner, Confidence::Likely);
    }
    None
}

fn owned(unit: &Unit, section: Option<Owner>) -> Option<Owner> {
    unit.assigned.or(section).or(match unit.section {
        Section::Tasks(owner) if unit.shape != Shape::Sentence => owner,
        _ => None,
    })
}

/// Entries of a list in a mail from the freelancer are what the client is asked for.
fn default_owner(doc: &Doc<'_>, unit: &Unit) -> Owner {
    if doc.messages[unit.message].speaker == Owner::Freelancer {
        Owner::Client
    } else {
        Owner::Freelancer
    }
}

fn reader_of(doc: &Doc<'_>, reader: Owner) -> Owner {
    if doc.form == Form::Notes {
        return Owner::Freelancer;
    }
    reader
}

/// "send this on to the designer": said between two of the client's side.
fn pass_on(s: &str) -> bool {
    let low = s.to_lowercase();
    [
        "send this",
        "forward this",
        "pass this",
        "weiterleiten",
        "leite das",
        "transfère",
        "transférer",
        "reenvía",
        "encaminha",
        "stuur dit",
        "stuur het door",
        "przekaż",
    ]
    .iter()
    .any(|w| low.contains(w))
}

/// Requests only when they open the clause or ask.
const PERMISSIONS: &[&str] = &[
    "you can",
    "you could",
    "vous pouvez",
    "vous pourriez",
    "tu peux",
    "tu pourrais",
    "puedes",
    "puede",
    "podéis",
    "pueden",
    "podes",
    "pode",
    "podem",
    "sie können",
    "du kannst",
    "können sie",
    "kannst du",
    "je kunt",
    "u kunt",
    "możesz",
    "może pan",
    "może pani",
];

/// Words that need a noun: what follows them is no verb.
pub(crate) const DETERMINERS: &[&str] = &[
    "the", "a", "an", "your", "my", "our", "this", "that", "these", "der", "die", "das", "den", "dem", "ein",
    "eine", "ihre", "ihr", "deine", "unsere", "le", "la", "les", "un", "une", "ta", "ton", "tes", "votre",
    "vos", "ma", "mon", "notre", "el", "los", "las", "una", "tu", "su", "mi", "nuestra", "o", "os", "as",
    "um", "uma", "sua", "seu", "tua", "teu", "minha", "meu", "nossa", "de", "het", "een", "je", "jouw", "uw",
    "onze", "twoja", "pana", "pani", "nasza",
];

/// Verbs of handing something over, by their title forms.
fn hands_over(pack: &Pack, form: &str) -> bool {
    const VERBS: &[&str] = &[
        "send",
        "provide",
        "give",
        "deliver",
        "share",
        "forward",
        "email",
        "post",
        "mail",
        "drop",
        "upload",
        "courier",
        "supply",
        "hand over",
        "pass on",
        "schicken",
        "senden",
        "liefern",
        "geben",
        "weiterleiten",
        "bringen",
        "mailen",
        "nennen",
        "envoyer",
        "transmettre",
        "donner",
        "fournir",
        "livrer",
        "passer",
        "enviar",
        "mandar",
        "pasar",
        "dar",
        "entregar",
        "facilitar",
        "passar",
        "fornecer",
        "encaminhar",
        "sturen",
        "geven",
        "leveren",
        "wysłać",
        "przesłać",
        "przysłać",
        "podesłać",
        "dać",
        "przekazać",
        "dostarczyć",
    ];
    let low = form.to_lowercase();
    pack.lex
        .verbs
        .iter()
        .filter(|v| v.split('|').any(|f| f == low))
        .any(|v| v.split('|').next().is_some_and(|t| VERBS.contains(&t)))
}

/// A subject of the speaker's own people: "my assistant", "unsere Praktikantin".
const POSSESSIVE: &[&str] = &[
    "my", "our", "mein", "meine", "unser", "unsere", "mon", "ma", "mes", "notre", "mi", "nuestro", "nuestra",
    "meu", "minha", "nosso", "nossa", "mijn", "onze", "mój", "moja", "nasz", "nasza",
];

/// Adverbs among the signs of what is done that also go with decisions.
const ADVERBS: &[&str] = &[
    "already",
    "bereits",
    "schon",
    "inzwischen",
    "déjà",
    "ya",
    "já",
    "al",
    "już",
    "inmiddels",
    "last week",
    "letzte woche",
    "yesterday",
    "gestern",
];

fn before_or_at(a: Option<(usize, usize)>, b: Option<(usize, usize)>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.0 <= b.0)
}

/// "stays as it is": ruled out as work, unless the text says that this was decided.
fn keeps(s: &str) -> bool {
    let low = s.to_lowercase();
    [
        "stay", "remain", "keep", "bleib", "reste", "queda", "mant", "fica", "blijf", "zosta",
    ]
    .iter()
    .any(|w| low.starts_with(w))
}

/// "whether …" as a sentence of its own.
fn opens_with_whether(s: &str) -> bool {
    let first = s
        .trim_start_matches(|c: char| !c.is_alphabetic())
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    matches!(first.as_str(), "whether" | "ob" | "czy")
}

/// "incentives – who pays, us or them": notes leave out the question mark.
fn asks_tersely(s: &str) -> bool {
    const WORDS: &[&str] = &[
        "who", "which", "whose", "whether", "wer", "welche", "welcher", "welches", "ob", "qui", "quel",
        "quelle", "quién", "cuál", "quem", "qual", "wie", "welke", "kto", "który", "która", "które", "czy",
    ];
    let low = s.to_lowercase();
    let asks = |part: &str| {
        part.split_whitespace()
            .next()
            .is_some_and(|w| WORDS.contains(&w.trim_matches(|c: char| !c.is_alphabetic())) && (w != "wie"))
    };
    asks(&low)
        || [" – ", " - ", " — ", ": "]
            .iter()
            .any(|d| low.split(d).skip(1).any(asks))
}

/// "We are looking for someone who edits": the job itself, whose parts follow.
fn seeks_someone(s: &str, need: Option<(usize, usize)>) -> bool {
    const SOMEONE: &[&str] = &[
        "someone",
        "somebody",
        "a person",
        "a freelancer",
        "a designer",
        "a developer",
        "a photographer",
        "a translator",
        "a writer",
        "a copywriter",
        "an illustrator",
        "an editor",
        "jemand",
        "eine person",
        "quelqu",
        "une personne",
        "un prestataire",
        "alguien",
        "una persona",
        "alguém",
        "uma pessoa",
        "iemand",
        "een persoon",
        "kogoś",
        "osob",
        "lektor",
        "grafik",
        "tłumacz",
        "fotograf",
        "programist",
        "copywriter",
        "a graphiste",
        "un graphiste",
        "un traducteur",
        "un développeur",
    ];
    let Some((_, end)) = need else { return false };
    let tail: String = s
        .get(end..)
        .unwrap_or_default()
        .to_lowercase()
        .chars()
        .take(32)
        .collect();
    SOMEONE.iter().any(|w| tail.contains(w))
}

fn preceded_by_as(s: &str, at: usize) -> bool {
    let head = s[..at].trim_end().to_lowercase();
    [
        "as",
        "wie",
        "comme",
        "como",
        "conforme",
        "zoals",
        "jak",
        "tal como",
        "not",
        "isn't",
        "once",
        "until",
        "if",
        "after",
        "when",
        "sobald",
        "wenn",
        "nicht",
        "une fois",
        "dès que",
        "cuando",
        "quando",
        "zodra",
        "gdy",
        "bis",
        "sodass",
        "that",
        "they've",
        "they",
        "to be",
        "zgodnie z",
    ]
    .iter()
    .any(|w| head == *w || head.ends_with(&format!(" {w}")))
        && !head.ends_with("they've")
        && !(head == "they" || head == "that")
}

fn starts_with_if(s: &str) -> bool {
    let first = s.split_whitespace().next().unwrap_or_default().to_lowercase();
    matches!(
        first.as_str(),
        "if" | "wenn"
            | "falls"
            | "si"
            | "se"
            | "als"
            | "indien"
            | "jeśli"
            | "jeżeli"
            | "gdyby"
            | "sollte"
            | "sollten"
            | "unless"
            | "mocht"
    )
}

/// Whether the match is at the beginning, after fillers.
fn leading(at: usize, s: &str, pack: &Pack) -> bool {
    let lead = pack.lead.find(s).map_or(0, |m| m.end());
    at <= lead + 1
}

fn leading_no(s: &str, pack: &Pack) -> bool {
    pack.exclude.find(s).is_some_and(|m| leading(m.start(), s, pack))
}

fn chatter(s: &str, pack: &Pack) -> bool {
    // a question without any word of substance ("Makes sense?", "Right?")
    let content = s
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| w.chars().count() > 3 && !pack.lex.stop.contains(&w.to_lowercase().as_str()))
        .count();
    content == 0
}

/// Whether the clause begins with one of the verbs of doing, in a form that asks or notes down.
pub(crate) fn starts_with_verb(s: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(s).map_or(0, |m| m.end());
    let head = s[from..].trim_start_matches(['(', '"', '*', '¿', '¡', '-', '–', ' ', '[']);
    pack.verb.find(head).is_some_and(|m| m.start() == 0)
        || pack.lex.verb_place == crate::lexicon::VerbPlace::Last && verb_last(s, pack)
}

/// German and Dutch entries end in the infinitive.
fn verb_last(s: &str, pack: &Pack) -> bool {
    let head = s
        .split([',', ';', '(', '–', ':'])
        .next()
        .unwrap_or(s)
        .trim_end_matches(['.', '!', ' ']);
    let last = head.split_whitespace().next_back().unwrap_or_default();
    head.split_whitespace().count() > 1
        && pack
            .verb
            .find(last)
            .is_some_and(|m| m.start() == 0 && m.end() == last.len())
}

/// In running text an imperative starts the sentence, followed by an object.
fn imperative(s: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(s).map_or(0, |m| m.end());
    let head = &s[from..];
    if pack.lex.verb_place == crate::lexicon::VerbPlace::Last
        && pack.verb.find(head).is_none_or(|m| m.start() != 0)
    {
        return false;
    }
    let second = head.split_whitespace().nth(1).unwrap_or_default().to_lowercase();
    !matches!(
        second.trim_end_matches([',', '.', ':']),
        "is" | "are"
            | "was"
            | "were"
            | "has"
            | "have"
            | "had"
            | "will"
            | "es"
            | "est"
            | "ist"
            | "é"
            | "jest"
            | "zijn"
            | "war"
            | "wird"
            | "sind"
            | "of"
            | "que"
            | "for"
            | "with"
            | "w"
            | "na"
            | "do"
    ) && !head
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .ends_with([',', ':'])
}

/// "Leila gives you access", "the dev team will export": the side of the subject, and whether it is a promise in so many words.
pub(crate) fn third_person(
    doc: &Doc<'_>,
    people: &People,
    unit: &Unit,
    s: &str,
) -> Option<(Owner, bool, usize, bool)> {
    let pack = doc.pack(unit.message);
    let from = pack.lead.find(s).map_or(0, |m| m.end());
    let head = &s[from..];
    let low = head.to_lowercase();
    let impersonal = [
        "il faut",
        "il est",
        "il y",
        "il serait",
        "il nous",
        "il me",
        "sie bekommen",
        "sie müssen",
        "sie sollen",
    ]
    .iter()
    .any(|w| low.starts_with(w));
    let pronoun = pack
        .he
        .find(head)
        .filter(|m| head[m.end()..].starts_with([' ', '\'', '’']) && !impersonal);
    let future = pack
        .third
        .find_iter(head)
        .find(|m| m.start() > 0 && m.start() < 60 && subject_words(&head[..m.start()]) <= 5);
    let future = future
        .filter(|f| f.as_str().to_lowercase() != "to" || bare_to(&head[..f.start()], &head[f.end()..], pack));
    let present = pack.verb.find_iter(head).find(|m| {
        m.start() > 0
            && m.start() < 50
            && subject_words(&head[..m.start()]) <= 4
            && finite(pack, m.as_str())
            && !preceded_by_to(&head[..m.start()])
    });
    let (at, sure) = match (future, present) {
        (Some(f), Some(v)) if f.start() <= v.start() => (f.start(), true),
        (Some(f), None) => (
            f.start(),
            pack.verb.is_match(&head[f.end()..]) || head[f.end()..].split_whitespace().count() > 1,
        ),
        (_, Some(v)) => (v.start(), false),
        _ => (named_start(doc, people, unit, head, pack)?, false),
    };
    let after = head[at..].trim_start().to_lowercase();
    let passive = [
        "will be ",
        "shall be ",
        "should be ",
        "must be ",
        "is to be ",
        "are to be ",
        "has to be ",
        "have to be ",
        "needs to be ",
        "to be ",
    ]
    .iter()
    .any(|w| after.starts_with(w));
    if passive && people.side(&head[..at], pack).is_none() {
        return None;
    }
    let subject = head[..at].trim().trim_end_matches([',', '\'', '’']).trim();
    if subject.is_empty()
        || DETERMINERS.contains(&subject.to_lowercase().as_str())
        || subject.contains(['?', ',', ';', ':', '.'])
            && people.side(subject, pack).is_none()
            && !subject.ends_with("Mr.")
            && !subject.contains(". ")
    {
        return None;
    }
    let internal = doc.messages[unit.message].internal;
    let owner = if pronoun.is_some() {
        if internal {
            Owner::Freelancer
        } else {
            Owner::Client
        }
    } else if let Some(side) = people.side(subject, pack) {
        let odd = subject.split_whitespace().skip(1).any(|w| {
            w.chars().all(|c| c.is_lowercase() || c == '/')
                && !matches!(
                    w,
                    "and"
                        | "und"
                        | "et"
                        | "y"
                        | "e"
                        | "en"
                        | "i"
                        | "also"
                        | "auch"
                        | "aussi"
                        | "ook"
                        | "then"
                )
                && !pack.client_role.is_match(w)
                && !pack.freelancer_role.is_match(w)
        });
        if odd
            && subject
                .split_whitespace()
                .next()
                .is_some_and(|w| w.starts_with(char::is_uppercase))
            && !sure
        {
            return None;
        }
        side
    } else if pack.client_role.is_match(subject) {
        Owner::Client
    } else {
        let words: Vec<&str> = subject.split_whitespace().collect();
        let first = words.first().copied().unwrap_or_default();
        let named = first.chars().next().is_some_and(char::is_uppercase)
            && first.chars().count() > 1
            && !pack.lex.stop.contains(&first.to_lowercase().as_str());
        let casual = doc.form == Form::Notes
            && words.len() == 1
            && first.chars().all(char::is_alphabetic)
            && !pack.lex.stop.contains(&first.to_lowercase().as_str())
            && !sure;
        let german = pack.lex.code == "de" && !subject_is_person(subject) && !pack.you.is_match(&head[at..]);
        let own = POSSESSIVE.contains(&first.to_lowercase().as_str()) && words.len() <= 4;
        let first_word_only = doc.form != Form::Notes && words.len() == 1 && !pack.you.is_match(&head[at..]);
        let handing = pack.you.is_match(&head[at..])
            && words.len() <= 4
            && present
                .or(future.and_then(|f| pack.verb.find_at(head, f.end())))
                .is_some_and(|v| hands_over(pack, v.as_str()));
        let named = named && !first_word_only || own || handing && words.len() > 1;
        if !(named && words.len() <= 4 && (!german || own || handing) || casual) {
            return None;
        }
        Owner::Client
    };
    let you = pack.you.is_match(&head[at..]);
    let owner = if you && doc.form == Form::Brief {
        Owner::Client
    } else {
        owner
    };
    let s_unit = matches!(unit.shape, Shape::Entry | Shape::OpenBox | Shape::Cell);
    let dated = !pack.dates.find(s, 0, &doc.reading(unit.message, None)).is_empty();
    let known = people.side(subject, pack).is_some();
    (sure
        && (known
            || pronoun.is_some()
            || you
            || dated
            || s_unit
            || pack.client_role.is_match(subject)
            || pack.freelancer_role.is_match(subject))
        || you
        || (dated && !sure)
        || s_unit && known)
        .then_some((owner, sure, from + at, known || pronoun.is_some() || you))
}

/// "Ilse clears the beach permit by 15 March" with a verb no list holds: a known name opens a dated entry of notes.
fn named_start(doc: &Doc<'_>, people: &People, unit: &Unit, head: &str, pack: &Pack) -> Option<usize> {
    let entry = doc.form == Form::Notes
        && matches!(unit.shape, Shape::Entry | Shape::OpenBox)
        && matches!(doc.blocks[unit.block].kind, crate::doc::BlockKind::Bullet(_));
    let first = head.split_whitespace().next()?;
    let fits = entry && first.starts_with(char::is_uppercase) && people.side(first, pack).is_some();
    let sized = !pack
        .dates
        .find(head, 0, &doc.reading(unit.message, None))
        .is_empty()
        || !pack.efforts.find(pack, head, 0, false).is_empty();
    (fits && sized && !first.ends_with([':', ','])).then_some(first.len())
}

/// "Tom to send the file": nothing but a name before, a verb of doing after.
fn bare_to(before: &str, after: &str, pack: &Pack) -> bool {
    before
        .split_whitespace()
        .all(|w| w.chars().next().is_some_and(char::is_uppercase) && !w.contains(['\'', '’']))
        && pack.verb.find(after.trim_start()).is_some_and(|m| m.start() == 0)
}

/// Whether the form is not the one titles use, which is the infinitive.
pub(crate) fn finite(pack: &Pack, form: &str) -> bool {
    let low = form.to_lowercase();
    !pack
        .lex
        .verbs
        .iter()
        .any(|v| v.split('|').next() == Some(low.as_str()))
}

fn preceded_by_to(s: &str) -> bool {
    s.trim_end().ends_with(" to")
        || s.trim_end().ends_with(" zu")
        || s.trim_end().ends_with(" te")
        || s.trim_end().ends_with(" de")
}

fn subject_words(s: &str) -> usize {
    s.split_whitespace().count()
}

/// German capitalises every noun; a person has a title or is a single word without article.
fn subject_is_person(s: &str) -> bool {
    let words: Vec<&str> = s.split_whitespace().collect();
    words
        .first()
        .is_some_and(|w| matches!(*w, "Herr" | "Frau" | "Dr." | "Kollege" | "Kollegin"))
        || words.len() == 1
}
