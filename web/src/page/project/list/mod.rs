//! The list: every task of a project in one table, grouped by status, edited where it stands.

mod row;

use dioxus::prelude::*;

use super::{
    Head,
    board::QuickAdd,
    filter::{FilterBar, TaskFilter},
};
use crate::{
    app::use_title,
    fmt::{Day, duration},
    gql::{
        Load,
        types::{NodeKind, TaskStatus},
        use_fetch,
    },
    page::task::{
        TaskPanel, Tasks,
        query::{self, Member, TaskRow},
    },
    route::{Params, Route},
    session,
    shortcut::use_rows,
    ui::prelude::*,
};
use row::Row;

#[component]
pub(crate) fn ProjectList(id: String, params: Params) -> Element {
    let Head(head) = use_context::<Head>();
    let name = head.get().map(|project| project.name.clone()).unwrap_or_default();
    use_title(&["List", &name].join(" · "));
    let tasks = use_fetch(id.clone(), &[NodeKind::Task], query::of_project);
    let choices = use_fetch(session::workspace_id(), &[NodeKind::Workspace], query::choices);
    let people = choices
        .get()
        .map(|choices| choices.members.clone())
        .unwrap_or_default();
    let navigator = use_navigator();
    let go = {
        let id = id.clone();
        move |params: Params| {
            navigator.replace(Route::ProjectList {
                id: id.clone(),
                params,
            });
        }
    };
    let (narrow, close, open) = (
        go.clone(),
        {
            let (go, params) = (go.clone(), params.clone());
            move |()| go(params.with("task", ""))
        },
        {
            let (go, params) = (go, params.clone());
            move |task: String| go(params.with("task", &task))
        },
    );
    use_rows("[data-row]");
    rsx! {
        FilterBar { params: params.clone(), onchange: narrow }
        match tasks.load() {
            Load::Wait => rsx! { div { class: "page", SkeletonRows { rows: 8 } } },
            Load::Failed(error) => rsx! { Failed { error, title: "The tasks did not load", retry: move |()| tasks.refetch() } },
            Load::Ready(all) => rsx! { Table { id: id.clone(), params: params.clone(), tasks, all: (*all).clone(), people } },
        }
        if let Some(task) = params.get("task") {
            TaskPanel { key: "{task}", id: task.to_owned(), onclose: close, onopen: open }
        }
    }
}

/// Tasks of one status in order, each followed by its subtasks. A subtask whose parent is elsewhere stands alone.
fn group(all: &[TaskRow], status: TaskStatus, filter: &TaskFilter, today: Day) -> Vec<(bool, TaskRow)> {
    let fits = |task: &&TaskRow| filter.fits(task, today);
    let here = |task: &&TaskRow| task.status == status;
    let child_of =
        |task: &TaskRow, parent: &TaskRow| task.parent.as_ref().is_some_and(|up| up.id == parent.id);
    let mut rows = Vec::new();
    let tops = all.iter().filter(here).filter(|task| match &task.parent {
        None => true,
        Some(up) => !all
            .iter()
            .any(|other| other.id == up.id && other.status == status && filter.fits(other, today)),
    });
    for top in tops.filter(fits) {
        rows.push((top.parent.is_some(), top.clone()));
        rows.extend(
            all.iter()
                .filter(|task| child_of(task, top))
                .filter(here)
                .filter(fits)
                .map(|task| (true, task.clone())),
        );
    }
    rows
}

#[component]
fn Table(id: String, params: Params, tasks: Tasks, all: Vec<TaskRow>, people: Vec<Member>) -> Element {
    let today = Day::today();
    let filter = TaskFilter::of(&params);
    let locked = !session::may_write();
    if all.is_empty() {
        return rsx! {
            Empty { glyph: Glyph::List, title: "No tasks yet", text: "Paste what the client wrote and choose what becomes a task, or add one by hand.",
                span { class: "row",
                    if !locked { LinkBtn { to: Route::Paste { params: Params::of("project", &id) }, variant: Variant::Primary, icon: Glyph::Paste, kbd: "b", "Paste" } }
                    if !locked { QuickAdd { project: id, status: TaskStatus::Next, tasks } }
                }
            }
        };
    }
    // What is being worked on first, what is done last.
    const ORDER: [TaskStatus; 5] = [
        TaskStatus::InProgress,
        TaskStatus::Next,
        TaskStatus::Waiting,
        TaskStatus::Backlog,
        TaskStatus::Done,
    ];
    let groups: Vec<_> = ORDER
        .into_iter()
        .map(|status| (status, group(&all, status, &filter, today)))
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    if groups.is_empty() {
        return rsx! {
            Empty { glyph: Glyph::Filter, title: "No task fits", text: "None has all that is set above.",
                LinkBtn { to: Route::ProjectList { id, params: Params::default() }, "Clear the filters" }
            }
        };
    }
    rsx! {
        div { class: "table-wrap tasks", tabindex: "0", role: "region", aria_label: "Tasks",
            table { class: "table", "data-stack": "",
                colgroup { col { class: "c-title" } col { class: "c-prio" } col { class: "c-by" } col { class: "c-who" } col { class: "c-num" } col { class: "c-date" } }
                thead {
                    tr {
                        th { scope: "col", "Task" }
                        th { scope: "col", "Priority" }
                        th { scope: "col", "Who acts" }
                        th { scope: "col", "Assignee" }
                        th { scope: "col", class: "r", "Estimate" }
                        th { scope: "col", class: "r", "Due" }
                    }
                }
                for (status, rows) in groups {
                    Group { key: "{status.key()}", id: id.clone(), params: params.clone(), status, rows, tasks, people: people.clone(), today, locked }
                }
            }
        }
    }
}

#[component]
fn Group(
    id: String,
    params: Params,
    status: TaskStatus,
    rows: Vec<(bool, TaskRow)>,
    tasks: Tasks,
    people: Vec<Member>,
    today: Day,
    locked: bool,
) -> Element {
    let sum = |read: fn(&TaskRow) -> Option<i32>| {
        rows.iter()
            .filter_map(|(_, task)| read(task))
            .sum::<i32>()
            .unsigned_abs()
    };
    let (low, high) = (
        sum(|task| task.estimate_min_minutes.or(task.estimate_max_minutes)),
        sum(|task| task.estimate_max_minutes.or(task.estimate_min_minutes)),
    );
    rsx! {
        tbody {
            tr { class: "group",
                th { scope: "rowgroup", colspan: "4",
                    span { class: "cell", Status { status, decorative: true } b { class: "strong", {status.word()} } span { class: "muted num", "{rows.len()}" } }
                }
                td { class: "r num", if high > 0 { "{duration::show_range(low, high)}" } }
                td {}
            }
            for (nested, task) in rows {
                Row { key: "{task.id.inner()}", nested, to: Route::ProjectList { id: id.clone(), params: params.with("task", task.id.inner()) }, task, tasks, people: people.clone(), today, locked }
            }
            if !locked && status != TaskStatus::Done {
                tr { class: "add", td { colspan: "6", QuickAdd { project: id, status, tasks } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, TaskFilter, TaskRow, TaskStatus, group};
    use crate::{
        gql::types::{Hue, ProjectRef, Responsible, TaskPriority},
        page::task::query::TaskId,
    };

    fn task(id: &str, parent: Option<&str>, status: TaskStatus) -> TaskRow {
        TaskRow {
            id: cynic::Id::new(id),
            title: id.to_owned(),
            status,
            priority: TaskPriority::None,
            position: id.to_owned(),
            responsible: Responsible::Freelancer,
            project: ProjectRef {
                id: cynic::Id::new("p"),
                name: "p".to_owned(),
                hue: Hue::Clay,
            },
            parent: parent.map(|id| TaskId {
                id: cynic::Id::new(id),
            }),
            assignee: None,
            estimate_min_minutes: None,
            estimate_max_minutes: None,
            due_date: None,
            completed_at: None,
            subtask_count: 0,
            subtask_done_count: 0,
            version: 1,
        }
    }

    #[test]
    fn each_task_stands_once_and_subtasks_follow_their_parent() {
        use TaskStatus::{Done, Next};
        let all = [
            task("a", None, Next),
            task("b", None, Next),
            task("a1", Some("a"), Next),
            task("a2", Some("a"), Done),
            task("b1", Some("b"), Next),
        ];
        let ids = |status| {
            let rows = group(&all, status, &TaskFilter::default(), Day(0));
            rows.into_iter()
                .map(|(nested, task)| format!("{}{}", if nested { ">" } else { "" }, task.id.inner()))
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(Next), ["a", ">a1", "b", ">b1"]);
        assert_eq!(ids(Done), [">a2"]);
    }
}
