//! Clients and tasks as a file for a spreadsheet: out, and in after a look at what it would do.

use dioxus::{html::FileData, prelude::*};
use serde_json::Value;

use crate::{
    gql::Error,
    page::settings::Section,
    platform::{self, random_key},
    session, transfer,
    ui::prelude::*,
};

/// Lines of a kind that are shown; of thousands the first are enough to see what is meant.
const SHOWN: usize = 200;

/// What the file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sheet {
    /// Clients.
    Clients,
    /// Tasks.
    Tasks,
}

impl Sheet {
    fn file(self) -> &'static str {
        match self {
            Self::Clients => "/clients.csv",
            Self::Tasks => "/tasks.csv",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Clients => "Clients",
            Self::Tasks => "Tasks",
        }
    }

    fn how(self) -> &'static str {
        match self {
            Self::Clients => {
                "Lines without an id are matched by name. Columns you leave out stay as they are; nothing is deleted."
            }
            Self::Tasks => {
                "Lines without an id are matched by project and title. Columns you leave out stay as they are; nothing is deleted."
            }
        }
    }
}

/// How far an import is.
#[derive(Clone, PartialEq)]
enum Stage {
    /// No file was chosen yet, or the last one was no good.
    Choose(Option<Error>),
    /// The server looks at it.
    Looking,
    /// What it would do.
    Seen(FileData, Value),
}

/// One kind of thing, out and in.
#[component]
pub(super) fn SheetSection(sheet: Sheet) -> Element {
    let mut stage = use_signal(|| Stage::Choose(None));
    let mut busy = use_signal(|| false);
    let save = move |_| {
        busy.set(true);
        spawn(async move {
            let path = transfer::path(&["/export", sheet.file()].concat());
            if let Err(error) = transfer::save(&path, |_| {}).await {
                toast::failed("It was not exported.", &error);
            }
            busy.set(false);
        });
    };
    let mut look = move |file: FileData| {
        stage.set(Stage::Looking);
        spawn(async move {
            stage.set(match send(sheet, &file, "?dryRun=true").await {
                Ok(plan) => Stage::Seen(file, plan),
                Err(error) => Stage::Choose(Some(error)),
            });
        });
    };
    let title = sheet.title();
    let choose = ["Import ", &title.to_lowercase(), " (CSV)"].concat();
    rsx! {
        Section { title, help: "A file for a spreadsheet (CSV).",
            p { class: "data-what", {sheet.how()} }
            div { class: "data-do",
                Btn { icon: Glyph::Download, busy: busy(), onclick: save, "Export {title.to_lowercase()} (CSV)" }
                if session::may_write() {
                    label { class: "btn file-btn",
                        Icon { glyph: Glyph::Upload }
                        {choose.clone()}
                        input { r#type: "file", accept: ".csv,text/csv", aria_label: choose,
                            onchange: move |event| if let Some(file) = event.files().into_iter().next() { look(file); },
                        }
                    }
                }
                if *stage.read() == Stage::Looking {
                    p { class: "data-state", role: "status", "Looking at it …" }
                }
            }
            match stage.read().clone() {
                Stage::Choose(Some(error)) => rsx! { p { class: "error", role: "alert", {error.message()} } },
                Stage::Seen(file, plan) => rsx! {
                    Plan { sheet, file, plan, onclose: move |error| stage.set(Stage::Choose(error)) }
                },
                _ => rsx! {},
            }
        }
    }
}

/// What a file would do, and the button that does it.
#[component]
fn Plan(sheet: Sheet, file: FileData, plan: Value, onclose: EventHandler<Option<Error>>) -> Element {
    let mut busy = use_signal(|| false);
    // One key for however often the button is pressed.
    let key = use_hook(random_key);
    let count = |name: &str| plan[name].as_u64().unwrap_or_default();
    let (new, changed, unchanged, wrong) =
        (count("new"), count("changed"), count("unchanged"), count("wrong"));
    let hash = plan["hash"].as_str().unwrap_or_default().to_owned();
    let apply = move |_| {
        busy.set(true);
        let (file, query) = (file.clone(), ["?hash=", &hash, "&idempotencyKey=", &key].concat());
        spawn(async move {
            match send(sheet, &file, &query).await {
                Ok(_) => {
                    toast::done([&new.to_string(), " new, ", &changed.to_string(), " changed"].concat());
                    onclose.call(None);
                }
                Err(error) => onclose.call(Some(error)),
            }
        });
    };
    let lines = |outcome: &'static str| -> Vec<Value> {
        let all = plan["lines"].as_array().into_iter().flatten();
        all.filter(|line| line["outcome"] == outcome)
            .take(SHOWN)
            .cloned()
            .collect()
    };
    rsx! {
        div { class: "data-seen", role: "group", aria_label: "What the file would do",
            p { class: "sheet-sums num", role: "status",
                Badge { tone: if new > 0 { Tone::Ok } else { Tone::default() }, "{new} new" }
                Badge { tone: if changed > 0 { Tone::Accent } else { Tone::default() }, "{changed} changed" }
                Badge { "{unchanged} as they are" }
                if wrong > 0 { Badge { tone: Tone::Danger, "{wrong} wrong" } }
            }
            for (outcome, heading, of) in [("WRONG", "Wrong", wrong), ("CHANGED", "Changed", changed), ("NEW", "New", new)] {
                if of > 0 {
                    section { key: "{outcome}", class: "sheet-part",
                        h3 { class: "sect-title", {heading} }
                        // It scrolls, so it can be reached by keyboard.
                        ul { class: "sheet-lines", tabindex: "0", aria_label: heading,
                            for line in lines(outcome) {
                                li { key: "{line[\"line\"]}", PlannedLine { line: line.clone() } }
                            }
                        }
                        if of as usize > SHOWN { p { class: "help", "and {of as usize - SHOWN} more" } }
                    }
                }
            }
            div { class: "row",
                if wrong > 0 {
                    p { class: "error", role: "alert", "Mend the lines that are wrong and choose the file again. Nothing was imported." }
                } else if new + changed > 0 {
                    Btn { variant: Variant::Primary, busy: busy(), onclick: apply, "Import" }
                } else {
                    p { class: "help", "Everything in the file is so already." }
                }
                Btn { variant: Variant::Ghost, disabled: busy(), onclick: move |_| onclose.call(None), "Close" }
            }
        }
    }
}

/// What becomes of one line.
#[component]
fn PlannedLine(line: Value) -> Element {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let changed = line["outcome"] == "CHANGED";
    let changes = line["changes"].as_array().cloned().unwrap_or_default();
    let errors = line["errors"].as_array().cloned().unwrap_or_default();
    rsx! {
        p { class: "sheet-head",
            span { class: "muted num", "Line {line[\"line\"]}" }
            strong { class: "trunc", {text(&line["label"])} }
        }
        dl { class: "sheet-cells",
            for change in changes {
                div { key: "{change[\"field\"]}",
                    dt { {text(&change["field"]).replace('_', " ")} }
                    dd {
                        if changed {
                            del { {shown(&change["before"])} }
                            " "
                            span { class: "sheet-to", aria_hidden: "true", "→" }
                            " "
                        }
                        ins { {shown(&change["after"])} }
                    }
                }
            }
            for error in errors {
                div { key: "{error[\"field\"]}",
                    dt { {text(&error["field"]).replace('_', " ")} }
                    dd { class: "sheet-wrong", {text(&error["message"])} }
                }
            }
        }
    }
}

/// A cell, short enough for a line.
fn shown(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    match text.char_indices().nth(120) {
        _ if text.is_empty() => "empty".to_owned(),
        Some((at, _)) => [&text[..at], "…"].concat(),
        None => text.to_owned(),
    }
}

async fn send(sheet: Sheet, file: &FileData, query: &str) -> Result<Value, Error> {
    let body =
        platform::sendable(file).ok_or_else(|| Error::fault("The browser could not read the file."))?;
    let path = transfer::path(&["/import", sheet.file(), query].concat());
    transfer::send(&path, "text/csv", body).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::shown;

    #[test]
    fn a_cell_is_short_and_an_empty_one_says_so() {
        assert_eq!(shown(&json!("")), "empty");
        assert_eq!(shown(&json!("Käse")), "Käse");
        assert_eq!(shown(&json!("ä".repeat(300))).chars().count(), 121);
    }
}
