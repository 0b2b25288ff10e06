//! Amounts of money: number formats, currency signs and words.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Span;

/// One amount, or the upper end of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) span: Span,
    pub(crate) cents: i64,
    /// ISO code; `None` where the sign is a bare `$` or missing.
    pub(crate) currency: Option<&'static str>,
    /// A bare dollar sign or the word dollars.
    pub(crate) dollar: bool,
    /// A range was given; `cents` is its upper end.
    pub(crate) range: bool,
}

const SIGN: &str = r"CA\$|CAD\$?|C\$|AU\$|AUD\$?|A\$|NZ\$|NZD\$?|US\$|USD|R\$|BRL|S\$|SGD|HK\$|MX\$|\$|€|£|¥|zł(?:otych|ote|oty)?|złotych|PLN|euros?|EUR|GBP|quid|pounds?(?: sterling)?|pound|CHF|sfr\.?|Fr\.|Franken|francs?(?: suisses)?|dollars?|bucks|reais|real|SEK|NOK|DKK|CZK|INR|₹|JPY|ZAR|MXN|kr\.?";
const NUMBER: &str = r"\d{1,3}(?:[.,'’ \u{a0}\u{202f}]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?";
const SCALE: &str = r"k|K|grand|tsd\.?|tausend|mille|mil|tys\.?|duizend|thousand";

static PREFIXED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)(?P<c>{SIGN})[ \u{{a0}}\u{{202f}}]?(?P<a>{NUMBER})[ \u{{a0}}]?(?P<s>(?:{SCALE})\b)?(?:,-|,–|\.-)?(?:\s*(?:-|–|—|to|and|bis|und|à|et|a|y|e|tot|en|do|i)\s*(?:{SIGN})?[ \u{{a0}}]?(?P<b>{NUMBER})[ \u{{a0}}]?(?P<t>(?:{SCALE})\b)?)?"
    ))
    .expect("constant pattern")
});
static SUFFIXED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)(?:(?P<a>{NUMBER})[ \u{{a0}}]?(?P<s>(?:{SCALE})\b)?[ \u{{a0}}]?(?:{SIGN})?\s*(?:-|–|—|to|and|bis|und|à|et|a|y|e|tot|en|do|i)\s*)?\b(?P<b>{NUMBER})(?:,-)?[ \u{{a0}}\u{{202f}}]?(?P<t>(?:{SCALE})\b)?[ \u{{a0}}\u{{202f}}]?(?:de |d['’])?(?P<c>{SIGN})"
    ))
    .expect("constant pattern")
});
/// Number words that stand before a scale ("six thousand pounds").
const WORDS: &[(&str, i64)] = &[
    ("one|a|ein|eine|un|une|um|uma|een|jeden", 1),
    ("two|zwei|deux|dos|dois|twee|dwa", 2),
    ("three|drei|trois|tres|três|drie|trzy", 3),
    ("four|vier|quatre|cuatro|quatro|cztery", 4),
    ("five|fünf|cinq|cinco|vijf|pięć", 5),
    ("six|sechs|seis|zes|sześć", 6),
    ("seven|sieben|sept|siete|sete|zeven|siedem", 7),
    ("eight|acht|huit|ocho|oito|osiem", 8),
    ("nine|neun|neuf|nueve|nove|negen|dziewięć", 9),
    ("ten|zehn|dix|diez|dez|tien|dziesięć", 10),
    ("eleven|elf|onze|once|jedenaście", 11),
    ("twelve|zwölf|douze|doce|doze|twaalf|dwanaście", 12),
    ("thirteen|dreizehn|treize|trece|treze|dertien|trzynaście", 13),
    ("fourteen|vierzehn|quatorze|catorce|veertien|czternaście", 14),
    ("fifteen|fünfzehn|quinze|quince|vijftien|piętnaście", 15),
    (
        "sixteen|sechzehn|seize|dieciséis|dezesseis|zestien|szesnaście",
        16,
    ),
    (
        "seventeen|siebzehn|diecisiete|dezessete|zeventien|siedemnaście",
        17,
    ),
    ("eighteen|achtzehn|dieciocho|dezoito|achttien|osiemnaście", 18),
    (
        "nineteen|neunzehn|diecinueve|dezenove|negentien|dziewiętnaście",
        19,
    ),
    ("twenty|zwanzig|vingt|veinte|vinte|twintig|dwadzieścia", 20),
    ("thirty|dreißig|trente|treinta|trinta|dertig|trzydzieści", 30),
];
static SPELLED: LazyLock<Regex> = LazyLock::new(|| {
    let words = WORDS.iter().map(|(w, _)| *w).collect::<Vec<_>>().join("|");
    Regex::new(&format!(
        r"(?i)\b(?P<n>{words})(?P<h>[ -]and[ -]a[ -]half)?[ -]?(?P<s>hundred|hundert|cents|cien|cem|honderd|sto|thousand|grand|tausend|mille|mil|duizend|tysiąc(?:e|y)?)(?:[ -](?:and )?(?P<n2>{words})[ -]?(?P<s2>hundred|hundert|cents|honderd))?[ -](?:de )?(?P<c>{SIGN})"
    ))
    .expect("constant pattern")
});
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?P<a>\d{1,3}(?:[.,'’ \u{a0}]\d{3})+|\d{3,6}|\d+(?:[.,]\d)?[ ]?(?:k|grand)\b)")
        .expect("constant pattern")
});

/// All amounts of `slice`; spans are relative to `offset`.
pub(crate) fn find(slice: &str, offset: usize) -> Vec<Hit> {
    let mut hits = spelled(slice, offset);
    if !slice.bytes().any(|b| b.is_ascii_digit()) {
        return hits;
    }
    for re in [&*PREFIXED, &*SUFFIXED] {
        for c in re.captures_iter(slice) {
            let (Some(all), Some(sign)) = (c.get(0), c.name("c")) else {
                continue;
            };
            if !stands_alone(slice, all.start(), all.end(), sign.as_str()) {
                continue;
            }
            let first = c
                .name("a")
                .map(|a| amount(a.as_str(), c.name("s").or(c.name("t")).map(|s| s.as_str())));
            let second = c
                .name("b")
                .map(|b| amount(b.as_str(), c.name("t").map(|s| s.as_str())));
            // "€180 and 20 pages": the second number is no upper end if it is smaller
            let (cents, range) = match (first, second) {
                (Some(a), Some(b)) if b >= a => (b, true),
                (Some(a), Some(b))
                    if c.name("a")
                        .is_some_and(|m| m.start() > c.name("b").map_or(0, |m| m.start())) =>
                {
                    (a.max(b), true)
                }
                (Some(a), Some(b)) => (if re.as_str() == SUFFIXED.as_str() { b } else { a }, false),
                (a, b) => (a.or(b).unwrap_or(0), false),
            };
            let span = Span::new(offset + all.start(), offset + all.end());
            if cents > 0 && hits.iter().all(|h| !h.span.overlaps(span)) {
                let (currency, dollar) = currency(sign.as_str());
                hits.push(Hit {
                    span,
                    cents,
                    currency,
                    dollar,
                    range,
                });
            }
        }
    }
    hits.sort_by_key(|h| h.span.start);
    hits
}

/// Round sums in words: "six thousand pounds", "eighteen hundred euros".
fn spelled(slice: &str, offset: usize) -> Vec<Hit> {
    let value = |w: &str| {
        let w = w.to_lowercase();
        WORDS
            .iter()
            .find(|(names, _)| names.split('|').any(|n| n == w))
            .map_or(0, |(_, v)| *v)
    };
    let scale = |s: &str| {
        let s = s.to_lowercase();
        let hundred = ["hundred", "hundert", "cents", "cien", "cem", "honderd", "sto"].contains(&s.as_str());
        if hundred { 100 } else { 1000 }
    };
    SPELLED
        .captures_iter(slice)
        .filter_map(|c| {
            let all = c.get(0)?;
            let sign = c.name("c")?;
            if !stands_alone(slice, all.start(), all.end(), sign.as_str()) {
                return None;
            }
            let one = scale(&c["s"]);
            let mut units = value(&c["n"]) * one;
            if c.name("h").is_some() {
                units += one / 2;
            }
            if let (Some(n), Some(s)) = (c.name("n2"), c.name("s2")) {
                units += value(n.as_str()) * scale(s.as_str());
            }
            let (currency, dollar) = currency(sign.as_str());
            Some(Hit {
                span: Span::new(offset + all.start(), offset + all.end()),
                cents: units * 100,
                currency,
                dollar,
                range: false,
            })
        })
        .collect()
}

/// Numbers that may be amounts without any currency; only of use beside a word such as "budget".
pub(crate) fn find_bare(slice: &str, offset: usize) -> Vec<Hit> {
    BARE.captures_iter(slice)
        .filter_map(|c| {
            let m = c.name("a")?;
            let after = slice[m.end()..].trim_start();
            // "6k incl. your fee", but "40 posters"
            let scaled = m.as_str().ends_with(|c: char| c.is_alphabetic());
            let odd = after.starts_with(|c: char| {
                c.is_alphabetic() && !scaled || c == '%' || c == '/' || c == ':' || c == 'x'
            });
            let year = m.as_str().len() == 4 && m.as_str().starts_with("20");
            let (number, scale) = match m.as_str().find(|c: char| c.is_alphabetic()) {
                Some(i) => (m.as_str()[..i].trim_end(), Some(&m.as_str()[i..])),
                None => (m.as_str(), None),
            };
            (!odd && !year).then(|| Hit {
                span: Span::new(offset + m.start(), offset + m.end()),
                cents: amount(number, scale),
                currency: None,
                dollar: false,
                range: false,
            })
        })
        .collect()
}

fn stands_alone(slice: &str, start: usize, end: usize, sign: &str) -> bool {
    let before = slice[..start].chars().next_back();
    let after = slice[end..].chars().next();
    let letters = sign.chars().next().is_some_and(char::is_alphabetic);
    if letters && before.is_some_and(char::is_alphanumeric) {
        return false;
    }
    let closes = slice[..end].chars().next_back().is_some_and(char::is_alphabetic);
    let runs_on = closes && after.is_some_and(char::is_alphanumeric);
    !runs_on && before.is_none_or(|c| !c.is_ascii_digit())
}

/// Hundredths of a written number: "1.250", "1,850.50", "38'000", "4.5" with "k".
pub(crate) fn amount(number: &str, scale: Option<&str>) -> i64 {
    let n: String = number
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '.' || *c == ',')
        .collect();
    let last = n.rfind(['.', ',']);
    let (whole, fraction) = match last {
        // three digits after the last sign group thousands, unless a scale makes it a decimal
        Some(i) if n.len() - i - 1 != 3 => (&n[..i], &n[i + 1..]),
        _ => (n.as_str(), ""),
    };
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole: i64 = digits.parse().unwrap_or(0);
    let fraction = match fraction.len() {
        0 => 0,
        1 => fraction.parse::<i64>().unwrap_or(0) * 10,
        _ => fraction.get(..2).and_then(|f| f.parse::<i64>().ok()).unwrap_or(0),
    };
    let cents = whole.saturating_mul(100).saturating_add(fraction);
    if scale.is_some_and(|s| !s.trim().is_empty()) {
        cents.saturating_mul(1000)
    } else {
        cents
    }
}

fn currency(sign: &str) -> (Option<&'static str>, bool) {
    let s = sign.to_lowercase();
    let code = match s.trim_end_matches('.') {
        "€" | "eur" | "euro" | "euros" => "EUR",
        "£" | "gbp" | "quid" | "pound" | "pounds" | "pound sterling" | "pounds sterling" => "GBP",
        "chf" | "sfr" | "fr" | "franken" | "franc" | "francs" | "franc suisses" | "francs suisses" => "CHF",
        "ca$" | "cad" | "cad$" | "c$" => "CAD",
        "a$" | "au$" | "aud" | "aud$" => "AUD",
        "nz$" | "nzd" | "nzd$" => "NZD",
        "us$" | "usd" => "USD",
        "r$" | "brl" | "reais" | "real" => "BRL",
        "s$" | "sgd" => "SGD",
        "hk$" => "HKD",
        "mx$" | "mxn" => "MXN",
        "¥" | "jpy" => "JPY",
        "₹" | "inr" => "INR",
        "sek" => "SEK",
        "nok" => "NOK",
        "dkk" => "DKK",
        "czk" => "CZK",
        "zar" => "ZAR",
        "kr" => return (None, false),
        z if z.starts_with("zł") || z == "pln" => "PLN",
        _ => return (None, true),
    };
    (Some(code), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_the_formats_of_many_countries() {
        for (text, cents, code) in [
            ("€4.5k", 450_000, Some("EUR")),
            ("6k EUR", 600_000, Some("EUR")),
            ("£1,850 + VAT", 185_000, Some("GBP")),
            ("GBP 2,300", 230_000, Some("GBP")),
            ("CHF 38'000", 3_800_000, Some("CHF")),
            ("EUR 8 400", 840_000, Some("EUR")),
            ("2 500 zł netto", 250_000, Some("PLN")),
            ("€ 1.250,- voor", 125_000, Some("EUR")),
            ("R$ 6.500", 650_000, Some("BRL")),
            ("1.350 € más", 135_000, Some("EUR")),
            ("NZ$7.5k", 750_000, Some("NZD")),
            ("A$9,000", 900_000, Some("AUD")),
            ("between CA$3,000 and CA$3,500", 350_000, Some("CAD")),
            ("3.000–3.500 Euro", 350_000, Some("EUR")),
            ("3,800 euros", 380_000, Some("EUR")),
            ("1 900 € HT", 190_000, Some("EUR")),
            ("USD 12,000", 1_200_000, Some("USD")),
            ("$2,400 flat", 240_000, None),
            ("max 220 dollars", 22_000, None),
            ("12,50 €", 1_250, Some("EUR")),
            ("22 grand pounds", 2_200_000, Some("GBP")),
            ("2.600 Euro", 260_000, Some("EUR")),
            ("six thousand pounds is what we have", 600_000, Some("GBP")),
            ("eighteen hundred euros", 180_000, Some("EUR")),
            ("two and a half thousand pounds", 250_000, Some("GBP")),
            ("one thousand two hundred dollars", 120_000, None),
            ("zweitausend Euro", 200_000, Some("EUR")),
            ("dos mil euros", 200_000, Some("EUR")),
        ] {
            let hits = find(text, 0);
            assert_eq!(
                hits.first().map(|h| (h.cents, h.currency)),
                Some((cents, code)),
                "{text}"
            );
        }
    }

    #[test]
    fn numbers_without_a_currency_are_no_money() {
        for text in [
            "call 0171 2345678",
            "12 illustrations",
            "version 2.5",
            "14 by 19 ft",
            "at 10:00",
            "2026",
        ] {
            assert!(find(text, 0).is_empty(), "{text}");
        }
    }
}
