//! Keyboard shortcuts: a registry that pages add to while they are shown, and that `?` lists.

use std::{cell::RefCell, rc::Rc};

use dioxus::prelude::*;
use wasm_bindgen::JsCast;

use crate::platform::{self, Listener};

/// One shortcut.
#[derive(Clone)]
pub(crate) struct Shortcut {
    /// Keys in order, divided by spaces: `c`, `g t`, `?`, `Alt+ArrowUp`. Letters mean themselves, capitals need Shift.
    pub(crate) keys: &'static str,
    /// What it does, for the list.
    pub(crate) label: &'static str,
    /// Where it stands in the list.
    pub(crate) group: &'static str,
    action: Callback<()>,
}

struct Registry {
    all: Vec<(u32, Shortcut)>,
    last: u32,
    /// Keys typed so far of a sequence, and when.
    typed: String,
    typed_at: f64,
}

thread_local! {
    static REGISTRY: RefCell<Registry> = const {
        RefCell::new(Registry { all: Vec::new(), last: 0, typed: String::new(), typed_at: 0.0 })
    };
}

/// Takes its shortcuts away when dropped.
struct Registered(u32);

impl Drop for Registered {
    fn drop(&mut self) {
        let _ = REGISTRY.try_with(|registry| {
            registry
                .try_borrow_mut()
                .map(|mut registry| registry.all.retain(|(owner, _)| *owner != self.0))
        });
    }
}

/// Adds shortcuts while the component is shown; later ones win over earlier ones with the same keys.
pub(crate) fn use_shortcuts(
    group: &'static str,
    list: &'static [(&'static str, &'static str)],
    action: impl FnMut(&'static str) + 'static,
) {
    let run = use_callback({
        let mut action = action;
        move |keys: &'static str| action(keys)
    });
    use_hook(|| {
        let owner = REGISTRY.with_borrow_mut(|registry| {
            registry.last += 1;
            registry.last
        });
        for (keys, label) in list {
            let action = Callback::new(move |()| run.call(keys));
            REGISTRY.with_borrow_mut(|registry| {
                registry.all.push((
                    owner,
                    Shortcut {
                        keys,
                        label,
                        group,
                        action,
                    },
                ));
            });
        }
        Rc::new(Registered(owner))
    });
}

/// Everything that can be pressed now, for the list.
pub(crate) fn all() -> Vec<Shortcut> {
    REGISTRY.with_borrow(|registry| {
        registry
            .all
            .iter()
            .map(|(_, shortcut)| shortcut.clone())
            .collect()
    })
}

/// Listens on the document. Keys typed into fields stay theirs; in dialogs nothing else is reached.
pub(crate) fn install() -> Option<Listener> {
    let document = platform::document()?;
    Some(Listener::new(document, "keydown", |event| {
        let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() else {
            return;
        };
        if event.default_prevented() || key.is_composing() {
            return;
        }
        let palette =
            (key.ctrl_key() || key.meta_key()) && !key.alt_key() && key.key().eq_ignore_ascii_case("k");
        if !palette && (busy(&event) || key.ctrl_key() || key.meta_key()) {
            return;
        }
        let name = match key.key().as_str() {
            _ if palette => "Ctrl+k".to_owned(),
            "Shift" | "Alt" | "Control" | "Meta" | "AltGraph" => return,
            other if key.alt_key() => ["Alt+", other].concat(),
            other => other.to_owned(),
        };
        if let Some(action) = press(&name, event.time_stamp()) {
            event.prevent_default();
            action.call(());
        }
    }))
}

/// Whether the key belongs to a field, or a dialog covers the page.
fn busy(event: &web_sys::Event) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let typing = target.is_some_and(|element| {
        element
            .closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")
            .ok()
            .flatten()
            .is_some()
    });
    typing
        || platform::document()
            .and_then(|document| document.query_selector("dialog[open]").ok().flatten())
            .is_some()
}

/// Notes one key; gives back what it completes.
fn press(key: &str, at: f64) -> Option<Callback<()>> {
    /// How long a sequence may pause.
    const SEQUENCE_MILLIS: f64 = 1_000.0;
    REGISTRY.with_borrow_mut(|registry| {
        let fresh = at - registry.typed_at < SEQUENCE_MILLIS && !registry.typed.is_empty();
        let sequence = if fresh {
            [registry.typed.as_str(), " ", key].concat()
        } else {
            key.to_owned()
        };
        registry.typed_at = at;
        for attempt in [sequence.as_str(), key] {
            if let Some((_, found)) = registry
                .all
                .iter()
                .rev()
                .find(|(_, shortcut)| shortcut.keys == attempt)
            {
                registry.typed.clear();
                return Some(found.action);
            }
        }
        let begins = registry.all.iter().any(|(_, shortcut)| {
            shortcut
                .keys
                .strip_prefix(key)
                .is_some_and(|rest| rest.starts_with(' '))
        });
        registry.typed = if begins { key.to_owned() } else { String::new() };
        None
    })
}

/// `j` and `k` move the focus among the rows that match, `Enter` is then the row's own.
///
/// A row that is no link hands the focus to the first link, button or summary in it.
pub(crate) fn use_rows(selector: &'static str) {
    use_shortcuts("List", &[("j", "Next row"), ("k", "Previous row")], move |keys| {
        step(selector, if keys == "j" { 1 } else { -1 });
    });
}

fn step(selector: &str, by: i32) {
    let Some(rows) = platform::document().and_then(|document| document.query_selector_all(selector).ok())
    else {
        return;
    };
    let rows: Vec<web_sys::Element> = (0..rows.length())
        .filter_map(|at| rows.get(at)?.dyn_into().ok())
        .collect();
    let focused = platform::focused();
    let at = rows.iter().position(|row| {
        focused
            .as_ref()
            .is_some_and(|focused| row.contains(Some(focused)))
    });
    let next = match (at, by) {
        (None, _) => 0,
        (Some(at), 1) => (at + 1).min(rows.len().saturating_sub(1)),
        (Some(at), _) => at.saturating_sub(1),
    };
    let Some(row) = rows.get(next) else { return };
    let target = row
        .query_selector("a.row-link, a, button, summary")
        .ok()
        .flatten()
        .unwrap_or_else(|| row.clone());
    if let Ok(target) = target.dyn_into::<web_sys::HtmlElement>() {
        let _ = target.focus();
    }
}
