//! The dialog that makes a task, reachable from everywhere.

use dioxus::prelude::*;

use super::{
    Draft, NEW_TASK,
    query::{self, TaskCreateInput},
};
use crate::{
    fmt::Day,
    gql::{
        Error,
        types::{NodeKind, TaskPriority, TaskStatus},
        use_fetch,
    },
    platform, session,
    ui::prelude::*,
};

/// Shown while there is a draft.
#[component]
pub(crate) fn NewTask() -> Element {
    let draft = NEW_TASK.read().clone();
    match draft {
        Some(draft) if session::may_write() => rsx! { NewTaskDialog { draft } },
        _ => rsx! {},
    }
}

#[component]
fn NewTaskDialog(draft: Draft) -> Element {
    let choices = use_fetch(session::workspace_id(), &[NodeKind::Project], query::choices);
    let mut title = use_signal(|| {
        if draft.title.is_empty() {
            platform::stored("draft.task").unwrap_or_default()
        } else {
            draft.title.clone()
        }
    });
    let mut description = use_signal(String::new);
    let mut project = use_signal(|| {
        draft
            .project
            .clone()
            .or_else(|| platform::stored("last.project"))
            .unwrap_or_default()
    });
    let mut status = use_signal(|| TaskStatus::Next);
    let mut priority = use_signal(|| TaskPriority::None);
    let mut due = use_signal(|| None::<Day>);
    let mut estimate = use_signal(|| None::<(i32, i32)>);
    let mut failed = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let close = move || *NEW_TASK.write() = None;
    let known = choices.get();
    let options: Vec<SelectOption> = known
        .iter()
        .flat_map(|choices| &choices.projects.nodes)
        .map(|project| SelectOption::new(project.id.inner(), project.name.clone()))
        .collect();
    // What was chosen last may be gone; then the first one it is.
    let chosen = if options.iter().any(|option| option.value == *project.read()) {
        project()
    } else {
        options
            .first()
            .map(|option| option.value.clone())
            .unwrap_or_default()
    };
    let none = known.is_some() && options.is_empty();
    let save = {
        let chosen = chosen.clone();
        move |another: bool| {
            if busy() || chosen.is_empty() {
                return;
            }
            let mut input = TaskCreateInput::new(&chosen, title.peek().trim());
            input.description = Some(description.peek().trim().to_owned()).filter(|text| !text.is_empty());
            input.status = Some(status());
            input.priority = Some(priority());
            input.due_date = due();
            input.estimate_min_minutes = estimate().map(|(low, _)| low);
            input.estimate_max_minutes = estimate().map(|(_, high)| high);
            platform::store("last.project", &chosen);
            busy.set(true);
            spawn(async move {
                let made = query::create(input).await;
                busy.set(false);
                match made {
                    Ok(task) => {
                        platform::unstore("draft.task");
                        toast::done(["“", &task.title, "” added to ", &task.project.name].concat());
                        if another {
                            title.set(String::new());
                            description.set(String::new());
                            failed.set(None);
                            platform::focus("#new-title");
                        } else {
                            close();
                        }
                    }
                    Err(error) => failed.set(Some(error)),
                }
            });
        }
    };
    let error = failed.read().clone();
    let wrong = |field: &str| error.as_ref().and_then(|error| error.field(field));
    let general = error
        .as_ref()
        .filter(
            |error| !matches!(error, Error::Refused(list) if list.iter().any(|each| each.field.is_some())),
        )
        .map(Error::message);
    let (mut submit, mut enter, mut again) = (save.clone(), save.clone(), save);
    rsx! {
        Dialog {
            title: "New task",
            size: DialogSize::Large,
            onclose: move |()| close(),
            foot: rsx! {
                Btn { variant: Variant::Ghost, onclick: move |_| close(), "Cancel" }
                Btn { disabled: none, onclick: move |_| again(true), "Add and go on" }
                Btn { variant: Variant::Primary, busy: busy(), disabled: none, onclick: move |_| submit(false), "Add task" }
            },
            form {
                class: "form-2",
                onsubmit: move |event| { event.prevent_default(); enter(false); },
                div { "data-wide": "",
                    Field { id: "new-title", label: "Title", error: wrong("title"),
                        Input {
                            id: "new-title", value: title, autofocus: true, maxlength: 300, invalid: wrong("title").is_some(), autocomplete: "off",
                            oninput: move |text: String| { platform::store("draft.task", &text); title.set(text); },
                        }
                    }
                }
                div { "data-wide": "",
                    Field { id: "new-description", label: "Description",
                        TextArea { id: "new-description", value: description, rows: 3, oninput: move |text| description.set(text) }
                    }
                }
                Field { id: "new-project", label: "Project", help: none.then(|| "There is no project yet. Make one first.".to_owned()),
                    Select { id: "new-project", value: chosen, options, onchange: move |value| project.set(value) }
                }
                Field { id: "new-status", label: "Status",
                    Select {
                        id: "new-status", value: status().key(),
                        options: TaskStatus::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                        onchange: move |value: String| if let Some(value) = TaskStatus::from_key(&value) { status.set(value) },
                    }
                }
                Field { id: "new-priority", label: "Priority",
                    Select {
                        id: "new-priority", value: priority().key(),
                        options: TaskPriority::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                        onchange: move |value: String| if let Some(value) = TaskPriority::from_key(&value) { priority.set(value) },
                    }
                }
                Field { id: "new-due", label: "Due", error: wrong("dueDate"),
                    DateInput { id: "new-due", value: due(), onchange: move |day| due.set(day) }
                }
                Field { id: "new-estimate", label: "Estimate", help: "As 1h 30, 90m, 1.5 or 4-6 h", error: wrong("estimateMinMinutes").or_else(|| wrong("estimateMaxMinutes")),
                    DurationInput { id: "new-estimate", low: estimate().map(|(low, _)| low), high: estimate().map(|(_, high)| high), onchange: move |range| estimate.set(range) }
                }
                if let Some(message) = general {
                    p { class: "error", "data-wide": "", role: "alert", {message} }
                }
                // Enter in any field sends the form.
                button { r#type: "submit", hidden: true, tabindex: "-1", "Add task" }
            }
        }
    }
}
