//! What stands where something will be. Invisible for the first 300 ms.

use dioxus::prelude::*;

/// A card's worth of lines.
#[component]
pub(crate) fn Skeleton(#[props(default = 3)] lines: usize) -> Element {
    rsx! {
        div { class: "skeletons", role: "status", aria_busy: "true", aria_label: "Loading",
            for line in 0..lines {
                span { key: "{line}", class: "skeleton", "data-w": ["l", "m", "s"][line % 3] }
            }
        }
    }
}

/// Rows of a list.
#[component]
pub(crate) fn SkeletonRows(#[props(default = 6)] rows: usize) -> Element {
    rsx! {
        div { class: "skeletons", "data-rows": "", role: "status", aria_busy: "true", aria_label: "Loading",
            for row in 0..rows {
                div { key: "{row}", class: "skeleton-row",
                    span { class: "skeleton", "data-shape": "round" }
                    span { class: "skeleton grow", "data-w": ["m", "l", "s"][row % 3] }
                    span { class: "skeleton", "data-w": "xs" }
                }
            }
        }
    }
}
