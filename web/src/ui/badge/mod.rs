//! Badges: a fact about a thing.

use dioxus::prelude::*;

use super::icon::{Glyph, Icon};

/// What a fact means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Neutral,
    Accent,
    Ok,
    Warn,
    Danger,
}

impl Tone {
    /// The value of `data-tone`.
    pub(crate) fn attr(self) -> Option<&'static str> {
        match self {
            Self::Neutral => None,
            Self::Accent => Some("accent"),
            Self::Ok => Some("ok"),
            Self::Warn => Some("warn"),
            Self::Danger => Some("danger"),
        }
    }
}

/// A fact, in a word or two.
#[component]
pub(crate) fn Badge(
    #[props(default)] tone: Tone,
    #[props(default)] icon: Option<Glyph>,
    children: Element,
) -> Element {
    rsx! {
        span { class: "badge", "data-tone": tone.attr(),
            if let Some(glyph) = icon { Icon { glyph } }
            {children}
        }
    }
}
