//! Clients.

use dioxus::prelude::*;

use crate::{app::use_title, route::Params, ui::prelude::*};

#[component]
pub(crate) fn Clients(params: Params) -> Element {
    let _ = params;
    use_title("Clients");
    rsx! { PageBar { title: "Clients" } }
}

#[component]
pub(crate) fn ClientDetail(id: String) -> Element {
    let _ = id;
    use_title("Client");
    rsx! { PageBar { title: "Client" } }
}
