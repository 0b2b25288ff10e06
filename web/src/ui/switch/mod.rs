//! Switches.

use dioxus::prelude::*;

/// On or off, taking effect at once.
#[component]
pub(crate) fn Switch(
    checked: bool,
    label: String,
    #[props(default)] disabled: bool,
    onchange: EventHandler<bool>,
) -> Element {
    rsx! {
        label { class: "row",
            input { class: "switch", r#type: "checkbox", role: "switch", checked, disabled, onchange: move |event| onchange.call(event.checked()) }
            {label}
        }
    }
}
