//! Accounts at other providers that sign the person in.

use dioxus::prelude::*;
use serde_json::{Value, json};

use crate::{
    account::{self, flag, text},
    fmt::intl,
    gql::{Error, Query},
    page::{
        settings::Section,
        sign_in::{SignInProvider, said, use_installation},
    },
    platform,
    route::Params,
    ui::prelude::*,
};

/// What is being done, and to what.
#[derive(Clone, Debug, PartialEq)]
enum Doing {
    Nothing,
    Connect(SignInProvider),
    Disconnect { id: String, name: String },
}

/// What is connected, and what could be; nothing where the installation knows no other providers.
#[component]
pub(super) fn Connected(account: Query<Value>, now: Value, came_back: Params) -> Element {
    let mut doing = use_signal(|| Doing::Nothing);
    let providers = use_installation()
        .map(|installation| installation.sign_in_providers)
        .unwrap_or_default();
    let linked = now
        .get("linkedAccounts")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if providers.is_empty() && linked.is_empty() {
        return rsx! {};
    }
    let needs_password = flag(&now, "hasPassword");
    let label_of = |name: &str| {
        let found = providers.iter().find(|provider| provider.name == name);
        found.map_or_else(|| name.to_owned(), |provider| provider.label.clone())
    };
    let outcome = match (came_back.get("linked"), came_back.get("problem")) {
        (Some(name), _) => Some((Glyph::Check, [&label_of(name), " is connected."].concat())),
        (None, Some(problem)) => Some((Glyph::Alert, said(problem).to_owned())),
        (None, None) => None,
    };
    let close = move |()| doing.set(Doing::Nothing);
    rsx! {
        Section { title: "Connected accounts", help: "Sign in with an account you have elsewhere.",
            if let Some((glyph, words)) = outcome {
                p { class: "note-box", role: "status", Icon { glyph } span { {words} } }
            }
            if !linked.is_empty() {
                ul { class: "sessions", aria_label: "Connected accounts",
                    for one in linked.iter() {
                        Row {
                            key: "{text(one, \"id\")}", one: one.clone(), name: label_of(&text(one, "provider")),
                            onend: move |(id, name)| doing.set(Doing::Disconnect { id, name }),
                        }
                    }
                }
            }
            match doing() {
                Doing::Nothing => rsx! {
                    div { class: "row wrap",
                        for provider in providers.iter().filter(|provider| !linked.iter().any(|one| text(one, "provider") == provider.name)) {
                            Btn { key: "{provider.name}", icon: Glyph::External,
                                onclick: {
                                    let provider = provider.clone();
                                    move |_| doing.set(Doing::Connect(provider.clone()))
                                },
                                "Connect {provider.label}"
                            }
                        }
                    }
                },
                Doing::Connect(provider) => rsx! {
                    Prove {
                        needs_password, path: "/linked", name: provider.name.clone(), action: "Go to {provider.label}",
                        ondone: move |answer: Value| platform::go(&text(&answer, "url")), onclose: close,
                    }
                },
                Doing::Disconnect { id, name } => rsx! {
                    Prove {
                        needs_password, path: "/linked/{id}", action: "Disconnect {name}",
                        ondone: move |_| {
                            doing.set(Doing::Nothing);
                            toast::done("Disconnected.");
                            account.refetch();
                        },
                        onclose: close,
                    }
                },
            }
        }
    }
}

#[component]
fn Row(one: Value, name: String, onend: EventHandler<(String, String)>) -> Element {
    let (id, label) = (text(&one, "id"), text(&one, "label"));
    let used = Some(text(&one, "lastUsedAt")).filter(|at| !at.is_empty());
    let since = text(&one, "createdAt");
    rsx! {
        li { class: "session",
            span { class: "session-mark", Icon { glyph: Glyph::External } }
            div { class: "session-main",
                p { class: "session-name", strong { {name.clone()} } span { class: "muted break", {label} } }
                p { class: "session-meta num",
                    span { title: intl::moment_full(&since), "since {intl::moment(&since)}" }
                    if let Some(used) = used { span { title: intl::moment_full(&used), "last used {intl::moment(&used)}" } } else { span { "never used" } }
                }
            }
            Btn { variant: Variant::Ghost, size: BtnSize::Small, label: "Disconnect {name}", onclick: move |_| onend.call((id.clone(), name.clone())), "Disconnect" }
        }
    }
}

/// Asks for the password where there is one, and sends it on.
#[component]
fn Prove(
    needs_password: bool,
    path: String,
    #[props(default)] name: String,
    action: String,
    ondone: EventHandler<Value>,
    onclose: EventHandler<()>,
) -> Element {
    let mut password = use_signal(String::new);
    let mut error = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let wrong = error
        .read()
        .as_ref()
        .map(|error| error.field("currentPassword").unwrap_or_else(|| error.message()));
    let note = wrong.clone().filter(|_| !needs_password);
    rsx! {
        form { class: "sec-form", novalidate: true,
            onsubmit: move |event| {
                let (path, name) = (path.clone(), name.clone());
                async move {
                    event.prevent_default();
                    if busy() {
                        return;
                    }
                    busy.set(true);
                    let body = json!({ "currentPassword": &*password.peek(), "provider": name });
                    let answer = account::post(&path, body).await;
                    busy.set(false);
                    match answer {
                        Ok(answer) => ondone.call(answer),
                        Err(reason) => error.set(Some(reason)),
                    }
                }
            },
            if needs_password {
                Field { id: "link-password", label: "Your password", error: wrong,
                    Input { id: "link-password", kind: InputKind::Password, value: password, autocomplete: "current-password", autofocus: true, invalid: error.read().is_some(), oninput: move |text| password.set(text) }
                }
            }
            if let Some(note) = note {
                p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {note} }
            }
            div { class: "row wrap",
                Btn { variant: Variant::Primary, kind: BtnKind::Submit, busy: busy(), {action} }
                Btn { variant: Variant::Ghost, onclick: move |_| onclose.call(()), "Cancel" }
            }
        }
    }
}
