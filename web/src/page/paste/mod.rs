//! Paste.

use dioxus::prelude::*;

use crate::{app::use_title, route::Params, ui::prelude::*};

#[component]
pub(crate) fn Paste(params: Params) -> Element {
    let _ = params;
    use_title("Paste");
    rsx! { PageBar { title: "Paste" } }
}
