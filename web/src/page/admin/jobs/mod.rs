//! Jobs in trouble: which, why, and trying again. What they are about stays in their workspace.

mod query;

use dioxus::prelude::*;

use self::query::{Record, Wanted};
use super::use_again;
use crate::{
    app::use_title,
    fmt::intl,
    gql::{Load, Query, types::JobTrouble, use_fetch},
    page::clients::query::Listed,
    route::{Params, Route},
    shortcut::use_rows,
    ui::prelude::*,
};

#[component]
pub(crate) fn AdminJobs(params: Params) -> Element {
    use_title("Jobs · Administration");
    let navigator = use_navigator();
    let trouble = params.get("trouble").and_then(JobTrouble::from_key);
    let workspace = params.get("workspace").map(ToOwned::to_owned);
    let mut pages = use_signal(|| 1_usize);
    let wanted = Wanted {
        trouble,
        workspace: workspace.clone(),
        pages: pages(),
    };
    let jobs = use_fetch(wanted, &[], query::list);
    use_again(jobs);
    let to = {
        let params = params.clone();
        move |name: &'static str, value: &str| {
            navigator.replace(Route::AdminJobs {
                params: params.with(name, value),
            });
        }
    };
    let (choose, everywhere) = (to.clone(), to);
    let kinds = JobTrouble::ALL.iter();
    let kinds = kinds
        .map(|kind| SelectOption::new(kind.key(), kind.word()))
        .collect::<Vec<_>>();
    use_rows(".table tbody tr");
    rsx! {
        div { class: "toolbar", role: "toolbar", aria_label: "Filters",
            SelectChip { label: "Trouble", value: trouble.map_or("", JobTrouble::key), options: kinds, onchange: move |key: String| choose("trouble", &key) }
            if workspace.is_some() {
                Chip { set: true, icon: Glyph::X, onclick: move |_| everywhere("workspace", ""), "One workspace" }
            }
        }
        match jobs.load() {
            Load::Wait => rsx! { div { class: "page", SkeletonRows {} } },
            Load::Failed(error) => rsx! { Failed { error, title: "The jobs did not load", retry: move |()| jobs.refetch() } },
            Load::Ready(list) if list.nodes.is_empty() => rsx! {
                if trouble.is_some() || workspace.is_some() {
                    Empty { glyph: Glyph::Check, title: "No job of this kind is in trouble", text: "There may be others.",
                        LinkBtn { to: Route::AdminJobs { params: Params::default() }, "Show all jobs in trouble" }
                    }
                } else {
                    Empty { glyph: Glyph::Check, title: "No job is in trouble", text: "Here stand jobs that wait for a person, were left by their worker, or were not begun for ten minutes." }
                }
            },
            Load::Ready(list) => rsx! {
                JobTable { list: (*list).clone(), jobs, params }
                if list.more { div { class: "more", Btn { onclick: move |_| pages += 1, "Show more" } } }
            },
        }
    }
}

#[component]
fn JobTable(list: Listed<Record>, jobs: Query<Listed<Record>>, params: Params) -> Element {
    rsx! {
        div { class: "table-wrap", tabindex: "0", role: "region", aria_label: "Jobs in trouble",
            table { class: "table ad-table ad-jobs", "data-stack": "",
                colgroup { col { class: "c-title" } col { class: "c-mail" } col { class: "c-num" } col { class: "c-date" } col { class: "c-two" } }
                thead {
                    tr {
                        th { scope: "col", "Job" }
                        th { scope: "col", "Trouble" }
                        th { scope: "col", class: "r", "Attempts" }
                        th { scope: "col", "Asked for" }
                        th { scope: "col", span { class: "sr", "What to do" } }
                    }
                }
                tbody {
                    for job in list.nodes {
                        Row { key: "{job.id.inner()}", job, jobs, params: params.clone() }
                    }
                }
            }
        }
    }
}

#[component]
fn Row(job: Record, jobs: Query<Listed<Record>>, params: Params) -> Element {
    let mut busy = use_signal(|| false);
    let act = {
        let job = job.clone();
        move |again: bool| {
            if busy() {
                return;
            }
            busy.set(true);
            let job = job.clone();
            spawn(async move {
                let mut jobs = jobs;
                match query::act(&job, again).await {
                    Ok(_) => {
                        toast::done(if again {
                            "The job is queued again."
                        } else {
                            "The job is cancelled."
                        });
                        jobs.patch(|list| list.nodes.retain(|one| one.id != job.id));
                    }
                    Err(error) => {
                        toast::failed("Nothing was changed.", &error);
                        jobs.refetch();
                        busy.set(false);
                    }
                }
            });
        }
    };
    let (mut retry, mut cancel) = (act.clone(), act);
    let place = params.with("workspace", job.workspace_id.inner());
    let what = ["of ", &job.workspace_name].concat();
    rsx! {
        tr {
            td {
                span { class: "ad-who",
                    Link { class: "row-link trunc", title: "Jobs of this workspace", to: Route::AdminJobs { params: place }, {job.workspace_name.clone()} }
                    small { class: "trunc", {job.use_case.word()} " · " {job.state.word()} " · " span { class: "num", {job.id.inner().to_owned()} } }
                }
            }
            td {
                span { class: "ad-who",
                    span { if let Some(trouble) = job.trouble { Badge { tone: Tone::Warn, {trouble.word()} } } }
                    if let Some(reason) = job.reason { small { class: "trunc", title: reason.word(), {reason.word()} } }
                }
            }
            td { class: "r num", span { class: "not-phone", {intl::number(job.attempt)} } span { class: "only-phone", {intl::count(job.attempt, "attempt", "attempts")} } }
            td { class: "soft num", span { title: intl::moment_full(&job.created_at.0), {intl::moment(&job.created_at.0)} } }
            td {
                div { class: "ad-acts",
                    Btn { size: BtnSize::Small, icon: Glyph::Refresh, busy: busy(), label: "Retry the job {what}", onclick: move |_| retry(true), "Retry" }
                    Btn { size: BtnSize::Small, variant: Variant::Ghost, busy: busy(), label: "Cancel the job {what}", onclick: move |_| cancel(false), "Cancel" }
                }
            }
        }
    }
}
