//! What administrators did, newest first: filtered, and never changed or removed.

mod query;

use dioxus::prelude::*;

use self::query::{Offers, Wanted};
use crate::{
    app::use_title,
    gql::{Load, use_fetch},
    page::trail::{
        Trail,
        filters::{Filters, Narrow},
    },
    route::{Params, Route},
    shortcut::use_rows,
    ui::prelude::*,
};

#[component]
pub(crate) fn AdminLog(params: Params) -> Element {
    use_title("Log · Administration");
    let navigator = use_navigator();
    let mut pages = use_signal(|| 1_usize);
    let narrow = Narrow::of(&params);
    let wanted = Wanted {
        narrow: narrow.clone(),
        pages: pages(),
    };
    let log = use_fetch(wanted, &[], query::list);
    let offers = use_fetch((), &[], query::offers);
    let filtered = params != Params::default();
    let to = move |(name, value): (&'static str, String)| {
        navigator.replace(Route::AdminLog {
            params: params.with(name, &value),
        });
    };
    let (who, what) = offers.get().map(|offers| options(&offers)).unwrap_or_default();
    use_rows(".trail > li");
    rsx! {
        div { class: "page",
            Filters { narrow, who, what, onchange: to }
            match log.load() {
                Load::Wait => rsx! { SkeletonRows {} },
                Load::Failed(error) => rsx! { Failed { error, title: "The log did not load", retry: move |()| log.refetch() } },
                Load::Ready(list) if list.nodes.is_empty() && filtered => rsx! {
                    Empty { glyph: Glyph::History, title: "Nothing matches", text: "Administrators did nothing that fits these filters.",
                        LinkBtn { to: Route::AdminLog { params: Params::default() }, "Show everything" }
                    }
                },
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

/// Who and what there is to choose from.
fn options(offers: &Offers) -> (Vec<SelectOption>, Vec<String>) {
    let people = offers
        .event_actors
        .iter()
        .map(|actor| SelectOption::new(actor.id.inner(), actor.email.clone()));
    let command = SelectOption::new(query::COMMAND, query::BY_COMMAND);
    (people.chain([command]).collect(), offers.event_actions.clone())
}
