//! Sign in.

use dioxus::prelude::*;

use crate::{app::use_title, route::Params, ui::prelude::*};

#[component]
pub(crate) fn SignIn(params: Params) -> Element {
    let _ = params;
    use_title("Sign in");
    rsx! { PageBar { title: "Sign in" } }
}
