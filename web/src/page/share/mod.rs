//! Share links of a project: what the client may see, and who holds a key.

mod form;
mod parts;
pub(crate) mod query;

use dioxus::prelude::*;

use self::{form::LinkForm, parts::LinkRow, query::ShareLink};
use crate::{
    app::use_title,
    gql::{Load, types::NodeKind, use_fetch},
    session,
    ui::prelude::*,
};

/// The project's Share tab.
#[component]
pub(crate) fn ProjectShare(id: String) -> Element {
    use_title("Share");
    rsx! {
        div { class: "page",
            Links { project_id: id }
        }
    }
}

/// The same in a dialog, for the project's header.
#[component]
pub(crate) fn ShareDialog(project_id: String, onclose: EventHandler<()>) -> Element {
    rsx! {
        Dialog { title: "Share with the client", size: DialogSize::Large, onclose,
            Links { project_id }
        }
    }
}

/// Making a link, and the links there are.
#[component]
fn Links(project_id: String) -> Element {
    let query = use_fetch(project_id.clone(), &[NodeKind::ShareLink], query::links);
    let mut making = use_signal(|| false);
    let mut fresh = use_signal(|| None::<String>);
    let may_write = session::may_write();
    let links = match query.load() {
        Load::Wait => return rsx! { SkeletonRows { rows: 2 } },
        Load::Failed(error) => return rsx! { Failed { error, retry: move |()| query.refetch() } },
        Load::Ready(links) => links,
    };
    let (live, over): (Vec<&ShareLink>, Vec<&ShareLink>) =
        links.iter().partition(|link| !parts::is_over(link));
    // Without any link the form is the page; with some it waits behind a button.
    let show_form = may_write && (making() || live.is_empty());
    let made = move |link: ShareLink| {
        let mut query = query;
        fresh.set(Some(link.id.inner().to_owned()));
        making.set(false);
        query.patch(|links| {
            links.retain(|old| old.id != link.id);
            links.insert(0, link);
        });
    };
    rsx! {
        div { class: "links-lead",
            p { class: "soft", "A link opens a read-only page of this project, without an account. It moves as the project does." }
            if may_write && !show_form {
                Btn { variant: Variant::Primary, icon: Glyph::Plus, onclick: move |_| making.set(true), "New link" }
            }
        }
        if show_form {
            div { class: "link-new",
                LinkForm { project_id, link: None, cancel: (!live.is_empty()).then(|| EventHandler::new(move |()| making.set(false))), onsaved: made }
            }
        }
        if !live.is_empty() {
            ul { class: "links",
                for link in live {
                    LinkRow { key: "{link.id.inner()}", query, link: link.clone(), fresh: fresh.read().as_deref() == Some(link.id.inner()), may_write }
                }
            }
        }
        if !over.is_empty() {
            section { class: "sect",
                div { class: "sect-head", h2 { class: "sect-title", "No longer open" } span { class: "sect-n num", "{over.len()}" } }
                ul {
                    for link in over {
                        LinkRow { key: "{link.id.inner()}", query, link: link.clone(), fresh: false, may_write }
                    }
                }
            }
        }
    }
}
