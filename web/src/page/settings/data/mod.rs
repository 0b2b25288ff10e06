//! What of the workspace goes out and comes in: all of it as one file, clients and tasks for a spreadsheet.

mod export;
mod import;
mod sheet;

use dioxus::prelude::*;

use super::is_owner;
use crate::{app::use_title, session};

#[component]
pub(crate) fn SettingsData() -> Element {
    use_title("Data · Settings");
    let owner = is_owner();
    rsx! {
        // Another workspace is another file.
        for workspace in [session::workspace_id()] {
            div { key: "{workspace.inner()}", class: "data",
                sheet::SheetSection { sheet: sheet::Sheet::Clients }
                sheet::SheetSection { sheet: sheet::Sheet::Tasks }
                if owner {
                    export::Everything {}
                    import::Import {}
                } else {
                    p { class: "help", "Only an owner of the workspace exports or imports all of it." }
                }
            }
        }
    }
}
