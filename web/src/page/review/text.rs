//! The source text with its quotes: the left pane of the review, and of a job
//! that needs a person.

use std::rc::Rc;

use dioxus::prelude::*;
use web_sys::EventTarget;

use super::{
    browser, selection,
    source::{self, Join, Mark, Run, Source},
};
use crate::{gql::types::ItemKind, platform};

/// A quote of an item, as the text shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quote {
    /// The item's id.
    pub(crate) item: String,
    /// The number that quote and item share.
    pub(crate) number: usize,
    /// `open`, `accepted` or `rejected`.
    pub(crate) state: &'static str,
    /// Code points.
    pub(crate) start: usize,
    /// End exclusive.
    pub(crate) end: usize,
}

/// A passage to make an item of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Passage {
    /// Code points of the text.
    pub(crate) start: usize,
    /// End exclusive.
    pub(crate) end: usize,
    /// The passage on one line.
    pub(crate) title: String,
    /// What it becomes.
    pub(crate) kind: ItemKind,
}

/// The longest title a passage is given.
const TITLE_MAX: usize = 120;

/// The pane's text. `lit` is the item whose quote is lit.
#[component]
pub(crate) fn SourceText(
    text: Rc<str>,
    quotes: Vec<Quote>,
    language: Option<String>,
    lit: Option<String>,
    /// The pointer went over an item's quote, or off it.
    on_hover: EventHandler<Option<String>>,
    /// A quote or its number was chosen.
    on_choose: EventHandler<String>,
    /// A passage is to become an item; without it nothing can be made here.
    on_make: Option<EventHandler<Passage>>,
    /// Counts how often the next (positive) or the previous sentence was asked for.
    #[props(default)]
    sentence: i32,
    /// Counts how often a task was asked for by keyboard.
    #[props(default)]
    make: u32,
) -> Element {
    let marks: Vec<Mark> = quotes
        .iter()
        .enumerate()
        .map(|(item, quote)| Mark {
            item,
            start: quote.start,
            end: quote.end,
        })
        .collect();
    let cut = {
        let text = text.clone();
        use_memo(use_reactive!(|(text, marks)| Rc::new(source::cut(&text, &marks))))
    };
    let picked = use_picked(text.clone());
    use_sentences(cut, sentence, picked);
    let make_passage = {
        let text = text.clone();
        move |kind: ItemKind| {
            if let (Some((start, end)), Some(on_make)) = (picked(), on_make) {
                browser::deselect();
                on_make.call(Passage {
                    start,
                    end,
                    title: selection::title(&text, start, end, TITLE_MAX),
                    kind,
                });
            }
        }
    };
    {
        let make_passage = make_passage.clone();
        let mut seen = use_hook(|| CopyValue::new(make));
        use_effect(use_reactive!(|(make)| {
            if seen() != make {
                seen.set(make);
                make_passage(ItemKind::Task);
            }
        }));
    }
    let cut = cut();
    let show = Shown {
        quotes: &quotes,
        lit: lit.as_deref(),
        on_hover,
        on_choose,
    };
    rsx! {
        article { class: "source", id: "source-text",
            if !cut.headers.is_empty() {
                dl { class: "mail",
                    for header in &cut.headers {
                        dt { {header.name.clone()} }
                        dd { {show.runs(&header.runs)} }
                    }
                }
            }
            div { class: "source-text", lang: language,
                for block in &cut.blocks {
                    if block.depth == 0 {
                        p { {show.runs(&block.runs)} }
                    } else {
                        blockquote { class: "reply", "data-depth": "{block.depth}", {show.runs(&block.runs)} }
                    }
                }
            }
        }
        if let (Some((start, end)), true) = (picked(), on_make.is_some()) {
            // Pressing a button here must not take the selection away before it is read.
            div { class: "pick", role: "toolbar", "aria-label": "Selected text", onmousedown: |event| event.prevent_default(),
                q { class: "trunc", {selection::title(&text, start, end, 48)} }
                button { class: "btn", "data-variant": "primary", r#type: "button",
                    onclick: { let make_passage = make_passage.clone(); move |_| make_passage(ItemKind::Task) },
                    "Make task"
                    kbd { class: "kbd", "t" }
                }
                button { class: "btn", r#type: "button",
                    onclick: { let make_passage = make_passage.clone(); move |_| make_passage(ItemKind::Question) },
                    "Question"
                }
            }
        }
    }
}

/// The selected passage, trimmed; follows the browser's selection.
fn use_picked(text: Rc<str>) -> Signal<Option<(usize, usize)>> {
    let mut picked = use_signal(|| None);
    let mut current = use_hook(|| CopyValue::new(text.clone()));
    current.set(text);
    use_hook(|| {
        let scope = dioxus::core::current_scope_id();
        let runtime = dioxus::core::Runtime::current();
        let document = platform::document()?;
        Some(Rc::new(platform::Listener::new(
            EventTarget::from(document),
            "selectionchange",
            move |_| {
                runtime.in_scope(scope, || {
                    let found = browser::selected()
                        .and_then(|(start, end)| selection::trim(&current.read(), start, end));
                    if *picked.peek() != found {
                        picked.set(found);
                    }
                });
            },
        )))
    });
    picked
}

/// Selects the next or the previous sentence each time `count` grows or shrinks.
fn use_sentences(cut: Memo<Rc<Source>>, count: i32, picked: Signal<Option<(usize, usize)>>) {
    let mut seen = use_hook(|| CopyValue::new(count));
    use_effect(use_reactive!(|(count)| {
        let forward = count > seen();
        if count == seen() {
            return;
        }
        seen.set(count);
        let sentences = source::sentences(&cut.peek());
        let at = picked
            .peek()
            .and_then(|(start, _)| sentences.iter().position(|&(_, end)| start < end));
        let next = match (at, forward) {
            (None, true) => 0,
            (None, false) => sentences.len().saturating_sub(1),
            (Some(at), true) => (at + 1).min(sentences.len().saturating_sub(1)),
            (Some(at), false) => at.saturating_sub(1),
        };
        if let Some(&(start, end)) = sentences.get(next) {
            browser::select(start, end);
        }
    }));
}

/// How runs are shown.
struct Shown<'a> {
    quotes: &'a [Quote],
    lit: Option<&'a str>,
    on_hover: EventHandler<Option<String>>,
    on_choose: EventHandler<String>,
}

impl Shown<'_> {
    fn runs(&self, runs: &[Run]) -> Element {
        rsx! {
            for run in runs {
                {self.run(run)}
                for &item in &run.ends {
                    {self.number(item)}
                }
                match run.after {
                    Join::Nothing => rsx! {},
                    Join::Space => rsx! { " " },
                    Join::Break => rsx! { br {} },
                }
            }
        }
    }

    fn run(&self, run: &Run) -> Element {
        let Some(quote) = self.front(run) else {
            return rsx! { span { "data-at": "{run.start}", {run.text.clone()} } };
        };
        let (on_hover, on_choose) = (self.on_hover, self.on_choose);
        let (over, chosen) = (quote.item.clone(), quote.item.clone());
        rsx! {
            mark {
                class: "quote",
                "data-at": "{run.start}",
                "data-item": quote.item.clone(),
                "data-state": quote.state,
                "data-lit": self.is_lit(quote).then_some(""),
                onmouseenter: move |_| on_hover.call(Some(over.clone())),
                onmouseleave: move |_| on_hover.call(None),
                onclick: move |_| {
                    // A click that ends a selection is not a choice.
                    if browser::selected().is_none() {
                        on_choose.call(chosen.clone());
                    }
                },
                {run.text.clone()}
            }
        }
    }

    fn number(&self, item: usize) -> Element {
        let Some(quote) = self.quotes.get(item) else {
            return rsx! {};
        };
        let on_choose = self.on_choose;
        let chosen = quote.item.clone();
        rsx! {
            a {
                class: "quote-n",
                href: "#item-{quote.item}",
                "aria-label": "item {quote.number}, {quote.state}",
                "data-state": quote.state,
                "data-lit": self.is_lit(quote).then_some(""),
                onclick: move |event| {
                    event.prevent_default();
                    on_choose.call(chosen.clone());
                },
                "{quote.number}"
            }
        }
    }

    /// Of quotes laid over each other: the lit one, else one that is open, else the first.
    fn front(&self, run: &Run) -> Option<&Quote> {
        let all = || run.items.iter().filter_map(|&item| self.quotes.get(item));
        all()
            .find(|quote| self.is_lit(quote))
            .or_else(|| all().find(|quote| quote.state == "open"))
            .or_else(|| all().next())
    }

    fn is_lit(&self, quote: &Quote) -> bool {
        self.lit == Some(quote.item.as_str())
    }
}
