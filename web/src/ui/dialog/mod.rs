//! Dialogs: the browser's own, which keeps the focus inside and the page behind it still.

use dioxus::{prelude::*, web::WebEventExt};
use wasm_bindgen::JsCast;

use super::{icon::Glyph, icon_btn::IconBtn};
use crate::platform::{self, Listener};

/// How wide a dialog is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DialogSize {
    /// A question or a short form.
    #[default]
    Medium,
    /// A form of two columns.
    Large,
    /// A panel along the right edge, full height.
    Side,
}

/// Open as long as it is rendered. Esc, the close button and a click beside it call `onclose`;
/// the focus goes back to where it was.
#[component]
pub(crate) fn Dialog(
    title: String,
    #[props(default)] size: DialogSize,
    /// Keeps the title for screen readers only.
    #[props(default)]
    bare: bool,
    onclose: EventHandler<()>,
    #[props(default)] foot: Option<Element>,
    children: Element,
) -> Element {
    let before = use_hook(|| CopyValue::new(platform::focused()));
    let mut cancel = use_hook(|| CopyValue::new(None::<Listener>));
    use_drop(move || {
        let element = before.read().clone();
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
    let id = use_hook(|| format!("dialog-{}", dioxus::core::current_scope_id().0));
    rsx! {
        dialog {
            class: "dialog",
            "data-size": match size { DialogSize::Medium => None, DialogSize::Large => Some("lg"), DialogSize::Side => Some("side") },
            aria_labelledby: id.clone(),
            onmounted: move |event: MountedEvent| {
                let Some(dialog) = event.try_as_web_event().and_then(|element| element.dyn_into::<web_sys::HtmlDialogElement>().ok()) else { return };
                let _ = dialog.show_modal();
                cancel.set(Some(Listener::new(dialog, "cancel", move |event| {
                    event.prevent_default();
                    onclose.call(());
                })));
            },
            onmousedown: move |event| {
                // Only the backdrop itself: what is inside the dialog has other targets.
                let web = event.as_web_event();
                let beside = web.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|element| element.tag_name() == "DIALOG");
                if beside {
                    onclose.call(());
                }
            },
            div { class: "dialog-in",
                div { class: if bare { "sr" } else { "dialog-head" },
                    h2 { class: "dialog-title", id, {title} }
                    if !bare { IconBtn { glyph: Glyph::X, label: "Close", onclick: move |_| onclose.call(()) } }
                }
                div { class: "dialog-body", {children} }
                if let Some(foot) = foot { div { class: "dialog-foot", {foot} } }
            }
        }
    }
}
