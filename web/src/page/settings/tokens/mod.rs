//! Personal access tokens: what programs act with in one's name.

mod create;
mod query;

use dioxus::prelude::*;

use self::{
    create::NewToken,
    query::{ApiToken, TokenScope},
};
use super::Section;
use crate::{
    app::use_title,
    fmt::intl,
    gql::{Load, Query, use_fetch},
    ui::prelude::*,
};

/// What tokens can be good for: name, what it is for, reading, and writing where there is something to.
const NOUNS: &[(&str, &str, TokenScope, Option<TokenScope>)] = &[
    (
        "Tasks",
        "Titles, dates, estimates, who does them",
        TokenScope::TasksRead,
        Some(TokenScope::TasksWrite),
    ),
    (
        "Projects",
        "With their notes and progress",
        TokenScope::ProjectsRead,
        Some(TokenScope::ProjectsWrite),
    ),
    (
        "Clients",
        "With their addresses and notes",
        TokenScope::ClientsRead,
        Some(TokenScope::ClientsWrite),
    ),
    (
        "Documents",
        "The texts clients sent",
        TokenScope::DocumentsRead,
        Some(TokenScope::DocumentsWrite),
    ),
    (
        "Suggestions",
        "What was read out of the texts",
        TokenScope::SuggestionsRead,
        Some(TokenScope::SuggestionsWrite),
    ),
    (
        "Jobs",
        "Reading texts, and how far it is",
        TokenScope::JobsRead,
        Some(TokenScope::JobsWrite),
    ),
    (
        "Shared links",
        "With the addresses they open",
        TokenScope::SharesRead,
        Some(TokenScope::SharesWrite),
    ),
    (
        "Workspace",
        "Name, numbers and the live log of changes",
        TokenScope::WorkspaceRead,
        Some(TokenScope::WorkspaceWrite),
    ),
    (
        "Members",
        "People, their addresses and invitations",
        TokenScope::MembersRead,
        Some(TokenScope::MembersWrite),
    ),
    (
        "Webhooks",
        "Where changes are sent to",
        TokenScope::WebhooksRead,
        Some(TokenScope::WebhooksWrite),
    ),
    (
        "Audit log",
        "Who did what; for owners",
        TokenScope::AuditRead,
        None,
    ),
];

#[component]
pub(crate) fn SettingsTokens() -> Element {
    use_title("Access tokens · Settings");
    let query = use_fetch((), &[], query::tokens);
    let mut making = use_signal(|| false);
    let tokens = match query.load() {
        Load::Wait => rsx! { SkeletonRows { rows: 3 } },
        Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
        Load::Ready(tokens) if tokens.is_empty() => rsx! {
            Empty { glyph: Glyph::Key, title: "No tokens yet", text: "A script, a spreadsheet or an automation can read and change your work with one.",
                Btn { variant: Variant::Primary, icon: Glyph::Plus, onclick: move |_| making.set(true), "New token" }
            }
        },
        Load::Ready(tokens) => rsx! {
            div { Btn { variant: Variant::Primary, icon: Glyph::Plus, onclick: move |_| making.set(true), "New token" } }
            ul { class: "tokens",
                for token in tokens.iter() {
                    TokenRow { key: "{token.id.inner()}", query, token: token.clone() }
                }
            }
        },
    };
    rsx! {
        Section { title: "Access tokens", help: "A program with a token acts in your name, within your role and what you tick. Treat it like a password.",
            {tokens}
        }
        if making() {
            NewToken { onmade: move |()| query.refetch(), onclose: move |()| making.set(false) }
        }
    }
}

#[component]
fn TokenRow(query: Query<Vec<ApiToken>>, token: ApiToken) -> Element {
    let mut asking = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let name = token.name.clone();
    let place = match (&token.workspace, token.all_workspaces) {
        (Some(workspace), _) => workspace.name.clone(),
        (None, true) => "All your workspaces".to_owned(),
        (None, false) => "A workspace you have left".to_owned(),
    };
    let used = match &token.last_used_at {
        Some(at) => ["used ", &intl::moment(&at.0)].concat(),
        None => "never used".to_owned(),
    };
    let until = intl::local_day(&token.expires_at.0).map_or_else(String::new, intl::day_short);
    let id = token.id.clone();
    let revoke = move |_| {
        let id = id.clone();
        if busy() {
            return;
        }
        busy.set(true);
        spawn(async move {
            let done = query::revoke(id.clone()).await;
            busy.set(false);
            match done {
                Ok(()) => {
                    let mut query = query;
                    query.patch(|tokens| tokens.retain(|token| token.id != id));
                    toast::done("Token revoked. It opens nothing any more.");
                }
                Err(error) => toast::failed("The token was not revoked.", &error),
            }
        });
    };
    rsx! {
        li { class: "token",
            div { class: "token-main",
                p { class: "token-name", strong { class: "trunc", {name.clone()} } code { title: "Ends with {token.hint}", "…{token.hint}" } }
                p { class: "token-meta", {good_for(&token.scopes)} }
                p { class: "token-meta num",
                    span { {place} }
                    span { title: intl::moment_full(&token.expires_at.0), "until {until}" }
                    span { title: token.last_used_at.as_ref().map(|at| intl::moment_full(&at.0)), {used} }
                }
            }
            Btn { variant: Variant::Ghost, size: BtnSize::Small, label: "Revoke {name}", onclick: move |_| asking.set(true), "Revoke" }
        }
        if asking() {
            Dialog { title: "Revoke this token?", onclose: move |()| asking.set(false),
                foot: rsx! {
                    Btn { onclick: move |_| asking.set(false), "Keep it" }
                    Btn { variant: Variant::Danger, busy: busy(), onclick: revoke, "Revoke" }
                },
                p { "Whatever uses “{name}” is shut out at once, open connections too. This cannot be undone; you can make a new token." }
            }
        }
    }
}

/// `Changes tasks, projects · reads clients`.
fn good_for(scopes: &[TokenScope]) -> String {
    let names = |write: bool| {
        let fitting = NOUNS.iter().filter(|(_, _, read, writing)| {
            let writes = writing.is_some_and(|writing| scopes.contains(&writing));
            if write {
                writes
            } else {
                !writes && scopes.contains(read)
            }
        });
        let names: Vec<String> = fitting.map(|(name, ..)| name.to_lowercase()).collect();
        names.join(", ")
    };
    match (names(true).as_str(), names(false).as_str()) {
        (changes, "") => ["Changes ", changes].concat(),
        ("", reads) => ["Reads ", reads].concat(),
        (changes, reads) => ["Changes ", changes, " · reads ", reads].concat(),
    }
}
