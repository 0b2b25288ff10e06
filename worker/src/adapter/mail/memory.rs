//! Mail into memory, for tests.

use std::sync::{Arc, Mutex, PoisonError};

use super::{MailError, OutgoingMail};

/// Keeps what is sent; clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryMailer {
    sent: Arc<Mutex<Vec<OutgoingMail>>>,
}

impl MemoryMailer {
    /// What was sent so far, in order. A mail sent twice stands once, as in the folder.
    #[must_use]
    pub fn sent(&self) -> Vec<OutgoingMail> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn send(&self, mail: &OutgoingMail) -> Result<(), MailError> {
        // The address is checked as the other variants do.
        if let Err(error) = mail.to.parse::<lettre::Address>() {
            return Err(MailError::Refused(format!("receiver: {error}")));
        }
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.iter().all(|other| other.id != mail.id) {
            sent.push(mail.clone());
        }
        Ok(())
    }
}
