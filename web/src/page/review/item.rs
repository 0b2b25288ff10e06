//! One proposal: a line, or open in place with its quote and properties.

use dioxus::{prelude::*, web::WebEventExt};
use wasm_bindgen::JsCast;

use super::{
    desk::Desk,
    edit::EditForm,
    flow::Mode,
    keys::Press,
    query::{KnownTask, SuggestionItem},
    view::{Line, state_key},
};
use crate::{
    fmt::{duration, intl},
    gql::types::{ItemConfidence, ItemKind, ItemState, RejectReason, Responsible},
    route::{Params, Route},
    ui::icon::{Glyph, Icon},
};

/// A proposal in the list. `mode` is set on the focused one.
#[component]
pub(super) fn ItemRow(
    desk: Desk,
    line: Line,
    mode: Option<Mode>,
    lit: bool,
    may_write: bool,
    project: String,
    client: Option<String>,
) -> Element {
    let mut desk = desk;
    let item = &line.item;
    let id = line.id().to_owned();
    let dom_id = ["item-", &id].concat();
    let open = mode.is_some_and(|mode| mode != Mode::Row);
    let (over, chosen, own) = (id.clone(), id.clone(), dom_id.clone());
    rsx! {
        li {
            class: "item",
            id: dom_id,
            "data-state": state_key(item.state),
            "data-lit": lit.then_some(""),
            "data-open": open.then_some(""),
            "aria-current": mode.is_some().then_some("true"),
            tabindex: if mode.is_some() { "0" } else { "-1" },
            onmouseenter: move |_| desk.hover.set(Some(over.clone())),
            onmouseleave: move |_| desk.hover.set(None),
            onclick: move |_| desk.focus_on(&chosen),
            onkeydown: move |event| {
                // Only the line's own keys: fields and buttons inside have theirs.
                let target = event.as_web_event().target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                let press = match event.key() {
                    Key::Enter => Press::Open,
                    Key::Escape => Press::Close,
                    _ => return,
                };
                if press == Press::Close || target.is_some_and(|target| target.id() == own) {
                    event.prevent_default();
                    event.stop_propagation();
                    desk.press(press);
                }
            },
            match mode {
                Some(Mode::Open | Mode::Edit | Mode::Reject) => rsx! {
                    Head { line: line.clone() }
                    match mode {
                        Some(Mode::Edit) if item.state == ItemState::Open => rsx! {
                            EditForm { desk, item: item.clone(), client }
                        },
                        Some(Mode::Reject) if item.state == ItemState::Open => rsx! { Reasons { desk, id } },
                        _ => rsx! { Body { desk, item: item.clone(), may_write, project, client } },
                    }
                },
                _ => rsx! { Brief { line: line.clone() } },
            }
        }
    }
}

/// The drawing of a kind, or of the decision about it.
#[component]
fn KindIcon(kind: ItemKind, state: ItemState, known: bool) -> Element {
    let (glyph, label) = match (state, kind) {
        (ItemState::Accepted, _) => (Glyph::Check, Some("Accepted")),
        (ItemState::Rejected, _) if known => (Glyph::Copy, Some("Already there")),
        (ItemState::Rejected, _) => (Glyph::X, Some("Rejected")),
        (_, ItemKind::Task) => (Glyph::Open, None),
        (_, ItemKind::Question) => (Glyph::Help, None),
        (_, ItemKind::Exclusion) => (Glyph::Ban, None),
        (_, ItemKind::Decision) => (Glyph::Comment, None),
        (_, ItemKind::Budget) => (Glyph::Coin, None),
        (_, ItemKind::Deadline) => (Glyph::Flag, None),
    };
    rsx! {
        span { class: "item-kind", Icon { glyph, label: label.map(str::to_owned) } }
    }
}

/// The closed line.
#[component]
fn Brief(line: Line) -> Element {
    let item = &line.item;
    let why = (item.state == ItemState::Rejected).then(|| why(item));
    rsx! {
        span { class: "item-n num", "{line.number}" }
        KindIcon { kind: item.kind, state: item.state, known: already(item).is_some() }
        if item.kind == ItemKind::Task {
            span { class: "item-title", title: item.title.clone(), {item.title.clone()} }
            if let Some(why) = why {
                span { class: "item-why", {why} }
            } else {
                span { class: "item-who",
                    if item.responsible == Responsible::Client {
                        span { class: "badge", "Client" }
                    }
                }
                Cell { class: "item-est num", value: estimate(item), none: "no estimate" }
                Cell { class: "item-due num", value: item.due_date.map(intl::day_short), none: "no date" }
            }
        } else {
            span { class: "item-wide",
                span { class: "item-title", title: item.title.clone(), {item.title.clone()} }
                if let Some(fact) = fact(item) {
                    span { class: "tag num", {fact} }
                }
                if let Some(why) = why {
                    span { class: "item-why", {why} }
                }
            }
        }
    }
}

/// A value, or a dash that says what is missing.
#[component]
fn Cell(class: &'static str, value: Option<String>, none: &'static str) -> Element {
    rsx! {
        span { class, "data-none": value.is_none().then_some(""),
            if let Some(value) = &value {
                {value.clone()}
            } else {
                span { "aria-hidden": "true", "–" }
                span { class: "sr", {none} }
            }
        }
    }
}

#[component]
fn Head(line: Line) -> Element {
    rsx! {
        div { class: "focus-head",
            span { class: "item-n num", "{line.number}" }
            KindIcon { kind: line.item.kind, state: line.item.state, known: already(&line.item).is_some() }
            h4 { class: "item-title", {line.item.title.clone()} }
            span { class: "badge", {line.item.kind.word()} }
        }
    }
}

/// Quote, properties, and what can be done.
#[component]
fn Body(
    desk: Desk,
    item: SuggestionItem,
    may_write: bool,
    project: String,
    client: Option<String>,
) -> Element {
    let mut desk = desk;
    let id = item.id.inner().to_owned();
    let editable = may_write && item.state == ItemState::Open;
    let edit = move |_: ()| desk.press(Press::Edit);
    rsx! {
        // A press that decides moves the focus on: the line must not take it back.
        div { class: "focus-body", onclick: |event| event.stop_propagation(),
            if let Some(quote) = &item.quote {
                blockquote { class: "cite", {quote.clone()} }
                if item.quote_start.is_some() {
                    button { class: "btn only-phone", "data-variant": "ghost", "data-size": "sm", r#type: "button",
                        onclick: move |event| {
                            event.stop_propagation();
                            desk.see_source.set(true);
                        },
                        "Show in the source"
                    }
                }
            } else {
                p { class: "muted", "Added by hand, without a quote." }
            }
            Props { item: item.clone(), editable, client, on_edit: edit }
            if editable {
                div { class: "focus-act", "data-desk": "",
                    button { class: "btn", "data-variant": "primary", r#type: "button", onclick: move |_| desk.press(Press::Accept),
                        "Accept" kbd { class: "kbd", "a" }
                    }
                    button { class: "btn", r#type: "button", onclick: move |_| desk.press(Press::Edit),
                        "Edit" kbd { class: "kbd", "e" }
                    }
                    button { class: "btn", "data-variant": "ghost", r#type: "button", onclick: move |_| desk.press(Press::Reject),
                        "Reject" kbd { class: "kbd", "x" }
                    }
                    button { class: "btn", "data-variant": "ghost", r#type: "button", onclick: move |_| desk.press(Press::RejectWithReason),
                        "Reject, saying why" kbd { class: "kbd", "X" }
                    }
                }
            } else {
                div { class: "focus-act",
                    match item.state {
                        ItemState::Accepted if item.kind == ItemKind::Task => rsx! {
                            Link { class: "btn", to: Route::ProjectBoard { id: project, params: Params::default() }, "Open the board" }
                        },
                        ItemState::Accepted => rsx! {
                            Link { class: "btn", to: Route::ProjectOverview { id: project }, "Open the project" }
                        },
                        ItemState::Rejected => match already(&item) {
                            Some(task) => rsx! {
                                Link { class: "btn", to: Route::ProjectBoard { id: project, params: Params::of("task", task.id.inner()) }, "Open the task" }
                                span { class: "muted", "Already there: {task.title}" }
                            },
                            None => rsx! { span { class: "muted", {why(&item)} } },
                        },
                        ItemState::Open => rsx! {},
                    }
                    if may_write && item.state != ItemState::Open {
                        button { class: "btn", "data-variant": "ghost", r#type: "button",
                            onclick: move |_| desk.reopen(std::slice::from_ref(&id)),
                            Icon { glyph: Glyph::Undo }
                            if already(&item).is_some() { "Propose it all the same" } else { "Undo" }
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn Props(item: SuggestionItem, editable: bool, client: Option<String>, on_edit: EventHandler<()>) -> Element {
    let date = |none: &'static str| Value {
        value: item.due_date.map(intl::day_short),
        none,
    };
    let list = match item.kind {
        ItemKind::Task => vec![
            (
                "Estimate",
                Value {
                    value: estimate(&item),
                    none: "none",
                },
            ),
            ("Due", date("no date")),
            (
                "Responsible",
                Value {
                    value: Some(responsible(&item, client.as_deref())),
                    none: "",
                },
            ),
        ],
        ItemKind::Deadline => vec![("Date", date("no date"))],
        ItemKind::Budget => vec![(
            "Amount",
            Value {
                value: fact(&item),
                none: "no amount",
            },
        )],
        ItemKind::Question | ItemKind::Exclusion | ItemKind::Decision => Vec::new(),
    };
    let basis = match item.confidence {
        _ if item.edited => "changed by you",
        ItemConfidence::Explicit => "said in the text",
        ItemConfidence::Likely => "likely, not said outright",
        ItemConfidence::Manual => "added by hand",
    };
    rsx! {
        dl { class: "props",
            for (name , value) in list {
                div {
                    dt { {name} }
                    dd { class: if value.value.is_none() { "muted" },
                        if editable {
                            button { class: "inline-edit num", r#type: "button", "aria-label": "{name}: {value.text()}. Edit",
                                onclick: move |_| on_edit.call(()),
                                {value.text()}
                            }
                        } else {
                            span { class: "num", {value.text()} }
                        }
                    }
                }
            }
            div {
                dt { "Basis" }
                dd { class: "muted", {basis} }
            }
        }
    }
}

/// A property's value, and what to say when there is none.
struct Value {
    value: Option<String>,
    none: &'static str,
}

impl Value {
    fn text(&self) -> String {
        self.value.clone().unwrap_or_else(|| self.none.to_owned())
    }
}

/// Asks why an item is rejected; answering rejects it.
#[component]
fn Reasons(desk: Desk, id: String) -> Element {
    let reject = move |id: &str, reason| desk.reject(id, reason);
    rsx! {
        div { class: "focus-body", onclick: |event| event.stop_propagation(),
            fieldset { class: "reasons",
                legend { "Why does it not belong in the plan?" }
                for (at , &reason) in RejectReason::ALL.iter().enumerate() {
                    button { class: "chip", r#type: "button",
                        onmounted: move |element| async move {
                            if at == 0 {
                                let _ = element.set_focus(true).await;
                            }
                        },
                        onclick: { let id = id.clone(); move |_| reject(&id, Some(reason)) },
                        {reason.word()}
                    }
                }
            }
            div { class: "focus-act",
                button { class: "btn", r#type: "button", onclick: move |_| reject(&id, None), "Reject without a reason" }
                button { class: "btn", "data-variant": "ghost", r#type: "button", onclick: move |_| desk.press(Press::Close),
                    "Cancel" kbd { class: "kbd", "Esc" }
                }
            }
        }
    }
}

/// The task that an item is already, while nobody has decided otherwise.
fn already(item: &SuggestionItem) -> Option<&KnownTask> {
    item.known_task.as_ref().filter(|_| {
        item.state == ItemState::Rejected && item.reject_reason == Some(RejectReason::AlreadyKnown)
    })
}

/// `Rejected: out of scope`, or which task it is already.
fn why(item: &SuggestionItem) -> String {
    if let Some(task) = already(item) {
        return ["Already there: ", &task.title].concat();
    }
    match item.reject_reason {
        Some(reason) => ["Rejected: ", &reason.word().to_lowercase()].concat(),
        None => "Rejected".to_owned(),
    }
}

fn estimate(item: &SuggestionItem) -> Option<String> {
    duration::show_estimate(item.estimate_min_minutes, item.estimate_max_minutes)
}

fn fact(item: &SuggestionItem) -> Option<String> {
    let money = || {
        item.amount
            .as_ref()
            .map(|money| intl::money(money.amount_cents, &money.currency))
    };
    money().or_else(|| item.due_date.map(intl::day_short))
}

fn responsible(item: &SuggestionItem, client: Option<&str>) -> String {
    match item.responsible {
        Responsible::Freelancer => item.responsible.word().to_owned(),
        Responsible::Client => client.unwrap_or(item.responsible.word()).to_owned(),
    }
}
