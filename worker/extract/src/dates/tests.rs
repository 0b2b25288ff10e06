//! Date expressions of each language, read on Wednesday 4 March 2026.

use super::*;
use crate::lexicon::pack;

mod phrases;

/// The first date of `text` read on Wednesday 4 March 2026.
fn first(code: &str, text: &str) -> Option<String> {
    read(code, text, false)
}

fn read(code: &str, text: &str, month_first: bool) -> Option<String> {
    let anchor = NaiveDate::from_ymd_opt(2026, 3, 4)?;
    let previous = NaiveDate::from_ymd_opt(2026, 3, 20);
    let hits = pack(code).dates.find(
        text,
        0,
        &Reading {
            anchor,
            month_first,
            previous,
            named: false,
        },
    );
    hits.iter()
        .find(|h| h.by)
        .or(hits.first())
        .map(|h| h.date.to_string())
}

#[test]
fn english() {
    for (text, want) in [
        ("by Friday", "2026-03-06"),
        ("on Wednesday", "2026-03-11"),
        ("this Friday", "2026-03-06"),
        ("next Friday", "2026-03-13"),
        ("Friday week", "2026-03-13"),
        ("by Friday of next week", "2026-03-13"),
        ("today", "2026-03-04"),
        ("tomorrow noon", "2026-03-05"),
        ("by the end of the week", "2026-03-06"),
        ("EOW", "2026-03-06"),
        ("end of next week", "2026-03-13"),
        ("end of March", "2026-03-31"),
        ("by the end of the month", "2026-03-31"),
        ("end of Q2", "2026-06-30"),
        ("by the end of the year", "2026-12-31"),
        ("in two weeks", "2026-03-18"),
        ("within two weeks", "2026-03-18"),
        ("in 3 days", "2026-03-07"),
        ("within 5 working days", "2026-03-11"),
        ("in a month", "2026-04-04"),
        ("a week later", "2026-03-27"),
        ("same day as the theme", "2026-03-20"),
        ("16–20/3", "2026-03-20"),
        ("by the 15th", "2026-03-15"),
        ("by the 2nd", "2026-04-02"),
        ("Friday 17 April", "2026-04-17"),
        ("April 23rd", "2026-04-23"),
        ("by 27 February", "2027-02-27"),
        ("2026-05-01", "2026-05-01"),
        ("24/10", "2026-10-24"),
        ("from 3 to 7 April", "2026-04-07"),
        ("by mon", "2026-03-09"),
        ("mon 8th", "2026-03-08"),
        ("no later than 04/10/2026", "2026-10-04"),
        ("29 February", "2028-02-29"),
    ] {
        assert_eq!(first("en", text).as_deref(), Some(want), "{text}");
    }
    assert_eq!(
        read("en", "no later than 04/10/2026", true).as_deref(),
        Some("2026-04-10")
    );
}

#[test]
fn no_exact_day_is_no_date() {
    for text in [
        "mid-May",
        "early June",
        "next week",
        "this week",
        "this weekend",
        "in the week of 4 May",
        "in May",
        "in 2-3 weeks",
        "in a couple of weeks",
        "ASAP",
        "24/7 support",
        "50/50",
        "on Wednesdays",
        "every Friday",
        "last Monday",
        "since 1 June",
        "9:16 version",
        "version 2.1",
        "31/02/2026",
        "the 2nd version",
        "we may meet",
        "sat down",
    ] {
        assert_eq!(first("en", text), None, "{text}");
    }
}

#[test]
fn other_languages() {
    for (code, text, want) in [
        ("de", "bis Freitag", "2026-03-06"),
        ("de", "bis Mittwoch nächster Woche", "2026-03-11"),
        ("de", "nächste Woche Mittwoch", "2026-03-11"),
        ("de", "bis 27.03.", "2026-03-27"),
        ("de", "bis zum 15. Mai", "2026-05-15"),
        ("de", "bis morgen Abend", "2026-03-05"),
        ("de", "übermorgen", "2026-03-06"),
        ("de", "bis Ende April", "2026-04-30"),
        ("de", "bis Ende der Woche", "2026-03-06"),
        ("de", "in zwei Wochen", "2026-03-18"),
        ("de", "innerhalb von 3 Werktagen", "2026-03-09"),
        ("de", "bis zum 20.", "2026-03-20"),
        ("fr", "pour vendredi", "2026-03-06"),
        ("fr", "jeudi de la semaine prochaine", "2026-03-12"),
        ("fr", "d'ici le 5 juin", "2026-06-05"),
        ("fr", "d'ici fin mai", "2026-05-31"),
        ("fr", "pour le 29/05", "2026-05-29"),
        ("fr", "demain matin", "2026-03-05"),
        ("fr", "le 1er avril", "2026-04-01"),
        ("fr", "dans deux semaines", "2026-03-18"),
        ("fr", "du 14 au 25 septembre", "2026-09-25"),
        ("es", "para el miércoles", "2026-03-11"),
        ("es", "el jueves de la semana que viene", "2026-03-12"),
        ("es", "hasta el 15/07", "2026-07-15"),
        ("es", "el 24 de julio", "2026-07-24"),
        ("es", "mañana", "2026-03-05"),
        ("es", "antes de final de mes", "2026-03-31"),
        ("es", "en dos semanas", "2026-03-18"),
        ("pt", "até quinta", "2026-03-05"),
        ("pt", "até sexta da semana que vem", "2026-03-13"),
        ("pt", "até 12/08", "2026-08-12"),
        ("pt", "até 28 de agosto", "2026-08-28"),
        ("pt", "amanhã de manhã", "2026-03-05"),
        ("pt", "até ao fim do mês", "2026-03-31"),
        ("pt", "até o dia 15", "2026-03-15"),
        ("nl", "voor volgende week vrijdag", "2026-03-13"),
        ("nl", "uiterlijk 2 februari", "2027-02-02"),
        ("nl", "do 29 jan", "2027-01-29"),
        ("nl", "uiterlijk eind van de week", "2026-03-06"),
        ("nl", "over twee weken", "2026-03-18"),
        ("nl", "morgen", "2026-03-05"),
        ("nl", "eind maart", "2026-03-31"),
        ("pl", "do piątku", "2026-03-06"),
        ("pl", "do 27 listopada", "2026-11-27"),
        ("pl", "jeszcze dziś", "2026-03-04"),
        ("pl", "do środy", "2026-03-11"),
        ("pl", "w środę w przyszłym tygodniu", "2026-03-11"),
        ("pl", "do końca maja", "2026-05-31"),
        ("pl", "za dwa tygodnie", "2026-03-18"),
    ] {
        assert_eq!(first(code, text).as_deref(), Some(want), "{code}: {text}");
    }
}
