//! Tabs: the views of one thing, each with its own address.

use dioxus::prelude::*;

use crate::{platform, route::Route};

/// A row of [`Tab`]s.
#[component]
pub(crate) fn Tabs(label: String, children: Element) -> Element {
    let here = use_route::<Route>();
    // On a phone they may be wider than the screen.
    use_effect(use_reactive!(|here| {
        let _ = here;
        platform::reveal(".tabs [aria-current=page]");
    }));
    rsx! { nav { class: "tabs", aria_label: label, {children} } }
}

/// One view.
#[component]
pub(crate) fn Tab(
    to: Route,
    current: bool,
    #[props(default)] count: Option<i32>,
    children: Element,
) -> Element {
    rsx! {
        Link { to, class: "tab", aria_current: if current { "page" },
            {children}
            if let Some(count) = count { span { class: "tab-n num", "{count}" } }
        }
    }
}
