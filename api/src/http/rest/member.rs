//! Who belongs to a workspace, and who was asked to.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path},
};
use smartstack_domain::{DomainError, WorkspaceTx, invitation, member, workspace};
use smartstack_schema::{Hue, InvitationId, MemberRole, UserId};

use super::{
    answer::{Answer, Done, Listed, Made, One},
    body::Sent,
    caller::{Caller, ReadMembers, WriteMembers, id},
    choice::Choice,
};

/// A person in a workspace.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct Member {
    /// The person's id; begins with `user_`.
    id: String,
    /// What they are called.
    name: String,
    /// Their e-mail address.
    email: String,
    /// The colour they are told apart by.
    hue: Choice<Hue>,
    /// What they may do.
    role: Choice<MemberRole>,
    /// Since when they belong to it.
    since: DateTime<Utc>,
}

impl From<workspace::Member> for Member {
    fn from(member: workspace::Member) -> Self {
        Self {
            id: member.person.id.to_string(),
            name: member.person.name,
            email: member.person.email,
            hue: member.person.hue.into(),
            role: member.role.into(),
            since: member.since,
        }
    }
}

/// What to change of a member.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MemberUpdate {
    /// What they may do from now on.
    role: Choice<MemberRole>,
}

/// Somebody was asked by mail to join, and has not yet.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct Invitation {
    /// Unique over everything; begins with `invite_`.
    id: String,
    /// The address it was sent to; nobody else can accept it.
    email: String,
    /// What the person may do once they have joined.
    role: Choice<MemberRole>,
    /// Who sent it; null once they have left.
    invited_by: Option<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last sent.
    sent_at: DateTime<Utc>,
    /// Until when its link works; send it again for a new one.
    expires_at: DateTime<Utc>,
}

impl From<invitation::Invitation> for Invitation {
    fn from(invitation: invitation::Invitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            email: invitation.email,
            role: invitation.role.into(),
            invited_by: invitation.invited_by.map(|id| id.to_string()),
            created_at: invitation.created_at,
            sent_at: invitation.sent_at,
            expires_at: invitation.expires_at,
        }
    }
}

/// Somebody to be invited.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct InvitationCreate {
    /// Where the mail goes. An address has one open invitation at a time.
    email: String,
    /// What the person may do once they have joined.
    role: Choice<MemberRole>,
}

async fn found(tx: &WorkspaceTx, person: UserId) -> Result<workspace::Member, DomainError> {
    let members = workspace::members(tx).await?;
    let one = members.into_iter().find(|member| member.person.id == person);
    one.ok_or(DomainError::NotFound)
}

/// The operations on members and invitations.
pub(super) struct Members;

#[OpenApi(tag = "super::Tag::Members")]
impl Members {
    /// List members
    ///
    /// All of them.
    #[oai(
        path = "/workspaces/:workspace/members",
        method = "get",
        operation_id = "memberList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadMembers>,
        /// The workspace's id.
        workspace: Path<String>,
    ) -> Answer<Listed<Member>> {
        let here = caller.enter(&workspace)?;
        let found = here.read(|tx| Box::pin(workspace::members(tx))).await?;
        Ok(Listed::whole(found))
    }

    /// Read a member
    #[oai(
        path = "/workspaces/:workspace/members/:user",
        method = "get",
        operation_id = "memberGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadMembers>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The person's id.
        user: Path<String>,
    ) -> Answer<One<Member>> {
        let here = caller.enter(&workspace)?;
        let id: UserId = id(&user)?;
        let one = here.read(move |tx| Box::pin(found(tx, id))).await?;
        Ok(One::plain(one))
    }

    /// Give a member another role
    ///
    /// For owners. The person's open connections are closed, and come back with the new rights.
    #[oai(
        path = "/workspaces/:workspace/members/:user",
        method = "patch",
        operation_id = "memberUpdate"
    )]
    async fn update(
        &self,
        caller: Caller<WriteMembers>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The person's id.
        user: Path<String>,
        /// What to change.
        body: Sent<MemberUpdate>,
    ) -> Answer<One<Member>> {
        let here = caller.enter(&workspace)?;
        let (id, role): (UserId, _) = (id(&user)?, body.0.role.0);
        let one = here
            .change(move |tx| {
                Box::pin(async move {
                    member::change_role(tx, id, role).await?;
                    found(tx, id).await
                })
            })
            .await?;
        Ok(One::plain(one))
    }

    /// Take a member out
    ///
    /// For owners. Their rights end at once; what they wrote stays, and what they were to do is nobody's.
    #[oai(
        path = "/workspaces/:workspace/members/:user",
        method = "delete",
        operation_id = "memberRemove"
    )]
    async fn remove(
        &self,
        caller: Caller<WriteMembers>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The person's id.
        user: Path<String>,
    ) -> Answer<Done> {
        let here = caller.enter(&workspace)?;
        let id: UserId = id(&user)?;
        here.change(move |tx| Box::pin(async move { member::remove(tx, id).await }))
            .await?;
        Ok(Done)
    }

    /// List invitations
    ///
    /// Those that were neither accepted nor taken back, the last one first. For owners.
    #[oai(
        path = "/workspaces/:workspace/invitations",
        method = "get",
        operation_id = "invitationList"
    )]
    async fn invitations(
        &self,
        caller: Caller<ReadMembers>,
        /// The workspace's id.
        workspace: Path<String>,
    ) -> Answer<Listed<Invitation>> {
        let here = caller.enter(&workspace)?;
        here.may_own("sees its invitations")?;
        let found = here.read(|tx| Box::pin(invitation::list(tx))).await?;
        Ok(Listed::whole(found))
    }

    /// Invite somebody
    ///
    /// By mail. For owners.
    #[oai(
        path = "/workspaces/:workspace/invitations",
        method = "post",
        operation_id = "invitationCreate"
    )]
    async fn invite(
        &self,
        caller: Caller<WriteMembers>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// Whom.
        body: Sent<InvitationCreate>,
    ) -> Answer<Made<Invitation>> {
        let here = caller.enter(&workspace)?;
        let new = invitation::NewInvitation {
            email: body.0.email,
            role: body.0.role.0,
            idempotency_key: key.0,
        };
        let secrets = Arc::clone(&here.app().secrets);
        let made = here
            .make(move |tx| Box::pin(async move { invitation::create(tx, &secrets, new).await }))
            .await?;
        let id = made.id;
        Ok(One::plain(made).made(&here, "invitations", id))
    }

    /// Send an invitation again
    ///
    /// With a new link; the old one ends. For owners.
    #[oai(
        path = "/workspaces/:workspace/invitations/:invitation/resend",
        method = "post",
        operation_id = "invitationResend"
    )]
    async fn resend(
        &self,
        caller: Caller<WriteMembers>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The invitation's id.
        invitation: Path<String>,
    ) -> Answer<One<Invitation>> {
        let here = caller.enter(&workspace)?;
        let id: InvitationId = id(&invitation)?;
        let secrets = Arc::clone(&here.app().secrets);
        let sent = here
            .change(move |tx| Box::pin(async move { invitation::resend(tx, &secrets, id).await }))
            .await?;
        Ok(One::plain(sent))
    }

    /// Take an invitation back
    ///
    /// Its link opens nothing any more. For owners.
    #[oai(
        path = "/workspaces/:workspace/invitations/:invitation",
        method = "delete",
        operation_id = "invitationRevoke"
    )]
    async fn revoke(
        &self,
        caller: Caller<WriteMembers>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The invitation's id.
        invitation: Path<String>,
    ) -> Answer<Done> {
        let here = caller.enter(&workspace)?;
        let id: InvitationId = id(&invitation)?;
        here.change(move |tx| {
            Box::pin(async move {
                invitation::revoke(tx, id)
                    .await
                    .map(|_: invitation::Invitation| ())
            })
        })
        .await?;
        Ok(Done)
    }
}
