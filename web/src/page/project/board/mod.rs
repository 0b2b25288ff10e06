//! The board: a column a status. Cards are dragged by mouse or finger, or moved by keys.

mod card;
mod drag;

use dioxus::prelude::*;
use gloo_timers::future::TimeoutFuture;

use super::{
    Head,
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
        self, TaskPanel, Tasks,
        query::{self, TaskCreateInput, TaskMoveInput, TaskRow},
    },
    platform,
    route::{Params, Route},
    session,
    shortcut::use_rows,
    ui::prelude::*,
};
use card::Card;
use drag::{Board, Spot, Surface};

#[component]
pub(crate) fn ProjectBoard(id: String, params: Params) -> Element {
    let Head(head) = use_context::<Head>();
    let name = head.get().map(|project| project.name.clone()).unwrap_or_default();
    use_title(&name);
    let tasks = use_fetch(id.clone(), &[NodeKind::Task], query::of_project);
    let navigator = use_navigator();
    let go = {
        let id = id.clone();
        move |params: Params| {
            navigator.replace(Route::ProjectBoard {
                id: id.clone(),
                params,
            });
        }
    };
    let filter = TaskFilter::of(&params);
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
    use_rows("[data-card]");
    rsx! {
        FilterBar { params: params.clone(), onchange: narrow }
        match tasks.load() {
            Load::Wait => rsx! { div { class: "board", for column in 0..4 { div { key: "{column}", class: "col", Skeleton { lines: 4 } } } } },
            Load::Failed(error) => rsx! { Failed { error, title: "The board did not load", retry: move |()| tasks.refetch() } },
            Load::Ready(all) => rsx! { Columns { id: id.clone(), params: params.clone(), tasks, all: (*all).clone(), filter } },
        }
        if let Some(task) = params.get("task") {
            TaskPanel { key: "{task}", id: task.to_owned(), onclose: close, onopen: open }
        }
    }
}

#[component]
fn Columns(id: String, params: Params, tasks: Tasks, all: Vec<TaskRow>, filter: TaskFilter) -> Element {
    let today = Day::today();
    let mut said = use_signal(String::new);
    let board = use_hook(|| Board::new(tasks, said));
    let locked = !session::may_write();
    let navigator = use_navigator();
    // Subtasks stand on their parents' cards.
    let shown: Vec<TaskRow> = all
        .into_iter()
        .filter(|task| task.parent.is_none() && filter.fits(task, today))
        .collect();
    let done_open = params.get("done").is_some();
    let fold = {
        let (id, params) = (id.clone(), params.clone());
        move |open: bool| {
            navigator.replace(Route::ProjectBoard {
                id: id.clone(),
                params: params.with("done", if open { "1" } else { "" }),
            });
        }
    };
    rsx! {
        p { class: "sr", role: "status", aria_live: "assertive", {said} }
        p { class: "sr", id: "board-help", "Press Space to lift a card, arrow keys to move it, Space to put it down, Escape to leave it where it was. Or move it at once with Alt and an arrow key." }
        Surface { board, locked,
            for status in TaskStatus::ALL.iter().copied() {
                if status == TaskStatus::Done && !done_open {
                    Folded {
                        key: "{status.key()}", board,
                        count: shown.iter().filter(|task| task.status == status).count(),
                        onclick: { let fold = fold.clone(); move |()| fold(true) },
                    }
                } else {
                    Column {
                        key: "{status.key()}", id: id.clone(), params: params.clone(), board, status, tasks, locked, today,
                        cards: shown.iter().filter(|task| task.status == status).cloned().collect::<Vec<_>>(),
                        onfold: (status == TaskStatus::Done).then(|| { let fold = fold.clone(); EventHandler::new(move |()| fold(false)) }),
                        onsay: move |text| said.set(text),
                    }
                }
            }
        }
    }
}

/// What was finished, out of the way; still a place to drop on.
#[component]
fn Folded(board: Board, count: usize, onclick: EventHandler<()>) -> Element {
    let over = board.spot().is_some_and(|spot| spot.status == TaskStatus::Done);
    rsx! {
        button { class: "col-folded", r#type: "button", "data-col": TaskStatus::Done.key(), "data-over": over.then_some(""), aria_expanded: "false", onclick: move |_| onclick.call(()),
            Status { status: TaskStatus::Done, decorative: true }
            b { "Done" }
            span { class: "num", "{count}" }
        }
    }
}

#[component]
fn Column(
    id: String,
    params: Params,
    board: Board,
    status: TaskStatus,
    tasks: Tasks,
    locked: bool,
    today: Day,
    cards: Vec<TaskRow>,
    onfold: Option<EventHandler<()>>,
    onsay: EventHandler<String>,
) -> Element {
    let head = format!("col-{}", status.key());
    let sum = |read: fn(&TaskRow) -> Option<i32>| cards.iter().filter_map(read).sum::<i32>().unsigned_abs();
    let (low, high) = (
        sum(|task| task.estimate_min_minutes.or(task.estimate_max_minutes)),
        sum(|task| task.estimate_max_minutes.or(task.estimate_min_minutes)),
    );
    let lifted = board.lifted();
    // The gap is counted among the cards that stay.
    let gap = board
        .spot()
        .filter(|spot| spot.status == status)
        .map(|spot| spot.index);
    let mut index = 0;
    let rows: Vec<(bool, TaskRow)> = cards
        .iter()
        .map(|card| {
            let away = lifted.as_ref() == Some(&card.id);
            let before = !away && gap == Some(index);
            if !away {
                index += 1;
            }
            (before, card.clone())
        })
        .collect();
    let last = gap.is_some_and(|gap| gap >= index);
    rsx! {
        section { class: "col", "data-col": status.key(), aria_labelledby: head.clone(),
            div { class: "col-head",
                Status { status, decorative: true }
                h2 { id: head, {status.word()} }
                span { class: "muted num", "{cards.len()}" }
                if high > 0 { span { class: "col-sum num", "{duration::show_range(low, high)}" } }
                if let Some(fold) = onfold { IconBtn { glyph: Glyph::Right, small: true, label: "Fold the column", onclick: move |_| fold.call(()) } }
            }
            ul { class: "cards",
                for (gap, card) in rows {
                    Card {
                        key: "{card.id.inner()}",
                        gap, board, today, locked,
                        to: Route::ProjectBoard { id: id.clone(), params: params.with("task", card.id.inner()) },
                        task: card,
                    }
                }
                if last { li { class: "drop-gap", aria_hidden: "true" } }
            }
            if !locked { QuickAdd { project: id, status, tasks } }
        }
    }
}

/// A line that adds to a column, and stays open for the next one.
#[component]
pub(super) fn QuickAdd(project: String, status: TaskStatus, tasks: Tasks) -> Element {
    let mut draft = use_signal(|| None::<String>);
    let text = draft.read().clone();
    let Some(text) = text else {
        return rsx! { button { class: "col-add", r#type: "button", onclick: move |_| draft.set(Some(String::new())), Icon { glyph: Glyph::Plus } "Add task" } };
    };
    rsx! {
        form {
            class: "col-form",
            onsubmit: move |event| {
                event.prevent_default();
                let title = draft.peek().clone().unwrap_or_default().trim().to_owned();
                if title.is_empty() {
                    return;
                }
                draft.set(Some(String::new()));
                let input = TaskCreateInput { status: Some(status), ..TaskCreateInput::new(&project, &title) };
                spawn(async move {
                    match query::create(input).await {
                        Ok(task) => task::put(tasks, task),
                        Err(error) => {
                            // What was typed is not lost.
                            if draft.peek().as_deref().is_none_or(str::is_empty) {
                                draft.set(Some(title));
                            }
                            toast::failed("The task was not added.", &error);
                        }
                    }
                });
            },
            input {
                class: "input", aria_label: "New task in {status.word()}", placeholder: "What is to be done?", maxlength: "300", value: text,
                onmounted: move |event| async move { let _ = event.set_focus(true).await; },
                oninput: move |event| draft.set(Some(event.value())),
                onkeydown: move |event| if event.key() == Key::Escape { event.stop_propagation(); draft.set(None); },
                onblur: move |_| if draft.peek().as_deref().is_some_and(|text| text.trim().is_empty()) { draft.set(None) },
            }
        }
    }
}

/// Puts a card into its new place, then tells the server; both fail together.
fn place(mut tasks: Tasks, id: &cynic::Id, spot: Spot, said: Signal<String>) {
    let Some(all) = tasks.get() else { return };
    let column: Vec<&TaskRow> = all
        .iter()
        .filter(|task| task.status == spot.status && task.parent.is_none() && task.id != *id)
        .collect();
    let index = spot.index.min(column.len());
    let after_id = index
        .checked_sub(1)
        .and_then(|above| column.get(above))
        .map(|task| task.id.clone());
    let before_id = column.get(index).map(|task| task.id.clone());
    let Some(task) = all.iter().find(|task| task.id == *id) else {
        return;
    };
    let title = task.title.clone();
    tasks.patch(|all| {
        let Some(from) = all.iter().position(|task| task.id == *id) else {
            return;
        };
        let mut task = all.remove(from);
        task.status = spot.status;
        let at = match (&before_id, &after_id) {
            (Some(before), _) => all.iter().position(|other| other.id == *before),
            (None, Some(after)) => all.iter().position(|other| other.id == *after).map(|at| at + 1),
            (None, None) => None,
        };
        all.insert(at.unwrap_or(all.len()), task);
    });
    let mut said = said;
    said.set(format!(
        "{title}: {}, place {} of {}",
        spot.status.word(),
        index + 1,
        column.len() + 1
    ));
    let input = TaskMoveInput {
        id: id.clone(),
        status: spot.status,
        after_id,
        before_id,
    };
    dioxus::core::spawn_forever(async move {
        match query::place(input).await {
            Ok(task) => task::put(tasks, task),
            Err(error) => {
                task::undone(tasks, "The card went back.", &error);
                if let Ok(mut said) = said.try_write() {
                    *said = ["The card went back: ", &error.message()].concat();
                }
            }
        }
    });
}

/// Gives the focus back to a card that was drawn anew elsewhere.
fn refocus(id: &cynic::Id) {
    let selector = ["[data-card=\"", id.inner(), "\"] a"].concat();
    // The card that was pressed may be gone by then, and its tasks with it.
    dioxus::core::spawn_forever(async move {
        // Drawn after this turn, and perhaps once more when the server has answered.
        for pause in [20, 60, 120, 300] {
            TimeoutFuture::new(pause).await;
            if platform::focused().is_none_or(|element| element.tag_name() == "BODY") {
                platform::focus(&selector);
            }
        }
    });
}
