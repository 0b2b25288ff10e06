//! How the person signs in, and where they are signed in.

use dioxus::prelude::*;

use super::Section;
use crate::{app::use_title, session, ui::prelude::*};

#[component]
pub(crate) fn SettingsSecurity() -> Element {
    use_title("Security · Settings");
    rsx! {
        Section { title: "Session", help: "Other browsers stay signed in.",
            div { Btn { icon: Glyph::Out, onclick: move |_| async move { session::sign_out().await }, "Sign out" } }
        }
    }
}
