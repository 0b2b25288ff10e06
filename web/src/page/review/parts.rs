//! What stands around the two panes: head, action bar, and the end of a review.

use std::rc::Rc;

use dioxus::prelude::*;

use super::{
    desk::Desk,
    flow::Mode,
    keys::Press,
    query::{Document, Provenance, ReviewProject, Suggestion},
    view::View,
};
use crate::{
    fmt::{intl, money},
    gql::types::{Engine, ItemKind, ItemState},
    route::{Params, Route},
    ui::prelude::*,
};

/// Title, where it belongs, where it comes from, and how far it is.
#[component]
pub(crate) fn TextHead(
    document: Document,
    project: ReviewProject,
    provenance: Option<Provenance>,
    children: Element,
) -> Element {
    let title = if document.title.is_empty() {
        project.name.clone()
    } else {
        document.title.clone()
    };
    let language = provenance
        .as_ref()
        .and_then(|p| p.language.as_deref())
        .or(document.language.as_deref())
        .map(language_name);
    let mut facts = Vec::new();
    facts.extend(language);
    // Of a file that is still to be read, or cannot be, there are none.
    if document.word_count > 0 {
        facts.push(intl::count(document.word_count, "word", "words"));
    }
    let came = match document.download_path {
        Some(_) => "Uploaded ",
        None => "Pasted ",
    };
    if let Some(provenance) = provenance.as_ref().filter(|p| p.engine != Engine::Manual) {
        facts.push(["read in ", &milliseconds(provenance.duration_ms)].concat());
    }
    rsx! {
        div { class: "rv-head",
            div {
                h1 { class: "page-title", {title} }
                div { class: "rv-facts",
                    if let Some(provenance) = provenance {
                        EngineBadge { provenance }
                    }
                    span {
                        Swatch { hue: project.hue }
                        Link { to: Route::ProjectOverview { id: project.id.inner().to_owned() }, class: "trunc",
                            if let Some(client) = &project.client {
                                "{client.name}, {project.name}"
                            } else {
                                {project.name.clone()}
                            }
                        }
                    }
                    span { class: "not-phone num", title: intl::moment_full(&document.created_at.0), {came} {intl::moment(&document.created_at.0)} }
                    span { class: "not-phone num", {facts.join(", ")} }
                }
            }
            {children}
        }
    }
}

/// All that is known about how the proposals came about, folded away until somebody asks.
#[component]
pub(super) fn Origin(suggestion: Rc<Suggestion>) -> Element {
    let provenance = &suggestion.provenance;
    if provenance.engine == Engine::Manual {
        return rsx! {};
    }
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    facts.extend(provenance.model.clone().map(|model| ("Model", model)));
    let rules = if provenance.engine == Engine::Basic {
        "Rules"
    } else {
        "Prompt"
    };
    facts.extend(provenance.prompt_version.clone().map(|version| (rules, version)));
    if provenance.engine == Engine::Model {
        let tokens = intl::count(provenance.input_tokens, "token read", "tokens read");
        facts.push((
            "Tokens",
            [
                tokens,
                ", ".to_owned(),
                provenance.output_tokens.to_string(),
                " written".to_owned(),
            ]
            .concat(),
        ));
        facts.push(("Cost", money::usd(provenance.cost_micro_usd)));
    }
    let mut approved: Vec<&str> = suggestion
        .items
        .iter()
        .filter(|item| item.state == ItemState::Accepted)
        .filter_map(|item| item.decided_by.as_ref().map(|person| person.name.as_str()))
        .collect();
    approved.sort_unstable();
    approved.dedup();
    if !approved.is_empty() {
        facts.push(("Accepted by", approved.join(", ")));
    }
    rsx! {
        details { class: "rv-origin",
            summary { "How this came about" }
            dl {
                for (name , value) in facts {
                    div { dt { {name} } dd { {value} } }
                }
                div {
                    dt { "Input" }
                    dd { code { title: "SHA-256 of all that was read", {provenance.input_hash.get(..16).unwrap_or_default().to_owned()} "…" } }
                }
            }
        }
    }
}

/// Who or what made the proposals, in plain words.
#[component]
pub(crate) fn EngineBadge(provenance: Provenance) -> Element {
    let (glyph, why) = match provenance.engine {
        Engine::Basic => (Glyph::Rules, "Rules only. Nothing was sent to a model."),
        Engine::Model => (
            Glyph::Review,
            "Proposed by a model; every quote was checked against the text.",
        ),
        Engine::Manual => (Glyph::User, "Made by hand beside the text."),
    };
    rsx! {
        span { class: "badge", title: why,
            Icon { glyph }
            {provenance.engine.word()}
            if let Some(model) = provenance.model { ", {model}" }
        }
    }
}

/// The four counts.
#[component]
pub(super) fn Tally(view: Rc<View>) -> Element {
    let counts = [
        ("proposed", view.total()),
        ("accepted", view.accepted),
        ("rejected", view.rejected),
        ("open", view.open),
    ];
    rsx! {
        dl { class: "tally", "aria-label": "Decisions",
            for (name , count) in counts {
                div {
                    dt { {name} }
                    dd { class: "num", "{count}" }
                }
            }
        }
    }
}

/// Progress, keys and what concerns all items; on phones the thumb's three.
#[component]
pub(super) fn ActBar(desk: Desk, view: Rc<View>, may_write: bool) -> Element {
    let flow = desk.flow.read();
    let focused = flow.focus.as_deref().and_then(|id| view.line(id));
    let is_open = focused.is_some_and(|line| line.item.state == ItemState::Open);
    let (mode, can_undo) = (flow.mode, flow.can_undo());
    let press = move |press: Press| move |_: MouseEvent| desk.press(press);
    let (total, decided) = (view.total(), view.decided());
    let at = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    rsx! {
            div { class: "actbar", role: "toolbar", "aria-label": "Review actions",
                div { class: "decided not-phone",
                    span { class: "num", {view.progress()} }
                    Meter { value: at(decided), max: at(total), tone: MeterTone::Accent, label: view.progress() }
                }
                if may_write {
                    div { class: "hints not-phone", "aria-hidden": "true",
                        span { Kbd { keys: "j" } Kbd { keys: "k" } "move" }
                        span { Kbd { keys: "a" } "accept" }
                        span { Kbd { keys: "e" } "edit" }
                        span { Kbd { keys: "x" } "reject" }
                        span { Kbd { keys: "?" } "all keys" }
                    }
                    div { class: "actbar-end not-phone",
                        if can_undo {
    Btn { variant: Variant::Ghost, icon: Glyph::Undo, kbd: "u", onclick: press(Press::Undo), "Undo" }
    }
                        if view.open > 1 {
                            Btn { kbd: "A", onclick: press(Press::AcceptAll), "Accept all {view.open}" }
                        }
                    }
                    div { class: "actbar-end only-phone",
                        div { class: "row",
                            if *desk.see_source.read() {
                                Btn { onclick: { let mut desk = desk; move |_| desk.see_source.set(false) }, "Back to the proposals" }
                            } else if is_open && mode == Mode::Edit {
                                Btn { onclick: press(Press::Close), "Cancel" }
                                button { class: "btn", "data-variant": "primary", r#type: "submit", form: "edit-form", "Accept" }
                            } else if is_open {
                                Btn { onclick: press(Press::Reject), "Reject" }
                                Btn { onclick: press(Press::Edit), "Edit" }
                                Btn { variant: Variant::Primary, onclick: press(Press::Accept), "Accept" }
                            } else {
                                Btn { onclick: press(Press::Previous), label: "Previous item", "Previous" }
                                Btn { onclick: press(Press::Next), label: "Next item", "Next" }
                            }
                        }
                    }
                }
            }
        }
}

/// All items are decided: what was made, and where it is.
#[component]
pub(super) fn Done(suggestion: Rc<Suggestion>, view: Rc<View>, next: Option<String>) -> Element {
    let made = |wanted: &[ItemKind]| {
        let counted = view
            .lines()
            .filter(|line| line.item.state == ItemState::Accepted && wanted.contains(&line.item.kind))
            .count();
        i32::try_from(counted).unwrap_or(i32::MAX)
    };
    let counts = [
        (made(&[ItemKind::Task]), "task", "tasks"),
        (made(&[ItemKind::Question]), "open question", "open questions"),
        (made(&[ItemKind::Exclusion]), "exclusion", "exclusions"),
        (made(&[ItemKind::Decision]), "decision", "decisions"),
        (made(&[ItemKind::Deadline]), "date", "dates"),
        (made(&[ItemKind::Budget]), "budget", "budgets"),
    ];
    let parts: Vec<String> = counts
        .iter()
        .filter(|(n, ..)| *n > 0)
        .map(|&(n, one, many)| intl::count(n, one, many))
        .collect();
    let made = match parts.as_slice() {
        [] => "Nothing was taken over; the text stays with the project.".to_owned(),
        [only] => [only, " went into ", &suggestion.project.name, "."].concat(),
        [init @ .., last] => [
            &init.join(", "),
            " and ",
            last,
            " went into ",
            &suggestion.project.name,
            ".",
        ]
        .concat(),
    };
    let id = suggestion.project.id.inner().to_owned();
    rsx! {
        section { class: "rv-done", "aria-labelledby": "rv-done",
            h3 { id: "rv-done", Icon { glyph: Glyph::Check } "All {view.total()} decided" }
            p { {made} }
            div { class: "row",
                LinkBtn { variant: Variant::Primary, to: Route::ProjectBoard { id, params: Params::default() }, "Open the board" }
                if let Some(next) = next {
                    LinkBtn { to: Route::Review { suggestion: next }, "Next review" }
                } else {
                    LinkBtn { to: Route::Reviews {}, "All reviews" }
                }
            }
        }
    }
}

/// The name of a language by its ISO 639 code, where the app knows it; else the code.
fn language_name(code: &str) -> String {
    match code {
        "en" | "eng" => "English",
        "de" | "deu" => "German",
        "fr" | "fra" => "French",
        "es" | "spa" => "Spanish",
        "pt" | "por" => "Portuguese",
        "nl" | "nld" => "Dutch",
        "pl" | "pol" => "Polish",
        "it" | "ita" => "Italian",
        other => other,
    }
    .to_owned()
}

/// `340 ms`, `2.1 s`.
fn milliseconds(ms: i32) -> String {
    if ms < 1_000 {
        [&ms.max(1).to_string(), " ms"].concat()
    } else {
        format!("{:.1} s", f64::from(ms) / 1_000.0)
    }
}
