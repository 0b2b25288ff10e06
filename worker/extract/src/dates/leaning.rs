//! Days that lean on another date: "a week later", "the day before", "by then".

use chrono::Duration;

use super::{Drafts, Patterns, Reading};

/// How far the date may stand behind "a week before the opening on 3 May", in bytes.
const AHEAD: usize = 60;

impl Patterns {
    /// Whether `slice` counts from a date said elsewhere.
    pub(crate) fn leans(&self, slice: &str) -> bool {
        self.later.as_ref().is_some_and(|r| r.is_match(slice))
            || self.same_day.is_match(slice)
            || self
                .distance
                .find_iter(slice)
                .any(|m| self.of_that.is_match(&slice[m.end()..]))
            || self
                .weekday
                .find_iter(slice)
                .any(|m| self.weekday_before.is_match(&slice[m.end()..]))
    }

    pub(super) fn leaning(&self, slice: &str, reading: &Reading, found: &mut Drafts) {
        if let Some(later) = &self.later {
            for m in later.find_iter(slice) {
                let Some(days) = self
                    .later_words
                    .iter()
                    .find(|(r, _)| r.is_match(m.as_str()))
                    .map(|(_, n)| *n)
                else {
                    continue;
                };
                // "a week before the opening on 3 May" counts from what follows
                let ahead = (days < 0)
                    .then(|| {
                        found
                            .0
                            .iter()
                            .filter(|d| d.calendar && d.date.is_some() && d.span.start >= m.end())
                            .min_by_key(|d| d.span.start)
                            .filter(|d| {
                                d.span.start - m.end() < AHEAD
                                    && !slice[m.end()..d.span.start].contains(['.', ';', '!', '?', ','])
                            })
                            .copied()
                    })
                    .flatten();
                let from = ahead
                    .and_then(|d| d.date)
                    .or_else(|| found.before(m.start()))
                    .or(reading.previous);
                if let Some(date) = from.and_then(|d| d.checked_add_signed(Duration::days(days))) {
                    if let Some(used) = ahead {
                        found.0.retain(|d| d.span != used.span);
                        found.put((m.start(), used.span.end), Some(date), true, false);
                    } else {
                        found.put((m.start(), m.end()), Some(date), true, false);
                    }
                }
            }
        }
        for m in self.same_day.find_iter(slice) {
            if reading.previous.is_some() {
                found.put((m.start(), m.end()), reading.previous, true, false);
            }
        }
    }
}
