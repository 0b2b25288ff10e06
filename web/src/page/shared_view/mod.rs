//! Shared view.

use dioxus::prelude::*;

use crate::{app::use_title, ui::prelude::*};

#[component]
pub(crate) fn SharedView(share: String) -> Element {
    let _ = share;
    use_title("Shared view");
    rsx! { PageBar { title: "Shared view" } }
}
