//! On the way to another provider and back (OAuth 2.0): what was begun in one browser ends there, once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use secrecy::{ExposeSecret, SecretString};
use smartstack_schema::SessionId;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{Attempt, Client, Identity, Requester, proof::session_of, throttle};
use crate::db::{SystemTx, sql};
use crate::error::{DomainError, StoreError};
use crate::secret::token_hash;

/// How long somebody may be away at a provider: signing up there takes a while.
pub const VISIT_TIME: TimeDelta = TimeDelta::minutes(15);
/// What verifiers are sealed for.
const SEALED_FOR: &str = "visit to a provider";
/// Longest path to come back to.
pub const RETURN_MAX: usize = 500;

/// What a new visit is told to the provider and to the browser.
#[derive(Debug)]
pub struct NewVisit {
    /// Goes to the provider and comes back with its answer. 256 random bits.
    pub state: SecretString,
    /// Goes into a cookie: the answer counts in this browser alone.
    pub browser: SecretString,
    /// Goes to the provider, which repeats it in its ID token.
    pub nonce: String,
    /// Its SHA-256 goes to the provider; the code is exchanged with the verifier itself (RFC 7636).
    pub verifier: SecretString,
}

/// A visit whose browser has come back. It is used up.
#[derive(Debug)]
pub struct Visit {
    /// What the ID token has to repeat.
    pub nonce: String,
    /// What the code is exchanged with.
    pub verifier: SecretString,
    /// A path of the app to go on at.
    pub return_to: String,
    pub(super) provider: String,
    pub(super) session: Option<SessionId>,
}

impl Visit {
    /// Whether it was begun to link a provider to an account, and not to sign in.
    pub fn is_for_linking(&self) -> bool {
        self.session.is_some()
    }
}

impl Identity {
    /// Begins to sign in by `provider`. `return_to` is a path of the app, which the caller has checked.
    ///
    /// # Errors
    /// Store errors.
    pub async fn visit_to_sign_in(
        &self,
        provider: &str,
        return_to: &str,
        client: &Client,
    ) -> Result<Attempt<NewVisit>, DomainError> {
        let key = self.address_key("visit", client);
        let work = self.db.in_system(move |tx| {
            Box::pin(async move { throttle::attempt(tx, &key, throttle::BY_ADDRESS).await })
        });
        match work.await? {
            Some(wait) => Ok(Attempt::Throttled(wait)),
            None => Ok(Attempt::Done(self.begin(provider, return_to, None).await?)),
        }
    }

    /// Begins to link `provider` to the account of who acts and shows their password: a stolen session must
    /// not get itself a way in that stays.
    ///
    /// # Errors
    /// [`DomainError::InvalidState`] for an account without a password that has not just signed in;
    /// [`DomainError::Forbidden`] for a token; store errors.
    pub async fn visit_to_link(
        &self,
        requester: &Requester,
        password: SecretString,
        provider: &str,
        return_to: &str,
    ) -> Result<Attempt<NewVisit>, DomainError> {
        let session = session_of(requester)?;
        match self.prove(requester, password).await? {
            Attempt::Done(()) => {}
            Attempt::Wrong => return Ok(Attempt::Wrong),
            Attempt::Throttled(wait) => return Ok(Attempt::Throttled(wait)),
        }
        let visit = self.begin(provider, return_to, Some(session)).await?;
        Ok(Attempt::Done(visit))
    }

    async fn begin(
        &self,
        provider: &str,
        return_to: &str,
        session: Option<SessionId>,
    ) -> Result<NewVisit, DomainError> {
        let text = || URL_SAFE_NO_PAD.encode(self.db.random().bytes::<32>());
        let visit = NewVisit {
            state: text().into(),
            browser: text().into(),
            nonce: text(),
            verifier: text().into(),
        };
        let hash = token_hash(visit.state.expose_secret());
        let verifier = visit.verifier.expose_secret().as_bytes();
        let sealed = self
            .secrets
            .seal(self.db.random(), SEALED_FOR, row_of(&hash), verifier);
        let browser = token_hash(visit.browser.expose_secret()).to_vec();
        let (provider, return_to) = (provider.to_owned(), return_to.to_owned());
        let nonce = visit.nonce.clone();
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let text = "\
INSERT INTO oauth_visits (state_hash, browser_hash, provider, nonce, verifier, session_id, return_to, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
                let values = [
                    hash.to_vec().into(),
                    browser.into(),
                    provider.into(),
                    nonce.into(),
                    sealed.into(),
                    session.map(Uuid::from).into(),
                    return_to.into(),
                    tx.now().into(),
                    (tx.now() + VISIT_TIME).into(),
                ];
                tx.conn().execute_raw(sql(text, values)).await?;
                Ok(())
            })
        });
        work.await?;
        Ok(visit)
    }

    /// Takes the visit that a provider's answer names, for the browser it was begun in. `None` where it is
    /// unknown, used, too old, of another provider, or of another browser.
    ///
    /// # Errors
    /// Store errors.
    pub async fn take_visit(
        &self,
        provider: &str,
        state: &SecretString,
        browser: &SecretString,
    ) -> Result<Option<Visit>, DomainError> {
        let hash = token_hash(state.expose_secret());
        let browser = token_hash(browser.expose_secret());
        let (secrets, provider) = (self.secrets.clone(), provider.to_owned());
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let Some(found) = find(tx, &hash).await? else {
                    return Ok(None);
                };
                let same_browser: bool = found.browser.ct_eq(&browser).into();
                if !same_browser || found.provider != provider {
                    return Ok(None);
                }
                let text = "UPDATE oauth_visits SET used_at = $2 WHERE state_hash = $1";
                let values = [hash.to_vec().into(), tx.now().into()];
                tx.conn().execute_raw(sql(text, values)).await?;
                let verifier = secrets
                    .unseal(SEALED_FOR, row_of(&hash), &found.verifier)
                    .and_then(|bytes| String::from_utf8(bytes.expose_secret().clone()).ok())
                    .ok_or_else(|| StoreError::fault("a visit was sealed with another SMARTSTACK_SECRET"))?;
                Ok(Some(Visit {
                    nonce: found.nonce,
                    verifier: verifier.into(),
                    return_to: found.return_to,
                    provider,
                    session: found.session,
                }))
            })
        });
        work.await
    }
}

/// Names a visit's row where a verifier is sealed: its key has more bytes than an id.
fn row_of(hash: &[u8; 32]) -> Uuid {
    let mut row = [0; 16];
    row.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(row)
}

struct Found {
    browser: Vec<u8>,
    provider: String,
    nonce: String,
    verifier: Vec<u8>,
    session: Option<SessionId>,
    return_to: String,
}

/// A visit that is under way, locked: of two answers to one, the second comes too late.
async fn find(tx: &SystemTx, hash: &[u8; 32]) -> Result<Option<Found>, DomainError> {
    let text = "\
SELECT browser_hash, provider, nonce, verifier, session_id, return_to, expires_at FROM oauth_visits
WHERE state_hash = $1 AND used_at IS NULL FOR UPDATE";
    let row = tx.conn().query_one_raw(sql(text, [hash.to_vec().into()])).await?;
    let Some(row) = row else { return Ok(None) };
    if row.try_get::<DateTime<Utc>>("", "expires_at")? <= tx.now() {
        return Ok(None);
    }
    Ok(Some(Found {
        browser: row.try_get("", "browser_hash")?,
        provider: row.try_get("", "provider")?,
        nonce: row.try_get("", "nonce")?,
        verifier: row.try_get("", "verifier")?,
        session: row.try_get::<Option<Uuid>>("", "session_id")?.map(SessionId),
        return_to: row.try_get("", "return_to")?,
    }))
}
