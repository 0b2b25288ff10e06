//! One card.

use dioxus::prelude::*;

use super::drag::{Board, Spot};
use crate::{
    fmt::{Day, duration, intl},
    gql::types::{Responsible, TaskPriority, TaskStatus},
    page::task::query::TaskRow,
    route::Route,
    ui::prelude::*,
};

/// A task on the board. `gap` draws the place where the lifted card would go, above this one.
#[component]
pub(super) fn Card(gap: bool, board: Board, task: TaskRow, to: Route, today: Day, locked: bool) -> Element {
    let id = task.id.clone();
    let lifted = board.lifted().as_ref() == Some(&id);
    let late = task.is_late(today);
    let soon = task.due_date == Some(today) && task.status != TaskStatus::Done;
    let estimate = duration::show_estimate(task.estimate_min_minutes, task.estimate_max_minutes);
    let meta = estimate.is_some()
        || task.due_date.is_some()
        || task.subtask_count > 0
        || task.assignee.is_some()
        || task.priority != TaskPriority::None
        || task.responsible == Responsible::Client;
    rsx! {
        if gap { li { class: "drop-gap", aria_hidden: "true" } }
        li {
            class: "tcard",
            "data-card": id.inner(),
            "data-lifted": lifted.then_some(""),
            "data-done": (task.status == TaskStatus::Done).then_some(""),
            onpointerdown: { let id = id.clone(); move |event: PointerEvent| if !locked { board.press(&id, &event) } },
            onkeydown: move |event: KeyboardEvent| if !locked { keys(board, &task, &event) },
            div { class: "tcard-title", Link { to, draggable: "false", aria_describedby: "board-help", "{task.title}" } }
            if meta {
                div { class: "tcard-meta",
                    if task.priority != TaskPriority::None { span { class: "meta", Prio { priority: task.priority } } }
                    if let Some(estimate) = estimate { span { class: "meta num", {estimate} } }
                    if let Some(due) = task.due_date {
                        span { class: "meta", "data-tone": if late { "danger" } else if soon { "warn" },
                            if late { span { class: "sr", "Late: " } }
                            time { datetime: due.iso(), "{intl::day_near(due)}" }
                        }
                    }
                    if task.subtask_count > 0 {
                        span { class: "meta num", Icon { glyph: Glyph::Subtasks, label: "Subtasks" } "{task.subtask_done_count}/{task.subtask_count}" }
                    }
                    if task.responsible == Responsible::Client { span { class: "meta", Icon { glyph: Glyph::Hour } "Client" } }
                    if let Some(person) = &task.assignee { span { class: "end", Avatar { name: person.name.clone(), hue: person.hue } } }
                }
            }
        }
    }
}

/// Space lifts and puts down, arrows move, Esc leaves it; with Alt an arrow moves at once.
fn keys(board: Board, task: &TaskRow, event: &KeyboardEvent) {
    let lifted = board.lifted().as_ref() == Some(&task.id);
    let alt = event.modifiers().alt();
    let step = match event.key() {
        Key::ArrowUp => Some((0, -1)),
        Key::ArrowDown => Some((0, 1)),
        Key::ArrowLeft => Some((-1, 0)),
        Key::ArrowRight => Some((1, 0)),
        _ => None,
    };
    match (event.key(), step) {
        (_, Some((across, down))) if lifted || alt => {
            event.prevent_default();
            event.stop_propagation();
            let from = if lifted { board.spot() } else { None }.unwrap_or_else(|| board.place_of(task));
            let to = board.step(&task.id, from, across, down);
            if lifted {
                board.hover(to);
            } else {
                board.put(&task.id, to);
                super::refocus(&task.id);
            }
        }
        (Key::Character(text), _) if text == " " && !event.modifiers().ctrl() => {
            event.prevent_default();
            event.stop_propagation();
            if lifted {
                board.drop_here();
                super::refocus(&task.id);
            } else {
                board.lift_by_key(
                    task,
                    Spot {
                        ..board.place_of(task)
                    },
                );
            }
        }
        (Key::Escape, _) if lifted => {
            event.prevent_default();
            event.stop_propagation();
            board.cancel();
        }
        _ => {}
    }
}
