//! The draft of a reply beside the text it answers: changed, copied, sent by its writer.

use std::rc::Rc;

use dioxus::prelude::*;

use super::{
    PaneSwitch,
    parts::{Origin, TextHead},
    query::{Suggestion, save_draft, set_aside},
    text::SourceText,
};
use crate::{
    app::use_title,
    gql::types::{Engine, SuggestionState},
    platform,
    route::Route,
    session,
    ui::prelude::*,
};

/// Longest draft that is kept.
const DRAFT_MAX: usize = 20_000;

#[component]
pub(super) fn Reply(suggestion: Rc<Suggestion>) -> Element {
    use_title(&["Reply · ", &suggestion.document.title].concat());
    let navigator = use_navigator();
    let see_source = use_signal(|| false);
    let kept = suggestion.draft.clone().unwrap_or_default();
    let mut draft = use_signal(|| kept.clone());
    let mut saved = use_signal(|| kept.clone());
    let aside = suggestion.state == SuggestionState::Dismissed;
    let may_write = session::may_write() && !aside;
    let id = suggestion.id.clone();
    let save = {
        let id = id.clone();
        Callback::new(move |()| {
            let text = draft.peek().clone();
            if text == *saved.peek() || text.trim().is_empty() {
                return;
            }
            let id = id.clone();
            spawn(async move {
                match save_draft(id, text.clone()).await {
                    Ok(()) => saved.set(text),
                    Err(error) => toast::failed("The draft was not saved.", &error),
                }
            });
        })
    };
    let finish = {
        let id = id.inner().to_owned();
        move |_: MouseEvent| {
            let id = id.clone();
            toast::attempt("The reply was not put aside.", async move {
                set_aside(id.clone(), true).await?;
                let undo = id.clone();
                toast::undoable("Reply put aside", move || {
                    toast::attempt(
                        "The reply was not taken up again.",
                        set_aside(undo.clone(), false),
                    );
                });
                Ok(())
            });
            navigator.push(Route::Reviews {});
        }
    };
    let text: Rc<str> = use_memo(use_reactive!(|(suggestion)| Rc::<str>::from(
        suggestion.document.text.as_str()
    )))
    .cloned();
    let help = match suggestion.provenance.engine {
        Engine::Model => "Drafted by a model. Fill in what stands in brackets; nothing is sent from here.",
        Engine::Manual => "Yours to write beside the text. Nothing is sent from here.",
        _ => {
            "Built by rules from the review, or from what the text asks. Complete it; nothing is sent from here."
        }
    };
    let unsaved = draft.read().as_str() != saved.read().as_str();
    rsx! {
        TextHead { document: suggestion.document.clone(), project: suggestion.project.clone(), provenance: suggestion.provenance.clone() }
        Origin { suggestion: suggestion.clone() }
        if aside {
            Banner { glyph: Glyph::Archive, "This reply is put aside. Take it up again to change it." }
        }
        PaneSwitch { source: see_source, label: "Reply", open: 0 }
        div { class: "rv", "data-see": if see_source() { "source" } else { "items" },
            section { class: "pane", "data-pane": "source", "aria-labelledby": "h-source",
                div { class: "pane-head", h2 { id: "h-source", "Source" } }
                div { class: "pane-scroll", tabindex: "0", role: "region", "aria-label": "Source text",
                    SourceText {
                        text,
                        quotes: Vec::new(),
                        language: suggestion.document.language.clone(),
                        lit: None,
                        on_hover: |_| {},
                        on_choose: |_| {},
                        on_make: None,
                    }
                }
            }
            section { class: "pane", "data-pane": "items", "aria-labelledby": "h-reply",
                div { class: "pane-head",
                    h2 { id: "h-reply", "Reply" }
                    span { class: "end", role: "status", if unsaved { "Not saved yet" } else { "Saved" } }
                }
                div { class: "reply",
                    p { class: "help", id: "reply-help", {help} }
                    textarea { class: "reply-text", id: "reply-text", "aria-label": "Draft of the reply", "aria-describedby": "reply-help",
                        readonly: !may_write, maxlength: DRAFT_MAX as i64, lang: suggestion.provenance.language.clone(),
                        value: draft,
                        oninput: move |event| draft.set(event.value()),
                        onblur: move |_| if may_write { save.call(()) },
                    }
                    div { class: "reply-act",
                        Btn { variant: Variant::Primary, icon: Glyph::Copy,
                            onclick: move |_| {
                                if may_write { save.call(()); }
                                spawn(async move {
                                    let text = draft.peek().clone();
                                    if platform::copy(&text).await {
                                        toast::done("Reply copied");
                                    } else {
                                        platform::focus("#reply-text");
                                    }
                                });
                            },
                            "Copy"
                        }
                        if may_write {
                            Btn { icon: Glyph::Check, onclick: finish, "Done" }
                        } else if aside && session::may_write() {
                            Btn { icon: Glyph::Undo,
                                onclick: { let id = id.inner().to_owned(); move |_| toast::attempt("The reply was not taken up again.", set_aside(id.clone(), false)) },
                                "Take up again"
                            }
                        }
                    }
                }
            }
        }
    }
}
