//! Sessions: one for each signed-in browser, carried by single-use refresh tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use secrecy::{ExposeSecret, SecretString};
use smartstack_schema::{Hue, MemberRole, SessionId, UserId, WorkspaceId};
use uuid::Uuid;

use super::{Client, Credential, Membership, Requester, SignedIn, User};
use crate::db::{SystemTx, sql};
use crate::error::{DomainError, StoreError};
use crate::secret::token_hash;

/// A session ends when it was not used for so long …
pub const IDLE_TIME: TimeDelta = TimeDelta::days(14);
/// … and in any case so long after signing in.
pub const LONGEST_TIME: TimeDelta = TimeDelta::days(90);
/// Two tabs may refresh with the same token at the same moment: within this time after its first use
/// the second gets a token of its own. Later it is taken for theft.
pub const GRACE: TimeDelta = TimeDelta::seconds(10);

/// What became of a refresh token.
#[derive(Debug)]
pub enum Refresh {
    /// The session goes on, with a new token.
    Renewed(Box<SignedIn>),
    /// The token is unknown, its session is over, or it was used before: then the session is over now.
    Refused,
}

/// Opens a session for a person who has just proven who they are.
pub(super) async fn open(
    tx: &mut SystemTx,
    user_id: UserId,
    client: &Client,
) -> Result<SignedIn, DomainError> {
    let now = tx.now();
    let id: SessionId = tx.new_id();
    let expires_at = now + IDLE_TIME;
    let text = "\
INSERT INTO sessions (id, user_id, created_at, last_used_at, user_agent, address, expires_at)
VALUES ($1, $2, $3, $3, $4, $5, $6)";
    let values = [
        id.uuid().into(),
        user_id.uuid().into(),
        now.into(),
        client.user_agent().into(),
        client.address().into(),
        expires_at.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    audit(tx, id, "session.open").await?;
    let refresh_token = issue(tx, id).await?;
    let requester = load(tx, id).await?.ok_or(DomainError::NotFound)?;
    Ok(SignedIn {
        requester,
        session_id: id,
        refresh_token,
        expires_at,
    })
}

/// A new refresh token of the session: 256 random bits, of which only the hash is kept.
async fn issue(tx: &mut SystemTx, session: SessionId) -> Result<SecretString, DomainError> {
    let token = URL_SAFE_NO_PAD.encode(tx.random().bytes::<32>());
    let text = "INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES ($1, $2, $3)";
    let values = [
        token_hash(&token).to_vec().into(),
        session.uuid().into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(token.into())
}

/// Exchanges a refresh token for the next.
pub(super) async fn refresh(
    tx: &mut SystemTx,
    token: &SecretString,
    client: &Client,
) -> Result<Refresh, DomainError> {
    let now = tx.now();
    let hash = token_hash(token.expose_secret()).to_vec();
    // Locking the session first keeps two refreshes and a sign-out of it in one order.
    let text = "\
SELECT s.id, s.created_at FROM sessions s WHERE s.id = (SELECT session_id FROM refresh_tokens WHERE hash = $1)
AND s.revoked_at IS NULL AND s.expires_at > $2 FOR UPDATE";
    let found = tx
        .conn()
        .query_one_raw(sql(text, [hash.clone().into(), now.into()]))
        .await?;
    let Some(row) = found else {
        return Ok(Refresh::Refused);
    };
    let session = SessionId(row.try_get("", "id")?);
    let created_at: DateTime<Utc> = row.try_get("", "created_at")?;
    let text = "SELECT used_at FROM refresh_tokens WHERE hash = $1";
    let row = tx
        .conn()
        .query_one_raw(sql(text, [hash.clone().into()]))
        .await?
        .ok_or(DomainError::NotFound)?;
    let used_at: Option<DateTime<Utc>> = row.try_get("", "used_at")?;
    if used_at.is_some_and(|used_at| now > used_at + GRACE) {
        tracing::warn!(%session, "a refresh token was used twice: the session is ended");
        audit(tx, session, "session.token_reused").await?;
        revoke(tx, session).await?;
        return Ok(Refresh::Refused);
    }
    let expires_at = (now + IDLE_TIME).min(created_at + LONGEST_TIME);
    let text =
        "UPDATE sessions SET last_used_at = $2, expires_at = $3, user_agent = $4, address = $5 WHERE id = $1";
    let values = [
        session.uuid().into(),
        now.into(),
        expires_at.into(),
        client.user_agent().into(),
        client.address().into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    let next = issue(tx, session).await?;
    if used_at.is_none() {
        let text = "UPDATE refresh_tokens SET used_at = $2, replaced_by = $3 WHERE hash = $1";
        let values = [
            hash.into(),
            now.into(),
            token_hash(next.expose_secret()).to_vec().into(),
        ];
        tx.conn().execute_raw(sql(text, values)).await?;
    }
    // Nobody: the account was disabled meanwhile.
    let Some(requester) = load(tx, session).await? else {
        return Ok(Refresh::Refused);
    };
    Ok(Refresh::Renewed(Box::new(SignedIn {
        requester,
        session_id: session,
        refresh_token: next,
        expires_at,
    })))
}

/// Ends a session everywhere. Ending it again changes nothing.
pub(super) async fn revoke(tx: &mut SystemTx, session: SessionId) -> Result<(), DomainError> {
    let text = "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    let done = tx
        .conn()
        .execute_raw(sql(text, [session.uuid().into(), tx.now().into()]))
        .await?;
    if done.rows_affected() == 1 {
        audit(tx, session, "session.end").await?;
        tx.session_ended(session);
    }
    Ok(())
}

/// Notes what happened to a session in the audit log of each workspace its person belongs to.
async fn audit(tx: &mut SystemTx, session: SessionId, action: &str) -> Result<(), DomainError> {
    let text = "\
INSERT INTO audit_events (id, workspace_id, actor_id, address, at, action, target_kind, target_id)
SELECT gen_random_uuid(), m.workspace_id, s.user_id, s.address, $2, $3, 'SESSION', s.id
FROM sessions s JOIN memberships m ON m.user_id = s.user_id WHERE s.id = $1";
    let values = [session.uuid().into(), tx.now().into(), action.into()];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(())
}

/// The session a refresh token belongs to, used or not.
pub(super) async fn of_token(tx: &SystemTx, token: &SecretString) -> Result<Option<SessionId>, DomainError> {
    let text = "SELECT session_id FROM refresh_tokens WHERE hash = $1";
    let hash = token_hash(token.expose_secret()).to_vec();
    let row = tx.conn().query_one_raw(sql(text, [hash.into()])).await?;
    Ok(row
        .map(|row| row.try_get("", "session_id"))
        .transpose()?
        .map(SessionId))
}

/// Ends all sessions of a person, but for the one to keep. Returns how many were still good.
pub(super) async fn revoke_all(
    tx: &mut SystemTx,
    user: UserId,
    keep: Option<SessionId>,
) -> Result<u64, DomainError> {
    let text = "\
UPDATE sessions SET revoked_at = $2
WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $3 RETURNING id, expires_at > $2 AS open";
    let values = [user.uuid().into(), tx.now().into(), keep.map(Uuid::from).into()];
    let rows = tx.conn().query_all_raw(sql(text, values)).await?;
    let mut open = 0;
    for row in rows {
        let session = SessionId(row.try_get("", "id")?);
        audit(tx, session, "session.end").await?;
        tx.session_ended(session);
        open += u64::from(row.try_get::<bool>("", "open")?);
    }
    Ok(open)
}

/// The person behind a session that is good, with their workspaces, in one query.
pub(super) async fn load(tx: &SystemTx, session: SessionId) -> Result<Option<Requester>, DomainError> {
    let text = "\
SELECT u.id AS user_id, u.name, u.email, u.hue, u.administrator, m.workspace_id, m.role, w.name AS workspace_name
FROM sessions s
JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
LEFT JOIN (memberships m JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL) ON m.user_id = u.id
WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
ORDER BY m.created_at, m.workspace_id";
    let rows = tx
        .conn()
        .query_all_raw(sql(text, [session.uuid().into(), tx.now().into()]))
        .await?;
    requester_from(&rows, Credential::Session(session))
}

/// A person from rows of them with each of their memberships; `None` without a row.
pub(super) fn requester_from(
    rows: &[QueryResult],
    credential: Credential,
) -> Result<Option<Requester>, DomainError> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let user = user_from(first)?;
    // A token administers nothing, whoever's it is.
    let administrator = match credential {
        Credential::Session(_) => first.try_get("", "administrator")?,
        Credential::Token(_) => false,
    };
    let mut memberships = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(workspace) = row.try_get::<Option<Uuid>>("", "workspace_id")? {
            let role: String = row.try_get("", "role")?;
            let role = MemberRole::parse(&role).ok_or_else(|| StoreError::fault("an unknown role"))?;
            let workspace_name = row.try_get("", "workspace_name")?;
            memberships.push(Membership {
                workspace_id: WorkspaceId(workspace),
                user_id: user.id,
                role,
                workspace_name,
            });
        }
    }
    Ok(Some(Requester {
        user,
        administrator,
        credential,
        memberships,
        address: None,
    }))
}

fn user_from(row: &QueryResult) -> Result<User, DomainError> {
    let hue: String = row.try_get("", "hue")?;
    Ok(User {
        id: UserId(row.try_get("", "user_id")?),
        name: row.try_get("", "name")?,
        email: row.try_get("", "email")?,
        hue: Hue::parse(&hue).ok_or_else(|| StoreError::fault("an unknown hue"))?,
    })
}
