//! Segmented controls.

use dioxus::prelude::*;

use super::field::SelectOption;

/// One of a few, all in view. `name` is unique in the page.
#[component]
pub(crate) fn Seg(
    name: String,
    label: String,
    value: String,
    options: Vec<SelectOption>,
    onchange: EventHandler<String>,
) -> Element {
    rsx! {
        div { class: "seg", role: "radiogroup", aria_label: label,
            for option in options {
                label { key: "{option.value}",
                    input {
                        r#type: "radio",
                        name: name.clone(),
                        value: option.value.clone(),
                        checked: option.value == value,
                        onchange: move |event| onchange.call(event.value()),
                    }
                    "{option.label}"
                }
            }
        }
    }
}
