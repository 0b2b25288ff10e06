//! The command palette: go anywhere, do anything, find clients, projects and tasks.

mod query;

use dioxus::{prelude::*, web::WebEventExt};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;

use super::{
    kbd::Kbd,
    prelude::{Avatar, AvatarShape, Glyph, Icon, Status, Swatch},
    shell::{HELP, PALETTE, paste_params, toggle_theme},
};
use crate::{
    gql::{
        Query,
        types::{Hue, TaskStatus},
        use_fetch,
    },
    page::task::{Draft, NEW_TASK},
    platform,
    route::{Params, Route},
    session,
};

/// What stands before a row.
#[derive(Clone, PartialEq)]
enum Mark {
    Glyph(Glyph),
    Project(Hue),
    Client(String, Hue),
    Task(TaskStatus),
}

/// What choosing a row does.
#[derive(Clone, PartialEq)]
enum Act {
    Go(Route),
    NewTask(String),
    NewProject(String),
    NewClient(String),
    Theme,
    Help,
    SignOut,
}

#[derive(Clone, PartialEq)]
struct Row {
    group: &'static str,
    mark: Mark,
    label: String,
    path: String,
    kbd: Option<&'static str>,
    act: Act,
}

fn row(
    group: &'static str,
    glyph: Glyph,
    label: impl Into<String>,
    kbd: Option<&'static str>,
    act: Act,
) -> Row {
    Row {
        group,
        mark: Mark::Glyph(glyph),
        label: label.into(),
        path: String::new(),
        kbd,
        act,
    }
}

/// Commands whose words hold what was typed, then what was found.
fn rows(typed: &str, here: &Route, found: &[Row]) -> Vec<Row> {
    let typed = typed.trim();
    let lower = typed.to_lowercase();
    let go = |glyph, label: &'static str, kbd, to| row("Go to", glyph, label, kbd, Act::Go(to));
    let named = |what: &str| {
        if typed.is_empty() {
            what.to_owned()
        } else {
            [what, ": ", typed].concat()
        }
    };
    let mut all = vec![
        go(
            Glyph::Today,
            "Today",
            Some("g t"),
            Route::Today {
                params: Params::default(),
            },
        ),
        go(Glyph::Review, "Review", Some("g r"), Route::Reviews {}),
        go(
            Glyph::Clients,
            "Clients",
            Some("g c"),
            Route::Clients {
                params: Params::default(),
            },
        ),
        go(
            Glyph::Projects,
            "Projects",
            Some("g p"),
            Route::Projects {
                params: Params::default(),
            },
        ),
        go(
            Glyph::Settings,
            "Settings",
            Some("g s"),
            Route::SettingsProfile {},
        ),
    ];
    if session::is_administrator() {
        all.push(go(Glyph::Shield, "Admin", Some("g a"), Route::AdminOverview {}));
    }
    let paste = row(
        "Commands",
        Glyph::Paste,
        "Paste a text",
        Some("b"),
        Act::Go(Route::Paste {
            params: paste_params(here),
        }),
    );
    let mut commands = vec![
        row(
            "Commands",
            Glyph::Moon,
            "Switch between light and dark",
            None,
            Act::Theme,
        ),
        row(
            "Commands",
            Glyph::Help,
            "Keyboard shortcuts",
            Some("?"),
            Act::Help,
        ),
        row("Commands", Glyph::Out, "Sign out", None, Act::SignOut),
    ];
    if session::may_write() {
        commands.insert(0, paste);
    }
    if !lower.is_empty() {
        all.retain(|row| row.label.to_lowercase().contains(&lower));
        commands.retain(|row| row.label.to_lowercase().contains(&lower));
    }
    // Making something named as typed is always possible.
    if session::may_write() {
        commands.insert(
            0,
            row(
                "Commands",
                Glyph::Plus,
                named("New task"),
                Some("c"),
                Act::NewTask(typed.to_owned()),
            ),
        );
        commands.insert(
            1,
            row(
                "Commands",
                Glyph::Plus,
                named("New project"),
                None,
                Act::NewProject(typed.to_owned()),
            ),
        );
        commands.insert(
            2,
            row(
                "Commands",
                Glyph::Plus,
                named("New client"),
                None,
                Act::NewClient(typed.to_owned()),
            ),
        );
    }
    if lower.is_empty() {
        all.extend(commands);
    } else {
        all.extend(found.iter().cloned());
        all.extend(commands);
    }
    all
}

#[component]
pub(crate) fn Palette() -> Element {
    let navigator = use_navigator();
    let here = use_route::<Route>();
    let before = use_hook(|| CopyValue::new(platform::focused()));
    let mut typed = use_signal(String::new);
    // What is searched for follows the typing after a short rest.
    let mut sought = use_signal(String::new);
    let mut at = use_signal(|| 0_usize);
    let found: Query<Vec<Row>> = use_fetch(sought(), &[], |text| async move { query::find(&text).await });
    let known = found.get();
    let rows = rows(&typed.read(), &here, known.as_deref().map_or(&[], Vec::as_slice));
    let count = rows.len();
    let selected = at().min(count.saturating_sub(1));
    use_drop(move || {
        if let Some(element) = before
            .read()
            .clone()
            .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        {
            let _ = element.focus();
        }
    });
    let close = move || *PALETTE.write() = false;
    let choose = move |row: Row| {
        close();
        match row.act {
            Act::Go(to) => {
                navigator.push(to);
            }
            Act::NewTask(title) => {
                *NEW_TASK.write() = Some(Draft {
                    title,
                    ..Draft::here(&router().current::<Route>())
                });
            }
            Act::NewProject(name) => {
                navigator.push(Route::Projects {
                    params: Params::of("new", if name.is_empty() { "-" } else { &name }),
                });
            }
            Act::NewClient(name) => {
                navigator.push(Route::Clients {
                    params: Params::of("new", if name.is_empty() { "-" } else { &name }),
                });
            }
            Act::Theme => toggle_theme(),
            Act::Help => *HELP.write() = true,
            Act::SignOut => {
                dioxus::core::spawn_forever(session::sign_out());
            }
        }
    };
    let list = rows.clone();
    let mut group = "";
    let lines: Vec<(bool, usize, Row)> = rows
        .into_iter()
        .enumerate()
        .map(|(index, row)| {
            let head = row.group != group;
            group = row.group;
            (head, index, row)
        })
        .collect();
    rsx! {
        dialog {
            class: "palette",
            aria_label: "Search and commands",
            onmounted: move |event: MountedEvent| {
                if let Some(dialog) = event.try_as_web_event().and_then(|element| element.dyn_into::<web_sys::HtmlDialogElement>().ok()) {
                    let _ = dialog.show_modal();
                    platform::focus(".palette input");
                }
            },
            onmousedown: move |event| {
                let target = event.as_web_event().target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                if target.is_some_and(|element| element.tag_name() == "DIALOG") {
                    close();
                }
            },
            onkeydown: move |event| {
                let step: i32 = match event.key() {
                    Key::ArrowDown => 1,
                    Key::ArrowUp => -1,
                    Key::Escape => { event.prevent_default(); close(); return; }
                    Key::Enter => {
                        event.prevent_default();
                        if let Some(row) = list.get(selected) {
                            choose(row.clone());
                        }
                        return;
                    }
                    _ => return,
                };
                event.prevent_default();
                let next = if step > 0 { (selected + 1) % count.max(1) } else { (selected + count.max(1) - 1) % count.max(1) };
                at.set(next);
                if let Some(element) = platform::document().and_then(|document| document.get_element_by_id(&format!("pal-{next}"))) {
                    let options = web_sys::ScrollIntoViewOptions::new();
                    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                    element.scroll_into_view_with_scroll_into_view_options(&options);
                }
            },
            div { class: "pal-in",
                Icon { glyph: Glyph::Search }
                input {
                    r#type: "text",
                    role: "combobox",
                    aria_expanded: "true",
                    aria_controls: "pal-list",
                    aria_activedescendant: "pal-{selected}",
                    aria_label: "Search and commands",
                    aria_autocomplete: "list",
                    placeholder: "Search or do…",
                    autocomplete: "off",
                    spellcheck: "false",
                    maxlength: "100",
                    value: typed,
                    oninput: move |event| {
                        typed.set(event.value());
                        at.set(0);
                        spawn(async move {
                            let text = typed.peek().clone();
                            TimeoutFuture::new(150).await;
                            if *typed.peek() == text {
                                sought.set(text.trim().to_owned());
                            }
                        });
                    },
                }
            }
            div { class: "pal-list", id: "pal-list", role: "listbox", aria_label: "Results",
                for (head, index, row) in lines {
                    div { key: "{index}", role: "presentation",
                        if head { div { class: "pal-h", role: "presentation", {row.group} } }
                        div {
                            class: "pal-row",
                            id: "pal-{index}",
                            role: "option",
                            aria_selected: if index == selected { "true" } else { "false" },
                            onpointermove: move |_| if *at.peek() != index { at.set(index) },
                            onclick: { let row = row.clone(); move |_| choose(row.clone()) },
                            match row.mark {
                                Mark::Glyph(glyph) => rsx! { Icon { glyph } },
                                Mark::Project(hue) => rsx! { Swatch { hue } },
                                Mark::Client(ref name, hue) => rsx! { Avatar { name: name.clone(), hue, shape: AvatarShape::Client, decorative: true } },
                                Mark::Task(status) => rsx! { Status { status } },
                            }
                            span { class: "trunc", "{row.label}" }
                            if let Some(keys) = row.kbd { Kbd { keys } } else { span { class: "path trunc", "{row.path}" } }
                        }
                    }
                }
            }
            div { class: "pal-foot hints", aria_hidden: "true",
                span { kbd { class: "kbd", "↑" } kbd { class: "kbd", "↓" } " move" }
                span { kbd { class: "kbd", "↵" } " open" }
                span { kbd { class: "kbd", "Esc" } " close" }
            }
        }
    }
}
