//! The person's address, and moving the account to another one.

use dioxus::prelude::*;
use serde_json::{Value, json};

use crate::{
    account::{self, text},
    fmt::intl,
    gql::{Error, Query, use_fetch},
    page::settings::Section,
    ui::prelude::*,
};

/// The address, a change that waits, or the form for one.
#[component]
pub(super) fn Address(email: String) -> Element {
    let query = use_fetch((), &[], |()| account::get(""));
    let mut open = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let account = query.get();
    let pending = account
        .as_ref()
        .and_then(|account| account.get("pendingEmail"))
        .filter(|pending| pending.is_object())
        .cloned();
    let needs_password = account.is_none_or(|account| account::flag(&account, "hasPassword"));
    let body = match pending {
        Some(pending) => rsx! {
            div { class: "note-box", role: "status",
                Icon { glyph: Glyph::Mail }
                div { class: "addr-wait",
                    p { strong { class: "break", {text(&pending, "email")} } " waits to be confirmed." }
                    p { class: "muted", "Open the link that was mailed there; it works until {intl::moment_full(&text(&pending, \"expiresAt\"))}." }
                    div { Btn { size: BtnSize::Small, busy: busy(),
                        onclick: move |_| async move {
                            busy.set(true);
                            if let Err(error) = account::delete("/email").await {
                                toast::failed("The change was not taken back.", &error);
                            }
                            busy.set(false);
                            query.refetch();
                        },
                        "Keep the old address"
                    } }
                }
            }
        },
        None if open() => rsx! { Change { query, needs_password, onclose: move |()| open.set(false) } },
        None => {
            rsx! { div { Btn { icon: Glyph::Mail, onclick: move |_| open.set(true), "Change address" } } }
        }
    };
    rsx! {
        Section { title: "E-mail address", help: "You sign in with it, and mail goes there.",
            p { class: "break", {email} }
            {body}
        }
    }
}

#[component]
fn Change(query: Query<Value>, needs_password: bool, onclose: EventHandler<()>) -> Element {
    let mut email = use_signal(String::new);
    let mut password = use_signal(String::new);
    let mut error = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let of = |field: &str| error.read().as_ref().and_then(|error| error.field(field));
    let general = error
        .read()
        .as_ref()
        .filter(|error| error.field("email").is_none() && error.field("currentPassword").is_none())
        .map(Error::message);
    rsx! {
        form { class: "sec-form", novalidate: true,
            onsubmit: move |event| async move {
                event.prevent_default();
                if busy() {
                    return;
                }
                busy.set(true);
                let body = json!({ "email": email.peek().trim(), "currentPassword": &*password.peek() });
                let asked = account::post("/email", body).await;
                busy.set(false);
                if asked.is_ok() {
                    onclose.call(());
                    query.refetch();
                }
                error.set(asked.err());
            },
            Field { id: "new-email", label: "New address", help: "A link goes there; nothing changes until it is opened.", error: of("email"),
                Input { id: "new-email", kind: InputKind::Email, value: email, autocomplete: "email", autofocus: true, invalid: of("email").is_some(), oninput: move |text| email.set(text) }
            }
            if needs_password {
                Field { id: "email-password", label: "Your password", error: of("currentPassword"),
                    Input { id: "email-password", kind: InputKind::Password, value: password, autocomplete: "current-password", invalid: of("currentPassword").is_some(), oninput: move |text| password.set(text) }
                }
            }
            if let Some(message) = general {
                p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
            }
            div { class: "row",
                Btn { variant: Variant::Primary, kind: BtnKind::Submit, busy: busy(), "Mail the link" }
                Btn { variant: Variant::Ghost, onclick: move |_| onclose.call(()), "Cancel" }
            }
        }
    }
}
