//! A project's or workspace's hue as a small square.

use dioxus::prelude::*;

use crate::gql::types::Hue;

/// Decoration: the name stands beside it.
#[component]
pub(crate) fn Swatch(hue: Hue, #[props(default)] large: bool) -> Element {
    rsx! { span { class: "swatch", "data-hue": hue.attr(), "data-size": large.then_some("lg"), aria_hidden: "true" } }
}

/// The choice among the hues, as radios.
#[component]
pub(crate) fn HueSeg(name: String, value: Hue, onchange: EventHandler<Hue>) -> Element {
    rsx! {
        div { class: "hues", role: "radiogroup", aria_label: "Colour",
            for hue in Hue::ALL.iter().copied() {
                label { key: "{hue.key()}", title: hue.word(),
                    input { r#type: "radio", name: name.clone(), checked: hue == value, aria_label: hue.word(), onchange: move |_| onchange.call(hue) }
                    span { class: "swatch", "data-size": "lg", "data-hue": hue.attr() }
                }
            }
        }
    }
}
