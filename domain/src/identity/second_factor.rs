//! A second factor at sign-in: codes of an app (TOTP, RFC 6238), and recovery codes for when it is lost.
//!
//! The shared secret is sealed under a key of the installation and bound to its person, so that a copy of
//! the database makes no codes. A code is good once: the step of time it belongs to is kept, and only
//! later ones count.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use secrecy::{ExposeSecret, SecretString};
use smartstack_schema::{UserErrorCode, UserId};
use totp_rs::{Builder, Totp};

use super::{Attempt, Client, Identity, Requester, account, proof::session_of, throttle};
use crate::clock::Random;
use crate::db::{SystemTx, sql};
use crate::error::{DomainError, FieldError, StoreError};
use crate::outbox::{self, Mail, MailContent};
use crate::secret::{Secrets, token_hash};

/// Whom an authenticator app says a code is for.
const ISSUER: &str = "SmartStack";
/// What shared secrets are sealed for.
const SEALED_FOR: &str = "second factor";
/// Bytes of a shared secret, as RFC 4226 recommends (section 4, R6).
const SECRET_BYTES: usize = 20;
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
/// Characters of one, of five random bits each: 120 bits, above the 112 for which a fast hash is enough
/// (ASVS 5.0, 6.5.2).
const CODE_LENGTH: usize = 24;
/// They are shown in groups of so many.
const CODE_GROUP: usize = 6;
/// Without letters that look like digits.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A second factor to be: what an authenticator app needs, shown this once.
#[derive(Debug)]
pub struct NewFactor {
    /// The shared secret in base 32, to be typed.
    pub secret: SecretString,
    /// The same as `otpauth:` address, to be scanned.
    pub uri: SecretString,
}

/// A second factor as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// Since when it is asked for.
    pub since: DateTime<Utc>,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
}

/// What somebody shows before they change their second factor: all that sign-in asks for.
#[derive(Debug, Clone)]
pub struct BothFactors {
    /// The password; empty for an account without one.
    pub password: SecretString,
    /// A code of the app, or a recovery code.
    pub code: SecretString,
}

impl Identity {
    /// Begins a second factor: it is not asked for until [`confirm_second_factor`](Self::confirm_second_factor)
    /// shows that the app makes the right codes. Beginning again forgets what was begun before.
    ///
    /// # Errors
    /// [`DomainError::InvalidState`] where there is one already, and for an account without a password that
    /// has not just signed in; [`DomainError::Forbidden`] for a token; store errors.
    pub async fn begin_second_factor(
        &self,
        requester: &Requester,
        password: SecretString,
    ) -> Result<Attempt<NewFactor>, DomainError> {
        session_of(requester)?;
        match self.prove(requester, password).await? {
            Attempt::Done(()) => {}
            Attempt::Wrong => return Ok(Attempt::Wrong),
            Attempt::Throttled(wait) => return Ok(Attempt::Throttled(wait)),
        }
        let user = requester.user().clone();
        let secret: [u8; SECRET_BYTES] = self.db.random().bytes();
        let totp = totp(&secret, &user.email)?;
        let factor = NewFactor {
            secret: totp.secret().to_base32().into(),
            uri: totp.to_url().map_err(StoreError::fault)?.into(),
        };
        let sealed = self
            .secrets
            .seal(self.db.random(), SEALED_FOR, user.id.uuid(), &secret);
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let text = "\
INSERT INTO second_factors AS f (user_id, secret, created_at) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET secret = $2, created_at = $3, last_step = 0 WHERE f.confirmed_at IS NULL";
                let values = [user.id.uuid().into(), sealed.into(), tx.now().into()];
                let done = tx.conn().execute_raw(sql(text, values)).await?;
                if done.rows_affected() == 0 {
                    let message = "You have a second factor already. Turn it off before you set up another.";
                    return Err(DomainError::InvalidState(message.to_owned()));
                }
                Ok(())
            })
        });
        work.await?;
        Ok(Attempt::Done(factor))
    }

    /// Turns the second factor on, by a first code of the app. Returns the recovery codes, this once.
    ///
    /// # Errors
    /// A validation error of `code`; [`DomainError::InvalidState`] where none was begun or it is on
    /// already; [`DomainError::Forbidden`] for a token; store errors.
    pub async fn confirm_second_factor(
        &self,
        requester: &Requester,
        code: SecretString,
        client: &Client,
    ) -> Result<Attempt<Vec<SecretString>>, DomainError> {
        session_of(requester)?;
        let user = requester.user().clone();
        let (secrets, random) = (self.secrets.clone(), self.db.random().clone());
        let (key, client) = (self.factor_key(user.id), client.clone());
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                if let Some(wait) = throttle::attempt(tx, &key, throttle::BY_ACCOUNT).await? {
                    return Ok(Attempt::Throttled(wait));
                }
                let Some(found) = find(tx, user.id).await?.filter(|found| found.since.is_none()) else {
                    let message = "There is nothing to confirm. Begin setting up the second factor again.";
                    return Err(DomainError::InvalidState(message.to_owned()));
                };
                let step = found.step_of(&secrets, user.id, code.expose_secret(), tx.now())?;
                let Some(step) = step else {
                    return Ok(Attempt::Wrong);
                };
                let text = "UPDATE second_factors SET confirmed_at = $2, last_step = $3 WHERE user_id = $1";
                let values = [user.id.uuid().into(), tx.now().into(), step.into()];
                tx.conn().execute_raw(sql(text, values)).await?;
                let codes = new_codes(tx, user.id, &random).await?;
                throttle::clear(tx, &key).await?;
                account::audit(tx, user.id, &client, "user.second_factor_on").await?;
                tell(tx, &user.email, user.name, true);
                Ok(Attempt::Done(codes))
            })
        });
        work.await
    }

    /// Turns the second factor off, for who shows both factors.
    ///
    /// # Errors
    /// As [`new_recovery_codes`](Self::new_recovery_codes).
    pub async fn end_second_factor(
        &self,
        requester: &Requester,
        shown: BothFactors,
        client: &Client,
    ) -> Result<Attempt<()>, DomainError> {
        match self.prove_both(requester, shown).await? {
            Attempt::Done(()) => {}
            other => return Ok(other),
        }
        let (user, client) = (requester.user().clone(), client.clone());
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let text = "DELETE FROM second_factors WHERE user_id = $1";
                tx.conn().execute_raw(sql(text, [user.id.uuid().into()])).await?;
                account::audit(tx, user.id, &client, "user.second_factor_off").await?;
                tell(tx, &user.email, user.name, false);
                Ok(())
            })
        });
        work.await?;
        Ok(Attempt::Done(()))
    }

    /// Makes new recovery codes for who shows both factors; the old ones are worth nothing any more.
    ///
    /// # Errors
    /// A validation error of `code` where it is wrong; [`DomainError::InvalidState`] where there is no
    /// second factor, and for an account without a password that has not just signed in;
    /// [`DomainError::Forbidden`] for a token; store errors.
    pub async fn new_recovery_codes(
        &self,
        requester: &Requester,
        shown: BothFactors,
        client: &Client,
    ) -> Result<Attempt<Vec<SecretString>>, DomainError> {
        match self.prove_both(requester, shown).await? {
            Attempt::Done(()) => {}
            Attempt::Wrong => return Ok(Attempt::Wrong),
            Attempt::Throttled(wait) => return Ok(Attempt::Throttled(wait)),
        }
        let (user, client, random) = (requester.user().id, client.clone(), self.db.random().clone());
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let codes = new_codes(tx, user, &random).await?;
                account::audit(tx, user, &client, "user.recovery_codes").await?;
                Ok(codes)
            })
        });
        Ok(Attempt::Done(work.await?))
    }

    /// The person's second factor, if it is on.
    ///
    /// # Errors
    /// Store errors.
    pub async fn second_factor(&self, user: UserId) -> Result<Option<SecondFactor>, DomainError> {
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let text = "\
SELECT f.confirmed_at, (SELECT count(*) FROM recovery_codes c WHERE c.user_id = f.user_id AND c.used_at IS NULL) AS codes
FROM second_factors f WHERE f.user_id = $1 AND f.confirmed_at IS NOT NULL";
                let row = tx.conn().query_one_raw(sql(text, [user.uuid().into()])).await?;
                row.map(|row| {
                    Ok(SecondFactor {
                        since: row.try_get("", "confirmed_at")?,
                        recovery_codes: row.try_get("", "codes")?,
                    })
                })
                .transpose()
            })
        });
        work.await
    }

    /// The password, then a code. Wrong codes are a validation error, so that a form can tell the two.
    async fn prove_both(
        &self,
        requester: &Requester,
        shown: BothFactors,
    ) -> Result<Attempt<()>, DomainError> {
        match self.prove(requester, shown.password).await? {
            Attempt::Done(()) => {}
            other => return Ok(other),
        }
        let user = requester.user().id;
        let (key, secrets, code) = (self.factor_key(user), self.secrets.clone(), shown.code);
        let work = self.db.in_system(move |tx| {
            Box::pin(async move { accept(tx, &secrets, &key, user, code.expose_secret()).await })
        });
        match work.await? {
            Attempt::Done(_) => Ok(Attempt::Done(())),
            Attempt::Throttled(wait) => Ok(Attempt::Throttled(wait)),
            Attempt::Wrong => Err(wrong_code().into()),
        }
    }

    /// Under which guesses at a person's codes are counted.
    pub(super) fn factor_key(&self, user: UserId) -> String {
        self.secrets.throttle_key("second-factor", &user.to_string())
    }
}

/// What a wrong code is answered with.
pub fn wrong_code() -> FieldError {
    let message = "This code is not good. Codes change every half minute, and each works once.";
    FieldError::new(UserErrorCode::Invalid, "code", message)
}

/// Which kind of code was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepted {
    App,
    Recovery,
}

/// Takes a code of the app or a recovery code, once. Guesses are counted under `key`.
///
/// # Errors
/// [`DomainError::InvalidState`] where the person has no second factor; store errors.
pub(super) async fn accept(
    tx: &mut SystemTx,
    secrets: &Secrets,
    key: &str,
    user: UserId,
    code: &str,
) -> Result<Attempt<Accepted>, DomainError> {
    if let Some(wait) = throttle::attempt(tx, key, throttle::BY_ACCOUNT).await? {
        return Ok(Attempt::Throttled(wait));
    }
    let Some(found) = find(tx, user).await?.filter(|found| found.since.is_some()) else {
        let message = "Your account has no second factor.";
        return Err(DomainError::InvalidState(message.to_owned()));
    };
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let accepted = if let Some(step) = found.step_of(secrets, user, &code, tx.now())? {
        let text = "UPDATE second_factors SET last_step = $2 WHERE user_id = $1";
        tx.conn()
            .execute_raw(sql(text, [user.uuid().into(), step.into()]))
            .await?;
        Accepted::App
    } else {
        let text =
            "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND hash = $2 AND used_at IS NULL";
        let values = [
            user.uuid().into(),
            token_hash(&code.to_lowercase()).to_vec().into(),
            tx.now().into(),
        ];
        let done = tx.conn().execute_raw(sql(text, values)).await?;
        if done.rows_affected() == 0 {
            return Ok(Attempt::Wrong);
        }
        Accepted::Recovery
    };
    throttle::clear(tx, key).await?;
    Ok(Attempt::Done(accepted))
}

/// Whether sign-in asks this person for a second factor.
pub(super) async fn is_on(tx: &SystemTx, user: UserId) -> Result<bool, DomainError> {
    let text = "SELECT 1 FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL";
    let row = tx.conn().query_one_raw(sql(text, [user.uuid().into()])).await?;
    Ok(row.is_some())
}

struct Found {
    sealed: Vec<u8>,
    since: Option<DateTime<Utc>>,
    last_step: i64,
}

/// A person's second factor, on or only begun, locked: of two that show one code at once, one is too late.
async fn find(tx: &SystemTx, user: UserId) -> Result<Option<Found>, DomainError> {
    let text = "SELECT secret, confirmed_at, last_step FROM second_factors WHERE user_id = $1 FOR UPDATE";
    let row = tx.conn().query_one_raw(sql(text, [user.uuid().into()])).await?;
    row.map(|row| {
        Ok(Found {
            sealed: row.try_get("", "secret")?,
            since: row.try_get("", "confirmed_at")?,
            last_step: row.try_get("", "last_step")?,
        })
    })
    .transpose()
}

impl Found {
    /// The step of time a code belongs to, if it is one that is good now: of this half minute, the one
    /// before or the one after, and later than every code accepted so far.
    fn step_of(
        &self,
        secrets: &Secrets,
        user: UserId,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, DomainError> {
        let secret = secrets
            .unseal(SEALED_FOR, user.uuid(), &self.sealed)
            .ok_or_else(|| StoreError::fault("a second factor was sealed with another SMARTSTACK_SECRET"))?;
        let totp = totp(secret.expose_secret(), "-")?;
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let now = u64::try_from(now.timestamp()).unwrap_or_default();
        let step = totp.check(&code, now).and_then(|step| i64::try_from(step).ok());
        Ok(step.filter(|step| *step > self.last_step))
    }
}

fn totp(secret: &[u8], name: &str) -> Result<Totp, StoreError> {
    Builder::new()
        .with_secret(secret)
        .with_issuer(Some(ISSUER))
        .with_account_name(name)
        .build()
        .map_err(StoreError::fault)
}

/// Replaces a person's recovery codes.
async fn new_codes(
    tx: &mut SystemTx,
    user: UserId,
    random: &Random,
) -> Result<Vec<SecretString>, DomainError> {
    let text = "DELETE FROM recovery_codes WHERE user_id = $1";
    tx.conn().execute_raw(sql(text, [user.uuid().into()])).await?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code: String = random
            .bytes::<CODE_LENGTH>()
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
            .collect();
        let text = "INSERT INTO recovery_codes (user_id, hash, created_at) VALUES ($1, $2, $3)";
        let values = [
            user.uuid().into(),
            token_hash(&code).to_vec().into(),
            tx.now().into(),
        ];
        tx.conn().execute_raw(sql(text, values)).await?;
        codes.push(grouped(&code).into());
    }
    Ok(codes)
}

/// `abc123def456…` → `abc123-def456-…`
fn grouped(code: &str) -> String {
    let mut out = String::with_capacity(code.len() + code.len() / CODE_GROUP);
    for (at, c) in code.chars().enumerate() {
        if at > 0 && at % CODE_GROUP == 0 {
            out.push('-');
        }
        out.push(c);
    }
    out
}

/// Writes to a person that their second factor was turned on or off.
fn tell(tx: &mut SystemTx, email: &str, name: String, on: bool) {
    let content = MailContent::SecondFactorChanged {
        name,
        on,
        at: tx.now(),
    };
    tx.enqueue(outbox::MAIL, Mail::new(email, content).payload());
}
