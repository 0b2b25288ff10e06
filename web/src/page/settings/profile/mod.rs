//! The person, and how the app looks to them.

mod address;
mod query;

use dioxus::prelude::*;

use super::{NameField, Section, saving};
use crate::{
    app::use_title,
    session,
    ui::{prelude::*, shell::ThemeSeg},
};

#[component]
pub(crate) fn SettingsProfile() -> Element {
    use_title("Profile · Settings");
    let Some(viewer) = session::viewer() else {
        return rsx! {};
    };
    rsx! {
        Section { title: "You", help: "What people you work with see.",
            div { class: "set-who",
                Avatar { name: viewer.user.name.clone(), hue: viewer.user.hue, decorative: true }
                div { class: "trunc",
                    p { class: "strong trunc", "{viewer.user.name}" }
                    p { class: "muted trunc", "{viewer.user.email}" }
                }
            }
            NameField {
                id: "me", label: "Your name", value: viewer.user.name.clone(),
                onsave: |name: String| saving(async move {
                    let saved = query::rename(name).await;
                    if saved.is_ok() { session::load().await; }
                    saved.map(|_| ())
                }),
            }
        }
        address::Address { email: viewer.user.email.clone() }
        Section { title: "Look", help: "Kept in this browser.",
            div { class: "field", span { class: "label", "Theme" } ThemeSeg {} }
        }
    }
}
