//! A text that is edited where it stands.

use dioxus::prelude::*;

/// Shows `value`; Enter or a click opens it, Enter or leaving keeps the change, Esc takes it back.
#[component]
pub(crate) fn InlineEdit(
    value: String,
    label: String,
    #[props(default)] placeholder: String,
    #[props(default)] disabled: bool,
    #[props(default)] class: &'static str,
    oncommit: EventHandler<String>,
) -> Element {
    let mut draft = use_signal(|| None::<String>);
    let mut finish = {
        let value = value.clone();
        move |keep: bool| {
            let typed = draft.take();
            if let Some(typed) = typed.filter(|typed| keep && typed.trim() != value) {
                oncommit.call(typed.trim().to_owned());
            }
        }
    };
    let text = draft.read().clone();
    if let Some(text) = text {
        let mut leave = finish.clone();
        return rsx! {
            input {
                class: "inline-input {class}",
                aria_label: label,
                value: text,
                onmounted: move |event| async move { let _ = event.set_focus(true).await; },
                oninput: move |event| draft.set(Some(event.value())),
                onblur: move |_| leave(true),
                onkeydown: move |event| match event.key() {
                    Key::Enter => { event.prevent_default(); finish(true); }
                    Key::Escape => { event.prevent_default(); event.stop_propagation(); finish(false); }
                    _ => {}
                },
            }
        };
    }
    let empty = value.is_empty();
    let initial = value.clone();
    rsx! {
        button {
            class: "inline-edit {class}",
            r#type: "button",
            disabled,
            "data-empty": empty.then_some(""),
            aria_label: "{label}: {value}",
            onclick: move |event| { event.stop_propagation(); draft.set(Some(initial.clone())); },
            if empty { "{placeholder}" } else { "{value}" }
        }
    }
}
