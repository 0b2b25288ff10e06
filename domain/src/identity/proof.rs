//! Showing again who one is, before changing how one signs in: a browser left open, or a stolen session,
//! must not be enough to take an account over.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use secrecy::{ExposeSecret, SecretString};
use smartstack_schema::{SessionId, UserId};

use super::{Attempt, Identity, Requester, account, password, throttle};
use crate::db::sql;
use crate::error::DomainError;

/// An account without a password proves itself by having signed in no longer ago.
pub const FRESH: TimeDelta = TimeDelta::minutes(10);

impl Identity {
    /// Whether the person knows their password, or, where the account has none, has just signed in.
    /// Guesses are counted by account.
    ///
    /// # Errors
    /// [`DomainError::Forbidden`] for a program with a token; [`DomainError::InvalidState`] for an account
    /// without a password that has not just signed in; store errors.
    pub(super) async fn prove(
        &self,
        requester: &Requester,
        password: SecretString,
    ) -> Result<Attempt<()>, DomainError> {
        let (session, user) = (session_of(requester)?, requester.user().id);
        let key = self.secrets.throttle_key("proof", &user.to_string());
        let counted = key.clone();
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let wait = throttle::attempt(tx, &counted, throttle::BY_ACCOUNT).await?;
                let text = "\
SELECT u.password_hash, s.created_at FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1";
                let row = tx
                    .conn()
                    .query_one_raw(sql(text, [session.uuid().into()]))
                    .await?
                    .ok_or(DomainError::NotFound)?;
                let hash: String = row.try_get("", "password_hash")?;
                let signed_in: DateTime<Utc> = row.try_get("", "created_at")?;
                Ok((wait, hash, tx.now() - signed_in <= FRESH))
            })
        });
        let (wait, hash, fresh) = work.await?;
        if let Some(wait) = wait {
            return Ok(Attempt::Throttled(wait));
        }
        if account::has_password(&hash) {
            let too_long = password.expose_secret().len() > password::MAX_BYTES;
            if too_long || !self.passwords.verify(password, Some(hash)).await? {
                return Ok(Attempt::Wrong);
            }
        } else if !fresh {
            return Err(DomainError::InvalidState(
                "Sign out and in again, then come back within ten minutes: your account has no password that \
                 could show it is you."
                    .to_owned(),
            ));
        }
        let work = self
            .db
            .in_system(move |tx| Box::pin(async move { throttle::clear(tx, &key).await }));
        work.await?;
        Ok(Attempt::Done(()))
    }

    /// Whether an account has a password; one made by another provider has none until it is reset.
    ///
    /// # Errors
    /// [`DomainError::NotFound`]; store errors.
    pub async fn has_password(&self, user: UserId) -> Result<bool, DomainError> {
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let text = "SELECT password_hash FROM users WHERE id = $1";
                let row = tx.conn().query_one_raw(sql(text, [user.uuid().into()])).await?;
                let hash: String = row.ok_or(DomainError::NotFound)?.try_get("", "password_hash")?;
                Ok(account::has_password(&hash))
            })
        });
        work.await
    }
}

/// The session of somebody who looks after their account: programs with a token never do.
pub(super) fn session_of(requester: &Requester) -> Result<SessionId, DomainError> {
    requester.session_id().ok_or(DomainError::Forbidden)
}
