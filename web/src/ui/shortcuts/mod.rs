//! The list of shortcuts that `?` opens.

use dioxus::prelude::*;

use super::{
    dialog::{Dialog, DialogSize},
    shell::{HELP, WRITING},
};
use crate::{session, shortcut};

/// What can be pressed now, by group.
#[component]
pub(crate) fn ShortcutList() -> Element {
    let all = use_hook(|| {
        let mut all = shortcut::all();
        all.retain(|shortcut| session::may_write() || !WRITING.contains(&shortcut.keys));
        all
    });
    let mut groups: Vec<&'static str> = Vec::new();
    for shortcut in &all {
        if !groups.contains(&shortcut.group) {
            groups.push(shortcut.group);
        }
    }
    rsx! {
        Dialog { title: "Shortcuts", size: DialogSize::Large, onclose: move |()| *HELP.write() = false,
            div { class: "keys",
                for group in groups {
                    section { key: "{group}",
                        h3 { class: "keys-h", {group} }
                        dl {
                            for shortcut in all.iter().filter(|shortcut| shortcut.group == group) {
                                div { key: "{shortcut.keys}",
                                    dt { {shortcut.label} }
                                    dd {
                                        for (at, part) in shortcut.keys.split([' ', '+']).enumerate() {
                                            kbd { key: "{at}", class: "kbd", {name(part)} }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A key as it is written on the keyboard.
fn name(key: &str) -> &str {
    match key {
        "ArrowUp" => "↑",
        "ArrowDown" => "↓",
        "ArrowLeft" => "←",
        "ArrowRight" => "→",
        "Enter" => "↵",
        "Escape" => "Esc",
        "Backspace" => "⌫",
        other => other,
    }
}
