//! AI: who reads texts, what it costs, what is left, and what people made of the proposals.

mod query;

use std::rc::Rc;

use dioxus::prelude::*;

use self::query::{Ai, Feedback, Spend};
use super::{Section, is_owner};
use crate::{
    app::use_title,
    fmt::{intl, money},
    gql::{
        Load, Query,
        types::{Engine, NodeKind},
        use_fetch,
    },
    session,
    ui::prelude::*,
};

#[component]
pub(crate) fn SettingsAi() -> Element {
    use_title("AI · Settings");
    let query = use_fetch(
        session::workspace_id().inner().to_owned(),
        &[NodeKind::Workspace, NodeKind::Job],
        query::ai,
    );
    match query.load() {
        Load::Wait => rsx! { Skeleton { lines: 8 } },
        Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
        Load::Ready(ai) => rsx! {
            Readers { ai: ai.clone() }
            Limits { ai: ai.clone() }
            Examples { ai: ai.clone(), query }
            Report { ai }
        },
    }
}

/// Who reads texts, by its honest name.
#[component]
fn Readers(ai: Rc<Ai>) -> Element {
    let help = "Texts are read on this server or by the model named here, and by nobody else.".to_owned();
    rsx! {
        Section { title: "Who reads", help,
            if ai.ai_models.is_empty() {
                p { class: "help", "The worker has not said yet which models there are. Texts wait until it runs." }
            }
            ul { class: "ai-models",
                for model in ai.ai_models.iter() {
                    li { key: "{model.name}",
                        Icon { glyph: if model.engine == Engine::Model { Glyph::Review } else { Glyph::Rules } }
                        span { strong { {model.label.clone()} } " at {model.provider}" }
                        for use_case in model.default_for.iter().copied() {
                            span { key: "{use_case:?}", class: "badge", {use_case.word()} }
                        }
                    }
                }
            }
            if !ai.ai_budget.ai_enabled {
                Banner { glyph: Glyph::Alert, tone: Tone::Warn,
                    "An administrator has switched AI models off. Texts that would go to one wait for you under Review; the built-in rules go on."
                }
            }
        }
    }
}

/// What is left, and what was spent this month.
#[component]
fn Limits(ai: Rc<Ai>) -> Element {
    let budget = &ai.ai_budget;
    let taken = budget.limit_micro_usd - budget.left_micro_usd;
    let left = money::usd(budget.left_micro_usd);
    let limit = money::usd(budget.limit_micro_usd);
    let help =
        "Reserved before a model is asked, charged when a suggestion comes of it. Failures cost you nothing.";
    let spent = by_use_case(&ai.ai_spend);
    rsx! {
        Section { title: "This month", help: help.to_owned(),
            div { class: "ai-limit",
                p { strong { class: "num", {left.clone()} } " of {limit} left" }
                Meter { value: permille(taken, budget.limit_micro_usd), max: 1000, label: "{left} of {limit} left" }
                p { class: "help num",
                    {money::usd(budget.spent_micro_usd)} " charged, "
                    {money::usd(budget.reserved_micro_usd)} " reserved for what is being read. Whole again on "
                    {intl::moment(&budget.resets_at.0)} "."
                }
            }
            div { class: "ai-limit",
                p { strong { class: "num", {(budget.jobs_per_day - budget.jobs_today).max(0).to_string()} } " of {budget.jobs_per_day} texts left today" }
                Meter { value: budget.jobs_today, max: budget.jobs_per_day.max(1), label: "{budget.jobs_today} of {budget.jobs_per_day} texts read today" }
            }
            if spent.is_empty() {
                p { class: "help", "Nothing was charged this month." }
            } else {
                div { class: "table-wrap", tabindex: "0", role: "region", aria_label: "Charged this month",
                    table { class: "table", "data-stack": "",
                        thead { tr { th { scope: "col", "For" } th { scope: "col", "Model" } th { scope: "col", class: "r", "Texts" } th { scope: "col", class: "r", "Charged" } } }
                        tbody {
                            for row in spent {
                                tr { key: "{row.use_case:?} {row.model}",
                                    td { {row.use_case.word()} }
                                    td { {row.model} }
                                    td { class: "r num", "{row.calls}" }
                                    td { class: "r num", {money::usd(row.cost_micro_usd)} }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether what was accepted is shown to the model.
#[component]
fn Examples(ai: Rc<Ai>, query: Query<Ai>) -> Element {
    let mut busy = use_signal(|| false);
    let settings = ai.ai_settings.clone();
    let owner = is_owner();
    rsx! {
        Section { title: "Examples", help: if owner { "Off unless you say so." } else { "Only the workspace’s owner can change it." },
            Switch { checked: settings.use_examples, disabled: !owner || busy(), label: "Show the model what was accepted before",
                onchange: move |on| {
                    let mut query = query;
                    busy.set(true);
                    spawn(async move {
                        match query::use_examples(session::workspace_id(), settings.version, on).await {
                            Ok(saved) => query.patch(|ai| ai.ai_settings = saved),
                            Err(error) => {
                                toast::failed("It was not switched.", &error);
                                query.refetch();
                            }
                        }
                        busy.set(false);
                    });
                },
            }
            p { class: "help", "Up to six short passages with the titles you accepted go along with each text, and up to three replies or updates of yours with the next draft, from any of this workspace’s projects. What is proposed comes out more like yours; the model’s provider sees those texts." }
        }
    }
}

/// What people made of the proposals.
#[component]
fn Report(ai: Rc<Ai>) -> Element {
    rsx! {
        Section { title: "What became of it", help: "By version of the prompt or of the rules, newest first. What you add by hand does not count. A reply counts as accepted when you changed it, an update when you published it.",
            if ai.ai_feedback.is_empty() {
                p { class: "help", "Nothing has been proposed yet." }
            } else {
                div { class: "table-wrap ai-report", tabindex: "0", role: "region", aria_label: "What became of proposals",
                    table { class: "table", "data-stack": "",
                        colgroup { col {} col { class: "c-n" } col { class: "c-n" } col { class: "c-n" } col { class: "c-why" } }
                        thead { tr { th { scope: "col", "By" } th { scope: "col", class: "r", "Proposed" } th { scope: "col", class: "r", "Accepted" } th { scope: "col", class: "r", "Edited" } th { scope: "col", "Rejected because" } } }
                        tbody {
                            for (at , row) in ai.ai_feedback.iter().enumerate() {
                                tr { key: "{at}",
                                    td { {row.use_case.word()} ", " {made_by(row)} }
                                    td { class: "r num", "{row.items}" }
                                    td { class: "r num", {accepted(row)} }
                                    td { class: "r num", {edited(row)} }
                                    td { {reasons(row)} }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn made_by(row: &Feedback) -> String {
    let version = row.prompt_version.clone().unwrap_or_default();
    match &row.model {
        Some(model) => [model.as_str(), ", ", &version].concat(),
        None => version,
    }
}

/// `12 (80 %)`.
fn accepted(row: &Feedback) -> String {
    match row.acceptance_rate {
        Some(rate) => [row.accepted.to_string(), percent(rate)].concat(),
        None => row.accepted.to_string(),
    }
}

/// How many were edited, and by how much titles changed on average.
fn edited(row: &Feedback) -> String {
    match row.edit_distance.filter(|_| row.edited > 0) {
        Some(distance) => [row.edited.to_string(), percent(distance)].concat(),
        None => row.edited.to_string(),
    }
}

fn percent(share: f64) -> String {
    [" (", &(share * 100.0).round().to_string(), " %)"].concat()
}

fn reasons(row: &Feedback) -> String {
    let mut said: Vec<String> = row
        .reject_reasons
        .iter()
        .map(|reason| {
            [
                reason.count.to_string(),
                " ".to_owned(),
                reason.reason.word().to_lowercase(),
            ]
            .concat()
        })
        .collect();
    let unsaid = row.rejected - row.reject_reasons.iter().map(|reason| reason.count).sum::<i32>();
    if unsaid > 0 {
        said.push([unsaid.to_string(), " without a reason".to_owned()].concat());
    }
    if said.is_empty() {
        "–".to_owned()
    } else {
        said.join(", ")
    }
}

/// The days of a month as one row for each use case and model, dearest first.
fn by_use_case(days: &[Spend]) -> Vec<Spend> {
    let mut rows: Vec<Spend> = Vec::new();
    for day in days {
        let same = |row: &&mut Spend| (row.use_case, &row.model) == (day.use_case, &day.model);
        match rows.iter_mut().find(same) {
            Some(row) => {
                row.calls += day.calls;
                row.cost_micro_usd += day.cost_micro_usd;
            }
            None => rows.push(day.clone()),
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.cost_micro_usd));
    rows
}

/// Thousandths, for a meter.
fn permille(part: i64, whole: i64) -> i32 {
    i32::try_from(part.saturating_mul(1000) / whole.max(1)).unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gql::types::UseCase;

    fn spend(model: &str, calls: i32, cost_micro_usd: i64) -> Spend {
        Spend {
            use_case: UseCase::Plan,
            model: model.to_owned(),
            calls,
            cost_micro_usd,
        }
    }

    #[test]
    fn days_add_up_by_model() {
        let rows = by_use_case(&[spend("a", 1, 10), spend("b", 1, 50), spend("a", 2, 20)]);
        assert_eq!(rows, [spend("b", 1, 50), spend("a", 3, 30)]);
    }

    #[test]
    fn a_limit_of_nothing_is_used_up_by_nothing() {
        assert_eq!(
            (permille(0, 0), permille(5, 10), permille(i64::MAX, 1)),
            (0, 500, 1000)
        );
    }
}
