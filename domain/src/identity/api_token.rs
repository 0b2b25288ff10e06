//! Personal access tokens: what a person gives to a program that acts in their name.
//!
//! A token is `ss_pat_` and 59 characters of Crockford's base 32: 256 random bits and a checksum of 35
//! bits. The checksum lets a typo be told from a token without asking the database, and secret
//! scanners tell tokens from chance. Only the token's SHA-256 is stored.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::{Digest, Sha256};
use smartstack_schema::{ApiTokenId, TokenScope, UserErrorCode, UserId, WorkspaceId};
use uuid::Uuid;

use super::requester::{Credential, Requester, TokenGrant};
use super::session::requester_from;
use crate::db::{SystemTx, sql};
use crate::error::{DomainError, StoreError};
use crate::idempotency;
use crate::input::{Checks, NAME_MAX};

/// What every token begins with.
pub const PREFIX: &str = "ss_pat_";
/// How many days a token is good for when nobody says otherwise.
pub const DEFAULT_DAYS: i32 = 90;
/// How many days a token may be good for at most.
pub const MOST_DAYS: i32 = 365;
/// How many tokens a person may have that are good.
pub const MOST_TOKENS: i64 = 50;
/// Use is noted at most this often.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 52 characters hold 260 bits: the random 256 and four of nothing.
const RANDOM_LENGTH: usize = 52;
const CHECK_LENGTH: usize = 7;

/// A token as its person sees it; never the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Which one.
    pub id: ApiTokenId,
    /// What its person calls it.
    pub name: String,
    /// Its last four characters.
    pub hint: String,
    /// What it is good for.
    pub scopes: Vec<TokenScope>,
    /// The one workspace it is good for; `None` for all its person belongs to.
    pub workspace_id: Option<WorkspaceId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A token to be made.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewApiToken {
    /// What to call it; at most 120 characters.
    pub name: String,
    /// What it is to be good for; at least one.
    pub scopes: Vec<TokenScope>,
    /// The one workspace it is to be good for; `None` for all its person belongs to, later ones too.
    pub workspace_id: Option<WorkspaceId>,
    /// For how many days, 1 to [`MOST_DAYS`]; [`DEFAULT_DAYS`] when left out.
    pub days: Option<i32>,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Makes a token for `user`. The text is returned this once and cannot be had again: a repeated request
/// with the same key makes nothing and finds the token, without its text, which is kept nowhere.
///
/// # Errors
/// Every broken rule of the input; [`DomainError::Conflict`] when the idempotency key was used for another
/// request; store errors.
pub async fn create(
    tx: &mut SystemTx,
    user: UserId,
    address: Option<&str>,
    new: NewApiToken,
) -> Result<(ApiToken, Option<SecretString>), DomainError> {
    let (now, id) = (tx.now(), tx.new_id::<ApiTokenId>());
    let mut checks = Checks::default();
    let name = checks.line("name", &new.name, NAME_MAX);
    let mut scopes = new.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        let message = "Choose at least one thing the token is good for.";
        checks.fail("scopes", UserErrorCode::Required, message);
    }
    let days = new.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        let message = format!("A token is good for 1 to {MOST_DAYS} days.");
        checks.fail("expiresInDays", UserErrorCode::OutOfRange, message);
    }
    if let Some(workspace) = new.workspace_id
        && !is_member(tx, user, workspace).await?
    {
        let message = "This workspace does not exist, or not for you.";
        checks.fail("workspaceId", UserErrorCode::NotFound, message);
    }
    let key = new.idempotency_key.as_deref();
    checks.idempotency_key(key);
    checks.finish()?;
    if let Some(first) = idempotency::claim_for(tx, user, "api_token.create", key, &new, id.uuid()).await? {
        let text = format!("{SELECT} WHERE id = $1 AND user_id = $2");
        let row = tx
            .conn()
            .query_one_raw(sql(&text, [first.into(), user.uuid().into()]))
            .await?;
        return Ok((token_from(&row.ok_or(DomainError::NotFound)?)?, None));
    }
    // Two requests at once may end one above the limit, which is there against thousands.
    if live(tx, user).await? >= MOST_TOKENS {
        let mut checks = Checks::default();
        let message = format!("You have {MOST_TOKENS} tokens. Revoke one that is not needed any more.");
        checks.fail("name", UserErrorCode::LimitReached, message);
        checks.finish()?;
    }

    let text = make(&tx.random().bytes::<32>());
    let token = ApiToken {
        id,
        name,
        hint: text[text.len() - 4..].to_owned(),
        scopes,
        workspace_id: new.workspace_id,
        created_at: now,
        expires_at: now + TimeDelta::days(days.into()),
        last_used_at: None,
    };
    let names: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
    let insert = "\
INSERT INTO api_tokens (id, user_id, only_workspace_id, name, hash, hint, scopes, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = [
        id.uuid().into(),
        user.uuid().into(),
        token.workspace_id.map(Uuid::from).into(),
        token.name.as_str().into(),
        hash(&text).to_vec().into(),
        token.hint.as_str().into(),
        names.into(),
        now.into(),
        token.expires_at.into(),
    ];
    tx.conn().execute_raw(sql(insert, values)).await?;
    audit(tx, id, address, "api_token.create").await?;
    Ok((token, Some(text.into())))
}

/// A person's tokens that are good, the newest first.
///
/// # Errors
/// Store errors.
pub async fn list(tx: &SystemTx, user: UserId) -> Result<Vec<ApiToken>, DomainError> {
    let text = format!(
        "{SELECT} WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY created_at DESC, id DESC"
    );
    let values = [user.uuid().into(), tx.now().into()];
    let rows = tx.conn().query_all_raw(sql(&text, values)).await?;
    rows.iter().map(token_from).collect()
}

/// Revokes one of a person's tokens: nothing can be done with it any more, also where it is in use
/// right now. Returns it as it was.
///
/// # Errors
/// [`DomainError::NotFound`] for what is not a good token of this person; store errors.
pub async fn revoke(
    tx: &mut SystemTx,
    user: UserId,
    id: ApiTokenId,
    address: Option<&str>,
) -> Result<ApiToken, DomainError> {
    let text = format!(
        "{SELECT} WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3 FOR UPDATE"
    );
    let values = [id.uuid().into(), user.uuid().into(), tx.now().into()];
    let row = tx.conn().query_one_raw(sql(&text, values)).await?;
    let token = token_from(&row.ok_or(DomainError::NotFound)?)?;
    let text = "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1";
    let values = [id.uuid().into(), tx.now().into()];
    tx.conn().execute_raw(sql(text, values)).await?;
    audit(tx, id, address, "api_token.revoke").await?;
    tx.access_changed(id);
    Ok(token)
}

/// The hash a text is stored under, if it can be one of our tokens at all.
pub(super) fn read(text: &SecretString) -> Option<[u8; 32]> {
    let text = text.expose_secret();
    let body = text.strip_prefix(PREFIX)?;
    if body.len() != RANDOM_LENGTH + CHECK_LENGTH || !body.is_ascii() {
        return None;
    }
    let (random, check) = body.split_at(RANDOM_LENGTH);
    (checksum(random) == check).then(|| hash(text))
}

/// The person behind the token of this hash, and a note that it was used.
pub(super) async fn open(tx: &mut SystemTx, hash: &[u8; 32]) -> Result<Option<Requester>, DomainError> {
    let found = person(tx, "t.hash = $2", hash.to_vec().into()).await?;
    if let Some(token) = found.as_ref().and_then(Requester::token) {
        let text = "\
UPDATE api_tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)";
        let now = tx.now();
        let values = [token.id.uuid().into(), now.into(), (now - NOTED_EVERY).into()];
        tx.conn().execute_raw(sql(text, values)).await?;
    }
    Ok(found)
}

/// The person behind a token.
pub(super) async fn load(tx: &SystemTx, id: ApiTokenId) -> Result<Option<Requester>, DomainError> {
    person(tx, "t.id = $2", id.uuid().into()).await
}

/// The person behind the good token that `filter` finds, with the workspaces it is good for.
async fn person(
    tx: &SystemTx,
    filter: &str,
    value: sea_orm::Value,
) -> Result<Option<Requester>, DomainError> {
    let text = format!(
        "\
SELECT t.id AS token_id, t.scopes, t.only_workspace_id,
       u.id AS user_id, u.name, u.email, u.hue, m.workspace_id, m.role, w.name AS workspace_name
FROM api_tokens t
JOIN users u ON u.id = t.user_id AND u.disabled_at IS NULL
LEFT JOIN (memberships m JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL)
  ON m.user_id = u.id AND (t.only_workspace_id IS NULL OR t.only_workspace_id = m.workspace_id)
WHERE {filter} AND t.revoked_at IS NULL AND t.expires_at > $1
ORDER BY m.created_at, m.workspace_id"
    );
    let rows = tx
        .conn()
        .query_all_raw(sql(&text, [tx.now().into(), value]))
        .await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    // Bound to a workspace its person has left, or that was deleted: good for nothing.
    let is_bound = first.try_get::<Option<Uuid>>("", "only_workspace_id")?.is_some();
    if is_bound && first.try_get::<Option<Uuid>>("", "workspace_id")?.is_none() {
        return Ok(None);
    }
    let grant = TokenGrant {
        id: ApiTokenId(first.try_get("", "token_id")?),
        scopes: scopes_from(first)?,
    };
    requester_from(&rows, Credential::Token(grant))
}

const SELECT: &str = "\
SELECT id, name, hint, scopes, only_workspace_id, created_at, expires_at, last_used_at FROM api_tokens";

fn token_from(row: &QueryResult) -> Result<ApiToken, DomainError> {
    Ok(ApiToken {
        id: ApiTokenId(row.try_get("", "id")?),
        name: row.try_get("", "name")?,
        hint: row.try_get("", "hint")?,
        scopes: scopes_from(row)?,
        workspace_id: row
            .try_get::<Option<Uuid>>("", "only_workspace_id")?
            .map(WorkspaceId),
        created_at: row.try_get("", "created_at")?,
        expires_at: row.try_get("", "expires_at")?,
        last_used_at: row.try_get("", "last_used_at")?,
    })
}

fn scopes_from(row: &QueryResult) -> Result<Vec<TokenScope>, DomainError> {
    let names: Vec<String> = row.try_get("", "scopes")?;
    names
        .iter()
        .map(|name| TokenScope::parse(name).ok_or_else(|| StoreError::fault("an unknown token scope").into()))
        .collect()
}

async fn is_member(tx: &SystemTx, user: UserId, workspace: WorkspaceId) -> Result<bool, DomainError> {
    let text = "\
SELECT 1 FROM memberships m JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL
WHERE m.workspace_id = $1 AND m.user_id = $2";
    let values = [workspace.uuid().into(), user.uuid().into()];
    Ok(tx.conn().query_one_raw(sql(text, values)).await?.is_some())
}

async fn live(tx: &SystemTx, user: UserId) -> Result<i64, DomainError> {
    let text = "\
SELECT count(*) AS n FROM api_tokens WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2";
    let values = [user.uuid().into(), tx.now().into()];
    let row = tx.conn().query_one_raw(sql(text, values)).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

/// Notes what happened to a token in the audit log of each workspace it is good for.
async fn audit(
    tx: &mut SystemTx,
    id: ApiTokenId,
    address: Option<&str>,
    action: &str,
) -> Result<(), DomainError> {
    let address: Option<String> = address.map(|text| text.chars().take(100).collect());
    let text = "\
INSERT INTO audit_events (id, workspace_id, actor_id, address, at, action, target_kind, target_id, after)
SELECT gen_random_uuid(), m.workspace_id, t.user_id, $2, $3, $4, 'API_TOKEN', t.id,
       jsonb_build_object('name', t.name, 'scopes', to_jsonb(t.scopes), 'expires_at', t.expires_at)
FROM api_tokens t JOIN memberships m
  ON m.user_id = t.user_id AND (t.only_workspace_id IS NULL OR t.only_workspace_id = m.workspace_id)
WHERE t.id = $1";
    let values = [id.uuid().into(), address.into(), tx.now().into(), action.into()];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(())
}

fn make(random: &[u8; 32]) -> String {
    let random = base32(random, RANDOM_LENGTH);
    let check = checksum(&random);
    format!("{PREFIX}{random}{check}")
}

/// Seven characters that only whoever knows how can get right by chance: once in 2³⁵.
fn checksum(random: &str) -> String {
    base32(&Sha256::digest(random), CHECK_LENGTH)
}

/// The first `length` characters of bytes in base 32, most significant bits first.
fn base32(bytes: &[u8], length: usize) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    (0..length)
        .map(|place| {
            let digit = (0..5).fold(0, |digit, at| digit << 1 | bit(place * 5 + at));
            char::from(ALPHABET[usize::from(digit)])
        })
        .collect()
}

fn hash(text: &str) -> [u8; 32] {
    crate::secret::token_hash(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_from_other_texts_by_its_form() {
        let token = make(&[7; 32]);
        assert_eq!(token.len(), PREFIX.len() + RANDOM_LENGTH + CHECK_LENGTH);
        assert!(read(&token.clone().into()).is_some());
        let mut typo = token.clone().into_bytes();
        typo[20] = if typo[20] == b'a' { b'b' } else { b'a' };
        let typo = String::from_utf8(typo).unwrap();
        let bad = [
            String::new(),
            PREFIX.to_owned(),
            typo,
            token[..token.len() - 1].to_owned(),
            format!("{token}0"),
            token.replacen("ss_pat_", "gh_pat_", 1),
            format!("{PREFIX}{}", "é".repeat(29) + "0"),
        ];
        for text in bad {
            assert!(read(&text.clone().into()).is_none(), "{text}");
        }
    }

    #[test]
    fn every_random_bit_counts() {
        let mut seen = std::collections::BTreeSet::new();
        for bit in 0..256 {
            let mut bytes = [0; 32];
            bytes[bit / 8] = 1 << (bit % 8);
            assert!(seen.insert(make(&bytes)));
        }
    }
}
