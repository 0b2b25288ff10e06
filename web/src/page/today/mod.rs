//! Today: what is due, what comes, what waits for a decision, what was done.

mod query;

use dioxus::prelude::*;

use crate::{
    app::use_title,
    fmt::{Day, duration, intl},
    gql::{
        Load,
        types::{JobState, Maybe, NodeKind, TaskStatus},
        use_fetch,
    },
    page::task::{
        self, Draft, NEW_TASK, TaskPanel, Tasks,
        query::{TaskEdit, TaskRow},
    },
    route::{Params, Route},
    session,
    ui::prelude::*,
};

/// How many finished tasks are shown.
const DONE_SHOWN: usize = 8;

#[component]
pub(crate) fn Today(params: Params) -> Element {
    use_title("Today");
    let today = Day::today();
    let workspace = session::workspace_id();
    let tasks = use_fetch(
        (workspace.clone(), today),
        &[NodeKind::Task, NodeKind::Project],
        |(workspace, today)| query::tasks(workspace, today),
    );
    let navigator = use_navigator();
    let open = params.get("task").map(ToOwned::to_owned);
    let writable = session::may_write();
    rsx! {
        PageBar { title: "Today",
            if writable {
                Btn { variant: Variant::Primary, icon: Glyph::Plus, kbd: "c", onclick: move |_| *NEW_TASK.write() = Some(Draft::default()), "Task" }
            }
        }
        div { class: "page today",
            div {
                h2 { class: "page-title", "{intl::day_long(today)}" }
                match tasks.load() {
                    Load::Wait => rsx! { SkeletonRows { rows: 8 } },
                    Load::Failed(error) => rsx! { Failed { error, retry: move |()| tasks.refetch() } },
                    Load::Ready(all) => rsx! { Due { tasks, all: (*all).clone(), today } },
                }
            }
            aside { class: "aside", aria_label: "Waiting and done",
                Waiting {}
                if let Load::Ready(all) = tasks.load() { Finished { all: (*all).clone() } }
            }
        }
        if let Some(id) = open {
            TaskPanel {
                key: "{id}",
                id,
                onclose: move |()| { navigator.replace(Route::Today { params: Params::default() }); },
                onopen: move |id: String| { navigator.replace(Route::Today { params: Params::of("task", &id) }); },
            }
        }
    }
}

/// Whether a task was finished today; one just finished here has no moment yet.
fn done_today(task: &TaskRow, today: Day) -> bool {
    task.status == TaskStatus::Done
        && task
            .completed_at
            .as_ref()
            .is_none_or(|at| intl::local_day(&at.0) == Some(today))
}

/// The sum of the upper estimates of what is still open.
fn left(tasks: &[TaskRow]) -> Option<String> {
    let minutes: i32 = tasks
        .iter()
        .filter(|task| task.status != TaskStatus::Done)
        .filter_map(|task| task.estimate_max_minutes.or(task.estimate_min_minutes))
        .sum();
    (minutes > 0).then(|| [duration::show(minutes.unsigned_abs()).as_str(), "left"].join(" "))
}

#[component]
fn Due(tasks: Tasks, all: Vec<TaskRow>, today: Day) -> Element {
    let week = today.plus(7);
    let due = |task: &&TaskRow, from: Option<Day>, to: Day| {
        task.due_date
            .is_some_and(|day| from.is_none_or(|from| day > from) && day <= to)
    };
    let mut now: Vec<TaskRow> = all
        .iter()
        .filter(|task| due(task, None, today) && (task.status != TaskStatus::Done || done_today(task, today)))
        .cloned()
        .collect();
    // Finished ones sink, so that what is left stands on top.
    now.sort_by_key(|task| (task.status == TaskStatus::Done, task.due_date));
    let next: Vec<TaskRow> = all
        .iter()
        .filter(|task| {
            due(task, Some(today), week) && (task.status != TaskStatus::Done || done_today(task, today))
        })
        .cloned()
        .collect();
    let open = now.iter().filter(|task| task.status != TaskStatus::Done).count();
    let late = now.iter().filter(|task| task.is_late(today)).count();
    if now.is_empty() && next.is_empty() {
        return rsx! {
            Empty { glyph: Glyph::Today, title: "Nothing is due within a week", text: "Paste a brief or a mail and its tasks get dates, or add one by hand.",
                if session::may_write() { LinkBtn { to: Route::Paste { params: Params::default() }, icon: Glyph::Paste, kbd: "b", "Paste" } }
            }
        };
    }
    let summary = match (open, late) {
        (0, _) => "Nothing is due today.".to_owned(),
        (open, 0) => format!("{open} due."),
        (open, late) if open == late => format!("{late} late."),
        (open, late) => format!("{open} due, {late} of them late."),
    };
    rsx! {
        p { class: "page-sub", {summary} }
        if !now.is_empty() { Section { title: "Due", tasks, rows: now, today } }
        if !next.is_empty() { Section { title: "Next 7 days", tasks, rows: next, today } }
    }
}

#[component]
fn Section(title: &'static str, tasks: Tasks, rows: Vec<TaskRow>, today: Day) -> Element {
    let open = rows.iter().filter(|task| task.status != TaskStatus::Done).count();
    let left = left(&rows);
    rsx! {
        section { class: "sect",
            div { class: "sect-head",
                h3 { class: "sect-title", {title} }
                span { class: "sect-n num", "{open}" }
                if let Some(left) = left { span { class: "sect-end num", {left} } }
            }
            ul {
                for task in rows { Line { key: "{task.id.inner()}", tasks, task, today } }
            }
        }
    }
}

#[component]
fn Line(tasks: Tasks, task: TaskRow, today: Day) -> Element {
    let done = task.status == TaskStatus::Done;
    let id = task.id.clone();
    let locked = !session::may_write();
    let estimate = duration::show_estimate(task.estimate_min_minutes, task.estimate_max_minutes);
    let due = task.due_date;
    rsx! {
        li { class: "task", "data-done": done.then_some(""),
            Check {
                checked: done, round: true, disabled: locked, label: "Done: {task.title}",
                onchange: { let id = id.clone(); move |on| task::edit(tasks, TaskEdit { status: Some(if on { TaskStatus::Done } else { TaskStatus::Next }), ..TaskEdit::of(&id) }) },
            }
            Link { class: "task-title trunc", to: Route::Today { params: Params::of("task", id.inner()) }, "{task.title}" }
            Link { class: "tag trunc", to: Route::ProjectBoard { id: task.project.id.inner().to_owned(), params: Params::default() },
                Swatch { hue: task.project.hue }
                span { class: "trunc", "{task.project.name}" }
            }
            span { class: "task-est r num", if let Some(estimate) = estimate { {estimate} } else { "–" } }
            span { class: "task-due r", "data-tone": task.is_late(today).then_some("danger"),
                if let Some(day) = due {
                    if task.is_late(today) { span { class: "sr", "Late: " } }
                    time { datetime: day.iso(), "{intl::day_near(day)}" }
                }
            }
            if !locked {
                Menu { label: "Move the due date of {task.title}", end: true, glyph: Glyph::More,
                    for (label, days) in [("Today", 0), ("Tomorrow", 1), ("In a week", 7)] {
                        MenuItem {
                            key: "{label}", glyph: Glyph::Today,
                            onclick: { let id = id.clone(); move |()| task::edit(tasks, TaskEdit { due_date: Maybe::Set(Some(today.plus(days))), ..TaskEdit::of(&id) }) },
                            "Due {label.to_lowercase()}"
                        }
                    }
                    MenuItem { glyph: Glyph::X, onclick: { let id = id.clone(); move |()| task::edit(tasks, TaskEdit { due_date: Maybe::Set(None), ..TaskEdit::of(&id) }) }, "No due date" }
                }
            }
        }
    }
}

/// Suggestions to decide on, and jobs that need a person.
#[component]
fn Waiting() -> Element {
    let waiting = use_fetch(
        session::workspace_id(),
        &[NodeKind::Suggestion, NodeKind::SuggestionItem, NodeKind::Job],
        query::waiting,
    );
    let body = match waiting.load() {
        Load::Wait => rsx! { Skeleton { lines: 3 } },
        Load::Failed(error) => rsx! { Failed { error, retry: move |()| waiting.refetch() } },
        Load::Ready(waiting) if waiting.suggestions.nodes.is_empty() && waiting.jobs.nodes.is_empty() => {
            rsx! {
                p { class: "aside-none", "Nothing waits. " if session::may_write() { Link { class: "link", to: Route::Paste { params: Params::default() }, "Paste a brief or a mail" } " and its tasks appear here." } }
            }
        }
        Load::Ready(waiting) => rsx! {
            ul {
                for job in waiting.jobs.nodes.clone() {
                    li { key: "{job.id.inner()}", class: "note",
                        Icon { glyph: Glyph::File }
                        Link { class: "note-title trunc", to: Route::Job { job: job.id.inner().to_owned() }, "{job.document.title}" }
                        if job.state == JobState::NeedsReview { Badge { tone: Tone::Warn, "Needs you" } } else { Badge { tone: Tone::Accent, "Running" } }
                        span { class: "note-meta", "{job.project.name}, {intl::moment(&job.created_at.0)}" }
                    }
                }
                for suggestion in waiting.suggestions.nodes.clone() {
                    li { key: "{suggestion.id.inner()}", class: "note",
                        Icon { glyph: Glyph::Review }
                        Link { class: "note-title trunc", to: Route::Review { suggestion: suggestion.id.inner().to_owned() }, "{suggestion.document.title}" }
                        span { class: "muted num", if suggestion.item_counts.total == 0 { "draft" } else { "{suggestion.item_counts.open} open" } }
                        span { class: "note-meta", "{suggestion.project.name}, {intl::moment(&suggestion.created_at.0)}" }
                    }
                }
            }
        },
    };
    let count = waiting.get().map_or(0, |waiting| {
        waiting.suggestions.nodes.len() + waiting.jobs.nodes.len()
    });
    rsx! {
        section { class: "sect",
            div { class: "sect-head",
                h2 { class: "sect-title", "Waiting for review" }
                if count > 0 { span { class: "sect-n num", "{count}" } }
            }
            {body}
        }
    }
}

/// What was done within the last week, newest first.
#[component]
fn Finished(all: Vec<TaskRow>) -> Element {
    let mut done: Vec<TaskRow> = all
        .into_iter()
        .filter(|task| task.status == TaskStatus::Done)
        .collect();
    done.sort_by(|a, b| {
        b.completed_at
            .as_ref()
            .map(|at| &at.0)
            .cmp(&a.completed_at.as_ref().map(|at| &at.0))
    });
    done.truncate(DONE_SHOWN);
    if done.is_empty() {
        return rsx! {};
    }
    rsx! {
        section { class: "sect",
            div { class: "sect-head", h2 { class: "sect-title", "Recently done" } }
            ul {
                for task in done {
                    li { key: "{task.id.inner()}", class: "note",
                        Status { status: TaskStatus::Done }
                        Link { class: "note-title trunc", to: Route::Today { params: Params::of("task", task.id.inner()) }, "{task.title}" }
                        span { class: "muted num", if let Some(at) = &task.completed_at { "{intl::moment(&at.0)}" } }
                        span { class: "note-meta trunc", "{task.project.name}" }
                    }
                }
            }
        }
    }
}
