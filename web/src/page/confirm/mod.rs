//! The link out of the mail: it opens the account, once.

use dioxus::prelude::*;

use super::sign_in::AuthFrame;
use crate::{
    app::use_title,
    route::{Params, Route},
    session::{self, Problem},
    ui::prelude::*,
};

#[component]
pub(crate) fn Confirm(params: Params) -> Element {
    use_title("Confirm your address");
    let navigator = use_navigator();
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let token = params.get("token").unwrap_or_default().to_owned();
    let missing = token.is_empty();
    // By hand, not at once: mail scanners open links too, and the token works only once.
    let open = move |_| {
        let token = token.clone();
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            match session::confirm(&token).await {
                Ok(()) => {
                    navigator.replace(Route::Today {
                        params: Params::default(),
                    });
                }
                Err(reason) => problem.set(Some(reason)),
            }
            busy.set(false);
        }
    };
    let failed = problem.read().as_ref().map(Problem::message);
    rsx! {
        AuthFrame {
            div { class: "si-box",
                div {
                    h1 { class: "page-title", "Open your account" }
                    p { class: "page-sub", if missing { "The link is not whole. Copy all of it out of the mail." } else { "One press, and you are in." } }
                }
                if let Some(message) = failed {
                    p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
                    p { class: "muted", Link { to: Route::SignUp {}, class: "link", "Ask for a new link" } " or " Link { to: Route::SignIn { params: Params::default() }, class: "link", "sign in" } "." }
                }
                Btn { variant: Variant::Primary, size: BtnSize::Large, busy: busy(), disabled: missing, onclick: open, "Open my account" }
            }
        }
    }
}
