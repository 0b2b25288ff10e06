//! Accounts at other providers that sign a person in here.
//!
//! A provider's issuer and subject name somebody; an e-mail address never does. An address that the
//! provider has verified may open a new account. It never joins an existing one: that takes its person,
//! signed in, in the settings.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use smartstack_schema::{LinkedAccountId, UserId};

use super::challenge::{self, SignIn};
use super::visit::Visit;
use super::{
    Attempt, Client, Identity, NAME_MAX, Requester, account, proof::session_of, session, sign_up, user,
};
use crate::db::{SystemTx, sql};
use crate::error::DomainError;

/// What stands for a password where there is none: no text hashes to it.
const NO_PASSWORD: &str = "!";
/// Longest subject (OpenID Connect Core 1.0, section 2).
const SUBJECT_MAX: usize = 255;

/// Somebody as a provider knows them, after everything it said was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderPerson {
    /// The provider itself; its subjects are its own.
    pub issuer: String,
    /// The person there.
    pub subject: String,
    /// An address, only where the provider says that it has verified it.
    pub verified_email: Option<String>,
    /// What they are called there.
    pub name: Option<String>,
    /// What they recognise their account there by: an address or a login name.
    pub label: Option<String>,
}

/// Where somebody has arrived from a provider.
#[derive(Debug)]
pub enum Arrival {
    /// Signed in, or asked for a second factor.
    SignIn(SignIn),
    /// The provider signs the person in from now on.
    Linked,
    /// Not let in.
    Refused(Refusal),
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The account is disabled.
    Disabled,
    /// There is no account, and the provider has verified no address to make one for.
    Unverified,
    /// The address has an account that this provider is not linked to.
    HasAccount,
    /// There is no account, and the installation takes no new ones.
    Closed,
    /// Another account here is linked to that one.
    Taken,
    /// The session that began to link is over.
    SignedOut,
}

/// An account elsewhere that signs a person in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedAccount {
    /// Names it.
    pub id: LinkedAccountId,
    /// The provider as the configuration names it.
    pub provider: String,
    /// What its person recognises it by.
    pub label: String,
    /// When it was linked.
    pub created_at: DateTime<Utc>,
    /// When it last signed its person in.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl Identity {
    /// Lets somebody in whom a provider vouches for, or links them, as their visit was begun for.
    ///
    /// # Errors
    /// Store errors.
    pub async fn arrive(
        &self,
        visit: &Visit,
        person: ProviderPerson,
        sign_up_open: bool,
        client: &Client,
    ) -> Result<Arrival, DomainError> {
        let (provider, link_to) = (visit.provider.clone(), visit.session);
        let client = client.clone();
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                match link_to {
                    Some(session) => {
                        let Some(requester) = session::load(tx, session).await? else {
                            return Ok(Arrival::Refused(Refusal::SignedOut));
                        };
                        join(tx, requester.user().id, &provider, &person, &client).await
                    }
                    None => enter(tx, &provider, person, sign_up_open, &client).await,
                }
            })
        });
        match work.await {
            // Twice at the same moment: the other one was first.
            Err(DomainError::Store(error)) if error.constraint() == Some("users_email_unique") => {
                Ok(Arrival::Refused(Refusal::HasAccount))
            }
            Err(DomainError::Store(error))
                if error.constraint() == Some("linked_accounts_subject_unique") =>
            {
                Ok(Arrival::Refused(Refusal::Taken))
            }
            other => other,
        }
    }

    /// The accounts elsewhere that sign a person in, oldest first.
    ///
    /// # Errors
    /// Store errors.
    pub async fn linked_accounts(&self, user: UserId) -> Result<Vec<LinkedAccount>, DomainError> {
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                let text = "\
SELECT id, provider, label, created_at, last_used_at FROM linked_accounts
WHERE user_id = $1 ORDER BY created_at, id LIMIT 100";
                let rows = tx.conn().query_all_raw(sql(text, [user.uuid().into()])).await?;
                let mut all = Vec::with_capacity(rows.len());
                for row in rows {
                    all.push(LinkedAccount {
                        id: LinkedAccountId(row.try_get("", "id")?),
                        provider: row.try_get("", "provider")?,
                        label: row.try_get("", "label")?,
                        created_at: row.try_get("", "created_at")?,
                        last_used_at: row.try_get("", "last_used_at")?,
                    });
                }
                Ok(all)
            })
        });
        work.await
    }

    /// Stops an account elsewhere from signing its person in, for who shows their password.
    ///
    /// # Errors
    /// [`DomainError::NotFound`]; [`DomainError::InvalidState`] where no other way to sign in would be left,
    /// and for an account without a password that has not just signed in; [`DomainError::Forbidden`] for a
    /// token; store errors.
    pub async fn unlink(
        &self,
        requester: &Requester,
        password: SecretString,
        id: LinkedAccountId,
        client: &Client,
    ) -> Result<Attempt<()>, DomainError> {
        session_of(requester)?;
        match self.prove(requester, password).await? {
            Attempt::Done(()) => {}
            other => return Ok(other),
        }
        let (user, client) = (requester.user().id, client.clone());
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                // Two that unlink the last two at once wait for each other here.
                let text = "SELECT password_hash FROM users WHERE id = $1 FOR UPDATE";
                let row = tx.conn().query_one_raw(sql(text, [user.uuid().into()])).await?;
                let hash: String = row.ok_or(DomainError::NotFound)?.try_get("", "password_hash")?;
                let text = "DELETE FROM linked_accounts WHERE id = $1 AND user_id = $2";
                let values = [id.uuid().into(), user.uuid().into()];
                if tx.conn().execute_raw(sql(text, values)).await?.rows_affected() == 0 {
                    return Err(DomainError::NotFound);
                }
                let text = "SELECT 1 FROM linked_accounts WHERE user_id = $1";
                let another = tx.conn().query_one_raw(sql(text, [user.uuid().into()])).await?;
                if another.is_none() && !account::has_password(&hash) {
                    let message = "It is your only way to sign in. Set a password first.";
                    return Err(DomainError::InvalidState(message.to_owned()));
                }
                account::audit(tx, user, &client, "user.unlink").await
            })
        });
        work.await?;
        Ok(Attempt::Done(()))
    }
}

/// Links a provider's person to an account; linking the same again changes nothing.
async fn join(
    tx: &mut SystemTx,
    user: UserId,
    provider: &str,
    person: &ProviderPerson,
    client: &Client,
) -> Result<Arrival, DomainError> {
    match find(tx, person).await? {
        Some(found) if found.user == user => Ok(Arrival::Linked),
        Some(_) => Ok(Arrival::Refused(Refusal::Taken)),
        None => {
            insert(tx, user, provider, person).await?;
            account::audit(tx, user, client, "user.link").await?;
            Ok(Arrival::Linked)
        }
    }
}

/// Signs in who is linked; makes an account for who is not, where the provider has verified an address
/// that nobody has here.
async fn enter(
    tx: &mut SystemTx,
    provider: &str,
    person: ProviderPerson,
    sign_up_open: bool,
    client: &Client,
) -> Result<Arrival, DomainError> {
    if let Some(found) = find(tx, &person).await? {
        if found.disabled {
            return Ok(Arrival::Refused(Refusal::Disabled));
        }
        let text =
            "UPDATE linked_accounts SET last_used_at = $3, label = $4 WHERE issuer = $1 AND subject = $2";
        let values = [
            person.issuer.as_str().into(),
            person.subject.as_str().into(),
            tx.now().into(),
            label_of(&person).into(),
        ];
        tx.conn().execute_raw(sql(text, values)).await?;
        return Ok(Arrival::SignIn(
            challenge::open_or_ask(tx, found.user, client).await?,
        ));
    }
    let email = person
        .verified_email
        .as_deref()
        .map(|email| email.trim().to_lowercase());
    let Some(email) = email.filter(|email| sign_up::is_email(email)) else {
        return Ok(Arrival::Refused(Refusal::Unverified));
    };
    if account::by_email(tx, &email).await?.is_some() {
        return Ok(Arrival::Refused(Refusal::HasAccount));
    }
    if !sign_up_open {
        return Ok(Arrival::Refused(Refusal::Closed));
    }
    let (user, _) = account::create(tx, &email, &name_of(&person, &email), NO_PASSWORD).await?;
    insert(tx, user, provider, &person).await?;
    account::audit(tx, user, client, "user.link").await?;
    Ok(Arrival::SignIn(challenge::open_or_ask(tx, user, client).await?))
}

struct Found {
    user: UserId,
    disabled: bool,
}

async fn find(tx: &SystemTx, person: &ProviderPerson) -> Result<Option<Found>, DomainError> {
    if person.subject.is_empty() || person.subject.len() > SUBJECT_MAX || person.subject.contains('\0') {
        return Ok(None);
    }
    let text = "\
SELECT l.user_id, u.disabled_at IS NOT NULL AS disabled FROM linked_accounts l JOIN users u ON u.id = l.user_id
WHERE l.issuer = $1 AND l.subject = $2";
    let values = [person.issuer.as_str().into(), person.subject.as_str().into()];
    let row = tx.conn().query_one_raw(sql(text, values)).await?;
    row.map(|row| {
        Ok(Found {
            user: UserId(row.try_get("", "user_id")?),
            disabled: row.try_get("", "disabled")?,
        })
    })
    .transpose()
}

async fn insert(
    tx: &mut SystemTx,
    user: UserId,
    provider: &str,
    person: &ProviderPerson,
) -> Result<(), DomainError> {
    let id: LinkedAccountId = tx.new_id();
    let text = "\
INSERT INTO linked_accounts (id, user_id, provider, issuer, subject, label, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        id.uuid().into(),
        user.uuid().into(),
        provider.into(),
        person.issuer.as_str().into(),
        person.subject.as_str().into(),
        label_of(person).into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(())
}

/// One line to recognise an account by.
fn label_of(person: &ProviderPerson) -> String {
    let label = person.label.as_deref().or(person.verified_email.as_deref());
    let clean = |text: &str| text.chars().filter(|c| !c.is_control()).take(254).collect();
    label.map(clean).unwrap_or_default()
}

/// What somebody is called at the provider, or the first part of their address.
fn name_of(person: &ProviderPerson, email: &str) -> String {
    let cut = |text: &str| -> String {
        let text: String = text.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
        text.trim().to_owned()
    };
    let named = person.name.as_deref().map(cut);
    named
        .and_then(|name| user::clean_name(&name).ok())
        .unwrap_or_else(|| cut(email.split('@').next().unwrap_or(email)))
}
