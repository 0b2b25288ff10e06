//! What was done in the workspace, for its owners: filtered, and taken along as a file.

mod query;

use dioxus::prelude::*;

use self::query::{Offers, Wanted};
use crate::{
    app::use_title,
    fmt::Day,
    gql::{Load, use_fetch},
    page::trail::{Trail, said},
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
    let text = |name: &str| params.get(name).map(ToOwned::to_owned);
    let day = |name: &str| params.get(name).and_then(Day::parse);
    let wanted = Wanted {
        workspace: workspace.clone(),
        actor: text("actor"),
        action: text("action"),
        from: day("from"),
        to: day("to"),
        pages: pages(),
    };
    let log = use_fetch(wanted.clone(), &[], query::list);
    let offers = use_fetch(workspace, &[], query::offers);
    let filtered = params != Params::default();
    let to = move |name: &'static str, value: String| {
        navigator.replace(Route::SettingsAudit {
            params: params.with(name, &value),
        });
    };
    use_rows(".trail > li");
    rsx! {
        div { class: "audit-head",
            h2 { class: "sect-title", "Audit log" }
            p { class: "help", "Everything that was done in this workspace. Entries are never changed or removed." }
            Export { wanted: wanted.clone() }
        }
        Filters { wanted, offers: offers.get().map(|offers| (*offers).clone()), onchange: move |(name, value)| to(name, value) }
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

#[component]
fn Filters(
    wanted: Wanted,
    offers: Option<Offers>,
    onchange: EventHandler<(&'static str, String)>,
) -> Element {
    let people = offers.iter().flat_map(|offers| &offers.members);
    let people = people.map(|member| SelectOption::new(member.user.id.inner(), member.user.name.clone()));
    let actions = offers.iter().flat_map(|offers| &offers.audit_actions);
    let mut actions: Vec<_> = actions
        .map(|action| SelectOption::new(action.clone(), said(action)))
        .collect();
    actions.sort_by(|one, other| one.label.cmp(&other.label));
    let date = |day: Option<Day>| day.map(Day::iso).unwrap_or_default();
    rsx! {
        div { class: "audit-filters", role: "toolbar", aria_label: "Filters",
            SelectChip { label: "Who", value: wanted.actor.clone().unwrap_or_default(), options: people.collect::<Vec<_>>(), onchange: move |id| onchange.call(("actor", id)) }
            SelectChip { label: "What", value: wanted.action.clone().unwrap_or_default(), options: actions, onchange: move |action| onchange.call(("action", action)) }
            label { class: "audit-day", "From"
                DateInput { id: "audit-from", value: wanted.from, onchange: move |day| onchange.call(("from", date(day))) }
            }
            label { class: "audit-day", "To"
                DateInput { id: "audit-to", value: wanted.to, onchange: move |day| onchange.call(("to", date(day))) }
            }
        }
    }
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
