//! Cards: a bounded surface with a title.

use dioxus::prelude::*;

/// A card. Never inside another.
#[component]
pub(crate) fn Card(title: String, #[props(default)] end: Option<Element>, children: Element) -> Element {
    rsx! {
        section { class: "card",
            div { class: "card-head",
                h2 { class: "card-title", {title} }
                if let Some(end) = end { span { class: "card-end", {end} } }
            }
            div { class: "card-body", {children} }
        }
    }
}
