//! One row: each value is changed where it stands.

use dioxus::prelude::*;

use crate::{
    fmt::{Day, duration, intl},
    gql::{
        Error,
        types::{Maybe, Responsible, TaskPriority, TaskStatus},
    },
    page::task::{
        self, Tasks,
        query::{Member, TaskEdit, TaskRow},
    },
    route::Route,
    ui::prelude::*,
};

#[component]
pub(super) fn Row(
    nested: bool,
    task: TaskRow,
    to: Route,
    tasks: Tasks,
    people: Vec<Member>,
    today: Day,
    locked: bool,
) -> Element {
    let id = task.id.clone();
    let edit = {
        let id = id.clone();
        move || TaskEdit::of(&id)
    };
    let late = task.is_late(today);
    let done = task.status == TaskStatus::Done;
    let estimate =
        duration::show_estimate(task.estimate_min_minutes, task.estimate_max_minutes).unwrap_or_default();
    let mut assignees = vec![SelectOption::new("", "Nobody")];
    assignees.extend(
        people
            .iter()
            .map(|member| SelectOption::new(member.user.id.inner(), member.user.name.clone())),
    );
    let choose = people.clone();
    rsx! {
        tr { "data-row": id.inner(), "data-done": done.then_some(""),
            td {
                span { class: "cell", "data-nested": nested.then_some(""),
                    Pick {
                        label: "Status of {task.title}", value: task.status.key(), disabled: locked,
                        options: TaskStatus::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                        onchange: { let edit = edit.clone(); move |value: String| if let Some(value) = TaskStatus::from_key(&value) { task::edit(tasks, TaskEdit { status: Some(value), ..edit() }) } },
                        Status { status: task.status, decorative: true }
                    }
                    Title { task: task.clone(), to, tasks, locked }
                    if task.subtask_count > 0 { span { class: "meta num muted", Icon { glyph: Glyph::Subtasks, label: "Subtasks" } "{task.subtask_done_count}/{task.subtask_count}" } }
                }
            }
            td {
                Pick {
                    label: "Priority of {task.title}", value: task.priority.key(), disabled: locked,
                    options: TaskPriority::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                    onchange: { let edit = edit.clone(); move |value: String| if let Some(value) = TaskPriority::from_key(&value) { task::edit(tasks, TaskEdit { priority: Some(value), ..edit() }) } },
                    if task.priority == TaskPriority::None { span { class: "muted", "–" } } else {
                        Prio { priority: task.priority, decorative: true }
                        span { class: "soft", {task.priority.word()} }
                    }
                }
            }
            td {
                Pick {
                    label: "Who acts on {task.title}", value: task.responsible.key(), disabled: locked,
                    options: Responsible::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                    onchange: { let edit = edit.clone(); move |value: String| if let Some(value) = Responsible::from_key(&value) { task::edit(tasks, TaskEdit { responsible: Some(value), ..edit() }) } },
                    span { class: if task.responsible == Responsible::Client { "strong" } else { "muted" }, {task.responsible.word()} }
                }
            }
            td {
                Pick {
                    label: "Assignee of {task.title}", value: task.assignee.as_ref().map(|person| person.id.inner().to_owned()).unwrap_or_default(), options: assignees, disabled: locked,
                    onchange: {
                        let (edit, id) = (edit.clone(), id.clone());
                        move |value: String| {
                            let person = choose.iter().find(|member| member.user.id.inner() == value).map(|member| member.user.clone());
                            let mut tasks = tasks;
                            tasks.patch(|all| if let Some(task) = all.iter_mut().find(|task| task.id == id) { task.assignee = person.clone() });
                            task::edit(tasks, TaskEdit { assignee_id: Maybe::Set((!value.is_empty()).then(|| cynic::Id::new(value))), ..edit() });
                        }
                    },
                    match &task.assignee {
                        Some(person) => rsx! { Avatar { name: person.name.clone(), hue: person.hue, decorative: true } },
                        None => rsx! { Avatar { decorative: true } },
                    }
                }
            }
            td { class: "r num",
                InlineEdit {
                    value: estimate, label: "Estimate of {task.title}", placeholder: "–", disabled: locked, class: "num-edit",
                    oncommit: { let edit = edit.clone(); move |text: String| {
                        let range = duration::parse_range(&text).and_then(|(low, high)| Some((i32::try_from(low).ok()?, i32::try_from(high).ok()?)));
                        if range.is_none() && !text.is_empty() {
                            toast::failed("The estimate was not changed.", &Error::fault("Write it as 1h 30, 90m, 1.5 or 4-6 h."));
                            return;
                        }
                        task::edit(tasks, TaskEdit {
                            estimate_min_minutes: Maybe::Set(range.map(|(low, _)| low)),
                            estimate_max_minutes: Maybe::Set(range.map(|(_, high)| high)),
                            ..edit()
                        });
                    } },
                }
            }
            td { class: if late { "r over" } else { "r" },
                DatePick { label: "Due date of {task.title}", value: task.due_date, disabled: locked, onchange: move |day| task::edit(tasks, TaskEdit { due_date: Maybe::Set(day), ..edit() }),
                    if let Some(due) = task.due_date {
                        if late { span { class: "sr", "Late: " } }
                        time { datetime: due.iso(), "{intl::day_near(due)}" }
                    } else { span { class: "muted", "–" } }
                }
            }
        }
    }
}

/// A link that opens the task; F2, or the pencil, writes into it.
#[component]
fn Title(task: TaskRow, to: Route, tasks: Tasks, locked: bool) -> Element {
    let mut draft = use_signal(|| None::<String>);
    let title = task.title.clone();
    let text = draft.read().clone();
    let mut finish = {
        let task = task.clone();
        move |keep: bool| {
            let typed = draft.take().map(|typed| typed.trim().to_owned());
            if let Some(typed) = typed.filter(|typed| keep && !typed.is_empty() && *typed != task.title) {
                task::edit(
                    tasks,
                    TaskEdit {
                        title: Some(typed),
                        expected_version: Some(task.version),
                        ..TaskEdit::of(&task.id)
                    },
                );
            }
        }
    };
    let mut leave = finish.clone();
    let (by_key, by_click) = (title.clone(), title.clone());
    if let Some(text) = text {
        return rsx! {
            input {
                class: "inline-input grow", aria_label: "Title", maxlength: "300", value: text,
                onmounted: move |event| async move { let _ = event.set_focus(true).await; },
                oninput: move |event| draft.set(Some(event.value())),
                onblur: move |_| leave(true),
                onkeydown: move |event| match event.key() {
                    Key::Enter => { event.prevent_default(); finish(true); }
                    Key::Escape => { event.prevent_default(); event.stop_propagation(); finish(false); }
                    _ => {}
                },
            }
        };
    }
    rsx! {
        span { class: "cell title", onkeydown: move |event| if event.key() == Key::F2 && !locked { event.prevent_default(); draft.set(Some(by_key.clone())) },
            Link { class: "row-link trunc", to, title: title.clone(), "{title}" }
            if !locked { IconBtn { glyph: Glyph::Edit, small: true, class: "on-hover", label: "Rename {title} (F2)", onclick: move |_| draft.set(Some(by_click.clone())) } }
        }
    }
}
