//! Light, dark, or as the system has it. Kept in this browser; `assets/theme.js` sets it before the first paint.

use dioxus::prelude::*;

use crate::{platform, ui::prelude::*};

/// The chosen theme: empty follows the system.
static THEME: GlobalSignal<String> = Signal::global(|| platform::stored("theme").unwrap_or_default());

fn set(theme: &str) {
    let root = platform::document().and_then(|document| document.document_element());
    if theme.is_empty() {
        platform::unstore("theme");
        let _ = root.map(|root| root.remove_attribute("data-theme"));
    } else {
        platform::store("theme", theme);
        let _ = root.map(|root| root.set_attribute("data-theme", theme));
    }
    *THEME.write() = theme.to_owned();
}

/// Changes between light and dark, from what is shown now.
pub(crate) fn toggle() {
    let dark = match THEME.peek().as_str() {
        "dark" => true,
        "light" => false,
        _ => platform::media("(prefers-color-scheme: dark)"),
    };
    set(if dark { "light" } else { "dark" });
}

/// The choice as a control, for the settings.
#[component]
pub(crate) fn ThemeSeg() -> Element {
    let options = vec![
        SelectOption::new("", "System"),
        SelectOption::new("light", "Light"),
        SelectOption::new("dark", "Dark"),
    ];
    rsx! {
        Seg { name: "theme", label: "Theme", value: THEME.read().clone(), options, onchange: move |value: String| set(&value) }
    }
}

/// The choice as menu items.
#[component]
pub(super) fn ThemeItems() -> Element {
    let now = THEME.read().clone();
    let mark = |theme: &str, glyph| if now == theme { Glyph::Check } else { glyph };
    rsx! {
        MenuItem { glyph: mark("", Glyph::Settings), onclick: move |()| set(""), "Theme of the system" }
        MenuItem { glyph: mark("light", Glyph::Sun), onclick: move |()| set("light"), "Light" }
        MenuItem { glyph: mark("dark", Glyph::Moon), onclick: move |()| set("dark"), "Dark" }
    }
}
