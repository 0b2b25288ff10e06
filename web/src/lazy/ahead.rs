//! Fetching parts before they are asked for: what a link points at as soon as somebody points at
//! the link, and what a screen links to once it has been quiet for a moment.

use dioxus::prelude::*;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::{
    lazy::Fetch,
    platform::{self, Listener},
    route::{self, Route},
};

/// How long a screen must have been shown before what it links to is fetched: its own requests go first.
const QUIET_MILLIS: u32 = 2_000;

/// Fetches what links point at when they are pointed at, touched or focused, as long as it lives.
pub(crate) struct Ahead(#[allow(dead_code, reason = "kept, not read")] [Option<Listener>; 3]);

impl Ahead {
    /// Listens from now on.
    pub(crate) fn new() -> Self {
        Self(["pointerover", "touchstart", "focusin"].map(|event| {
            platform::window().map(|window| {
                Listener::new(window, event, |event| {
                    let link = event
                        .target()
                        .and_then(|target| target.dyn_into::<Element>().ok())
                        .and_then(|element| element.closest("a[href]").ok().flatten());
                    if let Some(route) = link.as_ref().and_then(target) {
                        bring(route::fetch(&route));
                    }
                })
            })
        }))
    }
}

/// Fetches a part now. When it fails, whoever shows the part says so.
pub(crate) fn bring(fetch: Fetch) {
    wasm_bindgen_futures::spawn_local(async move {
        let _ = fetch().await;
    });
}

/// Fetches the frame of the signed-in app and a screen in it, side by side.
pub(crate) fn bring_signed_in(screen: &Route) {
    bring(route::frame::shell::fetch);
    bring(route::fetch(screen));
}

/// The screen a link leads to; `None` when it leaves the app.
fn target(link: &Element) -> Option<Route> {
    let address = link
        .get_attribute("href")
        .filter(|address| address.starts_with('/'))?;
    match address.parse() {
        Ok(Route::NotFound { .. }) | Err(_) => None,
        Ok(route) => Some(route),
    }
}

/// Fetches `more` and then what the screen links to, one part after the other, once it has been quiet.
///
/// Not for who asked their browser to save data.
pub(crate) fn use_ahead(here: &Route, more: &'static [Fetch]) {
    let mut fetching = use_future(move || async move {
        TimeoutFuture::new(QUIET_MILLIS).await;
        if platform::saves_data() {
            return;
        }
        let Some(links) = platform::document().map(|document| document.links()) else {
            return;
        };
        let routes: Vec<Route> = (0..links.length())
            .filter_map(|at| target(&links.item(at)?))
            .collect();
        for fetch in more.iter().copied().chain(routes.iter().map(route::fetch)) {
            let _ = fetch().await;
        }
    });
    // Another screen has other links.
    let here = here.clone();
    use_effect(use_reactive!(|here| {
        let _ = here;
        fetching.restart();
    }));
}
