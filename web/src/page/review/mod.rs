//! Review.

use dioxus::prelude::*;

use crate::{app::use_title, ui::prelude::*};

#[component]
pub(crate) fn Reviews() -> Element {
    use_title("Review");
    rsx! { PageBar { title: "Review" } }
}

#[component]
pub(crate) fn Review(suggestion: String) -> Element {
    let _ = suggestion;
    use_title("Review");
    rsx! { PageBar { title: "Review" } }
}
