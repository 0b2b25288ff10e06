//! For who writes programs: where things are, and a first one to copy.

mod query;
mod snippet;

use dioxus::prelude::*;

use self::snippet::{Language, Place, Task, snippet};
use super::Section;
use crate::{app::use_title, gql::use_fetch, platform, route::Route, session, ui::prelude::*};

/// Addresses that programs and their authors go to.
const ADDRESSES: [(&str, &str); 4] = [
    ("/graphql", "GraphQL: everything the app itself uses"),
    ("/schema.graphql", "The schema, described to the last field"),
    ("/api/v1", "REST, with files, export and import"),
    ("/openapi.json", "Its description, in OpenAPI"),
];

/// Pages where either API is tried out, as who is signed in; no screens of the app.
const EXPLORERS: [(&str, &str); 2] = [
    ("/developer/graphiql", "Open GraphiQL"),
    ("/api/v1/docs", "Open Swagger UI"),
];

#[component]
pub(crate) fn SettingsDeveloper() -> Element {
    use_title("Developer · Settings");
    let workspace = session::workspace_id().inner().to_owned();
    let project = use_fetch(workspace.clone(), &[], query::project);
    let project = project.get().and_then(|project| (*project).clone());
    let origin = platform::window().and_then(|window| window.location().origin().ok());
    let place = Place {
        origin: origin.unwrap_or_default(),
        workspace,
        // Without a project there is none to make a task in.
        project: project
            .as_ref()
            .map_or("project_…", |project| project.id.inner())
            .to_owned(),
    };
    rsx! {
        Section { title: "Addresses", help: "Of this installation.",
            dl { class: "dev-ids",
                for (path, what) in ADDRESSES {
                    div { key: "{path}", dt { {what} } dd { Copied { text: [&place.origin, path].concat() } } }
                }
                div { dt { "This workspace" } dd { Copied { text: place.workspace.clone() } } }
                if let Some(project) = project {
                    div { dt { "A project: {project.name}" } dd { Copied { text: project.id.inner().to_owned() } } }
                }
            }
        }
        Section { title: "Try it out", help: "In the browser, as you: what you change there is changed.",
            div { class: "dev-ways",
                for (path, what) in EXPLORERS {
                    a { key: "{path}", class: "btn", href: path, Icon { glyph: Glyph::External } {what} }
                }
            }
        }
        Section { title: "Keys", help: "Programs come in with a token; webhooks call yours.",
            div { class: "dev-ways",
                LinkBtn { to: Route::SettingsTokens {}, icon: Glyph::External, "Access tokens" }
                LinkBtn { to: Route::SettingsWebhooks {}, icon: Glyph::Pipeline, "Webhooks and deliveries" }
            }
        }
        Snippets { place }
    }
}

/// A text, with a button that copies it.
#[component]
fn Copied(text: String) -> Element {
    let mut copied = use_signal(|| false);
    let copy = {
        let text = text.clone();
        move |_| {
            let text = text.clone();
            spawn(async move {
                copied.set(platform::copy(&text).await);
            });
        }
    };
    rsx! {
        code { class: "trunc", {text.clone()} }
        IconBtn { glyph: if copied() { Glyph::Check } else { Glyph::Copy }, label: "Copy {text}", small: true, onclick: copy }
    }
}

/// A program to start from.
#[component]
fn Snippets(place: Place) -> Element {
    let mut language = use_signal(|| Language::Curl);
    let options: Vec<_> = Language::ALL
        .map(|(_, name)| SelectOption::new(name, name))
        .to_vec();
    let name = Language::ALL
        .iter()
        .find(|(each, _)| *each == language())
        .map_or("", |(_, name)| *name);
    rsx! {
        Section { title: "Examples", help: "With this workspace’s ids. Put a token into SMARTSTACK_TOKEN.",
            Seg { name: "dev-language", label: "Language", value: name, options,
                onchange: move |chosen: String| {
                    if let Some((found, _)) = Language::ALL.iter().find(|(_, name)| *name == chosen) { language.set(*found); }
                },
            }
            for (task, title) in [(Task::Read, "Read the open tasks"), (Task::Write, "Make a task"), (Task::Export, "Take everything along")] {
                Snippet { key: "{title}", title, text: snippet(task, language(), &place) }
            }
        }
    }
}

#[component]
fn Snippet(title: &'static str, text: String) -> Element {
    let mut copied = use_signal(|| None::<String>);
    let is_copied = copied.read().as_ref() == Some(&text);
    let copy = {
        let text = text.clone();
        move |_| {
            let text = text.clone();
            spawn(async move {
                if platform::copy(&text).await {
                    copied.set(Some(text));
                } else {
                    toast::done("Select the text and copy it with Ctrl C.");
                }
            });
        }
    };
    rsx! {
        figure { class: "dev-snippet",
            figcaption {
                span { class: "label", {title} }
                Btn { size: BtnSize::Small, icon: if is_copied { Glyph::Check } else { Glyph::Copy }, onclick: copy, label: if is_copied { format!("Copied: {title}") } else { format!("Copy: {title}") },
                    if is_copied { "Copied" } else { "Copy" }
                }
            }
            pre { class: "token-how", tabindex: "0", role: "region", aria_label: title, {text} }
        }
    }
}
