//! Mail over SMTP, by lettre.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::{MailError, OutgoingMail, mime};

/// How long one SMTP command may take. RFC 5321 grants minutes; a lease does not.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends through one mail server.
#[derive(Clone, Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// A mailer for `url`: `smtp://host:port`, `smtps://user:password@host`, or
    /// `smtp://user:password@host:587?tls=required` for STARTTLS. Connects at the first mail.
    ///
    /// # Errors
    /// A text, for the person who configures it, when the address cannot be read.
    pub fn new(url: &str, from: Mailbox) -> Result<Self, String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            // The error does not repeat the address, which may hold a password.
            .map_err(|error| format!("not an SMTP address (smtp://host:port or smtps://…): {error}"))?
            .timeout(Some(COMMAND_TIMEOUT))
            .build();
        Ok(Self { transport, from })
    }

    pub(super) async fn check(&self) -> Result<String, String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok("SMTP".to_owned()),
            Ok(false) => Err("the mail server does not answer".to_owned()),
            Err(error) => Err(format!("the mail server cannot be used: {error}")),
        }
    }

    pub(super) async fn send(&self, mail: &OutgoingMail) -> Result<(), MailError> {
        let message = mime(mail, &self.from)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // 5yz is the server's "never"; 4yz, a timeout and a lost connection are "not now".
            Err(error) if error.is_permanent() => Err(MailError::Refused(error.to_string())),
            Err(error) => Err(MailError::Unavailable(error.to_string())),
        }
    }
}
