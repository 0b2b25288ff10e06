//! What administrators did, newest first. Nothing can be changed or removed here.

mod query;

use dioxus::prelude::*;

use crate::{
    app::use_title,
    gql::{Load, use_fetch},
    page::trail::Trail,
    shortcut::use_rows,
    ui::prelude::*,
};

#[component]
pub(crate) fn AdminLog() -> Element {
    use_title("Log · Administration");
    let mut pages = use_signal(|| 1_usize);
    let log = use_fetch(pages(), &[], query::list);
    use_rows(".trail > li");
    rsx! {
        div { class: "page",
            match log.load() {
                Load::Wait => rsx! { SkeletonRows {} },
                Load::Failed(error) => rsx! { Failed { error, title: "The log did not load", retry: move |()| log.refetch() } },
                Load::Ready(list) if list.nodes.is_empty() => rsx! {
                    Empty { glyph: Glyph::History, title: "Nothing yet", text: "What administrators do to accounts, workspaces, jobs and settings is written down here, and stays." }
                },
                Load::Ready(list) => rsx! {
                    Trail { label: "What administrators did", entries: list.nodes.clone() }
                    if list.more { div { class: "more", Btn { onclick: move |_| pages += 1, "Show more" } } }
                },
            }
        }
    }
}
