//! The texts and files a project came from.

mod files;
mod write;

use std::rc::Rc;

use dioxus::{html::HasFileData, prelude::*};

use self::files::{Incoming, Pending, describe, use_incoming};
use super::{
    Head,
    query::{self, DocumentRow, SuggestionRow},
};
use crate::{
    app::use_title,
    fmt::intl,
    gql::{
        Load,
        types::{DocumentState, NodeKind, SuggestionState, UseCase},
        upload, use_fetch,
    },
    page::job::query::start_job,
    route::{Params, Route},
    session,
    shortcut::use_rows,
    ui::prelude::*,
};

#[component]
pub(crate) fn ProjectDocuments(id: String, params: Params) -> Element {
    let Head(head) = use_context::<Head>();
    let name = head.get().map(|project| project.name.clone()).unwrap_or_default();
    use_title(&["Documents", &name].join(" · "));
    let mut pages = use_signal(|| 1_usize);
    let papers = use_fetch(
        (id.clone(), pages()),
        &[NodeKind::Document, NodeKind::Suggestion, NodeKind::SuggestionItem],
        |(id, pages)| query::documents(id, pages),
    );
    let navigator = use_navigator();
    let writable = session::may_write();
    let mut over = use_signal(|| false);
    let incoming = use_incoming(id.clone(), papers);
    use_rows(".table tbody tr");
    rsx! {
        div { class: "page doc-page",
            ondragover: move |event| if writable { event.prevent_default(); over.set(true); },
            ondragleave: move |_| over.set(false),
            ondrop: move |event| if writable { event.prevent_default(); over.set(false); incoming.take(event.files()); },
            match papers.load() {
                Load::Wait => rsx! { SkeletonRows { rows: 4 } },
                Load::Failed(error) => rsx! { Failed { error, title: "The documents did not load", retry: move |()| papers.refetch() } },
                Load::Ready(found) if found.documents.is_empty() => rsx! {
                    Empty { glyph: Glyph::File, title: "No documents yet", text: "Paste a text, or add a file by its button or by dropping it here: .txt, .md, .eml, .html, .pdf or .docx. Each task that comes of it keeps its sentence.",
                        if writable {
                            div { class: "row",
                                AddFiles { incoming }
                                LinkBtn { to: Route::Paste { params: Params::of("project", &id) }, icon: Glyph::Paste, kbd: "b", "Paste" }
                            }
                        }
                    }
                    Pending { incoming }
                },
                Load::Ready(found) => rsx! {
                    div { class: "sect-head",
                        h2 { class: "sect-title", "Documents" }
                        span { class: "sect-n num", "{found.documents.len()}" }
                        if writable {
                            span { class: "sect-end row",
                                AddFiles { incoming, small: true }
                                LinkBtn { to: Route::Paste { params: Params::of("project", &id) }, size: BtnSize::Small, icon: Glyph::Paste, "Paste" }
                            }
                        }
                    }
                    Pending { incoming }
                    ul { class: "doc-list",
                        for document in found.documents.clone() {
                            Row { key: "{document.id.inner()}",
                                suggestion: found.suggestions.iter().find(|suggestion| suggestion.document.id == document.id).cloned(),
                                project: id.clone(), document, writable,
                            }
                        }
                    }
                    if found.more { div { class: "more", Btn { onclick: move |_| pages += 1, "Show more" } } }
                },
            }
            if over() { div { class: "doc-drop", "aria-hidden": "true", "Drop files to add them to this project" } }
        }
        if let Some(document) = params.get("document") {
            DocumentPanel { key: "{document}", document: document.to_owned(), onclose: move |()| { navigator.replace(Route::ProjectDocuments { id: id.clone(), params: Params::default() }); } }
        }
    }
}

/// The button that opens the browser's dialog for files.
#[component]
fn AddFiles(incoming: Incoming, #[props(default)] small: bool) -> Element {
    rsx! {
        label { class: "btn file-btn", "data-variant": (!small).then_some("primary"), "data-size": small.then_some("sm"),
            Icon { glyph: Glyph::Upload }
            "Add files"
            input { r#type: "file", multiple: true, accept: upload::ACCEPT, "aria-label": "Add files",
                onchange: move |event| incoming.take(event.files()),
            }
        }
    }
}

/// One document.
#[component]
fn Row(project: String, document: DocumentRow, suggestion: Option<SuggestionRow>, writable: bool) -> Element {
    let id = document.id.inner().to_owned();
    let details = describe(&document);
    let version = document.version;
    let title = Rc::<str>::from(document.title.as_str());
    rsx! {
        li { class: "doc-row",
            Icon { glyph: Glyph::File }
            div { class: "doc-main",
                Link { class: "row-link trunc", to: Route::ProjectDocuments { id: project, params: Params::of("document", &id) }, "{document.title}" }
                if let Some(message) = &document.reason_message {
                    p { class: "doc-why", {message.as_str()} }
                } else if let Some(details) = details {
                    p { class: "doc-file trunc", {details} }
                }
            }
            span { class: "doc-sug",
                match (document.state, &suggestion) {
                    (DocumentState::Reading, _) => rsx! { Badge { "Being read" } },
                    (DocumentState::Unreadable, _) => rsx! { Badge { tone: Tone::Warn, "Cannot be read" } },
                    (DocumentState::Ready, Some(suggestion)) => rsx! {
                        Link { to: Route::Review { suggestion: suggestion.id.inner().to_owned() },
                            Badge {
                                tone: match suggestion.state { SuggestionState::Applied => Tone::Ok, SuggestionState::Dismissed => Tone::Neutral, _ => Tone::Accent },
                                if suggestion.item_counts.total == 0 { "Draft" } else if suggestion.item_counts.open > 0 { "{suggestion.item_counts.open} open" } else { "{suggestion.item_counts.accepted} of {suggestion.item_counts.total} taken" }
                            }
                        }
                    },
                    (DocumentState::Ready, None) => rsx! {},
                }
            }
            span { class: "muted num r", if document.state == DocumentState::Ready { "{intl::count(document.word_count, \"word\", \"words\")}" } }
            span { class: "muted r", "{intl::moment(&document.created_at.0)}" }
            Menu { label: ["Actions for ", &document.title].concat(), end: true,
                DocumentActions { id: document.id.clone(), title, version, state: document.state, download: document.download_path.clone(), writable }
            }
        }
    }
}

/// What can be done with a document.
#[component]
fn DocumentActions(
    id: cynic::Id,
    title: Rc<str>,
    version: i32,
    state: DocumentState,
    download: Option<String>,
    writable: bool,
) -> Element {
    let navigator = use_navigator();
    let start = {
        let id = id.clone();
        move |use_case: UseCase| {
            let id = id.clone();
            // Pressing closes the menu that this belongs to.
            dioxus::core::spawn_forever(async move {
                match start_job(id, use_case).await {
                    Ok(place) => {
                        navigator.push(place);
                    }
                    Err(error) => toast::failed("It was not started.", &error),
                }
            });
        }
    };
    let delete = move |()| {
        let (id, title) = (id.clone(), title.clone());
        toast::attempt("It was not deleted.", async move {
            write::delete_document(id.clone(), version).await?;
            toast::undoable(["“", &title, "” deleted"].concat(), move || {
                let id = id.clone();
                toast::attempt("It was not brought back.", async move {
                    write::restore_document(id).await
                });
            });
            Ok(())
        });
    };
    rsx! {
        if writable && state != DocumentState::Unreadable {
            MenuItem { glyph: Glyph::Review, onclick: { let start = start.clone(); move |()| start(UseCase::Plan) }, "Make a plan of it" }
            MenuItem { glyph: Glyph::Comment, onclick: { let start = start.clone(); move |()| start(UseCase::Notes) }, "Read it as notes" }
            MenuItem { glyph: Glyph::Mail, onclick: move |()| start(UseCase::Reply), "Draft a reply" }
        }
        if let Some(path) = download {
            MenuItem { glyph: Glyph::Download, onclick: move |()| files::download(&path), "Download the file" }
        }
        if writable {
            MenuItem { glyph: Glyph::Trash, tone: Tone::Danger, onclick: delete, "Delete" }
        }
    }
}

/// The whole text of a document, beside the list.
#[component]
fn DocumentPanel(document: String, onclose: EventHandler<()>) -> Element {
    let text = use_fetch(document, &[NodeKind::Document], query::document);
    let title = text
        .get()
        .map_or_else(|| "Document".to_owned(), |text| text.title.clone());
    rsx! {
        Dialog { title, size: DialogSize::Side, onclose,
            match text.load() {
                Load::Wait => rsx! { Skeleton { lines: 6 } },
                Load::Failed(error) => rsx! { Failed { error, retry: move |()| text.refetch() } },
                Load::Ready(text) => rsx! {
                    p { class: "help",
                        if text.state == DocumentState::Ready { "{intl::count(text.word_count, \"word\", \"words\")}, " }
                        if text.file_name.is_some() { "uploaded " } else { "pasted " }
                        "{intl::moment(&text.created_at.0)}"
                    }
                    if let (Some(path), Some(name)) = (&text.download_path, &text.file_name) {
                        p { class: "doc-get",
                            a { class: "btn", "data-size": "sm", href: path.as_str(), download: "", Icon { glyph: Glyph::Download } "Download" }
                            span { class: "muted trunc", {name.as_str()} }
                        }
                    }
                    match text.state {
                        DocumentState::Ready => rsx! { div { class: "source-text doc-text", tabindex: "0", role: "region", aria_label: "Text", "{text.text}" } },
                        DocumentState::Reading => rsx! { p { role: "status", "The text of the file is being read." } },
                        DocumentState::Unreadable => rsx! { p { class: "doc-why", role: "status", {text.reason_message.clone().unwrap_or_default()} } },
                    }
                },
            }
        }
    }
}
