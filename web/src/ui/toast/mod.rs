//! Toasts: what just happened, with undo. Announced to screen readers.

use dioxus::prelude::*;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;

use super::{
    badge::Tone,
    btn::{Btn, BtnSize, Variant},
    icon::{Glyph, Icon},
    icon_btn::IconBtn,
    kbd::Kbd,
};
use crate::{gql::Error, platform, shortcut::use_shortcuts};

/// How long a toast stays; one that can be undone stays longer.
const STAY_MILLIS: u32 = 5_000;
const STAY_UNDO_MILLIS: u32 = 10_000;

static TOASTS: GlobalSignal<Vec<Toast>> = Signal::global(Vec::new);
static LAST: GlobalSignal<u32> = Signal::global(|| 0);

#[derive(Clone, PartialEq)]
struct Toast {
    id: u32,
    tone: Tone,
    glyph: Glyph,
    text: String,
    action: Option<(&'static str, Callback<()>)>,
    /// Where only the newest counts: a new one takes the place of the one before.
    slot: Option<&'static str>,
}

fn push(tone: Tone, glyph: Glyph, text: String, action: Option<(&'static str, Callback<()>)>) {
    let id = *LAST.peek() + 1;
    *LAST.write() = id;
    let mut toasts = TOASTS.write();
    // Three at most: older news is no news.
    if toasts.len() >= 3 {
        toasts.remove(0);
    }
    toasts.push(Toast {
        id,
        tone,
        glyph,
        text,
        action,
        slot: None,
    });
}

/// Says that something was done.
pub(crate) fn done(text: impl Into<String>) {
    push(Tone::Ok, Glyph::Check, text.into(), None);
}

/// Says that something was done, and takes it back when asked.
///
/// `undo` must not belong to a component that may be gone by then: it is given the app's own scope.
pub(crate) fn undoable(text: impl Into<String>, undo: impl FnMut() + 'static) {
    let mut undo = undo;
    let action = crate::app::in_app(|| Callback::new(move |()| undo()));
    push(
        Tone::Neutral,
        Glyph::Undo,
        text.into(),
        action.map(|action| ("Undo", action)),
    );
}

/// Like [`undoable`], for decisions that follow each other quickly: only the newest of a `slot` is shown.
pub(crate) fn undoable_in(slot: &'static str, text: impl Into<String>, undo: impl FnMut() + 'static) {
    clear(slot);
    undoable(text, undo);
    if let Some(newest) = TOASTS.write().last_mut() {
        newest.slot = Some(slot);
    }
}

/// Takes the toast of a slot away: what it spoke of was undone by other means.
pub(crate) fn clear(slot: &'static str) {
    TOASTS.write().retain(|toast| toast.slot != Some(slot));
}

/// Says what did not work, and what to do.
pub(crate) fn failed(what: &str, error: &Error) {
    push(
        Tone::Danger,
        Glyph::Alert,
        [what, " ", &error.message()].concat(),
        None,
    );
}

/// Runs something that may fail, past the life of the page that asked for it.
pub(crate) fn attempt(what: &'static str, work: impl Future<Output = Result<(), Error>> + 'static) {
    dioxus::core::spawn_forever(async move {
        if let Err(error) = work.await {
            failed(what, &error);
        }
    });
}

/// The stack of toasts, at the foot of the window.
#[component]
pub(crate) fn Toaster() -> Element {
    use_shortcuts("Everywhere", &[("z", "Undo the last action")], |_| {
        let last = TOASTS
            .peek()
            .iter()
            .rev()
            .find_map(|toast| Some((toast.id, toast.action?.1)));
        if let Some((id, undo)) = last {
            dismiss(id);
            undo.call(());
        }
    });
    // In front of an open dialog too: the newest popover is the topmost.
    use_effect(|| {
        if TOASTS.read().is_empty() {
            raise(&["hidePopover"]);
        } else {
            raise(&["hidePopover", "showPopover"]);
        }
    });
    rsx! {
        div { class: "toasts", "popover": "manual", role: "status", aria_live: "polite", aria_relevant: "additions",
            for toast in TOASTS.read().iter().cloned() {
                Entry { key: "{toast.id}", toast }
            }
        }
    }
}

/// Calls methods of the popover that holds the toasts, where the browser has them.
fn raise(methods: &[&str]) {
    let Some(stack) =
        platform::document().and_then(|document| document.query_selector(".toasts").ok().flatten())
    else {
        return;
    };
    for method in methods {
        let call = js_sys::Reflect::get(&stack, &(*method).into()).ok();
        if let Some(call) = call.and_then(|call| call.dyn_into::<js_sys::Function>().ok()) {
            // Hiding what is hidden throws, and changes nothing.
            let _ = call.call0(&stack);
        }
    }
}

fn dismiss(id: u32) {
    TOASTS.write().retain(|toast| toast.id != id);
}

#[component]
fn Entry(toast: Toast) -> Element {
    let id = toast.id;
    let mut held = use_signal(|| false);
    let stay = if toast.action.is_some() {
        STAY_UNDO_MILLIS
    } else {
        STAY_MILLIS
    };
    use_future(move || async move {
        TimeoutFuture::new(stay).await;
        // Not while somebody points at it.
        while *held.peek() {
            TimeoutFuture::new(1_000).await;
        }
        dismiss(id);
    });
    rsx! {
        div { class: "toast", "data-tone": toast.tone.attr(), onpointerenter: move |_| held.set(true), onpointerleave: move |_| held.set(false),
            Icon { glyph: toast.glyph }
            span { class: "grow", "{toast.text}" }
            if let Some((label, action)) = toast.action {
                Btn { variant: Variant::Ghost, size: BtnSize::Small, onclick: move |_| { dismiss(id); action.call(()); }, "{label}" Kbd { keys: "z" } }
            }
            IconBtn { glyph: Glyph::X, label: "Dismiss", small: true, onclick: move |_| dismiss(id) }
        }
    }
}
