//! A further verb behind a conjunction: "… and test the checkout", "… und die Texte kürzen", "… y revisará los nombres".

use crate::doc::Doc;
use crate::lexicon::{Pack, VerbPlace};
use crate::model::Span;
use crate::subject::DETERMINERS;
use crate::units::{Shape, Unit};

/// In prose, after a conjunction, a verb with an object of its own: one more thing to do.
pub(crate) fn next_verb(doc: &Doc<'_>, unit: &Unit, right: Span) -> bool {
    let pack = doc.pack(unit.message);
    if !matches!(unit.shape, Shape::Sentence | Shape::Chat) {
        return false;
    }
    let tail = doc.slice(right);
    let lead = pack.lead.find(tail).map_or(0, |m| m.end());
    let head = tail[lead..].trim_end_matches(['.', '!', '?', ' ']);
    let before = doc.slice(Span::new(unit.span.start, right.start)).trim_end();
    if subordinate(before) {
        return false;
    }
    if pack.lex.code == "en" {
        // "I should like you to design the desk, and to propose a floor"
        let head = if before.contains(" to ") {
            head.strip_prefix("to ").unwrap_or(head)
        } else {
            head
        };
        return english(pack, &tail[..lead], head, before);
    }
    let conjunction = |s: &str| {
        s.split(|c: char| !c.is_alphabetic()).any(|w| {
            matches!(
                w.to_lowercase().as_str(),
                "und" | "et" | "y" | "e" | "en" | "i" | "oraz" | "sowie"
            )
        })
    };
    let joined = conjunction(&tail[..lead])
        || before.ends_with([',', ';'])
        || before.split_whitespace().next_back().is_some_and(conjunction);
    joined
        && if pack.lex.verb_place == VerbPlace::Last {
            verb_at_end(pack, head, before)
        } else {
            verb_first(pack, head, before)
        }
}

fn english(pack: &Pack, lead: &str, head: &str, before: &str) -> bool {
    const OBJECTS: &[&str] = &[
        "me", "us", "him", "her", "all", "any", "some", "two", "three", "both", "out", "up",
    ];
    const NO_OBJECT: &[&str] = &[
        "of", "for", "with", "in", "on", "at", "as", "is", "are", "was", "were", "to", "by", "from", "and",
        "or", "it", "them", "that", "will", "should", "can", "has", "have", "if", "when", "than", "into",
        "about", "per",
    ];
    let joined =
        lead.to_lowercase().contains("and") || before.ends_with([',', ';']) || before.ends_with(" and");
    let object = head.split_whitespace().nth(1).unwrap_or_default().to_lowercase();
    let words = head.split_whitespace().count();
    joined
        && words >= 3
        && pack.verb.find(head).is_some_and(|m| {
            let single = head[..m.end()].split_whitespace().count() == 1;
            let noun = crate::title::also_noun(m.as_str());
            m.start() == 0
                && pack.verbs.is_title(m.as_str())
                && single
                && (DETERMINERS.contains(&object.as_str())
                    || OBJECTS.contains(&object.as_str())
                    || words >= 4
                        && !noun
                        && before.ends_with(" and") | lead.to_lowercase().starts_with("and")
                        && object.chars().all(char::is_alphabetic)
                        && !NO_OBJECT.contains(&object.as_str()))
        })
}

/// "…, where people put in the height and get a size": the verb belongs to a clause that hangs on another.
fn subordinate(before: &str) -> bool {
    let clause = before
        .trim_end_matches([',', ';', ' '])
        .rsplit([',', ';', ':'])
        .next()
        .unwrap_or_default();
    let first = clause
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    matches!(
        first.as_str(),
        "where"
            | "which"
            | "who"
            | "so"
            | "because"
            | "whose"
            | "that"
            | "since"
            | "damit"
            | "weil"
            | "dass"
            | "où"
            | "qui"
            | "dont"
            | "donde"
            | "porque"
            | "onde"
            | "waar"
            | "zodat"
            | "omdat"
            | "gdzie"
            | "żeby"
            | "aby"
            | "bo"
            | "który"
            | "która"
            | "które"
    ) && before.contains([',', ';', ':'])
}

/// German and Dutch: the infinitives stand at the ends, "die Statik prüfen und eine Schätzung machen".
fn verb_at_end(pack: &Pack, head: &str, before: &str) -> bool {
    let infinitive = |s: &str| {
        let main = s.trim_end_matches([',', ';', ' ']);
        let main = main
            .strip_suffix(" und")
            .or(main.strip_suffix(" en"))
            .or(main.strip_suffix(" sowie"))
            .unwrap_or(main);
        let mut words = main.split_whitespace().rev();
        let last = words.next().unwrap_or_default().to_lowercase();
        let last = if last == "lassen" {
            words
                .find(|w| !matches!(*w, "zu" | "te"))
                .unwrap_or_default()
                .to_lowercase()
        } else {
            last
        };
        // German nouns are capitalised, so a small word in -en at the end is the infinitive
        let unlisted = pack.lex.code == "de"
            && last.chars().count() > 4
            && last.ends_with("en")
            && main.ends_with(last.as_str());
        pack.verbs.is_title(&last) || unlisted
    };
    let main = head.split([',', ';', '–']).next().unwrap_or(head);
    main.split_whitespace().count() >= 3 && infinitive(main) && infinitive(before)
        || finite_first(pack, head) && head.split_whitespace().count() >= 4
}

/// "… et préparer le contrat", "… y revisará los nombres", "… i przysłać umowę", "… y mándame la factura".
fn verb_first(pack: &Pack, head: &str, before: &str) -> bool {
    let head = head
        .strip_prefix("de ")
        .or(head.strip_prefix("d'"))
        .or(head.strip_prefix("d’"))
        .or(head.strip_prefix("a "))
        .or(head.strip_prefix("que "))
        .or(head.strip_prefix("o "))
        .unwrap_or(head);
    if head.split_whitespace().count() < 3 {
        return false;
    }
    let infinitives = before
        .split(|c: char| !c.is_alphabetic())
        .any(|w| w.len() > 3 && pack.verbs.is_title(w));
    let head = ["me ", "nous ", "vous ", "te ", "lui ", "leur ", "m'", "m’"]
        .iter()
        .find_map(|c| head.strip_prefix(c))
        .filter(|_| pack.lex.code == "fr")
        .unwrap_or(head);
    let first = head.split_whitespace().next().unwrap_or_default();
    let plain = pack.verbs.is_title(first) && pack.verb.find(head).is_some_and(|m| m.start() == 0);
    plain && infinitives || finite_first(pack, head)
}

/// A finite verb at the front, a clitic in front of it or behind it included, with an object that is no pronoun.
fn finite_first(pack: &Pack, head: &str) -> bool {
    const BEFORE: &[&str] = &[
        "me", "nos", "te", "le", "les", "os", "se", "m'", "lhe", "vous", "nous", "mi", "nam",
    ];
    const PRONOUNS: &[&str] = &[
        "lo", "la", "los", "las", "it", "es", "ihn", "sie", "o", "a", "os", "as", "go", "ją", "je", "ze",
        "het", "mi", "nam",
    ];
    let mut words = head.split_whitespace();
    let mut first = words.next().unwrap_or_default().to_lowercase();
    if BEFORE.contains(&first.as_str()) {
        first = words.next().unwrap_or_default().to_lowercase();
    }
    let next = words.next().unwrap_or_default().to_lowercase();
    let article = matches!(
        next.as_str(),
        "la" | "los" | "las" | "o" | "a" | "os" | "as" | "die" | "het"
    ) && words.next().is_some();
    if PRONOUNS.contains(&next.as_str()) && !article {
        return false;
    }
    // "i podeślę w niedzielę": the object is that of the verb before
    const PREPOSITIONS: &[&str] = &[
        "w", "we", "do", "na", "za", "po", "z", "am", "um", "bis", "im", "in", "an", "à", "dans", "pour",
        "avant", "el", "en", "por", "antes", "em", "no", "até", "op", "voor", "naar", "bij", "zu", "per",
        "par",
    ];
    if PREPOSITIONS.contains(&next.as_str()) && head.split_whitespace().count() <= 4 {
        return false;
    }
    let stem = [
        "-moi", "-nous", "-me", "-nos", "-lhe", "-lhes", "menos", "melo", "me", "nos", "le", "les",
    ]
    .iter()
    .find_map(|c| first.strip_suffix(c).filter(|s| s.chars().count() > 2));
    let known = |w: &str| pack.verbs.title(w).is_some() && !pack.verbs.is_title(w);
    known(&first) || known(&unaccented(&first)) || stem.is_some_and(|s| known(s) || known(&unaccented(s)))
}

fn unaccented(s: &str) -> String {
    s.chars()
        .map(|c| match c {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' => 'u',
            c => c,
        })
        .collect()
}
