//! Which language a text is written in, and what follows from where it was written.

use std::sync::LazyLock;

use regex::Regex;
use whatlang::{Detector, Lang};

use crate::lexicon::{ALL, Pack, pack};
use crate::lines::Line;

static US: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:USD|US\$|U\.S\.|USA|ZIP|(?:Mountain|Pacific|Eastern|Central) Time|[PMCE][SD]T|501\(?c\)?|(?:this|next|last|in the) fall|[Ff]all 20\d\d|Thanksgiving|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New (?:York|Jersey|Mexico|Hampshire)|North (?:Carolina|Dakota)|South (?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|Tennessee|Texas|Utah|Vermont|Virginia|Wisconsin|Wyoming|Chicago|Seattle|Boston|Denver|Austin|Dallas|Houston|Portland|Los Angeles|San (?:Francisco|Diego|Jose)|Brooklyn|Manhattan|Miami|Atlanta|Philadelphia|Phoenix|Minneapolis|Detroit|Nashville|Milwaukee|Las Vegas|Baltimore|Cleveland|Pittsburgh)\b").expect("constant pattern")
});
static MONTH_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^\d/.])(?:0?[1-9]|1[0-2])/(?:1[3-9]|2\d|3[01])(?:/(?:\d{4}|\d{2}))?(?:[^\d/]|$)")
        .expect("constant pattern")
});
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^\d/.])(?:1[3-9]|2\d|3[01])/(?:0?[1-9]|1[0-2])(?:/(?:\d{4}|\d{2}))?(?:[^\d/]|$)")
        .expect("constant pattern")
});

/// The pack for the language most of the text is in; English where none is recognised.
pub(crate) fn detect(text: &str) -> &'static Pack {
    let head = &text[..floor(text, text.len().min(8000))];
    let allow = vec![
        Lang::Eng,
        Lang::Deu,
        Lang::Fra,
        Lang::Spa,
        Lang::Por,
        Lang::Nld,
        Lang::Pol,
    ];
    let guess = Detector::with_allowlist(allow)
        .detect(head)
        .map(|i| (code(i.lang()), i.confidence()));
    // few or telegraphic words: function words decide better than letter statistics
    let counted = by_function_words(head);
    match (guess, counted) {
        (Some((g, _)), Some((c, _))) if g == c => pack(g),
        (Some((_, sure)), Some((c, share))) if sure < 0.9 || share > 0.12 => pack(c),
        (Some((g, _)), _) => pack(g),
        (None, Some((c, _))) => pack(c),
        (None, None) => pack("en"),
    }
}

/// The language of one message where it is long enough to tell, else that of the whole.
pub(crate) fn of_lines(
    text: &str,
    lines: &[Line],
    of_line: &[usize],
    message: usize,
    whole: &'static Pack,
) -> &'static Pack {
    let own: String = lines
        .iter()
        .zip(of_line)
        .filter(|(_, m)| **m == message)
        .map(|(l, _)| l.body.of(text))
        .collect::<Vec<_>>()
        .join(" ");
    if own.len() < 160 { whole } else { detect(&own) }
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        _ => "en",
    }
}

/// The language whose function words are most frequent, with their share of all words.
fn by_function_words(text: &str) -> Option<(&'static str, f64)> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    let share = |stop: &[&str]| {
        words.iter().filter(|w| stop.contains(&w.as_str())).count() as f64 / words.len().max(1) as f64
    };
    ALL.iter()
        .map(|l| (l.code, share(l.stop)))
        .filter(|(_, s)| *s > 0.05)
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Whether `03/04` is the fourth of March: only in an English text that is plainly from the US.
pub(crate) fn month_first(text: &str, code: &str) -> bool {
    code == "en" && !DAY_FIRST.is_match(text) && (MONTH_FIRST.is_match(text) || US.is_match(text))
}

/// The currency a bare dollar sign stands for.
pub(crate) fn dollar(text: &str) -> &'static str {
    const PLACES: [(&str, &[&str]); 4] = [
        (
            "CAD",
            &[
                "CA$",
                "CAD",
                "C$",
                "Canada",
                "Toronto",
                "Vancouver",
                "Montreal",
                "Montréal",
                "Ontario",
                "Halifax",
                "Calgary",
                "Ottawa",
                "Québec",
                "Quebec",
                "Winnipeg",
            ],
        ),
        (
            "AUD",
            &[
                "A$",
                "AU$",
                "AUD",
                "Australia",
                "Sydney",
                "Melbourne",
                "Brisbane",
                "Fremantle",
                "Adelaide",
                "Queensland",
                "Hobart",
                "Canberra",
            ],
        ),
        (
            "NZD",
            &[
                "NZ$",
                "NZD",
                "New Zealand",
                "Auckland",
                "Wellington",
                "Christchurch",
                "Dunedin",
                "Aotearoa",
            ],
        ),
        ("SGD", &["S$", "SGD", "Singapore"]),
    ];
    PLACES
        .iter()
        .find(|(_, signs)| {
            signs.iter().any(|s| {
                text.contains(s) && !(*s == "S$" || *s == "A$" || *s == "C$")
                    || text.contains(&format!(" {s}"))
            })
        })
        .map_or("USD", |(c, _)| c)
}

pub(crate) fn floor(s: &str, mut at: usize) -> usize {
    while !s.is_char_boundary(at) {
        at -= 1;
    }
    at
}
