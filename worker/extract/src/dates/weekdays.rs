//! Weekdays, alone and beside a number.

use chrono::{Datelike, Duration, NaiveDate};

use super::calendar::{next_day, of_week, ordinal_stands_alone};
use super::{Drafts, Hit, Patterns, Reading, floor, int, whole};
use crate::model::Span;

impl Patterns {
    /// "Friday the 26th", "viernes 22": the first day with that number, and with that weekday where one is near.
    pub(super) fn weekday_numbers(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        for c in self.weekday_ordinal.captures_iter(slice) {
            let (start, end) = whole(&c);
            let day = int(&c, 1);
            let named = slice[start..end]
                .split(|c: char| c.is_whitespace() || c == ',')
                .next()
                .and_then(|w| self.weekday_of(w));
            let agreed = named.and_then(|w| fitting(day, w, reading.anchor));
            let date = if c.name("o").is_some() {
                ordinal_stands_alone(&slice[end..]).then(|| agreed.or_else(|| next_day(day, reading.anchor)))
            } else {
                // a bare number may be an hour or a count: only a day that fits is one
                agreed.filter(|_| number_ends(&slice[end..])).map(Some)
            };
            if let Some(date) = date {
                found.put((start, end), date, false, false);
            }
        }
    }

    pub(super) fn drop_weekday<'a>(&self, before: &'a str) -> &'a str {
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
    pub(super) fn without_leading_weekday(&self, slice: &str, offset: usize, hits: Vec<Hit>) -> Vec<Hit> {
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

    pub(super) fn weekday_date(
        &self,
        slice: &str,
        start: usize,
        end: usize,
        reading: &Reading,
        found: &Drafts,
    ) -> Option<(Option<NaiveDate>, (usize, usize))> {
        let word = &slice[start..end];
        let day = self.weekday_of(word)?;
        // "our Saturday girl", "the Sunday market"
        const KINDS: &[&str] = &[
            "girl", "boy", "job", "market", "shift", "edition", "paper", "crew", "club", "school", "roast",
        ];
        let after = slice[end..].split_whitespace().next().unwrap_or_default();
        if KINDS.contains(
            &after
                .trim_end_matches(|c: char| !c.is_alphabetic())
                .trim_end_matches('s'),
        ) {
            return None;
        }
        // "the fair starts on the 26th, we want it on the Friday before"
        if let Some(m) = self.weekday_before.find(&slice[end..])
            && let Some(from) = found.before(start).or(reading.previous)
        {
            let back = (i64::from(from.weekday().num_days_from_monday()) - day + 6).rem_euclid(7) + 1;
            let date = from.checked_sub_signed(Duration::days(back));
            return Some((date, (start, end + m.len())));
        }
        let rest = &slice[end..];
        if let Some(m) = self
            .spoken
            .past
            .find(rest)
            .filter(|m| !rest[m.end()..].trim_start().starts_with("délai"))
        {
            return Some((None, (start, end + m.end())));
        }
        // "Friday's workshop was long", but "Friday's fine"
        const STANDS: &[&str] = &[
            "fine", "ok", "okay", "good", "perfect", "great", "possible", "better", "best", "alright",
            "cool", "the", "latest", "enough", "early", "soon",
        ];
        let head = slice[..start].split_whitespace().next_back().unwrap_or_default();
        if let Some(owned) = rest.strip_prefix("'s ").or_else(|| rest.strip_prefix("’s "))
            && !STANDS.contains(
                &owned
                    .split(|c: char| !c.is_alphabetic())
                    .next()
                    .unwrap_or_default(),
            )
            && matches!(
                head.to_lowercase().as_str(),
                "" | "about" | "from" | "at" | "of" | "since" | "in" | "after" | "the" | "during"
            )
        {
            return Some((None, (start, end)));
        }
        let before = &slice[floor(slice, start.saturating_sub(40))..start];
        // "label by 19 June, the shelf box on the Monday after"
        let counted = self.spoken.after_named(rest);
        if (counted.is_some() || self.spoken.follows(before))
            && let Some(from) = found.before(start).or(reading.previous)
        {
            let on = (day - i64::from(from.weekday().num_days_from_monday()) + 6).rem_euclid(7) + 1;
            let date = from.checked_add_signed(Duration::days(on));
            return Some((date, (start, end + counted.unwrap_or(0))));
        }
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
        const THAT_WEEK: &[&str] = &[
            " of that week",
            " in that week",
            " of the same week",
            " that week",
        ];
        if let Some(words) = THAT_WEEK.iter().find(|w| rest.starts_with(**w))
            && let Some(from) = found.before(start).or(reading.previous)
        {
            return Some((Some(of_week(from, 0, day)), (start, end + words.len())));
        }
        if let Some(m) = self.spoken.after_next_after.find(&slice[end..]) {
            return Some((Some(of_week(reading.anchor, 2, day)), (start, end + m.end())));
        }
        if let Some(m) = self.spoken.after_next_before.find(before) {
            let from = start - (before.len() - m.start());
            return Some((Some(of_week(reading.anchor, 2, day)), (from, end)));
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
}

/// The first day on or after the anchor with this number and weekday, within three months.
fn fitting(day: u32, weekday: i64, anchor: NaiveDate) -> Option<NaiveDate> {
    (0..92)
        .filter_map(|n| anchor.checked_add_signed(Duration::days(n)))
        .find(|d| d.day() == day && i64::from(d.weekday().num_days_from_monday()) == weekday)
}

/// Whether the number before `rest` counts nothing: "viernes 22." but not "Friday 9 am" or "Monday 3 boxes".
fn number_ends(rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        None => true,
        Some(c) if c.is_whitespace() => {
            let word: String = rest
                .trim_start()
                .chars()
                .take_while(|c| c.is_alphabetic())
                .collect();
            matches!(
                word.to_lowercase().as_str(),
                "" | "and"
                    | "at"
                    | "so"
                    | "because"
                    | "please"
                    | "und"
                    | "um"
                    | "à"
                    | "et"
                    | "a"
                    | "y"
                    | "para"
                    | "às"
                    | "e"
                    | "en"
                    | "om"
                    | "o"
                    | "i"
            ) && !rest
                .trim_start()
                .starts_with(|c: char| c.is_ascii_digit() || "–-:%€$£".contains(c))
        }
        Some(c) => {
            matches!(c, ',' | ';' | ')' | '!' | '?')
                || c == '.' && !chars.next().is_some_and(char::is_alphanumeric)
        }
    }
}
