//! Changing a password one knows.

use secrecy::SecretString;

use super::{Attempt, Client, Identity, Requester, account, password, proof::session_of, session};
use crate::error::DomainError;
use crate::outbox::{self, Mail, MailContent};

impl Identity {
    /// Changes the password of the person who acts, who shows the present one. Every other browser is
    /// signed out, open sockets too, within a second; this one stays. A mail says what happened.
    ///
    /// # Errors
    /// Every broken rule of the new password; [`DomainError::InvalidState`] for an account without a
    /// password that has not just signed in; [`DomainError::Forbidden`] for a token; store errors.
    pub async fn change_password(
        &self,
        requester: &Requester,
        present: SecretString,
        new: SecretString,
        client: &Client,
    ) -> Result<Attempt<()>, DomainError> {
        let session = session_of(requester)?;
        if let Some(error) = password::check_new(&new, &requester.user().email) {
            return Err(error.into());
        }
        match self.prove(requester, present).await? {
            Attempt::Done(()) => {}
            other => return Ok(other),
        }
        let hash = self.passwords.hash(new).await?;
        let (user, client) = (requester.user().clone(), client.clone());
        let work = self.db.in_system(move |tx| {
            Box::pin(async move {
                account::set_password(tx, user.id, &hash).await?;
                account::audit(tx, user.id, &client, "user.password_change").await?;
                session::revoke_all(tx, user.id, Some(session)).await?;
                let content = MailContent::PasswordChanged {
                    name: user.name,
                    at: tx.now(),
                };
                tx.enqueue(outbox::MAIL, Mail::new(user.email, content).payload());
                Ok(())
            })
        });
        work.await?;
        Ok(Attempt::Done(()))
    }
}
