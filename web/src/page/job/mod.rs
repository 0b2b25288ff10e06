//! Job.

use dioxus::prelude::*;

use crate::{app::use_title, ui::prelude::*};

#[component]
pub(crate) fn Job(job: String) -> Element {
    let _ = job;
    use_title("Job");
    rsx! { PageBar { title: "Job" } }
}
