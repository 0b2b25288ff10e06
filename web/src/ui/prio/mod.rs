//! Priority as bars; urgent as a mark of its own.

use dioxus::prelude::*;

use crate::gql::types::TaskPriority;

/// `decorative` where the word stands beside it.
#[component]
pub(crate) fn Prio(priority: TaskPriority, #[props(default)] decorative: bool) -> Element {
    let bars = match priority {
        TaskPriority::None => 0,
        TaskPriority::Low => 1,
        TaskPriority::Medium => 2,
        TaskPriority::High | TaskPriority::Urgent => 3,
    };
    let on = |bar: u8| (bars >= bar).then_some("on");
    rsx! {
        svg {
            class: "prio",
            "data-urgent": (priority == TaskPriority::Urgent).then_some(""),
            view_box: "0 0 14 14",
            role: (!decorative).then_some("img"),
            "aria-label": (!decorative).then_some(priority.word()),
            "aria-hidden": decorative.then_some("true"),
            if priority == TaskPriority::Urgent {
                rect { class: "on", x: "1.5", y: "1.5", width: "11", height: "11", rx: "2.5" }
                path { class: "mark", d: "M7 4v3.75M7 10h.01" }
            } else {
                rect { class: on(1), x: "2", y: "8", width: "2.5", height: "4", rx: "0.75" }
                rect { class: on(2), x: "5.75", y: "5", width: "2.5", height: "7", rx: "0.75" }
                rect { class: on(3), x: "9.5", y: "2", width: "2.5", height: "10", rx: "0.75" }
            }
        }
    }
}
