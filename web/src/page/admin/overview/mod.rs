//! How the installation does: parts, numbers, programs, and the switch for all AI.

mod query;

use std::rc::Rc;

use dioxus::prelude::*;

use self::query::{Health, Overview, Process};
use super::{
    ai::{query::Settings, switch::AiSwitch},
    use_again,
};
use crate::{
    app::use_title,
    fmt::{intl, size},
    gql::{
        Error, Load,
        types::{PartKind, ProcessKind},
        use_fetch,
    },
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
    lines: Vec<Line>,
}

/// What is said of a part, and which programs say so.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    text: String,
    by: Vec<ProcessKind>,
}

impl Line {
    fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            by: Vec::new(),
        }
    }
}

fn verdict(processes: &[Process], kind: PartKind) -> Verdict {
    let (mut good, mut bad) = (Vec::<Line>::new(), Vec::<Line>::new());
    for process in processes.iter().filter(|process| !process.is_stale) {
        for part in process.parts.iter().filter(|part| part.kind == kind) {
            let lines = if part.is_ok { &mut good } else { &mut bad };
            let known = lines.iter().position(|line| line.text == part.detail);
            let at = known.unwrap_or_else(|| {
                lines.push(Line::new(part.detail.clone()));
                lines.len() - 1
            });
            if !lines[at].by.contains(&process.kind) {
                lines[at].by.push(process.kind);
            }
        }
    }
    let (tone, word, lines) = match (bad.is_empty(), good.is_empty()) {
        (false, _) => (Tone::Danger, "Fails", bad),
        (true, false) => (Tone::Ok, "Works", good),
        (true, true) => {
            let nobody = Line::new("No running program says anything about it.");
            (Tone::Warn, "Unknown", vec![nobody])
        }
    };
    Verdict { tone, word, lines }
}

/// The database: it has just answered, whatever programs say.
fn database(health: &Health) -> Verdict {
    let size = size::show(health.database_bytes);
    let itself = ["PostgreSQL ", &health.database_version, ", ", &size, " on disk"].concat();
    let said = verdict(&health.processes, PartKind::Database);
    let (tone, word) = match said.tone {
        Tone::Danger => (said.tone, said.word),
        _ => (Tone::Ok, "Works"),
    };
    let said = said.lines.into_iter().filter(|line| !line.by.is_empty());
    Verdict {
        tone,
        word,
        lines: [Line::new(itself)].into_iter().chain(said).collect(),
    }
}

#[component]
fn Parts(found: Rc<Overview>) -> Element {
    let health = &found.health;
    let mut parts = vec![(PartKind::Database, database(health))];
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
                        div { class: "ad-said",
                            for (at, line) in verdict.lines.into_iter().enumerate() {
                                p { key: "{at}", class: "num",
                                    {line.text}
                                    if !line.by.is_empty() { span { class: "ad-by", {by(&line.by)} } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `API, Worker`
fn by(kinds: &[ProcessKind]) -> String {
    let words: Vec<_> = kinds.iter().map(|kind| kind.word()).collect();
    words.join(", ")
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
                                    td { class: "num soft", span { class: "only-phone", "since " } span { title: intl::moment_full(&process.started_at.0), {intl::moment(&process.started_at.0)} } }
                                    td { class: "num soft", span { class: "only-phone", "heard of " } span { title: intl::moment_full(&process.at.0), {intl::moment(&process.at.0)} } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What a purge deletes, in people's words. One of a newer server is named as it names itself.
fn purged(name: &str) -> &str {
    match name {
        "deleted projects" => "Projects deleted a year ago",
        "deleted workspaces" => "Workspaces deleted a year ago",
        "deleted documents" => "Documents deleted a year ago",
        "idempotency keys" => "Answers kept for requests that are repeated",
        "idempotency keys of persons" => "The same, of requests about one’s own account",
        "change log" => "Changes that live views have long seen",
        "dead messages" => "Messages put aside",
        "messages to webhooks" => "Messages to webhooks, with their attempts",
        "sent messages" => "Messages that were taken over",
        "rate budgets" => "What callers have used up",
        "sign-ups, sessions and throttles" => "Sign-ups, sessions and counts of failed attempts",
        "heartbeats" => "Last words of programs that are gone",
        other => other,
    }
}

/// One line while all is well; what each of them did stands behind it.
#[component]
fn Purges(found: Rc<Overview>) -> Element {
    let purges = found.health.purges.clone();
    if purges.is_empty() {
        return rsx! {};
    }
    let removed = purges.iter().filter_map(|run| run.removed).sum::<i32>();
    // All of one form, so that their texts have the order of their times.
    let finished = purges.iter().filter_map(|run| run.finished_at.as_ref());
    let last = finished.max_by(|one, other| one.0.cmp(&other.0)).cloned();
    rsx! {
        section { class: "sect ad-sect",
            div { class: "sect-head",
                h2 { class: "sect-title", "Deleting what is over" }
                span { class: "sect-end", "Once an hour" }
            }
            details { class: "ad-purges",
                summary {
                    match &last {
                        Some(at) => rsx! { span { class: "num", title: intl::moment_full(&at.0), "Last at " {intl::moment(&at.0)} ", " {intl::count(removed, "row", "rows")} " deleted" } },
                        None => rsx! { span { "Not done yet" } },
                    }
                    Icon { glyph: Glyph::Down, size: IconSize::Small }
                }
                div { class: "table-wrap", tabindex: "0", role: "region", aria_label: "Deleting what is over",
                    table { class: "table", "data-stack": "",
                        colgroup { col { class: "c-title" } col { class: "c-two" } col { class: "c-num" } }
                        thead { tr { th { scope: "col", "What" } th { scope: "col", "Last done" } th { scope: "col", class: "r", "Rows" } } }
                        tbody {
                            for run in purges {
                                tr { key: "{run.purge}",
                                    td { {purged(&run.purge)} }
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
}

#[cfg(test)]
mod tests {
    use super::{query::Part, *};
    use crate::gql::types::DateTime;

    fn process(kind: ProcessKind, is_stale: bool, is_ok: bool, detail: &str) -> Process {
        let at = DateTime("2026-11-26T09:00:00Z".to_owned());
        Process {
            name: "1".to_owned(),
            kind,
            version: "1".to_owned(),
            started_at: at.clone(),
            at,
            is_stale,
            parts: vec![Part {
                kind: PartKind::Storage,
                is_ok,
                detail: detail.to_owned(),
            }],
        }
    }

    fn lines(verdict: &Verdict) -> Vec<(&str, String)> {
        let lines = verdict.lines.iter();
        lines.map(|line| (line.text.as_str(), by(&line.by))).collect()
    }

    #[test]
    fn one_program_that_sees_a_fault_is_enough() {
        let (api, worker) = (ProcessKind::Api, ProcessKind::Worker);
        let good = process(worker, false, true, "folder");
        let two = verdict(&[good.clone(), good.clone()], PartKind::Storage);
        assert_eq!(
            (two.word, lines(&two)),
            ("Works", vec![("folder", "Worker".to_owned())])
        );
        let one = verdict(&[good, process(api, false, false, "refused")], PartKind::Storage);
        assert_eq!(
            (one.word, lines(&one)),
            ("Fails", vec![("refused", "API".to_owned())])
        );
    }

    #[test]
    fn who_says_the_same_stands_in_one_line() {
        let said = |kind| process(kind, false, true, "folder");
        let both = verdict(
            &[said(ProcessKind::Api), said(ProcessKind::Worker)],
            PartKind::Storage,
        );
        assert_eq!(lines(&both), [("folder", "API, Worker".to_owned())]);
    }

    #[test]
    fn what_nobody_says_any_more_is_unknown() {
        let silent = process(ProcessKind::Worker, true, true, "folder");
        for kind in [PartKind::Storage, PartKind::Queue] {
            assert_eq!(verdict(std::slice::from_ref(&silent), kind).word, "Unknown");
        }
    }

    #[test]
    fn a_database_that_answers_works_and_programs_add_what_they_see() {
        let mut health = Health {
            database_version: "17.6".to_owned(),
            database_bytes: 30_000_000,
            outbox_unsent: 0,
            outbox_oldest_at: None,
            processes: Vec::new(),
            purges: Vec::new(),
        };
        let alone = database(&health);
        assert_eq!((alone.word, alone.lines.len()), ("Works", 1));
        let mut api = process(ProcessKind::Api, false, true, "2 of 20 connections in use");
        api.parts[0].kind = PartKind::Database;
        health.processes.push(api);
        assert_eq!(
            lines(&database(&health))[1],
            ("2 of 20 connections in use", "API".to_owned())
        );
        health.processes[0].parts[0].is_ok = false;
        assert_eq!(database(&health).word, "Fails");
    }
}
