//! Where a person is signed in, and signing out there.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use smartstack_schema::SessionId;

use super::{Identity, Requester, device, proof::session_of, session};
use crate::db::sql;
use crate::error::DomainError;

/// A signed-in browser as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Which.
    pub id: SessionId,
    /// Browser and system, as far as the browser says: "Firefox on Linux".
    pub device: String,
    /// The network address it was last used from.
    pub address: Option<String>,
    /// When its person signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to about ten minutes: that is how often a session is renewed.
    pub last_used_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

impl Identity {
    /// Every session of the person that is good, the one that asks first, then the last used.
    ///
    /// # Errors
    /// [`DomainError::Forbidden`] for a program with a token; store errors.
    pub async fn sessions(&self, requester: &Requester) -> Result<Vec<OpenSession>, DomainError> {
        let (current, user) = (session_of(requester)?, requester.user().id);
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let text = "\
SELECT id, user_agent, address, created_at, last_used_at FROM sessions
WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2
ORDER BY id = $3 DESC, last_used_at DESC, id LIMIT 200";
                let values = [user.uuid().into(), tx.now().into(), current.uuid().into()];
                let rows = tx.conn().query_all_raw(sql(text, values)).await?;
                let mut sessions = Vec::with_capacity(rows.len());
                for row in rows {
                    let id = SessionId(row.try_get("", "id")?);
                    let agent: Option<String> = row.try_get("", "user_agent")?;
                    sessions.push(OpenSession {
                        id,
                        device: device::named(agent.as_deref().unwrap_or_default()),
                        address: row.try_get("", "address")?,
                        created_at: row.try_get("", "created_at")?,
                        last_used_at: row.try_get("", "last_used_at")?,
                        is_current: id == current,
                    });
                }
                Ok(sessions)
            })
        });
        work.await
    }

    /// Ends one of the person's own sessions, with its open sockets.
    ///
    /// # Errors
    /// [`DomainError::NotFound`] for what is not a good session of this person;
    /// [`DomainError::Forbidden`] for a program with a token; store errors.
    pub async fn end_session(&self, requester: &Requester, id: SessionId) -> Result<(), DomainError> {
        session_of(requester)?;
        let user = requester.user().id;
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let text = "\
SELECT 1 FROM sessions WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3";
                let values = [id.uuid().into(), user.uuid().into(), tx.now().into()];
                let found = tx.conn().query_one_raw(sql(text, values)).await?;
                found.ok_or(DomainError::NotFound)?;
                session::revoke(tx, id).await
            })
        });
        work.await
    }

    /// Ends every session of the person but the one that asks. Returns how many there were.
    ///
    /// # Errors
    /// [`DomainError::Forbidden`] for a program with a token; store errors.
    pub async fn end_other_sessions(&self, requester: &Requester) -> Result<u64, DomainError> {
        let (keep, user) = (session_of(requester)?, requester.user().id);
        let work = self
            .db
            .in_system(move |tx| Box::pin(async move { session::revoke_all(tx, user, Some(keep)).await }));
        work.await
    }
}
