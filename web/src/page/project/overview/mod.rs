//! Overview.

use dioxus::prelude::*;

use crate::{app::use_title, ui::prelude::*};

#[component]
pub(crate) fn ProjectOverview(id: String) -> Element {
    let _ = id;
    use_title("Overview");
    rsx! { PageBar { title: "Overview" } }
}
