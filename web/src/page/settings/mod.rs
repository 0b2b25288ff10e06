//! Settings.

use dioxus::prelude::*;

use crate::{app::use_title, ui::prelude::*};

#[component]
pub(crate) fn Settings() -> Element {
    use_title("Settings");
    rsx! { PageBar { title: "Settings" } }
}
