//! Small questions about the wording of a clause.

mod asking;
mod needs;

pub(crate) use self::asking::*;
pub(crate) use self::needs::*;
use std::sync::LazyLock;

use regex::Regex;

use crate::lexicon::Pack;

/// "send this on to the designer": said between two of the client's side.
pub(crate) fn pass_on(s: &str) -> bool {
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

/// "I'll be away from the 20th": when somebody cannot be reached is nothing to do.
pub(crate) fn away(s: &str) -> bool {
    static AWAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:i|we)(?:['’]?ll| will| shall|['’]?m| am|['’]?re| are)(?: also)? (?:be )?(?:away|off (?:on|from|until|for|next|sick|work)|out of (?:the )?office|on (?:holiday|leave|vacation|annual leave)|travelling|traveling|unavailable|offline)\b|\b(?:bin|sind) (?:ich|wir)?\s?(?:\S+ ){0,5}(?:im urlaub|verreist|nicht da|unterwegs|abwesend)|\bje (?:serai|suis) (?:absente?|en congés?|en vacances|en déplacement)|\b(?:estaré|estaremos|estoy) (?:fuera|de vacaciones|de viaje)|\b(?:estarei|vou estar|estou) (?:fora|de férias|viajando)|\bben ik (?:\S+ ){0,4}(?:weg|op vakantie|afwezig)|\bik ben (?:\S+ ){0,4}(?:weg|op vakantie|afwezig)|\b(?:jestem|będę) (?:na urlopie|nieobecn[ya]|poza biurem)").expect("constant pattern")
    });
    AWAY.is_match(s)
}

/// "what you charge", "was es kostet": the answer is a price.
pub(crate) fn asks_price(s: &str) -> bool {
    const PRICES: &[&str] = &[
        "charge",
        "cost",
        "price",
        "your rate",
        "your fee",
        "kostet",
        "kosten",
        "preis",
        "berechne",
        "coûte",
        "coûterait",
        "tarif",
        "prix",
        "prenez",
        "cuesta",
        "cuánto",
        "cobras",
        "cobra",
        "precio",
        "custa",
        "preço",
        "cobraria",
        "kost",
        "rekent",
        "prijs",
        "kosztuje",
        "kosztowa",
        "cena",
        "cenę",
        "wycen",
    ];
    let low = s.to_lowercase();
    PRICES.iter().any(|p| low.contains(p))
}

/// Requests only when they open the clause or ask.
pub(crate) const PERMISSIONS: &[&str] = &[
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

/// Adverbs among the signs of what is done that also go with decisions.
pub(crate) const ADVERBS: &[&str] = &[
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

pub(crate) fn before_or_at(a: Option<(usize, usize)>, b: Option<(usize, usize)>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.0 <= b.0)
}

/// "stays as it is": ruled out as work, unless the text says that this was decided.
pub(crate) fn keeps(s: &str) -> bool {
    let low = s.to_lowercase();
    [
        "stay", "remain", "keep", "bleib", "reste", "queda", "mant", "fica", "blijf", "zosta",
    ]
    .iter()
    .any(|w| low.starts_with(w))
}

/// "It was noted that …": minutes that tell what somebody said.
pub(crate) fn reports(s: &str) -> bool {
    let low = s.to_lowercase();
    [
        "it was noted",
        "it was said",
        "it was remarked",
        "it was pointed out",
        "it was mentioned",
        "it was observed",
        "it was felt",
        "it was stressed",
        "it was reported",
        "it was suggested",
        "es wurde angemerkt",
        "es wurde erwähnt",
        "es wurde berichtet",
        "es wurde darauf hingewiesen",
        "il a été rappelé",
        "il a été signalé",
        "il est rappelé",
        "il a été question",
        "se comentó",
        "se recordó",
        "se mencionó",
        "foi referido",
        "foi lembrado",
        "foi comentado",
        "er werd opgemerkt",
        "er is opgemerkt",
        "opgemerkt werd",
        "zauważono",
        "zwrócono uwagę",
        "wspomniano",
    ]
    .iter()
    .any(|w| low.starts_with(w))
}

pub(crate) fn preceded_by_as(s: &str, at: usize) -> bool {
    let head = s[..at].trim_end().to_lowercase();
    // "…, sobald wir uns für eine Variante entschieden haben"
    let clause = head
        .rsplit([',', ';', ':', '–', '('])
        .next()
        .unwrap_or_default()
        .trim_start();
    if [
        "once ",
        "when ",
        "after ",
        "until ",
        "as soon as ",
        "if ",
        "unless ",
        "before ",
        "sobald ",
        "wenn ",
        "nachdem ",
        "bis ",
        "falls ",
        "bevor ",
        "une fois ",
        "dès que ",
        "quand ",
        "lorsque ",
        "après ",
        "cuando ",
        "en cuanto ",
        "una vez ",
        "hasta que ",
        "quando ",
        "assim que ",
        "depois de ",
        "depois que ",
        "zodra ",
        "wanneer ",
        "als ",
        "nadat ",
        "tot ",
        "gdy ",
        "kiedy ",
        "jak tylko ",
        "po tym jak ",
        "dopóki ",
    ]
    .iter()
    .any(|w| clause.starts_with(w))
    {
        return true;
    }
    // "once they've signed off": not settled yet
    let subordinate = [
        "once", "when", "after", "until", "sobald", "sodra", "zodra", "gdy",
    ];
    if head
        .split_whitespace()
        .rev()
        .take(3)
        .any(|w| subordinate.contains(&w))
    {
        return true;
    }
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

/// Whether the match is at the beginning, after fillers.
pub(crate) fn leading(at: usize, s: &str, pack: &Pack) -> bool {
    let lead = pack.lead.find(s).map_or(0, |m| m.end());
    at <= lead + 1
}

pub(crate) fn leading_no(s: &str, pack: &Pack) -> bool {
    pack.exclude.find(s).is_some_and(|m| leading(m.start(), s, pack))
}

/// Whether the clause begins with one of the verbs of doing, in a form that asks or notes down.
pub(crate) fn starts_with_verb(s: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(s).map_or(0, |m| m.end());
    let head = s[from..].trim_start_matches(['(', '"', '*', '¿', '¡', '-', '–', ' ', '[']);
    pack.verb.find(head).is_some_and(|m| m.start() == 0)
        || pack.lex.verb_place == crate::lexicon::VerbPlace::Last && verb_last(s, pack)
}

/// German and Dutch entries end in the infinitive.
pub(crate) fn verb_last(s: &str, pack: &Pack) -> bool {
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
pub(crate) fn imperative(s: &str, pack: &Pack) -> bool {
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
