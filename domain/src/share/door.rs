//! Who may look through a link: whoever has its token and, where it has one, has given its password.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use smartstack_schema::ShareLinkId;
use uuid::Uuid;

use crate::{
    db::{ShareScope, SystemTx, sql},
    error::DomainError,
    secret::{Secrets, token_hash},
};

/// Longest token looked at; ours have 32 characters.
const TOKEN_MAX: usize = 128;

/// What somebody with a link's token finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// What the link shows.
    Open(ShareScope),
    /// The link asks for its password first.
    Locked(ShareLinkId),
}

impl Door {
    /// The link.
    pub fn share_link_id(&self) -> ShareLinkId {
        match self {
            Self::Open(scope) => scope.share_link_id(),
            Self::Locked(link) => *link,
        }
    }

    /// The right to look, where nothing more is asked for.
    pub fn scope(self) -> Option<ShareScope> {
        match self {
            Self::Open(scope) => Some(scope),
            Self::Locked(_) => None,
        }
    }
}

/// A link that stands, as it is found by its token.
#[derive(FromQueryResult)]
pub(crate) struct Found {
    pub(crate) id: Uuid,
    workspace_id: Uuid,
    project_id: Uuid,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    pub(crate) password_hash: Option<String>,
    pub(crate) password_id: Option<Uuid>,
}

impl Found {
    pub(crate) fn link(&self) -> ShareLinkId {
        self.id.into()
    }

    fn scope(&self) -> ShareScope {
        ShareScope::new(
            self.workspace_id.into(),
            self.project_id.into(),
            self.link(),
            self.password_id,
        )
    }
}

/// What a token opens, for somebody who may hold a `pass` for its password
/// ([`Identity::unlock`](crate::identity::Identity::unlock) gives one).
///
/// # Errors
/// [`DomainError::NotFound`] for a token that opens nothing: unknown, revoked and expired ones are
/// not told apart, nor are those of a deleted workspace.
pub async fn open(
    tx: &SystemTx,
    secrets: &Secrets,
    token: &str,
    pass: Option<&str>,
) -> Result<Door, DomainError> {
    let found = find(tx, token).await?;
    let given = |password| {
        pass.is_some_and(|pass| secrets.accepts_share_pass(found.link(), password, pass, tx.now()))
    };
    Ok(match found.password_id {
        Some(password) if !given(password) => Door::Locked(found.link()),
        _ => Door::Open(found.scope()),
    })
}

/// The link of a token.
///
/// # Errors
/// As [`open`].
pub(crate) async fn find(tx: &SystemTx, token: &str) -> Result<Found, DomainError> {
    if token.len() > TOKEN_MAX {
        return Err(DomainError::NotFound);
    }
    let statement = sql(
        "SELECT l.id, l.workspace_id, l.project_id, l.expires_at, l.revoked_at, l.password_hash, l.password_id
         FROM share_links l
         JOIN workspaces w ON w.id = l.workspace_id AND w.deleted_at IS NULL WHERE l.token_hash = $1",
        [token_hash(token).to_vec().into()],
    );
    let row = tx
        .conn()
        .query_one_raw(statement)
        .await?
        .ok_or(DomainError::NotFound)?;
    let found = Found::from_query_result(&row, "")?;
    if found.revoked_at.is_some() || found.expires_at.is_some_and(|at| at <= tx.now()) {
        return Err(DomainError::NotFound);
    }
    Ok(found)
}
