//! Parts of the client's page.

use std::rc::Rc;

use dioxus::prelude::*;

use super::query::{SharedStatus, SharedTask, SharedView};
use crate::{
    fmt::{Day, duration, intl},
    gql::{
        live::Link as Line,
        types::{NoteKind, Responsible, TaskStatus},
    },
    ui::prelude::*,
};

/// So many finished tasks are shown before the rest folds.
const DONE_SHOWN: usize = 8;

/// How fresh the page is.
#[component]
pub(super) fn Ago(at: String, now: f64, line: Line) -> Element {
    let live = line != Line::Lost;
    let age = intl::millis(&at).map(|at| ago((now - at).max(0.0)));
    rsx! {
        p { class: "live", title: intl::moment_full(&at),
            span { class: "pip", "data-tone": if live { "ok" } else { "warn" }, "data-live": live.then_some("") }
            span { class: "num",
                if live { b { "Live" } } else { "Connecting again" }
                if let Some(age) = age { ", updated {age}" }
            }
        }
    }
}

/// `3 s ago`, `5 min ago`, `2 h ago`, `4 days ago`.
fn ago(millis: f64) -> String {
    let seconds = millis / 1_000.0;
    match seconds {
        s if s < 60.0 => format!("{s:.0} s ago"),
        s if s < 3_600.0 => format!("{:.0} min ago", (s / 60.0).floor()),
        s if s < 86_400.0 => format!("{:.0} h ago", (s / 3_600.0).floor()),
        s if s < 172_800.0 => "yesterday".to_owned(),
        s => format!("{:.0} days ago", (s / 86_400.0).floor()),
    }
}

/// The tasks: what waits for the client first.
#[component]
pub(super) fn Tasks(view: Rc<SharedView>, first_name: String) -> Element {
    let is_open = |task: &&SharedTask| task.status != TaskStatus::Done;
    let theirs = |task: &&SharedTask| task.responsible == Responsible::Client;
    let need: Vec<&SharedTask> = view.tasks.iter().filter(is_open).filter(theirs).collect();
    let ours = |wanted: &[TaskStatus]| -> Vec<&SharedTask> {
        view.tasks
            .iter()
            .filter(|task| is_open(task) && !theirs(task) && wanted.contains(&task.status))
            .collect()
    };
    let doing = ours(&[TaskStatus::InProgress, TaskStatus::Waiting]);
    let mut next = ours(&[TaskStatus::Next, TaskStatus::Backlog]);
    next.sort_by_key(|task| task.status == TaskStatus::Backlog);
    let mut done: Vec<&SharedTask> = view
        .tasks
        .iter()
        .filter(|task| task.status == TaskStatus::Done)
        .collect();
    done.sort_by(|a, b| {
        b.completed_at
            .as_ref()
            .map(|at| &at.0)
            .cmp(&a.completed_at.as_ref().map(|at| &at.0))
    });
    let (recent, older) = done.split_at(done.len().min(DONE_SHOWN));
    rsx! {
        if !need.is_empty() {
            section { class: "sh-need", "aria-labelledby": "s-need",
                h2 { id: "s-need", Icon { glyph: Glyph::Hour } "{first_name} is waiting for you" }
                ul {
                    for task in need {
                        li { key: "{task.id.inner()}",
                            span { class: "strong", {task.title.clone()} }
                            span { class: "muted num", {due(task)} }
                        }
                    }
                }
            }
        }
        Section { title: "In progress", id: "s-doing", count: doing.len(), for task in doing { Row { key: "{task.id.inner()}", task: task.clone() } } }
        Section { title: "Next", id: "s-next", count: next.len(), for task in next { Row { key: "{task.id.inner()}", task: task.clone() } } }
        Section { title: "Done", id: "s-done", count: done.len(),
            for task in recent { Row { key: "{task.id.inner()}", task: (*task).clone() } }
            if !older.is_empty() {
                li {
                    details {
                        summary { class: "btn", "data-variant": "ghost", "data-size": "sm", "{older.len()} more" }
                        ul { for task in older { Row { key: "{task.id.inner()}", task: (*task).clone() } } }
                    }
                }
            }
        }
    }
}

/// A heading with its rows; nothing without rows.
#[component]
fn Section(title: &'static str, id: &'static str, count: usize, children: Element) -> Element {
    if count == 0 {
        return rsx! {};
    }
    rsx! {
        section { class: "sect", "aria-labelledby": id,
            div { class: "sect-head",
                h2 { class: "sect-title", id, {title} }
                span { class: "sect-n num", "{count}" }
            }
            ul { {children} }
        }
    }
}

#[component]
fn Row(task: SharedTask) -> Element {
    let done = task.status == TaskStatus::Done;
    let mut facts: Vec<String> = Vec::new();
    facts.extend(duration::show_estimate(
        task.estimate_min_minutes,
        task.estimate_max_minutes,
    ));
    let when = if done {
        task.completed_at
            .as_ref()
            .and_then(|at| intl::local_day(&at.0))
            .map(intl::day_short)
            .unwrap_or_default()
    } else {
        due(&task)
    };
    if !when.is_empty() {
        facts.push(when);
    }
    rsx! {
        li { class: "ms", "data-done": done.then_some(""),
            Status { status: task.status }
            span { {task.title.clone()} }
            span { class: "num", {facts.join(" · ")} }
        }
    }
}

/// `due today`, `was due Tue 18 Nov`, `Fri 21 Nov`; empty without a date.
fn due(task: &SharedTask) -> String {
    let today = Day::today();
    match task.due_date {
        None => String::new(),
        Some(day) if day == today => "due today".to_owned(),
        Some(day) if day < today => ["was due ", &intl::day_short(day)].concat(),
        Some(day) => intl::day_short(day),
    }
}

/// Open questions, what is not included, what was decided.
#[component]
pub(super) fn Notes(view: Rc<SharedView>, first_name: String) -> Element {
    let groups = [
        (NoteKind::Question, "Open questions", "s-questions"),
        (NoteKind::Exclusion, "Not included", "s-exclusions"),
        (NoteKind::Decision, "Decided", "s-decisions"),
    ];
    rsx! {
        for (kind , title , id) in groups {
            Section { key: "{id}", title, id, count: view.notes.iter().filter(|note| note.kind == kind).count(),
                for note in view.notes.iter().filter(|note| note.kind == kind) {
                    li { key: "{note.id.inner()}", class: "sh-note", "data-done": note.resolved.then_some(""),
                        {note.text.clone()}
                        if note.resolved { span { class: "muted", " (answered)" } }
                    }
                }
            }
        }
    }
}

/// Unknown, expired and revoked look alike, on purpose.
#[component]
pub(super) fn Gone() -> Element {
    crate::app::use_title("This page is not open");
    rsx! {
        main { class: "sh-gone",
            h1 { class: "page-title", "This page is not open" }
            p { "The link has ended, or the address is not complete. Ask the person who sent it for a new one." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ago;

    #[test]
    fn ages_round_down() {
        assert_eq!(ago(3_400.0), "3 s ago");
        assert_eq!(ago(119_000.0), "1 min ago");
        assert_eq!(ago(7_300_000.0), "2 h ago");
        assert_eq!(ago(90_000_000.0), "yesterday");
        assert_eq!(ago(400_000_000.0), "4 days ago");
    }
}

/// The newest update, each sentence with what it rests on.
#[component]
pub(super) fn Update(status: SharedStatus) -> Element {
    rsx! {
        section { class: "sh-update", "aria-labelledby": "h-update",
            div { class: "sect-head",
                h2 { class: "sect-title", id: "h-update", "Update" }
                time { class: "muted num", datetime: status.published_at.0.clone(), {intl::moment(&status.published_at.0)} }
            }
            for sentence in status.sentences.clone() {
                p { {sentence.text.clone()} }
                if !sentence.sources.is_empty() {
                    details { class: "sh-sources no-print",
                        summary { "Where this comes from" }
                        ul {
                            for source in sentence.sources.clone() {
                                li { {source} }
                            }
                        }
                    }
                }
            }
        }
    }
}
