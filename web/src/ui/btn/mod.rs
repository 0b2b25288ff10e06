//! Buttons.

use dioxus::prelude::*;

use super::{
    icon::{Glyph, Icon},
    kbd::Kbd,
};
use crate::route::Route;

/// How much a button asks for attention. One primary in view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Variant {
    #[default]
    Default,
    Primary,
    Ghost,
    Danger,
}

impl Variant {
    fn attr(self) -> Option<&'static str> {
        match self {
            Self::Default => None,
            Self::Primary => Some("primary"),
            Self::Ghost => Some("ghost"),
            Self::Danger => Some("danger"),
        }
    }
}

/// How large a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BtnSize {
    Small,
    #[default]
    Medium,
    Large,
}

impl BtnSize {
    fn attr(self) -> Option<&'static str> {
        match self {
            Self::Small => Some("sm"),
            Self::Medium => None,
            Self::Large => Some("lg"),
        }
    }
}

/// What pressing does inside a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BtnKind {
    #[default]
    Button,
    Submit,
}

/// A button. While `busy` it can be pressed no second time.
#[component]
pub(crate) fn Btn(
    #[props(default)] variant: Variant,
    #[props(default)] size: BtnSize,
    #[props(default)] kind: BtnKind,
    #[props(default)] busy: bool,
    #[props(default)] disabled: bool,
    #[props(default)] icon: Option<Glyph>,
    #[props(default)] kbd: Option<&'static str>,
    /// Said instead of the content, where that is too short.
    #[props(default)]
    label: Option<String>,
    #[props(default)] id: Option<String>,
    #[props(default)] onclick: EventHandler<MouseEvent>,
    children: Element,
) -> Element {
    rsx! {
        button {
            class: "btn",
            id,
            "data-variant": variant.attr(),
            "data-size": size.attr(),
            r#type: match kind { BtnKind::Button => "button", BtnKind::Submit => "submit" },
            disabled,
            aria_busy: busy.then_some("true"),
            aria_disabled: busy.then_some("true"),
            aria_label: label,
            onclick: move |event| {
                if busy {
                    event.prevent_default();
                } else {
                    onclick.call(event);
                }
            },
            if let Some(glyph) = icon { Icon { glyph } }
            {children}
            if let Some(keys) = kbd { Kbd { keys } }
        }
    }
}

/// A link that looks like a button.
#[component]
pub(crate) fn LinkBtn(
    to: Route,
    #[props(default)] variant: Variant,
    #[props(default)] size: BtnSize,
    #[props(default)] icon: Option<Glyph>,
    #[props(default)] kbd: Option<&'static str>,
    children: Element,
) -> Element {
    rsx! {
        Link {
            to,
            class: "btn",
            "data-variant": variant.attr(),
            "data-size": size.attr(),
            if let Some(glyph) = icon { Icon { glyph } }
            {children}
            if let Some(keys) = kbd { Kbd { keys } }
        }
    }
}
