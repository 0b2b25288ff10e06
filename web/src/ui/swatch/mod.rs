//! A project's or workspace's hue as a small square.

use dioxus::prelude::*;

use crate::gql::types::Hue;

/// Decoration: the name stands beside it.
#[component]
pub(crate) fn Swatch(hue: Hue, #[props(default)] large: bool) -> Element {
    rsx! { span { class: "swatch", "data-hue": hue.attr(), "data-size": large.then_some("lg"), aria_hidden: "true" } }
}
