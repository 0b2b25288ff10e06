//! The dialog that makes or changes a client.

use dioxus::prelude::*;

use super::query::{self, ClientCreateInput, ClientRow, ClientUpdateInput};
use crate::{
    gql::{
        Error,
        types::{ClientKind, Hue, Maybe},
    },
    platform, session,
    ui::prelude::*,
};

/// Empty text is no value.
fn some(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Makes a client, or changes `client`.
#[component]
pub(crate) fn ClientForm(
    #[props(default)] client: Option<ClientRow>,
    #[props(default)] name: String,
    onclose: EventHandler<()>,
    onsaved: EventHandler<ClientRow>,
) -> Element {
    let old = client.clone();
    let text = |read: fn(&ClientRow) -> Option<String>| old.as_ref().and_then(read).unwrap_or_default();
    let mut name = {
        let first = old.as_ref().map_or(name, |old| old.name.clone());
        use_signal(|| first)
    };
    let mut kind = use_signal(|| old.as_ref().map_or(ClientKind::Company, |old| old.kind));
    let mut email = {
        let first = text(|old| old.email.clone());
        use_signal(|| first)
    };
    let mut phone = {
        let first = text(|old| old.phone.clone());
        use_signal(|| first)
    };
    let mut website = {
        let first = text(|old| old.website.clone());
        use_signal(|| first)
    };
    let mut notes = {
        let first = text(|old| Some(old.notes.clone()));
        use_signal(|| first)
    };
    let mut hue = use_signal(|| old.as_ref().map_or(Hue::Sea, |old| old.hue));
    let key = use_hook(platform::unique);
    let mut failed = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let save = {
        let client = client.clone();
        move || {
            if busy() {
                return;
            }
            busy.set(true);
            let (client, key) = (client.clone(), key.clone());
            spawn(async move {
                let saved = match client {
                    None => {
                        query::create(ClientCreateInput {
                            workspace_id: session::workspace_id(),
                            name: name.peek().trim().to_owned(),
                            kind: Some(kind()),
                            email: some(&email.peek()),
                            phone: some(&phone.peek()),
                            website: some(&website.peek()),
                            notes: some(&notes.peek()),
                            hue: Some(hue()),
                            idempotency_key: Some(key),
                        })
                        .await
                    }
                    Some(old) => {
                        query::update(ClientUpdateInput {
                            id: old.id,
                            expected_version: Some(old.version),
                            name: Some(name.peek().trim().to_owned()),
                            kind: Some(kind()),
                            email: Maybe::Set(some(&email.peek())),
                            phone: Maybe::Set(some(&phone.peek())),
                            website: Maybe::Set(some(&website.peek())),
                            notes: Some(notes.peek().trim().to_owned()),
                            hue: Some(hue()),
                        })
                        .await
                    }
                };
                busy.set(false);
                match saved {
                    Ok(client) => onsaved.call(client),
                    Err(error) => failed.set(Some(error)),
                }
            });
        }
    };
    let error = failed.read().clone();
    let wrong = |field: &str| error.as_ref().and_then(|error| error.field(field));
    let general = error
        .as_ref()
        .filter(|error| {
            ["name", "email", "phone", "website", "notes"]
                .iter()
                .all(|field| error.field(field).is_none())
        })
        .map(Error::message);
    let (mut submit, mut enter) = (save.clone(), save);
    let new = client.is_none();
    rsx! {
        Dialog {
            title: if new { "New client" } else { "Edit client" },
            size: DialogSize::Large,
            onclose,
            foot: rsx! {
                Btn { variant: Variant::Ghost, onclick: move |_| onclose.call(()), "Cancel" }
                Btn { variant: Variant::Primary, busy: busy(), onclick: move |_| submit(), if new { "Add client" } else { "Save" } }
            },
            form { class: "form-2", novalidate: true, onsubmit: move |event| { event.prevent_default(); enter(); },
                div { "data-wide": "",
                    Seg {
                        name: "client-kind", label: "Kind", value: kind().key(),
                        options: ClientKind::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                        onchange: move |value: String| if let Some(value) = ClientKind::from_key(&value) { kind.set(value) },
                    }
                }
                div { "data-wide": "",
                    Field { id: "client-name", label: "Name", error: wrong("name"),
                        Input { id: "client-name", value: name, autofocus: true, maxlength: 200, invalid: wrong("name").is_some(), autocomplete: "off", oninput: move |text| name.set(text) }
                    }
                }
                Field { id: "client-email", label: "E-mail", error: wrong("email"),
                    Input { id: "client-email", kind: InputKind::Email, value: email, invalid: wrong("email").is_some(), autocomplete: "off", oninput: move |text| email.set(text) }
                }
                Field { id: "client-phone", label: "Phone", error: wrong("phone"),
                    Input { id: "client-phone", kind: InputKind::Tel, value: phone, invalid: wrong("phone").is_some(), autocomplete: "off", oninput: move |text| phone.set(text) }
                }
                Field { id: "client-website", label: "Website", error: wrong("website"),
                    Input { id: "client-website", kind: InputKind::Url, value: website, placeholder: "https://", invalid: wrong("website").is_some(), autocomplete: "off", oninput: move |text| website.set(text) }
                }
                div { class: "field",
                    span { class: "label", "Colour" }
                    HueSeg { name: "client-hue", value: hue(), onchange: move |value| hue.set(value) }
                }
                div { "data-wide": "",
                    Field { id: "client-notes", label: "Notes", error: wrong("notes"), help: "For you alone; clients never see it.",
                        TextArea { id: "client-notes", value: notes, rows: 3, oninput: move |text| notes.set(text) }
                    }
                }
                if let Some(message) = general { p { class: "error", "data-wide": "", role: "alert", {message} } }
                button { r#type: "submit", hidden: true, tabindex: "-1", "Save" }
            }
        }
    }
}
