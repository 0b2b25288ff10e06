//! The client's page: what the owner chose to show, live, without an account and
//! without the app around it.

mod locked;
mod parts;
mod query;

use std::rc::Rc;

use dioxus::prelude::*;
use gloo_timers::future::TimeoutFuture;

use self::{
    locked::Locked,
    parts::{Ago, Gone, Notes, Tasks, Update},
    query::{SharedView as View, ViewChanged},
};
use crate::{
    app::use_title,
    fmt::{intl, name::initials},
    gql::{
        Ask, Error, Load, Query,
        live::{Link as Line, Socket},
        use_fetch,
    },
    platform,
    ui::prelude::*,
};

/// A link that opens nothing: the server sends every other one on to its view.
#[component]
pub(crate) fn SharedGone(token: String) -> Element {
    let _ = token;
    rsx! { Gone {} }
}

/// How often the page says anew how old it is.
const TICK_MILLIS: u32 = 1_000;

/// The page under `/s/v/<share>`.
#[component]
pub(crate) fn SharedView(share: String) -> Element {
    let base = ["/s/v/", &share].concat();
    let revoked = use_signal(|| false);
    let query = use_fetch(base.clone(), &[], |base: String| async move {
        query::view(&base).await
    });
    // Over is over, also when the newest answer is still on the screen.
    if revoked() {
        return rsx! { Gone {} };
    }
    match query.load() {
        Load::Wait => rsx! {
            div { class: "sh", main { class: "sh-body", Skeleton { lines: 6 } } }
        },
        Load::Failed(Error::NotFound) => rsx! { Gone {} },
        Load::Failed(Error::SignedOut) => rsx! { Locked { base } },
        Load::Failed(error) => rsx! {
            div { class: "sh", main { class: "sh-body", Failed { error, retry: move |()| query.refetch() } } }
        },
        Load::Ready(view) => rsx! { Watched { base, query, view, revoked } },
    }
}

/// The view, and a socket that says when it changes: only for who may look.
#[component]
fn Watched(base: String, query: Query<View>, view: Rc<View>, revoked: Signal<bool>) -> Element {
    let line = use_signal(|| Line::Idle);
    use_live(base, query, line, revoked);
    rsx! { Page { view, line: line() } }
}

/// Reads the view anew whenever it changed, and once more after a lost connection.
fn use_live(base: String, query: Query<View>, line: Signal<Line>, revoked: Signal<bool>) {
    use_hook(|| {
        let scope = dioxus::core::current_scope_id();
        let runtime = dioxus::core::Runtime::current();
        let socket = Socket::new(&base, false, {
            let runtime = runtime.clone();
            move |now| {
                let mut line = line;
                runtime.in_scope(scope, || {
                    let before = *line.peek();
                    line.set(now);
                    if before == Line::Lost && now == Line::Open {
                        query.refetch();
                    }
                });
            }
        });
        Rc::new(socket.subscribe(
            || ViewChanged::build(()),
            move |event: Result<ViewChanged, Error>| {
                let mut revoked = revoked;
                runtime.in_scope(scope, || match event {
                    Ok(_) => query.refetch(),
                    Err(Error::NotFound | Error::SignedOut) => {
                        let base = base.clone();
                        // Over, or behind another password than before: only what is over stays so.
                        spawn(async move {
                            match query::view(&base).await {
                                Ok(_) | Err(Error::SignedOut) => platform::reload(),
                                Err(_) => revoked.set(true),
                            }
                        });
                    }
                    Err(_) => {}
                });
            },
        ))
    });
}

#[component]
fn Page(view: Rc<View>, line: Line) -> Element {
    use_title(&view.project_name);
    let mut now = use_signal(js_sys::Date::now);
    use_future(move || async move {
        loop {
            TimeoutFuture::new(TICK_MILLIS).await;
            now.set(js_sys::Date::now());
        }
    });
    let first_name = view
        .freelancer_name
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_owned();
    let progress = format!("{} of {}", view.done, view.total);
    let percent = if view.total > 0 {
        view.done * 100 / view.total
    } else {
        0
    };
    let has_side = view.show_notes && !view.notes.is_empty();
    let dates = match (view.start_date, view.due_date) {
        (_, Some(due)) => Some(["Due ", &intl::day_short(due)].concat()),
        (Some(start), None) => Some(["Since ", &intl::day_short(start)].concat()),
        (None, None) => None,
    };
    let until = view
        .expires_at
        .as_ref()
        .and_then(|at| intl::local_day(&at.0))
        .map(intl::day_short);
    rsx! {
        a { class: "skip", href: "#main", onclick: move |event| { event.prevent_default(); platform::focus("#main"); }, "Skip to content" }
        div { class: "sh", "data-hue": view.hue.attr(),
            header { class: "sh-top",
                div {
                    span { class: "avatar", "data-hue": view.hue.attr(), "data-size": "lg", aria_hidden: "true", {initials(&view.freelancer_name)} }
                    div { class: "sh-who",
                        b { {view.freelancer_name.clone()} }
                        if view.workspace_name != view.freelancer_name {
                            span { {view.workspace_name.clone()} }
                        }
                    }
                    Ago { at: view.updated_at.0.clone(), now: now(), line }
                }
            }
            main { class: "sh-body", id: "main", tabindex: "-1",
                if let Some(client) = &view.client_name {
                    p { class: "muted", {client.clone()} }
                }
                h1 { class: "sh-title", {view.project_name.clone()} }
                p { class: "sh-when muted num",
                    {view.project_status.word()}
                    if let Some(dates) = dates { span { class: "dot-sep", {dates} } }
                }
                div { class: "sh-cols", "data-two": has_side.then_some(""),
                    div {
                        div { class: "sh-prog",
                            div { class: "row",
                                b { class: "num", {progress.clone()} }
                                span { class: "soft grow", "tasks done" }
                                span { class: "num soft", "{percent} %" }
                            }
                            Meter { value: view.done, max: view.total, tone: MeterTone::Hue, large: true, label: "{progress} tasks done" }
                        }
                        if let Some(status) = view.status.clone().filter(|status| !status.sentences.is_empty()) {
                            Update { status }
                        }
                        if view.show_tasks {
                            Tasks { view: view.clone(), first_name: first_name.clone() }
                        }
                    }
                    if has_side {
                        div { Notes { view: view.clone(), first_name: first_name.clone() } }
                    }
                }
                footer { class: "sh-foot",
                    p {
                        "Read-only page shared by {first_name}"
                        if let Some(until) = until { " until {until}" }
                        ". Nothing here tracks you; the one cookie keeps this page open."
                    }
                    span { class: "no-print",
                        Btn { variant: Variant::Ghost, size: BtnSize::Small, icon: Glyph::Print,
                            onclick: |_| {
                                if let Some(window) = platform::window() {
                                    let _ = window.print();
                                }
                            },
                            "Print"
                        }
                    }
                    p { "Made with SmartStack" }
                }
            }
        }
    }
}
