//! An address that is nobody's.

use dioxus::prelude::*;

use crate::{
    app::use_title,
    route::{Params, Route},
    ui::prelude::*,
};

#[component]
pub(crate) fn NotFound(segments: Vec<String>) -> Element {
    use_title("Not found");
    let path = segments.join("/");
    rsx! {
        PageBar { title: "Not found" }
        Empty { glyph: Glyph::Search, title: "There is no such page", text: "/{path} leads nowhere. The address may be old or mistyped.",
            LinkBtn { to: Route::Today { params: Params::default() }, icon: Glyph::Today, "Go to Today" }
        }
    }
}
