//! The frame of the signed-in app: sidebar or rail, phone tab bar, banners, and the gate before it.

mod nav;
mod nowhere;
mod query;
mod theme;

use dioxus::prelude::*;

use super::{banner::Banner, empty::Failed, icon::Glyph};
use crate::{
    gql::{
        changes::{LINK, ONLINE},
        live::Link as Line,
        use_query,
    },
    lazy::lazy,
    page::task::{Draft, NEW_TASK, NewTask},
    platform,
    route::{Params, Route},
    session::{self, SESSION, Session},
    shortcut::use_shortcuts,
};
pub(crate) use nav::Logo;
use nav::{Nav, TabBar};
pub(crate) use theme::{ThemeSeg, toggle as toggle_theme};

lazy! { Nothing:
    [palette]
        Palette {} = crate::ui::palette;
        ShortcutList {} = crate::ui::shortcuts;
}

/// Whether the command palette is open.
pub(crate) static PALETTE: GlobalSignal<bool> = Signal::global(|| false);
/// Whether the list of shortcuts is open.
pub(crate) static HELP: GlobalSignal<bool> = Signal::global(|| false);
/// How many of the screens shown have an action bar of their own, in place of the phone's tab bar.
static FIXED: GlobalSignal<u32> = Signal::global(|| 0);

/// For a screen that fills the window and brings its own action bar.
pub(crate) fn use_fixed() {
    use_hook(|| *FIXED.write() += 1);
    use_drop(|| *FIXED.write() -= 1);
}

/// Lets only signed-in people through; sends others to sign in and back.
#[component]
pub(crate) fn Gate() -> Element {
    // Side by side with the question who is signed in, where the answer can be guessed.
    #[cfg(split)]
    use_hook(|| {
        if session::was_known() {
            crate::lazy::bring_signed_in(&router().current::<Route>());
        }
    });
    use_future(|| async {
        if *SESSION.peek() == Session::Unknown {
            session::load().await;
        }
    });
    let navigator = use_navigator();
    use_effect(move || {
        if *SESSION.read() == Session::Out {
            let next = router().current::<Route>().to_string();
            let params = if next == "/" {
                Params::default()
            } else {
                Params::of("next", &next)
            };
            navigator.replace(Route::SignIn { params });
        }
    });
    let here = use_route::<Route>();
    use_effect(use_reactive!(|here| {
        // A link from elsewhere may lead into another workspace than the one looked at.
        if let Some(id) = thing(&here)
            && matches!(*SESSION.read(), Session::In(_))
        {
            spawn(async move { session::go_where(&id).await });
        }
    }));
    let session = SESSION.read().clone();
    match session {
        Session::In(_) if session::workspace().is_none() => rsx! { nowhere::Nowhere {} },
        Session::In(viewer) => {
            // Another workspace is another app: everything below starts anew.
            let workspace = session::workspace_id();
            rsx! { Outlet::<Route> { key: "{viewer.user.id.inner()}{workspace.inner()}" } }
        }
        Session::Failed(error) => rsx! {
            main { class: "main alone",
                Failed { error, title: "SmartStack did not start", retry: move |()| async move {
                    *SESSION.write() = Session::Unknown;
                    session::load().await;
                } }
            }
        },
        Session::Unknown | Session::Out => {
            rsx! { div { class: "boot", role: "status", aria_label: "Loading" } }
        }
    }
}

/// The thing an address is about.
fn thing(route: &Route) -> Option<String> {
    match route {
        Route::Review { suggestion: id } | Route::Job { job: id } | Route::ClientDetail { id } => {
            Some(id.clone())
        }
        route => crate::page::project::id_of(route),
    }
}

/// Keys, of those that work everywhere, that lead to something new: not for who only reads.
pub(crate) const WRITING: [&str; 2] = ["b", "c"];

/// Sidebar, page, tab bar.
#[component]
pub(crate) fn Shell() -> Element {
    let navigator = use_navigator();
    let rail = use_signal(|| platform::stored("nav").as_deref() == Some("rail"));
    let fixed = *FIXED.read() > 0;
    let shell = use_query(session::workspace_id(), nav::SHOWN, query::shell);
    let here = use_route::<Route>();
    // What a key brings up should be there when the key is pressed.
    #[cfg(split)]
    crate::lazy::use_ahead(&here, &[crate::page::task::tasks::fetch, palette::fetch]);
    use_effect(use_reactive!(|here| {
        let _ = here;
        platform::clean_address();
    }));
    use_shortcuts(
        "Everywhere",
        &[
            ("Ctrl+k", "Search and commands"),
            ("?", "This list"),
            ("b", "Paste a text"),
            ("c", "New task"),
            ("g t", "Go to Today"),
            ("g r", "Go to Review"),
            ("g c", "Go to Clients"),
            ("g p", "Go to Projects"),
            ("g s", "Go to Settings"),
            ("g w", "Go to another workspace"),
        ],
        move |keys| {
            let to = match keys {
                "Ctrl+k" => {
                    PALETTE.with_mut(|open| *open = !*open);
                    return;
                }
                "?" => {
                    *HELP.write() = true;
                    return;
                }
                key if WRITING.contains(&key) && !session::may_write() => return,
                "c" => {
                    *NEW_TASK.write() = Some(Draft::here(&router().current::<Route>()));
                    return;
                }
                "b" => Route::Paste {
                    params: paste_params(&router().current::<Route>()),
                },
                "g w" => {
                    nav::open_workspaces();
                    return;
                }
                "g r" => Route::Reviews {},
                "g c" => Route::Clients {
                    params: Params::default(),
                },
                "g p" => Route::Projects {
                    params: Params::default(),
                },
                "g s" => Route::SettingsProfile {},
                _ => Route::Today {
                    params: Params::default(),
                },
            };
            navigator.push(to);
        },
    );
    rsx! {
        a { class: "skip", href: "#content", onclick: move |event| { event.prevent_default(); platform::focus("#content"); }, "Skip to content" }
        div { class: "app", "data-nav": rail().then_some("rail"), "data-fixed": fixed.then_some(""),
            Nav { rail, shell }
            main { class: "main", id: "content", tabindex: "-1",
                LineBanner {}
                Outlet::<Route> {}
            }
            TabBar { shell }
        }
        if *PALETTE.read() { Palette {} }
        if *HELP.read() { ShortcutList {} }
        if NEW_TASK.read().is_some() { NewTask {} }
    }
}

/// The project to paste into, when one is being looked at.
pub(crate) fn paste_params(route: &Route) -> Params {
    crate::page::project::id_of(route).map_or_else(Params::default, |id| Params::of("project", &id))
}

/// Says when the live connection is gone for longer than a moment.
#[component]
fn LineBanner() -> Element {
    if *LINK.read() != Line::Lost && *ONLINE.read() {
        return rsx! {};
    }
    rsx! {
        div { class: "late",
            Banner { glyph: Glyph::Offline, "Not connected. You can go on reading; what changes elsewhere shows once the connection is back." }
        }
    }
}
