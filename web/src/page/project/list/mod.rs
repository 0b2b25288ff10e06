//! List.

use dioxus::prelude::*;

use crate::{app::use_title, route::Params, ui::prelude::*};

#[component]
pub(crate) fn ProjectList(id: String, params: Params) -> Element {
    let _ = id;
    let _ = params;
    use_title("List");
    rsx! { PageBar { title: "List" } }
}
