//! Dates, by the browser's own picker.

use dioxus::prelude::*;

use crate::fmt::Day;

/// A day or none. Calls back with what a person chose; an unfinished date calls nothing.
#[component]
pub(crate) fn DateInput(
    id: String,
    value: Option<Day>,
    #[props(default)] label: Option<String>,
    #[props(default)] disabled: bool,
    #[props(default)] invalid: bool,
    onchange: EventHandler<Option<Day>>,
) -> Element {
    rsx! {
        input {
            class: "input",
            aria_describedby: "{id}-note",
            id,
            r#type: "date",
            value: value.map(Day::iso).unwrap_or_default(),
            disabled,
            aria_label: label,
            aria_invalid: invalid.then_some("true"),
            onchange: move |event| {
                let text = event.value();
                if text.is_empty() {
                    onchange.call(None);
                } else if let Some(day) = Day::parse(&text) {
                    onchange.call(Some(day));
                }
            },
        }
    }
}

/// A day shown as `children`; pressing it opens the browser's picker.
#[component]
pub(crate) fn DatePick(
    label: String,
    value: Option<Day>,
    #[props(default)] disabled: bool,
    onchange: EventHandler<Option<Day>>,
    children: Element,
) -> Element {
    rsx! {
        span { class: "choice", "data-disabled": disabled.then_some(""),
            span { class: "choice-face", aria_hidden: "true", {children} }
            input {
                r#type: "date", aria_label: label, disabled, value: value.map(Day::iso).unwrap_or_default(),
                onchange: move |event| {
                    let text = event.value();
                    if text.is_empty() {
                        onchange.call(None);
                    } else if let Some(day) = Day::parse(&text) {
                        onchange.call(Some(day));
                    }
                },
            }
        }
    }
}
