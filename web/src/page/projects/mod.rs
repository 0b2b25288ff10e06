//! Projects.

use dioxus::prelude::*;

use crate::{app::use_title, route::Params, ui::prelude::*};

#[component]
pub(crate) fn Projects(params: Params) -> Element {
    let _ = params;
    use_title("Projects");
    rsx! { PageBar { title: "Projects" } }
}
