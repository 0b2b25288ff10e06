//! Inviting people, and those who were invited and have not joined yet.

use dioxus::prelude::*;

use super::{
    query::{self, Invitation},
    roles,
};
use crate::{
    fmt::intl,
    gql::{
        Error, Load, Query,
        types::{MemberRole, NodeKind},
        use_fetch,
    },
    page::settings::Section,
    ui::prelude::*,
};

#[component]
pub(super) fn Invitations(workspace: cynic::Id) -> Element {
    let query = use_fetch(workspace.clone(), &[NodeKind::Workspace], query::invitations);
    let mut email = use_signal(String::new);
    let mut role = use_signal(|| MemberRole::Member);
    let mut error = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let invite = {
        let workspace = workspace.clone();
        move |event: FormEvent| {
            event.prevent_default();
            if busy() {
                return;
            }
            let workspace = workspace.clone();
            busy.set(true);
            error.set(None);
            spawn(async move {
                let made = query::invite(workspace, email.peek().trim().to_owned(), role()).await;
                busy.set(false);
                match made {
                    Ok(invitation) => {
                        toast::done(["Invitation sent to ", &invitation.email].concat());
                        email.set(String::new());
                        let mut query = query;
                        query.patch(|all| {
                            all.retain(|old| old.id != invitation.id);
                            all.insert(0, invitation);
                        });
                    }
                    Err(reason) => error.set(Some(reason)),
                }
            });
        }
    };
    let waiting = match query.load() {
        Load::Wait => rsx! { SkeletonRows { rows: 1 } },
        Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
        Load::Ready(all) if all.is_empty() => rsx! { p { class: "soft", "Nobody is waiting to join." } },
        Load::Ready(all) => rsx! {
            ul { class: "members", aria_label: "Waiting to join",
                for invitation in all.iter() {
                    Waiting { key: "{invitation.id.inner()}", query, workspace: workspace.clone(), invitation: invitation.clone() }
                }
            }
        },
    };
    let message = error.read().as_ref().map(Error::message);
    rsx! {
        Section { title: "Invitations", help: "The link in the mail works once, for seven days, for that address alone.",
            form { class: "invite", novalidate: true, onsubmit: invite,
                Field { id: "invite-email", label: "E-mail address", error: message,
                    Input { id: "invite-email", value: email(), kind: InputKind::Email, autocomplete: "off", maxlength: 254, invalid: error.read().is_some(), oninput: move |text| email.set(text) }
                }
                Field { id: "invite-role", label: "Role",
                    Select { id: "invite-role", value: role().key().to_owned(), options: roles(),
                        onchange: move |key: String| role.set(MemberRole::from_key(&key).unwrap_or(MemberRole::Member)),
                    }
                }
                div { Btn { kind: BtnKind::Submit, variant: Variant::Primary, size: BtnSize::Large, busy: busy(), "Invite" } }
            }
            {waiting}
        }
    }
}

/// Somebody who has not joined yet.
#[component]
fn Waiting(query: Query<Vec<Invitation>>, workspace: cynic::Id, invitation: Invitation) -> Element {
    let id = invitation.id.clone();
    let resend = {
        let (workspace, id) = (workspace.clone(), id.clone());
        move |_| {
            let (workspace, id) = (workspace.clone(), id.clone());
            spawn(async move {
                match query::resend(workspace, id).await {
                    Ok(now) => {
                        toast::done("Sent again. The link of before works no longer.");
                        let mut query = query;
                        query.patch(|all| {
                            if let Some(old) = all.iter_mut().find(|old| old.id == now.id) {
                                *old = now;
                            }
                        });
                    }
                    Err(error) => toast::failed("It was not sent again.", &error),
                }
            });
        }
    };
    let revoke = move |_| {
        let (workspace, id) = (workspace.clone(), id.clone());
        spawn(async move {
            match query::take_back(workspace, id.clone()).await {
                Ok(()) => {
                    toast::done("Invitation taken back.");
                    let mut query = query;
                    query.patch(|all| all.retain(|old| old.id != id));
                }
                Err(error) => toast::failed("It was not taken back.", &error),
            }
        });
    };
    let until = intl::local_day(&invitation.expires_at.0).map_or_else(String::new, intl::day_short);
    let email = invitation.email.clone();
    rsx! {
        li { class: "member", "data-waiting": "",
            Avatar { decorative: true }
            div { class: "member-who",
                p { class: "trunc", title: email.clone(), strong { {email.clone()} } }
                p { class: "member-meta num",
                    "{invitation.role.word()} · "
                    if invitation.is_expired { span { class: "over", "link expired" } } else { span { title: intl::moment_full(&invitation.expires_at.0), "until {until}" } }
                }
            }
            div { class: "row",
                Btn { variant: Variant::Ghost, size: BtnSize::Small, label: "Send again: the invitation to {email}", onclick: resend, "Send again" }
                Btn { variant: Variant::Ghost, size: BtnSize::Small, label: "Revoke the invitation to {email}", onclick: revoke, "Revoke" }
            }
        }
    }
}
