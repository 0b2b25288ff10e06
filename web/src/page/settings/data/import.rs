//! Filling an empty workspace with an export: first what it would bring, then that very thing.

use dioxus::{html::FileData, prelude::*};
use serde_json::Value;

use crate::{
    fmt::{intl, size},
    gql::Error,
    page::settings::Section,
    platform,
    route::{Params, Route},
    session, transfer,
    ui::prelude::*,
};

/// How far an import is.
#[derive(Clone, PartialEq)]
enum Stage {
    /// No file was chosen yet, or the last one was no good.
    Choose(Option<Error>),
    /// The server looks at it.
    Looking(String),
    /// What it would bring.
    Seen(FileData, Found),
}

/// What an export holds, as the server says.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    sha256: String,
    name: String,
    exported_at: String,
    rows: Vec<(&'static str, i64)>,
    files: i64,
    file_bytes: i64,
    people: Vec<(String, String, bool)>,
}

/// Things worth counting, and what people call them.
const COUNTED: [(&str, &str); 9] = [
    ("clients", "Clients"),
    ("projects", "Projects"),
    ("tasks", "Tasks"),
    ("project_notes", "Notes on projects"),
    ("documents", "Documents"),
    ("suggestions", "Suggestions"),
    ("suggestion_items", "Suggested items"),
    ("share_links", "Shared links"),
    ("history", "Earlier and current versions"),
];

impl Found {
    fn read(answer: &Value) -> Self {
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let number = |value: &Value| value.as_i64().unwrap_or_default();
        let rows = &answer["rows"];
        let counted = COUNTED.iter().map(|(noun, label)| (*label, number(&rows[*noun])));
        let people = answer["people"].as_array().into_iter().flatten().map(|person| {
            let text = |name: &str| person[name].as_str().unwrap_or_default().to_owned();
            (text("name"), text("email"), person["isMember"] == true)
        });
        Self {
            sha256: text("sha256"),
            name: text("name"),
            exported_at: text("exportedAt"),
            rows: counted.filter(|(_, rows)| *rows > 0).collect(),
            files: number(&answer["files"]),
            file_bytes: number(&answer["fileBytes"]),
            people: people.collect(),
        }
    }
}

/// Brings an export in.
#[component]
pub(super) fn Import() -> Element {
    let mut stage = use_signal(|| Stage::Choose(None));
    let mut look = move |file: FileData| {
        stage.set(Stage::Looking(file.name()));
        spawn(async move {
            let seen = send(&file, "?dryRun=true").await;
            stage.set(match seen {
                Ok(answer) => Stage::Seen(file, Found::read(&answer)),
                Err(error) => Stage::Choose(Some(error)),
            });
        });
    };
    rsx! {
        Section { title: "Import", help: "Into a workspace with nothing in it. Ids stay the same.",
            match stage.read().clone() {
                Stage::Choose(error) => rsx! {
                    p { class: "data-what", "Choose a file that was exported here or in another SmartStack. You see what it would bring before anything happens." }
                    div { class: "data-do",
                        label { class: "btn file-btn",
                            Icon { glyph: Glyph::Upload }
                            "Choose an export"
                            input { r#type: "file", accept: ".zip,application/zip", aria_label: "Choose an export",
                                onchange: move |event| if let Some(file) = event.files().into_iter().next() { look(file); },
                            }
                        }
                    }
                    if let Some(error) = error {
                        p { class: "error", role: "alert", {error.message()} }
                    }
                },
                Stage::Looking(name) => rsx! {
                    p { class: "data-state", role: "status", "Looking at {name} …" }
                },
                Stage::Seen(file, found) => rsx! {
                    Preview { found, file, onclose: move |error| stage.set(Stage::Choose(error)) }
                },
            }
        }
    }
}

/// What a file would bring, and the button that brings it.
#[component]
fn Preview(found: Found, file: FileData, onclose: EventHandler<Option<Error>>) -> Element {
    let mut busy = use_signal(|| false);
    let navigator = use_navigator();
    let sha256 = found.sha256.clone();
    let name = found.name.clone();
    let apply = move |_| {
        busy.set(true);
        let (file, query, name) = (file.clone(), ["?sha256=", &sha256].concat(), name.clone());
        spawn(async move {
            match send(&file, &query).await {
                Ok(_) => {
                    session::load().await;
                    toast::done([&name, " is here, with everything in it."].concat());
                    navigator.push(Route::Projects {
                        params: Params::default(),
                    });
                }
                Err(error) => onclose.call(Some(error)),
            }
        });
    };
    let day = intl::local_day(&found.exported_at).map_or_else(String::new, intl::day_long);
    let strangers: Vec<_> = found.people.iter().filter(|(.., is_member)| !is_member).collect();
    rsx! {
        div { class: "data-seen", role: "group", aria_label: "What the file brings",
            p { "“{found.name}”, exported on {day}. This workspace takes its name and colour." }
            dl { class: "data-rows num",
                for (label, rows) in &found.rows {
                    div { key: "{label}", dt { {*label} } dd { "{rows}" } }
                }
                if found.files > 0 {
                    div { dt { "Uploaded files" } dd { "{found.files} ({size::show(found.file_bytes)})" } }
                }
            }
            if !strangers.is_empty() {
                p { class: "help",
                    "Not members here: "
                    {strangers.iter().map(|(name, email, _)| [name, " (", email, ")"].concat()).collect::<Vec<_>>().join(", ")}
                    ". Tasks of theirs come without an assignee; invite them first to keep them."
                }
            }
            p { class: "help", "Shared links get new addresses. Webhooks and access tokens do not come along." }
            div { class: "row",
                Btn { variant: Variant::Primary, busy: busy(), onclick: apply, "Bring it in" }
                Btn { variant: Variant::Ghost, disabled: busy(), onclick: move |_| onclose.call(None), "Leave it" }
            }
        }
    }
}

async fn send(file: &FileData, query: &str) -> Result<Value, Error> {
    let body =
        platform::sendable(file).ok_or_else(|| Error::fault("The browser could not read the file."))?;
    transfer::send(
        &transfer::path(&["/import", query].concat()),
        "application/zip",
        body,
    )
    .await
}
