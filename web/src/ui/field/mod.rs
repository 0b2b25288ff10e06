//! Fields: a label, a control, and one line of help or error.

use dioxus::prelude::*;

use super::icon::{Glyph, Icon, IconSize};

/// Label above, help or error below. The control inside carries the same `id`.
#[component]
pub(crate) fn Field(
    id: String,
    label: String,
    #[props(default)] help: Option<String>,
    #[props(default)] error: Option<String>,
    children: Element,
) -> Element {
    let note = format!("{id}-note");
    rsx! {
        div { class: "field",
            label { class: "label", r#for: id, {label} }
            {children}
            if let Some(error) = error {
                p { class: "error", id: note, role: "alert",
                    Icon { glyph: Glyph::Alert, size: IconSize::Small }
                    {error}
                }
            } else if let Some(help) = help {
                p { class: "help", id: note, {help} }
            }
        }
    }
}

/// What an input takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum InputKind {
    #[default]
    Text,
    Email,
    Password,
    Url,
    Tel,
}

impl InputKind {
    fn attr(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Url => "url",
            Self::Tel => "tel",
        }
    }
}

/// One line of text. `invalid` ties it to the field's error.
#[component]
pub(crate) fn Input(
    id: String,
    value: String,
    #[props(default)] kind: InputKind,
    #[props(default)] invalid: bool,
    #[props(default)] required: bool,
    #[props(default)] disabled: bool,
    #[props(default)] autofocus: bool,
    #[props(default)] placeholder: Option<String>,
    #[props(default)] autocomplete: Option<&'static str>,
    #[props(default)] inputmode: Option<&'static str>,
    /// Said instead of a visible label.
    #[props(default)]
    label: Option<String>,
    #[props(default)] maxlength: Option<i64>,
    #[props(default)] oninput: EventHandler<String>,
    /// The value when it is left or Enter is pressed.
    #[props(default)]
    onchange: EventHandler<String>,
) -> Element {
    rsx! {
        input {
            class: "input",
            aria_describedby: "{id}-note",
            id,
            r#type: kind.attr(),
            value,
            aria_invalid: invalid.then_some("true"),
            aria_label: label,
            required,
            disabled,
            placeholder,
            autocomplete,
            inputmode,
            maxlength,
            onmounted: move |event| async move {
                if autofocus {
                    let _ = event.set_focus(true).await;
                }
            },
            oninput: move |event| oninput.call(event.value()),
            onchange: move |event| onchange.call(event.value()),
        }
    }
}

/// Several lines of text.
#[component]
pub(crate) fn TextArea(
    id: String,
    value: String,
    #[props(default = 4)] rows: i64,
    #[props(default)] invalid: bool,
    #[props(default)] disabled: bool,
    #[props(default)] autofocus: bool,
    #[props(default)] placeholder: Option<String>,
    #[props(default)] label: Option<String>,
    #[props(default)] oninput: EventHandler<String>,
    #[props(default)] onchange: EventHandler<String>,
) -> Element {
    rsx! {
        textarea {
            class: "textarea",
            aria_describedby: "{id}-note",
            id,
            rows,
            value,
            disabled,
            aria_invalid: invalid.then_some("true"),
            aria_label: label,
            placeholder,
            onmounted: move |event| async move {
                if autofocus {
                    let _ = event.set_focus(true).await;
                }
            },
            oninput: move |event| oninput.call(event.value()),
            onchange: move |event| onchange.call(event.value()),
        }
    }
}

/// One choice of a [`Select`]: its value and its words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SelectOption {
    pub(crate) value: String,
    pub(crate) label: String,
}

impl SelectOption {
    /// A choice.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// One of several, in the system's own list.
#[component]
pub(crate) fn Select(
    id: String,
    value: String,
    options: Vec<SelectOption>,
    #[props(default)] disabled: bool,
    #[props(default)] invalid: bool,
    #[props(default)] label: Option<String>,
    onchange: EventHandler<String>,
) -> Element {
    rsx! {
        div { class: "select-wrap",
            select {
                class: "select",
                aria_describedby: "{id}-note",
                id,
                disabled,
                aria_invalid: invalid.then_some("true"),
                aria_label: label,
                onchange: move |event| onchange.call(event.value()),
                for option in options {
                    option { key: "{option.value}", value: "{option.value}", selected: option.value == value, "{option.label}" }
                }
            }
            Icon { glyph: Glyph::Down }
        }
    }
}
