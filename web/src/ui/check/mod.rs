//! Check boxes.

use dioxus::prelude::*;

/// A check box; the label is said when there are no `children` to stand beside it.
#[component]
pub(crate) fn Check(
    checked: bool,
    label: String,
    #[props(default)] round: bool,
    #[props(default)] disabled: bool,
    onchange: EventHandler<bool>,
    #[props(default)] children: Option<Element>,
) -> Element {
    let visible = children.is_some();
    let control = rsx! {
        input {
            class: "check",
            r#type: "checkbox",
            "data-round": round.then_some(""),
            checked,
            disabled,
            aria_label: (!visible).then_some(label.clone()),
            onclick: move |event| event.stop_propagation(),
            onchange: move |event| onchange.call(event.checked()),
        }
    };
    match children {
        Some(children) => rsx! { label { class: "row", {control} {children} } },
        None => control,
    }
}
