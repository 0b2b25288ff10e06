//! Estimates, as people type them: `1h 30`, `90m`, `1.5`, `4-6 h`.

use dioxus::prelude::*;

use crate::fmt::duration::{parse_range, show_estimate};

/// An estimate in minutes, or none. What cannot be read stays, and says so.
#[component]
pub(crate) fn DurationInput(
    id: String,
    low: Option<i32>,
    high: Option<i32>,
    #[props(default)] label: Option<String>,
    #[props(default)] disabled: bool,
    #[props(default)] placeholder: Option<String>,
    onchange: EventHandler<Option<(i32, i32)>>,
) -> Element {
    let shown = show_estimate(low, high).unwrap_or_default();
    let mut wrong = use_signal(|| None::<String>);
    let text = wrong.read().clone().unwrap_or(shown);
    let invalid = wrong.read().is_some();
    rsx! {
        input {
            class: "input num",
            aria_describedby: "{id}-form",
            id: id.clone(),
            r#type: "text",
            value: text,
            disabled,
            placeholder: placeholder.unwrap_or_else(|| "1h 30".to_owned()),
            aria_label: label,
            aria_invalid: invalid.then_some("true"),
            autocomplete: "off",
            onchange: move |event| {
                let text = event.value();
                if text.trim().is_empty() {
                    wrong.set(None);
                    onchange.call(None);
                    return;
                }
                let read = parse_range(&text).and_then(|(low, high)| Some((i32::try_from(low).ok()?, i32::try_from(high).ok()?)));
                match read {
                    Some(range) => { wrong.set(None); onchange.call(Some(range)); }
                    None => wrong.set(Some(text)),
                }
            },
        }
        if invalid {
            p { class: "error", id: "{id}-form", role: "alert", "Write it as 1h 30, 90m, 1.5 or 4-6 h" }
        }
    }
}
