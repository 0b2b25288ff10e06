//! Sign-ups: checked, kept until their address is confirmed, and made into accounts.

use chrono::{DateTime, TimeDelta, Utc};
use email_address::{EmailAddress, Options};
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use smartstack_schema::{SignUpId, UserErrorCode};

use super::{Client, SignedIn, account, password, session, user};
use crate::db::{SystemTx, sql};
use crate::error::{DomainError, FieldError};
use crate::outbox::MailContent;

/// How long the link in a confirmation mail works.
pub const CONFIRMATION_TIME: TimeDelta = TimeDelta::hours(24);
/// Longest name of a person, in characters.
pub const NAME_MAX: usize = 120;
/// Longest e-mail address (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: usize = 254;

/// A wish for an account, as typed.
#[derive(Debug, Clone)]
pub struct NewSignUp {
    /// What the person is called.
    pub name: String,
    /// Where the confirmation goes.
    pub email: String,
    /// The wished-for password.
    pub password: SecretString,
}

/// What became of a confirmation link.
#[derive(Debug)]
pub enum Confirmation {
    /// The account exists now, and the person is signed in.
    SignedIn(Box<SignedIn>),
    /// The link has done its work, or the address got its account by another link: sign in.
    Used,
    /// The link is too old: sign up again.
    Expired,
    /// The link was not made here, or not whole.
    Unknown,
}

/// Keeps a sign-up until its address is confirmed.
pub(super) async fn pend(
    tx: &mut SystemTx,
    email: &str,
    name: &str,
    hash: &str,
) -> Result<MailContent, DomainError> {
    let sign_up_id: SignUpId = tx.new_id();
    let (now, expires_at) = (tx.now(), tx.now() + CONFIRMATION_TIME);
    let text = "\
INSERT INTO sign_ups (id, email, name, password_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        sign_up_id.uuid().into(),
        email.into(),
        name.into(),
        hash.into(),
        now.into(),
        expires_at.into(),
    ];
    tx.conn().execute_raw(sql(text, values)).await?;
    Ok(MailContent::ConfirmSignUp {
        name: name.to_owned(),
        sign_up_id,
        expires_at,
    })
}

pub(super) async fn confirm(
    tx: &mut SystemTx,
    id: SignUpId,
    client: &Client,
) -> Result<Confirmation, DomainError> {
    let text =
        "SELECT email, name, password_hash, expires_at, completed_at FROM sign_ups WHERE id = $1 FOR UPDATE";
    let Some(row) = tx.conn().query_one_raw(sql(text, [id.uuid().into()])).await? else {
        return Ok(Confirmation::Unknown);
    };
    let email: String = row.try_get("", "email")?;
    let completed: Option<DateTime<Utc>> = row.try_get("", "completed_at")?;
    if completed.is_some() || account::by_email(tx, &email).await?.is_some() {
        return Ok(Confirmation::Used);
    }
    if row.try_get::<DateTime<Utc>>("", "expires_at")? <= tx.now() {
        return Ok(Confirmation::Expired);
    }
    let (name, hash): (String, String) = (row.try_get("", "name")?, row.try_get("", "password_hash")?);
    let (user, _) = account::create(tx, &email, &name, &hash).await?;
    let text = "UPDATE sign_ups SET completed_at = $2 WHERE id = $1";
    tx.conn()
        .execute_raw(sql(text, [id.uuid().into(), tx.now().into()]))
        .await?;
    Ok(Confirmation::SignedIn(Box::new(
        session::open(tx, user, client).await?,
    )))
}

/// The name and address as they are stored, or every broken rule.
pub(super) fn check(wish: &NewSignUp) -> Result<(String, String), DomainError> {
    let mut errors = Vec::new();
    let name = user::clean_name(&wish.name)
        .map_err(|error| errors.push(error))
        .unwrap_or_default();
    let email = wish.email.trim().to_lowercase();
    if !is_email(&email) {
        let message = "Give an e-mail address like name@example.com.";
        errors.push(FieldError::new(UserErrorCode::Invalid, "email", message));
    }
    errors.extend(password::check_new(&wish.password, &email));
    if errors.is_empty() {
        Ok((name, email))
    } else {
        Err(DomainError::Validation(errors))
    }
}

/// Whether mail could be sent there: the mail itself is the real test. No quoted local parts, which
/// nobody has and which invite trouble in headers.
pub(super) fn is_email(text: &str) -> bool {
    let options = Options::default()
        .with_required_tld()
        .without_display_text()
        .without_domain_literal();
    text.len() <= EMAIL_MAX
        && !text.contains(|c: char| c == '"' || c.is_whitespace() || c.is_control())
        && EmailAddress::parse_with_options(text, options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in [
            "a@b.co",
            "first.last+tag@sub.example.com",
            "jürgen@müller.example",
            "o'neil@example.com",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "@",
            "a@",
            "@b.co",
            "a b@c.de",
            "a@b",
            "a@b..co",
            "a@-b.co",
            "a@b@c.de",
            "<a@b.co>",
            "a@b.co\r\nBcc: x@y.z",
            "a,b@c.de",
            "a@b.co\0",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn every_broken_rule_is_told_at_once() {
        let wish = NewSignUp {
            name: " ".into(),
            email: "nowhere".into(),
            password: "short".into(),
        };
        let Err(DomainError::Validation(errors)) = check(&wish) else {
            panic!("it was taken")
        };
        let fields: Vec<_> = errors.iter().map(|error| error.field[0].as_str()).collect();
        assert_eq!(fields, ["name", "email", "password"]);
    }
}
