//! What AI may cost where nothing else was set, and in all.

use dioxus::prelude::*;

use super::query::{self, AdminSettingsUpdateInput, Settings};
use crate::{
    fmt::money,
    gql::{Error, types::Maybe},
    page::admin::input::{dollars, whole},
    ui::prelude::*,
};

#[component]
pub(super) fn Limits(settings: Settings, onsaved: EventHandler<Settings>) -> Element {
    let shown = (
        money::edit_usd(settings.ai_monthly_cost_micro_usd),
        settings.ai_jobs_per_day.to_string(),
        settings
            .ai_total_monthly_cost_micro_usd
            .map_or_else(String::new, money::edit_usd),
    );
    let mut cost = use_signal(|| shown.0.clone());
    let mut jobs = use_signal(|| shown.1.clone());
    let mut total = use_signal(|| shown.2.clone());
    let mut wrong = use_signal(|| [const { None::<String> }; 3]);
    let mut failed = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let version = settings.version;
    let changed = (cost(), jobs(), total()) != shown;
    let save = move |event: FormEvent| {
        event.prevent_default();
        if busy() {
            return;
        }
        let needed = "Type a limit; 0 allows nothing.";
        let each = dollars(&cost.peek()).and_then(|cost| cost.ok_or_else(|| needed.to_owned()));
        let day = whole(&jobs.peek()).and_then(|jobs| jobs.ok_or_else(|| needed.to_owned()));
        let all = dollars(&total.peek());
        wrong.set([each.clone().err(), day.clone().err(), all.clone().err()]);
        let (Ok(each), Ok(day), Ok(all)) = (each, day, all) else {
            return;
        };
        let input = AdminSettingsUpdateInput {
            ai_monthly_cost_micro_usd: Some(each),
            ai_jobs_per_day: Some(day),
            ai_total_monthly_cost_micro_usd: Maybe::Set(all),
            expected_version: Some(version),
            ..AdminSettingsUpdateInput::default()
        };
        busy.set(true);
        failed.set(None);
        spawn(async move {
            match query::update(input).await {
                Ok(now) => {
                    toast::done("The limits are set.");
                    onsaved.call(now);
                }
                Err(error) => failed.set(Some(error)),
            }
            busy.set(false);
        });
    };
    let refused = |field: &str| failed.read().as_ref().and_then(|error| error.field(field));
    let [each, day, all] = wrong();
    let each = each.or_else(|| refused("aiMonthlyCostMicroUsd"));
    let day = day.or_else(|| refused("aiJobsPerDay"));
    let all = all.or_else(|| refused("aiTotalMonthlyCostMicroUsd"));
    let elsewhere = (each.is_none() && day.is_none() && all.is_none())
        .then(|| failed.read().as_ref().map(Error::message))
        .flatten();
    rsx! {
        section { class: "sect",
            div { class: "sect-head", h2 { class: "sect-title", "Limits" } }
            form { class: "ad-limits", novalidate: true, onsubmit: save,
                Field { id: "ai-each", label: "US dollars a month for each workspace", help: "A workspace can have a limit of its own.", error: each.clone(),
                    Input { id: "ai-each", value: cost(), inputmode: "decimal", autocomplete: "off", invalid: each.is_some(), oninput: move |text| cost.set(text) }
                }
                Field { id: "ai-day", label: "Texts a day for each workspace", help: "Counted on days in UTC.", error: day.clone(),
                    Input { id: "ai-day", value: jobs(), inputmode: "numeric", autocomplete: "off", invalid: day.is_some(), oninput: move |text| jobs.set(text) }
                }
                Field { id: "ai-all", label: "US dollars a month in all", help: "Empty: no limit besides those of the workspaces.", error: all.clone(),
                    Input { id: "ai-all", value: total(), inputmode: "decimal", autocomplete: "off", invalid: all.is_some(), oninput: move |text| total.set(text) }
                }
                if let Some(error) = elsewhere { p { class: "error", role: "alert", {error} } }
                div { Btn { kind: BtnKind::Submit, busy: busy(), disabled: !changed, size: BtnSize::Large, "Save the limits" } }
            }
        }
    }
}
