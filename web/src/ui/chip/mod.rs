//! Chips: a filter or value that can be pressed.

mod search;

use dioxus::prelude::*;

pub(crate) use search::SearchBox;

use super::{
    field::SelectOption,
    icon::{Glyph, Icon},
};

/// A button that shows whether it is set.
#[component]
pub(crate) fn Chip(
    #[props(default)] set: bool,
    #[props(default)] icon: Option<Glyph>,
    onclick: EventHandler<MouseEvent>,
    children: Element,
) -> Element {
    rsx! {
        button { class: "chip", r#type: "button", "data-set": set.then_some(""), aria_pressed: if set { "true" } else { "false" }, onclick,
            if let Some(glyph) = icon { Icon { glyph } }
            {children}
        }
    }
}

/// A filter of one value among some: a native list behind a chip. The empty value means no filter.
#[component]
pub(crate) fn SelectChip(
    label: String,
    value: String,
    options: Vec<SelectOption>,
    onchange: EventHandler<String>,
) -> Element {
    let chosen = options
        .iter()
        .find(|option| !value.is_empty() && option.value == value)
        .map(|option| option.label.clone());
    rsx! {
        label { class: "chip choice", "data-set": chosen.is_some().then_some(""),
            span { aria_hidden: "true",
                match &chosen { Some(chosen) => rsx! { "{label}: {chosen}" }, None => rsx! { "{label}" } }
            }
            Icon { glyph: Glyph::Down }
            select { aria_label: label, onchange: move |event| onchange.call(event.value()),
                option { value: "", selected: chosen.is_none(), "Any" }
                for option in options {
                    option { key: "{option.value}", value: "{option.value}", selected: option.value == value, "{option.label}" }
                }
            }
        }
    }
}
