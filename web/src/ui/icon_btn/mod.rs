//! Buttons that are only an icon.

use dioxus::prelude::*;

use super::icon::{Glyph, Icon};

/// Always has a name, which is also its tooltip.
#[component]
pub(crate) fn IconBtn(
    glyph: Glyph,
    label: String,
    #[props(default)] pressed: Option<bool>,
    #[props(default)] expanded: Option<bool>,
    #[props(default)] small: bool,
    #[props(default)] id: Option<String>,
    #[props(default)] class: Option<&'static str>,
    #[props(default)] onclick: EventHandler<MouseEvent>,
) -> Element {
    rsx! {
        button {
            class: "icon-btn {class.unwrap_or_default()}",
            id,
            "data-size": small.then_some("sm"),
            r#type: "button",
            title: label.clone(),
            aria_label: label,
            aria_pressed: pressed.map(|on| if on { "true" } else { "false" }),
            aria_expanded: expanded.map(|on| if on { "true" } else { "false" }),
            onclick,
            Icon { glyph }
        }
    }
}
