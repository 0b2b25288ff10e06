//! Asking for an account.

use dioxus::prelude::*;

use super::sign_in::{AuthFrame, ProviderButtons, use_installation};
use crate::{
    app::use_title,
    gql::types::MailDelivery,
    route::{Params, Route},
    session::{self, Problem},
    ui::prelude::*,
};

/// Characters a password needs at least; the server's own rule.
const MIN_PASSWORD: usize = 12;

#[component]
pub(crate) fn SignUp() -> Element {
    use_title("Sign up");
    let mut name = use_signal(String::new);
    let mut email = use_signal(String::new);
    let mut password = use_signal(String::new);
    let mut problem = use_signal(|| None::<Problem>);
    let mut tried = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let mut sent = use_signal(|| false);
    let installation = use_installation();
    if sent() {
        let folder = installation
            .as_ref()
            .is_some_and(|installation| installation.mail_delivery == MailDelivery::Folder);
        return rsx! {
            AuthFrame {
                div { class: "si-box", role: "status",
                    div {
                        h1 { class: "page-title", tabindex: "-1", onmounted: move |event| async move { let _ = event.set_focus(true).await; }, "Check your mail" }
                        p { class: "page-sub", "We sent a link to {email}. It opens your account, and works for a day." }
                    }
                    if folder {
                        p { class: "note-box",
                            Icon { glyph: Glyph::Mail }
                            span { "This installation sends no mail: it writes each message into its mail folder. Whoever runs it finds your link there." }
                        }
                    }
                    p { class: "muted", "Nothing there? Look into the spam folder, or " button { class: "link", r#type: "button", onclick: move |_| sent.set(false), "try again" } "." }
                }
            }
        };
    }
    let closed = installation
        .as_ref()
        .is_some_and(|installation| !installation.sign_up_open);
    let wrong = |field: &str| problem.read().as_ref().and_then(|problem| problem.field(field));
    let length = password.read().chars().count();
    let short = tried() && length < MIN_PASSWORD;
    let nameless = tried() && name.read().trim().is_empty();
    let addressless = tried() && !email.read().contains('@');
    let general = problem
        .read()
        .as_ref()
        .filter(|problem| {
            ["name", "email", "password"]
                .iter()
                .all(|field| problem.field(field).is_none())
        })
        .map(Problem::message);
    rsx! {
        AuthFrame {
            form {
                class: "si-box",
                novalidate: true,
                onsubmit: move |event| async move {
                    event.prevent_default();
                    tried.set(true);
                    let ready = password.peek().chars().count() >= MIN_PASSWORD && !name.peek().trim().is_empty() && email.peek().contains('@');
                    if busy() || !ready {
                        return;
                    }
                    busy.set(true);
                    let answer = session::sign_up(name.peek().trim(), email.peek().trim(), &password.peek().clone()).await;
                    busy.set(false);
                    sent.set(answer.is_ok());
                    problem.set(answer.err());
                },
                div {
                    h1 { class: "page-title", "Sign up" }
                    p { class: "page-sub", if closed { "This installation takes no new accounts. Ask whoever runs it." } else { "You get a workspace of your own." } }
                }
                Field { id: "name", label: "Your name", error: wrong("name").or_else(|| nameless.then(|| "Say what clients call you.".to_owned())),
                    Input { id: "name", value: name, autocomplete: "name", autofocus: true, maxlength: 100, invalid: nameless, disabled: closed, oninput: move |text| name.set(text) }
                }
                Field { id: "email", label: "E-mail", error: wrong("email").or_else(|| addressless.then(|| "Write a whole address, with an @.".to_owned())),
                    Input { id: "email", kind: InputKind::Email, value: email, autocomplete: "username", invalid: addressless, disabled: closed, oninput: move |text| email.set(text) }
                }
                Field {
                    id: "password", label: "Password",
                    error: wrong("password").or_else(|| short.then(|| ["At least ", &MIN_PASSWORD.to_string(), " characters; ", &(MIN_PASSWORD - length).to_string(), " more."].concat())),
                    help: if length >= MIN_PASSWORD { "Long enough." } else { "At least 12 characters. A few words in a row are easy to keep and hard to guess." },
                    Input { id: "password", kind: InputKind::Password, value: password, autocomplete: "new-password", invalid: short, disabled: closed, oninput: move |text| password.set(text) }
                }
                if let Some(message) = general {
                    p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
                }
                Btn { variant: Variant::Primary, size: BtnSize::Large, kind: BtnKind::Submit, busy: busy(), disabled: closed, "Sign up" }
                if !closed { ProviderButtons { return_to: "/" } }
                p { class: "muted", "Have an account? " Link { to: Route::SignIn { params: Params::default() }, class: "link", "Sign in" } }
            }
        }
    }
}
