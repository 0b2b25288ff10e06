//! Who asks, and what they may read: resolved once for each request, the same
//! for HTTP and WebSocket.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use async_graphql::{Context, Result};
use poem::http::HeaderMap;
use smartstack_domain::{
    Db, DomainError, ReadTx, ShareScope, TenantScope,
    identity::{self, Membership, TokenGrant},
    share::{self, Door},
};
use smartstack_schema::{ShareLinkId, WorkspaceId};

use super::{
    error::{from_domain, unauthenticated},
    loader::Loaders,
};
use crate::{app::App, http::cookie};

/// Through which door a request came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Surface {
    /// For people with an account.
    Account,
    /// For the clients one link was given to.
    Share(ShareLinkId),
}

impl Surface {
    /// Whether the request carries a cookie this door looks at.
    pub fn carries_cookie(&self, headers: &HeaderMap) -> bool {
        match self {
            Self::Account => {
                cookie::read(headers, cookie::ACCESS).is_some()
                    || cookie::read(headers, cookie::REFRESH).is_some()
            }
            Self::Share(_) => cookie::read(headers, cookie::SHARE).is_some(),
        }
    }

    /// Whether the browser holds what it takes to get a new session.
    pub fn may_refresh(&self, headers: &HeaderMap) -> bool {
        *self == Self::Account && cookie::read(headers, cookie::REFRESH).is_some()
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub enum Requester {
    /// Nobody we know.
    Anonymous,
    /// A person who is signed in.
    Account(Arc<identity::Requester>),
    /// A client with a link that stands, and its password where it has one.
    Share(ShareScope),
    /// A client with a link that stands and asks for its password: they may see that it does, no more.
    Locked(ShareLinkId),
}

impl Requester {
    /// Finds out who sent a request, from its cookies.
    ///
    /// # Errors
    /// Only where the store fails: what a caller sends at most makes them nobody.
    pub async fn resolve(app: &App, surface: &Surface, headers: &HeaderMap) -> Result<Self, DomainError> {
        match surface {
            Surface::Account => {
                let Some(token) = cookie::read(headers, cookie::ACCESS) else {
                    return Ok(Self::Anonymous);
                };
                let Some(session) = app.tokens.verify(token) else {
                    return Ok(Self::Anonymous);
                };
                Ok(app
                    .identity
                    .requester(session)
                    .await?
                    .map_or(Self::Anonymous, Self::signed_in))
            }
            Surface::Share(link) => {
                let Some(token) = cookie::read(headers, cookie::SHARE) else {
                    return Ok(Self::Anonymous);
                };
                let pass = cookie::read(headers, cookie::SHARE_PASS);
                match open_link(app, token, pass).await {
                    // A cookie opens the link it was made for and no other.
                    Ok(door) if door.share_link_id() != *link => Ok(Self::Anonymous),
                    Ok(Door::Open(scope)) => Ok(Self::Share(scope)),
                    Ok(Door::Locked(link)) => Ok(Self::Locked(link)),
                    Err(DomainError::NotFound) => Ok(Self::Anonymous),
                    Err(error) => Err(error),
                }
            }
        }
    }

    /// Who asks by now: rights and sessions may have changed since.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn renew(
        &self,
        app: &App,
        surface: &Surface,
        headers: &HeaderMap,
    ) -> Result<Self, DomainError> {
        match self {
            Self::Anonymous => Ok(Self::Anonymous),
            // The access token has perhaps run out since the socket was opened; the session counts.
            Self::Account(account) => Ok(app
                .identity
                .renew(account)
                .await?
                .map_or(Self::Anonymous, Self::signed_in)),
            Self::Share(_) | Self::Locked(_) => Self::resolve(app, surface, headers).await,
        }
    }

    /// Whether nobody is behind the request who may see anything.
    pub fn is_anonymous(&self) -> bool {
        matches!(self, Self::Anonymous | Self::Locked(_))
    }

    /// A person who has proved who they are.
    pub fn signed_in(person: identity::Requester) -> Self {
        Self::Account(Arc::new(person))
    }

    /// The person, if one is signed in.
    pub fn account(&self) -> Option<&identity::Requester> {
        match self {
            Self::Account(account) => Some(account),
            _ => None,
        }
    }

    /// What the token they come with is good for; nothing narrows anyone who comes without.
    pub fn token(&self) -> Option<&TokenGrant> {
        self.account().and_then(identity::Requester::token)
    }

    /// The workspaces the person belongs to.
    pub fn memberships(&self) -> &[Membership] {
        self.account().map_or(&[], |account| account.memberships())
    }

    /// The right to work in a workspace, if the person has it.
    pub fn scope(&self, workspace: WorkspaceId) -> Option<TenantScope> {
        self.account()?.scope(workspace).ok()
    }
}

/// What a shared link's token opens, for who may hold a pass for its password.
///
/// # Errors
/// [`DomainError::NotFound`] for a token that opens nothing; faults of the store.
pub async fn open_link(app: &App, token: &str, pass: Option<&str>) -> Result<Door, DomainError> {
    let (token, pass) = (token.to_owned(), pass.map(str::to_owned));
    let secrets = Arc::clone(&app.secrets);
    app.db
        .in_system(move |tx| {
            Box::pin(async move { share::open(tx, &secrets, &token, pass.as_deref()).await })
        })
        .await
}

/// The reading transactions of one operation: one for each workspace it looks
/// into, opened when first needed, so that everything in an answer is of one
/// moment.
pub struct Reader {
    db: Db,
    requester: RwLock<Requester>,
    open: tokio::sync::Mutex<HashMap<WorkspaceId, Arc<ReadTx>>>,
}

impl Reader {
    /// Reads on behalf of `requester`.
    pub fn new(db: Db, requester: Requester) -> Self {
        Self {
            db,
            requester: RwLock::new(requester),
            open: tokio::sync::Mutex::default(),
        }
    }

    /// Reads on behalf of the same person with the rights they have by now, after they gained some.
    pub fn admit(&self, requester: Requester) {
        *self.requester.write().unwrap_or_else(PoisonError::into_inner) = requester;
    }

    /// The reading transaction in a workspace.
    ///
    /// # Errors
    /// [`DomainError::NotFound`] for a workspace that is not the requester's.
    pub async fn workspace(&self, workspace: WorkspaceId) -> Result<Arc<ReadTx>, DomainError> {
        let mut open = self.open.lock().await;
        if let Some(tx) = open.get(&workspace) {
            return Ok(Arc::clone(tx));
        }
        let scope = {
            let requester = self.requester.read().unwrap_or_else(PoisonError::into_inner);
            requester.scope(workspace).ok_or(DomainError::NotFound)?
        };
        let tx = Arc::new(self.db.snapshot(&scope).await?);
        open.insert(workspace, Arc::clone(&tx));
        Ok(tx)
    }

    /// Ends the transactions. What is read afterwards sees what was committed meanwhile.
    pub async fn release(&self) {
        let open = std::mem::take(&mut *self.open.lock().await);
        for tx in open.into_values() {
            // One still held by a resolver that was cancelled ends when that lets go.
            if let Ok(tx) = Arc::try_unwrap(tx) {
                tx.finish().await;
            }
        }
    }
}

/// The network address a request came from, for the audit log.
#[derive(Debug, Clone)]
pub struct CallerAddress(pub String);

/// Short ways to what every resolver needs.
pub trait ContextExt {
    /// Who asks.
    fn requester(&self) -> &Requester;
    /// The person who asks.
    ///
    /// # Errors
    /// UNAUTHENTICATED where nobody is signed in.
    fn signed_in(&self) -> Result<&identity::Requester>;
    /// Batches of reads.
    fn loaders(&self) -> &Loaders;
    /// The operation's reading transactions.
    fn reader(&self) -> Arc<Reader>;
    /// The process.
    fn app(&self) -> &Arc<App>;
    /// The right to work in a workspace.
    ///
    /// # Errors
    /// UNAUTHENTICATED where nobody is signed in.
    fn scope_of(&self, workspace: WorkspaceId) -> Result<Option<TenantScope>>;
}

impl ContextExt for Context<'_> {
    fn requester(&self) -> &Requester {
        self.data_unchecked::<Requester>()
    }

    fn signed_in(&self) -> Result<&identity::Requester> {
        self.requester().account().ok_or_else(unauthenticated)
    }

    fn loaders(&self) -> &Loaders {
        self.data_unchecked::<Arc<Loaders>>()
    }

    fn reader(&self) -> Arc<Reader> {
        Arc::clone(self.data_unchecked::<Arc<Reader>>())
    }

    fn app(&self) -> &Arc<App> {
        self.data_unchecked::<Arc<App>>()
    }

    fn scope_of(&self, workspace: WorkspaceId) -> Result<Option<TenantScope>> {
        self.signed_in()?;
        Ok(self.requester().scope(workspace))
    }
}

/// Turns "not there" into null, as queries answer it.
///
/// # Errors
/// Every other error.
pub fn optional<T>(result: Result<T, DomainError>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(DomainError::NotFound) => Ok(None),
        Err(error) => Err(from_domain(&error)),
    }
}
