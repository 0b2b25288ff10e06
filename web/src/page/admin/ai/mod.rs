//! What AI did cost by day, workspace and model, what it may cost, and the switch.

mod chart;
mod limits;
pub(super) mod query;
pub(super) mod switch;

use std::rc::Rc;

use dioxus::prelude::*;

use self::{
    chart::{Chart, Numbers, Sums},
    limits::Limits,
    query::{Ai, Settings},
    switch::AiSwitch,
};
use super::use_again;
use crate::{
    app::use_title,
    fmt::{Day, intl, money},
    gql::{Error, Load, use_fetch},
    route::{Params, Route},
    ui::prelude::*,
};

/// How many months back can be looked at.
const MONTHS: i32 = 12;

#[component]
pub(crate) fn AdminAi(params: Params) -> Element {
    use_title("AI · Administration");
    let navigator = use_navigator();
    let today = Day::today();
    let (year, month) = params
        .get("month")
        .and_then(read_month)
        .unwrap_or_else(|| (today.civil().0, today.civil().1));
    let (from, to) = days_of(year, month);
    let workspace = params.get("workspace").map(ToOwned::to_owned);
    let mut query = use_fetch((from, to, workspace.clone()), &[], query::ai);
    use_again(query);
    let go = {
        let params = params.clone();
        move |name: &'static str, value: &str| {
            navigator.replace(Route::AdminAi {
                params: params.with(name, value),
            });
        }
    };
    let (choose, everywhere) = (go.clone(), go);
    let mut put = move |now: Settings| query.patch(|ai| ai.settings = now);
    let switched = move |done: Result<Settings, Error>| match done {
        Ok(now) => put(now),
        Err(_) => query.refetch(),
    };
    rsx! {
        div { class: "toolbar", role: "toolbar", aria_label: "Filters",
            SelectChip { label: "Month", value: params.get("month").unwrap_or_default(), options: months(today), onchange: move |month: String| choose("month", &month) }
            if workspace.is_some() {
                Chip { set: true, icon: Glyph::X, onclick: move |_| everywhere("workspace", ""), "One workspace" }
            }
        }
        div { class: "page",
            match query.load() {
                Load::Wait => rsx! { Skeleton { lines: 6 } },
                Load::Failed(error) => rsx! { Failed { error, title: "The spend did not load", retry: move |()| query.refetch() } },
                Load::Ready(ai) => rsx! {
                    Spend { ai: ai.clone(), from, to, params }
                    AiSwitch { settings: ai.settings.clone(), onchange: switched }
                    // Somebody else's change begins the form anew.
                    for settings in [ai.settings.clone()] {
                        Limits { key: "{settings.version}", settings, onsaved: put }
                    }
                },
            }
        }
    }
}

/// The month's sums: in all, by day, by workspace, by model.
#[component]
fn Spend(ai: Rc<Ai>, from: Day, to: Day, params: Params) -> Element {
    let charged: i64 = ai.days.iter().map(|sum| sum.charged_micro_usd).sum();
    let absorbed: i64 = ai.days.iter().map(|sum| sum.absorbed_micro_usd).sum();
    let calls: i32 = ai.days.iter().map(|sum| sum.calls).sum();
    let budget = &ai.ai_budget;
    rsx! {
        dl { class: "ad-facts",
            div { class: "ad-fact", dt { "Charged to workspaces" } dd { class: "num", {money::usd(charged)} } }
            div { class: "ad-fact", dt { "Lost to calls nothing came of" } dd { class: "num", {money::usd(absorbed)} } }
            div { class: "ad-fact", dt { "Calls" } dd { class: "num", {intl::number(calls)} } }
            div { class: "ad-fact",
                dt { "This month in all" }
                dd { class: "num", {money::usd(budget.spent_micro_usd + budget.reserved_micro_usd)} }
                dd { class: "help num", {left(budget)} }
            }
        }
        if calls == 0 {
            Empty { glyph: Glyph::Coin, title: "No model was asked in this month", text: "What models are asked and what it costs stands here, by day, workspace and model." }
        } else {
            Chart { from, to, sums: ai.days.clone() }
            Sums { title: "By workspace", head: "Workspace", sums: ai.workspaces.clone(),
                for sum in ai.workspaces.iter().cloned() {
                    tr { key: "{sum.workspace_id:?}",
                        td {
                            if let Some(id) = sum.workspace_id.clone() {
                                Link { class: "row-link trunc", title: "This workspace alone", to: Route::AdminAi { params: params.with("workspace", id.inner()) }, {sum.workspace_name.clone().unwrap_or_default()} }
                            }
                        }
                        Numbers { sum }
                    }
                }
            }
            Sums { title: "By model", head: "Model", sums: ai.models.clone(),
                for sum in ai.models.iter().cloned() {
                    tr { key: "{sum.model:?}",
                        td { class: "trunc", {sum.model.clone().unwrap_or_default()} }
                        Numbers { sum }
                    }
                }
            }
        }
    }
}

/// What of the installation's month is left, in a few words.
fn left(budget: &query::Budget) -> String {
    match budget.limit_micro_usd {
        Some(limit) => [
            "of ",
            &money::usd(limit),
            "; whole again ",
            &intl::moment(&budget.resets_at.0),
        ]
        .concat(),
        None => "No limit in all".to_owned(),
    }
}

/// The first and the last day of a month.
fn days_of(year: i32, month: i32) -> (Day, Day) {
    let (next_year, next) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    (
        Day::from_civil(year, month, 1),
        Day::from_civil(next_year, next, 1).plus(-1),
    )
}

/// Reads `2026-11`.
fn read_month(text: &str) -> Option<(i32, i32)> {
    let (year, month, _) = Day::parse(&[text, "-01"].concat())?.civil();
    Some((year, month))
}

/// The months before this one, latest first.
fn months(today: Day) -> Vec<SelectOption> {
    let (year, month, _) = today.civil();
    (1..MONTHS)
        .map(|back| {
            let count = year * 12 + month - 1 - back;
            let first = Day::from_civil(count.div_euclid(12), count.rem_euclid(12) + 1, 1);
            SelectOption::new(&first.iso()[..7], intl::month(first))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{days_of, read_month};
    use crate::fmt::Day;

    #[test]
    fn months_have_their_days() {
        let days = |year, month| {
            let (from, to) = days_of(year, month);
            (from.iso(), to.iso())
        };
        assert_eq!(days(2026, 12), ("2026-12-01".to_owned(), "2026-12-31".to_owned()));
        assert_eq!(days(2024, 2), ("2024-02-01".to_owned(), "2024-02-29".to_owned()));
        assert_eq!(read_month("2026-11"), Some((2026, 11)));
        assert_eq!(
            (read_month("2026-13"), read_month("x"), read_month("2026-11-02")),
            (None, None, None)
        );
        assert_eq!(Day::from_civil(2026, 11, 1).iso(), "2026-11-01");
    }
}
