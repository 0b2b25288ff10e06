//! One project: its frame and its views.

pub(crate) mod board;
pub(crate) mod documents;
pub(crate) mod filter;
pub(crate) mod list;
pub(crate) mod overview;
pub(crate) mod query;
pub(crate) mod risk;

use dioxus::prelude::*;

use crate::{
    fmt::{duration, intl},
    gql::{
        Load, Query,
        types::{NodeKind, ProjectStatus},
        use_fetch,
    },
    page::{
        projects::{self, form::ProjectForm},
        share::ShareDialog,
        task::{Draft, NEW_TASK},
    },
    route::{Params, Route},
    session,
    ui::prelude::*,
};
use query::Project;

/// The project an address is about.
pub(crate) fn id_of(route: &Route) -> Option<String> {
    match route {
        Route::ProjectOverview { id }
        | Route::ProjectBoard { id, .. }
        | Route::ProjectList { id, .. }
        | Route::ProjectDocuments { id, .. }
        | Route::ProjectShare { id } => Some(id.clone()),
        _ => None,
    }
}

/// How a project's status is coloured.
pub(crate) fn status_tone(status: ProjectStatus) -> Tone {
    match status {
        ProjectStatus::Active => Tone::Accent,
        ProjectStatus::Completed => Tone::Ok,
        ProjectStatus::OnHold => Tone::Warn,
        ProjectStatus::Planned => Tone::Neutral,
    }
}

/// The project being looked at, for the views inside the frame.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Head(pub(crate) Query<Project>);

/// Header and tabs around the views of a project.
#[component]
pub(crate) fn ProjectFrame() -> Element {
    let id = id_of(&use_route::<Route>()).unwrap_or_default();
    // Another project is another frame.
    rsx! { Frame { key: "{id}", id } }
}

#[component]
fn Frame(id: String) -> Element {
    let head = use_fetch(
        id.clone(),
        &[
            NodeKind::Project,
            NodeKind::Task,
            NodeKind::Document,
            NodeKind::Client,
        ],
        query::head,
    );
    use_context_provider(|| Head(head));
    match head.load() {
        Load::Wait => {
            rsx! { PageBar { crumbs: crumbs(None) } div { class: "pj-head", Skeleton { lines: 2 } } }
        }
        Load::Failed(error) => {
            rsx! { PageBar { crumbs: crumbs(None) } Failed { error, title: "The project did not load", retry: move |()| head.refetch() } }
        }
        Load::Ready(project) => rsx! { Framed { project: (*project).clone(), head } },
    }
}

fn crumbs(project: Option<&Project>) -> Vec<Crumb> {
    let mut crumbs = vec![Crumb {
        label: "Projects".to_owned(),
        to: Route::Projects {
            params: Params::default(),
        },
    }];
    crumbs.extend(
        project
            .and_then(|project| project.client.as_ref())
            .map(|client| Crumb {
                label: client.name.clone(),
                to: Route::ClientDetail {
                    id: client.id.inner().to_owned(),
                },
            }),
    );
    crumbs
}

#[component]
fn Framed(project: Project, head: Query<Project>) -> Element {
    let here = use_route::<Route>();
    let navigator = use_navigator();
    let id = project.id.inner().to_owned();
    let mut editing = use_signal(|| false);
    let mut sharing = use_signal(|| false);
    let writable = session::may_write() && project.deleted_at.is_none();
    let remove = {
        let id = project.id.clone();
        let name = project.name.clone();
        move |()| {
            remove(id.clone(), &name);
            navigator.push(Route::Projects {
                params: Params::default(),
            });
        }
    };
    let restore = {
        let id = project.id.clone();
        move |_| {
            let id = id.clone();
            async move {
                match projects::query::restore(id).await {
                    Ok(_) => head.refetch(),
                    Err(error) => toast::failed("The project was not brought back.", &error),
                }
            }
        }
    };
    rsx! {
        PageBar { crumbs: crumbs(Some(&project)),
            if writable {
                span { class: "not-phone", Btn { icon: Glyph::Shares, onclick: move |_| sharing.set(true), "Share" } }
                Btn {
                    variant: Variant::Primary, icon: Glyph::Plus, kbd: "c",
                    onclick: { let id = id.clone(); move |_| *NEW_TASK.write() = Some(Draft { title: String::new(), project: Some(id.clone()) }) },
                    "Task"
                }
                Menu { label: "Project menu", end: true,
                    MenuItem { glyph: Glyph::Edit, onclick: move |()| editing.set(true), "Edit project" }
                    MenuItem { glyph: Glyph::Paste, kbd: "b", onclick: { let id = id.clone(); move |()| { navigator.push(Route::Paste { params: Params::of("project", &id) }); } }, "Paste a text" }
                    MenuSep {}
                    MenuItem { glyph: Glyph::Trash, tone: Tone::Danger, onclick: remove, "Delete project" }
                }
            }
        }
        if project.deleted_at.is_some() {
            div { class: "banner", role: "status",
                Icon { glyph: Glyph::Trash, size: IconSize::Small }
                span { "This project is deleted. It can be brought back for a year." }
                Btn { size: BtnSize::Small, onclick: restore, "Bring it back" }
            }
        }
        div { class: "pj-head",
            div {
                h1 { class: "page-title pj-name", Swatch { hue: project.hue, large: true } "{project.name}" }
                div { class: "pj-meta",
                    span { Badge { tone: status_tone(project.status), {project.status.word()} } }
                    if let Some(rate) = &project.hourly_rate { span { class: "dot-sep num", "{intl::money(rate.amount_cents, &rate.currency)}/h" } }
                    if let Some(dates) = dates(&project) { span { class: "dot-sep num", {dates} } }
                }
            }
            Stats { project: project.clone() }
        }
        risk::Risks { project: project.clone() }
        Tabs { label: "Project",
            Tab { to: Route::ProjectOverview { id: id.clone() }, current: matches!(here, Route::ProjectOverview { .. }), "Overview" }
            Tab { to: Route::ProjectBoard { id: id.clone(), params: Params::default() }, current: matches!(here, Route::ProjectBoard { .. }), "Board" }
            Tab { to: Route::ProjectList { id: id.clone(), params: Params::default() }, current: matches!(here, Route::ProjectList { .. }), "List" }
            Tab { to: Route::ProjectDocuments { id: id.clone(), params: Params::default() }, current: matches!(here, Route::ProjectDocuments { .. }), count: project.documents.total_count, "Documents" }
            Tab { to: Route::ProjectShare { id: id.clone() }, current: matches!(here, Route::ProjectShare { .. }), "Share" }
        }
        Outlet::<Route> {}
        if editing() {
            ProjectForm { project: project.clone(), onclose: move |()| editing.set(false), onsaved: move |_| { editing.set(false); head.refetch(); } }
        }
        if sharing() {
            ShareDialog { project_id: id, onclose: move |()| sharing.set(false) }
        }
    }
}

/// `6 Oct to 28 Nov`, or what there is of it.
fn dates(project: &Project) -> Option<String> {
    let start = project.start_date.map(intl::day_short);
    let due = project.due_date.map(intl::day_short);
    match (start, due) {
        (Some(start), Some(due)) => Some([start.as_str(), "to", &due].join(" ")),
        (Some(start), None) => Some(["since", start.as_str()].join(" ")),
        (None, Some(due)) => Some(["due", due.as_str()].join(" ")),
        (None, None) => None,
    }
}

/// Done, planned hours against the budget in hours, planned cost against the budget in money.
#[component]
fn Stats(project: Project) -> Element {
    let progress = &project.progress;
    let planned = progress.estimate_max_minutes;
    let cost = project
        .hourly_rate
        .as_ref()
        .zip(project.budget.as_ref())
        .filter(|(rate, budget)| rate.currency == budget.currency)
        .map(|(rate, budget)| {
            (
                rate.amount_cents * i64::from(planned) / 60,
                budget.amount_cents,
                budget.currency.clone(),
            )
        });
    // Meters take whole euros: cents of a large budget would not fit.
    let units = |cents: i64| i32::try_from(cents / 100).unwrap_or(i32::MAX);
    rsx! {
        dl { class: "stats",
            div { class: "stat",
                dt { "Done" }
                dd { class: "num", b { "{intl::number(progress.done)}" } span { "of {intl::count(progress.total, \"task\", \"tasks\")}" } }
                dd { Meter { value: progress.done, max: progress.total, tone: MeterTone::Accent, label: "{progress.done} of {progress.total} tasks done" } }
            }
            div { class: "stat",
                dt { "Planned" }
                dd { class: "num",
                    b { "{duration::show_rough(progress.estimate_min_minutes.unsigned_abs(), planned.unsigned_abs())}" }
                    if let Some(budget) = project.budget_minutes { span { "of {duration::show(budget.unsigned_abs())}" } }
                }
                if let Some(budget) = project.budget_minutes {
                    dd { Meter { value: planned, max: budget, label: "{duration::show(planned.unsigned_abs())} of {duration::show(budget.unsigned_abs())} planned" } }
                } else {
                    dd { class: "help num", if progress.remaining_max_minutes > 0 { "{duration::show(progress.remaining_max_minutes.unsigned_abs())} left" } }
                }
            }
            if let Some((cost, budget, currency)) = cost {
                div { class: "stat",
                    dt { "Planned cost" }
                    dd { class: "num", b { "{intl::money(cost, &currency)}" } span { "of {intl::money(budget, &currency)}" } }
                    dd { Meter { value: units(cost), max: units(budget), label: "{intl::money(cost, &currency)} of {intl::money(budget, &currency)} planned" } }
                }
            } else if let Some(budget) = &project.budget {
                div { class: "stat",
                    dt { "Budget" }
                    dd { class: "num", b { "{intl::money(budget.amount_cents, &budget.currency)}" } }
                    dd { class: "help", "Set a rate to compare" }
                }
            }
        }
    }
}

/// Hides a project, with a way back.
fn remove(id: cynic::Id, name: &str) {
    let text = ["“", name, "” deleted"].concat();
    dioxus::core::spawn_forever(async move {
        match projects::query::delete(id.clone()).await {
            Ok(_) => toast::undoable(text, move || {
                let id = id.clone();
                toast::attempt("The project was not brought back.", async move {
                    projects::query::restore(id).await.map(|_| ())
                });
            }),
            Err(error) => toast::failed("The project was not deleted.", &error),
        }
    });
}
