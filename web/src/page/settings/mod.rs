//! Settings: a frame with a way to each page, and the pages.
//!
//! A page more is a folder here, a line in [`parts`], and a route with its line in `pages!`.

pub(crate) mod ai;
pub(crate) mod audit;
pub(crate) mod data;
pub(crate) mod developer;
pub(crate) mod members;
pub(crate) mod profile;
pub(crate) mod security;
pub(crate) mod tokens;
pub(crate) mod webhooks;
pub(crate) mod workspace;

use dioxus::prelude::*;

use crate::{
    gql::{Error, types::MemberRole},
    page::{admin::segments, sign_in::use_installation},
    platform,
    route::{NotFound, Params, Route},
    session,
    ui::prelude::*,
};

/// A group of pages: its heading, and each page with icon, name and address.
type Part = (&'static str, Vec<(Glyph, &'static str, Route)>);

/// What the person may see here. `owner` says whether the workspace looked at is theirs.
fn parts(owner: bool) -> [Part; 2] {
    let mut parts = [
        (
            "You",
            vec![
                (Glyph::User, "Profile", Route::SettingsProfile {}),
                (
                    Glyph::Key,
                    "Security",
                    Route::SettingsSecurity {
                        params: Params::default(),
                    },
                ),
                (Glyph::External, "Access tokens", Route::SettingsTokens {}),
                (Glyph::List, "Developer", Route::SettingsDeveloper {}),
            ],
        ),
        (
            "Workspace",
            vec![
                (Glyph::Panel, "General", Route::SettingsWorkspace {}),
                (Glyph::Clients, "Members", Route::SettingsMembers {}),
                (Glyph::Review, "AI", Route::SettingsAi {}),
                (Glyph::Archive, "Data", Route::SettingsData {}),
            ],
        ),
    ];
    if owner {
        let params = Params::default();
        parts[1].1.extend([
            (Glyph::Pipeline, "Webhooks", Route::SettingsWebhooks {}),
            (Glyph::History, "Audit log", Route::SettingsAudit { params }),
        ]);
    }
    parts
}

/// Whether an address is one of these pages.
pub(crate) fn is_here(route: &Route) -> bool {
    parts(true)
        .iter()
        .any(|(_, pages)| pages.iter().any(|(_, _, to)| belongs(route, to)))
}

/// Whether an address is a page of the navigation, or what one leads on to.
fn belongs(route: &Route, page: &Route) -> bool {
    match route {
        Route::SettingsWebhook { .. } => *page == Route::SettingsWebhooks {},
        other => other.same_page(page),
    }
}

/// Whether the person owns the workspace they look at.
pub(crate) fn is_owner() -> bool {
    let id = session::workspace_id();
    session::viewer().is_some_and(|viewer| {
        viewer
            .workspaces
            .iter()
            .any(|each| each.workspace.id == id && each.role == MemberRole::Owner)
    })
}

/// Heading and navigation around the pages.
#[component]
pub(crate) fn SettingsFrame() -> Element {
    let here = use_route::<Route>();
    let installation = use_installation();
    let owner = is_owner();
    // On a phone the pages' names stand in one line that is wider than the screen.
    use_effect(use_reactive!(|here| {
        let _ = here;
        platform::reveal(".set-nav [aria-current=page]");
    }));
    if !owner && matches!(here, Route::SettingsAudit { .. }) {
        return rsx! { NotFound { segments: segments(&here) } };
    }
    rsx! {
        PageBar { title: "Settings" }
        div { class: "settings",
            nav { class: "set-nav", aria_label: "Settings",
                for (heading, pages) in parts(owner) {
                    div { key: "{heading}", class: "set-group",
                        h2 { class: "nav-h", {heading} }
                        ul {
                            for (glyph, name, to) in pages {
                                li { key: "{name}",
                                    Link { class: "nav-item", aria_current: if belongs(&here, &to) { "page" }, to, Icon { glyph } {name} }
                                }
                            }
                        }
                    }
                }
                if let Some(installation) = installation { p { class: "set-foot", "SmartStack {installation.version}" } }
            }
            div { class: "set-page", Outlet::<Route> {} }
        }
    }
}

/// One subject of a page: what it is on the left, what can be done on the right.
#[component]
pub(crate) fn Section(title: String, #[props(default)] help: Option<String>, children: Element) -> Element {
    rsx! {
        section { class: "set",
            div {
                h2 { class: "sect-title", {title} }
                if let Some(help) = help { p { class: "help", {help} } }
            }
            div { class: "set-body", {children} }
        }
    }
}

/// Work that saves something.
pub(crate) type Saving = std::pin::Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// Work, as [`NameField`] takes it.
pub(crate) fn saving(work: impl Future<Output = Result<(), Error>> + 'static) -> Saving {
    Box::pin(work)
}

/// A name with its own save: nothing is sent until it is asked for.
#[component]
pub(crate) fn NameField(
    id: &'static str,
    label: &'static str,
    value: String,
    onsave: Callback<String, Saving>,
) -> Element {
    let mut draft = {
        let value = value.clone();
        use_signal(|| value)
    };
    let mut failed = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let changed = draft.read().trim() != value;
    rsx! {
        form { class: "set-form", novalidate: true,
            onsubmit: move |event| async move {
                event.prevent_default();
                if busy() || !changed {
                    return;
                }
                busy.set(true);
                let saved = onsave.call(draft.peek().trim().to_owned()).await;
                busy.set(false);
                if saved.is_ok() { toast::done("Saved"); }
                failed.set(saved.err());
            },
            Field { id, label, error: failed.read().as_ref().map(Error::message),
                Input { id, value: draft, maxlength: 100, invalid: failed.read().is_some(), oninput: move |text| draft.set(text) }
            }
            Btn { kind: BtnKind::Submit, busy: busy(), disabled: !changed, size: BtnSize::Large, "Save" }
        }
    }
}
