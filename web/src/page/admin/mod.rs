//! Looking after the installation: accounts, sizes, states and costs, never content.
//!
//! A page more is a folder here, a line in [`pages`], and a route with its line in `pages!`.

pub(crate) mod ai;
mod input;
pub(crate) mod jobs;
pub(crate) mod log;
pub(crate) mod overview;
pub(crate) mod people;
pub(crate) mod workspaces;

use dioxus::prelude::*;
use gloo_timers::future::TimeoutFuture;

use crate::{
    gql::{Error, Query, types::PageInfo},
    page::clients::query::Listed,
    route::{NotFound, Params, Route},
    session,
    ui::prelude::*,
};

/// The pages, in order.
fn pages() -> [(&'static str, Route); 6] {
    let params = Params::default;
    [
        ("Overview", Route::AdminOverview {}),
        ("People", Route::AdminPeople { params: params() }),
        ("Workspaces", Route::AdminWorkspaces { params: params() }),
        ("Jobs", Route::AdminJobs { params: params() }),
        ("AI", Route::AdminAi { params: params() }),
        ("Log", Route::AdminLog { params: params() }),
    ]
}

/// Whether an address is one of these pages.
pub(crate) fn is_here(route: &Route) -> bool {
    pages().iter().any(|(_, to)| to.same_page(route))
}

/// Heading and tabs around the pages; to everybody but administrators there is nothing here.
#[component]
pub(crate) fn AdminFrame() -> Element {
    let here = use_route::<Route>();
    if !session::is_administrator() {
        return rsx! { NotFound { segments: segments(&here) } };
    }
    rsx! {
        PageBar { title: "Administration" }
        Tabs { label: "Administration",
            for (name, to) in pages() {
                Tab { key: "{name}", current: to.same_page(&here), to, {name} }
            }
        }
        Outlet::<Route> {}
    }
}

/// An address as the page for addresses that are nobody's says it.
pub(crate) fn segments(route: &Route) -> Vec<String> {
    let address = route.to_string();
    let path = address.split('?').next().unwrap_or_default();
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

/// How often what changes by itself is asked for again, in milliseconds: as often as programs say how they do.
const AGAIN_MILLIS: u32 = 10_000;

/// Keeps an answer fresh that no change feed announces.
fn use_again<T: 'static>(query: Query<T>) {
    use_future(move || async move {
        loop {
            TimeoutFuture::new(AGAIN_MILLIS).await;
            query.refetch();
        }
    });
}

/// The first `count` pages of a list, one after the other.
pub(crate) async fn collect<T, Fut>(
    count: usize,
    page: impl Fn(Option<String>) -> Fut,
) -> Result<Listed<T>, Error>
where
    Fut: Future<Output = Result<(Vec<T>, PageInfo), Error>>,
{
    let mut nodes = Vec::new();
    let mut after = None;
    for _ in 0..count {
        let (more, info) = page(after.take()).await?;
        nodes.extend(more);
        after = info.end_cursor.filter(|_| info.has_next_page);
        if after.is_none() {
            break;
        }
    }
    Ok(Listed {
        nodes,
        more: after.is_some(),
    })
}
