//! The workspace: its name and colour.

mod end;
mod query;

use dioxus::prelude::*;

use super::{NameField, Section, is_owner, saving};
use crate::{app::use_title, gql::types::Hue, session, ui::prelude::*};

#[component]
pub(crate) fn SettingsWorkspace() -> Element {
    use_title("Workspace · Settings");
    let Some(workspace) = session::workspace() else {
        return rsx! {};
    };
    let owner = is_owner();
    rsx! {
        // Another workspace is another form.
        for workspace in [workspace.clone()] {
            Section {
                key: "{workspace.id.inner()}",
                title: "Workspace",
                help: if owner { "Clients see its name and colour on shared pages." } else { "Only its owner can change it." },
                if !owner {
                    div { class: "field",
                        span { class: "label", "Name" }
                        p { class: "strong break", {workspace.name.clone()} }
                    }
                } else { NameField {
                    id: "ws", label: "Name", value: workspace.name.clone(),
                    onsave: { let id = workspace.id.clone(); move |name: String| { let id = id.clone(); saving(async move {
                        let saved = query::workspace(id, Some(name), None).await;
                        if saved.is_ok() { session::load().await; }
                        saved
                    }) } },
                } }
                div { class: "field",
                    span { class: "label", "Colour" }
                    if owner {
                        HueSeg {
                            name: "ws-hue", value: workspace.hue,
                            onchange: { let id = workspace.id.clone(); move |hue: Hue| { let id = id.clone(); async move {
                                match query::workspace(id, None, Some(hue)).await {
                                    Ok(()) => session::load().await,
                                    Err(error) => toast::failed("The colour was not changed.", &error),
                                }
                            } } },
                        }
                    } else {
                        Swatch { hue: workspace.hue, large: true }
                    }
                }
            }
        }
        if owner {
            end::Deleting { key: "delete-{workspace.id.inner()}", id: workspace.id.clone(), name: workspace.name.clone() }
        }
        end::Deleted {}
    }
}
