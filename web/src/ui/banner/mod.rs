//! A state of the whole app, above the page.

use dioxus::prelude::*;

use super::{
    badge::Tone,
    icon::{Glyph, Icon, IconSize},
};

/// A quiet line.
#[component]
pub(crate) fn Banner(glyph: Glyph, #[props(default)] tone: Tone, children: Element) -> Element {
    rsx! {
        div { class: "banner", role: "status", "data-tone": tone.attr(),
            Icon { glyph, size: IconSize::Small }
            span { {children} }
        }
    }
}
