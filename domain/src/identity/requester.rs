//! A verified person, and the scopes minted from their memberships.

use smartstack_schema::{MemberRole, SessionId, UserId, WorkspaceId};

use super::User;
use crate::db::TenantScope;
use crate::error::DomainError;

/// A verified person: who they are, through which session, and where they belong.
#[derive(Debug, Clone)]
pub struct Requester {
    pub(super) user: User,
    pub(super) session_id: SessionId,
    pub(super) memberships: Vec<Membership>,
    pub(super) address: Option<String>,
}

impl Requester {
    /// The person.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The session they come through.
    pub fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// Their workspaces, oldest membership first.
    pub fn memberships(&self) -> &[Membership] {
        &self.memberships
    }

    /// The same person, with the address this request came from, which scopes carry to the audit log.
    #[must_use]
    pub fn from_address(mut self, address: Option<String>) -> Self {
        self.address = address;
        self
    }

    /// The right to work in `workspace`.
    ///
    /// # Errors
    /// [`DomainError::NotFound`] where the person does not belong: existing or not is not told.
    pub fn scope(&self, workspace: WorkspaceId) -> Result<TenantScope, DomainError> {
        let found = self.memberships.iter().find(|m| m.workspace_id == workspace);
        let scope = found.ok_or(DomainError::NotFound)?.scope();
        Ok(match &self.address {
            Some(address) => scope.from_address(address.clone()),
            None => scope,
        })
    }

    /// The rights to work in each of the person's workspaces, oldest membership first.
    pub fn scopes(&self) -> Vec<TenantScope> {
        self.memberships
            .iter()
            .filter_map(|m| self.scope(m.workspace_id).ok())
            .collect()
    }
}

/// A person's place in a workspace, as read from the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub(super) workspace_id: WorkspaceId,
    pub(super) user_id: UserId,
    pub(super) role: MemberRole,
    pub(super) workspace_name: String,
}

impl Membership {
    /// The workspace.
    pub fn workspace_id(&self) -> WorkspaceId {
        self.workspace_id
    }

    /// Its name.
    pub fn workspace_name(&self) -> &str {
        &self.workspace_name
    }

    /// What the person may do there.
    pub fn role(&self) -> MemberRole {
        self.role
    }

    /// The right to work there.
    pub fn scope(&self) -> TenantScope {
        TenantScope::new(self.workspace_id, self.user_id, self.role)
    }
}
