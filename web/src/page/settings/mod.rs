//! Settings: the person, the workspace, how it looks.

mod query;

use dioxus::prelude::*;

use crate::{
    app::use_title,
    gql::{
        Error,
        types::{Hue, MemberRole},
    },
    page::sign_in::use_installation,
    session,
    ui::{prelude::*, shell::ThemeSeg},
};

#[component]
pub(crate) fn Settings() -> Element {
    use_title("Settings");
    let installation = use_installation();
    let Some(viewer) = session::viewer() else {
        return rsx! {};
    };
    let Some(workspace) = session::workspace() else {
        return rsx! {};
    };
    let role = viewer
        .workspaces
        .iter()
        .find(|each| each.workspace.id == workspace.id)
        .map(|each| each.role);
    let owner = role == Some(MemberRole::Owner);
    rsx! {
        PageBar { title: "Settings" }
        div { class: "page settings",
            section { class: "set",
                div { h2 { class: "sect-title", "You" } p { class: "help", "Signed in as {viewer.user.email}" } }
                NameField {
                    id: "me", label: "Your name", value: viewer.user.name.clone(),
                    onsave: |name: String| saving(async move {
                        let saved = query::rename(name).await;
                        if saved.is_ok() { session::load().await; }
                        saved.map(|_| ())
                    }),
                }
            }
            section { class: "set",
                div { h2 { class: "sect-title", "Workspace" } p { class: "help", if owner { "Clients see its name and colour on shared pages." } else { "Only its owner can change it." } } }
                div { class: "set-body",
                    NameField {
                        id: "ws", label: "Name", value: workspace.name.clone(), disabled: !owner,
                        onsave: { let id = workspace.id.clone(); move |name: String| { let id = id.clone(); saving(async move {
                            let saved = query::workspace(id, Some(name), None).await;
                            if saved.is_ok() { session::load().await; }
                            saved
                        }) } },
                    }
                    div { class: "field",
                        span { class: "label", "Colour" }
                        if owner {
                            HueSeg {
                                name: "ws-hue", value: workspace.hue,
                                onchange: { let id = workspace.id.clone(); move |hue: Hue| { let id = id.clone(); async move {
                                    match query::workspace(id, None, Some(hue)).await {
                                        Ok(()) => session::load().await,
                                        Err(error) => toast::failed("The colour was not changed.", &error),
                                    }
                                } } },
                            }
                        } else {
                            Swatch { hue: workspace.hue, large: true }
                        }
                    }
                }
            }
            section { class: "set",
                div { h2 { class: "sect-title", "Look" } p { class: "help", "Kept in this browser." } }
                div { class: "field", span { class: "label", "Theme" } ThemeSeg {} }
            }
            section { class: "set",
                div { h2 { class: "sect-title", "Session" } p { class: "help", "Other browsers stay signed in." } }
                div { Btn { icon: Glyph::Out, onclick: move |_| async move { session::sign_out().await }, "Sign out" } }
            }
            if let Some(installation) = installation { p { class: "help", "SmartStack {installation.version}" } }
        }
    }
}

type Saving = std::pin::Pin<Box<dyn Future<Output = Result<(), Error>>>>;

fn saving(work: impl Future<Output = Result<(), Error>> + 'static) -> Saving {
    Box::pin(work)
}

/// A name with its own save: nothing is sent until it is asked for.
#[component]
fn NameField(
    id: &'static str,
    label: &'static str,
    value: String,
    #[props(default)] disabled: bool,
    onsave: Callback<String, Saving>,
) -> Element {
    let mut draft = {
        let value = value.clone();
        use_signal(|| value)
    };
    let mut failed = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let changed = draft.read().trim() != value;
    rsx! {
        form { class: "set-form", novalidate: true,
            onsubmit: move |event| async move {
                event.prevent_default();
                if busy() || !changed {
                    return;
                }
                busy.set(true);
                let saved = onsave.call(draft.peek().trim().to_owned()).await;
                busy.set(false);
                if saved.is_ok() { toast::done("Saved"); }
                failed.set(saved.err());
            },
            Field { id, label, error: failed.read().as_ref().map(Error::message),
                Input { id, value: draft, disabled, maxlength: 100, invalid: failed.read().is_some(), oninput: move |text| draft.set(text) }
            }
            Btn { kind: BtnKind::Submit, busy: busy(), disabled: disabled || !changed, size: BtnSize::Large, "Save" }
        }
    }
}
