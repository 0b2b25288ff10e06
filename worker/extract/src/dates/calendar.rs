//! Arithmetic on the calendar.

use chrono::{Datelike, Duration, Months, NaiveDate};

use super::Reading;

/// A weekday of the anchor's week or of one of the following.
pub(super) fn of_week(anchor: NaiveDate, weeks: i64, day: i64) -> NaiveDate {
    let monday = i64::from(anchor.weekday().num_days_from_monday());
    anchor
        .checked_add_signed(Duration::days(7 * weeks + day - monday))
        .unwrap_or(anchor)
}

pub(super) fn last_of(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)?
        .checked_add_months(Months::new(1))?
        .pred_opt()
}

pub(super) fn day_month(day: u32, month: u32, year: Option<i32>, anchor: NaiveDate) -> Option<NaiveDate> {
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    // 29 February may be several years off
    (0..5)
        .filter_map(|y| NaiveDate::from_ymd_opt(anchor.year() + y, month, day))
        .find(|d| *d >= anchor)
}

pub(super) fn numeric(a: u32, b: u32, year: Option<i32>, reading: &Reading) -> Option<NaiveDate> {
    let (day, month) = if (reading.month_first && a <= 12) || b > 12 {
        (b, a)
    } else {
        (a, b)
    };
    day_month(day, month, year, reading.anchor)
}

pub(super) fn next_day(day: u32, anchor: NaiveDate) -> Option<NaiveDate> {
    let first = anchor.with_day(1)?;
    (0..12)
        .filter_map(|m| first.checked_add_months(Months::new(m))?.with_day(day))
        .find(|d| *d >= anchor)
}

/// "the 15th" but not "the 2nd version": no noun follows.
pub(super) fn ordinal_stands_alone(rest: &str) -> bool {
    let rest = rest.trim_start_matches('.');
    match rest.chars().next() {
        None => true,
        Some(c) if c.is_whitespace() => {
            let word: String = rest
                .trim_start()
                .chars()
                .take_while(|c| c.is_alphabetic())
                .collect();
            word.is_empty()
                && !rest
                    .trim_start()
                    .starts_with(|c: char| c.is_ascii_digit() || c == '%' || c == '€')
                || matches!(
                    word.to_lowercase().as_str(),
                    "so" | "and"
                        | "at"
                        | "if"
                        | "please"
                        | "pls"
                        | "because"
                        | "as"
                        | "or"
                        | "when"
                        | "but"
                        | "latest"
                        | "und"
                        | "oder"
                        | "damit"
                        | "weil"
                        | "da"
                        | "wenn"
                        | "schicken"
                        | "au"
                        | "pour"
                        | "et"
                        | "si"
                        | "car"
                        | "y"
                        | "para"
                        | "porque"
                        | "si̇"
                        | "e"
                        | "en"
                        | "zodat"
                        | "omdat"
                        | "als"
                        | "i"
                        | "bo"
                        | "żeby"
                        | "of"
                        | "it"
                        | "we"
                        | "the"
                        | "für"
                        | "fertig"
                        | "geht"
                        | "sein"
                        | "haben"
                        | "brauchen"
                        | "liefern"
                        | "klaar"
                        | "que"
                        | "como"
                        | "no"
                        | "jak"
                        | "by"
                        | "this"
                        | "next"
                        | "would"
                )
        }
        Some(c) => !c.is_alphanumeric() && c != ':' && c != '-' && c != '/' && c != '%',
    }
}
