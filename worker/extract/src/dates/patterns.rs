//! The date expressions of a language as patterns, built from its lexicon.

use regex::Regex;

use super::spoken::Spoken;
use crate::lexicon::{Lexicon, alternatives, compile, compile_in};

/// The date expressions of one language.
pub(crate) struct Patterns {
    pub(super) iso: Regex,
    pub(super) numeric: Regex,
    pub(super) numeric_short: Regex,
    pub(super) day_month: Regex,
    pub(super) month_day: Regex,
    pub(super) weekday: Regex,
    pub(super) weekday_short: Option<Regex>,
    pub(super) relative: Regex,
    pub(super) distance: Regex,
    pub(super) end_period: Regex,
    pub(super) ordinal: Regex,
    pub(super) weekday_ordinal: Regex,
    pub(super) later: Option<Regex>,
    pub(super) weekday_before: Regex,
    pub(super) of_that: Regex,
    pub(super) same_day: Regex,
    pub(super) by: Regex,
    pub(super) not_due: Regex,
    pub(super) vague: Regex,
    pub(super) next_before: Regex,
    pub(super) next_after: Regex,
    pub(super) this_before: Regex,
    pub(super) weekday_names: Vec<Regex>,
    pub(super) month_names: Vec<Regex>,
    pub(super) relative_words: Vec<(Regex, i64)>,
    pub(super) later_words: Vec<(Regex, i64)>,
    pub(super) numbers: Vec<(&'static str, f64)>,
    pub(super) working: Regex,
    pub(super) week_unit: Regex,
    pub(super) month_unit: Regex,
    pub(super) next_week: Regex,
    pub(super) next_month: Regex,
    pub(super) year: Regex,
    pub(super) quarter: Regex,
    pub(super) week: Regex,
    pub(super) month: Regex,
    pub(super) eow: Regex,
    pub(super) dashed: Regex,
    pub(super) spoken: Spoken,
}

fn exact(words: &str) -> Regex {
    compile(&format!("(?i)^(?:{words})$"))
}

impl Patterns {
    pub(crate) fn new(lex: &Lexicon) -> Self {
        let compile = |pattern: &str| compile_in(lex, pattern);
        let wd = lex.weekdays.join("|");
        let mo = lex.months.join("|");
        let nums = lex.numbers.iter().map(|(w, _)| *w).collect::<Vec<_>>().join("|");
        let rel: Vec<&str> = lex.relative.iter().map(|(w, _)| *w).collect();
        let later: Vec<&str> = lex.later.iter().map(|(w, _)| *w).collect();
        let short: Vec<&str> = lex
            .weekday_short
            .iter()
            .copied()
            .filter(|w| !w.is_empty())
            .collect();
        let units = [
            lex.working_day,
            lex.day,
            lex.work_week,
            lex.week_units(),
            lex.month_units(),
        ]
        .concat();
        let before = |words: &[&str]| {
            compile(&format!(
                "(?i)(?:{})[\\s,:(]*(?:the|den|dem|der|le|la|el|o|a|de|het|vom|zum|dia|do)?\\s*$",
                alternatives(words)
            ))
        };
        let sep = r"(?:\s*[-–—]\s*|\s+(?:to|bis|au|al|a|à|tot|t/m|do|until|and|et|y|e|und|en|i)\s+(?:the\s+|le\s+|el\s+|dem\s+|dia\s+)?)";
        Self {
            iso: compile(r"\b(\d{4})[-/](\d{2})[-/](\d{2})\b"),
            numeric: compile(&format!(
                r"\b(?:\d{{1,2}}[./]\d{{1,2}}\.?{sep})?(\d{{1,2}})[./-](\d{{1,2}})[./-](\d{{4}}|\d{{2}})\b"
            )),
            numeric_short: compile(&format!(
                r"(?:\b\d{{1,2}}(?:[./]\d{{1,2}})?\.?{sep})?\b(\d{{1,2}})([./])(\d{{1,2}})(\.?)"
            )),
            day_month: compile(&format!(
                r"(?i)\b(?:\d{{1,2}}(?:st|nd|rd|th|\.)?{sep})?(\d{{1,2}})(?:\s?(?:st|nd|rd|th|er|º|ª|°|ste|de|e)\b|\.|º|ª)?\s*(?:of\s+|de\s+|del\s+)?\b({mo})\b\.?(?:,?\s+(?:de\s+|del\s+|of\s+)?(20\d{{2}})\b)?"
            )),
            month_day: compile(&format!(
                r"(?i)\b({mo})\b\.?\s+(?:the\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?{sep})?(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(20\d{{2}})\b)?"
            )),
            weekday: compile(&format!(r"(?i)\b({wd})\b\.?")),
            weekday_short: (!short.is_empty())
                .then(|| compile(&format!(r"(?i)\b({})\b\.?,?\s*$", short.join("|")))),
            relative: compile(&format!("(?i)(?:{})", alternatives(&rel))),
            distance: compile(&format!(
                r"(?i)(?:{})\s+(?:(?:{})\s+)?(?:the\s+next\s+)?(\d{{1,3}}|{nums})\b(\s*[-–]\s*\d+|\s+(?:or|to|bis|à|ou|o|a|of|do|lub|oder)\s+(?:\d+|{nums}))?\s+({})",
                alternatives(lex.span_prefix),
                alternatives(lex.by_filler()),
                alternatives(&units)
            )),
            end_period: compile(&format!(
                r"(?i)(?:{})\s*(?:of\s+|de\s+|del\s+|van\s+|des\s+|der\s+|do\s+|da\s+|du\s+|d['’])*\s*(?:(?P<p>{})|(?P<m>{mo})\b\.?(?:\s+(?:de\s+)?(?P<y>20\d{{2}})\b)?)",
                alternatives(lex.end_of),
                alternatives(
                    &[
                        lex.next_week,
                        lex.week,
                        lex.next_month,
                        lex.month,
                        lex.year,
                        lex.quarter
                    ]
                    .concat()
                )
            )),
            weekday_ordinal: compile(&format!(
                r"(?i)\b(?:{wd})\b\.?,?\s+(?:the|den|dem|der|le|el|dia|de)?\s*(\d{{1,2}})(?P<o>st|nd|rd|th|º|e|ste|\.)?"
            )),
            ordinal: compile(&format!(
                r"(?i)(?:(?:{})\s+|\()(\d{{1,2}}){}",
                alternatives(lex.ordinal_prefix),
                lex.ordinal_suffix
            )),
            later: (!later.is_empty()).then(|| compile(&format!("(?i)(?:{})", alternatives(&later)))),
            weekday_before: compile(&format!(
                r"(?i)^\s+(?:{})\s*(?:[.,;:!?)\n]|$)",
                alternatives(lex.weekday_before)
            )),
            of_that: compile(
                r"(?i)^\s+(?:of|after|from|following) (?:that|this|then|which)\b(?: date| day)?",
            ),
            same_day: compile(&format!("(?i)(?:{})", alternatives(lex.same_day))),
            by: before(lex.by),
            not_due: before(lex.not_due_before),
            vague: before(lex.vague_before),
            next_before: compile(&format!(
                "(?i)(?:{}|next)[\\s,]*(?:on|am|op|w|we|el|le|na)?\\s*$",
                alternatives(&[lex.of_next_week, lex.next_week].concat())
            )),
            next_after: compile(&format!("(?i)^,?\\s*(?:{})", alternatives(lex.of_next_week))),
            this_before: compile(&format!("(?i)(?:{})\\s*$", alternatives(lex.this))),
            weekday_names: lex
                .weekdays
                .iter()
                .zip(lex.weekday_short)
                .map(|(w, s)| {
                    exact(&if s.is_empty() {
                        (*w).to_string()
                    } else {
                        format!("{w}|{s}")
                    })
                })
                .collect(),
            month_names: lex.months.iter().map(|m| exact(m)).collect(),
            relative_words: lex
                .relative
                .iter()
                .map(|(w, n)| (exact(&alternatives(&[*w])), *n))
                .collect(),
            later_words: lex
                .later
                .iter()
                .map(|(w, n)| (exact(&alternatives(&[*w])), *n))
                .collect(),
            numbers: lex.numbers.to_vec(),
            working: exact(&alternatives(lex.working_day)),
            week_unit: exact(&alternatives(lex.week_units())),
            month_unit: exact(&alternatives(lex.month_units())),
            next_week: exact(&alternatives(lex.next_week)),
            next_month: exact(&alternatives(lex.next_month)),
            year: exact(&alternatives(lex.year)),
            quarter: exact(&alternatives(lex.quarter)),
            week: exact(&alternatives(lex.week)),
            month: exact(&alternatives(lex.month)),
            eow: compile(&format!("(?i)(?:{})", alternatives(lex.eow))),
            dashed: compile(&format!(r"(?i)\b(\d{{1,2}})-({mo})-(\d{{4}}|\d{{2}})\b")),
            spoken: Spoken::new(lex),
        }
    }

    pub(crate) fn weekday_of(&self, word: &str) -> Option<i64> {
        let w = word.trim_end_matches(['.', ',', ' ']);
        self.weekday_names
            .iter()
            .position(|r| r.is_match(w))
            .map(|i| i as i64)
    }

    pub(super) fn month_of(&self, word: &str) -> Option<u32> {
        self.month_names
            .iter()
            .position(|r| r.is_match(word))
            .map(|i| i as u32 + 1)
    }

    pub(super) fn number(&self, word: &str) -> Option<i64> {
        word.parse().ok().or_else(|| {
            let w = word.to_lowercase();
            self.numbers
                .iter()
                .find(|(n, _)| n.split('|').any(|n| n == w))
                .map(|(_, v)| *v as i64)
        })
    }
}
