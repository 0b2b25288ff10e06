//! Clients: the list, and one with their projects.

pub(crate) mod form;
pub(crate) mod query;

use dioxus::prelude::*;

use crate::{
    app::use_title,
    fmt::intl,
    gql::{
        Load,
        types::{NodeKind, ProjectStatus},
        use_fetch,
    },
    page::{project::status_tone, projects::form::ProjectForm},
    route::{Params, Route},
    session,
    shortcut::use_rows,
    ui::prelude::*,
};
use form::ClientForm;
use query::{ClientRow, Listed};

#[component]
pub(crate) fn Clients(params: Params) -> Element {
    use_title("Clients");
    let navigator = use_navigator();
    let search = params.get("search").map(ToOwned::to_owned);
    let archived = params.get("archived").is_some();
    let mut pages = use_signal(|| 1_usize);
    let clients = use_fetch(
        (search.clone(), archived, pages()),
        &[NodeKind::Client, NodeKind::Project],
        |(search, archived, pages)| query::list(search, archived, pages),
    );
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
            navigator.replace(Route::Clients {
                params: params.with(name, value),
            });
        }
    };
    let (find, toggle, open, close) = (to.clone(), to.clone(), to.clone(), to);
    use_rows(".table tbody tr");
    rsx! {
        PageBar { title: "Clients",
            if writable { Btn { variant: Variant::Primary, icon: Glyph::Plus, onclick: move |_| open("new", "-"), "Client" } }
        }
        div { class: "toolbar", role: "toolbar", aria_label: "Filters",
            SearchBox { label: "Find a client", value: search.clone().unwrap_or_default(), onchange: move |text: String| find("search", &text) }
            Chip { set: archived, icon: Glyph::Archive, onclick: move |_| toggle("archived", if archived { "" } else { "1" }), "Archived" }
        }
        match clients.load() {
            Load::Wait => rsx! { div { class: "page", SkeletonRows {} } },
            Load::Failed(error) => rsx! { Failed { error, title: "The clients did not load", retry: move |()| clients.refetch() } },
            Load::Ready(list) if list.nodes.is_empty() => rsx! { NoClients { search: search.clone(), archived, writable } },
            Load::Ready(list) => rsx! {
                ClientTable { list: (*list).clone() }
                if list.more { div { class: "more", Btn { onclick: move |_| pages += 1, "Show more" } } }
            },
        }
        if let Some(name) = new.filter(|_| writable) {
            ClientForm {
                name,
                onclose: move |()| close("new", ""),
                onsaved: move |client: ClientRow| {
                    toast::done([client.name.as_str(), " added"].concat());
                    navigator.replace(Route::ClientDetail { id: client.id.inner().to_owned() });
                },
            }
        }
    }
}

#[component]
fn NoClients(search: Option<String>, archived: bool, writable: bool) -> Element {
    match (search, archived) {
        (Some(search), _) => rsx! {
            Empty { glyph: Glyph::Search, title: "No client is called so", text: "Nothing matches “{search}”.",
                LinkBtn { to: Route::Clients { params: Params::default() }, "Show all clients" }
            }
        },
        (None, true) => rsx! {
            Empty { glyph: Glyph::Archive, title: "No client is archived", text: "Who is archived keeps their projects and is out of the way.",
                LinkBtn { to: Route::Clients { params: Params::default() }, "Show all clients" }
            }
        },
        (None, false) => rsx! {
            Empty { glyph: Glyph::Clients, title: "No clients yet", text: "Add whom you work for; projects and shared pages carry their name.",
                if writable { LinkBtn { to: Route::Clients { params: Params::of("new", "-") }, variant: Variant::Primary, icon: Glyph::Plus, "Add a client" } }
            }
        },
    }
}

#[component]
fn ClientTable(list: Listed<ClientRow>) -> Element {
    rsx! {
        div { class: "table-wrap", tabindex: "0", role: "region", aria_label: "Clients",
            table { class: "table", "data-stack": "",
                colgroup { col { class: "c-title" } col { class: "c-mid" } col { class: "c-mail" } col { class: "c-num" } }
                thead {
                    tr {
                        th { scope: "col", "Name" }
                        th { scope: "col", "Kind" }
                        th { scope: "col", "E-mail" }
                        th { scope: "col", class: "r", "Projects" }
                    }
                }
                tbody {
                    for client in list.nodes {
                        tr { key: "{client.id.inner()}",
                            td {
                                span { class: "cell",
                                    Avatar { name: client.name.clone(), hue: client.hue, shape: AvatarShape::Client, decorative: true }
                                    Link { class: "row-link trunc", to: Route::ClientDetail { id: client.id.inner().to_owned() }, "{client.name}" }
                                }
                            }
                            td { class: "soft", {client.kind.word()} }
                            td { class: "soft", if let Some(mail) = &client.email { a { href: "mailto:{mail}", "{mail}" } } }
                            td { class: "r num",
                                if client.project_counts.total == 0 { span { class: "muted", "–" } } else {
                                    "{client.project_counts.active} "
                                    span { class: "muted", "of {client.project_counts.total}" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[component]
pub(crate) fn ClientDetail(id: String) -> Element {
    let client = use_fetch(
        id.clone(),
        &[NodeKind::Client, NodeKind::Project, NodeKind::Task],
        query::one,
    );
    let name = client.get().map(|client| client.row.name.clone());
    use_title(name.as_deref().unwrap_or("Client"));
    let mut editing = use_signal(|| false);
    let mut adding = use_signal(|| false);
    let navigator = use_navigator();
    let writable = session::may_write();
    let archived = client
        .get()
        .is_some_and(|client| client.row.archived_at.is_some());
    let put_away = {
        let id = id.clone();
        let name = name.clone().unwrap_or_default();
        move |()| archive(cynic::Id::new(&id), name.clone(), !archived, client)
    };
    rsx! {
        PageBar { crumbs: vec![Crumb { label: "Clients".to_owned(), to: Route::Clients { params: Params::default() } }],
            if writable {
                Btn { icon: Glyph::Edit, onclick: move |_| editing.set(true), "Edit" }
                Menu { label: "Client menu", end: true,
                    MenuItem { glyph: Glyph::Archive, onclick: put_away, if archived { "Bring back from the archive" } else { "Archive" } }
                }
            }
        }
        match client.load() {
            Load::Wait => rsx! { div { class: "page", Skeleton { lines: 4 } SkeletonRows { rows: 3 } } },
            Load::Failed(error) => rsx! { Failed { error, retry: move |()| client.refetch() } },
            Load::Ready(detail) => rsx! {
                div { class: "page",
                    div { class: "cl-head",
                        Avatar { name: detail.row.name.clone(), hue: detail.row.hue, size: AvatarSize::Large, shape: AvatarShape::Client, decorative: true }
                        div {
                            h1 { class: "page-title", "{detail.row.name}" }
                            p { class: "page-sub cl-facts",
                                span { {detail.row.kind.word()} }
                                if let Some(mail) = &detail.row.email { span { class: "dot-sep", a { class: "link", href: "mailto:{mail}", "{mail}" } } }
                                if let Some(phone) = &detail.row.phone { span { class: "dot-sep", a { class: "link", href: "tel:{phone}", "{phone}" } } }
                                if let Some(site) = detail.row.website.as_ref().filter(|site| site.starts_with("https://") || site.starts_with("http://")) {
                                    span { class: "dot-sep", a { class: "link", href: "{site}", rel: "noreferrer noopener", target: "_blank", "{site}" } }
                                }
                                if archived { span { class: "dot-sep", Badge { "Archived" } } }
                            }
                        }
                    }
                    if !detail.row.notes.is_empty() { p { class: "prose cl-notes", "{detail.row.notes}" } }
                    section { class: "sect",
                        div { class: "sect-head",
                            h2 { class: "sect-title", "Projects" }
                            span { class: "sect-n num", "{detail.row.project_counts.total}" }
                            if writable && !detail.projects.nodes.is_empty() {
                                span { class: "sect-end", Btn { size: BtnSize::Small, icon: Glyph::Plus, onclick: move |_| adding.set(true), "Project" } }
                            }
                        }
                        if detail.projects.nodes.is_empty() {
                            Empty { glyph: Glyph::Projects, title: "No project yet", text: "Make one by hand, or paste what the client wrote and let it become a plan.",
                                if writable { Btn { icon: Glyph::Plus, onclick: move |_| adding.set(true), "New project" } }
                            }
                        }
                        ul {
                            for project in detail.projects.nodes.clone() {
                                li { key: "{project.id.inner()}", class: "pr-row",
                                    Swatch { hue: project.hue, large: true }
                                    Link { class: "row-link trunc", to: Route::ProjectOverview { id: project.id.inner().to_owned() }, "{project.name}" }
                                    span { class: "pr-meter",
                                        Meter { value: project.progress.done, max: project.progress.total, tone: MeterTone::Accent, label: "{project.progress.done} of {project.progress.total} tasks done" }
                                    }
                                    span { class: "num muted r", "{project.progress.done}/{project.progress.total}" }
                                    span { class: "r", Badge { tone: status_tone(project.status), {project.status.word()} } }
                                    span { class: "muted r num", if let Some(due) = project.due_date.filter(|_| project.status != ProjectStatus::Completed) { "{intl::day_near(due)}" } }
                                }
                            }
                        }
                    }
                }
                if editing() {
                    ClientForm { client: detail.row.clone(), onclose: move |()| editing.set(false), onsaved: move |_| { editing.set(false); client.refetch(); } }
                }
                if adding() {
                    ProjectForm {
                        client_id: id.clone(),
                        onclose: move |()| adding.set(false),
                        onsaved: move |id: String| { navigator.push(Route::ProjectOverview { id }); },
                    }
                }
            },
        }
    }
}

/// Archives or brings back, with the way back in the toast.
fn archive(id: cynic::Id, name: String, archived: bool, client: crate::gql::Query<query::ClientDetail>) {
    dioxus::core::spawn_forever(async move {
        match query::archive(id.clone(), archived).await {
            Ok(()) => {
                client.refetch();
                let said = [name.as_str(), if archived { " archived" } else { " is back" }].concat();
                toast::undoable(said, move || archive(id.clone(), name.clone(), !archived, client));
            }
            Err(error) => toast::failed("The client was not changed.", &error),
        }
    });
}
