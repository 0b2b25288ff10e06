//! Dates in running text, resolved against an anchor.
//!
//! The rules: weeks run from Monday to Sunday; a bare weekday is the first one after the anchor; "next"
//! is the one of the following week; a day without a year is the first such day on or after the anchor;
//! expressions that mean no exact day ("mid-May", "next week") give no date.

mod calendar;
mod patterns;

use chrono::{Datelike, Duration, Months, NaiveDate};
use regex::Captures;

use self::calendar::{day_month, last_of, next_day, numeric, of_week, ordinal_stands_alone};
pub(crate) use self::patterns::Patterns;
use crate::model::Span;

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
}

impl Patterns {
    /// All exact dates of `slice` in order; spans are relative to `offset`.
    pub(crate) fn find(&self, slice: &str, offset: usize, reading: &Reading) -> Vec<Hit> {
        let mut found: Vec<(Span, Option<NaiveDate>, bool, bool)> = Vec::new();
        let free = |found: &[(Span, Option<NaiveDate>, bool, bool)], s: Span| {
            found.iter().all(|(f, ..)| !f.overlaps(s))
        };
        let put = |found: &mut Vec<(Span, Option<NaiveDate>, bool, bool)>,
                   at: (usize, usize),
                   date: Option<NaiveDate>,
                   end: bool,
                   calendar: bool| {
            let s = Span::new(at.0, at.1);
            if free(found, s) {
                found.push((s, date, end, calendar));
            }
        };
        let digits = slice.bytes().any(|b| b.is_ascii_digit());
        if digits {
            for c in self.iso.captures_iter(slice) {
                put(
                    &mut found,
                    whole(&c),
                    NaiveDate::from_ymd_opt(int(&c, 1) as i32, int(&c, 2), int(&c, 3)),
                    false,
                    true,
                );
            }
            for c in self.numeric.captures_iter(slice) {
                let year = match int(&c, 3) {
                    y if y < 100 => 2000 + y,
                    y => y,
                };
                put(
                    &mut found,
                    whole(&c),
                    numeric(int(&c, 1), int(&c, 2), Some(year as i32), reading),
                    false,
                    true,
                );
            }
            for c in self.day_month.captures_iter(slice) {
                let month = self.month_of(&c[2]).unwrap_or(0);
                let year = c.get(3).and_then(|y| y.as_str().parse().ok());
                if int(&c, 1) <= 31 {
                    put(
                        &mut found,
                        whole(&c),
                        day_month(int(&c, 1), month, year, reading.anchor),
                        range(&c),
                        true,
                    );
                }
            }
            for c in self.month_day.captures_iter(slice) {
                let month = self.month_of(&c[1]).unwrap_or(0);
                let year = c.get(3).and_then(|y| y.as_str().parse().ok());
                if int(&c, 2) <= 31 {
                    put(
                        &mut found,
                        whole(&c),
                        day_month(int(&c, 2), month, year, reading.anchor),
                        false,
                        true,
                    );
                }
            }
            for c in self.numeric_short.captures_iter(slice) {
                if let Some(date) = self.short(&c, slice, reading) {
                    put(&mut found, whole(&c), Some(date), false, true);
                }
            }
        }
        for c in self.distance.captures_iter(slice) {
            let vague = c.get(2).is_some();
            let date = if vague {
                None
            } else {
                self.number(&c[1])
                    .and_then(|n| self.after(n, &c[3], reading.anchor))
            };
            put(&mut found, whole(&c), date, true, false);
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
            put(&mut found, whole(&c), date, true, false);
        }
        for m in self.eow.find_iter(slice) {
            put(
                &mut found,
                (m.start(), m.end()),
                Some(of_week(reading.anchor, 0, 4)),
                true,
                false,
            );
        }
        if let Some(later) = &self.later {
            for m in later.find_iter(slice) {
                let days = self
                    .later_words
                    .iter()
                    .find(|(r, _)| r.is_match(m.as_str()))
                    .map(|(_, n)| *n);
                if let (Some(days), Some(previous)) = (days, reading.previous) {
                    put(
                        &mut found,
                        (m.start(), m.end()),
                        previous.checked_add_signed(Duration::days(days)),
                        true,
                        false,
                    );
                }
            }
        }
        for m in self.same_day.find_iter(slice) {
            if reading.previous.is_some() {
                put(&mut found, (m.start(), m.end()), reading.previous, true, false);
            }
        }
        for m in self.relative.find_iter(slice) {
            let days = self
                .relative_words
                .iter()
                .find(|(r, _)| r.is_match(m.as_str()))
                .map_or(0, |(_, n)| *n);
            put(
                &mut found,
                (m.start(), m.end()),
                reading.anchor.checked_add_signed(Duration::days(days)),
                false,
                false,
            );
        }
        if digits {
            for c in self.weekday_ordinal.captures_iter(slice) {
                let (start, end) = whole(&c);
                if ordinal_stands_alone(&slice[end..]) {
                    put(
                        &mut found,
                        (start, end),
                        next_day(int(&c, 1), reading.anchor),
                        false,
                        false,
                    );
                }
            }
        }
        for m in self.weekday.find_iter(slice) {
            if let Some((date, span)) = self.weekday_date(slice, m.start(), m.end(), reading) {
                put(&mut found, span, date, false, false);
            }
        }
        if digits {
            for c in self.ordinal.captures_iter(slice) {
                let (_, end) = whole(&c);
                if ordinal_stands_alone(&slice[end..]) {
                    let at = c.get(1).map_or((0, 0), |m| (m.start(), end));
                    put(&mut found, at, next_day(int(&c, 1), reading.anchor), false, false);
                }
            }
        }
        found.sort_by_key(|(s, ..)| s.start);
        let mut hits = Vec::new();
        for (span, date, end, calendar) in found {
            let mut before = &slice[..span.start];
            // "by Friday 17 April", "do 29 jan": the weekday belongs to the date
            if calendar {
                before = self.drop_weekday(before);
            }
            let vague = self.vague.is_match(before);
            let by = self.by.is_match(before);
            if vague || (!by && !end && self.not_due.is_match(before)) {
                continue;
            }
            let Some(date) = date else { continue };
            let start = before.trim_end().len().min(span.start);
            let start = if calendar {
                start + (slice[start..].len() - slice[start..].trim_start().len())
            } else {
                span.start
            };
            hits.push(Hit {
                span: Span::new(offset + start, offset + span.end),
                date,
                by: by || end,
                calendar,
            });
        }
        self.without_leading_weekday(slice, offset, hits)
    }

    fn drop_weekday<'a>(&self, before: &'a str) -> &'a str {
        let t = before.trim_end_matches([' ', ',', '\u{a0}', '.']);
        let t = ["the", "den", "dem", "le", "el", "the ", "de"]
            .iter()
            .find_map(|a| t.strip_suffix(a).filter(|r| r.ends_with(' ')))
            .unwrap_or(t)
            .trim_end_matches([' ', ',', '.']);
        let tail = floor(t, t.len().saturating_sub(20));
        if let Some(m) = self
            .weekday
            .find_iter(&t[tail..])
            .last()
            .filter(|m| tail + m.end() == t.len())
        {
            return &t[..tail + m.start()];
        }
        if let Some(m) = self.weekday_short.as_ref().and_then(|r| r.find(&t[tail..])) {
            return &t[..tail + m.start()];
        }
        before
    }

    /// "Friday 17 April" is one date, not two.
    fn without_leading_weekday(&self, slice: &str, offset: usize, hits: Vec<Hit>) -> Vec<Hit> {
        let mut out: Vec<Hit> = Vec::new();
        for hit in hits {
            if let Some(last) = out.last().copied() {
                let gap = slice
                    .get(last.span.end.saturating_sub(offset)..hit.span.start.saturating_sub(offset))
                    .unwrap_or("x");
                let joined = gap.trim_matches([' ', ',', '(', '.', '\u{a0}', '\n']);
                if hit.calendar
                    && !last.calendar
                    && (joined.is_empty()
                        || matches!(
                            joined.to_lowercase().as_str(),
                            "the" | "den" | "dem" | "le" | "el" | "de" | "dia" | "on"
                        ))
                    && last.date.weekday() == hit.date.weekday()
                {
                    let by = hit.by || last.by;
                    out.pop();
                    out.push(Hit {
                        span: Span::new(last.span.start, hit.span.end),
                        by,
                        ..hit
                    });
                    continue;
                }
                if hit.span.overlaps(last.span) {
                    if hit.calendar && !last.calendar {
                        out.pop();
                    } else {
                        continue;
                    }
                }
            }
            out.push(hit);
        }
        out
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
            let introduced =
                self.by.is_match(&slice[..start]) || self.drop_weekday(&slice[..start]).len() < start;
            if c[4].is_empty() && !(introduced && c[3].len() == 2) {
                return None;
            }
            if !c[4].is_empty() && c[1].len() == 1 && c[3].len() == 1 && !introduced {
                return None;
            }
        } else if (a, b) == (24, 7)
            || (a, b) == (1, 2) && !self.by.is_match(&slice[..start])
            || (a, b) == (50, 50)
        {
            return None;
        }
        numeric(a, b, None, reading)
    }

    fn weekday_date(
        &self,
        slice: &str,
        start: usize,
        end: usize,
        reading: &Reading,
    ) -> Option<(Option<NaiveDate>, (usize, usize))> {
        let word = &slice[start..end];
        let day = self.weekday_of(word)?;
        let before = &slice[floor(slice, start.saturating_sub(40))..start];
        // a short lower-case name ("sat", "sun", "wed") must be introduced or stand at the end
        let bare = word.trim_end_matches('.');
        if bare.len() == 3 && matches!(bare, "sat" | "sun" | "wed" | "mon" | "mar" | "jue" | "dom") {
            let introduced = self.by.is_match(before)
                || before.trim_end().ends_with(['-', '–', '→', ',', '>', ':'])
                || before
                    .trim_end()
                    .rsplit(' ')
                    .next()
                    .is_some_and(|w| matches!(w, "on" | "this" | "next" | "el" | "le"));
            let closes = slice[end..]
                .trim_start()
                .chars()
                .next()
                .is_none_or(|c| !c.is_alphanumeric());
            if !introduced && !closes {
                return None;
            }
        }
        if let Some(m) = self.next_after.find(&slice[end..]) {
            return Some((Some(of_week(reading.anchor, 1, day)), (start, end + m.end())));
        }
        if let Some(m) = self.next_before.find(before) {
            let from = start - (before.len() - m.start());
            return Some((Some(of_week(reading.anchor, 1, day)), (from, end)));
        }
        if let Some(m) = self.this_before.find(before) {
            let from = start - (before.len() - m.start());
            return Some((Some(of_week(reading.anchor, 0, day)), (from, end)));
        }
        let ahead = (day - i64::from(reading.anchor.weekday().num_days_from_monday()) + 6).rem_euclid(7) + 1;
        Some((
            reading.anchor.checked_add_signed(Duration::days(ahead)),
            (start, end),
        ))
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
    /// Where the words that introduce a date ("by", "no later than") begin at the end of `head`.
    pub(crate) fn introduction(&self, head: &str) -> Option<usize> {
        self.by.find(head).map(|m| m.start())
    }
}

#[cfg(test)]
mod tests;
