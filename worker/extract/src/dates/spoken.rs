//! Days told in several words: "a week on Friday", "the first Monday in April", "two days later", "by noon".

mod patterns;
mod relative;

use chrono::{Datelike, Duration, Months, NaiveDate};
use regex::Captures;

pub(super) use self::patterns::Spoken;

use super::calendar::{last_of, of_week};
use super::{Drafts, Patterns, Reading, whole};
use crate::lexicon::Period;

/// What counts as one day, week and so on, and how far.
#[derive(Clone, Copy)]
struct Distance {
    days: i64,
    months: u32,
    working: bool,
}

/// Whether the words behind "the day before" only go on with the sentence.
pub(super) fn goes_on(next: &str) -> bool {
    const GO_ON: &[&str] = &[
        "at",
        "latest",
        "and",
        "or",
        "if",
        "please",
        "pls",
        "so",
        "but",
        "on",
        "is",
        "would",
        "should",
        "will",
        "we",
        "i",
        "you",
        "max",
        "um",
        "spätestens",
        "als",
        "au",
        "à",
        "como",
        "no",
        "op",
        "uiterlijk",
        "que",
        "najpóźniej",
        "und",
        "et",
        "y",
        "e",
        "en",
        "i",
        "for",
        "in",
        "it",
        "too",
        "then",
        "with",
        "to",
        "by",
    ];
    let word = next
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or_default();
    GO_ON.contains(&word)
}

impl Patterns {
    /// Everything that must be read before its single words are.
    pub(super) fn spoken(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        let spoken = &self.spoken;
        if reading.named {
            self.behind_a_name(slice, reading, found);
        }
        for m in spoken.never.find_iter(slice) {
            found.put((m.start(), m.end()), None, false, false);
        }
        for c in spoken.nth_weekday.captures_iter(slice) {
            let date = self.nth_weekday(&c, reading.anchor);
            found.put(whole(&c), date, false, true);
        }
        for c in spoken.day_word.iter().flat_map(|r| r.captures_iter(slice)) {
            let day = spoken
                .day_words
                .iter()
                .find(|(r, _)| r.is_match(&c["d"]))
                .map_or(0, |(_, n)| *n as u32);
            let date = self
                .month_said(&c, reading.anchor)
                .and_then(|(y, m)| NaiveDate::from_ymd_opt(y, m, day));
            let date = self.not_past(date, c.name("y").is_some() || c.name("m").is_none(), reading);
            found.put(whole(&c), date, false, true);
        }
        for c in spoken.day_number.captures_iter(slice) {
            let day: u32 = c["d"].parse().unwrap_or(0);
            if day == 1 && c.name("o").is_none() {
                continue;
            }
            let date = self
                .month_said(&c, reading.anchor)
                .and_then(|(y, m)| NaiveDate::from_ymd_opt(y, m, day));
            found.put(whole(&c), date.filter(|d| *d >= reading.anchor), false, true);
        }
        for c in spoken.last_day.captures_iter(slice) {
            let date = self
                .month_said(&c, reading.anchor)
                .and_then(|(y, m)| last_of(y, m));
            let date = self.not_past(date, c.name("y").is_some(), reading);
            found.put(whole(&c), date, true, true);
        }
        self.ends(slice, reading, found);
        self.distances(slice, reading, found);
    }

    /// "month end", "end of the second quarter", "end of 2027".
    fn ends(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        let spoken = &self.spoken;
        let anchor = reading.anchor;
        for c in spoken.end_quarter.captures_iter(slice) {
            let quarter = self.nth_of(&c["k"]).or(c["k"].trim_end_matches('.').parse().ok());
            let date = quarter
                .filter(|q| (1..=4).contains(q))
                .and_then(|q| last_of(anchor.year(), q as u32 * 3));
            found.put(whole(&c), self.not_past(date, false, reading), true, false);
        }
        for c in spoken.end_year.captures_iter(slice) {
            let date = c["y"]
                .parse()
                .ok()
                .and_then(|y| NaiveDate::from_ymd_opt(y, 12, 31));
            found.put(whole(&c), date, true, false);
        }
        for (pattern, period) in &spoken.ends {
            for m in pattern.find_iter(slice) {
                let date = match period {
                    Period::Week => Some(of_week(anchor, 0, 4)),
                    Period::NextWeek => Some(of_week(anchor, 1, 4)),
                    Period::WeekAfterNext => Some(of_week(anchor, 2, 4)),
                    Period::Month => last_of(anchor.year(), anchor.month()),
                    Period::Quarter => last_of(anchor.year(), anchor.month().div_ceil(3) * 3),
                    Period::Year => NaiveDate::from_ymd_opt(anchor.year(), 12, 31),
                };
                // "show her the month-end by Friday": one word may be a thing as well
                let phrase = m.as_str().contains(' ');
                found.put((m.start(), m.end()), date, phrase, false);
            }
        }
    }

    /// Distances that name the day they count from, and those of one word.
    fn distances(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        let spoken = &self.spoken;
        for c in spoken.from_day.captures_iter(slice) {
            let weeks = self.distance_of(&c).filter(|d| d.days % 7 == 0 && d.days > 0);
            let to = c.name("to").map_or("", |m| m.as_str()).trim().to_lowercase();
            // "two days on Friday" is effort, "a week on Friday" a day
            if weeks.is_none() && matches!(to.as_str(), "on" | "") {
                continue;
            }
            found.put(whole(&c), self.counted_from(&c, reading), true, false);
        }
        for c in spoken.day_then.iter().flat_map(|r| r.captures_iter(slice)) {
            found.put(whole(&c), self.counted_from(&c, reading), true, false);
        }
        for c in spoken.then_day.captures_iter(slice) {
            let weeks = self.distance_of(&c).filter(|d| d.days % 7 == 0 && d.days > 0);
            if weeks.is_some() {
                found.put(whole(&c), self.counted_from(&c, reading), true, false);
            }
        }
        for (pattern, n) in &spoken.weeks_on {
            for c in pattern.captures_iter(slice) {
                let distance = Distance {
                    days: 7 * n,
                    months: 0,
                    working: false,
                };
                found.put(whole(&c), self.on_from(&c, distance, reading), false, false);
            }
        }
        for c in spoken.lump.iter().flat_map(|r| r.captures_iter(slice)) {
            let open = spoken.condition.is_match(&slice[whole(&c).1..]);
            let date = self.distance_of(&c).and_then(|d| self.step(reading.anchor, d, 1));
            found.put(whole(&c), date.filter(|_| !open), true, false);
        }
        for c in spoken.hours.captures_iter(slice) {
            let open = spoken.condition.is_match(&slice[whole(&c).1..]);
            let days = (c["n"].parse::<i64>().unwrap_or(0) + 23) / 24;
            let date = reading.anchor.checked_add_signed(Duration::days(days));
            found.put(whole(&c), date.filter(|_| !open), true, false);
        }
    }

    fn counted_from(&self, c: &Captures<'_>, reading: &Reading) -> Option<NaiveDate> {
        let distance = self.distance_of(c)?;
        self.on_from(c, distance, reading)
    }

    /// A distance on from the day named in the same phrase.
    fn on_from(&self, c: &Captures<'_>, distance: Distance, reading: &Reading) -> Option<NaiveDate> {
        let name = |n: &str| c.name(n).map(|m| m.as_str());
        if let Some(day) = name("wd").and_then(|w| self.weekday_of(w)) {
            if distance.days % 7 == 0 && distance.months == 0 {
                return Some(of_week(reading.anchor, distance.days / 7, day));
            }
            let ahead =
                (day - i64::from(reading.anchor.weekday().num_days_from_monday()) + 6).rem_euclid(7) + 1;
            let from = reading.anchor.checked_add_signed(Duration::days(ahead))?;
            return self.step(from, distance, 1);
        }
        let from = match name("rel") {
            Some(word) if !self.spoken.now.is_match(word) => {
                let (_, n) = self.relative_words.iter().find(|(r, _)| r.is_match(word))?;
                reading.anchor.checked_add_signed(Duration::days(*n))?
            }
            _ => reading.anchor,
        };
        self.step(from, distance, 1)
    }

    fn distance_of(&self, c: &Captures<'_>) -> Option<Distance> {
        if let Some(lump) = c.name("l") {
            let (_, days, months) = self
                .spoken
                .lumps
                .iter()
                .find(|(r, ..)| r.is_match(lump.as_str()))?;
            return Some(Distance {
                days: *days,
                months: *months,
                working: false,
            });
        }
        let n = self.number(c.name("n")?.as_str()).filter(|n| *n <= 400)?;
        let unit = c.name("u")?.as_str();
        let week = self.week_unit.is_match(unit);
        let month = self.month_unit.is_match(unit);
        Some(Distance {
            days: if month { 0 } else { n * if week { 7 } else { 1 } },
            months: if month { n as u32 } else { 0 },
            working: self.working.is_match(unit),
        })
    }

    fn step(&self, from: NaiveDate, distance: Distance, sign: i64) -> Option<NaiveDate> {
        if distance.working {
            let mut day = from;
            for _ in 0..distance.days {
                day = day.checked_add_signed(Duration::days(sign))?;
                while day.weekday().num_days_from_monday() > 4 {
                    day = day.checked_add_signed(Duration::days(sign))?;
                }
            }
            return Some(day);
        }
        let months = Months::new(distance.months);
        let day = if sign < 0 {
            from.checked_sub_months(months)?
        } else {
            from.checked_add_months(months)?
        };
        day.checked_add_signed(Duration::days(sign * distance.days))
    }

    fn nth_of(&self, word: &str) -> Option<i64> {
        self.spoken
            .nth
            .iter()
            .find(|(r, _)| r.is_match(word))
            .map(|(_, n)| *n)
    }

    fn nth_weekday(&self, c: &Captures<'_>, anchor: NaiveDate) -> Option<NaiveDate> {
        let nth = self.nth_of(&c["k"])?;
        let day = self.weekday_of(&c["wd"])?;
        let (year, month) = self.month_said(c, anchor)?;
        let of = |year: i32| -> Option<NaiveDate> {
            let days = (1..=31).filter_map(|d| NaiveDate::from_ymd_opt(year, month, d));
            let mut days = days.filter(|d| i64::from(d.weekday().num_days_from_monday()) == day);
            if nth < 0 {
                days.next_back()
            } else {
                days.nth(usize::try_from(nth - 1).ok()?)
            }
        };
        let fixed = c.name("y").is_some() || c.name("m").is_none();
        of(year)
            .filter(|d| fixed || *d >= anchor)
            .or_else(|| of(year + 1).filter(|_| !fixed))
    }

    /// The year and month a phrase names, or leans on.
    fn month_said(&self, c: &Captures<'_>, anchor: NaiveDate) -> Option<(i32, u32)> {
        let name = |n: &str| c.name(n).map(|m| m.as_str());
        if let Some(month) = name("m") {
            let year = name("y").and_then(|y| y.parse().ok()).unwrap_or(anchor.year());
            return Some((year, self.month_of(month)?));
        }
        if name("next").is_some() {
            let next = anchor.with_day(1)?.checked_add_months(Months::new(1))?;
            return Some((next.year(), next.month()));
        }
        Some((anchor.year(), anchor.month()))
    }

    /// The day in the year that puts it on or after the anchor, unless the year is said.
    fn not_past(&self, date: Option<NaiveDate>, fixed: bool, reading: &Reading) -> Option<NaiveDate> {
        let date = date?;
        if fixed || date >= reading.anchor {
            return Some(date);
        }
        date.with_year(date.year() + 1)
    }
}

impl Spoken {
    /// Whether a distance in `slice` counts from a date said before.
    pub(super) fn leans(&self, slice: &str) -> bool {
        self.counted.is_match(slice) || self.counted_back.is_match(slice)
    }

    /// The length of "after that", "darauf" behind a weekday.
    pub(super) fn after_named(&self, rest: &str) -> Option<usize> {
        let m = self.weekday_after.find(rest)?;
        // "the Monday after the fair" counts from the fair
        let bare = !self.has_noun(m.as_str(), &rest[m.end()..]);
        bare.then_some(m.end())
    }

    /// "the following Monday".
    pub(super) fn follows(&self, before: &str) -> bool {
        self.following.as_ref().is_some_and(|r| r.is_match(before))
    }

    /// "a week after **the sign-off**", "tres días después **de** la fiesta": it counts from something else.
    pub(super) fn has_noun(&self, matched: &str, rest: &str) -> bool {
        let next: String = rest
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '\'' || *c == '’')
            .collect::<String>()
            .to_lowercase();
        if next.is_empty() || !rest.starts_with(char::is_whitespace) || goes_on(&next) {
            return false;
        }
        let low = matched.to_lowercase();
        self.of_noun.contains(&next.as_str())
            || self
                .of_noun
                .iter()
                .any(|w| low.ends_with(w) && low.len() > w.len() && low[..low.len() - w.len()].ends_with(' '))
    }
}
