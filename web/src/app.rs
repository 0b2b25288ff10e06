//! The root: router, toasts, and what belongs to no page.

use dioxus::prelude::*;

use crate::{gql::changes, platform, route::Route, shortcut, ui::toast::Toaster};

thread_local! {
    static RUNTIME: std::cell::RefCell<Option<std::rc::Rc<dioxus::core::Runtime>>> = const { std::cell::RefCell::new(None) };
}

/// Runs something that touches signals from where no component is: a socket, a browser event.
pub(crate) fn in_app<T>(run: impl FnOnce() -> T) -> Option<T> {
    let runtime = RUNTIME.with_borrow(Clone::clone)?;
    Some(runtime.in_scope(ScopeId::ROOT, run))
}

#[component]
pub(crate) fn App() -> Element {
    // Live as long as the tab.
    use_hook(|| {
        RUNTIME.set(Some(dioxus::core::Runtime::current()));
        let online =
            platform::window().map(|window| platform::Listener::new(window, "online", |_| changes::hurry()));
        std::rc::Rc::new((online, shortcut::install()))
    });
    rsx! {
        Router::<Route> {}
        Toaster {}
    }
}

/// Sets the page's title while the calling component is shown.
pub(crate) fn use_title(title: &str) {
    let title = if title.is_empty() {
        "SmartStack".to_owned()
    } else {
        [title, " · SmartStack"].concat()
    };
    use_effect(use_reactive!(|title| {
        if let Some(document) = platform::document() {
            document.set_title(&title);
        }
    }));
}
