//! What both audit logs are filtered by: who, what, and from when to when. It lives in the address.

use dioxus::prelude::*;

use super::said;
use crate::{
    fmt::{Day, intl},
    route::Params,
    ui::prelude::*,
};

/// What the filters hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Narrow {
    /// One of the options that the page offers.
    pub(crate) actor: Option<String>,
    /// `noun.verb`.
    pub(crate) action: Option<String>,
    pub(crate) from: Option<Day>,
    pub(crate) to: Option<Day>,
}

impl Narrow {
    /// As it stands in the address.
    pub(crate) fn of(params: &Params) -> Self {
        let text = |name: &str| params.get(name).map(ToOwned::to_owned);
        let day = |name: &str| params.get(name).and_then(Day::parse);
        Self {
            actor: text("actor"),
            action: text("action"),
            from: day("from"),
            to: day("to"),
        }
    }

    /// The moment the first day begins, for this person.
    pub(crate) fn begin(&self) -> Option<String> {
        self.from.map(intl::start_of)
    }

    /// The moment the last day ends, for this person.
    pub(crate) fn end(&self) -> Option<String> {
        self.to.map(|day| intl::start_of(day.plus(1)))
    }
}

/// The filters above a log; `onchange` is told the parameter and its new value.
#[component]
pub(crate) fn Filters(
    narrow: Narrow,
    who: Vec<SelectOption>,
    /// Actions that occur in the log.
    what: Vec<String>,
    onchange: EventHandler<(&'static str, String)>,
) -> Element {
    let actions = what.into_iter().map(|action| {
        let label = said(&action);
        SelectOption::new(action, label)
    });
    let mut actions: Vec<_> = actions.collect();
    actions.sort_by(|one, other| one.label.cmp(&other.label));
    let date = |day: Option<Day>| day.map(Day::iso).unwrap_or_default();
    rsx! {
        div { class: "trail-filters", role: "toolbar", aria_label: "Filters",
            SelectChip { label: "Who", value: narrow.actor.unwrap_or_default(), options: who, onchange: move |id| onchange.call(("actor", id)) }
            SelectChip { label: "What", value: narrow.action.unwrap_or_default(), options: actions, onchange: move |action| onchange.call(("action", action)) }
            label { class: "trail-day", "From"
                DateInput { id: "trail-from", value: narrow.from, onchange: move |day| onchange.call(("from", date(day))) }
            }
            label { class: "trail-day", "To"
                DateInput { id: "trail-to", value: narrow.to, onchange: move |day| onchange.call(("to", date(day))) }
            }
        }
    }
}
