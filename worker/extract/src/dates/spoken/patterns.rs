//! The patterns behind the days told in several words.

use regex::Regex;

use crate::lexicon::{Lexicon, Period, alternatives, compile_in};

/// The patterns of [`crate::lexicon::Phrases`].
pub(in crate::dates) struct Spoken {
    pub(in crate::dates) never: Regex,
    pub(in crate::dates) nth_weekday: Regex,
    pub(in crate::dates) nth: Vec<(Regex, i64)>,
    pub(in crate::dates) day_word: Option<Regex>,
    pub(in crate::dates) day_words: Vec<(Regex, i64)>,
    pub(in crate::dates) day_number: Regex,
    pub(in crate::dates) last_day: Regex,
    /// "a week from Friday", "two weeks today".
    pub(in crate::dates) from_day: Regex,
    /// "heute in einer Woche".
    pub(in crate::dates) day_then: Option<Regex>,
    /// "za tydzień w piątek", "in two weeks, on Friday".
    pub(in crate::dates) then_day: Regex,
    pub(in crate::dates) weeks_on: Vec<(Regex, i64)>,
    pub(in crate::dates) now: Regex,
    pub(in crate::dates) lumps: Vec<(Regex, i64, u32)>,
    /// "in a fortnight".
    pub(in crate::dates) lump: Option<Regex>,
    pub(in crate::dates) hours: Regex,
    pub(in crate::dates) ends: Vec<(Regex, Period)>,
    pub(in crate::dates) end_year: Regex,
    pub(in crate::dates) end_quarter: Regex,
    pub(in crate::dates) condition: Regex,
    pub(in crate::dates) counted: Regex,
    pub(in crate::dates) counted_back: Regex,
    pub(in crate::dates) counted_named: Regex,
    pub(in crate::dates) of_noun: Vec<&'static str>,
    pub(in crate::dates) weekday_after: Regex,
    pub(in crate::dates) following: Option<Regex>,
    pub(in crate::dates) past: Regex,
    pub(in crate::dates) after_next_before: Regex,
    pub(in crate::dates) after_next_after: Regex,
    pub(in crate::dates) clock: Regex,
    pub(in crate::dates) abbreviated: Option<Regex>,
}

impl Spoken {
    pub(in crate::dates) fn new(lex: &Lexicon) -> Self {
        let p = lex.phrases();
        let compile = |pattern: &str| compile_in(lex, pattern);
        let exact = |words: &str| compile(&format!("(?i)^(?:{})$", alternatives(&[words])));
        let wd = lex.weekdays.join("|");
        let mo = lex.months.join("|");
        let nums = lex.numbers.iter().map(|(w, _)| *w).collect::<Vec<_>>().join("|");
        let rel = alternatives(&lex.relative.iter().map(|(w, _)| *w).collect::<Vec<_>>());
        let units = alternatives(
            &[
                lex.working_day,
                lex.day,
                lex.work_week,
                lex.week_units(),
                lex.month_units(),
            ]
            .concat(),
        );
        let lump_words: Vec<&str> = p.lumps.iter().map(|(w, ..)| *w).collect();
        let lumps = alternatives(&lump_words);
        let prefix = alternatives(lex.span_prefix);
        let now = alternatives(p.now);
        let nth = alternatives(&p.nth.iter().map(|(w, _)| *w).collect::<Vec<_>>());
        let listed: Vec<&str> = p.of.iter().copied().filter(|w| !w.is_empty()).collect();
        let of = format!(
            "(?:(?:{})\\s*){}",
            alternatives(&listed),
            if p.of.contains(&"") { "?" } else { "" }
        );
        let month = format!(
            "(?:(?P<m>{mo})\\b\\.?|(?P<next>{})|(?P<this>{}))(?:,?\\s+(?:de\\s+|del\\s+)?(?P<y>20\\d\\d)\\b)?",
            alternatives(p.next_month),
            alternatives(p.this_month)
        );
        let distance = format!("(?:(?P<n>\\d{{1,3}}|{nums})\\s+(?P<u>{units})|(?P<l>{lumps}))");
        let to: Vec<&str> = p.to_day.iter().copied().filter(|w| !w.is_empty()).collect();
        let day = format!("(?:(?P<now>{now})|(?P<rel>{rel})|\\b(?P<wd>{wd})\\b)");
        let days = alternatives(&p.days.iter().map(|(w, _)| *w).collect::<Vec<_>>());
        let on = r"(?:on|am|op|w|we|el|le|na|o)\s+";
        let some = |words: &[&str], pattern: String| (!words.is_empty()).then(|| compile(&pattern));
        let short: Vec<&str> = lex
            .weekday_short
            .iter()
            .copied()
            .filter(|w| !matches!(*w, "" | "mar" | "mer" | "ter" | "set" | "sex"))
            .collect();
        let case = if lex.code == "de" { "" } else { "(?i)" };
        let capital = |w: &&str| {
            let mut c = w.chars();
            c.next()
                .map(|f| f.to_uppercase().collect::<String>() + c.as_str())
                .unwrap_or_default()
        };
        let short = if lex.code == "de" {
            short.iter().map(capital).collect::<Vec<_>>().join("|")
        } else {
            short.join("|")
        };
        let end_of = alternatives(lex.end_of);
        Self {
            never: compile(&format!("(?i)(?:{})", alternatives(p.never))),
            nth_weekday: compile(&format!("(?i)(?P<k>{nth})\\s+(?P<wd>{wd})\\b\\.?\\s+{of}{month}")),
            nth: p.nth.iter().map(|(w, n)| (exact(w), *n)).collect(),
            day_word: some(&["x"], format!("(?i)(?P<d>{days})\\s+{of}{month}")),
            day_words: p.days.iter().map(|(w, n)| (exact(w), *n)).collect(),
            day_number: compile(&format!(
                "(?i)\\b(?P<d>\\d{{1,2}})(?P<o>st|nd|rd|th|\\.|e|ste|º|er|-?go)?\\s+{of}(?:(?P<next>{})|(?P<this>{}))",
                alternatives(p.next_month),
                alternatives(p.this_month)
            )),
            last_day: compile(&format!("(?i)(?:{})\\s+{of}{month}", alternatives(p.last_day))),
            from_day: compile(&format!(
                "(?i)(?:(?:{prefix})\\s+)?{distance}(?:['’]s? time)?\\s+(?P<to>(?:{})\\s+)?{day}",
                alternatives(&to)
            )),
            day_then: some(
                p.from_day,
                format!("(?i){day}\\s+(?:{})\\s+{distance}", alternatives(p.from_day)),
            ),
            then_day: compile(&format!(
                "(?i)(?:{prefix})\\s+{distance},?\\s+(?:{on})?\\b(?P<wd>{wd})\\b"
            )),
            weeks_on: p
                .weeks_on
                .iter()
                .map(|(w, n)| (compile(&format!("(?i){day}\\s+(?:{})", alternatives(&[*w]))), *n))
                .collect(),
            now: exact_of(lex, p.now),
            lumps: p.lumps.iter().map(|(w, d, m)| (exact(w), *d, *m)).collect(),
            lump: some(
                &lump_words,
                format!(
                    "(?i)(?:{prefix})\\s+(?:(?:the|this|the next|la|cette|el|esta|de|ten|tego)\\s+)?(?P<l>{lumps})(?:['’]s? time)?"
                ),
            ),
            hours: compile(&format!(
                "(?i)(?:{prefix})\\s+(?:\\p{{L}}+\\s+){{0,2}}(?P<n>24|36|48|72|96)\\s*-?(?:{})\\b",
                lex.hour.join("|")
            )),
            ends: p
                .ends
                .iter()
                .map(|(w, e)| (compile(&format!("(?i)(?:{})", alternatives(&[*w]))), *e))
                .collect(),
            end_year: compile(&format!(
                "(?i)(?:{end_of})\\s*(?:of\\s+|de\\s+|van\\s+)?(?P<y>20\\d\\d)\\b"
            )),
            end_quarter: compile(&format!(
                "(?i)(?:{end_of})\\s*(?:of|the|de|del|do|des|du|van|het|dem)?\\s*(?:the\\s+|het\\s+)?(?P<k>{nth}|\\d\\.?)\\s+(?:quarter|quartals?|trimestre|kwartaal|kwartału)\\b"
            )),
            condition: compile(&format!("(?i)^,?\\s+(?:{})", alternatives(p.condition))),
            counted: compile(&format!("(?i){distance}\\s+(?:{})", alternatives(p.later))),
            counted_back: compile(&format!("(?i){distance}\\s+(?:{})", alternatives(p.earlier))),
            counted_named: compile(&format!(
                "(?i)(?:(?:{prefix})\\s+)?{distance}\\s+(?P<s>after|following|before|nach|vor|après|avant|después|antes|depois|na|voor|po|przed)\\b"
            )),
            of_noun: p.of_noun.to_vec(),
            weekday_after: compile(&format!("(?i)^\\s+(?:{})", alternatives(p.weekday_after))),
            following: some(p.following, format!("(?i)(?:{})\\s+$", alternatives(p.following))),
            past: compile(&format!("(?i)^\\s+(?:{})", alternatives(p.past))),
            after_next_before: compile(&format!(
                "(?i)(?:{})[\\s,]*(?:on|am|op|w|we|el|le|na)?\\s*$",
                alternatives(p.after_next)
            )),
            after_next_after: compile(&format!("(?i)^,?\\s*(?:{})", alternatives(p.after_next))),
            clock: compile(&format!("(?i)(?:{})", alternatives(p.clock))),
            abbreviated: (!short.is_empty()).then(|| compile(&format!("{case}\\b({short})\\b\\.?"))),
        }
    }
}

fn exact_of(lex: &Lexicon, words: &[&str]) -> Regex {
    compile_in(lex, &format!("(?i)^(?:{})$", alternatives(words)))
}
