//! Invitations to a workspace: sent by mail to one address, accepted once by whoever has it.
//!
//! The token in the link is made from what is stored and the installation's secret; the database keeps
//! its hash alone, and neither the outbox nor the queue ever holds it. Sending an invitation again
//! makes a new token and ends the old one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use serde_json::json;
use smartstack_schema::{
    ChangeOperation, Hue, InvitationId, MemberRole, NodeKind, UserErrorCode, UserId, WorkspaceId,
};
use uuid::Uuid;

use crate::{
    db::{Db, SystemTx, TenantScope, TenantTx, WorkspaceTx, sql},
    error::{DomainError, FieldError},
    idempotency,
    identity::Requester,
    input::Checks,
    member,
    outbox::{self, Mail, MailContent},
    secret::{Secrets, token_hash},
    store, workspace,
};

/// How long the link in the mail works.
pub const LIFETIME: TimeDelta = TimeDelta::days(7);
/// How many invitations of a workspace may be open at once.
pub const MOST_OPEN: i64 = 50;
/// How many invitations a workspace may send within a day: a full inbox of strangers is not ours to fill.
pub const MOST_A_DAY: i64 = 50;
/// How often one invitation may be sent.
pub const MOST_SENT: i32 = 5;
/// Longest token looked at; ours have 43 characters.
const TOKEN_MAX: usize = 128;

/// An invitation as its workspace's owners see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Which one.
    pub id: InvitationId,
    /// The address it was sent to, in lower case.
    pub email: String,
    /// What the person may do once they have joined.
    pub role: MemberRole,
    /// Who sent it; `None` once they are gone.
    pub invited_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last sent.
    pub sent_at: DateTime<Utc>,
    /// Until when its link works.
    pub expires_at: DateTime<Utc>,
}

/// Somebody to be invited.
#[derive(Debug, Clone, Serialize)]
pub struct NewInvitation {
    /// Where the mail goes.
    pub email: String,
    /// What the person may do once they have joined.
    pub role: MemberRole,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What an invitation says to whoever holds its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// What it is called.
    pub workspace_name: String,
    /// Its colour.
    pub hue: Hue,
    /// Who invites.
    pub inviter_name: Option<String>,
    /// The address it was sent to.
    pub email: String,
    /// What the person may do once they have joined.
    pub role: MemberRole,
    /// Until when the link works.
    pub expires_at: DateTime<Utc>,
    /// Whether the address has an account: sign in, or make one.
    pub has_account: bool,
}

/// What became of accepting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// The person belongs to the workspace.
    Done(WorkspaceId),
    /// The invitation is for another address than the person's. Nothing else is told.
    OtherAddress,
    /// The link opens nothing: unknown, used, revoked or expired.
    Gone,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    email: String,
    role: String,
    invited_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    sent_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

const COLUMNS: &str = "id, email, role, invited_by, created_at, sent_at, expires_at";
const IS_OPEN: &str = "accepted_at IS NULL AND revoked_at IS NULL";

/// The open invitations, the newest first, those whose link has expired included.
///
/// # Errors
/// Store errors.
pub async fn list(tx: &WorkspaceTx) -> Result<Vec<Invitation>, DomainError> {
    let text = format!(
        "SELECT {COLUMNS} FROM invitations WHERE workspace_id = $1 AND {IS_OPEN} ORDER BY created_at DESC, id DESC"
    );
    let rows: Vec<Row> = store::rows(tx, &text, [store::workspace(tx).into()]).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// An invitation, whatever has become of it since.
async fn get(tx: &WorkspaceTx, id: Uuid) -> Result<Invitation, DomainError> {
    let text = format!("SELECT {COLUMNS} FROM invitations WHERE workspace_id = $1 AND id = $2");
    one(store::rows(tx, &text, [store::workspace(tx).into(), id.into()]).await?)
}

/// Invites somebody; owners only.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::Validation`] of what does not fit:
/// an address that belongs to a member or was invited already, or too many invitations;
/// [`DomainError::Conflict`] when the idempotency key was used for another request.
pub async fn create(
    tx: &mut TenantTx,
    secrets: &Secrets,
    new: NewInvitation,
) -> Result<Invitation, DomainError> {
    member::own(tx).await?;
    let mut checks = Checks::default();
    let email = checks
        .email("email", Some(&new.email))
        .map(|email| email.to_lowercase());
    if email.is_none() && new.email.trim().is_empty() {
        checks.fail("email", UserErrorCode::Required, "Whom do you want to invite?");
    }
    checks.idempotency_key(new.idempotency_key.as_deref());
    checks.finish()?;
    let (key, id) = (new.idempotency_key.as_deref(), tx.new_id::<InvitationId>());
    if let Some(first) = idempotency::claim(tx, "invitation.create", key, &new, id.uuid()).await? {
        return get(tx, first).await;
    }
    let mut checks = Checks::default();
    let (open, today) = counts(tx).await?;
    if open >= MOST_OPEN || today >= MOST_A_DAY {
        let message = "Too many invitations are waiting or were sent today. Revoke some, or wait a day.";
        checks.fail("email", UserErrorCode::LimitReached, message);
    }
    checks.finish()?;
    let email = email.unwrap_or_default();
    if is_member(tx, &email).await? {
        return Err(taken("This person is in the workspace already."));
    }
    let now = tx.now();
    // One whose link has expired gives way; nobody could accept it any more.
    let text = format!(
        "UPDATE invitations SET revoked_at = $3 WHERE workspace_id = $1 AND email = $2 AND {IS_OPEN} AND expires_at <= $3"
    );
    let values = [store::workspace(tx).into(), email.as_str().into(), now.into()];
    store::execute(tx, &text, values).await?;
    let text = format!("SELECT 1 FROM invitations WHERE workspace_id = $1 AND email = $2 AND {IS_OPEN}");
    let values = [store::workspace(tx).into(), email.as_str().into()];
    if !store::query(tx, &text, values).await?.is_empty() {
        return Err(taken(
            "This address was invited already. Send that invitation again.",
        ));
    }
    let nonce = tx.random().bytes::<32>();
    let text = format!(
        "\
INSERT INTO invitations (id, workspace_id, email, role, token_nonce, token_hash, invited_by, created_at, sent_at,
                         expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) RETURNING {COLUMNS}"
    );
    let values = [
        id.uuid().into(),
        store::workspace(tx).into(),
        email.into(),
        new.role.as_str().into(),
        nonce.to_vec().into(),
        token_hash(&secrets.invitation_token(id, &nonce)).to_vec().into(),
        tx.actor_id().map(Uuid::from).into(),
        now.into(),
        (now + LIFETIME).into(),
    ];
    let invitation = one(store::rows(tx, &text, values).await?)?;
    mail(tx, &invitation, &nonce).await?;
    record(tx, "invitation.create", &invitation);
    Ok(invitation)
}

/// Sends an open invitation again, with a new link; the old one ends. Owners only.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::NotFound`] for what is not open;
/// [`DomainError::InvalidState`] when it was sent too often, or a moment ago.
pub async fn resend(
    tx: &mut TenantTx,
    secrets: &Secrets,
    id: InvitationId,
) -> Result<Invitation, DomainError> {
    member::own(tx).await?;
    let now = tx.now();
    let text = format!(
        "SELECT sent_at, times_sent FROM invitations WHERE workspace_id = $1 AND id = $2 AND {IS_OPEN}"
    );
    let rows = store::query(tx, &text, [store::workspace(tx).into(), id.uuid().into()]).await?;
    let row = rows.first().ok_or(DomainError::NotFound)?;
    let refuse = |message: &str| Err(DomainError::InvalidState(message.to_owned()));
    if row.try_get::<i32>("", "times_sent")? >= MOST_SENT {
        return refuse("It was sent five times. Revoke it, and ask the person for another address.");
    }
    if row.try_get::<DateTime<Utc>>("", "sent_at")? > now - TimeDelta::minutes(1) {
        return refuse("It was sent a moment ago. Mail may take a few minutes.");
    }
    let nonce = tx.random().bytes::<32>();
    let text = format!(
        "\
UPDATE invitations SET token_nonce = $3, token_hash = $4, sent_at = $5, times_sent = times_sent + 1, expires_at = $6
WHERE workspace_id = $1 AND id = $2 RETURNING {COLUMNS}"
    );
    let values = [
        store::workspace(tx).into(),
        id.uuid().into(),
        nonce.to_vec().into(),
        token_hash(&secrets.invitation_token(id, &nonce)).to_vec().into(),
        now.into(),
        (now + LIFETIME).into(),
    ];
    let invitation = one(store::rows(tx, &text, values).await?)?;
    mail(tx, &invitation, &nonce).await?;
    record(tx, "invitation.resend", &invitation);
    Ok(invitation)
}

/// Takes an open invitation back: its link opens nothing any more. Owners only.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::NotFound`] for what is not open.
pub async fn revoke(tx: &mut TenantTx, id: InvitationId) -> Result<Invitation, DomainError> {
    member::own(tx).await?;
    let text = format!(
        "UPDATE invitations SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND {IS_OPEN} RETURNING {COLUMNS}"
    );
    let values = [store::workspace(tx).into(), id.uuid().into(), tx.now().into()];
    let invitation = one(store::rows(tx, &text, values).await?)?;
    record(tx, "invitation.revoke", &invitation);
    Ok(invitation)
}

/// The token of a mail's link, from what its [`MailContent`] says. A nonce that cannot be read makes one
/// that opens nothing.
pub fn token(secrets: &Secrets, id: InvitationId, nonce: &str) -> String {
    secrets.invitation_token(id, &URL_SAFE_NO_PAD.decode(nonce).unwrap_or_default())
}

/// What the invitation of this token offers.
///
/// # Errors
/// [`DomainError::NotFound`] for a token that opens nothing, never mind why; store errors.
pub async fn offer(tx: &SystemTx, token: &str) -> Result<Offer, DomainError> {
    if token.len() > TOKEN_MAX {
        return Err(DomainError::NotFound);
    }
    let text = "\
SELECT i.workspace_id, w.name AS workspace_name, w.hue, p.name AS inviter_name, i.email, i.role, i.expires_at,
       EXISTS (SELECT FROM users u WHERE u.email = i.email) AS has_account
FROM invitations i JOIN workspaces w ON w.id = i.workspace_id AND w.deleted_at IS NULL
LEFT JOIN users p ON p.id = i.invited_by
WHERE i.token_hash = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2";
    let values = [token_hash(token).to_vec().into(), tx.now().into()];
    let row = tx.conn().query_one_raw(sql(text, values)).await?;
    let row = row.ok_or(DomainError::NotFound)?;
    Ok(Offer {
        workspace_id: WorkspaceId(row.try_get("", "workspace_id")?),
        workspace_name: row.try_get("", "workspace_name")?,
        hue: store::parse(&row.try_get::<String>("", "hue")?)?,
        inviter_name: row.try_get("", "inviter_name")?,
        email: row.try_get("", "email")?,
        role: store::parse(&row.try_get::<String>("", "role")?)?,
        expires_at: row.try_get("", "expires_at")?,
        has_account: row.try_get("", "has_account")?,
    })
}

/// Accepts an invitation as somebody who is signed in. Who belongs to the workspace already keeps
/// their role; the invitation has done its work all the same.
///
/// # Errors
/// Store errors.
pub async fn accept(
    db: &Db,
    token: &str,
    person: &Requester,
    address: Option<String>,
) -> Result<Joined, DomainError> {
    let text = token.to_owned();
    let offer = db
        .in_system(move |tx| Box::pin(async move { offer(tx, &text).await }))
        .await;
    let offer = match offer {
        Ok(offer) => offer,
        Err(DomainError::NotFound) => return Ok(Joined::Gone),
        Err(error) => return Err(error),
    };
    if offer.email != person.user().email {
        return Ok(Joined::OtherAddress);
    }
    // The token proves the right to this workspace; whether it still stands is asked again inside.
    let mut scope = TenantScope::new(offer.workspace_id, person.user().id, offer.role);
    if let Some(address) = address {
        scope = scope.from_address(address);
    }
    let (hash, email) = (token_hash(token), offer.email);
    let joined = db
        .in_tenant_as_reader(&scope, move |tx| {
            Box::pin(async move { join(tx, &hash, &email).await })
        })
        .await;
    match joined {
        Ok(()) => Ok(Joined::Done(offer.workspace_id)),
        Err(DomainError::NotFound) => Ok(Joined::Gone),
        Err(error) => Err(error),
    }
}

async fn join(tx: &mut TenantTx, hash: &[u8; 32], email: &str) -> Result<(), DomainError> {
    workspace::lock(tx).await?;
    let person = tx.actor_id().ok_or(DomainError::NotFound)?;
    let now = tx.now();
    let text = format!(
        "\
UPDATE invitations SET accepted_at = $3, accepted_by = $4
WHERE token_hash = $1 AND email = $2 AND {IS_OPEN} AND expires_at > $3 RETURNING {COLUMNS}"
    );
    let values = [
        hash.to_vec().into(),
        email.into(),
        now.into(),
        person.uuid().into(),
    ];
    let invitation = one(store::rows(tx, &text, values).await?)?;
    let text = "\
INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let values = [
        store::workspace(tx).into(),
        person.uuid().into(),
        invitation.role.as_str().into(),
        now.into(),
    ];
    if store::execute(tx, text, values).await? == 1 {
        tx.record_change(NodeKind::User, person, ChangeOperation::Created, None);
        let after = json!({ "role": invitation.role });
        tx.audit("member.join", NodeKind::User, person, None, Some(after));
    }
    // The list of open invitations is the workspace's.
    let workspace = tx.workspace_id();
    tx.record_change(NodeKind::Workspace, workspace, ChangeOperation::Updated, None);
    Ok(())
}

/// Puts the mail into the outbox. The worker makes the link, from the nonce and the secret.
async fn mail(tx: &mut TenantTx, invitation: &Invitation, nonce: &[u8; 32]) -> Result<(), DomainError> {
    let workspace = workspace::get(tx).await?;
    let inviter = match invitation.invited_by {
        Some(id) => workspace::people_by_ids(tx, &[id]).await?.remove(&id),
        None => None,
    };
    let content = MailContent::Invitation {
        workspace: workspace.name,
        inviter: inviter.map(|person| person.name).unwrap_or_default(),
        role: invitation.role,
        invitation_id: invitation.id,
        nonce: URL_SAFE_NO_PAD.encode(nonce),
        expires_at: invitation.expires_at,
    };
    tx.enqueue(
        outbox::MAIL,
        Mail::new(invitation.email.as_str(), content).payload(),
    );
    Ok(())
}

fn record(tx: &mut TenantTx, action: &'static str, invitation: &Invitation) {
    let workspace = tx.workspace_id();
    tx.record_change(NodeKind::Workspace, workspace, ChangeOperation::Updated, None);
    let after = json!({ "email": invitation.email, "role": invitation.role });
    tx.audit(action, NodeKind::Workspace, workspace, None, Some(after));
}

/// How many are open, and how many were made within a day.
async fn counts(tx: &WorkspaceTx) -> Result<(i64, i64), DomainError> {
    let text = format!(
        "\
SELECT count(*) FILTER (WHERE {IS_OPEN} AND expires_at > $2) AS open,
       count(*) FILTER (WHERE created_at > $2 - interval '1 day') AS today
FROM invitations WHERE workspace_id = $1"
    );
    let rows = store::query(tx, &text, [store::workspace(tx).into(), tx.now().into()]).await?;
    let row = rows.first().ok_or(DomainError::NotFound)?;
    Ok((row.try_get("", "open")?, row.try_get("", "today")?))
}

async fn is_member(tx: &WorkspaceTx, email: &str) -> Result<bool, DomainError> {
    let text = "\
SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1 AND u.email = $2";
    let values = [store::workspace(tx).into(), email.into()];
    Ok(!store::query(tx, text, values).await?.is_empty())
}

fn taken(message: &str) -> DomainError {
    FieldError::new(UserErrorCode::Taken, "email", message).into()
}

fn one(rows: Vec<Row>) -> Result<Invitation, DomainError> {
    rows.into_iter().next().ok_or(DomainError::NotFound)?.try_into()
}

impl TryFrom<Row> for Invitation {
    type Error = DomainError;

    fn try_from(row: Row) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.id.into(),
            role: store::parse(&row.role)?,
            email: row.email,
            invited_by: row.invited_by.map(Into::into),
            created_at: row.created_at,
            sent_at: row.sent_at,
            expires_at: row.expires_at,
        })
    }
}
