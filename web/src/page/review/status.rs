//! An update for a client: its sentences beside what they rest on; changed, copied, and shown to the client.

use std::rc::Rc;

use dioxus::prelude::*;

use super::{
    PaneSwitch,
    parts::{Origin, TextHead},
    query::{Fact, Sentence, Suggestion, publish, save_sentences, set_aside, withdraw},
};
use crate::{
    app::use_title,
    fmt::intl,
    gql::{
        Query,
        types::{Engine, SuggestionState},
    },
    platform,
    route::{Params, Route},
    session,
    ui::prelude::*,
};

/// Longest sentence that is kept.
const SENTENCE_MAX: i64 = 1_000;

#[component]
pub(super) fn StatusUpdate(query: Query<Suggestion>, suggestion: Rc<Suggestion>) -> Element {
    use_title(&["Update · ", &suggestion.project.name].concat());
    let navigator = use_navigator();
    let see_source = use_signal(|| false);
    let kept = suggestion.sentences.clone().unwrap_or_default();
    let mut sentences = use_signal(|| kept.clone());
    let mut saved = use_signal(|| kept.clone());
    let mut lit = use_signal(|| None::<usize>);
    let mut busy = use_signal(|| false);
    let aside = suggestion.state == SuggestionState::Dismissed;
    let may_write = session::may_write() && !aside;
    let facts: Rc<[Fact]> = suggestion.facts.clone().unwrap_or_default().into();
    let id = suggestion.id.clone();
    let text = move || {
        let sentences = sentences.read();
        let texts: Vec<&str> = sentences.iter().map(|sentence| sentence.text.trim()).collect();
        texts.join("\n")
    };
    let save = {
        let id = id.clone();
        Callback::new(move |()| {
            let now: Vec<Sentence> = {
                let sentences = sentences.peek();
                sentences
                    .iter()
                    .filter(|sentence| !sentence.text.trim().is_empty())
                    .cloned()
                    .collect()
            };
            if now.is_empty() || now == *saved.peek() {
                return;
            }
            let id = id.clone();
            spawn(async move {
                match save_sentences(id, now.clone()).await {
                    Ok(()) => saved.set(now),
                    Err(error) => toast::failed("The update was not saved.", &error),
                }
            });
        })
    };
    let show = {
        let id = id.clone();
        move |visible: bool| {
            let id = id.clone();
            let now: Vec<Sentence> = sentences
                .peek()
                .iter()
                .filter(|sentence| !sentence.text.trim().is_empty())
                .cloned()
                .collect();
            busy.set(true);
            spawn(async move {
                let done = async {
                    if visible {
                        save_sentences(id.clone(), now.clone()).await?;
                        saved.set(now);
                        publish(id).await
                    } else {
                        withdraw(id).await
                    }
                };
                match done.await {
                    Ok(()) => {
                        toast::done(if visible {
                            "The client can read it now"
                        } else {
                            "Taken from the client’s page"
                        });
                        query.refetch();
                    }
                    Err(error) => toast::failed("The client’s page was not changed.", &error),
                }
                busy.set(false);
            });
        }
    };
    let finish = {
        let id = id.inner().to_owned();
        move |_: MouseEvent| {
            let id = id.clone();
            toast::attempt("The update was not put aside.", async move {
                set_aside(id.clone(), true).await?;
                let undo = id.clone();
                toast::undoable("Update put aside", move || {
                    toast::attempt(
                        "The update was not taken up again.",
                        set_aside(undo.clone(), false),
                    );
                });
                Ok(())
            });
            navigator.push(Route::Reviews {});
        }
    };
    let help = match suggestion.provenance.engine {
        Engine::Model => {
            "Drafted by a model from what the link shows. Read each sentence against its sources."
        }
        Engine::Manual => "Yours to write from what the link shows.",
        _ => "Built by rules from what the link shows; no AI. Put it into your own words.",
    };
    let unsaved = *sentences.read() != *saved.read();
    let count = sentences.read().len();
    let project = suggestion.project.id.inner().to_owned();
    let published = suggestion.published_at.clone();
    let shown = published.is_some();
    rsx! {
        TextHead { document: suggestion.document.clone(), project: suggestion.project.clone(), provenance: suggestion.provenance.clone() }
        Origin { suggestion: suggestion.clone() }
        if aside {
            Banner { glyph: Glyph::Archive, "This update is put aside. Take it up again to change it." }
        }
        PaneSwitch { source: see_source, label: "Update", open: 0 }
        div { class: "rv", "data-see": if see_source() { "source" } else { "items" },
            section { class: "pane", "data-pane": "source", "aria-labelledby": "h-source",
                div { class: "pane-head", h2 { id: "h-source", "What the link shows" } }
                div { class: "pane-scroll", tabindex: "0", role: "region", "aria-label": "Facts",
                    ol { class: "upd-facts",
                        for fact in facts.iter().cloned() {
                            li { key: "{fact.number}", class: "upd-fact", id: "fact-{fact.number}",
                                "data-lit": lit().and_then(|at| sentences.read().get(at).map(|sentence| sentence.facts.contains(&fact.number))).unwrap_or(false).then_some(""),
                                match fact.task.clone() {
                                    Some(task) => rsx! {
                                        Link { to: Route::ProjectBoard { id: project.clone(), params: Params::of("task", task.inner()) }, {fact.text.clone()} }
                                    },
                                    None => rsx! { {fact.text.clone()} },
                                }
                            }
                        }
                    }
                }
            }
            section { class: "pane", "data-pane": "items", "aria-labelledby": "h-update",
                div { class: "pane-head",
                    h2 { id: "h-update", "Update" }
                    span { class: "end", role: "status", if unsaved { "Not saved yet" } else { "Saved" } }
                }
                div { class: "pane-scroll upd",
                    p { class: "help", {help} }
                    ol { class: "upd-list",
                        for at in 0..count {
                            SentenceRow { key: "{at}", at, sentences, facts: facts.clone(), may_write, lit,
                                onsave: move |()| save.call(()),
                            }
                        }
                    }
                    div { class: "reply-act",
                        if may_write {
                            Btn { icon: Glyph::Plus, variant: Variant::Ghost,
                                onclick: move |_| {
                                    sentences.write().push(Sentence { text: String::new(), facts: Vec::new() });
                                    lit.set(None);
                                },
                                "Add a sentence"
                            }
                        }
                    }
                    div { class: "reply-act",
                        if may_write {
                            Btn { variant: Variant::Primary, icon: Glyph::Eye, busy: busy(),
                                onclick: { let mut show = show.clone(); move |_| show(true) },
                                if shown { "Publish again" } else { "Show to the client" }
                            }
                        }
                        Btn { icon: Glyph::Copy,
                            onclick: move |_| {
                                if may_write { save.call(()); }
                                spawn(async move {
                                    if platform::copy(&text()).await {
                                        toast::done("Update copied");
                                    }
                                });
                            },
                            "Copy"
                        }
                        if may_write && shown {
                            Btn { icon: Glyph::X, onclick: { let mut show = show.clone(); move |_| show(false) }, "Take it back" }
                        }
                        if may_write {
                            Btn { icon: Glyph::Check, onclick: finish, "Done" }
                        } else if aside && session::may_write() {
                            Btn { icon: Glyph::Undo,
                                onclick: { let id = id.inner().to_owned(); move |_| toast::attempt("The update was not taken up again.", set_aside(id.clone(), false)) },
                                "Take up again"
                            }
                        }
                    }
                    p { class: "help",
                        if let Some(at) = &published {
                            "On the client’s page since {intl::moment(&at.0)}. Changes are seen there once you publish again."
                        } else {
                            "Nobody but your workspace sees this yet."
                        }
                    }
                }
            }
        }
    }
}

/// One sentence, and what it rests on.
#[component]
fn SentenceRow(
    at: usize,
    sentences: Signal<Vec<Sentence>>,
    facts: Rc<[Fact]>,
    may_write: bool,
    lit: Signal<Option<usize>>,
    onsave: EventHandler<()>,
) -> Element {
    let mut sentences = sentences;
    let mut lit = lit;
    let Some(sentence) = sentences.read().get(at).cloned() else {
        return rsx! {};
    };
    let name = ["Sentence ", &(at + 1).to_string()].concat();
    rsx! {
        li { class: "upd-row",
            onmouseenter: move |_| lit.set(Some(at)),
            onmouseleave: move |_| lit.set(None),
            textarea { class: "reply-text upd-text", rows: "2", "aria-label": name.clone(), readonly: !may_write, maxlength: SENTENCE_MAX,
                value: sentence.text.clone(),
                onfocus: move |_| lit.set(Some(at)),
                oninput: move |event| {
                    if let Some(sentence) = sentences.write().get_mut(at) {
                        sentence.text = event.value();
                    }
                },
                onblur: move |_| if may_write { onsave.call(()) },
            }
            div { class: "upd-from",
                if sentence.facts.is_empty() {
                    span { class: "muted", "Your own words" }
                } else {
                    span { class: "muted", "From" }
                    for number in sentence.facts.clone() {
                        if let Some(fact) = facts.iter().find(|fact| fact.number == number) {
                            a { class: "upd-source", href: "#fact-{number}", title: fact.text.clone(),
                                onclick: move |event| { event.prevent_default(); platform::focus(&["#fact-", &number.to_string(), " a"].concat()); },
                                {fact.text.clone()}
                            }
                        }
                    }
                }
                if may_write {
                    IconBtn { glyph: Glyph::X, label: ["Remove ", &name.to_lowercase()].concat(),
                        onclick: move |_| {
                            sentences.write().remove(at);
                            lit.set(None);
                            onsave.call(());
                        },
                    }
                }
            }
        }
    }
}
