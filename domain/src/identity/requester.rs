//! A verified person, and the scopes minted from their memberships.

use smartstack_schema::{ApiTokenId, MemberRole, SessionId, TokenScope, UserId, WorkspaceId};
use uuid::Uuid;

use super::User;
use crate::db::{AdminScope, TenantScope};
use crate::error::DomainError;

/// What a person proved with who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A signed-in browser: everything its person may do.
    Session(SessionId),
    /// A personal access token: within its scopes.
    Token(TokenGrant),
}

impl Credential {
    /// Its bare id: what a signal about its end names.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Session(session) => session.uuid(),
            Self::Token(grant) => grant.id.uuid(),
        }
    }
}

/// What a personal access token is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenGrant {
    pub(super) id: ApiTokenId,
    pub(super) scopes: Vec<TokenScope>,
}

impl TokenGrant {
    /// Which token.
    pub fn id(&self) -> ApiTokenId {
        self.id
    }

    /// Whether it may be used for this; writing includes reading the same things.
    pub fn allows(&self, needed: TokenScope) -> bool {
        self.scopes.iter().any(|scope| scope.includes(needed))
    }
}

/// A verified person: who they are, how they proved it, and where they belong.
#[derive(Debug, Clone)]
pub struct Requester {
    pub(super) user: User,
    pub(super) credential: Credential,
    pub(super) memberships: Vec<Membership>,
    pub(super) address: Option<String>,
    pub(super) administrator: bool,
}

impl Requester {
    /// The person.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// What they proved with who they are.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The session they come through; `None` for a program with a token.
    pub fn session_id(&self) -> Option<SessionId> {
        match self.credential {
            Credential::Session(session) => Some(session),
            Credential::Token(_) => None,
        }
    }

    /// What the token they come with is good for; `None` for a session, which nothing narrows.
    pub fn token(&self) -> Option<&TokenGrant> {
        match &self.credential {
            Credential::Session(_) => None,
            Credential::Token(grant) => Some(grant),
        }
    }

    /// Whether what they came with may be used for this: a session always, a token within its scopes.
    pub fn allows(&self, needed: TokenScope) -> bool {
        self.token().is_none_or(|grant| grant.allows(needed))
    }

    /// Their workspaces, oldest membership first; with a token, those it is good for.
    pub fn memberships(&self) -> &[Membership] {
        &self.memberships
    }

    /// Whether they look after the installation.
    pub fn is_administrator(&self) -> bool {
        self.administrator
    }

    /// The right to administer the installation.
    ///
    /// # Errors
    /// [`DomainError::NotFound`] for everyone else: that there is such a place is not told.
    pub fn administration(&self) -> Result<AdminScope, DomainError> {
        if !self.administrator {
            return Err(DomainError::NotFound);
        }
        Ok(AdminScope {
            actor_id: Some(self.user.id),
            address: self.address.clone(),
        })
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
