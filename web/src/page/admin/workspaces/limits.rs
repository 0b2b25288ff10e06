//! What one workspace's AI may cost and do, in a dialog with an address of its own.

use dioxus::prelude::*;

use super::query::{self, AdminWorkspaceLimitInput, Defaults, Size};
use crate::{
    fmt::{intl, money},
    gql::{Error, Load, types::Maybe, use_fetch},
    page::admin::input::{dollars, whole},
    ui::prelude::*,
};

#[component]
pub(super) fn Limits(id: String, onclose: EventHandler<()>, onsaved: EventHandler<Size>) -> Element {
    let query = use_fetch(id, &[], query::one);
    rsx! {
        Dialog { title: "AI limits", onclose,
            match query.load() {
                Load::Wait => rsx! { Skeleton { lines: 4 } },
                Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
                Load::Ready(found) => {
                    let (size, defaults) = (*found).clone();
                    rsx! { Form { size, defaults, onclose, onsaved } }
                }
            }
        }
    }
}

#[component]
fn Form(size: Size, defaults: Defaults, onclose: EventHandler<()>, onsaved: EventHandler<Size>) -> Element {
    let limits = size.limits.clone();
    let mut cost = use_signal(|| {
        limits
            .ai_monthly_cost_micro_usd
            .map_or_else(String::new, money::edit_usd)
    });
    let mut jobs = use_signal(|| {
        limits
            .ai_jobs_per_day
            .map_or_else(String::new, |jobs| jobs.to_string())
    });
    let mut wrong = use_signal(|| (None::<String>, None::<String>));
    let mut failed = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let id = size.id.clone();
    let save = move |event: FormEvent| {
        event.prevent_default();
        if busy() {
            return;
        }
        let (money, texts) = (dollars(&cost.peek()), whole(&jobs.peek()));
        wrong.set((money.clone().err(), texts.clone().err()));
        let (Ok(money), Ok(texts)) = (money, texts) else {
            return;
        };
        let input = AdminWorkspaceLimitInput {
            id: id.clone(),
            ai_monthly_cost_micro_usd: Maybe::Set(money),
            ai_jobs_per_day: Maybe::Set(texts),
        };
        busy.set(true);
        failed.set(None);
        spawn(async move {
            match query::limit(input).await {
                Ok(now) => {
                    toast::done(["The limits of ", &now.name, " are set."].concat());
                    onsaved.call(now);
                    onclose.call(());
                }
                Err(error) => {
                    busy.set(false);
                    failed.set(Some(error));
                }
            }
        });
    };
    let refused = |field: &str| failed.read().as_ref().and_then(|error| error.field(field));
    let (wrong_cost, wrong_jobs) = wrong();
    let cost_error = wrong_cost.or_else(|| refused("aiMonthlyCostMicroUsd"));
    let jobs_error = wrong_jobs.or_else(|| refused("aiJobsPerDay"));
    let elsewhere = (cost_error.is_none() && jobs_error.is_none())
        .then(|| failed.read().as_ref().map(Error::message))
        .flatten();
    rsx! {
        form { class: "ad-form", novalidate: true, onsubmit: save,
            p { strong { {size.name.clone()} } " " span { class: "muted", "Leave a field empty for what holds everywhere." } }
            Field { id: "limit-cost", label: "US dollars a month", help: "Empty: {money::usd(defaults.ai_monthly_cost_micro_usd)}. 0 lets no model be asked.", error: cost_error.clone(),
                Input { id: "limit-cost", value: cost(), inputmode: "decimal", autocomplete: "off", autofocus: true, invalid: cost_error.is_some(), oninput: move |text| cost.set(text) }
            }
            Field { id: "limit-jobs", label: "Texts a day", help: "Empty: {intl::number(defaults.ai_jobs_per_day)}.", error: jobs_error.clone(),
                Input { id: "limit-jobs", value: jobs(), inputmode: "numeric", autocomplete: "off", invalid: jobs_error.is_some(), oninput: move |text| jobs.set(text) }
            }
            if let Some(error) = elsewhere { p { class: "error", role: "alert", {error} } }
            div { class: "row",
                Btn { variant: Variant::Primary, kind: BtnKind::Submit, busy: busy(), "Save" }
                Btn { variant: Variant::Ghost, onclick: move |_| onclose.call(()), "Cancel" }
            }
        }
    }
}
