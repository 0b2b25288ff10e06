//! Not found.

use dioxus::prelude::*;

use crate::{app::use_title, ui::prelude::*};

#[component]
pub(crate) fn NotFound(segments: Vec<String>) -> Element {
    let _ = segments;
    use_title("Not found");
    rsx! { PageBar { title: "Not found" } }
}
