//! The whole workspace as one file.

use dioxus::prelude::*;

use crate::{fmt::size, gql::Error, page::settings::Section, transfer, ui::prelude::*};

/// How far an export is.
#[derive(Clone, Debug, PartialEq)]
enum Progress {
    /// Nothing was asked for yet.
    Rest,
    /// So many bytes have arrived.
    Going(i64),
    /// It was saved: its name, and its size in bytes.
    Saved(String, i64),
    /// It broke off.
    Failed(Error),
}

/// Exports everything, with what has arrived so far.
#[component]
pub(super) fn Everything() -> Element {
    let mut progress = use_signal(|| Progress::Rest);
    let is_going = matches!(*progress.read(), Progress::Going(_));
    let start = move |_| {
        progress.set(Progress::Going(0));
        let path = transfer::path("/export");
        spawn(async move {
            let mut size = 0;
            let saved = transfer::save(&path, |bytes| {
                size = whole(bytes);
                progress.set(Progress::Going(size));
            });
            let saved = saved.await;
            progress.set(match saved {
                Ok(name) => Progress::Saved(name, size),
                Err(error) => Progress::Failed(error),
            });
        });
    };
    rsx! {
        Section { title: "Export", help: "Yours to keep, and to bring into another workspace.",
            p { class: "data-what",
                "One ZIP file with every client, project, task, note, document and suggestion, the uploaded files, and every earlier version. Passwords, keys and the addresses of shared links stay here."
            }
            div { class: "data-do",
                Btn { variant: Variant::Primary, icon: Glyph::Download, busy: is_going, onclick: start, "Export everything" }
                p { class: "data-state num", role: "status",
                    match &*progress.read() {
                        Progress::Rest => rsx! {},
                        Progress::Going(bytes) => rsx! { "{size::show(*bytes)} so far" },
                        Progress::Saved(name, bytes) => rsx! { Icon { glyph: Glyph::Check } "Saved as {name}, {size::show(*bytes)}" },
                        Progress::Failed(_) => rsx! {},
                    }
                }
            }
            if let Progress::Failed(error) = &*progress.read() {
                p { class: "error", role: "alert", "It was not exported. {error.message()}" }
            }
        }
    }
}

/// A number of bytes, without a fraction.
fn whole(bytes: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "far below 2^53 bytes")]
    let whole = bytes as i64;
    whole
}
