//! Nothing here, or nothing to be had: what happened, and the next step.

use dioxus::prelude::*;

use super::{
    btn::Btn,
    icon::{Glyph, Icon},
};
use crate::gql::Error;

/// An empty list with its next step as `children`.
#[component]
pub(crate) fn Empty(
    glyph: Glyph,
    title: String,
    text: String,
    #[props(default)] children: Option<Element>,
) -> Element {
    rsx! {
        div { class: "empty",
            Icon { glyph }
            p {
                strong { {title} }
                {text}
            }
            {children}
        }
    }
}

/// A request that failed, with a way to try again.
#[component]
pub(crate) fn Failed(
    error: Error,
    #[props(default = "This did not load".to_owned())] title: String,
    retry: EventHandler<()>,
) -> Element {
    rsx! {
        div { class: "empty", role: "alert",
            Icon { glyph: if error == Error::Offline { Glyph::Offline } else { Glyph::Alert } }
            p {
                strong { if error == Error::NotFound { "Not found" } else { {title} } }
                "{error.message()}"
            }
            if error != Error::NotFound {
                Btn { icon: Glyph::Refresh, onclick: move |_| retry.call(()), "Try again" }
            }
        }
    }
}
