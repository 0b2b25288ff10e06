//! Tasks: making one from anywhere, and one in detail.

use dioxus::prelude::*;

use crate::route::Route;

/// The task being written, while the dialog is open.
pub(crate) static NEW_TASK: GlobalSignal<Option<Draft>> = Signal::global(|| None);

/// What is known of a task before it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub(crate) title: String,
    pub(crate) project: Option<String>,
}

impl Draft {
    /// In the project being looked at, if any.
    pub(crate) fn here(route: &Route) -> Self {
        Self {
            title: String::new(),
            project: super::project::id_of(route),
        }
    }
}

#[component]
pub(crate) fn NewTask() -> Element {
    rsx! {}
}
