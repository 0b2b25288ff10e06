//! Between the two factors of a sign-in: who has shown the first one holds a challenge, for a short
//! while, and opens a session with it and the second.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use secrecy::{ExposeSecret, SecretString};
use smartstack_schema::UserId;

use super::second_factor::{self, Accepted};
use super::{Attempt, Client, Identity, SignedIn, account, session};
use crate::db::{SystemTx, sql};
use crate::error::DomainError;
use crate::outbox::{self, Mail, MailContent};
use crate::secret::token_hash;

/// How long the second factor may take: finding the phone, and no longer.
pub const CHALLENGE_TIME: TimeDelta = TimeDelta::minutes(10);

/// What the first factor led to.
#[derive(Debug)]
pub enum SignIn {
    /// There is no second one: a session is open.
    SignedIn(Box<SignedIn>),
    /// The second factor is asked for.
    SecondFactor(Challenge),
}

/// A sign-in that waits for its second factor.
#[derive(Debug)]
pub struct Challenge {
    /// Goes into a cookie; only its hash is stored. It opens nothing without a code.
    pub token: SecretString,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// What became of the second factor.
#[derive(Debug)]
pub enum SecondStep {
    /// A session is open.
    SignedIn(Box<SignedIn>),
    /// The challenge is unknown, used or too old: begin again.
    Over,
}

impl Identity {
    /// Finishes a sign-in by a code of the app, or a recovery code. `Wrong`: the code is not good, the
    /// challenge still is. Guesses are counted by account, over all challenges.
    ///
    /// # Errors
    /// Store errors.
    pub async fn second_step(
        &self,
        token: &SecretString,
        code: &SecretString,
        client: &Client,
    ) -> Result<Attempt<SecondStep>, DomainError> {
        let hash = token_hash(token.expose_secret()).to_vec();
        let (identity, code, client) = (self.clone(), code.clone(), client.clone());
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let Some(user) = find(tx, &hash).await? else {
                    return Ok(Attempt::Done(SecondStep::Over));
                };
                let key = identity.factor_key(user);
                let accepted = second_factor::accept(tx, &identity.secrets, &key, user, code.expose_secret());
                let accepted = match accepted.await {
                    Ok(Attempt::Done(accepted)) => accepted,
                    Ok(Attempt::Wrong) => return Ok(Attempt::Wrong),
                    Ok(Attempt::Throttled(wait)) => return Ok(Attempt::Throttled(wait)),
                    // Turned off meanwhile: the next sign-in does not ask for it.
                    Err(DomainError::InvalidState(_)) => return Ok(Attempt::Done(SecondStep::Over)),
                    Err(error) => return Err(error),
                };
                let text = "UPDATE sign_in_challenges SET used_at = $2 WHERE hash = $1";
                tx.conn()
                    .execute_raw(sql(text, [hash.into(), tx.now().into()]))
                    .await?;
                let signed_in = session::open(tx, user, &client).await?;
                if accepted == Accepted::Recovery {
                    tell_recovery(tx, &signed_in, &client).await?;
                }
                Ok(Attempt::Done(SecondStep::SignedIn(Box::new(signed_in))))
            })
        });
        work.await
    }
}

/// Opens a session for a person whose first factor was right, or asks for the second.
pub(super) async fn open_or_ask(
    tx: &mut SystemTx,
    user: UserId,
    client: &Client,
) -> Result<SignIn, DomainError> {
    if !second_factor::is_on(tx, user).await? {
        return Ok(SignIn::SignedIn(Box::new(session::open(tx, user, client).await?)));
    }
    let token = URL_SAFE_NO_PAD.encode(tx.random().bytes::<32>());
    let expires_at = tx.now() + CHALLENGE_TIME;
    let text =
        "INSERT INTO sign_in_challenges (hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    let values = [
        token_hash(&token).to_vec().into(),
        user.uuid().into(),
        tx.now().into(),
        expires_at.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(SignIn::SecondFactor(Challenge {
        token: token.into(),
        expires_at,
    }))
}

/// Makes challenges useless: what their first factor was is not true any more.
pub(super) async fn void(tx: &mut SystemTx, user: UserId) -> Result<(), DomainError> {
    let text = "UPDATE sign_in_challenges SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL";
    tx.conn()
        .execute_raw(sql(text, [user.uuid().into(), tx.now().into()]))
        .await?;
    Ok(())
}

async fn find(tx: &SystemTx, hash: &[u8]) -> Result<Option<UserId>, DomainError> {
    let text = "\
SELECT c.user_id FROM sign_in_challenges c JOIN users u ON u.id = c.user_id AND u.disabled_at IS NULL
WHERE c.hash = $1 AND c.used_at IS NULL AND c.expires_at > $2 FOR UPDATE OF c";
    let values = [hash.to_vec().into(), tx.now().into()];
    let row = tx.conn().query_one_raw(sql(text, values)).await?;
    Ok(row.map(|row| row.try_get("", "user_id")).transpose()?.map(UserId))
}

/// A recovery code that was used may be one that was stolen.
async fn tell_recovery(tx: &mut SystemTx, signed_in: &SignedIn, client: &Client) -> Result<(), DomainError> {
    let user = signed_in.requester.user().clone();
    let text = "SELECT count(*) AS n FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL";
    let row = tx
        .conn()
        .query_one_raw(sql(text, [user.id.uuid().into()]))
        .await?;
    let left: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    account::audit(tx, user.id, client, "user.recovery_code_use").await?;
    let content = MailContent::RecoveryCodeUsed {
        name: user.name,
        left,
        at: tx.now(),
    };
    tx.enqueue(outbox::MAIL, Mail::new(user.email, content).payload());
    Ok(())
}
