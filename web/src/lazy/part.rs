//! A part on its way: what stands in its place, and what is said when it does not arrive.

use dioxus::prelude::*;
use futures_util::{FutureExt, future::LocalBoxFuture};
use wasm_split_helpers::SplitLoaderError;

use crate::{platform, ui::prelude::*};

/// A part on its way.
pub(crate) type Fetching = LocalBoxFuture<'static, Result<(), SplitLoaderError>>;
/// Fetches a part, or finds it there. May be called again after it failed.
pub(crate) type Fetch = fn() -> Fetching;

/// What a part that is here shows.
pub(crate) fn now(shown: impl Future<Output = Result<Element, SplitLoaderError>>) -> Element {
    shown
        .now_or_never()
        .and_then(Result::ok)
        .unwrap_or_else(|| rsx! {})
}

/// What stands where the part will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stand {
    /// The first lines of a screen.
    Page,
    /// Nothing, as for what lies over a screen.
    Nothing,
}

/// Where a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Coming,
    Here,
    Missing,
    /// Missing, and nobody wants to hear of it any more.
    Closed,
}

/// Fetches a part once the calling component is shown; gives what to show until it is here.
pub(crate) fn use_part(fetch: Fetch, stand: Stand) -> Option<Element> {
    // Fetched ahead, it is shown at once.
    let mut part = use_signal(|| match fetch().now_or_never() {
        Some(Ok(())) => Part::Here,
        _ => Part::Coming,
    });
    let mut coming = use_future(move || async move {
        if *part.peek() != Part::Here {
            part.set(match fetch().await {
                Ok(()) => Part::Here,
                Err(_) => Part::Missing,
            });
        }
    });
    let again = move |_| {
        part.set(Part::Coming);
        coming.restart();
    };
    match (*part.read(), stand) {
        (Part::Here, _) => None,
        (Part::Coming, Stand::Page) => Some(rsx! { div { class: "page", Skeleton { lines: 3 } } }),
        (Part::Coming | Part::Closed, _) => Some(rsx! {}),
        (Part::Missing, Stand::Page) => Some(rsx! {
            div { class: "empty", role: "alert",
                Icon { glyph: Glyph::Offline }
                Apology {}
                div { class: "row", Choices { again } }
            }
        }),
        (Part::Missing, Stand::Nothing) => Some(rsx! {
            Dialog { title: "This part did not load", onclose: move |()| part.set(Part::Closed), foot: rsx! { Choices { again } },
                Apology {}
            }
        }),
    }
}

#[component]
fn Apology() -> Element {
    rsx! {
        p {
            strong { "This part of SmartStack did not arrive. " }
            "The connection may be gone, or a newer version has taken its place: reloading the page brings that."
        }
    }
}

#[component]
fn Choices(again: EventHandler<()>) -> Element {
    rsx! {
        Btn { icon: Glyph::Refresh, onclick: move |_| again.call(()), "Try again" }
        Btn { variant: Variant::Primary, onclick: move |_| platform::reload(), "Reload the page" }
    }
}
