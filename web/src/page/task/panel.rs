//! One task in detail, in a panel beside the list it belongs to.

use dioxus::prelude::*;

use super::query::{self, TaskCreateInput, TaskDetail, TaskEdit, TaskRow};
use crate::{
    fmt::intl,
    gql::{
        Error, Load, Query,
        types::{Maybe, NodeKind, Responsible, TaskPriority, TaskStatus},
        use_fetch,
    },
    route::Route,
    session,
    ui::prelude::*,
};

/// Open as long as it is rendered; its address is the list's with `?task=`.
#[component]
pub(crate) fn TaskPanel(id: String, onclose: EventHandler<()>, onopen: EventHandler<String>) -> Element {
    let task = use_fetch(
        id.clone(),
        &[NodeKind::Task, NodeKind::SuggestionItem],
        query::one,
    );
    let title = match task.load() {
        Load::Ready(task) => task.row.title.clone(),
        _ => "Task".to_owned(),
    };
    crate::app::use_title(&title);
    rsx! {
        Dialog { title, size: DialogSize::Side, bare: true, onclose,
            match task.load() {
                Load::Wait => rsx! { Skeleton { lines: 6 } },
                Load::Failed(error) => rsx! { Failed { error, retry: move |()| task.refetch() } Btn { onclick: move |_| onclose.call(()), "Close" } },
                Load::Ready(detail) => rsx! { Body { key: "{id}", task, detail: (*detail).clone(), onclose, onopen } },
            }
        }
    }
}

#[component]
fn Body(
    task: Query<TaskDetail>,
    detail: TaskDetail,
    onclose: EventHandler<()>,
    onopen: EventHandler<String>,
) -> Element {
    let row = detail.row.clone();
    let locked = !session::may_write();
    let choices = use_fetch(session::workspace_id(), &[NodeKind::Workspace], query::choices);
    let people = choices
        .get()
        .map(|choices| choices.members.clone())
        .unwrap_or_default();
    let id = row.id.clone();
    let save = move |edit: TaskEdit| {
        let mut task = task;
        task.patch(|detail| {
            edit.apply(&mut detail.row);
            if let Some(text) = &edit.description {
                detail.description.clone_from(text);
            }
            if let Some(visible) = edit.client_visible {
                detail.client_visible = visible;
            }
        });
        dioxus::core::spawn_forever(async move {
            match query::update(edit).await {
                Ok(row) => task.patch(|detail| detail.row = row),
                Err(error) if error.is_conflict() => {
                    toast::failed(
                        "The task was not changed.",
                        &Error::fault("Somebody changed it at the same moment; this is how it is now."),
                    );
                    task.refetch();
                }
                Err(error) => {
                    toast::failed("The task was not changed.", &error);
                    task.refetch();
                }
            }
        });
    };
    let edit = {
        let id = id.clone();
        move || TaskEdit::of(&id)
    };
    let version = row.version;
    let mut assignees = vec![SelectOption::new("", "Nobody")];
    assignees.extend(
        people
            .iter()
            .map(|member| SelectOption::new(member.user.id.inner(), member.user.name.clone())),
    );
    rsx! {
        div { class: "panel-top",
            Link { to: Route::ProjectOverview { id: row.project.id.inner().to_owned() }, class: "tag",
                Swatch { hue: row.project.hue }
                "{row.project.name}"
            }
            span { class: "end row",
                if !locked {
                    Menu { label: "More", end: true,
                        MenuItem { glyph: Glyph::Trash, tone: Tone::Danger,
                            onclick: { let (id, title) = (id.clone(), row.title.clone()); move |()| { super::delete(id.clone(), &title, None); onclose.call(()); } },
                            "Delete"
                        }
                    }
                }
                IconBtn { glyph: Glyph::X, label: "Close", onclick: move |_| onclose.call(()) }
            }
        }
        h3 { class: "panel-title",
            InlineEdit {
                value: row.title.clone(), label: "Title", disabled: locked,
                oncommit: { let edit = edit.clone(); move |text: String| if !text.is_empty() { save(TaskEdit { title: Some(text), expected_version: Some(version), ..edit() }) } },
            }
        }
        div { class: "panel-props",
            Field { id: "p-status", label: "Status",
                Select {
                    id: "p-status", value: row.status.key(), disabled: locked,
                    options: TaskStatus::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                    onchange: { let edit = edit.clone(); move |value: String| if let Some(value) = TaskStatus::from_key(&value) { save(TaskEdit { status: Some(value), ..edit() }) } },
                }
            }
            Field { id: "p-priority", label: "Priority",
                Select {
                    id: "p-priority", value: row.priority.key(), disabled: locked,
                    options: TaskPriority::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                    onchange: { let edit = edit.clone(); move |value: String| if let Some(value) = TaskPriority::from_key(&value) { save(TaskEdit { priority: Some(value), ..edit() }) } },
                }
            }
            Field { id: "p-due", label: "Due",
                DateInput { id: "p-due", value: row.due_date, disabled: locked, onchange: { let edit = edit.clone(); move |day| save(TaskEdit { due_date: Maybe::Set(day), ..edit() }) } }
            }
            Field { id: "p-estimate", label: "Estimate",
                DurationInput {
                    id: "p-estimate", low: row.estimate_min_minutes, high: row.estimate_max_minutes, disabled: locked,
                    onchange: { let edit = edit.clone(); move |range: Option<(i32, i32)>| save(TaskEdit {
                        estimate_min_minutes: Maybe::Set(range.map(|(low, _)| low)),
                        estimate_max_minutes: Maybe::Set(range.map(|(_, high)| high)),
                        ..edit()
                    }) },
                }
            }
            Field { id: "p-who", label: "Assignee",
                Select {
                    id: "p-who", value: row.assignee.as_ref().map(|person| person.id.inner().to_owned()).unwrap_or_default(), options: assignees, disabled: locked,
                    onchange: { let edit = edit.clone(); move |value: String| save(TaskEdit { assignee_id: Maybe::Set((!value.is_empty()).then(|| cynic::Id::new(value))), ..edit() }) },
                }
            }
            Field { id: "p-by", label: "Who has to act",
                Select {
                    id: "p-by", value: row.responsible.key(), disabled: locked,
                    options: Responsible::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                    onchange: { let edit = edit.clone(); move |value: String| if let Some(value) = Responsible::from_key(&value) { save(TaskEdit { responsible: Some(value), ..edit() }) } },
                }
            }
        }
        Switch {
            checked: detail.client_visible, disabled: locked, label: "The client sees it in shared views",
            onchange: { let edit = edit.clone(); move |visible| save(TaskEdit { client_visible: Some(visible), ..edit() }) },
        }
        Field { id: "p-text", label: "Description",
            TextArea {
                id: "p-text", value: detail.description.clone(), rows: 5, disabled: locked, placeholder: "What is to be done, and how it is known to be done",
                onchange: { let edit = edit.clone(); move |text: String| save(TaskEdit { description: Some(text), expected_version: Some(version), ..edit() }) },
            }
        }
        if let Some(source) = &detail.source {
            div { class: "field",
                span { class: "label", "Where it comes from" }
                if let Some(quote) = &source.quote { blockquote { class: "cite", "{quote}" } }
                Link { to: Route::Review { suggestion: source.suggestion.id.inner().to_owned() }, class: "tag", Icon { glyph: Glyph::File, size: IconSize::Small } "{source.suggestion.document.title}" }
            }
        }
        if row.parent.is_none() {
            Subtasks { parent: row.clone(), locked, onopen }
        }
        p { class: "help", "Made {intl::moment(&detail.created_at.0)} · changed {intl::moment(&detail.updated_at.0)}" }
    }
}

/// The steps of a task, with a line to add one.
#[component]
fn Subtasks(parent: TaskRow, locked: bool, onopen: EventHandler<String>) -> Element {
    let project = parent.project.id.inner().to_owned();
    let tasks = use_fetch(project.clone(), &[NodeKind::Task], query::of_project);
    let mut draft = use_signal(String::new);
    let parent_id = parent.id.clone();
    let steps: Vec<TaskRow> = tasks
        .get()
        .map(|all| {
            all.iter()
                .filter(|task| task.parent.as_ref().is_some_and(|up| up.id == parent_id))
                .cloned()
                .collect()
        })
        .unwrap_or_default();
    let done = steps
        .iter()
        .filter(|step| step.status == TaskStatus::Done)
        .count();
    rsx! {
        div { class: "field",
            span { class: "label", "Subtasks ", if !steps.is_empty() { span { class: "muted num", "{done}/{steps.len()}" } } }
            ul { class: "steps",
                for step in steps {
                    li { key: "{step.id.inner()}",
                        Check {
                            checked: step.status == TaskStatus::Done, round: true, disabled: locked, label: "Done: {step.title}",
                            onchange: { let id = step.id.clone(); move |on| super::edit(tasks, TaskEdit { status: Some(if on { TaskStatus::Done } else { TaskStatus::Next }), ..TaskEdit::of(&id) }) },
                        }
                        button { class: "grow step-title", r#type: "button", "data-done": (step.status == TaskStatus::Done).then_some(""),
                            onclick: { let id = step.id.inner().to_owned(); move |_| onopen.call(id.clone()) },
                            "{step.title}"
                        }
                    }
                }
            }
            if !locked {
                form {
                    onsubmit: move |event| {
                        event.prevent_default();
                        let title = draft.peek().trim().to_owned();
                        if title.is_empty() {
                            return;
                        }
                        draft.set(String::new());
                        let input = TaskCreateInput { parent_id: Some(parent_id.clone()), ..TaskCreateInput::new(&project, &title) };
                        spawn(async move {
                            match query::create(input).await {
                                Ok(task) => super::put(tasks, task),
                                Err(error) => {
                                    // What was typed is not lost.
                                    draft.set(title);
                                    toast::failed("The subtask was not added.", &error);
                                }
                            }
                        });
                    },
                    input { class: "input", aria_label: "Add a subtask", placeholder: "Add a subtask", maxlength: "300", value: draft, oninput: move |event| draft.set(event.value()) }
                }
            }
        }
    }
}
