//! Confirm.

use dioxus::prelude::*;

use crate::{app::use_title, route::Params, ui::prelude::*};

#[component]
pub(crate) fn Confirm(params: Params) -> Element {
    let _ = params;
    use_title("Confirm");
    rsx! { PageBar { title: "Confirm" } }
}
