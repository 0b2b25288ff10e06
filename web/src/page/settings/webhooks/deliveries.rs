//! A webhook's messages: what was sent, what was answered, and once more.

use dioxus::prelude::*;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;

use super::query::{self, Attempt, Delivery, WebhookDeliveryState as DeliveryState};
use crate::{
    fmt::intl,
    gql::{Load, use_fetch},
    ui::prelude::*,
};

/// How often to look again while something is on its way.
const LOOK_EVERY_MILLIS: u32 = 1_000;

fn state_of(key: &str) -> Option<DeliveryState> {
    match key {
        "waiting" => Some(DeliveryState::Pending),
        "delivered" => Some(DeliveryState::Delivered),
        "failed" => Some(DeliveryState::Failed),
        _ => None,
    }
}

/// The list. `sent` counts what this page has sent itself: a change looks again.
#[component]
pub(super) fn Deliveries(id: cynic::Id, sent: u32) -> Element {
    let mut shown = use_signal(|| "all".to_owned());
    let mut more = use_signal(Vec::<Delivery>::new);
    let mut next = use_signal(|| None::<Option<String>>);
    let mut loading = use_signal(|| false);
    let query = use_fetch((id.clone(), shown(), sent), &[], |(id, state, _)| async move {
        query::deliveries(id, state_of(&state), None).await
    });
    // While something is on its way somebody waits for the answer.
    use_effect(move || {
        let is_sending = |each: &Delivery| each.state == DeliveryState::Pending && each.attempts.is_empty();
        if query
            .get()
            .is_some_and(|found| found.nodes.iter().any(is_sending))
        {
            spawn(async move {
                TimeoutFuture::new(LOOK_EVERY_MILLIS).await;
                query.refetch();
            });
        }
    });
    let replay = move |id: cynic::Id| {
        spawn(async move {
            let mut query = query;
            match query::replay(id).await {
                Ok(now) => {
                    query.patch(|found| {
                        if let Some(each) = found.nodes.iter_mut().find(|each| each.id == now.id) {
                            *each = now;
                        }
                    });
                    toast::done("It is being sent again.");
                    TimeoutFuture::new(LOOK_EVERY_MILLIS).await;
                    query.refetch();
                }
                Err(error) => toast::failed("It was not sent again.", &error),
            }
        });
    };
    let list = match query.load() {
        Load::Wait => rsx! { SkeletonRows { rows: 4 } },
        Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
        Load::Ready(found) if found.nodes.is_empty() => rsx! {
            Empty { glyph: Glyph::Mail, title: "No messages here", text: if shown() == "all" { "What happens in the workspace from now on appears here, and so does a test." } else { "None of the last 30 days stands like this." } }
        },
        Load::Ready(found) => {
            let after = next().unwrap_or_else(|| found.next.clone());
            let id = id.clone();
            rsx! {
                ul { class: "deliveries",
                    // A new message pushes others from the first page onto the next, which is here already.
                    for delivery in found.nodes.iter().chain(more.read().iter().filter(|old| found.nodes.iter().all(|new| new.id != old.id))) {
                        DeliveryRow { key: "{delivery.id.inner()}", delivery: delivery.clone(), onreplay: replay }
                    }
                }
                if after.is_some() {
                    div { class: "row",
                        Btn { busy: loading(),
                            onclick: move |_| {
                                let (id, after) = (id.clone(), after.clone());
                                loading.set(true);
                                spawn(async move {
                                    let state = state_of(&shown.peek());
                                    match query::deliveries(id, state, after).await {
                                        Ok(page) => {
                                            more.write().extend(page.nodes);
                                            next.set(Some(page.next));
                                        }
                                        Err(error) => toast::failed("No more could be loaded.", &error),
                                    }
                                    loading.set(false);
                                });
                            },
                            "Show older ones"
                        }
                    }
                }
            }
        }
    };
    rsx! {
        section { class: "hook-sent", aria_labelledby: "hook-sent",
            div { class: "hook-sent-head",
                h3 { class: "sect-title", id: "hook-sent", "Messages" }
                Seg { name: "hook-state", label: "Which messages", value: shown(),
                    options: vec![SelectOption::new("all", "All"), SelectOption::new("waiting", "Waiting"), SelectOption::new("delivered", "Delivered"), SelectOption::new("failed", "Failed")],
                    onchange: move |value: String| {
                        more.set(Vec::new());
                        next.set(None);
                        shown.set(value);
                    },
                }
                Btn { variant: Variant::Ghost, icon: Glyph::Refresh, onclick: move |_| query.refetch(), "Look again" }
            }
            {list}
        }
    }
}

#[component]
fn DeliveryRow(delivery: Delivery, onreplay: EventHandler<cynic::Id>) -> Element {
    let (tone, words) = match delivery.state {
        DeliveryState::Pending if delivery.attempts.is_empty() => (Tone::Accent, "Sending"),
        DeliveryState::Pending => (Tone::Warn, "Tried again"),
        DeliveryState::Delivered => (Tone::Ok, "Delivered"),
        DeliveryState::Failed => (Tone::Danger, "Failed"),
    };
    let id = delivery.id.clone();
    rsx! {
        li { class: "delivery",
            details {
                summary { class: "delivery-head",
                    Badge { tone, {words} }
                    code { class: "trunc", {delivery.event.clone()} }
                    span { class: "delivery-last trunc", {delivery.attempts.last().map(came_to).unwrap_or_default()} }
                    span { class: "hook-meta num", title: intl::moment_full(&delivery.created_at.0), {intl::moment(&delivery.created_at.0)} }
                }
                div { class: "delivery-body",
                    dl { class: "facts",
                        dt { "webhook-id" }
                        dd { code { {delivery.id.inner().to_owned()} } }
                        if let Some(at) = &delivery.next_attempt_at {
                            dt { "next attempt" }
                            dd { class: "num", {intl::moment_full(&at.0)} }
                        }
                    }
                    p { class: "label", "Sent" }
                    pre { class: "token-how", tabindex: "0", aria_label: "What is sent", {pretty(&delivery.body)} }
                    for attempt in delivery.attempts.iter().rev() {
                        AttemptRow { key: "{attempt.number}", attempt: attempt.clone() }
                    }
                    if delivery.state != DeliveryState::Pending {
                        div { class: "row", Btn { icon: Glyph::Refresh, onclick: move |_| onreplay.call(id.clone()), "Send again" } }
                    }
                }
            }
        }
    }
}

#[component]
fn AttemptRow(attempt: Attempt) -> Element {
    rsx! {
        div { class: "attempt",
            p { class: "attempt-head",
                strong { "Attempt {attempt.number}" }
                span { {came_to(&attempt)} }
                span { class: "hook-meta num", title: intl::moment_full(&attempt.at.0), {intl::moment(&attempt.at.0)} " · {attempt.duration_ms} ms" }
            }
            p { class: "hook-meta hook-long", {attempt.url.clone()} }
            if let Some(answer) = attempt.answer.clone().filter(|answer| !answer.is_empty()) {
                pre { class: "token-how", tabindex: "0", aria_label: "What was answered to attempt {attempt.number}", {answer} }
            }
        }
    }
}

/// What an attempt came to, in a few words.
fn came_to(attempt: &Attempt) -> String {
    match (attempt.status, &attempt.failure) {
        (Some(status), _) => ["Answered ", &status.to_string()].concat(),
        (None, Some(failure)) => failure.clone(),
        (None, None) => String::new(),
    }
}

/// A JSON text with a line for each value.
fn pretty(body: &str) -> String {
    js_sys::JSON::parse(body)
        .and_then(|value| {
            js_sys::JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &JsValue::from(2))
        })
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_else(|| body.to_owned())
}
