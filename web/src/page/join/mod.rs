//! The link out of an invitation's mail: what it offers, and how to accept.

mod query;

use dioxus::prelude::*;

use super::sign_in::AuthFrame;
use crate::{
    app::use_title,
    gql::{Error, Load, types::MemberRole, use_fetch},
    route::{Params, Route},
    session::{self, Problem, SESSION, Session},
    ui::prelude::*,
};
use query::{InvitationState, Offer};

/// Characters a password needs at least; the server's own rule.
const MIN_PASSWORD: usize = 12;

#[component]
pub(crate) fn Join(params: Params) -> Element {
    use_title("Invitation");
    let token = params.get("token").unwrap_or_default().to_owned();
    use_future(|| async {
        if *SESSION.peek() == Session::Unknown {
            session::load().await;
        }
    });
    let person = session::viewer().map(|viewer| viewer.user.email.clone());
    let ready = *SESSION.read() != Session::Unknown;
    // Asked again as whoever has signed in or out meanwhile.
    let offer = use_fetch(
        (token.clone(), person.clone(), ready),
        &[],
        |(token, _, ready)| async move {
            if ready {
                query::offer(token).await
            } else {
                Ok(None)
            }
        },
    );
    let body = match offer.load() {
        _ if !ready => {
            rsx! { div { class: "si-box", role: "status", aria_label: "Loading", SkeletonRows { rows: 3 } } }
        }
        Load::Wait => {
            rsx! { div { class: "si-box", role: "status", aria_label: "Loading", SkeletonRows { rows: 3 } } }
        }
        Load::Failed(error) => rsx! { Failed { error, retry: move |()| offer.refetch() } },
        Load::Ready(offer) => match (&*offer, person) {
            (None, _) => rsx! {
                Said { title: "This invitation opens nothing", text: "It has been used, taken back, or is older than seven days. Ask for a new one." }
            },
            (Some(offer), Some(email)) if offer.state == InvitationState::OtherAddress => rsx! {
                Said { title: "This invitation is for somebody else", text: "It was sent to another address than yours, {email}. Sign out, then open the link again.",
                    div { Btn { icon: Glyph::Out, onclick: move |_| async move { session::sign_out().await }, "Sign out" } }
                }
            },
            (Some(offer), Some(_)) => rsx! { Accept { token, offer: offer.clone() } },
            (Some(offer), None) if offer.has_account == Some(true) => rsx! {
                Said { title: title(offer), text: "Sign in as {offer.email.clone().unwrap_or_default()} to accept.",
                    LinkBtn { variant: Variant::Primary, to: Route::SignIn { params: Params::of("next", &["/join?token=", &token].concat()) }, "Sign in" }
                }
            },
            (Some(offer), None) => rsx! { NewPerson { token, offer: offer.clone() } },
        },
    };
    rsx! { AuthFrame { {body} } }
}

fn title(offer: &Offer) -> String {
    let workspace = offer.workspace_name.clone().unwrap_or_default();
    match &offer.inviter_name {
        Some(name) => [name, " invites you to ", &workspace].concat(),
        None => ["You are invited to ", &workspace].concat(),
    }
}

fn rights(offer: &Offer) -> &'static str {
    match offer.role {
        Some(MemberRole::Owner) => "You will be able to do everything there, like its owner.",
        Some(MemberRole::Viewer) => "You will be able to see all work there, and change nothing.",
        _ => "You will be able to see and change all work there.",
    }
}

#[component]
fn Said(title: String, text: String, #[props(default)] children: Option<Element>) -> Element {
    rsx! {
        div { class: "si-box",
            div { h1 { class: "page-title", {title} } p { class: "page-sub", {text} } }
            {children}
        }
    }
}

/// For somebody who is signed in under the invited address.
#[component]
fn Accept(token: String, offer: Offer) -> Element {
    let navigator = use_navigator();
    let mut error = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let accept = move |_| {
        let token = token.clone();
        if busy() {
            return;
        }
        busy.set(true);
        spawn(async move {
            match query::accept(token).await {
                Ok(workspace) => {
                    session::enter(&workspace).await;
                    navigator.replace(Route::Today {
                        params: Params::default(),
                    });
                }
                Err(reason) => {
                    busy.set(false);
                    error.set(Some(reason));
                }
            }
        });
    };
    rsx! {
        Said { title: title(&offer), text: rights(&offer),
            if let Some(error) = error.read().as_ref() {
                p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } "{error.message()}" }
            }
            Btn { variant: Variant::Primary, size: BtnSize::Large, busy: busy(), onclick: accept, "Accept" }
        }
    }
}

/// For somebody who has no account yet: the mail has proven the address.
#[component]
fn NewPerson(token: String, offer: Offer) -> Element {
    let navigator = use_navigator();
    let mut name = use_signal(String::new);
    let mut password = use_signal(String::new);
    let mut problem = use_signal(|| None::<Problem>);
    let mut tried = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let length = password.read().chars().count();
    let short = tried() && length < MIN_PASSWORD;
    let nameless = tried() && name.read().trim().is_empty();
    let wrong = |field: &str| problem.read().as_ref().and_then(|problem| problem.field(field));
    let general = problem
        .read()
        .as_ref()
        .filter(|problem| {
            ["name", "password"]
                .iter()
                .all(|field| problem.field(field).is_none())
        })
        .map(Problem::message);
    rsx! {
        form {
            class: "si-box",
            novalidate: true,
            onsubmit: move |event| {
                let token = token.clone();
                async move {
                    event.prevent_default();
                    tried.set(true);
                    if busy() || password.peek().chars().count() < MIN_PASSWORD || name.peek().trim().is_empty() {
                        return;
                    }
                    busy.set(true);
                    let answer = session::join(&token, name.peek().trim(), &password.peek().clone()).await;
                    busy.set(false);
                    if answer.is_ok() {
                        navigator.replace(Route::Today { params: Params::default() });
                    }
                    problem.set(answer.err());
                }
            },
            div {
                h1 { class: "page-title", {title(&offer)} }
                p { class: "page-sub", {rights(&offer)} }
            }
            Field { id: "email", label: "E-mail",
                Input { id: "email", kind: InputKind::Email, value: offer.email.clone().unwrap_or_default(), autocomplete: "username", disabled: true }
            }
            Field { id: "name", label: "Your name", error: wrong("name").or_else(|| nameless.then(|| "Say what others call you.".to_owned())),
                Input { id: "name", value: name, autocomplete: "name", autofocus: true, maxlength: 100, invalid: nameless, oninput: move |text| name.set(text) }
            }
            Field {
                id: "password", label: "Password",
                error: wrong("password").or_else(|| short.then(|| ["At least ", &MIN_PASSWORD.to_string(), " characters; ", &(MIN_PASSWORD - length).to_string(), " more."].concat())),
                help: "At least 12 characters. A few words in a row are easy to keep and hard to guess.",
                Input { id: "password", kind: InputKind::Password, value: password, autocomplete: "new-password", invalid: short, oninput: move |text| password.set(text) }
            }
            if let Some(message) = general {
                p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
            }
            Btn { variant: Variant::Primary, size: BtnSize::Large, kind: BtnKind::Submit, busy: busy(), "Join" }
        }
    }
}
