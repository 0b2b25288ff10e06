//! A value that opens the system's own list: quick with a mouse, a thumb and a keyboard alike.

use dioxus::prelude::*;

use super::field::SelectOption;

/// Shows `children`; pressing it chooses among `options`.
#[component]
pub(crate) fn Pick(
    label: String,
    value: String,
    options: Vec<SelectOption>,
    #[props(default)] disabled: bool,
    onchange: EventHandler<String>,
    children: Element,
) -> Element {
    rsx! {
        span { class: "choice", "data-disabled": disabled.then_some(""),
            span { class: "choice-face", aria_hidden: "true", {children} }
            select { aria_label: label, disabled, onchange: move |event| onchange.call(event.value()),
                for option in options {
                    option { key: "{option.value}", value: "{option.value}", selected: option.value == value, "{option.label}" }
                }
            }
        }
    }
}
