//! What was done in the workspace, for its owners: filtered, and taken along as a file.

mod query;

use dioxus::prelude::*;

use self::query::{Offers, Wanted};
use crate::{
    app::use_title,
    gql::{Load, use_fetch},
    page::trail::{
        Trail,
        filters::{Filters, Narrow},
    },
    platform,
    route::{Params, Route},
    session,
    shortcut::use_rows,
    ui::prelude::*,
};

#[component]
pub(crate) fn SettingsAudit(params: Params) -> Element {
    use_title("Audit · Settings");
    let navigator = use_navigator();
    let workspace = session::workspace_id().inner().to_owned();
    let mut pages = use_signal(|| 1_usize);
    let narrow = Narrow::of(&params);
    let wanted = Wanted {
        workspace: workspace.clone(),
        narrow: narrow.clone(),
        pages: pages(),
    };
    let log = use_fetch(wanted.clone(), &[], query::list);
    let offers = use_fetch(workspace, &[], query::offers);
    let filtered = params != Params::default();
    let to = move |(name, value): (&'static str, String)| {
        navigator.replace(Route::SettingsAudit {
            params: params.with(name, &value),
        });
    };
    let (who, what) = offers.get().map(|offers| options(&offers)).unwrap_or_default();
    use_rows(".trail > li");
    rsx! {
        div { class: "audit-head",
            h2 { class: "sect-title", "Audit log" }
            p { class: "help", "Everything that was done in this workspace. Entries are never changed or removed." }
            Export { wanted }
        }
        Filters { narrow, who, what, onchange: to }
        match log.load() {
            Load::Wait => rsx! { SkeletonRows {} },
            Load::Failed(error) => rsx! { Failed { error, title: "The log did not load", retry: move |()| log.refetch() } },
            Load::Ready(list) if list.nodes.is_empty() => rsx! {
                Empty { glyph: Glyph::History, title: "Nothing matches", text: "Nothing was done that fits these filters.",
                    if filtered { LinkBtn { to: Route::SettingsAudit { params: Params::default() }, "Show everything" } }
                }
            },
            Load::Ready(list) => rsx! {
                Trail { label: "What was done", entries: list.nodes.clone() }
                if list.more { div { class: "more", Btn { onclick: move |_| pages += 1, "Show more" } } }
            },
        }
    }
}

/// Who and what there is to choose from.
fn options(offers: &Offers) -> (Vec<SelectOption>, Vec<String>) {
    let people = offers.members.iter();
    let people = people.map(|member| SelectOption::new(member.user.id.inner(), member.user.name.clone()));
    (people.collect(), offers.audit_actions.clone())
}

/// The filtered log as a file.
#[component]
fn Export(wanted: Wanted) -> Element {
    let save = |format: &'static str| {
        let wanted = wanted.clone();
        move |()| {
            let wanted = wanted.clone();
            spawn(async move {
                // A download cannot renew the session by itself.
                match query::offers(wanted.workspace.clone()).await {
                    Ok(_) => platform::download(&wanted.file(format)),
                    Err(error) => toast::failed("The log was not exported.", &error),
                }
            });
        }
    };
    rsx! {
        Menu { label: "Export", end: true, class: "audit-export",
            trigger: rsx! { span { class: "btn", "Export" Icon { glyph: Glyph::Down } } },
            MenuItem { glyph: Glyph::File, onclick: save("csv"), "For a spreadsheet (CSV)" }
            MenuItem { glyph: Glyph::File, onclick: save("jsonl"), "For a program (JSON Lines)" }
        }
    }
}
