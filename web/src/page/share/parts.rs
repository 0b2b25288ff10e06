//! One link: its address, what it shows, and its end.

use dioxus::prelude::*;
use wasm_bindgen::JsCast;

use super::{
    form::LinkForm,
    query::{self, ShareLink},
};
use crate::{fmt::intl, gql::Query, page::job::query::start_status, platform, ui::prelude::*};

/// Whether a link opens nothing any more.
pub(super) fn is_over(link: &ShareLink) -> bool {
    link.revoked_at.is_some() || has_expired(link)
}

fn has_expired(link: &ShareLink) -> bool {
    link.expires_at
        .as_ref()
        .and_then(|at| intl::millis(&at.0))
        .is_some_and(|at| at <= js_sys::Date::now())
}

#[component]
pub(super) fn LinkRow(
    query: Query<Vec<ShareLink>>,
    link: ShareLink,
    fresh: bool,
    may_write: bool,
) -> Element {
    let mut editing = use_signal(|| false);
    let mut asking = use_signal(|| false);
    let mut writing = use_signal(|| false);
    let navigator = use_navigator();
    let over = is_over(&link);
    let name = if link.label.is_empty() {
        "Link without a name".to_owned()
    } else {
        link.label.clone()
    };
    let (tone, state) = match () {
        () if link.revoked_at.is_some() => (Tone::Danger, "Revoked"),
        () if over => (Tone::Warn, "Expired"),
        () => (Tone::Ok, "Open"),
    };
    let id = link.id.inner().to_owned();
    let url_id = ["url-", &id].concat();
    let mut replace = move |new: ShareLink| {
        let mut query = query;
        editing.set(false);
        query.patch(|links| {
            if let Some(old) = links.iter_mut().find(|old| old.id == new.id) {
                *old = new;
            }
        });
    };
    let revoke = move |()| {
        let id = id.clone();
        asking.set(false);
        spawn(async move {
            match query::revoke(id).await {
                Ok(link) => {
                    replace(link);
                    toast::done("Link revoked. Nobody can open it any more.");
                }
                Err(error) => toast::failed("The link was not revoked.", &error),
            }
        });
    };
    rsx! {
        li { class: "link", "data-over": over.then_some(""),
            div {
                div { class: "link-name", span { class: "trunc", {name.clone()} } Badge { tone, {state} } }
                div { class: "link-meta",
                    span { {shows(&link)} }
                    span { class: "num", {lasts(&link)} }
                    if link.has_password {
                        span { class: "link-lock", Icon { glyph: Glyph::Key, size: IconSize::Small } "asks for a password" }
                    }
                    if let Some(person) = &link.created_by {
                        span { class: "num", title: intl::moment_full(&link.created_at.0), "by {person.name}, {intl::moment(&link.created_at.0)}" }
                    }
                }
            }
            if may_write && link.revoked_at.is_none() {
                div { class: "link-act",
                    if !over {
                        Btn { variant: Variant::Ghost, size: BtnSize::Small, busy: writing(), label: "Write an update for {name}",
                            onclick: { let link = link.id.clone(); move |_| {
                                let link = link.clone();
                                writing.set(true);
                                spawn(async move {
                                    match start_status(link).await {
                                        Ok(place) => { navigator.push(place); }
                                        Err(error) => {
                                            writing.set(false);
                                            toast::failed("No update was drafted.", &error);
                                        }
                                    }
                                });
                            } },
                            "Write an update"
                        }
                    }
                    Btn { variant: Variant::Ghost, size: BtnSize::Small, label: "Edit {name}", onclick: move |_| editing.toggle(), "Edit" }
                    Btn { variant: Variant::Ghost, size: BtnSize::Small, label: "Revoke {name}", onclick: move |_| asking.set(true), "Revoke" }
                }
            }
            if let Some(url) = link.url.clone().filter(|_| !over) {
                div { class: "link-url",
                    input { class: "input", id: url_id.clone(), readonly: true, value: url.clone(), "aria-label": "Address of {name}",
                        onfocus: { let url_id = url_id.clone(); move |_| select_all(&url_id) },
                    }
                    Copy { url: url.clone(), url_id: url_id.clone(), primary: fresh }
                    a { class: "btn", href: url, target: "_blank", rel: "noopener", Icon { glyph: Glyph::Eye } "Preview" span { class: "sr", " in a new tab" } }
                }
            }
            if editing() {
                LinkForm { project_id: "", link: link.clone(), cancel: EventHandler::new(move |()| editing.set(false)), onsaved: replace }
            }
        }
        if asking() {
            Dialog { title: "Revoke this link?", onclose: move |()| asking.set(false),
                foot: rsx! {
                    Btn { onclick: move |_| asking.set(false), "Keep it" }
                    Btn { variant: Variant::Danger, onclick: { let mut revoke = revoke.clone(); move |_| revoke(()) }, "Revoke" }
                },
                p { "Whoever has “{name}” can no longer open the project, and an open page closes at once. This cannot be undone; you can make a new link." }
            }
        }
    }
}

/// Copies the address and says so where the finger is.
#[component]
fn Copy(url: String, url_id: String, primary: bool) -> Element {
    let mut copied = use_signal(|| false);
    rsx! {
        Btn { variant: if primary { Variant::Primary } else { Variant::Default }, icon: if copied() { Glyph::Check } else { Glyph::Copy },
            onclick: move |_| {
                let (url, url_id) = (url.clone(), url_id.clone());
                spawn(async move {
                    if platform::copy(&url).await {
                        copied.set(true);
                        gloo_timers::future::TimeoutFuture::new(2_000).await;
                        copied.set(false);
                    } else {
                        // The browser does not let us: select it, so that one key press does.
                        platform::focus(&["#", &url_id].concat());
                        toast::done("The address is selected: copy it with Ctrl C.");
                    }
                });
            },
            span { role: "status", if copied() { "Copied" } else { "Copy" } }
        }
    }
}

fn select_all(id: &str) {
    let input = platform::document().and_then(|document| document.get_element_by_id(id));
    if let Some(input) = input.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        input.select();
    }
}

/// `Tasks, due dates`.
fn shows(link: &ShareLink) -> String {
    let all = [
        (link.show_tasks, "tasks"),
        (link.show_due_dates, "due dates"),
        (link.show_estimates, "estimates"),
        (link.show_notes, "notes"),
    ];
    let shown: Vec<&str> = all.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
    if shown.is_empty() {
        "Shows progress only".to_owned()
    } else {
        ["Shows progress, ", &shown.join(", ")].concat()
    }
}

fn lasts(link: &ShareLink) -> String {
    let day = |at: &str| intl::local_day(at).map_or_else(|| at.to_owned(), intl::day_short);
    match (&link.revoked_at, &link.expires_at) {
        (Some(at), _) => ["revoked ", &intl::moment(&at.0)].concat(),
        (None, Some(at)) if has_expired(link) => ["expired ", &day(&at.0)].concat(),
        (None, Some(at)) => ["until ", &day(&at.0)].concat(),
        (None, None) => "no end".to_owned(),
    }
}
