//! Asking for a link to a new password.

use dioxus::prelude::*;

use super::sign_in::{AuthFrame, use_installation};
use crate::{
    app::use_title,
    gql::types::MailDelivery,
    route::{Params, Route},
    session::{self, Problem},
    ui::prelude::*,
};

#[component]
pub(crate) fn ForgotPassword(params: Params) -> Element {
    use_title("Forgot your password");
    let mut email = use_signal(|| params.get("email").unwrap_or_default().to_owned());
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let mut sent = use_signal(|| false);
    let folder =
        use_installation().is_some_and(|installation| installation.mail_delivery == MailDelivery::Folder);
    let back = rsx! {
        p { class: "muted", Link { to: Route::SignIn { params: Params::default() }, class: "link", "Back to sign-in" } }
    };
    if sent() {
        return rsx! {
            AuthFrame {
                div { class: "si-box", role: "status",
                    div {
                        h1 { class: "page-title", tabindex: "-1", onmounted: move |event| async move { let _ = event.set_focus(true).await; }, "Check your mail" }
                        p { class: "page-sub", "If {email} has an account, a link to a new password is on its way. It works once, for an hour." }
                    }
                    if folder {
                        p { class: "note-box",
                            Icon { glyph: Glyph::Mail }
                            span { "This installation sends no mail: it writes each message into its mail folder. Whoever runs it finds your link there." }
                        }
                    }
                    p { class: "muted", "Nothing there? Look into the spam folder, or " button { class: "link", r#type: "button", onclick: move |_| sent.set(false), "try again" } "." }
                    {back}
                }
            }
        };
    }
    let message = problem
        .read()
        .as_ref()
        .map(|problem| problem.field("email").unwrap_or_else(|| problem.message()));
    rsx! {
        AuthFrame {
            form {
                class: "si-box",
                novalidate: true,
                onsubmit: move |event| async move {
                    event.prevent_default();
                    if busy() {
                        return;
                    }
                    busy.set(true);
                    let answer = session::forgot_password(email.peek().trim()).await;
                    busy.set(false);
                    sent.set(answer.is_ok());
                    problem.set(answer.err());
                    if problem.peek().is_some() {
                        crate::platform::focus("#email");
                    }
                },
                div {
                    h1 { class: "page-title", "Forgot your password?" }
                    p { class: "page-sub", "We mail you a link to choose a new one." }
                }
                Field { id: "email", label: "E-mail", error: message,
                    Input { id: "email", kind: InputKind::Email, value: email, autocomplete: "username", autofocus: true, invalid: problem.read().is_some(), oninput: move |text| email.set(text) }
                }
                Btn { variant: Variant::Primary, size: BtnSize::Large, kind: BtnKind::Submit, busy: busy(), "Mail me a link" }
                {back}
            }
        }
    }
}
