//! The link that moves an account to another address, once.

use dioxus::prelude::*;

use super::sign_in::AuthFrame;
use crate::{
    app::use_title,
    route::{Params, Route},
    session::{self, Problem, SESSION, Session},
    ui::prelude::*,
};

#[component]
pub(crate) fn ConfirmEmail(params: Params) -> Element {
    use_title("Confirm your new address");
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let mut done = use_signal(|| false);
    let token = params.get("token").unwrap_or_default().to_owned();
    let missing = token.is_empty();
    if done() {
        let here = matches!(&*SESSION.read(), Session::In(_));
        return rsx! {
            AuthFrame {
                div { class: "si-box", role: "status",
                    div {
                        h1 { class: "page-title", tabindex: "-1", onmounted: move |event| async move { let _ = event.set_focus(true).await; }, "Your address is changed" }
                        p { class: "page-sub", "Sign in with it from now on. Your old address was told." }
                    }
                    if here {
                        LinkBtn { variant: Variant::Primary, size: BtnSize::Large, to: Route::SettingsProfile {}, "To your profile" }
                    } else {
                        LinkBtn { variant: Variant::Primary, size: BtnSize::Large, to: Route::SignIn { params: Params::default() }, "Sign in" }
                    }
                }
            }
        };
    }
    // By hand, not at once: mail scanners open links too, and the token works only once.
    let confirm = move |_| {
        let token = token.clone();
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            let answer = session::confirm_email(&token).await;
            if answer.is_ok() {
                session::load().await;
            }
            busy.set(false);
            done.set(answer.is_ok());
            problem.set(answer.err());
        }
    };
    let failed = problem.read().as_ref().map(Problem::message);
    rsx! {
        AuthFrame {
            div { class: "si-box",
                div {
                    h1 { class: "page-title", "Confirm your new address" }
                    p { class: "page-sub", if missing { "The link is not whole. Copy all of it out of the mail." } else { "Your account moves to the address this link was mailed to." } }
                }
                if let Some(message) = failed {
                    p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
                    p { class: "muted", Link { to: Route::SettingsProfile {}, class: "link", "To your profile" } }
                }
                Btn { variant: Variant::Primary, size: BtnSize::Large, busy: busy(), disabled: missing, onclick: confirm, "Confirm this address" }
            }
        }
    }
}
