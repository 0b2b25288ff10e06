//! Projects: the list and the way to make one.

pub(crate) mod form;
pub(crate) mod query;

use dioxus::prelude::*;

use crate::{
    app::use_title,
    fmt::{Day, duration, intl},
    gql::{
        Load,
        types::{NodeKind, ProjectStatus},
        use_fetch,
    },
    page::{clients::query::Listed, project::status_tone},
    route::{Params, Route},
    session,
    shortcut::use_rows,
    ui::prelude::*,
};
use form::ProjectForm;
use query::{Filter, ProjectRow};

#[component]
pub(crate) fn Projects(params: Params) -> Element {
    use_title("Projects");
    let navigator = use_navigator();
    let filter = Filter {
        search: params.get("search").map(ToOwned::to_owned),
        status: params.get("status").and_then(ProjectStatus::from_key),
        client: params.get("client").map(ToOwned::to_owned),
    };
    let mut pages = use_signal(|| 1_usize);
    let projects = use_fetch(
        (filter.clone(), pages()),
        &[NodeKind::Project, NodeKind::Task, NodeKind::Client],
        |(filter, pages)| query::list(filter, pages),
    );
    let clients = use_fetch(session::workspace_id(), &[NodeKind::Client], query::clients);
    let new = params.get("new").map(|name| {
        if name == "-" {
            String::new()
        } else {
            name.to_owned()
        }
    });
    let writable = session::may_write();
    let to = {
        let params = params.clone();
        move |name: &'static str, value: &str| {
            navigator.replace(Route::Projects {
                params: params.with(name, value),
            });
        }
    };
    let (find, by_status, by_client, open, close) = (to.clone(), to.clone(), to.clone(), to.clone(), to);
    let narrowed = filter != Filter::default();
    use_rows(".table tbody tr");
    rsx! {
        PageBar { title: "Projects",
            if writable { Btn { variant: Variant::Primary, icon: Glyph::Plus, onclick: move |_| open("new", "-"), "Project" } }
        }
        div { class: "toolbar", role: "toolbar", aria_label: "Filters",
            SearchBox { label: "Find a project", value: filter.search.clone().unwrap_or_default(), onchange: move |text: String| find("search", &text) }
            SelectChip {
                label: "Status", value: filter.status.map(|status| status.key().to_owned()).unwrap_or_default(),
                options: ProjectStatus::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                onchange: move |value: String| by_status("status", &value),
            }
            SelectChip {
                label: "Client", value: filter.client.clone().unwrap_or_default(),
                options: clients.get().iter().flat_map(|clients| clients.iter()).map(|client| SelectOption::new(client.id.inner(), client.name.clone())).collect::<Vec<_>>(),
                onchange: move |value: String| by_client("client", &value),
            }
            if narrowed { LinkBtn { to: Route::Projects { params: Params::default() }, variant: Variant::Ghost, size: BtnSize::Small, "Clear" } }
        }
        match projects.load() {
            Load::Wait => rsx! { div { class: "page", SkeletonRows {} } },
            Load::Failed(error) => rsx! { Failed { error, title: "The projects did not load", retry: move |()| projects.refetch() } },
            Load::Ready(list) if list.nodes.is_empty() && narrowed => rsx! {
                Empty { glyph: Glyph::Filter, title: "No project fits", text: "None has all that is set above.",
                    LinkBtn { to: Route::Projects { params: Params::default() }, "Clear the filters" }
                }
            },
            Load::Ready(list) if list.nodes.is_empty() => rsx! {
                Empty { glyph: Glyph::Projects, title: "No projects yet", text: "Paste what a client wrote and it becomes a plan, or make a project by hand.",
                    span { class: "row",
                        if writable { LinkBtn { to: Route::Paste { params: Params::default() }, variant: Variant::Primary, icon: Glyph::Paste, "Paste" } }
                        if writable { LinkBtn { to: Route::Projects { params: Params::of("new", "-") }, icon: Glyph::Plus, "New project" } }
                    }
                }
            },
            Load::Ready(list) => rsx! {
                ProjectTable { list: (*list).clone() }
                if list.more { div { class: "more", Btn { onclick: move |_| pages += 1, "Show more" } } }
            },
        }
        if let Some(name) = new.filter(|_| writable) {
            ProjectForm {
                name,
                client_id: filter.client.clone(),
                onclose: move |()| close("new", ""),
                onsaved: move |id: String| { navigator.replace(Route::ProjectBoard { id, params: Params::default() }); },
            }
        }
    }
}

#[component]
fn ProjectTable(list: Listed<ProjectRow>) -> Element {
    let today = Day::today();
    rsx! {
        div { class: "table-wrap", tabindex: "0", role: "region", aria_label: "Projects",
            table { class: "table", "data-stack": "",
                colgroup { col { class: "c-title" } col { class: "c-mail" } col { class: "c-mid" } col { class: "c-meter" } col { class: "c-num" } col { class: "c-date" } }
                thead {
                    tr {
                        th { scope: "col", "Name" }
                        th { scope: "col", "Client" }
                        th { scope: "col", "Status" }
                        th { scope: "col", "Done" }
                        th { scope: "col", class: "r", "Left" }
                        th { scope: "col", class: "r", "Due" }
                    }
                }
                tbody {
                    for project in list.nodes {
                        Line { key: "{project.id.inner()}", project, today }
                    }
                }
            }
        }
    }
}

#[component]
fn Line(project: ProjectRow, today: Day) -> Element {
    let id = project.id.inner().to_owned();
    let progress = &project.progress;
    let late = project.status != ProjectStatus::Completed && project.due_date.is_some_and(|due| due < today);
    let left = progress.remaining_max_minutes;
    rsx! {
        tr {
            td {
                span { class: "cell",
                    Swatch { hue: project.hue, large: true }
                    Link { class: "row-link trunc", to: Route::ProjectBoard { id, params: Params::default() }, "{project.name}" }
                    if progress.overdue > 0 { Badge { tone: Tone::Danger, "{progress.overdue} late" } }
                }
            }
            td { class: "soft",
                if let Some(client) = &project.client { Link { to: Route::ClientDetail { id: client.id.inner().to_owned() }, "{client.name}" } }
            }
            td { Badge { tone: status_tone(project.status), {project.status.word()} } }
            td {
                span { class: "cell",
                    span { class: "grow", Meter { value: progress.done, max: progress.total, tone: MeterTone::Accent, label: "{progress.done} of {progress.total} tasks done" } }
                    span { class: "num muted", "{progress.done}/{progress.total}" }
                }
            }
            td { class: "r num", if left > 0 { "{duration::show(left.unsigned_abs())}" } else { span { class: "muted", "–" } } }
            td { class: if late { "r over" } else { "r" },
                if let Some(due) = project.due_date { time { datetime: due.iso(), "{intl::day_near(due)}" } } else { span { class: "muted", "–" } }
            }
        }
    }
}
