//! People and clients by initials and hue.

use dioxus::prelude::*;

use crate::{fmt::name::initials, gql::types::Hue};

/// How large an avatar is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AvatarSize {
    #[default]
    Medium,
    Large,
}

/// People are round, clients square.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AvatarShape {
    #[default]
    Person,
    Client,
}

/// `None` shows that nobody is set. `decorative` where the name stands beside it.
#[component]
pub(crate) fn Avatar(
    #[props(default)] name: Option<String>,
    #[props(default = Hue::Slate)] hue: Hue,
    #[props(default)] size: AvatarSize,
    #[props(default)] shape: AvatarShape,
    #[props(default)] decorative: bool,
) -> Element {
    let none = name.is_none();
    let label = name.clone().unwrap_or_else(|| "Nobody".to_owned());
    rsx! {
        span {
            class: "avatar",
            "data-hue": (!none).then_some(hue.attr()),
            "data-none": none.then_some(""),
            "data-size": (size == AvatarSize::Large).then_some("lg"),
            "data-shape": (shape == AvatarShape::Client).then_some("client"),
            role: (!decorative).then_some("img"),
            aria_label: (!decorative).then_some(label.clone()),
            aria_hidden: decorative.then_some("true"),
            title: (!decorative).then_some(label),
            if let Some(name) = name { "{initials(&name)}" }
        }
    }
}
