//! A job at work: its stages as they happen, then the review in its place; or,
//! when it could not finish, the text with the reason and two ways on.

mod parts;
pub(crate) mod query;

use std::rc::Rc;

use dioxus::prelude::*;

use self::{
    parts::{Stages, Why},
    query::{Job as JobData, JobSubscription},
};
use crate::{
    app::use_title,
    gql::{
        Ask, Load, Query, changes,
        types::{JobState, NodeKind},
        use_fetch,
    },
    page::review::{
        PaneSwitch,
        parts::TextHead,
        query::{OneVariables, add},
        text::{Passage, SourceText},
    },
    platform::random_key,
    route::Route,
    session,
    ui::{prelude::*, shell::use_fixed},
};

/// One job.
#[component]
pub(crate) fn Job(job: String) -> Element {
    rsx! { JobOf { key: "{job}", id: job } }
}

#[component]
fn JobOf(id: String) -> Element {
    use_fixed();
    let query = use_fetch(id.clone(), &[NodeKind::Job, NodeKind::Document], query::job);
    use_feed(id, query);
    let crumbs = vec![Crumb {
        label: "Review".to_owned(),
        to: Route::Reviews {},
    }];
    match query.load() {
        Load::Wait => rsx! {
            PageBar { crumbs, title: "Reading a text" }
            div { class: "page", Skeleton { lines: 6 } }
        },
        Load::Failed(error) => rsx! {
            PageBar { crumbs, title: "Reading a text" }
            Failed { error, retry: move |()| query.refetch() }
        },
        Load::Ready(job) => rsx! {
            PageBar { crumbs }
            Panes { query, job }
        },
    }
}

/// Follows the job by its own subscription, stage by stage.
fn use_feed(id: String, query: Query<JobData>) {
    use_hook(|| {
        let scope = dioxus::core::current_scope_id();
        let runtime = dioxus::core::Runtime::current();
        let operation = move || {
            JobSubscription::build(OneVariables {
                id: id.clone().into(),
            })
        };
        let handle = changes::socket().map(|socket| {
            socket.subscribe(operation, move |event: Result<JobSubscription, _>| {
                // The subscription ends with the job; what is missed comes by the query.
                let Ok(event) = event else { return };
                let mut query = query;
                runtime.in_scope(scope, || query.patch(|job| job.advance(event.job)));
            })
        });
        Rc::new(handle)
    });
}

#[component]
fn Panes(query: Query<JobData>, job: Rc<JobData>) -> Element {
    let navigator = use_navigator();
    let see_source = use_signal(|| false);
    let busy = use_signal(|| false);
    use_title(&job.document.title);
    let ready = job
        .suggestion
        .as_ref()
        .filter(|_| job.state == JobState::Ready)
        .map(|suggestion| suggestion.id.inner().to_owned());
    use_effect(use_reactive!(|(ready)| {
        if let Some(suggestion) = ready {
            navigator.replace(Route::Review { suggestion });
        }
    }));
    let text: Rc<str> = use_memo(use_reactive!(|(job)| Rc::<str>::from(job.document.text.as_str()))).cloned();
    // Of a file that could not be read there is nothing to select.
    let by_hand = matches!(job.state, JobState::NeedsReview | JobState::Cancelled)
        && session::may_write()
        && !text.is_empty();
    let unread = match (&job.document.download_path, text.is_empty()) {
        (Some(path), true) => Some(path.clone()),
        _ => None,
    };
    let id = job.id.inner().to_owned();
    let make = move |passage: Passage| {
        let id = id.clone();
        let mut busy = busy;
        busy.set(true);
        spawn(async move {
            let made = async {
                let suggestion = query::by_hand(&id).await?;
                add(
                    suggestion.clone(),
                    passage.kind,
                    passage.title,
                    Some((passage.start, passage.end)),
                    random_key(),
                )
                .await?;
                Ok(suggestion)
            };
            match made.await {
                Ok(suggestion) => {
                    navigator.replace(Route::Review { suggestion });
                }
                Err(error) => {
                    busy.set(false);
                    toast::failed("No task was made.", &error);
                }
            }
        });
    };
    let running = matches!(job.state, JobState::Queued | JobState::Running | JobState::Ready);
    let label = if running { "Progress" } else { "What now" };
    rsx! {
        TextHead { document: job.document.clone(), project: job.project.clone(), provenance: None }
        PaneSwitch { source: see_source, label, open: 0 }
        div { class: "rv", "data-see": if see_source() { "source" } else { "items" },
            section { class: "pane", "data-pane": "source", "aria-labelledby": "h-source",
                div { class: "pane-head",
                    h2 { id: "h-source", "Source" }
                    if by_hand { span { class: "end", "Select text to make a task of it" } }
                }
                div { class: "pane-scroll", tabindex: "0", role: "region", "aria-label": "Source text",
                    if let Some(path) = unread {
                        p { class: "job-unread",
                            if running { "The text of the file is being read." } else { "There is no text of this file." }
                            a { href: path, download: "", "Download the file" }
                        }
                    }
                    SourceText {
                        text,
                        quotes: Vec::new(),
                        language: job.document.language.clone(),
                        lit: None,
                        on_hover: |_| {},
                        on_choose: |_| {},
                        on_make: by_hand.then(|| EventHandler::new(make)),
                    }
                }
            }
            section { class: "pane", "data-pane": "items", "aria-labelledby": "h-items",
                div { class: "pane-head", h2 { id: "h-items", "Proposed" } }
                div { class: "pane-scroll", tabindex: "0", role: "region", "aria-label": "Progress",
                    if running {
                        Stages { query, job }
                    } else {
                        Why { query, job, busy }
                    }
                }
            }
        }
    }
}
