//! What stands behind a word of needing.

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

/// "I need to book the studio", said by whoever does the work.
pub(crate) fn own_work(s: &str, need: Option<(usize, usize)>) -> bool {
    const RECEIVES: &[&str] = &[
        "have",
        "get",
        "know",
        "see",
        "receive",
        "hear",
        "be",
        "understand",
        "access",
    ];
    let Some((_, end)) = need else { return false };
    let mut words = s.get(end..).unwrap_or_default().split_whitespace();
    words.next() == Some("to")
        && words
            .next()
            .is_some_and(|w| !RECEIVES.contains(&w.to_lowercase().as_str()))
}
