//! What the header or attribution of a message says: author, reader and date.

use chrono::NaiveDate;

use crate::dates::Reading;
use crate::lexicon::Pack;
use crate::lines::{Field, Line};

#[derive(Default)]
pub(super) struct Draft {
    pub(super) author: Option<String>,
    pub(super) to: Option<String>,
    pub(super) date: Option<NaiveDate>,
}

impl Draft {
    pub(super) fn header(
        &mut self,
        text: &str,
        line: &Line,
        field: Field,
        pack: &Pack,
        today: NaiveDate,
        month_first: bool,
    ) {
        let body = line.body.of(text);
        let Some((_, value)) = body.split_once(':') else {
            return;
        };
        match field {
            Field::From => self.author = Some(name(value)),
            Field::To => self.to = Some(name(value)),
            Field::Date => self.date = past_date(value, pack, today, month_first),
            Field::Subject | Field::Other => {}
        }
    }

    pub(super) fn attribution(&mut self, line: &str, pack: &Pack, today: NaiveDate, month_first: bool) {
        self.date = past_date(line, pack, today, month_first);
        // the name stands between the time and the verb, or after the verb
        let cleaned: String = line.split('<').next().unwrap_or(line).to_string();
        let verbs = [
            "wrote",
            "schrieb",
            "a écrit",
            "escribió",
            "escreveu",
            "schreef",
            "napisała",
            "napisał",
            "pisze",
        ];
        let verb = verbs
            .iter()
            .filter_map(|v| cleaned.find(v).map(|i| (i, v.len())))
            .min();
        let (before, after) = match verb {
            Some((i, n)) => (&cleaned[..i], cleaned.get(i + n..).unwrap_or_default()),
            None => (cleaned.as_str(), ""),
        };
        let named = |s: &str| {
            let words: Vec<&str> = s
                .split_whitespace()
                .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric() && c != '-' && c != '.'))
                .filter(|w| {
                    w.chars().next().is_some_and(char::is_uppercase)
                        && !w.contains(|c: char| c.is_ascii_digit())
                })
                .collect();
            (!words.is_empty()).then(|| words.join(" "))
        };
        let tail: String = before
            .rsplit(|c: char| c.is_ascii_digit())
            .next()
            .unwrap_or_default()
            .to_string();
        self.author = named(after).or_else(|| named(&tail));
    }
}

pub(super) fn name(value: &str) -> String {
    let v = value
        .split(['<', ';', '['])
        .next()
        .unwrap_or(value)
        .trim()
        .trim_matches(['"', '\'']);
    let v = v.split('(').next().unwrap_or(v).trim();
    // "Doe, Jane"
    match v.split_once(", ") {
        Some((last, first)) if !first.contains(' ') && !last.contains(' ') => format!("{first} {last}"),
        _ => v.to_string(),
    }
}

pub(super) fn past_date(value: &str, pack: &Pack, today: NaiveDate, month_first: bool) -> Option<NaiveDate> {
    // a date without a year in a header lies within the last year
    let anchor = today.checked_sub_days(chrono::Days::new(360)).unwrap_or(today);
    let reading = Reading {
        anchor,
        month_first,
        previous: None,
        named: false,
    };
    pack.dates
        .find(value, 0, &reading)
        .into_iter()
        .find(|h| h.calendar)
        .map(|h| h.date)
}
