//! Dates in running text, resolved against an anchor.
//!
//! The rules: weeks run from Monday to Sunday; a bare weekday is the first one after the anchor; "next"
//! is the one of the following week; a day without a year is the first such day on or after the anchor;
//! expressions that mean no exact day ("mid-May", "next week") give no date.

mod calendar;
mod leaning;
mod patterns;
mod spoken;
mod weekdays;

use chrono::{Datelike, Duration, Months, NaiveDate};
use regex::Captures;

use self::calendar::{day_month, last_of, next_day, numeric, of_week, ordinal_stands_alone};
pub(crate) use self::patterns::Patterns;
use crate::model::Span;

/// Before a day in numbers that could be the number of a section as well.
const BEFORE_A_DAY: &[&str] = &[
    "am", "den", "dem", "zum", "vom", "der", "ab", "seit", "vor", "nach", "op", "de", "na", "le", "el",
    "dia", "w", "dnia", "on", "du", "od", "do",
];

/// One date expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) span: Span,
    pub(crate) date: NaiveDate,
    /// Preceded by "by", "until" and the like, or itself the end of a period.
    pub(crate) by: bool,
    /// Names a calendar day and not a distance or weekday.
    pub(crate) calendar: bool,
}

/// How to read what the text leaves open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) anchor: NaiveDate,
    /// `03/04` is the fourth of March.
    pub(crate) month_first: bool,
    /// What "a week later" and "the same day" refer to.
    pub(crate) previous: Option<NaiveDate>,
    /// `previous` is the day of what the text names ("after the storyboard").
    pub(crate) named: bool,
}

/// A date expression before its surroundings are read; `date` is none where it means no exact day.
#[derive(Debug, Clone, Copy)]
struct Draft {
    span: Span,
    date: Option<NaiveDate>,
    /// Itself the end of a period.
    end: bool,
    calendar: bool,
}

/// What was found so far; the first expression to claim a place keeps it.
#[derive(Default)]
struct Drafts(Vec<Draft>);

impl Drafts {
    fn put(&mut self, at: (usize, usize), date: Option<NaiveDate>, end: bool, calendar: bool) {
        let span = Span::new(at.0, at.1);
        if self.0.iter().all(|d| !d.span.overlaps(span)) {
            self.0.push(Draft {
                span,
                date,
                end,
                calendar,
            });
        }
    }

    /// The nearest date that ends before `at`.
    fn before(&self, at: usize) -> Option<NaiveDate> {
        self.0
            .iter()
            .filter(|d| d.span.end <= at && d.date.is_some())
            .max_by_key(|d| d.span.end)
            .and_then(|d| d.date)
    }
}

impl Patterns {
    /// All exact dates of `slice` in order; spans are relative to `offset`.
    pub(crate) fn find(&self, slice: &str, offset: usize, reading: &Reading) -> Vec<Hit> {
        let mut found = Drafts::default();
        let digits = slice.bytes().any(|b| b.is_ascii_digit());
        self.spoken(slice, reading, &mut found);
        if digits {
            self.calendar_days(slice, reading, &mut found);
        }
        self.periods(slice, reading, &mut found);
        for m in self.relative.find_iter(slice) {
            let days = self
                .relative_words
                .iter()
                .find(|(r, _)| r.is_match(m.as_str()))
                .map_or(0, |(_, n)| *n);
            found.put(
                (m.start(), m.end()),
                reading.anchor.checked_add_signed(Duration::days(days)),
                false,
                false,
            );
        }
        if digits {
            self.weekday_numbers(slice, reading, &mut found);
        }
        if digits {
            for c in self.ordinal.captures_iter(slice) {
                let (_, end) = whole(&c);
                if ordinal_stands_alone(&slice[end..]) {
                    let at = c.get(1).map_or((0, 0), |m| (m.start(), end));
                    let day = int(&c, 1);
                    // "closed from the 18th to the 29th of May, so by the 29th"
                    let named = found.0.iter().filter(|d| d.calendar && d.span.end <= at.0);
                    let date = named
                        .filter_map(|d| d.date)
                        .find(|d| d.day() == day && *d >= reading.anchor)
                        .or_else(|| self.earlier_that_month(day, at.0, &found, reading))
                        .or_else(|| next_day(day, reading.anchor));
                    found.put(at, date, false, false);
                }
            }
        }
        for m in self.weekday.find_iter(slice) {
            if let Some((date, span)) = self.weekday_date(slice, m.start(), m.end(), reading, &found) {
                found.put(span, date, false, false);
            }
        }
        self.abbreviated(slice, reading, &mut found);
        self.leaning(slice, reading, &mut found);
        self.counted(slice, reading, &mut found);
        self.of_today(slice, reading, &mut found);
        let mut found = found.0;
        found.sort_by_key(|d| d.span.start);
        self.spelt_out(slice, &mut found);
        let mut hits = Vec::new();
        for draft in found {
            let span = draft.span;
            let mut before = &slice[..span.start];
            // "by Friday 17 April", "do 29 jan": the weekday belongs to the date
            if draft.calendar {
                before = self.drop_weekday(before);
            }
            let vague = self.vague.is_match(before);
            let by = self.by.is_match(before);
            // "dès demain" is tomorrow, "dès lundi" any day from then on
            let from_now = !draft.calendar && before.trim_end().to_lowercase().ends_with("dès");
            if vague || (!by && !draft.end && !from_now && self.not_due.is_match(before)) {
                continue;
            }
            let Some(date) = draft.date else { continue };
            let start = before.trim_end().len().min(span.start);
            let start = if draft.calendar {
                start + (slice[start..].len() - slice[start..].trim_start().len())
            } else {
                span.start
            };
            hits.push(Hit {
                span: Span::new(offset + start, offset + span.end),
                date,
                by: by || draft.end,
                calendar: draft.calendar,
            });
        }
        self.without_leading_weekday(slice, offset, hits)
    }

    /// "To print on 15 May, everything handed in by the 8th": a smaller number behind a day of a month is of that month.
    fn earlier_that_month(
        &self,
        day: u32,
        at: usize,
        found: &Drafts,
        reading: &Reading,
    ) -> Option<NaiveDate> {
        let named = found
            .0
            .iter()
            .filter(|d| d.calendar && d.span.end <= at)
            .max_by_key(|d| d.span.end)?;
        named
            .date
            .filter(|d| day < d.day())
            .and_then(|d| d.with_day(day))
            .filter(|d| *d >= reading.anchor)
    }

    /// Days that name a month or are written in numbers.
    fn calendar_days(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        for c in self.iso.captures_iter(slice) {
            let date = NaiveDate::from_ymd_opt(int(&c, 1) as i32, int(&c, 2), int(&c, 3));
            found.put(whole(&c), date, false, true);
        }
        for c in self.dashed.captures_iter(slice) {
            let year = match int(&c, 3) {
                y if y < 100 => 2000 + y,
                y => y,
            };
            let month = self.month_of(&c[2]).unwrap_or(0);
            let date = day_month(int(&c, 1), month, Some(year as i32), reading.anchor);
            found.put(whole(&c), date, false, true);
        }
        for c in self.numeric.captures_iter(slice) {
            let year = match int(&c, 3) {
                y if y < 100 => 2000 + y,
                y => y,
            };
            let date = numeric(int(&c, 1), int(&c, 2), Some(year as i32), reading);
            found.put(whole(&c), date, false, true);
        }
        for c in self.day_month.captures_iter(slice) {
            let month = self.month_of(&c[2]).unwrap_or(0);
            let year = c.get(3).and_then(|y| y.as_str().parse().ok());
            if int(&c, 1) <= 31 {
                let date = day_month(int(&c, 1), month, year, reading.anchor);
                found.put(whole(&c), date, range(&c), true);
            }
        }
        for c in self.month_day.captures_iter(slice) {
            let month = self.month_of(&c[1]).unwrap_or(0);
            let year = c.get(3).and_then(|y| y.as_str().parse().ok());
            if int(&c, 2) <= 31 {
                let date = day_month(int(&c, 2), month, year, reading.anchor);
                found.put(whole(&c), date, false, true);
            }
        }
        for c in self.numeric_short.captures_iter(slice) {
            if let Some(date) = self.short(&c, slice, reading) {
                found.put(whole(&c), Some(date), false, true);
            }
        }
    }

    /// Distances from the anchor and ends of weeks, months, quarters and years.
    fn periods(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        for c in self.distance.captures_iter(slice) {
            let (start, mut end) = whole(&c);
            // "within two weeks of approval" has no day
            let open = !self.of_that.is_match(&slice[end..]) && self.spoken.condition.is_match(&slice[end..]);
            let vague = c.get(2).is_some() || open;
            // "within a week of that"
            let mut anchor = Some(reading.anchor);
            if let Some(m) = self.of_that.find(&slice[end..]) {
                end += m.len();
                anchor = found.before(start).or(reading.previous);
            }
            let date = self
                .number(&c[1])
                .zip(anchor)
                .and_then(|(n, anchor)| self.after(n, &c[3], anchor));
            found.put((start, end), date.filter(|_| !vague), true, false);
        }
        for c in self.end_period.captures_iter(slice) {
            let date = match (c.name("p"), c.name("m")) {
                (_, Some(month)) => {
                    let m = self.month_of(month.as_str()).unwrap_or(0);
                    let year: Option<i32> = c.name("y").and_then(|y| y.as_str().parse().ok());
                    let this = last_of(year.unwrap_or(reading.anchor.year()), m);
                    if year.is_none() && this.is_some_and(|d| d < reading.anchor) {
                        last_of(reading.anchor.year() + 1, m)
                    } else {
                        this
                    }
                }
                (Some(period), _) => self.end_of(period.as_str(), reading.anchor),
                _ => None,
            };
            found.put(whole(&c), date, true, false);
        }
        for m in self.eow.find_iter(slice) {
            let date = Some(of_week(reading.anchor, 0, 4));
            found.put((m.start(), m.end()), date, true, false);
        }
    }

    fn short(&self, c: &Captures<'_>, slice: &str, reading: &Reading) -> Option<NaiveDate> {
        let (start, end) = whole(c);
        let (a, b, dot) = (int(c, 1), int(c, 3), &c[2] == ".");
        let after = slice[end..].chars().next();
        let before = slice[..start].chars().next_back();
        if after.is_some_and(|c| c.is_alphanumeric() || matches!(c, '%' | '€' | '/' | ':' | '$'))
            || before
                .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '/' | ',' | ':' | '€' | '$' | '£'))
        {
            return None;
        }
        if dot {
            // "27.03." or "bis 27.03", never "2.5 hours" or a version number
            let introduced = self.by.is_match(&slice[..start])
                || self.drop_weekday(&slice[..start]).len() < start
                || slice[..start]
                    .split_whitespace()
                    .next_back()
                    .is_some_and(|w| BEFORE_A_DAY.contains(&w.to_lowercase().as_str()));
            if c[4].is_empty() && !(introduced && c[3].len() == 2) {
                return None;
            }
            if !c[4].is_empty() && c[1].len() == 1 && c[3].len() == 1 && !introduced {
                return None;
            }
        } else if (a, b) == (24, 7) && slice.trim().len() > end - start
            || (a, b) == (1, 2) && !self.by.is_match(&slice[..start])
            || (a, b) == (50, 50)
        {
            return None;
        }
        numeric(a, b, None, reading)
    }

    fn after(&self, n: i64, unit: &str, anchor: NaiveDate) -> Option<NaiveDate> {
        if n > 400 {
            return None;
        }
        if self.working.is_match(unit) {
            let mut day = anchor;
            for _ in 0..n {
                day = day.succ_opt()?;
                while day.weekday().num_days_from_monday() > 4 {
                    day = day.succ_opt()?;
                }
            }
            Some(day)
        } else if self.week_unit.is_match(unit) {
            anchor.checked_add_signed(Duration::days(7 * n))
        } else if self.month_unit.is_match(unit) {
            anchor.checked_add_months(Months::new(n as u32))
        } else {
            anchor.checked_add_signed(Duration::days(n))
        }
    }

    fn end_of(&self, period: &str, anchor: NaiveDate) -> Option<NaiveDate> {
        if self.next_week.is_match(period) {
            Some(of_week(anchor, 1, 4))
        } else if self.week.is_match(period) {
            Some(of_week(anchor, 0, 4))
        } else if self.next_month.is_match(period) {
            let next = anchor.checked_add_months(Months::new(1))?;
            last_of(next.year(), next.month())
        } else if self.month.is_match(period) {
            last_of(anchor.year(), anchor.month())
        } else if let Some(c) = self.quarter.captures(period) {
            let q: u32 = c.get(1)?.as_str().parse().ok()?;
            let this = last_of(anchor.year(), q * 3)?;
            if this < anchor {
                last_of(anchor.year() + 1, q * 3)
            } else {
                Some(this)
            }
        } else if self.year.is_match(period) {
            NaiveDate::from_ymd_opt(anchor.year(), 12, 31)
        } else {
            None
        }
    }
}

fn whole(c: &Captures<'_>) -> (usize, usize) {
    c.get(0).map_or((0, 0), |m| (m.start(), m.end()))
}

/// Whether the match begins with the first day of a range.
fn range(c: &Captures<'_>) -> bool {
    c.get(1)
        .zip(c.get(0))
        .is_some_and(|(day, all)| day.start() > all.start())
}

fn int(c: &Captures<'_>, i: usize) -> u32 {
    c.get(i).and_then(|m| m.as_str().parse().ok()).unwrap_or(0)
}

fn floor(s: &str, mut at: usize) -> usize {
    while !s.is_char_boundary(at) {
        at += 1;
    }
    at
}

impl Patterns {
    /// "this week", "next week": no day, but a time.
    pub(crate) fn has_week(&self, s: &str) -> bool {
        let s = s.trim();
        self.week.is_match(s) || self.next_week.is_match(s) || self.month.is_match(s)
    }

    /// Where the words that introduce a date ("by", "no later than") begin at the end of `head`.
    pub(crate) fn introduction(&self, head: &str) -> Option<usize> {
        self.by.find(head).map(|m| m.start())
    }
}

#[cfg(test)]
mod tests;
