//! How the installation does: parts, numbers, programs, and the switch for all AI.

mod query;

use std::rc::Rc;

use dioxus::prelude::*;

use self::query::{Overview, Process};
use super::{
    ai::{query::Settings, switch::AiSwitch},
    use_again,
};
use crate::{
    app::use_title,
    fmt::{intl, size},
    gql::{Error, Load, types::PartKind, use_fetch},
    route::{Params, Route},
    ui::prelude::*,
};

#[component]
pub(crate) fn AdminOverview() -> Element {
    use_title("Administration");
    let mut query = use_fetch((), &[], query::overview);
    use_again(query);
    let switched = move |done: Result<Settings, Error>| match done {
        Ok(now) => query.patch(|found| found.settings = now),
        Err(_) => query.refetch(),
    };
    rsx! {
        div { class: "page",
            match query.load() {
                Load::Wait => rsx! { Skeleton { lines: 3 } SkeletonRows { rows: 5 } },
                Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
                Load::Ready(found) => rsx! {
                    Numbers { found: found.clone() }
                    Parts { found: found.clone() }
                    AiSwitch { settings: found.settings.clone(), onchange: switched }
                    Programs { found: found.clone() }
                    Purges { found }
                },
            }
        }
    }
}

#[component]
fn Numbers(found: Rc<Overview>) -> Element {
    let troubled = found.jobs.total_count;
    let unsent = found.health.outbox_unsent;
    let oldest = found.health.outbox_oldest_at.as_ref();
    rsx! {
        dl { class: "ad-facts",
            div { class: "ad-fact",
                dt { "People" }
                dd { class: "num", Link { to: Route::AdminPeople { params: Params::default() }, aria_label: intl::count(found.users.total_count, "person", "people"), {intl::number(found.users.total_count)} } }
            }
            div { class: "ad-fact",
                dt { "Workspaces" }
                dd { class: "num", Link { to: Route::AdminWorkspaces { params: Params::default() }, aria_label: intl::count(found.workspaces.total_count, "workspace", "workspaces"), {intl::number(found.workspaces.total_count)} } }
            }
            div { class: "ad-fact",
                dt { "Jobs in trouble" }
                dd { class: "num", "data-tone": (troubled > 0).then_some("warn"), Link { to: Route::AdminJobs { params: Params::default() }, aria_label: intl::count(troubled, "job in trouble", "jobs in trouble"), {intl::number(troubled)} } }
            }
            div { class: "ad-fact",
                dt { "Messages not taken over" }
                dd { class: "num", {intl::number(unsent)} }
                if let Some(oldest) = oldest { dd { class: "help num", title: intl::moment_full(&oldest.0), "The oldest since " {intl::moment(&oldest.0)} } }
            }
        }
    }
}

/// How a part does, by what all programs that are there say of it.
#[derive(Clone, Debug, PartialEq)]
struct Verdict {
    tone: Tone,
    word: &'static str,
    detail: String,
}

fn verdict(processes: &[Process], kind: PartKind) -> Verdict {
    let said = processes
        .iter()
        .filter(|process| !process.is_stale)
        .flat_map(|process| &process.parts)
        .filter(|part| part.kind == kind);
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for part in said {
        let list = if part.is_ok { &mut good } else { &mut bad };
        if !list.contains(&part.detail.as_str()) {
            list.push(part.detail.as_str());
        }
    }
    match (bad.is_empty(), good.is_empty()) {
        (false, _) => Verdict {
            tone: Tone::Danger,
            word: "Fails",
            detail: bad.join("; "),
        },
        (true, false) => Verdict {
            tone: Tone::Ok,
            word: "Works",
            detail: good.join("; "),
        },
        (true, true) => Verdict {
            tone: Tone::Warn,
            word: "Unknown",
            detail: "No running program says anything about it.".to_owned(),
        },
    }
}

#[component]
fn Parts(found: Rc<Overview>) -> Element {
    let health = &found.health;
    let database = Verdict {
        tone: Tone::Ok,
        word: "Works",
        detail: [
            "PostgreSQL ",
            &health.database_version,
            ", ",
            &size::show(health.database_bytes),
            " on disk",
        ]
        .concat(),
    };
    let mut parts = vec![(PartKind::Database, database)];
    for kind in [
        PartKind::Queue,
        PartKind::Storage,
        PartKind::Mail,
        PartKind::Model,
    ] {
        parts.push((kind, verdict(&health.processes, kind)));
    }
    rsx! {
        section { class: "sect",
            div { class: "sect-head", h2 { class: "sect-title", "Health" } }
            ul { aria_label: "Health",
                for (kind, verdict) in parts {
                    li { key: "{kind:?}", class: "ad-part",
                        Badge { tone: verdict.tone, {verdict.word} }
                        strong { {kind.word()} }
                        p { class: "num", {verdict.detail} }
                    }
                }
            }
        }
    }
}

#[component]
fn Programs(found: Rc<Overview>) -> Element {
    let processes = found.health.processes.clone();
    rsx! {
        section { class: "sect ad-sect",
            div { class: "sect-head", h2 { class: "sect-title", "Programs" } }
            if processes.is_empty() {
                p { class: "help ad-switch", "No program has said anything in the last day. Is the worker running?" }
            } else {
                div { class: "table-wrap", tabindex: "0", role: "region", aria_label: "Programs",
                    table { class: "table", "data-stack": "",
                        colgroup { col { class: "c-mid" } col { class: "c-mid" } col { class: "c-mid" } col { class: "c-title" } }
                        thead { tr { th { scope: "col", "Program" } th { scope: "col", "Release" } th { scope: "col", "Running since" } th { scope: "col", "Last heard of" } } }
                        tbody {
                            for process in processes {
                                tr { key: "{process.name}",
                                    td { span { class: "cell", strong { title: process.name.clone(), {process.kind.word()} } if process.is_stale { Badge { tone: Tone::Danger, "Silent" } } } }
                                    td { class: "num soft", {process.version.clone()} }
                                    td { class: "num soft", span { title: intl::moment_full(&process.started_at.0), {intl::moment(&process.started_at.0)} } }
                                    td { class: "num soft", span { title: intl::moment_full(&process.at.0), {intl::moment(&process.at.0)} } }
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
fn Purges(found: Rc<Overview>) -> Element {
    let purges = found.health.purges.clone();
    if purges.is_empty() {
        return rsx! {};
    }
    rsx! {
        section { class: "sect ad-sect",
            div { class: "sect-head",
                h2 { class: "sect-title", "Deleting what is over" }
                span { class: "sect-end", "Once an hour" }
            }
            div { class: "table-wrap", tabindex: "0", role: "region", aria_label: "Deleting what is over",
                table { class: "table", "data-stack": "",
                    colgroup { col { class: "c-title" } col { class: "c-two" } col { class: "c-num" } }
                    thead { tr { th { scope: "col", "What" } th { scope: "col", "Last done" } th { scope: "col", class: "r", "Deleted" } } }
                    tbody {
                        for run in purges {
                            tr { key: "{run.purge}",
                                td { {run.purge.replace('_', " ")} }
                                td { class: "num soft",
                                    match &run.finished_at {
                                        Some(at) => rsx! { span { title: intl::moment_full(&at.0), {intl::moment(&at.0)} } },
                                        None => rsx! { span { class: "muted", "Not yet" } },
                                    }
                                }
                                td { class: "r num", {run.removed.map_or_else(|| "–".to_owned(), intl::number)} }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{query::Part, *};
    use crate::gql::types::{DateTime, ProcessKind};

    fn process(is_stale: bool, is_ok: bool, detail: &str) -> Process {
        let at = DateTime("2026-11-26T09:00:00Z".to_owned());
        Process {
            name: "1".to_owned(),
            kind: ProcessKind::Worker,
            version: "1".to_owned(),
            started_at: at.clone(),
            at,
            is_stale,
            parts: vec![Part {
                kind: PartKind::Mail,
                is_ok,
                detail: detail.to_owned(),
            }],
        }
    }

    #[test]
    fn one_program_that_sees_a_fault_is_enough() {
        let (good, bad) = (process(false, true, "smtp"), process(false, false, "refused"));
        let two = verdict(&[good.clone(), good.clone()], PartKind::Mail);
        assert_eq!((two.word, two.detail.as_str()), ("Works", "smtp"));
        let one = verdict(&[good, bad], PartKind::Mail);
        assert_eq!((one.word, one.detail.as_str()), ("Fails", "refused"));
    }

    #[test]
    fn what_nobody_says_any_more_is_unknown() {
        let silent = process(true, true, "smtp");
        for kind in [PartKind::Mail, PartKind::Queue] {
            assert_eq!(verdict(std::slice::from_ref(&silent), kind).word, "Unknown");
        }
    }
}
