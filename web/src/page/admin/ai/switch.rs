//! The switch for all AI.

use dioxus::prelude::*;

use super::query::{self, AdminSettingsUpdateInput, Settings};
use crate::{fmt::intl, gql::Error, ui::prelude::*};

/// Takes effect at once, everywhere. `onchange` gets the settings as they are then, or why not.
#[component]
pub(in crate::page::admin) fn AiSwitch(
    settings: Settings,
    onchange: EventHandler<Result<Settings, Error>>,
) -> Element {
    let mut busy = use_signal(|| false);
    let version = settings.version;
    let toggle = move |on: bool| {
        busy.set(true);
        spawn(async move {
            let input = AdminSettingsUpdateInput {
                ai_enabled: Some(on),
                expected_version: Some(version),
                ..AdminSettingsUpdateInput::default()
            };
            let done = query::update(input).await;
            match &done {
                Ok(now) if now.ai_enabled => toast::done("AI models may be asked again."),
                Ok(_) => toast::done("No AI model is asked any more."),
                Err(error) => toast::failed("It was not switched.", error),
            }
            onchange.call(done);
            busy.set(false);
        });
    };
    rsx! {
        section { class: "sect",
            div { class: "sect-head",
                h2 { class: "sect-title", "AI" }
                span { class: "sect-end num", title: intl::moment_full(&settings.updated_at.0), "Settings of " {intl::moment(&settings.updated_at.0)} }
            }
            div { class: "ad-switch",
                Switch { checked: settings.ai_enabled, disabled: busy(), label: "AI models may be asked", onchange: toggle }
                p { class: "help", "Off stops every call that has not begun, within a second and everywhere. Texts that would go to a model wait for a person; the built-in rules and everything else go on." }
            }
        }
    }
}
