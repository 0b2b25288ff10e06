//! Sidebar and tab bar.

use dioxus::prelude::*;
use wasm_bindgen::JsCast;

use super::{HELP, PALETTE, nowhere::NewWorkspace, paste_params, query, theme};
use crate::{
    gql::{Query, types::NodeKind},
    page::{admin, project, settings},
    platform,
    route::{Params, Route},
    session,
    shortcut::use_shortcuts,
    ui::prelude::*,
};

pub(super) const SHOWN: &[NodeKind] = &[
    NodeKind::Project,
    NodeKind::Task,
    NodeKind::Suggestion,
    NodeKind::SuggestionItem,
    NodeKind::Job,
    NodeKind::Workspace,
];

/// The parts of the app, as the sidebar marks them.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Today,
    Review,
    Clients,
    Projects,
    Paste,
    Settings,
    Admin,
}

fn part(route: &Route) -> Option<Part> {
    Some(match route {
        Route::Today { .. } => Part::Today,
        Route::Reviews {} | Route::Review { .. } | Route::Job { .. } => Part::Review,
        Route::Clients { .. } | Route::ClientDetail { .. } => Part::Clients,
        Route::Projects { .. } => Part::Projects,
        Route::Paste { .. } => Part::Paste,
        here if settings::is_here(here) => Part::Settings,
        here if admin::is_here(here) => Part::Admin,
        _ => return None,
    })
}

#[component]
pub(super) fn Nav(rail: Signal<bool>, shell: Query<query::ShellQuery>) -> Element {
    let here = use_route::<Route>();
    let data = shell.get().and_then(|data| data.workspace.clone());
    let waiting = data.as_ref().map_or(0, |data| {
        data.counts.suggestions_waiting + data.counts.jobs_needing_review
    });
    let name = data
        .as_ref()
        .map(|data| data.name.clone())
        .or_else(|| session::workspace().map(|workspace| workspace.name))
        .unwrap_or_default();
    let current = part(&here);
    let writable = session::may_write();
    let open_project = project::id_of(&here);
    let projects = data.map(|data| data.projects.nodes).unwrap_or_default();
    // The open project stands in its own line when it is among the active ones, else under Projects.
    let listed = open_project
        .as_ref()
        .is_some_and(|id| projects.iter().any(|project| project.id.inner() == id));
    let at_projects = current == Some(Part::Projects) || (open_project.is_some() && !listed);
    rsx! {
        nav { class: "nav", aria_label: "Main",
            div { class: "nav-top",
                WorkspaceMenu { name }
                IconBtn {
                    glyph: Glyph::Panel,
                    class: "nav-fold",
                    label: if rail() { "Expand sidebar" } else { "Collapse sidebar" },
                    expanded: !rail(),
                    onclick: move |_| {
                        rail.toggle();
                        platform::store("nav", if *rail.peek() { "rail" } else { "wide" });
                    },
                }
            }
            div { class: "nav-do",
                if writable {
                    Link { to: Route::Paste { params: paste_params(&here) }, class: "btn", title: "Paste a text (b)",
                        Icon { glyph: Glyph::Paste }
                        span { class: "btn-label", "Paste" }
                        Kbd { keys: "b" }
                    }
                }
                button { class: if writable { "btn icon-only" } else { "btn" }, r#type: "button", aria_label: "Search and commands", title: "Search and commands (Ctrl K)", onclick: move |_| *PALETTE.write() = true,
                    Icon { glyph: Glyph::Search }
                    if !writable { span { class: "btn-label", "Search" } }
                }
            }
            ul {
                Item { to: Route::Today { params: Params::default() }, glyph: Glyph::Today, label: "Today", current: current == Some(Part::Today) }
                Item { to: Route::Reviews {}, glyph: Glyph::Review, label: "Review", current: current == Some(Part::Review), waiting }
                Item { to: Route::Clients { params: Params::default() }, glyph: Glyph::Clients, label: "Clients", current: current == Some(Part::Clients) }
                Item { to: Route::Projects { params: Params::default() }, glyph: Glyph::Projects, label: "Projects", current: at_projects }
            }
            if !projects.is_empty() {
                div { class: "nav-projects",
                    h2 { class: "nav-h", "Active projects" }
                    ul {
                        for project in projects {
                            li { key: "{project.id.inner()}",
                                Link {
                                    to: Route::ProjectBoard { id: project.id.inner().to_owned(), params: Params::default() },
                                    class: "nav-item",
                                    title: project.name.clone(),
                                    aria_current: if open_project.as_deref() == Some(project.id.inner()) { "page" },
                                    Swatch { hue: project.hue }
                                    span { class: "nav-label trunc", "{project.name}" }
                                    if project.progress.total > project.progress.done {
                                        span { class: "nav-count num",
                                            "{project.progress.total - project.progress.done}"
                                            span { class: "sr", " open" }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            div { class: "nav-foot",
                if session::is_administrator() {
                    Link { to: Route::AdminOverview {}, class: "nav-item", title: "Admin", aria_current: if current == Some(Part::Admin) { "page" },
                        Icon { glyph: Glyph::Shield }
                        span { class: "nav-label", "Admin" }
                    }
                    AdminKeys {}
                }
                Link { to: Route::SettingsProfile {}, class: "nav-item", title: "Settings", aria_current: if current == Some(Part::Settings) { "page" },
                    Icon { glyph: Glyph::Settings }
                    span { class: "nav-label", "Settings" }
                }
                button { class: "nav-item", r#type: "button", title: "Shortcuts (?)", onclick: move |_| *HELP.write() = true,
                    Icon { glyph: Glyph::Help }
                    span { class: "nav-label", "Shortcuts" }
                    span { class: "nav-count", Kbd { keys: "?" } }
                }
            }
        }
    }
}

/// The administrator's shortcut, in the list only of those who have it.
#[component]
fn AdminKeys() -> Element {
    let navigator = use_navigator();
    use_shortcuts("Everywhere", &[("g a", "Go to Admin")], move |_| {
        navigator.push(Route::AdminOverview {});
    });
    rsx! {}
}

#[component]
fn Item(
    to: Route,
    glyph: Glyph,
    label: &'static str,
    current: bool,
    #[props(default)] waiting: i32,
) -> Element {
    rsx! {
        li {
            Link { to, class: "nav-item", title: label, aria_current: if current { "page" },
                Icon { glyph }
                span { class: "nav-label", {label} }
                if waiting > 0 {
                    span { class: "nav-count num", "data-new": "", "{waiting}" span { class: "sr", " waiting" } }
                }
            }
        }
    }
}

/// Who I am, which workspace, how it looks, and the way out.
#[component]
fn WorkspaceMenu(name: String) -> Element {
    let Some(viewer) = session::viewer() else {
        return rsx! {};
    };
    let chosen = session::workspace_id();
    let mut making = use_signal(|| false);
    let trigger = rsx! {
        span { class: "ws",
            Logo {}
            span { class: "ws-name trunc", {name.clone()} }
            Icon { glyph: Glyph::UpDown, size: IconSize::Small }
        }
    };
    rsx! {
        Menu { label: "{name}: account and workspace", class: "grow", trigger,
            MenuLabel { "Workspaces" }
            for workspace in viewer.workspaces.iter().map(|each| each.workspace.clone()) {
                MenuItem {
                    key: "{workspace.id.inner()}",
                    glyph: if workspace.id == chosen { Glyph::Check } else { Glyph::Open },
                    onclick: { let workspace = workspace.clone(); let chosen = chosen.clone(); move |()| if workspace.id != chosen { session::choose(&workspace); } },
                    Swatch { hue: workspace.hue }
                    span { class: "trunc", "{workspace.name}" }
                    if workspace.id == chosen { span { class: "sr", ", the present one" } }
                }
            }
            MenuItem { glyph: Glyph::Plus, onclick: move |()| making.set(true), "New workspace" }
            MenuSep {}
            MenuLabel { "{viewer.user.email}" }
            theme::ThemeItems {}
            MenuSep {}
            MenuItem { glyph: Glyph::Out, onclick: move |()| async move { session::sign_out().await }, "Sign out" }
        }
        if making() { NewWorkspace { onclose: move |()| making.set(false) } }
    }
}

/// Opens the list of workspaces, for the keyboard.
pub(super) fn open_workspaces() {
    let trigger = platform::document()
        .and_then(|document| document.query_selector(".nav-top .menu-trigger").ok().flatten());
    if let Some(trigger) = trigger.and_then(|trigger| trigger.dyn_into::<web_sys::HtmlElement>().ok()) {
        trigger.click();
    }
}

/// The product's mark.
#[component]
pub(crate) fn Logo() -> Element {
    rsx! {
        svg { class: "logo", view_box: "0 0 18 18", "aria-hidden": "true",
            rect { class: "logo-bar", x: "2", y: "2.5", width: "11", height: "3", rx: "1" }
            rect { class: "logo-mark", x: "2", y: "7.5", width: "14", height: "3", rx: "1" }
            rect { class: "logo-bar", x: "2", y: "12.5", width: "8", height: "3", rx: "1" }
        }
    }
}

/// The phone's bar: five at most, under the thumb.
#[component]
pub(super) fn TabBar(shell: Query<query::ShellQuery>) -> Element {
    let here = use_route::<Route>();
    let current = part(&here);
    let waiting = shell
        .get()
        .and_then(|data| Some(data.workspace.as_ref()?.counts.suggestions_waiting))
        .unwrap_or(0);
    let at_projects = current == Some(Part::Projects) || project::id_of(&here).is_some();
    rsx! {
        nav { class: "tabbar", aria_label: "Main, phone",
            Link { to: Route::Today { params: Params::default() }, aria_current: if current == Some(Part::Today) { "page" }, Icon { glyph: Glyph::Today, size: IconSize::Large } "Today" }
            Link { to: Route::Reviews {}, aria_current: if current == Some(Part::Review) { "page" },
                Icon { glyph: Glyph::Review, size: IconSize::Large }
                "Review"
                if waiting > 0 {
                    span { class: "pip" }
                    span { class: "sr", ", {waiting} waiting" }
                }
            }
            if session::may_write() {
                Link { to: Route::Paste { params: paste_params(&here) }, aria_current: if current == Some(Part::Paste) { "page" }, Icon { glyph: Glyph::Paste, size: IconSize::Large } "Paste" }
            } else {
                Link { to: Route::Clients { params: Params::default() }, aria_current: if current == Some(Part::Clients) { "page" }, Icon { glyph: Glyph::Clients, size: IconSize::Large } "Clients" }
            }
            Link { to: Route::Projects { params: Params::default() }, aria_current: if at_projects { "page" }, Icon { glyph: Glyph::Projects, size: IconSize::Large } "Projects" }
            button { r#type: "button", onclick: move |_| *PALETTE.write() = true, Icon { glyph: Glyph::More, size: IconSize::Large } "More" }
        }
    }
}
