//! Days that lean on another date: "a week later", "the day before", "by then".

use chrono::Duration;

use crate::model::Span;

use super::{Draft, Drafts, Patterns, Reading};

/// How far the date may stand behind "a week before the opening on 3 May", in bytes.
const AHEAD: usize = 60;

/// What introduces the same day in other words.
const APPOSITIONS: &[&str] = &[
    ", on",
    "that is",
    "i.e.",
    "so ",
    "also ",
    "d.h.",
    "das heißt",
    "soit ",
    "c'est-à-dire",
    "o sea",
    "es decir",
    "ou seja",
    "dus ",
    "czyli",
    ", le ",
    ", el ",
    ", am ",
    ", a ",
];
/// What a distance ends in that has a noun behind it.
const PREPOSITIONS: &[&str] = &[" before", " vor", " voor", " przed", " avant", " antes"];

impl Patterns {
    /// Whether `slice` counts from a date said elsewhere.
    pub(crate) fn leans(&self, slice: &str) -> bool {
        self.later.as_ref().is_some_and(|r| r.is_match(slice))
            || self.spoken.leans(slice)
            || self.same_day.is_match(slice)
            || self
                .distance
                .find_iter(slice)
                .any(|m| self.of_that.is_match(&slice[m.end()..]))
            || self.weekday.find_iter(slice).any(|m| {
                self.weekday_before.is_match(&slice[m.end()..])
                    || self.spoken.after_named(&slice[m.end()..]).is_some()
                    || self.spoken.follows(&slice[..m.start()])
                    || slice[m.end()..].starts_with(" of that week")
            })
    }

    /// "a week before the fair, that is on 17 April": the day that is spelt out holds.
    pub(super) fn spelt_out(&self, slice: &str, found: &mut Vec<Draft>) {
        let Some(later) = &self.later else { return };
        let leans: Vec<Span> = found
            .iter()
            .filter(|d| {
                !d.calendar
                    && later
                        .find(d.span.of(slice))
                        .is_some_and(|m| m.len() == d.span.of(slice).len())
            })
            .map(|d| d.span)
            .collect();
        for lean in leans {
            let spelt = found.iter_mut().find(|d| {
                d.date.is_some()
                    && d.span.start > lean.end
                    && slice.get(lean.end..d.span.start).is_some_and(|gap| {
                        let gap = gap.to_lowercase();
                        gap.len() < AHEAD
                            && !gap.contains(['.', ';', '!', '?'])
                            && APPOSITIONS.iter().any(|a| gap.contains(a))
                    })
            });
            if let Some(day) = spelt {
                day.end = true;
                found.retain(|d| d.span != lean);
            }
        }
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
                let noun = self.spoken.has_noun(m.as_str(), &slice[m.end()..]);
                let ahead = (days < 0 || noun)
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
                // "eine Woche vor der Messe": what it leans on has no date
                let next = slice[m.end()..].trim_start();
                let open = noun
                    || PREPOSITIONS
                        .iter()
                        .any(|p| m.as_str().to_lowercase().ends_with(p))
                        && next.starts_with(|c: char| c.is_alphanumeric() || c == '\'' || c == '’')
                        && !super::spoken::goes_on(next);
                if open && ahead.is_none() && !reading.named {
                    continue;
                }
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
