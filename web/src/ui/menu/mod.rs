//! Menus: a button that opens a list of actions.

use dioxus::prelude::*;
use wasm_bindgen::JsCast;

use super::{
    badge::Tone,
    icon::{Glyph, Icon},
    icon_btn::IconBtn,
    kbd::Kbd,
};
use crate::platform;

/// Lets items close the menu they are in.
#[derive(Clone, Copy)]
struct Open(Signal<bool>);

/// A button named `label` and its menu. `trigger` replaces the icon by something larger.
#[component]
pub(crate) fn Menu(
    label: String,
    #[props(default = Glyph::More)] glyph: Glyph,
    #[props(default)] trigger: Option<Element>,
    /// Opens towards the left: for menus at the right edge.
    #[props(default)]
    end: bool,
    #[props(default)] class: &'static str,
    children: Element,
) -> Element {
    let mut open = use_signal(|| false);
    use_context_provider(|| Open(open));
    let id = use_hook(|| format!("menu-{}", dioxus::core::current_scope_id().0));
    let close = {
        let id = id.clone();
        move || {
            open.set(false);
            platform::focus(&["#", &id, " > button"].concat());
        }
    };
    rsx! {
        div {
            class: "menu-wrap {class}",
            id: id.clone(),
            onclick: move |event| event.stop_propagation(),
            onkeydown: {
                let id = id.clone();
                let mut close = close.clone();
                move |event: KeyboardEvent| {
                    if !open() {
                        return;
                    }
                    match event.key() {
                        Key::Escape => { event.prevent_default(); event.stop_propagation(); close(); }
                        Key::Tab => open.set(false),
                        Key::ArrowDown => { event.prevent_default(); step(&id, 1); }
                        Key::ArrowUp => { event.prevent_default(); step(&id, -1); }
                        _ => {}
                    }
                }
            },
            if let Some(trigger) = trigger {
                button {
                    class: "menu-trigger", r#type: "button", aria_label: label.clone(),
                    aria_haspopup: "menu", aria_expanded: if open() { "true" } else { "false" },
                    onclick: move |_| open.toggle(),
                    {trigger}
                }
            } else {
                IconBtn { glyph, label: label.clone(), expanded: open(), onclick: move |_| open.toggle() }
            }
            if open() {
                div { class: "menu-veil", aria_hidden: "true", onclick: move |_| open.set(false) }
                div {
                    class: "menu", role: "menu", aria_label: label, "data-end": end.then_some(""),
                    onmounted: { let id = id.clone(); move |_| { platform::focus(&["#", &id, " [role=menuitem]"].concat()); } },
                    {children}
                }
            }
        }
    }
}

/// Moves the focus among the items, around the ends.
fn step(id: &str, by: i32) {
    let Some(found) = platform::document().and_then(|document| {
        document
            .query_selector_all(&["#", id, " [role=menuitem]:not(:disabled)"].concat())
            .ok()
    }) else {
        return;
    };
    let count = i32::try_from(found.length()).unwrap_or(0);
    if count == 0 {
        return;
    }
    let focused = platform::focused();
    let at = (0..count).find(|at| {
        let node = u32::try_from(*at).ok().and_then(|at| found.get(at));
        node.and_then(|node| node.dyn_into::<web_sys::Element>().ok()) == focused
    });
    let next = at.map_or(0, |at| (at + by).rem_euclid(count));
    if let Some(element) = u32::try_from(next)
        .ok()
        .and_then(|at| found.get(at))
        .and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = element.focus();
    }
}

/// One action.
#[component]
pub(crate) fn MenuItem(
    glyph: Glyph,
    #[props(default)] tone: Tone,
    #[props(default)] kbd: Option<&'static str>,
    #[props(default)] disabled: bool,
    onclick: EventHandler<()>,
    children: Element,
) -> Element {
    let Open(mut open) = use_context::<Open>();
    rsx! {
        button {
            class: "menu-item", role: "menuitem", r#type: "button", tabindex: "-1", disabled, "data-tone": tone.attr(),
            onclick: move |_| { open.set(false); onclick.call(()); },
            Icon { glyph }
            {children}
            if let Some(keys) = kbd { Kbd { keys } }
        }
    }
}

/// A line between groups.
#[component]
pub(crate) fn MenuSep() -> Element {
    rsx! { div { class: "menu-sep", role: "separator" } }
}

/// The name of a group.
#[component]
pub(crate) fn MenuLabel(children: Element) -> Element {
    rsx! { div { class: "menu-label", role: "presentation", {children} } }
}
