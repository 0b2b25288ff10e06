//! What waits for a decision: suggestions, and jobs that need a person.

use dioxus::prelude::*;

use super::{
    parts::EngineBadge,
    query::{self, ReviewProject, WaitingJob, WaitingSuggestion},
};
use crate::{
    app::use_title,
    fmt::intl,
    gql::{
        Load,
        types::{JobState, NodeKind, UseCase},
        use_fetch,
    },
    route::{Params, Route},
    session,
    ui::prelude::*,
};

/// The list.
#[component]
pub(crate) fn Reviews() -> Element {
    use_title("Review");
    let query = use_fetch(
        session::workspace_id().inner().to_owned(),
        &[NodeKind::Suggestion, NodeKind::SuggestionItem, NodeKind::Job],
        query::waiting,
    );
    rsx! {
        PageBar { title: "Review" }
        div { class: "page",
            match query.load() {
                Load::Wait => rsx! { SkeletonRows {} },
                Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
                Load::Ready(waiting) if waiting.suggestions.nodes.is_empty() && waiting.jobs.nodes.is_empty() => rsx! {
                    Empty { glyph: Glyph::Review, title: "Nothing waits for you. ",
                        text: "Paste a brief, meeting notes or a mail, and decide here what becomes work.",
                        if session::may_write() { LinkBtn { variant: Variant::Primary, icon: Glyph::Paste, kbd: "b", to: Route::Paste { params: Params::default() }, "Paste a text" } }
                    }
                },
                Load::Ready(waiting) => {
                    let (stuck, running): (Vec<_>, Vec<_>) = waiting.jobs.nodes.iter().partition(|job| job.state == JobState::NeedsReview);
                    rsx! {
                        Section { title: "Needs you", count: stuck.len(),
                            for job in stuck { JobRow { key: "{job.id.inner()}", job: job.clone() } }
                        }
                        Section { title: "Waiting for a decision", count: waiting.suggestions.nodes.len(),
                            for suggestion in &waiting.suggestions.nodes {
                                SuggestionRow { key: "{suggestion.id.inner()}", suggestion: suggestion.clone() }
                            }
                        }
                        Section { title: "Being read", count: running.len(),
                            for job in running { JobRow { key: "{job.id.inner()}", job: job.clone() } }
                        }
                    }
                }
            }
        }
    }
}

/// A heading with its rows; nothing at all without rows.
#[component]
fn Section(title: &'static str, count: usize, children: Element) -> Element {
    if count == 0 {
        return rsx! {};
    }
    rsx! {
        section { class: "sect",
            div { class: "sect-head",
                h2 { class: "sect-title", {title} }
                span { class: "sect-n num", "{count}" }
            }
            ul { {children} }
        }
    }
}

#[component]
fn SuggestionRow(suggestion: WaitingSuggestion) -> Element {
    let counts = &suggestion.item_counts;
    let decided = counts.total - counts.open;
    let progress = format!("{decided} of {} decided", counts.total);
    rsx! {
        li { class: "wait",
            div {
                div { class: "wait-title trunc",
                    Link { to: Route::Review { suggestion: suggestion.id.inner().to_owned() }, {name(&suggestion.document.title, &suggestion.project)} }
                }
                div { class: "wait-meta",
                    Home { project: suggestion.project.clone() }
                    EngineBadge { provenance: suggestion.provenance.clone() }
                    if suggestion.stale { Badge { tone: Tone::Warn, "Stale" } }
                }
            }
            if suggestion.use_case == UseCase::Reply {
                Badge { tone: Tone::Accent, "Draft reply" }
            } else if suggestion.use_case == UseCase::Status {
                Badge { tone: Tone::Accent, "Draft update" }
            } else {
                div { class: "wait-n",
                    span { class: "num", {progress.clone()} }
                    Meter { value: decided, max: counts.total, tone: MeterTone::Accent, label: progress }
                }
            }
            time { datetime: suggestion.created_at.0.clone(), title: intl::moment_full(&suggestion.created_at.0), {intl::moment(&suggestion.created_at.0)} }
        }
    }
}

#[component]
fn JobRow(job: WaitingJob) -> Element {
    let (tone, what) = match (job.state, job.reason) {
        (JobState::NeedsReview, Some(reason)) => (Tone::Warn, reason.word()),
        (state, _) => (
            if state == JobState::NeedsReview {
                Tone::Warn
            } else {
                Tone::Accent
            },
            state.word(),
        ),
    };
    rsx! {
        li { class: "wait",
            div {
                div { class: "wait-title trunc",
                    Link { to: Route::Job { job: job.id.inner().to_owned() }, {name(&job.document.title, &job.project)} }
                }
                div { class: "wait-meta", Home { project: job.project.clone() } }
            }
            Badge { tone, {what} }
            time { datetime: job.created_at.0.clone(), title: intl::moment_full(&job.created_at.0), {intl::moment(&job.created_at.0)} }
        }
    }
}

#[component]
fn Home(project: ReviewProject) -> Element {
    rsx! {
        span { class: "row",
            Swatch { hue: project.hue }
            if let Some(client) = &project.client { "{client.name}, {project.name}" } else { {project.name.clone()} }
        }
    }
}

fn name(title: &str, project: &ReviewProject) -> String {
    if title.is_empty() {
        project.name.clone()
    } else {
        title.to_owned()
    }
}
