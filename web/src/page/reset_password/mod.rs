//! Choosing a new password, by the link out of the mail.

use dioxus::prelude::*;

use super::sign_in::AuthFrame;
use crate::{
    app::use_title,
    route::{Params, Route},
    session::{self, Problem},
    ui::prelude::*,
};

/// Characters a new password needs at least, as [`NewPassword`] asks for.
pub(crate) const MIN_PASSWORD: usize = 12;

/// A field for a new password: says how much is missing once somebody has tried.
#[component]
pub(crate) fn NewPassword(
    label: &'static str,
    value: Signal<String>,
    tried: bool,
    #[props(default)] error: Option<String>,
    #[props(default)] autofocus: bool,
) -> Element {
    let mut value = value;
    let length = value.read().chars().count();
    let short = tried && length < MIN_PASSWORD;
    let missing = short.then(|| {
        let (least, more) = (MIN_PASSWORD.to_string(), (MIN_PASSWORD - length).to_string());
        ["At least ", &least, " characters; ", &more, " more."].concat()
    });
    rsx! {
        Field {
            id: "new-password", label,
            error: missing.or(error.clone()),
            help: if length >= MIN_PASSWORD { "Long enough." } else { "At least 12 characters. A few words in a row are easy to keep and hard to guess." },
            Input { id: "new-password", kind: InputKind::Password, value, autocomplete: "new-password", autofocus, invalid: short || error.is_some(), oninput: move |text| value.set(text) }
        }
    }
}

#[component]
pub(crate) fn ResetPassword(params: Params) -> Element {
    use_title("Choose a new password");
    let token = params.get("token").unwrap_or_default().to_owned();
    let missing = token.is_empty();
    let password = use_signal(String::new);
    let mut problem = use_signal(|| None::<Problem>);
    let mut tried = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let mut done = use_signal(|| false);
    if done() {
        return rsx! {
            AuthFrame {
                div { class: "si-box", role: "status",
                    div {
                        h1 { class: "page-title", tabindex: "-1", onmounted: move |event| async move { let _ = event.set_focus(true).await; }, "Your password is changed" }
                        p { class: "page-sub", "Every browser was signed out. Sign in with the new password." }
                    }
                    LinkBtn { variant: Variant::Primary, size: BtnSize::Large, to: Route::SignIn { params: Params::default() }, "Sign in" }
                }
            }
        };
    }
    let wrong = problem
        .read()
        .as_ref()
        .and_then(|problem| problem.field("password"));
    let general = problem
        .read()
        .as_ref()
        .filter(|_| wrong.is_none())
        .map(Problem::message);
    rsx! {
        AuthFrame {
            form {
                class: "si-box",
                novalidate: true,
                onsubmit: move |event| {
                    let token = token.clone();
                    async move {
                        event.prevent_default();
                        tried.set(true);
                        if busy() || password.peek().chars().count() < MIN_PASSWORD {
                            crate::platform::focus("#new-password");
                            return;
                        }
                        busy.set(true);
                        let answer = session::reset_password(&token, &password.peek().clone()).await;
                        busy.set(false);
                        done.set(answer.is_ok());
                        problem.set(answer.err());
                    }
                },
                div {
                    h1 { class: "page-title", "Choose a new password" }
                    p { class: "page-sub", if missing { "The link is not whole. Copy all of it out of the mail." } else { "It signs out every browser you are signed in with." } }
                }
                NewPassword { label: "New password", value: password, tried: tried(), error: wrong, autofocus: true }
                if let Some(message) = general {
                    p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
                    p { class: "muted", Link { to: Route::ForgotPassword { params: Params::default() }, class: "link", "Ask for a new link" } }
                }
                Btn { variant: Variant::Primary, size: BtnSize::Large, kind: BtnKind::Submit, busy: busy(), disabled: missing, "Change password" }
            }
        }
    }
}
