//! One project: its frame and its views.

pub(crate) mod board;
pub(crate) mod documents;
pub(crate) mod list;
pub(crate) mod overview;

use dioxus::prelude::*;

use crate::route::Route;

/// The project an address is about.
pub(crate) fn id_of(route: &Route) -> Option<String> {
    match route {
        Route::ProjectOverview { id }
        | Route::ProjectBoard { id, .. }
        | Route::ProjectList { id, .. }
        | Route::ProjectDocuments { id, .. }
        | Route::ProjectShare { id } => Some(id.clone()),
        _ => None,
    }
}

#[component]
pub(crate) fn ProjectFrame() -> Element {
    rsx! { Outlet::<Route> {} }
}
