//! The texts a project came from.

use dioxus::prelude::*;

use super::{Head, query};
use crate::{
    app::use_title,
    fmt::intl,
    gql::{
        Load,
        types::{NodeKind, SuggestionState},
        use_fetch,
    },
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
    use_rows(".table tbody tr");
    rsx! {
        div { class: "page",
            match papers.load() {
                Load::Wait => rsx! { SkeletonRows { rows: 4 } },
                Load::Failed(error) => rsx! { Failed { error, title: "The documents did not load", retry: move |()| papers.refetch() } },
                Load::Ready(found) if found.documents.is_empty() => rsx! {
                    Empty { glyph: Glyph::File, title: "No documents yet", text: "What is pasted here is kept, and each task that comes of it keeps its sentence.",
                        if writable { LinkBtn { to: Route::Paste { params: Params::of("project", &id) }, variant: Variant::Primary, icon: Glyph::Paste, kbd: "b", "Paste" } }
                    }
                },
                Load::Ready(found) => rsx! {
                    div { class: "sect-head",
                        h2 { class: "sect-title", "Documents" }
                        span { class: "sect-n num", "{found.documents.len()}" }
                        if writable { span { class: "sect-end", LinkBtn { to: Route::Paste { params: Params::of("project", &id) }, size: BtnSize::Small, icon: Glyph::Paste, "Paste" } } }
                    }
                    ul {
                        for document in found.documents.clone() {
                            li { key: "{document.id.inner()}", class: "doc-row",
                                Icon { glyph: Glyph::File }
                                Link { class: "row-link trunc", to: Route::ProjectDocuments { id: id.clone(), params: Params::of("document", document.id.inner()) }, "{document.title}" }
                                span { class: "doc-sug",
                                    for suggestion in found.suggestions.iter().filter(|suggestion| suggestion.document.id == document.id).take(1) {
                                        Link { key: "{suggestion.id.inner()}", to: Route::Review { suggestion: suggestion.id.inner().to_owned() },
                                            Badge {
                                                tone: match suggestion.state { SuggestionState::Applied => Tone::Ok, SuggestionState::Dismissed => Tone::Neutral, _ => Tone::Accent },
                                                if suggestion.item_counts.open > 0 { "{suggestion.item_counts.open} open" } else { "{suggestion.item_counts.accepted} of {suggestion.item_counts.total} taken" }
                                            }
                                        }
                                    }
                                }
                                span { class: "muted num r", "{intl::count(document.word_count, \"word\", \"words\")}" }
                                span { class: "muted r", "{intl::moment(&document.created_at.0)}" }
                            }
                        }
                    }
                    if found.more { div { class: "more", Btn { onclick: move |_| pages += 1, "Show more" } } }
                },
            }
        }
        if let Some(document) = params.get("document") {
            DocumentPanel { key: "{document}", document: document.to_owned(), onclose: move |()| { navigator.replace(Route::ProjectDocuments { id: id.clone(), params: Params::default() }); } }
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
                    p { class: "help", "{intl::count(text.word_count, \"word\", \"words\")}, pasted {intl::moment(&text.created_at.0)}" }
                    div { class: "source-text doc-text", tabindex: "0", role: "region", aria_label: "Text", "{text.text}" }
                },
            }
        }
    }
}
