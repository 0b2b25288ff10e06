//! Invitations: as owners see them, and as whoever holds the link does.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use smartstack_domain::invitation;
use smartstack_schema::WorkspaceId;

use super::{
    enums::{Hue, MemberRole},
    user::User,
};
use crate::graphql::{context::ContextExt, loader::UserKey, node};

/// Somebody was asked to join, and has not yet.
pub struct Invitation {
    /// Where.
    pub workspace: WorkspaceId,
    /// What.
    pub invitation: invitation::Invitation,
}

/// Somebody was asked by mail to join a workspace, and has not yet.
#[Object]
impl Invitation {
    /// Unique over everything; begins with `invite_`.
    pub(crate) async fn id(&self) -> ID {
        self.invitation.id.to_string().into()
    }

    /// The address it was sent to; nobody else can accept it.
    async fn email(&self) -> &str {
        &self.invitation.email
    }

    /// What the person may do once they have joined.
    async fn role(&self) -> MemberRole {
        self.invitation.role.into()
    }

    /// Who sent it; null once they have left.
    async fn invited_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.invitation.invited_by else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.workspace, id)).await?.map(User))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.invitation.created_at
    }

    /// When it was last sent.
    async fn sent_at(&self) -> DateTime<Utc> {
        self.invitation.sent_at
    }

    /// Until when its link works; send it again for a new one.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.invitation.expires_at
    }

    /// Whether the link works no longer.
    async fn is_expired(&self, ctx: &Context<'_>) -> bool {
        self.invitation.expires_at <= ctx.app().db.clock().now()
    }
}

/// Whether an invitation is for whoever looks at it.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// It can be accepted.
    Open,
    /// It was sent to another address than that of the person who is signed in; no more is told.
    OtherAddress,
}

/// What an invitation says to whoever holds its link.
#[derive(SimpleObject)]
pub struct InvitationOffer {
    /// Whether it can be accepted.
    pub state: InvitationState,
    /// The workspace's name.
    pub workspace_name: Option<String>,
    /// The workspace's colour.
    pub hue: Option<Hue>,
    /// Who invites.
    pub inviter_name: Option<String>,
    /// The address it was sent to.
    pub email: Option<String>,
    /// What one may do once one has joined.
    pub role: Option<MemberRole>,
    /// Until when the link works.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether the address has an account: sign in, or make one.
    pub has_account: Option<bool>,
}

impl InvitationOffer {
    /// What an offer tells a person with this address, or somebody who is not signed in.
    pub fn new(offer: invitation::Offer, signed_in_as: Option<&str>) -> Self {
        if signed_in_as.is_some_and(|email| email != offer.email) {
            return Self {
                state: InvitationState::OtherAddress,
                workspace_name: None,
                hue: None,
                inviter_name: None,
                email: None,
                role: None,
                expires_at: None,
                has_account: None,
            };
        }
        Self {
            state: InvitationState::Open,
            workspace_name: Some(offer.workspace_name),
            hue: Some(offer.hue.into()),
            inviter_name: offer.inviter_name,
            email: Some(offer.email),
            role: Some(offer.role.into()),
            expires_at: Some(offer.expires_at),
            has_account: Some(offer.has_account),
        }
    }
}

/// A workspace its owner can bring back.
#[derive(SimpleObject)]
pub struct DeletedWorkspace {
    /// Begins with `ws_`.
    pub id: ID,
    /// What it is called.
    pub name: String,
    /// The colour it is told apart by.
    pub hue: Hue,
    /// Since when it is hidden.
    pub deleted_at: DateTime<Utc>,
    /// Until when it can be brought back; then it is removed for good.
    pub restorable_until: DateTime<Utc>,
}
