//! Keyboard hints.

use dioxus::prelude::*;

/// A key, where the action is. Hidden from screen readers: the shortcut list says it better.
#[component]
pub(crate) fn Kbd(keys: &'static str) -> Element {
    rsx! { kbd { class: "kbd", aria_hidden: "true", {keys} } }
}
