//! Changing the password.

use dioxus::prelude::*;
use serde_json::json;

use crate::{
    account,
    gql::Error,
    page::{
        reset_password::{MIN_PASSWORD, NewPassword},
        settings::Section,
    },
    route::{Params, Route},
    ui::prelude::*,
};

#[component]
pub(super) fn PasswordSection(has_password: bool, email: String) -> Element {
    let mut open = use_signal(|| false);
    if !has_password {
        return rsx! {
            Section { title: "Password", help: "Your account has none: you sign in with another provider.",
                div { LinkBtn { icon: Glyph::Mail, to: Route::ForgotPassword { params: Params::of("email", &email) }, "Set one by mail" } }
            }
        };
    }
    rsx! {
        Section { title: "Password", help: "Changing it signs out every other browser.",
            if open() {
                Change { onclose: move |()| open.set(false) }
            } else {
                div { Btn { icon: Glyph::Key, onclick: move |_| open.set(true), "Change password" } }
            }
        }
    }
}

#[component]
fn Change(onclose: EventHandler<()>) -> Element {
    let mut present = use_signal(String::new);
    let new = use_signal(String::new);
    let mut tried = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let mut error = use_signal(|| None::<Error>);
    let of = |field: &str| error.read().as_ref().and_then(|error| error.field(field));
    let empty = tried() && present.read().is_empty();
    let wrong = of("currentPassword").or_else(|| empty.then(|| "Type the password you have now.".to_owned()));
    let general = error
        .read()
        .as_ref()
        .filter(|error| error.field("currentPassword").is_none() && error.field("password").is_none())
        .map(Error::message);
    rsx! {
        form { class: "sec-form", novalidate: true,
            onsubmit: move |event| async move {
                event.prevent_default();
                tried.set(true);
                if busy() || present.peek().is_empty() || new.peek().chars().count() < MIN_PASSWORD {
                    return;
                }
                busy.set(true);
                let body = json!({ "currentPassword": &*present.peek(), "password": &*new.peek() });
                let done = account::post("/password", body).await;
                busy.set(false);
                if done.is_ok() {
                    toast::done("Password changed. Other browsers are signed out.");
                    onclose.call(());
                }
                error.set(done.err());
            },
            Field { id: "current-password", label: "Present password", error: wrong.clone(),
                Input { id: "current-password", kind: InputKind::Password, value: present, autocomplete: "current-password", autofocus: true, invalid: wrong.is_some(), oninput: move |text| present.set(text) }
            }
            NewPassword { label: "New password", value: new, tried: tried(), error: of("password") }
            if let Some(message) = general {
                p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
            }
            div { class: "row",
                Btn { variant: Variant::Primary, kind: BtnKind::Submit, busy: busy(), "Change password" }
                Btn { variant: Variant::Ghost, onclick: move |_| onclose.call(()), "Cancel" }
            }
        }
    }
}
