//! Who belongs to the workspace, and who was asked to.

mod invite;
mod query;
mod row;

use dioxus::prelude::*;

use self::{invite::Invitations, row::MemberRow};
use super::{Section, is_owner};
use crate::{
    app::use_title,
    gql::{
        Load,
        types::{MemberRole, NodeKind},
        use_fetch,
    },
    session,
    ui::prelude::*,
};

/// What a role may do, in a few words.
fn may(role: MemberRole) -> &'static str {
    match role {
        MemberRole::Owner => "Everything, members too",
        MemberRole::Member => "Sees and changes all work",
        MemberRole::Viewer => "Sees all work, changes nothing",
    }
}

/// The roles, for a list to choose from.
fn roles() -> Vec<SelectOption> {
    let all = MemberRole::ALL.iter();
    all.map(|role| SelectOption::new(role.key(), [role.word(), ": ", may(*role)].concat()))
        .collect()
}

#[component]
pub(crate) fn SettingsMembers() -> Element {
    use_title("Members · Settings");
    let workspace = session::workspace_id();
    let owner = is_owner();
    let query = use_fetch(
        workspace.clone(),
        &[NodeKind::User, NodeKind::Workspace],
        query::members,
    );
    let members = match query.load() {
        Load::Wait => rsx! { SkeletonRows { rows: 3 } },
        Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
        Load::Ready(members) => {
            let owners = members
                .iter()
                .filter(|member| member.role == MemberRole::Owner)
                .count();
            rsx! {
                ul { class: "members",
                    for member in members.iter() {
                        MemberRow { key: "{member.user.id.inner()}", query, member: member.clone(), owner, last_owner: owners == 1 && member.role == MemberRole::Owner }
                    }
                }
            }
        }
    };
    rsx! {
        Section { title: "Members", help: if owner { "Who can see and change what is in this workspace." } else { "Only an owner can change who belongs here." },
            {members}
        }
        if owner {
            Invitations { key: "{workspace.inner()}", workspace: workspace.clone() }
        }
    }
}
