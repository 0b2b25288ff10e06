//! Titles from sentences that keep their order: "Den Text liefere ich", "Teksty napiszemy sami", "Mi hermano sube las
//! imágenes". The finite verb becomes the form titles use, its subject goes, what is left is the object.

use super::cut::dangling;
use super::verb::{PREFIXES, join};
use crate::lexicon::{Pack, VerbPlace};
use crate::model::Owner;
use crate::subject::{DETERMINERS, POSSESSIVE};

/// Pronouns that no title keeps.
const PRONOUNS: &[&str] = &[
    "ich", "wir", "sie", "er", "du", "ihr", "ihnen", "dir", "mir", "uns", "euch", "sich", "selbst", "ik",
    "wij", "we", "je", "jij", "jou", "u", "hij", "zij", "ze", "me", "mij", "ons", "zelf", "nous", "vous",
    "tu", "il", "elle", "ils", "elles", "on", "te", "se", "lui", "leur", "yo", "tú", "usted", "nosotros",
    "le", "les", "nos", "os", "lhe", "lhes", "eu", "nós", "você", "ja", "my", "pan", "pani", "panu",
    "państwo", "państwu", "ci", "mi", "nam", "wam", "sami", "sama", "sam", "się", "toi", "moi", "ti", "él",
    "ella", "ele", "ela",
];

/// The title of a clause without a word of asking, where a verb in a finite form tells what is done.
pub(super) fn reorder(pack: &Pack, s: &str, owner: Owner) -> Option<String> {
    if pack.lex.code == "en" || infinitive_first(pack, s) {
        return None;
    }
    let words: Vec<&str> = s.split_whitespace().collect();
    let at = (0..words.len()).find(|&i| {
        let low = bare(words[i]);
        let noun = pack.lex.code == "de" && words[i].starts_with(char::is_uppercase)
            || i > 0 && DETERMINERS.contains(&bare(words[i - 1]).as_str());
        !noun
            && !PRONOUNS.contains(&low.as_str())
            && pack.verbs.title(&low).is_some()
            && !pack.verbs.is_title(&low)
    })?;
    let form = bare(words[at]);
    let mut verb = pack.verbs.title(&form)?.to_string();
    let before = &words[..at];
    let mut after: Vec<&str> = words[at + 1..].to_vec();
    if pack.lex.verb_place == VerbPlace::Last {
        // "stellt" is listed under "umstellen"; which verb it is says the prefix at the end
        if let Some(base) = PREFIXES
            .iter()
            .filter(|p| !form.starts_with(**p))
            .find_map(|p| verb.strip_prefix(p).filter(|b| b.chars().count() > 3))
        {
            verb = base.to_string();
        }
        if let Some(prefix) = after
            .last()
            .map(|w| bare(w))
            .filter(|w| PREFIXES.contains(&w.as_str()) || w == "zu" || w == "klaar" || w == "heraus")
        {
            verb = format!("{prefix}{verb}");
            after.pop();
        }
    }
    let told = subject_first(pack, before, &form, &after, owner);
    let kept: Vec<&str> = if told {
        after
    } else {
        // "… gibt mein Bruder in Auftrag": behind the subject something may still belong to the verb
        let own = after
            .iter()
            .position(|w| acting(pack, w))
            .map_or(after.len(), |i| {
                i + 1 + usize::from(!PRONOUNS.contains(&bare(after[i]).as_str()))
            });
        let rest = after.get(own..).unwrap_or_default();
        let rest = if pack.lex.verb_place == VerbPlace::Last && rest.len() <= 2 {
            rest
        } else {
            &[]
        };
        before.iter().chain(rest).copied().collect()
    };
    let loose = |w: &&str| {
        let low = bare(w);
        PRONOUNS.contains(&low.as_str()) && !DETERMINERS.contains(&low.as_str())
    };
    let from = kept.iter().take_while(|w| loose(w)).count();
    let mut kept = kept[from..].to_vec();
    while kept.last().is_some_and(|w| {
        let low = bare(w);
        loose(w)
            || DETERMINERS.contains(&low.as_str())
            || matches!(low.as_str(), "quem" | "que" | "qui" | "quien")
    }) {
        kept.pop();
    }
    let object = dangling(&kept.join(" "));
    let object = object.trim_end_matches([',', '.', ';', ':', ' ']);
    (object.chars().filter(|c| c.is_alphabetic()).count() > 2)
        .then(|| join(pack, &verb, &uncapitalised(pack, object, !told)))
}

fn bare(w: &str) -> String {
    w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Whether the clause opens with a verb in the form titles use, known or not.
fn infinitive_first(pack: &Pack, s: &str) -> bool {
    let first = bare(s.split_whitespace().next().unwrap_or_default());
    let ends = |e: &[&str]| e.iter().any(|e| first.ends_with(e)) && first.chars().count() > 3;
    match pack.lex.code {
        "fr" => ends(&["er", "ir", "re"]),
        "es" | "pt" => ends(&["ar", "er", "ir"]),
        "pl" => ends(&["ć"]),
        _ => false,
    }
}

/// A word that opens the naming of who acts.
fn acting(pack: &Pack, w: &str) -> bool {
    let low = bare(w);
    PRONOUNS.contains(&low.as_str()) && !DETERMINERS.contains(&low.as_str())
        || POSSESSIVE.contains(&low.as_str())
        || crate::people::is_title(w)
        || matches!(
            low.as_str(),
            "herr" | "frau" | "mme" | "don" | "doña" | "dona" | "dhr" | "mevrouw"
        )
        || pack.lex.code == "de" && low == "der"
        || pack
            .client_role
            .find(w)
            .is_some_and(|m| m.start() == 0 && m.len() + 2 >= w.len())
        || pack.freelancer_role.is_match(w)
}

/// Whether the words before the verb name who acts, and those behind it what is done.
fn subject_first(pack: &Pack, before: &[&str], form: &str, after: &[&str], owner: Owner) -> bool {
    let Some(first) = before.first() else {
        return true;
    };
    let article = DETERMINERS.contains(&bare(first).as_str());
    if acting(pack, first) || article && before.get(1).is_some_and(|w| acting(pack, w)) {
        return true;
    }
    // "a Teresa envia"
    if article
        && before.len() == 2
        && owner == Owner::Client
        && pack.lex.code != "de"
        && before[1].starts_with(char::is_uppercase)
    {
        return true;
    }
    let mine = match pack.lex.code {
        "pl" => form.ends_with('ę') || form.ends_with("my") || form.ends_with("am"),
        "es" => form.ends_with('o') || form.ends_with("mos") || form.ends_with('é'),
        "pt" => form.ends_with('o') || form.ends_with("mos") || form.ends_with("ei"),
        "de" | "nl" => after
            .first()
            .is_some_and(|w| matches!(bare(w).as_str(), "ich" | "wir" | "ik" | "we" | "wij")),
        _ => false,
    };
    !mine && !after.is_empty() && !after.first().is_some_and(|w| acting(pack, w))
}

/// The first word of a sentence in the middle of a title.
pub(super) fn uncapitalised(pack: &Pack, s: &str, opened: bool) -> String {
    let mut chars = s.chars();
    match (chars.next(), s.chars().nth(1)) {
        (Some(first), Some(second))
            if opened
                && pack.lex.verb_place == VerbPlace::First
                && pack.lex.code != "en"
                && first.is_uppercase()
                && second.is_lowercase() =>
        {
            first.to_lowercase().chain(chars).collect()
        }
        _ => s.to_string(),
    }
}
