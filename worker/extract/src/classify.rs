//! What one clause records, from the words in it and from where it stands.

mod place;
mod shape;
mod speech;

use regex::Regex;

use self::shape::{addressed, tagged};
use crate::doc::{Doc, Form};
use crate::model::{Confidence, ItemKind, Owner, Span};
use crate::people::People;
use crate::sections::Section;
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

/// Place of a trigger in the clause.
type At = Option<(usize, usize)>;

/// The triggers of a clause.
struct Marks {
    request: At,
    ask: At,
    undecided: At,
    need: At,
    oblige: At,
    commit: At,
    decide: At,
    done: At,
    musing: At,
    exclude: At,
    /// Ends in a question mark that wants an answer.
    asks: bool,
    /// Holds a formula of politeness.
    polite: bool,
    words: usize,
    /// Stands under a heading that only informs.
    background: bool,
}

/// Verbs of a trade, which a letter opens with as often as it promises with them.
const HABITS: &[&str] = &[
    "make",
    "write",
    "produce",
    "build",
    "design",
    "sell",
    "print",
    "supply",
    "organise",
    "organize",
    "edit",
    "test",
    "translate",
    "draw",
    "prepare",
    "provide",
    "order",
    "book",
    "arrange",
    "deliver",
    "collect",
];

/// Whether a trigger stands so far before another that it decides.
fn gone(a: At, x: (usize, usize)) -> bool {
    a.is_some_and(|a| a.0 <= x.0 && x.0 > a.1 + 25)
}

/// Reads the clause at `span` of `unit`.
pub(crate) fn classify(doc: &Doc<'_>, people: &People, unit: &Unit, span: Span) -> Option<Reading> {
    let pack = doc.pack(unit.message);
    let s = doc.slice(span);
    let letters = s.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 4 || unit.shape == Shape::DoneBox {
        return None;
    }
    if unit.shape == Shape::Struck {
        return item(ItemKind::Exclusion, Owner::Freelancer, Confidence::Explicit);
    }
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
        // "Théo s'en occupe" in notes says who does it, not that nobody need
        .filter(|m| {
            let own = s[m.0..m.1].to_lowercase();
            !(doc.form == crate::doc::Form::Notes && own.starts_with("s'en ") && !own.contains("déjà"))
        })
        .find(|m| !harmless.iter().any(|h| h.0 < m.1 && m.0 < h.1));
    let mut ask = c.at(&pack.ask);
    let mut request = c.at(&pack.request);
    // "do you think you could fix it?" asks for it
    if let (Some(a), Some(r)) = (ask, request)
        && r.0 <= a.0
        && r.1 > a.1
    {
        ask = None;
    }
    // "let me know what you charge": a price is a thing to send
    if ask.is_some() && !asks && asks_price(s) {
        request = ask.take().or(request);
    }
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
    // "¿se puede colgar?", "pode-se usar?": whether it may be done, not an ask
    if let Some(r) = request
        && matches!(pack.lex.code, "es" | "pt")
        && (s[..r.0].trim_end().to_lowercase().ends_with("se") || s[r.1..].starts_with("-se"))
        && ["pued", "pod"]
            .iter()
            .any(|p| s[r.0..r.1].to_lowercase().trim_start_matches('¿').starts_with(p))
    {
        request = None;
    }
    // "he'll send me the guidance": no imperative behind another word
    const GIVE: &[&str] = &[
        "send ", "shoot ", "drop ", "ping ", "text ", "get ", "give ", "show ", "bring ", "hand ", "let ",
    ];
    if let Some(r) = request
        && r.0 > pack.lead.find(s).map_or(0, |m| m.end()) + 1
        && GIVE.iter().any(|g| s[r.0..r.1].to_lowercase().starts_with(g))
        && s[..r.0].split_whitespace().next_back().is_some_and(|w| {
            let low = w.to_lowercase().replace('’', "'");
            low.ends_with("'ll")
                || matches!(
                    low.as_str(),
                    "will" | "to" | "can" | "could" | "should" | "must" | "shall" | "would"
                )
        })
    {
        request = pack.request.find(&s[..r.0]).map(|m| (m.start(), m.end()));
    }
    // "we pay on Friday if you send us the details": a condition, no ask
    if let Some(r) = request
        && r.0 > 12
        && conditional(&s[..r.0])
        && !asks
        && !s[r.0..r.1].to_lowercase().starts_with("if")
    {
        request = None;
    }
    let undecided = c.at(&pack.undecided);
    let need = c.at(&pack.need);
    let oblige = c.at(&pack.oblige);
    let commit = c
        .at(&pack.commit)
        .filter(|m| need.is_none_or(|n| !(n.0 <= m.1 + 1 && m.0 < n.1) || m.1 > n.1 + 8));
    let decide = pack
        .decide
        .find_iter(s)
        .map(|m| (m.start(), m.end()))
        .find(|m| !preceded_by_as(s, m.0) && !c.polite.iter().any(|p| p.0 < m.1 && m.0 < p.1));
    let done = c.at(&pack.done);
    let musing = c.at(&pack.musing);
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
    // "je te demande de relire": the longer of two readings of the same words
    let commit = commit.filter(|c| request.is_none_or(|r| !(r.0 <= c.0 && c.1 < r.1)));
    // "we make soap in Leeds": what somebody does all year is no promise
    let commit = commit.filter(|c| {
        let said = s[c.0..c.1].to_lowercase();
        let mut words = said.split_whitespace();
        let habit = pack.lex.code == "en"
            && matches!(words.next(), Some("i" | "we"))
            && words.next().is_some_and(|v| HABITS.contains(&v))
            && words.next().is_none();
        !habit
            || doc.form == Form::Notes
            || pack.you.is_match(s)
            || !doc.dates(unit.message, span).is_empty()
            || !pack.efforts.find(pack, s, 0, false).is_empty()
            || unit.shape != Shape::Sentence
    });
    // "I'll send it, could you …" is split; what is left belongs to the speaker
    if before_or_at(commit, request) && !asks {
        request = None;
    }
    let marks = Marks {
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
        background: unit.section == Section::Background,
    };
    if let Some(told) = place::says(doc, people, unit, span, &marks) {
        return told;
    }
    speech::says(doc, people, unit, span, &marks)
}
