//! The filter one types.

use dioxus::prelude::*;
use gloo_timers::future::TimeoutFuture;

use crate::ui::icon::{Glyph, Icon, IconSize};

/// Calls back a moment after the typing rests. `value` is what the address says.
#[component]
pub(crate) fn SearchBox(label: String, value: String, onchange: EventHandler<String>) -> Element {
    /// Long enough to type on, short enough not to be waited for.
    const REST_MILLIS: u32 = 200;
    let mut typed = use_signal(|| value.clone());
    let mut told = use_signal(|| value.clone());
    // The address changed by itself: back, or a filter taken away.
    use_effect(use_reactive!(|value| {
        if *told.peek() != value {
            told.set(value.clone());
            typed.set(value);
        }
    }));
    rsx! {
        span { class: "find",
            Icon { glyph: Glyph::Search, size: IconSize::Small }
            input {
                r#type: "search", aria_label: label.clone(), placeholder: label, maxlength: "100", value: typed,
                oninput: move |event| {
                    typed.set(event.value());
                    spawn(async move {
                        let now = typed.peek().clone();
                        TimeoutFuture::new(REST_MILLIS).await;
                        if *typed.peek() == now && *told.peek() != now.trim() {
                            told.set(now.trim().to_owned());
                            onchange.call(now.trim().to_owned());
                        }
                    });
                },
            }
        }
    }
}
