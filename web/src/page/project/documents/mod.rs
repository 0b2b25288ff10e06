//! Documents.

use dioxus::prelude::*;

use crate::{app::use_title, route::Params, ui::prelude::*};

#[component]
pub(crate) fn ProjectDocuments(id: String, params: Params) -> Element {
    let _ = id;
    let _ = params;
    use_title("Documents");
    rsx! { PageBar { title: "Documents" } }
}
