//! Today.

use dioxus::prelude::*;

use crate::{app::use_title, route::Params, ui::prelude::*};

#[component]
pub(crate) fn Today(params: Params) -> Element {
    let _ = params;
    use_title("Today");
    rsx! { PageBar { title: "Today" } }
}
