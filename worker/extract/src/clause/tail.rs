//! Whether what follows a comma or conjunction says something of its own.

mod further;

pub(crate) use self::further::next_verb;
use crate::doc::Doc;
use crate::lexicon::Pack;
use crate::model::Span;
use crate::project;
use crate::units::{Shape, Unit};

/// "The first by Friday, and the rest on the 30th": a thing with a date of its own after another one.
pub(super) fn another_dated(doc: &Doc<'_>, unit: &Unit, left: Span, right: Span) -> bool {
    let pack = doc.pack(unit.message);
    if unit.shape == Shape::Cell || doc.slice(right).split_whitespace().count() > 14 {
        return false;
    }
    let tail = doc.slice(right);
    let lead = pack.lead.find(tail).map_or(0, |m| m.end());
    let dated = |sp: Span| project::dates(doc, unit.message, sp);
    let later = dated(right);
    let Some(hit) = later.first() else { return false };
    // between the conjunction and the date stands what is due, and no verb of another kind
    let Some(thing) = tail.get(lead..hit.span.start.saturating_sub(right.start)) else {
        return false;
    };
    let things = thing.split_whitespace().count();
    (2..=7).contains(&things)
        && hit.span.end + 12 >= right.end
        && !thing.contains([',', '(', ':'])
        && !pack.done.is_match(tail)
        && !pack.event.is_match(tail)
        && !pack.finished.is_match(tail)
        && !pack.he.is_match(thing)
        && dated(left).len() == 1
        && crate::resolve::matter(doc, unit.message, Span::new(right.start, hit.span.start)).len()
            + usize::from(pack.remainder.is_match(thing))
            >= 1
}

/// "…, and send it back": a pronoun object belongs to the task before.
pub(crate) fn shared_object(tail: &str, pack: &Pack) -> bool {
    let low = format!(" {} ", tail.to_lowercase().replace(['.', ',', '!', '?'], " "));
    let idiom = [
        "let you know",
        "let me know",
        "let us know",
        "tell you",
        "bescheid",
        "vous dis",
        "te dis",
        "te aviso",
        "te digo",
        "os digo",
        "te diré",
        "aviso-te",
        "digo-te",
        "te falo",
        "laat het",
        "laat je weten",
        "znać",
    ]
    .iter()
    .any(|w| low.contains(w));
    let object = [
        " it ",
        " them ",
        " set that ",
        " do that ",
        " arrange that ",
        " send that ",
        " that to ",
        " es ",
        " sie ihnen ",
        " te lo ",
        " te la ",
        " os lo ",
        " te los ",
        " te las ",
        " lo ",
        " vous le ",
        " vous la ",
        " vous les ",
        " te le ",
        " te la ",
        " het je ",
        " ze je ",
        " het ",
        " je go ",
        " go panu ",
        " go ",
        " je panu ",
    ]
    .iter()
    .any(|w| low.contains(w));
    if tail.split_whitespace().count() <= 9 && (object || idiom) {
        return true;
    }
    // behind the verb of a Romance language these words are articles
    if matches!(pack.lex.code, "fr" | "es" | "pt") {
        return false;
    }
    let from = pack.lead.find(tail).map_or(0, |m| m.end());
    let words: Vec<String> = tail[from..]
        .split_whitespace()
        .take(4)
        .map(str::to_lowercase)
        .collect();
    let first_is_verb = pack.verb.find(&tail[from..]).is_some_and(|m| m.start() == 0);
    first_is_verb
        && words.iter().skip(1).any(|w| {
            matches!(
                w.as_str(),
                "it" | "them"
                    | "es"
                    | "sie"
                    | "ihn"
                    | "le"
                    | "la"
                    | "les"
                    | "lo"
                    | "los"
                    | "las"
                    | "o"
                    | "os"
                    | "het"
                    | "ze"
                    | "je"
                    | "go"
                    | "ją"
            )
        })
}

/// A clause that hangs on the one before it: "so that …", "die …", "que …".
pub(crate) fn relative(tail: &str, pack: &Pack) -> bool {
    let first = tail
        .trim_start_matches([',', ';', ':', ' ', '–', '-'])
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let third = tail
        .trim_start_matches([',', ';', ':', ' ', '–', '-'])
        .split_whitespace()
        .nth(2)
        .unwrap_or_default()
        .to_lowercase();
    let main_clause = matches!(
        third.as_str(),
        "ist"
            | "sind"
            | "bleibt"
            | "kommt"
            | "geht"
            | "wird"
            | "soll"
            | "muss"
            | "is"
            | "zijn"
            | "blijft"
            | "moet"
            | "komt"
    );
    let german = !main_clause
        && matches!(pack.lex.code, "de" | "nl")
        && matches!(
            first.as_str(),
            "die"
                | "der"
                | "das"
                | "den"
                | "dem"
                | "damit"
                | "weil"
                | "da"
                | "denn"
                | "sodass"
                | "dat"
                | "zodat"
                | "omdat"
                | "want"
                | "als"
                | "wenn"
                | "dass"
                | "was"
                | "wie"
                | "bevor"
        );
    german
        || pack.lex.code == "pl" && first.starts_with("któr")
        || pack.lex.code == "pl" && (first.starts_with("żeby") || first.starts_with("aby"))
        || matches!(
            first.as_str(),
            "who"
                | "which"
                | "that"
                | "because"
                | "since"
                | "as"
                | "qui"
                | "que"
                | "dont"
                | "car"
                | "parce"
                | "puisque"
                | "porque"
                | "pois"
                | "ya"
                | "para"
                | "żeby"
                | "aby"
                | "bo"
                | "który"
                | "która"
                | "które"
                | "którzy"
                | "if"
                | "when"
                | "once"
                | "before"
                | "after"
                | "until"
        )
}

/// Whether the clause begins with the words that rule something out.
pub(super) fn excludes_first(tail: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(tail).map_or(0, |m| m.end());
    pack.exclude.find(&tail[from..]).is_some_and(|m| m.start() < 2)
}

/// A negated clause with a subject of its own ("the shop we leave for next year") is an entry of its own.
pub(crate) fn own_subject(tail: &str, pack: &Pack) -> bool {
    let from = pack.lead.find(tail).map_or(0, |m| m.end());
    let first = tail[from..]
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let words = tail[from..].split_whitespace().count();
    let determiner = matches!(
        first.as_str(),
        "the"
            | "a"
            | "an"
            | "our"
            | "your"
            | "any"
            | "no"
            | "we"
            | "i"
            | "der"
            | "ein"
            | "eine"
            | "kein"
            | "keine"
            | "keinen"
            | "wir"
            | "unsere"
            | "le"
            | "la"
            | "les"
            | "pas"
            | "nous"
            | "el"
            | "los"
            | "las"
            | "o"
            | "os"
            | "as"
            | "de"
            | "het"
            | "geen"
            | "bez"
            | "sin"
            | "sem"
            | "ni"
            | "nem"
            | "żadnych"
    );
    determiner && words >= 3
}
