//! One webhook: what it is, what can be done with it, and its messages.

use dioxus::prelude::*;

use super::{
    State,
    deliveries::Deliveries,
    edit::Edit,
    query::{self, Webhook, WebhookDisabledReason, Webhooks},
    secret::Shown,
    told_of,
};
use crate::{
    app::use_title,
    fmt::intl,
    gql::{Error, Load, Query, types::NodeKind, use_fetch},
    route::Route,
    session,
    ui::prelude::*,
};

/// What is open over the page.
#[derive(Clone, Debug, Default, PartialEq)]
enum Over {
    #[default]
    Nothing,
    Editing,
    AskingForSecret,
    Secret(String),
    Deleting,
}

#[component]
pub(crate) fn SettingsWebhook(id: String) -> Element {
    use_title("Webhook · Settings");
    let query = use_fetch(
        session::workspace_id(),
        &[NodeKind::WebhookEndpoint],
        query::webhooks,
    );
    rsx! {
        div { class: "hook-page",
            p { class: "hook-back", Link { to: Route::SettingsWebhooks {}, Icon { glyph: Glyph::Left } "Webhooks" } }
            match query.load() {
                Load::Wait => rsx! { SkeletonRows { rows: 5 } },
                Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
                Load::Ready(found) => {
                    let hook = found.webhook_endpoints.iter().flatten().find(|hook| hook.id.inner() == id).cloned();
                    match hook {
                        Some(hook) => rsx! { Detail { key: "{id}", query, hook, events: found.webhook_events.clone() } },
                        None => rsx! { Failed { error: Error::NotFound, retry: move |()| query.refetch() } },
                    }
                }
            }
        }
    }
}

#[component]
fn Detail(query: Query<Webhooks>, hook: Webhook, events: Vec<String>) -> Element {
    let mut over = use_signal(Over::default);
    let busy = use_signal(|| false);
    let mut sent = use_signal(|| 0_u32);
    let navigator = use_navigator();
    let close = use_callback(move |()| over.set(Over::Nothing));
    let (id, on) = (hook.id.clone(), !hook.is_enabled);
    let toggle = use_callback(move |()| {
        let id = id.clone();
        spawn(async move {
            match query::enable(id, on).await {
                Ok(_) => toast::done(if on { "Switched on" } else { "Switched off" }),
                Err(error) => toast::failed("Nothing was changed.", &error),
            }
            query.refetch();
        });
    });
    let ping = {
        let id = hook.id.clone();
        move |_| {
            let done = move |()| sent += 1;
            once(busy, query::ping(id.clone()), "Nothing was sent.", done);
        }
    };
    let rotate = {
        let id = hook.id.clone();
        move |_| {
            let done = move |(_, secret)| {
                over.set(Over::Secret(secret));
                query.refetch();
            };
            once(
                busy,
                query::rotate(id.clone()),
                "The secret was not changed.",
                done,
            );
        }
    };
    let delete = {
        let id = hook.id.clone();
        move |_| {
            let done = move |()| {
                toast::done("The webhook is deleted.");
                navigator.push(Route::SettingsWebhooks {});
            };
            once(
                busy,
                query::delete(id.clone()),
                "The webhook was not deleted.",
                done,
            );
        }
    };
    rsx! {
        div { class: "hook-head",
            div { class: "hook-main",
                h2 { class: "hook-title", {hook.url.clone()} }
                if !hook.description.is_empty() { p { class: "hook-meta", {hook.description.clone()} } }
                p { class: "hook-meta", title: hook.events.join(", "), {told_of(&hook.events)} }
            }
            State { hook: hook.clone() }
        }
        if let Some(why) = why(&hook) { p { class: "hook-why", role: "status", Icon { glyph: Glyph::Alert } {why} } }
        div { class: "hook-do",
            if hook.is_enabled {
                Btn { variant: Variant::Primary, icon: Glyph::Right, busy: busy(), onclick: ping, "Send a test" }
            } else {
                Btn { variant: Variant::Primary, onclick: move |_| toggle.call(()), "Switch on" }
            }
            Btn { icon: Glyph::Edit, onclick: move |_| over.set(Over::Editing), "Change" }
            Btn { icon: Glyph::Key, onclick: move |_| over.set(Over::AskingForSecret), "New secret" }
            Menu { label: "More", end: true,
                if hook.is_enabled {
                    MenuItem { glyph: Glyph::Ban, onclick: move |()| toggle.call(()), "Switch off" }
                }
                MenuItem { glyph: Glyph::Trash, tone: Tone::Danger, onclick: move |()| over.set(Over::Deleting), "Delete" }
            }
        }
        Deliveries { id: hook.id.clone(), sent: sent() }
        match over() {
            Over::Nothing => rsx! {},
            Over::Editing => rsx! {
                Edit { hook: Some(hook.clone()), events, onsaved: move |_: Webhook| query.refetch(), onclose: close }
            },
            Over::AskingForSecret => rsx! {
                Dialog { title: "Make a new secret?", onclose: close,
                    foot: rsx! {
                        Btn { onclick: move |_| close.call(()), "Keep it" }
                        Btn { variant: Variant::Primary, busy: busy(), onclick: rotate, "New secret" }
                    },
                    p { "For 24 hours messages are signed by both, so that you can change over without losing one. Then the old secret ends; one from before it ends now." }
                }
            },
            Over::Secret(secret) => rsx! { Shown { secret, rotated: true, onclose: close } },
            Over::Deleting => rsx! {
                Dialog { title: "Delete this webhook?", onclose: close,
                    foot: rsx! {
                        Btn { onclick: move |_| close.call(()), "Keep it" }
                        Btn { variant: Variant::Danger, busy: busy(), onclick: delete, "Delete" }
                    },
                    p { "Nothing is sent there any more, and its messages go with it. This cannot be undone." }
                }
            },
        }
    }
}

/// Does one thing at a time: what is asked for meanwhile is not begun. `failed` is said where it fails.
fn once<T: 'static>(
    mut busy: Signal<bool>,
    work: impl Future<Output = Result<T, Error>> + 'static,
    failed: &'static str,
    mut done: impl FnMut(T) + 'static,
) {
    if busy() {
        return;
    }
    busy.set(true);
    spawn(async move {
        let result = work.await;
        busy.set(false);
        match result {
            Ok(value) => done(value),
            Err(error) => toast::failed(failed, &error),
        }
    });
}

/// What its owner has to know, where anything.
fn why(hook: &Webhook) -> Option<String> {
    match (hook.disabled_reason, &hook.failing_since) {
        (Some(WebhookDisabledReason::Person), _) => None,
        (Some(WebhookDisabledReason::Gone), _) => Some(
            "Its receiver answered 410 Gone, so it was switched off. Switched on, it is told of what happens from then on."
                .to_owned(),
        ),
        (Some(WebhookDisabledReason::Failing), _) => Some(
            "Nothing could be delivered for more than a day, so it was switched off. Look at the answers below."
                .to_owned(),
        ),
        (None, Some(since)) => {
            let since = intl::moment(&since.0);
            Some(["Nothing could be delivered since ", &since, ". Messages are tried again for a day."].concat())
        }
        (None, None) => {
            let until = hook.old_secret_until.as_ref()?;
            let left = intl::millis(&until.0)? - js_sys::Date::now();
            (left > 0.0).then(|| ["The old secret signs along until ", &intl::moment(&until.0), "."].concat())
        }
    }
}
