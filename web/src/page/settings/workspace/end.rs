//! Deleting the workspace, and bringing back one that was deleted.

use dioxus::prelude::*;

use super::query::{self, DeletedWorkspace};
use crate::{
    fmt::intl,
    gql::{Error, Load, use_fetch},
    page::settings::Section,
    session,
    ui::prelude::*,
};

/// For its owner: hides the workspace once its name was typed.
#[component]
pub(super) fn Deleting(id: cynic::Id, name: String) -> Element {
    let mut asking = use_signal(|| false);
    let mut typed = use_signal(String::new);
    let mut error = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let delete = {
        let name = name.clone();
        move |event: FormEvent| {
            event.prevent_default();
            if busy() {
                return;
            }
            busy.set(true);
            error.set(None);
            let (id, name) = (id.clone(), name.clone());
            spawn(async move {
                match query::delete(id, typed.peek().clone()).await {
                    Ok(()) => {
                        toast::done([&name, " is deleted. You can bring it back for a year."].concat());
                        session::load().await;
                    }
                    Err(reason) => {
                        busy.set(false);
                        error.set(Some(reason));
                    }
                }
            });
        }
    };
    rsx! {
        Section { title: "Delete", help: "Its owners can bring it back for a year; then it is gone for good.",
            div { Btn { variant: Variant::Danger, icon: Glyph::Trash, onclick: move |_| asking.set(true), "Delete this workspace" } }
        }
        if asking() {
            Dialog { title: "Delete {name}?", onclose: move |()| asking.set(false),
                form { class: "set-end", novalidate: true, onsubmit: delete,
                    p { "Nobody sees its projects, clients and texts any more. Links you shared and tokens for it open nothing." }
                    Field { id: "delete-name", label: "Type its name: {name}", error: error.read().as_ref().map(Error::message),
                        Input { id: "delete-name", value: typed(), autofocus: true, autocomplete: "off", invalid: error.read().is_some(), oninput: move |text| typed.set(text) }
                    }
                    div { class: "row",
                        Btn { variant: Variant::Danger, kind: BtnKind::Submit, busy: busy(), "Delete" }
                        Btn { variant: Variant::Ghost, onclick: move |_| asking.set(false), "Keep it" }
                    }
                }
            }
        }
    }
}

/// What the person can bring back; nothing where there is nothing.
#[component]
pub(super) fn Deleted() -> Element {
    let query = use_fetch((), &[], query::deleted);
    let Load::Ready(all) = query.load() else {
        return rsx! {};
    };
    if all.is_empty() {
        return rsx! {};
    }
    rsx! {
        Section { title: "Deleted workspaces", help: "Yours to bring back.",
            ul { class: "tokens",
                for one in all.iter() {
                    DeletedRow { key: "{one.id.inner()}", one: one.clone() }
                }
            }
        }
    }
}

#[component]
fn DeletedRow(one: DeletedWorkspace) -> Element {
    let mut busy = use_signal(|| false);
    let id = one.id.clone();
    let restore = move |_| {
        if busy() {
            return;
        }
        busy.set(true);
        let id = id.clone();
        spawn(async move {
            match query::restore(id).await {
                Ok(workspace) => session::enter(&workspace).await,
                Err(error) => {
                    busy.set(false);
                    toast::failed("It was not brought back.", &error);
                }
            }
        });
    };
    let until = intl::local_day(&one.restorable_until.0).map_or_else(String::new, intl::day_long);
    rsx! {
        li { class: "token",
            div { class: "token-main",
                p { class: "token-name", Swatch { hue: one.hue } strong { class: "trunc", {one.name.clone()} } }
                p { class: "token-meta num", "Until {until}" }
            }
            Btn { size: BtnSize::Small, icon: Glyph::Undo, busy: busy(), label: "Bring back {one.name}", onclick: restore, "Bring back" }
        }
    }
}
