//! Small questions about the wording of a clause.

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

/// Words that put off without saying no.
pub(crate) fn deferral(s: &str) -> bool {
    let low = s.to_lowercase();
    [
        "at some point",
        "some day",
        "someday",
        "one day",
        "later",
        "perhaps",
        "maybe",
        "possibly",
        "irgendwann",
        "später",
        "vielleicht",
        "un jour",
        "peut-être",
        "plus tard",
        "algún día",
        "más tarde",
        "quizá",
        "um dia",
        "mais tarde",
        "talvez",
        "misschien",
        "ooit",
        "later",
        "kiedyś",
        "może",
        "later on",
    ]
    .iter()
    .any(|w| low.starts_with(w))
}

/// "… if you", "… sobald Sie", right before what would otherwise be an ask.
pub(crate) fn conditional(before: &str) -> bool {
    const OPENS: &[&str] = &[
        "if",
        "once",
        "when",
        "as soon as",
        "after",
        "until",
        "unless",
        "wenn",
        "sobald",
        "falls",
        "si",
        "dès que",
        "quand",
        "lorsque",
        "cuando",
        "en cuanto",
        "se",
        "quando",
        "assim que",
        "als",
        "zodra",
        "wanneer",
        "jeśli",
        "gdy",
        "jak",
        "kiedy",
    ];
    let low = before.to_lowercase();
    let tail = low.rsplit([',', ';', ':']).next().unwrap_or_default();
    let words: Vec<&str> = tail.split_whitespace().rev().take(4).collect();
    words.iter().skip(1).any(|w| OPENS.contains(w))
        || words.first().is_some_and(|w| OPENS.contains(w) && *w != "se")
}

/// "do the animations have to work with motion off": a chat leaves out the question mark.
pub(crate) fn asks_unmarked(s: &str) -> bool {
    const VERBS: &[&str] = &[
        "do", "does", "did", "is", "are", "should", "shall", "can", "could", "will", "would", "have", "has",
        "which", "who", "where", "when", "how", "what", "whats", "what's", "muss", "müssen", "soll",
        "sollen", "ist", "sind", "kann", "können", "moet", "moeten", "kan", "kunnen", "zijn", "czy",
        "est-ce", "faut-il", "doit-on", "hay", "tenemos", "debe", "deve", "precisa", "temos",
    ];
    const SUBJECTS: &[&str] = &[
        "the", "a", "an", "we", "i", "it", "they", "there", "this", "that", "these", "those", "our", "my",
        "your", "u", "you", "all", "both", "der", "die", "das", "wir", "ich", "es", "de", "het", "we", "ik",
        "to", "is", "are", "do", "does", "should", "que", "nous", "on", "que", "o", "os", "as", "um", "uma",
    ];
    let low = s.to_lowercase();
    let body = low.rsplit(": ").next().unwrap_or(&low);
    let body = body
        .trim_start_matches("and ")
        .trim_start_matches("also ")
        .trim_start_matches("but ");
    let mut words = body.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let opening = VERBS.contains(&first) && SUBJECTS.contains(&second) && first != "have" && first != "has";
    // "are you free": asks of the reader are read elsewhere; "which is fine" hangs on what came before
    let relative = matches!(first, "which" | "who" | "when" | "where" | "what" | "how")
        && body.len() == low.len()
        && matches!(second, "is" | "are" | "that" | "i" | "you" | "a" | "an" | "the");
    opening && !relative && body.split_whitespace().count() >= 4
}

/// "whether …" as a sentence of its own.
pub(crate) fn opens_with_whether(s: &str) -> bool {
    let first = s
        .trim_start_matches(|c: char| !c.is_alphabetic())
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    matches!(first.as_str(), "whether" | "ob" | "czy")
}

/// "incentives – who pays, us or them": notes leave out the question mark.
pub(crate) fn asks_tersely(s: &str) -> bool {
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
pub(crate) fn seeks_someone(s: &str, need: Option<(usize, usize)>) -> bool {
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
    let deed = SOMEONE.iter().any(|w| {
        tail.split_once(w)
            .is_some_and(|(_, rest)| rest.trim_start().starts_with("to "))
    });
    !deed && SOMEONE.iter().any(|w| tail.contains(w))
}

/// "We are a co-operative and want to renew our labels": an introduction says what they do, not what they ask.
pub(crate) fn introduces(sentence: &str, need_end: usize) -> bool {
    const WE_ARE: &[&str] = &[
        "we are a",
        "we're a",
        "i am a",
        "i'm a",
        "i run",
        "we run",
        "my name is",
        "somos",
        "soy",
        "me llamo",
        "le escribo",
        "te escribo",
        "wir sind",
        "ich bin",
        "ich betreibe",
        "wir betreiben",
        "nous sommes",
        "je suis",
        "je m'appelle",
        "sou ",
        "chamo-me",
        "wij zijn",
        "we zijn",
        "ik ben",
        "jesteśmy",
        "jestem",
        "prowadzimy",
        "prowadzę",
    ];
    let low = sentence.to_lowercase();
    let next = sentence
        .get(need_end..)
        .unwrap_or_default()
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let infinitive = next == "to" || ["ar", "er", "ir", "re"].iter().any(|e| next.ends_with(e));
    infinitive && WE_ARE.iter().any(|w| low.starts_with(w))
}

/// "I need to ask the nursery", "we need to check with the bank": what whoever speaks has to do first.
pub(crate) fn errand(s: &str, need: Option<(usize, usize)>) -> bool {
    const VERBS: &[&str] = &[
        "ask", "check", "speak", "talk", "ring", "call", "phone", "find", "dig", "sign", "chase", "pay",
        "consult", "clear", "look", "measure",
    ];
    let Some((_, end)) = need else { return false };
    let mut words = s.get(end..).unwrap_or_default().split_whitespace();
    words.next() == Some("to")
        && words
            .next()
            .is_some_and(|w| VERBS.contains(&w.to_lowercase().trim_end_matches(',')))
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

pub(crate) fn starts_with_if(s: &str) -> bool {
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
pub(crate) fn leading(at: usize, s: &str, pack: &Pack) -> bool {
    let lead = pack.lead.find(s).map_or(0, |m| m.end());
    at <= lead + 1
}

pub(crate) fn leading_no(s: &str, pack: &Pack) -> bool {
    pack.exclude.find(s).is_some_and(|m| leading(m.start(), s, pack))
}

pub(crate) fn chatter(s: &str, pack: &Pack) -> bool {
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
