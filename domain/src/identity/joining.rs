//! Joining a workspace with a new account: the link in an invitation's mail proves the address, so no
//! further confirmation is asked for.

use secrecy::SecretString;

use super::{Attempt, Client, Identity, NewSignUp, SignedIn, account, session, sign_up, throttle};
use crate::error::DomainError;
use crate::invitation::{self, Joined};

/// What became of joining with a new account.
#[derive(Debug)]
pub enum Joining {
    /// The account exists, belongs to the workspace, and is signed in.
    SignedIn(Box<SignedIn>),
    /// The address has an account: sign in, then accept.
    HasAccount,
    /// The link opens nothing: unknown, used, revoked or expired.
    Gone,
}

impl Identity {
    /// Accepts an invitation as somebody new: makes the account for the invited address, whatever
    /// address anyone would like to have, joins, and signs in. Works also where strangers may not sign up.
    ///
    /// # Errors
    /// Every broken rule of name and password; store errors.
    pub async fn join(
        &self,
        token: &str,
        name: &str,
        password: SecretString,
        client: &Client,
    ) -> Result<Attempt<Joining>, DomainError> {
        let key = self.address_key("join", client);
        let text = token.to_owned();
        let (wait, offer) = self
            .db
            .in_system(move |tx| {
                Box::pin(async move {
                    let wait = throttle::attempt(tx, &key, throttle::BY_ADDRESS).await?;
                    match invitation::offer(tx, &text).await {
                        Ok(offer) => Ok((wait, Some(offer))),
                        Err(DomainError::NotFound) => Ok((wait, None)),
                        Err(error) => Err(error),
                    }
                })
            })
            .await?;
        if let Some(wait) = wait {
            return Ok(Attempt::Throttled(wait));
        }
        let Some(offer) = offer else {
            return Ok(Attempt::Done(Joining::Gone));
        };
        if offer.has_account {
            return Ok(Attempt::Done(Joining::HasAccount));
        }
        let wish = NewSignUp {
            name: name.to_owned(),
            email: offer.email,
            password,
        };
        let (name, email) = sign_up::check(&wish)?;
        let hash = self.passwords.hash(wish.password).await?;
        let client = client.clone();
        let address = client.address.clone();
        let opened = self
            .db
            .in_system(move |tx| {
                Box::pin(async move {
                    let user = account::create_person(tx, &email, &name, &hash).await?;
                    session::open(tx, user, &client).await
                })
            })
            .await;
        let mut signed_in = match opened {
            Ok(signed_in) => signed_in,
            // Twice at the same moment: the other one was first.
            Err(DomainError::Store(error)) if error.constraint() == Some("users_email_unique") => {
                return Ok(Attempt::Done(Joining::HasAccount));
            }
            Err(error) => return Err(error),
        };
        // Should this fail the account is there all the same: signed in, the link is opened again.
        match invitation::accept(&self.db, token, &signed_in.requester, address).await? {
            Joined::Done(_) => {}
            Joined::OtherAddress | Joined::Gone => return Ok(Attempt::Done(Joining::Gone)),
        }
        if let Some(requester) = self.requester(signed_in.session_id).await? {
            signed_in.requester = requester;
        }
        Ok(Attempt::Done(Joining::SignedIn(Box::new(signed_in))))
    }
}
