//! The page's bar: where am I on the left, what can I do on the right.

use dioxus::prelude::*;

use super::icon::{Glyph, Icon};
use crate::route::Route;

/// One ancestor of the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Crumb {
    pub(crate) label: String,
    pub(crate) to: Route,
}

/// `title` is the page's `h1`, left out where the page states it below. `children` are the actions.
#[component]
pub(crate) fn PageBar(
    #[props(default)] crumbs: Vec<Crumb>,
    #[props(default)] title: Option<String>,
    #[props(default)] children: Option<Element>,
) -> Element {
    let back = crumbs.last().map(|crumb| crumb.to.clone());
    let ancestors = !crumbs.is_empty();
    rsx! {
        header { class: "bar",
            if let Some(to) = back {
                Link { to, class: "icon-btn back only-phone", aria_label: "Back", Icon { glyph: Glyph::Left } }
            }
            if ancestors {
                nav { class: "crumbs", aria_label: "Breadcrumb",
                    for (at, crumb) in crumbs.into_iter().enumerate() {
                        span { key: "{at}", class: "crumb",
                            if at > 0 { Icon { glyph: Glyph::Right } }
                            Link { to: crumb.to, "{crumb.label}" }
                        }
                    }
                }
            }
            if let Some(title) = title {
                if ancestors { span { class: "bar-sep not-phone", Icon { glyph: Glyph::Right } } }
                h1 { class: "bar-title", {title} }
            }
            div { class: "bar-end", {children} }
        }
    }
}
