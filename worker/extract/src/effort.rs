//! Stated effort: "2-3h", "half a day", "einen Tag".
//!
//! A day is eight hours of work, a week forty. Distances in time ("in two days"), running times of films
//! and rates ("ten hours a month") are no effort.

use regex::Regex;

use crate::lexicon::{Lexicon, Pack, alternatives, compile_in};
use crate::model::{Effort, Span};

/// Minutes in a working day and a working week.
const DAY: f64 = 480.0;
const WEEK: f64 = 2400.0;

/// The duration expressions of one language.
pub(crate) struct Patterns {
    phrases: Vec<(Regex, u32)>,
    any_phrase: Regex,
    number: Regex,
    not_after: Regex,
    not_before: Regex,
    cue_before: Regex,
    cue_any: Regex,
    word_cue: Regex,
    hour: Regex,
    minute: Regex,
    week: Regex,
    numbers: Vec<(&'static str, f64)>,
}

/// One effort and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) span: Span,
    pub(crate) effort: Effort,
}

impl Patterns {
    pub(crate) fn new(lex: &Lexicon) -> Self {
        let compile = |pattern: &str| compile_in(lex, pattern);
        let nums = lex.numbers.iter().map(|(w, _)| *w).collect::<Vec<_>>().join("|");
        let unit = alternatives(&[lex.hour, lex.minute, lex.work_week, lex.day, lex.week_units()].concat())
            .replace("\\b", "");
        let to = alternatives(lex.to);
        let num = format!(r"\d+(?:[.,]\d+)?[½¼¾]?|½|\d+\s?½|\d+/\d+|\b(?:{nums})\b");
        let exact = |w: &[&str]| compile(&format!("(?i)^(?:{})$", alternatives(w)));
        let phrases: Vec<&str> = lex.effort_phrases.iter().map(|(w, _)| *w).collect();
        Self {
            phrases: lex
                .effort_phrases
                .iter()
                .map(|(w, m)| (exact(&[*w]), *m))
                .collect(),
            any_phrase: compile(&format!("(?i)(?:{})", alternatives(&phrases))),
            number: compile(&format!(
                r"(?i)({num})(?:(?:\s*(?:{unit}))?(?:\s*[-–—]\s*|\s+(?:{to})\s+)({num}))?[\s\u{{a0}}-]*({unit})\b"
            )),
            not_after: compile(&format!(
                r"(?i)(?:{})[\s(]*(?:the|den|de|la|les|las|los|os|as|die|een|ok|les)?\s*$",
                alternatives(lex.effort_not_after)
            )),
            not_before: compile(&format!(
                r"(?i)^[\s),]*(?:{})",
                alternatives(lex.effort_not_before)
            )),
            cue_before: compile(&format!(
                r"(?i)(?:{}|[,;(~–—|:-]|^)\s*(?:a|an|the|me|us|mich|einen|eine|einem|einer|de|d['’]|un|une|uma|um|una|een|het|o)?\s*$",
                alternatives(lex.effort_cue)
            )),
            word_cue: compile(&format!(r"(?i)(?:{})\s*$", alternatives(lex.effort_cue))),
            cue_any: compile(&format!("(?i)(?:{})", alternatives(lex.effort_cue))),
            hour: exact(lex.hour),
            minute: exact(lex.minute),
            week: exact(&[lex.work_week, lex.week_units()].concat()),
            numbers: lex.numbers.to_vec(),
        }
    }

    fn value(&self, s: &str) -> Option<f64> {
        let t = s.trim().replace(',', ".");
        let half = if t.ends_with('½') {
            0.5
        } else if t.ends_with('¼') {
            0.25
        } else if t.ends_with('¾') {
            0.75
        } else {
            0.0
        };
        if half > 0.0 {
            let whole = t.trim_end_matches(['½', '¼', '¾', ' ']);
            return Some(half + whole.parse::<f64>().unwrap_or(0.0));
        }
        if let Some((a, b)) = t.split_once('/') {
            let (a, b): (f64, f64) = (a.parse().ok()?, b.parse().ok()?);
            return (b > 0.0).then_some(a / b);
        }
        t.parse().ok().or_else(|| {
            let w = t.to_lowercase();
            self.numbers
                .iter()
                .find(|(n, _)| n.split('|').any(|n| n == w))
                .map(|(_, v)| *v)
        })
    }

    /// The efforts of `slice`; `cell` when it is a table cell headed so, where any duration counts.
    pub(crate) fn find(&self, pack: &Pack, slice: &str, offset: usize, cell: bool) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        let meeting = pack.meeting.is_match(slice);
        let media = pack.media.is_match(slice);
        for m in self.any_phrase.find_iter(slice) {
            let minutes = self
                .phrases
                .iter()
                .find(|(r, _)| r.is_match(m.as_str()))
                .map_or(0, |(_, n)| *n);
            if minutes > 0 && (cell || !self.barred(slice, m.start(), m.end())) {
                let span = Span::new(offset + m.start(), offset + m.end());
                hits.push(Hit {
                    span,
                    effort: Effort {
                        min: minutes,
                        max: minutes,
                    },
                });
            }
        }
        for c in self.number.captures_iter(slice) {
            let (Some(m), Some(unit)) = (c.get(0), c.get(3)) else {
                continue;
            };
            let span = Span::new(offset + m.start(), offset + m.end());
            if hits.iter().any(|h| h.span.overlaps(span))
                || slice[..m.start()]
                    .ends_with(|c: char| c.is_alphanumeric() || c == ':' || c == '.' || c == '/')
            {
                continue;
            }
            let Some(low) = self.value(&c[1]) else { continue };
            let high = c.get(2).and_then(|h| self.value(h.as_str())).unwrap_or(low);
            // "jeudi 24 à 9 h" is a day and an hour
            if high < low && !cell {
                continue;
            }
            let (hour, minute, week) = (
                self.hour.is_match(unit.as_str()),
                self.minute.is_match(unit.as_str()),
                self.week.is_match(unit.as_str()),
            );
            let factor = if hour {
                60.0
            } else if minute {
                1.0
            } else if week {
                WEEK
            } else {
                DAY
            };
            if !cell {
                if self.barred(slice, m.start(), m.end()) || high > 400.0 && !minute {
                    continue;
                }
                let cued = self.cue_before.is_match(&slice[..m.start()]);
                let said = cued || self.cue_any.is_match(slice);
                let spelled = c[1].chars().all(char::is_alphabetic);
                let ok = if hour {
                    !media || meeting || said
                } else if minute {
                    meeting || (cued && !media)
                } else if week {
                    self.cue_any.is_match(slice) && cued || unit.as_str().contains(' ')
                } else {
                    cued && (!spelled
                        || slice[..m.start()]
                            .trim_end()
                            .chars()
                            .next_back()
                            .is_some_and(|c| {
                                c.is_alphanumeric()
                                    || c == '.'
                                    || c == '('
                                    || c == ','
                                    || c == '~'
                                    || c == '–'
                                    || c == '|'
                            })
                        || meeting)
                };
                if !ok {
                    continue;
                }
            }
            let minutes = |v: f64| (v * factor).round().clamp(1.0, 1_000_000.0) as u32;
            let (min, max) = (minutes(low.min(high)), minutes(low.max(high)));
            hits.push(Hit {
                span,
                effort: Effort { min, max },
            });
        }
        hits.sort_by_key(|h| h.span.start);
        // "lundi 9 nov., 14 h, 45 min": the first is the time of day
        if meeting
            && let [first, _, ..] = hits.as_slice()
            && first.effort.min == first.effort.max
            && first.effort.min % 60 == 0
            && (7 * 60..=22 * 60).contains(&first.effort.min)
            && !cell
        {
            hits.remove(0);
        }
        hits
    }

    fn barred(&self, slice: &str, start: usize, end: usize) -> bool {
        let mut from = start.saturating_sub(30);
        while !slice.is_char_boundary(from) {
            from += 1;
        }
        if self.not_before.is_match(&slice[end..]) {
            return true;
        }
        // "in about two days" is a distance, "you said about in all 6 hours" is not: look before the cue
        let before = &slice[from..start];
        let head = self
            .word_cue
            .find(before)
            .map_or(before, |m| &before[..m.start()]);
        let cut_inside_word = head.len() < before.len() && !head.ends_with(char::is_whitespace);
        !cut_inside_word && self.not_after.is_match(head)
    }
}

#[cfg(test)]
mod tests {
    use crate::lexicon::pack;

    /// First effort of `text` in minutes.
    fn read(code: &str, text: &str) -> Option<(u32, u32)> {
        let pack = pack(code);
        pack.efforts
            .find(pack, text, 0, false)
            .first()
            .map(|h| (h.effort.min, h.effort.max))
    }

    #[test]
    fn stated_effort() {
        for (code, text, min, max) in [
            ("en", "fix it, 2-3h", 120, 180),
            ("en", "about half a day", 240, 240),
            ("en", "1.5 days, by Friday", 720, 720),
            ("en", "not to exceed 3 hours", 180, 180),
            ("en", "a couple of hours", 120, 120),
            ("en", "takes me an hour or so", 60, 60),
            ("en", "call Tues 5pm, 30 min", 30, 30),
            ("en", "about a day and a half", 720, 720),
            ("en", "max 10 hours", 600, 600),
            ("en", "about 2–3 hours", 120, 180),
            ("en", "a site visit, about an hour and a half", 90, 90),
            ("en", "~half a day", 240, 240),
            ("de", "ca. 12 Stunden", 720, 720),
            ("de", "wir rechnen mit ca. einem Tag", 480, 480),
            ("de", "einen halben Tag einplanen", 240, 240),
            ("de", "Schulung, online, 2 Stunden", 120, 120),
            ("de", "anderthalb Stunden", 90, 90),
            ("fr", "compter une journée", 480, 480),
            ("fr", "2 à 3 h", 120, 180),
            ("fr", "une demi-journée", 240, 240),
            ("fr", "environ 3 heures", 180, 180),
            ("es", "son un par de horas", 120, 120),
            ("es", "media jornada como mucho", 240, 240),
            ("es", "serán unas dos horas", 120, 120),
            ("pt", "umas 4 horas", 240, 240),
            ("pt", "você falou em 6 a 8 horas pra isso", 360, 480),
            ("pt", "um dia de trabalho", 480, 480),
            ("nl", "max. 6 uur", 360, 360),
            ("nl", "halfuurtje", 30, 30),
            ("nl", "een halve dag", 240, 240),
            ("pl", "ok. 8–10 godzin", 480, 600),
            ("pl", "około 3 godziny", 180, 180),
            ("pl", "pół dnia", 240, 240),
        ] {
            assert_eq!(read(code, text), Some((min, max)), "{code}: {text}");
        }
    }

    #[test]
    fn durations_that_are_no_effort() {
        for (code, text) in [
            ("en", "within two days"),
            ("en", "in 3 days"),
            ("en", "max 10 hours a month"),
            ("en", "keep 30 days"),
            ("en", "edit the video, 35 min each"),
            ("en", "a 45 sec theme"),
            ("en", "maybe one day"),
            ("en", "two weeks ago"),
            ("en", "payment within 14 days"),
            ("en", "in about 2 days"),
            ("de", "innerhalb von zwei Tagen"),
            ("de", "in 3 Tagen"),
            ("fr", "dans deux jours"),
            ("es", "en tres días"),
            ("pt", "em dois dias"),
            ("nl", "binnen twee dagen"),
            ("pl", "za trzy dni"),
        ] {
            assert_eq!(read(code, text), None, "{code}: {text}");
        }
    }
}
