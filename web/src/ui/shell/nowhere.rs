//! A workspace more, and what is shown to somebody who belongs to none.

use dioxus::prelude::*;

use super::Logo;
use crate::{
    app::use_title,
    gql::{Error, types::Hue},
    session,
    ui::prelude::*,
};

/// Making a workspace, in a dialog.
#[component]
pub(super) fn NewWorkspace(onclose: EventHandler<()>) -> Element {
    rsx! {
        Dialog { title: "New workspace", onclose,
            Form { onmade: move |()| onclose.call(()) }
        }
    }
}

/// Somebody who is signed in and belongs nowhere: their last workspace was left, taken or deleted.
#[component]
pub(super) fn Nowhere() -> Element {
    use_title("No workspace");
    let email = session::viewer()
        .map(|viewer| viewer.user.email.clone())
        .unwrap_or_default();
    rsx! {
        div { class: "si",
            main { class: "si-form", id: "content",
                div { class: "row strong", Logo {} "SmartStack" }
                div { class: "si-box",
                    div {
                        h1 { class: "page-title", "You are in no workspace" }
                        p { class: "page-sub", "Make one of your own, or open the link of an invitation." }
                    }
                    Form { onmade: move |()| {} }
                    p { class: "muted", "Signed in as {email}. " button { class: "link", r#type: "button", onclick: move |_| async move { session::sign_out().await }, "Sign out" } }
                }
            }
        }
    }
}

#[component]
fn Form(onmade: EventHandler<()>) -> Element {
    let mut name = use_signal(String::new);
    let mut hue = use_signal(|| Hue::Sea);
    let mut error = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let save = move |event: FormEvent| {
        event.prevent_default();
        if busy() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn(async move {
            let made = session::create_workspace(name.peek().trim().to_owned(), Some(hue())).await;
            if let Err(reason) = made {
                busy.set(false);
                error.set(Some(reason));
                return;
            }
            onmade.call(());
        });
    };
    rsx! {
        form { class: "token-form", novalidate: true, onsubmit: save,
            Field { id: "new-ws", label: "Name", help: "Clients see it on shared pages.", error: error.read().as_ref().map(Error::message),
                Input { id: "new-ws", value: name(), maxlength: 120, autofocus: true, autocomplete: "off", invalid: error.read().is_some(), oninput: move |text| name.set(text) }
            }
            div { class: "field",
                span { class: "label", "Colour" }
                HueSeg { name: "new-ws-hue", value: hue(), onchange: move |value| hue.set(value) }
            }
            div { Btn { variant: Variant::Primary, kind: BtnKind::Submit, busy: busy(), "Make the workspace" } }
        }
    }
}
