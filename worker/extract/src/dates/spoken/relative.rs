//! Distances from a date said before or behind, short weekdays and times of day.

use chrono::{Datelike, Duration};

use crate::dates::{Drafts, Patterns, Reading, whole};

impl Patterns {
    /// "two days later", "a month before that": distances from the date said before; "two days after 22 May".
    pub(in crate::dates) fn counted(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        for c in self.spoken.counted_named.captures_iter(slice) {
            let (start, end) = whole(&c);
            let back = c.name("s").is_some_and(|s| backwards(s.as_str()));
            let base = found
                .0
                .iter()
                .filter(|d| d.calendar && d.date.is_some() && d.span.start >= end)
                .min_by_key(|d| d.span.start)
                .filter(|d| {
                    d.span.start - end < 40 && !slice[end..d.span.start].contains(['.', ';', '!', '?', ','])
                })
                .copied();
            let Some(base) = base else { continue };
            let date = self
                .distance_of(&c)
                .zip(base.date)
                .and_then(|(d, from)| self.step(from, d, if back { -1 } else { 1 }));
            if date.is_some() {
                found
                    .0
                    .retain(|d| d.span != base.span && !(d.span.start >= start && d.span.end <= end));
                found.put((start, base.span.end), date, true, false);
            }
        }
        for (pattern, sign) in [(&self.spoken.counted, 1), (&self.spoken.counted_back, -1)] {
            for c in pattern.captures_iter(slice) {
                let (start, end) = whole(&c);
                let open = self.spoken.has_noun(&slice[start..end], &slice[end..]);
                let from = found.before(start).or(reading.previous);
                let date = self
                    .distance_of(&c)
                    .zip(from.filter(|_| !open || reading.named))
                    .and_then(|(d, from)| self.step(from, d, sign));
                if date.is_some() {
                    found.put((start, end), date, true, false);
                }
            }
        }
    }

    /// "one week after the storyboard", where the day of the storyboard is known.
    pub(in crate::dates) fn behind_a_name(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        for c in self.spoken.counted_named.captures_iter(slice) {
            let back = c.name("s").is_some_and(|s| backwards(s.as_str()));
            let date = self
                .distance_of(&c)
                .zip(reading.previous)
                .and_then(|(d, from)| self.step(from, d, if back { -1 } else { 1 }));
            found.put(whole(&c), date, true, false);
        }
    }

    /// "by noon", "EOD": the day of reading where no other day is named.
    pub(in crate::dates) fn of_today(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        if found.0.iter().any(|d| d.date.is_some()) {
            return;
        }
        // "16 bis 20 Uhr" is how long
        let span = |m: &regex::Match<'_>| {
            slice[..m.start()]
                .trim_end()
                .ends_with(|c: char| c.is_ascii_digit())
        };
        if let Some(m) = self.spoken.clock.find(slice).filter(|m| !span(m)) {
            found.put((m.start(), m.end()), Some(reading.anchor), true, false);
        }
    }

    /// "bis Fr", "do pt.", "op vr": the short name of a weekday behind a word that introduces a day.
    pub(in crate::dates) fn abbreviated(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        const BEFORE: &[&str] = &[
            "am",
            "op",
            "w",
            "we",
            "na",
            "do",
            "bis",
            "le",
            "el",
            "em",
            "no",
            "este",
            "ce",
            "voor",
            "tegen",
            "uiterlijk",
            "pour",
            "para",
            "até",
            "ab",
            "spätestens",
            "najpóźniej",
            "przed",
            "vor",
        ];
        let Some(pattern) = &self.spoken.abbreviated else {
            return;
        };
        for m in pattern.find_iter(slice) {
            let before = slice[..m.start()].split_whitespace().next_back();
            let introduced = before.is_some_and(|w| BEFORE.contains(&w.to_lowercase().as_str()))
                && slice[..m.start()].ends_with([' ', '\u{a0}', '\n']);
            let rest = &slice[m.end()..];
            let closes = rest.chars().next().is_none_or(|c| {
                c.is_whitespace()
                    && rest.trim_start().chars().next().is_none_or(|c| {
                        !c.is_alphabetic()
                            || [
                                "um ", "om ", "o ", "à ", "a las ", "às ", "früh", "rano", "mittag",
                            ]
                            .iter()
                            .any(|w| rest.trim_start().starts_with(w))
                    })
                    || matches!(c, ',' | ';' | ')' | '!' | '?' | '.')
            });
            let Some(day) = self.weekday_of(m.as_str()).filter(|_| introduced && closes) else {
                continue;
            };
            let ahead =
                (day - i64::from(reading.anchor.weekday().num_days_from_monday()) + 6).rem_euclid(7) + 1;
            let date = reading.anchor.checked_add_signed(Duration::days(ahead));
            found.put((m.start(), m.end()), date, false, false);
        }
    }
}

fn backwards(word: &str) -> bool {
    const BEFORE: &[&str] = &["before", "vor", "avant", "antes", "voor", "przed"];
    BEFORE.contains(&word.to_lowercase().as_str())
}
