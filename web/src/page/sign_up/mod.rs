//! Sign up.

use dioxus::prelude::*;

use crate::{app::use_title, ui::prelude::*};

#[component]
pub(crate) fn SignUp() -> Element {
    use_title("Sign up");
    rsx! { PageBar { title: "Sign up" } }
}
