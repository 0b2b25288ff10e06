//! Wording of questions and conditions.

use crate::lexicon::Pack;

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

pub(crate) fn chatter(s: &str, pack: &Pack) -> bool {
    // a question without any word of substance ("Makes sense?", "Right?")
    let content = s
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| w.chars().count() > 3 && !pack.lex.stop.contains(&w.to_lowercase().as_str()))
        .count();
    content == 0
}

/// "…, can you manage?", "…, geht das?": asks for nothing but a yes.
pub(crate) fn only_a_nod(tail: &str) -> bool {
    const NODS: &[&str] = &[
        "can you manage",
        "could you manage",
        "can you do that",
        "is that possible",
        "is that ok",
        "is that okay",
        "does that work",
        "would that work",
        "ok for you",
        "is that doable",
        "doable",
        "possible",
        "geht das",
        "schaffst du das",
        "schaffen sie das",
        "passt das",
        "ist das machbar",
        "ist das möglich",
        "klappt das",
        "c'est possible",
        "c'est faisable",
        "ça ira",
        "ça te va",
        "ça vous va",
        "te va bien",
        "es posible",
        "te parece",
        "puede ser",
        "dá",
        "pode ser",
        "é possível",
        "tudo bem",
        "lukt dat",
        "kan dat",
        "is dat haalbaar",
        "da radę",
        "dasz radę",
        "czy to możliwe",
        "all right",
        "alright",
        "cool",
        "deal",
        "agreed",
    ];
    let t = tail
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .trim_end()
        .to_lowercase()
        .replace('’', "'");
    t.strip_suffix('?').is_some_and(|t| {
        NODS.contains(&t.trim_end_matches(['?', ' ']).trim_start_matches("is ")) || NODS.contains(&t)
    })
}
