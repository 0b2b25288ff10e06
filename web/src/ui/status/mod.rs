//! Task status as a shape.

use dioxus::prelude::*;

use crate::gql::types::TaskStatus;

/// `decorative` where the word stands beside it.
#[component]
pub(crate) fn Status(status: TaskStatus, #[props(default)] decorative: bool) -> Element {
    let (name, dash) = match status {
        TaskStatus::Backlog => ("backlog", Some("2.2 2.2")),
        TaskStatus::Next => ("next", None),
        TaskStatus::InProgress => ("doing", None),
        TaskStatus::Waiting => ("waiting", None),
        TaskStatus::Done => ("done", None),
    };
    rsx! {
        svg {
            class: "status",
            "data-s": name,
            view_box: "0 0 14 14",
            role: (!decorative).then_some("img"),
            "aria-label": (!decorative).then_some(status.word()),
            "aria-hidden": decorative.then_some("true"),
            circle { cx: "7", cy: "7", r: if status == TaskStatus::Done { "6" } else { "5.25" }, stroke_dasharray: dash }
            match status {
                TaskStatus::InProgress => rsx! { path { class: "in", d: "M7 4a3 3 0 0 1 0 6z" } },
                TaskStatus::Waiting => rsx! { path { d: "M5.6 5.25v3.5M8.4 5.25v3.5" } },
                TaskStatus::Done => rsx! { path { class: "in", d: "m4.4 7.3 1.8 1.8 3.5-4" } },
                TaskStatus::Backlog | TaskStatus::Next => rsx! {},
            }
        }
    }
}
