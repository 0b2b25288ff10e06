//! The right pane of a job's page: its stages, or why it stopped.

use std::rc::Rc;

use dioxus::prelude::*;
use gloo_timers::future::TimeoutFuture;

use super::query::{self, Job};
use crate::{
    fmt::intl,
    gql::{
        Error, Query,
        types::{JobReason, JobStage, JobState, TaskStatus},
        use_fetch,
    },
    page::paste::query::{AiModel, Readers},
    route::{Params, Route},
    session,
    ui::prelude::*,
};

/// How often the running time is shown anew.
const TICK_MILLIS: u32 = 100;

/// A stage as the list shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Done,
    Now,
    Later,
}

/// What the job is doing, and for how long.
#[component]
pub(super) fn Stages(query: Query<Job>, job: Rc<Job>) -> Element {
    let mut now = use_signal(js_sys::Date::now);
    use_future(move || async move {
        loop {
            TimeoutFuture::new(TICK_MILLIS).await;
            now.set(js_sys::Date::now());
        }
    });
    let lines = lines(&job, now());
    let current = lines
        .iter()
        .find(|line| line.1 == At::Now)
        .map_or("Done", |line| line.0);
    let id = job.id.inner().to_owned();
    rsx! {
        div { class: "job",
            h3 { class: "job-h", if job.state == JobState::Queued { "Waiting for its turn" } else { "Reading your text" } }
            ol { class: "stages",
                for (name , at , took) in lines.iter().copied() {
                    li { key: "{name}", class: "stage",
                        "data-at": match at { At::Done => "done", At::Now => "now", At::Later => "later" },
                        "aria-current": (at == At::Now).then_some("step"),
                        Status { decorative: true, status: match at { At::Done => TaskStatus::Done, At::Now => TaskStatus::InProgress, At::Later => TaskStatus::Backlog } }
                        span { {name} }
                        if let Some(took) = took {
                            time { class: "num", {seconds(took)} }
                        }
                    }
                }
            }
            if job.attempt > 1 {
                p { class: "job-note", "Attempt {job.attempt}: the one before did not finish." }
            }
            p { class: "job-note", "You can leave this page; what is found waits under Review." }
            if session::may_write() {
                Btn { variant: Variant::Ghost, onclick: move |_| {
                    let id = id.clone();
                    let mut query = query;
                    spawn(async move {
                        match query::cancel(&id).await {
                            Ok(job) => query.patch(|old| *old = job),
                            Err(error) => toast::failed("It was not cancelled.", &error),
                        }
                    });
                }, "Cancel" }
            }
            p { class: "sr", role: "status", {current} }
        }
    }
}

/// Name, state and time in milliseconds of each stage.
fn lines(job: &Job, now: f64) -> Vec<(&'static str, At, Option<f64>)> {
    let begun = |stage: JobStage| {
        job.stages
            .iter()
            .find(|time| time.stage == stage)
            .and_then(|time| intl::millis(&time.at.0))
    };
    let ended = job.finished_at.as_ref().and_then(|at| intl::millis(&at.0));
    let stages = [JobStage::Reading, JobStage::Asking, JobStage::Checking];
    let mut starts = vec![("Queued", intl::millis(&job.created_at.0))];
    starts.extend(stages.iter().map(|&stage| (stage.word(), begun(stage))));
    // A running job whose first stage is not known yet is still being handed over.
    let current = starts.iter().rposition(|(_, at)| at.is_some()).unwrap_or(0);
    let over = job.state == JobState::Ready;
    starts
        .iter()
        .enumerate()
        .map(|(index, &(name, start))| {
            let at = if over || index < current {
                At::Done
            } else if index == current {
                At::Now
            } else {
                At::Later
            };
            let end = starts[index + 1..].iter().find_map(|(_, at)| *at).or(ended);
            // Clocks differ: a stage never took less than nothing.
            let took = start.map(|start| (end.unwrap_or(now) - start).max(0.0));
            (name, at, took)
        })
        .collect()
}

/// `0.4 s`, `12 s`, `2 min`.
fn seconds(millis: f64) -> String {
    let seconds = millis / 1_000.0;
    if seconds < 10.0 {
        format!("{seconds:.1} s")
    } else if seconds < 120.0 {
        format!("{seconds:.0} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

/// The job stopped: what happened, and what can be done now.
#[component]
pub(super) fn Why(query: Query<Job>, job: Rc<Job>, busy: Signal<bool>) -> Element {
    let navigator = use_navigator();
    let mut busy = busy;
    let cancelled = job.state == JobState::Cancelled;
    let title = match job.reason {
        _ if cancelled => "Cancelled",
        Some(reason) => reason.word(),
        None => "This needs you",
    };
    let text = job.reason_message.clone().unwrap_or_else(|| {
        if cancelled {
            "The text stays with the project."
        } else {
            "The text is kept. Try again, or work through it by hand."
        }
        .to_owned()
    });
    let id = job.id.inner().to_owned();
    // Reading the same text again finds the same nothing, and a budget is not filled by asking again.
    let hopeless = matches!(
        job.reason,
        Some(
            JobReason::NothingFound
                | JobReason::TextTooLong
                | JobReason::BudgetReached
                | JobReason::AiOff
                | JobReason::DocumentUnreadable
        )
    );
    let readers = use_fetch(
        session::workspace_id().inner().to_owned(),
        &[],
        crate::page::paste::query::readers,
    );
    let others: Vec<AiModel> = readers
        .get()
        .map(|readers| others(&readers, &job))
        .unwrap_or_default();
    let again = {
        let id = id.clone();
        Callback::new(move |model: Option<String>| {
            let id = id.clone();
            let mut query = query;
            busy.set(true);
            spawn(async move {
                match query::retry(&id, model).await {
                    Ok(job) => query.patch(|old| *old = job),
                    Err(error) => toast::failed("It was not started again.", &error),
                }
                busy.set(false);
            });
        })
    };
    let by_hand = move |_: MouseEvent| {
        let id = id.clone();
        busy.set(true);
        spawn(async move {
            match query::by_hand(&id).await {
                Ok(suggestion) => {
                    navigator.replace(Route::Review { suggestion });
                }
                Err(error) => failed(&error, busy),
            }
        });
    };
    let (first, second) = if hopeless {
        (Variant::Default, Variant::Primary)
    } else {
        (Variant::Primary, Variant::Default)
    };
    let project = job.project.id.inner().to_owned();
    let unread = job.document.text.is_empty();
    rsx! {
        div { class: "job-why", role: "status",
            Icon { glyph: if cancelled { Glyph::Ban } else { Glyph::Alert } }
            h3 { class: "job-h", {title} }
            p { {text} }
            if session::may_write() {
                div { class: "row",
                    Btn { variant: first, icon: Glyph::Refresh, busy: busy(), onclick: move |_| again.call(None), "Try again" }
                    if unread {
                        LinkBtn { to: Route::Paste { params: Params::of("project", &project) }, variant: second, icon: Glyph::Paste, "Paste its text" }
                    } else {
                        Btn { variant: second, icon: Glyph::Edit, busy: busy(), onclick: by_hand, "Work by hand" }
                    }
                }
                if !others.is_empty() && !unread {
                    div { class: "row", role: "group", "aria-label": "Have it read by another model",
                        for model in others {
                            Btn { key: "{model.name}", variant: Variant::Ghost, busy: busy(),
                                onclick: { let name = model.name.clone(); move |_| again.call(Some(name.clone())) },
                                "Read by {model.label}"
                            }
                        }
                    }
                }
                if !unread { p { class: "help", "Or select a passage of the source and make a task of it." } }
            } else {
                div { class: "row",
                    LinkBtn { to: Route::ProjectDocuments { id: project, params: Params::default() }, "Open the project’s documents" }
                }
            }
        }
    }
}

/// The models that have not read it: all but the one it went to.
fn others(readers: &Readers, job: &Job) -> Vec<AiModel> {
    let went_to = job
        .model
        .as_deref()
        .or_else(|| readers.reader(job.use_case).map(|model| model.name.as_str()))
        .unwrap_or("basic");
    readers
        .ai_models
        .iter()
        .filter(|model| model.name != went_to)
        .cloned()
        .collect()
}

fn failed(error: &Error, mut busy: Signal<bool>) {
    busy.set(false);
    toast::failed("No review was opened.", error);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_exact_as_they_are_short() {
        assert_eq!(seconds(0.0), "0.0 s");
        assert_eq!(seconds(440.0), "0.4 s");
        assert_eq!(seconds(12_400.0), "12 s");
        assert_eq!(seconds(180_000.0), "3 min");
    }
}
