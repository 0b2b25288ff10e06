//! What the engine knows about each language, as data.
//!
//! A [`Lexicon`] holds fragments of regular expressions, written in lower case: a blank stands for any
//! white space, `'` for either apostrophe; a fragment that begins or ends in a letter or digit matches
//! whole words only. To add a language, add one file beside this one and list it in [`ALL`].

use std::sync::OnceLock;

use regex::Regex;

mod de;
mod en;
mod es;
mod fr;
mod nl;
mod pattern;
mod phrases;
mod pl;
mod pt;
mod units;
mod verbs;

pub(crate) use self::pattern::{alternatives, compile, compile_in};
use self::pattern::{any, at_start, whole};
pub(crate) use self::phrases::Period;

type Words = &'static [&'static str];

/// Where a language puts the verb in the title of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerbPlace {
    First,
    Last,
}

/// The data of one language.
pub(crate) struct Lexicon {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,

    // ---- calendar ----
    /// Monday first; alternatives separated by `|`.
    pub(crate) weekdays: [&'static str; 7],
    /// Short weekday names that are also other words: read only before a day number.
    pub(crate) weekday_short: [&'static str; 7],
    pub(crate) months: [&'static str; 12],
    /// Words with their distance in days from the anchor.
    pub(crate) relative: &'static [(&'static str, i64)],
    pub(crate) numbers: &'static [(&'static str, f64)],
    /// "in", "within": before a number of days or weeks.
    pub(crate) span_prefix: Words,
    pub(crate) working_day: Words,
    pub(crate) end_of: Words,
    pub(crate) week: Words,
    pub(crate) next_week: Words,
    pub(crate) month: Words,
    pub(crate) next_month: Words,
    pub(crate) year: Words,
    pub(crate) quarter: Words,
    /// Whole phrases for the end of the week.
    pub(crate) eow: Words,
    /// Before or after a weekday: in the following week.
    pub(crate) of_next_week: Words,
    /// Before a weekday: of this very week.
    pub(crate) this: Words,
    /// Before a weekday or date: past or habitual, so no due date.
    pub(crate) not_due_before: Words,
    /// "by", "until": the strongest sign of a due date.
    pub(crate) by: Words,
    /// Before a bare day of the month: "by the 15th".
    pub(crate) ordinal_prefix: Words,
    pub(crate) ordinal_suffix: &'static str,
    /// Before a date: the week of it, around it.
    pub(crate) vague_before: Words,
    /// "a week later", "the day before": distance in days from the date it leans on.
    pub(crate) later: &'static [(&'static str, i64)],
    /// After a weekday: the last such day before the date it leans on.
    pub(crate) weekday_before: Words,
    pub(crate) same_day: Words,

    // ---- effort ----
    pub(crate) hour: Words,
    pub(crate) minute: Words,
    pub(crate) day: Words,
    pub(crate) work_week: Words,
    /// Set phrases with their minutes.
    pub(crate) effort_phrases: &'static [(&'static str, u32)],
    /// Before a duration: it is a distance in time.
    pub(crate) effort_not_after: Words,
    /// After a duration: it is none of work ("ago", "each").
    pub(crate) effort_not_before: Words,
    /// About, roughly, takes: makes days and weeks effort.
    pub(crate) effort_cue: Words,
    pub(crate) to: Words,
    /// Tasks whose length is their effort.
    pub(crate) meeting: Words,
    /// Things with a running time.
    pub(crate) media: Words,

    // ---- headings and labels ----
    pub(crate) h_mine: Words,
    pub(crate) h_theirs: Words,
    pub(crate) h_tasks: Words,
    pub(crate) h_out: Words,
    pub(crate) h_decided: Words,
    pub(crate) h_open: Words,
    pub(crate) h_background: Words,
    pub(crate) h_money: Words,
    pub(crate) h_people: Words,
    pub(crate) h_notes: Words,
    /// Labels whose value describes the document.
    pub(crate) h_meta: Words,
    pub(crate) c_task: Words,
    pub(crate) c_who: Words,
    pub(crate) c_due: Words,
    pub(crate) c_effort: Words,
    pub(crate) c_status: Words,

    // ---- triggers ----
    /// Asks of the reader.
    pub(crate) request: Words,
    /// Asks in the form of a request that want to know something.
    pub(crate) ask: Words,
    pub(crate) need: Words,
    pub(crate) oblige: Words,
    /// Has to be finished: no sign that it is.
    pub(crate) oblige_done: Words,
    pub(crate) commit: Words,
    /// After a name: will, is to.
    pub(crate) third: Words,
    pub(crate) exclude: Words,
    /// Set phrases that look like exclusions and are none.
    pub(crate) exclude_not: Words,
    pub(crate) decide: Words,
    pub(crate) undecided: Words,
    pub(crate) done: Words,
    pub(crate) musing: Words,
    pub(crate) polite: Words,
    /// Nothing but approval: no task even in a list of changes.
    pub(crate) praise: Words,
    /// Short replies.
    pub(crate) ack: Words,
    pub(crate) no_idea: Words,
    /// A whole conversation is over: nothing is left to do.
    pub(crate) closed: Words,
    /// Finding out the answer to a question.
    pub(crate) find_out: Words,
    /// The next meeting.
    pub(crate) next_meeting: Words,
    /// Due at the next meeting.
    pub(crate) until_meeting: Words,

    // ---- grammar ----
    pub(crate) and: Words,
    /// What is left of a thing named before.
    pub(crate) remainder: Words,
    pub(crate) fillers: Words,
    /// Dropped from titles: pronouns, politeness.
    pub(crate) title_drop: Words,
    pub(crate) verb_place: VerbPlace,
    /// Verbs of doing: forms separated by `|`, the title's form first.
    pub(crate) verbs: Words,
    /// More verbs in the form titles use, inflected by rule.
    pub(crate) regular: &'static str,
    pub(crate) make: &'static str,
    pub(crate) provide: &'static str,
    pub(crate) stop: Words,

    // ---- people ----
    pub(crate) me: Words,
    pub(crate) you: Words,
    pub(crate) he: Words,
    pub(crate) freelancer_role: Words,
    pub(crate) client_role: Words,
    pub(crate) greeting: Words,
    pub(crate) closing: Words,
    pub(crate) boilerplate: Words,
    /// What only a client says ("our website", "your invoice").
    pub(crate) client_voice: Words,
    /// What only the freelancer says ("my fee").
    pub(crate) freelancer_voice: Words,
    /// What clients say more often than freelancers.
    pub(crate) client_tone: Words,
    /// What freelancers say more often than clients.
    pub(crate) freelancer_tone: Words,

    // ---- the whole job ----
    pub(crate) whole: Words,
    /// Stands for the whole job by itself: with a date it is the deadline.
    pub(crate) everything: Words,
    /// Who or what waits for the finished work: says the deadline where nothing plainer does.
    pub(crate) receiver: Words,
    pub(crate) finished: Words,
    pub(crate) deadline: Words,
    pub(crate) event: Words,
    pub(crate) budget: Words,
    pub(crate) total: Words,
    pub(crate) accepted: Words,
    pub(crate) rate: Words,
    pub(crate) part_price: Words,
    /// Currency of a text in this language that names none.
    pub(crate) currency: Option<&'static str>,
}

/// A [`Lexicon`] ready to match.
pub(crate) struct Pack {
    pub(crate) lex: &'static Lexicon,
    pub(crate) h_mine: Regex,
    pub(crate) h_theirs: Regex,
    pub(crate) h_tasks: Regex,
    pub(crate) h_out: Regex,
    pub(crate) h_decided: Regex,
    pub(crate) h_open: Regex,
    pub(crate) h_background: Regex,
    pub(crate) h_money: Regex,
    pub(crate) h_people: Regex,
    pub(crate) h_notes: Regex,
    pub(crate) h_meta: Regex,
    pub(crate) c_task: Regex,
    pub(crate) c_who: Regex,
    pub(crate) c_due: Regex,
    pub(crate) c_effort: Regex,
    pub(crate) c_status: Regex,
    pub(crate) request: Regex,
    pub(crate) ask: Regex,
    pub(crate) need: Regex,
    pub(crate) oblige: Regex,
    pub(crate) oblige_done: Regex,
    pub(crate) commit: Regex,
    pub(crate) third: Regex,
    pub(crate) exclude: Regex,
    pub(crate) exclude_not: Regex,
    pub(crate) decide: Regex,
    pub(crate) undecided: Regex,
    pub(crate) done: Regex,
    pub(crate) musing: Regex,
    pub(crate) polite: Regex,
    pub(crate) praise: Regex,
    pub(crate) ack: Regex,
    pub(crate) no_idea: Regex,
    pub(crate) closed: Regex,
    pub(crate) find_out: Regex,
    pub(crate) next_meeting: Regex,
    pub(crate) until_meeting: Regex,
    pub(crate) and: Regex,
    pub(crate) remainder: Regex,
    pub(crate) lead: Regex,
    pub(crate) title_drop: Regex,
    pub(crate) verb: Regex,
    pub(crate) verbs: verbs::Verbs,
    pub(crate) me: Regex,
    pub(crate) you: Regex,
    pub(crate) he: Regex,
    pub(crate) freelancer_role: Regex,
    pub(crate) client_role: Regex,
    pub(crate) greeting: Regex,
    pub(crate) closing: Regex,
    pub(crate) boilerplate: Regex,
    pub(crate) client_voice: Regex,
    pub(crate) freelancer_voice: Regex,
    pub(crate) client_tone: Regex,
    pub(crate) freelancer_tone: Regex,
    pub(crate) whole: Regex,
    pub(crate) everything: Regex,
    pub(crate) receiver: Regex,
    pub(crate) finished: Regex,
    pub(crate) deadline: Regex,
    pub(crate) event: Regex,
    pub(crate) budget: Regex,
    pub(crate) total: Regex,
    pub(crate) accepted: Regex,
    pub(crate) rate: Regex,
    pub(crate) part_price: Regex,
    pub(crate) meeting: Regex,
    pub(crate) media: Regex,
    pub(crate) dates: crate::dates::Patterns,
    pub(crate) efforts: crate::effort::Patterns,
}

/// Supported languages; English is the fallback.
pub(crate) static ALL: [&Lexicon; 7] = [&en::EN, &de::DE, &fr::FR, &es::ES, &pt::PT, &nl::NL, &pl::PL];
static PACKS: [OnceLock<Pack>; 7] = [const { OnceLock::new() }; 7];

/// The pack of a language code, compiled on first use.
pub(crate) fn pack(code: &str) -> &'static Pack {
    let i = ALL.iter().position(|l| l.code == code).unwrap_or(0);
    PACKS[i].get_or_init(|| Pack::new(ALL[i]))
}

impl Pack {
    fn new(lex: &'static Lexicon) -> Self {
        let compile = |pattern: &str| compile_in(lex, pattern);
        let any = |words: &[&str]| any(lex, words);
        let at_start = |words: &[&str]| at_start(lex, words);
        let whole = |words: &[&str]| whole(lex, words);
        let and_or_filler: Vec<&str> = lex.and.iter().chain(lex.fillers).copied().collect();
        let verbs = verbs::Verbs::new(lex);
        Self {
            lex,
            h_mine: whole(lex.h_mine),
            h_theirs: whole(lex.h_theirs),
            h_tasks: any(lex.h_tasks),
            h_out: any(lex.h_out),
            h_decided: any(lex.h_decided),
            h_open: any(lex.h_open),
            h_background: any(lex.h_background),
            h_money: any(lex.h_money),
            h_people: at_start(lex.h_people),
            h_notes: any(lex.h_notes),
            h_meta: whole(lex.h_meta),
            c_task: any(lex.c_task),
            c_who: any(lex.c_who),
            c_due: any(lex.c_due),
            c_effort: any(lex.c_effort),
            c_status: any(lex.c_status),
            request: any(lex.request),
            ask: any(lex.ask),
            need: any(lex.need),
            oblige: any(lex.oblige),
            oblige_done: any(lex.oblige_done),
            commit: any(lex.commit),
            third: any(lex.third),
            exclude: any(lex.exclude),
            exclude_not: any(lex.exclude_not),
            decide: any(lex.decide),
            undecided: any(lex.undecided),
            done: any(lex.done),
            musing: any(lex.musing),
            polite: any(lex.polite),
            praise: any(lex.praise),
            ack: at_start(lex.ack),
            no_idea: any(lex.no_idea),
            closed: any(lex.closed),
            find_out: any(lex.find_out),
            next_meeting: any(lex.next_meeting),
            until_meeting: any(lex.until_meeting),
            and: any(lex.and),
            remainder: any(lex.remainder),
            lead: compile(&format!(
                "(?i)^(?:[\\s,;:–—(-]*(?:{}))*[\\s,;:–—(¿¡-]*",
                alternatives(&and_or_filler)
            )),
            title_drop: any(lex.title_drop),
            verb: verbs.any.clone(),
            verbs,
            me: compile(&format!("(?i)^(?:{})$", lex.me.join("|"))),
            you: any(lex.you),
            he: at_start(lex.he),
            freelancer_role: compile(&format!(
                "(?i)\\b(?:{})(?:s|es|n|en|innen)?\\b",
                lex.freelancer_role.join("|")
            )),
            client_role: any(lex.client_role),
            greeting: at_start(lex.greeting),
            closing: at_start(lex.closing),
            boilerplate: any(lex.boilerplate),
            client_voice: any(lex.client_voice),
            freelancer_voice: any(lex.freelancer_voice),
            client_tone: any(lex.client_tone),
            freelancer_tone: any(lex.freelancer_tone),
            whole: any(lex.whole),
            everything: any(lex.everything),
            receiver: any(lex.receiver),
            finished: any(lex.finished),
            deadline: any(lex.deadline),
            event: any(lex.event),
            budget: any(lex.budget),
            total: any(lex.total),
            accepted: any(lex.accepted),
            rate: any(lex.rate),
            part_price: any(lex.part_price),
            meeting: any(lex.meeting),
            media: any(lex.media),
            dates: crate::dates::Patterns::new(lex),
            efforts: crate::effort::Patterns::new(lex),
        }
    }
}
