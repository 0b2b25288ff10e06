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
        let listen = |event, there| {
            platform::window()
                .map(|window| platform::Listener::new(window, event, move |_| changes::network(there)))
        };
        std::rc::Rc::new((
            listen("online", true),
            listen("offline", false),
            shortcut::install(),
            #[cfg(split)]
            crate::lazy::Ahead::new(),
        ))
    });
    rsx! {
        Router::<Route> {}
        Toaster {}
    }
}

thread_local! {
    /// The titles of all that is shown, innermost last: a panel's stands over its list's.
    static TITLES: std::cell::RefCell<(u32, Vec<(u32, String)>)> = const { std::cell::RefCell::new((0, Vec::new())) };
}

/// Sets the page's title while the calling component is shown; the innermost one counts.
pub(crate) fn use_title(title: &str) {
    let title = if title.is_empty() {
        "SmartStack".to_owned()
    } else {
        [title, " · SmartStack"].concat()
    };
    let mine = use_hook(|| {
        TITLES.with_borrow_mut(|(last, all)| {
            *last += 1;
            all.push((*last, String::new()));
            *last
        })
    });
    use_drop(move || {
        TITLES.with_borrow_mut(|(_, all)| all.retain(|(id, _)| *id != mine));
        show_title();
    });
    use_effect(use_reactive!(|title| {
        TITLES.with_borrow_mut(|(_, all)| {
            if let Some(entry) = all.iter_mut().find(|(id, _)| *id == mine) {
                entry.1 = title;
            }
        });
        show_title();
    }));
}

fn show_title() {
    let title = TITLES.with_borrow(|(_, all)| {
        all.iter()
            .rev()
            .map(|(_, title)| title)
            .find(|title| !title.is_empty())
            .cloned()
    });
    if let (Some(document), Some(title)) = (platform::document(), title) {
        document.set_title(&title);
    }
}
