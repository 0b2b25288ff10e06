//! Making a token, and showing it this once.

use dioxus::prelude::*;

use super::{
    NOUNS,
    query::{self, ApiTokenCreateInput, TokenScope},
};
use crate::{gql::Error, platform, session, ui::prelude::*};

/// For how long a token may be good: days, and the words for it.
const DAYS: [(i32, &str); 4] = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year")];

/// How much of a noun a token may touch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reach {
    #[default]
    Nothing,
    Read,
    Write,
}

impl Reach {
    fn key(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    fn from_key(key: &str) -> Self {
        match key {
            "read" => Self::Read,
            "write" => Self::Write,
            _ => Self::Nothing,
        }
    }
}

/// The form, then the token.
#[component]
pub(super) fn NewToken(onmade: EventHandler<()>, onclose: EventHandler<()>) -> Element {
    let mut secret = use_signal(|| None::<String>);
    let title = if secret.read().is_some() {
        "Copy your token now"
    } else {
        "New access token"
    };
    rsx! {
        Dialog { title, size: DialogSize::Large, onclose,
            match secret() {
                Some(secret) => rsx! { Shown { secret, onclose } },
                None => rsx! {
                    Form {
                        onmade: move |text: String| {
                            secret.set(Some(text));
                            onmade.call(());
                        },
                        onclose,
                    }
                },
            }
        }
    }
}

#[component]
fn Form(onmade: EventHandler<String>, onclose: EventHandler<()>) -> Element {
    let mut name = use_signal(String::new);
    let mut place = use_signal(|| session::workspace_id().inner().to_owned());
    let mut days = use_signal(|| 90);
    let mut reach = use_signal(|| vec![Reach::Nothing; NOUNS.len()]);
    let mut error = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let mut places = vec![SelectOption::new("", "All my workspaces, later ones too")];
    if let Some(viewer) = session::viewer() {
        places.extend(
            viewer
                .workspaces
                .iter()
                .map(|each| SelectOption::new(each.workspace.id.inner(), each.workspace.name.clone())),
        );
    }
    let save = move |event: FormEvent| {
        event.prevent_default();
        if busy() {
            return;
        }
        let input = ApiTokenCreateInput {
            name: name.peek().trim().to_owned(),
            scopes: scopes(&reach.peek()),
            workspace_id: Some(place.peek().clone())
                .filter(|id| !id.is_empty())
                .map(cynic::Id::new),
            expires_in_days: Some(days()),
        };
        busy.set(true);
        error.set(None);
        spawn(async move {
            let made = query::create(input).await;
            busy.set(false);
            match made {
                Ok((_, secret)) => onmade.call(secret),
                Err(reason) => error.set(Some(reason)),
            }
        });
    };
    let of = |field: &str| error.read().as_ref().and_then(|error| error.field(field));
    let elsewhere = error
        .read()
        .as_ref()
        .filter(|error| {
            ["name", "scopes", "workspaceId"]
                .iter()
                .all(|field| error.field(field).is_none())
        })
        .map(Error::message);
    rsx! {
        form { class: "token-form", novalidate: true, onsubmit: save,
            Field { id: "token-name", label: "Name", help: "What will use it, so that you know what to revoke.", error: of("name"),
                Input { id: "token-name", value: name(), maxlength: 120, autofocus: true, autocomplete: "off", invalid: of("name").is_some(), oninput: move |text| name.set(text) }
            }
            div { class: "token-two",
                Field { id: "token-place", label: "Good in", error: of("workspaceId"),
                    Select { id: "token-place", value: place(), options: places, onchange: move |value| place.set(value) }
                }
                Field { id: "token-days", label: "Good for",
                    Select { id: "token-days", value: days().to_string(),
                        options: DAYS.iter().map(|(days, words)| SelectOption::new(days.to_string(), *words)).collect::<Vec<_>>(),
                        onchange: move |value: String| days.set(value.parse().unwrap_or(90)),
                    }
                }
            }
            fieldset { class: "scopes",
                legend { class: "label", "What it may do" }
                if let Some(message) = of("scopes") {
                    p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
                }
                for (at , (title , help , _ , write)) in NOUNS.iter().enumerate() {
                    div { key: "{title}", class: "scope",
                        span { class: "scope-what", span { {*title} } span { class: "help", {*help} } }
                        Select { id: "scope-{at}", label: "{title}", value: reach.read()[at].key().to_owned(), options: choices(write.is_some()),
                            onchange: move |value: String| reach.write()[at] = Reach::from_key(&value),
                        }
                    }
                }
            }
            if let Some(message) = elsewhere {
                p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
            }
            // In sight however long the list is.
            div { class: "token-acts",
                Btn { variant: Variant::Ghost, onclick: move |_| onclose.call(()), "Cancel" }
                Btn { variant: Variant::Primary, kind: BtnKind::Submit, busy: busy(), "Make the token" }
            }
        }
    }
}

fn choices(may_write: bool) -> Vec<SelectOption> {
    let mut all = vec![
        SelectOption::new("none", "No access"),
        SelectOption::new("read", "Read"),
    ];
    if may_write {
        all.push(SelectOption::new("write", "Read and change"));
    }
    all
}

fn scopes(reach: &[Reach]) -> Vec<TokenScope> {
    NOUNS
        .iter()
        .zip(reach)
        .filter_map(|((_, _, read, write), reach)| match reach {
            Reach::Nothing => None,
            Reach::Read => Some(*read),
            Reach::Write => *write,
        })
        .collect()
}

/// The token, this once, and how to use it.
#[component]
fn Shown(secret: String, onclose: EventHandler<()>) -> Element {
    let mut copied = use_signal(|| false);
    let origin = platform::window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default();
    let copy = {
        let secret = secret.clone();
        move |_| {
            let secret = secret.clone();
            spawn(async move {
                copied.set(platform::copy(&secret).await);
                if !copied() {
                    platform::focus("#token-secret");
                    toast::done("Select the token and copy it with Ctrl C.");
                }
            });
        }
    };
    rsx! {
        div { class: "token-form",
            p { "It is shown this once. Put it where your program keeps its secrets; if you lose it, make another." }
            div { class: "token-secret",
                input { class: "input", id: "token-secret", readonly: true, value: secret.clone(), aria_label: "Your new token", spellcheck: "false" }
                Btn { variant: Variant::Primary, icon: if copied() { Glyph::Check } else { Glyph::Copy }, onclick: copy,
                    span { role: "status", if copied() { "Copied" } else { "Copy" } }
                }
            }
            div {
                p { class: "label", id: "token-how", "How to use it" }
                pre { class: "token-how", tabindex: "0", aria_labelledby: "token-how",
                    "curl {origin}/graphql \\\n  -H 'Authorization: Bearer $TOKEN' \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"query\":\"{{ viewer {{ user {{ name }} }} }}\"}}'"
                }
            }
            div { class: "row", Btn { onclick: move |_| onclose.call(()), "Done" } }
        }
    }
}
