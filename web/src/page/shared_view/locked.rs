//! A link that asks for its password.

use dioxus::prelude::*;
use serde::Serialize;

use crate::{
    app::use_title,
    platform,
    session::{self, Problem},
    ui::{prelude::*, shell::Logo},
};

#[derive(Serialize)]
struct Given<'a> {
    password: &'a str,
}

/// Asks for the password; nothing of the project is told before. The page begins anew once it is open.
#[component]
pub(super) fn Locked(base: String) -> Element {
    use_title("Password");
    let mut password = use_signal(String::new);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let message = problem.read().as_ref().map(Problem::message);
    rsx! {
        main { class: "sh-gone", id: "main",
            form { class: "si-box", novalidate: true,
                onsubmit: move |event| {
                    let path = [&base, "/password"].concat();
                    async move {
                        event.prevent_default();
                        if busy() {
                            return;
                        }
                        if password.peek().is_empty() {
                            platform::focus("#password");
                            return;
                        }
                        busy.set(true);
                        let given = password.peek().clone();
                        match session::post(&path, &Given { password: &given }).await {
                            Ok(_) => platform::reload(),
                            Err(reason) => {
                                busy.set(false);
                                problem.set(Some(reason));
                                platform::focus("#password");
                            }
                        }
                    }
                },
                div { class: "row strong", Logo {} "SmartStack" }
                div {
                    h1 { class: "page-title", "This page has a password" }
                    p { class: "page-sub", "Whoever sent you the link knows it." }
                }
                Field { id: "password", label: "Password", error: message,
                    Input { id: "password", kind: InputKind::Password, value: password, autocomplete: "off", autofocus: true,
                        invalid: problem.read().is_some(), oninput: move |text| password.set(text),
                    }
                }
                Btn { variant: Variant::Primary, size: BtnSize::Large, kind: BtnKind::Submit, busy: busy(), "Open the page" }
            }
        }
    }
}
