//! Files on their way to a project: one after the other, each with what became of it.

use dioxus::{html::FileData, prelude::*};
use wasm_bindgen::JsCast;

use super::super::query::{DocumentRow, Papers};
use crate::{
    fmt::size::show as size_of,
    gql::{
        Error, Query,
        upload::{FILE_MAX_BYTES, upload},
    },
    platform::{self, random_key},
    ui::prelude::*,
};

/// A file on its way.
#[derive(Clone, Debug, PartialEq)]
struct Arrival {
    id: u32,
    name: String,
    /// Why it did not arrive; `None` while it is on its way.
    problem: Option<String>,
}

/// Takes files for a project.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Incoming {
    project: CopyValue<String>,
    arrivals: Signal<Vec<Arrival>>,
    last: CopyValue<u32>,
    papers: Query<Papers>,
}

/// Files for this project.
pub(super) fn use_incoming(project: String, papers: Query<Papers>) -> Incoming {
    let arrivals = use_signal(Vec::new);
    let last = use_hook(|| CopyValue::new(0));
    let mut own = use_hook(|| CopyValue::new(String::new()));
    own.set(project);
    Incoming {
        project: own,
        arrivals,
        last,
        papers,
    }
}

impl Incoming {
    /// Sends files, one after the other.
    pub(super) fn take(mut self, files: Vec<FileData>) {
        let mut waiting = Vec::new();
        for file in files {
            self.last += 1;
            let id = self.last.cloned();
            let problem = (file.size() > FILE_MAX_BYTES).then(|| {
                "It is larger than 10 MiB. Upload the part that matters, or paste its text.".to_owned()
            });
            if problem.is_none() {
                waiting.push((id, file.clone()));
            }
            self.arrivals.write().push(Arrival {
                id,
                name: file.name(),
                problem,
            });
        }
        let project = self.project.cloned();
        // Past the life of the button that was pressed, and of the page: what was chosen arrives.
        dioxus::core::spawn_forever(async move {
            for (id, file) in waiting {
                let sent = send(&project, &file).await;
                match sent {
                    Ok(()) => self.forget(id),
                    Err(error) => {
                        if let Ok(mut arrivals) = self.arrivals.try_write() {
                            if let Some(arrival) = arrivals.iter_mut().find(|arrival| arrival.id == id) {
                                arrival.problem = Some(error.message());
                            }
                        } else {
                            toast::failed("A file was not kept.", &error);
                        }
                    }
                }
                self.papers.refetch();
            }
        });
    }

    fn forget(mut self, id: u32) {
        if let Ok(mut arrivals) = self.arrivals.try_write() {
            arrivals.retain(|arrival| arrival.id != id);
        }
    }
}

async fn send(project: &str, file: &FileData) -> Result<(), Error> {
    let unreadable = |_| Error::fault("The browser could not read the file.");
    let bytes = file.read_bytes().await.map_err(unreadable)?;
    let fields = [
        ("fileName", file.name()),
        ("projectId", project.to_owned()),
        ("idempotencyKey", random_key()),
    ];
    upload(&fields, &bytes).await.map(|_| ())
}

/// The files that are on their way, and those that did not arrive.
#[component]
pub(super) fn Pending(incoming: Incoming) -> Element {
    let arrivals = incoming.arrivals.read().clone();
    rsx! {
        div { class: "doc-pending", role: "status",
            for arrival in arrivals {
                div { key: "{arrival.id}", class: "doc-arrival", "data-failed": arrival.problem.as_ref().map(|_| ""),
                    Icon { glyph: if arrival.problem.is_some() { Glyph::Alert } else { Glyph::Upload } }
                    span { class: "trunc", {arrival.name.as_str()} }
                    if let Some(problem) = &arrival.problem {
                        span { class: "doc-why", {problem.as_str()} }
                        IconBtn { glyph: Glyph::X, label: "Dismiss", small: true, onclick: move |_| incoming.forget(arrival.id) }
                    } else {
                        span { class: "muted", "Uploading" }
                    }
                }
            }
        }
    }
}

/// What a file is, in a few words: its name and size.
pub(super) fn describe(document: &DocumentRow) -> Option<String> {
    let (name, size) = (document.file_name.as_ref()?, document.size?);
    Some([name.as_str(), " · ", &size_of(size)].concat())
}

/// Has the browser fetch a file and keep it.
pub(super) fn download(path: &str) {
    let Some(link) = platform::document()
        .and_then(|document| document.create_element("a").ok())
        .and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok())
    else {
        return;
    };
    let _ = link.set_attribute("href", path);
    let _ = link.set_attribute("download", "");
    link.click();
}
