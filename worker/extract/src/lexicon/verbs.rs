//! Verbs of doing: the forms a language makes of them, and the form titles use.

use std::collections::{HashMap, HashSet};

use regex::Regex;

use super::{Lexicon, compile_in};

/// The verbs of one language, ready to match.
pub(crate) struct Verbs {
    /// Any form of any verb, as whole words.
    pub(crate) any: Regex,
    title_of: HashMap<String, String>,
    titles: HashSet<String>,
}

impl Verbs {
    pub(super) fn new(lex: &Lexicon) -> Self {
        let mut title_of = HashMap::new();
        let mut titles = HashSet::new();
        let mut inflected: Vec<(&str, String)> = Vec::new();
        let mut add = |title: &str, form: String| {
            title_of.entry(form).or_insert_with(|| title.to_string());
            titles.insert(title.to_string());
        };
        for verb in lex.verbs {
            let title = verb.split('|').next().unwrap_or(verb);
            for form in verb.split('|') {
                add(title, form.to_string());
            }
            // "dar" has "da", "de" and "do" among its forms by rule, which are other words
            if matches!(lex.code, "fr" | "es" | "pt") && !title.contains(' ') && title.chars().count() > 4 {
                inflected.extend(regular(lex.code, title).into_iter().map(|f| (title, f)));
            }
        }
        for verb in lex.regular.split_whitespace() {
            add(verb, verb.to_string());
            for form in regular(lex.code, verb) {
                add(verb, form);
            }
        }
        for (title, form) in inflected {
            add(title, form);
        }
        if lex.code == "pl" {
            let listed: Vec<(String, String)> =
                title_of.iter().map(|(f, t)| (t.clone(), f.clone())).collect();
            for (title, form) in listed.into_iter().filter(|(t, f)| t != f) {
                for made in polish(&form) {
                    title_of.entry(made).or_insert_with(|| title.clone());
                }
            }
        }
        let mut forms: Vec<&str> = title_of.keys().map(String::as_str).collect();
        // longest first, so that "set up" is not read as "set"
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        let any = compile_in(
            lex,
            &format!(
                "(?i)\\b(?:{})\\b",
                forms
                    .iter()
                    .map(|f| regex::escape(f))
                    .collect::<Vec<_>>()
                    .join("|")
            ),
        );
        Self {
            any,
            title_of,
            titles,
        }
    }

    /// The form titles use of a verb found in any form.
    pub(crate) fn title(&self, form: &str) -> Option<&str> {
        self.title_of.get(&form.to_lowercase()).map(String::as_str)
    }

    /// Whether the form is the one titles use, which is the infinitive or imperative.
    pub(crate) fn is_title(&self, form: &str) -> bool {
        self.titles.contains(&form.to_lowercase())
    }
}

/// The forms of a regular verb that asks and promises use.
fn regular(code: &str, verb: &str) -> Vec<String> {
    let with = |stem: &str, endings: &[&str]| endings.iter().map(|e| format!("{stem}{e}")).collect();
    match code {
        "en" => vec![english_third(verb)],
        "de" => verb.strip_suffix("en").map_or(Vec::new(), |stem| {
            let t = if stem.ends_with(['t', 'd']) { "et" } else { "t" };
            with(stem, &["e", t])
        }),
        "fr" if verb.ends_with("ir") => with(verb, &["ai", "a", "ez", "ons", "ont"]),
        "fr" if verb.ends_with("re") => with(verb.trim_end_matches('e'), &["ai", "a", "ez", "ons", "ont"]),
        "fr" => verb.strip_suffix("er").map_or(Vec::new(), |stem| {
            with(
                stem,
                &[
                    "e", "es", "ez", "ent", "ons", "erai", "era", "erez", "erons", "eront",
                ],
            )
        }),
        "es" => match (
            verb.strip_suffix("ar"),
            verb.strip_suffix("er").or(verb.strip_suffix("ir")),
        ) {
            (Some(stem), _) => with(
                stem,
                &[
                    "a", "o", "e", "an", "es", "amos", "aré", "ará", "aremos", "arán", "arme", "arnos",
                ],
            ),
            (_, Some(stem)) => {
                let mut forms: Vec<String> = with(stem, &["e", "o", "a", "en", "as"]);
                forms.extend(with(verb, &["é", "á", "ás", "emos", "án"]));
                forms
            }
            _ => Vec::new(),
        },
        "pt" => match (
            verb.strip_suffix("ar"),
            verb.strip_suffix("er").or(verb.strip_suffix("ir")),
        ) {
            (Some(stem), _) => with(
                stem,
                &["a", "o", "e", "am", "es", "amos", "arei", "ará", "aremos", "arão"],
            ),
            (_, Some(stem)) => {
                let mut forms: Vec<String> = with(stem, &["e", "o", "a", "em"]);
                forms.extend(with(verb, &["ei", "á", "emos", "ão"]));
                forms
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// From "napisze", "zrobi" or "poda" the other persons of the future.
fn polish(third: &str) -> Vec<String> {
    let with = |stem: &str, endings: &[&str]| endings.iter().map(|e| format!("{stem}{e}")).collect();
    if third.chars().count() < 4 {
        return Vec::new();
    }
    if let Some(stem) = third.strip_suffix('e') {
        with(stem, &["ę", "emy", "esz", "ą"])
    } else if let Some(stem) = third.strip_suffix('i') {
        with(stem, &["ię", "imy", "isz", "ią"])
    } else if let Some(stem) = third.strip_suffix('a') {
        with(stem, &["am", "amy", "asz", "ają"])
    } else {
        Vec::new()
    }
}

/// "carry" → "carries", "fix" → "fixes", "send" → "sends"; of a phrase the first word changes.
fn english_third(verb: &str) -> String {
    let stem = verb;
    if let Some(s) = stem.strip_suffix('y')
        && !s.ends_with(['a', 'e', 'i', 'o', 'u'])
    {
        format!("{s}ies")
    } else if stem.ends_with(['s', 'x', 'z', 'o']) || stem.ends_with("ch") || stem.ends_with("sh") {
        format!("{stem}es")
    } else {
        format!("{stem}s")
    }
}
