//! Making and changing a webhook.

use dioxus::prelude::*;

use super::{
    query::{self, Draft, Webhook},
    secret::Shown,
};
use crate::{gql::Error, session, ui::prelude::*};

/// What a kind of thing is called, by the first part of an event's name.
fn words(noun: &str) -> String {
    match noun {
        "project_note" => "Project notes".to_owned(),
        "suggestion_item" => "Suggested items".to_owned(),
        "share_link" => "Shared links".to_owned(),
        "workspace" => "Workspace".to_owned(),
        other => {
            let mut letters = other.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters).chain(['s']).collect()
        }
    }
}

/// The events by kind of thing, in their order.
fn groups(events: &[String]) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for event in events {
        let noun = event.split('.').next().unwrap_or_default();
        match groups.last_mut() {
            Some((last, events)) if last == noun => events.push(event.clone()),
            _ => groups.push((noun.to_owned(), vec![event.clone()])),
        }
    }
    groups
}

/// The form; for a new webhook its secret afterwards.
#[component]
pub(super) fn Edit(
    hook: Option<Webhook>,
    events: Vec<String>,
    onsaved: EventHandler<Webhook>,
    onclose: EventHandler<()>,
) -> Element {
    let mut made = use_signal(|| None::<(Webhook, String)>);
    if let Some((hook, secret)) = made() {
        return rsx! {
            Shown { secret, rotated: false,
                onclose: move |()| {
                    onclose.call(());
                    onsaved.call(hook.clone());
                },
            }
        };
    }
    rsx! {
        Form { hook, events, onsaved, onclose, onmade: move |new: (Webhook, String)| made.set(Some(new)) }
    }
}

#[component]
fn Form(
    hook: Option<Webhook>,
    events: Vec<String>,
    onsaved: EventHandler<Webhook>,
    onmade: EventHandler<(Webhook, String)>,
    onclose: EventHandler<()>,
) -> Element {
    let mut draft = {
        let before = hook.clone();
        use_signal(move || {
            before.map_or_else(Draft::default, |hook| Draft {
                url: hook.url,
                description: hook.description,
                events: hook.events,
            })
        })
    };
    let mut chosen_only = {
        let some = hook.as_ref().is_some_and(|hook| !hook.events.is_empty());
        use_signal(move || some)
    };
    let mut error = use_signal(|| None::<Error>);
    let mut nothing = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let is_new = hook.is_none();
    let submit = move |event: FormEvent| {
        event.prevent_default();
        if busy() {
            return;
        }
        let mut draft = draft.peek().clone();
        if !chosen_only() {
            draft.events.clear();
        }
        // No event chosen would mean: all of them.
        nothing.set(chosen_only() && draft.events.is_empty());
        if nothing() {
            return;
        }
        busy.set(true);
        error.set(None);
        let hook = hook.clone();
        spawn(async move {
            let failed = match hook {
                Some(hook) => query::save(&hook, draft).await.map(|saved| {
                    toast::done("Saved");
                    onclose.call(());
                    onsaved.call(saved);
                }),
                None => query::create(session::workspace_id(), draft)
                    .await
                    .map(|made| onmade.call(made)),
            };
            busy.set(false);
            error.set(failed.err());
        });
    };
    let of = |field: &str| error.read().as_ref().and_then(|error| error.field(field));
    let elsewhere = error
        .read()
        .as_ref()
        .filter(|error| {
            ["url", "description"]
                .iter()
                .all(|field| error.field(field).is_none())
        })
        .map(Error::message);
    rsx! {
        Dialog { title: if is_new { "New webhook" } else { "Change the webhook" }, size: DialogSize::Large, onclose,
            form { class: "hook-form", novalidate: true, onsubmit: submit,
                Field { id: "hook-url", label: "Address", help: "Where messages go: https, on the internet.", error: of("url"),
                    Input { id: "hook-url", value: draft.read().url.clone(), kind: InputKind::Url, placeholder: "https://example.com/webhooks", maxlength: 2048, autofocus: true, autocomplete: "off", invalid: of("url").is_some(), oninput: move |text| draft.write().url = text }
                }
                Field { id: "hook-what", label: "What for", error: of("description"),
                    Input { id: "hook-what", value: draft.read().description.clone(), maxlength: 200, autocomplete: "off", placeholder: "For you to remember", invalid: of("description").is_some(), oninput: move |text| draft.write().description = text }
                }
                fieldset { class: "hook-events",
                    legend { class: "label", "What it hears of" }
                    Seg { name: "hook-which", label: "What it hears of", value: if chosen_only() { "some" } else { "all" },
                        options: vec![SelectOption::new("all", "Everything"), SelectOption::new("some", "Chosen events")],
                        onchange: move |value: String| chosen_only.set(value == "some"),
                    }
                    if nothing() {
                        p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } "Choose at least one event." }
                    }
                    if chosen_only() {
                        div { class: "hook-groups",
                            for (noun , events) in groups(&events) {
                                div { key: "{noun}", class: "hook-group", role: "group", aria_label: words(&noun),
                                    p { class: "label", aria_hidden: "true", {words(&noun)} }
                                    for event in events {
                                        EventCheck { key: "{event}", event: event.clone(), checked: draft.read().events.contains(&event),
                                            onchange: move |on: bool| {
                                                let mut draft = draft.write();
                                                draft.events.retain(|each| *each != event);
                                                if on { draft.events.push(event.clone()); }
                                            },
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                if let Some(message) = elsewhere {
                    p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
                }
                div { class: "row",
                    Btn { variant: Variant::Primary, kind: BtnKind::Submit, busy: busy(), if is_new { "Make the webhook" } else { "Save" } }
                    Btn { variant: Variant::Ghost, onclick: move |_| onclose.call(()), "Cancel" }
                }
            }
        }
    }
}

#[component]
fn EventCheck(event: String, checked: bool, onchange: EventHandler<bool>) -> Element {
    rsx! {
        Check { checked, label: event.clone(), onchange, code { {event} } }
    }
}
