//! Passwords of shared links: what a client shows beside the link's token.
//!
//! A password is hashed as an account's is, and guesses are counted in the same table: by link and
//! address, so that one guesser does not keep the client out, and by link alone, so that many addresses
//! do not help. Whoever has given it holds a pass, which ends with the password or after
//! [`PASS_TIME`].

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};
use smartstack_schema::ShareLinkId;

use super::{Attempt, Client, Identity, password, throttle};
use crate::{
    error::{DomainError, FieldError},
    share::door,
};

/// How long a browser that gave the password is not asked again.
pub const PASS_TIME: TimeDelta = TimeDelta::days(30);

/// A password a link is to get, hashed; or why it cannot have it.
#[derive(Clone)]
pub struct LinkPassword {
    /// Tells one request from another without telling the password: see [`crate::idempotency`].
    fingerprint: String,
    hash: Result<String, FieldError>,
}

impl LinkPassword {
    /// What is stored of it.
    pub(crate) fn hash(self) -> Result<String, FieldError> {
        self.hash
    }
}

impl std::fmt::Debug for LinkPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkPassword(…)")
    }
}

impl Serialize for LinkPassword {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.fingerprint)
    }
}

/// What a browser keeps once it has given a link's password.
#[derive(Debug)]
pub struct Pass {
    /// Goes into a cookie of the link's own path.
    pub value: SecretString,
    /// When it ends, unless the password does before.
    pub expires_at: DateTime<Utc>,
}

impl Identity {
    /// Hashes a password for a link, before a transaction is open. One that breaks a rule is refused
    /// where the link is written, together with whatever else is wrong there.
    ///
    /// # Errors
    /// Faults alone.
    pub async fn link_password(&self, password: SecretString) -> Result<LinkPassword, DomainError> {
        let fingerprint = self.secrets.link_password_fingerprint(&password);
        let hash = match password::check_link(&password) {
            Some(refusal) => Err(refusal),
            None => Ok(self.passwords.hash(password).await?),
        };
        Ok(LinkPassword { fingerprint, hash })
    }

    /// Takes the password of the link that `token` opens. `Done(None)` where the link has none: nothing
    /// is asked for.
    ///
    /// # Errors
    /// [`DomainError::NotFound`] for a token that opens nothing, or not this link; store errors.
    pub async fn unlock(
        &self,
        link: ShareLinkId,
        token: &str,
        password: SecretString,
        client: &Client,
    ) -> Result<Attempt<Option<Pass>>, DomainError> {
        let name = link.to_string();
        let from = client.address().unwrap_or_default();
        let of_link = self.secrets.throttle_key("link-password", &name);
        let of_both = self
            .secrets
            .throttle_key("link-password-from", &format!("{name} {from}"));
        let (keys, token) = ((of_both.clone(), of_link.clone()), token.to_owned());
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let found = door::find(tx, &token).await?;
                if found.link() != link {
                    return Err(DomainError::NotFound);
                }
                let Some(kept) = found.password_hash.zip(found.password_id) else {
                    return Ok(None);
                };
                let mut wait = throttle::attempt(tx, &keys.0, throttle::BY_ACCOUNT).await?;
                if wait.is_none() {
                    wait = throttle::attempt(tx, &keys.1, throttle::BY_ADDRESS).await?;
                }
                Ok(Some((wait, kept)))
            })
        });
        let Some((wait, (hash, id))) = work.await? else {
            return Ok(Attempt::Done(None));
        };
        if let Some(wait) = wait {
            return Ok(Attempt::Throttled(wait));
        }
        let too_long = password.expose_secret().len() > password::MAX_BYTES;
        if too_long || !self.passwords.verify(password, Some(hash)).await? {
            return Ok(Attempt::Wrong);
        }
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                throttle::clear(tx, &of_both).await?;
                throttle::take_back(tx, &of_link).await?;
                Ok(tx.now() + PASS_TIME)
            })
        });
        let expires_at = work.await?;
        Ok(Attempt::Done(Some(Pass {
            value: self.secrets.share_pass(link, id, expires_at),
            expires_at,
        })))
    }
}
