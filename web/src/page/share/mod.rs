//! Share.

use dioxus::prelude::*;

use crate::{app::use_title, ui::prelude::*};

#[component]
pub(crate) fn ProjectShare(id: String) -> Element {
    let _ = id;
    use_title("Share");
    rsx! { PageBar { title: "Share" } }
}
