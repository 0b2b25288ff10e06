//! The review: what the engine proposes beside the text it comes from, decided
//! item by item.
//!
//! `source`, `selection` and `flow` hold what can be said without a browser;
//! `desk` the state with its optimistic decisions; `text`, `item`, `edit` and
//! `parts` what is seen.

mod browser;
mod desk;
mod edit;
mod flow;
mod item;
mod keys;
mod list;
pub(crate) mod parts;
pub(crate) mod query;
mod reply;
mod selection;
mod source;
mod status;
pub(crate) mod text;
mod view;

use std::rc::Rc;

use dioxus::prelude::*;

pub(crate) use list::Reviews;

use self::{
    desk::{Desk, use_desk},
    flow::Mode,
    item::ItemRow,
    keys::{KEYS, Press, meaning},
    parts::{ActBar, Done, Origin, Tally, TextHead},
    query::{Suggestion, set_aside},
    reply::Reply,
    status::StatusUpdate,
    text::{Passage, SourceText},
    view::View,
};
use crate::{
    app::use_title,
    gql::{
        Load, Query,
        types::{ItemKind, NodeKind, SuggestionState, UseCase},
        use_fetch,
    },
    page::job::query::start_job,
    platform,
    route::Route,
    session,
    shortcut::use_shortcuts,
    ui::{prelude::*, shell::use_fixed},
};

/// Changes of these kinds may concern an open review.
const WATCHED: &[NodeKind] = &[
    NodeKind::Suggestion,
    NodeKind::SuggestionItem,
    NodeKind::Project,
    NodeKind::Document,
];

/// One suggestion.
#[component]
pub(crate) fn Review(suggestion: String) -> Element {
    // A new key makes a new desk, so that nothing of one review shows in the next.
    rsx! { ReviewOf { key: "{suggestion}", id: suggestion } }
}

#[component]
fn ReviewOf(id: String) -> Element {
    use_fixed();
    let query = use_fetch(id.clone(), WATCHED, query::suggestion);
    let waiting = use_fetch(
        session::workspace_id().inner().to_owned(),
        &[NodeKind::Suggestion],
        query::waiting,
    );
    let queue: Vec<String> = waiting
        .get()
        .map(|waiting| {
            waiting
                .suggestions
                .nodes
                .iter()
                .map(|each| each.id.inner().to_owned())
                .collect()
        })
        .unwrap_or_default();
    match query.load() {
        Load::Wait => rsx! {
            Bar { id, queue, suggestion: None, desk: None }
            div { class: "page", Skeleton { lines: 6 } }
        },
        Load::Failed(error) => rsx! {
            Bar { id, queue, suggestion: None, desk: None }
            Failed { error, retry: move |()| query.refetch() }
        },
        Load::Ready(suggestion) if suggestion.use_case == UseCase::Reply => rsx! {
            Bar { id, queue, suggestion: None, desk: None, named: true }
            Reply { suggestion }
        },
        Load::Ready(suggestion) if suggestion.use_case == UseCase::Status => rsx! {
            Bar { id, queue, suggestion: None, desk: None, named: true }
            StatusUpdate { query, suggestion }
        },
        Load::Ready(suggestion) => rsx! { Panes { query, suggestion, queue } },
    }
}

/// Where among the waiting reviews this one is, and what can be done with all of it. `named` says that the page
/// below has a heading of its own.
#[component]
fn Bar(
    id: String,
    queue: Vec<String>,
    suggestion: Option<Rc<Suggestion>>,
    desk: Option<Desk>,
    #[props(default)] named: bool,
) -> Element {
    let at = queue.iter().position(|each| *each == id);
    let near = |by: isize| at.and_then(|at| queue.get(at.checked_add_signed(by)?)).cloned();
    let go = |to: Option<String>, glyph: Glyph, label: &'static str| {
        rsx! {
            match to {
                Some(suggestion) => rsx! {
                    Link { class: "icon-btn not-phone", to: Route::Review { suggestion }, title: label, "aria-label": label, Icon { glyph } }
                },
                None => rsx! {},
            }
        }
    };
    // The document's title is the page's heading; until it is there, the bar has one.
    let title = (suggestion.is_none() && !named).then(|| "Review of a text".to_owned());
    rsx! {
        PageBar { crumbs: vec![Crumb { label: "Review".to_owned(), to: Route::Reviews {} }], title,
            if let Some(at) = at {
                span { class: "muted num", "{at + 1} of {queue.len()}" }
            }
            {go(near(-1), Glyph::Left, "Previous review")}
            {go(near(1), Glyph::Right, "Next review")}
            if let (Some(suggestion), Some(desk)) = (suggestion, desk) {
                if session::may_write() {
                    Menu { label: "More actions", end: true,
                        MenuItem { glyph: Glyph::Undo, kbd: "u", onclick: move |()| desk.press(Press::Undo), "Undo" }
                        MenuItem { glyph: Glyph::Check, kbd: "A", disabled: desk.view.read().open == 0, onclick: move |()| desk.press(Press::AcceptAll), "Accept all" }
                        MenuItem { glyph: Glyph::Plus, onclick: move |()| desk.add(blank()), "Add a task by hand" }
                        MenuItem { glyph: Glyph::Mail, onclick: { let document = suggestion.document.id.clone(); move |()| draft_reply(document.clone()) }, "Draft a reply" }
                        MenuSep {}
                        Aside { suggestion }
                    }
                }
            }
        }
    }
}

/// Has a reply to the text drafted, which confirms what was accepted and asks what is open.
fn draft_reply(document: cynic::Id) {
    let navigator = navigator();
    // Pressing closes the menu that this belongs to.
    dioxus::core::spawn_forever(async move {
        match start_job(document, UseCase::Reply).await {
            Ok(place) => {
                navigator.push(place);
            }
            Err(error) => toast::failed("The reply was not drafted.", &error),
        }
    });
}

/// Puts the review aside, or takes it up again.
#[component]
fn Aside(suggestion: Rc<Suggestion>) -> Element {
    let aside = suggestion.state == SuggestionState::Dismissed;
    let id = suggestion.id.inner().to_owned();
    rsx! {
        MenuItem { glyph: Glyph::Archive,
            onclick: move |()| {
                let id = id.clone();
                toast::attempt("The review was not changed.", async move {
                    set_aside(id.clone(), !aside).await?;
                    if !aside {
                        let undo = id.clone();
                        toast::undoable("Review put aside", move || toast::attempt("The review was not changed.", set_aside(undo.clone(), false)));
                    }
                    Ok(())
                });
            },
            if aside { "Take up again" } else { "Put aside" }
        }
    }
}

/// A task without a passage; its title is typed next.
fn blank() -> Passage {
    Passage {
        start: 0,
        end: 0,
        title: "New task".to_owned(),
        kind: ItemKind::Task,
    }
}

#[component]
fn Panes(query: Query<Suggestion>, suggestion: Rc<Suggestion>, queue: Vec<String>) -> Element {
    let mut desk = use_desk(query);
    let view = desk.view.read().clone();
    let aside = suggestion.state == SuggestionState::Dismissed;
    let may_write = session::may_write() && !aside;
    let id = suggestion.id.inner().to_owned();
    use_title(&suggestion.document.title);
    use_shortcuts("Review", KEYS, move |key| {
        if let Some(press) =
            meaning(key).filter(|press| may_write || matches!(press, Press::Next | Press::Previous))
        {
            desk.press(press);
        }
    });
    use_following(desk);
    let text: Rc<str> = use_memo(use_reactive!(|(suggestion)| Rc::<str>::from(
        suggestion.document.text.as_str()
    )))
    .cloned();
    let lit = desk
        .hover
        .read()
        .clone()
        .or_else(|| desk.flow.read().focus.clone());
    let next = queue.iter().find(|each| **each != id).cloned();
    let progress = view.progress();
    rsx! {
        Bar { id, queue, suggestion: suggestion.clone(), desk }
        TextHead { document: suggestion.document.clone(), project: suggestion.project.clone(), provenance: suggestion.provenance.clone(),
            Tally { view: view.clone() }
        }
        Origin { suggestion: suggestion.clone() }
        if suggestion.stale && !aside {
            Banner { glyph: Glyph::Alert, tone: Tone::Warn,
                "The text or the project has changed since this was proposed. Check dates and duplicates before you accept."
            }
        }
        if aside {
            Banner { glyph: Glyph::Archive, "This review is put aside. Take it up again from the menu." }
        }
        PaneSwitch { source: desk.see_source, label: "Proposed", open: view.open }
        div { class: "rv", "data-see": if *desk.see_source.read() { "source" } else { "items" },
            section { class: "pane", "data-pane": "source", "aria-labelledby": "h-source",
                div { class: "pane-head",
                    h2 { id: "h-source", "Source" }
                    if may_write {
                        span { class: "end", "Select text to make a task of it, " Kbd { keys: "s" } " by sentence" }
                    }
                }
                div { class: "pane-scroll", tabindex: "0", role: "region", "aria-label": "Source text",
                    SourceText {
                        text,
                        quotes: view.quotes.clone(),
                        language: suggestion.document.language.clone(),
                        lit: lit.clone(),
                        on_hover: move |item| desk.hover.set(item),
                        on_choose: move |item: String| desk.focus_on(&item),
                        on_make: may_write.then(|| EventHandler::new(move |passage| desk.add(passage))),
                        sentence: *desk.sentence.read(),
                        make: *desk.make.read(),
                    }
                }
            }
            section { class: "pane", "data-pane": "items", "aria-labelledby": "h-items",
                div { class: "pane-head",
                    h2 { id: "h-items", "Proposed" }
                    Jump { view: view.clone() }
                }
                div { class: "pane-scroll", tabindex: "0", role: "region", "aria-label": "Proposed items",
                    if view.total() == 0 {
                        div { class: "rv-none",
                            Empty { glyph: Glyph::Quote, title: "Nothing here yet. ", text: "Select a passage of the source and make a task of it." }
                        }
                    } else if view.open == 0 {
                        Done { suggestion: suggestion.clone(), view: view.clone(), next }
                    }
                    Items { desk, view: view.clone(), suggestion: suggestion.clone(), lit, may_write }
                }
            }
        }
        ActBar { desk, view, may_write }
        p { class: "sr", role: "status", "aria-live": "polite",
            if !desk.said.read().is_empty() { "{desk.said}{progress}." }
        }
    }
}

/// Which pane a phone shows.
#[component]
pub(crate) fn PaneSwitch(source: Signal<bool>, label: &'static str, open: usize) -> Element {
    let mut source = source;
    rsx! {
        div { class: "pane-switch",
            div { class: "seg", role: "radiogroup", "aria-label": "Pane",
                label {
                    input { r#type: "radio", name: "see", checked: !source(), onchange: move |_| source.set(false) }
                    {label}
                    if open > 0 {
                        span { class: "num muted", "{open} open" }
                    }
                }
                label {
                    input { r#type: "radio", name: "see", checked: source(), onchange: move |_| source.set(true) }
                    "Source"
                }
            }
        }
    }
}

/// Links to the groups.
#[component]
fn Jump(view: Rc<View>) -> Element {
    rsx! {
        nav { class: "jump", "aria-label": "Groups",
            for group in &view.groups {
                a { key: "{group.anchor}", href: "#{group.anchor}",
                    onclick: {
                        let anchor = group.anchor;
                        move |event: MouseEvent| {
                            event.prevent_default();
                            browser::top(&["#", anchor].concat());
                        }
                    },
                    b { "{group.lines.len()}" }
                    " {group.noun()}"
                }
            }
        }
    }
}

#[component]
fn Items(
    desk: Desk,
    view: Rc<View>,
    suggestion: Rc<Suggestion>,
    lit: Option<String>,
    may_write: bool,
) -> Element {
    let flow = desk.flow.read();
    let client = suggestion
        .project
        .client
        .as_ref()
        .map(|client| client.name.clone());
    let note = |anchor: &str| match (anchor, &client) {
        ("g-questions", Some(client)) => ["to ask ", client].concat(),
        ("g-exclusions", _) => "kept out of scope".to_owned(),
        _ => String::new(),
    };
    rsx! {
        div { class: "items",
            for group in &view.groups {
                h3 { class: "items-h", id: group.anchor, key: "{group.anchor}-h",
                    {group.title}
                    span { class: "num", "{group.lines.len()}" }
                    span { {note(group.anchor)} }
                }
                ol {
                    for line in &group.lines {
                        ItemRow {
                            key: "{line.id()}",
                            desk,
                            line: line.clone(),
                            mode: (flow.focus.as_deref() == Some(line.id())).then_some(flow.mode),
                            lit: lit.as_deref() == Some(line.id()),
                            may_write,
                            project: suggestion.project.id.inner().to_owned(),
                            client: client.clone(),
                        }
                    }
                }
            }
        }
    }
}

/// Keeps the focused item and its quote in view, and the keyboard's focus on the item.
fn use_following(desk: Desk) {
    use_effect(move || {
        let flow = desk.flow.read();
        let Some(id) = flow.focus.clone() else { return };
        let mode = flow.mode;
        drop(flow);
        let item = ["#item-", &id].concat();
        if matches!(mode, Mode::Row | Mode::Open) {
            let inside =
                platform::focused().is_some_and(|focused| focused.closest(&item).ok().flatten().is_some());
            if !inside {
                platform::focus(&item);
            }
        }
        browser::reveal(&item);
        browser::reveal(&["[data-item=\"", &id, "\"]"].concat());
    });
    use_effect(move || {
        if let Some(id) = desk.hover.read().clone() {
            browser::reveal(&["[data-item=\"", &id, "\"]"].concat());
        }
    });
}
