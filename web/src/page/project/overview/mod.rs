//! A project at a glance: progress, what is open to be settled, its papers.

use dioxus::prelude::*;

use super::{
    Head,
    query::{self, Note, NoteEdit, Overview, Project},
};
use crate::{
    app::use_title,
    fmt::{duration, intl},
    gql::{
        Load, Query,
        types::{NodeKind, NoteKind, SuggestionState},
        use_fetch,
    },
    route::{Params, Route},
    session,
    ui::prelude::*,
};

const SHOWN: &[NodeKind] = &[
    NodeKind::ProjectNote,
    NodeKind::Document,
    NodeKind::Suggestion,
    NodeKind::SuggestionItem,
];

#[component]
pub(crate) fn ProjectOverview(id: String) -> Element {
    let Head(head) = use_context::<Head>();
    let overview = use_fetch(id.clone(), SHOWN, query::overview);
    let project = head.get();
    use_title(
        project
            .as_ref()
            .map_or("Project", |project| project.name.as_str()),
    );
    rsx! {
        div { class: "page ov",
            match overview.load() {
                Load::Wait => rsx! { Skeleton { lines: 6 } },
                Load::Failed(error) => rsx! { Failed { error, retry: move |()| overview.refetch() } },
                Load::Ready(data) => rsx! {
                    div { class: "ov-main",
                        if let Some(project) = project {
                            if !project.description.is_empty() { p { class: "ov-text", "{project.description}" } }
                            Numbers { project: (*project).clone() }
                        }
                        Notes { kind: NoteKind::Question, title: "Open questions", overview, notes: data.notes.clone() }
                        Notes { kind: NoteKind::Decision, title: "Decisions", overview, notes: data.notes.clone() }
                        Notes { kind: NoteKind::Exclusion, title: "Not included", overview, notes: data.notes.clone() }
                    }
                    aside { class: "aside", aria_label: "Papers", Papers { id, data: (*data).clone() } }
                },
            }
        }
    }
}

/// The plan in numbers; each one leads to its tasks.
#[component]
fn Numbers(project: Project) -> Element {
    let progress = &project.progress;
    let id = project.id.inner();
    let list = |name: &str, value: &str| Route::ProjectList {
        id: id.to_owned(),
        params: Params::of(name, value),
    };
    if progress.total == 0 {
        return rsx! {
            Empty { glyph: Glyph::Review, title: "Nothing is planned yet", text: "Paste what the client wrote and choose what becomes a task, or add tasks by hand.",
                span { class: "row",
                    if session::may_write() { LinkBtn { to: Route::Paste { params: Params::of("project", id) }, variant: Variant::Primary, icon: Glyph::Paste, kbd: "b", "Paste" } }
                    LinkBtn { to: Route::ProjectBoard { id: id.to_owned(), params: Params::default() }, "Open the board" }
                }
            }
        };
    }
    let left = progress.remaining_max_minutes.unsigned_abs();
    rsx! {
        dl { class: "figures",
            Figure { label: "Open", value: intl::number(progress.total - progress.done), to: list("open", "1") }
            Figure { label: "Work left", value: if left > 0 { duration::show(left) } else { "–".to_owned() }, to: list("open", "1") }
            Figure { label: "Late", value: intl::number(progress.overdue), danger: progress.overdue > 0, to: list("late", "1") }
            Figure { label: "Waits for client", value: intl::number(progress.waiting_for_client), to: list("who", "Client") }
            Figure { label: "No due date", value: intl::number(progress.unscheduled), to: list("undated", "1") }
            Figure { label: "No estimate", value: intl::number(progress.unestimated), to: list("unestimated", "1") }
        }
    }
}

#[component]
fn Figure(label: &'static str, value: String, to: Route, #[props(default)] danger: bool) -> Element {
    rsx! {
        div { class: "figure",
            dt { Link { to, {label} } }
            dd { class: "num", "data-tone": danger.then_some("danger"), {value} }
        }
    }
}

/// Notes of one kind; the settled ones stay below, struck through.
#[component]
fn Notes(kind: NoteKind, title: &'static str, overview: Query<Overview>, notes: Vec<Note>) -> Element {
    let mut notes: Vec<Note> = notes.into_iter().filter(|note| note.kind == kind).collect();
    if notes.is_empty() {
        return rsx! {};
    }
    notes.sort_by_key(|note| note.resolved_at.is_some());
    let open = notes.iter().filter(|note| note.resolved_at.is_none()).count();
    rsx! {
        section { class: "sect",
            div { class: "sect-head", h2 { class: "sect-title", {title} } span { class: "sect-n num", "{open}" } }
            ul {
                for note in notes { NoteLine { key: "{note.id.inner()}", note, overview } }
            }
        }
    }
}

#[component]
fn NoteLine(note: Note, overview: Query<Overview>) -> Element {
    let settled = note.resolved_at.is_some();
    let writable = session::may_write();
    let save = {
        let id = note.id.clone();
        move |edit: NoteEdit| {
            let mut overview = overview;
            let _ = &id;
            dioxus::core::spawn_forever(async move {
                match query::note_update(edit).await {
                    Ok(saved) => overview.patch(|data| {
                        if let Some(known) = data.notes.iter_mut().find(|known| known.id == saved.id) {
                            *known = saved;
                        }
                    }),
                    Err(error) => {
                        toast::failed("The note was not changed.", &error);
                        overview.refetch();
                    }
                }
            });
        }
    };
    let edit = {
        let id = note.id.clone();
        move || NoteEdit {
            id: id.clone(),
            expected_version: None,
            text: None,
            resolved: None,
        }
    };
    let gone = note.clone();
    let mut sure = use_signal(|| false);
    rsx! {
        li { class: "ov-note", "data-done": settled.then_some(""),
            if note.kind == NoteKind::Question {
                Check { checked: settled, round: true, disabled: !writable, label: "Settled: {note.text}", onchange: { let (save, edit) = (save.clone(), edit.clone()); move |on| save(NoteEdit { resolved: Some(on), ..edit() }) } }
            } else {
                Icon { glyph: if note.kind == NoteKind::Decision { Glyph::Check } else { Glyph::Ban } }
            }
            div { class: "grow",
                InlineEdit {
                    value: note.text.clone(), label: "Note", disabled: !writable, class: "ov-note-text",
                    oncommit: { let version = note.version; move |text: String| if !text.is_empty() { save(NoteEdit { text: Some(text), expected_version: Some(version), ..edit() }) } },
                }
                if let Some(quote) = &note.quote {
                    blockquote { class: "cite",
                        if let Some(source) = &note.source {
                            Link { to: Route::Review { suggestion: source.suggestion.id.inner().to_owned() }, "{quote}" }
                        } else { "{quote}" }
                    }
                }
            }
            if writable { IconBtn { glyph: Glyph::Trash, small: true, label: "Delete the note", onclick: move |_| sure.set(true) } }
        }
        if sure() {
            Dialog {
                title: "Delete this note?",
                onclose: move |()| sure.set(false),
                foot: rsx! {
                    Btn { onclick: move |_| sure.set(false), "Keep" }
                    Btn { variant: Variant::Danger, onclick: move |_| {
                        sure.set(false);
                        let note = gone.clone();
                        let mut overview = overview;
                        overview.patch(|data| data.notes.retain(|known| known.id != note.id));
                        dioxus::core::spawn_forever(async move {
                            if let Err(error) = query::note_delete(&note).await {
                                toast::failed("The note was not deleted.", &error);
                                overview.refetch();
                            }
                        });
                    }, "Delete" }
                },
                p { "“{note.text}” cannot be brought back." }
            }
        }
    }
}

/// Documents, and what was suggested from them.
#[component]
fn Papers(id: String, data: Overview) -> Element {
    let waiting: Vec<_> = data
        .suggestions
        .nodes
        .iter()
        .filter(|suggestion| {
            matches!(
                suggestion.state,
                SuggestionState::Open | SuggestionState::PartlyApplied
            )
        })
        .cloned()
        .collect();
    rsx! {
        if !waiting.is_empty() {
            section { class: "sect",
                div { class: "sect-head", h2 { class: "sect-title", "Suggestions" } span { class: "sect-n num", "{waiting.len()}" } }
                ul {
                    for suggestion in waiting {
                        li { key: "{suggestion.id.inner()}", class: "note",
                            Icon { glyph: Glyph::Review }
                            Link { class: "note-title trunc", to: Route::Review { suggestion: suggestion.id.inner().to_owned() }, "{suggestion.document.title}" }
                            if suggestion.stale { Badge { tone: Tone::Warn, "Stale" } } else { span { class: "muted num", if suggestion.item_counts.total == 0 { "draft" } else { "{suggestion.item_counts.open} open" } } }
                            span { class: "note-meta", "{intl::moment(&suggestion.created_at.0)}" }
                        }
                    }
                }
            }
        }
        section { class: "sect",
            div { class: "sect-head", h2 { class: "sect-title", "Documents" } }
            if data.documents.nodes.is_empty() {
                p { class: "aside-none", "No text was pasted here yet. " if session::may_write() { Link { class: "link", to: Route::Paste { params: Params::of("project", &id) }, "Paste one" } } }
            }
            ul {
                for document in data.documents.nodes {
                    li { key: "{document.id.inner()}", class: "note",
                        Icon { glyph: Glyph::File }
                        Link { class: "note-title trunc", to: Route::ProjectDocuments { id: id.clone(), params: Params::of("document", document.id.inner()) }, "{document.title}" }
                        span { class: "muted num", "{intl::count(document.word_count, \"word\", \"words\")}" }
                        span { class: "note-meta", "{intl::moment(&document.created_at.0)}" }
                    }
                }
            }
        }
    }
}
