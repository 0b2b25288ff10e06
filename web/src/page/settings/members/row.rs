//! One member: who, as what, and what can be done about it.

use dioxus::prelude::*;

use super::{
    may,
    query::{self, Member},
    roles,
};
use crate::{
    fmt::intl,
    gql::{Error, Query, types::MemberRole},
    session,
    ui::prelude::*,
};

/// What is asked about before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    Nothing,
    Remove,
    HandOver,
    Leave,
}

#[component]
pub(super) fn MemberRow(query: Query<Vec<Member>>, member: Member, owner: bool, last_owner: bool) -> Element {
    let mut asking = use_signal(|| Asking::Nothing);
    let mut busy = use_signal(|| false);
    let workspace = session::workspace_id();
    let id = member.user.id.clone();
    let name = member.user.name.clone();
    let me = session::viewer().is_some_and(|viewer| viewer.user.id == id);
    let show = move |result: Result<Vec<Member>, Error>, said: &str, failed: &str| {
        let mut query = query;
        match result {
            Ok(now) => {
                query.patch(|members| *members = now);
                toast::done(said);
                true
            }
            Err(error) => {
                query.refetch();
                toast::failed(failed, &error);
                false
            }
        }
    };
    let set_role = {
        let (workspace, id, name) = (workspace.clone(), id.clone(), name.clone());
        move |key: String| {
            let Some(role) = MemberRole::from_key(&key) else {
                return;
            };
            let (workspace, id, name) = (workspace.clone(), id.clone(), name.clone());
            spawn(async move {
                let said = format!("{name} is {} now.", role.word().to_lowercase());
                let done = query::set_role(workspace, id, role).await;
                if show(done, &said, "The role was not changed.") && me {
                    session::load().await;
                }
            });
        }
    };
    let confirm = {
        let (workspace, id, name) = (workspace, id, name.clone());
        move |_| {
            if busy() {
                return;
            }
            let (workspace, id, name) = (workspace.clone(), id.clone(), name.clone());
            let what = asking();
            busy.set(true);
            spawn(async move {
                match what {
                    Asking::Remove => {
                        let said = format!("{name} no longer belongs to this workspace.");
                        show(query::remove(workspace, id).await, &said, "Nobody was removed.");
                    }
                    Asking::HandOver => {
                        let said = format!("{name} owns this workspace now.");
                        let done = query::hand_over(workspace, id).await;
                        if show(done, &said, "It was not handed over.") {
                            session::load().await;
                        }
                    }
                    Asking::Leave => match query::leave(workspace).await {
                        Ok(()) => {
                            toast::done("You have left the workspace.");
                            session::load().await;
                            return;
                        }
                        Err(error) => toast::failed("You have not left.", &error),
                    },
                    Asking::Nothing => {}
                }
                busy.set(false);
                asking.set(Asking::Nothing);
            });
        }
    };
    let (title, text, word) = match asking() {
        Asking::Remove => (
            format!("Remove {name}?"),
            format!(
                "{name} is shut out at once, on every device. What they wrote stays; tasks given to them are nobody's."
            ),
            "Remove",
        ),
        Asking::HandOver => (
            format!("Make {name} the owner?"),
            format!(
                "{name} will decide who belongs here. You become a member, and cannot take this back yourself."
            ),
            "Hand over",
        ),
        _ => (
            "Leave this workspace?".to_owned(),
            "You can come back only when an owner invites you again. Tasks given to you are nobody's."
                .to_owned(),
            "Leave",
        ),
    };
    rsx! {
        li { class: "member",
            Avatar { name: name.clone(), hue: member.user.hue, decorative: true }
            div { class: "member-who",
                p { class: "trunc", title: name.clone(), strong { {name.clone()} } if me { span { class: "soft", " (you)" } } }
                p { class: "member-meta trunc", title: "Since {intl::moment_full(&member.since.0)}", {member.user.email.clone()} }
            }
            if owner && !last_owner {
                Pick { label: "Role of {name}", value: member.role.key(), options: roles(), onchange: set_role,
                    span { class: "btn", "data-size": "sm", {member.role.word()} Icon { glyph: Glyph::Down } }
                }
            } else {
                span { title: may(member.role), Badge { {member.role.word()} } }
            }
            if me && !last_owner {
                Menu { label: "More about you", end: true,
                    MenuItem { glyph: Glyph::Out, tone: Tone::Danger, onclick: move |()| asking.set(Asking::Leave), "Leave workspace" }
                }
            } else if owner && !me {
                Menu { label: "More about {name}", end: true,
                    MenuItem { glyph: Glyph::Key, onclick: move |()| asking.set(Asking::HandOver), "Make the owner" }
                    MenuSep {}
                    MenuItem { glyph: Glyph::X, tone: Tone::Danger, onclick: move |()| asking.set(Asking::Remove), "Remove" }
                }
            } else {
                span { class: "member-space" }
            }
        }
        if asking() != Asking::Nothing {
            Dialog { title, onclose: move |()| asking.set(Asking::Nothing),
                foot: rsx! {
                    Btn { onclick: move |_| asking.set(Asking::Nothing), "Cancel" }
                    Btn { variant: Variant::Danger, busy: busy(), onclick: confirm, {word} }
                },
                p { {text} }
            }
        }
    }
}
