//! Webhooks: other programs that are told what happens in the workspace.

mod deliveries;
mod detail;
mod edit;
mod query;
mod secret;

use dioxus::prelude::*;

pub(crate) use self::detail::SettingsWebhook;
use self::{
    edit::Edit,
    query::{Webhook, WebhookDisabledReason},
};
use super::{Section, is_owner};
use crate::{
    app::use_title,
    gql::{Load, types::NodeKind, use_fetch},
    route::Route,
    session,
    ui::prelude::*,
};

#[component]
pub(crate) fn SettingsWebhooks() -> Element {
    use_title("Webhooks · Settings");
    let help = "Other programs hear what happens here, as it happens.";
    if !is_owner() {
        return rsx! {
            Section { title: "Webhooks", help,
                Empty { glyph: Glyph::Pipeline, title: "For owners", text: "Only an owner of the workspace decides who is told what happens in it." }
            }
        };
    }
    rsx! {
        Section { title: "Webhooks", help, List { key: "{session::workspace_id().inner()}" } }
    }
}

#[component]
fn List() -> Element {
    let query = use_fetch(
        session::workspace_id(),
        &[NodeKind::WebhookEndpoint],
        query::webhooks,
    );
    let mut making = use_signal(|| false);
    let navigator = use_navigator();
    match query.load() {
        Load::Wait => rsx! { SkeletonRows { rows: 3 } },
        Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
        Load::Ready(found) => {
            let hooks = found.webhook_endpoints.clone().unwrap_or_default();
            let add = rsx! {
                Btn { variant: Variant::Primary, icon: Glyph::Plus, onclick: move |_| making.set(true), "New webhook" }
            };
            rsx! {
                if hooks.is_empty() {
                    Empty { glyph: Glyph::Pipeline, title: "No webhooks yet", text: "Give the address of a program, and it hears of each task, project or suggestion within a second.",
                        {add}
                    }
                } else {
                    div { {add} }
                    ul { class: "hooks",
                        for hook in hooks {
                            HookRow { key: "{hook.id.inner()}", hook }
                        }
                    }
                }
                if making() {
                    Edit {
                        hook: None::<Webhook>, events: found.webhook_events.clone(),
                        onsaved: move |hook: Webhook| {
                            query.refetch();
                            navigator.push(Route::SettingsWebhook { id: hook.id.inner().to_owned() });
                        },
                        onclose: move |()| making.set(false),
                    }
                }
            }
        }
    }
}

#[component]
fn HookRow(hook: Webhook) -> Element {
    rsx! {
        li { class: "hook",
            div { class: "hook-main",
                Link { class: "hook-url trunc", to: Route::SettingsWebhook { id: hook.id.inner().to_owned() }, {hook.url.clone()} }
                if !hook.description.is_empty() { p { class: "hook-meta", {hook.description.clone()} } }
                p { class: "hook-meta", {told_of(&hook.events)} }
            }
            State { hook: hook.clone() }
        }
    }
}

/// Whether it is told anything, and if not, why.
#[component]
fn State(hook: Webhook) -> Element {
    let (tone, words) = match (hook.disabled_reason, &hook.failing_since) {
        (Some(WebhookDisabledReason::Person), _) => (Tone::Neutral, "Off"),
        (Some(WebhookDisabledReason::Gone), _) => (Tone::Danger, "Off: receiver gone"),
        (Some(WebhookDisabledReason::Failing), _) => (Tone::Danger, "Off: it failed for a day"),
        (None, Some(_)) => (Tone::Warn, "Failing"),
        (None, None) => (Tone::Ok, "On"),
    };
    rsx! { Badge { tone, {words} } }
}

/// `task.created, task.updated and 3 more`.
fn told_of(events: &[String]) -> String {
    match events {
        [] => "Everything that happens".to_owned(),
        [one] => one.clone(),
        [one, two] => [one.as_str(), " and ", two].concat(),
        [one, two, rest @ ..] => {
            [one.as_str(), ", ", two, " and ", &rest.len().to_string(), " more"].concat()
        }
    }
}
