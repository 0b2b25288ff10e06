//! What may go wrong with a project, read off its numbers.

use dioxus::prelude::*;

use super::query::Project;
use crate::{
    fmt::{Day, duration, intl},
    gql::types::ProjectStatus,
    ui::prelude::*,
};

/// One line: what is seen, and how grave it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Risk {
    pub(crate) tone: Tone,
    pub(crate) glyph: Glyph,
    pub(crate) text: String,
}

fn risk(tone: Tone, glyph: Glyph, text: String) -> Risk {
    Risk { tone, glyph, text }
}

/// Hours that one person works on a day, for "does what is left still fit": eight.
const DAY_MINUTES: i32 = 8 * 60;

/// Working days (Monday to Friday) from `from` on, before and including `to`.
fn working_days(from: Day, to: Day) -> i32 {
    // 1970-01-01 was a Thursday: Monday is 0.
    let weekday = |day: Day| (day.0 + 3).rem_euclid(7);
    let total = (to.0 - from.0 + 1).max(0);
    let full = total / 7 * 5;
    full + (0..total % 7)
        .filter(|offset| weekday(from.plus(total / 7 * 7 + offset)) < 5)
        .count() as i32
}

/// The risks of a project on a day, gravest first.
pub(crate) fn risks(project: &Project, today: Day, count: impl Fn(i32, &str, &str) -> String) -> Vec<Risk> {
    let progress = &project.progress;
    let mut all = Vec::new();
    if project.status == ProjectStatus::Completed {
        return all;
    }
    let left = progress.remaining_max_minutes;
    if let Some(due) = project.due_date {
        let days = due.0 - today.0;
        let open = progress.total - progress.done;
        let work = if left > 0 {
            [", ", &duration::show(left.unsigned_abs()), " of work left"].concat()
        } else {
            String::new()
        };
        if days < 0 && open > 0 {
            all.push(risk(
                Tone::Danger,
                Glyph::Flag,
                ["Due ", &count(-days, "day", "days"), " ago", &work].concat(),
            ));
        } else if days >= 0 && open > 0 {
            let tight = left > working_days(today, due) * DAY_MINUTES;
            let when = if days == 0 {
                "Due today".to_owned()
            } else {
                ["Due in ", &count(days, "day", "days")].concat()
            };
            let tone = if tight { Tone::Danger } else { Tone::Neutral };
            all.push(risk(
                tone,
                Glyph::Flag,
                [when.as_str(), &work, if tight { ": more than fits" } else { "" }].concat(),
            ));
        }
    }
    if progress.overdue > 0 {
        all.push(risk(
            Tone::Danger,
            Glyph::Alert,
            [&count(progress.overdue, "task is", "tasks are"), " late"].concat(),
        ));
    }
    if let Some(budget) = project
        .budget_minutes
        .filter(|budget| progress.estimate_max_minutes > *budget)
    {
        let over = duration::show((progress.estimate_max_minutes - budget).unsigned_abs());
        all.push(risk(
            Tone::Warn,
            Glyph::Alert,
            ["The plan is ", &over, " over its budget"].concat(),
        ));
    }
    if progress.waiting_for_client > 0 {
        all.push(risk(
            Tone::Warn,
            Glyph::Hour,
            [
                &count(progress.waiting_for_client, "task waits", "tasks wait"),
                " for the client",
            ]
            .concat(),
        ));
    }
    if progress.unestimated > 0 && progress.unestimated < progress.total {
        all.push(risk(
            Tone::Neutral,
            Glyph::Help,
            [
                &count(progress.unestimated, "task has", "tasks have"),
                " no estimate",
            ]
            .concat(),
        ));
    }
    all
}

/// The line under the header; nothing when there is nothing to say.
#[component]
pub(crate) fn Risks(project: Project) -> Element {
    let risks = risks(&project, Day::today(), intl::count);
    if risks.is_empty() {
        return rsx! {};
    }
    rsx! {
        ul { class: "risks", aria_label: "Risks",
            for risk in risks {
                li { key: "{risk.text}", class: "meta", "data-tone": risk.tone.attr(), Icon { glyph: risk.glyph } "{risk.text}" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, risks, working_days};
    use crate::{
        gql::types::{Hue, ProjectStatus},
        page::project::query::{Count, Project, ProjectProgress},
        ui::prelude::Tone,
    };

    fn project(due: Option<&str>, left: i32) -> Project {
        Project {
            id: cynic::Id::new("project_1"),
            name: "Signage".to_owned(),
            description: String::new(),
            status: ProjectStatus::Active,
            hue: Hue::Clay,
            client: None,
            start_date: None,
            due_date: due.and_then(Day::parse),
            budget: None,
            budget_minutes: Some(600),
            hourly_rate: None,
            deleted_at: None,
            version: 1,
            progress: ProjectProgress {
                total: 4,
                done: 1,
                overdue: 0,
                waiting_for_client: 0,
                unscheduled: 0,
                estimate_min_minutes: left,
                estimate_max_minutes: left,
                remaining_max_minutes: left,
                unestimated: 0,
            },
            documents: Count { total_count: 0 },
        }
    }

    fn said(project: &Project, today: &str) -> Vec<(Tone, String)> {
        let count =
            |value: i32, one: &str, many: &str| format!("{value} {}", if value == 1 { one } else { many });
        let today = Day::parse(today).expect("a day");
        risks(project, today, count)
            .into_iter()
            .map(|risk| (risk.tone, risk.text))
            .collect()
    }

    #[test]
    fn weekends_are_no_working_days() {
        let day = |text| Day::parse(text).expect("a day");
        // 2026-11-23 is a Monday.
        assert_eq!(working_days(day("2026-11-23"), day("2026-11-29")), 5);
        assert_eq!(working_days(day("2026-11-28"), day("2026-11-29")), 0);
        assert_eq!(working_days(day("2026-11-27"), day("2026-11-30")), 2);
        assert_eq!(working_days(day("2026-11-30"), day("2026-11-27")), 0);
        assert_eq!(working_days(day("2026-11-23"), day("2026-12-06")), 10);
    }

    #[test]
    fn work_that_no_longer_fits_is_grave() {
        let fits = said(&project(Some("2026-11-27"), 8 * 60), "2026-11-23");
        assert_eq!(
            fits,
            [(Tone::Neutral, "Due in 4 days, 8 h of work left".to_owned())]
        );
        let tight = said(&project(Some("2026-11-23"), 9 * 60), "2026-11-23");
        assert_eq!(
            tight,
            [(
                Tone::Danger,
                "Due today, 9 h of work left: more than fits".to_owned()
            )]
        );
        let late = said(&project(Some("2026-11-22"), 60), "2026-11-23");
        assert_eq!(
            late,
            [(Tone::Danger, "Due 1 day ago, 1 h of work left".to_owned())]
        );
    }

    #[test]
    fn a_plan_beyond_its_budget_is_said_and_a_finished_project_says_nothing() {
        let over = said(&project(None, 660), "2026-11-23");
        assert_eq!(over, [(Tone::Warn, "The plan is 1 h over its budget".to_owned())]);
        let mut finished = project(Some("2026-01-01"), 660);
        finished.status = ProjectStatus::Completed;
        assert_eq!(said(&finished, "2026-11-23"), []);
    }
}
