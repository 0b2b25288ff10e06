//! Sending mail: over SMTP, into a folder, or into memory for tests.

mod file;
mod memory;
mod smtp;
pub mod template;

use chrono::{DateTime, Utc};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use uuid::Uuid;

pub use file::FileMailer;
pub use memory::MemoryMailer;
pub use smtp::SmtpMailer;

/// One mail, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// Names this mail for good: sending it twice gives the same `Message-ID`, so that a receiver (or the
    /// folder) keeps one. A UUIDv7, whose time orders the folder.
    pub id: Uuid,
    /// The receiver's address.
    pub to: String,
    /// Subject line, without line ends.
    pub subject: String,
    /// Body for programs that show plain text.
    pub text: String,
    /// The same body as HTML.
    pub html: String,
    /// When it was asked for; stands in its `Date` header.
    pub at: DateTime<Utc>,
}

/// Why a mail was not sent. The texts are for the log: they never reach a person outside.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Sending may work later: the server is away, busy, or the disk is full.
    #[error("mail could not be sent now: {0}")]
    Unavailable(String),
    /// Sending will never work: a malformed address, or the server refused it for good.
    #[error("mail was refused: {0}")]
    Refused(String),
}

/// The mail adapter.
#[derive(Clone, Debug)]
pub enum Mailer {
    /// To a mail server, one connection pool a process.
    Smtp(SmtpMailer),
    /// One `.eml` file a mail, for development: any mail program opens them.
    File(FileMailer),
    /// Kept in memory, for tests.
    Memory(MemoryMailer),
}

impl Mailer {
    /// Sends one mail; done when the server has taken it (or it is on disk).
    ///
    /// # Errors
    /// [`MailError`] tells whether trying again is of use.
    pub async fn send(&self, mail: &OutgoingMail) -> Result<(), MailError> {
        match self {
            Self::Smtp(mailer) => mailer.send(mail).await,
            Self::File(mailer) => mailer.send(mail).await,
            Self::Memory(mailer) => mailer.send(mail),
        }
    }

    /// Whether mail could leave now: which way, or what is wrong. Tells no secret.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn check(&self) -> Result<String, String> {
        match self {
            Self::Smtp(mailer) => mailer.check().await,
            Self::File(mailer) => mailer.check().await,
            Self::Memory(_) => Ok("memory".to_owned()),
        }
    }
}

/// Builds the MIME message: plain text and HTML as alternatives.
///
/// # Errors
/// [`MailError::Refused`] when the receiver is not an address.
pub fn mime(mail: &OutgoingMail, from: &Mailbox) -> Result<Message, MailError> {
    let to: Address = mail
        .to
        .parse()
        .map_err(|error| MailError::Refused(format!("receiver: {error}")))?;
    let body = MultiPart::alternative()
        // A fixed boundary keeps the bytes of a repeated mail alike; the id in it cannot stand in a body.
        .boundary(format!("smartstack-{}", mail.id.simple()))
        .singlepart(SinglePart::plain(mail.text.clone()))
        .singlepart(SinglePart::html(mail.html.clone()));
    Message::builder()
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        .date(mail.at.into())
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(mail.subject.clone())
        // Out-of-office programs stay quiet (RFC 3834).
        .header(AutoSubmitted)
        .multipart(body)
        .map_err(|error| MailError::Refused(error.to_string()))
}

/// `Auto-Submitted: auto-generated`, by RFC 3834.
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
