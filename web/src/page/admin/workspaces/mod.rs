//! Every workspace from outside: whose it is, how large, and what its AI may do.

mod limits;
mod query;

use dioxus::prelude::*;

use self::{
    limits::Limits,
    query::{Size, WorkspaceLimits},
};
use crate::{
    app::use_title,
    fmt::{intl, money, size},
    gql::{Load, use_fetch},
    page::clients::query::Listed,
    route::{Params, Route},
    shortcut::use_rows,
    ui::prelude::*,
};

#[component]
pub(crate) fn AdminWorkspaces(params: Params) -> Element {
    use_title("Workspaces · Administration");
    let navigator = use_navigator();
    let search = params.get("search").map(ToOwned::to_owned);
    let deleted = params.get("deleted").is_some();
    let limits = params.get("limits").map(ToOwned::to_owned);
    let mut pages = use_signal(|| 1_usize);
    let mut list = use_fetch((search.clone(), deleted, pages()), &[], query::list);
    let to = {
        let params = params.clone();
        move |name: &'static str, value: &str| {
            navigator.replace(Route::AdminWorkspaces {
                params: params.with(name, value),
            });
        }
    };
    let (find, toggle, close) = (to.clone(), to.clone(), to);
    use_rows(".table tbody tr");
    rsx! {
        div { class: "toolbar", role: "toolbar", aria_label: "Filters",
            SearchBox { label: "Name or member’s address", value: search.clone().unwrap_or_default(), onchange: move |text: String| find("search", &text) }
            Chip { set: deleted, icon: Glyph::Trash, onclick: move |_| toggle("deleted", if deleted { "" } else { "1" }), "Deleted" }
        }
        match list.load() {
            Load::Wait => rsx! { div { class: "page", SkeletonRows {} } },
            Load::Failed(error) => rsx! { Failed { error, title: "The workspaces did not load", retry: move |()| list.refetch() } },
            Load::Ready(found) if found.nodes.is_empty() => rsx! { Nothing { search: search.clone(), deleted } },
            Load::Ready(found) => rsx! {
                Workspaces { list: (*found).clone(), params }
                if found.more { div { class: "more", Btn { onclick: move |_| pages += 1, "Show more" } } }
            },
        }
        if let Some(id) = limits {
            Limits { key: "{id}", id,
                onclose: move |()| close("limits", ""),
                onsaved: move |now: Size| list.patch(|list| {
                    if let Some(old) = list.nodes.iter_mut().find(|old| old.id == now.id) {
                        *old = now;
                    }
                }),
            }
        }
    }
}

#[component]
fn Nothing(search: Option<String>, deleted: bool) -> Element {
    let (title, text) = match (&search, deleted) {
        (Some(_), _) => (
            "No workspace matches",
            "No name and no member’s address fits what you typed.",
        ),
        (None, true) => (
            "No workspace is deleted",
            "A deleted one can be brought back by its owner for a year, then it is gone.",
        ),
        (None, false) => ("No workspaces yet", "Everybody who signs up gets one."),
    };
    rsx! {
        Empty { glyph: Glyph::Search, title, text,
            if search.is_some() || deleted { LinkBtn { to: Route::AdminWorkspaces { params: Params::default() }, "Show all workspaces" } }
        }
    }
}

#[component]
fn Workspaces(list: Listed<Size>, params: Params) -> Element {
    rsx! {
        div { class: "table-wrap", tabindex: "0", role: "region", aria_label: "Workspaces",
            table { class: "table ad-table", "data-stack": "",
                colgroup { col { class: "c-title" } col { class: "c-num" } col { class: "c-num not-narrow" } col { class: "c-num not-narrow" } col { class: "c-num" } col { class: "c-num not-narrow" } col { class: "c-mail" } }
                thead {
                    tr {
                        th { scope: "col", "Workspace" }
                        th { scope: "col", class: "r", "Members" }
                        th { scope: "col", class: "r not-narrow", "Projects" }
                        th { scope: "col", class: "r not-narrow", "Tasks" }
                        th { scope: "col", class: "r", "Texts a day" }
                        th { scope: "col", class: "r not-narrow", "Documents" }
                        th { scope: "col", "AI limits" }
                    }
                }
                tbody {
                    for one in list.nodes {
                        tr { key: "{one.id.inner()}",
                            td {
                                span { class: "ad-who",
                                    span { class: "row", span { class: "trunc strong", {one.name.clone()} }
                                        if let Some(at) = &one.deleted_at { span { title: "Since {intl::moment_full(&at.0)}", Badge { tone: Tone::Warn, "Deleted" } } }
                                    }
                                    small { class: "trunc", {owners(&one.owners)} }
                                }
                            }
                            td { class: "r num", span { class: "not-phone", {intl::number(one.member_count)} } span { class: "only-phone", {intl::count(one.member_count, "member", "members")} } }
                            td { class: "r num not-narrow", {intl::number(one.project_count)} }
                            td { class: "r num not-narrow", {intl::number(one.task_count)} }
                            td { class: "r num", span { class: "not-phone", {intl::number(one.jobs_last_day)} } span { class: "only-phone", {intl::count(one.jobs_last_day, "text today", "texts today")} } }
                            td { class: "r num not-narrow", {size::show(one.document_bytes)} }
                            td {
                                div { class: "ad-acts",
                                    span { class: "grow trunc soft num", {said(&one.limits)} }
                                    Link { class: "btn", "data-size": "sm", aria_label: "Limits of {one.name}", to: Route::AdminWorkspaces { params: params.with("limits", one.id.inner()) }, "Limits" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn owners(owners: &[String]) -> String {
    if owners.is_empty() {
        "Nobody owns it".to_owned()
    } else {
        owners.join(", ")
    }
}

/// A workspace's own limits in a few words.
fn said(limits: &WorkspaceLimits) -> String {
    let cost = limits.ai_monthly_cost_micro_usd.map(money::usd);
    let jobs = limits.ai_jobs_per_day.map(intl::number);
    match (cost, jobs) {
        (None, None) => "As everywhere".to_owned(),
        (Some(cost), None) => [&cost, " a month"].concat(),
        (None, Some(jobs)) => [&jobs, " texts a day"].concat(),
        (Some(cost), Some(jobs)) => [&cost, " · ", &jobs, " a day"].concat(),
    }
}
